"""Asking for a promotion: what has to be there first, what is frozen, and how a request ends without a decision."""

from dataclasses import dataclass
from typing import Any

from bot.desk import Desk
from bot.domain import review as rules, snapshots, voting
from bot.domain.actions import Action
from bot.domain.moves import MoveKind, came_over
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.policies import Procedure
from bot.domain.readiness import Verdict
from bot.domain.reviews import Board, Review, ReviewKind, ReviewState
from bot.domain.waivers import day_of
from bot.pilots import workflow as pilots
from bot.pilots.calendars import calendar_of
from bot.pilots.messages import stage_title
from bot.review import concluding, errors, messages, told, workflow
from bot.review.ballot import ballot_of, excluded_from
from bot.review.deciders import Short
from bot.review.facts import card_facts
from bot.slack.blocks import REASON_LENGTH
from prompts.english import counted, join_words, mid_sentence, short_day
from storage.ids import new_id
from storage.reviews import ReviewAlreadyOpen

EXPIRED_AT_A_TIME = 100
"""How many overdue reviews one transaction closes."""


@dataclass(frozen=True)
class Asked:
    """A promotion that may be asked for, as far as that can be told without asking Slack who decides."""

    pilot: Pilot
    gate: Gate
    procedure: Procedure
    verdict: Verdict


def may_request(desk: Desk, pilot_id: str) -> Asked:
    """Return what would be asked for; the first refusal that applies otherwise."""
    pilots.check_member(desk)
    pilot = pilots.get_running(desk, pilot_id)
    if pilot.hold:
        raise rules.OnHold(name=pilot.name, day=short_day(pilot.hold.until))
    _, gate = workflow.gate_before(desk, pilot_id)
    procedure = workflow.procedure_of(desk, pilot, gate)
    _check_time_and_owner(desk, pilot, procedure)
    _check_emergency(desk, pilot)
    _check_conditions(desk, pilot)
    verdict = pilots.verdict_before(desk, pilot, gate)
    if not verdict.ready:
        raise rules.NotReady(pilot, verdict, messages.missing_in_words(desk.library, verdict))
    running = desk.tx.reviews.open_of(pilot.id, gate.id)
    if running and desk.at.now < running.expires_at:
        raise _twice(desk, running, pilot, procedure)
    return Asked(pilot, gate, procedure, verdict)


def request(desk: Desk, pilot_id: str, board: Board) -> Review:
    """Put a promotion before those who decide; what they will see is frozen now."""
    pilots.get_active(desk, pilot_id)
    asked = may_request(desk, pilot_id)
    pilot, gate, procedure = asked.pilot, asked.gate, asked.procedure
    _check_can_be_met(desk, pilot, gate, procedure, board)
    _make_way(desk, pilot)
    days = procedure.policy.expires_after_working_days
    frozen = _frozen(desk, pilot, asked.verdict, procedure)
    return _open(desk, pilot, gate, board, frozen, ReviewKind.PROMOTION, days)


def open_after_the_fact(desk: Desk, pilot: Pilot, gate: Gate, board: Board, reason: str) -> Review:
    """Put an emergency promotion before those who would have decided it; whatever they say moves nothing by itself."""
    procedure = workflow.procedure_of(desk, pilot, gate)
    _make_way(desk, pilot)
    verdict = pilots.verdict_before(desk, pilot, gate)
    frozen = _frozen(desk, pilot, verdict, procedure, emergency=reason.strip()[:REASON_LENGTH])
    days = procedure.policy.break_glass_review_days
    return _open(desk, pilot, gate, board, frozen, ReviewKind.BREAK_GLASS, days)


def may_withdraw(desk: Desk, review_id: str) -> Review:
    """Return a request that the person may withdraw: nobody but who made it."""
    review = workflow.get_open(desk, review_id)
    if desk.at.actor_id != review.requested_by or review.kind is not ReviewKind.PROMOTION:
        raise errors.OnlyTheRequester(requester=mention(review.requested_by))
    return review


def withdraw(desk: Desk, review_id: str, reason: str = "") -> Review:
    """Take a request back before it is decided."""
    workflow.lock_open(desk, review_id)
    review = may_withdraw(desk, review_id)
    concluding.close(
        desk, review, ReviewState.WITHDRAWN, desk.at.actor_id, reason.strip()[:REASON_LENGTH] or None
    )
    return workflow.get(desk, review_id)


def close_all_of(desk: Desk, pilot_id: str, reason: str) -> None:
    """Withdraw whatever is open about a pilot, because it goes another way: back, on hold, to its end."""
    desk.tx.pilots.lock(desk.at.workspace_id, pilot_id)
    for review in desk.tx.reviews.all_open_of(pilot_id):
        concluding.close(desk, review, ReviewState.WITHDRAWN, desk.at.actor_id, reason.strip() or None)


def expire(desk: Desk) -> int:
    """Close the reviews whose time has passed; asking again is one click."""
    overdue = due_to_expire(desk, EXPIRED_AT_A_TIME)
    for review_id in overdue:
        expire_if_over(desk, review_id)
    return len(overdue)


def due_to_expire(desk: Desk, limit: int) -> list[str]:
    """Return the open reviews whose time has passed, by id, the longest overdue first."""
    return [one.id for one in desk.tx.reviews.due_to_expire(desk.at.workspace_id, desk.at.now, limit)]


def expire_if_over(desk: Desk, review_id: str) -> None:
    """Close one of them, unless somebody has ended it since."""
    review = workflow.get(desk, review_id)
    desk.tx.pilots.lock(review.workspace_id, review.pilot_id)  # the pilot first, as everywhere
    if review.is_open and desk.at.now >= review.expires_at:
        concluding.close(desk, review, ReviewState.EXPIRED, None, None)


def _check_time_and_owner(desk: Desk, pilot: Pilot, procedure: Procedure) -> None:
    first = rules.first_day_to_ask(pilot, procedure)
    if day_of(desk.at.now) < first:
        days = counted(procedure.policy.minimum_days_in_stage, "day")
        stage = mid_sentence(stage_title(desk.library, pilot.stage))
        raise rules.TooSoon(name=pilot.name, stage=stage, days=days, day=short_day(first))
    if procedure.policy.accepted_owner and pilot.owner_accepted_at is None:
        raise rules.OwnerNotAccepted(name=pilot.name, who=mention(pilot.owner_id))


def _check_emergency(desk: Desk, pilot: Pilot) -> None:
    """Refuse to go on from a stage that was reached in an emergency, until those who decide its gate have said that it was right."""
    move = came_over(desk.tx.moves.of_pilot(pilot.id), pilot.stage)
    if move is None or move.kind is not MoveKind.BREAK_GLASS:
        return
    review = desk.tx.reviews.get(pilot.workspace_id, move.review_id or "")
    if review is None or review.state is not ReviewState.APPROVED:
        refusal = rules.EmergencyUnderReview if review and review.is_open else rules.EmergencyNotConfirmed
        raise refusal(name=pilot.name, stage=mid_sentence(stage_title(desk.library, pilot.stage)))


def _check_conditions(desk: Desk, pilot: Pilot) -> None:
    for one in desk.tx.actions.conditions_of_pilot(pilot.id):
        if rules.is_overdue(one, day_of(desk.at.now)):
            them = dict.fromkeys([one.owner_id or one.created_by, pilot.champion_id])
            who = join_words([mention(each) for each in them], "or")
            raise rules.ConditionOverdue(name=pilot.name, what=one.what[:200], who=who)


def _twice(desk: Desk, running: Review, pilot: Pilot, procedure: Procedure) -> rules.AlreadyRequested:
    counted_by = ballot_of(desk, running, pilot, procedure, running.board) if running.board else None
    awaited = counted_by.awaited if counted_by else ", ".join(role.title for role in procedure.roles)
    return rules.AlreadyRequested(name=pilot.name, awaited=awaited)


def _check_can_be_met(desk: Desk, pilot: Pilot, gate: Gate, procedure: Procedure, board: Board) -> None:
    excluded = excluded_from(desk, desk.at.actor_id, gate.id, pilot, procedure, board)
    if voting.can_be_met(procedure, board, excluded):
        return
    roles = (procedure.role(one) for one in voting.short_roles(procedure, board, excluded))
    short = [
        Short(role.title, not board.people_of(role.id) - excluded, role.group or "", owner=role.owner)
        for role in roles
        if role
    ]
    raise rules.NobodyMayApprove(why=messages.why_nobody(desk.library, short))


def _make_way(desk: Desk, pilot: Pilot) -> None:
    """Close what is open and leads nowhere any more: what is overdue, and what is about a gate that the pilot is not at."""
    for review in desk.tx.reviews.all_open_of(pilot.id):
        if desk.at.now >= review.expires_at:
            concluding.close(desk, review, ReviewState.EXPIRED, None, None)
        elif review.kind is ReviewKind.PROMOTION:
            reason = messages.outdated_in_words(desk.library, [])
            concluding.close(desk, review, ReviewState.WITHDRAWN, desk.at.actor_id, reason)


def _frozen(
    desk: Desk, pilot: Pilot, verdict: Verdict, procedure: Procedure, emergency: str = ""
) -> dict[str, Any]:
    conditions: list[Action] = desk.tx.actions.conditions_of_pilot(pilot.id)
    return snapshots.snapshot(
        pilot,
        verdict,
        desk.playbook.version,
        procedure=procedure,
        conditions=conditions,
        emergency=emergency,
    )


def _open(
    desk: Desk,
    pilot: Pilot,
    gate: Gate,
    board: Board,
    frozen: dict[str, Any],
    kind: ReviewKind,
    working_days: int,
) -> Review:
    latest = desk.tx.interviews.latest_of(pilot.id)
    review = Review(
        id=new_id(),
        workspace_id=pilot.workspace_id,
        pilot_id=pilot.id,
        gate_id=gate.id,
        from_stage=gate.from_stage,
        to_stage=gate.to_stage,
        state=ReviewState.OPEN,
        requested_by=desk.at.actor_id,
        requested_at=desk.at.now,
        expires_at=rules.expires(desk.at.now, working_days, calendar_of(desk, desk.at.actor_id)),
        snapshot=frozen,
        snapshot_hash=snapshots.hash_of(frozen),
        interview_id=latest.id if latest else None,
        kind=kind,
        board=board,
    )
    try:
        desk.tx.reviews.open(review)
    except ReviewAlreadyOpen as twice:
        awaited = rules.shown_of([role.role for role in board.roles], board)
        raise rules.AlreadyRequested(name=pilot.name, awaited=awaited) from twice
    pilot = _put_on_record(desk, review)
    concluding.show_everywhere(desk, review, pilot)
    body = told.requested_message(desk.library, card_facts(desk, review))
    workflow.tell_thread(desk, review, pilot, "requested", body)
    return review


def _put_on_record(desk: Desk, review: Review) -> Pilot:
    facts = {
        "review": review.id,
        "kind": review.kind.value,
        "gate": review.gate_id,
        "from_stage": review.from_stage,
        "to_stage": review.to_stage,
        "snapshot": review.snapshot_hash,
        "reason": review.snapshot.get("emergency"),
    }
    return pilots.changed(desk, review.pilot_id, "review.requested", after=facts)
