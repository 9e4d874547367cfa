"""What all tables share: their metadata, how constraints are named, and the kinds of columns. It knows no table."""

from typing import Any, Final

from sqlalchemy import Index, MetaData, Table, TextClause, text
from sqlmodel import Field, SQLModel

from storage.columns import UtcDateTime, Words

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


def words(**options: Any) -> Any:
    return Field(sa_type=Words, **options)


def instant(**options: Any) -> Any:
    return Field(sa_type=UtcDateTime, **options)


def partial(name: str, *columns: str, where: str | TextClause, unique: bool = False) -> Index:
    """Return an index over the few rows that match; only queries that repeat the condition can use it."""
    condition = text(where) if isinstance(where, str) else where
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


class Row(SQLModel):
    """The base of all tables, with its own metadata so that nobody else's tables join ours."""

    metadata = metadata


def table(name: str) -> Table:
    """Return a table by its name, as statements take it."""
    return metadata.tables[name]
