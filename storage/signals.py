"""Why pilots stall, as far as it was seen. At most one signal per pilot and cause is raised at a time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, case, select, union, update

from bot.domain.signals import Severity, Signal
from bot.domain.stalling import Reason
from storage.repository import Repository, portions
from storage.statements import insert_unless_there
from storage.tables import RAISED_SIGNAL, SIGNAL as S

_COLUMNS: Final = [S.c[name] for name in Signal.model_fields]
_RAISE: Final = insert_unless_there(S, ["pilot_id", "cause"], where=RAISED_SIGNAL)
_WHO_IS_MISSED: Final = case((S.c.why.in_([Reason.CHAMPION_GONE.value, Reason.OWNER_GONE.value]), 0), else_=1)
_WORST_FIRST: Final = (S.c.severity.desc(), _WHO_IS_MISSED, S.c.raised_at, S.c.cause, S.c.id)
"""Of those that are equally bad, who is missed comes first: nothing else is mended before somebody is there to do it."""
_PILOT: Final = S.c.pilot_id == bindparam("pilot_id_")
_RAISED_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT, RAISED_SIGNAL).order_by(*_WORST_FIRST)
_RAISED_OF_PILOTS: Final = (
    select(*_COLUMNS)
    .where(S.c.pilot_id.in_(bindparam("pilot_ids_", expanding=True)), RAISED_SIGNAL)
    .order_by(*_WORST_FIRST)
)
_HERE: Final = select(*_COLUMNS).where(S.c.workspace_id == bindparam("workspace_id_"))
_SINCE: Final = union(  # with an OR, neither index would do
    _HERE.where(S.c.raised_at >= bindparam("at_")), _HERE.where(S.c.cleared_at >= bindparam("at_"))
).order_by("raised_at", "cause", "id")
_RAISED: Final = (S.c.id == bindparam("id_"), RAISED_SIGNAL)
_CLEAR: Final = update(S).where(*_RAISED).values(cleared_at=bindparam("cleared_at_"))
_CHANGE: Final = (
    update(S)
    .where(*_RAISED)
    .values({name: bindparam(f"{name}_") for name in ("severity", "why", "evidence")})
)


class Signals(Repository):
    """The signals of all pilots."""

    def raise_(self, signal: Signal) -> bool:
        """Raise a signal; False when its cause is raised already."""
        values = signal.model_dump() | {"severity": int(signal.severity)}
        return self._tx.execute(_RAISE, values).rowcount == 1

    def raised_of(self, pilot_id: str) -> list[Signal]:
        """Return what is raised for a pilot, worst first."""
        return list(self._recalled(_RAISED_OF_PILOT, {"pilot_id_": pilot_id}, _all))

    def raised_of_pilots(self, ids: Iterable[str]) -> dict[str, list[Signal]]:
        """Return what is raised, by pilot, worst first; nothing for a pilot without any."""
        found: dict[str, list[Signal]] = {}
        for some in portions(ids):
            for one in _all(self._tx.execute(_RAISED_OF_PILOTS, {"pilot_ids_": some})):
                found.setdefault(one.pilot_id, []).append(one)
        return found

    def since(self, workspace_id: str, at: datetime) -> list[Signal]:
        """Return what was raised or cleared since an instant, oldest first."""
        return _all(self._tx.execute(_SINCE, {"workspace_id_": workspace_id, "at_": at}))

    def clear_if_raised(self, signal_id: str, now: datetime) -> bool:
        """Take a signal down; False when somebody did before."""
        return self._tx.execute(_CLEAR, {"id_": signal_id, "cleared_at_": now}).rowcount == 1

    def change(self, signal_id: str, severity: Severity, why: str, evidence: Iterable[str]) -> bool:
        """Keep what a raised signal says now; False when it is down."""
        values = {"id_": signal_id, "severity_": int(severity), "why_": why, "evidence_": tuple(evidence)}
        return self._tx.execute(_CHANGE, values).rowcount == 1


def _all(result: CursorResult[Any]) -> list[Signal]:
    return [Signal.model_validate(dict(row)) for row in result.mappings()]
