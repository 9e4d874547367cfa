"""Column types that keep what people and Slack send, whatever it is, and that refuse what would be a silent mistake.

A naive time is a programming error and is refused. Hostile text is not: it is stored, on both databases alike.
"""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

REPLACEMENT = "\ufffd"


def storable(text: str) -> str:
    """Return the text as both databases can keep it.

    PostgreSQL refuses NUL and neither database encodes a lone surrogate (JSON may carry one); each becomes U+FFFD.
    Subclasses of `str` become plain, because psycopg would write an enum's name instead of its value.
    """
    plain = str(text)
    if plain.isascii():
        return plain.replace("\x00", REPLACEMENT) if "\x00" in plain else plain
    if "\x00" in plain:
        plain = plain.replace("\x00", REPLACEMENT)
    try:
        plain.encode()
    except UnicodeEncodeError:
        return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return plain


class Words(TypeDecorator[str]):
    """Text of any length and any content."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature
        return None if value is None else storable(value)


class Listed(TypeDecorator[tuple[str, ...]]):
    """An ordered list of strings as one JSON text, so that a compare-and-set can compare it on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature
        if value is None:
            return None
        return json.dumps([storable(entry) for entry in value], ensure_ascii=False)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002 - the signature
        return None if value is None else tuple(json.loads(value))


class Document(TypeDecorator[dict[str, Any]]):
    """A small value as one JSON text. Exact numbers and days are kept as text, because JSON has neither.

    It is text rather than the database's JSON, which PostgreSQL cannot compare.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature
        if value is None:
            return None
        return storable(json.dumps(value, ensure_ascii=False, default=_as_text))

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ARG002 - the signature
        if value is None:
            return None
        document: dict[str, Any] = json.loads(value)
        return document


def _as_text(value: object) -> str:
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(f"{value!r} has no place in a stored document")


class NaiveTime(ValueError):  # noqa: N818 - named after what was given
    """A time without a zone was about to be stored; give an aware one."""

    def __init__(self, value: datetime) -> None:
        super().__init__(f"{value!r} has no time zone; only aware times are stored")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, kept in UTC to the microsecond. SQLite would drop the zone in silence; this refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None or value.utcoffset() is None:
            raise NaiveTime(value)
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
