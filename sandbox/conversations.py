"""Channels and who is in them: seeing, joining, leaving, renaming, archiving, direct messages.

Refusals follow Slack: a private channel that one is not in does not exist for one, and neither does a channel of
another team. Each change announces the events that an app hears.
"""

from sandbox import messages
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State


def visible(state: State, user_id: str, channel_id: str) -> Json:
    """The channel, if this person or bot may know of it."""
    channel = state.channel(channel_id)
    if state.is_member(user_id, channel_id):
        return channel
    if (
        channel.get("is_im")
        or channel["is_private"]
        or state.user(user_id)["team_id"] != channel["context_team_id"]
    ):
        raise SlackRefusalError("channel_not_found")
    return channel


def writable(state: State, user_id: str, channel_id: str) -> Json:
    """The channel, if this person or bot may write to it."""
    channel = visible(state, user_id, channel_id)
    if channel.get("is_archived"):
        raise SlackRefusalError("is_archived")
    if not state.is_member(user_id, channel_id):
        raise SlackRefusalError("not_in_channel")
    return channel


def info(state: State, channel: Json, viewer_id: str) -> Json:
    """The channel as `conversations.info` shows it to this viewer."""
    if channel.get("is_im"):
        return dict(channel)
    return channel | {"is_member": state.is_member(viewer_id, channel["id"])}


def direct_message(state: State, bot_user_id: str, user_id: str) -> tuple[Json, bool]:
    """The direct-message channel of the two, and whether it was there before."""
    person = state.user(user_id)
    if person["team_id"] != state.user(bot_user_id)["team_id"]:
        raise SlackRefusalError("user_not_found")
    found = state.im_between(user_id, bot_user_id)
    if found is not None:
        return found, True
    if person["deleted"]:
        raise SlackRefusalError("user_disabled")
    channel_id = state.new_id("D")
    created = int(state.clock.timestamp())
    channel: Json = {
        "id": channel_id,
        "created": created,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "context_team_id": person["team_id"],
        "updated": created * 1000,
        "user": user_id,
        "is_private": True,
        "is_user_deleted": False,
        "priority": 0,
    }
    state.channels[channel_id] = channel
    state.members[channel_id] = [user_id, bot_user_id]
    state.messages[channel_id] = {}
    state.changed("channel", channel_id=channel_id, user_id=user_id)
    return channel, False


def join(state: State, user_id: str, channel_id: str, *, inviter_id: str | None = None) -> Json:
    channel = state.channel(channel_id)
    if channel.get("is_archived"):
        raise SlackRefusalError("is_archived")
    if state.is_member(user_id, channel_id):
        if inviter_id:
            raise SlackRefusalError("already_in_channel")
        return channel
    if state.user(user_id)["team_id"] not in channel["shared_team_ids"]:
        raise SlackRefusalError("user_not_found")
    state.members[channel_id].append(user_id)
    joined = messages.post(
        state,
        channel_id,
        {"subtype": "channel_join", "user": user_id, "text": f"<@{user_id}> has joined the channel"}
        | ({"inviter": inviter_id} if inviter_id else {}),
    )
    event = _member_event(state, "member_joined_channel", user_id, channel, joined["ts"])
    state.announce(
        event | ({"inviter": inviter_id} if inviter_id else {}), channel["context_team_id"], channel_id
    )
    state.changed("channel", channel_id=channel_id, user_id=user_id)
    return channel


def leave(state: State, user_id: str, channel_id: str) -> None:
    """Leaving by oneself or being removed. A bot that is removed hears `channel_left` or `group_left`."""
    channel = state.channel(channel_id)
    if not state.is_member(user_id, channel_id):
        raise SlackRefusalError("not_in_channel")
    if channel.get("is_general"):
        raise SlackRefusalError("cant_leave_general")
    left = messages.post(
        state,
        channel_id,
        {"subtype": "channel_leave", "user": user_id, "text": f"<@{user_id}> has left the channel"},
    )
    state.members[channel_id].remove(user_id)
    event = _member_event(state, "member_left_channel", user_id, channel, left["ts"])
    state.announce(event, channel["context_team_id"], channel_id)
    if state.installation_of_bot(user_id):
        kind = "group_left" if channel["is_private"] else "channel_left"
        state.announce(
            {"type": kind, "channel": channel_id, "event_ts": left["ts"]}, channel["context_team_id"]
        )
    state.changed("channel", channel_id=channel_id, user_id=user_id)


def share(state: State, channel_id: str, team_id: str) -> Json:
    channel = state.channel(channel_id)
    if team_id not in state.teams:
        raise SlackRefusalError("team_not_found")
    shared = [*channel["shared_team_ids"], *([] if team_id in channel["shared_team_ids"] else [team_id])]
    channel |= {"is_shared": True, "is_ext_shared": True, "shared_team_ids": shared}
    state.changed("channel", channel_id=channel_id)
    return channel


def rename(state: State, user_id: str, channel_id: str, name: str) -> Json:
    channel = writable(state, user_id, channel_id)
    name = name.strip().lstrip("#").lower().replace(" ", "-")
    if not name:
        raise SlackRefusalError("invalid_name_required")
    team_id = channel["context_team_id"]
    if any(c.get("name") == name and c["context_team_id"] == team_id for c in state.channels.values()):
        raise SlackRefusalError("name_taken")
    old = channel["name"]
    channel |= {"name": name, "name_normalized": name, "previous_names": [old, *channel["previous_names"]]}
    renamed = messages.post(
        state,
        channel_id,
        {
            "subtype": "channel_name",
            "user": user_id,
            "old_name": old,
            "name": name,
            "text": f'<@{user_id}> has renamed the channel from "{old}" to "{name}"',
        },
    )
    described = {
        "id": channel_id,
        "name": name,
        "name_normalized": name,
        "created": channel["created"],
        "is_channel": not channel["is_private"],
        "is_mpim": False,
    }
    kind = "group_rename" if channel["is_private"] else "channel_rename"
    state.announce({"type": kind, "channel": described, "event_ts": renamed["ts"]}, team_id, channel_id)
    state.changed("channel", channel_id=channel_id)
    return channel


def archive(state: State, user_id: str, channel_id: str, *, archived: bool = True) -> Json:
    channel = visible(state, user_id, channel_id)
    if channel["is_archived"] == archived:
        raise SlackRefusalError("already_archived" if archived else "not_archived")
    if channel.get("is_general"):
        raise SlackRefusalError("cant_archive_general")
    verb = "archived" if archived else "un-archived"
    subtype = "channel_archive" if archived else "channel_unarchive"
    note = messages.post(
        state,
        channel_id,
        {"subtype": subtype, "user": user_id, "text": f"<@{user_id}> {verb} the channel"},
    )
    channel["is_archived"] = archived
    kind = subtype.replace("channel", "group") if channel["is_private"] else subtype
    event = {"type": kind, "channel": channel_id, "user": user_id, "is_moved": 0, "event_ts": note["ts"]}
    state.announce(event, channel["context_team_id"], channel_id)
    state.changed("channel", channel_id=channel_id)
    return channel


def _member_event(state: State, kind: str, user_id: str, channel: Json, ts: str) -> Json:
    return {
        "type": kind,
        "user": user_id,
        "channel": channel["id"],
        "channel_type": "G" if channel["is_private"] else "C",
        "team": state.user(user_id)["team_id"],
        "event_ts": ts,
    }
