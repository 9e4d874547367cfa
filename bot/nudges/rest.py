"""What somebody's message only counts, because it spells out so many lines: shown to them when they ask for it.

They were told of it in the slot of that message, so it is taken from there, and checked against what is true now. Nothing is
kept, and nothing here tells anybody anything new.
"""

from bot.desk import Desk
from bot.domain.messages import Body
from bot.domain.notices import Notice
from bot.nudges import errors, messages, shown, still_true
from bot.nudges.messages import Rest
from bot.nudges.names import FROM_THE_FIRST, LineId, mark_of
from bot.nudges.ordering import in_order
from bot.nudges.still_true import Live
from bot.pilots import workflow as pilots
from bot.pilots.calendars import calendar_of


def of(desk: Desk, value: str) -> Body:
    """Return the lines that follow after those that were shown, for whoever was told; the refusal that applies otherwise."""
    found = LineId.unpack(value)
    if found is None:
        raise errors.LineGone
    if found.person_id != desk.at.actor_id:
        raise errors.NotYourReminder
    pilots.check_member(desk)
    live = _live(desk, _left(desk, found))
    now = live[: messages.LINES_SHOWN]
    hours = calendar_of(desk, found.person_id)
    lines = [shown.line_of(desk, one, found.slot, hours) for one in now]
    after = mark_of(now[-1].notice) if now else FROM_THE_FIRST
    rest = Rest(len(live) - len(now), LineId(found.person_id, found.slot, after).packed())
    return messages.rest_message(desk.library, lines, rest)


def _left(desk: Desk, found: LineId) -> list[Notice]:
    """Return what still waits and the message does not spell out, in its order, after the line that was shown last."""
    ordered = in_order(desk, desk.tx.notices.of_person(desk.at.workspace_id, found.person_id, found.slot))
    marks = [mark_of(one) for one in ordered]
    begins = marks.index(found.mark) + 1 if found.mark in marks else 0
    left = [one for one in ordered[begins:] if one.reply is None]
    return shown.not_spelt_out(desk, found.person_id, found.slot, left)


def _live(desk: Desk, notices: list[Notice]) -> list[Live]:
    known = desk.tx.pilots.some(desk.at.workspace_id, {one.pilot_id for one in notices})
    found: dict[Notice, Live] = {}
    for pilot_id in dict.fromkeys(one.pilot_id for one in notices):
        theirs = [one for one in notices if one.pilot_id == pilot_id]
        found |= {one.notice: one for one in still_true.of(desk, known.get(pilot_id), theirs)}
    return [found[one] for one in notices if one in found]
