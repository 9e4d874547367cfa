"""The lines of a thread: what a question shrinks to once it is answered, left out, or put to somebody else.

Structure only; the words are in `prompts/interview/`. A line stands in the message that asked.
"""

from datetime import date
from typing import NamedTuple

from bot.domain.answers import Answer, Status, Value
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Item
from bot.domain.unreached import reaches_nobody
from bot.interview.controls import Offered
from bot.slack import blocks
from prompts.library import Library
from prompts.values import Saying, value_in_words
from prompts.words import Words

DETAIL_SHOWN = 160
"""How much of an answer its line shows, in characters; the whole is kept and one click away."""
QUOTE_SHOWN = 120
LINKS_SHOWN = 2


class Said(NamedTuple):
    """What a line says of an answer: its words, and what was understood of them; neither repeats the other."""

    words: str
    value: Value | None


def said_back(answer: Answer, item: Item) -> Said:
    """Return the words and the value as far as both are worth showing; words that are nothing but the value give way."""
    value = answer.value
    if value is None or value.kind in {AnswerKind.STATUS, AnswerKind.TEXT, AnswerKind.LINK}:
        return Said(answer.detail, None)
    if value.kind in {AnswerKind.PERSON, AnswerKind.GROUP} and "@" in answer.detail:
        return Said(answer.detail, None)
    alone = answer.detail.strip() == words_of(value, item)
    return Said("" if alone else answer.detail, value)


def words_of(value: Value, item: Item) -> str:
    """Return a value as somebody would write it, for answers that are picked instead of written."""
    return value_in_words(value, item, Saying(_long_day, str, str, str))


def _long_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def settled_message(library: Library, pilot: Pilot, item: Item, answer: Answer) -> Body:
    """Return the one line that an answered question becomes, with what was understood."""
    words = library.words(
        "interview/settled",
        item=item,
        answer=answer,
        said=said_back(answer, item),
        reaches_nobody=reaches_nobody(library.playbook, item, answer),
        also_shown_by=_not_in_the_words(answer),
        most=DETAIL_SHOWN,
    )
    if answer.status is Status.SKIPPED:
        return _line(words, _answer_button(words, pilot, item))
    entries = [
        blocks.Choice(words.plain(entry), f"{entry}:{pilot.id}:{item.id}")
        for entry in ("change", "evidence", "history")
    ]
    return _line(words, blocks.overflow(Offered.ANSWER_MENU, entries))


def _not_in_the_words(answer: Answer) -> tuple[str, ...]:
    """Return the addresses that show it and that the part of the words that is shown does not hold: files, say."""
    said = answer.detail[:DETAIL_SHOWN]
    return tuple(address for address in answer.evidence if address not in said)[:LINKS_SHOWN]


def unanswered_message(library: Library, pilot: Pilot, item: Item) -> Body:
    """Return the line of a question that was not answered."""
    words = library.words("interview/unanswered", item=item)
    return _line(words, _answer_button(words, pilot, item))


def asked_later_message(library: Library, item: Item) -> Body:
    """Return the line of a question that comes again after another one."""
    return _grey_line(library.words("interview/asked_later", item=item))


def asked_below_message(library: Library, item: Item, answer: Answer | None = None) -> Body:
    """Return the line of a question that stands below again: as a whole, or because one thing more is asked."""
    words = library.words("interview/asked_below", item=item, answer=answer, most=QUOTE_SHOWN)
    return _grey_line(words)


def _answer_button(words: Words, pilot: Pilot, item: Item) -> Block:
    return blocks.button(words.plain("answer"), Offered.WRITE, f"{pilot.id}:{item.id}")


def _line(words: Words, control: Block) -> Body:
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("line"), "line", control)])


def _grey_line(words: Words) -> Body:
    return blocks.message(words.mrkdwn("text"), [blocks.context(words.mrkdwn("line"), "line")])
