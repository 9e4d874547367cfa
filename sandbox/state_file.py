"""Keeping the workspace over a restart: one JSON file, replaced atomically, written soon after a change and at the end."""

import asyncio
import contextlib
import json
from pathlib import Path

from sandbox.changes import Subscription
from sandbox.clock import write_json_atomically
from sandbox.state import State

_QUIET_SECONDS = 0.5


class StateFile:
    def __init__(self, path: Path, state: State) -> None:
        self._path = path
        self._state = state
        self._writer: asyncio.Task[None] | None = None

    def load(self) -> bool:
        """Restore what was kept; False where there is nothing. ValueError for a file that cannot be read."""
        if not self._path.exists():
            return False
        try:
            saved = json.loads(self._path.read_text(encoding="utf-8"))
            self._state.restore(saved)
        except (ValueError, AttributeError, TypeError, KeyError) as unreadable:
            raise ValueError(
                f"{self._path} is not a state of this sandbox. Start with --fresh to begin anew."
            ) from unreadable
        return True

    def start(self) -> None:
        self._writer = asyncio.get_running_loop().create_task(self._keep(self._state.changes.subscribe()))

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer
        self.write()

    def write(self) -> None:
        write_json_atomically(self._path, self._state.snapshot())

    async def _keep(self, subscription: Subscription) -> None:
        with subscription as changes:
            async for change in changes:
                if change.kind == "traffic":
                    continue
                # Changes come in bursts; one write stands for all of them.
                await asyncio.sleep(_QUIET_SECONDS)
                changes.drain()
                self.write()
