"""When people work: the company's hours and days off, what somebody said of their own, and their time zone as Slack has it.

Reads through the desk and decides nothing; the arithmetic is the calendar's own.
"""

from collections.abc import Iterable

from bot.desk import Desk
from bot.domain.calendar import Calendar
from bot.domain.notices import Preference
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.rhythm import NudgeRhythm


def calendar_of(desk: Desk, person_id: str) -> Calendar:
    """Return when somebody works; somebody unknown, and a group, as the company does, in UTC."""
    return calendars_of(desk, [person_id])[person_id]


def calendars_of(desk: Desk, person_ids: Iterable[str]) -> dict[str, Calendar]:
    """Return the same for several people, by id."""
    ids, here = list(dict.fromkeys(person_ids)), desk.at.workspace_id
    known = desk.tx.people.some(here, ids)
    said = desk.tx.preferences.some(here, ids)
    zones = {one: known[one].time_zone if one in known else "UTC" for one in ids}
    return {one: calendar_from(desk.playbook.nudges, said.get(one), zones[one]) for one in ids}


def calendar_of_channel(desk: Desk, pilot: Pilot) -> Calendar:
    """Return when a pilot's channel is told of it: in its owner's hours, the champion's where a group owns it.

    Others read it there as well, so it does not wait until the owner is back from days away.
    """
    hours = calendar_of(desk, pilot.champion_id if is_group(pilot.owner_id) else pilot.owner_id)
    return hours.model_copy(update={"away": ()})


def calendar_from(rhythm: NudgeRhythm, said: Preference | None, zone: str) -> Calendar:
    """Return the company's calendar with what somebody said of their own; hours that leave no hour are the company's."""
    company = Calendar(
        zone=zone,
        from_hour=rhythm.from_hour,
        until_hour=rhythm.until_hour,
        days=rhythm.days,
        closed=frozenset(rhythm.closed),
    )
    if said is None:
        return company
    from_hour = company.from_hour if said.from_hour is None else said.from_hour
    until_hour = company.until_hour if said.until_hour is None else said.until_hour
    if until_hour <= from_hour:
        from_hour, until_hour = company.from_hour, company.until_hour
    return Calendar(
        zone=zone,
        from_hour=from_hour,
        until_hour=until_hour,
        days=tuple(sorted(set(said.days or ()))) or company.days,
        closed=company.closed,
        away=said.away,
    )
