"""Reminders of open reviews as lines in a person's one message of the day: claimed once, settled when nothing is awaited.

Who is due comes from `review.reminding`; this is what happens in the transaction of one review. The minute's round that
asks Slack who decides is in `bot.nudges.rounds`.
"""

from collections.abc import Iterable
from datetime import datetime

from bot.desk import Desk
from bot.domain import staleness
from bot.domain.calendar import zone_of
from bot.domain.nudges import Nudge, Reply, review_kind
from bot.domain.reviews import Board, Review
from bot.nudges import shown
from bot.pilots import workflow as pilots
from bot.review import reminding, workflow as reviews


def due(desk: Desk, limit: int) -> list[str]:
    """Return the reviews that are to be looked at now, by id."""
    found = desk.tx.reviews.due_for_reminder(desk.at.workspace_id, desk.at.now, limit)
    return [one.id for one in found]


def remind(desk: Desk, review_id: str, board: Board) -> int:
    """Call in the fallback if its time has come, tell those who are due, and note when the next one is.

    Whoever came first has moved the review's next time, so a second process finds nothing to do. Returns how many heard.
    """
    review = reviews.get(desk, review_id)
    desk.tx.pilots.lock(desk.at.workspace_id, review.pilot_id)  # the pilot first, as everywhere
    desk.tx.reviews.lock(desk.at.workspace_id, review_id)
    review = reviews.get(desk, review_id)
    later = review.next_reminder_at is None or review.next_reminder_at > desk.at.now
    if not review.is_open or later:
        return 0
    if board != review.board:
        desk.tx.reviews.note_board(review.id, board)
        reviews.show_card(desk, review, board)
    reminding.escalate_if_due(desk, review, board)
    review = reviews.get(desk, review_id)
    outlook = reminding.look(desk, review, _told_at(desk, review), board)
    heard = [one for one in outlook.due if _tell(desk, review, one)]
    number = max((one.round for one in outlook.due), default=review.reminders)
    before = review.reminded if number == review.reminders else ()
    desk.tx.reviews.note_reminders(
        review.id,
        next_reminder_at=outlook.next_at,
        reminders=number,
        reminded=tuple(dict.fromkeys([*before, *(one.person_id for one in heard)])),
    )
    follow(desk, review.pilot_id)  # who has left a role since is awaited no more
    return len(heard)


def follow(desk: Desk, pilot_id: str) -> None:
    """Let earlier reminders say that nothing is awaited any more. A reaction to every change of a pilot."""
    waiting = [one for one in desk.tx.nudges.unanswered_of_pilot(pilot_id) if one.review_id]
    if not waiting:
        return
    still = {review_id: _awaited(desk, review_id) for review_id in {one.review_id for one in waiting}}
    over = [one for one in waiting if one.person_id not in still[one.review_id]]
    for one in over:
        desk.tx.nudges.reply(one.pilot_id, one.kind, one.slot, Reply.SETTLED, desk.at.now, one.person_id)
    for person_id, slot in dict.fromkeys((one.person_id, one.slot) for one in over):
        shown.show(desk, person_id, slot)


def _awaited(desk: Desk, review_id: str | None) -> frozenset[str]:
    """Return whose word would help; while a question is open, that of those who vote is awaited all the same."""
    review = desk.tx.reviews.get(desk.at.workspace_id, review_id or "")
    if review is None or not review.is_open:
        return frozenset()
    now = reminding.awaits_now(desk, review)
    return (now.people if now else frozenset()) | reminding.voters(desk, review)


def _tell(desk: Desk, review: Review, one: reminding.Reminder) -> bool:
    zone = zone_of(pilots.time_zone_of(desk, one.person_id))
    slot = staleness.slot_of(desk.at.now, zone).isoformat()
    kind = review_kind(review.id)
    if not desk.tx.nudges.claim_slot(
        review.workspace_id, review.pilot_id, kind, slot, one.person_id, desk.at.now, one.since
    ):
        return False
    after = {"review": review.id, "to": one.person_id, "round": one.round}
    desk.tx.audit.append(desk.at, "review.reminded", "pilot", review.pilot_id, None, after)
    shown.show(desk, one.person_id, slot)
    return True


def _told_at(desk: Desk, review: Review) -> dict[str, datetime]:
    """Return when each person heard of a review last."""
    heard: Iterable[Nudge] = desk.tx.nudges.of_pilot(review.pilot_id)
    return {one.person_id: one.sent_at for one in heard if one.review_id == review.id}
