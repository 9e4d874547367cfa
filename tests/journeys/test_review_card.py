"""The card of a review that two roles decide, as its people use it: every button, every form, every word that follows."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.reviews import ReviewState
from bot.domain.waivers import day_of
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, PLAYBOOK, Workplace, workplace
from .record import ask, pilot_called, review_of

POLICIES = """
roles:
  - {id: security, title: the security reviewers, group: security-reviewers}
  - {id: finance, title: the finance partners, group: finance-partners}
policies:
  - id: two-roles
    title: Two roles
    steps:
      - seats: [{role: security}, {role: finance}]
    confirm_again: CONFIRM
"""
SIMPLE = """    approvers:
      title: the gate approvers
      group: gate-approvers
    expires_after_working_days: 5
"""


def playbook(folder: Path, *, confirm: bool = False) -> Path:
    """Return a copy of the tests' own playbook whose first gate is decided by two roles."""
    made = folder / "playbook"
    shutil.copytree(PLAYBOOK, made)
    gates = made / "gates.yaml"
    gates.write_text(gates.read_text().replace(SIMPLE, "    policy: two-roles\n", 1))
    (made / "policies.yaml").write_text(POLICIES.replace("CONFIRM", str(confirm).lower()))
    return made


@pytest.fixture(params=[False])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Workplace]:
    book = playbook(tmp_path, confirm=request.param)
    async with workplace(tmp_path, settings={"PREFLIGHT_PLAYBOOK": book}) as made:
        yield made


async def under_review(place: Workplace, name: str = "Refund triage") -> dict[str, Any]:
    """Return the card of a pilot that is ready and whose promotion Maya asked for."""
    await place.registers(name)
    await place.answers_everything(await place.coaches(name))
    ready = await place.sees(seed.AI_PILOTS, f"*{name}* is ready")
    await place.driver.click(seed.MAYA, ready, text="Request promotion")
    card = await place.sees(seed.GATE_REVIEWS, name)
    await place.is_told(seed.MAYA, "You will read the outcome in its thread")
    return card


async def says(place: Workplace, card: dict[str, Any], words: str) -> str:
    """Wait until the card says something; return all of it."""
    return await place.driver.wait_until(
        lambda: said if words in (said := text_of(place.driver.as_it_stands(card))) else None,
        timeout=PATIENCE,
        what=f"the card saying {words!r}: {text_of(place.driver.as_it_stands(card))}",
    )


async def hears(place: Workplace, words: str) -> dict[str, Any]:
    """Wait for a word in the thread of the pilot's conversation."""
    root = await place.sees(seed.AI_PILOTS, "Every answer can still be changed here")
    return await place.sees(seed.AI_PILOTS, words, thread_ts=root["ts"])


async def opens(place: Workplace, person: str, message: dict[str, Any], **control: Any) -> dict[str, Any]:
    """Use a control and return the window that it opens."""
    await place.driver.click(person, message, **control)
    return await place.driver.wait_view(person, timeout=PATIENCE)


async def state(place: Workplace, name: str = "Refund triage") -> ReviewState:
    return (await review_of(place, await pilot_called(place, name))).state


async def test_two_roles_agree_one_of_them_on_conditions(office: Workplace) -> None:
    card, driver = await under_review(office), office.driver
    await driver.click(seed.SAM, card, text="Approve")
    await says(office, card, f"<@{seed.SAM}>")
    await driver.click(seed.SAM, card, text="Approve")
    await office.is_told(seed.SAM, "your word stands")
    await driver.click(seed.SAM, card, action_id="more", selected="Take back my vote")
    await hears(office, "took")
    await driver.click(seed.SAM, card, text="Approve")
    assert await state(office) is ReviewState.OPEN

    form = await opens(office, seed.TOMAS, card, text="Approve with conditions")
    errors = await driver.submit_view(seed.TOMAS, {})
    assert errors
    assert "what_1" in errors
    await driver.click(seed.TOMAS, form, text="Another condition")
    await driver.wait_until(lambda: "what_2" in str(driver.views(seed.TOMAS)[-1]), timeout=PATIENCE)
    due = (day_of(office.house.office.clock.now()) + timedelta(days=14)).isoformat()
    rows = {"what_1": "Tell the works council", "owner_1": seed.JONAS, "due_1": due}
    assert await driver.submit_view(seed.TOMAS, rows) is None
    await says(office, card, "*Approved*")
    assert "Tell the works council" in text_of(driver.as_it_stands(card))
    assert (await pilot_called(office, "Refund triage")).stage == "shadow"

    condition = await hears(office, "*Condition:* Tell the works council")
    await driver.click(seed.SAM, condition, text="It is done")
    await office.is_told(seed.SAM, "can say that this is done")
    await driver.click(seed.JONAS, condition, text="Not needed any more")
    await office.is_told(seed.JONAS, "can drop a condition")
    await opens(office, seed.JONAS, condition, text="It is done")
    assert await driver.submit_view(seed.JONAS, {"reason": "Told on Monday."}) is None
    await hears(office, "*Condition met:* Tell the works council")


async def test_a_condition_is_dropped_by_who_decides(office: Workplace) -> None:
    card, driver = await under_review(office), office.driver
    await driver.click(seed.SAM, card, text="Approve")
    await says(office, card, f"<@{seed.SAM}>")
    await opens(office, seed.TOMAS, card, text="Approve with conditions")
    due = (day_of(office.house.office.clock.now()) + timedelta(days=14)).isoformat()
    rows = {"what_1": "Migrate the archive", "owner_1": seed.JONAS, "due_1": due}
    assert await driver.submit_view(seed.TOMAS, rows) is None
    condition = await hears(office, "*Condition:* Migrate the archive")
    await opens(office, seed.LENA, condition, text="Not needed any more")
    assert await driver.submit_view(seed.LENA, {"reason": "The archive is gone."}) is None
    await hears(office, "*Condition dropped:* Migrate the archive")


async def test_a_question_is_handed_back_answered_and_cleared(office: Workplace) -> None:
    card, driver = await under_review(office), office.driver
    await opens(office, seed.TOMAS, card, text="Request changes")
    assert await driver.submit_view(seed.TOMAS, {"question": "Who gets the alert at night?"}) is None
    asked = await hears(office, "Who gets the alert at night?")
    await says(office, card, "Who gets the alert at night?")
    await driver.click(seed.SAM, card, text="Approve")
    await office.is_told(seed.SAM, "handed back a question")
    await driver.click(seed.PRIYA, asked, text="Answer")
    await office.is_told(seed.PRIYA, "can answer this")
    await opens(office, seed.MAYA, asked, text="Answer")
    assert await driver.submit_view(seed.MAYA, {"reply": "The rota, since Monday."}) is None
    await hears(office, f"<@{seed.TOMAS}>")

    form = await opens(office, seed.LENA, card, text="Request changes")
    assert await driver.submit_view(seed.LENA, {"question": "And the costs?"}, view=form) is None
    other = await hears(office, "And the costs?")
    form = await opens(office, seed.LENA, card, text="Request changes")
    await driver.click(seed.LENA, form, text="Take it back")
    await driver.wait_until(
        lambda: "Taken back" in text_of(driver.as_it_stands(other)), timeout=PATIENCE, what="taken back"
    )
    await driver.close_view(seed.LENA)
    await driver.click(seed.SAM, card, text="Approve")
    await says(office, card, f"<@{seed.SAM}>")


async def test_what_changes_meanwhile_asks_again_and_an_old_card_decides_nothing(office: Workplace) -> None:
    card, driver = await under_review(office), office.driver
    await driver.click(seed.SAM, card, text="Approve")
    await says(office, card, f"<@{seed.SAM}>")
    before = driver.as_it_stands(card)
    settled = await hears(office, "proof/1|")
    await opens(office, seed.MAYA, settled, text="Change")
    await driver.submit_view(
        seed.MAYA, {"In your words": "Live since 9 May, see https://wiki.northwind-goods.example/proof/9"}
    )
    again = await office.sees(seed.GATE_REVIEWS, "Please look again", thread_ts=card["ts"])
    assert f"<@{seed.SAM}>" in text_of(again)
    await driver.click(seed.TOMAS, before, text="Approve")
    await office.is_told(seed.TOMAS, "has changed since")
    card = driver.as_it_stands(card)
    await opens(office, seed.SAM, card, action_id="more", selected="What changed")
    await driver.close_view(seed.SAM)
    await driver.click(seed.TOMAS, card, text="Approve")
    await driver.click(seed.SAM, card, text="Approve")
    await says(office, card, "*Approved*")


async def test_everything_that_was_seen_can_be_opened_and_a_request_withdrawn(office: Workplace) -> None:
    card, driver = await under_review(office), office.driver
    details = await opens(office, seed.JONAS, card, action_id="more", selected="Details")
    assert "proof/7" in text_of(details)
    await driver.close_view(seed.JONAS)
    await driver.click(seed.SAM, card, action_id="more", selected="Withdraw the request")
    await office.is_told(seed.SAM, "nobody else can withdraw it")
    await opens(office, seed.MAYA, card, action_id="more", selected="Withdraw the request")
    assert await driver.submit_view(seed.MAYA, {}) is None
    await says(office, card, "*Withdrawn*")
    assert await state(office) is ReviewState.WITHDRAWN
    seen = await opens(office, seed.JONAS, card, text="What was seen")
    assert "proof/7" in text_of(seen)


async def test_a_decline_needs_a_reason_and_the_right_is_checked_before_the_form(office: Workplace) -> None:
    card, driver = await under_review(office), office.driver
    await driver.click(seed.JONAS, card, text="Decline")
    await office.is_told(seed.JONAS, "can decide this gate")
    assert driver.views(seed.JONAS) == []
    await opens(office, seed.LENA, card, text="Decline")
    assert await driver.submit_view(seed.LENA, {"reason": "   "})
    assert await driver.submit_view(seed.LENA, {"reason": "The runbook has no rollback step."}) is None
    await says(office, card, "*Declined*")
    await hears(office, "The runbook has no rollback step.")
    pilot = await pilot_called(office, "Refund triage")
    refused = await ask(office, lambda tx: tx.audit.of(seed.NORTHWIND, "pilot", pilot.id))
    assert [one.actor_id for one in refused if one.what == "review.refused"] == [seed.JONAS]


@pytest.mark.parametrize("office", [True], indirect=True)
async def test_an_approval_is_confirmed_by_the_name_where_the_policy_wants_it(office: Workplace) -> None:
    card, driver = await under_review(office), office.driver
    await opens(office, seed.SAM, card, text="Approve")
    errors = await driver.submit_view(seed.SAM, {"name": "Refunds"})
    assert errors
    assert "name" in errors
    assert (
        await driver.submit_view(seed.SAM, {"name": "refund triage", "note": "Looked at all of it."}) is None
    )
    await says(office, card, f"<@{seed.SAM}>")
    await opens(office, seed.TOMAS, card, text="Approve with conditions")
    due = (day_of(office.house.office.clock.now()) + timedelta(days=14)).isoformat()
    rows = {"what_1": "Tell the works council", "owner_1": seed.JONAS, "due_1": due}
    assert "name" in (await driver.submit_view(seed.TOMAS, rows) or {})
    assert await driver.submit_view(seed.TOMAS, rows | {"name": "Refund triage"}) is None
    await says(office, card, "*Approved*")
