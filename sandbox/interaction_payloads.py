"""The payloads of what people do in an app's surfaces: commands, clicks, submissions, shortcuts.

Shapes as Slack sends them; no key more, none less that an app reads. Pure: the state is read, nothing is sent.
"""

from typing import Any, Literal

from sandbox.copies import copied
from sandbox.inputs import current_values, entered, value_key
from sandbox.messages import readable
from sandbox.state import Json, State

_TOKEN = "sandbox-verification-token"  # noqa: S105 - Slack's long deprecated field, here for its shape


def command(
    state: State,
    installation: Json,
    user_id: str,
    channel_id: str,
    name: str,
    text: str,
    keys: tuple[str, str],
) -> dict[str, str]:
    """A slash command's form. `keys`: trigger id and response URL."""
    team = state.teams[installation["team_id"]]
    trigger_id, response_url = keys
    return {
        "token": _TOKEN,
        "team_id": team["id"],
        "team_domain": team["domain"],
        "channel_id": channel_id,
        "channel_name": _channel_name(state, channel_id),
        "user_id": user_id,
        "user_name": state.users[user_id]["name"],
        "command": name,
        "text": text,
        "api_app_id": installation["app_id"],
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def click_in_message(
    state: State,
    installation: Json,
    user_id: str,
    channel_id: str,
    message: Json,
    action: Json,
    keys: tuple[str, str],
) -> Json:
    """`block_actions` from a message. That of an ephemeral message carries no `message`."""
    trigger_id, response_url = keys
    is_ephemeral = bool(message.get("is_ephemeral"))
    container: Json = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel_id,
        "is_ephemeral": is_ephemeral,
    }
    if message.get("thread_ts") not in (None, message["ts"]):
        container["thread_ts"] = message["thread_ts"]
    payload = _common(state, installation, user_id, "block_actions") | {
        "container": container,
        "trigger_id": trigger_id,
        "channel": {"id": channel_id, "name": _channel_name(state, channel_id)},
    }
    if not is_ephemeral:
        payload["message"] = readable(message, with_metadata=False)
    values = current_values(message.get("blocks", []), _as_typed(action))
    return payload | {"state": {"values": values}, "response_url": response_url, "actions": [action]}


def click_in_view(
    state: State, installation: Json, user_id: str, view: Json, action: Json, trigger_id: str
) -> Json:
    """`block_actions` from a modal or the Home tab: no channel, no message, no response URL."""
    return _common(state, installation, user_id, "block_actions") | {
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": trigger_id,
        "view": copied(view),
        "actions": [action],
    }


def submission(state: State, installation: Json, user_id: str, view: Json, trigger_id: str) -> Json:
    return _common(state, installation, user_id, "view_submission") | {
        "trigger_id": trigger_id,
        "view": copied(view),
        "response_urls": [],
    }


def closing(state: State, installation: Json, user_id: str, view: Json, *, is_cleared: bool) -> Json:
    return _common(state, installation, user_id, "view_closed") | {
        "view": copied(view),
        "is_cleared": is_cleared,
    }


def shortcut(
    state: State,
    installation: Json,
    user_id: str,
    callback_id: str,
    trigger_id: str,
    message: tuple[str, Json, str] | None = None,
) -> Json:
    """A shortcut; with `message` (channel id, message, response URL) one from a message's menu."""
    kind: Literal["shortcut", "message_action"] = "message_action" if message else "shortcut"
    payload = _common(state, installation, user_id, kind)
    del payload["api_app_id"]
    payload["user"].pop("name")
    payload |= {
        "action_ts": f"{state.clock.timestamp():.6f}",
        "callback_id": callback_id,
        "trigger_id": trigger_id,
    }
    if message is None:
        return payload
    channel_id, content, response_url = message
    payload["user"]["name"] = state.users[user_id]["name"]
    return payload | {
        "response_url": response_url,
        "message_ts": content["ts"],
        "channel": {"id": channel_id, "name": _channel_name(state, channel_id)},
        "message": readable(content, with_metadata=False),
    }


def action_of(state: State, block: Json, element: Json, given: Any = None) -> Json:
    """One entry of `actions`: the element as it stands, with what was chosen. ValueError for no such choice."""
    kind = str(element["type"])
    action: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
    for name, value in element.items():
        if name in ("text", "value", "style", "url", "confirm", "placeholder") or name.startswith("initial_"):
            action[name] = copied(value)
    if kind == "overflow":
        # An overflow keeps no value; its choice has the shape of a select's.
        chosen = entered(element | {"type": "static_select"}, given)["selected_option"]
        if chosen is None:
            raise ValueError("a menu is used by choosing one of its entries")
        action["selected_option"] = chosen
    elif kind == "feedback_buttons":
        pressed = [
            b for b in (element.get("positive_button"), element.get("negative_button")) if isinstance(b, dict)
        ]
        action |= next(({"text": b["text"], "value": b["value"]} for b in pressed if b["value"] == given), {})
    elif value_key(kind) is not None:
        action |= entered(element, given)
    return action | {"action_ts": f"{state.clock.timestamp():.6f}"}


def _common(state: State, installation: Json, user_id: str, kind: str) -> Json:
    user, team = state.users[user_id], state.teams[installation["team_id"]]
    return {
        "type": kind,
        "user": {
            "id": user_id,
            "username": user["name"],
            "name": user["name"],
            "team_id": user["team_id"],
        },
        "api_app_id": installation["app_id"],
        "token": _TOKEN,
        "team": {"id": team["id"], "domain": team["domain"]},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _as_typed(action: Json) -> dict[str, dict[str, Json]]:
    """The choice just made, so that `state.values` shows it already."""
    key = value_key(action["type"])
    if key is None or key not in action:
        return {}
    return {action["block_id"]: {action["action_id"]: {"type": action["type"], key: action[key]}}}


def _channel_name(state: State, channel_id: str) -> str:
    channel = state.channels[channel_id]
    if channel.get("is_im"):
        return "directmessage"
    return "privategroup" if channel["is_private"] else str(channel["name"])
