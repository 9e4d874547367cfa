"""The Home tab: what awaits somebody, their pilots, the portfolio for those who lead it, and their reminders.

Structure only; the words are in `prompts/portfolio/`. Whatever there is, it stays within Slack's hundred blocks: each part has
its room, and pages for what is more.
"""

from datetime import datetime
from typing import Any, Final

from bot.answers.names import ActionId as AnswersActionId
from bot.domain.messages import Block
from bot.exports.messages import ALL, ActionId as ExportActionId
from bot.nudges.messages import reminders_section
from bot.pilots.messages import ActionId as PilotActionId
from bot.portfolio import pictures
from bot.portfolio.awaited_messages import waiting_lines
from bot.portfolio.home import HomeFacts
from bot.portfolio.lines import Line, line_block
from bot.portfolio.listing import Listed
from bot.portfolio.listing_messages import filters, list_words, title
from bot.portfolio.names import ActionId
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

LINES_AWAITED: Final = 30
"""How many blocks about what awaits somebody their Home tab has room for."""
REMINDERS: Final = 15
MINE, EVERYTHING = "mine", "all"
"""The two lists that have pages."""


def home_view(library: Library, facts: HomeFacts, now: datetime) -> dict[str, Any]:
    """Return a person's Home tab, with the same in plain blocks for where Slack refuses the chart."""
    chart = pictures.funnel(library, facts.figures) if facts.portfolio else None
    in_words = [one for one in pictures.said_instead(library, facts.figures) if one["block_id"] == "funnel"]
    view: dict[str, Any] = {
        "type": "home",
        "callback_id": "home",
        "private_metadata": facts.page.carried(),
        "blocks": _parts(library, facts, now, [chart] if chart else []),
    }
    return view | {"instead": _parts(library, facts, now, in_words)} if chart else view


def _parts(library: Library, facts: HomeFacts, now: datetime, picture: list[Block]) -> list[Block]:
    words = _words(library, facts)
    return [
        blocks.header(words.plain("title"), "title"),
        blocks.section(
            words.mrkdwn("intro"),
            "intro",
            blocks.button(words.plain("new"), PilotActionId.NEW, "new", style="primary"),
        ),
        *_awaited(library, words, facts),
        *_mine(library, words, facts.mine, now),
        *_portfolio(library, words, facts, now, picture),
        *_reminders(library, facts),
    ]


def _words(library: Library, facts: HomeFacts) -> Words:
    return library.words(
        "portfolio/home",
        mine=facts.mine.count,
        others=facts.others,
        waiting=facts.waiting.without_unfinished().count,
        leads=facts.portfolio is not None,
        said=pictures.headline(library, facts.figures),
    )


def _awaited(library: Library, words: Words, facts: HomeFacts) -> list[Block]:
    waiting = facts.waiting.without_unfinished()  # each of those stands below with its own button
    if not waiting.count:
        return []
    lines = waiting_lines(library, waiting, LINES_AWAITED)
    return [blocks.header(words.plain("awaited_title"), "awaited"), *lines]


def _mine(library: Library, words: Words, page: Listed, now: datetime) -> list[Block]:
    if not page.count:
        return []
    parts = [blocks.divider("mine_line"), blocks.header(words.plain("mine_title"), MINE)]
    for line in page.lines:
        parts += [line_block(library, line, now), *_go_on(library, line)]
    return [*parts, *_turning(words, page, MINE)]


def _go_on(library: Library, line: Line) -> list[Block]:
    """Return what somebody does next with a pilot of theirs; nothing for one that is at the end of its way."""
    pilot, words = line.pilot, library.words("portfolio/home_pilot")
    if pilot.ready and not pilot.hold:
        name, action_id = "promote", PilotActionId.REQUEST.value
    elif pilot.in_place < pilot.required:
        name, action_id = "coach", ActionId.COACH.value
    else:
        return []
    go_on = blocks.button(words.plain(name), blocks.one_of(action_id, pilot.id), pilot.id)
    answers = blocks.button(words.plain("answers"), blocks.one_of(AnswersActionId.LIST, pilot.id), pilot.id)
    return [blocks.actions([go_on, answers], f"go_on:{pilot.id}")]


def _portfolio(
    library: Library, words: Words, facts: HomeFacts, now: datetime, picture: list[Block]
) -> list[Block]:
    """Return the whole portfolio for those who lead it, for others the way to the list of it."""
    page = facts.portfolio
    counted = facts.figures.pilots > 0
    if not counted and (page is None or (page.wanted.everything and not page.count)):
        return []
    if page is None:
        show = blocks.button(words.plain("show_all"), ActionId.SHOW_LIST, "all")
        return [
            blocks.divider("all_line"),
            blocks.header(words.plain("all_title"), EVERYTHING),
            blocks.section(words.mrkdwn("headline"), "headline", show),
        ]
    parts = [
        blocks.divider("all_line"),
        blocks.header(words.plain("portfolio_title"), EVERYTHING),
        *([blocks.section(words.mrkdwn("headline"), "headline")] if counted else []),
        *picture,
        _menus(library, words, page),
    ]
    if not page.wanted.everything:
        parts.append(blocks.context(title(list_words(library, page)), "shown"))
    # A pilot may stand on the same tab twice, so that what is unique within it says in which list it stands.
    parts += [_told_apart(line_block(library, line, now)) for line in page.lines]
    return [*parts, *_turning(words, page, EVERYTHING)]


def _menus(library: Library, words: Words, page: Listed) -> Block:
    """Return the menus that narrow the portfolio, beside what else can be had of it."""
    menus = filters(library, page, ActionId.HOME_FILTER)
    ways = [
        blocks.button(words.plain("trends"), ExportActionId.TRENDS, ALL),
        blocks.button(words.plain("export"), ExportActionId.EXPORT, ALL),
    ]
    return menus | {"elements": [*menus["elements"], *ways]}


def _told_apart(line: Block) -> Block:
    control = line["accessory"]
    return line | {
        "block_id": f"{EVERYTHING}:{line['block_id']}",
        "accessory": control | {"action_id": f"{control['action_id']}:{EVERYTHING}"},
    }


def _turning(words: Words, page: Listed, which: str) -> list[Block]:
    """Return where a page stands and the buttons that lead to others; nothing where there is one page."""
    ways = [
        blocks.button(words.plain(name), f"{ActionId.HOME_PAGE}:{which}:{name}", f"{which}:{number}")
        for name, number in page.ways
    ]
    if not ways:
        return []
    place = words.mrkdwn("place", first=page.first, last=page.last, count=page.count)
    return [blocks.context(place, f"{which}_place"), blocks.actions(ways, f"{which}_ways")]


def _reminders(library: Library, facts: HomeFacts) -> list[Block]:
    """Return when they hear of what waits, and what they have muted."""
    told = facts.reminders
    if told is None:
        return []
    ahead = told.preference and told.preference.model_copy(update={"away": told.away})
    section = reminders_section(library, ahead, told.hours, told.mutes)
    return [blocks.divider("reminders_line"), *section[:REMINDERS]]
