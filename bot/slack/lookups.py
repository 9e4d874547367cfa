"""What the gateway asks Slack about people, channels and user groups; it changes nothing, and little is remembered.

Who is in a group, or in a channel, is asked each time that somebody's right, or absence, depends on it.
"""

import asyncio
import re
from time import monotonic
from typing import Final

from bot.domain.errors import Refusal
from bot.domain.people import Person, is_group
from bot.metrics import Counters
from bot.slack.answers import Channel, Group, person_of
from bot.slack.calls import Calls
from bot.slack.failures import Terminal
from bot.slack.reading import maybe_text, reach

_GROUPS_KNOWN_FOR: Final = 300.0
_MOST_MEMBERS: Final = 15_000
"""Of so many members all are read; in a larger channel nobody is ever missed."""


class GroupUnknown(Refusal):
    """There is no user group {group} in this workspace. An administrator can create it, or change who approves."""


class Lookups(Calls):
    """Slack for facts about the workspace."""

    def __init__(self, token: str, api_url: str, *, counters: Counters | None = None) -> None:
        super().__init__(token, api_url, counters=counters)
        self._direct: dict[str, str] = {}
        self._group_ids: dict[str, tuple[str, float]] = {}
        self._groups_lately: tuple[list[Group], float] = ([], 0.0)
        self._groups_asked: asyncio.Task[list[Group]] | None = None

    async def close(self) -> None:
        """Ask for nothing any more, and let go of the connections."""
        if self._groups_asked:
            self._groups_asked.cancel()
        await super().close()

    async def person(self, workspace_id: str, user_id: str) -> Person | None:
        """Return a person as Slack knows them now, or None for an id that it does not know."""
        try:
            answer = await self._read(workspace_id, "users.info", {"user": user_id, "include_locale": "true"})
        except Terminal as error:
            if error.code in {"user_not_found", "user_not_visible"}:
                return None
            raise
        return person_of(workspace_id, reach(answer, "user"))

    async def channel(self, workspace_id: str, channel_id: str) -> Channel | None:
        """Return a channel, or None where it does not exist or is private and the bot is not in it."""
        try:
            answer = await self._read(workspace_id, "conversations.info", {"channel": channel_id})
        except Terminal as error:
            if error.code == "channel_not_found":
                return None
            raise
        return Channel.read(reach(answer, "channel"))

    async def channel_named(self, workspace_id: str, name: str) -> Channel | None:
        """Return a channel by its name (with or without #) or its id, or None where the bot can see none such."""
        name = name.strip().removeprefix("#")
        if re.fullmatch(r"[CG][A-Z0-9]{6,}", name):
            return await self.channel(workspace_id, name)
        arguments = {"types": "public_channel,private_channel", "exclude_archived": "true", "limit": 1000}
        async for channel in self._pages(workspace_id, "conversations.list", arguments, "channels"):
            if reach(channel, "name") == name or reach(channel, "name_normalized") == name:
                return Channel.read(channel)
        return None

    async def is_member(self, workspace_id: str, channel_id: str) -> bool:
        """Whether the bot is in a channel that is not archived."""
        channel = await self.channel(workspace_id, channel_id)
        return channel is not None and channel.is_member and not channel.is_archived

    async def is_away(self, workspace_id: str, channel_id: str, user_id: str) -> bool:
        """Whether a person is not in a channel now; False for one that Preflight cannot look into (any more)."""
        members = await self.members(workspace_id, channel_id)
        return members is not None and user_id not in members

    async def members(self, workspace_id: str, channel_id: str) -> frozenset[str] | None:
        """Return who is in a channel now; None where Preflight cannot look into it, or does not see all of them."""
        arguments: dict[str, str | int] = {"channel": channel_id, "limit": 1000}
        found: set[str] = set()
        for _ in range(_MOST_MEMBERS // 1000):
            try:
                page = await self._read(workspace_id, "conversations.members", arguments)
            except Terminal as error:
                if error.code == "channel_not_found":
                    return None
                raise
            some = reach(page, "members")
            if not isinstance(some, list):
                return None  # who is missing from it has not gone
            found.update(one for one in some if isinstance(one, str))
            following = maybe_text(page, "response_metadata", "next_cursor")
            if not following:
                return frozenset(found) or None
            arguments["cursor"] = following
        return None

    async def direct_channel(self, workspace_id: str, user_id: str) -> str:
        """Return the channel of the direct messages with a person, opened where there was none."""
        if user_id not in self._direct:
            answer = await self._write(workspace_id, "conversations.open", {"users": user_id})
            self._direct[user_id] = maybe_text(answer, "channel", "id") or user_id
        return self._direct[user_id]

    async def groups(self, workspace_id: str) -> list[Group]:
        """Return the user groups with their members."""
        answer = await self._read(workspace_id, "usergroups.list", {"include_users": "true"})
        groups = reach(answer, "usergroups")
        found = [Group.read(group) for group in groups] if isinstance(groups, list) else []
        known_until = monotonic() + _GROUPS_KNOWN_FOR
        self._group_ids = {group.handle: (group.id, known_until) for group in found}
        self._groups_lately = (found, known_until)
        return found

    async def groups_lately(self, workspace_id: str) -> list[Group]:
        """Return them as they were in the last five minutes: for what is shown, never for what somebody may do.

        Where Slack takes longer than whoever asks waits, the question goes on, so that the next one has the answer.
        """
        known, until = self._groups_lately
        if monotonic() < until:
            return known
        if self._groups_asked is None or self._groups_asked.done():
            self._groups_asked = asyncio.create_task(self.groups(workspace_id), name="user groups")
            self._groups_asked.add_done_callback(_heard)
        return await asyncio.shield(self._groups_asked)

    async def group_id(self, workspace_id: str, handle: str) -> str | None:
        """Return the id of a user group by its handle (with or without @), or None; remembered for five minutes."""
        handle = handle.removeprefix("@")
        known, until = self._group_ids.get(handle, ("", 0.0))
        if known and monotonic() < until:
            return known
        return next((group.id for group in await self.groups(workspace_id) if group.handle == handle), None)

    async def members_of_group(self, workspace_id: str, group: str) -> frozenset[str]:
        """Return who is in a user group now, by its handle or id; `GroupUnknown` where there is none such."""
        group_id = group if is_group(group) else await self.group_id(workspace_id, group)
        if group_id is None:
            raise GroupUnknown(group=f"@{group.removeprefix('@')}")
        try:
            answer = await self._read(workspace_id, "usergroups.users.list", {"usergroup": group_id})
        except Terminal as error:
            if error.code in {"subteam_not_found", "no_such_subteam"}:
                raise GroupUnknown(group=f"@{group.removeprefix('@')}") from error
            raise
        members = reach(answer, "users")
        return (
            frozenset(m for m in members if isinstance(m, str)) if isinstance(members, list) else frozenset()
        )


def _heard(asked: asyncio.Task[list[Group]]) -> None:
    """Take note of a failure that nobody waited for; it is counted as a call, and asked anew."""
    if not asked.cancelled():
        asked.exception()
