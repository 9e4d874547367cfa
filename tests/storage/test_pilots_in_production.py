"""What a pilot is once it matters: owned, held, looked at when time alone may have changed how it stands."""

from datetime import date
from typing import Any

import pytest

from bot.domain.pilots import RETIRED, Hold, Pilot
from storage.store import Store
from tests.storage.things import NOW, TEAM, a_pilot, after

HOLD = Hold(since=NOW, until=date(2026, 5, 1), reason="The ledger moves 漢.", by="U1")
FACTS: dict[str, Any] = {
    "tier": "high",
    "owner_accepted_at": after(hours=1),
    "hold": HOLD,
    "flags": 2,
    "next_look_at": after(days=3),
}


def register(store: Store, *pilots: Pilot) -> None:
    for pilot in pilots:
        store.write_sync(lambda tx, one: tx.pilots.register(one), pilot)


def get(store: Store, pilot: Pilot) -> Pilot:
    found = store.read_sync(lambda tx: tx.pilots.get(TEAM, pilot.id))
    assert found
    return found


def test_everything_about_a_pilot_comes_back_registered_or_recorded(store: Store) -> None:
    one, two = a_pilot("one", **FACTS), a_pilot("two")
    register(store, one, two)
    assert get(store, one) == one
    changed = two.model_copy(update=FACTS)
    store.write_sync(lambda tx: tx.pilots.record(changed))
    assert get(store, two) == changed


def test_each_fact_is_set_alone(store: Store) -> None:
    pilot = a_pilot()
    register(store, pilot)
    store.write_sync(lambda tx: tx.pilots.set_owner(pilot.id, "U-NEW", after(days=1)))
    store.write_sync(lambda tx: tx.pilots.set_hold(pilot.id, HOLD))
    store.write_sync(lambda tx: tx.pilots.set_tier(pilot.id, "high"))
    store.write_sync(lambda tx: tx.pilots.set_flags(pilot.id, 3))
    store.write_sync(lambda tx: tx.pilots.set_next_look(pilot.id, after(days=2)))
    assert get(store, pilot) == pilot.model_copy(
        update={
            "owner_id": "U-NEW",
            "owner_accepted_at": after(days=1),
            "hold": HOLD,
            "tier": "high",
            "flags": 3,
            "next_look_at": after(days=2),
        }
    )
    store.write_sync(lambda tx: tx.pilots.set_owner(pilot.id, "U-NEXT", None))
    store.write_sync(lambda tx: tx.pilots.set_hold(pilot.id, None))
    store.write_sync(lambda tx: tx.pilots.set_next_look(pilot.id, None))
    now = get(store, pilot)
    assert (now.owner_id, now.owner_accepted_at, now.hold, now.next_look_at) == ("U-NEXT", None, None, None)


def test_a_change_keeps_the_flags_and_the_next_look(store: Store) -> None:
    pilot = a_pilot()
    register(store, pilot)
    changed = pilot.model_copy(update={"flags": 1, "next_look_at": after(days=1), "tier": "not kept here"})
    store.write_sync(lambda tx: tx.pilots.note_change(changed))
    now = get(store, pilot)
    assert (now.flags, now.next_look_at, now.tier) == (1, after(days=1), "")


@pytest.mark.parametrize("how", ["moved", "recorded"])
def test_a_retired_pilot_is_neither_held_nor_looked_at(store: Store, how: str) -> None:
    pilot = a_pilot(**FACTS)
    register(store, pilot)
    if how == "moved":
        assert store.write_sync(lambda tx: tx.pilots.move_if_at(pilot.id, pilot.stage, RETIRED, NOW))
    else:
        store.write_sync(lambda tx: tx.pilots.record(pilot.model_copy(update={"stage": RETIRED})))
    now = get(store, pilot)
    assert (now.hold, now.next_look_at, now.tier) == (None, None, "high")
    assert store.write_sync(lambda tx: tx.pilots.due_for_a_look(TEAM, after(days=99), 10)) == []


def test_pilots_are_looked_at_when_their_time_has_come_longest_due_first(store: Store) -> None:
    register(
        store,
        a_pilot("late", next_look_at=after(days=1)),
        a_pilot("first", id="P1", next_look_at=after(days=-2)),
        a_pilot("now", id="P2", next_look_at=NOW),
        a_pilot("never"),
        a_pilot("elsewhere", workspace_id="T2", next_look_at=NOW),
    )

    def due(limit: int = 10) -> list[str]:
        return store.write_sync(lambda tx: tx.pilots.due_for_a_look(TEAM, NOW, limit))

    assert due() == ["P1", "P2"]
    assert due(1) == ["P1"]


def test_a_pilot_that_somebody_changes_just_now_is_looked_at_later(postgres_url: str) -> None:
    busy, free = a_pilot("busy", next_look_at=NOW), a_pilot("free", next_look_at=NOW)
    with Store.open(postgres_url) as one, Store.open(postgres_url) as two:
        register(one, busy, free)

        def meanwhile(tx: Any) -> list[str]:
            tx.pilots.lock(TEAM, busy.id)
            return two.write_sync(lambda other: other.pilots.due_for_a_look(TEAM, NOW, 10))

        assert one.write_sync(meanwhile) == [free.id]


def test_the_names_of_retired_pilots_are_listed_once_the_last_one_that_ended_first(store: Store) -> None:
    register(store, a_pilot("active"), a_pilot("elsewhere", stage=RETIRED, workspace_id="T2"))
    for days, name in enumerate(("twice", "once", "twice")):
        register(store, a_pilot(name, stage=RETIRED, stage_since=after(days=days)))
    assert store.read_sync(lambda tx: tx.pilots.retired_names(TEAM)) == ["twice", "once"]


def test_the_active_pilots_of_an_owner_and_of_a_champion_are_found_by_name(store: Store) -> None:
    register(
        store,
        a_pilot("b", owner_id="U1", champion_id="U2"),
        a_pilot("A", owner_id="U1", champion_id="U1"),
        a_pilot("gone", owner_id="U1", champion_id="U1", stage=RETIRED),
        a_pilot("elsewhere", owner_id="U1", champion_id="U1", workspace_id="T2"),
    )

    def owned(owner_id: str) -> list[str]:
        return [one.name for one in store.read_sync(lambda tx: tx.pilots.owned_by(TEAM, owner_id))]

    def championed(user_id: str) -> list[str]:
        return [one.name for one in store.read_sync(lambda tx: tx.pilots.championed_by(TEAM, user_id))]

    assert (owned("U1"), owned("U2")) == (["A", "b"], [])
    assert (championed("U1"), championed("U2")) == (["A"], ["b"])
