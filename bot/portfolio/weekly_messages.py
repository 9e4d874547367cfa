"""What the weekly digest looks like: a line a pilot under each heading, one chart, and the way to everything else.

Structure only; the words are in `prompts/portfolio/weekly.j2`.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Final

from bot.domain.messages import Block, Body
from bot.exports.messages import ALL, ActionId as ExportActionId
from bot.portfolio import pictures
from bot.portfolio.names import ActionId
from bot.portfolio.week import Heading, Week
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

A_DAY: Final = timedelta(days=1)
LINE_SHOWN: Final = 240
"""The longest line, in characters: five under each of the nine headings that meet stay under what Slack takes in a message."""


def weekly_message(library: Library, week: Week) -> Body:
    """Return the digest; where Slack takes no charts, the same stands in a line."""
    words = library.words("portfolio/weekly", week=week, days=max(1, ceil((week.until - week.since) / A_DAY)))
    top = [
        blocks.header(words.plain("title"), "title"),
        blocks.context(words.mrkdwn("since"), "since"),
        *(_section(words, week, heading) for heading in week.news),
    ]
    bottom = [blocks.context(words.mrkdwn("idle"), "idle") if week.weeks_idle else None, _ways(words)]
    chart = pictures.funnel(library, week.figures)
    said = [one for one in pictures.said_instead(library, week.figures) if one["block_id"] == "funnel"]
    return blocks.message(
        words.mrkdwn("text"), [*top, *_some(chart), *bottom], instead=[*top, *said, *bottom]
    )


def _some(chart: Block | None) -> Sequence[Block]:
    return [chart] if chart else []


def _section(words: Words, week: Week, heading: Heading) -> Block:
    told, count = week.news[heading], week.counts[heading]
    lines = [words.mrkdwn(f"{heading}_title", count=count)]
    lines += [words.mrkdwn(heading, at_most=LINE_SHOWN, one=one) for one in told]
    if count > len(told):
        lines.append(words.mrkdwn("more", count=count - len(told)))
    return blocks.section("\n".join(lines), heading)


def _ways(words: Words) -> Block:
    return blocks.actions(
        [
            blocks.button(words.plain("whole"), ActionId.SHOW_LIST, ALL),
            blocks.button(words.plain("trends"), ExportActionId.TRENDS, ALL),
        ],
        "ways",
    )
