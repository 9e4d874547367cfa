"""Words can be taken off the record, and the record still holds: what is gone, when, and by whom is on it."""

import pytest
from sqlalchemy import text

from storage.audit import ranges
from storage.store import Store
from storage.transaction import Tx
from storage.verification import examine
from tests.storage.things import TEAM, after, an_occasion


def write_five(tx: Tx) -> None:
    for number in range(1, 6):
        tx.audit.append(an_occasion(), "answer.given", "pilot", "P1", None, {"said": f"word {number}"})


def test_erased_words_are_gone_and_the_entry_that_says_so_names_them_by_number(store: Store) -> None:
    store.write_sync(write_five)
    occasion = an_occasion(actor_id="U7", now=after(days=1), delivery="Ev7")
    assert store.write_sync(lambda tx: tx.audit.erase(TEAM, {4, 2, 3}, occasion)) == [2, 3, 4]
    entries = store.read_sync(lambda tx: tx.audit.all(TEAM))
    assert [(entry.seq, entry.after, entry.erased) for entry in entries] == [
        (1, {"said": "word 1"}, False),
        (2, None, True),
        (3, None, True),
        (4, None, True),
        (5, {"said": "word 5"}, False),
        (6, None, False),
    ]
    last = entries[-1]
    assert (last.what, last.subject_kind, last.subject_id) == ("audit.erased", "audit", "2-4")
    assert (last.actor_id, last.delivery, last.at) == ("U7", "Ev7", after(days=1))
    found = store.read_sync(examine)
    assert (found.problems, found.workspaces[0].erased) == ([], 3)


def test_nothing_is_recorded_where_nothing_was_erased(store: Store) -> None:
    store.write_sync(write_five)
    store.write_sync(lambda tx: tx.audit.erase(TEAM, [1], an_occasion()))
    assert store.write_sync(lambda tx: tx.audit.erase(TEAM, [1, 6, 99], an_occasion())) == []
    assert store.write_sync(lambda tx: tx.audit.erase("T2", [2], an_occasion())) == []
    assert len(store.read_sync(lambda tx: tx.audit.all(TEAM))) == 6


def test_an_erasure_that_fails_leaves_the_words(store: Store) -> None:
    def fails(tx: Tx) -> None:
        tx.audit.erase(TEAM, [1], an_occasion())
        raise LookupError

    store.write_sync(write_five)
    with pytest.raises(LookupError):
        store.write_sync(fails)
    assert store.read_sync(lambda tx: tx.audit.all(TEAM))[0].after == {"said": "word 1"}
    assert store.read_sync(examine).problems == []


def test_very_many_words_are_erased_at_once(store: Store) -> None:
    def write_many(tx: Tx) -> None:
        for number in range(1200):
            tx.audit.append(an_occasion(), "x", "pilot", "P", None, {"n": number})

    store.write_sync(write_many)
    gone = store.write_sync(lambda tx: tx.audit.erase(TEAM, range(1, 1201, 2), an_occasion()))
    assert gone == list(range(1, 1201, 2))
    found = store.read_sync(examine)
    assert (found.problems, found.workspaces[0].erased) == ([], 600)


@pytest.mark.parametrize(
    ("seqs", "named"), [([3], "3"), ([1, 2, 3], "1-3"), ([1, 3, 4, 9], "1, 3-4, 9"), ([5, 7], "5, 7")]
)
def test_numbers_are_named_briefly(seqs: list[int], named: str) -> None:
    assert ranges(seqs) == named


REPLACED = (
    "INSERT OR REPLACE INTO audit SELECT workspace_id, seq, at, 'UX', on_behalf_of, what, subject_kind, subject_id, "
    "delivery, facts_digest, hash_before, hash FROM audit WHERE seq = 1"
)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("sqlite", "UPDATE audit_facts SET after = '{}'"),
        ("postgres", "UPDATE audit_facts SET after = '{}'"),
        ("sqlite", "INSERT OR REPLACE INTO audit_facts VALUES ('T1', 1, 's', NULL, '{}')"),
        ("sqlite", REPLACED),
        ("postgres", "TRUNCATE audit"),
    ],
)
def test_words_and_entries_cannot_be_replaced_even_by_sql(
    request: pytest.FixtureRequest, kind: str, change: str
) -> None:
    with Store.open(request.getfixturevalue(f"{kind}_url")) as store:
        store.write_sync(write_five)
        with pytest.raises(Exception, match="is append-only"):
            store.write_sync(lambda tx: tx.execute(text(change)).rowcount)
        assert store.read_sync(examine).problems == []
