"""Waivers in both databases: one runs per pilot and item, whoever is first, and each step is taken once."""

import threading
from datetime import date, datetime
from typing import Any

import pytest

from bot.domain.pilots import RETIRED, Pilot
from bot.domain.waivers import Waiver, WaiverState
from storage.ids import new_id
from storage.store import Store
from tests.storage.things import NOW, TEAM, a_pilot, after

UNTIL = date(2026, 4, 1)
BEFORE, THE_DAY = date(2026, 3, 31), UNTIL


def a_waiver(pilot: Pilot, item_id: str = "rollback", **differently: Any) -> Waiver:
    facts: dict[str, Any] = {
        "id": new_id(),
        "request_id": "R1",
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "item_id": item_id,
        "gate_id": "readiness",
        "reason": "Few cases until April.",
        "until": UNTIL,
        "asked_by": "U-ASKER",
        "asked_at": NOW,
    }
    return Waiver(**(facts | differently))


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


def ask(store: Store, one: Waiver) -> bool:
    return store.write_sync(lambda tx: tx.waivers.ask(one))


def grant(store: Store, one: Waiver, at: datetime = NOW) -> bool:
    return store.write_sync(lambda tx: tx.waivers.decide_if_asked(one.id, WaiverState.GRANTED, "U-RISK", at))


def get(store: Store, one: Waiver) -> Waiver:
    found = store.read_sync(lambda tx: tx.waivers.get(TEAM, one.id))
    assert found
    return found


def test_a_waiver_comes_back_as_it_was(store: Store, pilot: Pilot) -> None:
    one = a_waiver(pilot, reason="Few \x00cases")
    assert ask(store, one)
    kept = one.model_copy(update={"reason": "Few \ufffdcases"})
    assert get(store, one) == kept
    assert store.read_sync(lambda tx: tx.waivers.get("T2", one.id)) is None
    assert store.read_sync(lambda tx: tx.waivers.of_request(TEAM, "R1")) == [kept]
    assert store.read_sync(lambda tx: tx.waivers.of_request("T2", "R1")) == []
    assert store.read_sync(lambda tx: tx.waivers.running_of_pilot(pilot.id)) == [kept]


def test_one_runs_per_pilot_and_item_until_it_is_over(store: Store, pilot: Pilot) -> None:
    one = a_waiver(pilot)
    assert ask(store, one)
    assert not ask(store, a_waiver(pilot))
    assert ask(store, a_waiver(pilot, "monitoring"))
    assert grant(store, one)
    assert not ask(store, a_waiver(pilot))
    assert store.write_sync(lambda tx: tx.waivers.revoke_if_granted(one.id, "U1", after(days=1), "Volume"))
    assert ask(store, a_waiver(pilot, asked_at=after(days=2)))
    history = store.read_sync(lambda tx: tx.waivers.all_of_pilot(pilot.id))
    assert [entry.item_id for entry in history].count("rollback") == 2
    assert history[-1].asked_at == after(days=2)


def test_a_waiver_is_decided_once(store: Store, pilot: Pilot) -> None:
    one = a_waiver(pilot)
    ask(store, one)
    assert grant(store, one, after(hours=1))
    assert not grant(store, one)
    refused = store.write_sync(
        lambda tx: tx.waivers.decide_if_asked(one.id, WaiverState.REFUSED, "U2", NOW, "No")
    )
    assert not refused
    kept = get(store, one)
    assert (kept.state, kept.decided_by, kept.decided_at) == (
        WaiverState.GRANTED,
        "U-RISK",
        after(hours=1),
    )


def test_only_what_was_granted_is_revoked_and_only_once(store: Store, pilot: Pilot) -> None:
    one = a_waiver(pilot)
    ask(store, one)

    def revoke() -> bool:
        return store.write_sync(lambda tx: tx.waivers.revoke_if_granted(one.id, "U1", NOW, "Volume doubled"))

    assert not revoke()
    grant(store, one)
    assert revoke()
    assert not revoke()
    kept = get(store, one)
    assert (kept.state, kept.ended_by, kept.ended_at, kept.ending) == (
        WaiverState.REVOKED,
        "U1",
        NOW,
        "Volume doubled",
    )
    assert not store.write_sync(lambda tx: tx.waivers.lapse_if_running(one.id, NOW))


def test_what_holds_today_is_granted_and_not_over(store: Store, pilot: Pilot) -> None:
    one, other = a_waiver(pilot), a_waiver(pilot, "monitoring")
    ask(store, one)
    ask(store, other)
    grant(store, one)
    assert store.read_sync(lambda tx: tx.waivers.of_pilot(pilot.id, BEFORE)) == {"rollback": get(store, one)}
    assert store.read_sync(lambda tx: tx.waivers.of_pilot(pilot.id, THE_DAY)) == {}
    assert store.read_sync(lambda tx: tx.waivers.of_pilot("P2", BEFORE)) == {}
    of_all = store.read_sync(lambda tx: tx.waivers.of_pilots([pilot.id, "P2"], BEFORE))
    assert of_all == {pilot.id: {"rollback": get(store, one)}}
    assert store.read_sync(lambda tx: tx.waivers.of_pilots([pilot.id], THE_DAY)) == {}


def test_what_is_over_is_found_on_its_day_or_when_its_pilot_has_ended(store: Store, pilot: Pilot) -> None:
    one, other = a_waiver(pilot), a_waiver(pilot, "monitoring", until=date(2026, 6, 1))
    for some in (one, other):
        ask(store, some)
    grant(store, one)

    def due(today: date, workspace_id: str = TEAM, limit: int = 10) -> list[str]:
        found = store.read_sync(lambda tx: tx.waivers.due_to_lapse(workspace_id, today, limit))
        return [entry.id for entry in found]

    assert due(BEFORE) == []
    assert due(THE_DAY) == [one.id]
    assert due(THE_DAY, "T2") == []
    store.write_sync(lambda tx: tx.pilots.move_if_at(pilot.id, pilot.stage, RETIRED, NOW))
    assert due(BEFORE) == [one.id, other.id]
    assert due(BEFORE, limit=1) == [one.id]
    assert store.write_sync(lambda tx: tx.waivers.lapse_if_running(one.id, after(days=30)))
    assert not store.write_sync(lambda tx: tx.waivers.lapse_if_running(one.id, after(days=31)))
    assert get(store, one).ended_at == after(days=30)
    assert due(THE_DAY) == [other.id]


def test_two_who_ask_and_two_who_decide_at_once_meet_one_row(database_url: str) -> None:
    pilot = a_pilot()
    start = threading.Barrier(8, timeout=20)
    asked: list[Waiver] = []
    decided: list[int] = []

    def asking(store: Store, number: int) -> None:
        one = a_waiver(pilot, request_id=f"R{number}")
        start.wait()
        if ask(store, one):
            asked.append(one)

    def deciding(store: Store, number: int) -> None:
        state = WaiverState.GRANTED if number % 3 else WaiverState.REFUSED
        start.wait()
        if store.write_sync(lambda tx: tx.waivers.decide_if_asked(asked[0].id, state, f"U{number}", NOW)):
            decided.append(number)

    with Store.open(database_url) as one, Store.open(database_url) as two:
        one.write_sync(lambda tx: tx.pilots.register(pilot))
        for work in (asking, deciding):
            threads = [
                threading.Thread(target=work, args=((one, two)[number % 2], number)) for number in range(8)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        (kept,) = one.read_sync(lambda tx: tx.waivers.all_of_pilot(pilot.id))
    assert [kept.id] == [entry.id for entry in asked]
    assert [kept.decided_by] == [f"U{number}" for number in decided]
