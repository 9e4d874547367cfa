"""What re-opens the gate that a pilot passed last. At most one per pilot, kind and subject is raised at a time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.flags import Flag
from storage.repository import Repository, portions
from storage.statements import insert_unless_there
from storage.tables import FLAG as F, RAISED_FLAG

_COLUMNS: Final = [F.c[name] for name in Flag.model_fields]
_RAISE: Final = insert_unless_there(F, ["pilot_id", "kind", "subject"], where=RAISED_FLAG)
_OF_PILOT: Final = (
    select(*_COLUMNS).where(F.c.pilot_id == bindparam("pilot_id_")).order_by(F.c.raised_at, F.c.id)
)
_RAISED_OF_PILOT: Final = _OF_PILOT.where(RAISED_FLAG)
_RAISED_OF_PILOTS: Final = (
    select(*_COLUMNS)
    .where(F.c.pilot_id.in_(bindparam("pilot_ids_", expanding=True)), RAISED_FLAG)
    .order_by(F.c.raised_at, F.c.id)
)
_CLEAR: Final = (
    update(F).where(F.c.id == bindparam("id_"), RAISED_FLAG).values(cleared_at=bindparam("cleared_at_"))
)


class Flags(Repository):
    """The flags of all pilots."""

    def raise_(self, flag: Flag) -> bool:
        """Raise a flag; False when it is raised already."""
        return self._tx.execute(_RAISE, flag.model_dump()).rowcount == 1

    def raised_of(self, pilot_id: str) -> list[Flag]:
        """Return what is raised for a pilot, oldest first."""
        return list(self._recalled(_RAISED_OF_PILOT, {"pilot_id_": pilot_id}, _all))

    def raised_of_pilots(self, ids: Iterable[str]) -> dict[str, list[Flag]]:
        """Return what is raised, by pilot, oldest first; nothing for a pilot without any."""
        found: dict[str, list[Flag]] = {}
        for some in portions(ids):
            for one in _all(self._tx.execute(_RAISED_OF_PILOTS, {"pilot_ids_": some})):
                found.setdefault(one.pilot_id, []).append(one)
        return found

    def of_pilot(self, pilot_id: str) -> list[Flag]:
        """Return every flag that was ever raised, oldest first."""
        return _all(self._tx.execute(_OF_PILOT, {"pilot_id_": pilot_id}))

    def clear_if_raised(self, flag_id: str, now: datetime) -> bool:
        """Take a flag down; False when somebody did before."""
        return self._tx.execute(_CLEAR, {"id_": flag_id, "cleared_at_": now}).rowcount == 1


def _all(result: CursorResult[Any]) -> list[Flag]:
    return [Flag.model_validate(dict(row)) for row in result.mappings()]
