"""Bars as geometry for a picture in a file: where each stands and how long it is. The template draws them; a table says the same.

Pure arithmetic: no words, no colours, no files.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from prompts.markup import cut_for_plain, one_line

WIDTH: Final = 720
LABELS: Final = 210
"""How much of the width the labels take, at the left."""
_FIGURES: Final = 60
"""How much is left at the right for the figure behind a bar."""
BAR: Final = 18
GAP: Final = 8
LABEL_SHOWN: Final = 26
_INSIDE: Final = 24
"""A part of a stacked bar that is narrower shows no figure."""


class Part(NamedTuple):
    """One bar, or one part of a stacked one."""

    series: int
    x: float
    y: float
    width: float
    value: float
    shows_figure: bool


class Row(NamedTuple):
    """The bars of one label."""

    label: str
    middle: float
    parts: list[Part]


class Bars(NamedTuple):
    """A picture of bars, and the same as a table."""

    id: str
    series: Sequence[str]
    rows: list[Row]
    table: Sequence[tuple[str, Sequence[float | None]]]
    """The label of each row, with the figures that are drawn, and after them those of `also`."""
    also: Sequence[str]
    """Columns of the table that are not drawn."""
    stacked: bool
    height: float
    width: int = WIDTH
    labels: int = LABELS
    bar: int = BAR


def bars(
    chart_id: str,
    series: Sequence[str],
    table: Sequence[tuple[str, Sequence[float | None]]],
    *,
    stacked: bool = False,
    also: Sequence[str] = (),
) -> Bars:
    """Return bars that lie side by side, or one behind the other where they are `stacked`; the longest fills the width."""
    lines = 1 if stacked else len(series)
    drawn = [(label, values[: len(series)]) for label, values in table]
    longest = max((_length(values, stacked=stacked) for _, values in drawn), default=0.0)
    scale = (WIDTH - LABELS - _FIGURES) / longest if longest else 0.0
    rows: list[Row] = []
    y = float(GAP)
    for label, values in drawn:
        parts = _stacked(values, y, scale) if stacked else _side_by_side(values, y, scale)
        rows.append(Row(cut_for_plain(one_line(label), LABEL_SHOWN), y + lines * BAR / 2, parts))
        y += lines * BAR + GAP
    return Bars(chart_id, series, rows, table, also, stacked, y)


def _length(values: Sequence[float | None], *, stacked: bool) -> float:
    figures = [value or 0.0 for value in values]
    return sum(figures) if stacked else max(figures, default=0.0)


def _stacked(values: Sequence[float | None], y: float, scale: float) -> list[Part]:
    parts: list[Part] = []
    x = float(LABELS)
    for number, value in enumerate(values):
        width = round((value or 0) * scale, 2)
        if width:
            parts.append(Part(number, round(x, 2), y, width, value or 0, width >= _INSIDE))
        x += width
    return parts


def _side_by_side(values: Sequence[float | None], y: float, scale: float) -> list[Part]:
    return [
        Part(
            number,
            float(LABELS),
            y + number * BAR,
            round((value or 0) * scale, 2),
            value or 0,
            value is not None,
        )
        for number, value in enumerate(values)
    ]
