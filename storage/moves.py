"""The way that each pilot has gone. Moves are added and read; the database refuses to change or remove one.

Whoever adds one has locked the pilot, so that two never take the same number.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, func, insert, select

from bot.domain.moves import StageMove
from bot.domain.pilots import RETIRED
from storage.repository import Repository, portions
from storage.tables import STAGE_MOVE as M

_COLUMNS: Final = [M.c[name] for name in StageMove.model_fields]
_PILOT: Final = M.c.pilot_id == bindparam("pilot_id_")
_NEXT: Final = select(func.coalesce(func.max(M.c.number), 0) + 1).where(_PILOT).scalar_subquery()
_ADD: Final = insert(M).inline().values(number=_NEXT)
_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT).order_by(M.c.number)
_ENDED_OF_PILOTS: Final = (
    select(*_COLUMNS)
    .where(M.c.pilot_id.in_(bindparam("pilot_ids_", expanding=True)), M.c.to_stage == RETIRED)
    .order_by(M.c.pilot_id, M.c.number)
)
_HERE: Final = M.c.workspace_id == bindparam("workspace_id_")
_SINCE: Final = (
    select(*_COLUMNS).where(_HERE, M.c.at >= bindparam("at_")).order_by(M.c.at, M.c.pilot_id, M.c.number)
)


class Moves(Repository):
    """The moves of all pilots."""

    def add(self, move: StageMove) -> None:
        self._tx.execute(_ADD, move.model_dump() | {"pilot_id_": move.pilot_id})

    def of_pilot(self, pilot_id: str) -> list[StageMove]:
        """Return a pilot's moves, oldest first."""
        return list(self._recalled(_OF_PILOT, {"pilot_id_": pilot_id}, _all))

    def endings_of(self, ids: Iterable[str]) -> dict[str, StageMove]:
        """Return how each of some pilots was retired last; nothing for one that never was."""
        found: dict[str, StageMove] = {}
        for some in portions(ids):
            for row in self._tx.execute(_ENDED_OF_PILOTS, {"pilot_ids_": some}).mappings():
                found[row["pilot_id"]] = StageMove.model_validate(dict(row))
        return found

    def since(self, workspace_id: str, at: datetime) -> list[StageMove]:
        """Return what has moved since an instant, oldest first."""
        rows = self._tx.execute(_SINCE, {"workspace_id_": workspace_id, "at_": at}).mappings()
        return [StageMove.model_validate(dict(row)) for row in rows]


def _all(result: CursorResult[Any]) -> list[StageMove]:
    return [StageMove.model_validate(dict(row)) for row in result.mappings()]
