"""The workspace's clock: real UTC plus an offset that a person can push ahead.

The offset lives in a small JSON file that the bot reads too, so that both see the same day. Every timer of the sandbox
waits here, so that skipping ahead fires what falls due. Nothing else in this package may look at the wall clock.
"""

import asyncio
import json
import os
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Timings:
    """Slack's own delays, in seconds. Tests shrink them with `scaled`.

    A test that cuts connections should leave retries longer than its client takes to reconnect.
    """

    ack: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger: float = 3.0
    response_url: float = 1800.0

    def scaled(self, factor: float) -> Self:
        return replace(
            self,
            ack=self.ack * factor,
            retries=tuple(delay * factor for delay in self.retries),
            trigger=self.trigger * factor,
            response_url=self.response_url * factor,
        )


class Clock:
    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._offset = _offset_in(path)
        self._moved = asyncio.Event()

    @property
    def offset_seconds(self) -> float:
        return self._offset

    @property
    def path(self) -> Path | None:
        return self._path

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._offset)

    def timestamp(self) -> float:
        return self.now().timestamp()

    def skip(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Push the clock ahead; sleepers whose time has come wake at once."""
        self.set_offset(self._offset + timedelta(days=days, hours=hours, seconds=seconds).total_seconds())

    def set_offset(self, seconds: float) -> None:
        self._offset = seconds
        if self._path is not None:
            write_json_atomically(self._path, {"offset_seconds": seconds})
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Sleep for `seconds` of this clock."""
        due = self.timestamp() + seconds
        while (left := due - self.timestamp()) > 0:
            try:
                await asyncio.wait_for(self._moved.wait(), left)
            except TimeoutError:
                return


def write_json_atomically(path: Path, value: object) -> None:
    """Readers see the old file or the new one, never half of either."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _offset_in(path: Path | None) -> float:
    if path is None or not path.exists():
        return 0.0
    try:
        return float(json.loads(path.read_text(encoding="utf-8"))["offset_seconds"])
    except (ValueError, KeyError, TypeError):
        return 0.0  # a torn or foreign file: the clock starts at real time and rewrites it at the next skip
