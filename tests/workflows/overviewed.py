"""A portfolio of any size in a moment: rows as registering and looking would have left them, and what they are counted as."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import event, insert

from bot.desk import Desk, Rooms
from bot.domain.pilots import Pilot
from bot.domain.readiness import Standing
from bot.domain.signals import Severity, Signal
from bot.domain.tallies import Cell, Measure
from bot.domain.values import Occasion
from bot.portfolio import workflow
from bot.portfolio.home import FIRST, HomePage
from storage.pilots import name_key
from storage.tables import PILOT
from storage.transaction import Tx

from .conftest import JONAS, MAYA, PILOTS, WORKSPACE, House, registration

STAGES = ("pilot", "shadow", "production")


def pilot_number(house: House, number: int, **changed: Any) -> Pilot:
    """Return a pilot like no other: of any stage, with any trouble."""
    severity = Severity(number % 4)
    facts: dict[str, Any] = {
        "id": f"{number:016x}",
        "workspace_id": WORKSPACE,
        "name": f"Pilot {number:05d} <!channel> & *co*",
        "problem": "It sorts things.",
        "stage": STAGES[number % len(STAGES)],
        "champion_id": MAYA,
        "owner_id": JONAS,
        "channel_id": PILOTS,
        "metric": registration().metric,
        "registered_by": MAYA,
        "registered_at": house.now - timedelta(days=90),
        "stage_since": house.now - timedelta(days=number % 60),
        "last_change_at": house.now - timedelta(days=number % 30),
        "required": 7,
        "in_place": number % 8,
        "ready": number % 8 == 7 and STAGES[number % len(STAGES)] != "production",
        "severity": int(severity),
        "stalled_since": house.now - timedelta(days=5) if severity is Severity.STALLED else None,
        "decide_on": house.now.date() + timedelta(days=3) if number % 10 == 0 else None,
    }
    return Pilot.model_validate(facts | changed)


def settled_in(house: House, count: int, *, first: int = 0, **changed: Any) -> list[Pilot]:
    """Put so many pilots in, with a signal for each of the first ones that is in trouble, and count them."""
    made = [pilot_number(house, first + number, **changed) for number in range(count)]
    counted: Counter[Cell] = Counter()
    for one in made:
        measures = [Measure.PILOTS]
        measures += [Measure.READY] if one.ready else []
        measures += [Measure.STALLED] if one.severity == Severity.STALLED else []
        measures += [Measure.AT_RISK] if one.severity == Severity.AT_RISK else []
        counted.update(Cell(stage=one.stage, subject="", standing=measure.value) for measure in measures)
        standing = Standing.IN_PLACE if one.ready else Standing.MISSING
        counted[Cell(stage=one.stage, subject="rollback", standing=standing.value)] += 1

    def put(tx: Tx) -> None:
        if made:
            tx.execute(insert(PILOT), [row_of(one) for one in made])
        for one in made[:200]:
            if one.severity:
                tx.signals.raise_(
                    Signal(
                        id=f"s{one.id}", workspace_id=WORKSPACE, pilot_id=one.id, cause="purgatory",
                        severity=Severity(one.severity), why="quiet", raised_at=house.now,
                    )
                )  # fmt: skip
        tx.tallies.add(WORKSPACE, counted)

    house.store.write_sync(put, now=house.now)
    return made


def row_of(pilot: Pilot) -> dict[str, Any]:
    """Return the row of a pilot that is not on hold."""
    key = None if pilot.retired else name_key(pilot.name)
    return pilot.model_dump() | {
        "metric": pilot.metric.model_dump(mode="json"),
        "hold": None,
        "name_key": key,
    }


def home_of(
    house: House, person: str, groups: dict[str, str] | None = None, page: HomePage = FIRST
) -> tuple[dict[str, Any], int]:
    """Return somebody's Home tab, and how many statements it took."""
    at = Occasion(workspace_id=WORKSPACE, actor_id=person, now=house.now)

    def count(tx: Tx) -> tuple[dict[str, Any], int]:
        statements: list[str] = []

        def note(*told: object) -> None:
            statements.append(str(told[2]))

        event.listen(tx.connection, "before_cursor_execute", note)
        try:
            view = workflow.home(Desk(tx, at, house.library, Rooms()), groups, page)
        finally:
            event.remove(tx.connection, "before_cursor_execute", note)
        return view, len(statements)

    return house.store.read_sync(count)
