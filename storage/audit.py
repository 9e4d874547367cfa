"""The record of who changed what: appended in the transaction of the change, never edited, numbered without a gap.

Entries wait until the work is done and are numbered together just before the commit. So the row that orders processes is
locked last and briefly, and neither a failed change nor a rolled-back group leaves a hole.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select

from bot.domain.values import Frozen, Instant, Occasion
from storage.repository import Carrier, Repository
from storage.statements import DialectName, insert_or_update
from storage.tables import AUDIT as A, AUDIT_COUNT as N


class PendingEntry(Frozen):
    """An entry that has no number yet."""

    workspace_id: str
    at: Instant
    actor_id: str
    on_behalf_of: str | None = None
    what: str
    subject_kind: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    delivery: str | None


class AuditEntry(PendingEntry):
    """An entry of the record."""

    seq: int


_COLUMNS: Final = [A.c[name] for name in AuditEntry.model_fields]
_INSERT: Final = insert(A)
_NUMBER: Final = insert_or_update(
    N, ["workspace_id"], lambda new: {"last_seq": N.c.last_seq + new.last_seq}, returning=N.c.last_seq
)
_ALL: Final = (
    select(*_COLUMNS)
    .where(A.c.workspace_id == bindparam("workspace_id_"), A.c.seq > bindparam("after_seq_"))
    .order_by(A.c.seq)
)
_PAGE: Final = _ALL.limit(bindparam("limit_"))
_OF: Final = (
    select(*_COLUMNS)
    .where(
        A.c.workspace_id == bindparam("workspace_id_"),
        A.c.subject_kind == bindparam("subject_kind_"),
        A.c.subject_id == bindparam("subject_id_"),
    )
    .order_by(A.c.seq)
)


class Audit(Repository):
    """The record of all workspaces."""

    def __init__(self, tx: Carrier) -> None:
        super().__init__(tx)
        self.pending: list[PendingEntry] = []

    def append(
        self,
        occasion: Occasion,
        what: str,
        subject_kind: str,
        subject_id: str,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Put a change on the record; it is numbered, and can be read, once the transaction commits."""
        entry = PendingEntry(
            workspace_id=occasion.workspace_id,
            at=occasion.now,
            actor_id=occasion.actor_id,
            what=what,
            subject_kind=subject_kind,
            subject_id=subject_id,
            before=_plain(before),
            after=_plain(after),
            delivery=occasion.delivery,
        )
        self.pending.append(entry)

    def of(self, workspace_id: str, subject_kind: str, subject_id: str) -> list[AuditEntry]:
        """Return what happened to one thing, oldest first."""
        values = {"workspace_id_": workspace_id, "subject_kind_": subject_kind, "subject_id_": subject_id}
        return [AuditEntry.model_validate(dict(row)) for row in self._tx.execute(_OF, values).mappings()]

    def all(self, workspace_id: str, *, after_seq: int = 0, limit: int | None = None) -> list[AuditEntry]:
        """Return a workspace's record in order, all of it or a page."""
        values: dict[str, Any] = {"workspace_id_": workspace_id, "after_seq_": after_seq}
        if limit is None:
            result = self._tx.execute(_ALL, values)
        else:
            result = self._tx.execute(_PAGE, values | {"limit_": limit})
        return [AuditEntry.model_validate(dict(row)) for row in result.mappings()]


def number_and_insert(connection: Connection, dialect: DialectName, entries: Sequence[PendingEntry]) -> None:
    """Give the entries of a transaction their numbers and keep them; workspaces in order, so that no two processes cross."""
    if not entries:
        return
    numbers: dict[str, int] = {}
    for workspace_id, count in sorted(Counter(entry.workspace_id for entry in entries).items()):
        added = {"workspace_id": workspace_id, "last_seq": count}
        numbers[workspace_id] = connection.execute(_NUMBER.of(dialect), added).scalar_one() - count
    rows: list[dict[str, Any]] = []
    for entry in entries:
        numbers[entry.workspace_id] += 1
        rows.append(entry.model_dump() | {"seq": numbers[entry.workspace_id]})
    connection.execute(_INSERT, rows)


def _plain(facts: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the facts as JSON keeps them, so that what cannot be kept fails where it was said."""
    plain: dict[str, Any] | None = json.loads(json.dumps(facts))
    return plain
