"""Of which pilots people, or channels, want to hear nothing for a while.

A mute ends by itself on a day of the person's own calendar, which is not known here: whoever reads one looks at its day.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.notices import Mute
from storage.repository import Repository
from storage.statements import insert_unless_there
from storage.tables import MUTE as M, RUNNING_MUTE

_COLUMNS: Final = [M.c[name] for name in Mute.model_fields]
_HERE: Final = M.c.workspace_id == bindparam("workspace_id_")
_PERSON: Final = M.c.person_id == bindparam("person_id_")
_PILOT: Final = M.c.pilot_id == bindparam("pilot_id_")
_ADD: Final = insert_unless_there(M, ["workspace_id", "person_id", "pilot_id"], where=RUNNING_MUTE)
_RUN_OUT: Final = (
    update(M)
    .where(_HERE, _PERSON, _PILOT, RUNNING_MUTE, M.c.until <= bindparam("today_"))
    .values(ended_at=bindparam("now_"))
)
_RUNNING_OF_PERSON: Final = select(*_COLUMNS).where(_HERE, _PERSON, RUNNING_MUTE).order_by(M.c.until, M.c.id)
_RUNNING_BY: Final = (
    select(*_COLUMNS)
    .where(_HERE, M.c.muted_by == bindparam("muted_by_"), RUNNING_MUTE)
    .order_by(M.c.until, M.c.id)
)
_RUNNING_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT, RUNNING_MUTE).order_by(M.c.until, M.c.id)
_GET: Final = select(*_COLUMNS).where(M.c.id == bindparam("id_"), _HERE)
_END: Final = update(M).where(M.c.id == bindparam("id_"), RUNNING_MUTE).values(ended_at=bindparam("now_"))


class Mutes(Repository):
    """The mutes of all people."""

    def add(self, mute: Mute) -> bool:
        """Keep a mute; False when the person has one of the pilot. One whose day is over (in UTC) gives way."""
        self._tx.execute(
            _RUN_OUT,
            {
                "workspace_id_": mute.workspace_id,
                "person_id_": mute.person_id,
                "pilot_id_": mute.pilot_id,
                "today_": mute.since.date(),
                "now_": mute.since,
            },
        )
        return self._tx.execute(_ADD, mute.model_dump()).rowcount == 1

    def get(self, workspace_id: str, mute_id: str) -> Mute | None:
        found = _all(self._tx.execute(_GET, {"workspace_id_": workspace_id, "id_": mute_id}))
        return found[0] if found else None

    def running_of_person(self, workspace_id: str, person_id: str) -> list[Mute]:
        """Return the mutes of a person that nobody ended, also those whose day has come; what ends first to begin with."""
        values = {"workspace_id_": workspace_id, "person_id_": person_id}
        return _all(self._tx.execute(_RUNNING_OF_PERSON, values))

    def running_by(self, workspace_id: str, user_id: str) -> list[Mute]:
        """Return what somebody muted, for themselves or for a channel, and nobody ended; also mutes whose day has come."""
        return _all(self._tx.execute(_RUNNING_BY, {"workspace_id_": workspace_id, "muted_by_": user_id}))

    def running_of_pilot(self, pilot_id: str) -> list[Mute]:
        """Return the mutes of a pilot that nobody ended, also those whose day has come; what ends first to begin with."""
        return _all(self._tx.execute(_RUNNING_OF_PILOT, {"pilot_id_": pilot_id}))

    def end(self, mute_id: str, now: datetime) -> bool:
        """End a mute; False when somebody did before."""
        return self._tx.execute(_END, {"id_": mute_id, "now_": now}).rowcount == 1


def _all(result: CursorResult[Any]) -> list[Mute]:
    return [Mute.model_validate(dict(row)) for row in result.mappings()]
