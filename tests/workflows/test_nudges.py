"""The one message of a day, without Slack: who hears of what, when, once, and that nobody hears of what was done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from bot.desk import Desk, Rooms
from bot.domain.calendar import Away
from bot.domain.matters import MatterKind, Tells
from bot.domain.notices import Notice, Preference, Reply
from bot.domain.pilots import Pilot
from bot.domain.values import PREFLIGHT, Occasion
from bot.handover import workflow as handover
from bot.nudges import blocking, digest, workflow as nudges
from bot.nudges.messages import LINES_SHOWN
from bot.nudges.names import ActionId
from bot.nudges.ordering import in_order
from bot.orphans import workflow as orphans
from bot.pilots import workflow as pilots
from bot.stages import extending, workflow as stages
from bot.stages.seen import seen_decision
from prompts.library import Library
from storage.transaction import Tx

from .conftest import JONAS, MAYA, PILOTS, SAM, WORKSPACE, House, registration
from .nudged import (
    comes_back,
    days_pass,
    due_at,
    ladder,
    lines,
    minute,
    moves,
    notices,
    only,
    said,
    told,
    value_of,
    with_rules,
)

# A pilot that is registered on Monday 23 November is quiet on Monday 7 December.
MONDAY = "2026-12-07"


@pytest.fixture
def quiet(house: House) -> Pilot:
    """A pilot of Maya's that Jonas owns, of which only silence is spoken of."""
    only(house, MatterKind.QUIET)
    return house.do(pilots.register, MAYA, registration())


@pytest.fixture
def undecided(house: House) -> Pilot:
    """A pilot of which only silence is spoken of, and that has to be decided by a day that is far away."""
    book = house.library.playbook
    short = tuple(one.model_copy(update={"decide_after_days": 10}) for one in book.stages)
    far = book.nudges.model_copy(update={"decide_within_days": 60})
    changed = book.model_copy(update={"stages": short, "nudges": far})
    house.library = Library(changed, house.library.templates)
    only(house, MatterKind.QUIET)
    return house.do(pilots.register, MAYA, registration())


class TestWhereSomebodyHasSaidWhy:
    """A decision was put off with a reason: for a while nobody hears that nothing moves, then the ladder goes on where it was."""

    WHY = "The supplier sends the <new> prices in January."

    def puts_off(self, house: House, pilot: Pilot, until: date) -> None:
        seen = seen_decision(house.pilot(pilot.id))
        house.do(extending.extend, JONAS, pilot.id, seen, self.WHY, until)

    def test_the_others_do_not_hear_a_few_days_later(self, house: House, undecided: Pilot) -> None:
        days_pass(house, f"{MONDAY}T10:00+00:00")
        assert told(house, JONAS) == [MONDAY]
        self.puts_off(house, undecided, date(2027, 2, 12))
        assert "the decision was put off to" in said(house, JONAS)  # the line that had asked for it
        days_pass(house, "2026-12-21T07:00+00:00")
        assert told(house, MAYA) == []
        days_pass(house, "2026-12-22T20:00+00:00")  # as long as the stage allows silence
        assert len(told(house, MAYA)) == 1
        heard = [(one.rung, one.person_id) for one in notices(house, undecided.id) if one.slot]
        assert sorted(heard) == sorted([(0, JONAS), (1, JONAS), (1, MAYA)])

    def test_then_the_line_says_what_was_said(self, house: House, undecided: Pilot) -> None:
        days_pass(house, f"{MONDAY}T10:00+00:00")
        self.puts_off(house, undecided, date(2027, 2, 12))
        days_pass(house, "2026-12-22T20:00+00:00")
        (line,) = lines(house, MAYA)
        assert f"<@{JONAS}> put the decision off to" in line
        assert "The supplier sends the &lt;new&gt; prices in January." in line

    def test_who_put_it_off_a_day_before_it_would_have_been_said_hears_nothing_then(
        self, house: House, undecided: Pilot
    ) -> None:
        days_pass(house, "2026-12-06T20:00+00:00")
        self.puts_off(house, undecided, date(2027, 2, 12))
        days_pass(house, "2026-12-20T20:00+00:00")
        assert told(house, JONAS) == []
        days_pass(house, "2026-12-21T20:00+00:00")
        assert told(house, JONAS) == ["2026-12-21"]

    def test_a_line_that_ends_for_another_reason_later_does_not_say_that_it_was_put_off(
        self, house: House, undecided: Pilot
    ) -> None:
        days_pass(house, f"{MONDAY}T10:00+00:00")
        self.puts_off(house, undecided, date(2027, 2, 12))
        days_pass(house, "2026-12-22T20:00+00:00")
        value = value_of(house, JONAS, ActionId.BLOCKED)
        house.do(blocking.report, JONAS, value, "The contract", SAM, date(2027, 1, 4))
        assert "the decision was put off" not in said(house, MAYA)
        assert "done, nothing is needed from you any more" in said(house, MAYA)

    def test_words_that_were_erased_are_said_no_more(self, house: House, undecided: Pilot) -> None:
        days_pass(house, f"{MONDAY}T10:00+00:00")
        self.puts_off(house, undecided, date(2027, 2, 12))
        spoken = house.store.read_sync(lambda tx: tx.audit.spoken(WORKSPACE, by=JONAS))
        at = Occasion(workspace_id=WORKSPACE, actor_id=PREFLIGHT, now=house.now)
        house.store.write_sync(lambda tx: tx.audit.erase(WORKSPACE, spoken, at))
        days_pass(house, "2026-12-22T20:00+00:00")
        (line,) = lines(house, MAYA)
        assert "put the decision off" not in line


class TestTheLadder:
    def test_nobody_hears_before_a_pilot_is_quiet(self, house: House, quiet: Pilot) -> None:
        days_pass(house, "2026-12-06T20:00+00:00")
        assert told(house, JONAS) == []

    def test_the_owner_hears_first_and_once_however_often_a_minute_comes(
        self, house: House, quiet: Pilot
    ) -> None:
        days_pass(house, "2026-12-09T20:00+00:00")
        assert told(house, JONAS) == [MONDAY]
        assert told(house, MAYA) == []
        assert "nothing has moved for two weeks" in said(house, JONAS)
        assert "nudge.sent" in house.audited(quiet.id)

    def test_then_champion_and_owner_together_then_the_channel_where_nobody_sponsors(
        self, house: House, quiet: Pilot
    ) -> None:
        days_pass(house, "2026-12-24T20:00+00:00")
        assert told(house, JONAS) == [MONDAY, "2026-12-10"]
        assert told(house, MAYA) == ["2026-12-10"]
        assert told(house, PILOTS) == ["2026-12-24"]
        assert "still nothing has moved" in said(house, MAYA)
        assert "nothing has moved here" in said(house, PILOTS)

    def test_it_goes_on_for_as_long_as_nothing_moves(self, house: House, quiet: Pilot) -> None:
        days_pass(house, "2027-02-05T20:00+00:00")
        assert told(house, MAYA) == ["2026-12-10", "2027-01-14", "2027-02-04"]

    def test_progress_begins_it_anew_and_opening_the_message_does_not(
        self, house: House, quiet: Pilot
    ) -> None:
        days_pass(house, "2026-12-08T10:00+00:00")
        house.do(nudges.line, JONAS, value_of(house, JONAS, ActionId.SNOOZE))  # looked at, and left
        days_pass(house, "2026-12-10T20:00+00:00")
        assert told(house, MAYA) == ["2026-12-10"]
        moves(house, MAYA, quiet.id)
        days_pass(house, "2026-12-23T20:00+00:00")
        assert len(told(house, MAYA)) == 1
        days_pass(house, "2026-12-25T20:00+00:00")
        assert told(house, JONAS) == [MONDAY, "2026-12-10", "2026-12-24"]

    def test_nobody_hears_of_a_pilot_that_ended_or_waits_on_purpose(self, house: House, quiet: Pilot) -> None:
        other = house.do(pilots.register, MAYA, registration(name="Invoice matching"))
        house.do(stages.retire, MAYA, quiet.id, "It ended", "Ask earlier.")
        house.do(stages.hold, MAYA, other.id, "", "Budget", (house.now + timedelta(days=90)).date())
        days_pass(house, "2026-12-24T20:00+00:00")
        assert told(house, JONAS) == told(house, MAYA) == []

    def test_of_an_owner_who_declined_or_can_do_nothing_the_champion_hears(
        self, house: House, quiet: Pilot
    ) -> None:
        asked = house.store.read_sync(lambda tx: tx.handovers.proposed_of(quiet.id))
        assert asked
        house.do(handover.refuse, JONAS, asked.id, "Not our systems.")
        days_pass(house, "2026-12-08T20:00+00:00")
        assert told(house, JONAS) == []
        assert told(house, MAYA) == [MONDAY]

    def test_who_comes_back_and_leaves_again_is_missed_anew(self, house: House) -> None:
        only(house, MatterKind.ORPHANED)
        house.do(pilots.register, MAYA, registration())
        for away, until in ((True, "2026-11-27"), (False, "2027-02-01"), (True, "2027-02-05")):
            house.do(orphans.note_presence, PREFLIGHT, MAYA, {PILOTS: away})
            days_pass(house, f"{until}T20:00+00:00")
        assert told(house, JONAS) == ["2026-11-23", "2027-02-02"]

    def test_a_group_hears_through_the_champion(self, house: House) -> None:
        only(house, MatterKind.QUIET)
        house.do(pilots.register, MAYA, registration(owner_id="S0PAYMENTS"))
        days_pass(house, "2026-12-08T20:00+00:00")
        assert told(house, MAYA) == [MONDAY]


class TestOneMessageADay:
    def test_all_that_waits_comes_in_one_message_pilot_by_pilot_most_urgent_first(self, house: House) -> None:
        with_rules(
            house,
            ladder(MatterKind.OWNER, (10, Tells.PERSON, "{who} proposed you on {day}.")),
            ladder(MatterKind.QUIET, (0, Tells.OWNER, "nothing has moved for {weeks}.")),
        )
        for name in ("Invoice matching", "Refund triage"):
            house.do(pilots.register, MAYA, registration(name=name))
        days_pass(house, "2026-12-09T20:00+00:00")
        assert told(house, JONAS) == [MONDAY]
        first, second, third, fourth = lines(house, JONAS)
        assert "proposed you on Monday 23 November" in first
        assert second.startswith("Also there: nothing has moved")
        assert "proposed you" in third
        assert fourth.startswith("Also there: nothing has moved")
        assert "Four things wait for you." in said(house, JONAS)

    @pytest.mark.parametrize(
        ("ruled", "first"),
        [
            ((MatterKind.QUIET, MatterKind.REVIEW), MatterKind.QUIET),
            ((MatterKind.REVIEW, MatterKind.QUIET), MatterKind.REVIEW),
            ((MatterKind.QUIET,), MatterKind.REVIEW),
        ],
    )
    def test_reviews_stand_where_the_rules_have_them_and_first_without_one(
        self, house: House, ruled: tuple[MatterKind, ...], first: MatterKind
    ) -> None:
        with_rules(house, *(ladder(kind, (0, Tells.PERSON, "It waits.")) for kind in ruled))
        waiting = [
            Notice(
                workspace_id=WORKSPACE,
                pilot_id="P1",
                kind=kind,
                subject="one",
                thing=f"{kind.value}:one",
                rung=0,
                person_id=JONAS,
                day=house.now.date(),
                queued_at=house.now,
            )
            for kind in (MatterKind.QUIET, MatterKind.REVIEW)
        ]
        assert house.do(in_order, JONAS, waiting)[0].kind is first

    def test_what_comes_later_on_that_day_waits_for_the_next_one(self, house: House, quiet: Pilot) -> None:
        days_pass(house, "2026-11-24T13:00+00:00")
        house.do(pilots.register, MAYA, registration(name="Invoice matching"))
        days_pass(house, "2026-12-07T09:00+00:00")
        assert told(house, JONAS) == [MONDAY]
        assert "Invoice matching" not in said(house, JONAS)
        days_pass(house, "2026-12-08T20:00+00:00")
        assert told(house, JONAS) == [MONDAY, "2026-12-08"]
        assert "Refund triage" not in "".join(lines(house, JONAS))
        assert "One thing you read of before still waits" in said(house, JONAS)

    def test_somebody_with_very_many_hears_once_at_little_cost(self, house: House, quiet: Pilot) -> None:
        for number in range(LINES_SHOWN + 10):
            house.do(pilots.register, MAYA, registration(name=f"Pilot {number}"))
        days_pass(house, "2026-12-07T12:00+00:00")
        assert told(house, JONAS) == [MONDAY]
        assert len(lines(house, JONAS)) == LINES_SHOWN
        assert f"and {10 + 1} more" in said(house, JONAS)
        assert f"{LINES_SHOWN + 11} things wait for you." in said(house, JONAS)
        value = value_of(house, JONAS, ActionId.SNOOZE)

        def cost(tx: Tx) -> int:
            statements: list[str] = []
            event.listen(
                tx.connection, "before_cursor_execute", lambda *sent: statements.append(str(sent[2]))
            )
            at = Occasion(workspace_id=WORKSPACE, actor_id=JONAS, now=house.now)
            nudges.snooze(Desk(tx, at, house.library, Rooms()), value, "day", None)
            return len(statements)

        assert house.store.write_sync(cost, now=house.now) < 40
        assert f"{LINES_SHOWN + 10} things wait for you." in said(house, JONAS)

    def test_nothing_is_added_to_a_message_that_was_sent(self, house: House, quiet: Pilot) -> None:
        days_pass(house, "2026-12-07T09:00+00:00")
        before = lines(house, JONAS)
        days_pass(house, "2026-12-12T09:00+00:00")
        assert lines(house, JONAS, MONDAY) == before


class TestNothingThatIsDone:
    def test_a_line_says_that_it_is_done_once_something_moves(self, house: House, quiet: Pilot) -> None:
        days_pass(house, "2026-12-07T09:00+00:00")
        assert "Refund triage waits for you." in said(house, JONAS)
        moves(house, MAYA, quiet.id)
        assert "done, nothing is needed from you any more" in said(house, JONAS)
        assert "Nothing waits for you any more." in said(house, JONAS)
        assert ActionId.UPDATE not in said(house, JONAS)
        assert {one.reply for one in notices(house, quiet.id)} == {Reply.SETTLED}

    def test_what_was_done_between_queue_and_message_is_never_told(self, house: House, quiet: Pilot) -> None:
        comes_back(house, "2026-12-07T22:00+00:00")
        assert [one.slot for one in notices(house, quiet.id)] == [None]
        moves(house, MAYA, quiet.id)
        days_pass(house, "2026-12-08T20:00+00:00")
        assert told(house, JONAS) == []
        assert [one.reply for one in notices(house, quiet.id)] == [Reply.SETTLED]

    def test_a_retired_pilot_says_so_in_every_message(self, house: House, quiet: Pilot) -> None:
        days_pass(house, "2026-12-10T20:00+00:00")
        house.do(stages.retire, MAYA, quiet.id, "It ended", "Ask earlier.")
        for person, day in ((JONAS, MONDAY), (JONAS, "2026-12-10"), (MAYA, "2026-12-10")):
            assert "*Refund triage*: retired." in said(house, person, day)

    def test_who_has_left_is_told_nothing(self, house: House, quiet: Pilot) -> None:
        comes_back(house, "2026-12-07T22:00+00:00")
        _leaves(house, JONAS)
        days_pass(house, "2026-12-08T20:00+00:00")
        assert told(house, JONAS) == []


class TestGoodHours:
    @pytest.mark.parametrize(
        ("inopportune", "then"),
        [
            ("2026-12-12T10:00+00:00", "2026-12-14"),
            ("2026-12-08T03:00+00:00", "2026-12-08"),
            ("2026-12-08T22:00+00:00", "2026-12-09"),
        ],
    )
    def test_weekends_and_nights_are_left_alone_until_the_next_morning(
        self, house: House, quiet: Pilot, inopportune: str, then: str
    ) -> None:
        comes_back(house, inopportune)
        assert told(house, JONAS) == []
        due = due_at(house, JONAS)
        assert due == datetime.fromisoformat(f"{then}T08:00+00:00")
        comes_back(house, due.isoformat())
        assert told(house, JONAS) == [then]

    def test_after_an_outage_of_a_week_one_message_comes_late(self, house: House, quiet: Pilot) -> None:
        for name in ("A", "B", "C"):
            house.later(days=1)
            house.do(pilots.register, MAYA, registration(name=name))
        comes_back(house, "2026-12-16T08:30+00:00")
        assert told(house, JONAS) == ["2026-12-16"]
        assert len(lines(house, JONAS)) == 4
        assert told(house, MAYA) == told(house, PILOTS) == []

    def test_own_hours_and_days_and_days_away_count(self, house: House, quiet: Pilot) -> None:
        away = Away(first=datetime(2026, 12, 7).date(), last=datetime(2026, 12, 9).date())  # noqa: DTZ001 - a day
        mine = Preference(
            workspace_id=WORKSPACE, user_id=JONAS, from_hour=13, until_hour=15, days=(1, 3, 4), away=(away,)
        )
        house.store.write_sync(lambda tx: tx.preferences.save(mine))
        days_pass(house, "2026-12-10T11:30+00:00")
        assert told(house, JONAS) == []
        days_pass(house, "2026-12-10T12:30+00:00")
        assert told(house, JONAS) == ["2026-12-10"]
        assert "On your days at 13:00" in said(house, JONAS)

    def test_days_off_of_the_company_are_nobodys(self, house: House, quiet: Pilot) -> None:
        book = house.library.playbook
        closed = (datetime(2026, 12, 7, tzinfo=UTC).date(),)
        rhythm = book.nudges.model_copy(update={"closed": closed})
        house.library = type(house.library)(
            book.model_copy(update={"nudges": rhythm}), house.library.templates
        )
        days_pass(house, "2026-12-08T20:00+00:00")
        assert told(house, JONAS) == ["2026-12-08"]

    @pytest.mark.parametrize(
        ("registered", "morning"),
        [("2027-03-15T08:00+00:00", "2027-03-29T07:00"), ("2027-10-18T07:00+00:00", "2027-11-01T08:00")],
    )
    def test_when_the_clocks_change_it_is_still_nine_in_the_morning(
        self, house: House, registered: str, morning: str
    ) -> None:
        only(house, MatterKind.QUIET)
        house.now = datetime.fromisoformat(registered)
        made = house.do(pilots.register, MAYA, registration())
        end = datetime.fromisoformat(f"{morning}+00:00") + timedelta(hours=4)
        days_pass(house, end.isoformat())
        (one,) = notices(house, made.id)
        assert one.told_at == datetime.fromisoformat(f"{morning}+00:00")

    def test_a_channel_hears_in_the_hours_of_the_pilots_owner(self, house: House) -> None:
        with_rules(house, ladder(MatterKind.QUIET, (0, Tells.CHANNEL, "nothing moves here.")))
        person = house.store.read_sync(lambda tx: tx.people.get(WORKSPACE, JONAS))
        assert person
        moved = person.model_copy(update={"time_zone": "America/Los_Angeles"})
        house.store.write_sync(lambda tx: tx.people.remember(moved))
        made = house.do(pilots.register, MAYA, registration())
        days_pass(house, "2026-12-08T20:00+00:00")
        (one,) = notices(house, made.id)
        assert one.person_id == PILOTS
        assert one.told_at == datetime.fromisoformat("2026-12-07T17:00+00:00")


class TestWhileSlackIsDown:
    def test_what_comes_joins_the_message_that_slack_does_not_take_yet(
        self, house: House, quiet: Pilot
    ) -> None:
        days_pass(house, "2026-12-07T09:00+00:00")
        _is_not_taken(house, f"nudge:{JONAS}:{MONDAY}")
        house.do(pilots.register, MAYA, registration(name="Invoice matching"))
        days_pass(house, "2026-12-22T20:00+00:00")
        assert told(house, JONAS) == [MONDAY]
        assert [one.partition(":")[0] for one in lines(house, JONAS)] == [
            "*Refund triage*",
            "*Invoice matching*",
        ]
        assert "Two things wait for you." in said(house, JONAS)

    def test_of_a_line_that_was_overtaken_before_slack_took_it_the_buttons_work(self, house: House) -> None:
        steps = (0, Tells.OWNER, "nothing moves."), (1, Tells.OWNER, "still nothing moves.")
        with_rules(house, ladder(MatterKind.QUIET, *steps))
        house.do(pilots.register, MAYA, registration())
        days_pass(house, "2026-12-07T09:00+00:00")
        _is_not_taken(house, f"nudge:{JONAS}:{MONDAY}")
        days_pass(house, "2026-12-08T09:00+00:00")
        assert "still nothing moves" in said(house, JONAS, MONDAY)
        house.do(nudges.snooze, JONAS, value_of(house, JONAS, ActionId.SNOOZE), "day", None)
        assert "you hear of this again" in said(house, JONAS, MONDAY)

    def test_once_it_is_taken_nobody_hears_again_on_that_day(self, house: House, quiet: Pilot) -> None:
        days_pass(house, "2026-12-07T09:00+00:00")
        _is_not_taken(house, f"nudge:{JONAS}:{MONDAY}")
        house.now = datetime.fromisoformat("2026-12-10T07:30+00:00")
        house.deliver(f"nudge:{JONAS}:{MONDAY}", f"{house.now.timestamp():.6f}")
        days_pass(house, "2026-12-10T20:00+00:00")
        assert told(house, JONAS) == [MONDAY]
        days_pass(house, "2026-12-11T20:00+00:00")
        assert told(house, JONAS) == [MONDAY, "2026-12-11"]


class TestTwoAtOnce:
    def test_a_second_run_finds_nothing_to_do(self, house: House, quiet: Pilot) -> None:
        days_pass(house, "2026-12-07T09:00+00:00")
        house.do(digest.tell, PREFLIGHT, JONAS)
        house.do(digest.tell, PREFLIGHT, JONAS)
        assert told(house, JONAS) == [MONDAY]
        assert house.audited(quiet.id).count("nudge.sent") == 1

    def test_a_day_that_was_used_is_used(self, house: House, quiet: Pilot) -> None:
        days_pass(house, "2026-12-07T09:00+00:00")
        house.store.write_sync(lambda tx: tx.digests.due(WORKSPACE, JONAS, house.now))
        other = house.do(pilots.register, MAYA, registration(name="Older", owner_id=JONAS))
        house.store.write_sync(lambda tx: tx.notices.queue(_copy(house, quiet, other)))
        minute(house)
        assert told(house, JONAS) == [MONDAY]
        assert due_at(house, JONAS) == datetime.fromisoformat("2026-12-08T08:00+00:00")


def _copy(house: House, told_of: Pilot, other: Pilot) -> Notice:
    (one,) = notices(house, told_of.id)
    update = {"pilot_id": other.id, "slot": None, "told_at": None}
    return one.model_copy(update=update)


def _is_not_taken(house: House, key: str) -> None:
    """Pretend that Slack was asked to show a message, and did not answer."""
    message = house.message(key)
    assert message

    def tried(tx: Tx) -> None:
        assert tx.messages.claim(message.id, "test", house.now + timedelta(seconds=30), house.now)
        assert tx.messages.begin_first_post(message.id, "test", house.now)
        tx.messages.release(message.id, "test")

    house.store.write_sync(tried, now=house.now)


def _leaves(house: House, user_id: str) -> None:
    person = house.store.read_sync(lambda tx: tx.people.get(WORKSPACE, user_id))
    assert person
    gone = person.model_copy(update={"deactivated": True})
    house.store.write_sync(lambda tx: tx.people.remember(gone))
