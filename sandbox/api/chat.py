"""chat.*: what the app says, changes and takes back."""

from typing import Any

from sandbox import conversations, messages
from sandbox.api.call import Call, Method
from sandbox.api.payloads import content_of
from sandbox.api.scopes import scopes_of
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json


def post_message(call: Call) -> Json:
    channel_id = _destination(call)
    content = content_of(call)
    if not content.get("text") and not content.get("blocks") and not content.get("attachments"):
        raise SlackRefusalError("no_text")
    content.setdefault("text", "")
    author = messages.authored_by_bot(call.state, call.installation)
    thread = _thread(call)
    message = messages.post(call.state, channel_id, author | content | thread)
    answered = messages.readable(message, with_metadata=True)
    return {"channel": channel_id, "ts": message["ts"], "message": answered}


def update(call: Call) -> Json:
    channel = conversations.visible(call.state, call.bot_user_id, call.text("channel"))
    ts = call.text("ts")
    message = call.state.message(channel["id"], ts)
    if not messages.is_author(message, call.bot_user_id):
        raise SlackRefusalError("cant_update_message")
    if channel.get("is_archived"):
        raise SlackRefusalError("is_archived")
    content = content_of(call)
    if not content:
        raise SlackRefusalError("no_text")
    if content.get("blocks") == []:
        content["blocks"] = None  # blocks that are left out stay, an empty list takes them away
    changed = messages.update(call.state, channel["id"], ts, content, editor_id=call.bot_user_id)
    answered = messages.readable(changed, with_metadata=True)
    return {"channel": channel["id"], "ts": ts, "text": changed.get("text", ""), "message": answered}


def delete(call: Call) -> Json:
    channel = conversations.visible(call.state, call.bot_user_id, call.text("channel"))
    ts = call.text("ts")
    message = call.state.message(channel["id"], ts)
    if not messages.is_author(message, call.bot_user_id):
        raise SlackRefusalError("cant_delete_message")
    messages.delete(call.state, channel["id"], ts)
    return {"channel": channel["id"], "ts": ts}


def post_ephemeral(call: Call) -> Json:
    channel = conversations.writable(call.state, call.bot_user_id, call.text("channel"))
    user_id = call.text("user")
    if not call.state.is_member(user_id, channel["id"]):
        raise SlackRefusalError("user_not_in_channel")
    content = content_of(call)
    if not content.get("text") and not content.get("blocks") and not content.get("attachments"):
        raise SlackRefusalError("no_text")
    author = messages.authored_by_bot(call.state, call.installation)
    thread = _thread(call)
    if "thread_ts" in thread and thread["thread_ts"] not in call.state.messages[channel["id"]]:
        raise SlackRefusalError("thread_not_found")
    thread.pop("subtype", None)
    message = messages.post_ephemeral(
        call.state, channel["id"], user_id, {"text": ""} | author | content | thread
    )
    return {"message_ts": message["ts"]}


def get_permalink(call: Call) -> Json:
    channel = conversations.visible(call.state, call.bot_user_id, call.text("channel"))
    ts = call.text("message_ts")
    message = call.state.message(channel["id"], ts)
    # On Slack this leads to the workspace; here to the sandbox's own page, so that a click opens it.
    link = f"{call.address}/archives/{channel['id']}/p{ts.replace('.', '')}"
    if message.get("thread_ts") not in (None, ts):
        link += f"?thread_ts={message['thread_ts']}&cid={channel['id']}"
    return {"channel": channel["id"], "permalink": link}


def _destination(call: Call) -> str:
    """A channel, or a person, who is then written to directly."""
    wanted = call.text("channel")
    if wanted in call.state.users:
        person = call.state.users[wanted]
        if person["team_id"] != call.team_id:
            raise SlackRefusalError("channel_not_found")
        return str(conversations.direct_message(call.state, call.bot_user_id, wanted)[0]["id"])
    if wanted not in call.state.channels:
        wanted = _by_name(call, wanted)
    if "chat:write.public" in (scopes_of(call) or ()):
        channel = conversations.visible(call.state, call.bot_user_id, wanted)
        if not channel.get("is_archived"):
            return str(channel["id"])
    return str(conversations.writable(call.state, call.bot_user_id, wanted)["id"])


def _by_name(call: Call, name: str) -> str:
    for channel in call.state.channels.values():
        if channel.get("name") == name.lstrip("#") and channel["context_team_id"] == call.team_id:
            return str(channel["id"])
    raise SlackRefusalError("channel_not_found")


def _thread(call: Call) -> dict[str, Any]:
    thread_ts = call.maybe_text("thread_ts")
    if thread_ts is None:
        return {}
    if call.flag("reply_broadcast"):
        return {"thread_ts": thread_ts, "subtype": "thread_broadcast"}
    return {"thread_ts": thread_ts}


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": get_permalink,
}
