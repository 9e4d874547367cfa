"""Who reads the page and when: what rendering needs to know besides the blocks themselves.

Names come from plain mappings of Slack-shaped dicts, so that rendering works on a state as well as on a test's dicts.
It only looks things up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sandbox.state import Json, State

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Reader:
    user_id: str = ""
    users: Mapping[str, Json] = field(default_factory=dict)
    channels: Mapping[str, Json] = field(default_factory=dict)
    usergroups: Mapping[str, Json] = field(default_factory=dict)
    members: Mapping[str, list[str]] = field(default_factory=dict)
    now: datetime = _EPOCH

    @classmethod
    def of(cls, state: State, user_id: str) -> Reader:
        return cls(
            user_id=user_id,
            users=state.users,
            channels=state.channels,
            usergroups=state.usergroups,
            members=state.members,
            now=state.clock.now(),
        )

    @property
    def me(self) -> Json:
        return self.users.get(self.user_id, {})

    @property
    def team_id(self) -> str:
        return str(self.me.get("team_id", ""))

    @property
    def zone(self) -> tzinfo:
        try:
            return ZoneInfo(self.me["tz"])
        except (KeyError, ValueError, OSError):
            return UTC

    def name_of(self, user_id: str) -> str:
        user = self.users.get(user_id)
        if user is None:
            return "Somebody unknown"
        return str(user.get("real_name") or user.get("name") or user_id)

    def channel_name(self, channel_id: str) -> str | None:
        """The name without its mark; None for what this reader may not know of."""
        channel = self.channels.get(channel_id)
        if channel is None:
            return None
        if channel.get("is_private") and self.user_id not in self.members.get(channel_id, ()):
            return None
        return str(channel.get("name") or "direct message")

    def group_handle(self, group_id: str) -> str | None:
        group = self.usergroups.get(group_id)
        return None if group is None else str(group["handle"])

    def is_mine(self, user_id: str) -> bool:
        return bool(user_id) and user_id == self.user_id

    def in_group(self, group_id: str) -> bool:
        return self.user_id in self.usergroups.get(group_id, {}).get("users", ())

    def local(self, timestamp: float | str) -> datetime:
        return datetime.fromtimestamp(float(timestamp), UTC).astimezone(self.zone)

    def colleagues(self) -> list[Json]:
        """People of the reader's team who can be chosen from a menu, bots left out."""
        return [
            user
            for user in self.users.values()
            if user.get("team_id") == self.team_id and not user.get("is_bot") and not user.get("deleted")
        ]

    def known_channels(self) -> list[Json]:
        return [
            channel
            for channel in self.channels.values()
            if self.team_id in channel.get("shared_team_ids", [channel.get("context_team_id")])
            and not channel.get("is_im")
            and not channel.get("is_archived")
            and self.channel_name(channel["id"])
        ]

    def link(self, path: str, **query: Any) -> str:
        """An address of the page that stays with this person."""
        given = {name: value for name, value in query.items() if value}
        return f"{path}?{urlencode({'as': self.user_id} | given)}"
