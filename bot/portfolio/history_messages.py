"""What a page of a pilot's story looks like. Structure only; the sentences are in `prompts/record/events.j2`."""

from enum import StrEnum

from bot.domain.messages import Block, Body
from bot.domain.values import PREFLIGHT
from bot.portfolio.history import Page, Told
from bot.slack import blocks
from prompts.library import Library
from prompts.markup import Mrkdwn

LINE_SHOWN = 400
"""The longest line, in characters: a page of them stays under what Slack takes over all blocks of a message."""


class ActionId(StrEnum):
    """The controls of a page."""

    OLDER = "history.older"
    NEWEST = "history.newest"


def history_message(library: Library, page: Page) -> Body:
    """Return a page for one pair of eyes, with a button for what came before."""
    words = library.words("portfolio/history", pilot=page.pilot)
    parts: list[Block | None] = [blocks.section(words.mrkdwn("title"), "title")]
    parts += [
        blocks.section(_line(library, page, one), f"entry:{number}") for number, one in enumerate(page.told)
    ]
    if page.older is None:
        parts.append(blocks.context(words.mrkdwn("first" if page.told else "nothing"), "end"))
    parts.append(_ways(library, page))
    return blocks.message(words.mrkdwn("text"), parts)


def _ways(library: Library, page: Page) -> Block | None:
    words, pilot_id = library.words("portfolio/history", pilot=page.pilot), page.pilot.id
    ways = []
    if page.older is not None:
        ways.append(blocks.button(words.plain("older"), ActionId.OLDER, f"{pilot_id}:{page.older}"))
    if not page.newest:
        ways.append(blocks.button(words.plain("newest"), ActionId.NEWEST, pilot_id))
    return blocks.actions(ways, "ways") if ways else None


def _line(library: Library, page: Page, told: Told) -> Mrkdwn:
    words = library.words("portfolio/history", pilot=page.pilot)
    return words.mrkdwn(
        "line",
        at_most=LINE_SHOWN,
        at=told.at,
        who=told.who,
        by_itself=told.who == PREFLIGHT,
        on_behalf_of=told.on_behalf_of,
        did=sentence(library, told),
        erased=told.erased,
    )


def sentence(library: Library, told: Told) -> Mrkdwn:
    """Return what was done, in plain words; a kind that this version has no words for is named as it is."""
    words = library.words("record/events", told=told)
    block = told.what.replace(".", "_")
    if block in words.blocks and block != "other":
        return words.mrkdwn(block)
    return words.mrkdwn("other", kind=told.what.replace(".", " ").replace("_", " "))
