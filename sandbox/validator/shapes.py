"""The checks that every rule is made of: is it an object, has it these keys, is this a string of that length.

Each answers whether the value is usable, so that a caller can stop looking where looking makes no sense. Unknown keys
are refused as Slack does, because a misspelt key is otherwise silently ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

from .findings import Place

Json = dict[str, Any]

MESSAGE_CHARACTERS = "characters"


def is_object(value: Any, place: Place) -> TypeGuard[Json]:
    if not isinstance(value, dict):
        place.refuse("must be an object")
        return False
    return True


def keys_are(place: Place, value: Json, required: str, optional: str = "") -> None:
    """Both lists are words separated by spaces."""
    needed, allowed = required.split(), {*required.split(), *optional.split()}
    for key in needed:
        if value.get(key) is None:
            place.refuse(f"missing required field: {key}")
    for key in value:
        if key not in allowed:
            place.refuse(f"invalid additional property: {key}")


def string_fits(value: Any, place: Place, longest: int, shortest: int = 1) -> TypeGuard[str]:
    if not isinstance(value, str):
        place.refuse("must be a string")
        return False
    if len(value) < shortest:
        place.refuse(f"must be more than {shortest - 1} characters")
        return False
    if len(value) > longest:
        place.refuse(f"must be less than {longest + 1} characters")
        return False
    return True


def optional_string(place: Place, owner: Json, key: str, longest: int, shortest: int = 1) -> None:
    if owner.get(key) is not None:
        string_fits(owner[key], place.at(key), longest, shortest)


def is_one_of(place: Place, owner: Json, key: str, *allowed: str) -> bool:
    """True when the key is absent or holds one of the allowed words."""
    value = owner.get(key)
    if value is None or value in allowed:
        return True
    place.at(key).refuse(f"must be one of: {', '.join(allowed)}")
    return False


def optional_flag(place: Place, owner: Json, *keys: str) -> None:
    for key in keys:
        if owner.get(key) is not None and not isinstance(owner[key], bool):
            place.at(key).refuse("must be true or false")


def is_whole(value: Any, place: Place, low: int, high: int) -> TypeGuard[int]:
    if not isinstance(value, int) or isinstance(value, bool):
        place.refuse("must be a whole number")
        return False
    if not low <= value <= high:
        place.refuse(f"must be between {low} and {high}")
        return False
    return True


def optional_whole(place: Place, owner: Json, key: str, low: int, high: int) -> None:
    if owner.get(key) is not None:
        is_whole(owner[key], place.at(key), low, high)


def is_number(value: Any, place: Place) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        place.refuse("must be a number")
        return False
    return True


def items_of(place: Place, owner: Json, key: str, most: int, least: int = 1) -> Iterator[tuple[Place, Any]]:
    """The items under a key; an absent key is the caller's matter."""
    if owner.get(key) is not None:
        yield from items_in(place.at(key), owner[key], most, least)


def items_in(place: Place, value: Any, most: int, least: int = 1) -> Iterator[tuple[Place, Any]]:
    """The items of a list with their places; a wrong count is refused, and items beyond it are not looked at."""
    if not isinstance(value, list):
        place.refuse("must be an array")
        return
    if len(value) < least:
        place.refuse(f"must have at least {least} items")
    if len(value) > most:
        place.refuse(f"no more than {most} items allowed")
    for index, item in enumerate(value[:most]):
        yield place.at(index), item


def address_fits(place: Place, value: Any, longest: int = 3000) -> None:
    """Only http(s) and mail addresses: anything else would be a way to run a script."""
    if string_fits(value, place, longest) and not value.lower().startswith(
        ("http://", "https://", "mailto:")
    ):
        place.refuse("must be a valid http, https or mailto address")


def count_words(place: Place, text: Any) -> None:
    """Adds what people read to the total that Slack holds a message's blocks to."""
    if isinstance(text, str):
        place.count(MESSAGE_CHARACTERS, len(text))
