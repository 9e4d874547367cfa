"""Messages: posting, threads, edits, deletions, what one person alone sees, and reading back.

The rules of who may do what are Slack's; the callers (Web API, people's actions, response URLs) have already decided
who speaks. Each change announces the events that an app hears. Blocks are taken as given: the validator has seen them.
"""

from typing import Any

from sandbox.copies import copied
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State, channel_type

_INTERNAL = ("metadata",)
INTERACTIVE = frozenset(
    {
        "button",
        "channels_select",
        "checkboxes",
        "conversations_select",
        "datepicker",
        "datetimepicker",
        "email_text_input",
        "external_select",
        "feedback_buttons",
        "file_input",
        "icon_button",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_static_select",
        "multi_users_select",
        "number_input",
        "overflow",
        "plain_text_input",
        "radio_buttons",
        "rich_text_input",
        "static_select",
        "timepicker",
        "url_text_input",
        "users_select",
        "workflow_button",
    }
)
_AUTHORED = (None, "thread_broadcast", "file_share")


def post(state: State, channel_id: str, content: Json) -> Json:
    """Add a message; `content` is everything but `type` and `ts`. Announces `message`, and `app_mention` where due."""
    channel = state.channel(channel_id)
    thread_ts = content.get("thread_ts")
    if thread_ts is not None:
        content = content | {"thread_ts": _root_of(state, channel_id, str(thread_ts))["ts"]}
    message: Json = {"type": "message", "ts": state.new_ts(channel_id)} | content
    complete(state, message.get("blocks"))
    if thread_ts is not None:
        root = state.message(channel_id, message["thread_ts"])
        message["parent_user_id"] = root.get("user", "")
        if content.get("subtype") == "thread_broadcast":
            message["root"] = _without_internals(root)
        _count_reply(root, message)
    state.messages[channel_id][message["ts"]] = message
    _announce(state, channel, _without_internals(message), message["ts"])
    state.changed("message", channel_id=channel_id, ts=message["ts"], user_id=message.get("user"))
    return message


def authored_by_bot(state: State, installation: Json) -> Json:
    """What marks a message as the app's own."""
    app = state.apps[installation["app_id"]]
    return {
        "user": installation["bot_user_id"],
        "bot_id": installation["bot_id"],
        "app_id": installation["app_id"],
        "team": installation["team_id"],
        "bot_profile": {
            "id": installation["bot_id"],
            "app_id": installation["app_id"],
            "user_id": installation["bot_user_id"],
            "name": app["name"],
            "icons": {},
            "deleted": False,
            "updated": state.users[installation["bot_user_id"]]["updated"],
            "team_id": installation["team_id"],
        },
    }


def is_author(message: Json, user_id: str) -> bool:
    """Notes of the workspace itself (joins, renames, tombstones) belong to nobody."""
    return message.get("subtype") in _AUTHORED and message.get("user") == user_id


def update(state: State, channel_id: str, ts: str, changes: Json, *, editor_id: str | None) -> Json:
    """Replace parts of a message (a value of None removes the part). Announces `message_changed`.

    Without an editor it was Slack itself, and the message does not count as edited.
    """
    channel, message = state.channel(channel_id), state.message(channel_id, ts)
    previous = _without_internals(message)
    for name, value in changes.items():
        if value is None:
            message.pop(name, None)
        else:
            message[name] = value
    complete(state, message.get("blocks"))
    event_ts = state.new_ts(channel_id)
    if editor_id is not None:
        message["edited"] = {"user": editor_id, "ts": event_ts}
    _announce_change(state, channel, message, previous, event_ts)
    return message


def delete(state: State, channel_id: str, ts: str) -> None:
    """Remove a message. A root with replies stays as a tombstone, as in Slack."""
    channel, message = state.channel(channel_id), state.message(channel_id, ts)
    previous, event_ts = _without_internals(message), state.new_ts(channel_id)
    if message.get("reply_count") and message.get("thread_ts") == ts:
        _bury(message)
        _announce_change(state, channel, message, previous, event_ts)
        return
    del state.messages[channel_id][ts]
    root = state.messages[channel_id].get(message.get("thread_ts", ""))
    if root is not None and root is not message:
        _recount(state, channel_id, root)
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": previous,
        "hidden": True,
        "deleted_ts": ts,
        "ts": event_ts,
    }
    _announce(state, channel, event, event_ts)
    state.changed("message", channel_id=channel_id, ts=ts)


def post_ephemeral(state: State, channel_id: str, user_id: str, content: Json) -> Json:
    """Show something to one person only; no event, no history."""
    message: Json = {"type": "message", "ts": state.new_ts(channel_id), "is_ephemeral": True} | content
    complete(state, message.get("blocks"))
    state.ephemerals.append({"channel": channel_id, "user": user_id, "message": message})
    state.changed("ephemeral", channel_id=channel_id, user_id=user_id, ts=message["ts"])
    return message


def ephemeral(state: State, channel_id: str, user_id: str, ts: str) -> Json | None:
    for entry in state.ephemerals:
        if (entry["channel"], entry["user"], entry["message"]["ts"]) == (channel_id, user_id, ts):
            return dict(entry["message"])
    return None


def replace_ephemeral(state: State, channel_id: str, user_id: str, ts: str, content: Json | None) -> None:
    """Put other content in the place of what that person sees, or (None) take it away."""
    for entry in tuple(state.ephemerals):
        if (entry["channel"], entry["user"], entry["message"]["ts"]) == (channel_id, user_id, ts):
            if content is None:
                state.ephemerals.remove(entry)
            else:
                entry["message"] = {
                    name: value for name, value in entry["message"].items() if name not in ("text", "blocks")
                } | content
                complete(state, entry["message"].get("blocks"))
            state.changed("ephemeral", channel_id=channel_id, user_id=user_id, ts=ts)
            return


def readable(message: Json, *, with_metadata: bool) -> Json:
    """A message as history shows it."""
    return copied(message) if with_metadata else _without_internals(message)


def _root_of(state: State, channel_id: str, thread_ts: str) -> Json:
    """Replying to a reply goes to its thread; replying to nothing is refused."""
    found = state.messages[channel_id].get(thread_ts)
    if found is None:
        raise SlackRefusalError("thread_not_found")
    root = state.messages[channel_id].get(found.get("thread_ts", thread_ts))
    if root is None:
        raise SlackRefusalError("thread_not_found")
    return root


def _count_reply(root: Json, reply: Json) -> None:
    author = reply.get("user") or reply.get("bot_id", "")
    root["thread_ts"] = root["ts"]
    root["reply_count"] = root.get("reply_count", 0) + 1
    root["reply_users"] = [
        *root.get("reply_users", []),
        *([] if author in root.get("reply_users", []) else [author]),
    ]
    root["reply_users_count"] = len(root["reply_users"])
    root["latest_reply"] = reply["ts"]
    root.setdefault("is_locked", False)
    root.setdefault("subscribed", False)


def _recount(state: State, channel_id: str, root: Json) -> None:
    replies = [m for m in state.thread(channel_id, root["ts"]) if m is not root]
    for name in (
        "reply_count",
        "reply_users",
        "reply_users_count",
        "latest_reply",
        "is_locked",
        "subscribed",
    ):
        root.pop(name, None)
    if not replies:
        root.pop("thread_ts", None)
    for reply in replies:
        _count_reply(root, reply)


def _bury(message: Json) -> None:
    for name in (
        "blocks",
        "attachments",
        "files",
        "bot_id",
        "app_id",
        "bot_profile",
        "metadata",
        "reactions",
        "edited",
    ):
        message.pop(name, None)
    message |= {
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
    }


def complete(state: State, blocks: Any) -> None:
    """Fill in what Slack fills in: a block_id for each block, an action_id for each element, flags on each text."""
    for block in blocks or ():
        block.setdefault("block_id", state.short_id())
        for element in interactive_elements(block):
            element.setdefault("action_id", state.short_id())
        complete_texts(block)


def complete_texts(value: Any) -> None:
    """`emoji` and `verbatim` stand on every text object that comes back from Slack."""
    if isinstance(value, list):
        for one in value:
            complete_texts(one)
    elif isinstance(value, dict):
        if value.get("type") == "plain_text" and "text" in value:
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn" and "text" in value:
            value.setdefault("verbatim", False)
        for inner in value.values():
            complete_texts(inner)


def interactive_elements(block: Json) -> list[Json]:
    """The elements of a block that a person can use, as the very dicts inside it; those of cards in it as well."""
    found: list[Json] = []
    for name in ("accessory", "element", "elements", "actions", "child_blocks"):
        inner = block.get(name)
        for part in inner if isinstance(inner, list) else [inner]:
            if isinstance(part, dict):
                found += [part] if part.get("type") in INTERACTIVE else interactive_elements(part)
    return found


def _without_internals(message: Json) -> Json:
    return {name: copied(value) for name, value in message.items() if name not in _INTERNAL}


def _announce_change(state: State, channel: Json, message: Json, previous: Json, event_ts: str) -> None:
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": _without_internals(message),
        "previous_message": previous,
        "hidden": True,
        "ts": event_ts,
    }
    _announce(state, channel, event, event_ts)
    state.changed("message", channel_id=channel["id"], ts=message["ts"])


def _announce(state: State, channel: Json, event: Json, event_ts: str) -> None:
    kind = channel_type(channel)
    team_id = channel["context_team_id"]
    addressed = event | {"channel": channel["id"], "event_ts": event_ts, "channel_type": kind}
    if channel.get("is_ext_shared") and "team" in event:
        addressed |= {"user_team": event["team"], "source_team": event["team"]}
    state.announce(addressed, team_id, channel["id"])
    if kind == "im" or "subtype" in event or "bot_id" in event:
        return
    installation = state.installations.get(team_id)
    if installation and f"<@{installation['bot_user_id']}>" in event.get("text", ""):
        mention = {
            name: value for name, value in addressed.items() if name not in ("channel_type", "parent_user_id")
        }
        state.announce(mention | {"type": "app_mention"}, team_id, channel["id"])
