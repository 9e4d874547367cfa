"""Votes and questions: one per person at a time, taken back or closed once, and kept for ever."""

from datetime import date
from typing import Any

import pytest

from bot.domain.errors import AlreadySeen
from bot.domain.reviews import ChangeRequest, ChangeState, Choice, Condition, Review, ReviewState, Vote
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import NOW, TEAM, a_change, a_pilot, a_review, a_vote, after


@pytest.fixture
def review(store: Store) -> Review:
    pilot = a_pilot()
    opened = a_review(pilot)
    store.write_sync(lambda tx: tx.pilots.register(pilot))
    store.write_sync(lambda tx: tx.reviews.open(opened))
    return opened


def cast(store: Store, vote: Vote) -> bool:
    return store.write_sync(lambda tx: tx.votes.cast(vote))


def withdraw(store: Store, review: Review, user_id: str = "U-OPS", snapshot_hash: str = "abc") -> bool:
    return store.write_sync(
        lambda tx: tx.votes.withdraw_if_standing(review.id, user_id, snapshot_hash, after(hours=1))
    )


def votes_on(store: Store, review: Review) -> list[Vote]:
    return store.read_sync(lambda tx: tx.votes.of_review(review.id))


def ask(store: Store, change: ChangeRequest) -> bool:
    return store.write_sync(lambda tx: tx.changes.ask(change))


def close(store: Store, change: ChangeRequest, state: ChangeState, reply: str = "", by: str = "U1") -> bool:
    return store.write_sync(lambda tx: tx.changes.close_if_open(change.id, state, reply, by, after(hours=1)))


def test_a_vote_comes_back_as_it_was_its_conditions_with_their_days(store: Store, review: Review) -> None:
    conditions = (
        Condition(what="Watch the costs 漢 \x00", owner_id="S-OPS", due_on=date(2026, 5, 1)),
        Condition(what="Try a rollback", owner_id="U-OWNER", due_on=date(2026, 4, 1)),
    )
    facts: dict[str, Any] = {"reason": "On two conditions.", "conditions": conditions, "as_fallback": True}
    vote = a_vote(review, **facts)
    assert cast(store, vote)
    assert votes_on(store, review) == [vote]
    assert store.read_sync(lambda tx: tx.votes.of_review("unknown")) == []


def test_a_person_votes_once_about_a_snapshot(store: Store, review: Review) -> None:
    assert cast(store, a_vote(review))
    assert not cast(store, a_vote(review))
    assert not cast(store, a_vote(review, choice=Choice.DECLINE, reason="No."))
    assert cast(store, a_vote(review, "U-RISK", voted_at=after(hours=1)))
    assert cast(store, a_vote(review, snapshot_hash="changed", voted_at=after(hours=2)))
    assert [(vote.user_id, vote.choice, vote.snapshot_hash) for vote in votes_on(store, review)] == [
        ("U-OPS", Choice.APPROVE, "abc"),
        ("U-RISK", Choice.APPROVE, "abc"),
        ("U-OPS", Choice.APPROVE, "changed"),
    ]


def test_a_vote_that_was_taken_back_makes_room_for_another(store: Store, review: Review) -> None:
    assert not withdraw(store, review)
    assert cast(store, a_vote(review))
    assert not withdraw(store, review, "U-RISK")
    assert not withdraw(store, review, snapshot_hash="changed")
    assert withdraw(store, review)
    assert not withdraw(store, review)
    assert cast(store, a_vote(review, choice=Choice.DECLINE, reason="No.", voted_at=after(hours=2)))
    first, second = votes_on(store, review)
    assert (first.choice, first.withdrawn_at) == (Choice.APPROVE, after(hours=1))
    assert (second.choice, second.withdrawn_at) == (Choice.DECLINE, None)
    assert [vote.counts_for("abc") for vote in (first, second)] == [False, True]


def test_a_question_comes_back_as_it_was(store: Store, review: Review) -> None:
    change = a_change(review)
    assert ask(store, change)
    assert store.read_sync(lambda tx: tx.changes.get(TEAM, change.id)) == change
    assert store.read_sync(lambda tx: tx.changes.get("T2", change.id)) is None
    assert store.read_sync(lambda tx: tx.changes.of_review(review.id)) == [change]
    assert store.read_sync(lambda tx: tx.changes.of_review("unknown")) == []


def test_a_person_has_one_open_question_about_a_review(store: Store, review: Review) -> None:
    first = a_change(review)
    assert ask(store, first)
    assert not ask(store, a_change(review, question="And by day?"))
    assert ask(store, a_change(review, "U-RISK"))
    assert close(store, first, ChangeState.ANSWERED, "The platform team.")
    assert not close(store, first, ChangeState.TAKEN_BACK)
    kept = store.read_sync(lambda tx: tx.changes.get(TEAM, first.id))
    assert kept == first.model_copy(
        update={
            "state": ChangeState.ANSWERED,
            "reply": "The platform team.",
            "closed_by": "U1",
            "closed_at": after(hours=1),
        }
    )
    assert ask(store, a_change(review, question="And by day?", asked_at=after(hours=2)))
    asked = store.read_sync(lambda tx: tx.changes.of_review(review.id))
    assert [one.question for one in asked][-1] == "And by day?"


def test_what_is_open_about_a_review_is_closed_at_once(store: Store, review: Review) -> None:
    answered = a_change(review, "U1", asked_at=after(hours=-1))
    for change in (answered, a_change(review, "U2"), a_change(review, "U3")):
        ask(store, change)
    close(store, answered, ChangeState.ANSWERED, "Yes.")

    def close_all() -> int:
        return store.write_sync(
            lambda tx: tx.changes.close_all_of_review(review.id, ChangeState.TAKEN_BACK, None, NOW)
        )

    assert close_all() == 2
    assert close_all() == 0
    states = [one.state for one in store.read_sync(lambda tx: tx.changes.of_review(review.id))]
    assert states == [ChangeState.ANSWERED, ChangeState.TAKEN_BACK, ChangeState.TAKEN_BACK]


def test_a_click_that_slack_delivers_twice_votes_once(store: Store, review: Review) -> None:
    def click() -> bool:
        return store.write_sync(lambda tx: tx.votes.cast(a_vote(review)), delivery=(TEAM, "click:1"))

    assert click()
    assert withdraw(store, review)
    with pytest.raises(AlreadySeen):
        click()
    (vote,) = votes_on(store, review)
    assert vote.withdrawn_at


def test_a_vote_goes_with_the_decision_that_it_was_part_of(store: Store, review: Review) -> None:
    def work(tx: Tx) -> None:
        tx.votes.cast(a_vote(review))
        tx.reviews.freeze_anew(review.id, {"a": 1}, "def", ["The bar"], NOW)
        tx.reviews.decide_if_open(review.id, ReviewState.APPROVED, "U-OPS", NOW, None)
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="the power went"):
        store.write_sync(work)
    assert votes_on(store, review) == []
    assert store.read_sync(lambda tx: tx.reviews.get(TEAM, review.id)) == review
    assert store.read_sync(lambda tx: tx.reviews.snapshot_of(review.id, "def")) is None
