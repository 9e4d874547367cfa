"""The way that each pilot has gone. Moves are added and read; the database refuses to change or remove one."""

from typing import Final

from sqlalchemy import bindparam, insert, select

from bot.domain.moves import StageMove
from storage.repository import Repository
from storage.tables import STAGE_MOVE as M

_COLUMNS: Final = [M.c[name] for name in StageMove.model_fields]
_ADD: Final = insert(M).inline()
_OF_PILOT: Final = select(*_COLUMNS).where(M.c.pilot_id == bindparam("pilot_id_")).order_by(M.c.at, M.c.id)


class Moves(Repository):
    """The moves of all pilots."""

    def add(self, move: StageMove) -> None:
        self._tx.execute(_ADD, move.model_dump())

    def of_pilot(self, pilot_id: str) -> list[StageMove]:
        """Return a pilot's moves, oldest first."""
        rows = self._tx.execute(_OF_PILOT, {"pilot_id_": pilot_id}).mappings()
        return [StageMove.model_validate(dict(row)) for row in rows]
