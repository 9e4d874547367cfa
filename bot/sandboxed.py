"""Preflight in its own Slack stand-in: what `make run` starts on a machine without tokens.

The sandbox is a process of its own and is spoken to over its sockets like Slack; only its address and made-up tokens come
from here. Everything lives in one folder, apart from a real installation's data.
"""

import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import typer

from bot import examples
from bot.assembly import Preflight, running
from bot.at_work import clock_in, database_in
from bot.domain.values import PREFLIGHT, Occasion
from bot.serving import listening, serve_web, stop_on_signals
from bot.settings import Settings
from sandbox import seed
from storage.database import exclusive_lock, migrate

MANIFEST = Path(__file__).parents[1] / "manifest.yaml"
START_SECONDS = 30.0
STOP_SECONDS = 5.0

WELCOME = """
  Preflight is running in its sandbox: a Slack workspace on this machine.

  Open    {url}
  Try     1  You are Maya. In #ai-pilots type  /pilot new  and register a pilot.
          2  Type  /pilot coach  and answer with the buttons, or in your own words in the thread.
          3  When everything is in place, press Request promotion. Become Priya and approve it in #gate-reviews.
          4  Skip three days ahead: Jonas hears about a pilot that went quiet.

  State   {folder} (start afresh with: make run FRESH=1)
  Stop    Ctrl-C
"""


class SandboxDidNotStart(Exception):  # noqa: N818 - what a person reads
    """The sandbox did not start; what it said stands above."""

    def __init__(self) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()))


async def serve_with_sandbox(folder: Path, *, port: int, fresh: bool, playbook: Path | None = None) -> None:
    """Start the sandbox and Preflight in it, say where to look, and stop both on Ctrl-C."""
    stop = stop_on_signals()
    database_url = database_in(folder)
    if fresh:
        start_afresh(folder)
    migrate(database_url)
    async with sandbox_process(folder, port) as url:
        settings = sandbox_settings(url, database_url, clock_in(folder), PREFLIGHT_PLAYBOOK=playbook)
        with contextlib.closing(listening("127.0.0.1", 0)) as listener:
            async with running(settings) as house:
                await settle_in(house)
                if port and not url.endswith(f":{port}"):
                    typer.echo(f"\n  Port {port} is taken, so the page has another one.")
                typer.echo(WELCOME.format(url=url, folder=folder))
                await serve_web(house.web, listener, stop)
    typer.echo("Stopped. Nothing is lost: make run goes on where you were.")


def start_afresh(folder: Path) -> None:
    """Forget everything, unless another process is using it."""
    exclusive_lock(folder).release()
    shutil.rmtree(folder)


def sandbox_settings(url: str, database_url: str, clock: Path | None, **more: object) -> Settings:
    """Return settings that point at a sandbox; the same that a person would write for Slack."""
    return Settings.model_validate(
        {
            "SLACK_BOT_TOKEN": seed.BOT_TOKEN,
            "SLACK_APP_TOKEN": seed.APP_TOKEN,
            "SLACK_API_URL": f"{url}/api/",
            "DATABASE_URL": database_url,
            "PREFLIGHT_REVIEW_CHANNEL": seed.GATE_REVIEWS,
            "PREFLIGHT_DIGEST_CHANNEL": seed.AI_PILOTS,
            "PREFLIGHT_OPERATIONS_CHANNEL": seed.PREFLIGHT_OPS,
            "PREFLIGHT_CLOCK": clock,
            **more,
        }
    )


async def settle_in(house: Preflight) -> None:
    """Bring the example pilots into a fresh workspace."""
    cast = examples.Cast(
        channel_id=seed.AI_PILOTS,
        merchandiser=seed.SAM,
        merchandising_group=seed.MERCHANDISING_OPS,
        accountant=seed.TOMAS,
        payments_lead=seed.JONAS,
    )
    workspace_id = house.identity.workspace_id
    for user_id in cast.people:
        await house.front.people.know(workspace_id, user_id)
    at = Occasion(workspace_id=workspace_id, actor_id=PREFLIGHT, now=house.office.clock.now())
    await house.office.carry_out(examples.settle_in, at, cast)


@asynccontextmanager
async def sandbox_process(folder: Path, port: int) -> AsyncIterator[str]:
    """Run the sandbox beside this process and yield its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        *("--port", str(port)),
        *("--state", str(folder / "workspace.json")),
        *("--clock", str(clock_in(folder))),
        *("--manifest", str(MANIFEST)),
        "--leave-with-parent",
        stdin=asyncio.subprocess.PIPE,  # held open for as long as this process lives
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches us first, and we stop it last
    )
    try:
        yield await _address(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    """Read the one line that the sandbox says when it listens."""
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
    except TimeoutError as error:
        raise SandboxDidNotStart from error
    _, _, url = line.decode().strip().partition(": ")
    if not url.startswith("http"):
        raise SandboxDidNotStart
    return url
