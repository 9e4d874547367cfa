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

from bot.assembly import Preflight, running
from bot.delivery.pacing import Pacing
from bot.domain.playbook import Item
from bot.sandboxed import sandbox_settings
from sandbox import seed
from sandbox.clock import Clock
from sandbox.driver import Driver
from sandbox.server import running_sandbox
from storage.database import migrate
from storage.transaction import Tx

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
FIRST: Final[dict[str, tuple[str, ...]]] = {
    "scope": ("One task: it suggests a decision on refund requests under 50 €",),
    "value": ("about 1.90 € a case",),
    "recovery": (
        "The agent who sends the reply sees it first; a wrong refund can be taken back for 14 days",
    ),
    "sponsor": (f"<@{seed.TOMAS}>",),
    "must-not-worsen": ("Customer satisfaction with refunds, 4.3 of 5 today, must not fall below 4.2",),
    "scale-needs": ("Not yet, the platform team will list it by 12 Dec",),
    "data-access": ("not yet", f"<@{seed.JONAS}> asks the order team by next Friday"),
}
"""What is said to each question that the form left open; a second line answers what is asked once more."""
SECOND: Final = ("We will look into it",)
"""A few days later: words that nobody could check, and what is then asked."""


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
        async with running(settings, pacing=Pacing(burst=1000)) as house:
            driver = sandbox.driver
            await driver.wait_until(lambda: sandbox.socket_mode.is_open, timeout=PATIENCE)
            await _register(driver)
            await _first_interview(driver, house)
            await driver.fast_forward(days=3)
            thread_ts = await _second_interview(driver, house)
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


async def _first_interview(driver: Driver, house: Preflight) -> None:
    """Answer what the form left open and wait for the summary."""
    root = await _coached(driver)
    while (item := await _open_item(house)) is not None:
        await driver.wait_message(seed.AI_PILOTS, item.question, thread_ts=str(root["ts"]), timeout=PATIENCE)
        for words in FIRST[item.id]:
            await driver.post(seed.MAYA, seed.AI_PILOTS, words, thread_ts=str(root["ts"]))
            await asyncio.sleep(1.5)  # as a person would: the next word comes after the answer to this one
    await driver.wait_message(seed.AI_PILOTS, "To become a pilot", timeout=PATIENCE)


async def _second_interview(driver: Driver, house: Preflight) -> str:
    """Go on with what is missing, up to a question that waits; return the thread's ts."""
    root = await _coached(driver)
    item = await _open_item(house)
    assert item is not None
    await driver.wait_message(seed.AI_PILOTS, item.question, thread_ts=str(root["ts"]), timeout=PATIENCE)
    for words in SECOND:
        await driver.post(seed.MAYA, seed.AI_PILOTS, words, thread_ts=str(root["ts"]))
        await driver.wait_message(
            seed.AI_PILOTS, "Leave it as it is", thread_ts=str(root["ts"]), timeout=PATIENCE
        )
    return str(root["ts"])


async def _coached(driver: Driver) -> dict[str, Any]:
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "coach")
    return await driver.wait_message(seed.AI_PILOTS, "▱▱", timeout=PATIENCE)


async def _open_item(house: Preflight) -> Item | None:
    def found(tx: Tx) -> str | None:
        pilot = tx.pilots.all_active(house.identity.workspace_id)[0]
        interview = tx.interviews.open_of(pilot.id)
        return interview.open_item_id if interview else None

    item_id = await house.office.store.read(found)
    return house.office.library.playbook.item(item_id) if item_id else None


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
    summary = page.locator("#timeline article").filter(has_text="still an idea, not a pilot")
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
