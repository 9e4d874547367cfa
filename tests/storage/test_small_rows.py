"""Pauses, heartbeats, leases, deliveries, workspaces and people: small rows that others rely on."""

import pytest

from bot.domain.people import Person
from storage.store import Store
from storage.transaction import Tx
from storage.workspaces import Workspace
from tests.storage.things import NOW, TEAM, after


def test_a_pause_is_kept_per_method_and_only_lengthened(store: Store) -> None:
    def pause(tx: Tx, method: str, seconds: int) -> None:
        tx.pauses.pause(TEAM, method, after(seconds=seconds))

    for seconds in (30, 10, 40):
        store.write_sync(pause, "chat.postMessage", seconds)
    assert store.read_sync(lambda tx: tx.pauses.paused_until(TEAM, "chat.postMessage")) == after(seconds=40)
    assert store.read_sync(lambda tx: tx.pauses.paused_until(TEAM, "chat.update")) is None
    assert store.read_sync(lambda tx: tx.pauses.paused_until("T2", "chat.postMessage")) is None


def test_a_process_is_dead_when_it_was_silent_too_long(store: Store) -> None:
    store.write_sync(lambda tx: tx.heartbeats.beat("old", NOW))
    store.write_sync(lambda tx: tx.heartbeats.beat("alive", NOW))
    store.write_sync(lambda tx: tx.heartbeats.beat("alive", after(seconds=60)))
    assert store.read_sync(lambda tx: tx.heartbeats.dead(after(seconds=30))) == ["old"]
    assert store.write_sync(lambda tx: tx.heartbeats.still_dead("old", after(seconds=30)))
    assert not store.write_sync(lambda tx: tx.heartbeats.still_dead("alive", after(seconds=30)))
    store.write_sync(lambda tx: tx.heartbeats.forget("old"))
    assert store.read_sync(lambda tx: tx.heartbeats.dead(after(days=1))) == ["alive"]
    assert not store.write_sync(lambda tx: tx.heartbeats.still_dead("old", after(days=1)))
    assert store.read_sync(lambda tx: tx.heartbeats.beat_at("alive")) == after(seconds=60)
    assert store.read_sync(lambda tx: tx.heartbeats.beat_at("old")) is None


def test_a_lease_has_one_holder_until_it_ends(store: Store) -> None:
    def lease(tx: Tx, holder: str, at: int) -> bool:
        return tx.heartbeats.lease("adoption", holder, after(seconds=at), after(seconds=at + 30))

    assert store.write_sync(lease, "one", 0)
    assert not store.write_sync(lease, "two", 29)
    assert store.write_sync(lease, "one", 29)
    assert not store.write_sync(lease, "two", 58)
    assert store.write_sync(lease, "two", 59)
    store.write_sync(lambda tx: tx.heartbeats.end_lease("adoption", "one", after(seconds=60)))
    assert not store.write_sync(lease, "one", 60)
    store.write_sync(lambda tx: tx.heartbeats.end_lease("adoption", "two", after(seconds=60)))
    assert store.write_sync(lease, "one", 60)


def test_old_deliveries_are_forgotten_and_new_ones_kept(store: Store) -> None:
    store.write_sync(lambda _: None, delivery=(TEAM, "old"), now=NOW)
    store.write_sync(lambda _: None, delivery=(TEAM, "new"), now=after(days=1))
    assert store.write_sync(lambda tx: tx.deliveries.forget_before(after(hours=1))) == 1
    assert store.write_sync(lambda tx: tx.deliveries.claim(TEAM, "old", NOW))
    assert not store.write_sync(lambda tx: tx.deliveries.claim(TEAM, "new", NOW))


def test_a_workspace_is_as_it_was_last_seen(store: Store) -> None:
    store.write_sync(lambda tx: tx.workspaces.remember(TEAM, "Northwind", "https://old.example/", "U0"))
    store.write_sync(lambda tx: tx.workspaces.remember(TEAM, "Northwind", "https://new.example/", "U0"))
    expected = Workspace(workspace_id=TEAM, name="Northwind", url="https://new.example/", bot_user_id="U0")
    assert store.read_sync(lambda tx: tx.workspaces.get(TEAM)) == expected
    assert store.read_sync(lambda tx: tx.workspaces.all()) == [expected]
    assert store.read_sync(lambda tx: tx.workspaces.get("T2")) is None


def test_a_person_is_as_last_seen(store: Store) -> None:
    person = Person(workspace_id=TEAM, user_id="U1", name="Maya", time_zone="Europe/Berlin", guest=True)
    gone = person.model_copy(update={"deactivated": True, "guest": False, "home_workspace_id": "T9"})
    store.write_sync(lambda tx: tx.people.remember(person))
    store.write_sync(lambda tx: tx.people.remember(gone))
    assert store.read_sync(lambda tx: tx.people.get(TEAM, "U1")) == gone
    assert store.read_sync(lambda tx: tx.people.of(TEAM)) == [gone]
    assert store.read_sync(lambda tx: tx.people.get("T2", "U1")) is None


def test_a_locale_once_known_stays_when_slack_does_not_tell_it(store: Store) -> None:
    person = Person(workspace_id=TEAM, user_id="U1", name="Maya", locale="de-DE")
    store.write_sync(lambda tx: tx.people.remember(person))
    store.write_sync(lambda tx: tx.people.remember(person.model_copy(update={"locale": "", "name": "May"})))
    assert store.read_sync(lambda tx: tx.people.get(TEAM, "U1")) == person.model_copy(update={"name": "May"})
    store.write_sync(lambda tx: tx.people.remember(person.model_copy(update={"locale": "en-GB"})))
    seen = store.read_sync(lambda tx: tx.people.get(TEAM, "U1"))
    assert seen is not None
    assert seen.locale == "en-GB"


def test_the_pace_of_a_question_follows_its_latest_answers(store: Store) -> None:
    def note(seconds: float, times: int = 1) -> None:
        for _ in range(times):
            store.write_sync(lambda tx: tx.pace.note(TEAM, "integration", seconds))

    def pace() -> float:
        return store.read_sync(lambda tx: tx.pace.of(TEAM))["integration"]

    assert store.read_sync(lambda tx: tx.pace.of(TEAM)) == {}
    note(10)
    note(20)
    note(60)
    assert pace() == pytest.approx(30)
    note(30, times=40)
    note(130)
    assert pace() == pytest.approx(35)
    note(60, times=100)
    assert pace() == pytest.approx(60, abs=1)
    store.write_sync(lambda tx: tx.pace.note(TEAM, "fallback", -5))
    assert store.read_sync(lambda tx: tx.pace.of(TEAM))["fallback"] == 0
    assert store.read_sync(lambda tx: tx.pace.of("T2")) == {}
