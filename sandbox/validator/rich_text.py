"""Rich text: sections, lists, quotes and preformatted text, and the inline elements they are made of."""

from __future__ import annotations

from typing import Any

from .findings import Place
from .shapes import (
    Json,
    address_fits,
    count_words,
    is_object,
    is_one_of,
    items_of,
    keys_are,
    optional_flag,
    optional_string,
    optional_whole,
    string_fits,
)

_INLINE: dict[str, tuple[str, str]] = {
    "text": ("text", "style"),
    "link": ("url", "text unsafe style"),
    "user": ("user_id", "style"),
    "usergroup": ("usergroup_id", "style"),
    "channel": ("channel_id", "style"),
    "team": ("team_id", "style"),
    "emoji": ("name", "unicode skin_tone style"),
    "date": ("timestamp format", "url fallback style"),
    "broadcast": ("range", "style"),
    "color": ("value", "style"),
}
_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_CONTAINERS: dict[str, str] = {
    "rich_text_section": "",
    "rich_text_quote": "border",
    "rich_text_preformatted": "border language",
    "rich_text_list": "style indent offset border",
}


def check_rich_text(place: Place, value: Any) -> None:
    if not is_object(value, place):
        return
    if value.get("type") != "rich_text":
        place.at("type").refuse("must be one of: rich_text")
    keys_are(place, value, "type elements", "block_id")
    for spot, element in items_of(place, value, "elements", 1000):
        _check_container(spot, element)


def _check_container(place: Place, element: Any) -> None:
    if not is_object(element, place):
        return
    kind = element.get("type")
    if not isinstance(kind, str) or kind not in _CONTAINERS:
        place.at("type").refuse(f"unsupported type: {kind}")
        return
    keys_are(place, element, "type elements", _CONTAINERS[kind])
    optional_whole(place, element, "border", 0, 1)
    if kind == "rich_text_list":
        _check_list(place, element)
        return
    for spot, inline in items_of(place, element, "elements", 1000, least=0):
        _check_inline(spot, inline)


def _check_list(place: Place, element: Json) -> None:
    if element.get("style") is None:
        place.refuse("missing required field: style")
    is_one_of(place, element, "style", "bullet", "ordered")
    optional_whole(place, element, "indent", 0, 8)
    optional_whole(place, element, "offset", 0, 10_000)
    for spot, row in items_of(place, element, "elements", 1000):
        if isinstance(row, dict) and row.get("type") == "rich_text_section":
            _check_container(spot, row)
        else:
            spot.at("type").refuse("must be one of: rich_text_section")


def _check_inline(place: Place, inline: Any) -> None:
    if not is_object(inline, place):
        return
    kind = inline.get("type")
    if not isinstance(kind, str) or kind not in _INLINE:
        place.at("type").refuse(f"unsupported type: {kind}")
        return
    required, optional = _INLINE[kind]
    keys_are(place, inline, f"type {required}", optional)
    if kind == "text" and inline.get("text") is not None:
        string_fits(inline["text"], place.at("text"), 40_000)
    optional_string(place, inline, "fallback", 3000)
    if inline.get("url") is not None:
        address_fits(place.at("url"), inline["url"])
    if kind == "broadcast":
        is_one_of(place, inline, "range", "here", "channel", "everyone")
    count_words(place, inline.get("text"))
    style = inline.get("style")
    if style is not None and is_object(style, place.at("style")):
        keys_are(place.at("style"), style, "", " ".join(_STYLES))
        optional_flag(place.at("style"), style, *_STYLES)


def words_in(value: Any) -> int:
    """How many characters of text a rich text value holds; broken parts count nothing."""
    if isinstance(value, list):
        return sum(words_in(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = len(value["text"]) if isinstance(value.get("text"), str) else 0
    return own + words_in(value.get("elements"))
