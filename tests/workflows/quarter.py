"""A quarter of a company in which nobody is asked to look: its people in nine zones, its holidays, an outage, and the clock.

Everything is ours but the clock and Slack: the store on SQLite, the workflows, the work of every minute. What people do is in
`quarter_lived`; whether they were told what they should be is judged in `quarter_judged`, by code of its own.
"""

import heapq
import itertools
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.assembly import CHORES
from bot.domain.calendar import Away
from bot.domain.errors import Refusal
from bot.domain.notices import Preference
from bot.domain.people import Person
from bot.domain.reviews import Board, Resolved
from bot.nudges import awaited
from bot.pilots.errors import FieldsRefused
from prompts.library import Library
from storage.transaction import Tx
from tests.fresh import KEPT

from .conftest import WORKSPACE, House

ZONES: Final = (
    "America/Los_Angeles",
    "America/New_York",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
)
"""Their clocks go forward and back between the end of September and the beginning of November, on different days."""
FRIDAY_OFF: Final = "Africa/Cairo"
CLOSED: Final = (
    date(2026, 10, 5),
    date(2026, 10, 26),
    date(2026, 11, 26),
    date(2026, 11, 27),
    date(2027, 3, 29),
)
"""The company's days off; one is the first working day after Europe's clocks went back."""
HOURS: Final = ((9, 17), (9, 17), (9, 17), (7, 15), (10, 19), (8, 12), (13, 22))
A_DAY: Final = timedelta(days=1)
MANY: Final = 1000
"""More than anything has to be done in one minute."""


@dataclass(frozen=True)
class Somebody:
    """A person as the company knows them: this is what the judge goes by."""

    user_id: str
    zone: ZoneInfo
    from_hour: int
    until_hour: int
    weekdays: tuple[int, ...]
    away: tuple[tuple[date, date], ...]

    @property
    def has_own_hours(self) -> bool:
        return (self.from_hour, self.until_hour) != (9, 17) or self.weekdays != (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Size:
    """How much goes on."""

    people: int
    pilots: int
    first: datetime
    last: datetime
    step: timedelta
    outage: tuple[datetime, datetime]
    """While it lasts nobody looks; people go on."""
    restarts: int
    seed: int


@dataclass
class Quiet:
    """When somebody asked to hear nothing: of a pilot, or of one thing about it."""

    person_id: str
    pilot_id: str
    thing: str | None
    since: datetime
    until: datetime


@dataclass
class Quarter:
    """The company, and what has happened so far."""

    size: Size
    file: Path
    library: Library
    chance: random.Random
    people: dict[str, Somebody] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    """What people did, and what was refused to them."""
    progress: dict[str, datetime] = field(default_factory=dict)
    """When somebody last got a pilot on."""
    asked_for_quiet: list[Quiet] = field(default_factory=list)
    held: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    """When pilots waited, as far as anybody could know: until the day that was said."""
    gone: dict[str, datetime] = field(default_factory=dict)
    """Who has left the company, and when."""
    _ahead: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=itertools.count)
    _house: House | None = None
    _opened: ExitStack = field(default_factory=ExitStack)
    _seen_through: sqlite3.Connection | None = None

    @property
    def house(self) -> House:
        assert self._house
        return self._house

    @property
    def now(self) -> datetime:
        return self.house.now

    # Time

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let people and Preflight be at work until the block ends."""
        with self._opened:
            self._open(self.size.first)
            for number in range(self.size.people):
                one = self._somebody(number)
                self.people[one.user_id] = one
                self.house.store.write_sync(_employ, one, now=self.now)
            yield

    def instants(self) -> Iterator[datetime]:
        """Let time pass, at a rhythm that is a little uneven; Preflight is started anew now and then."""
        looks = (self.size.last - self.size.first) // self.size.step
        restarts = set(self.chance.sample(range(looks), self.size.restarts))
        for number in range(looks):
            late = timedelta(seconds=self.chance.randrange(60))
            self.house.now = self.size.first + number * self.size.step + late
            if number in restarts:
                self._opened.close()
                self._open(self.now)
            yield self.now

    def is_down(self) -> bool:
        return self.size.outage[0] <= self.now < self.size.outage[1]

    def look(self) -> None:
        """Do the work of a minute; now and then twice, as a second process would."""
        for _ in range(2 if self.chance.random() < 0.15 else 1):
            for name, chore in CHORES.items():
                if name == "digests":
                    self._remind_of_reviews()
                for portions in itertools.count():
                    assert portions < MANY, f"{name} never comes to an end"
                    if not self.house.do(chore.portion, "preflight"):
                        break

    def _remind_of_reviews(self) -> None:
        for review_id in self.house.do(awaited.due, "preflight", MANY):
            (review,) = self.rows("SELECT pilot_id FROM review WHERE id = ?", review_id)
            self.house.do(awaited.remind, "preflight", review_id, self.board_of(review["pilot_id"]))

    def _open(self, now: datetime) -> None:
        store = self._opened.enter_context(KEPT.store(f"sqlite:///{self.file}"))
        self._house = House(store, self.library, now)

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """Ask the database past all of our code."""
        if self._seen_through is None:
            self._seen_through = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
            self._seen_through.row_factory = sqlite3.Row
        return self._seen_through.execute(statement, values).fetchall()

    def close(self) -> None:
        """Look no more."""
        if self._seen_through is not None:
            self._seen_through.close()

    # Who does what when

    def at(self, when: datetime, act: Callable[[], None]) -> None:
        """Let somebody do something then."""
        heapq.heappush(self._ahead, (when, next(self._number), act))

    def let_people_act(self) -> None:
        """Let those act whose time has come, whether Preflight is there or not."""
        while self._ahead and self._ahead[0][0] <= self.now:
            heapq.heappop(self._ahead)[2]()

    def does(self, what: str, work: Callable[..., Any], by: str, *args: Any) -> Any:
        """Let somebody do something now; return what came of it, and None where they could not."""
        if by in self.gone:
            return None
        try:
            result = self.house.do(work, by, *args)
        except (Refusal, FieldsRefused) as refused:
            self.done[f"refused: {what} ({type(refused).__name__})"] += 1
            return None
        self.done[what] += 1
        return result or True

    def works_at(self, person_id: str, after: datetime) -> datetime:
        """Return an instant after that one at which a person sits at work."""
        one, when = self.people[person_id], after
        for _ in range(400):
            local = when.astimezone(one.zone)
            there = not any(first <= local.date() <= last for first, last in one.away)
            if there and local.weekday() in one.weekdays and one.from_hour <= local.hour < one.until_hour:
                break
            when += timedelta(minutes=self.chance.randrange(30, 120))
        return when

    # Who there is

    @property
    def staff(self) -> list[str]:
        """Return who works there now, in order."""
        return sorted(self.people.keys() - self.gone.keys())

    def board_of(self, pilot_id: str) -> Board:
        """Return who decides about a pilot: a few people in every role, the owner in theirs."""
        roles = []
        for number, role in enumerate(self.library.playbook.roles):
            those = [self.staff[(number + n * 7) % len(self.staff)] for n in range(3)]
            people = frozenset({self.house.pilot(pilot_id).owner_id} if role.owner else those)
            roles.append(
                Resolved(role=role.id, title=role.title, people=people, shown=role.title, unpinged=role.title)
            )
        return Board(roles=tuple(roles))

    def _somebody(self, number: int) -> Somebody:
        zone = ZONES[number % len(ZONES)]
        from_hour, until_hour = self.chance.choice(HOURS)
        spells = []
        for _ in range(self.chance.randrange(3)):
            first = self.size.first.date() + self.chance.randrange(90) * A_DAY
            spells.append((first, first + self.chance.choice((0, 1, 4, 11)) * A_DAY))
        return Somebody(
            user_id=f"U0P{number:03}",
            zone=ZoneInfo(zone),
            from_hour=from_hour,
            until_hour=until_hour,
            weekdays=(0, 1, 2, 3, 6) if zone == FRIDAY_OFF else (0, 1, 2, 3, 4),
            away=tuple(spells),
        )


def with_days_off(library: Library) -> Library:
    """Return our own playbook, in a company that has days off."""
    nudges = library.playbook.nudges.model_copy(update={"closed": CLOSED})
    book = library.playbook.model_copy(update={"nudges": nudges})
    return Library(book, library.templates, library.earlier)


def instant(stored: str) -> datetime:
    """Return an instant as SQLite keeps it."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def stored(at: datetime) -> str:
    """Return an instant as SQLite keeps it, for comparing."""
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


def _employ(tx: Tx, one: Somebody) -> None:
    tx.workspaces.remember(WORKSPACE, "Northwind", "https://northwind.example/", "U0BOT")
    tx.people.remember(
        Person(workspace_id=WORKSPACE, user_id=one.user_id, name=one.user_id, time_zone=one.zone.key)
    )
    if one.has_own_hours or one.away:
        tx.preferences.save(
            Preference(
                workspace_id=WORKSPACE,
                user_id=one.user_id,
                from_hour=one.from_hour,
                until_hour=one.until_hour,
                days=one.weekdays,
                away=tuple(Away(first=first, last=last) for first, last in one.away),
            )
        )
