"""What every repository is handed: the means to carry out a statement. It knows no table and keeps nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable

from bot.domain.tallies import Cell
from storage.memory import UNKNOWN, Memory
from storage.statements import ByDialect, DialectName

Found = TypeVar("Found")

AT_A_TIME: Final = 500
"""How many ids one statement is asked about; a database takes only so many values."""


class Carrier(Protocol):
    """The part of a transaction that repositories use."""

    dialect: DialectName
    memory: Memory
    now: datetime
    counted_before: Mapping[tuple[str, Cell], int]

    @property
    def connection(self) -> Connection: ...

    def execute(
        self,
        statement: Executable | ByDialect,
        values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[Any]: ...


class Repository:
    """The rows of one aggregate, within one transaction."""

    def __init__(self, tx: Carrier) -> None:
        self._tx = tx

    def _recalled(
        self,
        statement: Executable | ByDialect,
        values: Mapping[str, Any],
        make: Callable[[CursorResult[Any]], Found],
    ) -> Found:
        """Return what a statement finds, asking only once while it stays true; nobody may change what is returned.

        A statement that locks is told by its dialect: on SQLite, a transaction that writes has locked everything.
        """
        if isinstance(statement, ByDialect):
            statement = statement.of(self._tx.dialect)
        known = self._tx.memory.recall(statement, values)
        if known is UNKNOWN:
            known = make(self._tx.execute(statement, values))
            self._tx.memory.keep(statement, values, known)
        return cast("Found", known)


def portions(ids: Iterable[str]) -> Iterator[list[str]]:
    """Return the ids in lists that one statement takes; none where there is none."""
    everything = list(ids)
    for start in range(0, len(everything), AT_A_TIME):
        yield everything[start : start + AT_A_TIME]
