"""What the trends look like: one chart and short lists, for one pair of eyes. The words are in `prompts/exports/trends.j2`."""

from collections.abc import Sequence
from typing import Any, Final

from bot.domain.messages import Block, Body
from bot.exports.exported import Trends
from bot.exports.messages import ALL, ActionId
from bot.exports.trends import none_at_all
from bot.slack import blocks, charts
from prompts.library import Library
from prompts.words import Words

LINES: Final = 5
LINE_SHOWN: Final = 300


def trends_message(library: Library, found: Trends, *, share: bool = True) -> Body:
    """Return what shows over all pilots; where Slack takes no charts, the same stands in lines.

    `share` adds the button that posts it for everybody.
    """
    words = library.words("exports/trends", found=found)
    title = blocks.header(words.plain("title"), "title")
    if none_at_all(found):
        return blocks.message(
            words.mrkdwn("text"), [title, blocks.section(words.mrkdwn("nothing"), "nothing")]
        )
    stays = [one for one in found.stays if one.finished or one.present]
    lists = [
        _lines(words, "open", found.longest_open),
        _lines(words, "failing", found.failing),
        _lines(words, "again", found.waived_again),
        _lines(words, "most", found.waived_most),
        _lines(words, "bar", found.bar_moves),
        _ways(library, words, share=share),
    ]
    shown = _lines(words, "stay", stays, title="stays_title", most=len(stays))
    chart = _chart(words, found)
    return blocks.message(
        words.mrkdwn("text"),
        [title, chart or shown, *lists],
        instead=[title, shown, *lists],
    )


def trends_view(library: Library, found: Trends) -> dict[str, Any]:
    """Return the same as a window, in lines: for the Home tab, where nothing can be whispered."""
    words, body = library.words("exports/trends", found=found), trends_message(library, found, share=False)
    shown = [one for one in body.get("instead", body["blocks"]) if one["type"] != "header"]
    return blocks.modal(
        "portfolio.trends", words.plain("window"), shown, submit=None, close=words.plain("close")
    )


def _ways(library: Library, words: Words, *, share: bool) -> Block:
    ways = [blocks.button(words.plain("export"), ActionId.EXPORT, ALL)]
    if share:
        label = library.words("portfolio/share").plain("share")
        ways.append(blocks.button(label, ActionId.SHARE_TRENDS, ALL))
    return blocks.actions(ways, "ways")


def _chart(words: Words, found: Trends) -> Block | None:
    """Return the medians as bars; of a kind of stay that there is none of, no bars either."""
    stays = [one for one in found.stays if one.finished or one.present]
    finished = charts.Series(words.plain("finished"), [one.median_days or 0 for one in stays])
    present = charts.Series(words.plain("present"), [one.present_median_days or 0 for one in stays])
    some_left, some_there = any(one.finished for one in stays), any(one.present for one in stays)
    title = "chart" if some_left and some_there else "chart_finished" if some_left else "chart_present"
    return charts.bar(
        words.plain(title),
        [one.stage.title for one in stays],
        [*([finished] if some_left else []), *([present] if some_there else [])],
        "stays",
        x_label=words.plain("x_label"),
        y_label=words.plain("y_label"),
    )


def _lines(
    words: Words, block: str, some: Sequence[object], *, title: str = "", most: int = LINES
) -> Block | None:
    if not some:
        return None
    lines = [words.mrkdwn(block, at_most=LINE_SHOWN, one=one) for one in some[:most]]
    return blocks.section("\n".join([words.mrkdwn(title or f"{block}_title"), *lines]), block)
