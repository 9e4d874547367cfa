"""Two processes do the same at the gate at the same moment: one of them does it, the others are told that it was done."""

import threading
from collections.abc import Callable, Iterator

import pytest

from bot.domain.actions import ActionState
from bot.domain.handovers import HandoverState
from bot.domain.moves import MoveKind
from bot.domain.pilots import RETIRED, Pilot
from bot.domain.reviews import ChangeState, Choice, Review, ReviewState
from storage.reviews import ReviewAlreadyOpen
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import (
    NOW,
    TEAM,
    a_change,
    a_flag,
    a_handover,
    a_move,
    a_pilot,
    a_review,
    a_vote,
    after,
    an_action,
)

AT_ONCE = 8
Attempt = Callable[[Tx, int], bool]


class House:
    """A pilot under review, and two processes that know of it."""

    def __init__(self, one: Store, two: Store) -> None:
        self.stores = (one, two)
        self.pilot: Pilot = a_pilot()
        self.review: Review = a_review(self.pilot)
        one.write_sync(lambda tx: tx.pilots.register(self.pilot))
        one.write_sync(lambda tx: tx.reviews.open(self.review))

    def done_by(self, attempt: Attempt) -> list[int]:
        """Let everybody try at once; return who was told that they did it."""
        start, done = threading.Barrier(AT_ONCE, timeout=20), list[int]()

        def one(number: int) -> None:
            start.wait()
            if self.stores[number % 2].write_sync(attempt, number):
                done.append(number)

        threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return done


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    with Store.open(database_url) as one, Store.open(database_url) as two:
        yield House(one, two)


def test_of_one_persons_votes_one_counts_and_is_taken_back_once(house: House) -> None:
    def vote(tx: Tx, number: int) -> bool:
        choice = Choice.DECLINE if number % 3 else Choice.APPROVE
        return tx.votes.cast(a_vote(house.review, choice=choice, reason=str(number)))

    def withdraw(tx: Tx, number: int) -> bool:
        return tx.votes.withdraw_if_standing(house.review.id, "U-OPS", "abc", after(hours=number))

    (first,) = house.done_by(vote)
    (back,) = house.done_by(withdraw)
    (kept,) = house.stores[0].read_sync(lambda tx: tx.votes.of_review(house.review.id))
    assert (kept.reason, kept.withdrawn_at) == (str(first), after(hours=back))
    (second,) = house.done_by(vote)
    standing = [
        vote.reason
        for vote in house.stores[1].read_sync(lambda tx: tx.votes.of_review(house.review.id))
        if vote.withdrawn_at is None
    ]
    assert standing == [str(second)]


def test_votes_of_different_people_all_count(house: House) -> None:
    everybody = house.done_by(lambda tx, number: tx.votes.cast(a_vote(house.review, f"U{number}")))
    assert sorted(everybody) == list(range(AT_ONCE))


def test_a_review_is_decided_escalated_and_opened_by_one(house: House) -> None:
    def escalate(tx: Tx, number: int) -> bool:
        return tx.reviews.escalate_if_open(house.review.id, after(hours=number))

    def decide(tx: Tx, number: int) -> bool:
        state = ReviewState.APPROVED if number % 2 else ReviewState.DECLINED
        return tx.reviews.decide_if_open(house.review.id, state, f"U{number}", NOW, None)

    def open_another(tx: Tx, number: int) -> bool:
        try:
            tx.reviews.open(a_review(house.pilot, requested_by=f"U{number}", requested_at=after(days=1)))
        except ReviewAlreadyOpen:
            return False
        return True

    (escalated,) = house.done_by(escalate)
    (decided,) = house.done_by(decide)
    (opened,) = house.done_by(open_another)
    latest, first = house.stores[1].read_sync(lambda tx: tx.reviews.of_pilot(house.pilot.id))
    assert (first.escalated_at, first.decided_by) == (after(hours=escalated), f"U{decided}")
    assert latest.requested_by == f"U{opened}"


def test_a_review_is_either_frozen_anew_or_closed_and_what_it_shows_can_be_opened(house: House) -> None:
    def freeze_or_close(tx: Tx, number: int) -> bool:
        if number == 5:
            return tx.reviews.decide_if_open(house.review.id, ReviewState.WITHDRAWN, "U1", NOW, None)
        return tx.reviews.freeze_anew(house.review.id, {"n": number}, f"hash{number % 4}", ["The bar"], NOW)

    assert 5 in house.done_by(freeze_or_close)

    def look(tx: Tx) -> tuple[Review | None, object]:
        review = tx.reviews.get(TEAM, house.review.id)
        return review, review and tx.reviews.snapshot_of(review.id, review.snapshot_hash)

    review, content = house.stores[0].read_sync(look)
    assert review
    assert review.state is ReviewState.WITHDRAWN
    assert content is not None


def test_a_question_is_asked_and_closed_by_one(house: House) -> None:
    (asked,) = house.done_by(lambda tx, number: tx.changes.ask(a_change(house.review, question=str(number))))
    (change,) = house.stores[0].read_sync(lambda tx: tx.changes.of_review(house.review.id))
    assert change.question == str(asked)
    (answered,) = house.done_by(
        lambda tx, number: tx.changes.close_if_open(change.id, ChangeState.ANSWERED, str(number), "U1", NOW)
    )
    (kept,) = house.stores[1].read_sync(lambda tx: tx.changes.of_review(house.review.id))
    assert kept.reply == str(answered)


def test_a_handover_is_proposed_and_answered_by_one(house: House) -> None:
    (proposed,) = house.done_by(
        lambda tx, number: tx.handovers.propose(a_handover(house.pilot, f"U{number}"))
    )
    waiting = house.stores[0].read_sync(lambda tx: tx.handovers.proposed_of(house.pilot.id))
    assert waiting
    assert waiting.to_id == f"U{proposed}"

    def answer(tx: Tx, number: int) -> bool:
        state = HandoverState.ACCEPTED if number % 2 else HandoverState.REFUSED
        return tx.handovers.decide_if_proposed(waiting.id, state, by=f"U{number}", now=NOW)

    (answered,) = house.done_by(answer)
    (kept,) = house.stores[1].read_sync(lambda tx: tx.handovers.of_pilot(house.pilot.id))
    assert kept.decided_by == f"U{answered}"


def test_a_flag_is_raised_and_cleared_by_one(house: House) -> None:
    (_,) = house.done_by(lambda tx, _: tx.flags.raise_(a_flag(house.pilot)))
    (flag,) = house.stores[0].read_sync(lambda tx: tx.flags.raised_of(house.pilot.id))
    (_,) = house.done_by(lambda tx, _: tx.flags.clear_if_raised(flag.id, NOW))
    assert house.stores[1].read_sync(lambda tx: tx.flags.raised_of(house.pilot.id)) == []


def test_moves_are_numbered_without_a_gap_by_those_who_lock_the_pilot(house: House) -> None:
    def move(tx: Tx, number: int) -> bool:
        tx.pilots.lock(TEAM, house.pilot.id)
        tx.moves.add(a_move(house.pilot, by=f"U{number}"))
        return True

    order = house.done_by(move)
    moves = house.stores[0].read_sync(lambda tx: tx.moves.of_pilot(house.pilot.id))
    assert sorted(one.by for one in moves) == sorted(f"U{number}" for number in order)


def test_a_pilot_is_moved_by_one(house: House) -> None:
    def move(tx: Tx, number: int) -> bool:
        to_stage = RETIRED if number % 2 else "shadow"
        if not tx.pilots.move_if_at(house.pilot.id, "pilot", to_stage, NOW):
            return False
        kind = MoveKind.RETIRED if number % 2 else MoveKind.PROMOTED
        tx.moves.add(a_move(house.pilot, kind, to_stage=to_stage, by=f"U{number}"))
        return True

    (moved,) = house.done_by(move)
    (kept,) = house.stores[1].read_sync(lambda tx: tx.moves.of_pilot(house.pilot.id))
    assert kept.by == f"U{moved}"


def test_a_condition_is_met_by_one(house: House) -> None:
    condition = an_action(house.pilot, "condition-1", review_id=house.review.id)
    house.stores[0].write_sync(lambda tx: tx.actions.put(condition))
    (met,) = house.done_by(
        lambda tx, number: tx.actions.close_if_open(condition.id, ActionState.DONE, "U1", NOW, str(number))
    )
    (kept,) = house.stores[1].read_sync(
        lambda tx: tx.actions.conditions_of_pilot(house.pilot.id, open_only=False)
    )
    assert kept.outcome == str(met)
