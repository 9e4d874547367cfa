"""Serving until somebody stops it: the web side on its port beside the running house, and a clean end on Ctrl-C."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

from bot.assembly import running
from bot.domain import coaching
from bot.settings import Settings

log = logging.getLogger(__name__)

GRACE_SECONDS = 5


class PortTaken(Exception):  # noqa: N818 - what a person reads
    """Another program already uses the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"Port {port} on {host} is taken. Set PORT to another one, or stop what uses it.")


class QuietServer(uvicorn.Server):
    """uvicorn without its own signal handlers: this process listens to signals once, for all of its parts."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens, or PortTaken; port 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # the protocol is named, or asyncio leaves Nagle's algorithm on and every answer waits 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(host, port) from error
    listener.listen(2048)
    return listener


def stop_on_signals() -> asyncio.Event:
    """Return an event that Ctrl-C or a polite kill sets."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Run Preflight until `stop` is set."""
    with contextlib.closing(listening(settings.host, settings.port)) as listener:
        async with running(settings) as house:
            log.info(
                "Preflight serves %s (%s); health on http://%s:%d/readyz",
                house.identity.name,
                "Socket Mode" if settings.uses_socket_mode else "HTTP",
                settings.host,
                listener.getsockname()[1],
            )
            await serve_web(house.web, listener, stop)
            log.info("Preflight stops: what is in hand is finished, the rest waits in the database")


async def serve_web(web: Starlette, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve a web application on a listening socket until `stop` is set."""
    config = uvicorn.Config(
        web,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",  # Slack's socket is one that we open; a library for others need not be loaded
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = QuietServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="web")
    # Nobody waits for it, and nobody's first answer does either.
    warming = asyncio.create_task(asyncio.to_thread(coaching.warm_up), name="warming")
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving
    await warming
