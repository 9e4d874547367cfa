"""Insert statements that say what happens when the row is already there, for both databases.

The two dialects write the same SQL through different classes. Statements are built once, when a module is loaded, so that
the hot path only fills in values.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Executable, Table, TextClause
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

NewValues = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]
DialectName = Literal["sqlite", "postgresql"]


class ByDialect(NamedTuple):
    """One statement in the words of each database."""

    sqlite: Executable
    postgresql: Executable

    def of(self, dialect: DialectName) -> Executable:
        """Return the statement for this database."""
        return self.sqlite if dialect == "sqlite" else self.postgresql


def _inserts(table: Table, values: dict[str, Any] | None = None) -> tuple[sqlite.Insert, postgresql.Insert]:
    """Return the plain inserts. Without these two, SQLAlchemy asks for the new key and forgets the row count."""
    lite = sqlite.insert(table).inline().execution_options(preserve_rowcount=True)
    post = postgresql.insert(table).inline().execution_options(preserve_rowcount=True)
    return (lite, post) if values is None else (lite.values(values), post.values(values))


def insert_unless_there(
    table: Table,
    on: Sequence[str],
    *,
    where: TextClause | None = None,
    values: dict[str, Any] | None = None,
    returning: ColumnElement[Any] | None = None,
) -> ByDialect:
    """Return an insert that does nothing, with a row count of 0, when a row with the same key is there."""
    lite, post = _inserts(table, values)
    lite = lite.on_conflict_do_nothing(index_elements=on, index_where=where)
    post = post.on_conflict_do_nothing(index_elements=on, index_where=where)
    return (
        ByDialect(lite, post)
        if returning is None
        else ByDialect(lite.returning(returning), post.returning(returning))
    )


def insert_or_replace(
    table: Table, on: Sequence[str], *, returning: Sequence[ColumnElement[Any]] = ()
) -> ByDialect:
    """Return an insert that, when a row with the same key is there, gives it the new values."""
    columns = [column.name for column in table.columns if column.name not in on]
    lite, post = _inserts(table)
    lite = lite.on_conflict_do_update(index_elements=on, set_={name: lite.excluded[name] for name in columns})
    post = post.on_conflict_do_update(index_elements=on, set_={name: post.excluded[name] for name in columns})
    return (
        ByDialect(lite, post)
        if not returning
        else ByDialect(lite.returning(*returning), post.returning(*returning))
    )


def insert_or_update(
    table: Table,
    on: Sequence[str],
    change: Callable[[NewValues], dict[str, ColumnElement[Any]]],
    *,
    where: Callable[[NewValues], ColumnElement[bool] | None] = lambda _: None,
    index_where: TextClause | None = None,
    returning: Sequence[ColumnElement[Any]] = (),
) -> ByDialect:
    """Return an insert that, when a row with the same key is there and the condition holds, makes the change.

    Both are told the values that would have been inserted. `index_where` is the condition of a partial index.
    """
    lite, post = _inserts(table)
    lite = lite.on_conflict_do_update(
        index_elements=on, index_where=index_where, set_=change(lite.excluded), where=where(lite.excluded)
    )
    post = post.on_conflict_do_update(
        index_elements=on, index_where=index_where, set_=change(post.excluded), where=where(post.excluded)
    )
    return (
        ByDialect(lite, post)
        if not returning
        else ByDialect(lite.returning(*returning), post.returning(*returning))
    )
