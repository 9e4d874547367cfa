"""Elements that people type or pick a value into: text, numbers, addresses, dates and times, files, rich text."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from .findings import Place
from .rich_text import check_rich_text
from .shapes import (
    Json,
    is_object,
    items_of,
    keys_are,
    optional_flag,
    optional_string,
    optional_whole,
    string_fits,
)

_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")


def _matches(place: Place, element: Json, key: str, pattern: re.Pattern[str], shape: str) -> None:
    value = element.get(key)
    if value is not None and not (isinstance(value, str) and pattern.fullmatch(value)):
        place.at(key).refuse(f"must be in the form {shape}")


def _is_a_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def check_datepicker(place: Place, element: Json) -> None:
    keys_are(place, element, "type", "action_id placeholder initial_date confirm focus_on_load")
    _matches(place, element, "initial_date", _DATE, "YYYY-MM-DD")
    value = element.get("initial_date")
    if isinstance(value, str) and _DATE.fullmatch(value) and not _is_a_day(value):
        place.at("initial_date").refuse("must be a day that there is")


def check_timepicker(place: Place, element: Json) -> None:
    keys_are(place, element, "type", "action_id placeholder initial_time timezone confirm focus_on_load")
    _matches(place, element, "initial_time", _TIME, "HH:mm")


def check_datetimepicker(place: Place, element: Json) -> None:
    keys_are(place, element, "type", "action_id initial_date_time confirm focus_on_load")
    optional_whole(place, element, "initial_date_time", 0, 9_999_999_999)


def _dispatch_config(place: Place, element: Json) -> None:
    config = element.get("dispatch_action_config")
    if config is None or not is_object(config, place.at("dispatch_action_config")):
        return
    here = place.at("dispatch_action_config")
    keys_are(here, config, "trigger_actions_on")
    for spot, trigger in items_of(here, config, "trigger_actions_on", 2):
        if trigger not in ("on_enter_pressed", "on_character_entered"):
            spot.refuse("must be one of: on_enter_pressed, on_character_entered")


def check_plain_text_input(place: Place, element: Json) -> None:
    optional = "action_id initial_value multiline min_length max_length dispatch_action_config focus_on_load placeholder"
    keys_are(place, element, "type", optional)
    optional_flag(place, element, "multiline")
    optional_whole(place, element, "min_length", 0, 3000)
    optional_whole(place, element, "max_length", 1, 3000)
    low, high = element.get("min_length"), element.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        place.at("min_length").refuse("must not be more than max_length")
    longest = high if isinstance(high, int) and 0 < high < 3000 else 3000
    optional_string(place, element, "initial_value", longest, shortest=0)
    _dispatch_config(place, element)


def check_address_input(place: Place, element: Json) -> None:
    optional = "action_id initial_value dispatch_action_config focus_on_load placeholder"
    keys_are(place, element, "type", optional)
    optional_string(place, element, "initial_value", 3000, shortest=0)
    _dispatch_config(place, element)


def _as_number(value: Any) -> float | None:
    return float(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else None


def check_number_input(place: Place, element: Json) -> None:
    optional = "action_id initial_value min_value max_value dispatch_action_config focus_on_load placeholder"
    keys_are(place, element, "type is_decimal_allowed", optional)
    optional_flag(place, element, "is_decimal_allowed")
    for key in ("initial_value", "min_value", "max_value"):
        _matches(place, element, key, _DECIMAL, "of a number, as a string")
    low, high = _as_number(element.get("min_value")), _as_number(element.get("max_value"))
    if low is not None and high is not None and low > high:
        place.at("min_value").refuse("must not be more than max_value")
    _dispatch_config(place, element)


def check_rich_text_input(place: Place, element: Json) -> None:
    optional = "action_id initial_value dispatch_action_config focus_on_load placeholder"
    keys_are(place, element, "type", optional)
    if element.get("initial_value") is not None:
        check_rich_text(place.at("initial_value"), element["initial_value"])
    _dispatch_config(place, element)


def check_file_input(place: Place, element: Json) -> None:
    keys_are(place, element, "type", "action_id filetypes max_files")
    optional_whole(place, element, "max_files", 1, 10)
    for spot, ending in items_of(place, element, "filetypes", 100):
        string_fits(ending, spot, 255)
