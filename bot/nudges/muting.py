"""Pilots of which somebody, or a channel, wants to hear nothing for a while: with a reason, listed, and ending by itself."""

from datetime import date, timedelta
from typing import Final

from bot.desk import Desk
from bot.domain.notices import Mute, Notice, Reply
from bot.domain.pilots import Pilot
from bot.domain.text import says_something
from bot.nudges import errors, following
from bot.nudges.controls import is_channel
from bot.nudges.workflow import day_within, line, tell_again
from bot.pilots import answerable, workflow as pilots
from bot.pilots.calendars import calendar_of, calendar_of_channel
from bot.pilots.errors import FieldRefusal, FieldsRefused
from bot.slack.blocks import REASON_LENGTH
from prompts.english import short_day
from storage.ids import new_id

LONGEST: Final = timedelta(days=180)
NOBODY: Final = frozenset[str]()


def may_mute(desk: Desk, value: str, owner_group: frozenset[str] = NOBODY) -> tuple[Notice, Pilot]:
    """Return what is to be muted: everybody for themselves, a channel by those who answer for the pilot."""
    notice, pilot = line(desk, value)
    if is_channel(notice.person_id):
        answerable.check_steers(desk, pilot, owner_group)
    return notice, pilot


def mute(
    desk: Desk, value: str, reason: str, until: date | None, owner_group: frozenset[str] = NOBODY
) -> Mute:
    """Let somebody, or a channel, hear nothing of a pilot until a day. Raises FieldsRefused."""
    notice, pilot = may_mute(desk, value, owner_group)
    today = calendar_of(desk, desk.at.actor_id).day_of(desk.at.now)
    wrong: list[FieldRefusal] = [] if says_something(reason) else [errors.WhyEmpty("reason")]
    try:
        last = day_within("until", until, today, LONGEST)
    except FieldsRefused as refused:
        raise FieldsRefused([*wrong, *refused.fields]) from refused
    if wrong:
        raise FieldsRefused(wrong)
    made = Mute(
        id=new_id(),
        workspace_id=notice.workspace_id,
        person_id=notice.person_id,
        pilot_id=pilot.id,
        reason=reason.strip()[:REASON_LENGTH],
        muted_by=desk.at.actor_id,
        since=desk.at.now,
        until=last,
    )
    _keep(desk, pilot, made, today)
    said = {"to": made.person_id, "reason": made.reason, "until": last.isoformat()}
    desk.tx.audit.append(desk.at, "nudge.muted", "pilot", pilot.id, None, said)
    _quieten(desk, pilot, made)
    return made


def unmute(desk: Desk, mute_id: str, owner_group: frozenset[str] = NOBODY) -> Pilot:
    """Let somebody hear of a pilot again, from the next message on."""
    found = desk.tx.mutes.get(desk.at.workspace_id, mute_id)
    if found is None:
        raise errors.NotMuted
    pilot = pilots.get(desk, found.pilot_id)
    if is_channel(found.person_id):
        answerable.check_steers(desk, pilot, owner_group)
    elif found.person_id != desk.at.actor_id:
        raise errors.OnlyOwnMutes
    if not desk.tx.mutes.end(found.id, desk.at.now):
        raise errors.NotMuted
    said = {"to": found.person_id, "until": found.until.isoformat()}
    desk.tx.audit.append(desk.at, "nudge.unmuted", "pilot", pilot.id, said, None)
    desk.tx.digests.due(found.workspace_id, found.person_id, desk.at.now)
    return pilot


def of(desk: Desk) -> list[tuple[Mute, Pilot]]:
    """Return what the person whose occasion this is has muted, also for channels, with the pilots, what ends first to begin with."""
    workspace_id, me = desk.at.workspace_id, desk.at.actor_id
    today = calendar_of(desk, me).day_of(desk.at.now)
    running = [one for one in desk.tx.mutes.running_by(workspace_id, me) if one.until > today]
    found = desk.tx.pilots.some(workspace_id, {one.pilot_id for one in running})
    return [(one, found[one.pilot_id]) for one in running if one.pilot_id in found]


def pilot_of(desk: Desk, mute_id: str) -> Pilot:
    """Return the pilot that a mute is about, so that Slack can be asked who is in the group that owns it."""
    found = desk.tx.mutes.get(desk.at.workspace_id, mute_id)
    if found is None:
        raise errors.NotMuted
    return pilots.get(desk, found.pilot_id)


def _keep(desk: Desk, pilot: Pilot, made: Mute, today: date) -> None:
    """Keep a mute; one whose day has come for the person gives way, one that still runs is told."""
    for one in desk.tx.mutes.running_of_person(made.workspace_id, made.person_id):
        if one.pilot_id == pilot.id and one.until <= today:
            desk.tx.mutes.end(one.id, desk.at.now)
        elif one.pilot_id == pilot.id:
            raise errors.MutedAlready(name=pilot.name, day=short_day(one.until))
    if not desk.tx.mutes.add(made):
        raise errors.MutedAlready(name=pilot.name, day=short_day(made.until))


def _quieten(desk: Desk, pilot: Pilot, made: Mute) -> None:
    """Close every line about the pilot that the person was told; what still waits then is told once more when the mute ends."""
    theirs = [
        one for one in desk.tx.notices.open_of_pilot(pilot.id) if one.person_id == made.person_id and one.slot
    ]
    following.close(desk, theirs, Reply.MUTED)
    hours = (
        calendar_of_channel(desk, pilot) if is_channel(made.person_id) else calendar_of(desk, made.person_id)
    )
    ends = hours.next_good(hours.start_of(made.until))
    for thing in dict.fromkeys(one.thing for one in theirs):
        tell_again(desk, next(one for one in theirs if one.thing == thing), ends)
