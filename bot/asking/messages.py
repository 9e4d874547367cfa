"""What asking somebody looks like: the form, the question in the direct message, its one follow-up, and what comes back.

Structure only; the words are in `prompts/asking/`. What a question becomes once it is settled is in `interview.told`.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from bot.domain.answers import Answer, Status
from bot.domain.asks import Ask
from bot.domain.messages import Block, Body
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Item, Role
from bot.interview import lines, once_more
from bot.interview.controls import Offered
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

KNOWN_SHOWN = 300
NOTE_LENGTH = 1000
OPEN_SHOWN = 10
"""How many open questions a reply lists; the rest are counted."""


class ActionId(StrEnum):
    """The controls of this feature."""

    ASK = Offered.ASK
    IN_PLACE = "ask.in_place"
    PARTLY = "ask.partly"
    NOT_YET = "ask.not_yet"
    NOT_ME = "ask.not_me"
    LEAVE = once_more.LEAVE
    TAKE_BACK = "ask.take_back"


class CallbackId(StrEnum):
    """The forms of this feature."""

    ASK = "ask.form"
    NOT_ME = "ask.not_me_form"


class Asked(NamedTuple):
    """An open question of a person, as a reply lists it."""

    title: str
    pilot: str
    link: str | None
    value: str
    """pilot:item"""


class Reply(StrEnum):
    """Why Preflight replies to words in a direct message."""

    WHICH = "which"
    NO_ANSWER = "no_answer"
    NOTHING = "nothing"


def ask_form(
    library: Library, pilot: Pilot, item: Item, groups: Iterable[blocks.Choice], asker_id: str, private: str
) -> dict[str, Any]:
    """Return the form that asks whom to ask. Where the production owner usually knows, it is chosen already.

    `private` is pilot:item:interview, and gets whom the form has chosen by itself as a fourth part.
    """
    owner_id = pilot.owner_id if item.asks is Role.PRODUCTION_OWNER and pilot.owner_id != asker_id else None
    usual = None if item.asks is Role.CHAMPION and pilot.champion_id == asker_id else item.asks.value
    words = library.words("asking/ask_form", pilot=pilot, item=item, whom=usual, owner_id=owner_id)
    choices = list(groups)[:100]
    owner_is_group = owner_id is not None and is_group(owner_id)
    person = blocks.users_select(
        "whom",
        initial=None if owner_is_group else owner_id,
        placeholder=words.plain("whom_placeholder"),
    )
    group = blocks.static_select("group", choices, initial=owner_id if owner_is_group else None)
    note = blocks.text_input(
        "note", placeholder=words.plain("note_placeholder"), multiline=True, max_length=NOTE_LENGTH
    )
    parts = [
        blocks.section(words.mrkdwn("intro"), "intro"),
        blocks.field(words.plain("whom_label"), person, "whom", optional=bool(choices)),
    ]
    if choices:
        hint = words.plain("group_hint")
        parts.append(blocks.field(words.plain("group_label"), group, "group", hint=hint, optional=True))
    parts.append(blocks.field(words.plain("note_label"), note, "note", optional=True))
    return blocks.modal(
        CallbackId.ASK,
        words.plain("title"),
        parts,
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=f"{private}:{owner_id or ''}",
    )


def asked_message(
    library: Library, ask: Ask, pilot: Pilot, item: Item, link: str | None, known: Answer | None = None
) -> Body:
    """Return a question as a direct message: who asks, about what, why, and what a good answer looks like.

    `known` is what was answered before, so that nobody starts from nothing.
    """
    if known and known.status is Status.SKIPPED:
        known = None
    words = library.words(
        "asking/asked",
        ask=ask,
        pilot=pilot,
        item=item,
        link=link,
        known=known,
        said=lines.said_back(known, item) if known else None,
        most=KNOWN_SHOWN,
        to_group=is_group(ask.asked_id),
    )
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.section(words.mrkdwn("note"), "note") if ask.note else None,
            blocks.section(words.mrkdwn("question"), "question"),
            blocks.context(words.mrkdwn("good"), "good"),
            blocks.context(words.mrkdwn("known"), "known") if known else None,
            blocks.actions(_ways_to_answer(words, ask, item), "answers"),
            blocks.context(words.mrkdwn("hint"), "hint"),
        ],
    )


def _ways_to_answer(words: Words, ask: Ask, item: Item) -> list[Block]:
    if item.kind is AnswerKind.STATUS:
        quick = [
            blocks.button(words.plain("in_place"), ActionId.IN_PLACE, ask.id, style="primary"),
            blocks.button(words.plain("partly"), ActionId.PARTLY, ask.id),
            blocks.button(words.plain("not_yet"), ActionId.NOT_YET, ask.id),
        ]
    else:
        for_form = f"{ask.pilot_id}:{item.id}"
        quick = [blocks.button(words.plain("write"), Offered.WRITE, for_form, style="primary")]
    return [*quick, blocks.button(words.plain("not_me"), ActionId.NOT_ME, ask.id)]


def not_me_form(library: Library, ask: Ask, pilot: Pilot, item: Item) -> dict[str, Any]:
    """Return the form that hands a question back, with room for a word."""
    others = len(ask.people) > 1
    words = library.words("asking/not_me_form", ask=ask, pilot=pilot, item=item, others=others)
    word = blocks.text_input(
        "word", placeholder=words.plain("word_placeholder"), multiline=True, max_length=NOTE_LENGTH
    )
    return blocks.modal(
        CallbackId.NOT_ME,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.field(
                words.plain("word_label"), word, "word", hint=words.plain("word_hint"), optional=True
            ),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=ask.id,
    )


def line_message(library: Library, ask: Ask, pilot: Pilot, item: Item) -> Body:
    """Return the line of a question that somebody else was asked; it can be answered all the same, or taken back."""
    words = library.words("asking/line", ask=ask, item=item)
    row = [
        blocks.button(words.plain("write"), Offered.WRITE, f"{pilot.id}:{item.id}"),
        blocks.button(words.plain("take_back"), ActionId.TAKE_BACK, ask.id),
    ]
    return blocks.message(
        words.mrkdwn("text"), [blocks.section(words.mrkdwn("line"), "line"), blocks.actions(row, "ways_on")]
    )


def handed_back_message(
    library: Library, ask: Ask, pilot: Pilot, item: Item, by: str, word: str, *, others: bool
) -> Body:
    """Return the word in the thread that a question was handed back, with the two ways on; none while others are asked."""
    words = library.words("asking/handed_back", ask=ask, item=item, by=by, word=word, others=others)
    body = blocks.section(words.mrkdwn("body"), "handed_back")
    if others:
        return blocks.message(words.mrkdwn("text"), [body])
    again = f"{pilot.id}:{item.id}:{ask.interview_id or ''}"
    row = [
        blocks.button(words.plain("ask"), ActionId.ASK, again),
        blocks.button(words.plain("write"), Offered.WRITE, f"{pilot.id}:{item.id}"),
    ]
    return blocks.message(
        words.mrkdwn("text"),
        [body, blocks.actions(row, "ways_on")],
    )


def awaiting_message(library: Library, open_ones: Sequence[Asked], why: Reply) -> Body:
    """Return the one reply to words that were no answer: what awaits the person, and the commands."""
    words = library.words(
        "asking/awaiting",
        open_ones=list(open_ones[:OPEN_SHOWN]),
        more=max(0, len(open_ones) - OPEN_SHOWN),
        why=why.value,
    )
    parts: list[Block | None] = [blocks.section(words.mrkdwn("intro"), "intro")]
    for one in open_ones[:OPEN_SHOWN]:
        write = blocks.button(words.plain("write"), blocks.one_of(Offered.WRITE, one.value), one.value)
        parts.append(blocks.section(words.mrkdwn("line", one=one), f"open:{one.value}", write))
    if len(open_ones) > OPEN_SHOWN:
        parts.append(blocks.context(words.mrkdwn("more_line"), "more"))
    parts.append(blocks.context(words.mrkdwn("commands"), "commands"))
    return blocks.message(words.mrkdwn("text"), parts)
