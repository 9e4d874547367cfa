"""What a person does with blocks: buttons, menus and dates in messages and views, submitting and closing forms, shortcuts."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from sandbox.actions import Actions
from sandbox.inputs import stateful
from sandbox.messages import ephemeral, interactive_elements
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State

from .answers import Answers, done, word
from .forms import Entries, entries_of, given_value
from .frame import field_name
from .panes import Panes
from .reader import Reader
from .saying import attached
from .stream import partial
from .where import Where


class Using:
    def __init__(self, state: State, actions: Actions, panes: Panes) -> None:
        self._state = state
        self._actions = actions
        self._panes = panes
        self._answers = Answers(state)

    async def use(self, user_id: str, form: FormData) -> Response:
        """An element of a message or of a view."""
        is_view = word(form, "kind") == "view"
        owner = self._view(user_id, word(form, "view")) if is_view else self._message(user_id, form)
        blocks: list[Json] = owner.get("blocks") or []
        block_id, action_id = word(form, "block_id"), word(form, "action_id")
        given = _given(blocks, block_id, action_id, form, Reader.of(self._state, user_id))
        if is_view:
            entries = await self._entries(user_id, blocks, form)
            outcome = await self._actions.click_in_view(
                user_id, owner["id"], block_id, action_id, given, entries=entries
            )
        else:
            channel_id = word(form, "channel")
            outcome = await self._actions.click_in_message(
                user_id, channel_id, owner, block_id, action_id, given
            )
        return self._answers.heard(user_id, outcome)

    async def submit(self, user_id: str, form: FormData) -> Response:
        """Where it is not taken, the form comes back with what stands in it and why."""
        view = self._view(user_id, word(form, "view"))
        entries = await self._entries(user_id, view["blocks"], form)
        outcome = await self._actions.submit_view(user_id, view["id"], entries)
        if outcome.ok:
            return done()
        trouble = "" if outcome.errors else self._answers.failure(user_id, outcome)
        modals = self._panes.modals(Where(user_id), outcome.errors, trouble)
        return HTMLResponse(partial("modals", modals), headers={"HX-Trigger": "refused"})

    async def close(self, user_id: str, form: FormData) -> Response:
        await self._actions.close_view(user_id, word(form, "view"))
        return done()

    async def shortcut(self, user_id: str, form: FormData) -> Response:
        callback_id, ts = word(form, "callback_id"), word(form, "ts")
        if ts:
            channel_id = word(form, "channel")
            outcome = await self._actions.use_message_shortcut(user_id, channel_id, ts, callback_id)
        else:
            outcome = await self._actions.use_global_shortcut(user_id, callback_id)
        return self._answers.heard(user_id, outcome)

    async def open_home(self, user_id: str, form: FormData) -> Response:
        await self._actions.open_home(user_id, word(form, "tab") or "home")
        return done()

    def _view(self, user_id: str, view_id: str) -> Json:
        home = self._state.home(user_id)
        for view in [*self._state.open_views(user_id), *([home] if home else [])]:
            if view["id"] == view_id:
                return view
        raise SlackRefusalError("view_not_found")

    def _message(self, user_id: str, form: FormData) -> Json:
        channel_id, ts = word(form, "channel"), word(form, "ts")
        if word(form, "kind") != "ephemeral":
            return self._state.message(channel_id, ts)
        found = ephemeral(self._state, channel_id, user_id, ts)
        if found is None:
            raise SlackRefusalError("message_not_found")
        return found

    async def _entries(self, user_id: str, blocks: list[Json], form: FormData) -> Entries:
        entries = entries_of(blocks, form, Reader.of(self._state, user_id))
        for block, element in stateful(blocks):
            if element["type"] == "file_input":
                field = field_name(str(block["block_id"]), str(element["action_id"]))
                files = await attached(self._actions, user_id, form, field)
                entries[str(block["block_id"])][str(element["action_id"])] = files
        return entries


def _given(blocks: list[Json], block_id: str, action_id: str, form: FormData, reader: Reader) -> Any:
    """What was chosen in the element that was used; None for a plain button."""
    for block in blocks:
        for element in interactive_elements(block):
            if (block.get("block_id"), element.get("action_id")) != (block_id, action_id):
                continue
            if element["type"] in ("overflow", "feedback_buttons"):
                return word(form, field_name(block_id, action_id)) or None
            if element["type"] in ("button", "icon_button"):
                return None
            return given_value(element, block_id, form, reader)
    return None
