"""What an app declares about itself: commands, shortcuts, events, scopes. On Slack this is its manifest.

The sandbox acts on it as Slack does: a command that is not declared does not exist, an event that is not subscribed to
is not sent, a method without its scope answers `missing_scope`. Without a manifest everything is allowed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.state import Json, State

APP = "A0PREFLIGT"
APP_TOKEN = "xapp-sandbox"  # noqa: S105 - a name, not a secret: it opens nothing but this sandbox
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - as above

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "subteam_members_changed",
    "subteam_updated",
    "team_join",
    "tokens_revoked",
    "user_change",
)
# event → the scopes of which one is needed to subscribe to it; events that are not listed need none
EVENT_SCOPES: Mapping[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "channel_archive": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_left": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
}


@dataclass(frozen=True)
class AppConfig:
    app_id: str = APP
    name: str = "Preflight"
    commands: tuple[str, ...] = ("/pilot",)
    # whether people, channels and the characters &<> arrive as `<@U…|name>` and entities in a command's text
    escapes_commands: bool = True
    # (callback_id, name, "message" | "global")
    shortcuts: tuple[tuple[str, str, str], ...] = (
        ("add_as_evidence", "Add as evidence", "message"),
        ("new_pilot", "Start a pilot", "global"),
    )
    events: tuple[str, ...] = EVENTS
    # None allows everything
    scopes: tuple[str, ...] | None = None
    has_home: bool = True
    takes_direct_messages: bool = True


def app_from_manifest(manifest: Path | Mapping[str, Any]) -> AppConfig:
    """The app that a manifest describes; ValueError, naming each slip, for one that Slack would not save."""
    if isinstance(manifest, Path):
        import yaml

        manifest = yaml.safe_load(manifest.read_text(encoding="utf-8"))
    if not isinstance(manifest, Mapping):
        raise ValueError("The manifest is not a mapping.")  # noqa: TRY004 - one kind of error for every slip in a file
    features, settings = _part(manifest, "features"), _part(manifest, "settings")
    commands = [command for command in features.get("slash_commands") or () if isinstance(command, Mapping)]
    home = _part(features, "app_home")
    app = AppConfig(
        name=str(_part(manifest, "display_information").get("name", "")),
        commands=tuple(str(command.get("command")) for command in commands),
        escapes_commands=any(command.get("should_escape") for command in commands),
        shortcuts=tuple(
            (str(shortcut.get("callback_id")), str(shortcut.get("name")), str(shortcut.get("type")))
            for shortcut in features.get("shortcuts") or ()
        ),
        events=tuple(_part(settings, "event_subscriptions").get("bot_events") or ()),
        scopes=tuple(_part(_part(manifest, "oauth_config"), "scopes").get("bot") or ()),
        has_home=bool(home.get("home_tab_enabled")),
        takes_direct_messages=bool(home.get("messages_tab_enabled"))
        and not home.get("messages_tab_read_only_enabled", True),
    )
    problems = _problems(app)
    if problems:
        raise ValueError("Slack would refuse this manifest: " + " ".join(problems))
    return app


def configure(state: State, app: AppConfig) -> None:
    """Put the app's declaration into the workspace, in the place of an earlier one."""
    state.apps[app.app_id] = {
        "id": app.app_id,
        "name": app.name,
        "commands": list(app.commands),
        "escapes_commands": app.escapes_commands,
        "shortcuts": [
            {"callback_id": callback_id, "name": name, "type": kind}
            for callback_id, name, kind in app.shortcuts
        ],
        "events": list(app.events),
        "scopes": None if app.scopes is None else list(app.scopes),
        "has_home": app.has_home,
        "takes_direct_messages": app.takes_direct_messages,
        "app_token": APP_TOKEN,
        "signing_secret": SIGNING_SECRET,
    }


def _part(whole: Mapping[str, Any], name: str) -> Json:
    part = whole.get(name)
    return dict(part) if isinstance(part, Mapping) else {}


def _problems(app: AppConfig) -> list[str]:
    scopes = app.scopes or ()
    problems = [] if app.name else ["It has no display_information.name."]
    if (app.commands or app.shortcuts) and "commands" not in scopes:
        problems.append("Commands and shortcuts need the scope commands.")
    problems += [
        f"The command {command} does not begin with a slash."
        for command in app.commands
        if command[:1] != "/"
    ]
    for event in app.events:
        needed = EVENT_SCOPES.get(event, ())
        if needed and not set(needed) & set(scopes):
            problems.append(f"The event {event} needs the scope {' or '.join(needed)}.")
    return problems
