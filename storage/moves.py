"""The way that each pilot has gone. Moves are added and read; the database refuses to change or remove one.

Whoever adds one has locked the pilot, so that two never take the same number.
"""

from typing import Final

from sqlalchemy import bindparam, func, insert, select

from bot.domain.moves import StageMove
from storage.repository import Repository
from storage.tables import STAGE_MOVE as M

_COLUMNS: Final = [M.c[name] for name in StageMove.model_fields]
_PILOT: Final = M.c.pilot_id == bindparam("pilot_id_")
_NEXT: Final = select(func.coalesce(func.max(M.c.number), 0) + 1).where(_PILOT).scalar_subquery()
_ADD: Final = insert(M).inline().values(number=_NEXT)
_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT).order_by(M.c.number)


class Moves(Repository):
    """The moves of all pilots."""

    def add(self, move: StageMove) -> None:
        self._tx.execute(_ADD, move.model_dump() | {"pilot_id_": move.pilot_id})

    def of_pilot(self, pilot_id: str) -> list[StageMove]:
        """Return a pilot's moves, oldest first."""
        rows = self._tx.execute(_OF_PILOT, {"pilot_id_": pilot_id}).mappings()
        return [StageMove.model_validate(dict(row)) for row in rows]
