"""The audit record: append-only, in commit order, without a gap, per workspace."""

import pytest

from bot.domain.values import PREFLIGHT
from storage import database
from storage.audit import AuditEntry, Ends, number_and_insert
from storage.chain import BEGINNING
from storage.store import Store
from storage.transaction import Tx
from storage.verification import examine
from tests.storage.things import NOW, TEAM, after, an_occasion


def append(tx: Tx, what: str, workspace_id: str = TEAM, subject_id: str = "P1") -> None:
    tx.audit.append(an_occasion(workspace_id=workspace_id), what, "pilot", subject_id)


def all_of(tx: Tx, workspace_id: str) -> list[AuditEntry]:
    return tx.audit.all(workspace_id)


def test_an_entry_says_who_did_what_when_with_the_state_before_and_after(store: Store) -> None:
    occasion = an_occasion(actor_id="U7", now=after(hours=1), delivery="Ev9")
    store.write_sync(
        lambda tx: tx.audit.append(
            occasion, "pilot.moved", "pilot", "P1", {"stage": "pilot"}, {"stage": "shadow"}
        )
    )
    (entry,) = store.read_sync(lambda tx: tx.audit.of(TEAM, "pilot", "P1"))
    assert (entry.seq, entry.actor_id, entry.at, entry.delivery) == (1, "U7", after(hours=1), "Ev9")
    assert (entry.what, entry.on_behalf_of) == ("pilot.moved", None)
    assert (entry.before, entry.after) == ({"stage": "pilot"}, {"stage": "shadow"})


def test_each_workspace_counts_for_itself(store: Store) -> None:
    def work(tx: Tx) -> None:
        for what, workspace_id in (("a", "T2"), ("b", "T1"), ("c", "T2"), ("d", "T1")):
            append(tx, what, workspace_id)

    store.write_sync(work)
    store.write_sync(append, "e")

    def numbered(tx: Tx, workspace_id: str) -> list[tuple[int, str]]:
        return [(entry.seq, entry.what) for entry in tx.audit.all(workspace_id)]

    assert store.read_sync(numbered, "T1") == [(1, "b"), (2, "d"), (3, "e")]
    assert store.read_sync(numbered, "T2") == [(1, "a"), (2, "c")]


def test_a_change_that_fails_leaves_no_entry_and_no_gap(store: Store) -> None:
    def fails(tx: Tx) -> None:
        append(tx, "lost")
        raise LookupError

    store.write_sync(append, "one")
    with pytest.raises(LookupError):
        store.write_sync(fails)
    store.write_sync(append, "two")
    assert [(entry.seq, entry.what) for entry in store.read_sync(lambda tx: tx.audit.all(TEAM))] == [
        (1, "one"),
        (2, "two"),
    ]


def test_the_record_of_one_thing_and_a_page_of_all(store: Store) -> None:
    for number in range(6):
        store.write_sync(append, str(number), TEAM, f"P{number % 2}")
    assert [entry.what for entry in store.read_sync(lambda tx: tx.audit.of(TEAM, "pilot", "P1"))] == [
        "1",
        "3",
        "5",
    ]
    assert store.read_sync(lambda tx: tx.audit.of(TEAM, "review", "P1")) == []
    page = store.read_sync(lambda tx: tx.audit.all(TEAM, after_seq=2, limit=3))
    assert [entry.seq for entry in page] == [3, 4, 5]


def test_what_cannot_be_kept_fails_where_it_was_said(store: Store) -> None:
    with pytest.raises(TypeError):
        store.write_sync(lambda tx: tx.audit.append(an_occasion(), "x", "pilot", "P1", {"at": NOW}))
    assert store.read_sync(lambda tx: tx.audit.all(TEAM)) == []


def test_what_preflight_does_by_itself_is_on_the_record_too(store: Store) -> None:
    store.write_sync(
        lambda tx: tx.audit.append(an_occasion(actor_id=PREFLIGHT), "review.expired", "review", "R1")
    )
    assert store.read_sync(lambda tx: tx.audit.all(TEAM))[0].actor_id == PREFLIGHT


def test_each_entry_goes_on_from_the_one_before_it_in_its_workspace(store: Store) -> None:
    for number in range(3):
        store.write_sync(append, str(number))
        store.write_sync(append, str(number), "T2")
    for workspace_id in (TEAM, "T2"):
        entries = store.read_sync(all_of, workspace_id)
        assert [entry.hash_before for entry in entries] == [
            BEGINNING,
            *(entry.hash for entry in entries[:-1]),
        ]
    assert store.read_sync(lambda tx: tx.audit.workspaces()) == [TEAM, "T2"]
    assert store.read_sync(examine).problems == []


def test_entries_that_were_never_committed_are_no_part_of_the_chain(database_url: str) -> None:
    """What a process remembers of the end is a guess: it may have been undone, or another process has gone on."""
    engine, ends, others = database.write_engine(database.parse(database_url)), Ends(), Ends()

    def append_two(known: Ends, *, keep: bool) -> None:
        with engine.connect() as connection, database.begin_writing(connection) as transaction:
            tx = Tx(connection, NOW)
            append(tx, "one")
            append(tx, "two", "T2")
            number_and_insert(connection, tx.dialect, tx.audit.pending, known)
            if not keep:
                transaction.rollback()

    for known, keep in (
        (ends, False),
        (ends, True),
        (others, False),
        (others, True),
        (ends, True),
        (ends, True),
    ):
        append_two(known, keep=keep)
    engine.dispose()
    with Store.open(database_url) as store:
        store.write_sync(append, "last")
        assert [entry.seq for entry in store.read_sync(lambda tx: tx.audit.all(TEAM))] == [1, 2, 3, 4, 5]
        found = store.read_sync(examine)
    assert [(one.entries, one.problems) for one in found.workspaces] == [(5, []), (4, [])]
