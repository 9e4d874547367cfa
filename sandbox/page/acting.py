"""The one door through which a page changes the workspace: `POST /act/<deed>`, with `as` for who acts.

Each deed is one of `sandbox.actions`. What is said and what is done with blocks have their own files; channels, people
and the clock are here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from sandbox.actions import Actions
from sandbox.clock import Clock
from sandbox.refusals import SlackRefusalError
from sandbox.state import State

from .answers import Answers, done, notice, word
from .panes import Panes
from .saying import Saying
from .using import Using

Deed = Callable[[str, FormData], Awaitable[Response]]

NEW_BLOCKS = ("data_table", "data_visualization")
_LONGEST_LEAP = 366 * 86_400.0


class Acting:
    def __init__(self, state: State, clock: Clock, actions: Actions, panes: Panes) -> None:
        self._state = state
        self._clock = clock
        self._actions = actions
        self._answers = Answers(state)
        saying, using = Saying(state, actions), Using(state, actions, panes)
        self._deeds: dict[str, Deed] = {
            "say": saying.say,
            "edit": saying.edit,
            "delete": saying.delete,
            "react": saying.react,
            "dismiss": saying.dismiss,
            "use": using.use,
            "submit": using.submit,
            "close": using.close,
            "shortcut": using.shortcut,
            "open-home": using.open_home,
            "join": self._join,
            "leave": self._leave,
            "archive": self._archive,
            "invite-app": self._invite_app,
            "remove-app": self._remove_app,
            "deactivate": self._deactivate,
            "reactivate": self._reactivate,
            "move": self._move,
            "language": self._switch_language,
            "clock": self._skip,
            "new-blocks": self._switch_new_blocks,
        }

    async def answer(self, request: Request) -> Response:
        deed = self._deeds.get(request.path_params["deed"])
        if deed is None:
            return Response(status_code=404)
        async with request.form() as form:
            try:
                return await deed(word(form, "as"), form)
            except SlackRefusalError as refusal:
                return self._answers.refused(refusal)

    async def _join(self, user_id: str, form: FormData) -> Response:
        await self._actions.join_channel(user_id, word(form, "channel"))
        return done()

    async def _leave(self, user_id: str, form: FormData) -> Response:
        await self._actions.leave_channel(user_id, word(form, "channel"))
        return done()

    async def _archive(self, user_id: str, form: FormData) -> Response:
        """Archive the channel, or take it out of the archive again."""
        channel = self._state.channel(word(form, "channel"))
        await self._actions.archive_channel(user_id, channel["id"], archived=not channel["is_archived"])
        return done()

    async def _invite_app(self, user_id: str, form: FormData) -> Response:
        await self._actions.invite_bot(user_id, word(form, "channel"))
        return done()

    async def _remove_app(self, user_id: str, form: FormData) -> Response:
        await self._actions.remove_bot(user_id, word(form, "channel"))
        return done()

    async def _deactivate(self, _user_id: str, form: FormData) -> Response:
        await self._actions.deactivate(word(form, "person"))
        return done()

    async def _reactivate(self, _user_id: str, form: FormData) -> Response:
        await self._actions.reactivate(word(form, "person"))
        return done()

    async def _move(self, _user_id: str, form: FormData) -> Response:
        await self._actions.move_to_time_zone(word(form, "person"), word(form, "tz"))
        return done()

    async def _switch_language(self, _user_id: str, form: FormData) -> Response:
        await self._actions.switch_language(word(form, "person"), word(form, "locale"))
        return done()

    async def _switch_new_blocks(self, _user_id: str, _form: FormData) -> Response:
        """Refuse charts and sortable tables, or take them again: what an app shows instead is seen by hand."""
        await self._actions.refuse_blocks(*(() if self._state.refused_blocks else NEW_BLOCKS))
        return done()

    async def _skip(self, _user_id: str, form: FormData) -> Response:
        try:
            seconds = float(word(form, "seconds"))
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= _LONGEST_LEAP:
            return notice("The clock goes ahead, by a year at most.")
        self._clock.skip(seconds=seconds)
        self._state.changed("clock")
        return done()
