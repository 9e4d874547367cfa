"""What time it is: the machine's clock, or one that the sandbox lets people skip ahead. Only edges ask; rules are told."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime:
        """Return this instant."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return this instant."""
        return datetime.now(UTC)


class SharedClock:
    """The machine's clock plus the seconds that a file says: `{"offset_seconds": 259200.0}`.

    The file is read again whenever its time or size changes. While it is missing or half written the last known
    offset holds, so that time never jumps back and forth.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return this instant, moved by the offset."""
        self._look()
        return datetime.now(UTC) + self._offset

    def _look(self) -> None:
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_size)
            if seen != self._seen:
                offset = json.loads(self._path.read_text(encoding="utf-8"))["offset_seconds"]
                self._offset = timedelta(seconds=float(offset))
                self._seen = seen
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            return
