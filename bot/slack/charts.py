"""Charts and sortable tables as plain values, within Slack's limits for `data_visualization` and `data_table`.

Limits from Slack's Block Kit reference. Whatever is handed in, what comes out is taken by Slack: labels are cut without
breaking a letter, those that look alike after the cut are numbered, and what is more than fits is left off as each builder
says. People's words stay words: none of these texts is markup. Not every client shows these blocks, so a message with one
brings blocks that stand in for it (`blocks.message`).
"""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

from bot.domain.messages import Block
from prompts.markup import cut_for_plain, one_line, shown_name

TITLE: Final = 50
LABEL: Final = 20
POINTS: Final = 20
SERIES: Final = 6
SEGMENTS: Final = 6
COLUMNS: Final = 20
ROWS: Final = 100
"""Rows of a table below its head."""
PAGE: Final = 10
CAPTION: Final = 300
CELL_TEXT: Final = 150
TABLE_TEXT: Final = 9_000
"""Characters over all cells; Slack takes 10,000 of them, and about 13,200 in a whole message."""
NOTHING: Final = "–"
"""What an empty cell shows; Slack takes none without text."""

_NARROWER: Final = (CELL_TEXT, 80, 40, 24)

Number = int | float | Decimal


class Series(NamedTuple):
    """One line, or one colour of bars: a value for each category, in their order."""

    name: str
    values: Sequence[Number]


class Figure(NamedTuple):
    """A number in a table that is sorted by its value and shown in words, such as "12 days"."""

    value: Number
    shown: str


Cell = str | Number | Figure | None


def bar(
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    block_id: str,
    *,
    x_label: str = "",
    y_label: str = "",
) -> Block | None:
    """Return bars, of the first twenty categories; None where there is nothing to show."""
    return _axes("bar", title, categories, series, block_id, (x_label, y_label), slice(POINTS))


def line(
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    block_id: str,
    *,
    x_label: str = "",
    y_label: str = "",
) -> Block | None:
    """Return lines, over the last twenty categories, because time runs to the right; None where there is nothing to show."""
    return _axes("line", title, categories, series, block_id, (x_label, y_label), slice(-POINTS, None))


def area(
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    block_id: str,
    *,
    x_label: str = "",
    y_label: str = "",
) -> Block | None:
    """Return filled lines, over the last twenty categories; None where there is nothing to show."""
    return _axes("area", title, categories, series, block_id, (x_label, y_label), slice(-POINTS, None))


def pie(title: str, segments: Iterable[tuple[str, Number]], block_id: str, *, rest: str = "") -> Block | None:
    """Return a pie of what is more than nought; None where nothing is.

    Six segments at most: those beyond become one of the name `rest`, or are left off where it has none.
    """
    shares = [(label, _number(value)) for label, value in segments if value > 0]
    if not shares:
        return None
    if len(shares) > SEGMENTS and rest:
        shares[SEGMENTS - 1 :] = [(rest, _number(sum(value for _, value in shares[SEGMENTS - 1 :])))]
    shares = shares[:SEGMENTS]
    labels = _distinct(label for label, _ in shares)
    drawn = [{"label": label, "value": value} for label, (_, value) in zip(labels, shares, strict=True)]
    return _chart(title, {"type": "pie", "segments": drawn}, block_id)


def data_table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    block_id: str,
    *,
    page_size: int = PAGE,
    row_header: int = 0,
    room: int = TABLE_TEXT,
) -> Block | None:
    """Return a table that people can sort, filter and turn the pages of; None without rows or columns.

    It holds a hundred rows of twenty columns at most, and `room` characters: cells are cut shorter for that before rows are
    left off at the end, so count the block's rows to say how many are shown.
    """
    names = [_words(name, LABEL * 2) for name in head[:COLUMNS]]
    taken = [list(row[:COLUMNS]) for row in _first(rows, ROWS)]
    if not names or not taken:
        return None
    if any(len(row) != len(names) for row in taken):
        raise ValueError("every row of a table has as many cells as its head")
    most = next((most for most in _NARROWER if _size(names, taken, most) <= room), _NARROWER[-1])
    left = room - sum(map(len, names))
    body: list[list[Block]] = []
    for row in taken:
        cells = [_cell(one, most) for one in row]
        left -= sum(map(_length, cells))
        if left < 0 and body:
            break
        body.append(cells)
    return {
        "type": "data_table",
        "block_id": block_id,
        "caption": _words(caption, CAPTION),
        "rows": [[{"type": "raw_text", "text": name} for name in names], *body],
        "page_size": min(max(page_size, 1), ROWS),
        "row_header_column_index": min(max(row_header, 0), len(names) - 1),
    }


def _axes(
    kind: Literal["bar", "line", "area"],
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    block_id: str,
    labels: tuple[str, str],
    kept: slice,
) -> Block | None:
    if any(len(one.values) != len(categories) for one in series):
        raise ValueError("every series of a chart has one value for each category")
    if not any(value for one in series[:SERIES] for value in one.values[kept]):
        return None
    along = _distinct(categories[kept])
    drawn = [
        {
            "name": name,
            "data": [
                {"label": label, "value": _number(value)}
                for label, value in zip(along, one.values[kept], strict=True)
            ],
        }
        for name, one in zip(_distinct(one.name for one in series[:SERIES]), series[:SERIES], strict=True)
    ]
    axis: dict[str, Any] = {"categories": along}
    axis |= {
        key: cut_for_plain(one_line(text), TITLE)
        for key, text in zip(("x_label", "y_label"), labels, strict=True)
        if text.strip()
    }
    return _chart(title, {"type": kind, "series": drawn, "axis_config": axis}, block_id)


def _chart(title: str, chart: Block, block_id: str) -> Block:
    return {
        "type": "data_visualization",
        "block_id": block_id,
        "title": cut_for_plain(shown_name(title), TITLE),
        "chart": chart,
    }


def _distinct(labels: Iterable[str]) -> list[str]:
    """Return labels that fit; one that would be there twice has a number at its end."""
    found: dict[str, None] = {}
    for label in labels:
        whole = shown_name(label)
        fits, number = cut_for_plain(whole, LABEL), 1
        while fits in found:
            number += 1
            fits = f"{cut_for_plain(whole, LABEL - len(str(number)) - 1)} {number}"
        found[fits] = None
    return list(found)


def _number(value: Number) -> int | float:
    """Return a number as JSON has it; whole ones without a fraction. ValueError for what is no number of any size."""
    if isinstance(value, int):
        return value
    if not math.isfinite(value):
        raise ValueError("a chart shows finite numbers")
    return int(value) if value == int(value) else round(float(value), 4)


def _cell(one: Cell, most: int) -> Block:
    if one is None:
        return {"type": "raw_text", "text": NOTHING}
    if isinstance(one, Figure):
        return {"type": "raw_number", "value": _number(one.value), "text": _words(one.shown, most)}
    if isinstance(one, str):
        return {"type": "raw_text", "text": _words(one, most)}
    return {"type": "raw_number", "value": _number(one)}


def _words(text: str, most: int) -> str:
    return cut_for_plain(one_line(text), most) or NOTHING


def _length(cell: Block) -> int:
    return len(cell.get("text") or str(cell.get("value", "")))


def _size(names: Sequence[str], rows: Sequence[Sequence[Cell]], most: int) -> int:
    return sum(map(len, names)) + sum(_length(_cell(one, most)) for row in rows for one in row)


def _first(rows: Iterable[Sequence[Cell]], most: int) -> Iterable[Sequence[Cell]]:
    return (row for row, _ in zip(rows, range(most), strict=False))
