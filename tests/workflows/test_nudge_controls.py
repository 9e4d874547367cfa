"""What people do with a line of their message: later, muted, blocked, not me, updated; and what nobody may do."""

from datetime import date, timedelta

import pytest

from bot.domain.matters import MatterKind, Tells
from bot.domain.notices import BlockerState, Reply
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.nudges import blocking, errors, muting, workflow as nudges
from bot.nudges.names import ActionId, LineId
from bot.orphans.errors import OnlyTheChampion
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldsRefused, NotYours, OnlyMembers, PilotGone
from bot.stages import workflow as stages

from .conftest import GONE, GUEST, JONAS, MAYA, PILOTS, PRIYA, SAM, WORKSPACE, House, registration
from .nudged import (
    controls,
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

MONDAY = "2026-12-07"
UNTIL = date(2026, 12, 18)


@pytest.fixture
def quiet(house: House) -> Pilot:
    """A pilot of Maya's, of which Jonas read this morning that nothing moves."""
    only(house, MatterKind.QUIET, MatterKind.BLOCKER)
    made = house.do(pilots.register, MAYA, registration())
    days_pass(house, "2026-12-07T09:00+00:00")
    assert told(house, JONAS) == [MONDAY]
    return made


def line(house: House, person: str = JONAS, day: str = "") -> str:
    """Return what the controls of somebody's only line carry."""
    return value_of(house, person, ActionId.SNOOZE, day)


class TestSnooze:
    def test_until_the_next_working_day_and_the_message_says_so(self, house: House, quiet: Pilot) -> None:
        until = house.do(nudges.snooze, JONAS, line(house), "day", None)
        assert until.isoformat() == "2026-12-08T08:00:00+00:00"
        assert "you hear of this again" in said(house, JONAS)
        assert ActionId.SNOOZE not in said(house, JONAS)
        assert "nudge.snoozed" in house.audited(quiet.id)
        days_pass(house, "2026-12-08T20:00+00:00")
        assert told(house, JONAS) == [MONDAY, "2026-12-08"]
        assert "nothing has moved for two weeks" in said(house, JONAS)

    def test_a_week_counts_for_the_person_and_not_for_the_others(self, house: House, quiet: Pilot) -> None:
        house.do(nudges.snooze, JONAS, line(house), "week", None)
        days_pass(house, "2026-12-13T20:00+00:00")
        assert told(house, JONAS) == [MONDAY]
        assert told(house, MAYA) == ["2026-12-10"]
        days_pass(house, "2026-12-14T20:00+00:00")
        assert told(house, JONAS) == [MONDAY, "2026-12-14"]
        assert len(lines(house, JONAS)) == 1  # the later rung alone
        assert "still nothing has moved" in said(house, JONAS)

    def test_until_a_date_and_twice(self, house: House, quiet: Pilot) -> None:
        house.do(nudges.snooze, JONAS, line(house), "date", date(2026, 12, 9))
        days_pass(house, "2026-12-09T20:00+00:00")
        house.do(nudges.snooze, JONAS, line(house), "day", None)
        days_pass(house, "2026-12-10T20:00+00:00")
        assert told(house, JONAS) == [MONDAY, "2026-12-09", "2026-12-10"]

    def test_whoever_picks_a_day_means_it(self, house: House, quiet: Pilot) -> None:
        until = house.do(nudges.snooze, JONAS, line(house), "day", date(2026, 12, 19))
        assert until.isoformat() == "2026-12-21T08:00:00+00:00"  # a Saturday: the working day after it

    def test_nothing_comes_when_it_moved_meanwhile(self, house: House, quiet: Pilot) -> None:
        house.do(nudges.snooze, JONAS, line(house), "day", None)
        moves(house, MAYA, quiet.id)
        days_pass(house, "2026-12-11T20:00+00:00")
        assert told(house, JONAS) == [MONDAY]

    @pytest.mark.parametrize(
        ("choice", "day"),
        [
            ("", None),
            ("for ever", None),
            ("date", None),
            ("date", date(2026, 12, 7)),
            ("date", date(2028, 1, 1)),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(
        self, house: House, quiet: Pilot, choice: str, day: date | None
    ) -> None:
        with pytest.raises(FieldsRefused):
            house.do(nudges.snooze, JONAS, line(house), choice, day)
        assert notices(house, quiet.id)[0].reply is None

    def test_the_button_of_an_earlier_release_snoozes_for_a_week(self, house: House, quiet: Pilot) -> None:
        until = house.do(nudges.snooze_for_a_while, JONAS, f"{quiet.id}:{MONDAY}")
        assert until.isoformat() == "2026-12-14T08:00:00+00:00"


class TestWhose:
    def test_nobody_answers_for_somebody_else(self, house: House, quiet: Pilot) -> None:
        for work in (nudges.update, nudges.snooze_for_a_while):
            with pytest.raises(errors.NotYourReminder):
                house.do(work, SAM, line(house))

    @pytest.mark.parametrize(
        "forged", ["", ":", "::", "a:b", "a:b:c", "U0JONAS:2026-12-07:000000000000", "x:y:z:w"]
    )
    def test_a_forged_line_is_refused(self, house: House, quiet: Pilot, forged: str) -> None:
        with pytest.raises(errors.LineGone):
            house.do(nudges.line, JONAS, forged)

    def test_what_is_settled_is_settled_once(self, house: House, quiet: Pilot) -> None:
        value = line(house)
        house.do(nudges.snooze, JONAS, value, "day", None)
        with pytest.raises(errors.Answered):
            house.do(nudges.update, JONAS, value)

    def test_who_is_a_guest_by_now_can_do_nothing(self, house: House, quiet: Pilot) -> None:
        value = line(house)
        guest = Person(workspace_id=WORKSPACE, user_id=JONAS, name="Jonas", guest=True)
        house.store.write_sync(lambda tx: tx.people.remember(guest))
        with pytest.raises(OnlyMembers):
            house.do(nudges.snooze, JONAS, value, "day", None)


class TestUpdate:
    def test_the_questions_go_on_and_the_line_says_where(self, house: House, quiet: Pilot) -> None:
        house.do(nudges.update, JONAS, line(house))
        assert house.store.read_sync(lambda tx: tx.interviews.open_of(quiet.id))
        assert f"<#{PILOTS}>, in their own thread" in said(house, JONAS)
        assert [one.reply for one in notices(house, quiet.id)] == [Reply.UPDATED]

    def test_in_a_channel_anybody_goes_on(self, house: House) -> None:
        with_rules(house, ladder(MatterKind.QUIET, (0, Tells.CHANNEL, "nothing moves here.")))
        made = house.do(pilots.register, MAYA, registration())
        days_pass(house, "2026-12-07T09:00+00:00")
        assert "waits for somebody here" in said(house, PILOTS)
        house.do(nudges.update, SAM, controls(house, PILOTS)[ActionId.UPDATE])
        assert "somebody went on with it" in said(house, PILOTS)
        assert house.store.read_sync(lambda tx: tx.interviews.open_of(made.id))


class TestMute:
    def test_nothing_of_the_pilot_is_heard_until_the_day_and_then_what_still_waits(
        self, house: House, quiet: Pilot
    ) -> None:
        house.do(muting.mute, JONAS, line(house), "Budget round", UNTIL)
        assert "muted until" in said(house, JONAS)
        assert "nudge.muted" in house.audited(quiet.id)
        days_pass(house, "2026-12-17T20:00+00:00")
        assert told(house, JONAS) == [MONDAY]
        assert told(house, MAYA) == ["2026-12-10"]
        days_pass(house, "2026-12-18T20:00+00:00")
        assert told(house, JONAS) == [MONDAY, "2026-12-18"]
        assert len(lines(house, JONAS)) == 1

    def test_it_is_listed_and_can_be_ended_before(self, house: House, quiet: Pilot) -> None:
        made = house.do(muting.mute, JONAS, line(house), "Budget round", UNTIL)
        ((listed, pilot),) = house.do(muting.of, JONAS)
        assert (listed.id, listed.reason, pilot.name) == (made.id, "Budget round", "Refund triage")
        with pytest.raises(errors.OnlyOwnMutes):
            house.do(muting.unmute, MAYA, made.id)
        house.do(muting.unmute, JONAS, made.id)
        assert house.do(muting.of, JONAS) == []
        assert "nudge.unmuted" in house.audited(quiet.id)
        with pytest.raises(errors.NotMuted):
            house.do(muting.unmute, JONAS, made.id)
        days_pass(house, "2026-12-08T20:00+00:00")
        assert told(house, JONAS) == [MONDAY, "2026-12-08"]

    def test_other_pilots_are_heard_of(self, house: House, quiet: Pilot) -> None:
        house.do(muting.mute, JONAS, line(house), "Budget round", UNTIL)
        house.do(pilots.register, MAYA, registration(name="Invoice matching"))
        days_pass(house, "2026-12-21T20:00+00:00")
        assert told(house, JONAS) == [MONDAY, "2026-12-18", "2026-12-21"]
        assert "Invoice matching" in said(house, JONAS)

    @pytest.mark.parametrize(
        ("reason", "until"),
        [("", UNTIL), (" . ", UNTIL), ("Why", None), ("Why", date(2026, 12, 7)), ("Why", date(2027, 12, 7))],
    )
    def test_it_needs_a_reason_and_a_day_within_reach(
        self, house: House, quiet: Pilot, reason: str, until: date | None
    ) -> None:
        with pytest.raises(FieldsRefused):
            house.do(muting.mute, JONAS, line(house), reason, until)
        assert house.do(muting.of, JONAS) == []

    def test_a_channel_is_muted_by_those_who_answer_for_the_pilot(self, house: House) -> None:
        with_rules(
            house,
            ladder(
                MatterKind.QUIET, (0, Tells.CHANNEL, "nothing moves here."), (5, Tells.CHANNEL, "still not.")
            ),
        )
        made = house.do(pilots.register, MAYA, registration())
        days_pass(house, "2026-12-07T09:00+00:00")
        value = controls(house, PILOTS)[ActionId.MUTE]
        with pytest.raises(NotYours):
            house.do(muting.mute, SAM, value, "Noise", UNTIL)
        muted = house.do(muting.mute, MAYA, value, "Noise", UNTIL)
        assert muted.person_id == PILOTS
        assert "lists it for whoever muted it" in said(house, PILOTS)
        assert [one.id for one, _ in house.do(muting.of, MAYA)] == [muted.id]
        days_pass(house, "2026-12-16T20:00+00:00")
        assert told(house, PILOTS) == [MONDAY]
        with pytest.raises(NotYours):
            house.do(muting.unmute, SAM, muted.id)
        house.do(muting.unmute, JONAS, muted.id)
        days_pass(house, "2026-12-17T20:00+00:00")
        assert told(house, PILOTS) == [MONDAY, "2026-12-17"]
        assert made.id


class TestBlocked:
    def blocked(self, house: House, by: str = PRIYA) -> str:
        made = house.do(blocking.report, JONAS, line(house), "Read access to billing", by, UNTIL)
        return made.id

    def test_when_its_day_has_come_those_who_hear_of_that_come_before_the_channel(
        self, house: House, quiet: Pilot
    ) -> None:
        days_pass(house, "2026-12-10T10:00+00:00")
        house.do(blocking.report, JONAS, line(house), "The contract", PRIYA, date(2027, 1, 7))
        days_pass(house, "2027-01-15T10:00+00:00")
        assert (told(house, PRIYA), told(house, MAYA)[-1]) == (["2027-01-07"], "2027-01-14")
        assert told(house, PILOTS) == ["2027-01-15"]

    def test_whoever_can_settle_it_hears_at_once_and_everybody_reads_it_under_the_card(
        self, house: House, quiet: Pilot
    ) -> None:
        blocker_id = self.blocked(house)
        asked = house.message(blocking.key_of(blocker_id))
        assert asked
        assert (asked.channel_id, asked.paced) == (PRIYA, False)
        assert "Read access to billing" in house.words(asked.key)
        assert "knows what is in the way" in said(house, JONAS)
        below = [one for one in house.touched if ":blocked:" in one.key]
        assert [one.under for one in below] == [_card(house, quiet)]
        assert "pilot.blocked" in house.audited(quiet.id)
        assert house.pilot(quiet.id).last_change_at == quiet.last_change_at

    def test_while_its_day_lies_ahead_nobody_hears_that_nothing_moves_then_the_ladder_asks(
        self, house: House, quiet: Pilot
    ) -> None:
        self.blocked(house)
        days_pass(house, "2026-12-17T20:00+00:00")
        assert told(house, MAYA) == []
        days_pass(house, "2026-12-18T20:00+00:00")
        assert told(house, PRIYA) == ["2026-12-18"]
        assert "“Read access to billing” is in its way" in said(house, PRIYA)

    def test_solved_it_is_progress_and_the_team_reads_how(self, house: House, quiet: Pilot) -> None:
        blocker_id = self.blocked(house)
        days_pass(house, "2026-12-18T20:00+00:00")
        house.do(blocking.solve, PRIYA, blocker_id, "The account can read since today.")
        assert house.pilot(quiet.id).last_change_at == house.now
        assert "The account can read since today." in house.words(blocking.key_of(blocker_id))
        assert ActionId.SOLVED not in house.words(blocking.key_of(blocker_id))
        assert "done, nothing is needed from you" in said(house, PRIYA)
        (below,) = [one for one in house.touched if ":unblocked:" in one.key]
        assert f"<@{JONAS}>" in below.body["text"]
        assert "what was in the way is out of it" in said(house, JONAS)

    def test_of_two_who_solve_it_the_second_reads_that_it_is_done(self, house: House, quiet: Pilot) -> None:
        blocker_id = self.blocked(house)
        house.do(blocking.solve, MAYA, blocker_id, "Done.")
        with pytest.raises(errors.BlockerGone):
            house.do(blocking.solve, PRIYA, blocker_id, "Done too.")
        with pytest.raises(errors.BlockerGone):
            house.do(blocking.pass_on, PRIYA, blocker_id, "")

    def test_not_mine_asks_the_team_for_somebody_else(self, house: House, quiet: Pilot) -> None:
        blocker_id = self.blocked(house)
        with pytest.raises(errors.NotYoursToClear):
            house.do(blocking.pass_on, SAM, blocker_id, "")
        house.do(blocking.pass_on, PRIYA, blocker_id, "The data platform team.")
        found = house.store.read_sync(lambda tx: tx.blockers.get(WORKSPACE, blocker_id))
        assert found
        assert found.state is BlockerState.DROPPED
        assert house.pilot(quiet.id).last_change_at == quiet.last_change_at
        (below,) = [one for one in house.touched if ":unblocked:" in one.key]
        assert "The data platform team." in below.body["text"]
        assert f"<@{PRIYA}> cannot settle what is in the way" in said(house, JONAS)

    def test_strangers_cannot_call_it_solved(self, house: House, quiet: Pilot) -> None:
        blocker_id = self.blocked(house)
        with pytest.raises(errors.NotYoursToClear):
            house.do(blocking.solve, SAM, blocker_id, "Done.")
        with pytest.raises(errors.BlockerGone):
            house.do(blocking.solve, MAYA, "0123456789abcdef", "Done.")
        with pytest.raises(FieldsRefused):
            house.do(blocking.solve, PRIYA, blocker_id, " . ")

    @pytest.mark.parametrize("by", [None, JONAS, GUEST, GONE, "U0NOBODY", "U0BOT"])
    def test_only_a_member_who_is_somebody_else_can_be_named(
        self, house: House, quiet: Pilot, by: str | None
    ) -> None:
        with pytest.raises(FieldsRefused) as refused:
            house.do(blocking.report, JONAS, line(house), "Access", by, UNTIL)
        assert [one.field for one in refused.value.fields] == ["by"]

    def test_a_blocker_of_a_pilot_that_ended_can_still_be_closed(self, house: House, quiet: Pilot) -> None:
        blocker_id = self.blocked(house)
        house.do(stages.retire, MAYA, quiet.id, "It ended", "Ask earlier.")
        house.do(blocking.solve, PRIYA, blocker_id, "Done anyway.")
        assert house.pilot(quiet.id).retired


class TestNotMe:
    def test_an_owner_hands_over_and_a_champion_passes_on(self, house: House, quiet: Pilot) -> None:
        assert controls(house, JONAS)["handover.hand_over"] == quiet.id
        days_pass(house, "2026-12-10T09:00+00:00")
        assert controls(house, MAYA)[ActionId.NOT_ME] == quiet.id

    def test_only_the_champion_passes_it_on_and_only_to_a_member(self, house: House, quiet: Pilot) -> None:
        with pytest.raises(OnlyTheChampion):
            house.do(nudges.hand_on, JONAS, quiet.id, SAM, "")
        for nobody in ("", GUEST, GONE, MAYA):
            with pytest.raises(FieldsRefused):
                house.do(nudges.hand_on, MAYA, quiet.id, nobody, "")
        with pytest.raises(PilotGone):
            house.do(nudges.may_hand_on, MAYA, "0123456789abcdef")
        house.do(nudges.hand_on, MAYA, quiet.id, SAM, "You know it best.")
        assert any(one.channel_id == SAM for one in house.touched)

    def test_who_passes_it_on_reads_that_somebody_was_asked(self, house: House, quiet: Pilot) -> None:
        days_pass(house, "2026-12-10T09:00+00:00")
        house.do(nudges.hand_on, MAYA, quiet.id, SAM, "")
        assert "you asked somebody else to champion it" in said(house, MAYA)
        assert "Nothing more waits for you here." in said(house, MAYA)
        assert house.pilot(quiet.id).champion_id == MAYA


class TestMarks:
    def test_lines_of_two_pilots_that_changed_at_one_instant_are_told_apart(self, house: House) -> None:
        only(house, MatterKind.QUIET)
        one = house.do(pilots.register, MAYA, registration())
        other = house.do(pilots.register, MAYA, registration(name="Invoice matching"))
        days_pass(house, "2026-12-07T09:00+00:00")
        first, second = (notices(house, made.id)[0] for made in (one, other))
        assert first.thing == second.thing
        values = [LineId.of(notice, MONDAY).packed() for notice in (first, second)]
        house.do(nudges.snooze, JONAS, values[0], "day", None)
        assert notices(house, one.id)[0].reply is Reply.SNOOZED
        assert notices(house, other.id)[0].reply is None
        assert "One thing waits for you." in said(house, JONAS)
        assert due_at(house, JONAS) == house.now.replace(hour=8) + timedelta(days=1)
        minute(house)
        assert told(house, JONAS) == [MONDAY]


def _card(house: House, pilot: Pilot) -> str:
    card = house.message(pilots.card_key(pilot.id))
    assert card
    return card.id
