"""What people said about hearing, what is in the way, who left a channel, and why pilots stall: small rows, each kept once."""

from datetime import date, datetime
from typing import Any

import pytest

from bot.domain.calendar import Away
from bot.domain.notices import Blocker, BlockerState, Preference, Snooze
from bot.domain.pilots import Pilot
from bot.domain.signals import Severity, Signal
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import NOW, TEAM, a_pilot, after
from tests.storage.told import a_blocker, a_mute, a_signal, a_snooze


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


def keep(store: Store, *things: Preference | Snooze | Blocker | Signal) -> list[bool]:
    """Keep things of any kind, one transaction each; return of which it was said that they were not there."""
    return [store.write_sync(_keep, thing) for thing in things]


def _keep(tx: Tx, thing: Preference | Snooze | Blocker | Signal) -> bool:
    match thing:
        case Preference():
            tx.preferences.save(thing)
        case Snooze():
            tx.snoozes.save(thing)
        case Blocker():
            tx.blockers.add(thing)
        case Signal():
            return tx.signals.raise_(thing)
    return True


def test_hours_come_back_as_they_were_said_and_the_last_word_counts(store: Store) -> None:
    away = (
        Away(first=date(2026, 3, 9), last=date(2026, 3, 13)),
        Away(first=date(2026, 12, 24), last=date(2027, 1, 1)),
    )
    said = Preference(workspace_id=TEAM, user_id="U1", from_hour=7, until_hour=15, days=(0, 2, 4), away=away)
    nothing = Preference(workspace_id=TEAM, user_id="U2")
    keep(store, said, nothing)
    assert store.read_sync(lambda tx: tx.preferences.get(TEAM, "U1")) == said
    assert store.read_sync(lambda tx: tx.preferences.some(TEAM, ["U1", "U2", "U3"])) == {
        "U1": said,
        "U2": nothing,
    }
    assert store.read_sync(lambda tx: tx.preferences.get("T2", "U1")) is None
    keep(store, nothing.model_copy(update={"user_id": "U1"}))
    changed = store.read_sync(lambda tx: tx.preferences.get(TEAM, "U1"))
    assert changed == nothing.model_copy(update={"user_id": "U1"})


def test_a_snooze_is_of_one_person_and_pilot_and_the_last_word_counts(store: Store, pilot: Pilot) -> None:
    other = a_pilot("Triage of letters")
    store.write_sync(lambda tx: tx.pilots.register(other))
    keep(store, a_snooze(pilot), a_snooze(other), a_snooze(pilot, "U2"), a_snooze(pilot, until=after(days=7)))

    def snoozed(days: float) -> list[str]:
        return [
            one.pilot_id
            for one in store.read_sync(lambda tx: tx.snoozes.of_person(TEAM, "U-OWNER", after(days=days)))
        ]

    assert snoozed(0) == [other.id, pilot.id]
    assert snoozed(1) == [pilot.id]  # over at the very instant


def test_a_person_mutes_a_pilot_once_until_it_is_ended_or_over(store: Store, pilot: Pilot) -> None:
    first = a_mute(pilot)

    def add(**differently: Any) -> bool:
        return store.write_sync(lambda tx: tx.mutes.add(a_mute(pilot, **differently)))

    assert store.write_sync(lambda tx: tx.mutes.add(first))
    assert not add()
    assert add(person_id="C-PILOTS", muted_by="U-OWNER", until=date(2026, 3, 8))
    assert store.read_sync(lambda tx: tx.mutes.get(TEAM, first.id)) == first
    assert store.read_sync(lambda tx: tx.mutes.get("T2", first.id)) is None
    assert [one.person_id for one in store.read_sync(lambda tx: tx.mutes.running_of_pilot(pilot.id))] == [
        "C-PILOTS",
        "U-OWNER",
    ]
    by_them = store.read_sync(lambda tx: tx.mutes.running_by(TEAM, first.muted_by))
    assert [one.person_id for one in by_them] == ["C-PILOTS", "U-OWNER"]
    assert store.read_sync(lambda tx: tx.mutes.running_by("T2", first.muted_by)) == []
    assert store.write_sync(lambda tx: tx.mutes.end(first.id, NOW))
    assert not store.write_sync(lambda tx: tx.mutes.end(first.id, NOW))
    assert store.read_sync(lambda tx: tx.mutes.running_of_person(TEAM, "U-OWNER")) == []
    assert add(until=date(2026, 3, 5))
    assert not add(since=after(days=2), until=date(2026, 4, 1))
    assert add(since=after(days=3), until=date(2026, 4, 1))
    (running,) = store.read_sync(lambda tx: tx.mutes.running_of_person(TEAM, "U-OWNER"))
    assert running.until == date(2026, 4, 1)


def test_a_blocker_is_closed_once_and_leaves_the_lists(store: Store, pilot: Pilot) -> None:
    late, soon = a_blocker(pilot), a_blocker(pilot, due_on=date(2026, 3, 3))
    keep(store, late, soon)
    assert store.read_sync(lambda tx: tx.blockers.open_of_pilot(pilot.id)) == [soon, late]
    assert store.read_sync(lambda tx: tx.blockers.open_by(TEAM, "U-OPS")) == [soon, late]
    assert store.read_sync(lambda tx: tx.blockers.open_by("T2", "U-OPS")) == []

    def close(state: BlockerState) -> bool:
        return store.write_sync(
            lambda tx: tx.blockers.close_if_open(soon.id, state, "U-OPS", after(days=1), "Granted.")
        )

    assert close(BlockerState.SOLVED)
    assert not close(BlockerState.DROPPED)
    closed = store.read_sync(lambda tx: tx.blockers.get(TEAM, soon.id))
    assert closed
    assert (closed.state, closed.closed_by, closed.closed_at, closed.outcome) == (
        BlockerState.SOLVED,
        "U-OPS",
        after(days=1),
        "Granted.",
    )
    assert store.read_sync(lambda tx: tx.blockers.open_of_pilot(pilot.id)) == [late]
    assert len(store.read_sync(lambda tx: tx.blockers.of_pilot(pilot.id))) == 2


def test_a_cause_is_raised_once_until_it_is_cleared(store: Store, pilot: Pilot) -> None:
    first, other = a_signal(pilot), a_signal(pilot, "orphaned", severity=Severity.STALLED)

    def raised() -> list[str]:
        return [one.id for one in store.read_sync(lambda tx: tx.signals.raised_of(pilot.id))]

    assert keep(store, first, a_signal(pilot), other) == [True, False, True]
    assert raised() == [other.id, first.id]
    assert store.write_sync(lambda tx: tx.signals.change(first.id, Severity.STALLED, "overdue", ("9",)))
    by_pilot = store.read_sync(lambda tx: tx.signals.raised_of_pilots([pilot.id, "nobody"]))
    assert [(one.severity, one.why, one.evidence) for one in by_pilot[pilot.id] if one.id == first.id] == [
        (Severity.STALLED, "overdue", ("9",))
    ]
    assert list(by_pilot) == [pilot.id]
    assert store.write_sync(lambda tx: tx.signals.clear_if_raised(first.id, after(days=3)))
    assert not store.write_sync(lambda tx: tx.signals.clear_if_raised(first.id, after(days=4)))
    assert not store.write_sync(lambda tx: tx.signals.change(first.id, Severity.WATCH, "too_long", ()))
    assert raised() == [other.id]
    again = a_signal(pilot, raised_at=after(days=5))
    assert keep(store, again) == [True]
    assert raised() == [other.id, again.id]


def test_of_signals_that_are_equally_bad_who_is_missed_comes_first(store: Store, pilot: Pilot) -> None:
    for cause, why in (("a-cause", "open"), ("orphaned", "champion_gone"), ("z-cause", "quiet")):
        keep(store, a_signal(pilot, cause, why=why))
    found = [one.cause for one in store.read_sync(lambda tx: tx.signals.raised_of(pilot.id))]
    assert found == ["orphaned", "a-cause", "z-cause"]


def test_signals_of_the_week_are_those_that_went_up_or_down_in_it(store: Store, pilot: Pilot) -> None:
    old, gone, new = a_signal(pilot, "a"), a_signal(pilot, "b"), a_signal(pilot, "c", raised_at=after(days=8))
    keep(store, old, gone, new)
    store.write_sync(lambda tx: tx.signals.clear_if_raised(gone.id, after(days=7)))
    found = store.read_sync(lambda tx: tx.signals.since(TEAM, after(days=7)))
    assert [one.id for one in found] == [gone.id, new.id]
    assert store.read_sync(lambda tx: tx.signals.since("T2", NOW)) == []


def test_who_left_a_channel_is_away_from_the_first_time_until_they_are_back(store: Store) -> None:
    def note(user_id: str, hours: int) -> bool:
        return store.write_sync(lambda tx: tx.absences.note(TEAM, "C1", user_id, after(hours=hours)))

    assert note("U2", 2)
    assert note("U1", 1)
    assert not note("U1", 5)
    assert store.read_sync(lambda tx: tx.absences.of_channel(TEAM, "C1")) == {
        "U1": after(hours=1),
        "U2": after(hours=2),
    }
    assert store.write_sync(lambda tx: tx.absences.forget(TEAM, "C1", "U1"))
    assert not store.write_sync(lambda tx: tx.absences.forget(TEAM, "C1", "U1"))
    assert list(store.read_sync(lambda tx: tx.absences.of_channel(TEAM, "C1"))) == ["U2"]
    assert store.read_sync(lambda tx: tx.absences.of_channel(TEAM, "C2")) == {}


def test_a_home_is_kept_as_it_was_opened_last(store: Store) -> None:
    store.write_sync(lambda tx: tx.homes.opened(TEAM, "U1", NOW, {"page": 0}, "abc"))
    store.write_sync(
        lambda tx: tx.homes.opened(TEAM, "U2", after(hours=1), {"page": 2, "shown": "stalled"}, "def")
    )
    store.write_sync(lambda tx: tx.homes.opened(TEAM, "U1", after(hours=2), {"page": 1}, "ghi"))
    store.write_sync(lambda tx: tx.homes.shown(TEAM, "U2", "jkl"))
    mine = store.read_sync(lambda tx: tx.homes.get(TEAM, "U1"))
    assert mine
    assert (mine.opened_at, mine.page, mine.shown) == (after(hours=2), {"page": 1}, "ghi")
    open_now = store.read_sync(lambda tx: tx.homes.open_since(TEAM, after(hours=1)))
    assert [(one.user_id, one.shown) for one in open_now] == [("U1", "ghi"), ("U2", "jkl")]
    assert store.read_sync(lambda tx: tx.homes.get(TEAM, "U3")) is None


def test_the_week_is_told_by_one_and_a_workspace_that_is_seen_again_keeps_its_time(store: Store) -> None:
    def remember() -> None:
        store.write_sync(
            lambda tx: tx.workspaces.remember(TEAM, "Northwind", "https://northwind.example/", "U0BOT")
        )

    def claim(expected: datetime | None, following: datetime) -> bool:
        return store.write_sync(lambda tx: tx.workspaces.claim_digest(TEAM, expected, following))

    remember()
    assert store.read_sync(lambda tx: tx.workspaces.next_digest_at(TEAM)) is None
    assert claim(None, after(days=7))
    assert not claim(None, after(days=7))
    remember()
    assert store.read_sync(lambda tx: tx.workspaces.next_digest_at(TEAM)) == after(days=7)
    assert claim(after(days=7), after(days=14))
    assert not claim(after(days=7), after(days=14))
    assert store.read_sync(lambda tx: tx.workspaces.next_digest_at("T2")) is None
