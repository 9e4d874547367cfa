"""What the card of a review leads to besides a decision: what was seen, and a pilot's story; conditions row by row."""

from datetime import timedelta
from typing import Any

from bot.review.messages import ActionId, CallbackId
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace


async def a_card(place: Workplace) -> dict[str, Any]:
    """Return the review card of a pilot that is ready and asks for its promotion."""
    await place.registers()
    root = await place.coaches()
    await place.answers_everything(root)
    ready = await place.sees(seed.AI_PILOTS, "*Refund triage* is ready")
    await place.driver.click(seed.MAYA, ready, text="Request promotion")
    return await place.sees(seed.GATE_REVIEWS, "asks to go from")


async def test_every_control_and_form_of_a_review_is_heard(office: Workplace) -> None:
    assert {*ActionId} <= office.house.router.action_ids
    assert {*CallbackId} <= office.house.router.callback_ids


async def test_what_is_seen_and_the_story_are_one_click_away_and_stay_private(office: Workplace) -> None:
    driver, card = office.driver, await a_card(office)
    await driver.click(seed.LENA, card, action_id="more", selected="Details")
    seen = await driver.wait_view(seed.LENA, timeout=PATIENCE)
    assert seen["title"]["text"] == "Details"
    assert "unchanged since it was frozen" in text_of(seen)
    assert "Yes, live since 3 March, see" in text_of(seen)
    await driver.close_view(seed.LENA)
    await driver.click(seed.LENA, card, action_id="more", selected="History")
    assert "asked for" in await office.is_told(seed.LENA, "History of Refund triage", seed.GATE_REVIEWS)


async def test_two_conditions_become_steps_and_the_card_keeps_what_was_seen(office: Workplace) -> None:
    driver, card = office.driver, await a_card(office)
    await driver.click(seed.PRIYA, card, text="Approve with conditions")
    form = await driver.wait_view(seed.PRIYA, timeout=PATIENCE)
    await driver.click(seed.PRIYA, form, text="Another condition")
    await driver.wait_until(
        lambda: any(
            block["block_id"] == "what_2" for view in driver.views(seed.PRIYA) for block in view["blocks"]
        ),
        timeout=PATIENCE,
        what="a second row",
    )
    day = (office.house.office.clock.now() + timedelta(days=10)).date().isoformat()
    rows = {"what_1": "Move the alerts", "owner_1": seed.JONAS, "due_1": day}
    refused = await driver.submit_view(seed.PRIYA, rows | {"what_2": "Publish the runbook"})
    assert set(refused or ()) == {"owner_2", "due_2"}
    whole = rows | {"what_2": "Publish the runbook", "owner_2": seed.MAYA, "due_2": day}
    assert not await driver.submit_view(seed.PRIYA, whole)
    decided = await office.sees(seed.GATE_REVIEWS, "*Approved*")
    assert "⬜ Move the alerts" in text_of(decided)
    assert "⬜ Publish the runbook" in text_of(decided)
    await driver.click(seed.LENA, decided, text="What was seen")
    seen = await driver.wait_view(seed.LENA, timeout=PATIENCE)
    assert f"as <@{seed.PRIYA}> saw it" in text_of(seen)
