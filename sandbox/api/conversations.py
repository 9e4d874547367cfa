"""conversations.*: finding, reading and joining channels."""

from sandbox import conversations, messages
from sandbox.api.call import Call, Method, page
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json


def open_direct(call: Call) -> Json:
    channel_id = call.maybe_text("channel")
    if channel_id is not None:
        channel, was_there = conversations.visible(call.state, call.bot_user_id, channel_id), True
    else:
        users = call.ids("users")
        if not users:
            raise SlackRefusalError("users_list_not_supplied")
        if len(users) > 1:
            raise SlackRefusalError("not_enough_users")
        channel, was_there = conversations.direct_message(call.state, call.bot_user_id, users[0])
    answer: Json = {"channel": channel if call.flag("return_im") else {"id": channel["id"]}}
    return answer | ({"no_op": True, "already_open": True} if was_there else {})


def info(call: Call) -> Json:
    channel = conversations.visible(call.state, call.bot_user_id, call.text("channel"))
    described = conversations.info(call.state, channel, call.bot_user_id)
    if call.flag("include_num_members") and not channel.get("is_im"):
        described["num_members"] = len(call.state.members[channel["id"]])
    return {"channel": described}


def list_channels(call: Call) -> Json:
    kinds = call.ids("types") or ["public_channel"]
    found = [
        channel
        for channel in call.state.channels.values()
        if channel["context_team_id"] == call.team_id
        and _kind(channel) in kinds
        and (_kind(channel) == "public_channel" or call.state.is_member(call.bot_user_id, channel["id"]))
        and not (call.flag("exclude_archived") and channel.get("is_archived"))
    ]
    shown, metadata = page([_listed(call, channel) for channel in found], call)
    return {"channels": shown} | metadata


def members(call: Call) -> Json:
    channel = conversations.visible(call.state, call.bot_user_id, call.text("channel"))
    shown, metadata = page(call.state.members[channel["id"]], call)
    return {"members": shown} | metadata


def history(call: Call) -> Json:
    channel = _readable(call)
    found = [m for m in reversed(call.state.channel_messages(channel["id"])) if _in_range(call, m["ts"])]
    shown, metadata = page([_shown(call, m) for m in found], call)
    has_more = bool(metadata["response_metadata"]["next_cursor"])
    return {"messages": shown, "has_more": has_more, "pin_count": 0, "channel_actions_count": 0} | (
        metadata if has_more else {}
    )


def replies(call: Call) -> Json:
    channel = _readable(call)
    ts = call.text("ts")
    asked = call.state.messages[channel["id"]].get(ts)
    if asked is None:
        raise SlackRefusalError("thread_not_found")
    root_ts = asked.get("thread_ts", ts)
    thread = call.state.thread(channel["id"], root_ts)
    found = [m for m in thread if m["ts"] == root_ts or _in_range(call, m["ts"])]
    shown, metadata = page([_shown(call, m) for m in found], call, default=1000)
    has_more = bool(metadata["response_metadata"]["next_cursor"])
    return {"messages": shown, "has_more": has_more} | (metadata if has_more else {})


def join(call: Call) -> Json:
    channel = conversations.visible(call.state, call.bot_user_id, call.text("channel"))
    was_in = call.state.is_member(call.bot_user_id, channel["id"])
    if channel["is_private"]:
        raise SlackRefusalError("method_not_supported_for_channel_type")
    conversations.join(call.state, call.bot_user_id, channel["id"])
    answer: Json = {"channel": conversations.info(call.state, channel, call.bot_user_id)}
    if was_in:
        answer |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return answer


def invite(call: Call) -> Json:
    channel = conversations.writable(call.state, call.bot_user_id, call.text("channel"))
    users = call.ids("users")
    if not users:
        raise SlackRefusalError("no_user")
    for user_id in users:
        person = call.state.user(user_id)
        if person["deleted"] or person["team_id"] != call.team_id:
            raise SlackRefusalError("user_not_found")
        if user_id == call.bot_user_id:
            raise SlackRefusalError("cant_invite_self")
        conversations.join(call.state, user_id, channel["id"], inviter_id=call.bot_user_id)
    return {"channel": conversations.info(call.state, channel, call.bot_user_id)}


def _kind(channel: Json) -> str:
    if channel.get("is_im"):
        return "im"
    return "private_channel" if channel["is_private"] else "public_channel"


def _listed(call: Call, channel: Json) -> Json:
    described = conversations.info(call.state, channel, call.bot_user_id)
    return (
        described
        if channel.get("is_im")
        else described | {"num_members": len(call.state.members[channel["id"]])}
    )


def _readable(call: Call) -> Json:
    channel = conversations.visible(call.state, call.bot_user_id, call.text("channel"))
    if not call.state.is_member(call.bot_user_id, channel["id"]):
        raise SlackRefusalError("not_in_channel")
    return channel


def _shown(call: Call, message: Json) -> Json:
    return messages.readable(message, with_metadata=call.flag("include_all_metadata"))


def _in_range(call: Call, ts: str) -> bool:
    at = _moment(ts)
    oldest, latest = call.maybe_text("oldest"), call.maybe_text("latest")
    inclusive = call.flag("inclusive")
    if oldest and (at < _bound(oldest, "oldest") or (at == _bound(oldest, "oldest") and not inclusive)):
        return False
    return not (
        latest and (at > _bound(latest, "latest") or (at == _bound(latest, "latest") and not inclusive))
    )


def _bound(value: str, name: str) -> tuple[int, int]:
    try:
        return _moment(value)
    except ValueError as malformed:
        raise SlackRefusalError(f"invalid_ts_{name}") from malformed


def _moment(ts: str) -> tuple[int, int]:
    """Seconds and millionths: a float would blur neighbours."""
    seconds, _, micros = ts.partition(".")
    return int(seconds), int(micros.ljust(6, "0")[:6] or 0)


METHODS: dict[str, Method] = {
    "conversations.open": open_direct,
    "conversations.info": info,
    "conversations.list": list_channels,
    "conversations.members": members,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.join": join,
    "conversations.invite": invite,
}
