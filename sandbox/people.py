"""People joining, leaving and changing: what an app hears as `team_join` and `user_change`."""

from sandbox.refusals import SlackRefusalError
from sandbox.seed import Person, time_zone_fields, user_record
from sandbox.state import Json, State

# The languages that people can use Slack in, in Slack's own spelling.
LOCALES = frozenset(
    {
        *("de-DE", "en-GB", "en-US", "es-ES", "es-LA", "fr-FR", "it-IT"),
        *("ja-JP", "ko-KR", "pt-BR", "ru-RU", "zh-CN", "zh-TW"),
    }
)


def change(state: State, user_id: str, changes: Json) -> Json:
    user = state.user(user_id)
    now = int(state.clock.timestamp())
    user |= changes | {"updated": now}
    if "real_name" in changes:
        named = {"real_name": changes["real_name"], "real_name_normalized": changes["real_name"]}
        user["profile"] = user["profile"] | named
    event_ts = f"{state.clock.timestamp():.6f}"
    state.announce(
        {"type": "user_change", "user": user, "cache_ts": now, "event_ts": event_ts}, user["team_id"]
    )
    state.changed("person", user_id=user_id)
    return user


def deactivate(state: State, user_id: str, *, deactivated: bool = True) -> Json:
    """A deactivated person keeps their messages, and is no longer in any channel."""
    user = state.user(user_id)
    if user["is_bot"]:
        raise SlackRefusalError("cannot_deactivate_bot")
    if deactivated:
        for channel_id, members in state.members.items():
            if user_id in members and not state.channels[channel_id].get("is_im"):
                members.remove(user_id)
        state.stacks.pop(user_id, None)
    return change(state, user_id, {"deleted": deactivated})


def move_to_time_zone(state: State, user_id: str, tz: str) -> Json:
    try:
        fields = time_zone_fields(tz, state.clock.now())
    except (KeyError, ValueError, OSError) as unknown:
        raise SlackRefusalError("invalid_time_zone") from unknown
    return change(state, user_id, fields)


def switch_language(state: State, user_id: str, locale: str) -> Json:
    if locale not in LOCALES:
        raise SlackRefusalError("invalid_locale")
    return change(state, user_id, {"locale": locale})


def hire(
    state: State, team_id: str, name: str, real_name: str, tz: str = "Europe/Berlin", title: str = ""
) -> Json:
    """A new person in the team; announces `team_join`, which unlike `user_change` does not tell the locale."""
    person = Person(state.new_id("U"), name, real_name, title, tz)
    user = user_record(state, team_id, person) | {"updated": int(state.clock.timestamp())}
    state.users[person.user_id] = user
    event_ts = f"{state.clock.timestamp():.6f}"
    newcomer = {name: value for name, value in user.items() if name != "locale"}
    state.announce(
        {"type": "team_join", "user": newcomer, "cache_ts": user["updated"], "event_ts": event_ts}, team_id
    )
    state.changed("person", user_id=person.user_id)
    return user


def change_usergroup(state: State, group_id: str, users: list[str]) -> Json:
    """Put these people into a group; announces `subteam_members_changed` and `subteam_updated`."""
    group = state.usergroups.get(group_id)
    if group is None:
        raise SlackRefusalError("no_such_subteam")
    for user_id in users:
        state.user(user_id)
    before, now = list(group["users"]), int(state.clock.timestamp())
    added, removed = [u for u in users if u not in before], [u for u in before if u not in users]
    members_changed = {
        "type": "subteam_members_changed",
        "subteam_id": group_id,
        "team_id": group["team_id"],
        "date_previous_update": group["date_update"],
        "date_update": now,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
        "event_ts": f"{state.clock.timestamp():.6f}",
    }
    group |= {"users": users, "user_count": len(users), "date_update": now}
    state.announce(members_changed, group["team_id"])
    event_ts = f"{state.clock.timestamp():.6f}"
    state.announce({"type": "subteam_updated", "subteam": group, "event_ts": event_ts}, group["team_id"])
    state.changed("person")
    return group


def uninstall_app(state: State, team_id: str) -> None:
    """The token is worth nothing from now on; the app hears `tokens_revoked` and `app_uninstalled`."""
    installation = state.installations[team_id]
    installation["revoked"] = True
    event_ts = f"{state.clock.timestamp():.6f}"
    tokens = {"oauth": [], "bot": [installation["bot_user_id"]]}
    state.announce({"type": "tokens_revoked", "tokens": tokens, "event_ts": event_ts}, team_id)
    state.announce({"type": "app_uninstalled", "event_ts": event_ts}, team_id)
