"""Promotions: ask for one, decide it once, let it expire. What was reviewed is frozen with the request.

Rights come from `domain.review` and from the panel that the listener resolved at the time of the click.
"""

from typing import Any

from bot.asking import workflow as asking
from bot.desk import Desk
from bot.domain import review as rules
from bot.domain.actions import ActionState
from bot.domain.errors import Refusal
from bot.domain.messages import Body
from bot.domain.moves import MoveKind
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.review import Panel
from bot.domain.reviews import Choice, Review, ReviewState, Vote
from bot.interview import shown, workflow as interviews
from bot.pilots import workflow as pilots
from bot.review import errors, messages
from storage.ids import new_id
from storage.reviews import ReviewAlreadyOpen

EXPIRED_AT_A_TIME = 100
"""How many overdue reviews one transaction closes."""


def gate_before(desk: Desk, pilot_id: str) -> tuple[Pilot, Gate]:
    """Return the gate that a pilot stands before, for the listener that resolves its panel."""
    pilot = pilots.get_running(desk, pilot_id)
    gate = desk.playbook.gate_from(pilot.stage)
    if gate is None or not gate.leads_on:
        raise _nowhere_to_go(desk, pilot)
    return pilot, gate


def gate_of(desk: Desk, review_id: str) -> tuple[Pilot, Gate]:
    """Return the gate that a review is about, for the listener that resolves its panel."""
    review = get(desk, review_id)
    pilot, gate = pilots.get(desk, review.pilot_id), desk.playbook.gate(review.gate_id)
    if gate is None:
        raise errors.GateGone(name=pilot.name)
    return pilot, gate


def request(desk: Desk, pilot_id: str, panel: Panel) -> Review:
    """Put a promotion before its approvers; what they will see is frozen now."""
    pilots.check_member(desk)
    pilot = pilots.get_active(desk, pilot_id)
    standing = pilots.standing_of(desk, pilot)
    gate = standing.gate
    if gate is None or not gate.leads_on:
        raise _nowhere_to_go(desk, pilot)
    frozen = rules.snapshot(pilot, standing.verdict, desk.playbook.version)
    _withdraw_if_outdated(desk, pilot, gate, frozen, panel)
    if not standing.verdict.ready:
        missing = messages.missing_in_words(desk.library, standing.verdict)
        raise rules.NotReady(name=pilot.name, missing=missing)
    if not rules.eligible(panel, requested_by=desk.at.actor_id, champion_id=pilot.champion_id):
        raise rules.NobodyMayApprove(why=messages.why_nobody(desk.library, gate, panel))
    latest = desk.tx.interviews.latest_of(pilot.id)
    zone = pilots.time_zone_of(desk, desk.at.actor_id)
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
        expires_at=rules.expires(desk.at.now, gate.expires_after_working_days or 5, zone),
        snapshot=frozen,
        snapshot_hash=rules.hash_of(frozen),
        interview_id=latest.id if latest else None,
    )
    try:
        desk.tx.reviews.open(review)
    except ReviewAlreadyOpen as twice:
        raise rules.AlreadyRequested(name=pilot.name, awaited=panel.shown) from twice
    pilots.changed(
        desk, pilot.id, "review.requested", after={"review": review.id, "snapshot": review.snapshot_hash}
    )
    _show_everywhere(desk, review, pilot, panel)
    _tell_thread(
        desk, review, pilot, "requested", messages.requested_message(desk.library, review, pilot, panel)
    )
    return review


def may_decide(desk: Desk, review_id: str, panel: Panel) -> Review:
    """Return a review that the person may decide now; the refusal that applies otherwise."""
    review = get(desk, review_id)
    if review.state is not ReviewState.OPEN:
        raise rules.AlreadyDecided(outcome=messages.outcome_in_words(desk.library, review))
    if desk.at.now >= review.expires_at:
        raise rules.TimeIsOver(requester=mention(review.requested_by))
    pilot = pilots.get_running(desk, review.pilot_id)
    rules.check_may_decide(review, pilot, desk.tx.people.get(desk.at.workspace_id, desk.at.actor_id), panel)
    return review


def decide(desk: Desk, review_id: str, choice: Choice, reason: str, panel: Panel) -> Review:
    """Let one approver decide. The first decision holds; everybody later is told who made it."""
    desk.tx.pilots.lock(desk.at.workspace_id, get(desk, review_id).pilot_id)  # the pilot first, as everywhere
    desk.tx.reviews.lock(desk.at.workspace_id, review_id)
    review = may_decide(desk, review_id, panel)
    pilot = pilots.get_active(desk, review.pilot_id)
    state = rules.outcome_of(choice, reason)
    if state is ReviewState.APPROVED:
        _check_still_true(desk, review, pilot)
    if not desk.tx.reviews.decide_if_open(review.id, state, desk.at.actor_id, desk.at.now, reason.strip()):
        raise rules.AlreadyDecided(outcome=messages.outcome_in_words(desk.library, get(desk, review_id)))
    desk.tx.votes.cast(
        Vote(
            id=new_id(),
            workspace_id=review.workspace_id,
            review_id=review.id,
            user_id=desk.at.actor_id,
            choice=choice,
            reason=reason.strip(),
            voted_at=desk.at.now,
            snapshot_hash=review.snapshot_hash,
        )
    )
    return _conclude(desk, review.id, panel)


def expire(desk: Desk) -> int:
    """Close the reviews whose time has passed; asking again is one click."""
    overdue = desk.tx.reviews.due_to_expire(desk.at.workspace_id, desk.at.now, EXPIRED_AT_A_TIME)
    for review in overdue:
        desk.tx.pilots.lock(review.workspace_id, review.pilot_id)  # the pilot first, as everywhere
        if desk.tx.reviews.decide_if_open(review.id, ReviewState.EXPIRED, None, desk.at.now, None):
            _conclude(desk, review.id, None)
    return len(overdue)


def retire(desk: Desk, pilot_id: str, reason: str, *, owner_group: frozenset[str] = frozenset()) -> Pilot:
    """End a pilot with all that is under way about it: its interview stops, its promotion is withdrawn, no step is left."""
    pilot = pilots.retire(desk, pilot_id, reason, owner_group=owner_group)
    asking.settle(desk, pilot_id)
    desk.tx.actions.close_all_of_pilot(pilot_id, ActionState.DROPPED, desk.at.actor_id, desk.at.now)
    interviews.end_open(desk, pilot_id)
    for review in desk.tx.reviews.all_open_of(pilot_id):
        by, now = desk.at.actor_id, desk.at.now
        if desk.tx.reviews.decide_if_open(review.id, ReviewState.WITHDRAWN, by, now, reason.strip()):
            _conclude(desk, review.id, None)
    return pilot


def get(desk: Desk, review_id: str) -> Review:
    """Return a review of this workspace; a forged or old id is refused."""
    review = desk.tx.reviews.get(desk.at.workspace_id, review_id)
    if review is None:
        raise errors.ReviewGone
    return review


def show_card(desk: Desk, review: Review, panel: Panel | None) -> None:
    """State what the one card in the gate channel says."""
    pilot = pilots.get(desk, review.pilot_id)
    interview = (
        desk.tx.interviews.get(review.workspace_id, review.interview_id) if review.interview_id else None
    )
    link = desk.link_to(shown.root_of(desk, interview)) if interview else None
    desk.tx.messages.show(
        review.workspace_id,
        card_key(review.id),
        desk.rooms.review or pilot.channel_id,
        messages.card_message(desk.library, review, pilot, panel, link),
    )


def card_key(review_id: str) -> str:
    """Return the key of the one card that a review has for ever."""
    return f"review:{review_id}:card"


def _nowhere_to_go(desk: Desk, pilot: Pilot) -> Refusal:
    """Return why there is no promotion to ask for: the end of the way, or a stage that the playbook has lost."""
    stage = desk.playbook.stage(pilot.stage)
    if stage is None:
        return rules.StageGone(name=pilot.name, stage=pilot.stage)
    return rules.NoNextStage(name=pilot.name, stage=stage.title.lower())


def _check_still_true(desk: Desk, review: Review, pilot: Pilot) -> None:
    """An approval is of what the approvers saw: when that has changed, it has to be asked for again."""
    if pilot.stage != review.from_stage:
        raise rules.StageMoved(name=pilot.name, stage=pilot.stage)
    gate = desk.playbook.gate(review.gate_id)
    if gate is None or (gate.from_stage, gate.to_stage) != (review.from_stage, review.to_stage):
        raise errors.GateGone(name=pilot.name)
    verdict = pilots.standing_of(desk, pilot).verdict
    changed = rules.material_changes(review.snapshot, rules.snapshot(pilot, verdict, desk.playbook.version))
    if changed or not verdict.ready:
        said = messages.titles_in_words(desk.library, changed or [gap.item.title for gap in verdict.blocking])
        raise errors.ChangedSince(changed=said, requester=mention(review.requested_by))


def _withdraw_if_outdated(desk: Desk, pilot: Pilot, gate: Gate, today: dict[str, Any], panel: Panel) -> None:
    """Make way for a new request where the open one no longer shows what is true; refuse a second one otherwise."""
    running = desk.tx.reviews.open_of(pilot.id, gate.id)
    if running is None:
        return
    if desk.at.now >= running.expires_at:
        if desk.tx.reviews.decide_if_open(running.id, ReviewState.EXPIRED, None, desk.at.now, None):
            _conclude(desk, running.id, None)
        return
    changed = rules.material_changes(running.snapshot, today)
    if not changed:
        raise rules.AlreadyRequested(name=pilot.name, awaited=panel.shown)
    reason = messages.outdated_in_words(desk.library, changed)
    if desk.tx.reviews.decide_if_open(
        running.id, ReviewState.WITHDRAWN, desk.at.actor_id, desk.at.now, reason
    ):
        _conclude(desk, running.id, None)


def _conclude(desk: Desk, review_id: str, panel: Panel | None) -> Review:
    """Record the outcome, move the stage when it was approved, and tell everybody who should know."""
    review = get(desk, review_id)
    what, facts = f"review.{review.state}", {"review": review.id, "snapshot": review.snapshot_hash}
    if review.state is ReviewState.APPROVED:
        asking.settle(desk, review.pilot_id)
        interviews.end_open(desk, review.pilot_id)
        seen = pilots.get(desk, review.pilot_id).model_copy(update={"stage": review.from_stage})
        pilot = pilots.move(
            desk,
            seen,
            review.to_stage,
            MoveKind.PROMOTED,
            what,
            reason=review.reason or "",
            review_id=review.id,
            after=facts,
        )
    else:
        facts["reason"] = review.reason or ""
        before = {"stage": review.from_stage}
        pilot = pilots.changed(desk, review.pilot_id, what, before=before, after=facts)
    _show_everywhere(desk, review, pilot, panel)
    _tell_thread(desk, review, pilot, "outcome", messages.outcome_message(desk.library, review, pilot))
    return review


def _show_everywhere(desk: Desk, review: Review, pilot: Pilot, panel: Panel | None) -> None:
    """Let the gate channel's card, and the summary that the request came from, say how it stands."""
    show_card(desk, review, panel)
    if review.interview_id:
        shown.close_summary(desk, pilot, review.interview_id)


def _tell_thread(desk: Desk, review: Review, pilot: Pilot, what: str, body: Body) -> None:
    """Tell the requester in the interview's thread, or under the pilot's card where there was no interview."""
    interview = (
        desk.tx.interviews.get(review.workspace_id, review.interview_id) if review.interview_id else None
    )
    root = shown.root_of(desk, interview) if interview else None
    above = root or desk.tx.messages.by_key(review.workspace_id, pilots.card_key(pilot.id))
    desk.tx.messages.show(
        review.workspace_id,
        f"review:{review.id}:{what}",
        pilot.channel_id,
        body,
        under=above.id if above else None,
    )
