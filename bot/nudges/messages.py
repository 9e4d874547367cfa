"""The one message of a day: a line for each thing that waits, with what to do about it, and what each line becomes once it is done.

Structure only; the words are in `prompts/nudges/`. A message that was sent gets no new lines: `settled` changes those it has.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bot.domain.calendar import Calendar
from bot.domain.messages import Block, Body
from bot.domain.notices import Mute, Preference
from bot.domain.pilots import Pilot
from bot.nudges.controls import Control, Way
from bot.nudges.names import ActionId, controls_block, line_block
from bot.pilots.messages import ActionId as PilotActionId
from bot.slack import blocks
from prompts.english import join_words
from prompts.library import Library
from prompts.markup import Mrkdwn
from prompts.words import Words

LINES_SHOWN: Final = 15
"""How many things one message spells out; the rest are counted."""
LINE_SHOWN: Final = 620
"""The longest line, in characters: fifteen of them stay under what Slack takes over all blocks of a message."""
MUTES_SHOWN: Final = 8
"""How many muted pilots the Home tab lists; it has room for a hundred blocks of everything."""


class Line(NamedTuple):
    """One thing that waits, as somebody reads of it."""

    mark: str
    pilot: Pilot
    said: Mrkdwn
    way: Way
    cost: Mrkdwn = Mrkdwn("")
    put_off: Mrkdwn = Mrkdwn("")


class Rest(NamedTuple):
    """What a message only counts."""

    things: int = 0
    value: str = ""
    """What the button carries that shows it; empty in a channel, where nobody is shown anything of their own."""


NOTHING_MORE: Final = Rest()


@dataclass(frozen=True)
class Day:
    """What a person, or a channel, is told on a day."""

    lines: Sequence[Line]
    hours: Calendar
    rest: Rest = NOTHING_MORE
    """What is not spelt out."""
    earlier: int = 0
    """Of how many they were told before, without doing anything about them since."""
    channel: bool = False


class Standing(NamedTuple):
    """How many lines of a message still wait, and whose pilot the first of them is about."""

    waiting: int
    only: str
    channel: bool = False


def day_message(library: Library, day: Day) -> Body:
    """Return the message of a day; what is most urgent comes first, and what is about one pilot stands together."""
    waiting = len(day.lines) + day.rest.things
    standing = Standing(waiting, day.lines[0].pilot.name if day.lines else "", day.channel)
    words = _words(library, standing, day.earlier, day.hours)
    parts: list[Block] = [blocks.section(words.mrkdwn("intro"), "intro"), *_lines(library, day.lines)]
    parts += _rest(words, day.rest)
    if day.earlier:
        parts.append(blocks.context(words.mrkdwn("earlier_line"), "earlier"))
    change = blocks.button(words.plain("change"), ActionId.PREFERENCES)
    when = words.mrkdwn("when")
    parts.append(blocks.context(when, "when") if day.channel else blocks.section(when, "when", change))
    return blocks.message(words.mrkdwn("text"), parts)


def rest_message(library: Library, lines: Sequence[Line], rest: Rest) -> Body:
    """Return lines that a message only counts, for the eyes of whoever was told; the first of them stands out no more than the others."""
    words = _words(library, Standing(len(lines) + rest.things, ""), 0, Calendar())
    said = words.mrkdwn("rest" if lines else "no_rest")
    parts = [blocks.section(said, "rest"), *_lines(library, lines, stands_out=False), *_rest(words, rest)]
    return blocks.message(said, parts)


def _lines(library: Library, lines: Iterable[Line], *, stands_out: bool = True) -> list[Block]:
    parts: list[Block] = []
    named: set[str] = set()
    for number, line in enumerate(lines):
        parts += _line(library, line, first=stands_out and not number, named=line.pilot.id in named)
        named.add(line.pilot.id)
    return parts


def _rest(words: Words, rest: Rest) -> list[Block]:
    """Return how many lines there are beside those, with the button that shows them."""
    if not rest.things:
        return []
    if not rest.value:
        return [blocks.context(words.mrkdwn("more_in_channel", more=rest.things), "more")]
    show = blocks.button(words.plain("show_rest"), ActionId.REST, rest.value)
    return [blocks.section(words.mrkdwn("more_line", more=rest.things), "more", show)]


class Settled(NamedTuple):
    """What a line has become, and the blocks in which it stands."""

    said: Mrkdwn
    words: Collection[str]
    controls: Collection[str]


def settled(
    library: Library, body: Body, over: Iterable[Settled], standing: Standing, rest: Rest = NOTHING_MORE
) -> Body:
    """Return a message in which some lines have become what they are now; the others stay as they were told.

    `rest` is what still waits of what it only counts.
    """
    words = _words(library, standing, 0, Calendar())
    becomes = {block_id: one.said for one in over for block_id in one.words}
    gone = {block_id for one in over for block_id in one.controls}
    parts: list[Block] = []
    there = {str(one["text"]["text"]) for one in body["blocks"] if _is_words(one, besides=becomes)}
    for block in body["blocks"]:
        block_id = str(block.get("block_id", ""))
        if block_id == "intro":
            parts.append(blocks.section(words.mrkdwn("intro"), "intro"))
        elif block_id == "more":
            parts += _rest(words, rest)
        elif block_id in becomes:
            if becomes[block_id] not in there:  # what became of two things of a pilot alike is said once
                parts.append(blocks.section(becomes[block_id], block_id))
            there.add(becomes[block_id])
        elif block_id not in gone:
            parts.append(block)
    return blocks.message(words.mrkdwn("text"), parts)


def _is_words(block: Block, *, besides: Collection[str]) -> bool:
    return block["type"] == "section" and block.get("block_id") not in besides


def _words(library: Library, standing: Standing, earlier: int, hours: Calendar) -> Words:
    return library.words(
        "nudges/day",
        waiting=standing.waiting,
        only=standing.only,
        channel=standing.channel,
        earlier=earlier,
        hours=hours,
    )


def _line(library: Library, line: Line, *, first: bool, named: bool) -> list[Block]:
    words = library.words(
        "nudges/line", pilot=line.pilot, said=line.said, put_off=line.put_off, cost=line.cost
    )
    text = words.mrkdwn("further" if named else "named", at_most=LINE_SHOWN)
    labels = library.words("nudges/controls")
    elements = [
        _button(labels, one, line.mark, primary=first and not number and _is_near(one, line.pilot))
        for number, one in enumerate(line.way.buttons)
    ]
    if line.way.menu:
        elements.append(_menu(labels, line.way.menu, line.mark))
    if len(elements) < 2:
        return [blocks.section(text, line_block(line.mark), elements[0] if elements else None)]
    return [
        blocks.section(text, line_block(line.mark)),
        blocks.actions(elements, controls_block(line.mark)),
    ]


def _is_near(one: Control, pilot: Pilot) -> bool:
    """Whether a control leads on at once; a promotion that would only tell what is missing does not stand out."""
    return pilot.ready or one.action_id != PilotActionId.REQUEST


def _button(labels: Words, one: Control, mark: str, *, primary: bool) -> Block:
    return blocks.button(
        labels.plain(one.word),
        blocks.one_of(one.action_id, mark),
        one.value,
        style="primary" if primary else None,
        url=one.link,
    )


def _menu(labels: Words, entries: Iterable[Control], mark: str) -> Block:
    return blocks.more(
        (blocks.Stands(labels.plain(one.word), one.action_id, one.value) for one in entries), mark
    )


def reminders_section(
    library: Library, preference: Preference | None, hours: Calendar, mutes: Sequence[tuple[Mute, Pilot]]
) -> list[Block]:
    """Return somebody's reminders for the end of their Home tab: when they hear, and what they have muted."""
    away = preference.away if preference else ()
    words = library.words("nudges/reminders", hours=hours, away=away, days=_days(hours.days))
    change = blocks.button(words.plain("change"), ActionId.PREFERENCES)
    parts = [
        blocks.header(words.plain("title"), "reminders"),
        blocks.section(words.mrkdwn("hours"), "reminder_hours", change),
    ]
    if away:
        parts.append(blocks.context(words.mrkdwn("away", at_most=blocks.CONTEXT_TEXT), "reminder_away"))
    for mute, pilot in mutes[:MUTES_SHOWN]:
        end = blocks.button(words.plain("unmute"), blocks.one_of(ActionId.UNMUTE, mute.id), mute.id)
        said = words.mrkdwn("muted", pilot=pilot, mute=mute)
        parts.append(blocks.section(said, f"mute:{mute.id}", end))
    if len(mutes) > MUTES_SHOWN:
        left = len(mutes) - MUTES_SHOWN
        parts.append(blocks.context(words.mrkdwn("more", more=left), "more_mutes"))
    return parts


def _days(days: Sequence[int]) -> str:
    """Return weekdays as words: "Monday to Friday", or each by its name."""
    if len(days) == len(_WEEKDAYS):
        return "every day"
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{_WEEKDAYS[days[0]]} to {_WEEKDAYS[days[-1]]}"
    return join_words([_WEEKDAYS[one] for one in days])


_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
