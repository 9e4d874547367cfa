"""The record of who changed what: appended in the transaction of the change, never edited, numbered without a gap, and chained
by hash, so that a change made past us shows.

Entries wait until the work is done and are numbered together just before the commit. So the row that orders processes is
locked last and briefly, and neither a failed change nor a rolled-back group leaves a hole. What people said stands beside
the chain and can be erased; that it was is an entry too.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from bot.domain.values import Frozen, Instant, Occasion
from storage import chain
from storage.columns import storable
from storage.repository import AT_A_TIME, Carrier, Repository
from storage.statements import DialectName, insert_or_update
from storage.tables import AUDIT as A, AUDIT_COUNT as N, AUDIT_FACTS as F

ERASED: Final = "audit.erased"
"""What is recorded when words are erased; the subject names the numbers of their entries."""
RECORD: Final = "audit"
"""The kind of subject that the record itself is."""


class _Entry(Frozen):
    """What every entry says."""

    workspace_id: str
    at: Instant
    actor_id: str
    on_behalf_of: str | None = None
    what: str
    subject_kind: str
    subject_id: str
    delivery: str | None


class PendingEntry(_Entry):
    """An entry that has no number yet. What people said is the very text that is kept and hashed."""

    before: str | None
    after: str | None


class Said(Frozen):
    """What an entry of the record says, whether it has its number yet or not."""

    at: Instant
    actor_id: str
    after: dict[str, Any] | None
    """None where nothing was said with it, or the words were erased."""


class AuditEntry(_Entry):
    """An entry of the record. One whose words were erased has neither `before` nor `after`."""

    seq: int
    facts_digest: str
    hash_before: str
    hash: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    salt: str | None

    @property
    def erased(self) -> bool:
        """Whether something was said with it that is not kept any more."""
        return bool(self.facts_digest) and self.salt is None


_INSERT: Final = insert(A).values({column.name: bindparam(column.name) for column in A.c})
_INSERT_FACTS: Final = insert(F).values({column.name: bindparam(column.name) for column in F.c})
_NUMBER: Final = insert_or_update(
    N,
    ["workspace_id"],
    lambda new: {"last_seq": N.c.last_seq + new.last_seq},
    returning=(N.c.last_seq, N.c.last_hash),
)
_MOVE_IF_AT: Final = (
    update(N)
    .where(
        N.c.workspace_id == bindparam("workspace_id_"),
        N.c.last_seq == bindparam("was_seq_"),
        N.c.last_hash == bindparam("was_hash_"),
    )
    .values(last_seq=bindparam("last_seq_"), last_hash=bindparam("last_hash_"))
)
_LAST_HASH: Final = (
    update(N).where(N.c.workspace_id == bindparam("workspace_id_")).values(last_hash=bindparam("last_hash_"))
)
_ENTRIES: Final = select(*A.c, F.c.salt, F.c.before, F.c.after).join_from(
    A, F, (F.c.workspace_id == A.c.workspace_id) & (F.c.seq == A.c.seq), isouter=True
)
_ALL: Final = _ENTRIES.where(
    A.c.workspace_id == bindparam("workspace_id_"), A.c.seq > bindparam("after_seq_")
).order_by(A.c.seq)
_PAGE: Final = _ALL.limit(bindparam("limit_"))
_OF_SUBJECT: Final = _ENTRIES.where(
    A.c.workspace_id == bindparam("workspace_id_"),
    A.c.subject_kind == bindparam("subject_kind_"),
    A.c.subject_id == bindparam("subject_id_"),
)
_OF: Final = _OF_SUBJECT.order_by(A.c.seq)
_NEWEST_OF: Final = (
    _OF_SUBJECT.where(A.c.seq < bindparam("before_seq_")).order_by(A.c.seq.desc()).limit(bindparam("limit_"))
)
_LATEST_OF: Final = _OF_SUBJECT.where(A.c.what == bindparam("what_")).order_by(A.c.seq.desc()).limit(1)
_WORKSPACES: Final = select(N.c.workspace_id).order_by(N.c.workspace_id)
_ERASE: Final = (
    delete(F)
    .where(F.c.workspace_id == bindparam("workspace_id_"), F.c.seq.in_(bindparam("seqs_", expanding=True)))
    .returning(F.c.seq)
)
AFTER_ALL: Final = 2**31 - 1
"""A number that no entry reaches; pages of the newest begin before it."""


class Audit(Repository):
    """The record of all workspaces."""

    def __init__(self, tx: Carrier, recorded_before: Sequence[PendingEntry] = ()) -> None:
        """Begin; `recorded_before` is what others have recorded in the same transaction and nobody has numbered yet."""
        super().__init__(tx)
        self._recorded_before = recorded_before
        self.pending: list[PendingEntry] = []

    def append(
        self,
        occasion: Occasion,
        what: str,
        subject_kind: str,
        subject_id: str,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        *,
        on_behalf_of: str | None = None,
    ) -> None:
        """Put a change on the record; it is numbered, and can be read, once the transaction commits."""
        entry = PendingEntry(
            workspace_id=occasion.workspace_id,
            at=occasion.now,
            actor_id=occasion.actor_id,
            on_behalf_of=on_behalf_of,
            what=what,
            subject_kind=subject_kind,
            subject_id=subject_id,
            before=_as_text(before),
            after=_as_text(after),
            delivery=occasion.delivery,
        )
        self.pending.append(entry)

    def erase(self, workspace_id: str, seqs: Iterable[int], occasion: Occasion) -> list[int]:
        """Remove what people said with these entries, and put on the record that it was; return whose words are gone.

        The entries themselves stay, and so does the chain. Numbers without words, or unknown ones, are passed over.
        """
        wanted = sorted(set(seqs))
        gone: list[int] = []
        for start in range(0, len(wanted), AT_A_TIME):
            values = {"workspace_id_": workspace_id, "seqs_": wanted[start : start + AT_A_TIME]}
            gone += self._tx.execute(_ERASE, values).scalars()
        if gone:
            gone.sort()
            here = occasion.model_copy(update={"workspace_id": workspace_id})
            self.append(here, ERASED, RECORD, ranges(gone))
        return gone

    def spoken(
        self, workspace_id: str, *, by: str | None = None, before: datetime | None = None
    ) -> list[int]:
        """Return the numbers of the entries that still have words: of a person's, of those before an instant, or both."""
        query = (
            select(F.c.seq)
            .join_from(F, A, (F.c.workspace_id == A.c.workspace_id) & (F.c.seq == A.c.seq))
            .where(F.c.workspace_id == workspace_id)
        )
        if by is not None:
            query = query.where((A.c.actor_id == by) | (A.c.on_behalf_of == by))
        if before is not None:
            query = query.where(A.c.at < before)
        return list(self._tx.execute(query.order_by(F.c.seq)).scalars())

    def workspaces(self) -> list[str]:
        """Return the workspaces that have a record."""
        return list(self._tx.execute(_WORKSPACES).scalars())

    def of(self, workspace_id: str, subject_kind: str, subject_id: str) -> list[AuditEntry]:
        """Return what happened to one thing, oldest first."""
        values = {"workspace_id_": workspace_id, "subject_kind_": subject_kind, "subject_id_": subject_id}
        return [_entry(row) for row in self._tx.execute(_OF, values).mappings()]

    def newest_of(
        self,
        workspace_id: str,
        subject_kind: str,
        subject_id: str,
        limit: int,
        *,
        before_seq: int = AFTER_ALL,
    ) -> list[AuditEntry]:
        """Return what happened to one thing last, newest first, or what happened before an entry."""
        values = {
            "workspace_id_": workspace_id,
            "subject_kind_": subject_kind,
            "subject_id_": subject_id,
            "before_seq_": before_seq,
            "limit_": limit,
        }
        return [_entry(row) for row in self._tx.execute(_NEWEST_OF, values).mappings()]

    def latest_of(self, workspace_id: str, subject_kind: str, subject_id: str, what: str) -> Said | None:
        """Return when something last happened to one thing, also what has no number yet; None where it never did."""
        subject = (workspace_id, subject_kind, subject_id, what)
        for one in (*reversed(self.pending), *reversed(self._recorded_before)):
            if (one.workspace_id, one.subject_kind, one.subject_id, one.what) == subject:
                return Said(
                    at=one.at, actor_id=one.actor_id, after=json.loads(one.after) if one.after else None
                )
        names = ("workspace_id_", "subject_kind_", "subject_id_", "what_")
        row = self._tx.execute(_LATEST_OF, dict(zip(names, subject, strict=True))).mappings().first()
        found = _entry(row) if row else None
        return Said(at=found.at, actor_id=found.actor_id, after=found.after) if found else None

    def all(self, workspace_id: str, *, after_seq: int = 0, limit: int | None = None) -> list[AuditEntry]:
        """Return a workspace's record in order, all of it or a page."""
        values: dict[str, Any] = {"workspace_id_": workspace_id, "after_seq_": after_seq}
        if limit is None:
            result = self._tx.execute(_ALL, values)
        else:
            result = self._tx.execute(_PAGE, values | {"limit_": limit})
        return [_entry(row) for row in result.mappings()]


class Ends(dict[str, tuple[int, str]]):
    """Where each workspace's chain ended when this process last looked: number and hash. Only a guess, and never trusted."""


def number_and_insert(
    connection: Connection, dialect: DialectName, entries: Sequence[PendingEntry], ends: Ends
) -> None:
    """Give the entries of a transaction their numbers and hashes and keep them; workspaces in order, so that no two
    processes cross.

    The row that holds a workspace's end stays locked from here until the commit: so the chain is one, however many processes
    append. Whoever appended last finds the end as it was left and needs one statement for it; others look first.
    """
    if not entries:
        return
    by_workspace: dict[str, list[PendingEntry]] = {}
    for entry in entries:
        by_workspace.setdefault(storable(entry.workspace_id), []).append(entry)
    rows: list[dict[str, Any]] = []
    for workspace_id, some in sorted(by_workspace.items()):
        rows += _append(connection, dialect, workspace_id, some, ends)
    connection.execute(_INSERT, rows)
    facts = [row for row in rows if row["facts_digest"]]
    if facts:
        connection.execute(_INSERT_FACTS, facts)


def _append(
    connection: Connection,
    dialect: DialectName,
    workspace_id: str,
    entries: Sequence[PendingEntry],
    ends: Ends,
) -> list[dict[str, Any]]:
    """Move the end of a workspace's chain past the entries, and return their rows."""
    values = {"workspace_id_": workspace_id}
    guess = ends.get(workspace_id)
    if guess:
        rows = _chained(workspace_id, entries, guess)
        ends[workspace_id] = rows[-1]["seq"], rows[-1]["hash"]
        moved = dict(zip(("last_seq_", "last_hash_"), ends[workspace_id], strict=True))
        was = dict(zip(("was_seq_", "was_hash_"), guess, strict=True))
        if connection.execute(_MOVE_IF_AT, values | moved | was).rowcount:
            return rows
    added = {"workspace_id": workspace_id, "last_seq": len(entries), "last_hash": chain.BEGINNING}
    last_seq, last_hash = connection.execute(_NUMBER.of(dialect), added).one()
    rows = _chained(workspace_id, entries, (last_seq - len(entries), last_hash))
    ends[workspace_id] = rows[-1]["seq"], rows[-1]["hash"]
    connection.execute(_LAST_HASH, values | {"last_hash_": rows[-1]["hash"]})
    return rows


def _chained(
    workspace_id: str, entries: Sequence[PendingEntry], end: tuple[int, str]
) -> list[dict[str, Any]]:
    """Return entries as the next links of a chain, with what was said."""
    (seq, last_hash), rows = end, []
    for entry in entries:
        seq += 1
        salt, digest = "", ""
        if entry.before is not None or entry.after is not None:
            salt = chain.new_salt()
            digest = chain.facts_digest(salt, entry.before, entry.after)
        link = chain.Link(
            workspace_id=workspace_id,
            seq=seq,
            at=chain.instant_text(entry.at),
            actor_id=storable(entry.actor_id),
            on_behalf_of=_storable(entry.on_behalf_of),
            what=storable(entry.what),
            subject_kind=storable(entry.subject_kind),
            subject_id=storable(entry.subject_id),
            delivery=_storable(entry.delivery),
            facts_digest=digest,
            hash_before=last_hash,
        )
        last_hash = chain.hash_of(link)
        said = {"salt": salt, "before": entry.before, "after": entry.after}
        rows.append(link._asdict() | said | {"at": entry.at, "hash": last_hash})
    return rows


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)


def ranges(seqs: Sequence[int]) -> str:
    """Return ascending numbers as "3, 7-9"."""
    starts = [seqs[0], *(after for before, after in pairwise(seqs) if after != before + 1)]
    ends = [*(before for before, after in pairwise(seqs) if after != before + 1), seqs[-1]]
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))


def _entry(row: RowMapping) -> AuditEntry:
    facts = {name: None if row[name] is None else json.loads(row[name]) for name in ("before", "after")}
    return AuditEntry.model_validate(dict(row) | facts)


def _as_text(facts: dict[str, Any] | None) -> str | None:
    """Return the facts as they are kept, so that what cannot be kept fails where it was said. ASCII, so nothing is replaced."""
    return None if facts is None else json.dumps(facts, separators=(",", ":"))
