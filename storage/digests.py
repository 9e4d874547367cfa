"""When each person, or channel, is to hear next. One message a day is what a slot of the notices keeps; this is only the clock."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, case, delete, func, select

from storage.repository import Repository
from storage.statements import insert_or_replace, insert_or_update
from storage.tables import DIGEST_DUE as D, NOTICE as N

_HERE: Final = D.c.workspace_id == bindparam("workspace_id_")
_ROW: Final = D.c.person_id == bindparam("person_id_")
_DUE: Final = insert_or_update(
    D,
    ["workspace_id", "person_id"],
    lambda new: {"next_at": case((new.next_at < D.c.next_at, new.next_at), else_=D.c.next_at)},
)
_PUT_OFF: Final = insert_or_replace(D, ["workspace_id", "person_id"])
_DONE: Final = delete(D).where(_HERE, _ROW)
_NEXT_AT: Final = select(D.c.next_at).where(_HERE, _ROW)
_DUE_NOW: Final = (
    select(D.c.person_id)
    .where(_HERE, D.c.next_at <= bindparam("now_"))
    .order_by(D.c.next_at, D.c.person_id)
    .limit(bindparam("limit_"))
    .with_for_update(skip_locked=True)
)
_LAST_SLOT: Final = select(func.max(N.c.slot)).where(
    N.c.workspace_id == bindparam("workspace_id_"), N.c.person_id == bindparam("person_id_")
)


class Digests(Repository):
    """The digests of all people."""

    def due(self, workspace_id: str, person_id: str, at: datetime) -> None:
        """Let somebody hear then, or earlier where that was the case already."""
        self._tx.execute(_DUE, {"workspace_id": workspace_id, "person_id": person_id, "next_at": at})

    def next_at(self, workspace_id: str, person_id: str) -> datetime | None:
        """Return when somebody is to hear next; None where nothing waits for them."""
        values = {"workspace_id_": workspace_id, "person_id_": person_id}
        at: datetime | None = self._tx.execute(_NEXT_AT, values).scalar()
        return at

    def due_now(self, workspace_id: str, now: datetime, limit: int) -> list[str]:
        """Return whose time has come, longest first, and keep other processes from telling them until this transaction ends.

        Whom another one tells just now is left out. The cost follows these, not everybody.
        """
        values = {"workspace_id_": workspace_id, "now_": now, "limit_": limit}
        return list(self._tx.execute(_DUE_NOW, values).scalars())

    def put_off(self, workspace_id: str, person_id: str, at: datetime | None) -> None:
        """Let somebody hear then and not earlier; with None, not before something new comes."""
        if at is None:
            self._tx.execute(_DONE, {"workspace_id_": workspace_id, "person_id_": person_id})
        else:
            self._tx.execute(_PUT_OFF, {"workspace_id": workspace_id, "person_id": person_id, "next_at": at})

    def last_slot(self, workspace_id: str, person_id: str) -> str | None:
        """Return the latest slot in which somebody was told anything."""
        slot: str | None = self._tx.execute(
            _LAST_SLOT, {"workspace_id_": workspace_id, "person_id_": person_id}
        ).scalar()
        return slot
