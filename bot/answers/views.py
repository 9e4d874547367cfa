"""Windows for looking: all answers of a pilot with Change beside each, and one answer's history.

Structure only; the words are in `prompts/answers/`. Both are paged, so that two hundred items or revisions fit.
"""

from collections.abc import Sequence
from typing import Any, Final

from bot.answers.names import About, ActionId, CallbackId
from bot.domain.answers import Answer, Status
from bot.domain.messages import Block
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.readiness import ItemStanding
from bot.domain.values import Frozen
from bot.interview.lines import said_back
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

LINES_ON_A_PAGE: Final = 40
"""Each may have a title above it, and a window takes a hundred blocks."""
REVISIONS_ON_A_PAGE: Final = 20
LINE_SHOWN: Final = 400
DETAIL_SHOWN: Final = 120
WORDS_SHOWN: Final = 1200
"""How much of a revision's words its history shows."""


class Listed(Frozen):
    """One item of the list, with the title of the checklist it stands in."""

    standing: ItemStanding
    checklist: str


def list_view(library: Library, pilot: Pilot, listed: Sequence[Listed], page: int) -> dict[str, Any]:
    """Return all items that a pilot was and is asked about, a line each with the way to change it."""
    page, pages = _within(page, len(listed), LINES_ON_A_PAGE)
    here = listed[page * LINES_ON_A_PAGE :][:LINES_ON_A_PAGE]
    open_ones = sum(not (one.standing.settled or one.standing.waived) for one in listed)
    words = library.words(
        "answers/list", pilot=pilot, total=len(listed), open=open_ones, page=page + 1, pages=pages
    )
    parts: list[Block] = [blocks.section(words.mrkdwn("intro"), "intro")]
    before = ""
    for one in here:
        if one.checklist != before:
            parts.append(
                blocks.context(words.mrkdwn("checklist", title=one.checklist), f"list:{one.standing.item.id}")
            )
        before = one.checklist
        parts.append(_line(words, pilot, one.standing))
    parts += _pager(words, ActionId.LIST, pilot.id, page, pages)
    return blocks.modal(
        CallbackId.LIST,
        words.plain("title"),
        parts,
        submit=None,
        close=words.plain("close"),
        private=f"{pilot.id}:{page}",
    )


def _line(words: Words, pilot: Pilot, standing: ItemStanding) -> Block:
    item = standing.item
    missing = standing.answer is None or standing.answer.status in {Status.NOT_YET, Status.SKIPPED}
    label = "answer" if missing else "change"
    change = blocks.button(
        words.plain(label), blocks.one_of(ActionId.WRITE, item.id), About(pilot.id, item.id).packed()
    )
    said = said_back(standing.answer, item) if standing.answer else None
    line = words.mrkdwn("line", at_most=LINE_SHOWN, standing=standing, said=said, most=DETAIL_SHOWN)
    return blocks.section(line, f"item:{item.id}", change)


def history_view(
    library: Library, pilot: Pilot, item: Item, revisions: Sequence[Answer], page: int
) -> dict[str, Any]:
    """Return all revisions of an answer, newest first: who, when, the status, the words, what it is made of, the links."""
    page, pages = _within(page, len(revisions), REVISIONS_ON_A_PAGE)
    words = library.words(
        "answers/history", pilot=pilot, item=item, total=len(revisions), page=page + 1, pages=pages
    )
    newest_first = sorted(revisions, key=lambda answer: answer.revision, reverse=True)
    here = newest_first[page * REVISIONS_ON_A_PAGE :][:REVISIONS_ON_A_PAGE]
    parts: list[Block] = [blocks.section(words.mrkdwn("intro"), "intro")]
    parts += [
        blocks.section(
            words.mrkdwn(
                "revision",
                answer=answer,
                said=said_back(answer, item),
                most=WORDS_SHOWN,
                current=answer is newest_first[0],
            ),
            f"revision:{answer.revision}",
        )
        for answer in here
    ]
    parts += _pager(words, ActionId.HISTORY, f"{pilot.id}:{item.id}", page, pages)
    return blocks.modal(
        CallbackId.HISTORY,
        words.plain("title"),
        parts,
        submit=None,
        close=words.plain("close"),
        private=pilot.id,
    )


def _within(page: int, total: int, on_a_page: int) -> tuple[int, int]:
    """Return the page that there is, counting from 0, and how many there are."""
    pages = max(1, -(-total // on_a_page))
    return min(page, pages - 1), pages


def _pager(words: Words, action_id: ActionId, value: str, page: int, pages: int) -> list[Block]:
    """Return the buttons to the other pages; none where there is only one."""
    turns = [("previous", page - 1)] * (page > 0) + [("next", page + 1)] * (page + 1 < pages)
    buttons = [
        blocks.button(words.plain(name), blocks.one_of(action_id, name), f"{value}:{to}")
        for name, to in turns
    ]
    if not buttons:
        return []
    return [blocks.context(words.mrkdwn("where"), "where"), blocks.actions(buttons, "pages")]
