"""What the gateway returns: facts about the workspace as frozen values, read from Slack's answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.people import Person
from bot.domain.text import tame
from bot.slack.reading import maybe_text, reach, workspace_key


@dataclass(frozen=True, slots=True)
class Posted:
    """Where Slack put a message."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is, and where."""

    workspace_id: str
    name: str
    url: str
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str] | None
    """What the token may do; None where Slack did not say."""

    @classmethod
    def read(cls, answer: Mapping[str, Any], headers: Mapping[str, Any]) -> "Identity":
        """Read the answer of auth.test and its `x-oauth-scopes` header."""
        said = next(
            (str(value) for name, value in headers.items() if str(name).lower() == "x-oauth-scopes"), None
        )
        return cls(
            workspace_id=workspace_key(
                maybe_text(answer, "enterprise_id"), maybe_text(answer, "team_id") or ""
            ),
            name=maybe_text(answer, "team") or "",
            url=maybe_text(answer, "url") or "",
            bot_user_id=maybe_text(answer, "user_id") or "",
            bot_id=maybe_text(answer, "bot_id") or "",
            scopes=frozenset(scope.strip() for scope in said.split(",")) if said and said.strip() else None,
        )


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as the bot sees it."""

    id: str
    name: str
    is_private: bool
    is_archived: bool
    is_member: bool
    """Whether the bot is in it."""

    @classmethod
    def read(cls, channel: Any) -> "Channel":
        """Read Slack's conversation object."""
        return cls(
            id=maybe_text(channel, "id") or "",
            name=maybe_text(channel, "name") or "",
            is_private=bool(reach(channel, "is_private")),
            is_archived=bool(reach(channel, "is_archived")),
            is_member=bool(reach(channel, "is_member") or reach(channel, "is_im")),
        )


@dataclass(frozen=True, slots=True)
class Group:
    """A user group and who is in it."""

    id: str
    handle: str
    name: str
    members: frozenset[str]

    @classmethod
    def read(cls, group: Any) -> "Group":
        """Read Slack's usergroup object."""
        members = reach(group, "users")
        return cls(
            id=maybe_text(group, "id") or "",
            handle=maybe_text(group, "handle") or "",
            name=maybe_text(group, "name") or "",
            members=frozenset(m for m in members if isinstance(m, str))
            if isinstance(members, list)
            else frozenset(),
        )


def person_of(workspace_id: str, user: Any) -> Person:
    """Return a person from Slack's user object, as users.info and `user_change` carry it.

    Not all of these tell the locale; it is empty where they do not, and the directory keeps what it knew.
    A person of the same organisation counts as one of ours; anybody else's home is their own workspace.
    """
    team_id = maybe_text(user, "team_id") or ""
    own = {*workspace_id.split("/"), ""}
    names = (reach(user, "profile", "display_name"), reach(user, "profile", "real_name"), reach(user, "name"))
    shown = (tame(name) for name in names if isinstance(name, str))
    return Person(
        workspace_id=workspace_id,
        user_id=maybe_text(user, "id") or "",
        name=next((name for name in shown if name), maybe_text(user, "id") or "")[:120],
        time_zone=maybe_text(user, "tz") or "UTC",
        locale=(maybe_text(user, "locale") or "")[:35],
        deactivated=reach(user, "deleted") is True,
        guest=reach(user, "is_restricted") is True or reach(user, "is_ultra_restricted") is True,
        bot=reach(user, "is_bot") is True or reach(user, "id") == "USLACKBOT",
        home_workspace_id=workspace_id if team_id in own else team_id,
    )
