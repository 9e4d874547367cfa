"""Identifiers of rows: short, random, and meaningless to whoever reads them in a button or a log."""

import secrets


def new_id() -> str:
    """Return sixteen hexadecimal characters; two alike are not expected within any workspace's life."""
    return secrets.token_hex(8)
