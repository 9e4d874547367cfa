"""What a transaction has read and need not ask for again.

Features that follow up the same change ask for the same pilot, its answers and its waivers. What was found is handed out again
until something in this transaction changes a table that it was read from. It is only right while nobody else can change that
meanwhile: on SQLite nobody can, and on PostgreSQL taking a lock may have waited for somebody, so that everything is forgotten
with it. What is kept here is shared by all who ask, so it is never changed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from sqlalchemy import Executable, Table
from sqlalchemy.sql import visitors

from storage.statements import DialectName

MOST: Final = 2_000
"""How many answers are kept; a transaction that asks for more than that goes through many pilots, each of them once."""
UNKNOWN: Final = object()
"""What is returned where nothing is remembered; None may be what was found."""

Question = tuple[Executable, frozenset[tuple[str, Any]]]


class Memory:
    """The answers that one transaction got."""

    def __init__(self, dialect: DialectName) -> None:
        self._alone = dialect == "sqlite"
        self._found: dict[Question, Any] = {}
        self._about: dict[str, set[Question]] = {}
        self._answered_for: Table | None = None

    def recall(self, statement: Executable, values: Mapping[str, Any]) -> Any:
        """Return what was found, or UNKNOWN."""
        return self._found.get((statement, frozenset(values.items())), UNKNOWN)

    def keep(self, statement: Executable, values: Mapping[str, Any], found: Any) -> None:
        """Remember what was found; the statement is one that is made once, and its values are single ones."""
        if len(self._found) >= MOST:
            self.clear()
        question = (statement, frozenset(values.items()))
        self._found[question] = found
        for name in _tables(statement):
            self._about.setdefault(name, set()).add(question)

    @contextmanager
    def answering_for(self, table: Table) -> Iterator[None]:
        """Let whoever changes a row of a table say what is kept in its place; of its other rows, all that was found still holds.

        It costs the same however much is known, so that a transaction may change many rows.
        """
        self._answered_for = table
        try:
            yield
        finally:
            self._answered_for = None

    def before(self, statement: Any) -> None:
        """Forget what a statement that is about to be carried out makes doubtful."""
        if not self._found:
            return
        if statement.is_dml:
            if statement.table is not self._answered_for:
                self.forget(statement.table)
        elif not statement.is_select or (not self._alone and _locks(statement)):
            self.clear()

    def forget(self, table: Table) -> None:
        """Forget what was read from a table."""
        for question in self._about.pop(table.name, ()):
            self._found.pop(question, None)

    def clear(self) -> None:
        """Forget everything."""
        self._found.clear()
        self._about.clear()


def _locks(statement: Any) -> bool:
    return getattr(statement, "_for_update_arg", None) is not None  # it has no public name


@cache
def _tables(statement: Executable) -> frozenset[str]:
    """Return the names of all tables that a statement reads, also in what it compares with."""
    return frozenset(part.name for part in visitors.iterate(statement) if isinstance(part, Table))  # type: ignore[arg-type] # every statement can be gone through
