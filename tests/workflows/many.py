"""Many pilots at once, put straight into the tables: what is tested is how they are read."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import insert

from bot.domain.pilots import Metric, Pilot
from storage.pilots import name_key
from storage.tables import ANSWER, CURRENT_ANSWER, PILOT, STAGE_MOVE
from storage.transaction import Tx

from .conftest import JONAS, MAYA, PILOTS, WORKSPACE, House

STAGES = ("pilot", "shadow", "limited")


def many(house: House, count: int, *, items: int = 7) -> None:
    """Keep so many pilots over three stages, each with answers to the first of the items that its gate asks for."""
    metric = Metric(name="Deflection", unit="%", baseline=Decimal(22), bar=Decimal(60))
    pilots, answers, moves = [], [], []
    for number in range(count):
        since = house.now - timedelta(days=number % 200, hours=number % 24)
        pilot = Pilot(
            id=f"p{number:06}", workspace_id=WORKSPACE, name=f"Pilot {number:06}", problem="Sorts what comes in.",
            stage=STAGES[number % 3], champion_id=MAYA, owner_id=JONAS, channel_id=PILOTS, metric=metric,
            registered_by=MAYA, registered_at=since - timedelta(days=30), stage_since=since, last_change_at=since,
        )  # fmt: skip
        pilots.append(
            pilot.model_dump()
            | {"metric": metric.model_dump(mode="json"), "hold": None, "name_key": name_key(pilot.name)}
        )
        moves += _moves(pilot)
        gate = house.library.playbook.gate_from(pilot.stage)
        asked = house.library.playbook.items_of(gate)[: (number % (items + 1))] if gate else ()
        answers += [_answer(pilot, item.id) for item in asked]

    def keep(tx: Tx) -> None:
        tx.execute(insert(PILOT), pilots)
        tx.execute(insert(STAGE_MOVE), moves)
        if answers:
            tx.execute(insert(CURRENT_ANSWER), answers)
            tx.execute(insert(ANSWER), [one | {"edited": False} for one in answers])

    house.store.write_sync(keep, now=house.now)


def _answer(pilot: Pilot, item_id: str) -> dict[str, object]:
    return {
        "workspace_id": WORKSPACE, "pilot_id": pilot.id, "item_id": item_id, "revision": 1, "status": "in_place",
        "detail": "It is there, and we tried it on Monday.", "evidence": ("https://wiki.example/it",), "concern": None,
        "value": None, "plan": None, "answered_by": MAYA, "answered_at": pilot.stage_since, "interview_id": None,
        "message_ts": None, "message_channel_id": None,
    }  # fmt: skip


def _moves(pilot: Pilot) -> list[dict[str, object]]:
    way = STAGES[: STAGES.index(pilot.stage) + 1]
    return [
        {
            "id": f"{pilot.id}:{number}", "workspace_id": WORKSPACE, "pilot_id": pilot.id, "number": number + 1,
            "kind": "promoted" if number else "registered", "from_stage": way[number - 1] if number else None,
            "to_stage": stage, "by": MAYA, "at": pilot.stage_since - timedelta(days=10 * (len(way) - 1 - number)),
            "reason": "", "learned": "", "review_id": None,
        }
        for number, stage in enumerate(way)
    ]  # fmt: skip
