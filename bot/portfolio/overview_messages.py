"""What the portfolio looks like in a channel: charts and a sortable table, and plain blocks where Slack refuses those.

Structure only; the words are in `prompts/portfolio/overview.j2`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import staleness
from bot.domain.messages import Block, Body
from bot.domain.people import is_group
from bot.domain.signals import Severity
from bot.exports.messages import ALL, ActionId as ExportActionId
from bot.pilots import signalled
from bot.pilots.messages import stage_title
from bot.portfolio import pictures
from bot.portfolio.counts import Figures
from bot.portfolio.lines import Line
from bot.slack import blocks, charts
from bot.slack.charts import Figure
from prompts.library import Library
from prompts.markup import cut_for_plain
from prompts.words import Words

Names = Mapping[str, str]
"""What people and user groups are called, by id: a table shows no mentions."""

PLAIN_ROOM: Final = 6_000
"""How many characters the plain table may take, with all that stands around it."""
PLAIN_CELL: Final = 60
PLAIN_ROWS: Final = 99
"""Slack takes a hundred with the head."""
COLUMNS: Final = ("name", "worst", "stage", "in_place", "days", "quiet_days", "owner")
"""In the order of what a lead looks for: a phone shows the first three."""


@dataclass(frozen=True)
class Overview:
    """What the channel is shown."""

    figures: Figures
    lines: Sequence[Line]
    count: int
    """How many pilots there are; more than lines where not all have room."""
    names: Names


def overview_message(library: Library, facts: Overview, by: str, now: datetime) -> Body:
    """Return the portfolio as it is now; `by` asked for it."""
    head = [library.words("portfolio/overview").plain(name) for name in COLUMNS]
    rows = [_row(library, line, facts.names, now) for line in facts.lines]
    words = _words(library, facts, by, len(rows))
    table = charts.data_table(words.plain("caption"), head, rows, "pilots")
    shown = len(table["rows"]) - 1 if table else 0
    pictured = [pictures.funnel(library, facts.figures), pictures.items(library, facts.figures), table]
    plain_rows = _plain_rows(head, rows)
    plain = [
        *pictures.said_instead(library, facts.figures),
        blocks.table(plain_rows, "pilots", wrapped=2) if rows else None,
    ]
    return blocks.message(
        words.mrkdwn("text"),
        _around(_words(library, facts, by, shown), pictured),
        instead=_around(_words(library, facts, by, len(plain_rows) - 1), plain),
    )


def _words(library: Library, facts: Overview, by: str, shown: int) -> Words:
    headline = pictures.headline(library, facts.figures)
    return library.words("portfolio/overview", headline=headline, by=by, shown=shown, count=facts.count)


def _around(words: Words, parts: Sequence[Block | None]) -> list[Block | None]:
    """Return the parts with what stands above and below them."""
    ways = [
        blocks.button(words.plain("trends"), ExportActionId.TRENDS, ALL),
        blocks.button(words.plain("export"), ExportActionId.EXPORT, ALL),
    ]
    return [
        blocks.section(words.mrkdwn("title"), "title"),
        *parts,
        blocks.context(words.mrkdwn("more"), "more"),
        blocks.actions(ways, "ways"),
    ]


def _row(library: Library, line: Line, names: Names, now: datetime) -> list[charts.Cell]:
    pilot = line.pilot
    words = library.words(
        "portfolio/overview",
        pilot=pilot,
        severity=Severity(line.worst.severity).name.lower() if line.worst else "none",
        cause=signalled.title_of(library, line.worst) if line.worst else "",
    )
    share = round(pilot.in_place / pilot.required, 3) if pilot.required else 1
    owner = line.owner.owner_id
    return [
        pilot.name,
        words.plain("sign"),
        stage_title(library, pilot.stage),
        Figure(share, words.plain("share_in_place")) if pilot.required else None,
        staleness.days_since(pilot.stage_since, now),
        staleness.quiet_days(pilot, now),
        names.get(owner, f"@{owner}" if is_group(owner) else owner),
    ]


def _plain_rows(head: Sequence[str], rows: Sequence[Sequence[charts.Cell]]) -> list[list[Block]]:
    """Return the head and as many rows as have room in a table that nobody can sort."""
    found, room = [[blocks.cell(name) for name in head]], PLAIN_ROOM
    for row in rows[:PLAIN_ROWS]:
        texts = [cut_for_plain(_text(one), PLAIN_CELL) or charts.NOTHING for one in row]
        room -= sum(map(len, texts))
        if room < 0:
            break
        found.append([blocks.cell(text) for text in texts])
    return found


def _text(cell: charts.Cell) -> str:
    if isinstance(cell, Figure):
        return cell.shown
    return charts.NOTHING if cell is None else " ".join(str(cell).split())
