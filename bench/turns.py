"""Goal 7: what an interview costs Slack. A whole one in the sandbox, at a person's pace and as fast as questions come.

Calls are counted where they arrive, in the sandbox's own record of its traffic, and connections on the wire between.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.figures import Result, Verdict
from bench.relay import Relay, relay_to
from bench.seeded import PLAYBOOK, database_url
from bot.assembly import running
from bot.interview.controls import ActionId
from bot.sandboxed import sandbox_settings
from bot.serving import listening, serve_web
from sandbox import seed
from sandbox.server import Sandbox, running_sandbox
from sandbox.traffic import Traffic
from storage.database import migrate

PATIENCE: Final = 20.0
PERSON_TAKES: Final = 15.0
QUICK_PERSON_TAKES: Final = 6.0
CARDS_ARE_THERE_AFTER: Final = 35.0
QUESTIONS: Final = 7
DOOR: Final = frozenset({"chat.postMessage", "chat.update"})


@dataclass
class _Count:
    """What one interview cost."""

    pace: str
    kinds: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)
    apart: list[float] = field(default_factory=list)
    """Seconds between the settled line and the next question of one turn, as they arrived."""
    connections: int = 0
    seconds: float = 0.0

    @property
    def calls(self) -> int:
        return sum(self.kinds.values())

    @property
    def reads(self) -> int:
        return sum(count for method, count in self.methods.items() if method not in DOOR)

    @property
    def of_turns(self) -> int:
        """Settled lines, next questions, and the summary that stands where the last next question would."""
        return self.kinds["settled"] + self.kinds["next question"] + self.kinds["summary"]


async def measure(folder: Path, rounds: int) -> Result:
    """Count one interview at each pace."""
    person_takes = PERSON_TAKES if rounds > 2 else QUICK_PERSON_TAKES
    counts = []
    for pace, seconds in ((f"a person's, {person_takes:g} s a turn", person_takes), ("a machine's", 0.0)):
        counts.append(await _interview(folder / pace[:3], pace, seconds))
    kinds = ("settled", "next question", "summary", "root card", "pilot card", "other")
    return Result(
        f"One interview of {QUESTIONS} turns in the sandbox: calls to Slack",
        ("pace", "took s", *kinds, "reads", "connections", "calls a turn", "with cards", "most ms apart"),
        tuple(_row(count, kinds) for count in counts),
        tuple(_verdicts(counts)),
        {count.pace: _raw(count) for count in counts},
    )


def _row(count: _Count, kinds: tuple[str, ...]) -> tuple[str, ...]:
    return (
        count.pace,
        f"{count.seconds:.0f}",
        *(str(count.kinds[kind]) for kind in kinds),
        str(count.reads),
        str(count.connections),
        f"{count.of_turns / QUESTIONS:.2f}",
        f"{count.calls / QUESTIONS:.2f}",
        f"{max(count.apart, default=0) * 1000:.0f}",
    )


def _verdicts(counts: list[_Count]) -> Iterator[Verdict]:
    for count in counts:
        pace = count.pace.split(",")[0]
        yield Verdict.at_most("7", f"calls a turn, {pace} pace", [count.of_turns / QUESTIONS], 2, "calls")
        yield Verdict.at_most(
            "7", f"calls a turn with the cards, {pace} pace", [count.calls / QUESTIONS], 2, "calls"
        )
        yield Verdict.at_most("7", f"reads, {pace} pace", [float(count.reads)], 0, "calls")
        each = count.connections / count.calls
        yield Verdict.at_most("7", f"connections a call, {pace} pace", [each], 0.05, "")


def _raw(count: _Count) -> dict[str, Any]:
    return {
        "kinds": dict(count.kinds),
        "methods": dict(count.methods),
        "connections": count.connections,
        "seconds": count.seconds,
        "apart_ms": [round(one * 1000, 1) for one in count.apart],
    }


async def _interview(folder: Path, pace: str, person_takes: float) -> _Count:
    """Hold the interview and wait until the cards are up to date; count from the first answer on."""
    count = _Count(pace)
    async with _workplace(folder) as (sandbox, relay):
        root = await _begin(sandbox)
        await sandbox.driver.wait_message(seed.AI_PILOTS, "1 of ", thread_ts=root["ts"], timeout=PATIENCE)
        await asyncio.sleep(2)
        keys = _keys(sandbox)
        sandbox.state.traffic.clear()
        relay.connections, started = 0, asyncio.get_running_loop().time()
        for number in range(1, QUESTIONS + 1):
            question = await sandbox.driver.wait_message(
                seed.AI_PILOTS, f"{number} of ", thread_ts=root["ts"], timeout=PATIENCE
            )
            await asyncio.sleep(person_takes)
            await sandbox.driver.click(seed.MAYA, question, action_id=ActionId.NOT_YET)
        await sandbox.driver.wait_message(seed.AI_PILOTS, "None of the seven", timeout=PATIENCE)
        count.seconds = asyncio.get_running_loop().time() - started
        await asyncio.sleep(CARDS_ARE_THERE_AFTER)
        count.connections = relay.connections
        _classify(count, sandbox.state.traffic.calls(), keys)
    return count


@asynccontextmanager
async def _workplace(folder: Path) -> AsyncIterator[tuple[Sandbox, Relay]]:
    """Start a sandbox with Slack's own limits and Preflight in it, over signed HTTP, at Slack's pace."""
    url = database_url(folder)
    migrate(url)
    async with contextlib.AsyncExitStack() as stack:
        listener = stack.enter_context(contextlib.closing(listening("127.0.0.1", 0)))
        events = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
        sandbox = await stack.enter_async_context(running_sandbox(events_url=events))
        relay = await stack.enter_async_context(relay_to(int(sandbox.url.rpartition(":")[2])))
        settings = sandbox_settings(
            f"http://127.0.0.1:{relay.port}",
            url,
            None,
            SLACK_SIGNING_SECRET=sandbox.signing_secret,
            PREFLIGHT_PLAYBOOK=PLAYBOOK,
        ).model_copy(update={"slack_app_token": None})
        house = await stack.enter_async_context(running(settings))
        stop = asyncio.Event()
        serving = asyncio.create_task(serve_web(house.web, listener, stop))
        try:
            yield sandbox, relay
        finally:
            stop.set()
            await serving


async def _begin(sandbox: Sandbox) -> dict[str, Any]:
    """Register a pilot and start its interview; return the root card."""
    driver = sandbox.driver
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "new")
    await driver.wait_view(seed.MAYA)
    refused = await driver.submit_view(
        seed.MAYA,
        {
            "name": "Refund triage",
            "problem": "Sorts refund requests before an agent sees them.",
            "champion": seed.MAYA,
            "owner": seed.JONAS,
            "channel": seed.AI_PILOTS,
            "metric": "Refunds sorted without an agent",
            "unit": "%",
            "baseline": "22",
            "bar": "60",
        },
    )
    assert refused is None, refused
    await driver.wait_message(seed.AI_PILOTS, "Refund triage", timeout=PATIENCE)
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "coach Refund triage")
    return await driver.wait_message(seed.AI_PILOTS, "· Refund triage\n▱", timeout=PATIENCE)


def _keys(sandbox: Sandbox) -> dict[str, str]:
    """Return the keys of what was posted so far, by ts."""
    posts = sandbox.state.traffic.calls("chat.postMessage")
    return {post.response["ts"]: _key_of(post) for post in posts if post.status == "ok"}


def _key_of(post: Traffic) -> str:
    metadata = post.arguments.get("metadata") or {}
    return str(metadata.get("event_payload", {}).get("key", ""))


def _classify(count: _Count, calls: list[Traffic], keys: dict[str, str]) -> None:
    settled: list[float] = []
    asked: list[float] = []
    for call in calls:
        count.methods[call.method] += 1
        post = call.method == "chat.postMessage"
        if post and call.status == "ok":
            keys[call.response["ts"]] = _key_of(call)
        key = _key_of(call) if post else keys.get(str(call.arguments.get("ts")), "")
        kind = _kind(key, post=post)
        count.kinds[kind] += 1
        if kind in {"settled", "next question"}:
            (settled if kind == "settled" else asked).append(call.at.timestamp())
    count.apart = [abs(one - other) for one, other in zip(settled, asked, strict=False)]


def _kind(key: str, *, post: bool) -> str:
    if ":item:" in key:
        return "next question" if post else "settled"
    for end, kind in ((":summary", "summary"), (":root", "root card"), (":card", "pilot card")):
        if key.endswith(end):
            return kind
    return "other"
