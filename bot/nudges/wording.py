"""The words of a rule about one matter: its placeholders filled, everything escaped. Knows no message and no database."""

from collections.abc import Mapping
from datetime import date

from bot.domain.calendar import Calendar
from bot.domain.matters import TITLED, Matter, Placeholder, filled
from bot.domain.pilots import Pilot
from bot.domain.playbook import Playbook
from prompts.english import counted, in_words, mid_sentence
from prompts.filters import mention
from prompts.library import Library
from prompts.markup import Mrkdwn, cut_for_mrkdwn, marked, one_line, unstyled

WHAT_SHOWN = 160
"""How much of people's own words stands in a sentence."""


def said(
    library: Library,
    says: str,
    matter: Matter,
    pilot: Pilot,
    calendar: Calendar,
    today: date,
    to_stage: str | None = None,
) -> Mrkdwn:
    """Return what a person reads about a matter, after the pilot's name; `to_stage` where the next one is not what is meant."""
    facts = _facts(library.playbook, matter, pilot, calendar, today, to_stage)
    return Mrkdwn(filled(marked(unstyled(one_line(says))), facts))


def _facts(
    book: Playbook, matter: Matter, pilot: Pilot, calendar: Calendar, today: date, to_stage: str | None
) -> Mapping[Placeholder, str]:
    gate = book.gate_from(pilot.stage)
    to_stage = to_stage or (gate.to_stage if gate and gate.leads_on else None)
    following = _title(book, to_stage) if to_stage else "the next stage"
    what = mid_sentence(matter.what) if matter.kind in TITLED else matter.what
    return {
        Placeholder.STAGE: marked(unstyled(_title(book, pilot.stage))),
        Placeholder.DAY: spoken_day(matter.day, today),
        Placeholder.DAYS: _days(calendar, matter.day, today),
        Placeholder.WEEKS: _weeks(matter, pilot, calendar, today),
        Placeholder.WHAT: cut_for_mrkdwn(unstyled(one_line(what)), WHAT_SHOWN) or marked("a step"),
        Placeholder.WHO: mention(matter.who) if matter.who else marked("somebody"),
        Placeholder.COUNT: in_words(matter.count),
        Placeholder.NEXT_STAGE: marked(unstyled(following)),
        Placeholder.PROMOTION: marked(unstyled(f"the promotion to {following}")),
    }


def spoken_day(day: date, today: date) -> str:
    """Return "Friday 4 December", with the year where it is another one."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}{year}"


def _title(book: Playbook, stage_id: str) -> str:
    stage = book.stage(stage_id)
    return mid_sentence(stage.title if stage else stage_id)


def _days(calendar: Calendar, day: date, today: date) -> str:
    first, last = sorted((day, today))
    return _spoken(calendar.working_days(first, last), "working day")


def _weeks(matter: Matter, pilot: Pilot, calendar: Calendar, today: date) -> str:
    """Return for how many whole weeks nothing has moved; before the first one is over, for how many days."""
    days = max(0, (today - calendar.day_of(matter.since or pilot.last_change_at)).days)
    return _spoken(days // 7, "week") if days >= 7 else _spoken(days, "day")


def _spoken(count: int, one: str) -> str:
    number, _, words = counted(count, one).partition(" ")
    return f"{in_words(int(number))} {words}"


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
