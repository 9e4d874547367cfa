"""What a workflow is handed: a transaction, the occasion, the words, and where messages of the company go.

A workflow never builds its world. `Office` is the async side: it carries a workflow out as one transaction and, after
the commit, lets delivery start on the messages that the transaction touched.
"""

import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Concatenate, ParamSpec, TypeVar

from bot.clock import Clock
from bot.delivery.engine import Engine
from bot.domain.conversations import Interview
from bot.domain.errors import AlreadySeen, Refusal
from bot.domain.messages import OutboundMessage
from bot.domain.playbook import Playbook
from bot.domain.values import PREFLIGHT, Occasion
from bot.slack.afterwards import Afterwards
from bot.slack.gateway import SlackGateway
from bot.slack.payloads import Inbound
from bot.slack.people import Directory
from prompts.library import Library
from storage.store import Store
from storage.transaction import Tx
from storage.workspaces import Workspace

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Rooms:
    """The channels that the company set aside, by id; None where it set none, or as long as it is not found."""

    review: str | None = None
    digest: str | None = None
    operations: str | None = None


@dataclass(frozen=True)
class Desk:
    """Everything a workflow may use."""

    tx: Tx
    at: Occasion
    library: Library
    rooms: Rooms
    changed: set[str] = field(default_factory=set)
    """The pilots that the work changed, by id; `react` follows them up."""

    @property
    def playbook(self) -> Playbook:
        """The stages, gates and checklists in force."""
        return self.library.playbook

    def book_of(self, interview: Interview) -> Playbook:
        """Return the playbook that an interview began with, and keeps; the one in force where it is not known any more."""
        version = interview.playbook_version
        known = self.library.book(version)
        if known is None:  # another process, with another playbook, began it after this one had started
            known = self.tx.playbooks.get(version)
        return known or self.playbook

    def may_lag(self, key: str, lag: timedelta) -> datetime:
        """Return how long a card may lag behind; one that already lags is not put off again, however quick people are."""
        shown = self.tx.messages.by_key(self.at.workspace_id, key)
        latest = self.at.now + lag
        return min(shown.not_before, latest) if shown and shown.due and shown.not_before else latest

    def link_to(self, message: OutboundMessage | None, *, thread_ts: str | None = None) -> str | None:
        """Return the address of a delivered message, or None while Slack does not have it."""
        if message is None or message.slack_ts is None or self._workspace is None:
            return None
        channel = message.slack_channel_id or message.channel_id
        link = f"{self._workspace.url.rstrip('/')}/archives/{channel}/p{message.slack_ts.replace('.', '')}"
        return f"{link}?thread_ts={thread_ts}&cid={channel}" if thread_ts else link

    @cached_property
    def _workspace(self) -> Workspace | None:
        return self.tx.workspaces.get(self.at.workspace_id)


Reaction = Callable[[Desk, str], None]
"""What follows from a change of a pilot, by its id, in features that whoever changed it does not know."""


def react(desk: Desk, reactions: Iterable[Reaction]) -> None:
    """Follow up every pilot that was changed, once, in the transaction of the change; what reactions change themselves is not."""
    changed = sorted(desk.changed)
    for reaction in reactions:
        for pilot_id in changed:
            reaction(desk, pilot_id)


OnChanged = Callable[[str, frozenset[str]], None]
"""Hears of a workspace and the ids of its pilots that were changed."""
OnDone = Callable[[str, str], None]
"""Hears of a workspace and of who did something there, whether or not a pilot was changed by it."""


class Bell:
    """Rings after a commit, in the process that made it; nothing that must not be lost hangs on it."""

    def __init__(self) -> None:
        self._subscribers: list[OnChanged] = []
        self._done: list[OnDone] = []

    def subscribe(self, subscriber: OnChanged) -> None:
        """Say who hears of it, on the event loop; whoever has more to do than to note it does that in a task of their own."""
        self._subscribers.append(subscriber)

    def when_done(self, subscriber: OnDone) -> None:
        """Say who hears that somebody did something, in the same way."""
        self._done.append(subscriber)

    def ring(self, workspace_id: str, pilot_ids: frozenset[str]) -> None:
        """Tell everybody that pilots were changed."""
        for subscriber in self._subscribers:
            _told(partial(subscriber, workspace_id, pilot_ids))

    def done(self, workspace_id: str, actor_id: str) -> None:
        """Tell everybody that somebody did something."""
        for subscriber in self._done:
            _told(partial(subscriber, workspace_id, actor_id))


def _told(tell: Callable[[], None]) -> None:
    """Tell somebody; the work is done and committed, so that a failure of theirs is only logged."""
    try:
        tell()
    except Exception:
        log.exception("what hears of work that is done went wrong; the change itself stands")


@dataclass(frozen=True)
class Office:
    """Carries workflows out: one transaction each, then delivery."""

    store: Store
    engine: Engine
    library: Library
    clock: Clock
    rooms: Rooms
    reactions: tuple[Reaction, ...] = ()
    bell: Bell = field(default_factory=Bell)

    async def carry_out(
        self, work: Callable[Concatenate[Desk, P], R], at: Occasion, /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Do the work and commit; then start what it wants shown. Raises AlreadySeen for a repeated delivery."""

        def within(tx: Tx) -> tuple[R, list[OutboundMessage], frozenset[str]]:
            desk = self._desk(tx, at)
            result = work(desk, *args, **kwargs)
            react(desk, self.reactions)
            return result, tx.messages.touched, frozenset(desk.changed)

        result, touched, changed = await self.store.write(
            within, delivery=(at.workspace_id, at.delivery) if at.delivery else None, now=at.now
        )
        self.engine.deliver(touched)
        if changed:
            self.bell.ring(at.workspace_id, changed)
        if at.actor_id != PREFLIGHT:
            self.bell.done(at.workspace_id, at.actor_id)
        return result

    async def carry_out_once(
        self, work: Callable[Concatenate[Desk, P], R], at: Occasion, /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Do the same, and nothing at all when the delivery was carried out before."""
        try:
            return await self.carry_out(work, at, *args, **kwargs)
        except AlreadySeen:
            return None

    def noting(
        self,
        refusals: tuple[type[Refusal], ...],
        note: Callable[Concatenate[Desk, Refusal, P], None],
        at: Occasion,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> AbstractAsyncContextManager[None]:
        """Note one of these refusals of what is done within, in a transaction of its own, and let it go on to whoever acted.

        A refusal leaves nothing of the transaction in which it came up.
        """

        @asynccontextmanager
        async def within() -> AsyncIterator[None]:
            try:
                yield
            except refusals as refused:
                await self.carry_out_once(note, at, refused, *args, **kwargs)
                raise

        return within()

    async def look_up(
        self, work: Callable[Concatenate[Desk, P], R], at: Occasion, /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Read without changing anything."""
        return await self.store.read(lambda tx: work(self._desk(tx, at), *args, **kwargs))

    def own_occasion(self, workspace_id: str) -> Occasion:
        """Return the occasion of what Preflight does by itself."""
        return Occasion(workspace_id=workspace_id, actor_id=PREFLIGHT, now=self.clock.now())

    def _desk(self, tx: Tx, at: Occasion) -> Desk:
        return Desk(tx=tx, at=at, library=self.library, rooms=self.rooms)


@dataclass(frozen=True)
class Front:
    """What listeners are handed: the office behind them, Slack before them, and who people are."""

    office: Office
    slack: SlackGateway
    people: Directory
    afterwards: Afterwards = field(default_factory=Afterwards)

    async def occasion(self, inbound: Inbound) -> Occasion:
        """Return the occasion of what came in, with its actor known to the rules."""
        await self.people.know(inbound.workspace_id, inbound.user_id)
        return inbound.at(self.office.clock.now())
