"""Goal 9: what Preflight costs before anybody does anything: its start, its idle minutes, its memory."""

import asyncio
import contextlib
import os
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil  # type: ignore[import-untyped]  # it ships no types

from bench import load
from bench.children import Child, child, ended
from bench.deliveries import SIGNING_SECRET
from bench.figures import Result, Verdict
from bench.seeded import database_url
from bot.serving import listening
from sandbox.seed import APP_TOKEN, BOT_TOKEN
from storage.database import migrate

IDLE_SECONDS: Final = 30.0
QUICK_IDLE_SECONDS: Final = 10.0
SETTLES: Final = 5.0
PATIENCE: Final = 60.0
MODULES: Final = {
    "python-dotenv": "dotenv",
    "python-multipart": "python_multipart",
    "pyyaml": "yaml",
}
"""Packages whose module has another name than the package with its dashes turned."""


@dataclass
class _Found:
    """What was measured, round by round."""

    imports: list[float] = field(default_factory=list)
    imports_cpu: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    starts_cpu: list[float] = field(default_factory=list)
    idle: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


async def measure(folder: Path, rounds: int) -> Result:
    """Return start-up against imports, idle CPU and memory over HTTP and Socket Mode."""
    found = _Found()
    migrate(database_url(folder / "resting"))
    idle = IDLE_SECONDS if rounds > 2 else QUICK_IDLE_SECONDS
    async with child("bench.stand_in") as slack:
        for _ in range(rounds + 1):
            await _import_dependencies(found)
            await _start(found, _http(slack.port, folder))
        del found.imports[0], found.imports_cpu[0], found.starts[0], found.starts_cpu[0]  # the disk was cold
        await _rest(found, "HTTP", idle, _http(slack.port, folder))
    kept = ("--port", "0", "--state", str(folder / "state.json"), "--clock", str(folder / "clock.json"))
    async with child("sandbox", *kept) as sandbox:
        await _rest(found, "Socket Mode", idle, _socket(sandbox, folder))
    return _result(found)


def direct_dependencies() -> list[str]:
    """Return the modules of what pyproject.toml asks for."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [entry.split("[")[0].split(">")[0].split("=")[0].strip() for entry in project["dependencies"]]
    return [MODULES.get(name, name.replace("-", "_")) for name in names]


def _http(slack: int, folder: Path) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-bench-token",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{slack}/api/",
        "DATABASE_URL": database_url(folder / "resting"),
    }


def _socket(sandbox: Child, folder: Path) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": f"http://127.0.0.1:{sandbox.port}/api/",
        "DATABASE_URL": database_url(folder / "resting"),
    }


async def _import_dependencies(found: _Found) -> None:
    started, before = time.perf_counter(), _cpu_of_ended()
    names = ", ".join(direct_dependencies())
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", f"import {names}")
    if await process.wait() != 0:
        raise RuntimeError("the dependencies could not be imported")
    found.imports.append(time.perf_counter() - started)
    found.imports_cpu.append(_cpu_of_ended() - before)


def _cpu_of_ended() -> float:
    times = os.times()
    return times.children_user + times.children_system


async def _start(found: _Found, environment: dict[str, str]) -> None:
    started = time.perf_counter()
    process, _ = await _ready(environment)
    found.starts.append(time.perf_counter() - started)
    times = psutil.Process(process.pid).cpu_times()
    found.starts_cpu.append(times.user + times.system)
    await ended(process)


async def _ready(environment: dict[str, str]) -> tuple[asyncio.subprocess.Process, int]:
    """Start Preflight as anybody would and wait until it says that it is ready."""
    with contextlib.closing(listening("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # settings from here only, whatever this machine's environment says
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "PREFLIGHT_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "serve"),
        env={**own, **environment, "PORT": str(port), "PREFLIGHT_LOG_LEVEL": "WARNING"},
    )
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(OSError, RuntimeError):
                await load.get(port, "/readyz")
                return process, port
            await asyncio.sleep(0.02)


async def _rest(found: _Found, transport: str, seconds: float, environment: dict[str, str]) -> None:
    process, _ = await _ready(environment)
    try:
        watched = psutil.Process(process.pid)
        await asyncio.sleep(SETTLES)
        before, started = watched.cpu_times(), time.perf_counter()
        await asyncio.sleep(seconds)
        after, took = watched.cpu_times(), time.perf_counter() - started
        found.idle[transport] = (after.user + after.system - before.user - before.system) / took * 100
        found.memory[transport] = watched.memory_info().rss / 2**20
    finally:
        await ended(process)


def _result(found: _Found) -> Result:
    rows = [
        ("importing direct dependencies", _middle(found.imports, "s"), _middle(found.imports_cpu, "s")),
        ("start until /readyz says ready", _middle(found.starts, "s"), _middle(found.starts_cpu, "s")),
        *(
            (f"idle over {name}", f"{found.memory[name]:.0f} MiB", f"{share:.2f} %")
            for name, share in found.idle.items()
        ),
    ]
    raw: dict[str, Any] = vars(found)
    return Result("At rest", ("what", "took, or memory", "CPU"), tuple(rows), tuple(_verdicts(found)), raw)


def _middle(times: list[float], unit: str) -> str:
    return f"{sorted(times)[len(times) // 2]:.2f} {unit}"


def _verdicts(found: _Found) -> Iterator[Verdict]:
    walls = [ours / theirs for ours, theirs in zip(found.starts, found.imports, strict=True)]
    yield Verdict.at_most("9", "start ÷ importing direct dependencies", walls, 1.3)
    for name, share in found.idle.items():
        yield Verdict.at_most("9", f"idle CPU, {name}", [share], 2, "%")
        yield Verdict.at_most("9", f"memory, {name}", [found.memory[name]], 150, "MiB")
