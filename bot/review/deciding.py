"""One approver's word: who may give it now, what it is about, and what it amounts to with those of the others.

Rights come from `domain.review` and from the board that the listener resolved at the time of the click; what somebody was
looking at comes with the click, and has to be what is reviewed now.
"""

from collections.abc import Mapping
from typing import Any

from bot.desk import Desk
from bot.domain import review as rules, snapshots
from bot.domain.errors import Refusal
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.policies import Procedure
from bot.domain.reviews import Board, ChangeState, Choice, Condition, Review, ReviewKind, ReviewState, Vote
from bot.domain.text import says_something
from bot.pilots import workflow as pilots
from bot.pilots.messages import stage_title
from bot.review import concluding, conditions as agreed, errors, messages, told, workflow
from bot.review.ballot import Ballot, answered_alone, ballot_of
from bot.review.facts import CardFacts, card_facts
from bot.review.forms import Entered
from bot.slack.blocks import REASON_LENGTH
from prompts.english import mid_sentence
from storage.ids import new_id
from storage.pilots import name_key

SAID = {Choice.APPROVE: "approved", Choice.DECLINE: "declined"}
ENDS_AS = {Choice.APPROVE: ReviewState.APPROVED, Choice.DECLINE: ReviewState.DECLINED}
"""The one end that a click may bring: nobody who declines approves what others had agreed to, and the other way round."""


def may_vote(desk: Desk, review_id: str, seen: str, choice: Choice, board: Board) -> CardFacts:
    """Return what a form about a vote is about, after the checks of the vote itself, so that nobody fills it in vain."""
    review = workflow.get_open(desk, review_id)
    _may_cast(desk, review, seen, choice, board)
    return card_facts(desk, review, board)


def vote(
    desk: Desk,
    review_id: str,
    seen: str,
    choice: Choice,
    board: Board,
    *,
    reason: str = "",
    conditions: tuple[Condition, ...] = (),
    typed: str | None = None,
) -> Review:
    """Let one approver speak about what they have seen. An approval that meets the policy ends the review; so does a decline after
    which it cannot be met any more.

    `typed` is the pilot's name as the person typed it, where the policy wants that before an approval.
    """
    review = workflow.lock_open(desk, review_id)
    ballot = _may_cast(desk, review, seen, choice, board)
    _check_words(ballot, choice, reason, typed)
    desk.tx.reviews.note_board(review.id, board)
    cast = ballot.standing(desk.at.actor_id)
    if cast and conditions:  # they would be lost: a vote that stands is never changed
        raise rules.VotedAlready(said=SAID[cast.choice])
    if cast is None:
        cast = _cast(desk, ballot, choice, reason, conditions)
    after = ballot_of(desk, review, ballot.pilot, ballot.procedure, board)
    if after.outcome is ENDS_AS[cast.choice]:
        return concluding.decide(desk, review, after.outcome, cast)
    return _show_progress(desk, review, ballot, after, cast)


def approve_with(
    desk: Desk,
    review_id: str,
    seen: str,
    rows: Mapping[int, Entered],
    board: Board,
    *,
    reason: str = "",
    typed: str | None = None,
) -> Review:
    """Approve on conditions, as they were entered. Raises FieldsRefused for what the form lacks."""
    _may_cast(desk, workflow.lock_open(desk, review_id), seen, Choice.APPROVE, board)
    conditions = agreed.read(desk, rows)
    return vote(
        desk, review_id, seen, Choice.APPROVE, board, reason=reason, conditions=conditions, typed=typed
    )


def take_back(desk: Desk, review_id: str, board: Board | None = None) -> Review:
    """Take one's vote back while the review is not decided; the others' stand."""
    review = workflow.lock_open(desk, review_id)
    me = desk.at.actor_id
    standing = [
        one
        for one in desk.tx.votes.of_review(review.id)
        if one.user_id == me and one.counts_for(review.snapshot_hash)
    ]
    if not standing or not desk.tx.votes.withdraw_if_standing(
        review.id, me, review.snapshot_hash, desk.at.now
    ):
        raise rules.NothingToTakeBack
    if board:
        desk.tx.reviews.note_board(review.id, board)
    after = {"review": review.id, "vote": standing[0].id, "snapshot": review.snapshot_hash}
    before = {"choice": standing[0].choice.value}
    pilot = pilots.changed(desk, review.pilot_id, "review.vote_withdrawn", before=before, after=after)
    review = workflow.get(desk, review_id)
    workflow.show_card(desk, review)
    body = told.taken_back_message(desk.library, card_facts(desk, review), standing[0])
    workflow.tell_thread(desk, review, pilot, f"taken-back:{standing[0].id}", body)
    return review


def check_may_ask(desk: Desk, review: Review, seen: str, board: Board) -> Ballot:
    """Return the votes for somebody who may decide this review, now or later; the refusal that applies otherwise."""
    pilot, procedure = workflow.deciders_of(desk, review.id)
    ballot = ballot_of(desk, review, pilot, procedure, board)
    person = desk.tx.people.get(desk.at.workspace_id, desk.at.actor_id)
    alone = answered_alone(desk, review, procedure, desk.at.actor_id)
    rules.check_may_speak(person, review, pilot, procedure, board, alone, ballot.awaited)
    _check_seen(desk, review, seen)
    rules.check_turn(desk.at.actor_id, ballot.tally, ballot.awaited)
    return ballot


def note_refusal(desk: Desk, value: str, refused: Refusal) -> None:
    """Put on the record that somebody tried to decide without the right to; a forged review is the workspace's matter."""
    review = desk.tx.reviews.get(desk.at.workspace_id, value.partition(":")[0])
    facts = {"why": type(refused).__name__, "review": review.id if review else None}
    if review:
        desk.tx.audit.append(desk.at, "review.refused", "pilot", review.pilot_id, None, facts)
        return
    here = desk.at.workspace_id
    desk.tx.audit.append(desk.at, "review.refused", "workspace", here, None, facts | {"value": value[:100]})


def _may_cast(desk: Desk, review: Review, seen: str, choice: Choice, board: Board) -> Ballot:
    ballot = check_may_ask(desk, review, seen, board)
    me = desk.at.actor_id
    settled = (
        ballot.outcome is ENDS_AS[choice]
    )  # who was missing is in the role again: a click more settles it
    standing = ballot.standing(me)
    if standing and (not settled or standing.choice is not choice):
        raise rules.VotedAlready(said=SAID[standing.choice])
    if choice is Choice.APPROVE:
        if not standing and not settled and not ballot.would_count(me):
            raise rules.RoleHasDecided(awaited=ballot.awaited)
        _check_nothing_is_asked(desk, review)
        _check_still_true(desk, review, ballot.pilot, ballot.procedure)
    return ballot


def _check_seen(desk: Desk, review: Review, seen: str) -> None:
    """Refuse a click on something else than what is reviewed now; cards of earlier versions do not say what they show."""
    current = review.snapshot_hash[: messages.MARK]
    if seen == current or (not seen and review.changed_at is None):
        return
    changed = messages.titles_in_words(desk.library, list(review.changed) or ["the request"])
    raise errors.ChangedSince(changed=changed)


def _check_nothing_is_asked(desk: Desk, review: Review) -> None:
    asking = [one for one in desk.tx.changes.of_review(review.id) if one.state is ChangeState.OPEN]
    if asking:
        who = mention(asking[0].asked_by)
        raise rules.QuestionOpen(who=who, requester=mention(review.requested_by))


def _check_still_true(desk: Desk, review: Review, pilot: Pilot, procedure: Procedure) -> None:
    """An approval is of what the approvers saw, and of a pilot that is ready; an emergency has happened either way."""
    if review.kind is not ReviewKind.PROMOTION:
        return
    if pilot.stage != review.from_stage:
        raise rules.StageMoved(name=pilot.name, stage=mid_sentence(stage_title(desk.library, pilot.stage)))
    gate = desk.playbook.gate(review.gate_id)
    if gate is None or (gate.from_stage, gate.to_stage) != (review.from_stage, review.to_stage):
        raise errors.GateGone(name=pilot.name)
    verdict = pilots.verdict_before(desk, pilot, gate)
    today = snapshots.snapshot(pilot, verdict, desk.playbook.version, procedure=procedure)
    changed = snapshots.material_changes(review.snapshot, today, procedure.policy.material)
    if not verdict.ready:
        raise errors.NotReadyNow(missing=messages.missing_in_words(desk.library, verdict))
    if changed:
        raise errors.ChangedSince(changed=messages.titles_in_words(desk.library, changed))


def _check_words(ballot: Ballot, choice: Choice, reason: str, typed: str | None) -> None:
    if choice is Choice.DECLINE:
        if not says_something(reason):
            raise rules.ReasonNeeded
        return
    if ballot.procedure.policy.confirm_again and name_key(typed or "") != name_key(ballot.pilot.name):
        raise errors.OtherName("name")


def _cast(desk: Desk, ballot: Ballot, choice: Choice, reason: str, conditions: tuple[Condition, ...]) -> Vote:
    review, me = ballot.review, desk.at.actor_id
    cast = Vote(
        id=new_id(),
        workspace_id=review.workspace_id,
        review_id=review.id,
        user_id=me,
        choice=choice,
        reason=reason.strip()[:REASON_LENGTH],
        conditions=conditions if choice is Choice.APPROVE else (),
        snapshot_hash=review.snapshot_hash,
        voted_at=desk.at.now,
        as_fallback=ballot.is_fallback_only(me),
    )
    if not desk.tx.votes.cast(cast):
        raise rules.VotedAlready(said=SAID[choice])
    return cast


def _show_progress(desk: Desk, review: Review, before: Ballot, after: Ballot, cast: Vote) -> Review:
    """Say on the card, in the thread and on the record that somebody spoke and more is needed; call those who are next."""
    facts: dict[str, Any] = {
        "review": review.id,
        "vote": cast.id,
        "choice": cast.choice.value,
        "reason": cast.reason or None,
        "conditions": [one.model_dump(mode="json") for one in cast.conditions],
        "snapshot": review.snapshot_hash,
        "from_stage": review.from_stage,
        "to_stage": review.to_stage,
        "as_fallback": cast.as_fallback,
    }
    pilot = pilots.changed(desk, review.pilot_id, "review.voted", after=facts)
    review = workflow.get(desk, review.id)
    workflow.show_card(desk, review)
    shown = card_facts(desk, review)
    workflow.tell_thread(
        desk, review, pilot, f"voted:{cast.id}", told.vote_message(desk.library, shown, cast)
    )
    if cast.choice is Choice.APPROVE and _step(after) > _step(before):
        body = told.your_turn_message(desk.library, shown)
        workflow.tell_board(desk, review, f"your-turn:{cast.id}", body)  # a vote taken back may bring it anew
    return review


def _step(ballot: Ballot) -> int:
    """Return the number of the step that is being decided."""
    return sum(step.met for step in ballot.tally.steps)
