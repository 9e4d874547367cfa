"""The portfolio's figures as charts, and the sentences that say the same where Slack shows none. Structure only."""

from collections.abc import Sequence
from typing import Final

from bot.domain.messages import Block
from bot.domain.readiness import Standing
from bot.domain.tallies import Measure
from bot.portfolio.counts import Figures
from bot.slack import blocks, charts
from bot.slack.charts import Series
from prompts.library import Library
from prompts.markup import Mrkdwn
from prompts.words import Words

ITEMS_DRAWN: Final = 10
"""How many items a chart shows: more than ten groups of bars cannot be told apart on a phone."""
STAGES_SAID: Final = 30


def headline(library: Library, figures: Figures) -> Mrkdwn:
    """Return the portfolio in a line."""
    return _words(library, figures).mrkdwn("headline")


def funnel(library: Library, figures: Figures) -> Block | None:
    """Return how many pilots each stage holds, as bars, and how many of them are ready, at risk, stalled; None without pilots."""
    words = _words(library, figures)
    told = [
        Measure.PILOTS,
        *(m for m in (Measure.READY, Measure.AT_RISK, Measure.STALLED) if figures.total(m)),
    ]
    series = [Series(words.plain(one.value), [stage.of[one] for stage in figures.stages]) for one in told]
    titles = [stage.title for stage in figures.stages]
    return charts.bar(words.plain("funnel_title"), titles, series, "funnel")


def items(library: Library, figures: Figures) -> Block | None:
    """Return which items are most in the way, as bars by how they stand; None where none is."""
    words, shown = _words(library, figures), figures.in_the_way[:ITEMS_DRAWN]
    standings = (Standing.MISSING, Standing.PARTLY, Standing.STALE)
    told = [one for one in standings if any(item.of[one] for item in shown)]
    series = [Series(words.plain(one.value), [item.of[one] for item in shown]) for one in told]
    return (
        charts.bar(words.plain("items_title"), [item.title for item in shown], series, "items")
        if series
        else None
    )


def said_instead(library: Library, figures: Figures) -> Sequence[Block]:
    """Return the same in words."""
    words = _words(library, figures)
    lines = [("funnel_line", "funnel")] if figures.pilots else []
    lines += [("items_line", "items")] if figures.items else []
    return [blocks.section(words.mrkdwn(name, at_most=1500), block_id) for name, block_id in lines]


def _words(library: Library, figures: Figures) -> Words:
    return library.words(
        "portfolio/figures",
        stages=figures.stages[:STAGES_SAID],
        items=figures.in_the_way[:ITEMS_DRAWN],
        total={one.value: figures.total(one) for one in Measure},
    )
