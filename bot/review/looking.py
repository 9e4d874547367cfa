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
    """Return the snapshot whose hash begins like this, where it is shown now or somebody voted on it; else the one shown now."""
    review = facts.review
    hashes = dict.fromkeys(voice.vote.snapshot_hash for voice in facts.voices)
    meant = next((one for one in hashes if mark and one.startswith(mark)), None)
    found = desk.tx.reviews.snapshot_of(review.id, meant) if meant and meant != review.snapshot_hash else None
    return found or review.snapshot


def before(desk: Desk, facts: CardFacts) -> dict[str, Any] | None:
    """Return what the person voted on before it changed; else what the last board saw; None where there was none."""
    mine = [one.vote for one in facts.voices if one.stale and one.vote.user_id == desk.at.actor_id]
    voted_on = desk.tx.reviews.snapshot_of(facts.review.id, mine[-1].snapshot_hash) if mine else None
    return voted_on or (facts.last.snapshot if facts.last else None)
