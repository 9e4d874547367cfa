"""What happens to a review while it is open: frozen anew, escalated, reminded of; and which one was before which."""

from typing import Any

import pytest

from bot.domain.pilots import Pilot
from bot.domain.reviews import Board, Resolved, Review, ReviewKind, ReviewState
from storage.store import Store
from tests.storage.things import NOW, TEAM, a_pilot, a_review, after

BOARD = Board(
    roles=(
        Resolved(
            role="ops",
            title="Operations",
            people=frozenset({"U1", "U2"}),
            shown="<!subteam^S1>",
            unpinged="@ops",
        ),
        Resolved(role="risk", title="Risk", people=frozenset(), shown="nobody", unpinged="nobody"),
    )
)


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


def opened(store: Store, pilot: Pilot, **differently: Any) -> Review:
    review = a_review(pilot, **differently)
    store.write_sync(lambda tx: tx.reviews.open(review))
    return review


def get(store: Store, review: Review) -> Review:
    found = store.read_sync(lambda tx: tx.reviews.get(TEAM, review.id))
    assert found
    return found


def decided(
    store: Store,
    pilot: Pilot,
    state: ReviewState,
    day: int,
    **differently: Any,
) -> Review:
    review = opened(store, pilot, requested_at=after(days=day - 1), **differently)
    store.write_sync(lambda tx: tx.reviews.decide_if_open(review.id, state, "U1", after(days=day), None))
    return get(store, review)


def freeze(store: Store, review: Review, snapshot_hash: str, *changed: str, hours: int = 1) -> bool:
    content = {"of": snapshot_hash}
    return store.write_sync(
        lambda tx: tx.reviews.freeze_anew(review.id, content, snapshot_hash, changed, after(hours=hours))
    )


def shown(store: Store, review: Review, snapshot_hash: str) -> dict[str, Any] | None:
    return store.read_sync(lambda tx: tx.reviews.snapshot_of(review.id, snapshot_hash))


def test_everything_about_a_review_comes_back(store: Store, pilot: Pilot) -> None:
    facts: dict[str, Any] = {
        "kind": ReviewKind.BREAK_GLASS,
        "board": BOARD,
        "changed_at": after(hours=1),
        "changed": ("Rollback", "Costs"),
        "escalated_at": after(hours=2),
        "next_reminder_at": after(hours=3),
        "reminders": 2,
        "reminded": ("U1", "U2"),
    }
    review = opened(store, pilot, **facts)
    assert get(store, review) == review


def test_a_review_frozen_anew_shows_what_is_true_now_and_what_it_showed_before(
    store: Store, pilot: Pilot
) -> None:
    review = opened(store, pilot)
    assert shown(store, review, "abc") == review.snapshot
    assert freeze(store, review, "def", "Rollback", "The bar")
    now = get(store, review)
    assert (now.snapshot, now.snapshot_hash, now.changed, now.changed_at) == (
        {"of": "def"},
        "def",
        ("Rollback", "The bar"),
        after(hours=1),
    )
    assert shown(store, review, "abc") == review.snapshot
    assert shown(store, review, "def") == {"of": "def"}
    assert shown(store, review, "ghi") is None


def test_a_review_may_show_again_what_it_showed_before(store: Store, pilot: Pilot) -> None:
    review = opened(store, pilot)
    assert freeze(store, review, "def")
    content = review.snapshot
    assert store.write_sync(
        lambda tx: tx.reviews.freeze_anew(review.id, content, "abc", ["Rollback"], after(hours=2))
    )
    assert get(store, review).snapshot_hash == "abc"
    assert shown(store, review, "abc") == review.snapshot


def test_a_closed_review_keeps_what_was_decided_on(store: Store, pilot: Pilot) -> None:
    review = decided(store, pilot, ReviewState.DECLINED, 1)
    assert not freeze(store, review, "def", "Rollback")
    assert not freeze(store, a_review(pilot), "def")
    assert not store.write_sync(lambda tx: tx.reviews.note_board(review.id, BOARD))
    assert not store.write_sync(lambda tx: tx.reviews.escalate_if_open(review.id, NOW))
    assert not store.write_sync(
        lambda tx: tx.reviews.note_reminders(review.id, next_reminder_at=NOW, reminders=1, reminded=["U1"])
    )
    assert get(store, review) == review
    assert shown(store, review, "def") is None


def test_a_board_is_noted(store: Store, pilot: Pilot) -> None:
    review = opened(store, pilot)
    assert store.write_sync(lambda tx: tx.reviews.note_board(review.id, BOARD))
    assert get(store, review).board == BOARD


def test_a_review_is_escalated_once(store: Store, pilot: Pilot) -> None:
    review = opened(store, pilot)
    assert store.write_sync(lambda tx: tx.reviews.escalate_if_open(review.id, after(days=2)))
    assert not store.write_sync(lambda tx: tx.reviews.escalate_if_open(review.id, after(days=3)))
    assert get(store, review).escalated_at == after(days=2)


def test_open_reviews_are_found_when_a_reminder_is_due(store: Store, pilot: Pilot) -> None:
    others = [a_pilot(name) for name in ("never", "later", "closed")]
    for other in others:
        store.write_sync(lambda tx, one: tx.pilots.register(one), other)
    late = opened(store, pilot, next_reminder_at=after(days=1))
    opened(store, others[0])
    later = opened(store, others[1], next_reminder_at=after(days=2))
    decided(store, others[2], ReviewState.APPROVED, 1, next_reminder_at=NOW)

    def due(days: float, limit: int = 10, workspace_id: str = TEAM) -> list[Review]:
        return store.read_sync(lambda tx: tx.reviews.due_for_reminder(workspace_id, after(days=days), limit))

    assert due(0.9) == []
    assert due(1) == [late]
    assert due(3) == [late, later]
    assert due(3, limit=1) == [late]
    assert due(3, workspace_id="T2") == []
    assert store.write_sync(
        lambda tx: tx.reviews.note_reminders(
            late.id, next_reminder_at=after(days=4), reminders=1, reminded=["U1", "U2"]
        )
    )
    assert due(3) == [later]
    (_, again) = due(5)
    assert (again.id, again.reminders, again.reminded) == (late.id, 1, ("U1", "U2"))


def test_the_review_before_is_the_one_that_was_approved_or_declined_last(store: Store, pilot: Pilot) -> None:
    def latest(before: str | None = None) -> Review | None:
        return store.read_sync(lambda tx: tx.reviews.latest_decided_of(pilot.id, before))

    assert latest() is None
    declined = decided(store, pilot, ReviewState.DECLINED, 2)
    approved = decided(store, pilot, ReviewState.APPROVED, 4)
    decided(store, pilot, ReviewState.EXPIRED, 6)
    decided(store, pilot, ReviewState.WITHDRAWN, 8)
    running = opened(store, pilot, requested_at=after(days=9))
    assert latest() == approved
    assert latest(running.id) == approved
    assert latest(approved.id) == declined
    assert latest(declined.id) is None
    assert latest("unknown") == approved
    assert [one.state for one in store.read_sync(lambda tx: tx.reviews.of_pilot(pilot.id))] == [
        ReviewState.OPEN,
        ReviewState.WITHDRAWN,
        ReviewState.EXPIRED,
        ReviewState.APPROVED,
        ReviewState.DECLINED,
    ]
    assert store.read_sync(lambda tx: tx.reviews.of_pilot("P2")) == []


def test_of_reviews_of_one_instant_the_open_one_is_the_newest(store: Store, pilot: Pilot) -> None:
    for number in range(4):
        review = opened(store, pilot, id=f"{9 - number}")
        store.write_sync(
            lambda tx, one, hours: tx.reviews.decide_if_open(
                one.id, ReviewState.WITHDRAWN, None, after(hours=hours), None
            ),
            review,
            number,
        )
    running = opened(store, pilot, id="z")
    assert store.read_sync(lambda tx: tx.reviews.latest_of(pilot.id)) == running
    every = store.read_sync(lambda tx: tx.reviews.of_pilot(pilot.id))
    assert [one.id for one in every] == ["z", "6", "7", "8", "9"]


def test_the_review_that_led_into_a_stage_is_the_last_approved_one(store: Store, pilot: Pilot) -> None:
    def into(stage: str) -> Review | None:
        return store.read_sync(lambda tx: tx.reviews.approved_into(pilot.id, stage))

    decided(store, pilot, ReviewState.APPROVED, 2)
    assert into("limited") is None
    again = decided(store, pilot, ReviewState.APPROVED, 4, kind=ReviewKind.BREAK_GLASS)
    decided(store, pilot, ReviewState.DECLINED, 6)
    decided(store, pilot, ReviewState.APPROVED, 8, from_stage="shadow", to_stage="limited")
    assert into("shadow") == again
