"""What people do with a line of their message: go on with it, or hear of it later. Each function is one transaction's work.

A line belongs to whoever was told; what stands in a channel, to everybody there. Nothing of this is progress of the pilot,
so nothing of it moves the pilot's clocks.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.desk import Desk
from bot.domain.calendar import Calendar
from bot.domain.matters import MatterKind
from bot.domain.notices import Notice, Reply, Snooze
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.interview import workflow as interviews
from bot.nudges import errors, following
from bot.nudges.controls import GOES_WITH_THE_PILOT, is_channel
from bot.nudges.names import LineId, mark_of
from bot.orphans import championship
from bot.orphans.errors import OnlyTheChampion
from bot.pilots import workflow as pilots
from bot.pilots.calendars import calendar_of
from bot.pilots.errors import FieldRefusal, FieldsRefused
from prompts.english import full_day

LONGEST_SNOOZE: Final = timedelta(days=90)


class Until(StrEnum):
    """For how long somebody wants to hear nothing of a matter."""

    DAY = "day"
    WEEK = "week"
    DATE = "date"


def line(desk: Desk, value: str) -> tuple[Notice, Pilot]:
    """Return what a control's line is about, for whoever was told of it; the refusal that applies otherwise."""
    found = LineId.unpack(value)
    notice = _notice(desk, found) if found else _of_before(desk, value)
    if notice is None:
        raise errors.LineGone
    if not is_channel(notice.person_id) and notice.person_id != desk.at.actor_id:
        raise errors.NotYourReminder
    pilots.check_member(desk)
    pilot = pilots.get_running(desk, notice.pilot_id)
    if notice.reply is not None:
        raise errors.Answered
    return notice, pilot


def own_line(desk: Desk, value: str) -> tuple[Notice, Pilot]:
    """Return the same for what only whoever was told may do: nobody puts off what others read in a channel."""
    notice, pilot = line(desk, value)
    if is_channel(notice.person_id):
        raise errors.NotYourReminder
    return notice, pilot


def update(desk: Desk, value: str) -> Pilot:
    """Go on with the pilot's questions in their thread, and let the line say where that is."""
    notice, pilot = line(desk, value)
    interviews.go_on(desk, pilot.id)
    answer(desk, notice, Reply.UPDATED)
    return pilot


def snooze(desk: Desk, value: str, choice: str, day: date | None) -> datetime:
    """Let a person hear of one matter later; others hear as the ladder says. Whoever picks a day means it. Raises FieldsRefused."""
    notice, _ = own_line(desk, value)
    until = _until(desk, calendar_of(desk, desk.at.actor_id), Until.DATE if day else choice, day)
    return put_off(desk, notice, until)


def snooze_for_a_while(desk: Desk, value: str) -> datetime:
    """Do the same for as long as the button of an earlier release says."""
    notice, _ = own_line(desk, value)
    return put_off(desk, notice, _until(desk, calendar_of(desk, desk.at.actor_id), Until.WEEK, None))


def may_hand_on(desk: Desk, pilot_id: str) -> Pilot:
    """Return a pilot that its champion may pass on."""
    pilots.check_member(desk)
    pilot = pilots.get_running(desk, pilot_id)
    if pilot.champion_id != desk.at.actor_id:
        raise OnlyTheChampion(who=mention(pilot.champion_id), name=pilot.name)
    return pilot


def hand_on(desk: Desk, pilot_id: str, to_id: str, note: str) -> None:
    """Ask somebody to champion a pilot in the champion's place. Raises FieldsRefused."""
    may_hand_on(desk, pilot_id)
    try:
        championship.hand_championship(desk, pilot_id, to_id, note)
    except FieldRefusal as refused:
        raise FieldsRefused([refused]) from refused
    me = desk.at.actor_id
    theirs = [one for one in desk.tx.notices.open_of_pilot(pilot_id) if one.person_id == me and one.slot]
    following.close(desk, [one for one in theirs if one.kind in GOES_WITH_THE_PILOT], Reply.HANDED_OVER)


def put_off(desk: Desk, notice: Notice, until: datetime) -> datetime:
    """Tell somebody of a matter again then, and not before."""
    desk.tx.snoozes.save(
        Snooze(
            workspace_id=notice.workspace_id,
            person_id=notice.person_id,
            pilot_id=notice.pilot_id,
            thing=notice.thing,
            until=until,
        )
    )
    said = {"about": notice.kind.value, "until": until.isoformat()}
    desk.tx.audit.append(desk.at, "nudge.snoozed", "pilot", notice.pilot_id, None, said)
    answer(desk, notice, Reply.SNOOZED)
    tell_again(desk, notice, until)
    return until


def answer(desk: Desk, notice: Notice, reply: Reply) -> None:
    """Note what somebody did about a matter, wherever they were told of it, and let those lines say so."""
    theirs = desk.tx.notices.of_thing(notice.pilot_id, notice.thing)
    open_ones = [one for one in theirs if one.person_id == notice.person_id and one.slot and not one.reply]
    following.close(desk, open_ones, reply)


def tell_again(desk: Desk, notice: Notice, at: datetime) -> None:
    """Let somebody hear once more of a matter that they put off; that is no step of its ladder, so its number is below zero."""
    theirs = desk.tx.notices.of_thing(notice.pilot_id, notice.thing)
    number = min((one.rung for one in theirs if one.person_id == notice.person_id), default=0)
    again = notice.model_copy(
        update={
            "rung": min(number, 0) - 1,
            "queued_at": desk.at.now,
            "slot": None,
            "told_at": None,
            "reply": None,
            "replied_at": None,
        }
    )
    desk.tx.notices.queue(again)
    desk.tx.digests.due(notice.workspace_id, notice.person_id, at)


def day_within(field: str, day: date | None, today: date, longest: timedelta) -> date:
    """Return a day that lies ahead, and not too far; the refusal at its field otherwise."""
    first, last = today + timedelta(days=1), today + longest
    if day is None:
        raise FieldsRefused([errors.DayNeeded(field)])
    if not first <= day <= last:
        refused = errors.DayOutOfReach(field, first=full_day(first), last=full_day(last))
        raise FieldsRefused([refused])
    return day


def _until(desk: Desk, hours: Calendar, choice: str, day: date | None) -> datetime:
    now = desk.at.now
    today = hours.day_of(now)
    ends: dict[str, Callable[[], datetime]] = {
        Until.DAY: lambda: hours.next_day(now),
        Until.WEEK: lambda: _morning(hours, today + timedelta(days=desk.playbook.nudges.snooze_days)),
        Until.DATE: lambda: _morning(hours, day_within("day", day, today, LONGEST_SNOOZE)),
    }
    if choice not in ends:
        raise FieldsRefused([errors.ChoiceNeeded("until")])
    return ends[choice]()


def _morning(hours: Calendar, day: date) -> datetime:
    return hours.next_good(hours.start_of(day))


def _notice(desk: Desk, found: LineId) -> Notice | None:
    """Return what a line is about now; an earlier step of the same ladder may have stood in it while Slack took no messages."""
    told = desk.tx.notices.of_person(desk.at.workspace_id, found.person_id, found.slot)
    theirs = [one for one in told if mark_of(one) == found.mark]
    return max(theirs, key=lambda one: (one.reply is None, one.queued_at), default=None)


def _of_before(desk: Desk, value: str) -> Notice | None:
    """Return what a button of an earlier release is about: it named a quiet pilot and the day, and stood in direct messages."""
    pilot_id, _, slot = value.partition(":")
    told = desk.tx.notices.of_person(desk.at.workspace_id, desk.at.actor_id, slot)
    quiet = (one for one in told if one.pilot_id == pilot_id and one.kind is MatterKind.QUIET)
    return next(quiet, None)
