"""A quarter of a company's life in which nobody is asked to look: 60 people in nine zones, their pilots, holidays, an outage.

Everything is ours but the clock and Slack: the store on SQLite, the workflows, the work of every minute. What people do is
drawn by chance from a seed. Whether they were told what they should be is judged in `quarter_judged`, by code of its own.
"""

import heapq
import itertools
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.assembly import CHORES
from bot.desk import Desk
from bot.domain.answers import Plan, Reading, Status, Value
from bot.domain.calendar import Away
from bot.domain.errors import Refusal
from bot.domain.moves import MoveKind
from bot.domain.notices import Notice, Preference
from bot.domain.people import Person
from bot.domain.pilots import Metric, Pilot, Registration
from bot.domain.playbook import AnswerKind
from bot.handover import workflow as handover
from bot.interview import workflow as interviews
from bot.nudges import blocking, muting, workflow as nudges
from bot.nudges.names import LineId
from bot.nudges.workflow import Until
from bot.pilots import workflow as pilots
from bot.stages import workflow as stages
from prompts.library import Library
from storage.store import Store
from storage.transaction import Tx

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
CLOSED: Final = (date(2026, 10, 5), date(2026, 10, 26), date(2026, 11, 26), date(2026, 11, 27))
"""The company's days off; one is the first working day after Europe's clocks went back."""
HOURS: Final = ((9, 17), (9, 17), (9, 17), (7, 15), (10, 19), (8, 12), (13, 22))
DONE: Final = Reading(
    status=Status.IN_PLACE, detail="Live since 3 March", evidence=("https://a.example/proof",)
)
LESSON: Final = "Ask the people who do the work first."
A_DAY: Final = timedelta(days=1)


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

    @property
    def house(self) -> House:
        assert self._house
        return self._house

    @property
    def now(self) -> datetime:
        return self.house.now

    # Time

    def lives(self) -> Iterator[datetime]:
        """Let the quarter pass; yield after each look, for the judge."""
        self._open()
        try:
            self._settle_in()
            restarts = set(self.chance.sample(range(self._looks), self.size.restarts))
            for number, now in enumerate(self._instants()):
                self.house.now = now
                self._let_people_act()
                if self.size.outage[0] <= now < self.size.outage[1]:
                    continue
                if number in restarts:
                    self.house.store.close()
                    self._open(now)
                for _ in range(2 if number % 7 == 0 else 1):  # a second process, or the same minute again
                    self._look()
                self._people_read(now)
                yield now
        finally:
            self.house.store.close()

    def _open(self, now: datetime | None = None) -> None:
        self._house = House(Store.open(f"sqlite:///{self.file}"), self.library, now or self.size.first)

    @property
    def _looks(self) -> int:
        return (self.size.last - self.size.first) // self.size.step

    def _instants(self) -> Iterator[datetime]:
        for number in range(self._looks):
            yield self.size.first + number * self.size.step + timedelta(seconds=self.chance.randrange(60))

    def _look(self) -> None:
        for name, chore in CHORES.items():
            for portions in itertools.count():
                assert portions < 1000, f"{name} never comes to an end"
                if not self.house.do(chore.portion, "preflight"):
                    break

    # What people do

    def _let_people_act(self) -> None:
        while self._ahead and self._ahead[0][0] <= self.now:
            heapq.heappop(self._ahead)[2]()

    def at(self, when: datetime, act: Callable[[], None]) -> None:
        """Let somebody do something then."""
        heapq.heappush(self._ahead, (when, next(self._number), act))

    def does(self, what: str, work: Callable[..., Any], by: str, *args: Any, **said: Any) -> Any:
        """Let somebody do something now; return what came of it, and None where they could not."""
        if by in self.gone:
            return None
        try:
            result = self.house.do(work, by, *args, **said)
        except Refusal as refused:
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

    # What people do about what they were told

    def _people_read(self, now: datetime) -> None:
        """Let everybody who was told something just now do something about it, sooner or later or not at all."""
        for row in rows(self.file, "SELECT * FROM notice WHERE told_at = ?", stored(now)):
            if row["person_id"] in self.people and self.chance.random() < 0.55:
                later = timedelta(minutes=self.chance.choice((3, 40, 300, 1600)))
                when = self.works_at(row["person_id"], now + later)
                self.at(when, lambda told=row: self._reacts(told))  # type: ignore[misc]

    def _reacts(self, told: sqlite3.Row) -> None:
        by, pilot = told["person_id"], self.house.pilot(told["pilot_id"])
        if pilot.retired:
            return
        react = self.chance.choices(
            (
                self._gets_it_done,
                self._snoozes,
                self._mutes,
                self._is_blocked,
                self._goes_on_asking,
                self._retires,
            ),
            weights=(50, 20, 6, 6, 10, 4),
        )[0]
        react(pilot, by, told)

    def _gets_it_done(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        """Do what the line asks for, as far as one person can."""
        kind, subject = told["kind"], told["subject"]
        if kind == "owner":
            self._answers_for_owner(pilot, by, subject)
        elif kind == "blocker":
            if self.does("solved a blocker", blocking.solve, by, subject, "It is out of the way."):
                self.progress[pilot.id] = self.now
        elif kind == "action":
            (action,) = rows(self.file, "SELECT item_id FROM action WHERE id = ?", subject)
            self._answers(pilot.id, by, action["item_id"], DONE)
        else:
            self._answers_something(pilot, by)

    def _snoozes(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        choice = self.chance.choice((Until.DAY, Until.WEEK, Until.DATE))
        day = self.now.date() + self.chance.randrange(2, 30) * A_DAY if choice is Until.DATE else None
        until = self.does("snoozed", nudges.snooze, by, line_of(told), choice, day)
        if until:
            self.asked_for_quiet.append(Quiet(by, pilot.id, told["thing"], self.now, until))

    def _mutes(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        last = self.now.date() + self.chance.randrange(3, 40) * A_DAY
        if self.does("muted", muting.mute, by, line_of(told), "Others look after it.", last):
            ends = datetime.combine(last, datetime.min.time(), self.people[by].zone).astimezone(UTC)
            self.asked_for_quiet.append(Quiet(by, pilot.id, None, self.now, ends))

    def _is_blocked(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        who = self.chance.choice(sorted(self.people.keys() - self.gone.keys() - {by}))
        day = self.now.date() + self.chance.randrange(2, 20) * A_DAY
        self.does("was blocked", blocking.report, by, line_of(told), "The contract", who, day)

    def _goes_on_asking(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        if self.does("went on", nudges.update, by, line_of(told)):
            self.progress[pilot.id] = self.now

    # The company

    def _settle_in(self) -> None:
        for number in range(self.size.people):
            one = self._somebody(number)
            self.people[one.user_id] = one
            self.house.store.write_sync(_employ, one, now=self.now)
        for number in range(self.size.pilots):
            self.at(self.now + timedelta(minutes=17 * number), self._registering(number))
        for person_id in self.chance.sample(sorted(self.people), max(1, self.size.people // 20)):
            self.at(self._some_time(), lambda left=person_id: self._leaves(left))  # type: ignore[misc]

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

    def _some_time(self) -> datetime:
        return self.size.first + self.chance.uniform(0.2, 0.9) * (self.size.last - self.size.first)

    def _registering(self, number: int) -> Callable[[], None]:
        champion, owner, sponsor = self.chance.sample(sorted(self.people), 3)

        def act() -> None:
            form = Registration(
                name=f"Pilot {number:03}",
                problem="Sorts refund requests before an agent sees them.",
                champion_id=champion,
                owner_id="S0PAYMENTS" if number % 20 == 19 else owner,
                channel_id=f"C0Q{number % 40:03}",
                metric=Metric(name="Deflection", unit="%", baseline=Decimal(22), bar=Decimal(60)),
            )
            made = self.house.do(pilots.register, champion, form)
            for stage in [one.id for one in self.library.playbook.stages][1 : self.chance.randrange(1, 6)]:
                self.house.do(_promote, champion, made.id, stage)
            self.progress[made.id] = self.now
            if self.chance.random() < 0.7:
                self._answers(made.id, champion, "sponsor", self._names(sponsor))
            self._goes_on(made.id)

        return act

    def _goes_on(self, pilot_id: str) -> None:
        """Say when somebody gets a pilot on next; some of them are soon forgotten."""
        if self.chance.random() < 0.12:
            return
        pilot = self.house.pilot(pilot_id)
        when = self.works_at(pilot.champion_id, self.now + self.chance.expovariate(1 / 6) * A_DAY)
        self.at(when, lambda: self._gets_on(pilot_id))

    def _gets_on(self, pilot_id: str) -> None:
        pilot = self.house.pilot(pilot_id)
        if pilot.retired:
            return
        act = self.chance.choices(
            (
                self._answers_something,
                self._plans,
                self._proposes,
                self._hears_from_owner,
                self._asks_to_wait,
                self._interviews,
            ),
            weights=(10, 6, 2, 4, 1, 2),
        )[0]
        act(pilot, pilot.champion_id)
        self._goes_on(pilot_id)

    def _answers_something(self, pilot: Pilot, by: str) -> None:
        items = [
            item
            for gate in self.library.playbook.gates
            if gate.from_stage == pilot.stage
            for item in self.library.playbook.items_of(gate)
            if item.kind is AnswerKind.STATUS
        ]
        if items:
            self._answers(pilot.id, by, self.chance.choice(items).id, DONE)

    def _plans(self, pilot: Pilot, by: str) -> None:
        items = [one for checklist in self.library.playbook.checklists for one in checklist.items]
        who = self.chance.choice([by, self.chance.choice(sorted(self.people))])
        plan = Plan(what="Write it down", who=who, by=self.now.date() + self.chance.randrange(1, 25) * A_DAY)
        planned = Reading(status=Status.NOT_YET, detail="Not yet", plan=plan)
        self._answers(pilot.id, by, self.chance.choice(items).id, planned)

    def _answers(self, pilot_id: str, by: str, item_id: str, reading: Reading) -> None:
        if self.does("answered", interviews.change_answer, by, pilot_id, item_id, reading):
            self.progress[pilot_id] = self.now

    def _names(self, person_id: str) -> Reading:
        value = Value(kind=AnswerKind.PERSON, ids=(person_id,))
        return Reading(status=Status.IN_PLACE, detail=f"<@{person_id}>", value=value)

    def _proposes(self, pilot: Pilot, by: str) -> None:
        to = self.chance.choice(sorted(self.people.keys() - self.gone.keys()))
        if self.does("proposed an owner", handover.propose, by, pilot.id, to):
            self.progress[pilot.id] = self.now

    def _hears_from_owner(self, pilot: Pilot, by: str) -> None:
        waiting = self.house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
        if waiting and waiting.to_id in self.people:
            self._answers_for_owner(pilot, waiting.to_id, waiting.id)

    def _answers_for_owner(self, pilot: Pilot, by: str, handover_id: str) -> None:
        if self.chance.random() < 0.3:
            done = self.does("declined to own", handover.refuse, by, handover_id, "It needs a runbook first.")
        else:
            done = self.does("accepted to own", handover.accept, by, handover_id, self._accepting(by))
        if done:
            self.progress[pilot.id] = self.now

    def _accepting(self, by: str) -> handover.Entered:
        review = self.now.date() + 30 * A_DAY
        return handover.Entered("https://a.example/runbook", (by,), "", review)

    def _asks_to_wait(self, pilot: Pilot, by: str) -> None:
        until = self.now.date() + self.chance.randrange(2, 20) * A_DAY
        if self.does("held", stages.hold, by, pilot.id, "", "We wait for the budget.", until):
            self.progress[pilot.id] = self.now
            ends = datetime.combine(until, datetime.min.time(), tzinfo=UTC)
            self.held.setdefault(pilot.id, []).append((self.now, ends))

    def _interviews(self, pilot: Pilot, by: str) -> None:
        if self.does("began an interview", interviews.start, by, pilot.id):
            self.progress[pilot.id] = self.now

    def _retires(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        self.does("retired", stages.retire, by, pilot.id, "It was not worth it.", LESSON)

    def _leaves(self, person_id: str) -> None:
        self.gone[person_id] = self.now
        self.done["left the company"] += 1
        one = Person(workspace_id=WORKSPACE, user_id=person_id, name=person_id, deactivated=True)
        self.house.store.write_sync(lambda tx: tx.people.remember(one), now=self.now)
        self.house.do(handover.gone, "preflight", person_id)


def with_days_off(library: Library) -> Library:
    """Return our own playbook, in a company that has days off."""
    nudges = library.playbook.nudges.model_copy(update={"closed": CLOSED})
    book = library.playbook.model_copy(update={"nudges": nudges})
    return Library(book, library.templates, library.earlier)


def rows(file: Path, statement: str, *values: Any) -> list[sqlite3.Row]:
    """Ask the database past all of our code."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        connection.row_factory = sqlite3.Row
        return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def instant(stored: str) -> datetime:
    """Return an instant as SQLite keeps it."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def stored(at: datetime) -> str:
    """Return an instant as SQLite keeps it, for comparing."""
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


def line_of(told: sqlite3.Row) -> str:
    """Return what a control of a line says about it."""
    return LineId.of(Notice.model_validate(_as_notice(told)), told["slot"]).packed()


def _as_notice(row: sqlite3.Row) -> dict[str, Any]:
    values = dict(row)
    instants = ("queued_at", "told_at", "replied_at")
    return values | {name: instant(values[name]) for name in instants if values[name]}


def _promote(desk: Desk, pilot_id: str, stage: str) -> None:
    pilot = pilots.get_active(desk, pilot_id)
    pilots.move(desk, pilot, stage, MoveKind.PROMOTED, "review.approved")


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
