"""Processes of the bench: started, put to rest while another is measured, woken, and ended.

A server that rests is stopped by the kernel, so that what it does beside answering is paid for in its own rounds only.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

import psutil  # type: ignore[import-untyped]  # it ships no types

STARTS_WITHIN: Final = 60.0
ENDS_WITHIN: Final = 15.0


@dataclass
class Child:
    """A process that serves on a port of this machine."""

    process: asyncio.subprocess.Process
    port: int

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.process.pid

    def computed(self) -> float:
        """Return the seconds of CPU that it has used so far."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def rest(self) -> None:
        """Let it do nothing at all."""
        self.process.send_signal(signal.SIGSTOP)

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Let it run for the length of a block."""
        self.process.send_signal(signal.SIGCONT)
        try:
            yield
        finally:
            self.rest()


@asynccontextmanager
async def child(
    module: str, *options: str, environment: dict[str, str] | None = None
) -> AsyncIterator[Child]:
    """Start `python -m module` and yield it once it has said its port at the end of a line; end it afterwards."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module, *options),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), STARTS_WITHIN)
        port = line.decode().strip().rpartition(":")[2]
        if not port.isdecimal():
            raise RuntimeError(f"{module} did not start")
        yield Child(process, int(port))
    finally:
        await ended(process)


async def ended(process: asyncio.subprocess.Process) -> None:
    """End a process politely, and after a while impolitely."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGCONT)
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), ENDS_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()
