"""The Home tabs that people have open: shown when they come, and drawn anew when what they show has changed.

A Home tab is no durable message: what went wrong is shown when somebody comes again. Of one person one tab is drawn at a time
in this process, and after each drawing it is looked at once more, so that a tab drawn from an older state, by another process
say, does not stay. Who looks at what is a row, so that any process may draw it.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any, Final, NamedTuple
from weakref import WeakValueDictionary

from bot.desk import Desk, Front
from bot.domain.values import Occasion
from bot.portfolio import home as rules, workflow
from bot.portfolio.home import HomePage
from bot.portfolio.listing_messages import chosen_in
from bot.portfolio.membership import Membership, membership_of
from bot.portfolio.names import ActionId
from bot.slack.failures import RateLimited, SlackFailure
from bot.slack.payloads import ButtonClick, HomeOpened
from bot.slack.reading import maybe_text, reach
from bot.slack.router import Router, UnknownControl
from storage.failures import StorageFailure

log = logging.getLogger(__name__)

OPEN_FOR: Final = timedelta(minutes=30)
"""How long somebody counts as looking; Slack says when a Home tab is opened, and never when it is closed."""
SETTLES_IN: Final = 2.0
"""Seconds after a change until tabs are drawn anew: what is changed together is shown together."""
A_MINUTE: Final = 20
"""How many tabs are drawn anew in a minute at most; one that somebody opens is drawn in any case."""

Key = tuple[str, str]
"""A workspace and a person."""


class Drawn(NamedTuple):
    """A Home tab as it should be shown."""

    page: HomePage
    view: dict[str, Any]

    @property
    def digest(self) -> str:
        """What tells it from any other."""
        return sha256(json.dumps(self.view, sort_keys=True).encode()).hexdigest()


class Homes:
    """Draws Home tabs, for whoever opens one and for who has one open."""

    def __init__(
        self,
        front: Front,
        *,
        settles_in: float = SETTLES_IN,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._front = front
        self._settles_in = settles_in
        self._now = now
        self._sleep = sleep
        self._rung: set[str] = set()
        self._due: dict[Key, str | None] = {}
        """Whose tab is to be looked at, with what this process drew there last, if it did."""
        self._drawn_at: deque[float] = deque(maxlen=A_MINUTE)
        self._not_before = 0.0
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
        self._at_work: asyncio.Task[None] | None = None
        self._stopped = False

    def register(self, router: Router) -> None:
        """Say what is heard of: tabs that are opened, their controls, and changes of pilots."""
        router.home_opened(self.on_opened)
        router.click(ActionId.HOME_PAGE, self.on_page)
        router.click(ActionId.HOME_FILTER, self.on_filter)
        self._front.office.bell.subscribe(self.on_changed)
        self._front.office.bell.when_done(self.on_done)

    async def stop(self) -> None:
        """Draw nothing any more."""
        self._stopped = True
        if self._at_work:
            self._at_work.cancel()
            with suppress(asyncio.CancelledError):
                await self._at_work

    async def settled(self) -> None:
        """Wait until nothing is left to be drawn."""
        while self._at_work and not self._at_work.done():
            await asyncio.wait({self._at_work})

    # What people do

    async def on_opened(self, opened: HomeOpened) -> None:
        await self._show(await self._front.occasion(opened), None)

    async def on_page(self, click: ButtonClick) -> None:
        """Turn the pages of one of the two lists."""
        at, page = await self._front.occasion(click), self._page_of(click)
        which, _, number = click.value.partition(":")
        to = int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 0
        everything = page.everything.at_page(to) if which == "all" else page.everything
        mine = to if which == "mine" else page.mine
        await self._show(at, HomePage(mine=mine, everything=everything))

    async def on_filter(self, click: ButtonClick) -> None:
        """Narrow the portfolio."""
        at, page = await self._front.occasion(click), self._page_of(click)
        by, value = click.action_id.partition(":")[2], chosen_in(click)
        everything = page.everything.narrowed(by, value, self._front.office.library.playbook)
        await self._show(at, HomePage(mine=page.mine, everything=everything))

    def _page_of(self, click: ButtonClick) -> HomePage:
        """Return what the tab shows that was clicked; `UnknownControl` for a click that was made anywhere else."""
        if reach(click.view, "type") != "home":
            raise UnknownControl
        carried = maybe_text(click.view, "private_metadata") or ""
        return rules.read(carried, self._front.office.library.playbook)

    async def _show(self, at: Occasion, page: HomePage | None) -> None:
        """Draw somebody's tab and keep that they look; without a page the one they looked at last."""
        key = (at.workspace_id, at.actor_id)
        groups = await membership_of(self._front, *key)
        async with self._one_at_a_time(key):
            drawn = await self._front.office.look_up(drawn_home, at, groups, page)
            await self._front.slack.publish_home(*key, drawn.view)
            kept = {"carried": drawn.page.carried()}
            try:
                await self._front.office.store.write(
                    lambda tx: tx.homes.opened(*key, at.now, kept, drawn.digest)
                )
            except StorageFailure as failure:
                log.warning(
                    "who looks at their Home tab could not be kept, it is not drawn anew: %s", failure
                )
                return
        self._look_at(key, drawn.digest)

    # What changes meanwhile

    def on_changed(self, workspace_id: str, pilot_ids: frozenset[str]) -> None:
        """Look at all open tabs of a workspace in a moment."""
        del pilot_ids  # which of them a tab shows is not known before it is drawn
        self._rung.add(workspace_id)
        self._begin()

    def on_done(self, workspace_id: str, actor_id: str) -> None:
        """Look at the tab of somebody who did something in a moment, before all others.

        What they muted, say, is no change of a pilot.
        """
        key = (workspace_id, actor_id)
        self._due = {key: self._due.get(key)} | self._due
        self._begin()

    async def go_on(self, now: datetime) -> None:
        """Look at all open tabs, because days pass and other processes change things, too."""
        for workspace in await self._front.office.store.read(lambda tx: tx.workspaces.all()):
            await self._note_open(workspace.workspace_id, now)
        if self._due:
            self._begin()

    def _look_at(self, key: Key, digest: str | None) -> None:
        self._due[key] = digest
        self._begin()

    def _begin(self) -> None:
        if self._stopped:
            return
        if self._at_work is None or self._at_work.done():
            self._at_work = asyncio.create_task(self._draw_what_is_due(), name="home tabs")

    async def _draw_what_is_due(self) -> None:
        while self._rung or self._due:
            await self._sleep(self._settles_in)
            rung, self._rung = self._rung, set()
            for workspace_id in rung:
                await self._kept_going(self._note_open(workspace_id, self._front.office.clock.now()))
            for _ in range(
                len(self._due)
            ):  # who comes to be due meanwhile, and did nothing, has the next turn
                await self._sleep(self._pause())
                key = next(iter(self._due))
                await self._kept_going(self._draw_anew(key, self._due.pop(key)))

    async def _kept_going(self, work: Awaitable[None]) -> None:
        """Do a piece of work; whatever goes wrong with it harms neither the others nor the change that it follows."""
        try:
            await work
        except RateLimited as failure:
            self._not_before = self._now() + failure.retry_after
            log.info("Slack asks to draw Home tabs later: %s", failure)
        except SlackFailure as failure:
            log.warning("a Home tab could not be drawn anew, it is tried again in a minute: %s", failure)
        except Exception:
            log.exception("a Home tab could not be drawn anew; it is tried again in a minute")

    async def _note_open(self, workspace_id: str, now: datetime) -> None:
        opened = await self._front.office.store.read(
            lambda tx: tx.homes.open_since(workspace_id, now - OPEN_FOR)
        )
        for one in opened:
            self._due.setdefault((one.workspace_id, one.user_id), None)

    async def _draw_anew(self, key: Key, ours: str | None) -> None:
        """Draw somebody's tab if it shows something else than it should."""
        workspace_id, user_id = key
        office, now = self._front.office, self._front.office.clock.now()
        at = Occasion(workspace_id=workspace_id, actor_id=user_id, now=now)
        async with self._one_at_a_time(key):
            shown = await office.store.read(lambda tx: tx.homes.get(workspace_id, user_id))
            if shown is None or now - shown.opened_at > OPEN_FOR:
                return
            groups = await membership_of(self._front, workspace_id, user_id)
            drawn = await office.look_up(drawn_home, at, groups, self._read(shown.page))
            if drawn.digest == shown.shown and ours in {None, drawn.digest}:
                return
            self._drawn_at.append(self._now())
            await self._front.slack.publish_home(workspace_id, user_id, drawn.view)
            await office.store.write(lambda tx: tx.homes.shown(workspace_id, user_id, drawn.digest))
        self._due[key] = drawn.digest  # somebody may have changed something, or drawn it, in between

    def _read(self, page: dict[str, Any]) -> HomePage:
        return rules.read(str(page.get("carried", "")), self._front.office.library.playbook)

    def _pause(self) -> float:
        """Return for how many seconds nothing may be drawn anew."""
        wait = self._not_before - self._now()
        if len(self._drawn_at) == A_MINUTE:
            wait = max(wait, self._drawn_at[0] + 60.0 - self._now())
        return max(wait, 0.0)

    def _one_at_a_time(self, key: Key) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            self._locks[key] = lock = asyncio.Lock()
        return lock


def drawn_home(desk: Desk, groups: Membership, page: HomePage | None) -> Drawn:
    """Return somebody's Home tab; without a page the one that they looked at last, from its start when that is a while ago."""
    if page is None:
        last = desk.tx.homes.get(desk.at.workspace_id, desk.at.actor_id)
        page = rules.read(str(last.page.get("carried", "")), desk.playbook) if last else rules.FIRST
        if last and desk.at.now - last.opened_at > OPEN_FOR:
            page = page.from_the_start()
    view = workflow.home(desk, groups.own, page, groups.handles)
    return Drawn(rules.read(view["private_metadata"], desk.playbook), view)
