"""What is in the way of pilots, and who can do something about it. Each is closed once."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, insert, select, update

from bot.domain.notices import Blocker, BlockerState
from storage.repository import Repository
from storage.tables import BLOCKER as B, OPEN_BLOCKER

_COLUMNS: Final = [B.c[name] for name in Blocker.model_fields]
_HERE: Final = B.c.workspace_id == bindparam("workspace_id_")
_ADD: Final = insert(B).inline()
_GET: Final = select(*_COLUMNS).where(B.c.id == bindparam("id_"), _HERE)
_OF_PILOT: Final = (
    select(*_COLUMNS)
    .where(B.c.pilot_id == bindparam("pilot_id_"))
    .order_by(B.c.due_on, B.c.reported_at, B.c.id)
)
_OPEN_OF_PILOT: Final = _OF_PILOT.where(OPEN_BLOCKER)
_OPEN_BY: Final = (
    select(*_COLUMNS)
    .where(_HERE, B.c.by_id == bindparam("by_id_"), OPEN_BLOCKER)
    .order_by(B.c.due_on, B.c.reported_at, B.c.id)
)
_CLOSE: Final = (
    update(B)
    .where(B.c.id == bindparam("id_"), OPEN_BLOCKER)
    .values({name: bindparam(f"{name}_") for name in ("state", "closed_by", "closed_at", "outcome")})
)


class Blockers(Repository):
    """The blockers of all pilots."""

    def add(self, blocker: Blocker) -> None:
        self._tx.execute(_ADD, blocker.model_dump())

    def get(self, workspace_id: str, blocker_id: str) -> Blocker | None:
        found = _all(self._tx.execute(_GET, {"workspace_id_": workspace_id, "id_": blocker_id}))
        return found[0] if found else None

    def of_pilot(self, pilot_id: str) -> list[Blocker]:
        """Return everything that was ever in the way of a pilot, what is due first to begin with."""
        return _all(self._tx.execute(_OF_PILOT, {"pilot_id_": pilot_id}))

    def open_of_pilot(self, pilot_id: str) -> list[Blocker]:
        """Return what is in the way of a pilot, what is due first to begin with."""
        return _all(self._tx.execute(_OPEN_OF_PILOT, {"pilot_id_": pilot_id}))

    def open_by(self, workspace_id: str, person_id: str) -> list[Blocker]:
        """Return what a person can do something about, what is due first to begin with."""
        return _all(self._tx.execute(_OPEN_BY, {"workspace_id_": workspace_id, "by_id_": person_id}))

    def close_if_open(
        self, blocker_id: str, state: BlockerState, by: str | None, now: datetime, outcome: str = ""
    ) -> bool:
        """Close a blocker, with what came of it; False when somebody did before."""
        values = {
            "id_": blocker_id,
            "state_": state,
            "closed_by_": by,
            "closed_at_": now,
            "outcome_": outcome,
        }
        return self._tx.execute(_CLOSE, values).rowcount == 1


def _all(result: CursorResult[Any]) -> list[Blocker]:
    return [Blocker.model_validate(dict(row)) for row in result.mappings()]
