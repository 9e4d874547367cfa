"""Goals 1 to 4 at the door: how long Slack waits for an ack, without a change and with one that is durably committed.

All servers run through the whole measurement and rest while another one answers, so that each round compares like with
like. What a person did is acknowledged after the commit in every `row`, `unsent` and `preflight` answer.
"""

import asyncio
import itertools
import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from bench import deliveries, load
from bench.children import Child, child
from bench.figures import Result, Round, Verdict, cpu_each, middle, p50, p99, per_second, ratio
from bench.seeded import Waiting, seed

SETTLED: Final = 0.4
"""Seconds without a call to Slack after which a server is taken to have shown everything."""


@dataclass(frozen=True)
class Amount:
    """How much is asked in one round."""

    callers: int
    no_ops: int
    answers: int
    """Per caller."""


AMOUNTS: Final = (Amount(1, 100, 14), Amount(16, 40, 7), Amount(64, 20, 4))

KINDS: Final = {
    "default": "Bolt's default mode, no-op",
    "flag": "one listener with the flag, no-op",
    "help": "Preflight, /pilot help",
    "row": "one listener with the flag, one row committed",
    "unsent": "Preflight, an answer committed, sends switched off",
    "answer": "Preflight, an answer committed, sends running",
}


@dataclass
class _Scene:
    """The servers, and what is left to ask them."""

    servers: dict[str, Child]
    slack: Child
    answers: dict[str, Iterator[Waiting]]
    rounds: dict[tuple[int, str], list[Round]] = field(default_factory=dict)
    shown_per_second: list[float] = field(default_factory=list)
    refused: int = 0

    def of(self, callers: int, kind: str) -> list[Round]:
        return self.rounds.setdefault((callers, kind), [])


async def measure(folder: Path, rounds: int) -> Result:
    """Return acks of all kinds, by the number of callers."""
    async with _servers(folder, rounds) as scene:
        for amount in AMOUNTS:
            for number in range(rounds):
                kinds = _kinds(amount)
                for kind in kinds[number % len(kinds) :] + kinds[: number % len(kinds)]:
                    scene.of(amount.callers, kind).append(await _one_round(scene, kind, amount))
        told = json.loads(await load.get(scene.slack.port, "/told"))
    return _result(scene, told)


def _kinds(amount: Amount) -> list[str]:
    return [kind for kind in KINDS if kind != "default" or amount.callers == 1]


@asynccontextmanager
async def _servers(folder: Path, rounds: int) -> AsyncIterator[_Scene]:
    interviews = sum(amount.callers * -(-amount.answers // 7) for amount in AMOUNTS) * rounds + 64
    waiting = seed(folder / "preflight", interviews)
    for other in ("unsent", "row"):
        shutil.copytree(folder / "preflight", folder / other)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(child("bench.stand_in"))
        servers = {}
        for kind in ("default", "flag", "row", "unsent", "preflight"):
            options = ("--slack", str(slack.port), "--folder", str(folder / kind))
            servers[kind] = await stack.enter_async_context(child("bench.servers", kind, *options))
            servers[kind].rest()
        servers |= {"help": servers["preflight"], "answer": servers["preflight"]}
        yield _Scene(servers, slack, {"answer": iter(waiting), "unsent": iter(waiting)})


async def _one_round(scene: _Scene, kind: str, amount: Amount) -> Round:
    server = scene.servers[kind]
    with server.awake():
        warm = [[deliveries.slash_command("help") for _ in range(5)]]
        await load.series(server.port, warm, _answered)
        if kind in {"help", "answer", "unsent"}:
            await _settled(scene)
        lanes = _lanes(scene, kind, amount)
        before, computed = await _calls(scene), server.computed()
        started = asyncio.get_running_loop().time()
        found = await load.series(server.port, lanes, _acked if kind in scene.answers else _answered)
        found = replace(found, cpu=server.computed() - computed)
        if kind == "answer":
            at = await _settled(scene)
            done = await _calls(scene) - before
            scene.shown_per_second.append(done / (at - started))
    return found


def _lanes(scene: _Scene, kind: str, amount: Amount) -> list[list[bytes]]:
    if kind in scene.answers:
        waiting = scene.answers[kind]
        return [list(itertools.islice(_answers(waiting), amount.answers)) for _ in range(amount.callers)]
    word = "help" if kind == "help" else ""
    return [[deliveries.slash_command(word) for _ in range(amount.no_ops)] for _ in range(amount.callers)]


def _answers(waiting: Iterator[Waiting]) -> Iterator[bytes]:
    for interview in waiting:
        for item_id in interview.asked:
            value = f"{interview.interview_id}:{item_id}"
            yield deliveries.click("answer.not_yet", value, "1780000000.000001")


def _answered(status: int, body: bytes) -> None:
    if status != 200 or not body:
        raise RuntimeError(f"a command was answered with {status}: {body[:200]!r}")


def _acked(status: int, body: bytes) -> None:
    if status != 200 or body:
        raise RuntimeError(f"a click was answered with {status}: {body[:200]!r}")


async def _calls(scene: _Scene) -> int:
    told = json.loads(await load.get(scene.slack.port, "/told"))
    return sum(count for method, count in told["calls"].items() if method.startswith("chat."))


async def _settled(scene: _Scene) -> float:
    """Wait until Slack has not been called for a while; return when the last call was seen."""
    loop = asyncio.get_running_loop()
    calls, at = await _calls(scene), loop.time()
    while loop.time() - at < SETTLED:
        await asyncio.sleep(0.05)
        now = await _calls(scene)
        if now != calls:
            calls, at = now, loop.time()
    return at


def _result(scene: _Scene, told: dict[str, Any]) -> Result:
    calls = sum(told["calls"].values())
    rows = [_row(scene, amount.callers, kind) for amount in AMOUNTS for kind in _kinds(amount)]
    return Result(
        "Acks of signed requests over HTTP",
        (
            "callers",
            "what",
            "p50 ms",
            "p99 ms",
            "CPU ms",
            "per second",
            "p50 ÷ no-op",
            "p99 ÷ no-op",
            "CPU ÷ no-op",
            "rate ÷ no-op",
        ),
        tuple(rows),
        tuple(_verdicts(scene)),
        {
            "rounds": {
                f"{kind} c={callers}": [_raw(one) for one in found]
                for (callers, kind), found in scene.rounds.items()
            },
            "sends_per_second": scene.shown_per_second,
            "slack": {"calls": told["calls"], "connections": told["connections"], "all_calls": calls},
        },
    )


def _row(scene: _Scene, callers: int, kind: str) -> tuple[str, ...]:
    found, no_op = scene.of(callers, kind), scene.of(callers, "flag")
    figures: Sequence[Callable[[Round], float]] = (p50, p99, cpu_each, per_second)
    return (
        str(callers),
        KINDS[kind],
        *(
            f"{middle(found, figure):.3g}" if figure is not per_second else f"{middle(found, figure):,.0f}"
            for figure in figures
        ),
        *(_middle_of(ratio(found, no_op, figure)) for figure in figures),
    )


def _middle_of(ratios: list[float]) -> str:
    return f"{ratios[len(ratios) // 2]:.2f}"


def _verdicts(scene: _Scene) -> Iterator[Verdict]:
    of = scene.of
    yield Verdict.at_most(
        "1", "ack p50, /pilot help ÷ Bolt's default, c=1", ratio(of(1, "help"), of(1, "default"), p50), 0.05
    )
    yield Verdict.at_most(
        "1", "ack p50, all listeners ÷ one listener, c=1", ratio(of(1, "help"), of(1, "flag"), p50), 2
    )
    for kind, name in (("row", "a commit"), ("unsent", "an answer unsent"), ("answer", "an answer")):
        yield Verdict.at_most(
            "2", f"{name} ÷ no-op, p99, c=16", ratio(of(16, kind), of(16, "flag"), p99), 1.5
        )
        yield Verdict.at_most("2", f"{name} ÷ no-op, p50, c=1", ratio(of(1, kind), of(1, "flag"), p50), 2.5)
    for kind, name in (("row", "commits"), ("unsent", "answers unsent"), ("answer", "answers")):
        yield Verdict.at_least(
            "3", f"{name} ÷ no-ops per second, c=16", ratio(of(16, kind), of(16, "flag"), per_second), 0.7
        )
    for kind, name in (("row", "commits"), ("unsent", "answers unsent"), ("answer", "answers")):
        times = [one.p99 for one in of(64, kind)]
        yield Verdict.at_most("4", f"{name}, 64 callers at the door, p99", times, 150, "ms")


def _raw(one: Round) -> dict[str, float]:
    return {"p50_ms": one.p50, "p99_ms": one.p99, "per_second": one.per_second, "cpu_ms": one.cpu_each}
