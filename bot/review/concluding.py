"""How a review ends, whatever the end: what was agreed comes into force, open questions close, everybody hears of it."""

from typing import Any

from bot.asking import workflow as asking
from bot.desk import Desk
from bot.domain import review as rules
from bot.domain.actions import Action, condition_item
from bot.domain.moves import MoveKind
from bot.domain.pilots import Pilot
from bot.domain.reviews import ChangeState, Choice, Review, ReviewKind, ReviewState, Vote
from bot.interview import shown, workflow as interviews
from bot.pilots import workflow as pilots
from bot.pilots.messages import stage_title
from bot.review import messages, told, workflow
from bot.review.facts import card_facts
from prompts.english import mid_sentence
from storage.ids import new_id


def close(desk: Desk, review: Review, state: ReviewState, by: str | None, reason: str | None) -> bool:
    """End an open review without a vote; False when somebody has ended it before."""
    if not desk.tx.reviews.decide_if_open(review.id, state, by, desk.at.now, reason):
        return False
    conclude(desk, review.id)
    return True


def decide(desk: Desk, review: Review, state: ReviewState, vote: Vote) -> Review:
    """End an open review by a vote. The first decision holds; everybody later is told who made it."""
    if not desk.tx.reviews.decide_if_open(review.id, state, vote.user_id, desk.at.now, vote.reason):
        now = workflow.get(desk, review.id)
        raise rules.AlreadyDecided(outcome=messages.outcome_in_words(desk.library, now))
    return conclude(desk, review.id, vote)


def conclude(desk: Desk, review_id: str, vote: Vote | None = None) -> Review:
    """Record the outcome, move the stage when it was approved, and tell everybody who should know."""
    review = workflow.get(desk, review_id)
    pilot = _put_on_record(desk, review, vote)
    _close_questions(desk, review, pilot)
    if review.state is ReviewState.APPROVED:
        _agree_conditions(desk, review, pilot)
    show_everywhere(desk, review, pilot)
    body = told.outcome_message(desk.library, card_facts(desk, review))
    workflow.tell_thread(desk, review, pilot, "outcome", body)
    if review.state is ReviewState.APPROVED and review.kind is ReviewKind.PROMOTION:
        _tell_channel(desk, review, pilot)
    return review


def _tell_channel(desk: Desk, review: Review, pilot: Pilot) -> None:
    """Say in the pilot's own channel that it was promoted, unless the review's card says it there."""
    card = desk.tx.messages.by_key(review.workspace_id, workflow.card_key(review.id))
    if card is None or card.channel_id == pilot.channel_id:
        return
    body = told.promoted_message(desk.library, card_facts(desk, review), desk.link_to(card))
    key = f"review:{review.id}:promoted"
    desk.tx.messages.show(review.workspace_id, key, pilot.channel_id, body)


def show_everywhere(desk: Desk, review: Review, pilot: Pilot) -> None:
    """Let the gate channel's card, and the summary that the request came from, say how it stands."""
    workflow.show_card(desk, review)
    if review.interview_id:
        shown.close_summary(desk, pilot, review.interview_id)


def _put_on_record(desk: Desk, review: Review, vote: Vote | None) -> Pilot:
    facts: dict[str, Any] = {
        "review": review.id,
        "kind": review.kind.value,
        "from_stage": review.from_stage,
        "to_stage": review.to_stage,
        "snapshot": review.snapshot_hash,
        "reason": review.reason,
    }
    if vote:
        facts |= {"vote": vote.id, "choice": vote.choice.value, "voted_at": vote.voted_at.isoformat()}
    pilot = pilots.get(desk, review.pilot_id)
    if review.state is not ReviewState.APPROVED or review.kind is not ReviewKind.PROMOTION:
        before = {"stage": pilot.stage}
        return pilots.changed(desk, pilot.id, f"review.{review.state}", before=before, after=facts)
    if pilot.stage != review.from_stage:
        stage = mid_sentence(stage_title(desk.library, pilot.stage))
        raise rules.StageMoved(name=pilot.name, stage=stage)
    asking.settle(desk, pilot.id)
    interviews.end_open(desk, pilot.id)
    return pilots.move(
        desk,
        pilot,
        review.to_stage,
        MoveKind.PROMOTED,
        "review.approved",
        reason=review.reason or "",
        review_id=review.id,
        after=facts,
    )


def _close_questions(desk: Desk, review: Review, pilot: Pilot) -> None:
    """Close what was handed back and not answered, and let each question say that the request is over."""
    asking = [one for one in desk.tx.changes.of_review(review.id) if one.state is ChangeState.OPEN]
    if not asking:
        return
    desk.tx.changes.close_all_of_review(review.id, ChangeState.TAKEN_BACK, None, desk.at.now)
    facts = card_facts(desk, review)
    for one in asking:
        body = told.question_message(desk.library, facts, one)
        workflow.tell_thread(desk, review, pilot, f"question:{one.id}", body)


def _agree_conditions(desk: Desk, review: Review, pilot: Pilot) -> None:
    """Make an action of every condition on which somebody agreed to what was decided."""
    for vote in desk.tx.votes.of_review(review.id):
        if vote.choice is not Choice.APPROVE or not vote.counts_for(review.snapshot_hash):
            continue
        for condition in vote.conditions:
            action_id = new_id()
            action = desk.tx.actions.put(
                Action(
                    id=action_id,
                    workspace_id=review.workspace_id,
                    pilot_id=pilot.id,
                    item_id=condition_item(action_id),
                    what=condition.what,
                    owner_id=condition.owner_id,
                    due_on=condition.due_on,
                    created_by=vote.user_id,
                    created_at=desk.at.now,
                    review_id=review.id,
                )
            )
            desk.tx.audit.append(
                desk.at,
                "condition.agreed",
                "pilot",
                pilot.id,
                None,
                {
                    "action": action.id,
                    "review": review.id,
                    "what": action.what,
                    "owner_id": action.owner_id,
                    "due_on": condition.due_on.isoformat(),
                    "set_by": vote.user_id,
                },
            )
            body = told.condition_message(desk.library, pilot, action)
            workflow.tell_thread(desk, review, pilot, f"condition:{action.id}", body)
