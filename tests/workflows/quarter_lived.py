"""What people do in a quarter, drawn by chance from a seed: they get pilots on, forget them, and do something about what they read."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from bot.desk import Desk
from bot.domain.answers import Plan, Reading, Status, Value
from bot.domain.moves import MoveKind
from bot.domain.notices import Notice
from bot.domain.people import Person
from bot.domain.pilots import Metric, Pilot, Registration
from bot.domain.playbook import AnswerKind, Item
from bot.domain.reviews import Choice
from bot.domain.watched import Role
from bot.handover import workflow as handover
from bot.interview import workflow as interviews
from bot.nudges import blocking, muting, workflow as nudges
from bot.nudges.names import LineId
from bot.nudges.workflow import Until
from bot.orphans import workflow as orphans
from bot.pilots import workflow as pilots
from bot.reopening import workflow as reopening
from bot.review import deciding, requesting
from bot.review.messages import MARK
from bot.stages import extending, workflow as stages
from bot.stages.seen import seen_decision

from .conftest import WORKSPACE
from .quarter import A_DAY, Quarter, Quiet, instant, stored

DONE: Final = Reading(
    status=Status.IN_PLACE, detail="Live since 3 March", evidence=("https://a.example/proof",)
)
LESSON: Final = "Ask the people who do the work first."


class Life:
    """What goes on in the company."""

    def __init__(self, quarter: Quarter) -> None:
        self.company = quarter
        self.chance = quarter.chance

    @property
    def now(self) -> datetime:
        return self.company.now

    def passes(self) -> Iterator[datetime]:
        """Let the quarter pass; yield after each look, for the judge."""
        with self.company.running():
            self._begins()
            for now in self.company.instants():
                self.company.let_people_act()
                if not self.company.is_down():
                    self.company.look()
                    self._people_read()
                    yield now

    def _begins(self) -> None:
        size = self.company.size
        for number in range(size.pilots):
            self.company.at(self.now + timedelta(minutes=17 * number), self._registering(number))
        for person_id in self.chance.sample(self.company.staff, max(1, size.people // 10)):
            when = size.first + self.chance.uniform(0.2, 0.9) * (size.last - size.first)
            self.company.at(when, lambda left=person_id: self._leaves(left))  # type: ignore[misc]

    # A pilot's life

    def _registering(self, number: int) -> Callable[[], None]:
        champion, owner, sponsor = self.chance.sample(sorted(self.company.people), 3)

        def act() -> None:
            form = Registration(
                name=f"Pilot {number:03}",
                problem="Sorts refund requests before an agent sees them.",
                champion_id=champion,
                owner_id="S0PAYMENTS" if number % 20 == 19 else owner,
                channel_id=f"C0Q{number % 40:03}",
                metric=Metric(name="Deflection", unit="%", baseline=Decimal(22), bar=Decimal(60)),
            )
            made = self.company.house.do(pilots.register, champion, form)
            for stage in [one.id for one in self.company.library.playbook.stages][
                1 : self.chance.randrange(1, 6)
            ]:
                self.company.house.do(_promote, champion, made.id, stage)
            self.company.progress[made.id] = self.now
            if self.chance.random() < 0.7:
                self._answers(made.id, champion, "sponsor", self._names(sponsor))
            self._goes_on(made.id)

        return act

    def _goes_on(self, pilot_id: str) -> None:
        """Say when somebody gets a pilot on next; some of them are soon forgotten."""
        if self.chance.random() < 0.25:
            return
        pilot = self.company.house.pilot(pilot_id)
        when = self.company.works_at(pilot.champion_id, self.now + self.chance.expovariate(1 / 6) * A_DAY)
        self.company.at(when, lambda: self._gets_on(pilot_id))

    def _gets_on(self, pilot_id: str) -> None:
        pilot = self.company.house.pilot(pilot_id)
        if pilot.retired:
            return
        acts: list[tuple[int, Callable[[Pilot, str], None]]] = [
            (10, self._answers_something),
            (6, self._plans),
            (2, self._completes),
            (2, self._proposes),
            (4, self._hears_from_owner),
            (1, self._asks_to_wait),
            (2, self._interviews),
        ]
        (act,) = self.chance.choices([act for _, act in acts], [weight for weight, _ in acts])
        act(pilot, pilot.champion_id)
        self._goes_on(pilot_id)

    def _answers_something(self, pilot: Pilot, by: str) -> None:
        items = [one for one in self._asked_of(pilot) if one.kind is AnswerKind.STATUS]
        if items:
            self._answers(pilot.id, by, self.chance.choice(items).id, DONE)

    def _asked_of(self, pilot: Pilot) -> list[Item]:
        book = self.company.library.playbook
        return [one for gate in book.gates if gate.from_stage == pilot.stage for one in book.items_of(gate)]

    def _plans(self, pilot: Pilot, by: str) -> None:
        items = [one for checklist in self.company.library.playbook.checklists for one in checklist.items]
        who = self.chance.choice([by, self.chance.choice(sorted(self.company.people))])
        plan = Plan(what="Write it down", who=who, by=self.now.date() + self.chance.randrange(1, 25) * A_DAY)
        planned = Reading(status=Status.NOT_YET, detail="Not yet", plan=plan)
        self._answers(pilot.id, by, self.chance.choice(items).id, planned)

    def _answers(self, pilot_id: str, by: str, item_id: str, reading: Reading) -> None:
        self._gets_ahead(pilot_id, "answered", interviews.change_answer, by, pilot_id, item_id, reading)

    def _names(self, person_id: str) -> Reading:
        value = Value(kind=AnswerKind.PERSON, ids=(person_id,))
        return Reading(status=Status.IN_PLACE, detail=f"<@{person_id}>", value=value)

    def _proposes(self, pilot: Pilot, by: str) -> None:
        to = self.chance.choice(self.company.staff)
        self._gets_ahead(pilot.id, "proposed an owner", handover.propose, by, pilot.id, to)

    def _hears_from_owner(self, pilot: Pilot, by: str) -> None:
        waiting = self.company.house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
        if waiting and waiting.to_id in self.company.people:
            self._answers_for_owner(pilot, waiting.to_id, waiting.id)

    def _answers_for_owner(self, pilot: Pilot, by: str, handover_id: str) -> None:
        if self.chance.random() < 0.3:
            why = "It needs a runbook first."
            self._gets_ahead(pilot.id, "declined to own", handover.refuse, by, handover_id, why)
        else:
            entered = self._accepting(by)
            self._gets_ahead(pilot.id, "accepted to own", handover.accept, by, handover_id, entered)

    def _accepting(self, by: str) -> handover.Entered:
        review = self.now.date() + 30 * A_DAY
        return handover.Entered("https://a.example/runbook", (by,), "", review)

    def _asks_to_wait(self, pilot: Pilot, by: str) -> None:
        until = self.now.date() + self.chance.randrange(2, 20) * A_DAY
        if self._does("held", stages.hold, by, pilot.id, "", "We wait for the budget.", until):
            self.company.progress[pilot.id] = self.now
            ends = datetime.combine(until, datetime.min.time(), tzinfo=UTC)
            self.company.held.setdefault(pilot.id, []).append((self.now, ends))

    def _interviews(self, pilot: Pilot, by: str) -> None:
        self._gets_ahead(pilot.id, "began an interview", interviews.start, by, pilot.id)

    def _retires(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        self._does("retired", stages.retire, by, pilot.id, "It was not worth it.", LESSON)

    def _completes(self, pilot: Pilot, by: str) -> None:
        """Put everything in place that the next gate asks for."""
        for item in self._asked_of(pilot):
            self._answers(pilot.id, by, item.id, DONE)

    def _leaves(self, person_id: str) -> None:
        """Let somebody leave the company, with all that follows when Slack says so."""
        one = Person(workspace_id=WORKSPACE, user_id=person_id, name=person_id, deactivated=True)
        house = self.company.house
        house.store.write_sync(lambda tx: tx.people.remember(one), now=self.now)
        while house.do(reopening.ask_no_more, "preflight", person_id):
            pass
        house.do(reopening.person_gone, "preflight", person_id)
        away = dict.fromkeys(house.do(orphans.channels_of, "preflight", person_id), True)
        house.do(orphans.note_presence, "preflight", person_id, away)
        self.company.gone[person_id] = self.now
        self.company.done["left the company"] += 1

    # What people do about what they were told

    def _people_read(self) -> None:
        """Let everybody who was told something just now do something about it, sooner or later or not at all."""
        for row in self.company.rows("SELECT * FROM notice WHERE told_at = ?", stored(self.now)):
            if row["person_id"] in self.company.people and self.chance.random() < 0.55:
                later = timedelta(minutes=self.chance.choice((3, 40, 300, 1600)))
                when = self.company.works_at(row["person_id"], self.now + later)
                self.company.at(when, lambda told=row: self._reacts(told))  # type: ignore[misc]

    def _reacts(self, told: sqlite3.Row) -> None:
        by, pilot = told["person_id"], self.company.house.pilot(told["pilot_id"])
        if pilot.retired:
            return
        acts: list[tuple[int, Callable[[Pilot, str, sqlite3.Row], None]]] = [
            (50, self._gets_it_done),
            (20, self._snoozes),
            (6, self._mutes),
            (6, self._is_blocked),
            (10, self._goes_on_asking),
            (4, self._retires),
        ]
        (act,) = self.chance.choices([act for _, act in acts], [weight for weight, _ in acts])
        act(pilot, by, told)

    def _gets_it_done(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        """Do what the line asks for, as far as one person can."""
        ways: dict[str, Callable[[], None]] = {
            "owner": lambda: self._answers_for_owner(pilot, by, told["subject"]),
            "action": lambda: self._does_it(pilot, by, told),
            "blocker": lambda: self._solves(pilot, by, told),
            "review": lambda: self._decides(pilot, by, told),
            "ready": lambda: self._asks_for_promotion(pilot, by),
            "decision": lambda: self._puts_off(pilot, by),
            "orphaned": lambda: self._claims(pilot, by, told),
        }
        ways.get(told["kind"], lambda: self._answers_something(pilot, by))()

    def _does_it(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        (action,) = self.company.rows("SELECT item_id FROM action WHERE id = ?", told["subject"])
        self._answers(pilot.id, by, action["item_id"], DONE)

    def _solves(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        how = "It is out of the way."
        self._gets_ahead(pilot.id, "solved a blocker", blocking.solve, by, told["subject"], how)

    def _snoozes(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        choice = self.chance.choice((Until.DAY, Until.WEEK, Until.DATE))
        day = self.now.date() + self.chance.randrange(2, 30) * A_DAY if choice is Until.DATE else None
        until = self._does("snoozed", nudges.snooze, by, line_of(told), choice, day)
        if until:
            self.company.asked_for_quiet.append(Quiet(by, pilot.id, told["thing"], self.now, until))

    def _mutes(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        last = self.now.date() + self.chance.randrange(3, 40) * A_DAY
        if self._does("muted", muting.mute, by, line_of(told), "Others look after it.", last):
            ends = datetime.combine(last, datetime.min.time(), self.company.people[by].zone).astimezone(UTC)
            self.company.asked_for_quiet.append(Quiet(by, pilot.id, None, self.now, ends))

    def _is_blocked(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        who = self.chance.choice([one for one in self.company.staff if one != by])
        day = self.now.date() + self.chance.randrange(2, 20) * A_DAY
        self._does("was blocked", blocking.report, by, line_of(told), "The contract", who, day)

    def _goes_on_asking(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        self._gets_ahead(pilot.id, "went on", nudges.update, by, line_of(told))

    def _asks_for_promotion(self, pilot: Pilot, by: str) -> None:
        board = self.company.board_of(pilot.id)
        self._gets_ahead(pilot.id, "asked for a promotion", requesting.request, by, pilot.id, board)

    def _decides(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        (review,) = self.company.rows("SELECT snapshot_hash FROM review WHERE id = ?", told["subject"])
        choice = self.chance.choice((Choice.APPROVE, Choice.APPROVE, Choice.DECLINE))
        seen, board = review["snapshot_hash"][:MARK], self.company.board_of(pilot.id)
        vote = partial(deciding.vote, reason="Not like this." if choice is Choice.DECLINE else "")
        self._gets_ahead(pilot.id, "decided", vote, by, told["subject"], seen, choice, board)

    def _puts_off(self, pilot: Pilot, by: str) -> None:
        ahead = max(self.now.date(), pilot.decide_on or self.now.date())
        until = min(ahead + self.chance.randrange(5, 60) * A_DAY, self.now.date() + 90 * A_DAY)
        why, seen = "The supplier is late.", seen_decision(pilot)
        self._does("put a decision off", extending.extend, by, pilot.id, seen, why, until)

    def _claims(self, pilot: Pilot, by: str, told: sqlite3.Row) -> None:
        role = Role.CHAMPION if pilot.champion_id == told["subject"] else Role.OWNER
        claimed = orphans.Claimed(pilot.id, role, told["subject"])
        if role is Role.CHAMPION:
            self._gets_ahead(pilot.id, "took an orphan on", orphans.claim, by, claimed)
        else:  # whoever is proposed already claims what is being offered to them: nothing changes
            self._does("took an orphan on", orphans.claim, by, claimed)

    def _gets_ahead(self, pilot_id: str, what: str, work: Callable[..., Any], by: str, *args: Any) -> None:
        """Let somebody do what counts as progress."""
        if self._does(what, work, by, *args):
            self.company.progress[pilot_id] = self.now

    def _does(self, what: str, work: Callable[..., Any], by: str, *args: Any) -> Any:
        return self.company.does(what, work, by, *args)


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
