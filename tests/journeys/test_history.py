"""A pilot's story in Slack: asked for in private, turned page by page in place."""

from bot.domain.values import Occasion
from sandbox import seed
from sandbox.reading import text_of
from storage.transaction import Tx

from .conftest import PATIENCE, Workplace


async def test_a_pilots_story_is_told_in_private_and_turned_in_place(office: Workplace) -> None:
    driver = office.driver
    await office.registers()
    root = await office.coaches()
    await office.answers_everything(root)
    await office.sees(seed.AI_PILOTS, "All seven are in place")
    await driver.command(seed.PRIYA, seed.AI_PILOTS, "/pilot", "history Refund triage")
    said = await office.is_told(seed.PRIYA, "History of Refund triage")
    assert f"<@{seed.MAYA}> answered the last question" in said
    assert f"<@{seed.MAYA}> registered it" in said
    assert "✅ in place" in said
    assert "noted:" not in said
    assert said.index("answered the last question") < said.index("registered it")

    pilots = await office.house.office.store.read(lambda tx: tx.pilots.all_active(seed.NORTHWIND))

    def much_more(tx: Tx) -> None:
        at = Occasion(workspace_id=seed.NORTHWIND, actor_id=seed.JONAS, now=pilots[0].registered_at)
        for number in range(30):
            tx.audit.append(at, "pilot.retired", "pilot", pilots[0].id, None, {"reason": f"reason {number}"})

    await office.house.office.store.write(much_more)
    await driver.command(seed.PRIYA, seed.AI_PILOTS, "/pilot", "history")
    assert "registered it" not in await office.is_told(seed.PRIYA, "reason 29")
    already = driver.told(seed.PRIYA)
    page = next(one for one in driver.ephemerals(seed.PRIYA) if "reason 29" in text_of(one))
    await driver.click(seed.PRIYA, page, text="Older")
    older = await office.is_told(seed.PRIYA, "reason 3")
    assert "reason 29" not in older
    assert driver.told(seed.PRIYA) == already
    turned = next(one for one in driver.ephemerals(seed.PRIYA) if text_of(one) == older)
    await driver.click(seed.PRIYA, turned, text="Newest")
    await office.is_told(seed.PRIYA, "reason 29")


async def test_a_story_outlives_its_pilot_and_a_guest_does_not_hear_it(office: Workplace) -> None:
    driver = office.driver
    await office.registers()
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "retire Refund triage")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert (
        await driver.submit_view(seed.MAYA, {"reason": "Nobody needs it.", "learned": "Ask first."}) is None
    )
    await office.sees(seed.AI_PILOTS, "· retired")
    await driver.command(seed.JONAS, seed.AI_PILOTS, "/pilot", "history refund triage")
    assert "ended the pilot: Nobody needs it." in await office.is_told(seed.JONAS, "History of")
    await driver.command(seed.GUS, seed.AI_PILOTS, "/pilot", "history refund triage")
    await office.is_told(seed.GUS, "uests")
