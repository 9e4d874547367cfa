"""Reminders of open reviews: who is due comes from `review.reminding`, and is queued here for the one message of their day.

What happens in the transaction of one review. The minute's round that asks Slack who decides is in `bot.nudges.rounds`.
"""

from datetime import datetime

from bot.desk import Desk
from bot.domain.calendar import Calendar, zone_of
from bot.domain.matters import Matter, MatterKind
from bot.domain.notices import Notice
from bot.domain.pilots import Pilot
from bot.domain.reminders import Why
from bot.domain.reviews import Board, Review
from bot.nudges import wording
from bot.nudges.controls import Control, Way
from bot.nudges.names import ActionId, LineId
from bot.pilots import workflow as pilots
from bot.pilots.messages import stage_title
from bot.review import reminding, workflow as reviews
from prompts.markup import Mrkdwn


def due(desk: Desk, limit: int) -> list[str]:
    """Return the reviews that are to be looked at now, by id."""
    found = desk.tx.reviews.due_for_reminder(desk.at.workspace_id, desk.at.now, limit)
    return [one.id for one in found]


def remind(desk: Desk, review_id: str, board: Board) -> int:
    """Call in the fallback if its time has come, let those hear who are due, and note when the next one is.

    Whoever came first has moved the review's next time, so a second process finds nothing to do. Returns how many will hear.
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
        desk.changed.add(review.pilot_id)  # who has left a role since is awaited no more
    reminding.escalate_if_due(desk, review, board)
    review = reviews.get(desk, review_id)
    outlook = reminding.look(desk, review, _queued_at(desk, review), board)
    heard = [one for one in outlook.due if _queue(desk, review, one)]
    number = max((one.round for one in outlook.due), default=review.reminders)
    before = review.reminded if number == review.reminders else ()
    desk.tx.reviews.note_reminders(
        review.id,
        next_reminder_at=outlook.next_at,
        reminders=number,
        reminded=tuple(dict.fromkeys([*before, *(one.person_id for one in heard)])),
    )
    return len(heard)


def waits_for(desk: Desk, notice: Notice) -> bool:
    """Whether a review still waits for somebody; while a question is open, the word of those who vote is awaited all the same."""
    review = desk.tx.reviews.get(desk.at.workspace_id, notice.subject)
    if review is None or not review.is_open:
        return False
    now = reminding.awaits_now(desk, review)
    awaited = now.people if now else frozenset[str]()
    return notice.person_id in awaited or notice.person_id in reminding.voters(desk, review)


def line_of(desk: Desk, notice: Notice, pilot: Pilot, line: LineId, hours: Calendar) -> tuple[Mrkdwn, Way]:
    """Return what somebody reads of a review that waits for them, and the button that leads to it."""
    review = reviews.get(desk, notice.subject)
    now = reminding.awaits_now(desk, review)
    asked = now is not None and notice.person_id in now.people
    why = now.why if now and asked else Why.VOTE
    question = now.questions[0] if now and why is Why.ANSWER and now.questions else None
    link = reviews.link_to_question(desk, question) if question else None
    link = link or desk.link_to(desk.tx.messages.by_key(review.workspace_id, reviews.card_key(review.id)))
    words = desk.library.words(
        "nudges/review",
        review=review,
        since=since_of(notice),
        question=question,
        to_stage=stage_title(desk.library, review.to_stage),
        said=_in_the_rules_words(desk, notice, review, pilot, hours),
    )
    open_it = Control(f"open_{why.value}", ActionId.OPEN, review.id, link)
    menu = (
        Control("snooze", ActionId.SNOOZE, line.packed()),
        Control("mute", ActionId.MUTE, line.packed()),
    )
    return words.mrkdwn(why.value), Way((open_it,) if link else (), menu)


def _in_the_rules_words(
    desk: Desk, notice: Notice, review: Review, pilot: Pilot, hours: Calendar
) -> Mrkdwn | None:
    """Return what the playbook says about a vote that is awaited; None where it has no rule, and our own words are used."""
    rule = desk.playbook.nudges.rule(MatterKind.REVIEW)
    if rule is None:
        return None
    matter = Matter(
        pilot_id=pilot.id,
        kind=MatterKind.REVIEW,
        subject=review.id,
        thing=notice.thing,
        day=notice.day,
        who=review.requested_by,
        since=since_of(notice),
    )
    return wording.said(
        desk.library, rule.rung(0).says, matter, pilot, hours, hours.day_of(desk.at.now), review.to_stage
    )


def since_of(notice: Notice) -> datetime:
    """Return since when somebody's word is awaited, which is part of what makes a reminder one of its own."""
    _, _, since = notice.thing.removeprefix("review:").partition(":")
    try:
        return datetime.fromisoformat(since)
    except ValueError:  # from before reminders were queued
        return notice.queued_at


def thing_of(review: Review, since: datetime) -> str:
    """Return what makes the reminders of somebody who is awaited since then those of one matter."""
    return f"review:{review.id}:{since.isoformat()}"


def _queue(desk: Desk, review: Review, one: reminding.Reminder) -> bool:
    zone = zone_of(pilots.time_zone_of(desk, one.person_id))
    notice = Notice(
        workspace_id=review.workspace_id,
        pilot_id=review.pilot_id,
        kind=MatterKind.REVIEW,
        subject=review.id,
        thing=thing_of(review, one.since),
        rung=one.round,
        person_id=one.person_id,
        day=one.since.astimezone(zone).date(),
        queued_at=desk.at.now,
    )
    if not desk.tx.notices.queue(notice):
        return False
    desk.tx.digests.due(review.workspace_id, one.person_id, desk.at.now)
    return True


def _queued_at(desk: Desk, review: Review) -> dict[str, datetime]:
    """Return when each person was last to hear of a review."""
    heard = desk.tx.notices.of_pilot(review.pilot_id)
    return {one.person_id: one.queued_at for one in heard if one.subject == review.id and one.rung >= 0}
