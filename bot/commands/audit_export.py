"""The record written down for people and programs elsewhere: rows as CSV or as JSON Lines, oldest first.

With `salt`, `facts_digest`, `hash_before` and `hash` whoever has the rows can compute the chain again (`storage.chain`).
Names stand beside ids as they are today. Reads only.
"""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TextIO

from bot.commands.line import CommandRefused

if TYPE_CHECKING:
    from storage.audit import AuditEntry
    from storage.transaction import Tx

AT_A_TIME: Final = 1000
COLUMNS: Final = (
    "workspace_id",
    "seq",
    "at",
    "actor_id",
    "actor",
    "on_behalf_of",
    "what",
    "subject_kind",
    "subject_id",
    "subject",
    "before",
    "after",
    "erased",
    "delivery",
    "salt",
    "facts_digest",
    "hash_before",
    "hash",
)
_FORMULA: Final = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet may work out instead of showing it."""


class Form(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    JSONL = "jsonl"


def write(
    tx: "Tx", opened: Callable[[], AbstractContextManager[TextIO]], form: Form, pilot: str | None
) -> int:
    """Write the record, or what was done with one pilot, and return how many entries that were.

    The file is opened only once there is something to write into it; a pilot that is not known is refused before.
    """
    ids = _pilot_ids(tx, pilot) if pilot else None
    with opened() as file:
        return sum(1 for _ in (_write_csv if form is Form.CSV else _write_jsonl)(_rows(tx, ids), file))


def _write_csv(rows: Iterator[dict[str, Any]], file: TextIO) -> Iterator[None]:
    # All cells in quotes: where a semicolon parts them, no piece of one becomes a cell of its own.
    table = csv.DictWriter(file, COLUMNS, quoting=csv.QUOTE_ALL)
    table.writeheader()
    for row in rows:
        table.writerow({name: _cell(value) for name, value in row.items()})
        yield


def _write_jsonl(rows: Iterator[dict[str, Any]], file: TextIO) -> Iterator[None]:
    for row in rows:
        file.write(json.dumps(row) + "\n")
        yield


def _cell(value: Any) -> str:
    """Return what stands in a cell; nothing in it is taken for a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else ""
        case int():
            return str(value)
        case dict():
            return json.dumps(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def _rows(tx: "Tx", ids: frozenset[str] | None) -> Iterator[dict[str, Any]]:
    names = _Names(tx)
    for entry in _entries(tx, ids):
        row = entry.model_dump() | {
            "at": entry.at.isoformat(timespec="microseconds"),
            "actor": names.person(entry.workspace_id, entry.actor_id),
            "subject": names.pilot(entry.workspace_id, entry.subject_id)
            if entry.subject_kind == "pilot"
            else "",
            "erased": entry.erased,
        }
        yield {name: row[name] for name in COLUMNS}


def _entries(tx: "Tx", ids: frozenset[str] | None) -> "Iterator[AuditEntry]":
    for workspace_id in tx.audit.workspaces():
        last = 0
        while page := tx.audit.all(workspace_id, after_seq=last, limit=AT_A_TIME):
            last = page[-1].seq
            for entry in page:
                if ids is None or (entry.subject_kind == "pilot" and entry.subject_id in ids):
                    yield entry


def _pilot_ids(tx: "Tx", name: str) -> frozenset[str]:
    found = {
        pilot.id
        for workspace in tx.workspaces.all()
        for pilot in (
            tx.pilots.named(workspace.workspace_id, name),
            tx.pilots.retired_named(workspace.workspace_id, name),
        )
        if pilot
    }
    if not found:
        raise CommandRefused(f"There is no pilot called “{name}”. Names are in `/pilot list`.")
    return frozenset(found)


class _Names:
    """Names of people and pilots, each looked up once; empty where it is not known."""

    def __init__(self, tx: "Tx") -> None:
        self._tx = tx
        self._people: dict[tuple[str, str], str] = {}
        self._pilots: dict[tuple[str, str], str] = {}

    def person(self, workspace_id: str, user_id: str) -> str:
        key = (workspace_id, user_id)
        if key not in self._people:
            found = self._tx.people.get(*key)
            self._people[key] = found.name if found else ""
        return self._people[key]

    def pilot(self, workspace_id: str, pilot_id: str) -> str:
        key = (workspace_id, pilot_id)
        if key not in self._pilots:
            found = self._tx.pilots.get(*key)
            self._pilots[key] = found.name if found else ""
        return self._pilots[key]
