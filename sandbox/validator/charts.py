"""`data_visualization`: bar, line, area and pie charts with the limits that Slack's reference gives for them."""

from __future__ import annotations

from typing import Any

from .findings import Place
from .shapes import (
    Json,
    count_words,
    is_number,
    is_object,
    items_of,
    keys_are,
    optional_string,
    string_fits,
)

LABEL = 20
TITLE = 50
POINTS = 20
PARTS = 6
PER_MESSAGE = 2


def check_chart_block(place: Place, block: Json) -> None:
    keys_are(place, block, "type title chart", "block_id")
    if place.count("data_visualization") > PER_MESSAGE:
        place.refuse(f"no more than {PER_MESSAGE} data_visualization blocks allowed")
    if block.get("title") is not None and string_fits(block["title"], place.at("title"), TITLE):
        count_words(place, block["title"])
    chart = block.get("chart")
    if chart is None or not is_object(chart, place.at("chart")):
        return
    here = place.at("chart")
    match chart.get("type"):
        case "pie":
            _check_pie(here, chart)
        case "bar" | "line" | "area":
            _check_axes_chart(here, chart)
        case other:
            here.at("type").refuse(f"unsupported type: {other}")


def _check_pie(place: Place, chart: Json) -> None:
    keys_are(place, chart, "type segments")
    labels: set[str] = set()
    for spot, segment in items_of(place, chart, "segments", PARTS):
        value = _check_point(spot, segment)
        if value is not None and value <= 0:
            spot.at("value").refuse("must be more than 0")
        _check_unique(spot, segment, "label", labels)


def _check_axes_chart(place: Place, chart: Json) -> None:
    keys_are(place, chart, "type series axis_config")
    categories = _check_axes(place, chart)
    names: set[str] = set()
    for spot, series in items_of(place, chart, "series", PARTS):
        if not is_object(series, spot):
            continue
        keys_are(spot, series, "name data")
        optional_string(spot, series, "name", LABEL)
        _check_unique(spot, series, "name", names)
        labels = []
        for point_place, point in items_of(spot, series, "data", POINTS):
            _check_point(point_place, point)
            labels.append(point.get("label") if isinstance(point, dict) else None)
        if categories is not None and labels and sorted(map(str, labels)) != sorted(categories):
            spot.at("data").refuse("must have exactly one value for each category")


def _check_axes(place: Place, chart: Json) -> list[str] | None:
    """The categories, or None where they are broken and nothing can be compared with them."""
    axes = chart.get("axis_config")
    here = place.at("axis_config")
    if axes is None or not is_object(axes, here):
        return None
    keys_are(here, axes, "categories", "x_label y_label")
    optional_string(here, axes, "x_label", TITLE)
    optional_string(here, axes, "y_label", TITLE)
    categories = []
    for spot, category in items_of(here, axes, "categories", POINTS):
        if string_fits(category, spot, LABEL):
            if category in categories:
                spot.refuse("must be unique")
            categories.append(category)
    return categories or None


def _check_point(place: Place, point: Any) -> float | None:
    if not is_object(point, place):
        return None
    keys_are(place, point, "label value")
    optional_string(place, point, "label", LABEL)
    count_words(place, point.get("label"))
    value = point.get("value")
    return value if value is not None and is_number(value, place.at("value")) else None


def _check_unique(place: Place, owner: Any, key: str, seen: set[str]) -> None:
    value = owner.get(key) if isinstance(owner, dict) else None
    if isinstance(value, str) and value in seen:
        place.at(key).refuse("must be unique")
    elif isinstance(value, str):
        seen.add(value)
