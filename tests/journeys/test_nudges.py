"""The one message of a day over real sockets: read in the morning, answered by its buttons, and quiet once things are done."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.nudges.messages import LINES_SHOWN
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, PLAYBOOK, TRANSPORTS, Workplace, workplace
from .overviewed import registered

DAILY = "when something waits, once at most"
RULES = """
rules:
  - about: blocker
    rungs:
      - {at: 0, tells: [person], says: "“{what}” is in its way; it was to go by {day}."}
  - about: quiet
    rungs:
      - {at: 0, tells: [owner], says: "nothing has moved for {weeks}."}
      - {at: 4, tells: [owner], says: "still nothing has moved, for {weeks}."}
"""


def playbook_of_few_words(folder: Path) -> Path:
    """Return the tests' own playbook, in which only silence and what is in the way are spoken of."""
    made = folder / "playbook"
    shutil.copytree(PLAYBOOK, made)
    hours = (made / "nudges.yaml").read_text(encoding="utf-8").partition("rules:")[0]
    (made / "nudges.yaml").write_text(hours + RULES, encoding="utf-8")
    return made


@pytest.fixture(params=TRANSPORTS)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Workplace]:
    settings = {"PREFLIGHT_PLAYBOOK": playbook_of_few_words(tmp_path)}
    async with workplace(tmp_path, request.param, settings=settings) as made:
        yield made


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Workplace]:
    settings = {"PREFLIGHT_PLAYBOOK": playbook_of_few_words(tmp_path)}
    async with workplace(tmp_path, settings=settings) as made:
        yield made


async def it_becomes(place: Workplace, when: datetime) -> None:
    """Skip the clock to an instant; the minute's work is done at once."""
    ahead = when - place.house.office.clock.now()
    await place.driver.fast_forward(hours=ahead.total_seconds() / 3600)
    await place.driver.settled()


async def monday(place: Workplace) -> datetime:
    """Let it be ten in the morning, in UTC, of the Monday to come."""
    now = place.house.office.clock.now()
    day = now.date() + timedelta(days=7 - now.weekday())
    then = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    await it_becomes(place, then)
    return then


async def mornings(place: Workplace, first: datetime, *days: int) -> None:
    """Let the mornings of some days come, counted from one."""
    for day in days:
        await it_becomes(place, first + timedelta(days=day))


def daily(place: Workplace, person: str) -> list[dict[str, Any]]:
    """Return the messages of a day that somebody got, oldest first."""
    return [one for one in place.driver.dms(person) if DAILY in text_of(one)]


async def reads(place: Workplace, person: str, words: str, messages: int = 1) -> dict[str, Any]:
    """Wait until the last of so many messages of a day says something; return it."""

    def found() -> dict[str, Any] | None:
        all_of_them = daily(place, person)
        last = all_of_them[-1] if len(all_of_them) == messages else None
        return last if last and words in text_of(last) else None

    what = f"{person} reading {words!r} in message {messages}"
    return await place.driver.wait_until(found, timeout=PATIENCE, what=what)


async def nothing_moved(place: Workplace) -> datetime:
    """Register a pilot on a Monday, and let two weeks pass; return that Monday."""
    first = await monday(place)
    await place.registers()
    await mornings(place, first, 13, 14)
    return first


async def opens(place: Workplace, person: str, told: dict[str, Any], entry: str) -> dict[str, Any]:
    """Choose an entry behind the dots of somebody's only line, and wait for its window."""
    (row,) = [one for one in told["blocks"] if one["type"] == "actions"]
    dots = row["elements"][-1]
    await place.driver.click(person, told, action_id=dots["action_id"], selected=entry)
    return await place.driver.wait_view(person, timeout=PATIENCE)


async def test_an_owner_reads_one_message_in_the_morning_and_goes_on_from_it(place: Workplace) -> None:
    await nothing_moved(place)
    told = await reads(place, seed.JONAS, "nothing has moved")
    assert "One thing waits for you." in text_of(told)
    await place.driver.click(seed.JONAS, told, text="Update")
    root = await place.sees(seed.AI_PILOTS, "· Refund triage\n▱")
    await place.question(root, 1)
    after = await reads(place, seed.JONAS, "you went on with it")
    assert after["ts"] == told["ts"]
    assert len(daily(place, seed.JONAS)) == 1


async def test_a_snooze_comes_back_on_its_day_unless_something_moves(office: Workplace) -> None:
    driver = office.driver
    first = await nothing_moved(office)
    told = await reads(office, seed.JONAS, "nothing has moved")
    await opens(office, seed.JONAS, told, "Snooze")
    assert "day" in (await driver.submit_view(seed.JONAS, {"until": "date"}) or {})
    assert await driver.submit_view(seed.JONAS, {"until": "day"}) is None
    await reads(office, seed.JONAS, "you hear of this again")
    await mornings(office, first, 15)
    again = await reads(office, seed.JONAS, "Refund triage", messages=2)
    assert "Snooze" in text_of(again)


async def test_what_a_message_only_counts_is_shown_to_its_reader_alone_and_can_be_acted_on(
    office: Workplace,
) -> None:
    driver = office.driver
    first = await monday(office)
    await registered(office, *(f"Pilot {number}" for number in range(LINES_SHOWN + 2)))
    await mornings(office, first, 13, 14)
    told = await reads(office, seed.JONAS, "and 2 more")
    await driver.click(seed.JONAS, told, text="Show the rest")
    await office.is_told(seed.JONAS, "The other things that wait for you:")
    rest = driver.ephemerals(seed.JONAS)[-1]
    row = next(one for one in rest["blocks"] if one["type"] == "actions")
    dots = row["elements"][-1]
    await driver.click(
        seed.JONAS, rest, action_id=dots["action_id"], block_id=row["block_id"], selected="Snooze"
    )
    await driver.wait_view(seed.JONAS, timeout=PATIENCE)
    assert await driver.submit_view(seed.JONAS, {"until": "day"}) is None
    after = await reads(office, seed.JONAS, "and 1 more")
    assert after["ts"] == told["ts"]
    assert driver.told(seed.MAYA) == 0


async def test_what_is_in_the_way_reaches_whoever_can_settle_it_and_the_team_reads_how(
    office: Workplace,
) -> None:
    driver = office.driver
    await nothing_moved(office)
    told = await reads(office, seed.JONAS, "nothing has moved")
    await opens(office, seed.JONAS, told, "Blocked")
    mine = {"what": "Read access to the billing database", "by": seed.JONAS}
    assert "by" in (await driver.submit_view(seed.JONAS, mine) or {})
    assert await driver.submit_view(seed.JONAS, {**mine, "by": seed.PRIYA}) is None
    asked = await driver.wait_dm(seed.PRIYA, "Read access to the billing database", timeout=PATIENCE)
    await reads(office, seed.JONAS, "knows what is in the way")
    card = await office.sees(seed.AI_PILOTS, "Sorts refund requests")
    await office.sees(seed.AI_PILOTS, "cannot go on without", thread_ts=card["ts"])
    await driver.click(seed.PRIYA, asked, text="It is solved")
    await driver.wait_view(seed.PRIYA, timeout=PATIENCE)
    assert await driver.submit_view(seed.PRIYA, {"how": "The account can read it since today."}) is None
    await office.sees(seed.AI_PILOTS, "The account can read it since today.", thread_ts=card["ts"])
    await driver.wait_dm(seed.PRIYA, "can go on", timeout=PATIENCE)


async def test_a_pilot_is_muted_with_a_reason_and_heard_of_again_from_the_home_tab(office: Workplace) -> None:
    driver = office.driver
    first = await nothing_moved(office)
    told = await reads(office, seed.JONAS, "nothing has moved")
    await opens(office, seed.JONAS, told, "Mute this pilot")
    assert "reason" in (await driver.submit_view(seed.JONAS, {"reason": " . "}) or {})
    assert await driver.submit_view(seed.JONAS, {"reason": "The budget round decides in March."}) is None
    await reads(office, seed.JONAS, "muted")
    await mornings(office, first, 15, 17)
    assert len(daily(office, seed.JONAS)) == 1
    home = await driver.open_home(seed.JONAS)
    assert "The budget round decides in March." in text_of(home)
    await driver.click(seed.JONAS, home, text="Unmute")
    await mornings(office, first, 18)
    await reads(office, seed.JONAS, "Refund triage", messages=2)


async def test_hours_and_days_away_are_set_from_the_message(office: Workplace) -> None:
    driver = office.driver
    first = await nothing_moved(office)
    told = await reads(office, seed.JONAS, "nothing has moved")
    await driver.click(seed.JONAS, told, text="Change")
    form = await driver.wait_view(seed.JONAS, timeout=PATIENCE)
    assert "Europe/Berlin" in text_of(form)
    turned = await driver.submit_view(seed.JONAS, {"from": "15", "until": "14"})
    assert "until" in (turned or {})
    away = {"first": (first + timedelta(days=15)).date(), "last": (first + timedelta(days=21)).date()}
    chosen = {"from": "13", "until": "16", **{name: day.isoformat() for name, day in away.items()}}
    assert await driver.submit_view(seed.JONAS, chosen) is None
    await mornings(office, first, 15, 17, 21)
    assert len(daily(office, seed.JONAS)) == 1
    await it_becomes(office, first + timedelta(days=22))  # ten in UTC is eleven in Berlin
    assert len(daily(office, seed.JONAS)) == 1
    await it_becomes(office, first + timedelta(days=22, hours=3))
    await reads(office, seed.JONAS, "at 13:00", messages=2)
