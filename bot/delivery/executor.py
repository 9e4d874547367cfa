"""The name under which a process works: on leases, heartbeats and the engine's rows.

Two live processes never share a name, or they would duplicate each other's work. On SQLite there is one process at a time
(the data directory is locked), so its name is always the same and a new start knows the leases of the last one as its own.
"""

import os
import re
import secrets
import socket

from storage.database import parse

SOLE = "sole"


def is_sole(database_url: str) -> bool:
    """Whether only one process at a time can use this database."""
    return parse(database_url).get_backend_name() == "sqlite"


def executor_id(database_url: str) -> str:
    """Return a name for this process that no other live process has."""
    if is_sole(database_url):
        return SOLE
    host = re.sub(r"[^a-z0-9]+", "-", socket.gethostname().lower()).strip("-")[:40] or "host"
    return f"{host}-{os.getpid()}-{secrets.token_hex(3)}"
