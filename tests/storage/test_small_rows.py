"""Nudges, pauses, heartbeats, leases, deliveries, workspaces and people: small rows that others rely on."""

import pytest

from bot.domain.nudges import Nudge, Reply
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from storage.store import Store
from storage.transaction import Tx
from storage.workspaces import Workspace
from tests.storage.things import NOW, TEAM, a_pilot, after


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


def claim(tx: Tx, pilot: Pilot, kind: str = "quiet", slot: str = "2026-03-02", person_id: str = "U1") -> bool:
    return tx.nudges.claim_slot(pilot.workspace_id, pilot.id, kind, slot, person_id, NOW, after(days=-21))


def test_a_slot_is_claimed_once_for_all_time(store: Store, pilot: Pilot) -> None:
    assert store.write_sync(claim, pilot)
    assert not store.write_sync(claim, pilot)
    assert store.write_sync(claim, pilot, "quiet", "2026-03-02", "U2")
    assert not store.write_sync(claim, pilot, "quiet", "2026-03-02", "U2")
    assert store.write_sync(claim, pilot, "quiet", "2026-03-03")
    assert store.write_sync(claim, pilot, "overdue", "2026-03-02")
    assert len(store.read_sync(lambda tx: tx.nudges.of_pilot(pilot.id))) == 4


def test_what_a_person_was_told_in_a_slot_is_found(store: Store, pilot: Pilot) -> None:
    store.write_sync(claim, pilot)
    (nudge,) = store.read_sync(lambda tx: tx.nudges.of_person(TEAM, "U1", "2026-03-02"))
    assert (nudge.pilot_id, nudge.sent_at, nudge.quiet_since, nudge.reply) == (
        pilot.id,
        NOW,
        after(days=-21),
        None,
    )
    assert store.read_sync(lambda tx: tx.nudges.of_person(TEAM, "U1", "2026-03-03")) == []
    assert store.read_sync(lambda tx: tx.nudges.of_person("T2", "U1", "2026-03-02")) == []


def test_what_was_done_with_a_nudge_is_remembered_the_first_word_counting(store: Store, pilot: Pilot) -> None:
    store.write_sync(claim, pilot)

    def reply(tx: Tx, said: Reply, slot: str = "2026-03-02") -> object:
        return tx.nudges.reply(pilot.id, "quiet", slot, said, after(hours=1))

    store.write_sync(reply, Reply.SNOOZED)
    store.write_sync(reply, Reply.RETIRED)
    (nudge,) = store.read_sync(lambda tx: tx.nudges.of_pilot(pilot.id))
    assert (nudge.reply, nudge.replied_at) == (Reply.SNOOZED, after(hours=1))
    assert store.write_sync(reply, Reply.SNOOZED, "never") is None


def test_each_person_who_was_told_in_a_slot_replies_alone_or_one_for_all(store: Store, pilot: Pilot) -> None:
    for person_id in ("U2", "U1", "U3"):
        store.write_sync(claim, pilot, "quiet", "2026-03-02", person_id)

    def reply(tx: Tx, said: Reply, person_id: str | None = None) -> Nudge | None:
        return tx.nudges.reply(pilot.id, "quiet", "2026-03-02", said, after(hours=1), person_id)

    alone = store.write_sync(reply, Reply.UPDATED, "U2")
    assert alone
    assert (alone.person_id, alone.reply) == ("U2", Reply.UPDATED)
    assert store.write_sync(reply, Reply.UPDATED, "U9") is None
    for_all = store.write_sync(reply, Reply.SNOOZED)
    assert for_all
    assert (for_all.person_id, for_all.reply) == ("U1", Reply.SNOOZED)
    told = store.read_sync(lambda tx: tx.nudges.of_pilot(pilot.id))
    assert [(nudge.person_id, nudge.reply) for nudge in told] == [
        ("U1", Reply.SNOOZED),
        ("U2", Reply.UPDATED),
        ("U3", Reply.SNOOZED),
    ]


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
