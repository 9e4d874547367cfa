"""A company with a few pilots to which anything may happen, and its counters added up the long way, by rules of its own."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Any

from bot.desk import Desk
from bot.domain.answers import Answer, Reading, Status
from bot.domain.errors import Refusal
from bot.domain.moves import MoveKind
from bot.domain.pilots import RETIRED, Pilot
from bot.domain.playbook import Item
from bot.domain.values import PREFLIGHT
from bot.domain.waivers import WaiverState, day_of
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldRefusal, FieldsRefused
from bot.reopening import workflow as reopening
from bot.stages import workflow as stages
from bot.stages.seen import seen_hold
from bot.waivers import workflow as waivers
from bot.waivers.workflow import Entered
from bot.watching import workflow as watching
from storage.transaction import Tx

from .conftest import JONAS, MAYA, PANEL, PRIYA, WORKSPACE, House, registration
from .reopened import becomes

Counters = dict[tuple[str, str, str], int]
"""By stage, item (or nothing) and what of it is counted."""
SAID = "It was looked at once more, and that is how it is."
MOST_PILOTS = 5


def plain(counters: Any) -> Counters:
    """Return counters with names that say as little as possible of how they are kept."""
    return {(cell.stage, cell.subject, cell.standing): n for cell, n in counters.items()}


class Company:
    """What people do to pilots, each by a number: whoever picks them at random gets any history."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ids: list[str] = []

    def register(self) -> None:
        if len(self.ids) < MOST_PILOTS:
            form = registration(name=f"Pilot {len(self.ids)}")
            with suppress(FieldRefusal):  # the owner may have left
                self.ids.append(self.house.do(pilots.register, MAYA, form).id)

    def pilot(self, which: int) -> Pilot:
        return self.house.pilot(self.ids[which % len(self.ids)])

    def answer(self, which: int, item: int, status: Status) -> None:
        pilot = self.pilot(which)
        gate = self.house.library.playbook.gate_from(pilot.stage)
        if gate is None:
            return
        items = self.house.library.playbook.items_of(gate)
        reading = Reading(status=status, detail=SAID)
        with suppress(Refusal):
            self.house.do(interviews.change_answer, MAYA, pilot.id, items[item % len(items)].id, reading)

    def hold(self, which: int, days: int) -> None:
        pilot = self.pilot(which)
        until = day_of(self.house.now) + timedelta(days=days)
        with suppress(Refusal, FieldsRefused):
            self.house.do(stages.hold, MAYA, pilot.id, seen_hold(pilot), "Holidays.", until)

    def resume(self, which: int) -> None:
        with suppress(Refusal):
            self.house.do(stages.resume, MAYA, self.pilot(which).id)

    def move(self, which: int, to: int) -> None:
        """Let a pilot go on, or back, to another stage, as a board or somebody in need of it decided."""
        pilot, way = self.pilot(which), [stage.id for stage in self.house.library.playbook.stages]
        stage = way[to % len(way)]
        if stage in {pilot.stage, RETIRED} or pilot.retired:
            return
        kind = MoveKind.PROMOTED if way.index(stage) > way.index(pilot.stage) else MoveKind.ROLLED_BACK

        def go(desk: Desk) -> None:
            pilots.move(desk, pilots.get_active(desk, pilot.id), stage, kind, f"pilot.{kind.value}")

        self.house.do(go, PRIYA)

    def retire(self, which: int) -> None:
        with suppress(Refusal, FieldsRefused):
            self.house.do(stages.retire, MAYA, self.pilot(which).id, "Nobody needs it.", "Ask first.")

    def revive(self, which: int) -> None:
        with suppress(Refusal, FieldsRefused):
            self.house.do(stages.revive, MAYA, self.pilot(which).id, "Somebody does.")

    def waive(self, which: int, item: int, days: int) -> None:
        pilot = self.pilot(which)
        gate = self.house.library.playbook.gate_from(pilot.stage)
        if gate is None:
            return
        items = self.house.library.playbook.items_of(gate)
        until = day_of(self.house.now) + timedelta(days=days)
        with suppress(Refusal, FieldsRefused):
            entered = Entered((items[item % len(items)].id,), until, "Few cases.")
            asked = self.house.do(waivers.ask, MAYA, pilot.id, entered, PANEL)
            self.house.do(waivers.grant, PRIYA, asked.id, PANEL)

    def owner_leaves(self, *, gone: bool) -> None:
        becomes(self.house, JONAS, deactivated=gone)

    def the_minutes_work(self) -> None:
        """Do everything that is due, over and over, until nothing is."""
        chores: tuple[Callable[[Desk], int], ...] = (waivers.lapse, reopening.sweep, watching.sweep)
        while sum(self.house.do(chore, PREFLIGHT) for chore in chores):
            pass

    def kept(self) -> Counters:
        return plain(self.house.store.read_sync(lambda tx: tx.tallies.of(WORKSPACE)))

    def rebuilt(self) -> Counters:
        return plain(self.house.store.read_sync(lambda tx: tx.tallies.rebuilt(WORKSPACE)))

    def the_long_way(self) -> Counters:
        """Count every pilot from what people said, with nothing that the counters use."""
        return self.house.store.read_sync(self._counted)

    def _counted(self, tx: Tx) -> Counters:
        found: Counter[tuple[str, str, str]] = Counter()
        for pilot in tx.pilots.all_active(WORKSPACE):
            standings = self._standings(tx, pilot)
            found.update((pilot.stage, item.id, standing) for item, standing in standings)
            found.update((pilot.stage, "", measure) for measure in self._measures(tx, pilot, standings))
        return dict(found)

    def _measures(self, tx: Tx, pilot: Pilot, standings: list[tuple[Item, str]]) -> list[str]:
        open_ones = [item for item, standing in standings if standing in {"missing", "partly", "stale"}]
        gates = [gate for gate in self.house.library.playbook.gates if gate.from_stage == pilot.stage]
        leads_on = bool(gates) and gates[0].to_stage != pilot.stage
        worst = max((int(one.severity) for one in tx.signals.raised_of(pilot.id)), default=0)
        measures = {
            "pilots": True,
            "ready": leads_on and not any(item.critical for item in open_ones),
            "stalled": worst == 3,
            "at_risk": worst == 2,
            "held": pilot.hold is not None,
            "open_again": bool(tx.flags.raised_of(pilot.id)),
        }
        return [measure for measure, holds in measures.items() if holds]

    def _standings(self, tx: Tx, pilot: Pilot) -> list[tuple[Item, str]]:
        book, now = self.house.library.playbook, self.house.now
        today = now.astimezone(UTC).date()
        gate = next((gate for gate in book.gates if gate.from_stage == pilot.stage), None)
        if gate is None:
            return []
        given = tx.answers.current(pilot.id)
        covered = {
            one.item_id
            for one in tx.waivers.all_of_pilot(pilot.id)
            if one.state is WaiverState.GRANTED and today < one.until
        }
        lists = {one.id: one for one in book.checklists}
        asked = [item for name in gate.checklists for item in lists[name].items]
        if gate.every_days is not None and now - pilot.stage_since < timedelta(days=gate.every_days):
            asked = [item for item in asked if item.id in given]
        return [
            (item, self._standing(item, given.get(item.id), item.id in covered))
            for item in asked
            if item.enforce_from is None or today >= item.enforce_from
        ]

    def _standing(self, item: Item, answer: Answer | None, covered: bool) -> str:
        said = answer.status if answer else Status.NOT_YET
        if said is Status.NOT_APPLICABLE:
            return "not_applicable"
        if said is Status.IN_PLACE and answer:
            old = self.house.now - answer.answered_at >= timedelta(days=item.freshness_days)
            standing = "stale" if old else "in_place"
        else:
            standing = "partly" if said is Status.PARTLY else "missing"
        return "waived" if covered and standing != "in_place" else standing
