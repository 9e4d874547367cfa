"""Small Block Kit payloads for tests."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str, block_id: str = "words") -> Json:
    return {"type": "section", "block_id": block_id, "text": mrkdwn(text)}


def button(text: str, action_id: str, value: str = "1") -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": value}


def actions(*elements: Json, block_id: str = "buttons") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def text_input(label: str, block_id: str, *, initial: str | None = None, optional: bool = False) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": f"{block_id}_input"}
    if initial is not None:
        element["initial_value"] = initial
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        "optional": optional,
    }


def modal(*blocks: Json, title: str = "Form", **more: Any) -> Json:
    view: Json = {"type": "modal", "callback_id": "form", "title": plain(title), "blocks": list(blocks)}
    return view | {"submit": plain("Save"), "close": plain("Cancel")} | more


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}
