"""What has been open longest is judged over all pilots: the database says what judging each of them would."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.desk import Desk
from bot.domain.answers import SETTLED, Answer, Status
from bot.domain.pilots import Hold, Pilot
from bot.domain.playbook import Item
from bot.domain.readiness import asked_by, stands
from bot.domain.waivers import Waiver, WaiverState
from bot.exports.trends import FIRST_LOOKED_AT, LISTED, OPEN, PILOTS_NAMED, trends
from storage.tables import ANSWER, CURRENT_ANSWER, PILOT
from storage.transaction import Tx

from .conftest import JONAS, MAYA, WORKSPACE, House
from .overviewed import pilot_number, row_of

STAGES = ("pilot", "shadow", "limited", "expansion", "production")
LONG_AGO = 400


def lived(house: House, count: int, seed: int, *, lately: bool) -> dict[str, dict[str, list[Answer]]]:
    """Put pilots in with a history each; `lately`: what is open in those that are in their stage long is open since yesterday."""
    chance = random.Random(seed)
    histories: dict[str, dict[str, list[Answer]]] = {}
    made = []
    for number in range(count):
        days = chance.randrange(200, LONG_AGO) if lately and number % 50 else chance.randrange(1, LONG_AGO)
        hold = (
            Hold(since=house.now, until=date(2027, 1, 1), reason="Budget", by=MAYA)
            if number % 23 == 0
            else None
        )
        one = pilot_number(
            house,
            number,
            stage=STAGES[number % 5],
            stage_since=house.now - timedelta(days=days, seconds=number),
            hold=hold,
        )
        made.append(one)
        gate = house.library.playbook.gate_from(one.stage)
        items = house.library.playbook.items_of(gate) if gate else ()
        histories[one.id] = {
            item.id: history(house, chance, one, item, lately=lately and number % 50 != 0) for item in items
        }
    answers = [answer for by_item in histories.values() for some in by_item.values() for answer in some]
    latest = [some[-1] for by_item in histories.values() for some in by_item.values() if some]

    def put(tx: Tx) -> None:
        tx.execute(insert(PILOT), [row_of(one) | {"hold": _hold(one)} for one in made])
        tx.execute(insert(ANSWER), [_row(one) | {"edited": False} for one in answers])
        tx.execute(insert(CURRENT_ANSWER), [_row(one) for one in latest])
        for one in made[::9]:
            waive(tx, house, chance, one)

    house.store.write_sync(put, now=house.now)
    return histories


def history(house: House, chance: random.Random, pilot: Pilot, item: Item, *, lately: bool) -> list[Answer]:
    if lately:
        ago = timedelta(
            days=item.freshness_days, hours=chance.randrange(1, 24), seconds=chance.randrange(3600)
        )
        return [_answer(pilot, item, 1, Status.IN_PLACE, house.now - ago)]
    times = sorted((chance.uniform(0, LONG_AGO) for _ in range(chance.randrange(4))), reverse=True)
    statuses = [chance.choice([*Status]) for _ in times]
    return [
        _answer(pilot, item, number + 1, status, house.now - timedelta(days=ago))
        for number, (ago, status) in enumerate(zip(times, statuses, strict=True))
    ]


def waive(tx: Tx, house: House, chance: random.Random, pilot: Pilot) -> None:
    gate = house.library.playbook.gate_from(pilot.stage)
    if gate:
        item = chance.choice(house.library.playbook.items_of(gate))
        until = house.now.date() + timedelta(days=chance.randrange(3))
        waiver = Waiver(
            id=f"w{pilot.id}", request_id=pilot.id, workspace_id=WORKSPACE, pilot_id=pilot.id, item_id=item.id, gate_id=gate.id,
            reason="Until the team is back", until=until, asked_by=MAYA, asked_at=house.now,
        )  # fmt: skip
        tx.waivers.ask(waiver)
        if chance.random() < 0.7:
            tx.waivers.decide_if_asked(waiver.id, WaiverState.GRANTED, JONAS, house.now)


def judged(
    desk: Desk, histories: dict[str, dict[str, list[Answer]]]
) -> list[tuple[str, list[tuple[str, datetime]]]]:
    """Judge every pilot by the rules, one by one."""
    by_item: dict[str, list[tuple[datetime, str]]] = {}
    waived = desk.tx.waivers.of_pilots(list(histories), desk.at.now.date())
    for pilot in desk.tx.pilots.all_active(WORKSPACE):
        gate = desk.playbook.gate_from(pilot.stage)
        if gate is None or pilot.hold:
            continue
        given = {item_id: some[-1] for item_id, some in histories[pilot.id].items() if some}
        for item in asked_by(gate, desk.playbook.items_of(gate), given, pilot.stage_since, desk.at.now):
            if (
                item.id not in waived.get(pilot.id, {})
                and stands(item, given.get(item.id), desk.at.now) in OPEN
            ):
                since = max(pilot.stage_since, ended(histories[pilot.id][item.id], item) or pilot.stage_since)
                by_item.setdefault(item.id, []).append((since, pilot.id))
    found = [
        (item_id, [(one, since) for since, one in sorted(some)[:PILOTS_NAMED]])
        for item_id, some in by_item.items()
    ]
    return sorted(found, key=lambda one: (one[1][0][1], one[0]))[:LISTED]


def ended(some: Sequence[Answer], item: Item) -> datetime | None:
    """Return when the last good answer ceased to hold; None where there was none."""
    good = [number for number, one in enumerate(some) if one.status in SETTLED]
    if not good:
        return None
    if good[-1] == len(some) - 1:
        return some[-1].answered_at + timedelta(days=item.freshness_days)
    return some[good[-1] + 1].answered_at


@pytest.mark.parametrize(
    ("count", "seed", "lately"),
    [(40, 1, False), (40, 2, True), (FIRST_LOOKED_AT + 100, 3, False), (FIRST_LOOKED_AT + 100, 4, True)],
)
def test_what_is_open_longest_is_what_judging_every_pilot_says(
    house: House, count: int, seed: int, lately: bool
) -> None:
    histories = lived(house, count, seed, lately=lately)
    shown = house.do(trends, MAYA).longest_open
    found = [(one.item.id, [(place.pilot.id, place.since) for place in one.pilots]) for one in shown]
    assert found == house.do(judged, MAYA, histories)
    assert len(found) > 3


def _answer(pilot: Pilot, item: Item, revision: int, status: Status, at: datetime) -> Answer:
    return Answer(
        pilot_id=pilot.id, item_id=item.id, revision=revision, status=status, detail="As it is", answered_by=MAYA, answered_at=at,
    )  # fmt: skip


def _row(answer: Answer) -> dict[str, Any]:
    kept = dict.fromkeys(("concern", "value", "plan", "interview_id", "message_ts", "message_channel_id"))
    return kept | answer.model_dump() | {"workspace_id": WORKSPACE, "status": answer.status.value}


def _hold(pilot: Pilot) -> dict[str, Any] | None:
    return pilot.hold.model_dump(mode="json") if pilot.hold else None
