"""auth.test, users.*, usergroups.*, team.info, bots.info: who is who."""

from sandbox.api.call import Call, Method, page
from sandbox.api.scopes import scopes_of
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json


def auth_test(call: Call) -> Json:
    team = call.state.teams[call.team_id]
    return {
        "url": team["url"],
        "team": team["name"],
        "user": call.state.users[call.bot_user_id]["name"],
        "team_id": call.team_id,
        "user_id": call.bot_user_id,
        "bot_id": call.installation["bot_id"],
        "is_enterprise_install": False,
    }


def user_info(call: Call) -> Json:
    return {"user": _shown(call, _visible_user(call, call.text("user")))}


def list_users(call: Call) -> Json:
    found = [user for user in call.state.users.values() if user["team_id"] == call.team_id]
    shown, metadata = page([_shown(call, user) for user in found], call)
    return {"members": shown, "cache_ts": int(call.state.clock.timestamp())} | metadata


def look_up_by_email(call: Call) -> Json:
    wanted = call.text("email").lower()
    for user in call.state.users.values():
        found = user["profile"].get("email", "").lower() == wanted
        if found and user["team_id"] == call.team_id and not user["deleted"]:
            return {"user": _shown(call, user)}
    raise SlackRefusalError("users_not_found")


def list_usergroups(call: Call) -> Json:
    groups = []
    for group in call.state.usergroups.values():
        if group["team_id"] != call.team_id or (group["date_delete"] and not call.flag("include_disabled")):
            continue
        hidden = set() if call.flag("include_users") else {"users"}
        hidden |= set() if call.flag("include_count") else {"user_count"}
        groups.append({name: value for name, value in group.items() if name not in hidden})
    return {"usergroups": groups}


def list_usergroup_users(call: Call) -> Json:
    group = call.state.usergroups.get(call.text("usergroup"))
    if group is None or group["team_id"] != call.team_id:
        raise SlackRefusalError("no_such_subteam")
    return {"users": list(group["users"])}


def team_info(call: Call) -> Json:
    team_id = call.maybe_text("team") or call.team_id
    if team_id != call.team_id:
        raise SlackRefusalError("team_not_found")
    return {"team": call.state.teams[team_id]}


def bot_info(call: Call) -> Json:
    bot_id = call.maybe_text("bot")
    if bot_id is not None and bot_id != call.installation["bot_id"]:
        raise SlackRefusalError("bot_not_found")
    user = call.state.users[call.bot_user_id]
    return {
        "bot": {
            "id": call.installation["bot_id"],
            "deleted": False,
            "name": call.state.apps[call.installation["app_id"]]["name"],
            "updated": user["updated"],
            "app_id": call.installation["app_id"],
            "user_id": call.bot_user_id,
            "icons": {},
        }
    }


def _shown(call: Call, user: Json) -> Json:
    """Addresses are for apps that asked for them; so is the locale, in the call."""
    shown = {name: value for name, value in user.items() if name != "locale"}
    if call.flag("include_locale"):
        shown["locale"] = user.get("locale", "en-US")
    scopes = scopes_of(call)
    if scopes is None or "users:read.email" in scopes:
        return shown
    return shown | {"profile": {name: value for name, value in user["profile"].items() if name != "email"}}


def _visible_user(call: Call, user_id: str) -> Json:
    user = call.state.user(user_id)
    shares_channel = any(
        user_id in members and call.bot_user_id in members for members in call.state.members.values()
    )
    if user["team_id"] != call.team_id and not shares_channel:
        raise SlackRefusalError("user_not_found")
    return user


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "users.info": user_info,
    "users.list": list_users,
    "users.lookupByEmail": look_up_by_email,
    "usergroups.list": list_usergroups,
    "usergroups.users.list": list_usergroup_users,
    "team.info": team_info,
    "bots.info": bot_info,
}
