"""The one way out to Slack: every call that Preflight makes, as a sentence of its own.

One HTTP session, one token, no retries: a failure is one of `bot.slack.failures` and the caller decides. Durable
messages come here from the sender only; whispers, forms and the Home tab come straight from listeners.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.domain.errors import Refusal
from bot.domain.messages import Body
from bot.metrics import Counters
from bot.slack.addresses import SLACK_API_URL
from bot.slack.answers import Posted
from bot.slack.failures import TOO_LATE, Ambiguous, SlackFailure, Terminal, Uneditable
from bot.slack.lookups import Lookups
from bot.slack.reading import maybe_text, reach
from bot.slack.standing_in import StandIns
from bot.slack.uploads import Uploads

Json = dict[str, Any]

MESSAGE_EVENT: Final = "preflight_message"
"""The type of the metadata that carries a message's key; readable by everybody in the workspace, so never more."""

FORM_LIMIT: Final = 2.5
"""Seconds that a form may take to open: Slack waits three for the ack of the click that asked for it."""


class FormDidNotOpen(Refusal):
    """Slack took too long to open the form. Please try again."""


class SlackGateway(Uploads, Lookups):
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


def _body(said: Body | str) -> Body:
    return Body(text=said, blocks=[]) if isinstance(said, str) else said
