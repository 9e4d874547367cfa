"""The one message of a person and day: made once of what waits, and changed line by line as that is done, never added to."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from bot.desk import Desk
from bot.domain import idling
from bot.domain.calendar import Calendar
from bot.domain.matters import MatterKind
from bot.domain.messages import Body
from bot.domain.notices import Blocker, BlockerState, Notice, Reply
from bot.domain.noticing import quiet_thing
from bot.domain.pilots import Pilot
from bot.domain.reviews import Review
from bot.interview import shown as interviews_shown
from bot.nudges import awaited, messages, wording
from bot.nudges.controls import is_channel, way_on
from bot.nudges.messages import Day, Line, Rest, Settled, Standing
from bot.nudges.names import FROM_THE_FIRST, LineId, drawn_as, mark_of
from bot.nudges.still_true import Live
from bot.review.messages import outcome_in_words
from bot.stages import extending
from prompts.markup import Mrkdwn

_OF_STANDING_STILL: Final = frozenset({MatterKind.QUIET, MatterKind.DECISION})
"""What is told together with who put the decision off, and with what standing still has cost."""


def show(desk: Desk, person_id: str, slot: str, live: Sequence[Live], hours: Calendar) -> None:
    """State the message of a slot that has just been claimed."""
    lines = [line_of(desk, one, slot, hours) for one in live[: messages.LINES_SHOWN]]
    channel = is_channel(person_id)
    day = Day(
        lines=lines,
        hours=hours,
        rest=_rest(person_id, slot, len(live) - len(lines)),
        earlier=0 if channel else _told_earlier(desk, person_id, slot, live),
        channel=channel,
    )
    body = messages.day_message(desk.library, day)
    desk.tx.messages.show(desk.at.workspace_id, message_key(person_id, slot), person_id, body, paced=True)


def settle(desk: Desk, person_id: str, slot: str, marks: Collection[str]) -> None:
    """Let lines of a message, by their marks, say what became of them. A message that failed for good is left alone."""
    key = message_key(person_id, slot)
    desk.tx.messages.lock(desk.at.workspace_id, key)  # two answers at once must both be in it
    message = desk.tx.messages.by_key(desk.at.workspace_id, key)
    if message is None or message.failed:
        return
    notices = desk.tx.notices.of_person(desk.at.workspace_id, person_id, slot)
    found = desk.tx.pilots.some(desk.at.workspace_id, {one.pilot_id for one in notices})
    over = [
        Settled(_settled(desk, one, found[one.pilot_id]), *drawn_as(one))
        for one in notices
        if one.reply and mark_of(one) in marks
    ]
    waiting = [one for one in notices if one.reply is None]
    only = found[waiting[0].pilot_id].name if waiting else ""
    standing = Standing(len(waiting), only, is_channel(person_id))
    rest = _rest(person_id, slot, len(_not_in(message.body, waiting)))
    body = messages.settled(desk.library, message.body, over, standing, rest)
    desk.tx.messages.show(desk.at.workspace_id, key, person_id, body, paced=True)


def not_spelt_out(desk: Desk, person_id: str, slot: str, notices: Sequence[Notice]) -> list[Notice]:
    """Return those of a slot's notices that its message only counts."""
    message = desk.tx.messages.by_key(desk.at.workspace_id, message_key(person_id, slot))
    return _not_in(message.body, notices) if message else []


def _not_in(body: Body, notices: Sequence[Notice]) -> list[Notice]:
    there = {str(one.get("block_id", "")) for one in body["blocks"]}
    return [one for one in notices if drawn_as(one)[0].isdisjoint(there)]


def _rest(person_id: str, slot: str, count: int) -> Rest:
    value = "" if is_channel(person_id) else LineId(person_id, slot, FROM_THE_FIRST).packed()
    return Rest(count, value)


def message_key(person_id: str, slot: str) -> str:
    """Return the key of the one message that a person gets on a day."""
    return f"nudge:{person_id}:{slot}"


def line_of(desk: Desk, one: Live, slot: str, hours: Calendar) -> Line:
    """Return the line about a notice that holds."""
    line = LineId.of(one.notice, slot)
    if one.matter is None or one.facts is None or one.rung is None:
        said, way = awaited.line_of(desk, one.notice, one.pilot, line, hours)
        return Line(line.mark, one.pilot, said, way)
    today = hours.day_of(desk.at.now)
    said = wording.said(desk.library, one.rung.says, one.matter, one.pilot, one.facts.calendar, today)
    way = way_on(desk, one.matter, one.pilot, line)
    if one.matter.kind not in _OF_STANDING_STILL:
        return Line(line.mark, one.pilot, said, way)
    return Line(line.mark, one.pilot, said, way, _cost(desk, one), _put_off(desk, one))


def _cost(desk: Desk, one: Live) -> Mrkdwn:
    """Return what standing still has cost, as a sentence; nothing where nobody knows, or it has not."""
    found = idling.idle(one.pilot, desk.playbook, one.facts.answers if one.facts else {}, desk.at.now)
    if found is None or found.cost is None:
        return Mrkdwn("")
    return desk.library.words("nudges/cost", idle=found).mrkdwn("cost")


def _put_off(desk: Desk, one: Live) -> Mrkdwn:
    """Return who put the decision off and why, as a sentence; nothing where nobody did, or the words were erased."""
    said = one.facts.put_off if one.facts else None
    if said is None or not said.reason:
        return Mrkdwn("")
    return desk.library.words("nudges/put_off", pilot=one.pilot, put_off=said).mrkdwn("put_off")


def _told_earlier(desk: Desk, person_id: str, slot: str, live: Sequence[Live]) -> int:
    """Return of how many other things somebody was told on other days that still wait."""
    today = {(one.notice.pilot_id, one.notice.thing) for one in live}
    open_ones = desk.tx.notices.open_of_person(desk.at.workspace_id, person_id)
    before = {(one.pilot_id, one.thing) for one in open_ones if one.slot and one.slot != slot}
    return len(before - today)


def _settled(desk: Desk, notice: Notice, pilot: Pilot) -> Mrkdwn:
    review = _review_of(desk, notice)
    words = desk.library.words(
        "nudges/settled",
        pilot=pilot,
        notice=notice,
        until=_until(desk, notice),
        link=_thread(desk, pilot) if notice.reply is Reply.UPDATED else None,
        outcome=outcome_in_words(desk.library, review) if review and not review.is_open else "",
        who=found.by_id if (found := _in_the_way(desk, notice)) else None,
    )
    return words.mrkdwn(_how(desk, notice, pilot, review), at_most=messages.LINE_SHOWN)


def _how(desk: Desk, notice: Notice, pilot: Pilot, review: Review | None) -> str:
    """Return which words tell how a line was settled."""
    found = _in_the_way(desk, notice)
    if found and found.state is not BlockerState.OPEN:
        return "cleared" if found.state is BlockerState.SOLVED else "passed_back"
    if notice.reply is not Reply.SETTLED:
        return (notice.reply or Reply.SETTLED).value
    if review is None:
        return _why_settled(desk, notice, pilot)
    if not review.is_open:
        return "over"
    votes = desk.tx.votes.of_review(review.id)
    voted = any(one.user_id == notice.person_id and one.counts_for(review.snapshot_hash) for one in votes)
    return "voted" if voted else "not_needed"


def _why_settled(desk: Desk, notice: Notice, pilot: Pilot) -> str:
    if pilot.retired:
        return Reply.RETIRED.value
    if pilot.hold:
        return "held"
    if notice.kind is MatterKind.DECISION:
        put_off = pilot.decide_on is not None and pilot.decide_on > notice.day
    else:  # nothing has moved since, and somebody has just said why
        said = extending.put_off_of(desk, pilot) if notice.thing == quiet_thing(pilot) else None
        put_off = said is not None and said.at == notice.replied_at
    return Reply.EXTENDED.value if put_off else Reply.SETTLED.value


def _review_of(desk: Desk, notice: Notice) -> Review | None:
    if notice.kind is not MatterKind.REVIEW:
        return None
    return desk.tx.reviews.get(desk.at.workspace_id, notice.subject)


def _until(desk: Desk, notice: Notice) -> date | None:
    """Return the day until which something was put off; None where nothing was, or it is over."""
    if notice.reply is Reply.SNOOZED:
        asleep = desk.tx.snoozes.of_person(notice.workspace_id, notice.person_id, desk.at.now)
        return next((one.until for one in asleep if _same(one.pilot_id, one.thing, notice)), None)
    if notice.reply is Reply.MUTED:
        muted = desk.tx.mutes.running_of_pilot(notice.pilot_id)
        return next((one.until for one in muted if one.person_id == notice.person_id), None)
    if notice.reply is Reply.BLOCKED:
        return found.due_on if (found := _in_the_way(desk, notice)) else None
    return None


def _same(pilot_id: str, thing: str, notice: Notice) -> bool:
    return (pilot_id, thing) == (notice.pilot_id, notice.thing)


def _in_the_way(desk: Desk, notice: Notice) -> Blocker | None:
    """Return what somebody said last to be in the way, also once it is closed; None where they did not."""
    if notice.reply is not Reply.BLOCKED:
        return None
    theirs = [
        one for one in desk.tx.blockers.of_pilot(notice.pilot_id) if one.reported_by == notice.person_id
    ]
    return max(theirs, key=lambda one: one.reported_at, default=None)


def _thread(desk: Desk, pilot: Pilot) -> str | None:
    interview = desk.tx.interviews.open_of(pilot.id)
    return desk.link_to(interviews_shown.root_of(desk, interview)) if interview else None
