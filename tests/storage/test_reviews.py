"""Reviews: one open per pilot and gate, decided once, expired when their time is over."""

import asyncio
from typing import Any

import pytest

from bot.domain.pilots import Pilot
from bot.domain.reviews import Review, ReviewState
from storage.reviews import ReviewAlreadyOpen
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import NOW, TEAM, a_pilot, a_review, after, an_interview


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


def keep(tx: Tx, pilot: Pilot) -> None:
    tx.pilots.register(pilot)


def opened(store: Store, review: Review) -> Review:
    store.write_sync(lambda tx: tx.reviews.open(review))
    return review


def decide(
    store: Store, review: Review, state: ReviewState, by: str | None, reason: str | None = None
) -> bool:
    return store.write_sync(
        lambda tx: tx.reviews.decide_if_open(review.id, state, by, after(hours=1), reason)
    )


def test_a_review_comes_back_as_it_was_its_snapshot_in_order(store: Store, pilot: Pilot) -> None:
    interview = an_interview(pilot)
    store.write_sync(lambda tx: tx.interviews.start(interview))
    snapshot = {"z": [1, {"b": None, "a": "漢"}], "a": "80", "nested": {"y": True, "x": 1.5}}
    review = opened(store, a_review(pilot, snapshot=snapshot, interview_id=interview.id))
    found = store.read_sync(lambda tx: tx.reviews.get(TEAM, review.id))
    assert found == review
    assert list(found.snapshot) == ["z", "a", "nested"]
    assert store.read_sync(lambda tx: tx.reviews.get("T2", review.id)) is None
    assert store.write_sync(lambda tx: tx.reviews.lock(TEAM, review.id)) == review


def test_a_pilot_has_one_open_review_per_gate(store: Store, pilot: Pilot) -> None:
    first = opened(store, a_review(pilot))
    with pytest.raises(ReviewAlreadyOpen):
        opened(store, a_review(pilot))
    opened(store, a_review(pilot, gate_id="shadow-exit"))
    assert store.read_sync(lambda tx: tx.reviews.open_of(pilot.id, "readiness")) == first
    assert decide(store, first, ReviewState.EXPIRED, None)
    assert store.read_sync(lambda tx: tx.reviews.open_of(pilot.id, "readiness")) is None
    again = opened(store, a_review(pilot, requested_at=after(days=6)))
    assert store.read_sync(lambda tx: tx.reviews.latest_of(pilot.id)) == again


async def test_of_two_clicks_at_once_one_decides(store: Store, pilot: Pilot) -> None:
    review = a_review(pilot)
    await store.write(lambda tx: tx.reviews.open(review))

    def click(tx: Tx, by: str) -> bool:
        return tx.reviews.decide_if_open(review.id, ReviewState.APPROVED, by, NOW, None)

    clicks = [store.write(click, by) for by in ("U1", "U2")]
    assert await asyncio.gather(*clicks) == [True, False]
    found = await store.read(lambda tx: tx.reviews.get(TEAM, review.id))
    assert found is not None
    assert (found.state, found.decided_by) == (ReviewState.APPROVED, "U1")


def test_a_decided_review_stays_decided(store: Store, pilot: Pilot) -> None:
    review = opened(store, a_review(pilot))
    assert decide(store, review, ReviewState.DECLINED, "U1", "No rollback was tried.")
    assert not decide(store, review, ReviewState.APPROVED, "U2")
    found = store.read_sync(lambda tx: tx.reviews.get(TEAM, review.id))
    assert found is not None
    assert (found.state, found.decided_by, found.decided_at, found.reason) == (
        ReviewState.DECLINED,
        "U1",
        after(hours=1),
        "No rollback was tried.",
    )
    assert not decide(store, a_review(pilot), ReviewState.APPROVED, "U2")


def test_only_open_reviews_whose_time_is_over_expire(store: Store) -> None:
    pilots = [a_pilot(name) for name in ("late", "later", "decided", "fresh")]
    for pilot in pilots:
        store.write_sync(keep, pilot)
    late = opened(store, a_review(pilots[0], expires_at=after(days=1)))
    later = opened(store, a_review(pilots[1], expires_at=after(days=2)))
    decide(store, opened(store, a_review(pilots[2], expires_at=after(days=1))), ReviewState.APPROVED, "U1")
    opened(store, a_review(pilots[3], expires_at=after(days=9)))
    assert store.read_sync(lambda tx: tx.reviews.due_to_expire(TEAM, after(days=2), 10)) == [late, later]
    assert store.read_sync(lambda tx: tx.reviews.due_to_expire(TEAM, after(days=2), 1)) == [late]
    assert store.read_sync(lambda tx: tx.reviews.due_to_expire("T2", after(days=2), 10)) == []


def test_all_open_reviews_of_a_workspace_are_found_those_that_expire_first_before_the_others(
    store: Store,
) -> None:
    pilots = [a_pilot(name) for name in ("later", "late", "decided")]
    for pilot in pilots:
        store.write_sync(keep, pilot)
    later = opened(store, a_review(pilots[0], expires_at=after(days=2)))
    late = opened(store, a_review(pilots[1], expires_at=after(days=1)))
    decide(store, opened(store, a_review(pilots[2])), ReviewState.APPROVED, "U1")
    assert store.read_sync(lambda tx: tx.reviews.all_open(TEAM)) == [late, later]
    assert store.read_sync(lambda tx: tx.reviews.all_open("T2")) == []


def test_the_revisions_that_approvers_saw_are_those_of_the_latest_approved_reviews(
    store: Store, pilot: Pilot
) -> None:
    def seen(**revisions: int | None) -> dict[str, Any]:
        items = [
            {"item_id": item_id, "answer": revision and {"revision": revision}}
            for item_id, revision in revisions.items()
        ]
        return {"items": items}

    def review(state: ReviewState, day: int, **revisions: int | None) -> None:
        one = opened(store, a_review(pilot, requested_at=after(days=day), snapshot=seen(**revisions)))
        store.write_sync(lambda tx: tx.reviews.decide_if_open(one.id, state, "U2", after(days=day), None))

    def approved() -> dict[str, int]:
        return store.read_sync(lambda tx: tx.reviews.approved_revisions(pilot.id))

    assert approved() == {}
    review(ReviewState.DECLINED, 1, integration=1)
    assert approved() == {}
    review(ReviewState.APPROVED, 2, integration=2, fallback=1, costs=None)
    review(ReviewState.APPROVED, 3, integration=4, handover=1)
    review(ReviewState.EXPIRED, 4, integration=9)
    opened(store, a_review(pilot, snapshot=seen(integration=12)))
    assert approved() == {"integration": 4, "fallback": 1, "handover": 1}
