"""Where blocks stand: in a message, in what one person alone sees, in a modal or on the Home tab.

A frame gives every element its name, its id and what to send when it is used, and knows what was put into it so far.
It does not render; `rendering.py` does, with the templates.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.inputs import value_key
from sandbox.state import Json

from .reader import Reader

Kind = Literal["message", "ephemeral", "view"]

FIELD = "v"
_SEPARATOR = "|"


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def field_name(block_id: str, action_id: str) -> str:
    return _SEPARATOR.join([FIELD, block_id.replace(_SEPARATOR, "%7C"), action_id])


@dataclass(frozen=True)
class Frame:
    reader: Reader
    kind: Kind = "message"
    channel_id: str = ""
    ts: str = ""
    view_id: str = ""
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Short and safe in an id, the same for the same place at every rendering."""
        place = f"{self.kind} {self.channel_id} {self.ts} {self.view_id}"
        return _digest(place)

    def element_id(self, block: Json, element: Json) -> str:
        return "e-" + _digest(f"{self.key} {block.get('block_id')} {element.get('action_id')}")

    def block_dom_id(self, block: Json) -> str:
        return "b-" + _digest(f"{self.key} {block.get('block_id')}")

    def content_id(self, block: Json) -> str:
        """The same while the content is: what a person has done to it on the page (sorting, turning) may stay."""
        return "c-" + _digest(self.key + json.dumps(block, sort_keys=True, default=str))

    def name(self, block: Json, element: Json) -> str:
        return field_name(str(block.get("block_id", "")), str(element.get("action_id", "")))

    def place(self) -> dict[str, str]:
        """Who acts and where, for the hidden fields of the form around the blocks."""
        place = {
            "as": self.reader.user_id,
            "kind": self.kind,
            "channel": self.channel_id,
            "ts": self.ts,
            "view": self.view_id,
        }
        return {name: value for name, value in place.items() if value}

    def sent(self, block: Json, element: Json, chosen: str | None = None) -> str:
        """What an element sends along, as JSON for `hx-vals`; `chosen` is the entry or side of it that is pressed."""
        along = {"block_id": str(block.get("block_id", "")), "action_id": str(element.get("action_id", ""))}
        # As a name and value on the button itself it would be lost: htmx sends those only when the button submits a form.
        return json.dumps(along if chosen is None else along | {self.name(block, element): chosen})

    def _value(self, block: Json, element: Json) -> Any:
        kind = str(element.get("type"))
        entered = self.values.get(str(block.get("block_id")), {}).get(str(element.get("action_id")))
        if isinstance(entered, dict):
            return entered.get(value_key(kind) or "")
        for key in (
            "initial_value",
            "initial_option",
            "initial_options",
            "initial_user",
            "initial_users",
            "initial_channel",
            "initial_channels",
            "initial_conversation",
            "initial_conversations",
            "initial_date",
            "initial_time",
            "initial_date_time",
        ):
            if element.get(key) is not None:
                return element[key]
        return None

    def text_value(self, block: Json, element: Json) -> str:
        """One value as words: of a text input, a date, a chosen option or person."""
        value = self._value(block, element)
        if isinstance(value, dict) and value.get("type") == "rich_text":
            from .rich_text import words_of

            return words_of(value)
        if isinstance(value, dict):
            value = value.get("value")
        if element.get("type") == "datetimepicker" and value:
            return f"{self.reader.local(int(value)):%Y-%m-%dT%H:%M}"
        return "" if value is None else str(value)

    def list_value(self, block: Json, element: Json) -> list[str]:
        """The chosen values of an element with several."""
        value = self._value(block, element)
        if not isinstance(value, list):
            return []
        return [str(one.get("value") if isinstance(one, dict) else one) for one in value]

    def error_of(self, block: Json) -> str:
        return self.errors.get(str(block.get("block_id")), "")
