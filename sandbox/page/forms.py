"""What a browser's form holds, as the plain values that people's actions take.

Only elements that are in the blocks are read; whatever else a form carries is ignored. Times that a person picks are
in that person's zone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.datastructures import FormData

from sandbox.inputs import is_several, stateful
from sandbox.state import Json

from .frame import field_name
from .reader import Reader

Entries = dict[str, dict[str, Any]]


def entries_of(blocks: list[Json], form: FormData, reader: Reader) -> Entries:
    """Every input of the blocks with what stands in the form: block_id → action_id → plain value."""
    entries: Entries = {}
    for block, element in stateful(blocks):
        block_id, action_id = str(block["block_id"]), str(element["action_id"])
        entries.setdefault(block_id, {})[action_id] = given_value(element, block_id, form, reader)
    return entries


def given_value(element: Json, block_id: str, form: FormData, reader: Reader) -> Any:
    """What was put into one element: words, an id, a list of them, or None for nothing."""
    name = field_name(block_id, str(element["action_id"]))
    kind = str(element["type"])
    if kind == "file_input":
        return []
    if is_several(kind):
        return [str(value) for value in form.getlist(name)]
    words = str(form.get(name) or "").replace("\r\n", "\n")
    if not words.strip():
        return None
    if kind == "datetimepicker":
        return _moment(words, reader)
    if kind == "rich_text_input":
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
        return {"type": "rich_text", "elements": [section]}
    return words


def _moment(words: str, reader: Reader) -> int | None:
    try:
        return int(datetime.fromisoformat(words).replace(tzinfo=reader.zone).timestamp())
    except ValueError:
        return None
