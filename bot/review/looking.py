"""What people look at closer: a review with its facts, a snapshot by its mark, and what a person saw before. Reads only."""

from typing import Any

from bot.desk import Desk
from bot.review import workflow
from bot.review.facts import CardFacts, card_facts


def facts_of(desk: Desk, review_id: str) -> CardFacts:
    """Return the facts of a review of this workspace, decided or not."""
    return card_facts(desk, workflow.get(desk, review_id))


def open_facts(desk: Desk, review_id: str) -> CardFacts:
    """Return the facts of a review that can still be decided."""
    return card_facts(desk, workflow.get_open(desk, review_id))


def snapshot_by(desk: Desk, facts: CardFacts, mark: str) -> dict[str, Any]:
    """Return what the review showed under the hash that begins like this; what it shows now where it never had one."""
    review = facts.review
    found = desk.tx.reviews.snapshot_marked(review.id, mark) if mark else None
    return found or review.snapshot


def before(desk: Desk, facts: CardFacts) -> dict[str, Any] | None:
    """Return what the person voted on before it changed; else what the last board saw; None where there was none."""
    mine = [one.vote for one in facts.voices if one.stale and one.vote.user_id == desk.at.actor_id]
    voted_on = desk.tx.reviews.snapshot_of(facts.review.id, mine[-1].snapshot_hash) if mine else None
    return voted_on or (facts.last.snapshot if facts.last else None)
