"""The one way out to Slack: every call that Preflight makes, as a sentence of its own.

One HTTP session, one token, no retries: a failure is one of `bot.slack.failures` and the caller decides. Durable
messages come here from the sender only; whispers, forms and the Home tab come straight from listeners.
"""

import asyncio
import contextlib
import re
from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any, Final

from bot.domain.errors import Refusal
from bot.domain.messages import Body
from bot.domain.people import Person, is_group
from bot.metrics import Counters
from bot.slack.addresses import SLACK_API_URL
from bot.slack.answers import Channel, Group, Posted, person_of
from bot.slack.failures import TOO_LATE, Ambiguous, SlackFailure, Terminal, Uneditable
from bot.slack.reading import maybe_text, reach
from bot.slack.standing_in import StandIns
from bot.slack.uploads import Uploads

Json = dict[str, Any]

MESSAGE_EVENT: Final = "preflight_message"
"""The type of the metadata that carries a message's key; readable by everybody in the workspace, so never more."""

FORM_LIMIT: Final = 2.5
"""Seconds that a form may take to open: Slack waits three for the ack of the click that asked for it."""
_GROUPS_KNOWN_FOR: Final = 300.0
_MOST_MEMBERS: Final = 15_000
"""Members of a channel beyond which not having seen somebody among them says nothing."""


class FormDidNotOpen(Refusal):
    """Slack took too long to open the form. Please try again."""


class GroupUnknown(Refusal):
    """There is no user group {group} in this workspace. An administrator can create it, or change who approves."""


class SlackGateway(Uploads):
    """Slack, for one installation. Use as an async context manager, or `close` it when done."""

    def __init__(
        self,
        token: str,
        api_url: str = SLACK_API_URL,
        *,
        counters: Counters | None = None,
        form_limit: float = FORM_LIMIT,
    ) -> None:
        super().__init__(token, api_url, counters=counters)
        self._form_limit = form_limit
        self._stand_ins = StandIns(self._counters)
        self._direct: dict[str, str] = {}
        self._group_ids: dict[str, tuple[str, float]] = {}
        self._groups_lately: tuple[list[Group], float] = ([], 0.0)

    # Durable messages

    async def post(
        self, workspace_id: str, channel_id: str, body: Body, *, thread_ts: str | None = None, key: str
    ) -> Posted:
        """Post a message; `channel_id` may be a person's id. The key goes along, so that `find` can recognise it."""
        arguments = {
            "channel": channel_id,
            "thread_ts": thread_ts,
            "metadata": {"event_type": MESSAGE_EVENT, "event_payload": {"key": key}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        answer = await self._say(workspace_id, "chat.postMessage", body, arguments)
        channel, ts = maybe_text(answer, "channel"), maybe_text(answer, "ts")
        if not channel or not ts:
            raise Ambiguous("an answer without channel and ts", "chat.postMessage")
        return Posted(channel, ts)

    async def update(self, workspace_id: str, channel_id: str, ts: str, body: Body) -> None:
        """Make a message say something else."""
        await self._say(workspace_id, "chat.update", body, {"channel": channel_id, "ts": ts})

    async def _say(self, workspace_id: str, method: str, body: Body, arguments: Json) -> Any:
        return await self._stand_ins.send(
            body, lambda said: self._write(workspace_id, method, {**arguments, **said})
        )

    async def find(
        self, workspace_id: str, channel_id: str, *, thread_ts: str | None, key: str, oldest: datetime
    ) -> Posted | None:
        """Return the message that was posted with the key since `oldest`, or None where there is none."""
        channel = (
            await self.direct_channel(workspace_id, channel_id) if channel_id[:1] in "UW" else channel_id
        )
        arguments: Json = {
            "channel": channel,
            "oldest": f"{oldest.timestamp():.6f}",
            "include_all_metadata": "true",
        }
        method = "conversations.history"
        if thread_ts:
            method, arguments = "conversations.replies", arguments | {"ts": thread_ts}
        try:
            async for message in self._pages(workspace_id, method, arguments, "messages"):
                if self._is_ours(message, key):
                    return Posted(channel, str(reach(message, "ts")))
        except Uneditable:
            return None  # the thread itself is gone, and whatever was in it
        return None

    def _is_ours(self, message: Any, key: str) -> bool:
        metadata = reach(message, "metadata")
        if reach(metadata, "event_type") != MESSAGE_EVENT or reach(metadata, "event_payload", "key") != key:
            return False
        author = reach(message, "user")
        return self._identity is None or author is None or author == self._identity.bot_user_id

    # Private words

    async def whisper(
        self,
        workspace_id: str,
        channel_id: str,
        user_id: str,
        said: Body | str,
        *,
        thread_ts: str | None = None,
        response_url: str | None = None,
    ) -> None:
        """Tell one person something in a channel, unseen by others; through the response URL where there is one."""
        body = _body(said)
        if response_url:
            # spent after five uses or half an hour; the method below needs only the channel
            with contextlib.suppress(SlackFailure):
                await self.respond(response_url, body, thread_ts=thread_ts)
                return
        arguments = {"channel": channel_id, "user": user_id, "thread_ts": thread_ts}
        await self._say(workspace_id, "chat.postEphemeral", body, arguments)

    async def respond(
        self,
        response_url: str,
        said: Body | str,
        *,
        in_channel: bool = False,
        replace_original: bool = False,
        thread_ts: str | None = None,
    ) -> None:
        """Answer a command or a click through its response URL."""
        arguments = {
            "response_type": "in_channel" if in_channel else "ephemeral",
            "replace_original": replace_original,
            "thread_ts": thread_ts,
        }
        await self._stand_ins.send(
            _body(said), lambda body: self._to_response_url(response_url, {**arguments, **body})
        )

    async def delete_original(self, response_url: str) -> None:
        """Take away the private message that a control was in."""
        await self._to_response_url(response_url, {"delete_original": True})

    # Forms and the Home tab; a view, too, may bring what stands in for its blocks

    async def open_view(self, workspace_id: str, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a form within three seconds of the click and return its id; `FormDidNotOpen` when it was too late."""
        return await self._show_view(workspace_id, "views.open", view, {"trigger_id": trigger_id})

    async def push_view(self, workspace_id: str, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Put a form on top of the one that is open (three at most) and return its id."""
        return await self._show_view(workspace_id, "views.push", view, {"trigger_id": trigger_id})

    async def update_view(
        self, workspace_id: str, view_id: str, view: Mapping[str, Any], *, view_hash: str | None = None
    ) -> None:
        """Change an open form; with its hash only if nobody changed it in between."""
        await self._view(workspace_id, "views.update", view, {"view_id": view_id, "hash": view_hash})

    async def publish_home(self, workspace_id: str, user_id: str, view: Mapping[str, Any]) -> None:
        """Show a person their Home tab."""
        await self._view(workspace_id, "views.publish", view, {"user_id": user_id})

    async def _view(self, workspace_id: str, method: str, view: Mapping[str, Any], arguments: Json) -> Any:
        return await self._stand_ins.send(
            view, lambda shown: self._write(workspace_id, method, {**arguments, "view": shown})
        )

    async def _show_view(
        self, workspace_id: str, method: str, view: Mapping[str, Any], arguments: Json
    ) -> str:
        try:
            async with asyncio.timeout(self._form_limit):
                answer = await self._view(workspace_id, method, view, arguments)
        except TimeoutError as error:
            raise FormDidNotOpen from error
        except Terminal as error:
            if error.code == "exchanged_trigger_id":
                return ""  # the same click, delivered twice, has opened it already
            if error.code in TOO_LATE:
                raise FormDidNotOpen from error
            raise
        return maybe_text(answer, "view", "id") or ""

    # Facts about the workspace

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
        arguments = {"channel": channel_id, "limit": 1000}
        seen = 0
        try:
            async for member in self._pages(workspace_id, "conversations.members", arguments, "members"):
                seen += 1
                if member == user_id:
                    return False
        except Terminal as error:
            if error.code == "channel_not_found":
                return False
            raise
        return 0 < seen < _MOST_MEMBERS

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
        """Return them as they were in the last five minutes: for what is shown, never for what somebody may do."""
        known, until = self._groups_lately
        if monotonic() < until:
            return known
        return await self.groups(workspace_id)

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


def _body(said: Body | str) -> Body:
    return Body(text=said, blocks=[]) if isinstance(said, str) else said
