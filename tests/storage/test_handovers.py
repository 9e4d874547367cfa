"""Handovers, moves and flags: one proposal waits, the way is only added to, and one flag is raised per subject."""

from datetime import date

import pytest

from bot.domain.flags import Flag, FlagKind
from bot.domain.handovers import Handover, HandoverState
from bot.domain.moves import MoveKind
from bot.domain.pilots import RETIRED, Pilot
from storage.store import Store
from tests.storage.things import NOW, TEAM, a_flag, a_handover, a_move, a_pilot, after


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


def propose(store: Store, handover: Handover) -> bool:
    return store.write_sync(lambda tx: tx.handovers.propose(handover))


def answer(
    store: Store, handover: Handover, state: HandoverState, by: str | None = "U1", day: int = 1
) -> bool:
    return store.write_sync(
        lambda tx: tx.handovers.decide_if_proposed(handover.id, state, by=by, now=after(days=day))
    )


def test_a_handover_comes_back_as_it_was(store: Store, pilot: Pilot) -> None:
    handover = a_handover(pilot, note="You know it best.")
    assert propose(store, handover)
    assert store.read_sync(lambda tx: tx.handovers.get(TEAM, handover.id)) == handover
    assert store.read_sync(lambda tx: tx.handovers.get("T2", handover.id)) is None
    assert store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id)) == handover
    assert store.read_sync(lambda tx: tx.handovers.accepted_of(pilot.id)) is None


def test_what_was_said_on_accepting_is_kept(store: Store, pilot: Pilot) -> None:
    handover = a_handover(pilot)
    propose(store, handover)
    first = date(2026, 4, 1)
    assert store.write_sync(
        lambda tx: tx.handovers.decide_if_proposed(
            handover.id,
            HandoverState.ACCEPTED,
            by="U1",
            now=after(days=1),
            runbook="https://wiki.example/run",
            contact="The rota",
            contact_id="S-ROTA",
            first_review_on=first,
        )
    )
    kept = store.read_sync(lambda tx: tx.handovers.accepted_of(pilot.id))
    assert kept
    assert (kept.runbook, kept.contact, kept.contact_id) == ("https://wiki.example/run", "The rota", "S-ROTA")
    assert (kept.first_review_on, kept.decided_by, kept.decided_at) == (first, "U1", after(days=1))
    assert not answer(store, handover, HandoverState.REFUSED)
    assert store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id)) is None


def test_one_is_proposed_at_a_time_and_the_last_to_accept_is_found(store: Store, pilot: Pilot) -> None:
    first, second, third = (
        a_handover(pilot, f"U{number}", proposed_at=after(days=number)) for number in range(3)
    )
    assert propose(store, first)
    assert not propose(store, second)
    assert answer(store, first, HandoverState.ACCEPTED)
    assert propose(store, second)
    assert answer(store, second, HandoverState.ACCEPTED, day=2)
    assert propose(store, third)
    assert answer(store, third, HandoverState.SUPERSEDED, by=None, day=3)
    latest = store.read_sync(lambda tx: tx.handovers.accepted_of(pilot.id))
    assert latest
    assert latest.id == second.id
    every = store.read_sync(lambda tx: tx.handovers.of_pilot(pilot.id))
    assert [one.to_id for one in every] == ["U0", "U1", "U2"]
    ids = [pilot.id, *map(str, range(1200))]
    assert store.read_sync(lambda tx: tx.handovers.of_pilots(ids)) == {pilot.id: every}
    assert store.read_sync(lambda tx: tx.handovers.of_pilots([])) == {}
    assert every[-1].decided_by is None


def test_what_waits_for_somebody_is_found(store: Store, pilot: Pilot) -> None:
    other = a_pilot("Other")
    store.write_sync(lambda tx: tx.pilots.register(other))
    waits, later = a_handover(pilot, "S-OPS"), a_handover(other, "U1", proposed_at=after(days=1))
    for one in (later, waits):
        propose(store, one)

    def waiting(*ids: str, workspace_id: str = TEAM) -> list[Handover]:
        return store.read_sync(lambda tx: tx.handovers.proposed_to(workspace_id, ids))

    assert waiting("U1", "S-OPS") == [waits, later]
    many = [f"S{number}" for number in range(1200)]
    assert waiting("U1", *many, "S-OPS") == [waits, later]
    assert waiting("U1", workspace_id="T2") == []
    assert waiting() == []
    answer(store, waits, HandoverState.REFUSED)
    assert waiting("S-OPS") == []


def test_moves_come_in_the_order_in_which_they_were_made_even_at_one_instant(
    store: Store, pilot: Pilot
) -> None:
    facts = {"reason": "Too few cases.", "learned": "Ask first."}
    moves = [
        a_move(pilot, MoveKind.REGISTERED, from_stage=None, to_stage="pilot", id="z"),
        a_move(pilot, MoveKind.PROMOTED, id="y", review_id="R1"),
        a_move(pilot, MoveKind.RETIRED, id="x", from_stage="shadow", to_stage=RETIRED, **facts),
        a_move(pilot, MoveKind.REVIVED, id="w", from_stage=RETIRED, to_stage="shadow", at=after(days=1)),
    ]
    for move in moves:
        store.write_sync(lambda tx, one: tx.moves.add(one), move)
    assert store.read_sync(lambda tx: tx.moves.of_pilot(pilot.id)) == moves
    assert store.read_sync(lambda tx: tx.moves.of_pilot("P2")) == []


def flagged(store: Store, flag: Flag) -> bool:
    return store.write_sync(lambda tx: tx.flags.raise_(flag))


def test_one_flag_is_raised_per_kind_and_subject(store: Store, pilot: Pilot) -> None:
    flag = a_flag(pilot, review_id="R1")
    assert flagged(store, flag)
    assert not flagged(store, a_flag(pilot))
    waiver = a_flag(pilot, kind=FlagKind.WAIVER, raised_at=after(hours=1))
    assert flagged(store, waiver)
    assert store.read_sync(lambda tx: tx.flags.raised_of(pilot.id)) == [flag, waiver]


def test_a_flag_is_cleared_once_and_may_be_raised_again(store: Store, pilot: Pilot) -> None:
    flag = a_flag(pilot)
    flagged(store, flag)

    def clear(day: int) -> bool:
        return store.write_sync(lambda tx: tx.flags.clear_if_raised(flag.id, after(days=day)))

    assert clear(1)
    assert not clear(2)
    again = a_flag(pilot, raised_at=after(days=3))
    assert flagged(store, again)
    assert store.read_sync(lambda tx: tx.flags.raised_of(pilot.id)) == [again]
    every = store.read_sync(lambda tx: tx.flags.of_pilot(pilot.id))
    assert [one.cleared_at for one in every] == [after(days=1), None]


def test_flags_of_many_pilots_are_read_at_once(store: Store, pilot: Pilot) -> None:
    other = a_pilot("Other")
    store.write_sync(lambda tx: tx.pilots.register(other))
    flags = [a_flag(pilot, "b"), a_flag(pilot, "a", raised_at=after(hours=1)), a_flag(other)]
    for flag in flags:
        flagged(store, flag)
    cleared = a_flag(other, "cleared")
    flagged(store, cleared)
    store.write_sync(lambda tx: tx.flags.clear_if_raised(cleared.id, NOW))
    ids = [pilot.id, *map(str, range(1200)), other.id]
    assert store.read_sync(lambda tx: tx.flags.raised_of_pilots(ids)) == {
        pilot.id: flags[:2],
        other.id: flags[2:],
    }
    assert store.read_sync(lambda tx: tx.flags.raised_of_pilots([])) == {}
