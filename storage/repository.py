"""What every repository is handed: the means to carry out a statement. It knows no table and keeps nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import Connection, CursorResult, Executable

from bot.domain.tallies import Cell
from storage.statements import ByDialect, DialectName

AT_A_TIME: Final = 500
"""How many ids one statement is asked about; a database takes only so many values."""


class Carrier(Protocol):
    """The part of a transaction that repositories use."""

    dialect: DialectName
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


def portions(ids: Iterable[str]) -> Iterator[list[str]]:
    """Return the ids in lists that one statement takes; none where there is none."""
    everything = list(ids)
    for start in range(0, len(everything), AT_A_TIME):
        yield everything[start : start + AT_A_TIME]
