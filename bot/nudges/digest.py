"""The one message of a day: who is told now, of what, and when they are to be looked at again.

What waits is in the notices; here it is checked against what is true now, gets the person's slot of the day, and becomes
one direct message. A slot that was used is not used twice, so that a second run finds nothing to do.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from bot.desk import Desk
from bot.domain.calendar import Calendar
from bot.domain.matters import MatterKind
from bot.domain.notices import Notice, Reply
from bot.nudges import shown, still_true
from bot.nudges.controls import is_channel
from bot.nudges.ordering import in_order
from bot.nudges.still_true import Live
from bot.pilots.calendars import calendar_of, calendar_of_channel

PEOPLE_AT_A_TIME: Final = 20
"""How many people one transaction tells."""
PILOTS_AT_A_TIME: Final = 60
"""About how many pilots somebody is told on one day; each of them is looked at anew."""


class Quiet(NamedTuple):
    """Until when a person hears nothing of a notice that waits for them."""

    notice: Notice
    until: datetime


def sweep(desk: Desk) -> int:
    """Tell some of those whose time has come; return how many that were.

    Nobody else writes meanwhile, so it ends where as much was looked at as one person may be told.
    """
    people = looked_at = 0
    for person_id in due(desk, PEOPLE_AT_A_TIME):
        looked_at += tell(desk, person_id)
        people += 1
        if looked_at >= PILOTS_AT_A_TIME:
            break
    return people


def due(desk: Desk, limit: int) -> list[str]:
    """Return whose time has come, by id."""
    return desk.tx.digests.due_now(desk.at.workspace_id, desk.at.now, limit)


def tell(desk: Desk, person_id: str) -> int:
    """Tell somebody what waits for them, once on this day and at a good hour; else put it off until then.

    Return how many pilots were looked at for that.
    """
    tx, workspace_id, now = desk.tx, desk.at.workspace_id, desk.at.now
    waiting = tx.notices.waiting_for(workspace_id, person_id)
    if not waiting or _cannot_hear(desk, person_id):
        for notice in waiting:
            _close(desk, notice, Reply.SETTLED)
        tx.digests.put_off(workspace_id, person_id, None)
        return 0
    hours, good, others_good_at = _hours(desk, person_id, waiting)
    if not good:
        tx.digests.put_off(workspace_id, person_id, others_good_at)
        return 0
    slot = _slot(desk, person_id, hours)
    if slot is None:
        tx.digests.put_off(workspace_id, person_id, hours.next_day(now))
        return 0
    quiet = _kept_quiet(desk, person_id, hours, good)
    silent = {one.notice for one in quiet}
    ordered = in_order(desk, [one for one in good if one not in silent])
    told, left = _portion(ordered)
    live = [one for one in _latest_only(desk, _checked(desk, told)) if _claim(desk, one, slot)]
    if live:
        shown.show(desk, person_id, slot, _with_unsent(desk, person_id, slot, live), hours)
    ahead = [one.until for one in quiet]
    ahead += [hours.next_day(now) if live else now] if left else []
    ahead += [others_good_at] if others_good_at else []
    tx.digests.put_off(workspace_id, person_id, min(ahead, default=None))
    return len({one.pilot_id for one in told})


def _slot(desk: Desk, person_id: str, hours: Calendar) -> str | None:
    """Return the slot in which somebody can be told now; None where they have heard today.

    While Slack does not take the last message, what comes joins it, so that nobody gets one for each day of an outage.
    """
    today = hours.day_of(desk.at.now).isoformat()
    last = desk.tx.digests.last_slot(desk.at.workspace_id, person_id)
    if last is None or last == today:
        return None if last else today
    message = desk.tx.messages.by_key(desk.at.workspace_id, shown.message_key(person_id, last))
    if message is None or message.failed:
        return today
    if message.slack_ts is None:
        return last if message.first_attempt_at else today
    posted = datetime.fromtimestamp(float(message.slack_ts), UTC)
    return None if hours.day_of(posted).isoformat() == today else today


def _with_unsent(desk: Desk, person_id: str, slot: str, live: Sequence[Live]) -> list[Live]:
    """Return what was told just now with what the same message was to say before, as far as that holds, in one order."""
    told = desk.tx.notices.of_person(desk.at.workspace_id, person_id, slot)
    now = {(one.notice.pilot_id, one.notice.thing, one.notice.rung) for one in live}
    before = [one for one in told if (one.pilot_id, one.thing, one.rung) not in now and one.reply is None]
    if not before:
        return list(live)
    every = _latest_only(desk, [*live, *_checked(desk, before)])
    place = {notice: at for at, notice in enumerate(in_order(desk, [one.notice for one in every]))}
    return sorted(every, key=lambda one: place[one.notice])


def _hours(
    desk: Desk, person_id: str, waiting: Sequence[Notice]
) -> tuple[Calendar, list[Notice], datetime | None]:
    """Return whose hours count now, what may be told in them, and when the rest may be, earliest first.

    A person has hours of their own. A channel hears in those of the pilot's owner, pilot by pilot.
    """
    now = desk.at.now
    if not is_channel(person_id):
        hours = calendar_of(desk, person_id)
        return (hours, list(waiting), None) if hours.is_good(now) else (hours, [], hours.next_good(now))
    pilots = desk.tx.pilots.some(desk.at.workspace_id, {one.pilot_id for one in waiting})
    of_pilot = {pilot_id: calendar_of_channel(desk, pilot) for pilot_id, pilot in pilots.items()}
    good = [one for one in waiting if of_pilot[one.pilot_id].is_good(now)]
    later = [of_pilot[one.pilot_id].next_good(now) for one in waiting if one not in good]
    first = of_pilot[(good or waiting)[0].pilot_id]
    return first, good, min(later, default=None)


def _cannot_hear(desk: Desk, person_id: str) -> bool:
    person = desk.tx.people.get(desk.at.workspace_id, person_id)
    return person is not None and (person.deactivated or person.bot)


def _kept_quiet(desk: Desk, person_id: str, hours: Calendar, waiting: Iterable[Notice]) -> list[Quiet]:
    """Return what is snoozed or muted, each with when that ends; a mute ends when its day begins for the person."""
    workspace_id, now = desk.at.workspace_id, desk.at.now
    today = hours.day_of(now)
    snoozed = {
        (one.pilot_id, one.thing): one.until
        for one in desk.tx.snoozes.of_person(workspace_id, person_id, now)
    }
    muted = {
        one.pilot_id: hours.next_good(hours.start_of(one.until))
        for one in desk.tx.mutes.running_of_person(workspace_id, person_id)
        if one.until > today
    }
    found = []
    for notice in waiting:
        both = (snoozed.get((notice.pilot_id, notice.thing)), muted.get(notice.pilot_id))
        until = max((one for one in both if one), default=None)
        found += [Quiet(notice, until)] if until else []
    return found


def _portion(ordered: Sequence[Notice]) -> tuple[list[Notice], bool]:
    """Return what is told today, and whether something is left for another day."""
    pilots = list(dict.fromkeys(one.pilot_id for one in ordered))
    today = set(pilots[:PILOTS_AT_A_TIME])
    return [one for one in ordered if one.pilot_id in today], len(pilots) > PILOTS_AT_A_TIME


def _checked(desk: Desk, notices: Sequence[Notice]) -> list[Live]:
    """Return those that still hold, in their order; the others are closed without having been told."""
    pilots = desk.tx.pilots.some(desk.at.workspace_id, {one.pilot_id for one in notices})
    found: dict[Notice, Live] = {}
    for pilot_id in dict.fromkeys(one.pilot_id for one in notices):
        theirs = [one for one in notices if one.pilot_id == pilot_id]
        found |= {one.notice: one for one in still_true.of(desk, pilots.get(pilot_id), theirs)}
    for notice in notices:
        if notice not in found:
            _close(desk, notice, Reply.SETTLED)
    return [found[notice] for notice in notices if notice in found]


def _latest_only(desk: Desk, live: Sequence[Live]) -> list[Live]:
    """Return of each matter the latest rung alone; the earlier ones were overtaken while they waited."""
    latest: dict[tuple[str, str], Live] = {}
    for one in live:
        key = (one.notice.pilot_id, one.notice.thing)
        if key not in latest or one.notice.rung > latest[key].notice.rung:
            latest[key] = one
    kept = [one for one in live if latest[one.notice.pilot_id, one.notice.thing] is one]
    for one in live:
        if one not in kept:
            _close(desk, one.notice, Reply.REPLACED)
    return kept


def _claim(desk: Desk, one: Live, slot: str) -> bool:
    """Give a notice the slot; False where somebody was quicker, or it was settled meanwhile."""
    notice = one.notice
    if not desk.tx.notices.told(
        notice.pilot_id, notice.thing, notice.rung, notice.person_id, slot, desk.at.now
    ):
        return False
    _record(desk, notice)
    return True


def _record(desk: Desk, notice: Notice) -> None:
    facts = {"to": notice.person_id, "about": notice.kind.value, "rung": notice.rung}
    if notice.kind is MatterKind.REVIEW:
        facts |= {"review": notice.subject, "round": notice.rung}
        desk.tx.audit.append(desk.at, "review.reminded", "pilot", notice.pilot_id, None, facts)
    else:
        desk.tx.audit.append(desk.at, "nudge.sent", "pilot", notice.pilot_id, None, facts)


def _close(desk: Desk, notice: Notice, reply: Reply) -> None:
    desk.tx.notices.reply(notice.pilot_id, notice.thing, reply, desk.at.now, notice.person_id, notice.rung)
