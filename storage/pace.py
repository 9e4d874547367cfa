"""How long people take over each question, so that an interview can say how long the rest will take.

A moving mean, kept without the single times: nobody can be timed by it.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, CursorResult, bindparam, case, select

from storage.repository import Repository
from storage.statements import NewValues, insert_or_update
from storage.tables import PACE as P

WEIGHING: Final = 20
"""About how many of the latest answers make the mean; what was longer ago fades."""


def _moved(new: NewValues) -> dict[str, ColumnElement[Any]]:
    counted = case((P.c.counted < WEIGHING, P.c.counted + 1), else_=WEIGHING)
    return {"counted": counted, "seconds": P.c.seconds + (new.seconds - P.c.seconds) / counted}


_NOTE: Final = insert_or_update(P, ["workspace_id", "item_id"], _moved)
_OF: Final = select(P.c.item_id, P.c.seconds).where(P.c.workspace_id == bindparam("workspace_id_"))


class Pace(Repository):
    """The pace of all workspaces."""

    def note(self, workspace_id: str, item_id: str, seconds: float) -> None:
        """Let one more answer weigh in; what a break is, and so does not count, the caller knows."""
        values = {"workspace_id": workspace_id, "item_id": item_id, "seconds": max(0.0, seconds)}
        self._tx.execute(_NOTE, values | {"counted": 1})

    def of(self, workspace_id: str) -> dict[str, float]:
        """Return the mean seconds of every item that was ever answered, by item."""
        return dict(self._recalled(_OF, {"workspace_id_": workspace_id}, _all))


def _all(result: CursorResult[Any]) -> dict[str, float]:
    return {row["item_id"]: row["seconds"] for row in result.mappings()}
