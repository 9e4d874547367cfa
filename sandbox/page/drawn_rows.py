"""Messages drawn once: the HTML of rows is kept until what they show changes.

A busy channel is drawn again at every change, and most of its messages are the same as before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from sandbox.state import Json, State

from .emoji import BY_NAME, QUICK_REACTIONS
from .message_rows import Row
from .reader import Reader
from .rendering import environment
from .where import Where

_KEPT = 2000


class DrawnRows:
    def __init__(self, state: State) -> None:
        self._state = state
        self._kept: dict[tuple[str, ...], Markup] = {}

    def drawer(self, where: Where, app: Json, *, in_thread: bool) -> Callable[[Row], Markup]:
        """A function that draws rows for one person at one place."""
        reader = Reader.of(self._state, where.user_id)
        known = self._names_by_now(app)
        facts: dict[str, Any] = {
            "where": where,
            "reader": reader,
            "quick_reactions": [(name, BY_NAME[name]) for name in QUICK_REACTIONS],
            "shortcuts": [s for s in app["shortcuts"] if s["type"] == "message"],
            "app": app,
            "in_thread": in_thread,
        }

        def draw(row: Row) -> Markup:
            key = (*row.fingerprint, known)
            if key not in self._kept:
                while len(self._kept) >= _KEPT:
                    del self._kept[next(iter(self._kept))]
                module: Any = environment().get_template("message.html").module
                self._kept[key] = module.message(row, **facts)
            return self._kept[key]

        return draw

    def _names_by_now(self, app: Json) -> str:
        """Changes when a name, a zone, a group, the day or the app does: then rows drawn before do not count."""
        people = [(u["real_name"], u["name"], u.get("tz"), u["deleted"]) for u in self._state.users.values()]
        channels = [(c.get("name"), self._state.members[i]) for i, c in self._state.channels.items()]
        groups = [(g["handle"], g["users"]) for g in self._state.usergroups.values()]
        today = self._state.clock.now().date()
        return str(hash(str((people, channels, groups, app, today))))
