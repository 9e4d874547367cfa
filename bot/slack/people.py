"""Who people are: Slack's word, kept in the database for the rules to read, and renewed when it is a day old.

Rules and workflows read people from their transaction; this file only makes sure that who takes part is known there. A
person whom Slack cannot tell of right now stays what they were. Whoever follows up that somebody left, or came back, is told.
"""

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from bot.clock import Clock
from bot.domain.people import Person
from bot.slack.answers import person_of
from bot.slack.events import PersonChanged
from bot.slack.failures import SlackFailure
from storage.transaction import Tx

log = logging.getLogger(__name__)

R = TypeVar("R")
OnLeftOrBack = Callable[[Person], Awaitable[None]]

RENEWED_AFTER: Final = timedelta(days=1)
_MOST_REMEMBERED: Final = 10_000
_PATIENCE: Final = 2.0
_PATIENCE_WHEN_STORED: Final = 1.0
"""Seconds that somebody waits for Slack to say who they are: three are all there is before it gives up on us."""


class Rows(Protocol):
    """The part of the store that is used here."""

    async def write(self, work: Callable[..., R], /, *args: Any) -> R: ...

    async def read(self, work: Callable[..., R], /, *args: Any) -> R: ...


class Slack(Protocol):
    """The part of the gateway that is used here."""

    async def person(self, workspace_id: str, user_id: str) -> Person | None: ...


@dataclass
class _Reading:
    """One look into the database for everybody who is asked about while the one before is under way."""

    asked: set[tuple[str, str]] = field(default_factory=set)
    found: dict[tuple[str, str], Person] | None = None


class Directory:
    """The people of the workspace."""

    def __init__(self, store: Rows, slack: Slack, clock: Clock) -> None:
        self._store = store
        self._slack = slack
        self._clock = clock
        self._updated: dict[tuple[str, str], int] = {}
        self._seen: OrderedDict[tuple[str, str], tuple[datetime, Person]] = OrderedDict()
        self._follow_ups: list[OnLeftOrBack] = []
        self._next_reading = _Reading()
        self._reading = asyncio.Lock()

    def when_left_or_back(self, follow_up: OnLeftOrBack) -> None:
        """Say who hears of somebody who can take part no more, or again, after those before; they may be told the same twice."""
        self._follow_ups.append(follow_up)

    async def know(self, workspace_id: str, user_id: str) -> Person | None:
        """Return a person and see to it that the database knows them; None for an id that Slack does not know."""
        now = self._clock.now()
        seen = self._seen.get((workspace_id, user_id))
        if seen is not None and abs(now - seen[0]) < RENEWED_AFTER:
            return seen[1]
        stored = await self._store.read(_get, workspace_id, user_id)
        try:
            async with asyncio.timeout(_PATIENCE if stored is None else _PATIENCE_WHEN_STORED):
                person = await self._slack.person(workspace_id, user_id)
        except (SlackFailure, TimeoutError) as failure:
            log.warning(
                "a person could not be looked up (%s); %s", failure, "as last known" if stored else "unknown"
            )
            return stored
        if person is not None:
            person = _with_locale_of(stored, person)
            if seen is None or seen[1] != person:
                await self._store.write(_remember, person)
            self._note(person, now)
            if stored is not None and stored.cannot_act is not person.cannot_act:
                await self._followed_up(person)
        return person

    async def on_person_changed(self, change: PersonChanged) -> None:
        """Keep up with somebody who changed, left or came back; strangers to the database stay strangers."""
        person = person_of(change.workspace_id, change.profile)
        known = await self._stored(person.workspace_id, person.user_id)
        if known is not None and not self._is_old_news(person, change.profile.get("updated")):
            person = _with_locale_of(known, person)
            await self._store.write(_remember, person)
            self._note(person, self._clock.now())
            if known.cannot_act or person.cannot_act:
                # also of who was known to have left: the last time it may have failed, and Slack says it again
                for follow_up in self._follow_ups:
                    await follow_up(person)

    async def _stored(self, workspace_id: str, user_id: str) -> Person | None:
        """Return a person as stored. Thousands who change at once, in a round of the company's directory say, share a few reads."""
        key, mine = (workspace_id, user_id), self._next_reading
        mine.asked.add(key)
        async with self._reading:
            if mine.found is None:
                if mine is self._next_reading:
                    self._next_reading = _Reading()
                mine.found = await self._store.read(_some, mine.asked)
        return mine.found.get(key)

    async def _followed_up(self, person: Person) -> None:
        """Follow up what showed while somebody was looked up for another reason, which must not fail with it."""
        for follow_up in self._follow_ups:
            try:
                await follow_up(person)
            except Exception:
                log.exception(
                    "what follows from somebody leaving or coming back went wrong; the next look finds it"
                )

    def _is_old_news(self, person: Person, updated: Any) -> bool:
        """Whether a later change of the same person was heard of before: Slack keeps no order."""
        key = person.workspace_id, person.user_id
        if not isinstance(updated, int) or updated < self._updated.get(key, 0):
            return isinstance(updated, int)
        self._updated[key] = updated
        return False

    def _note(self, person: Person, now: datetime) -> None:
        self._seen[person.workspace_id, person.user_id] = (now, person)
        self._seen.move_to_end((person.workspace_id, person.user_id))
        if len(self._seen) > _MOST_REMEMBERED:
            self._seen.popitem(last=False)


def _with_locale_of(known: Person | None, person: Person) -> Person:
    """Return the person with the locale that was known before, where Slack did not tell one now."""
    if person.locale or known is None:
        return person
    return person.model_copy(update={"locale": known.locale})


def _get(tx: Tx, workspace_id: str, user_id: str) -> Person | None:
    return tx.people.get(workspace_id, user_id)


def _some(tx: Tx, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Person]:
    by_workspace: dict[str, list[str]] = defaultdict(list)
    for workspace_id, user_id in keys:
        by_workspace[workspace_id].append(user_id)
    return {
        (workspace_id, person.user_id): person
        for workspace_id, ids in by_workspace.items()
        for person in tx.people.some(workspace_id, ids).values()
    }


def _remember(tx: Tx, person: Person) -> None:
    tx.people.remember(person)
