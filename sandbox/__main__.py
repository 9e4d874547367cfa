"""`python -m sandbox`: serve the workspace on loopback until Ctrl-C."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import threading
from pathlib import Path

from sandbox.app_config import app_from_manifest
from sandbox.clock import Clock
from sandbox.server import running_sandbox


def main() -> int:
    options = _options()
    if options.fresh:
        for path in (options.state, options.clock):
            path.unlink(missing_ok=True)
    try:
        asyncio.run(_serve(options))
    except (ValueError, OSError) as broken:
        print(broken, file=sys.stderr)  # noqa: T201 - the command line's own voice
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running_sandbox(
        port=options.port,
        state_path=options.state,
        fresh=options.fresh,
        clock=Clock(options.clock),
        events_url=options.events_url,
        app=app_from_manifest(options.manifest) if options.manifest else None,
    ) as sandbox:
        print(f"Sandbox workspace: {sandbox.url}", flush=True)  # noqa: T201 - the line that people look for
        if options.leave_with_parent:
            threading.Thread(
                target=_wait_for_parent, args=(asyncio.get_running_loop(), stop), daemon=True
            ).start()
        await stop.wait()


def _wait_for_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Leave when the process that started us has gone, however it went: its end of the pipe closes."""
    os.read(sys.stdin.fileno(), 1)  # not through a buffer, whose lock would be held when this process ends
    with contextlib.suppress(RuntimeError):  # the loop has ended by itself
        loop.call_soon_threadsafe(stop.set)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A Slack workspace on this machine."
    )
    parser.add_argument("--port", type=int, default=4000, help="the next free one is taken if it is in use")
    parser.add_argument(
        "--state", type=Path, default=Path("var/sandbox.json"), help="where the workspace is kept"
    )
    parser.add_argument(
        "--clock", type=Path, default=Path("var/clock.json"), help="the clock shared with the bot"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what was kept")
    parser.add_argument("--events-url", help="deliver over signed HTTP there while no socket is connected")
    parser.add_argument("--leave-with-parent", action="store_true", help="stop when standard input closes")
    parser.add_argument("--manifest", type=Path, help="the app's manifest; without it everything is allowed")
    return parser.parse_args()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
