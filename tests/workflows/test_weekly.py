"""The weekly digest: at its hour, once, about what is new since the last one, and silent when nothing is."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.desk import Desk, Rooms
from bot.domain.messages import OutboundMessage
from bot.domain.moves import MoveKind
from bot.domain.pilots import RETIRED, Pilot
from bot.domain.rhythm import NudgeRhythm, WeeklyDigest
from bot.domain.signals import Severity, Signal
from bot.domain.values import PREFLIGHT, Occasion
from bot.pilots import workflow as pilots
from bot.portfolio import weekly
from storage.ids import new_id
from storage.transaction import Tx

from .conftest import MAYA, WORKSPACE, House, registration, words_of

DIGEST = "C0DIGEST"
NEXT_MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def tick(house: House, *, arrives: bool = True) -> int:
    """Do what the minute does; unless Slack takes nothing, what it told is in the channel then."""

    def within(tx: Tx) -> int:
        at = Occasion(workspace_id=WORKSPACE, actor_id=PREFLIGHT, now=house.now)
        return weekly.tell_if_due(Desk(tx, at, house.library, Rooms(digest=DIGEST)))

    told = house.store.write_sync(within, now=house.now)
    if arrives:
        deliver(house)
    return told


def waiting(house: House) -> list[OutboundMessage]:
    """Return the digests that Slack has not taken, oldest first."""
    found = house.store.read_sync(lambda tx: tx.messages.unsent(house.now + timedelta(days=1), 1000))
    return [one for one in found if one.channel_id == DIGEST]


def deliver(house: House) -> None:
    for number, one in enumerate(waiting(house)):
        house.deliver(one.key, f"{house.now.timestamp():.0f}.{number:06}")


def digests(house: House) -> list[OutboundMessage]:
    """Return every digest that Slack shows, or is to show, oldest first."""
    weeks = [NEXT_MONDAY + timedelta(weeks=week) for week in range(10)]
    found = [house.message(f"weekly:{WORKSPACE}:{week.isoformat()}") for week in weeks]
    return [one for one in found if one]


def newest(house: House) -> str:
    return words_of(digests(house)[-1].body["blocks"])


def settled(house: House) -> None:
    """Let the first minute settle when the week is told."""
    assert tick(house) == 0


def put(house: House, pilot: Pilot, **facts: Any) -> None:
    house.store.write_sync(
        lambda tx: tx.pilots.record(house.pilot(pilot.id).model_copy(update=facts)), now=house.now
    )


def stall(house: House, pilot: Pilot, severity: Severity = Severity.STALLED) -> None:
    """Let a look have found that a pilot does not get anywhere."""
    signal = Signal(
        id=new_id(), workspace_id=WORKSPACE, pilot_id=pilot.id, cause="purgatory", severity=severity, why="quiet",
        raised_at=house.now,
    )  # fmt: skip
    stalled_since = house.now if severity is Severity.STALLED else None
    house.store.write_sync(lambda tx: tx.signals.raise_(signal), now=house.now)
    put(house, pilot, severity=int(severity), stalled_since=stalled_since)


def clear(house: House, pilot: Pilot) -> None:
    """Let everything be mended that a look had found."""

    def mended(tx: Tx) -> None:
        for signal in tx.signals.raised_of(pilot.id):
            tx.signals.clear_if_raised(signal.id, house.now)

    house.store.write_sync(mended)
    put(house, pilot, severity=0, stalled_since=None)


def test_the_first_minute_only_settles_when_the_week_is_told(house: House) -> None:
    settled(house)
    assert digests(house) == []
    assert house.store.read_sync(lambda tx: tx.workspaces.next_digest_at(WORKSPACE)) == NEXT_MONDAY


def test_it_is_told_once_at_its_hour(house: House, pilot: Pilot) -> None:
    settled(house)
    house.now = NEXT_MONDAY - timedelta(minutes=1)
    assert tick(house) == 0
    house.now = NEXT_MONDAY
    assert tick(house) == 1
    assert tick(house) == 0
    (told,) = digests(house)
    assert told.paced
    assert "*New*\n" in words_of(told.body["blocks"])
    assert pilot.name in words_of(told.body["blocks"])


@pytest.mark.usefixtures("pilot")
def test_without_a_channel_for_it_nothing_is_told_or_settled(house: House) -> None:
    assert house.do(weekly.tell_if_due, PREFLIGHT) == 0
    assert house.store.read_sync(lambda tx: tx.workspaces.next_digest_at(WORKSPACE)) is None


def test_a_week_without_news_is_silent_and_the_one_after_tells_only_its_own(
    house: House, pilot: Pilot
) -> None:
    settled(house)
    for _ in range(3):
        house.now = (house.now if house.now >= NEXT_MONDAY else NEXT_MONDAY - timedelta(weeks=1)) + timedelta(
            weeks=1
        )
        tick(house)
    assert len(digests(house)) == 1
    house.later(days=2)
    house.do(pilots.move, MAYA, house.pilot(pilot.id), "shadow", MoveKind.PROMOTED, "review.approved")
    house.later(days=5)
    assert tick(house) == 1
    assert len(digests(house)) == 2
    assert "Promoted" in newest(house)
    assert "*New*" not in newest(house)


def test_after_an_outage_there_is_one_digest_about_all_of_it_in_a_good_hour(
    house: House, pilot: Pilot
) -> None:
    settled(house)
    house.later(days=2)
    house.do(pilots.move, MAYA, house.pilot(pilot.id), "shadow", MoveKind.PROMOTED, "review.approved")
    house.now = NEXT_MONDAY + timedelta(weeks=3, days=2, hours=14)  # a Wednesday at 23:00
    assert tick(house) == 0
    house.now = NEXT_MONDAY + timedelta(weeks=3, days=3)
    assert tick(house) == 1
    assert tick(house) == 0
    assert len(digests(house)) == 1
    assert "Promoted" in newest(house)
    following = house.store.read_sync(lambda tx: tx.workspaces.next_digest_at(WORKSPACE))
    assert following == NEXT_MONDAY + timedelta(weeks=4)


@pytest.mark.usefixtures("pilot")
def test_a_day_off_of_the_company_puts_it_off_to_the_next_good_hour(house: House) -> None:
    closed = (NEXT_MONDAY.date(),)
    rhythm = house.library.playbook.nudges.model_copy(update={"closed": closed})
    playbook = house.library.playbook.model_copy(update={"nudges": rhythm})
    house.library = type(house.library)(playbook, house.library.templates)
    settled(house)
    house.now = NEXT_MONDAY + timedelta(minutes=5)
    assert tick(house) == 0
    house.now = NEXT_MONDAY + timedelta(days=1)
    assert tick(house) == 1


@pytest.mark.usefixtures("pilot")
def test_of_two_processes_one_tells_it(house: House) -> None:
    settled(house)
    house.now = NEXT_MONDAY

    def claimed(tx: Tx) -> bool:
        return tx.workspaces.claim_digest(WORKSPACE, NEXT_MONDAY, NEXT_MONDAY + timedelta(weeks=1))

    assert house.store.write_sync(claimed)  # the other one was quicker
    assert tick(house) == 0
    assert digests(house) == []


def test_what_stalls_is_told_once_and_told_again_when_it_moves(house: House, pilot: Pilot) -> None:
    settled(house)
    house.now = NEXT_MONDAY
    tick(house)
    house.later(days=3)
    stall(house, pilot)
    house.now = NEXT_MONDAY + timedelta(weeks=1)
    tick(house)
    assert "Stalled*\n" in newest(house)
    house.now += timedelta(weeks=1)
    tick(house)
    assert len(digests(house)) == 2
    house.later(days=1)
    put(house, pilot, severity=0, stalled_since=None, last_change_at=house.now)
    house.now = NEXT_MONDAY + timedelta(weeks=3)
    tick(house)
    assert "*Moving again*\n" in newest(house)
    assert "Stalled*\n" not in newest(house)


def test_what_is_at_risk_is_told_when_it_is_new(house: House, pilot: Pilot) -> None:
    settled(house)
    house.now = NEXT_MONDAY
    tick(house)
    house.later(days=2)
    stall(house, pilot, Severity.AT_RISK)
    house.now = NEXT_MONDAY + timedelta(weeks=1)
    tick(house)
    assert "At risk*\n" in newest(house)
    house.now += timedelta(weeks=1)
    tick(house)
    assert len(digests(house)) == 2


def test_what_comes_to_be_at_risk_anew_is_news_again(house: House, pilot: Pilot) -> None:
    settled(house)
    stall(house, pilot, Severity.AT_RISK)
    house.now = NEXT_MONDAY
    tick(house)
    house.later(days=1)
    clear(house, pilot)
    house.now = NEXT_MONDAY + timedelta(weeks=1)
    tick(house)
    assert len(digests(house)) == 1, "what is mended is told by nobody"
    house.later(days=1)
    stall(house, pilot, Severity.AT_RISK)
    house.now = NEXT_MONDAY + timedelta(weeks=2)
    tick(house)
    assert len(digests(house)) == 2
    assert "At risk*\n" in newest(house)


def test_erased_words_make_no_old_news_new(house: House, pilot: Pilot) -> None:
    settled(house)
    stall(house, pilot)
    house.now = NEXT_MONDAY
    tick(house)

    def erase(tx: Tx) -> None:
        at = Occasion(workspace_id=WORKSPACE, actor_id=PREFLIGHT, now=house.now)
        tx.audit.erase(WORKSPACE, tx.audit.spoken(WORKSPACE), at)

    house.store.write_sync(erase)
    house.now = NEXT_MONDAY + timedelta(weeks=1)
    tick(house)
    assert len(digests(house)) == 1


def test_an_emergency_is_called_one(house: House, pilot: Pilot) -> None:
    settled(house)
    house.do(pilots.move, MAYA, house.pilot(pilot.id), "shadow", MoveKind.BREAK_GLASS, "pilot.break_glass")
    house.now = NEXT_MONDAY
    tick(house)
    assert "pilot → shadow · in an emergency" in newest(house)


def test_decisions_of_the_coming_week_are_told_with_their_day(house: House, pilot: Pilot) -> None:
    settled(house)
    put(house, pilot, decide_on=date(2026, 12, 4), extended=2)
    other = house.do(pilots.register, MAYA, registration(name="Not yet"))
    put(house, other, decide_on=date(2026, 12, 7))
    house.now = NEXT_MONDAY
    tick(house)
    told = newest(house).split("*To decide this week*")[1].split("*New*")[0]
    assert "Refund triage" in told
    assert "put off twice" in told
    assert "Not yet" not in told


def test_what_ended_and_was_taken_up_again_stands_under_the_last_that_happened(
    house: House, pilot: Pilot
) -> None:
    settled(house)
    house.do(
        pilots.move, MAYA, house.pilot(pilot.id), RETIRED, MoveKind.RETIRED, "pilot.retired", learned="x"
    )
    house.later(days=1)
    house.do(pilots.move, MAYA, house.pilot(pilot.id), "pilot", MoveKind.REVIVED, "pilot.revived")
    house.now = NEXT_MONDAY
    tick(house)
    assert "*Taken up again*\n" in newest(house)
    assert "*Retired*\n" not in newest(house)


@pytest.mark.usefixtures("pilot")
def test_a_handful_is_named_and_the_others_are_counted(house: House) -> None:
    settled(house)
    for number in range(11):
        house.do(pilots.register, MAYA, registration(name=f"Pilot {number:02}"))
    house.now = NEXT_MONDAY
    tick(house)
    assert "and 7 more" in newest(house)


def test_each_name_leads_to_its_card(house: House, pilot: Pilot) -> None:
    settled(house)
    house.deliver(pilots.card_key(pilot.id), "1764000000.000100")
    house.now = NEXT_MONDAY
    tick(house)
    assert "<https://northwind.example/archives/C0PILOTS/p1764000000000100|Refund triage>" in newest(house)


def test_what_standing_still_costs_is_said_in_a_line(house: House, pilot: Pilot) -> None:
    settled(house)
    stage = house.library.playbook.stage(pilot.stage)
    assert stage
    assert stage.quiet_after_days
    house.now = NEXT_MONDAY
    put(house, pilot, last_change_at=house.now - timedelta(days=stage.quiet_after_days + 15))
    tick(house)
    assert "Standing still has cost 2 weeks over all pilots" in newest(house)


def test_the_day_before_is_no_news_and_nothing_falls_between_two_digests(house: House, pilot: Pilot) -> None:
    settled(house)
    house.now = NEXT_MONDAY
    tick(house)
    house.later(seconds=-30)  # committed while the digest was being written
    house.do(pilots.move, MAYA, house.pilot(pilot.id), "shadow", MoveKind.PROMOTED, "review.approved")
    house.now = NEXT_MONDAY + timedelta(weeks=1)
    tick(house)
    assert "Promoted" in newest(house)


def weekly_at(zone: str, hour: int, weekday: int = 0) -> NudgeRhythm:
    return NudgeRhythm(weekly=WeeklyDigest(weekday=weekday, hour=hour, zone=zone))


@pytest.mark.parametrize(
    ("rhythm", "after", "expected"),
    [
        # Berlin goes back on 25 October 2026 and ahead on 28 March 2027
        (weekly_at("Europe/Berlin", 9), datetime(2026, 10, 19, 8, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)),
        (weekly_at("Europe/Berlin", 9), datetime(2027, 3, 22, 9, tzinfo=UTC), datetime(2027, 3, 29, 7, tzinfo=UTC)),
        # an hour that the clocks skip: the first instant after it
        (weekly_at("Europe/Berlin", 2, 6), datetime(2027, 3, 22, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        # the other side of the date line
        (weekly_at("Pacific/Auckland", 9), datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 29, 20, tzinfo=UTC)),
        (weekly_at("UTC", 23, 4), datetime(2026, 11, 27, 22, 59, tzinfo=UTC), datetime(2026, 11, 27, 23, tzinfo=UTC)),
        (weekly_at("UTC", 0, 0), datetime(2026, 11, 23, 0, 0, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_the_next_one_is_at_the_same_hour_of_its_clock(
    rhythm: NudgeRhythm, after: datetime, expected: datetime
) -> None:
    assert weekly.next_slot(rhythm, after) == expected


def test_over_two_years_there_is_one_a_week_and_each_is_at_its_hour() -> None:
    rhythm = weekly_at("America/New_York", 9)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    seen: list[datetime] = []
    while at < datetime(2028, 1, 1, tzinfo=UTC):
        at = weekly.next_slot(rhythm, at)
        seen.append(at)
    gaps = {later - earlier for earlier, later in pairwise(seen)}
    assert gaps == {timedelta(days=7), timedelta(days=7, hours=1), timedelta(days=6, hours=23)}


def refuse(house: House) -> None:
    """Let Slack refuse the digest that waits, because the channel was archived."""
    (one,) = waiting(house)

    def refused(tx: Tx) -> None:
        tx.messages.claim(one.id, "sender", house.now + timedelta(minutes=1), house.now)
        tx.messages.fail(one.id, "sender", "is_archived")

    house.store.write_sync(refused, now=house.now)


def test_what_slack_refused_is_told_with_the_next_week_that_it_takes(house: House, pilot: Pilot) -> None:
    settled(house)
    house.do(pilots.move, MAYA, house.pilot(pilot.id), "shadow", MoveKind.PROMOTED, "review.approved")
    for week in range(3):
        house.now = NEXT_MONDAY + timedelta(weeks=week)
        assert tick(house, arrives=False) == 1
        assert "Promoted" in newest(house)
        assert len(waiting(house)) == 1
        refuse(house)
    stall(house, pilot)
    house.now = NEXT_MONDAY + timedelta(weeks=3)
    tick(house)
    assert "Promoted" in newest(house)
    assert "Refund triage" in newest(house).split("stands still")[1]
    before = len(digests(house))
    house.later(days=7)
    tick(house)
    assert len(digests(house)) == before


def test_a_digest_that_waited_for_a_week_becomes_the_next_one_and_nothing_of_it_is_lost(
    house: House, pilot: Pilot
) -> None:
    settled(house)
    house.now = NEXT_MONDAY
    tick(house)
    house.do(pilots.move, MAYA, house.pilot(pilot.id), "shadow", MoveKind.PROMOTED, "review.approved")
    other = house.do(pilots.register, MAYA, registration(name="Invoices"))
    house.later(days=3)
    stall(house, other)
    for week in (1, 2, 3):
        house.do(pilots.register, MAYA, registration(name=f"Of week {week}"))
        house.now = NEXT_MONDAY + timedelta(weeks=week)
        assert tick(house, arrives=False) == 1
        assert len(waiting(house)) == 1, "the older one waits no more"
        told = newest(house)
        assert "Refund triage" in told.split("Promoted*")[1]
        assert "Invoices" in told.split("Stalled*")[1]
        assert all(f"Of week {before}" in told for before in range(1, week + 1))
    assert "News of the last 21 days" in newest(house)
    deliver(house)
    assert len(digests(house)) == 2
    house.now += timedelta(weeks=1)
    tick(house)
    assert len(digests(house)) == 2, "what was told is no news, and nothing else happened"


@pytest.mark.usefixtures("pilot")
def test_one_that_is_being_posted_meanwhile_is_edited_and_not_posted_twice(house: House) -> None:
    settled(house)
    house.now = NEXT_MONDAY
    tick(house, arrives=False)
    (one,) = waiting(house)
    until = NEXT_MONDAY + timedelta(weeks=1, minutes=1)
    house.store.write_sync(lambda tx: tx.messages.claim(one.id, "sender", until, house.now))
    house.now = NEXT_MONDAY + timedelta(weeks=1)
    house.do(pilots.register, MAYA, registration(name="Invoices"))
    tick(house, arrives=False)
    posted = house.store.write_sync(
        lambda tx: tx.messages.delivered(one.id, "sender", one.version, DIGEST, "1764000000.000100")
    )
    assert posted
    assert posted.due, "the newer words follow as an edit"
    assert len(digests(house)) == 1


def test_the_first_one_counts_what_stands_still_and_names_who_has_longest(house: House) -> None:
    for number in range(12):
        one = house.do(pilots.register, MAYA, registration(name=f"Pilot {number:02}"))
        stall(house, one)
        put(house, one, stage_since=house.now - timedelta(days=100 + number))
    settled(house)
    house.now = NEXT_MONDAY
    tick(house)
    told = newest(house)
    assert "12 pilots stand still" in told
    named = told.split("stand still")[1].split("*New*")[0]
    assert [f"Pilot {number:02}" in named for number in range(12)] == [False] * 7 + [True] * 5
    assert "since" in named
    assert "and 7 more" in named
    assert "Stalled*" not in told
    house.later(days=1)
    late = house.do(pilots.register, MAYA, registration(name="Late"))
    stall(house, late)
    house.now = NEXT_MONDAY + timedelta(weeks=1)
    tick(house)
    assert "Stalled*\n" in newest(house)
    assert "Pilot 11" not in newest(house), "from then on only what is new is named"


@pytest.mark.usefixtures("pilot")
def test_the_record_says_that_it_was_told(house: House) -> None:
    settled(house)
    house.now = NEXT_MONDAY
    tick(house)
    (entry,) = house.store.read_sync(lambda tx: tx.audit.of(WORKSPACE, "portfolio", WORKSPACE))
    assert entry.what == "portfolio.week_told"
