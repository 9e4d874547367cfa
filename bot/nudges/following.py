"""What follows for reminders from every change of a pilot: lines that somebody was told and that wait no more say so.

A reaction, in the transaction of the change. While nobody was told anything that is still open, it costs one question to
the database. What was not told yet is looked at when its time comes.
"""

from collections.abc import Iterable

from bot.desk import Desk
from bot.domain.notices import Notice, Reply
from bot.nudges import shown, still_true
from bot.nudges.names import mark_of


def follow(desk: Desk, pilot_id: str) -> None:
    """Settle what was told of a pilot and holds no more."""
    told = [one for one in desk.tx.notices.open_of_pilot(pilot_id) if one.slot]
    if not told:
        return
    pilot = desk.tx.pilots.get(desk.at.workspace_id, pilot_id)
    holds = {one.notice for one in still_true.of(desk, pilot, told)}
    close(desk, [one for one in told if one not in holds], Reply.SETTLED)


def close(desk: Desk, notices: Iterable[Notice], reply: Reply) -> None:
    """Note what became of notices that were told, and let the messages in which they stand say so."""
    lines: dict[tuple[str, str], list[str]] = {}
    for one in notices:
        desk.tx.notices.reply(one.pilot_id, one.thing, reply, desk.at.now, one.person_id, one.rung)
        lines.setdefault((one.person_id, one.slot or ""), []).append(mark_of(one))
    for (person_id, slot), marks in sorted(lines.items()):
        shown.settle(desk, person_id, slot, marks)
