"""Which processes live, and which of them may do work that only one should do."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, or_, select, update

from storage.repository import Repository
from storage.statements import insert_or_replace, insert_or_update
from storage.tables import HEARTBEAT as H, LEASE as L

_BEAT: Final = insert_or_replace(H, ["executor_id"])
_BEAT_AT: Final = select(H.c.beat_at).where(H.c.executor_id == bindparam("executor_id_"))
_DEAD: Final = select(H.c.executor_id).where(H.c.beat_at < bindparam("before_")).order_by(H.c.executor_id)
_STILL_DEAD: Final = (
    select(H.c.executor_id)
    .where(H.c.executor_id == bindparam("executor_id_"), H.c.beat_at < bindparam("before_"))
    .with_for_update()
)
_FORGET: Final = delete(H).where(H.c.executor_id == bindparam("executor_id_"))
_LEASE: Final = insert_or_update(
    L,
    ["name"],
    lambda new: {"holder": new.holder, "until": new.until},
    where=lambda new: or_(L.c.until <= bindparam("now_"), L.c.holder == new.holder),
)
_END: Final = (
    update(L)
    .where(L.c.name == bindparam("name_"), L.c.holder == bindparam("holder_"))
    .values(until=bindparam("now_"))
)


class Heartbeats(Repository):
    """The processes that share this database."""

    def beat(self, executor_id: str, now: datetime) -> None:
        """Say that a process lives."""
        self._tx.execute(_BEAT, {"executor_id": executor_id, "beat_at": now})

    def beat_at(self, executor_id: str) -> datetime | None:
        """Return when a process last said so, or None when it never did or was forgotten."""
        at: datetime | None = self._tx.execute(_BEAT_AT, {"executor_id_": executor_id}).scalar()
        return at

    def dead(self, before: datetime) -> list[str]:
        """Return the processes that have not said so since."""
        return list(self._tx.execute(_DEAD, {"before_": before}).scalars())

    def still_dead(self, executor_id: str, before: datetime) -> bool:
        """Ask about one process again, and keep its next beat waiting until this transaction ends."""
        return (
            self._tx.execute(_STILL_DEAD, {"executor_id_": executor_id, "before_": before}).scalar()
            is not None
        )

    def forget(self, executor_id: str) -> None:
        """Drop a dead process whose work was adopted, or one that ends in good order."""
        self._tx.execute(_FORGET, {"executor_id_": executor_id})

    def lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take or lengthen a lease; False while somebody else has it."""
        return (
            self._tx.execute(_LEASE, {"name": name, "holder": holder, "now_": now, "until": until}).rowcount
            == 1
        )

    def end_lease(self, name: str, holder: str, now: datetime) -> None:
        """Give a lease back before its end."""
        self._tx.execute(_END, {"name_": name, "holder_": holder, "now_": now})
