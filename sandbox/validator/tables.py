"""`table` and `data_table`: rows, columns and cells, and the characters that all cells of a message may hold."""

from __future__ import annotations

from typing import Any

from .findings import Place
from .rich_text import check_rich_text, words_in
from .shapes import (
    Json,
    count_words,
    is_number,
    is_object,
    is_one_of,
    items_in,
    items_of,
    keys_are,
    optional_flag,
    optional_whole,
    string_fits,
)

COLUMNS = 20
CELL_CHARACTERS = 10_000


def check_table(place: Place, block: Json) -> None:
    keys_are(place, block, "type rows", "block_id column_settings")
    if place.count("table") > 1:
        place.refuse("only one table is allowed in a message")
    for row_place, row in items_of(place, block, "rows", 100):
        _check_row(row_place, row, {"raw_text", "raw_number", "rich_text"})
    _check_cell_characters(place, block)
    for spot, settings in items_of(place, block, "column_settings", COLUMNS):
        if settings is not None and is_object(settings, spot):
            keys_are(spot, settings, "", "align is_wrapped")
            is_one_of(spot, settings, "align", "left", "center", "right")
            optional_flag(spot, settings, "is_wrapped")


def check_data_table(place: Place, block: Json) -> None:
    keys_are(place, block, "type caption rows", "block_id page_size row_header_column_index")
    if block.get("caption") is not None and string_fits(block["caption"], place.at("caption"), 3000):
        count_words(place, block["caption"])
    optional_whole(place, block, "page_size", 1, 100)
    width: int | None = None
    for index, (row_place, row) in enumerate(items_of(place, block, "rows", 101, least=2)):
        kinds = {"raw_text", "raw_number"} if index == 0 else {"raw_text", "raw_number", "rich_text"}
        _check_row(row_place, row, kinds)
        if isinstance(row, list):
            width = len(row) if width is None else width
            if len(row) != width:
                row_place.refuse("all rows must have the same number of cells")
    optional_whole(place, block, "row_header_column_index", 0, max(0, (width or COLUMNS) - 1))
    _check_cell_characters(place, block)


def _check_row(place: Place, row: Any, kinds: set[str]) -> None:
    for spot, cell in items_in(place, row, COLUMNS):
        _check_cell(spot, cell, kinds)


def _check_cell(place: Place, cell: Any, kinds: set[str]) -> None:
    if not is_object(cell, place):
        return
    kind = cell.get("type")
    if kind not in kinds:
        place.at("type").refuse(f"unsupported type: {kind}")
    elif kind == "rich_text":
        check_rich_text(place, cell)
    elif kind == "raw_text":
        keys_are(place, cell, "type text")
        if cell.get("text") is not None and string_fits(cell["text"], place.at("text"), CELL_CHARACTERS):
            count_words(place, cell["text"])
    else:
        keys_are(place, cell, "type value", "text")
        if cell.get("value") is not None:
            is_number(cell["value"], place.at("value"))
        if cell.get("text") is not None and string_fits(cell["text"], place.at("text"), CELL_CHARACTERS):
            count_words(place, cell["text"])


def _check_cell_characters(place: Place, block: Json) -> None:
    before = place.inspection.counts["table characters"]
    after = place.count("table characters", words_in([{"elements": row} for row in block.get("rows") or []]))
    if before <= CELL_CHARACTERS < after:
        place.at("rows").refuse(f"no more than {CELL_CHARACTERS} characters allowed over all table cells")
