"""How entries of the record are bound to each other: what exactly is hashed, in which form. Pure; knows no table.

Whoever checks a record elsewhere needs no more than this file says: SHA-256 over a JSON list without spaces, ASCII only,
written out in lower-case hexadecimal.
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Final, NamedTuple

BEGINNING: Final = "0" * 64
"""Stands for the hash before the first entry of a workspace."""


class Link(NamedTuple):
    """What the hash of an entry is taken over, in this order."""

    workspace_id: str
    seq: int
    at: str
    actor_id: str
    on_behalf_of: str | None
    what: str
    subject_kind: str
    subject_id: str
    delivery: str | None
    facts_digest: str
    hash_before: str


def hash_of(link: Link) -> str:
    """Return the hash of an entry."""
    return _digest(link)


def new_salt() -> str:
    """Return what keeps short words from being guessed by their digest once they are erased."""
    return secrets.token_hex(16)


def facts_digest(salt: str, before: str | None, after: str | None) -> str:
    """Return the digest of what people said, as the very text that is kept."""
    return _digest((salt, before, after))


def instant_text(at: datetime) -> str:
    """Return an instant as it is hashed: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _digest(parts: tuple[str | int | None, ...]) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()
