"""What approvers said, each about one snapshot of a review. A vote is taken back, never changed and never removed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.reviews import Vote
from storage.repository import Repository, portions
from storage.statements import insert_unless_there
from storage.tables import STANDING_VOTE, VOTE as V

_COLUMNS: Final = [V.c[name] for name in Vote.model_fields]
_REVIEW: Final = V.c.review_id == bindparam("review_id_")
_CAST: Final = insert_unless_there(V, ["review_id", "user_id", "snapshot_hash"], where=STANDING_VOTE)
_OF_REVIEW: Final = select(*_COLUMNS).where(_REVIEW).order_by(V.c.voted_at, V.c.user_id, V.c.id)
_OF_REVIEWS: Final = (
    select(*_COLUMNS)
    .where(V.c.review_id.in_(bindparam("review_ids_", expanding=True)))
    .order_by(V.c.voted_at, V.c.user_id, V.c.id)
)
_WITHDRAW: Final = (
    update(V)
    .where(
        _REVIEW,
        V.c.user_id == bindparam("user_id_"),
        V.c.snapshot_hash == bindparam("snapshot_hash_"),
        STANDING_VOTE,
    )
    .values(withdrawn_at=bindparam("now_"))
)


class Votes(Repository):
    """The votes on all reviews."""

    def cast(self, vote: Vote) -> bool:
        """Keep a vote; False when the person has one on this snapshot that is not taken back."""
        conditions = [one.model_dump(mode="json") for one in vote.conditions]
        return self._tx.execute(_CAST, vote.model_dump() | {"conditions": conditions}).rowcount == 1

    def of_review(self, review_id: str) -> list[Vote]:
        """Return all votes, oldest first: also those that were taken back, and those on earlier snapshots."""
        return list(self._recalled(_OF_REVIEW, {"review_id_": review_id}, _all))

    def of_reviews(self, review_ids: Iterable[str]) -> dict[str, list[Vote]]:
        """Return all votes on some reviews, by review, each oldest first; nothing for a review without any."""
        found: dict[str, list[Vote]] = {}
        for portion in portions(review_ids):
            for row in self._tx.execute(_OF_REVIEWS, {"review_ids_": portion}).mappings():
                vote = Vote.model_validate(dict(row))
                found.setdefault(vote.review_id, []).append(vote)
        return found

    def withdraw_if_standing(self, review_id: str, user_id: str, snapshot_hash: str, now: datetime) -> bool:
        """Take a person's vote on a snapshot back; False when there is none to take back."""
        values = {
            "review_id_": review_id,
            "user_id_": user_id,
            "snapshot_hash_": snapshot_hash,
            "now_": now,
        }
        return self._tx.execute(_WITHDRAW, values).rowcount == 1


def _all(result: CursorResult[Any]) -> list[Vote]:
    return [Vote.model_validate(dict(row)) for row in result.mappings()]
