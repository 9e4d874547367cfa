"""Composition objects: text, options and option groups, confirmation dialogs.

Limits are Slack's; the length that a text may have depends on where it stands, so that the caller states it.
"""

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
    string_fits,
)

PLAIN = ("plain_text",)
EITHER = ("plain_text", "mrkdwn")


def check_text(place: Place, value: Any, longest: int = 3000, kinds: tuple[str, ...] = EITHER) -> None:
    if not is_object(value, place):
        return
    kind = value.get("type")
    if kind not in kinds:
        place.at("type").refuse(f"must be one of: {', '.join(kinds)}")
    keys_are(place, value, "type text", "verbatim" if kind == "mrkdwn" else "emoji")
    optional_flag(place, value, "verbatim", "emoji")
    if value.get("text") is not None and string_fits(value["text"], place.at("text"), longest):
        count_words(place, value["text"])


def optional_text(place: Place, owner: Json, key: str, longest: int, kinds: tuple[str, ...] = EITHER) -> None:
    if owner.get(key) is not None:
        check_text(place.at(key), owner[key], longest, kinds)


def check_confirm(place: Place, owner: Json) -> None:
    value = owner.get("confirm")
    if value is None:
        return
    here = place.at("confirm")
    if not is_object(value, here):
        return
    keys_are(here, value, "title text confirm deny", "style")
    optional_text(here, value, "title", 100, PLAIN)
    optional_text(here, value, "text", 300)
    optional_text(here, value, "confirm", 30, PLAIN)
    optional_text(here, value, "deny", 30, PLAIN)
    is_one_of(here, value, "style", "primary", "danger")


def check_option(place: Place, value: Any, kinds: tuple[str, ...] = PLAIN, *, may_link: bool = False) -> None:
    if not is_object(value, place):
        return
    keys_are(place, value, "text value", "description url" if may_link else "description")
    optional_text(place, value, "text", 75, kinds)
    if value.get("value") is not None:
        string_fits(value["value"], place.at("value"), 150)
    optional_text(place, value, "description", 75, kinds)
    if may_link and value.get("url") is not None:
        address_fits(place.at("url"), value["url"])


def check_options(
    place: Place,
    element: Json,
    most: int,
    kinds: tuple[str, ...] = PLAIN,
    *,
    may_link: bool = False,
) -> None:
    seen: set[str] = set()
    for spot, option in items_of(place, element, "options", most):
        check_option(spot, option, kinds, may_link=may_link)
        value = option.get("value") if isinstance(option, dict) else None
        if isinstance(value, str) and value in seen:
            spot.at("value").refuse("must be unique among the options")
        elif isinstance(value, str):
            seen.add(value)


def check_options_or_groups(place: Place, element: Json) -> None:
    """Select menus: either up to 100 options, or up to 100 groups of up to 100 options."""
    has_options, has_groups = element.get("options") is not None, element.get("option_groups") is not None
    if has_options == has_groups:
        place.refuse("must provide either options or option_groups")
    check_options(place, element, 100)
    for spot, group in items_of(place, element, "option_groups", 100):
        if is_object(group, spot):
            keys_are(spot, group, "label options")
            optional_text(spot, group, "label", 75, PLAIN)
            check_options(spot, group, 100)


def offered_options(element: Json) -> list[Any]:
    """Everything that the element lets a person choose, groups flattened."""
    groups = element.get("option_groups")
    sources = [g for g in groups if isinstance(g, dict)] if isinstance(groups, list) else [element]
    lists = [source.get("options") for source in sources]
    return [option for options in lists if isinstance(options, list) for option in options]


def _identity(option: Any) -> tuple[Any, Any]:
    if not isinstance(option, dict):
        return (None, None)
    text = option.get("text")
    return (option.get("value"), text.get("text") if isinstance(text, dict) else None)


def check_initial_option(place: Place, element: Json, kinds: tuple[str, ...] = PLAIN) -> None:
    initial = element.get("initial_option")
    if initial is None:
        return
    here = place.at("initial_option")
    check_option(here, initial, kinds)
    if _identity(initial) not in [_identity(option) for option in offered_options(element)]:
        here.refuse("initial option must be one of the options")


def check_initial_options(place: Place, element: Json, kinds: tuple[str, ...] = PLAIN) -> None:
    offered = [_identity(option) for option in offered_options(element)]
    for spot, initial in items_of(place, element, "initial_options", 100):
        check_option(spot, initial, kinds)
        if _identity(initial) not in offered:
            spot.refuse("initial option must be one of the options")
