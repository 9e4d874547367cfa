"""What must hold of a pilot and its reviews at any time, for the test that does anything in any order. Reads rows only."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.answers import Answer
from bot.domain.errors import Refusal
from bot.domain.moves import StageMove
from bot.domain.pilots import Pilot
from bot.domain.policies import Material
from bot.domain.review import AlreadyDecided, NoRight, NotYourTurn, TimeIsOver
from bot.domain.reviews import ChangeRequest, Choice, Review, ReviewKind, ReviewState, Vote
from bot.review import workflow as reviews
from storage.audit import AuditEntry
from storage.transaction import Tx

from . import replayed
from .conftest import WORKSPACE, words_of
from .gate_world import World, meaning
from .tried import Around

BUTTONS = ("review.approve", "review.decline")


@dataclass(frozen=True)
class Seen:
    """One consistent look at everything."""

    pilot: Pilot
    reviews: tuple[Review, ...]
    around: Mapping[str, Around]
    """By review."""
    questions: tuple[ChangeRequest, ...]
    moves: tuple[StageMove, ...]
    answers: Mapping[str, Answer]
    cards: Mapping[str, list[str]]
    """The lines of each review's card, with the ids of its controls."""
    raised: int
    entries: tuple[AuditEntry, ...]
    story: replayed.Story

    @property
    def open(self) -> list[Review]:
        return [one for one in self.reviews if one.is_open]

    def review(self, review_id: str) -> Review:
        return next(one for one in self.reviews if one.id == review_id)

    def votes(self, review_id: str) -> tuple[Vote, ...]:
        return self.around[review_id].votes


def look(world: World) -> Seen:
    """Read everything in one transaction."""

    def within(tx: Tx) -> Seen:
        pilot = tx.pilots.get(WORKSPACE, world.pilot_id)
        assert pilot
        every = tuple(tx.reviews.of_pilot(pilot.id))
        cards = {one.id: tx.messages.by_key(WORKSPACE, reviews.card_key(one.id)) for one in every}
        return Seen(
            pilot=pilot,
            reviews=every,
            around={one.id: world.around(tx, one) for one in every},
            questions=tuple(asked for one in every for asked in tx.changes.of_review(one.id)),
            moves=tuple(tx.moves.of_pilot(pilot.id)),
            answers=tx.answers.current(pilot.id),
            cards={one: words_of(card.body).splitlines() for one, card in cards.items() if card},
            raised=len(tx.flags.raised_of(pilot.id)),
            entries=tuple(tx.audit.all(WORKSPACE)),
            story=replayed.by_the_tables(tx, WORKSPACE, pilot.id),
        )

    return world.house.store.read_sync(within)


def check_one_decision(seen: Seen, over: dict[str, tuple[Review, tuple[Vote, ...]]]) -> None:
    """Nothing changes a review that is over; `over` are those that are, as they were when that was seen first."""
    for review in seen.reviews:
        if review.id in over:
            assert over[review.id] == (review, seen.votes(review.id))
        elif not review.is_open:
            over[review.id] = (review, seen.votes(review.id))
            asked = [one for one in seen.questions if one.review_id == review.id]
            assert all(one.state != "open" for one in asked)
    gates = [one.gate_id for one in seen.open]
    assert len(gates) == len(set(gates))


def check_snapshots(world: World, seen: Seen) -> None:
    """What a vote is about can be opened, and is what its hash says."""
    for review in seen.reviews:
        for mark in {review.snapshot_hash, *(vote.snapshot_hash for vote in seen.votes(review.id))}:
            content = _shown(world, review, mark)
            written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            assert hashlib.sha256(written.encode()).hexdigest() == mark
            if mark == review.snapshot_hash:
                assert content == review.snapshot


def _shown(world: World, review: Review, mark: str) -> dict[str, Any] | None:
    return world.house.store.read_sync(lambda tx: tx.reviews.snapshot_of(review.id, mark))


def check_shows_what_is_true(seen: Seen, now: datetime) -> None:
    """An open request shows the answers as they are, as far as they are material; time alone is looked at with a click."""
    for review in seen.open:
        if review.kind is not ReviewKind.PROMOTION or now >= review.expires_at:
            continue
        assert review.from_stage == seen.pilot.stage
        assert seen.pilot.hold is None
        for shown in review.snapshot["items"]:
            given = seen.answers[shown["item_id"]]
            assert shown["answer"]["status"] == given.status
            if Material.WORDS in seen.around[review.id].policy.material:
                assert meaning(shown["answer"]["detail"]) == meaning(given.detail)


def check_moves(seen: Seen) -> None:
    """The stage is where the moves led, one after another, and nothing goes back to where it has not been."""
    been_in: set[str] = set()
    stage: str | None = None
    for move in seen.moves:
        assert move.from_stage == stage
        if move.kind == "rolled_back":
            assert move.to_stage in been_in
        if move.kind == "promoted":
            review = seen.review(move.review_id or "")
            assert (review.state, review.from_stage, review.to_stage) == (
                "approved",
                move.from_stage,
                move.to_stage,
            )
        been_in.add(move.to_stage)
        stage = move.to_stage
    assert seen.pilot.stage == stage
    promoted = [move.review_id for move in seen.moves if move.kind == "promoted"]
    approved = {r.id for r in seen.reviews if r.state == "approved" and r.kind is ReviewKind.PROMOTION}
    assert set(promoted) == approved
    assert len(promoted) == len(approved)


def check_record(seen: Seen) -> None:
    """The record alone tells how everything stands."""
    assert replayed.by_the_record(seen.entries) == seen.story


def check_shown(seen: Seen) -> None:
    """Flags are counted right, and a card has the buttons for deciding exactly as long as it can be decided."""
    assert seen.pilot.flags == seen.raised
    for review in seen.reviews:
        assert all((button in seen.cards[review.id]) is review.is_open for button in BUTTONS)


def check_refusal(refused: Refusal, before: Around, by: str) -> None:
    """Whoever has no right is told so, which is what goes on the record; nobody else is, and nobody waits for a turn they have."""
    if not isinstance(refused, (AlreadyDecided, TimeIsOver)):
        may = before.is_fit(by) and not before.is_barred(by) and before.has_any_role(by)
        assert isinstance(refused, NoRight) is not may, (by, refused)
    if isinstance(refused, NotYourTurn):
        assert not before.has_a_turn(by)


def check_outcome(seen: Seen, review_id: str, by: str, choice: Choice) -> None:
    """A vote that was heard stands, and decides only in its own sense, and only when the policy is met."""
    now, after = seen.review(review_id), seen.around[review_id]
    standing = [v.choice for v in after.votes if v.user_id == by and v.counts_for(now.snapshot_hash)]
    assert standing == [choice]
    if now.is_open:
        return
    said = [v.choice for v in after.votes if v.user_id == now.decided_by and v.counts_for(now.snapshot_hash)]
    if now.state is ReviewState.DECLINED:
        assert said == [Choice.DECLINE]
        return
    assert choice is Choice.APPROVE
    assert now.state is ReviewState.APPROVED
    assert now.decided_by in after.agreed()
    assert after.is_met()
    if now.kind is ReviewKind.PROMOTION:
        assert seen.pilot.stage == now.to_stage
