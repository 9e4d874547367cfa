"""The manifest asks for what the code uses, and for nothing else."""

import re
from pathlib import Path
from typing import Any

import yaml

from bot.commands.doctor import wanted_scopes
from sandbox.app_config import app_from_manifest

ROOT = Path(__file__).parents[2]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yaml").read_text(encoding="utf-8"))

# From the pages of Slack's methods and events: what each needs for the kinds of channels that Preflight works in.
METHODS: dict[str, set[str]] = {
    "apps.connections.open": set(),
    "auth.test": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.members": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
EVENTS: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_uninstalled": set(),
    "channel_unarchive": {"channels:read"},
    "group_unarchive": {"groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "team_join": {"users:read"},
    "tokens_revoked": set(),
    "user_change": {"users:read"},
}


def methods_in_the_code() -> set[str]:
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "bot" / "slack").glob("*.py"))
    families = "apps|auth|bots|chat|conversations|files|reactions|team|usergroups|users|views"
    return set(re.findall(rf'"((?:{families})\.[a-zA-Z.]+)"', code)) - {
        "team.id"
    }  # a path in a body, not a method


def test_every_call_in_the_code_has_its_scopes_on_record() -> None:
    assert methods_in_the_code() == set(METHODS)


def test_the_scopes_are_those_that_calls_events_and_commands_need() -> None:
    needed = {"commands"}.union(*METHODS.values(), *EVENTS.values())
    assert wanted_scopes() == needed


def test_the_events_are_those_that_are_read() -> None:
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)


def test_the_app_has_its_command_its_home_and_its_buttons() -> None:
    assert [command["command"] for command in MANIFEST["features"]["slash_commands"]] == ["/pilot"]
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"] is True
    assert MANIFEST["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True
    assert MANIFEST["settings"]["socket_mode_enabled"] is True


def test_slack_would_take_the_manifest() -> None:
    app = app_from_manifest(ROOT / "manifest.yaml")
    assert app.commands == ("/pilot",)
    assert app.has_home
