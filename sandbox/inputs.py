"""The values of a view's or message's inputs, in the shapes of Slack's `state.values`.

Three things meet here: what an element starts with, what a person has put in, and what Slack sends for both. Nothing
here changes the view itself.
"""

import re
from typing import Any

from sandbox.messages import interactive_elements
from sandbox.state import Json

Values = dict[str, dict[str, Json]]

# element type → (the key in `state.values`, what an untouched element holds)
_TYPED = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
_CHOICE = ("static_select", "external_select", "radio_buttons")
_CHOICES = ("multi_static_select", "multi_external_select", "checkboxes")
_SINGLE = {
    **dict.fromkeys(_TYPED, ("value", "initial_value")),
    **dict.fromkeys(_CHOICE, ("selected_option", "initial_option")),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
}
_SEVERAL = {
    **dict.fromkeys(_CHOICES, ("selected_options", "initial_options")),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", "initial_files"),
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s]*")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


def value_key(element_type: str) -> str | None:
    """The key under which `state.values` carries this kind of element; None for one that keeps no value."""
    found = _SINGLE.get(element_type) or _SEVERAL.get(element_type)
    return found[0] if found else None


def is_several(element_type: str) -> bool:
    return element_type in _SEVERAL


def stateful(blocks: list[Json]) -> list[tuple[Json, Json]]:
    """Each (block, element) that holds a value."""
    return [
        (block, element)
        for block in blocks
        for element in interactive_elements(block)
        if value_key(str(element.get("type"))) is not None
    ]


def current_values(blocks: list[Json], typed: Values) -> Values:
    """`state.values`: what a person put in where they did, else what the app started the element with."""
    values: Values = {}
    for block, element in stateful(blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        value = typed.get(block_id, {}).get(action_id)
        values.setdefault(block_id, {})[action_id] = value if value is not None else _untouched(element)
    return values


def kept_values(blocks: list[Json], typed: Values) -> Values:
    """What survives an update: values whose block_id and action_id are still there, in an element of the same kind."""
    kept: Values = {}
    for block, element in stateful(blocks):
        value = typed.get(block["block_id"], {}).get(element["action_id"])
        if value is not None and value.get("type") == element["type"]:
            kept.setdefault(block["block_id"], {})[element["action_id"]] = value
    return kept


def entered(element: Json, given: Any) -> Json:
    """A person's input in Slack's shape.

    `given` is a plain value: words for a text input, an option's text or value, an id, a date, a list of them for an
    element with several; a dict that has Slack's shape already is taken as it is. Raises ValueError for an option
    that the element does not offer.
    """
    kind = str(element["type"])
    key = value_key(kind)
    if key is None:
        raise ValueError(f"{kind} holds no value")
    if isinstance(given, dict) and given.get("type") == kind:
        return given
    if is_several(kind):
        wanted = [] if given is None else given if isinstance(given, list | tuple | set) else [given]
        chosen = [option_of(element, one) if kind in _CHOICES else one for one in wanted]
        return {"type": kind, key: chosen}
    if given is None or (given == "" and kind in _TYPED):
        return {"type": kind, key: None}
    if kind in _CHOICE:
        return {"type": kind, key: option_of(element, given)}
    if kind == "datetimepicker":
        return {"type": kind, key: int(given)}
    return {"type": kind, key: given if kind == "rich_text_input" else str(given)}


def option_of(element: Json, wanted: Any) -> Json:
    """The option of that value or that text."""
    options = [*element.get("options", ())]
    for group in element.get("option_groups", ()):
        options.extend(group.get("options", ()))
    if isinstance(wanted, dict):
        wanted = wanted.get("value")
    for option in options:
        if wanted in (option.get("value"), option["text"]["text"]):
            return {"text": option["text"], "value": option.get("value")}
    offered = ", ".join(option["text"]["text"] for option in options)
    raise ValueError(f"There is no option {wanted!r}; there are: {offered}.")


def complaints(view: Json, values: Values) -> dict[str, str]:
    """What Slack's own client refuses before the app hears of the submission: block_id → sentence."""
    found: dict[str, str] = {}
    for block in view["blocks"]:
        element = block.get("element")
        if block.get("type") != "input" or not isinstance(element, dict):
            continue
        value = (
            values.get(block["block_id"], {})
            .get(element["action_id"], {})
            .get(value_key(element["type"]) or "")
        )
        complaint = _complaint(element, value, optional=bool(block.get("optional")))
        if complaint:
            found[block["block_id"]] = complaint
    return found


def _complaint(element: Json, value: Any, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else "Please complete this required field."
    kind = element["type"]
    if kind in _TYPED and len(str(value)) < int(element.get("min_length", 0)):
        return f"Please enter at least {element['min_length']} characters."
    if kind in _TYPED and len(str(value)) > int(element.get("max_length", 3000)):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    if kind == "number_input":
        return _number_complaint(element, str(value))
    if kind == "email_text_input" and not _EMAIL.fullmatch(str(value)):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not _ADDRESS.fullmatch(str(value)):
        return "Please enter a valid URL."
    if is_several(kind) and len(value) > int(element.get("max_selected_items", len(value))):
        return f"Please choose at most {element['max_selected_items']}."
    return None


def _number_complaint(element: Json, value: str) -> str | None:
    if not _NUMBER.fullmatch(value):
        return "Please enter a number."
    number = float(value)
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def _untouched(element: Json) -> Json:
    kind = str(element["type"])
    if kind in _SEVERAL:
        key, initial = _SEVERAL[kind]
        return {"type": kind, key: list(element.get(initial) or [])}
    key, initial = _SINGLE[kind]
    return {"type": kind, key: element.get(initial)}
