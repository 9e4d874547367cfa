"""Block elements: buttons, menus, pickers and inputs, and which of them may stand in which block.

One function per family of elements; the tables at the end say what belongs where. An element that Slack does not know,
or knows but not in this place, is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import inputs
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
    "datepicker": inputs.check_datepicker,
    "timepicker": inputs.check_timepicker,
    "datetimepicker": inputs.check_datetimepicker,
    "plain_text_input": inputs.check_plain_text_input,
    "url_text_input": inputs.check_address_input,
    "email_text_input": inputs.check_address_input,
    "number_input": inputs.check_number_input,
    "rich_text_input": inputs.check_rich_text_input,
    "file_input": inputs.check_file_input,
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
# A menu from which several things are chosen stands in a section or an input, never among buttons.
IN_ACTIONS = {
    *(name for name in _SELECTS if not name.startswith("multi_")),
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
