"""Reminders of open reviews: who hears, when on their own clock, how often, what ends it, and who is called in at last."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.matters import MatterKind
from bot.domain.notices import Notice
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.reviews import Board, Review, ReviewState
from bot.domain.values import PREFLIGHT
from bot.nudges import awaited, digest, workflow as nudging
from bot.nudges.names import ActionId, LineId
from bot.pilots import workflow as pilots
from bot.review import changes as questions, deciding, reminding, requesting, workflow as reviews
from bot.stages import workflow as stages
from bot.watching import workflow as watching

from .conftest import JONAS, MAYA, PRIYA, SAM, WORKSPACE, House, registration, words_of
from .gates import (
    IN_PLACE,
    LENA,
    NOT_YET,
    RAJ,
    TOMAS,
    approves,
    board,
    changes,
    decided_by,
    declines,
    now,
    ready,
    seen,
)
from .nudged import only

RISK = board(risk=[PRIYA, SAM])
KOLKATA, LISBON, LOS_ANGELES, AUCKLAND = (
    "Asia/Kolkata",
    "Europe/Lisbon",
    "America/Los_Angeles",
    "Pacific/Auckland",
)


def lives_in(house: House, person: str, zone: str) -> None:
    moved = Person(workspace_id=WORKSPACE, user_id=person, name=person.title(), time_zone=zone)
    house.store.write_sync(lambda tx: tx.people.remember(moved))


def minute(house: House, those: Board = RISK) -> int:
    """Do the minute's round with what Slack says about the roles, then its messages; return how many people were to hear."""
    due = house.do(awaited.due, PREFLIGHT, 100)
    heard = sum(house.do(awaited.remind, PREFLIGHT, review_id, those) for review_id in due)
    while house.do(digest.sweep, PREFLIGHT):
        pass
    return heard


def hours_pass(house: House, until: str, those: Board = RISK) -> None:
    """Let time pass hour by hour, with the minute's round in each."""
    end = datetime.fromisoformat(until)
    while house.now < end:
        house.now = min(end, (house.now + timedelta(hours=1)).replace(minute=0))
        house.do(requesting.expire, PREFLIGHT)
        minute(house, those)


def told(house: House, pilot_id: str) -> list[Notice]:
    every = house.store.read_sync(lambda tx: tx.notices.of_pilot(pilot_id))
    return [one for one in every if one.kind is MatterKind.REVIEW and one.slot]


def mornings(house: House, pilot_id: str, person: str) -> list[str]:
    """Return the days on which somebody was reminded, with the hour in UTC."""
    return [f"{one.told_at:%a %d %H:%M}" for one in told(house, pilot_id) if one.person_id == person]


def message(house: House, person: str, day: str) -> str:
    return house.words(f"nudge:{person}:{day}")


def everything_said(house: House, review: Review) -> str:
    """Return the words of every message about a review: the card, in the thread, and under the card."""
    every = house.store.read_sync(lambda tx: tx.messages.unsent(house.now, 1000))
    return "\n".join(words_of(one.body) for one in every if one.key.startswith(f"review:{review.id}:"))


@pytest.fixture
def asked(house: House, pilot: Pilot) -> Callable[..., Review]:
    """Ask for the promotion on Monday at half past nine in UTC, of whom a policy names."""

    def ask(*steps: dict[str, int], those: Board = RISK, **policy: Any) -> Review:
        decided_by(house, *(steps or ({"risk": 1},)), **policy)
        return house.do(requesting.request, MAYA, ready(house, pilot).id, those)

    return ask


class TestWhen:
    def test_each_hears_on_their_own_mornings_with_growing_distance(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        lives_in(house, PRIYA, KOLKATA)
        lives_in(house, SAM, LISBON)
        review = asked(expires_after_working_days=10, remind_after_working_days=(1, 3, 6))
        hours_pass(house, "2026-12-04T00:00+00:00")
        assert mornings(house, review.pilot_id, PRIYA) == ["Tue 24 04:00", "Thu 26 04:00", "Tue 01 04:00"]
        assert mornings(house, review.pilot_id, SAM) == ["Tue 24 09:00", "Thu 26 09:00", "Tue 01 09:00"]
        assert house.audited(review.pilot_id).count("review.reminded") == 6
        assert now(house, review).reminders == 3
        assert set(now(house, review).reminded) == {PRIYA, SAM}

    def test_the_line_says_since_when_until_when_and_leads_to_the_card(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = asked()
        house.deliver(reviews.card_key(review.id), "1700000000.000100")
        hours_pass(house, "2026-11-24T08:00+00:00")
        said = message(house, PRIYA, "2026-11-24")
        assert "*Refund triage*: the promotion to shadow waits for you since" in said
        assert "It expires" in said
        assert "https://northwind.example/archives/C0REVIEWS/p1700000000000100" in said
        assert "Refund triage waits for you." in said

    def test_nobody_hears_before_a_working_day_has_passed_or_on_a_weekend(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        house.now = datetime.fromisoformat("2026-11-27T20:00+01:00")  # a Friday evening
        review = asked(expires_after_working_days=1)
        hours_pass(house, "2026-11-30T07:00+00:00")
        assert told(house, review.pilot_id) == []
        hours_pass(house, "2026-11-30T08:00+00:00")
        assert mornings(house, review.pilot_id, PRIYA) == ["Mon 30 08:00"]
        hours_pass(house, "2026-11-30T17:00+00:00")
        assert now(house, review).state is ReviewState.EXPIRED
        assert now(house, review).decided_at == datetime.fromisoformat("2026-11-30T17:00+01:00")

    def test_far_apart_each_has_another_monday(self, house: House, asked: Callable[..., Review]) -> None:
        lives_in(house, PRIYA, AUCKLAND)
        lives_in(house, SAM, LOS_ANGELES)
        house.now = datetime.fromisoformat("2026-11-27T20:00+01:00")
        review = asked(expires_after_working_days=5)
        hours_pass(house, "2026-12-01T00:00+00:00")
        assert mornings(house, review.pilot_id, PRIYA) == ["Sun 29 20:00"]  # nine on Monday there
        assert mornings(house, review.pilot_id, SAM) == ["Mon 30 17:00"]

    @pytest.mark.parametrize(
        ("friday", "monday"),
        [("2027-10-29T10:00+02:00", "Mon 01 08:00"), ("2027-03-26T10:00+01:00", "Mon 29 07:00")],
    )
    def test_when_the_clocks_change_it_is_still_nine_in_the_morning(
        self, house: House, asked: Callable[..., Review], friday: str, monday: str
    ) -> None:
        house.now = datetime.fromisoformat(friday)
        review = asked()
        hours_pass(house, (house.now + timedelta(days=3)).isoformat())
        assert mornings(house, review.pilot_id, PRIYA) == [monday]

    def test_after_a_week_without_power_everybody_hears_once_and_in_their_hours(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = asked(expires_after_working_days=20, remind_after_working_days=(1, 2, 3, 4))
        house.now = datetime.fromisoformat("2026-12-05T12:00+00:00")  # a Saturday
        assert minute(house) == 0
        hours_pass(house, "2026-12-10T00:00+00:00")
        assert mornings(house, review.pilot_id, PRIYA) == ["Mon 07 08:00"]

    def test_two_rounds_at_once_tell_nobody_twice(self, house: House, asked: Callable[..., Review]) -> None:
        review = asked()
        minute(house)
        house.now = datetime.fromisoformat("2026-11-24T08:00+00:00")
        both = house.do(awaited.due, PREFLIGHT, 10), house.do(awaited.due, PREFLIGHT, 10)
        assert both == ([review.id], [review.id])
        heard = [house.do(awaited.remind, PREFLIGHT, review.id, RISK) for _ in both]
        assert heard == [2, 0]
        house.do(reminding.look_at_all, PREFLIGHT)  # as after a start
        assert minute(house) == 0
        assert len(told(house, review.pilot_id)) == 2

    def test_a_review_is_left_alone_until_there_is_more_to_say(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        """Each look asks Slack who is in the groups, and Slack answers only so often."""
        review = asked()
        for those in (RISK, board(risk=[PRIYA])):  # somebody has left the role
            minute(house, those)
            minute(house, those)
            assert house.do(awaited.due, PREFLIGHT, 10) == []
        assert now(house, review).next_reminder_at

    def test_somebody_whose_hours_nobody_knows_is_not_woken(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        those = board(risk=[PRIYA, "U0NEW"])
        review = asked(those=those)
        hours_pass(house, "2026-11-24T10:00+00:00", those)
        assert {one.person_id for one in told(house, review.pilot_id)} == {PRIYA}
        lives_in(house, "U0NEW", KOLKATA)
        hours_pass(house, "2026-11-24T15:00+00:00", those)  # after their hours there
        assert mornings(house, review.pilot_id, "U0NEW") == ["Tue 24 11:00"]


class TestWho:
    def test_only_those_of_the_step_that_is_reached_hear_and_the_next_step_begins_its_own_back_off(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        those = board(technical=[LENA], risk=[PRIYA])
        review = asked({"technical": 1}, {"risk": 1}, those=those, expires_after_working_days=10)
        hours_pass(house, "2026-11-25T10:00+00:00", those)
        assert {one.person_id for one in told(house, review.pilot_id)} == {LENA}
        approves(house, LENA, review, those)
        hours_pass(house, "2026-12-02T00:00+00:00", those)
        assert mornings(house, review.pilot_id, LENA) == ["Tue 24 08:00"]
        assert mornings(house, review.pilot_id, PRIYA) == ["Thu 26 08:00", "Mon 30 08:00"]

    def test_roles_that_are_not_notified_may_decide_unasked(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        those = board(risk=[PRIYA], security=[LENA])
        review = asked({"risk": 1, "security": 1}, those=those, notify=("security",))
        hours_pass(house, "2026-11-30T00:00+00:00", those)
        assert {one.person_id for one in told(house, review.pilot_id)} == {LENA}
        approves(house, PRIYA, review, those)
        said = everything_said(house, review)
        assert "<!subteam^S0SECURITY>" in said
        assert "<!subteam^S0RISK>" not in said
        assert "@risk" in said

    def test_with_nobody_to_notify_nobody_hears(self, house: House, asked: Callable[..., Review]) -> None:
        review = asked(notify=())
        hours_pass(house, "2026-11-30T00:00+00:00")
        assert told(house, review.pilot_id) == []

    def test_a_vote_ends_it_for_who_gave_it_and_the_morning_s_line_says_so(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = asked({"risk": 2}, expires_after_working_days=10)
        hours_pass(house, "2026-11-24T09:00+00:00")
        assert ActionId.OPEN not in message(house, PRIYA, "2026-11-25")
        approves(house, PRIYA, review, RISK)
        assert "your vote is in" in message(house, PRIYA, "2026-11-24")
        assert "the promotion to shadow waits for you" in message(house, SAM, "2026-11-24")
        hours_pass(house, "2026-12-02T00:00+00:00")
        assert len(mornings(house, review.pilot_id, PRIYA)) == 1
        assert len(mornings(house, review.pilot_id, SAM)) == 2

    def test_once_it_is_decided_the_lines_say_by_whom_and_nobody_hears_again(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = asked()
        hours_pass(house, "2026-11-24T09:00+00:00")
        approves(house, PRIYA, review, RISK)
        assert f"approved by <@{PRIYA}>" in message(house, SAM, "2026-11-24")
        assert "Nothing waits for you any more." in message(house, SAM, "2026-11-24")
        hours_pass(house, "2026-12-02T00:00+00:00")
        assert len(told(house, review.pilot_id)) == 2

    def test_who_has_left_the_role_since_is_awaited_no_more(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        asked(expires_after_working_days=10)
        hours_pass(house, "2026-11-24T12:00+00:00")
        hours_pass(house, "2026-11-26T12:00+00:00", board(risk=[PRIYA]))
        assert "nothing is awaited of you any more" in message(house, SAM, "2026-11-24")
        assert "the promotion to shadow waits for you" in message(house, PRIYA, "2026-11-24")
        assert message(house, SAM, "2026-11-26") == ""

    def test_who_joins_a_role_later_hears_as_well(self, house: House, asked: Callable[..., Review]) -> None:
        only_priya = board(risk=[PRIYA])
        review = asked(those=only_priya, expires_after_working_days=15)
        hours_pass(house, "2026-11-30T00:00+00:00", only_priya)
        hours_pass(house, "2026-12-02T00:00+00:00", RISK)
        assert mornings(house, review.pilot_id, SAM) == ["Mon 30 08:00"]
        assert len(mornings(house, review.pilot_id, PRIYA)) == 2

    def test_who_took_their_vote_back_begins_anew(self, house: House, asked: Callable[..., Review]) -> None:
        review = asked({"risk": 2}, expires_after_working_days=10, remind_after_working_days=(2,))
        approves(house, PRIYA, review, RISK)
        hours_pass(house, "2026-11-26T12:00+00:00")
        house.do(deciding.take_back, PRIYA, review.id, RISK)
        hours_pass(house, "2026-12-02T00:00+00:00")
        assert mornings(house, review.pilot_id, PRIYA) == ["Mon 30 08:00"]

    def test_a_change_that_makes_votes_stale_begins_anew(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = asked({"risk": 2}, expires_after_working_days=10, remind_after_working_days=(2,))
        approves(house, PRIYA, review, RISK)
        hours_pass(house, "2026-11-24T12:00+00:00")
        changes(
            house, review, "rollback", IN_PLACE.model_copy(update={"evidence": ("https://a.example/other",)})
        )
        assert now(house, review).changed_at == house.now
        hours_pass(house, "2026-12-02T00:00+00:00")
        assert mornings(house, review.pilot_id, PRIYA) == ["Thu 26 08:00"]


class TestInTheWay:
    def test_while_a_question_is_open_the_requester_is_reminded_instead(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = asked(expires_after_working_days=10, remind_after_working_days=(1, 3))
        house.later(hours=1)
        change = house.do(questions.ask, PRIYA, review.id, seen(review), "Who is called on a Sunday?", RISK)
        hours_pass(house, "2026-11-25T12:00+00:00")
        assert {one.person_id for one in told(house, review.pilot_id)} == {MAYA}
        said = message(house, MAYA, "2026-11-24")
        assert "Who is called on a Sunday?" in said
        house.do(questions.answer, MAYA, change.id, "The rota, see the runbook.")
        assert "nothing is awaited of you any more" in message(house, MAYA, "2026-11-24")
        hours_pass(house, "2026-11-27T00:00+00:00")
        assert mornings(house, review.pilot_id, PRIYA) == ["Thu 26 08:00"]
        assert len(mornings(house, review.pilot_id, MAYA)) == 1

    def test_an_approver_s_line_stays_while_a_question_is_open(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = asked()
        hours_pass(house, "2026-11-24T09:00+00:00")
        house.do(questions.ask, PRIYA, review.id, seen(review), "Who is called on a Sunday?", RISK)
        assert "the promotion to shadow waits for you" in message(house, SAM, "2026-11-24")

    def test_what_is_not_in_place_any_more_is_told_to_the_requester_not_to_approvers(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = asked(expires_after_working_days=10)
        changes(house, review, "rollback", NOT_YET)
        hours_pass(house, "2026-11-24T12:00+00:00")
        assert {one.person_id for one in told(house, review.pilot_id)} == {MAYA}
        assert "nobody can approve it" in message(house, MAYA, "2026-11-24")


class TestCallingIn:
    THOSE = board(risk=[PRIYA], office=[RAJ])

    def escalating(self, asked: Callable[..., Review], **more: Any) -> Review:
        return asked(
            those=self.THOSE,
            escalate_after_working_days=4,
            fallback="office",
            expires_after_working_days=10,
            **more,
        )

    def test_after_silence_the_fallback_is_called_in_once_and_the_card_says_so(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = self.escalating(asked)
        hours_pass(house, "2026-11-27T07:00+00:00", self.THOSE)
        assert house.words(f"review:{review.id}:escalated") == ""
        hours_pass(house, "2026-11-27T08:00+00:00", self.THOSE)
        word = house.words(f"review:{review.id}:escalated")
        assert "<!subteam^S0OFFICE>" in word
        assert "<!subteam^S0RISK>" not in word
        assert "<!subteam^S0OFFICE>" in house.words(reviews.card_key(review.id))
        hours_pass(house, "2026-12-04T00:00+00:00", self.THOSE)
        assert house.audited(review.pilot_id).count("review.escalated") == 1
        assert mornings(house, review.pilot_id, RAJ) == ["Mon 30 08:00", "Wed 02 08:00"]
        assert approves(house, RAJ, review, self.THOSE).state is ReviewState.APPROVED

    def test_it_waits_while_a_question_is_open(self, house: House, asked: Callable[..., Review]) -> None:
        review = self.escalating(asked)
        change = house.do(questions.ask, PRIYA, review.id, seen(review), "Who is called?", self.THOSE)
        hours_pass(house, "2026-12-01T10:00+00:00", self.THOSE)
        assert now(house, review).escalated_at is None
        house.do(questions.answer, MAYA, change.id, "The rota.")
        minute(house, self.THOSE)
        assert now(house, review).escalated_at == house.now

    def test_a_fallback_that_is_not_notified_is_named_and_not_mentioned(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = self.escalating(asked, notify=("risk",))
        hours_pass(house, "2026-12-03T00:00+00:00", self.THOSE)
        word = house.words(f"review:{review.id}:escalated")
        assert "@office" in word
        assert "<!subteam^S0OFFICE>" not in word
        assert mornings(house, review.pilot_id, RAJ) == []

    def test_nobody_is_called_in_for_what_is_decided(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = self.escalating(asked)
        declines(house, PRIYA, review, self.THOSE)
        hours_pass(house, "2026-12-04T00:00+00:00", self.THOSE)
        assert house.words(f"review:{review.id}:escalated") == ""


class TestOneMessage:
    def test_quiet_pilots_and_reviews_come_in_one_message_the_review_first(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        only(house, MatterKind.QUIET)
        quiet = house.do(pilots.register, MAYA, registration(name="Invoice matching", owner_id=PRIYA))
        house.now = datetime.fromisoformat("2026-12-04T10:00+00:00")
        review = asked(expires_after_working_days=10)
        only(house, MatterKind.QUIET)
        house.do(watching.look, PREFLIGHT, quiet.id)
        house.now = datetime.fromisoformat("2026-12-07T08:00+00:00")
        house.do(watching.look, PREFLIGHT, quiet.id)
        minute(house)
        day = house.now.date().isoformat()
        said = message(house, PRIYA, day)
        assert "Two things wait for you." in said
        assert said.index("*Refund triage*") < said.index("*Invoice matching*")
        theirs = house.store.read_sync(lambda tx: tx.notices.of_person(WORKSPACE, PRIYA, day))
        line = next(LineId.of(one, day) for one in theirs if one.pilot_id == quiet.id)
        house.do(nudging.snooze, PRIYA, line.packed(), "day", None)
        assert "One thing waits for you." in message(house, PRIYA, day)
        approves(house, SAM, review, RISK)
        assert "Nothing more waits for you here." in message(house, PRIYA, day)

    def test_a_reminder_that_is_snoozed_comes_again_while_the_word_is_awaited(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = asked(expires_after_working_days=10, remind_after_working_days=(1,))
        hours_pass(house, "2026-11-24T09:00+00:00")
        (one,) = [each for each in told(house, review.pilot_id) if each.person_id == PRIYA]
        house.do(nudging.snooze, PRIYA, LineId.of(one, "2026-11-24").packed(), "day", None)
        hours_pass(house, "2026-12-02T00:00+00:00")
        assert mornings(house, review.pilot_id, PRIYA) == ["Tue 24 08:00", "Wed 25 08:00"]

    def test_a_pilot_that_is_put_has_ended_waits_for_nobody_and_the_line_says_so(
        self, house: House, asked: Callable[..., Review]
    ) -> None:
        review = asked()
        hours_pass(house, "2026-11-24T09:00+00:00")
        house.do(stages.retire, MAYA, review.pilot_id, "It ended", "Ask earlier.")
        assert "withdrawn" in message(house, PRIYA, "2026-11-24")
        hours_pass(house, "2026-12-04T00:00+00:00")
        assert len(told(house, review.pilot_id)) == 2

    def test_nobody_outside_a_role_hears(self, house: House, asked: Callable[..., Review]) -> None:
        review = asked()
        hours_pass(house, "2026-12-04T00:00+00:00")
        assert {one.person_id for one in told(house, review.pilot_id)} == {PRIYA, SAM}
        assert TOMAS not in {one.person_id for one in told(house, review.pilot_id)}
        assert JONAS not in {one.person_id for one in told(house, review.pilot_id)}
