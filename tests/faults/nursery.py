"""Processes of Preflight that begin with everything imported: a kill and a new start then cost a tenth of the time.

A nursery is a process of its own that has imported what Preflight is made of, and opened nothing. For each start it forks;
the child takes its own environment and runs the same `main` as `python -m bot`, so that it has its own connections, locks,
threads and number, and dies like any other process. Only what Python does before `main` is not done again.
`python -m tests.faults.nursery` is the process, `Nursery` what a test holds of it.
"""

import asyncio
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any


class Born:
    """A process that came from a nursery, with what a test needs of `asyncio.subprocess.Process`."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery = nursery
        self.pid = pid

    @property
    def returncode(self) -> int | None:
        return self._nursery.how_ended(self.pid)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    async def wait(self) -> int:
        """Return when nothing is left of it, not even its number."""
        while (code := self.returncode) is None:  # noqa: ASYNC110 - it is no child of this process
            await asyncio.sleep(0.01)
        return code

    def _signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Nursery:
    """A nursery, until it is closed."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.nursery"]
        # pipes without a buffer: what has come is seen by select, and nothing waits behind it
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._ended: dict[int, int] = {}
        self._read = b""

    def start(self, arguments: list[str], environment: Mapping[str, str], log: Path) -> Born:
        """Start `python -m bot` with these arguments and nothing but this environment."""
        request = {"arguments": arguments, "environment": dict(environment), "log": str(log)}
        self._to.write(json.dumps(request).encode() + b"\n")
        while (pid := self._hear(patience=60.0)) is None:
            pass
        return Born(self, pid)

    def how_ended(self, pid: int) -> int | None:
        """Return the exit code of a child, as `subprocess` counts; None while it lives."""
        while pid not in self._ended and self._has_more(0.0):
            self._hear(patience=0.0)
        return self._ended.get(pid)

    def close(self) -> None:
        """Start nothing more."""
        self._to.close()
        self._process.wait(10)
        self._from.close()

    def _hear(self, patience: float) -> int | None:
        """Take up one line of the nursery's; return the number of a child that was born."""
        while b"\n" not in self._read:
            assert self._has_more(patience), "the nursery says nothing"
            said = os.read(self._from.fileno(), 65_536)
            assert said, "the nursery is gone"
            self._read += said
        line, _, self._read = self._read.partition(b"\n")
        told = json.loads(line)
        if "ended" in told:
            self._ended[told["pid"]] = told["ended"]
            return None
        return int(told["pid"])

    def _has_more(self, patience: float) -> bool:
        return b"\n" in self._read or bool(select.select([self._from], [], [], patience)[0])

    @property
    def _to(self) -> IO[bytes]:
        assert self._process.stdin
        return self._process.stdin

    @property
    def _from(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout


# The process itself


def main() -> None:
    """Fork for every line that comes, tell of every child that ended, and end when nobody is there any more."""
    _prepare()
    woken_by, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([sys.stdin.fileno(), woken_by], [], [])
        if woken_by in ready:
            os.read(woken_by, 4096)
            _tell_who_ended()
        if sys.stdin.fileno() in ready:
            line = _line()
            if not line:
                return
            _fork(json.loads(line), closing=(woken_by, wakes))


def _prepare() -> None:
    """Import what a start imports, also what it imports late, and read what the languages need."""
    from bot.domain import coaching

    for name in ("bot.__main__", "bot.serving", "bot.delivery.dbos_engine"):
        importlib.import_module(name)
    coaching.warm_up()
    gc.collect()
    gc.freeze()  # a child's collector leaves these pages alone, so they stay shared


def _line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(sys.stdin.fileno(), 1)
        if not byte:
            return b""
        line += byte
    return line


def _tell_who_ended() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            _say({"pid": pid, "ended": os.waitstatus_to_exitcode(status)})


def _fork(request: Mapping[str, Any], closing: tuple[int, ...]) -> None:
    pid = os.fork()
    if pid:
        _say({"pid": pid})
        return
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        for descriptor in closing:
            os.close(descriptor)
        code = _be_preflight(**request)
    except BaseException:  # noqa: BLE001 - a child must never go on as a nursery
        sys.excepthook(*sys.exc_info())
        code = 70
    finally:
        sys.stderr.flush()
        os._exit(code)


def _be_preflight(arguments: list[str], environment: Mapping[str, str], log: str) -> int:
    """Do what `python -m bot` does; return the code it exits with."""
    from bot.__main__ import main as preflight

    nothing, written = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for descriptor, stream in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(descriptor, stream)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["bot", *arguments]
    try:
        preflight()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _say(what: Mapping[str, int]) -> None:
    os.write(sys.stdout.fileno(), json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    main()
