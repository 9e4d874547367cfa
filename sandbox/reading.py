"""What a person reads on a message or view: the words of all blocks, flattened, for assertions and for finding things.

Reading only; drawing is the page's matter.
"""

from typing import Any

from sandbox.state import Json

# Keys whose values are for machines: they may contain words, but nobody reads them.
_UNREAD = frozenset(
    {
        "type", "block_id", "action_id", "value", "style", "url", "callback_id", "private_metadata", "external_id",
        "id", "hash", "ts", "thread_ts", "team", "user", "bot_id", "app_id", "bot_profile", "state", "metadata",
        "image_url", "verbatim", "emoji", "user_id", "usergroup_id", "channel_id", "range", "confirm",
    }
)  # fmt: skip
_SPOKEN_ENTITIES = {
    "user": ("user_id", "@"),
    "usergroup": ("usergroup_id", "@"),
    "channel": ("channel_id", "#"),
}


def text_of(message_or_view: Json) -> str:
    """All words that stand there, a line per piece: the blocks' if there are blocks, else the text."""
    if not message_or_view.get("blocks"):
        return str(message_or_view.get("text", ""))
    parts: list[str] = []
    for name in ("title", "blocks", "submit", "close"):
        _read(message_or_view.get(name), parts)
    return "\n".join(part for part in parts if part)


def words_of(element: Json) -> str:
    """What stands on an element: a button's text, a select's placeholder."""
    for name in ("text", "placeholder", "label"):
        value = element.get(name)
        if isinstance(value, dict):
            return str(value.get("text", ""))
        if isinstance(value, str):
            return value
    return ""


def _read(value: Any, parts: list[str]) -> None:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        parts.append(str(value))
    elif isinstance(value, list):
        for one in value:
            _read(one, parts)
    elif isinstance(value, dict):
        _read_object(value, parts)


def _read_object(value: Json, parts: list[str]) -> None:
    kind = value.get("type")
    if kind in _SPOKEN_ENTITIES and _SPOKEN_ENTITIES[kind][0] in value:
        key, mark = _SPOKEN_ENTITIES[kind]
        parts.append(f"<{mark}{value[key]}>")
        return
    if kind == "emoji" and "name" in value:
        parts.append(f":{value['name']}:")
        return
    if kind == "link":
        parts.append(str(value.get("text") or value.get("url", "")))
        return
    if kind == "rich_text_section":
        line: list[str] = []
        _read(value.get("elements"), line)
        parts.append("".join(line))
        return
    if kind == "raw_number":
        parts.append(str(value.get("text", value.get("value", ""))))
        return
    for name, inner in value.items():
        if name not in _UNREAD:
            _read(inner, parts)
