"""What every repository is handed: the means to carry out a statement. It knows no table and keeps nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, CursorResult, Executable

from storage.statements import ByDialect, DialectName


class Carrier(Protocol):
    """The part of a transaction that repositories use."""

    dialect: DialectName
    now: datetime

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
