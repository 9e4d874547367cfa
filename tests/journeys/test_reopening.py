"""A gate that was passed is open again, as the people involved see it: in the channel, under the review, in their lists."""

from typing import Any

from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace
from .record import ask, check_shown_exactly_once, pilot_called, until


async def promoted(place: Workplace, name: str = "Refund triage") -> dict[str, Any]:
    """Let the board approve a pilot with everything in place; return the review's card."""
    driver = place.driver
    await place.registers(name)
    root = await place.coaches(name)
    await place.answers_everything(root)
    ready = await place.sees(seed.AI_PILOTS, f"*{name}* is ready to ask for")
    await driver.click(seed.MAYA, ready, text="Request promotion")
    card = await place.sees(seed.GATE_REVIEWS, "asks to go from")
    await driver.click(seed.TOMAS, card, text="Approve")
    return await place.sees(seed.GATE_REVIEWS, "*Approved*")


async def test_evidence_expires_and_still_true_mends_it(place: Workplace) -> None:
    driver = place.driver
    card = await promoted(place)
    await driver.fast_forward(days=100)

    # the owner is asked, under the card
    pilot_card = await place.sees(seed.AI_PILOTS, "*Open again*")
    thread = pilot_card["ts"]
    word = await place.sees(seed.AI_PILOTS, "is open again. It stays in shadow", thread_ts=thread)
    assert f"<@{seed.JONAS}>" in text_of(word)
    assert ": confirmed last" in text_of(word)

    # the board sees it where it decided
    flagged = await place.sees(seed.GATE_REVIEWS, "Open again")
    assert flagged["ts"] == card["ts"]
    told = await place.sees(seed.GATE_REVIEWS, "not everything holds any more", thread_ts=card["ts"])
    assert f"<@{seed.TOMAS}>" in text_of(told)
    await driver.command(seed.PRIYA, seed.AI_PILOTS, "/pilot", "list")
    assert "open again" in await place.is_told(seed.PRIYA, "Refund triage")

    # the way on leads to the answers that are old, and they are confirmed one after the other
    await driver.click(seed.JONAS, word, text="Continue readiness")
    root = await place.sees(seed.AI_PILOTS, "*Readiness for limited release*")
    for number in range(1, 5):
        question = await place.question(root, number)
        assert "Is this still true?" in text_of(question)
        await driver.click(seed.JONAS, question, text="Still true")
    mended = await place.sees(seed.AI_PILOTS, "everything holds again", thread_ts=thread)
    assert mended["ts"] == word["ts"]
    await until(lambda: _holds(place))
    again = await place.sees(seed.GATE_REVIEWS, "everything holds again", thread_ts=card["ts"])
    assert again["ts"] == told["ts"]
    await driver.wait_until(
        lambda: not any("Open again" in text_of(one) for one in driver.messages(seed.GATE_REVIEWS)),
        timeout=PATIENCE,
        what="the card of the review without a flag",
    )
    await check_shown_exactly_once(place)


async def _holds(place: Workplace) -> bool:
    return (await pilot_called(place, "Refund triage")).flags == 0


async def test_the_champion_is_told_when_the_owner_leaves_and_hands_over(office: Workplace) -> None:
    driver = office.driver
    await promoted(office)
    await driver.actions.deactivate(seed.JONAS)
    thread = (await office.sees(seed.AI_PILOTS, "*Open again*"))["ts"]
    word = await office.sees(seed.AI_PILOTS, "has left, so somebody else has to take it on", thread_ts=thread)
    assert text_of(word).startswith(f"⚠️ <@{seed.MAYA}>")
    await driver.click(seed.MAYA, word, text="Hand over")
    form = await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert "Refund triage" in text_of(form)
    pilot = await pilot_called(office, "Refund triage")
    flags = await ask(office, lambda tx: tx.flags.raised_of(pilot.id))
    assert [(one.kind.value, one.subject) for one in flags] == [("owner", seed.JONAS)]

    await driver.actions.reactivate(seed.JONAS)
    mended = await office.sees(seed.AI_PILOTS, "everything holds again", thread_ts=thread)
    assert mended["ts"] == word["ts"]


async def test_an_owner_who_left_while_nobody_listened_is_found_within_a_day(office: Workplace) -> None:
    """Events that came while Preflight was down are gone, and who has left does nothing by which it would show."""
    await promoted(office)
    office.sandbox.state.user(seed.JONAS)["deleted"] = True
    await office.driver.fast_forward(days=2)
    thread = (await office.sees(seed.AI_PILOTS, "*Open again*"))["ts"]
    await office.sees(seed.AI_PILOTS, "has left, so somebody else has to take it on", thread_ts=thread)
