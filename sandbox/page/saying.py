"""What a person says: messages, commands, files, edits, deletions, reactions.

A command goes to the app; the few of Slack's own that people need here are done at once.
"""

from __future__ import annotations

import re

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from sandbox.actions import Actions
from sandbox.messages import replace_ephemeral
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State

from .answers import done, word
from .reader import Reader

_COMMAND = re.compile(r"(/[a-z][\w-]*)(?:\s+(.*))?", re.DOTALL)


class Saying:
    def __init__(self, state: State, actions: Actions) -> None:
        self._state = state
        self._actions = actions

    async def say(self, user_id: str, form: FormData) -> Response:
        text, channel_id = word(form, "text").replace("\r\n", "\n"), word(form, "channel")
        files = await attached(self._actions, user_id, form, "files")
        is_first = not channel_id
        if is_first:
            channel_id = await self._actions.open_direct_message(user_id)
        command = _COMMAND.fullmatch(text.strip())
        if command and not files:
            await self._run(user_id, channel_id, command[1], (command[2] or "").strip())
        else:
            await self._actions.post(
                user_id,
                channel_id,
                text,
                thread_ts=word(form, "thread_ts") or None,
                broadcast=bool(form.get("broadcast")),
                files=files,
            )
        if is_first:
            address = Reader.of(self._state, user_id).link(f"/archives/{channel_id}")
            return Response(status_code=204, headers={"HX-Redirect": address})
        return done("said")

    async def edit(self, user_id: str, form: FormData) -> Response:
        await self._actions.edit(user_id, word(form, "channel"), word(form, "ts"), word(form, "text"))
        return done("edited")

    async def delete(self, user_id: str, form: FormData) -> Response:
        await self._actions.delete(user_id, word(form, "channel"), word(form, "ts"))
        return done()

    async def react(self, user_id: str, form: FormData) -> Response:
        """Once gives it, twice takes it back."""
        place = word(form, "channel"), word(form, "ts"), word(form, "name")
        try:
            await self._actions.react(user_id, *place)
        except SlackRefusalError as refusal:
            if refusal.error != "already_reacted":
                raise
            await self._actions.unreact(user_id, *place)
        return done()

    async def dismiss(self, user_id: str, form: FormData) -> Response:
        replace_ephemeral(self._state, word(form, "channel"), user_id, word(form, "ts"), None)
        return done()

    async def _run(self, user_id: str, channel_id: str, command: str, words: str) -> None:
        match command:
            case "/invite":
                await self._invite(user_id, channel_id, words.lstrip("@").lower())
            case "/leave":
                await self._actions.leave_channel(user_id, channel_id)
            case _:
                await self._actions.run_command(user_id, channel_id, command, words)

    async def _invite(self, user_id: str, channel_id: str, name: str) -> None:
        team_id = self._state.user(user_id)["team_id"]
        for invited in self._state.users.values():
            if invited["team_id"] == team_id and invited["name"].lower() == name:
                if invited["is_bot"]:
                    await self._actions.invite_bot(user_id, channel_id)
                else:
                    await self._actions.invite(user_id, channel_id, invited["id"])
                return
        raise SlackRefusalError("user_not_found")


async def attached(actions: Actions, user_id: str, form: FormData, field: str) -> list[Json]:
    """The files of a form's field, kept as uploads."""
    kept = []
    for upload in form.getlist(field):
        if isinstance(upload, UploadFile) and upload.filename:
            content = (await upload.read()).decode("utf-8", errors="replace")
            kept.append(await actions.add_file(user_id, upload.filename, content))
    return kept
