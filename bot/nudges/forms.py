"""The windows of this feature: for how long to hear nothing, what is in the way, how it was solved, and when somebody wants to hear.

Structure only; the words are in `prompts/nudges/`. What travels in `private` is an id, looked up again when the form comes back.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from bot.domain.calendar import Away, Calendar
from bot.domain.messages import Block
from bot.domain.notices import Blocker
from bot.domain.pilots import Pilot
from bot.nudges.names import CallbackId
from bot.nudges.workflow import Until
from bot.slack import blocks
from bot.slack.blocks import Choice
from prompts.english import full_day, short_day
from prompts.library import Library
from prompts.words import Words

MUTED_DAYS: Final = 28
BLOCKED_DAYS: Final = 7
"""What the forms propose, in days from today."""
AWAY_SHOWN: Final = 10
"""How many days away a form lists; Slack takes no more entries that are all in sight."""
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def snooze_form(library: Library, pilot: Pilot, value: str) -> dict[str, Any]:
    """Return the form that asks for how long somebody wants to hear nothing of a matter."""
    words = library.words("nudges/snooze_form", pilot=pilot, days=library.playbook.nudges.snooze_days)
    choices = [Choice(words.plain(one.value), one.value) for one in Until]
    until = blocks.radio_buttons("until", choices, initial=Until.DAY)
    fields = [
        blocks.field(words.plain("until_label"), until, "until"),
        _field(words, "day", blocks.datepicker("day"), optional=True),
    ]
    return _form(words, CallbackId.SNOOZE, value, fields)


def mute_form(library: Library, pilot: Pilot, value: str, today: date, channel: str | None) -> dict[str, Any]:
    """Return the form that asks why a pilot is muted, and until when; for a channel where one is named."""
    words = library.words("nudges/mute_form", pilot=pilot, channel=channel)
    until = blocks.datepicker("until", initial=today + timedelta(days=MUTED_DAYS))
    return _form(
        words, CallbackId.MUTE, value, [_words_field(words, "reason"), _field(words, "until", until)]
    )


def blocked_form(library: Library, pilot: Pilot, value: str, today: date) -> dict[str, Any]:
    """Return the form that asks what is in the way, who can settle it, and by when."""
    words = library.words("nudges/blocked_form", pilot=pilot)
    until = blocks.datepicker("until", initial=today + timedelta(days=BLOCKED_DAYS))
    fields = [
        _words_field(words, "what"),
        _field(words, "by", blocks.users_select("by")),
        _field(words, "until", until),
    ]
    return _form(words, CallbackId.BLOCKED, value, fields)


def solved_form(library: Library, pilot: Pilot, blocker: Blocker) -> dict[str, Any]:
    """Return the form that asks how something was solved."""
    words = library.words("nudges/solved_form", pilot=pilot, blocker=blocker)
    return _form(words, CallbackId.SOLVED, blocker.id, [_words_field(words, "how")])


def not_mine_form(library: Library, pilot: Pilot, blocker: Blocker) -> dict[str, Any]:
    """Return the form in which somebody says that it is not theirs, and whose it may be."""
    words = library.words("nudges/not_mine_form", pilot=pilot, blocker=blocker)
    return _form(words, CallbackId.NOT_MINE, blocker.id, [_words_field(words, "word", optional=True)])


def not_me_form(library: Library, pilot: Pilot) -> dict[str, Any]:
    """Return the form in which a champion passes a pilot on."""
    words = library.words("nudges/not_me_form", pilot=pilot)
    fields = [_field(words, "to", blocks.users_select("to")), _words_field(words, "note", optional=True)]
    return _form(words, CallbackId.NOT_ME, pilot.id, fields)


def preferences_form(
    library: Library, hours: Calendar, company: Calendar, away: Sequence[Away]
) -> dict[str, Any]:
    """Return the form in which somebody says when they want to hear; `away` are their days off that are not over."""
    words = library.words("nudges/preferences_form", zone=hours.zone, company=company)
    first = [Choice(f"{hour}:00", str(hour)) for hour in range(24)]
    last = [Choice(f"{hour}:00", str(hour)) for hour in range(1, 25)]
    days = [Choice(name, str(number)) for number, name in enumerate(WEEKDAYS)]
    kept = [Choice(_days_off(one), packed(one)) for one in away[:AWAY_SHOWN]]
    fields: list[Block | None] = [
        blocks.context(words.mrkdwn("zone"), "zone"),
        blocks.field(
            words.plain("from_label"),
            blocks.static_select("from", first, initial=str(hours.from_hour)),
            "from",
        ),
        _field(words, "until", blocks.static_select("until", last, initial=str(hours.until_hour))),
        blocks.field(
            words.plain("days_label"),
            blocks.checkboxes("days", days, initial=[str(one) for one in hours.days]),
            "days",
        ),
        _kept(words, kept) if kept else None,
        blocks.field(words.plain("first_label"), blocks.datepicker("first"), "first", optional=True),
        blocks.field(
            words.plain("last_label"),
            blocks.datepicker("last"),
            "last",
            hint=words.plain("away_hint"),
            optional=True,
        ),
    ]
    return _form(words, CallbackId.PREFERENCES, "", [one for one in fields if one])


def packed(one: Away) -> str:
    """Return days away as the value of an entry."""
    return f"{one.first.isoformat()} {one.last.isoformat()}"


def _kept(words: Words, kept: Sequence[Choice]) -> Block:
    boxes = blocks.checkboxes("keep", kept, initial=[one.value for one in kept])
    return blocks.field(
        words.plain("keep_label"), boxes, "keep", hint=words.plain("keep_hint"), optional=True
    )


def _days_off(one: Away) -> str:
    if one.first == one.last:
        return full_day(one.first)
    return f"{short_day(one.first)} to {full_day(one.last)}"


def _field(words: Words, name: str, element: Block, *, optional: bool = False) -> Block:
    return blocks.field(
        words.plain(f"{name}_label"), element, name, hint=words.plain(f"{name}_hint"), optional=optional
    )


def _words_field(words: Words, name: str, *, optional: bool = False) -> Block:
    element = blocks.text_input(
        name,
        placeholder=words.plain(f"{name}_placeholder"),
        multiline=True,
        max_length=blocks.REASON_LENGTH,
    )
    return _field(words, name, element, optional=optional)


def _form(words: Words, callback_id: str, private: str, fields: Sequence[Block]) -> dict[str, Any]:
    return blocks.modal(
        callback_id,
        words.plain("title"),
        [blocks.section(words.mrkdwn("intro"), "intro"), *fields],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=private,
    )
