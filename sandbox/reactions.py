"""Reactions to messages, one of each kind per person, announced to the app."""

from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State


def react(state: State, user_id: str, channel_id: str, ts: str, name: str) -> None:
    message = state.message(channel_id, ts)
    reactions: list[Json] = message.setdefault("reactions", [])
    entry = next((r for r in reactions if r["name"] == name), None)
    if entry is None:
        entry = {"name": name, "users": [], "count": 0}
        reactions.append(entry)
    if user_id in entry["users"]:
        raise SlackRefusalError("already_reacted")
    entry["users"].append(user_id)
    entry["count"] += 1
    _announce_reaction(state, "reaction_added", user_id, channel_id, message, name)


def unreact(state: State, user_id: str, channel_id: str, ts: str, name: str) -> None:
    message = state.message(channel_id, ts)
    entry = next(
        (r for r in message.get("reactions", ()) if r["name"] == name and user_id in r["users"]), None
    )
    if entry is None:
        raise SlackRefusalError("no_reaction")
    entry["users"].remove(user_id)
    entry["count"] -= 1
    message["reactions"] = [r for r in message["reactions"] if r["count"]]
    if not message["reactions"]:
        del message["reactions"]
    _announce_reaction(state, "reaction_removed", user_id, channel_id, message, name)


def _announce_reaction(
    state: State, kind: str, user_id: str, channel_id: str, message: Json, name: str
) -> None:
    event = {
        "type": kind,
        "user": user_id,
        "reaction": name,
        "item": {"type": "message", "channel": channel_id, "ts": message["ts"]},
        "item_user": message.get("user", ""),
        "event_ts": state.new_ts(channel_id),
    }
    state.announce(event, state.team_of_channel(channel_id), channel_id)
    state.changed("message", channel_id=channel_id, ts=message["ts"])
