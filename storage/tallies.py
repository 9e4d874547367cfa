"""The counters of the portfolio: kept as pilots change, so that a summary reads a few rows however many pilots there are.

What a transaction adds waits until its work is done and is written just before the commit, in one order for all processes.
So two that count at once never wait for each other in a ring, and nobody's count is lost. What was counted of each pilot
stands beside, and the counters can always be added up again from it.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, text

from bot.domain.tallies import Cell, Counted
from storage.columns import storable
from storage.repository import Carrier, Repository
from storage.statements import ByDialect, DialectName, insert_or_replace, insert_or_update
from storage.tables import COUNTED as C, TALLY as T

Differences = Counter[tuple[str, Cell]]
"""By how much the counters of each workspace change."""

_KEY: Final = ["workspace_id", "stage", "subject", "standing"]
_ADD: Final = insert_or_update(T, _KEY, lambda new: {"n": T.c.n + new.n})
_OF: Final = select(T.c.stage, T.c.subject, T.c.standing, T.c.n).where(
    T.c.workspace_id == bindparam("workspace_id_"), T.c.n != 0
)
_COUNTED: Final = select(C.c.stage, C.c.measures, C.c["items"]).where(C.c.pilot_id == bindparam("pilot_id_"))
_ALL_COUNTED: Final = select(C.c.pilot_id).where(C.c.workspace_id == bindparam("workspace_id_"))
_SET: Final = insert_or_replace(C, ["pilot_id"])
_UNSET: Final = delete(C).where(C.c.pilot_id == bindparam("pilot_id_"))
_REBUILT: Final = ByDialect(
    text(
        "SELECT stage, '' AS subject, one.value AS standing, count(*) AS n FROM counted, json_each(counted.measures) AS one "
        "WHERE workspace_id = :workspace_id_ GROUP BY stage, one.value UNION ALL "
        "SELECT stage, one.key, one.value, count(*) FROM counted, json_each(counted.items) AS one "
        "WHERE workspace_id = :workspace_id_ GROUP BY stage, one.key, one.value"
    ),
    text(
        "SELECT stage, '' AS subject, one.value AS standing, count(*) AS n "
        "FROM counted, json_array_elements_text(counted.measures) AS one "
        "WHERE workspace_id = :workspace_id_ GROUP BY stage, one.value UNION ALL "
        "SELECT stage, one.key, one.value, count(*) FROM counted, json_each_text(counted.items) AS one "
        "WHERE workspace_id = :workspace_id_ GROUP BY stage, one.key, one.value"
    ),
)
_NOBODY_COUNTS: Final = text("LOCK TABLE counted IN SHARE ROW EXCLUSIVE MODE")


class Tallies(Repository):
    """The counters of all workspaces."""

    def __init__(self, tx: Carrier) -> None:
        super().__init__(tx)
        self.pending: Differences = Counter()

    def add(self, workspace_id: str, differences: Mapping[Cell, int]) -> None:
        """Change counters; it is written, with all else that the transaction counts, when its work is done."""
        for cell, by in differences.items():
            self.pending[workspace_id, cell] += by

    def of(self, workspace_id: str) -> Mapping[Cell, int]:
        """Return the counters that are not zero, with what this transaction has counted."""
        return _without_zeros(self._kept(workspace_id))

    def counted(self, pilot_id: str) -> Counted | None:
        """Return what is counted of a pilot; whoever wants to change it has locked the pilot."""
        row = self._tx.execute(_COUNTED, {"pilot_id_": pilot_id}).mappings().first()
        return None if row is None else Counted.model_validate(dict(row))

    def all_counted(self, workspace_id: str) -> set[str]:
        """Return the pilots of which anything is counted, by id."""
        return set(self._tx.execute(_ALL_COUNTED, {"workspace_id_": workspace_id}).scalars())

    def set_counted(self, workspace_id: str, pilot_id: str, counted: Counted | None) -> None:
        """Keep what is counted of a pilot; the counters are somebody else's business."""
        if counted is None:
            self._tx.execute(_UNSET, {"pilot_id_": pilot_id})
            return
        values: dict[str, Any] = {
            "pilot_id": pilot_id,
            "workspace_id": workspace_id,
            "stage": counted.stage,
            "measures": sorted(counted.measures),
            "items": dict(counted.items),
        }
        self._tx.execute(_SET, values)

    def rebuilt(self, workspace_id: str) -> Mapping[Cell, int]:
        """Return the counters as they add up from what is counted of each pilot; reads all of them."""
        rows = self._tx.execute(_REBUILT, {"workspace_id_": workspace_id})
        return {Cell(stage=row.stage, subject=row.subject, standing=row.standing): row.n for row in rows}

    def differing(self, workspace_id: str) -> Mapping[Cell, int]:
        """Return by how much counters are off; nothing where all are right."""
        off = Counter(self.rebuilt(workspace_id))
        off.subtract(self._kept(workspace_id))
        return _without_zeros(off)

    def repair(self, workspace_id: str) -> Mapping[Cell, int]:
        """Set the counters right, while nobody else counts; return by how much they were off."""
        if self._tx.dialect == "postgresql":
            self._tx.execute(_NOBODY_COUNTS)
        off = self.differing(workspace_id)
        self.add(workspace_id, off)
        return off

    def _kept(self, workspace_id: str) -> Counter[Cell]:
        kept = Counter(
            {
                Cell(stage=row.stage, subject=row.subject, standing=row.standing): row.n
                for row in self._tx.execute(_OF, {"workspace_id_": workspace_id})
            }
        )
        for differences in (self._tx.counted_before, self.pending):
            for (where, cell), by in differences.items():
                if where == workspace_id:
                    kept[cell] += by
        return kept


def write_differences(connection: Connection, dialect: DialectName, differences: Differences) -> None:
    """Write what a transaction has counted, in the one order in which every process takes the rows."""
    rows = sorted(
        (storable(where), storable(cell.stage), storable(cell.subject), storable(cell.standing), by)
        for (where, cell), by in differences.items()
        if by
    )
    if rows:
        names = [*_KEY, "n"]
        connection.execute(_ADD.of(dialect), [dict(zip(names, row, strict=True)) for row in rows])


def _without_zeros(counters: Mapping[Cell, int]) -> dict[Cell, int]:
    return {cell: n for cell, n in counters.items() if n}
