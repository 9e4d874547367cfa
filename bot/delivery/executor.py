"""The name under which a process works: on leases, heartbeats and the engine's rows.

Two live processes never share a name, or they would duplicate each other's work. On SQLite there is one process at a time
(the data directory is locked), so its name is always the same and a new start knows the leases of the last one as its own.
On PostgreSQL the name tells the machine and the process, so that a restart on the same machine need not wait until its
predecessor counts as dead.
"""

import hashlib
import os
import secrets
import socket
from functools import cache
from pathlib import Path

from storage.database import parse

SOLE = "sole"


def is_sole(database_url: str) -> bool:
    """Whether only one process at a time can use this database."""
    return parse(database_url).get_backend_name() == "sqlite"


def executor_id(database_url: str) -> str:
    """Return a name for this process that no other live process has."""
    if is_sole(database_url):
        return SOLE
    return f"{_machine()}-{os.getpid()}-{secrets.token_hex(3)}"


def is_certainly_dead(name: str) -> bool:
    """Whether a name is of a process that ran on this machine and is there no more; False whenever that is not certain."""
    machine, _, rest = name.partition("-")
    number = rest.partition("-")[0]
    if machine != _machine() or not number.isdigit() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


@cache
def _machine() -> str:
    """Name the machine as far as process numbers count: the host, this start of it, and this container on it."""
    return hashlib.sha256(
        "/".join(
            (
                socket.gethostname(),
                _said_by(Path("/proc/sys/kernel/random/boot_id")),
                _pointed_to_by(Path("/proc/self/ns/pid")),
            )
        ).encode()
    ).hexdigest()[:10]


def _said_by(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _pointed_to_by(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""
