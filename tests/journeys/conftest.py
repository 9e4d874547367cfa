"""The whole of Preflight in the sandbox, over real sockets: once over Socket Mode and once over signed HTTP."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.assembly import Means, Preflight, running
from bot.delivery.pacing import Pacing
from bot.sandboxed import sandbox_settings
from bot.settings import Settings
from prompts.library import Library
from prompts.playbook_files import DEFAULT_FOLDER
from sandbox import seed
from sandbox.clock import Clock
from sandbox.driver import Driver
from sandbox.reading import text_of
from sandbox.server import Sandbox, running_sandbox
from sandbox.serving import LoopbackServer
from tests.fresh import KEPT, fresh_house

TRANSPORTS = ("socket", "http")
PATIENCE = 10.0
PLAYBOOK = Path(__file__).parents[1] / "playbook"
"""A small playbook of the tests' own; a journey through ours says so in its settings."""
CHARTS = ("data_visualization", "data_table")
REFUSED = ("invalid_blocks", "invalid_arguments")

_libraries: dict[tuple[tuple[str, bytes], ...], Library] = {}


def library_of(folder: Path | None) -> Library:
    """Return what Preflight reads from a playbook's folder; files of the same content are checked once in this process."""
    place = folder or DEFAULT_FOLDER
    files = sorted(file for file in place.rglob("*") if file.is_file())
    written = tuple((file.relative_to(place).as_posix(), file.read_bytes()) for file in files)
    if written not in _libraries:
        _libraries[written] = Library.load(folder)
    return _libraries[written]


MEANS = Means(store=KEPT.store, library=library_of, engine_database=KEPT.engine_database)
"""What the houses of this process share, which live one after the other."""


@dataclass
class Workplace:
    """A workspace with Preflight in it, and what people see there."""

    sandbox: Sandbox
    house: Preflight
    transport: str
    patience: float = PATIENCE
    """Seconds; more where Slack is made to fail again and again."""

    @property
    def driver(self) -> Driver:
        return self.sandbox.driver

    async def sees(self, channel: str, words: str, **where: Any) -> dict[str, Any]:
        """Wait until somebody sees a message with these words."""
        return await self.driver.wait_message(channel, words, timeout=self.patience, **where)

    async def is_told(self, person: str, words: str, channel: str | None = None) -> str:
        """Wait until a person was told something in private; return all of it."""
        return await self.driver.wait_until(
            lambda: next(
                (said for e in self.driver.ephemerals(person, channel) if words in (said := text_of(e))), None
            ),
            timeout=self.patience,
            what=f"{person} being told {words!r}",
        )

    async def hears_next(self, person: str, already: int) -> str:
        """Wait for what a person is told in private after `already` others; return all of it."""
        return await self.driver.wait_until(
            lambda: next((text_of(e) for e in self.driver.ephemerals(person, after=already)), None),
            timeout=self.patience,
            what=f"{person} being told something",
        )

    def check_that_charts_were_taken(self) -> None:
        """Fail where Slack refused a chart or table of ours: plain blocks that stand in for one would hide what is wrong with it."""
        if self.sandbox.state.refused_blocks:
            return
        refused = [
            call
            for call in self.driver.calls()
            if call.status in REFUSED and any(kind in str(call.arguments) for kind in CHARTS)
        ]
        assert refused == []

    async def registers(
        self, name: str = "Refund triage", by: str = seed.MAYA, **changed: Any
    ) -> dict[str, Any]:
        """Register a pilot through the form and return its card."""
        await self.driver.command(by, seed.AI_PILOTS, "/pilot", "new")
        await self.driver.wait_view(by)
        values = {
            "name": name,
            "problem": "Sorts refund requests before an agent sees them.",
            "champion": by,
            "owner": seed.JONAS,
            "channel": seed.AI_PILOTS,
            "metric": "Refunds sorted without an agent",
            "unit": "%",
            "baseline": "22",
            "bar": "60",
        }
        assert await self.driver.submit_view(by, values | changed) is None
        return await self.sees(seed.AI_PILOTS, name)

    async def coaches(self, name: str = "Refund triage", by: str = seed.MAYA) -> dict[str, Any]:
        """Start the interview and return the root card."""
        await self.driver.command(by, seed.AI_PILOTS, "/pilot", f"coach {name}")
        return await self.sees(seed.AI_PILOTS, f"· {name}\n▱")

    async def question(self, root: dict[str, Any], number: int) -> dict[str, Any]:
        """Wait for a question of an interview by its number."""
        return await self.sees(seed.AI_PILOTS, f"{number} of ", thread_ts=root["ts"])

    async def answers_everything(
        self, root: dict[str, Any], by: str = seed.MAYA, first: int = 1, total: int = 7
    ) -> None:
        """Answer every question with something that can be checked."""
        for number in range(first, total + 1):
            await self.question(root, number)
            await self.driver.post(by, seed.AI_PILOTS, checkable(number), thread_ts=root["ts"])


def checkable(number: int) -> str:
    return f"Yes, live since 3 March, see https://wiki.northwind-goods.example/proof/{number}"


@contextlib.asynccontextmanager
async def workplace(
    folder: Path, transport: str = "socket", *, settings: dict[str, Any] | None = None, **sandbox_parts: Any
) -> AsyncIterator[Workplace]:
    """Start a sandbox and Preflight in it; unless a test asks for Slack's pace, both are as quick as they can."""
    sandbox_parts.setdefault("posts_per_second", None)
    pacing = Pacing(burst=1000) if sandbox_parts["posts_per_second"] is None else None
    database_url = fresh_house(folder / "data")
    clock = Clock(folder / "clock.json")
    server = LoopbackServer()  # quicker to stop than the server of a process, which fault and start tests run
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(server.close)
        events_url = f"{server.address}/slack/events" if transport == "http" else None
        sandbox = await stack.enter_async_context(
            running_sandbox(clock=clock, events_url=events_url, **sandbox_parts)
        )
        chosen: dict[str, Any] = {
            "SLACK_SIGNING_SECRET": sandbox.signing_secret,
            "PREFLIGHT_PLAYBOOK": PLAYBOOK,
            **(settings or {}),
        }
        made: Settings = sandbox_settings(sandbox.url, database_url, clock.path, **chosen)
        if transport == "http":
            made = made.model_copy(update={"slack_app_token": None})
        house = await stack.enter_async_context(running(made, pacing=pacing, means=MEANS))
        await server.start(house.web)
        stack.push_async_callback(server.close)  # before the house: nobody knocks at one that is closing
        if transport == "socket":
            await sandbox.driver.wait_until(lambda: sandbox.socket_mode.is_open, timeout=PATIENCE)
        place = Workplace(sandbox, house, transport)
        yield place
        place.check_that_charts_were_taken()


@pytest.fixture(params=TRANSPORTS)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Workplace]:
    async with workplace(tmp_path, request.param) as made:
        yield made


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Workplace]:
    """The same, over Socket Mode only: for what does not depend on the way deliveries come."""
    async with workplace(tmp_path) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workplace]:
    """One workplace for all tests of a module, each with a pilot of its own; they run on the module's event loop."""
    async with workplace(tmp_path_factory.mktemp("shared")) as made:
        yield made
