"""Questions that approvers hand back: asked, answered by who speaks for the pilot, or taken back. The review stays open."""

from bot.desk import Desk
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.reviews import Board, ChangeRequest, ChangeState, Review
from bot.domain.text import says_something
from bot.pilots import workflow as pilots
from bot.review import deciding, errors, told, workflow
from bot.review.facts import CardFacts, card_facts
from bot.review.forms import QUESTION_LENGTH, REPLY_LENGTH
from storage.ids import new_id


def may_ask(desk: Desk, review_id: str, seen: str, board: Board) -> tuple[CardFacts, ChangeRequest | None]:
    """Return what the form is about, and the question that the same person has open already."""
    review = workflow.get_open(desk, review_id)
    deciding.check_may_ask(desk, review, seen, board)
    return card_facts(desk, review, board), _standing(desk, review)


def ask(desk: Desk, review_id: str, seen: str, question: str, board: Board) -> ChangeRequest:
    """Hand back a question; an open one of the same person gives way to it. Until it is answered nobody can approve."""
    review = workflow.lock_open(desk, review_id)
    deciding.check_may_ask(desk, review, seen, board)
    if not says_something(question):
        raise errors.QuestionNeeded("question")
    standing = _standing(desk, review)
    if standing:
        _close(desk, review, standing, "review.changes_taken_back", ChangeState.TAKEN_BACK)
    change = ChangeRequest(
        id=new_id(),
        workspace_id=review.workspace_id,
        review_id=review.id,
        asked_by=desk.at.actor_id,
        asked_at=desk.at.now,
        question=question.strip()[:QUESTION_LENGTH],
    )
    if not desk.tx.changes.ask(change):
        raise errors.QuestionClosed
    desk.tx.reviews.note_board(review.id, board)
    after = {"review": review.id, "change": change.id, "detail": change.question, "to": review.requested_by}
    pilot = pilots.changed(desk, review.pilot_id, "review.changes_requested", after=after)
    _show(desk, review, pilot, change)
    return change


def may_answer(desk: Desk, change_id: str) -> tuple[CardFacts, ChangeRequest]:
    """Return a question that the person may answer: who asked for the promotion, or the champion."""
    change, review = _open(desk, change_id)
    pilots.check_member(desk)
    pilot = pilots.get_running(desk, review.pilot_id)
    them = dict.fromkeys([review.requested_by, pilot.champion_id])
    if desk.at.actor_id not in them:
        raise errors.NotYourQuestion(who=" or ".join(mention(one) for one in them))
    return card_facts(desk, review), change


def answer(desk: Desk, change_id: str, reply: str) -> ChangeRequest:
    """Answer a question, which clears it; whoever asked hears of it and can decide."""
    workflow.lock_open(desk, _open(desk, change_id)[1].id)
    _, change = may_answer(desk, change_id)
    if not says_something(reply):
        raise errors.ReplyNeeded("reply")
    _, review = _open(desk, change_id)
    pilot = _close(
        desk, review, change, "review.changes_answered", ChangeState.ANSWERED, reply.strip()[:REPLY_LENGTH]
    )
    answered = get(desk, change_id)
    _show(desk, review, pilot, answered)
    body = told.answered_message(desk.library, card_facts(desk, review), answered)
    workflow.tell_thread(desk, review, pilot, f"answered:{change.id}", body)
    return answered


def take_back(desk: Desk, change_id: str) -> ChangeRequest:
    """Take one's own question back; nothing is kept from being approved by it any more."""
    workflow.lock_open(desk, _open(desk, change_id)[1].id)
    change, review = _open(desk, change_id)
    if desk.at.actor_id != change.asked_by:
        raise errors.NotYoursToTakeBack(who=mention(change.asked_by))
    pilot = _close(desk, review, change, "review.changes_taken_back", ChangeState.TAKEN_BACK)
    _show(desk, review, pilot, get(desk, change_id))
    return get(desk, change_id)


def get(desk: Desk, change_id: str) -> ChangeRequest:
    """Return a question of this workspace; a forged or old id is refused."""
    change = desk.tx.changes.get(desk.at.workspace_id, change_id)
    if change is None:
        raise errors.QuestionGone
    return change


def _open(desk: Desk, change_id: str) -> tuple[ChangeRequest, Review]:
    change = get(desk, change_id)
    review = workflow.get_open(desk, change.review_id)
    if change.state is not ChangeState.OPEN:
        raise errors.QuestionClosed
    return change, review


def _standing(desk: Desk, review: Review) -> ChangeRequest | None:
    return next(
        (
            one
            for one in desk.tx.changes.of_review(review.id)
            if one.asked_by == desk.at.actor_id and one.state is ChangeState.OPEN
        ),
        None,
    )


def _close(
    desk: Desk, review: Review, change: ChangeRequest, what: str, state: ChangeState, reply: str = ""
) -> Pilot:
    if not desk.tx.changes.close_if_open(change.id, state, reply, desk.at.actor_id, desk.at.now):
        raise errors.QuestionClosed
    after = {"review": review.id, "change": change.id, "detail": reply, "to": change.asked_by}
    before = {"detail": change.question}
    return pilots.changed(desk, review.pilot_id, what, before=before, after=after)


def _show(desk: Desk, review: Review, pilot: Pilot, change: ChangeRequest) -> None:
    """Let the question's message in the thread and the card say how it stands."""
    review = workflow.get(desk, review.id)
    body = told.question_message(desk.library, card_facts(desk, review), change)
    workflow.tell_thread(desk, review, pilot, f"question:{change.id}", body)
    workflow.show_card(desk, review)
