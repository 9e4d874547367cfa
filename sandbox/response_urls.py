"""Response URLs: what an app says by posting to the address that came with a command or a click.

Five uses in half an hour; to that person alone unless told otherwise; it may replace or delete the original. Also used
for what an app answers to a command right in the ack.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox import messages
from sandbox.api.payloads import refuse_broken_message, refuse_unknown_blocks
from sandbox.interactivity import Interactivity, ResponseTarget
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State


class ResponseUrls:
    def __init__(self, state: State, interactivity: Interactivity) -> None:
        self._state = state
        self._interactivity = interactivity

    async def answer(self, request: Request) -> Response:
        """The routes `/commands/…` and `/actions/…`."""
        given = await _body(request)
        entry = self._state.traffic.open(
            "call", "response_url", "response_url", self._state.clock.now(), given
        )
        try:
            target = self._interactivity.use_response_url(request.url.path)
            self.respond(target, given if isinstance(given, dict) else {})
        except SlackRefusalError as refusal:
            entry.status = refusal.error
            entry.response = {"ok": False, "error": refusal.error} | refusal.extras
            gone = refusal.error in ("used_url", "expired_url", "invalid_url")
            return JSONResponse(entry.response, 404 if gone else 400)
        finally:
            self._state.changed("traffic")
        entry.status, entry.response = "ok", "ok"
        return PlainTextResponse("ok")

    def respond(self, target: ResponseTarget, given: Json) -> None:
        """Show, replace or delete; raises SlackRefusalError."""
        if given.get("delete_original"):
            self._delete_original(target)
            return
        content = _content(given)
        refuse_unknown_blocks(self._state, content, "invalid_blocks")
        if given.get("replace_original") and target.message_ts is not None:
            self._replace_original(target, content)
            return
        content = self._author(target) | content
        thread_ts = given.get("thread_ts") or (
            target.thread_ts if given.get("response_type") != "in_channel" else None
        )
        if thread_ts:
            content["thread_ts"] = str(thread_ts)
        if given.get("response_type") == "in_channel":
            messages.post(self._state, target.channel_id, content | {"subtype": "bot_message"})
        else:
            messages.post_ephemeral(self._state, target.channel_id, target.user_id, content)

    def _author(self, target: ResponseTarget) -> Json:
        """As on Slack, a response bears the app's name but no user."""
        author = messages.authored_by_bot(self._state, self._state.installations[target.team_id])
        return {name: value for name, value in author.items() if name != "user"}

    def _delete_original(self, target: ResponseTarget) -> None:
        if target.message_ts is None:
            return
        if target.is_ephemeral:
            messages.replace_ephemeral(
                self._state, target.channel_id, target.user_id, target.message_ts, None
            )
        else:
            messages.delete(self._state, target.channel_id, target.message_ts)

    def _replace_original(self, target: ResponseTarget, content: Json) -> None:
        assert target.message_ts is not None
        if target.is_ephemeral:
            messages.replace_ephemeral(
                self._state, target.channel_id, target.user_id, target.message_ts, content
            )
            return
        bot_user_id = self._state.installations[target.team_id]["bot_user_id"]
        changes = {"blocks": None} | content
        messages.update(self._state, target.channel_id, target.message_ts, changes, editor_id=bot_user_id)


def _content(given: Json) -> Json:
    content: Json = {"text": str(given.get("text") or "")}
    blocks: Any = given.get("blocks")
    if isinstance(blocks, str):
        try:
            blocks = json.loads(blocks)
        except ValueError as malformed:
            raise SlackRefusalError("invalid_blocks_format") from malformed
    if blocks:
        if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            raise SlackRefusalError("invalid_blocks_format")
        content["blocks"] = blocks
    if not content["text"] and not blocks:
        raise SlackRefusalError("no_text")
    refuse_broken_message({name: value for name, value in content.items() if value})
    return content


async def _body(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        return None
