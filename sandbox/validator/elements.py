"""Block elements: buttons, menus, pickers and inputs, and which of them may stand in which block.

One function per family of elements; the tables at the end say what belongs where. An element that Slack does not know,
or knows but not in this place, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .findings import Place
from .shapes import (
    Json,
    address_fits,
    is_object,
    is_one_of,
    is_whole,
    items_of,
    keys_are,
    optional_flag,
    optional_string,
    optional_whole,
    string_fits,
)
from .texts import (
    EITHER,
    PLAIN,
    check_confirm,
    check_initial_option,
    check_initial_options,
    check_options,
    check_options_or_groups,
    offered_options,
    optional_text,
)

_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")


def _button(place: Place, element: Json) -> None:
    keys_are(place, element, "type text", "action_id url value style confirm accessibility_label")
    optional_text(place, element, "text", 75, PLAIN)
    optional_string(place, element, "value", 2000)
    optional_string(place, element, "accessibility_label", 75)
    is_one_of(place, element, "style", "primary", "danger")
    if element.get("url") is not None:
        address_fits(place.at("url"), element["url"])


def _overflow(place: Place, element: Json) -> None:
    keys_are(place, element, "type options", "action_id confirm")
    check_options(place, element, 5, may_link=True)


def _image(place: Place, element: Json) -> None:
    keys_are(place, element, "type alt_text", "image_url slack_file")
    check_picture(place, element)


def check_picture(place: Place, thing: Json) -> None:
    """The part that image blocks and image elements share."""
    if (thing.get("image_url") is None) == (thing.get("slack_file") is None):
        place.refuse("must provide either image_url or slack_file")
    if thing.get("image_url") is not None:
        address_fits(place.at("image_url"), thing["image_url"])
    optional_string(place, thing, "alt_text", 2000)


def _static_select(place: Place, element: Json) -> None:
    optional = "action_id placeholder options option_groups initial_option confirm focus_on_load"
    keys_are(place, element, "type", optional)
    check_options_or_groups(place, element)
    check_initial_option(place, element)


def _multi_static_select(place: Place, element: Json) -> None:
    optional = (
        "action_id placeholder options option_groups initial_options max_selected_items confirm focus_on_load"
    )
    keys_are(place, element, "type", optional)
    check_options_or_groups(place, element)
    check_initial_options(place, element)


def _external_select(place: Place, element: Json) -> None:
    keys_are(
        place, element, "type", "action_id placeholder initial_option min_query_length confirm focus_on_load"
    )


def _multi_external_select(place: Place, element: Json) -> None:
    optional = (
        "action_id placeholder initial_options min_query_length max_selected_items confirm focus_on_load"
    )
    keys_are(place, element, "type", optional)


def _directory_select(kind: str, extra: str = "") -> Callable[[Place, Json], None]:
    """Menus that Slack fills itself: people, channels, conversations."""

    def check(place: Place, element: Json) -> None:
        keys_are(
            place, element, "type", f"action_id placeholder confirm focus_on_load initial_{kind} {extra}"
        )
        optional_string(place, element, f"initial_{kind}", 255)

    return check


def _directory_multi_select(kind: str, extra: str = "") -> Callable[[Place, Json], None]:
    def check(place: Place, element: Json) -> None:
        optional = (
            f"action_id placeholder confirm focus_on_load initial_{kind}s max_selected_items filter {extra}"
        )
        keys_are(place, element, "type", optional)
        for spot, value in items_of(place, element, f"initial_{kind}s", 100, least=0):
            string_fits(value, spot, 255)

    return check


def _choices(place: Place, element: Json) -> None:
    """Radio buttons and checkboxes: at most ten options, which may be mrkdwn."""
    key = "initial_option" if element["type"] == "radio_buttons" else "initial_options"
    keys_are(place, element, "type options", f"action_id confirm focus_on_load {key}")
    check_options(place, element, 10, EITHER)
    check_initial_option(place, element, EITHER)
    check_initial_options(place, element, EITHER)


def _matches(place: Place, element: Json, key: str, pattern: re.Pattern[str], shape: str) -> None:
    value = element.get(key)
    if value is not None and not (isinstance(value, str) and pattern.fullmatch(value)):
        place.at(key).refuse(f"must be in the form {shape}")


def _datepicker(place: Place, element: Json) -> None:
    keys_are(place, element, "type", "action_id placeholder initial_date confirm focus_on_load")
    _matches(place, element, "initial_date", _DATE, "YYYY-MM-DD")


def _timepicker(place: Place, element: Json) -> None:
    keys_are(place, element, "type", "action_id placeholder initial_time timezone confirm focus_on_load")
    _matches(place, element, "initial_time", _TIME, "HH:mm")


def _datetimepicker(place: Place, element: Json) -> None:
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


def _plain_text_input(place: Place, element: Json) -> None:
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


def _address_input(place: Place, element: Json) -> None:
    optional = "action_id initial_value dispatch_action_config focus_on_load placeholder"
    keys_are(place, element, "type", optional)
    optional_string(place, element, "initial_value", 3000, shortest=0)
    _dispatch_config(place, element)


def _as_number(value: Any) -> float | None:
    return float(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else None


def _number_input(place: Place, element: Json) -> None:
    optional = "action_id initial_value min_value max_value dispatch_action_config focus_on_load placeholder"
    keys_are(place, element, "type is_decimal_allowed", optional)
    optional_flag(place, element, "is_decimal_allowed")
    for key in ("initial_value", "min_value", "max_value"):
        _matches(place, element, key, _DECIMAL, "of a number, as a string")
    low, high = _as_number(element.get("min_value")), _as_number(element.get("max_value"))
    if low is not None and high is not None and low > high:
        place.at("min_value").refuse("must not be more than max_value")
    _dispatch_config(place, element)


def _rich_text_input(place: Place, element: Json) -> None:
    from .rich_text import check_rich_text

    optional = "action_id initial_value dispatch_action_config focus_on_load placeholder"
    keys_are(place, element, "type", optional)
    if element.get("initial_value") is not None:
        check_rich_text(place.at("initial_value"), element["initial_value"])
    _dispatch_config(place, element)


def _file_input(place: Place, element: Json) -> None:
    keys_are(place, element, "type", "action_id filetypes max_files")
    optional_whole(place, element, "max_files", 1, 10)
    for spot, ending in items_of(place, element, "filetypes", 100):
        string_fits(ending, spot, 255)


def _feedback_buttons(place: Place, element: Json) -> None:
    keys_are(place, element, "type positive_button negative_button", "action_id")
    for key in ("positive_button", "negative_button"):
        button = element.get(key)
        if button is not None and is_object(button, place.at(key)):
            here = place.at(key)
            keys_are(here, button, "text value", "accessibility_label")
            optional_text(here, button, "text", 75, PLAIN)
            optional_string(here, button, "value", 2000)
            optional_string(here, button, "accessibility_label", 75)


def _icon_button(place: Place, element: Json) -> None:
    keys_are(
        place,
        element,
        "type icon text",
        "action_id value confirm accessibility_label visible_to_user_ids",
    )
    is_one_of(place, element, "icon", "trash")
    optional_text(place, element, "text", 75, PLAIN)
    optional_string(place, element, "value", 2000)
    optional_string(place, element, "accessibility_label", 75)
    for spot, value in items_of(place, element, "visible_to_user_ids", 10):
        string_fits(value, spot, 255)


RULES: dict[str, Callable[[Place, Json], None]] = {
    "button": _button,
    "overflow": _overflow,
    "image": _image,
    "static_select": _static_select,
    "multi_static_select": _multi_static_select,
    "external_select": _external_select,
    "multi_external_select": _multi_external_select,
    "users_select": _directory_select("user"),
    "multi_users_select": _directory_multi_select("user"),
    "channels_select": _directory_select("channel", "response_url_enabled"),
    "multi_channels_select": _directory_multi_select("channel"),
    "conversations_select": _directory_select(
        "conversation", "response_url_enabled default_to_current_conversation filter"
    ),
    "multi_conversations_select": _directory_multi_select("conversation", "default_to_current_conversation"),
    "radio_buttons": _choices,
    "checkboxes": _choices,
    "datepicker": _datepicker,
    "timepicker": _timepicker,
    "datetimepicker": _datetimepicker,
    "plain_text_input": _plain_text_input,
    "url_text_input": _address_input,
    "email_text_input": _address_input,
    "number_input": _number_input,
    "rich_text_input": _rich_text_input,
    "file_input": _file_input,
    "feedback_buttons": _feedback_buttons,
    "icon_button": _icon_button,
}

_SELECTS = {name for name in RULES if name.endswith("_select")}
IN_SECTION = {
    *_SELECTS,
    "button",
    "checkboxes",
    "datepicker",
    "image",
    "overflow",
    "radio_buttons",
    "timepicker",
}
IN_ACTIONS = {
    *_SELECTS,
    "button",
    "checkboxes",
    "datepicker",
    "datetimepicker",
    "overflow",
    "radio_buttons",
    "rich_text_input",
    "timepicker",
}
IN_INPUT = {
    *_SELECTS,
    "checkboxes",
    "datepicker",
    "datetimepicker",
    "email_text_input",
    "file_input",
    "number_input",
    "plain_text_input",
    "radio_buttons",
    "rich_text_input",
    "timepicker",
    "url_text_input",
}
IN_CONTEXT_ACTIONS = {"feedback_buttons", "icon_button"}
IN_CARD = {"button"}


def check_element(place: Place, element: Any, allowed: set[str]) -> None:
    if not is_object(element, place):
        return
    kind = element.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        place.at("type").refuse(f"unsupported type: {kind}")
        return
    RULES[kind](place, element)
    _check_shared(place, element)


def _check_shared(place: Place, element: Json) -> None:
    check_confirm(place, element)
    optional_text(place, element, "placeholder", 150, PLAIN)
    optional_flag(place, element, "focus_on_load")
    if element.get("focus_on_load") is True and place.count("focus_on_load") > 1:
        place.at("focus_on_load").refuse("only one element may have focus_on_load")
    most = element.get("max_selected_items")
    if most is not None and is_whole(most, place.at("max_selected_items"), 1, 1000):
        chosen = element.get("initial_options")
        if isinstance(chosen, list) and len(chosen) > most and offered_options(element):
            place.at("initial_options").refuse(f"no more than {most} items allowed")
    if element["type"] == "file_input" and place.surface != "modal":
        place.at("type").refuse("file_input is only allowed in modals")
    action_id = element.get("action_id")
    if action_id is None or not string_fits(action_id, place.at("action_id"), 255):
        return
    if action_id in place.inspection.action_ids:
        place.at("action_id").refuse(f'action_id "{action_id}" already exists for another element')
    place.inspection.action_ids.add(action_id)
