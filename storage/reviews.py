"""Gate reviews and the approvers' decisions. Two clicks at once meet here: one changes the row, the other is told so."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.errors import Refusal
from bot.domain.reviews import Decision, Review, ReviewState
from storage.repository import Repository
from storage.statements import insert_unless_there
from storage.tables import DECISION as D, OPEN_REVIEW, REVIEW as R

_COLUMNS: Final = [R.c[name] for name in Review.model_fields]
_ROW: Final = R.c.id == bindparam("id_")
_PILOT: Final = R.c.pilot_id == bindparam("pilot_id_")
_OPEN: Final = insert_unless_there(R, ["pilot_id", "gate_id"], where=OPEN_REVIEW)
_GET: Final = select(*_COLUMNS).where(_ROW, R.c.workspace_id == bindparam("workspace_id_"))
_LOCK: Final = _GET.with_for_update(key_share=True)
_OPEN_OF: Final = select(*_COLUMNS).where(_PILOT, R.c.gate_id == bindparam("gate_id_"), OPEN_REVIEW)
_ALL_OPEN_OF: Final = select(*_COLUMNS).where(_PILOT, OPEN_REVIEW)
_ALL_OPEN: Final = (
    select(*_COLUMNS)
    .where(OPEN_REVIEW, R.c.workspace_id == bindparam("workspace_id_"))
    .order_by(R.c.expires_at, R.c.id)
)
_LATEST_OF: Final = select(*_COLUMNS).where(_PILOT).order_by(R.c.requested_at.desc(), R.c.id).limit(1)
_APPROVED: Final = (
    select(R.c.snapshot)
    .where(_PILOT, R.c.state == ReviewState.APPROVED.value)
    .order_by(R.c.decided_at, R.c.requested_at, R.c.id)
)
_DUE: Final = (
    select(*_COLUMNS)
    .where(OPEN_REVIEW, R.c.workspace_id == bindparam("workspace_id_"), R.c.expires_at <= bindparam("now_"))
    .order_by(R.c.expires_at)
    .limit(bindparam("limit_"))
)
_DECIDE: Final = (
    update(R)
    .where(_ROW, OPEN_REVIEW)
    .values({name: bindparam(f"{name}_") for name in ("state", "decided_by", "decided_at", "reason")})
)
_DECISION_COLUMNS: Final = [D.c[name] for name in Decision.model_fields]
_SPEAK: Final = insert_unless_there(
    D,
    ["review_id", "user_id", "snapshot_hash"],
    values={
        "workspace_id": select(R.c.workspace_id).where(R.c.id == bindparam("review_id_")).scalar_subquery()
    },
)
_DECISIONS: Final = (
    select(*_DECISION_COLUMNS)
    .where(D.c.review_id == bindparam("review_id_"))
    .order_by(D.c.decided_at, D.c.user_id, D.c.snapshot_hash)
)


class ReviewAlreadyOpen(Refusal):
    """A review of this gate is already open. Decide or withdraw that one first."""


class Reviews(Repository):
    """The reviews of all pilots."""

    def open(self, review: Review) -> None:
        """Keep a new review; ReviewAlreadyOpen when the pilot has an open one for the gate."""
        if self._tx.execute(_OPEN, review.model_dump()).rowcount == 0:
            raise ReviewAlreadyOpen

    def get(self, workspace_id: str, review_id: str) -> Review | None:
        return _one(self._tx.execute(_GET, {"workspace_id_": workspace_id, "id_": review_id}))

    def lock(self, workspace_id: str, review_id: str) -> Review | None:
        """Return the review and keep other transactions from changing it until this one ends."""
        return _one(self._tx.execute(_LOCK, {"workspace_id_": workspace_id, "id_": review_id}))

    def open_of(self, pilot_id: str, gate_id: str) -> Review | None:
        return _one(self._tx.execute(_OPEN_OF, {"pilot_id_": pilot_id, "gate_id_": gate_id}))

    def all_open_of(self, pilot_id: str) -> list[Review]:
        """Return the pilot's open reviews, also of gates that the playbook has no more."""
        return [
            Review.model_validate(dict(row))
            for row in self._tx.execute(_ALL_OPEN_OF, {"pilot_id_": pilot_id}).mappings()
        ]

    def all_open(self, workspace_id: str) -> list[Review]:
        """Return the open reviews of a workspace, those that expire first to begin with."""
        rows = self._tx.execute(_ALL_OPEN, {"workspace_id_": workspace_id}).mappings()
        return [Review.model_validate(dict(row)) for row in rows]

    def latest_of(self, pilot_id: str) -> Review | None:
        """Return the review that was requested last, whatever its state and gate."""
        return _one(self._tx.execute(_LATEST_OF, {"pilot_id_": pilot_id}))

    def approved_revisions(self, pilot_id: str) -> dict[str, int]:
        """Return, by item, the revision of the answer that approvers saw when they last let the pilot pass."""
        return {
            entry["item_id"]: entry["answer"]["revision"]
            for snapshot in self._tx.execute(_APPROVED, {"pilot_id_": pilot_id}).scalars()
            for entry in snapshot.get("items", ())
            if isinstance(entry, dict) and entry.get("answer")
        }

    def decide_if_open(
        self,
        review_id: str,
        state: ReviewState,
        decided_by: str | None,
        decided_at: datetime,
        reason: str | None,
    ) -> bool:
        """Close the review if nobody did before; False when somebody did."""
        values = {
            "id_": review_id,
            "state_": state,
            "decided_by_": decided_by,
            "decided_at_": decided_at,
            "reason_": reason,
        }
        return self._tx.execute(_DECIDE, values).rowcount == 1

    def add_decision(self, decision: Decision) -> bool:
        """Keep an approver's word; False when the person has spoken about this snapshot before."""
        return (
            self._tx.execute(_SPEAK, decision.model_dump() | {"review_id_": decision.review_id}).rowcount == 1
        )

    def decisions(self, review_id: str) -> list[Decision]:
        """Return the approvers' words in the order they were given."""
        rows = self._tx.execute(_DECISIONS, {"review_id_": review_id}).mappings()
        return [Decision.model_validate(dict(row)) for row in rows]

    def due_to_expire(self, workspace_id: str, now: datetime, limit: int) -> list[Review]:
        """Return open reviews whose time is over, the longest overdue first."""
        result = self._tx.execute(_DUE, {"workspace_id_": workspace_id, "now_": now, "limit_": limit})
        return [Review.model_validate(dict(row)) for row in result.mappings()]


def _one(result: CursorResult[Any]) -> Review | None:
    row = result.mappings().first()
    return None if row is None else Review.model_validate(dict(row))
