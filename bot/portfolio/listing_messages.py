"""What a list of pilots looks like: a private message or a window, with menus that narrow it and buttons that turn its pages.

Structure only; the words are in `prompts/portfolio/list.j2`.
"""

from datetime import datetime
from typing import Any, Final

from bot.domain.messages import Block, Body
from bot.domain.playbook import Playbook
from bot.domain.seeking import Shown
from bot.pilots.messages import stage_title
from bot.portfolio import wanted
from bot.portfolio.lines import line_block
from bot.portfolio.listing import Listed
from bot.portfolio.names import ActionId
from bot.portfolio.wanted import ANY, Wanted
from bot.slack import blocks
from bot.slack.blocks import Choice
from bot.slack.payloads import ButtonClick
from bot.slack.router import UnknownControl
from prompts.library import Library
from prompts.markup import Mrkdwn
from prompts.words import Words

ALL: Final = "all"
"""What a control carries that means every active pilot."""
CHOICES: Final = 99
SEVERAL: Final = "several owners"
"""What the menu of owners says where a list was asked for with more than one; choosing it changes nothing."""
_MENUS: Final = "filter"
WINDOW: Final = "portfolio.list"


def list_message(library: Library, page: Listed, now: datetime, *, share: bool) -> Body:
    """Return a page of pilots; `share` adds the menus and buttons that only one person uses, and the one that posts it."""
    words = list_words(library, page)
    parts: list[Block | None] = [blocks.section(title(words), "title")]
    if share:
        parts.append(filters(library, page, ActionId.FILTER))
    lines = page.lines if share else [line._replace(may_revive=False) for line in page.lines]
    parts += [line_block(library, line, now) for line in lines]
    if not page.is_last_page or page.wanted.page:
        parts.append(blocks.context(words.mrkdwn("place"), "place"))
    if share:
        ways = [*_turning(words, page), _share(library, page.wanted)]
        parts.append(blocks.actions(ways, "ways"))
    return blocks.message(words.mrkdwn("text", filtered=words.mrkdwn("filtered")), parts)


def list_view(library: Library, page: Listed, now: datetime) -> dict[str, Any]:
    """Return the same as a window."""
    words = list_words(library, page)
    turning = _turning(words, page)
    parts = [
        blocks.section(title(words), "title"),
        filters(library, page, ActionId.FILTER),
        *(line_block(library, line, now) for line in page.lines),
        *([blocks.context(words.mrkdwn("place"), "place")] if turning else []),
        *([blocks.actions(turning, "ways")] if turning else []),
    ]
    return blocks.modal(WINDOW, words.plain("window_title"), parts, submit=None, close=words.plain("close"))


def title(words: Words) -> Mrkdwn:
    """Return what a list shows, in a sentence."""
    return words.mrkdwn("title", filtered=words.mrkdwn("filtered"))


def list_words(library: Library, page: Listed) -> Words:
    """Return the words about a page."""
    meant = page.wanted
    return library.words(
        "portfolio/list",
        count=page.count,
        first=page.first,
        last=page.last,
        shown=meant.shown.value,
        stage=stage_title(library, meant.stage) if meant.stage else "",
        owners=meant.owners,
        everything=meant.everything,
    )


def filters(library: Library, page: Listed, action_id: ActionId) -> Block:
    """Return the menus that narrow a list: by its stage, by how its pilots fare, by who owns them."""
    meant, words = page.wanted, library.words("portfolio/list", owned=len(page.wanted.owners))
    stages = [Choice(words.plain("any_stage"), ANY)]
    stages += [Choice(stage.title, stage.id) for stage in library.playbook.stages[:CHOICES]]
    kinds = [Choice(words.plain(one.value), one.value) for one in Shown]
    controls = [
        blocks.static_select(blocks.one_of(action_id, "stage"), stages, initial=meant.stage or ANY),
        blocks.static_select(blocks.one_of(action_id, "shown"), kinds, initial=meant.shown.value),
        _owners(words, page, action_id),
    ]
    if page.owners.others:
        somebody = words.plain("somebody")
        controls.append(blocks.users_select(blocks.one_of(action_id, "person"), placeholder=somebody))
    if not meant.everything:
        controls.append(blocks.button(words.plain("clear"), blocks.one_of(action_id, "clear"), "clear"))
    return blocks.actions(controls, menus_id(meant))


def _owners(words: Words, page: Listed, action_id: ActionId) -> Block:
    """Return the menu of owners, with an entry for what is shown now, whatever that is."""
    owned = page.wanted.owners
    offered = [Choice(words.plain("any_owner"), ANY)]
    offered += [Choice(words.plain("several_owners"), SEVERAL)] if len(owned) > 1 else []
    offered += [Choice(one.name, one.id) for one in page.owners.offered]
    initial = SEVERAL if len(owned) > 1 else owned[0] if owned else ANY
    return blocks.static_select(blocks.one_of(action_id, "owner"), offered, initial=initial)


def chosen_in(click: ButtonClick) -> str:
    """Return what was chosen in one of these menus: the value of an entry, or a person's id."""
    return click.value or next(iter(click.selected), "")


def list_of_block(block_id: str, playbook: Playbook) -> Wanted:
    """Return which list the menus of a block are above; `UnknownControl` where they are above none."""
    name, _, carried = block_id.partition(":")
    if name != _MENUS:
        raise UnknownControl
    return list_of(carried or ALL, playbook)


def list_of(value: str, playbook: Playbook) -> Wanted:
    """Return which list a control means; `UnknownControl` for a value that none of ours has."""
    carried = "" if value == ALL else value
    if not value or not wanted.is_ours(carried, playbook):
        raise UnknownControl
    return wanted.read(carried, playbook)


def menus_id(meant: Wanted) -> str:
    """Return the id of the block with the menus: another for each list, or Slack would go on to show what was chosen before."""
    return f"{_MENUS}:{meant.carried()}"


def _turning(words: Words, page: Listed) -> list[Block]:
    """Return the buttons that lead to other pages."""
    return [
        blocks.button(
            words.plain(name), blocks.one_of(ActionId.PAGE, name), _value(page.wanted.at_page(number))
        )
        for name, number in page.ways
    ]


def _value(meant: Wanted) -> str:
    return meant.carried() or ALL


def _share(library: Library, meant: Wanted) -> Block:
    words = library.words("portfolio/share")
    return blocks.button(words.plain("share"), ActionId.SHARE_LIST, _value(meant))
