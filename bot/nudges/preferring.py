"""When somebody wants to hear: their hours, their weekdays and their days away, where these differ from the company's."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.desk import Desk
from bot.domain.calendar import Away, Calendar
from bot.domain.notices import Mute, Preference
from bot.domain.pilots import Pilot
from bot.nudges import errors, muting
from bot.nudges.forms import packed
from bot.pilots import workflow as pilots
from bot.pilots.calendars import calendar_from, calendar_of
from bot.pilots.errors import FieldRefusal, FieldsRefused
from prompts.english import full_day

MOST_AWAY: Final = 10
LONGEST_AWAY: Final = timedelta(days=366)
"""How far ahead somebody can be away; a slip in the year would keep everything from them, silently."""


@dataclass(frozen=True)
class Filled:
    """What somebody put into the form, as it came back."""

    from_hour: str
    until_hour: str
    days: tuple[str, ...]
    keep: tuple[str, ...]
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Reminders:
    """When somebody hears, for the form and for their Home tab."""

    hours: Calendar
    company: Calendar
    preference: Preference | None
    away: tuple[Away, ...]
    """Their days off that are not over."""
    mutes: tuple[tuple[Mute, Pilot], ...] = ()


def reminders_of(desk: Desk) -> Reminders:
    """Return when the person whose occasion this is hears, and of what they do not."""
    me, workspace_id = desk.at.actor_id, desk.at.workspace_id
    hours = calendar_of(desk, me)
    preference = desk.tx.preferences.get(workspace_id, me)
    return Reminders(
        hours=hours,
        company=calendar_from(desk.playbook.nudges, None, hours.zone),
        preference=preference,
        away=_ahead(hours, desk),
        mutes=tuple(muting.of(desk)),
    )


def prefer(desk: Desk, filled: Filled) -> Preference:
    """Keep when somebody wants to hear; what is as the company has it follows the company. Raises FieldsRefused."""
    pilots.check_member(desk)
    was = reminders_of(desk)
    from_hour, until_hour = _hour(filled.from_hour, 0, 23), _hour(filled.until_hour, 1, 24)
    days = tuple(sorted({int(one) for one in filled.days if one in {*"0123456"}}))
    wrong: list[FieldRefusal] = []
    if from_hour is None or until_hour is None or until_hour <= from_hour:
        wrong.append(errors.HoursTurned("until"))
    if not days:
        wrong.append(errors.NoDays("days"))
    away = [one for one in was.away if packed(one) in filled.keep]
    away += _added(filled, was.hours.day_of(desk.at.now), away, wrong)
    if wrong:
        raise FieldsRefused(wrong)
    company = was.company
    as_all = (from_hour, until_hour) == (company.from_hour, company.until_hour)
    made = Preference(
        workspace_id=desk.at.workspace_id,
        user_id=desk.at.actor_id,
        from_hour=None if as_all else from_hour,
        until_hour=None if as_all else until_hour,
        days=None if days == company.days else days,
        away=tuple(sorted(set(away), key=lambda one: (one.first, one.last))),
    )
    desk.tx.preferences.save(made)
    if desk.tx.notices.waiting_for(made.workspace_id, made.user_id):
        desk.tx.digests.due(made.workspace_id, made.user_id, desk.at.now)  # their hours may have come by now
    return made


def _ahead(hours: Calendar, desk: Desk) -> tuple[Away, ...]:
    today = hours.day_of(desk.at.now)
    return tuple(one for one in hours.away if one.last >= today)


def _hour(said: str, first: int, last: int) -> int | None:
    hour = int(said) if said.isdecimal() and said.isascii() and len(said) < 3 else -1
    return hour if first <= hour <= last else None


def _added(filled: Filled, today: date, kept: list[Away], wrong: list[FieldRefusal]) -> list[Away]:
    """Return the days away that were added; what is wrong with them goes to the other refusals."""
    first, last = filled.first, filled.last
    if first is None and last is None:
        return []
    if first is None or last is None:
        wrong.append(errors.AwayHalf("first" if first is None else "last"))
    elif last < first:
        wrong.append(errors.AwayTurned("last"))
    elif last < today:
        wrong.append(errors.AwayOver("last"))
    elif last > today + LONGEST_AWAY:
        wrong.append(errors.AwayTooFar("last", last=full_day(today + LONGEST_AWAY)))
    elif len(kept) >= MOST_AWAY:
        wrong.append(errors.AwayTooMany("last", most=str(MOST_AWAY)))
    else:
        return [Away(first=first, last=last)]
    return []
