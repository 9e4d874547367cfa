"""`data_visualization` to SVG: bars, lines, areas and pies, with a legend and a table for those who do not see it.

Colours are CSS classes (`series-1` … `series-6`), so that light and dark follow the page. Numbers in, markup out.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

_WIDTH, _HEIGHT = 560.0, 240.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 12.0, 12.0, 44.0
_LETTER = 5.4
"""How wide a letter of a label is, about."""
_LABEL_LINES = 3


@dataclass(frozen=True)
class Series:
    name: str
    values: list[float]


@dataclass(frozen=True)
class Scale:
    """From a value to a height on the picture."""

    low: float
    high: float
    step: float

    def y(self, value: float) -> float:
        span = self.high - self.low or 1.0
        return _TOP + (self.high - value) / span * (_HEIGHT - _TOP - _BOTTOM)

    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * index for index in range(count + 1)]


def chart(block: dict[str, Any]) -> Markup:
    """The whole figure for a block that the validator has let through."""
    spec: dict[str, Any] = block.get("chart") or {}
    title = str(block.get("title", ""))
    if spec.get("type") == "pie":
        picture, names = _pie(spec), [str(s["label"]) for s in spec["segments"]]
    else:
        picture, names = _axes_chart(spec), [str(s["name"]) for s in spec.get("series", ())]
    return Markup(
        '<figure class="chart"><figcaption>{title}</figcaption>'
        '<svg viewBox="0 0 {w} {h}" role="img" aria-label="{label}" class="chart-picture">{picture}</svg>'
        "{legend}{table}</figure>"
    ).format(
        title=title,
        w=_n(_WIDTH),
        h=_n(_HEIGHT),
        label=f"{spec.get('type', '')} chart: {title}",
        picture=picture,
        legend=_legend(names) if len(names) > 1 else "",
        table=_spoken_table(spec),
    )


def nice_scale(values: Sequence[float], steps: int = 4) -> Scale:
    """Round marks around the values, zero included."""
    low, high = min(0.0, *values), max(0.0, *values)
    high = high if high > low else low + 1.0
    rough = (high - low) / steps
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if rough <= m * power * 1.0000001)
    return Scale(math.floor(low / step) * step, math.ceil(high / step) * step, step)


def _axes_chart(spec: dict[str, Any]) -> Markup:
    axes = spec.get("axis_config") or {}
    categories = [str(c) for c in axes.get("categories", ())]
    series = [
        Series(str(s["name"]), _in_order(s["data"], categories)) for s in spec.get("series", ()) if categories
    ]
    values = [value for line in series for value in line.values]
    scale = nice_scale(values or [0.0, 1.0])
    draw = {"bar": _bars, "line": _lines, "area": _areas}[str(spec.get("type", "bar"))]
    return Markup("").join([_grid(scale, axes), _category_labels(categories, axes), draw(series, scale)])


def _in_order(points: Any, categories: list[str]) -> list[float]:
    by_label = {str(point["label"]): float(point["value"]) for point in points}
    return [by_label.get(category, 0.0) for category in categories]


def _grid(scale: Scale, axes: dict[str, Any]) -> Markup:
    lines = [
        Markup(
            '<line class="grid" x1="{x1}" x2="{x2}" y1="{y}" y2="{y}"/><text class="tick" x="{tx}" y="{ty}"'
            ' text-anchor="end">{value}</text>'
        ).format(
            x1=_n(_LEFT),
            x2=_n(_WIDTH - _RIGHT),
            y=_n(scale.y(tick)),
            tx=_n(_LEFT - 6),
            ty=_n(scale.y(tick) + 4),
            value=short_number(tick),
        )
        for tick in scale.ticks()
    ]
    if axes.get("y_label"):
        lines.append(
            Markup(
                '<text class="axis" transform="translate(10 {y}) rotate(-90)" text-anchor="middle">{words}</text>'
            ).format(y=_n((_HEIGHT - _BOTTOM + _TOP) / 2), words=axes["y_label"])
        )
    return Markup("").join(lines)


def _category_labels(categories: list[str], axes: dict[str, Any]) -> Markup:
    room = (_WIDTH - _LEFT - _RIGHT) / max(1, len(categories))
    lines = 1 if axes.get("x_label") else _LABEL_LINES
    labels = [
        Markup(
            '<text class="tick label" x="{}" y="{}" text-anchor="middle"><title>{}</title>{}</text>'
        ).format(
            _n(_LEFT + room * (index + 0.5)),
            _n(_HEIGHT - _BOTTOM + 3),
            category,
            Markup("").join(
                Markup('<tspan x="{}" dy="11">{}</tspan>').format(_n(_LEFT + room * (index + 0.5)), line)
                for line in _wrapped(category, max(2, int(room / _LETTER)), lines)
            ),
        )
        for index, category in enumerate(categories)
    ]
    if axes.get("x_label"):
        labels.append(
            Markup('<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                _n((_WIDTH + _LEFT - _RIGHT) / 2), _n(_HEIGHT - 8), axes["x_label"]
            )
        )
    return Markup("").join(labels)


def _wrapped(words: str, letters: int, lines: int) -> list[str]:
    """Break a label where it does not fit beside its neighbours; what is too long in spite of that ends in an ellipsis."""
    found = textwrap.wrap(words, letters, break_long_words=False) or [""]
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [one if len(one) <= letters else f"{one[: letters - 1]}…" for one in found]


def _bars(series: list[Series], scale: Scale) -> Markup:
    out = []
    for line_index, line in enumerate(series):
        room = (_WIDTH - _LEFT - _RIGHT) / max(1, len(line.values))
        width = min(46.0, room * 0.72 / len(series))
        for index, value in enumerate(line.values):
            x = _LEFT + room * (index + 0.5) + width * (line_index - len(series) / 2)
            top, bottom = sorted((scale.y(value), scale.y(0.0)))
            out.append(
                Markup(
                    '<rect class="series-{}" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title></rect>'
                ).format(
                    line_index + 1,
                    _n(x),
                    _n(top),
                    _n(max(1.0, width - 2)),
                    _n(max(1.0, bottom - top)),
                    f"{line.name}: {short_number(value)}",
                )
            )
            if len(series) == 1:
                out.append(
                    Markup('<text class="value" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                        _n(x + width / 2 - 1), _n(top - 4), short_number(value)
                    )
                )
    return Markup("").join(out)


def _points(line: Series, scale: Scale) -> list[tuple[float, float]]:
    room = (_WIDTH - _LEFT - _RIGHT) / max(1, len(line.values))
    return [(_LEFT + room * (index + 0.5), scale.y(value)) for index, value in enumerate(line.values)]


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _lines(series: list[Series], scale: Scale) -> Markup:
    out = []
    for index, line in enumerate(series, 1):
        points = _points(line, scale)
        out.append(Markup('<path class="line series-{}" d="{}"/>').format(index, _path(points)))
        out += [
            Markup('<circle class="series-{}" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>').format(
                index, _n(x), _n(y), f"{line.name}: {short_number(value)}"
            )
            for (x, y), value in zip(points, line.values, strict=True)
        ]
    return Markup("").join(out)


def _areas(series: list[Series], scale: Scale) -> Markup:
    out = []
    for index, line in enumerate(series, 1):
        points = _points(line, scale)
        ground = scale.y(0.0)
        closed = [(points[0][0], ground), *points, (points[-1][0], ground)]
        out.append(Markup('<path class="area series-{}" d="{} Z"/>').format(index, _path(closed)))
    return Markup("").join([*out, _lines(series, scale)])


def _pie(spec: dict[str, Any]) -> Markup:
    segments = [(str(s["label"]), float(s["value"])) for s in spec["segments"]]
    total = sum(value for _, value in segments) or 1.0
    x, y, radius = _WIDTH / 2, _HEIGHT / 2, _HEIGHT / 2 - 16
    out, angle = [], -math.pi / 2
    for index, (label, value) in enumerate(segments, 1):
        turn = value / total * 2 * math.pi
        words = f"{label}: {short_number(value)} ({value / total:.0%})"
        if len(segments) == 1:
            shape = Markup('<circle class="series-1" cx="{}" cy="{}" r="{}"><title>{}</title></circle>')
            return shape.format(_n(x), _n(y), _n(radius), words)
        ends = [(x + radius * math.cos(at), y + radius * math.sin(at)) for at in (angle, angle + turn)]
        large = 1 if turn > math.pi else 0
        path = (
            f"M{_n(x)} {_n(y)} L{_n(ends[0][0])} {_n(ends[0][1])}"
            f" A{_n(radius)} {_n(radius)} 0 {large} 1 {_n(ends[1][0])} {_n(ends[1][1])} Z"
        )
        middle = angle + turn / 2
        out.append(
            Markup('<path class="slice series-{}" d="{}"><title>{}</title></path>').format(index, path, words)
        )
        if value / total >= 0.06:
            out.append(
                Markup('<text class="share" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                    _n(x + radius * 0.66 * math.cos(middle)),
                    _n(y + radius * 0.66 * math.sin(middle) + 4),
                    f"{value / total:.0%}",
                )
            )
        angle += turn
    return Markup("").join(out)


def _legend(names: list[str]) -> Markup:
    entries = [
        Markup('<li><span class="swatch series-{}"></span>{}</li>').format(index, name)
        for index, name in enumerate(names, 1)
    ]
    return Markup('<ul class="legend">{}</ul>').format(Markup("").join(entries))


def _spoken_table(spec: dict[str, Any]) -> Markup:
    """The same numbers as a table, hidden from sight."""
    if spec.get("type") == "pie":
        head, rows = ["", "Value"], [[s["label"], short_number(s["value"])] for s in spec["segments"]]
    else:
        categories = [str(c) for c in (spec.get("axis_config") or {}).get("categories", ())]
        lines = [(str(s["name"]), _in_order(s["data"], categories)) for s in spec.get("series", ())]
        head = ["", *(name for name, _ in lines)]
        rows = [
            [category, *(short_number(values[index]) for _, values in lines)]
            for index, category in enumerate(categories)
        ]
    top = Markup("").join(Markup("<th>{}</th>").format(cell) for cell in head)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in rows
    )
    return Markup('<table class="visually-hidden"><tr>{}</tr>{}</table>').format(top, body)


def short_number(value: float) -> str:
    """At most a few characters: 12000 → 12k, 0.5 → 0.5."""
    for size, mark in ((1e9, "bn"), (1e6, "m"), (1e4, "k")):
        if abs(value) >= size:
            unit = 1e3 if mark == "k" else size
            return f"{value / unit:.1f}".rstrip("0").rstrip(".") + mark
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
