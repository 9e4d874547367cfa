"""What can be wrong with the database itself, each with one sentence that a person can act on.

Drivers say these things in dozens of ways; this is the only file that knows them. It never repeats a password.
"""

import inspect
import sqlite3
import sys
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_PRIMARY: Final = 0xFF  # SQLite's extended codes carry the primary one in the low byte
_SQLITE_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_UNREADABLE: Final = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FORMAT,
}
_POSTGRES_BUSY: Final = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
_POSTGRES_FULL: Final = {"53100"}
_POSTGRES_AWAY: Final = {"57P01", "57P02", "57P03"}  # shut down, crashed, not ready yet
_POSTGRES_REFUSED: Final = (
    "08",
    "28",
    "3D",
    "53",
)  # connection, password, no such database, too many connections

DATABASE_ERRORS: Final = (SQLAlchemyError, sqlite3.Error)
"""All that reaching a database may raise; SQLite's own errors come from what is set while connecting."""


class StorageFailure(Exception):  # noqa: N818 - each names a state of the database
    """The database {where} failed: {cause}."""

    def __init__(self, where: str = "", cause: str = "") -> None:
        self.where = where
        template = " ".join((inspect.getdoc(type(self)) or "").split())
        super().__init__(template.format(where=where, cause=cause))


class DatabaseUnreadable(StorageFailure):
    """The database {where} cannot be read ({cause}). Check that the file is whole and may be written, or restore a copy of it."""


class DatabaseUnreachable(StorageFailure):
    """The database {where} cannot be reached ({cause}). Check that it runs and that DATABASE_URL is right."""


class DatabaseBusy(StorageFailure):
    """The database {where} is held by another program ({cause}). Nothing was written; close the other program and try again."""


class DatabaseFull(StorageFailure):
    """There is no room left for the database {where} ({cause}). Nothing was written; make room and try again."""


class OutcomeUnknown(StorageFailure):
    """The connection to {where} broke while a change was being committed ({cause}), so it may or may not be there."""


class SchemaOutdated(StorageFailure):
    """The database {where} does not have this version's tables ({cause}). Run `python -m bot migrate` first."""


class DataDirectoryInUse(StorageFailure):
    """Another Preflight already uses {where}. Stop it first, or set DATABASE_URL to a PostgreSQL database to run several."""


class StoreClosed(StorageFailure):
    """The store is closed; nothing is read or written any more."""


class DatabaseUrlRefused(StorageFailure):
    """DATABASE_URL is not usable ({cause}). Give sqlite:///folder/file.db or postgresql://user:password@host/name."""


def _sqlite_code(error: BaseException | None) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & _PRIMARY if isinstance(code, int) else None


def _sqlstate(error: BaseException | None) -> str | None:
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None


def _is_postgres_outage(error: BaseException | None) -> bool:
    """Whether PostgreSQL's driver speaks of the server rather than of a statement."""
    psycopg = sys.modules.get("psycopg")  # loaded only where PostgreSQL is used
    if psycopg is None or not isinstance(error, psycopg.OperationalError):
        return False
    return _sqlstate(error) is None or _sqlstate(error) in _POSTGRES_AWAY


def is_transient(error: BaseException) -> bool:
    """Whether the same work, done again a moment later, may well succeed: locked, deadlock, serialization."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return _sqlite_code(cause) in _SQLITE_BUSY or _sqlstate(cause) in _POSTGRES_BUSY


def is_disconnect(error: BaseException) -> bool:
    """Whether the connection is gone, and with it the transaction, or could not be made."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    return _is_postgres_outage(cause)


def explain(error: Exception, where: str) -> Exception:
    """Return the failure that a person understands, or the error itself when it is not about the database's health."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = " ".join(str(cause).split())
    code, state = _sqlite_code(cause), _sqlstate(cause)
    if is_transient(error):
        return DatabaseBusy(where, said)
    if code == sqlite3.SQLITE_FULL or state in _POSTGRES_FULL:
        return DatabaseFull(where, said)
    if code in _SQLITE_UNREADABLE or isinstance(cause, OSError):
        return DatabaseUnreadable(where, said)
    if is_disconnect(error) or (state or "").startswith(_POSTGRES_REFUSED):
        return DatabaseUnreachable(where, said)
    return error
