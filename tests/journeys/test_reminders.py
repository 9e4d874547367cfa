"""A review that nobody decides at once: people far apart are reminded in their own mornings, then others are called in.

What awaits somebody is dealt with from the Home tab, whether or not they were reminded.
"""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, PLAYBOOK, Workplace, workplace

AWAITED = "the promotion to shadow waits for you"
POLICIES = """
roles:
  - {id: approvers, title: the gate approvers, group: gate-approvers}
  - {id: risk, title: the risk office, group: risk-office}
policies:
  - id: patient
    title: One approver, with a fallback
    steps:
      - seats: [{role: approvers}]
    expires_after_working_days: 8
    remind_after_working_days: [1, 3]
    escalate_after_working_days: 4
    fallback: risk
"""
APPROVERS = """    approvers:
      title: the gate approvers
      group: gate-approvers
    expires_after_working_days: 5
"""


def playbook_with_a_fallback(folder: Path) -> Path:
    """Return the tests' own playbook with its first gate decided by a policy that reminds and calls in."""
    made = folder / "playbook"
    shutil.copytree(PLAYBOOK, made)
    gates = (made / "gates.yaml").read_text(encoding="utf-8")
    (made / "gates.yaml").write_text(gates.replace(APPROVERS, "    policy: patient\n", 1), encoding="utf-8")
    (made / "policies.yaml").write_text(POLICIES, encoding="utf-8")
    return made


def next_monday(now: datetime) -> datetime:
    """Return ten in the morning, in UTC, of the Monday to come."""
    day = now.date() + timedelta(days=7 - now.weekday())
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


async def it_becomes(place: Workplace, when: datetime) -> None:
    """Skip the clock to an instant; the minute's work is done at once."""
    ahead = when - place.house.office.clock.now()
    await place.driver.fast_forward(hours=ahead.total_seconds() / 3600)


def reminders(place: Workplace, person: str) -> list[dict[str, Any]]:
    """Return the direct messages to somebody that are, or were, about a review."""
    return [one for one in place.driver.dms(person) if "when something waits" in text_of(one)]


async def has_heard(place: Workplace, person: str, times: int, words: str = "") -> None:
    """Wait until somebody has so many of them, each with these words."""

    def found() -> bool:
        said = [text_of(one) for one in reminders(place, person)]
        return len(said) == times and all(words in one for one in said)

    await place.driver.wait_until(found, timeout=PATIENCE, what=f"{person} having heard {times} times")


async def test_silence_is_followed_up_in_everybodys_morning_and_ends_with_the_decision(
    tmp_path: Path,
) -> None:
    settings = {"PREFLIGHT_PLAYBOOK": playbook_with_a_fallback(tmp_path)}
    async with workplace(tmp_path, settings=settings) as place:
        driver = place.driver
        monday = next_monday(place.house.office.clock.now())
        await it_becomes(place, monday)
        await place.registers()
        root = await place.coaches()
        await place.answers_everything(root)
        ready = await place.sees(seed.AI_PILOTS, "*Refund triage* is ready")
        await driver.click(seed.MAYA, ready, text="Request promotion")
        card = await place.sees(seed.GATE_REVIEWS, "asks to go from")

        tuesday = monday.replace(hour=0) + timedelta(days=1)
        await it_becomes(place, tuesday.replace(hour=4))  # half past nine in Kolkata, four in Lisbon
        first = await driver.wait_dm(seed.PRIYA, AWAITED, timeout=PATIENCE)
        assert "Open review" in text_of(first)
        assert reminders(place, seed.TOMAS) == []
        await it_becomes(place, tuesday.replace(hour=9, minute=30))
        await driver.wait_dm(seed.TOMAS, AWAITED, timeout=PATIENCE)
        await it_becomes(place, tuesday.replace(hour=11))
        assert len(reminders(place, seed.PRIYA)) == 1

        friday = monday.replace(hour=9, minute=0) + timedelta(days=4)
        await it_becomes(place, friday)  # ten in Berlin, where the requester is
        word = await place.sees(seed.GATE_REVIEWS, "You may decide in their place now", thread_ts=card["ts"])
        assert f"<!subteam^{seed.RISK_OFFICE}>" in text_of(word)
        assert f"<!subteam^{seed.GATE_APPROVERS}>" not in text_of(word)
        for person in (seed.PRIYA, seed.TOMAS):  # with the second reminder, which came late: once
            await has_heard(place, person, 2)

        now_shown = await place.sees(seed.GATE_REVIEWS, "asks to go from")
        await driver.click(seed.SAM, now_shown, text="Approve")
        await place.sees(seed.GATE_REVIEWS, "*Approved*")
        for person in (seed.PRIYA, seed.TOMAS):
            await has_heard(place, person, 2, f"approved by <@{seed.SAM}>")
        await it_becomes(place, friday + timedelta(days=7))
        await it_becomes(place, friday + timedelta(days=10))
        assert len(reminders(place, seed.PRIYA)) == 2
        assert AWAITED not in "".join(text_of(one) for one in driver.dms(seed.SAM))


async def test_a_question_is_answered_and_an_approval_found_from_the_home_tab(office: Workplace) -> None:
    driver = office.driver
    await office.registers()
    root = await office.coaches()
    await office.answers_everything(root)
    ready = await office.sees(seed.AI_PILOTS, "*Refund triage* is ready")
    await driver.click(seed.MAYA, ready, text="Request promotion")
    card = await office.sees(seed.GATE_REVIEWS, "asks to go from")
    home = text_of(await driver.open_home(seed.PRIYA))
    assert "asks to go to shadow" in home
    assert "Open review" in home
    await driver.click(seed.PRIYA, card, text="Request changes")
    await driver.wait_view(seed.PRIYA, timeout=PATIENCE)
    assert not await driver.submit_view(seed.PRIYA, {"question": "Who is called on a Sunday?"})
    await office.sees(seed.AI_PILOTS, "Who is called on a Sunday?", thread_ts=root["ts"])
    assert "asks to go to shadow" not in text_of(await driver.open_home(seed.PRIYA))

    home_of_maya = await driver.open_home(seed.MAYA)
    assert "Who is called on a Sunday?" in text_of(home_of_maya)
    await driver.click(seed.MAYA, home_of_maya, text="Answer")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert not await driver.submit_view(seed.MAYA, {"reply": "The rota of payments."})
    await office.sees(seed.AI_PILOTS, "The rota of payments.", thread_ts=root["ts"])
    assert "Who is called on a Sunday?" not in text_of(await driver.open_home(seed.MAYA))
    assert "asks to go to shadow" in text_of(await driver.open_home(seed.PRIYA))


async def test_a_pilot_is_taken_on_from_the_home_tab(office: Workplace) -> None:
    driver = office.driver
    await office.registers()
    home = await driver.open_home(seed.JONAS)
    assert "as its production owner" in text_of(home)
    await driver.click(seed.JONAS, home, text="Accept")
    form = await driver.wait_view(seed.JONAS, timeout=PATIENCE)
    assert "Refund triage" in text_of(form)
