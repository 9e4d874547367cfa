"""Takes the README's picture from the real thing: `python -m docs.make_picture`, about half a minute.

Starts the sandbox and Preflight in this process, walks an interview as a champion would, and photographs the sandbox's
page in Debian's chromium. What the page shows is what the code of today says; nothing is drawn or touched up.
"""  # noqa: INP001 - a script beside the documents, not a package

import asyncio
import contextlib
import shutil
import struct
import tempfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page, async_playwright

from bot.assembly import running
from bot.delivery.pacing import Pacing
from bot.sandboxed import sandbox_settings
from sandbox import seed
from sandbox.clock import Clock
from sandbox.driver import Driver
from sandbox.server import running_sandbox
from storage.database import migrate

PICTURE: Final = Path(__file__).parent / "images" / "preflight.png"
PATIENCE: Final = 20.0
MOST_BYTES: Final = 250_000
QUIETLY: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-lcd-text",  # grey edges of letters instead of coloured ones: half the bytes
)
SIZE: Final = (1180, 900)
"""Of the window, in pixels; wide enough for a channel and a thread side by side."""

PILOT: Final[dict[str, Any]] = {
    "name": "Refund triage",
    "problem": "Sorts refund requests before an agent sees them, so that simple ones are paid the same day.",
    "champion": seed.MAYA,
    "owner": seed.JONAS,
    "channel": seed.AI_PILOTS,
    "metric": "Refunds decided the same day",
    "unit": "%",
    "baseline": "22",
    "bar": "60",
}
FIRST: Final = (
    "Reads new refunds from the order system every minute and writes its suggestion into the ticket.",
    "Accuracy, answer time and cost are on https://grafana.northwind.example/d/refunds, alerts go to Jonas",
    "After 5 seconds the case goes to the normal support queue. Tried on 3 November.",
    "Payments Operations is on call, runbook: https://wiki.northwind.example/refund-triage",
    "Not yet",
    "It drafts and never pays. Above 50 € an agent confirms, enforced in the payment system.",
    "Not yet, there is no off switch.",
)
"""One answer for each item of the readiness checklist, in its order."""
SECOND: Final = (
    "We will calculate it",
    "0.11 € a case at 40,000 a month with checking, seen by Tomás: https://wiki.northwind.example/cost",
)
"""A few days later: what is missing, first in words that nobody could check."""


async def main() -> None:
    """Walk the interview and take the picture."""
    folder = Path(tempfile.mkdtemp(prefix="preflight-picture-"))
    try:
        await _photograph_an_interview(folder)
    finally:
        shutil.rmtree(folder)
    if (size := PICTURE.stat().st_size) > MOST_BYTES:
        raise SystemExit(
            f"{PICTURE.name} has {size:,} bytes; the README should stay quick, so make it smaller"
        )


async def _photograph_an_interview(folder: Path) -> None:
    database_url = f"sqlite:///{folder / 'preflight.db'}"
    migrate(database_url)
    clock = Clock(folder / "clock.json")
    clock.skip(seconds=_until_monday_morning(clock.now()))
    async with running_sandbox(clock=clock, posts_per_second=None) as sandbox:
        settings = sandbox_settings(sandbox.url, database_url, clock.path)
        async with running(settings, pacing=Pacing(burst=1000)):
            driver = sandbox.driver
            await driver.wait_until(lambda: sandbox.socket_mode.is_open, timeout=PATIENCE)
            await _register(driver)
            await _first_interview(driver)
            await driver.fast_forward(days=3)
            thread_ts = await _second_interview(driver)
            address = f"{sandbox.url}/archives/{seed.AI_PILOTS}?as={seed.MAYA}&thread={thread_ts}"
            await _photograph(address)


def _until_monday_morning(now: datetime) -> float:
    """Return the seconds until nine o'clock UTC on the next Monday: the picture is of people at work."""
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=9, minute=0, second=0, microsecond=0)
    return (monday - now).total_seconds()


async def _register(driver: Driver) -> None:
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "new")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    refused = await driver.submit_view(seed.MAYA, PILOT)
    assert refused is None, refused
    await driver.wait_message(seed.AI_PILOTS, "60 %", timeout=PATIENCE)


async def _first_interview(driver: Driver) -> None:
    """Answer the seven questions and wait for the summary."""
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "coach")
    root = await driver.wait_message(seed.AI_PILOTS, "▱", timeout=PATIENCE)
    for number, answer in enumerate(FIRST, start=1):
        await driver.wait_message(seed.AI_PILOTS, f"{number} of 7 ·", thread_ts=root["ts"], timeout=PATIENCE)
        await driver.post(seed.MAYA, seed.AI_PILOTS, answer, thread_ts=root["ts"])
    await driver.wait_message(seed.AI_PILOTS, "Five of seven", timeout=PATIENCE)


async def _second_interview(driver: Driver) -> str:
    """Go on with what is missing, up to a question that waits; return the thread's ts."""
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "coach")
    root = await driver.wait_message(seed.AI_PILOTS, "0 of 2", timeout=PATIENCE)
    thread_ts = str(root["ts"])
    await driver.wait_message(seed.AI_PILOTS, "1 of 2 ·", thread_ts=thread_ts, timeout=PATIENCE)
    for answer, then in zip(SECOND, ("Leave it as it is", "2 of 2"), strict=True):
        await driver.post(seed.MAYA, seed.AI_PILOTS, answer, thread_ts=thread_ts)
        await driver.wait_message(seed.AI_PILOTS, then, thread_ts=thread_ts, timeout=PATIENCE)
    await driver.wait_message(seed.AI_PILOTS, "1 of 2", timeout=PATIENCE)
    return thread_ts


async def _photograph(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=QUIETLY,
        )
        page = await browser.new_page(
            viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light", reduced_motion="reduce"
        )
        await page.goto(address)
        await _settled(page)
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(_squeezed(await page.screenshot()))
        await browser.close()


async def _settled(page: Page) -> None:
    """Wait until nothing moves; show the summary in the channel and the end of the thread."""
    with contextlib.suppress(TimeoutError):
        await page.wait_for_load_state("load")
    await page.evaluate("document.fonts.ready")
    await page.locator("#thread").evaluate("thread => thread.scrollTo(0, thread.scrollHeight)")
    summary = page.locator("#timeline article").filter(has_text="still a pilot, not a production system")
    await summary.evaluate("message => message.scrollIntoView({block: 'start'})")
    await page.wait_for_timeout(500)


def _squeezed(png: bytes) -> bytes:
    """Return the same picture without PNG's row filters: they suit photographs, and cost plain text a quarter more."""
    chunks = list(_chunks(png))
    width, height = struct.unpack(">II", chunks[0][1][:8])
    packed = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    stride = len(packed) // height
    pixel, above, rows = (stride - 1) // width, bytes(stride - 1), bytearray()
    for start in range(0, len(packed), stride):
        above = _unfiltered(packed[start], packed[start + 1 : start + stride], above, pixel)
        rows += b"\0" + above
    kept = ((b"IHDR", chunks[0][1]), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return png[:8] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in kept
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _unfiltered(kind: int, row: bytes, above: bytes, pixel: int) -> bytes:
    """Undo the filter of one row, as the PNG specification says in its chapter 9."""
    out = bytearray(row)
    for x, value in enumerate(row):
        left, up = (out[x - pixel] if x >= pixel else 0), above[x]
        corner = above[x - pixel] if x >= pixel else 0
        match kind:
            case 1:
                guess = left
            case 2:
                guess = up
            case 3:
                guess = (left + up) // 2
            case 4:
                near = (
                    (abs(up - corner), 0, left),
                    (abs(left - corner), 1, up),
                    (abs(left + up - 2 * corner), 2, corner),
                )
                guess = min(near)[2]
            case _:
                guess = 0
        out[x] = (value + guess) & 255
    return bytes(out)


if __name__ == "__main__":
    asyncio.run(main())
