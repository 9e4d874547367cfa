"""What a person does on the page: each form or button becomes one of `sandbox.actions`.

Nothing is drawn here but the notices that an action answers with; what changed reaches the page through its event
stream. A refusal becomes a sentence, never an error page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.actions import Actions, Outcome
from sandbox.clock import Clock
from sandbox.inputs import stateful
from sandbox.messages import ephemeral, interactive_elements, replace_ephemeral
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State

from .forms import Entries, entries_of, given_value
from .frame import field_name
from .panes import Panes
from .reader import Reader
from .stream import partial
from .where import Where

_COMMAND = re.compile(r"(/[a-z][\w-]*)(?:\s+(.*))?", re.DOTALL)
_LONGEST_LEAP = 366 * 86_400.0

_SENTENCES = {
    "account_inactive": "This person is deactivated. Switch to somebody else.",
    "action_not_found": "That is no longer there: the message or form has changed.",
    "already_in_channel": "Already in this channel.",
    "app_not_installed": "The app is not installed in this workspace.",
    "cant_delete_message": "Only the author or an administrator may delete this.",
    "cant_leave_general": "Nobody leaves this channel.",
    "cant_update_message": "Only the author may change this.",
    "channel_not_found": "There is no such channel for you.",
    "invalid_choice": "That cannot be chosen here.",
    "is_archived": "This channel is archived.",
    "message_not_found": "That message is gone.",
    "no_text": "There is nothing to send.",
    "not_in_channel": "You are not in this channel.",
    "thread_not_found": "That thread is gone.",
    "user_not_found": "There is nobody of that name here.",
    "view_not_found": "That form is no longer open.",
}


class Acting:
    """The POST endpoints. `as` in every form says who acts."""

    def __init__(self, state: State, clock: Clock, actions: Actions, panes: Panes) -> None:
        self._state = state
        self._clock = clock
        self._actions = actions
        self._panes = panes
        self.endpoints: dict[str, Callable[[str, FormData], Awaitable[Response]]] = {
            "say": self._say,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "unreact": self._unreact,
            "dismiss": self._dismiss,
            "use": self._use,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "open-home": self._open_home,
            "join": self._join,
            "leave": self._leave,
            "archive": self._archive,
            "invite-app": self._invite_app,
            "remove-app": self._remove_app,
            "deactivate": self._deactivate,
            "reactivate": self._reactivate,
            "move": self._move,
            "clock": self._skip,
        }

    async def answer(self, request: Request) -> Response:
        endpoint = self.endpoints.get(request.path_params["deed"])
        if endpoint is None:
            return Response(status_code=404)
        async with request.form() as form:
            user_id = _word(form, "as")
            try:
                return await endpoint(user_id, form)
            except SlackRefusalError as refusal:
                return self._notice(self._sentence(refusal))

    # Words

    async def _say(self, user_id: str, form: FormData) -> Response:
        text, channel_id = _word(form, "text").replace("\r\n", "\n"), _word(form, "channel")
        files = await self._files(user_id, form)
        fresh_channel = not channel_id
        if fresh_channel:
            channel_id = await self._actions.open_direct_message(user_id)
        command = _COMMAND.fullmatch(text.strip())
        if command and not files:
            await self._run(user_id, channel_id, command[1], (command[2] or "").strip())
        else:
            await self._actions.post(
                user_id,
                channel_id,
                text,
                thread_ts=_word(form, "thread_ts") or None,
                broadcast=bool(form.get("broadcast")),
                files=files,
            )
        if fresh_channel:
            address = Reader.of(self._state, user_id).link(f"/archives/{channel_id}")
            return Response(status_code=204, headers={"HX-Redirect": address})
        return _done("said")

    async def _run(self, user_id: str, channel_id: str, command: str, words: str) -> None:
        """An app's command, or one of the few of Slack's own that people need here."""
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

    async def _edit(self, user_id: str, form: FormData) -> Response:
        await self._actions.edit(user_id, _word(form, "channel"), _word(form, "ts"), _word(form, "text"))
        return _done("edited")

    async def _delete(self, user_id: str, form: FormData) -> Response:
        await self._actions.delete(user_id, _word(form, "channel"), _word(form, "ts"))
        return _done()

    async def _react(self, user_id: str, form: FormData) -> Response:
        place = _word(form, "channel"), _word(form, "ts"), _word(form, "name")
        try:
            await self._actions.react(user_id, *place)
        except SlackRefusalError as refusal:
            if refusal.error != "already_reacted":
                raise
            await self._actions.unreact(user_id, *place)
        return _done()

    async def _unreact(self, user_id: str, form: FormData) -> Response:
        await self._actions.unreact(user_id, _word(form, "channel"), _word(form, "ts"), _word(form, "name"))
        return _done()

    async def _dismiss(self, user_id: str, form: FormData) -> Response:
        replace_ephemeral(self._state, _word(form, "channel"), user_id, _word(form, "ts"), None)
        return _done()

    # Blocks

    async def _use(self, user_id: str, form: FormData) -> Response:
        """A button, a menu, a date: in a message or in a view."""
        reader = Reader.of(self._state, user_id)
        block_id, action_id = _word(form, "block_id"), _word(form, "action_id")
        if _word(form, "kind") == "view":
            blocks = self._view(user_id, _word(form, "view"))["blocks"]
            given = _given(blocks, block_id, action_id, form, reader)
            entries = await self._entries(user_id, blocks, form)
            outcome = await self._actions.click_in_view(
                user_id, _word(form, "view"), block_id, action_id, given, entries=entries
            )
        else:
            message = self._message(user_id, form)
            given = _given(message.get("blocks") or [], block_id, action_id, form, reader)
            channel_id = _word(form, "channel")
            outcome = await self._actions.click_in_message(
                user_id, channel_id, message, block_id, action_id, given
            )
        return self._heard(user_id, outcome)

    async def _submit(self, user_id: str, form: FormData) -> Response:
        view_id = _word(form, "view")
        entries = await self._entries(user_id, self._view(user_id, view_id)["blocks"], form)
        outcome = await self._actions.submit_view(user_id, view_id, entries)
        if outcome.ok:
            return _done()
        notice = "" if outcome.errors else self._failure(user_id, outcome)
        modals = self._panes.modals(Where(user_id), outcome.errors, notice)
        return HTMLResponse(partial("modals", modals), headers={"HX-Trigger": "refused"})

    async def _close(self, user_id: str, form: FormData) -> Response:
        await self._actions.close_view(user_id, _word(form, "view"))
        return _done()

    async def _shortcut(self, user_id: str, form: FormData) -> Response:
        callback_id, ts = _word(form, "callback_id"), _word(form, "ts")
        if ts:
            outcome = await self._actions.use_message_shortcut(
                user_id, _word(form, "channel"), ts, callback_id
            )
        else:
            outcome = await self._actions.use_global_shortcut(user_id, callback_id)
        return self._heard(user_id, outcome)

    async def _open_home(self, user_id: str, form: FormData) -> Response:
        await self._actions.open_home(user_id, _word(form, "tab") or "home")
        return _done()

    # Channels, people, time

    async def _join(self, user_id: str, form: FormData) -> Response:
        await self._actions.join_channel(user_id, _word(form, "channel"))
        return _done()

    async def _leave(self, user_id: str, form: FormData) -> Response:
        await self._actions.leave_channel(user_id, _word(form, "channel"))
        return _done()

    async def _archive(self, user_id: str, form: FormData) -> Response:
        channel = self._state.channel(_word(form, "channel"))
        await self._actions.archive_channel(user_id, channel["id"], archived=not channel["is_archived"])
        return _done()

    async def _invite_app(self, user_id: str, form: FormData) -> Response:
        await self._actions.invite_bot(user_id, _word(form, "channel"))
        return _done()

    async def _remove_app(self, user_id: str, form: FormData) -> Response:
        await self._actions.remove_bot(user_id, _word(form, "channel"))
        return _done()

    async def _deactivate(self, _user_id: str, form: FormData) -> Response:
        await self._actions.deactivate(_word(form, "person"))
        return _done()

    async def _reactivate(self, _user_id: str, form: FormData) -> Response:
        await self._actions.reactivate(_word(form, "person"))
        return _done()

    async def _move(self, _user_id: str, form: FormData) -> Response:
        await self._actions.move_to_time_zone(_word(form, "person"), _word(form, "tz"))
        return _done()

    async def _skip(self, _user_id: str, form: FormData) -> Response:
        try:
            seconds = float(_word(form, "seconds"))
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= _LONGEST_LEAP:
            return self._notice("The clock goes ahead, by a year at most.")
        self._clock.skip(seconds=seconds)
        self._state.changed("clock")
        return _done()

    # Inside

    def _view(self, user_id: str, view_id: str) -> Json:
        home = self._state.home(user_id)
        views = [*self._state.open_views(user_id), *([home] if home else [])]
        for view in views:
            if view["id"] == view_id:
                return view
        raise SlackRefusalError("view_not_found")

    def _message(self, user_id: str, form: FormData) -> Json:
        channel_id, ts = _word(form, "channel"), _word(form, "ts")
        if _word(form, "kind") != "ephemeral":
            return self._state.message(channel_id, ts)
        found = ephemeral(self._state, channel_id, user_id, ts)
        if found is None:
            raise SlackRefusalError("message_not_found")
        return found

    async def _entries(self, user_id: str, blocks: list[Json], form: FormData) -> Entries:
        entries = entries_of(blocks, form, Reader.of(self._state, user_id))
        for block, element in stateful(blocks):
            if element["type"] == "file_input":
                block_id, action_id = str(block["block_id"]), str(element["action_id"])
                files = await self._files(user_id, form, field_name(block_id, action_id))
                entries[block_id][action_id] = files
        return entries

    async def _files(self, user_id: str, form: FormData, field: str = "files") -> list[Json]:
        """What was attached in the composer, or given to a form's field."""
        stored = []
        for upload in form.getlist(field):
            if not isinstance(upload, UploadFile) or not upload.filename:
                continue
            content = (await upload.read()).decode("utf-8", errors="replace")
            stored.append(await self._actions.add_file(user_id, upload.filename, content))
        return stored

    def _heard(self, user_id: str, outcome: Outcome) -> Response:
        return self._notice(self._failure(user_id, outcome)) if outcome.error else _done()

    def _failure(self, user_id: str, outcome: Outcome) -> str:
        team_id = str(self._state.user(user_id)["team_id"])
        installation = self._state.installations.get(team_id, {})
        name = self._state.apps.get(installation.get("app_id", ""), {}).get("name", "The app")
        if outcome.error == "connection_failed":
            return f"{name} is not connected, so nobody heard that. Start it and try again."
        if outcome.error == "timeout":
            return f"{name} did not answer within three seconds."
        return f"{name} answered with an error: {outcome.error}."

    def _sentence(self, refusal: SlackRefusalError) -> str:
        if refusal.error == "unknown_command":
            known = sorted({c for app in self._state.apps.values() for c in app["commands"]})
            return f"That is not a command here. There is {', '.join([*known, '/invite'])} and /leave."
        return _SENTENCES.get(refusal.error, f"That was refused: {refusal.error}.")

    def _notice(self, words: str) -> Response:
        toast = partial("toasts", self._panes.toast(words), "append")
        return HTMLResponse(toast, headers={"HX-Trigger": "refused"})


def _word(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _given(blocks: list[Json], block_id: str, action_id: str, form: FormData, reader: Reader) -> Any:
    """What was chosen in the element that was used; None for a plain button."""
    for block in blocks:
        for element in interactive_elements(block):
            if (block.get("block_id"), element.get("action_id")) != (block_id, action_id):
                continue
            if element["type"] in ("overflow", "feedback_buttons"):
                return str(form.get(field_name(block_id, action_id)) or "") or None
            if element["type"] in ("button", "icon_button"):
                return None
            return given_value(element, block_id, form, reader)
    return None


def _done(event: str = "", **detail: str) -> Response:
    headers = {"HX-Trigger": json.dumps({event: detail})} if event else {}
    return HTMLResponse(Markup(""), status_code=200, headers=headers)
