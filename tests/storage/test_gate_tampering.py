"""What was shown, said and done at the gate stays as it was, whatever a program tries: the database itself refuses."""

import contextlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.domain.moves import StageMove
from bot.domain.reviews import Review, Vote
from storage.store import Store
from storage.tables import VOTE
from storage.transaction import Tx
from tests.storage.things import NOW, a_move, a_pilot, a_review, a_vote

KEPT = ("vote", "review_snapshot", "stage_move")


def with_a_past(store: Store) -> Review:
    pilot = a_pilot()
    opened = a_review(pilot)

    def work(tx: Tx) -> None:
        tx.pilots.register(pilot)
        tx.moves.add(a_move(pilot))
        tx.reviews.open(opened)
        tx.votes.cast(a_vote(opened))

    store.write_sync(work)
    return opened


@pytest.fixture
def review(store: Store) -> Review:
    return with_a_past(store)


def carry_out(store: Store, statement: str) -> int:
    return store.write_sync(lambda tx: tx.execute(text(statement)).rowcount)


def everything(store: Store, review: Review) -> tuple[list[Vote], list[StageMove], object]:
    return store.read_sync(
        lambda tx: (
            tx.votes.of_review(review.id),
            tx.moves.of_pilot(review.pilot_id),
            tx.reviews.snapshot_of(review.id, review.snapshot_hash),
        )
    )


def test_nothing_of_it_is_changed_or_removed(store: Store, review: Review) -> None:
    was = everything(store, review)
    for table in KEPT:
        for change in ("UPDATE {} SET workspace_id = 'T9'", "DELETE FROM {}"):
            with pytest.raises(Exception, match=f"{table} is append-only"):
                carry_out(store, change.format(table))
    assert everything(store, review) == was


def test_of_a_vote_nothing_changes_but_that_it_is_taken_back(store: Store, review: Review) -> None:
    for column in set(VOTE.columns.keys()) - {"withdrawn_at"}:
        with pytest.raises(Exception, match="vote is append-only"):
            carry_out(store, f"UPDATE vote SET {column} = {column}, withdrawn_at = voted_at")
    assert carry_out(store, "UPDATE vote SET withdrawn_at = voted_at") == 1
    with pytest.raises(Exception, match="vote is append-only"):
        carry_out(store, "UPDATE vote SET withdrawn_at = NULL")
    ((vote,), _, _) = everything(store, review)
    assert vote.withdrawn_at == NOW


def test_emptying_a_table_whole_is_refused_too(postgres_url: str) -> None:
    with Store.open(postgres_url) as store:
        for table in (*KEPT, "review CASCADE", "pilot CASCADE"):
            with pytest.raises(Exception, match="is append-only"):
                carry_out(store, f"TRUNCATE {table}")


@pytest.mark.parametrize("key", ["same", "another"])
@pytest.mark.parametrize(
    ("table", "forged"), [("vote", "reason"), ("review_snapshot", "content"), ("stage_move", "by")]
)
def test_nothing_is_replaced_on_sqlite_where_that_deletes_without_asking(
    sqlite_url: str, table: str, forged: str, key: str
) -> None:
    with Store.open(sqlite_url) as store:
        review = with_a_past(store)
        was = everything(store, review)
        columns = store.read_sync(
            lambda tx: list(tx.execute(text(f"SELECT name FROM pragma_table_info('{table}')")).scalars())
        )
        others = {forged: "'{}'"} | ({"id": "'another'"} if key == "another" else {})
        values = ", ".join(others.get(name, f'"{name}"') for name in columns)
        with contextlib.suppress(DBAPIError):  # refused, or ignored as a repository wants it
            carry_out(store, f"INSERT OR REPLACE INTO {table} SELECT {values} FROM {table}")
        assert everything(store, review) == was


def test_a_pilot_and_a_review_that_have_a_past_are_not_removed(store: Store, review: Review) -> None:
    for table in ("review", "pilot"):
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            carry_out(store, f"DELETE FROM {table}")
    assert everything(store, review)[0]
