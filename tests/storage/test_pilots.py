"""Pilots: unique by name while active, moved only from where the mover saw them, found when their time has come."""

import threading
from datetime import datetime

import pytest

from bot.domain.pilots import RETIRED, Pilot
from storage.pilots import NameTaken, name_key
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import NOW, TEAM, a_pilot, after


def keep(tx: Tx, pilot: Pilot) -> None:
    tx.pilots.register(pilot)


def register(store: Store, *pilots: Pilot) -> None:
    for pilot in pilots:
        store.write_sync(keep, pilot)


def get(store: Store, pilot: Pilot) -> Pilot:
    found = store.read_sync(lambda tx: tx.pilots.get(pilot.workspace_id, pilot.id))
    assert found is not None
    return found


def move(store: Store, pilot: Pilot, from_stage: str, to_stage: str, now: datetime = NOW) -> bool:
    return store.write_sync(lambda tx: tx.pilots.move_if_at(pilot.id, from_stage, to_stage, now))


def test_a_pilot_comes_back_as_it_was_with_its_exact_figures(store: Store) -> None:
    pilot = a_pilot(next_nudge_at=after(days=3), required=7, in_place=5)
    register(store, pilot)
    assert get(store, pilot) == pilot
    assert str(get(store, pilot).metric.baseline) == "31.50"


def test_a_pilot_of_another_workspace_is_not_found(store: Store) -> None:
    pilot = a_pilot()
    register(store, pilot)
    assert store.read_sync(lambda tx: tx.pilots.get("T2", pilot.id)) is None
    assert store.read_sync(lambda tx: tx.pilots.named("T2", pilot.name)) is None
    assert store.write_sync(lambda tx: tx.pilots.lock("T2", pilot.id)) is None


@pytest.mark.parametrize(
    "same", ["Refund triage", "REFUND TRIAGE", "  refund\n triage ", "Ｒefund triage", "refund TRIAGE"]
)
def test_two_active_pilots_cannot_share_a_name_however_it_is_written(store: Store, same: str) -> None:
    register(store, a_pilot("Refund triage"))
    with pytest.raises(NameTaken) as refused:
        register(store, a_pilot(same))
    assert same in refused.value.sentence
    assert store.read_sync(lambda tx: tx.pilots.named(TEAM, same)) is not None


def test_a_refused_name_leaves_the_transaction_usable(store: Store) -> None:
    register(store, a_pilot("Taken"))
    other = a_pilot("Free")

    def tries(tx: Tx) -> None:
        with pytest.raises(NameTaken):
            tx.pilots.register(a_pilot("Taken"))
        tx.pilots.register(other)

    store.write_sync(tries)
    assert get(store, other) == other


def test_the_same_name_is_free_in_another_workspace(store: Store) -> None:
    register(store, a_pilot(), a_pilot(workspace_id="T2"))


def test_a_retired_pilot_keeps_its_row_and_frees_its_name(store: Store) -> None:
    pilot = a_pilot(next_nudge_at=NOW)
    register(store, pilot)
    assert move(store, pilot, "pilot", RETIRED)
    assert get(store, pilot).retired
    assert get(store, pilot).next_nudge_at is None
    assert store.read_sync(lambda tx: tx.pilots.all_active(TEAM)) == []
    register(store, a_pilot())


def test_a_revived_pilot_takes_its_name_back_if_it_is_free(store: Store) -> None:
    pilot, other = a_pilot(), a_pilot()
    register(store, pilot)
    move(store, pilot, "pilot", RETIRED)
    register(store, other)
    with pytest.raises(NameTaken):
        move(store, pilot, RETIRED, "pilot")
    move(store, other, "pilot", RETIRED)
    assert move(store, pilot, RETIRED, "pilot")
    assert store.read_sync(lambda tx: tx.pilots.named(TEAM, pilot.name)) == get(store, pilot)
    assert not move(store, pilot, RETIRED, "pilot")
    assert not move(store, a_pilot(), RETIRED, "pilot")


def test_a_pilot_moves_only_from_where_the_mover_saw_it(store: Store) -> None:
    pilot = a_pilot()
    register(store, pilot)
    assert move(store, pilot, "pilot", "shadow", after(hours=1))
    assert not move(store, pilot, "pilot", "shadow", after(hours=2))
    moved = get(store, pilot)
    assert (moved.stage, moved.stage_since, moved.last_change_at) == (
        "shadow",
        after(hours=1),
        after(hours=1),
    )


def test_what_may_change_is_recorded_and_the_rest_stays(store: Store) -> None:
    pilot = a_pilot()
    register(store, pilot)
    changed = pilot.model_copy(
        update={"name": "Returns", "owner_id": "U-NEW", "last_change_at": after(days=1)}
    )
    store.write_sync(lambda tx: tx.pilots.record(changed))
    assert get(store, pilot) == changed
    forged = changed.model_copy(update={"registered_by": "U-OTHER"})
    store.write_sync(lambda tx: tx.pilots.record(forged))
    assert get(store, pilot).registered_by == pilot.registered_by
    assert store.read_sync(lambda tx: tx.pilots.named(TEAM, "Refund triage")) is None
    register(store, a_pilot("Refund triage"))


def test_renaming_to_a_taken_name_is_refused(store: Store) -> None:
    pilot = a_pilot("One")
    register(store, pilot, a_pilot("Two"))
    with pytest.raises(NameTaken):
        store.write_sync(lambda tx: tx.pilots.record(pilot.model_copy(update={"name": "TWO"})))
    store.write_sync(lambda tx: tx.pilots.record(pilot.model_copy(update={"name": "ONE"})))
    assert get(store, pilot).name == "ONE"


def test_recording_a_retired_pilot_frees_its_name(store: Store) -> None:
    pilot = a_pilot(next_nudge_at=NOW)
    register(store, pilot)
    store.write_sync(lambda tx: tx.pilots.record(pilot.model_copy(update={"stage": RETIRED})))
    assert get(store, pilot).next_nudge_at is None
    register(store, a_pilot())


def test_pilots_are_listed_by_name_and_by_channel(store: Store) -> None:
    register(
        store, a_pilot("b"), a_pilot("A", channel_id="C-OTHER"), a_pilot("c"), a_pilot("d", workspace_id="T2")
    )
    assert [pilot.name for pilot in store.read_sync(lambda tx: tx.pilots.all_active(TEAM))] == ["A", "b", "c"]
    assert [pilot.name for pilot in store.read_sync(lambda tx: tx.pilots.in_channel(TEAM, "C-PILOTS"))] == [
        "b",
        "c",
    ]


def test_what_every_change_maintains_is_kept(store: Store) -> None:
    pilot = a_pilot()
    register(store, pilot)
    news = {"last_change_at": after(hours=1), "next_nudge_at": after(days=14), "required": 7, "in_place": 5}
    changed = pilot.model_copy(update=news)
    store.write_sync(lambda tx: tx.pilots.note_change(changed))
    now = get(store, pilot)
    assert (now.required, now.in_place, now.last_change_at, now.next_nudge_at) == (
        7,
        5,
        after(hours=1),
        after(days=14),
    )
    store.write_sync(lambda tx: tx.pilots.set_next_nudge(pilot.id, None))
    assert get(store, pilot).next_nudge_at is None


def test_due_are_those_whose_time_has_come_longest_waiting_first(store: Store) -> None:
    register(
        store,
        a_pilot("late", next_nudge_at=after(days=1)),
        a_pilot("first", id="P1", next_nudge_at=after(days=-2)),
        a_pilot("now", id="P2", next_nudge_at=NOW),
        a_pilot("never"),
        a_pilot("elsewhere", workspace_id="T2", next_nudge_at=NOW),
    )
    due = store.write_sync(lambda tx: tx.pilots.due_for_nudge(TEAM, NOW, 10))
    assert due == ["P1", "P2"]
    due = store.write_sync(lambda tx: tx.pilots.due_for_nudge(TEAM, NOW, 1))
    assert due == ["P1"]


def test_another_playbook_lets_every_active_pilot_be_looked_at(store: Store) -> None:
    register(
        store,
        a_pilot("never", id="P1", last_change_at=after(days=-1)),
        a_pilot("late", id="P2", next_nudge_at=after(days=9)),
        a_pilot("elsewhere", workspace_id="T2"),
        a_pilot("ended", stage=RETIRED),
    )
    store.write_sync(lambda tx: tx.pilots.let_all_be_looked_at())
    assert store.write_sync(lambda tx: tx.pilots.due_for_nudge(TEAM, NOW, 10)) == ["P1", "P2"]
    assert len(store.write_sync(lambda tx: tx.pilots.due_for_nudge("T2", NOW, 10))) == 1


def test_who_is_about_to_hear_is_not_retired_meanwhile(database_url: str) -> None:
    pilot = a_pilot(next_nudge_at=NOW)
    seen, begun = threading.Event(), threading.Event()

    def sweep(tx: Tx) -> None:
        found = tx.pilots.due_for_nudge(TEAM, after(days=1), 10)
        seen.set()
        begun.wait(20)
        retiring.join(0.3)  # it has to wait until this is over
        for one in found:
            tx.pilots.set_next_nudge(one, after(days=2))

    def retire(tx: Tx) -> bool:
        return tx.pilots.move_if_at(pilot.id, pilot.stage, RETIRED, NOW)

    with Store.open(database_url) as one, Store.open(database_url) as two:
        one.write_sync(keep, pilot)
        sweeping = threading.Thread(target=one.write_sync, args=(sweep,))
        retiring = threading.Thread(target=two.write_sync, args=(retire,))
        sweeping.start()
        seen.wait(20)
        retiring.start()
        begun.set()
        sweeping.join()
        retiring.join()
        assert get(one, pilot).retired
        assert get(one, pilot).next_nudge_at is None


def test_some_pilots_are_found_by_their_ids_within_their_workspace(store: Store) -> None:
    here, there = a_pilot("here"), a_pilot("there", workspace_id="T2")
    register(store, here, there)
    assert store.read_sync(lambda tx: tx.pilots.some(TEAM, [here.id, there.id, "unknown"])) == {here.id: here}


def test_a_retired_pilot_is_found_by_its_name_however_it_is_written(store: Store) -> None:
    pilot = a_pilot("Ärger-Post  für alle")
    register(store, pilot)
    assert store.write_sync(lambda tx: tx.pilots.move_if_at(pilot.id, pilot.stage, RETIRED, NOW))
    for name in ("Ärger-Post  für alle", "ärger-post für ALLE"):
        found = store.read_sync(lambda tx, name=name: tx.pilots.retired_named(TEAM, name))  # type: ignore[misc]  # bound now
        assert found is not None
        assert found.id == pilot.id
    assert store.read_sync(lambda tx: tx.pilots.retired_named("T2", "Ärger-Post für alle")) is None


def test_a_name_is_compared_without_case_width_and_spacing() -> None:
    assert name_key("  Straße\t Ｘ ") == name_key("STRASSE x")
    assert name_key("a b") != name_key("ab")
