"""Goal 8: from the click to what the person sees, against one call to Slack, which takes a set time here.

The stand-in holds every call for that time, as Slack's servers and the way there would, and notes when it lets it become
visible; both sides read the same clock.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bench import deliveries, load
from bench.children import child
from bench.figures import Result, Round, Verdict, middle, p50, p99, ratio
from bench.seeded import Waiting, seed

ONE_CALL: Final = 0.1
"""Seconds that a call takes."""
CLICKS: Final = 20
PATIENCE: Final = 15.0


async def measure(folder: Path, rounds: int) -> Result:
    """Return clicks and single calls in turn."""
    waiting = iter(seed(folder / "visible", rounds * CLICKS + 3, channels=True))
    calls: list[Round] = []
    settled: list[Round] = []
    both: list[Round] = []
    async with child("bench.stand_in") as slack:
        options = ("--slack", str(slack.port), "--folder", str(folder / "visible"), "--paced")
        async with (
            child("bench.servers", "preflight", *options) as preflight,
            aiohttp.ClientSession() as session,
        ):
            client = AsyncWebClient("xoxb-bench", f"http://127.0.0.1:{slack.port}/api/", session=session)
            for _ in range(3):
                await _click(preflight.port, slack.port, next(waiting))
            await load.get(slack.port, f"/delay?{ONE_CALL}")
            for _ in range(rounds):
                shown = []
                one = []
                for _ in range(CLICKS):
                    one.append(await _call(client))
                    shown.append(await _click(preflight.port, slack.port, next(waiting)))
                calls.append(_as_round(one))
                settled.append(_as_round([first for first, _ in shown]))
                both.append(_as_round([max(pair) for pair in shown]))
    rows = tuple(
        (
            name,
            f"{middle(found, p50):.1f}",
            f"{middle(found, p99):.1f}",
            f"{_middle(ratio(found, calls, p50)):.2f}",
        )
        for name, found in (
            ("one chat.postMessage", calls),
            ("click to the settled line", settled),
            ("click to settled line and next question", both),
        )
    )
    return Result(
        f"From a click to what is seen, with calls to Slack that take {ONE_CALL * 1000:g} ms",
        ("what", "p50 ms", "p99 ms", "÷ one call"),
        rows,
        tuple(_verdicts(settled, both, calls)),
        {
            name: [{"p50_ms": one.p50, "p99_ms": one.p99} for one in found]
            for name, found in (("one call", calls), ("settled", settled), ("both", both))
        },
    )


def _verdicts(settled: list[Round], both: list[Round], calls: list[Round]) -> Iterator[Verdict]:
    yield Verdict.at_most("8", "click to its settled line ÷ one call, p50", ratio(settled, calls, p50), 1.2)
    yield Verdict.at_most(
        "8", "click to line and next question ÷ one call, p50", ratio(both, calls, p50), 1.2
    )


def _middle(ratios: list[float]) -> float:
    return ratios[len(ratios) // 2]


def _as_round(times: list[float]) -> Round:
    return Round(tuple(times), sum(times))


async def _call(client: AsyncWebClient) -> float:
    started = monotonic()
    await client.chat_postMessage(channel="C0OTHER", text="One call.")
    return monotonic() - started


async def _click(preflight: int, slack: int, waiting: Waiting) -> tuple[float, float]:
    """Click on a first question; return the seconds until its line and until the next question."""
    answered, asked = waiting.asked[0], waiting.asked[1]
    request = deliveries.click(
        "answer.not_yet", f"{waiting.interview_id}:{answered}", waiting.first_question_ts
    )
    await load.get(slack, "/told")
    connection = await load.Connection.open(preflight)
    started = monotonic()
    status, body = await connection.ask(request)
    connection.close()
    if status != 200 or body:
        raise RuntimeError(f"a click was answered with {status}: {body[:200]!r}")
    wanted = {waiting.first_question_ts, f"interview:{waiting.interview_id}:item:{asked}"}
    found: dict[str, float] = {}
    async with asyncio.timeout(PATIENCE):
        while not wanted <= found.keys():
            await asyncio.sleep(0.05)
            told = json.loads(await load.get(slack, "/told"))
            found |= {what: at - started for at, _, what in told["seen"] if what in wanted}
    return found[waiting.first_question_ts], found[f"interview:{waiting.interview_id}:item:{asked}"]
