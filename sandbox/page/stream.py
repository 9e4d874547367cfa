"""The event stream of one open page: sends the panes that changed, as they are now.

Every message is a bundle of `<hx-partial>` elements that htmx morphs into place. Changes that come together are sent
together. A page that comes back after a pause gets everything once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Literal

from markupsafe import Markup

from sandbox.changes import Change, ChangeFeed, Subscription

from .panes import Panes
from .where import Where

_GATHER_SECONDS = 0.025
_PING_SECONDS = 15.0
_NO_PATIENCE = 0.001
_EVERYTHING = (
    "sidebar-lists",
    "who",
    "clock",
    "head",
    "home",
    "timeline",
    "compose-channel",
    "thread",
    "modals",
    "inspector-summary",
)


async def events(
    panes: Panes, feed: ChangeFeed, where: Where, closing: asyncio.Event
) -> AsyncIterator[bytes]:
    """Runs until the reader goes away or the server closes."""
    with feed.subscribe() as subscription:
        yield message(bundle(panes, where, set(_EVERYTHING)))
        end = asyncio.create_task(closing.wait())
        try:
            while not closing.is_set():
                changes = await _gathered(subscription, end)
                wanted = {pane for change in changes for pane in panes_touched(change, where)}
                if wanted:
                    yield message(bundle(panes, where, wanted))
                if any(change.kind == "traffic" for change in changes):
                    yield b"event: traffic\ndata: more\n\n"
                if not changes:
                    yield b": still here\n\n"
        finally:
            end.cancel()


async def _gathered(subscription: Subscription, end: asyncio.Task[Literal[True]]) -> list[Change]:
    """The next change with all that follow at once; nothing after a quiet while or at the end."""
    first = asyncio.create_task(subscription.next(_PING_SECONDS))
    try:
        await asyncio.wait([first, end], return_when=asyncio.FIRST_COMPLETED)
    finally:
        if not first.done():
            first.cancel()
    change = first.result() if first.done() and not first.cancelled() else None
    if change is None:
        return []
    await asyncio.sleep(_GATHER_SECONDS)
    changes = [change]
    while (another := await subscription.next(_NO_PATIENCE)) is not None:
        changes.append(another)
    return changes


def panes_touched(change: Change, where: Where) -> set[str]:
    """Which panes look different after a change, for a page at that place."""
    mine, here = change.user_id == where.user_id, change.channel_id == where.channel_id
    match change.kind:
        case "message":
            return {"timeline", "thread", "sidebar-lists", "who"} if here else {"sidebar-lists", "who"}
        case "ephemeral":
            return {"timeline", "thread"} if mine and here else set()
        case "view":
            return {"modals", "who"} if mine else {"who"}
        case "home":
            return {"home"} if mine else set()
        case "clock":
            return {"clock", "who", "sidebar-lists", "timeline"}
        case "traffic":
            return {"inspector-summary"}
        case _:
            return set(_EVERYTHING)


def bundle(panes: Panes, where: Where, wanted: set[str]) -> Markup:
    """The wanted panes that the page at that place has, each with where it goes."""
    drawers: dict[str, Callable[[], Markup]] = {
        "sidebar-lists": lambda: panes.sidebar(where),
        "who": lambda: panes.who(where),
        "clock": lambda: panes.clock(where),
        "head": lambda: panes.head(where),
        "modals": lambda: panes.modals(where),
        "inspector-summary": lambda: panes.inspector_summary(where),
    }
    if where.tab == "home":
        drawers["home"] = lambda: panes.home(where)
    else:
        drawers["timeline"] = lambda: panes.timeline(where)
        drawers["compose-channel"] = lambda: panes.composer(where, in_thread=False)
    if where.thread_ts:
        drawers["thread"] = lambda: panes.thread(where)
    return Markup("").join(
        partial(name, drawers[name]()) for name in _EVERYTHING if name in wanted and name in drawers
    )


def partial(dom_id: str, html: Markup, swap: str = "innerMorph") -> Markup:
    return Markup('<hx-partial hx-target="#{}" hx-swap="{}">{}</hx-partial>').format(dom_id, swap, html)


def message(html: str) -> bytes:
    """One server-sent event without a name."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"{lines}\n".encode()
