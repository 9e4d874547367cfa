"""Whose word a review waits for, who of them hears of it now, and when somebody hears next; and calling in the fallback.

Given a board that Slack has just told of, and now. How a reminder reaches a person is not known here: it is a line in the one
message that they get on a day, see `bot.nudges`. The rules of the calendar are in `domain.reminders`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.domain import reminders as rules
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.policies import Procedure
from bot.domain.reminders import Why
from bot.domain.reviews import Board, ChangeRequest, ChangeState, Review, ReviewKind
from bot.pilots import workflow as pilots
from bot.pilots.calendars import calendar_of, calendars_of
from bot.review import told, workflow
from bot.review.ballot import ballot_of, procedure_of
from bot.review.facts import card_facts

UNKNOWN_AGAIN = timedelta(hours=1)
"""When somebody is looked for again whose hours nobody knows, because Slack did not say who they are."""

LOOKED_AT_EVERY = timedelta(days=1)
"""How long an open review is left alone at most: who is in the roles changes in Slack without a word to us."""


@dataclass(frozen=True)
class Awaits:
    """What a review waits for: whom it could go on with, and who of them is reminded."""

    why: Why
    since: datetime
    people: frozenset[str]
    """Everybody whose word would help."""
    reminded: frozenset[str]
    """Those of them who hear of it."""
    later: Mapping[str, datetime] = field(default_factory=dict)
    """Who of them is awaited only since another moment: those who were called in for others."""
    questions: tuple[ChangeRequest, ...] = ()
    """The open questions, where an answer is awaited."""

    def since_for(self, person_id: str) -> datetime:
        """Return since when somebody's word is awaited."""
        return self.later.get(person_id, self.since)


@dataclass(frozen=True)
class Reminder:
    """Somebody who is to hear of a review now."""

    person_id: str
    round: int
    since: datetime


@dataclass(frozen=True)
class Outlook:
    """Who hears of a review now, and when it is to be looked at again."""

    due: tuple[Reminder, ...]
    next_at: datetime | None


def look_at_all(desk: Desk) -> None:
    """Have every open review looked at soon: after a start, because policies may have changed and time has passed."""
    for review in desk.tx.reviews.all_open(desk.at.workspace_id):
        put_off(desk, review.id, desk.at.now)


def put_off(desk: Desk, review_id: str, until: datetime | None) -> None:
    """Look at a review then, and not before something changes; None for never."""
    review = desk.tx.reviews.get(desk.at.workspace_id, review_id)
    if review:
        desk.tx.reviews.note_reminders(
            review.id, next_reminder_at=until, reminders=review.reminders, reminded=review.reminded
        )


def awaits(
    desk: Desk, review: Review, pilot: Pilot, procedure: Procedure, board: Board, missing: Iterable[str] = ()
) -> Awaits:
    """Return what an open review waits for. `missing` is what keeps it from being approved, whoever wants to."""
    questions = desk.tx.changes.of_review(review.id)
    still_open = tuple(one for one in questions if one.state is ChangeState.OPEN)
    if still_open:
        people = frozenset({_spokesperson(desk, review, pilot)})
        since = min(one.asked_at for one in still_open)
        return Awaits(Why.ANSWER, since, people, people, questions=still_open)
    if any(missing):
        people = frozenset({_spokesperson(desk, review, pilot)})
        return Awaits(Why.MEND, review.changed_at or review.requested_at, people, people)
    ballot = ballot_of(desk, review, pilot, procedure, board)
    policy, tally = procedure.policy, ballot.tally
    called_in = review.escalated_at
    since = rules.awaited_since(review, tally, ballot.votes, questions)
    reminded = rules.asked_by_name(policy, board, tally, escalated=called_in is not None)
    later = {
        person: max(since, called_in)
        for person in (tally.awaited if called_in else ())
        if called_in and ballot.is_fallback_only(person)
    }
    spoken = {one.user_id for one in ballot.votes if one.counts_for(review.snapshot_hash)}
    return Awaits(Why.VOTE, since, tally.awaited - spoken, reminded - spoken, later)


def awaits_now(desk: Desk, review: Review, board: Board | None = None) -> Awaits | None:
    """Return the same, with what is missing today; None where nothing is awaited or the playbook has lost the gate."""
    pilot, gate = pilots.get(desk, review.pilot_id), desk.playbook.gate(review.gate_id)
    procedure = procedure_of(desk, review, pilot)
    board = board or review.board
    if not review.is_open or desk.at.now >= review.expires_at or not gate or not procedure or not board:
        return None
    promotion = review.kind is ReviewKind.PROMOTION and pilot.stage == review.from_stage
    blocking = pilots.verdict_before(desk, pilot, gate).blocking if promotion else ()
    return awaits(desk, review, pilot, procedure, board, [one.item.title for one in blocking])


def voters(desk: Desk, review: Review) -> frozenset[str]:
    """Return whose vote an open review waits for, whatever else is in its way; nobody where that is not known."""
    pilot = pilots.get(desk, review.pilot_id)
    procedure = procedure_of(desk, review, pilot)
    if not procedure or not review.board:
        return frozenset()
    ballot = ballot_of(desk, review, pilot, procedure, review.board)
    return ballot.tally.awaited - {one.user_id for one in ballot.votes if ballot.standing(one.user_id)}


def look(desk: Desk, review: Review, told_at: Mapping[str, datetime], board: Board) -> Outlook:
    """Return who is to hear of a review now, and when to look again; `told_at` is when each person heard of it last."""
    found = awaits_now(desk, review, board)
    if found is None:
        return Outlook((), None)
    _, procedure = workflow.deciders_of(desk, review.id)
    due: list[Reminder] = []
    now, calendars = desk.at.now, calendars_of(desk, found.reminded)
    ahead: list[datetime | None] = [now + LOOKED_AT_EVERY]
    if found.why is not Why.ANSWER and review.escalated_at is None:
        ahead.append(_escalates_at(desk, review, procedure))
    for person_id in sorted(found.reminded):
        person = desk.tx.people.get(review.workspace_id, person_id)
        if person is None:
            ahead.append(now + UNKNOWN_AGAIN)
        if person is None or person.cannot_act:
            continue
        hours, since = calendars[person_id], found.since_for(person_id)
        backoff = rules.rounds(since, procedure.policy.remind_after_working_days, hours)
        ahead.append(rules.next_at(backoff, now))
        one = rules.due(backoff, told_at.get(person_id), now)
        if one and hours.is_good(now):
            due.append(Reminder(person_id, one.number, since))
        elif one:
            ahead.append(hours.next_good(now))
    return Outlook(tuple(due), min((at for at in ahead if at is not None and at > now), default=None))


def escalate_if_due(desk: Desk, review: Review, board: Board) -> bool:
    """Call in the fallback role when its time has come: by one reply under the card, which says so from then on.

    While a question is open nobody could approve, so nobody is called in for that; the minute after it is settled they are.
    """
    _, procedure = workflow.deciders_of(desk, review.id)
    at = _escalates_at(desk, review, procedure)
    asked_back = any(one.state is ChangeState.OPEN for one in desk.tx.changes.of_review(review.id))
    if at is None or desk.at.now < at or asked_back or review.escalated_at is not None:
        return False
    if not desk.tx.reviews.escalate_if_open(review.id, desk.at.now):
        return False
    fallback = procedure.policy.fallback
    after = {
        "review": review.id,
        "role": fallback,
        "people": sorted(board.people_of(fallback or "")),
        "from_stage": review.from_stage,
        "to_stage": review.to_stage,
    }
    desk.tx.audit.append(desk.at, "review.escalated", "pilot", review.pilot_id, None, after)
    review = workflow.get(desk, review.id)
    workflow.show_card(desk, review, board)
    body = told.escalated_message(desk.library, card_facts(desk, review, board))
    workflow.tell_board(desk, review, "escalated", body)
    return True


def _escalates_at(desk: Desk, review: Review, procedure: Procedure) -> datetime | None:
    hours = calendar_of(desk, review.requested_by)
    return rules.escalates_at(procedure.policy, review.requested_at, hours)


def _spokesperson(desk: Desk, review: Review, pilot: Pilot) -> str:
    """Return who answers for the request: whoever made it, or the champion where they have left since."""
    person: Person | None = desk.tx.people.get(review.workspace_id, review.requested_by)
    return pilot.champion_id if person is None or person.cannot_act else review.requested_by
