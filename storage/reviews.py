"""Gate reviews as they stand. Two clicks at once meet here: one changes the row, the other is told so.

What a review showed is kept at each freezing, so that a vote always finds what it was about.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, func, or_, select, update

from bot.domain.errors import Refusal
from bot.domain.reviews import Board, Review, ReviewState
from storage.repository import Repository
from storage.statements import ByDialect, insert_unless_there
from storage.tables import OPEN_REVIEW, REVIEW as R, REVIEW_SNAPSHOT as S

_COLUMNS: Final = [R.c[name] for name in Review.model_fields]
_ROW: Final = R.c.id == bindparam("id_")
_PILOT: Final = R.c.pilot_id == bindparam("pilot_id_")
_WORKSPACE: Final = R.c.workspace_id == bindparam("workspace_id_")
_OPEN: Final = insert_unless_there(R, ["pilot_id", "gate_id"], where=OPEN_REVIEW)
_KEEP: Final = insert_unless_there(S, ["review_id", "snapshot_hash"])
_SNAPSHOT: Final = select(S.c.content).where(
    S.c.review_id == bindparam("id_"), S.c.snapshot_hash == bindparam("snapshot_hash_")
)
_MARKED: Final = (
    select(S.c.content)
    .where(
        S.c.review_id == bindparam("id_"),
        func.substr(S.c.snapshot_hash, 1, bindparam("length_")) == bindparam("mark_"),
    )
    .order_by(S.c.frozen_at.desc())
    .limit(1)
)
_GET: Final = select(*_COLUMNS).where(_ROW, _WORKSPACE)
_LOCK: Final = ByDialect(_GET, _GET.with_for_update(key_share=True))
_STANDING_OF: Final = (  # both at once, because whoever asks for the ones asks for the others as well
    select(*_COLUMNS)
    .where(_PILOT, R.c.state.in_([ReviewState.OPEN.value, ReviewState.APPROVED.value]))
    .order_by(R.c.decided_at, R.c.requested_at, R.c.id)
)
_ALL_OPEN: Final = select(*_COLUMNS).where(OPEN_REVIEW, _WORKSPACE).order_by(R.c.expires_at, R.c.id)
_OF_PILOT: Final = (  # of those of one instant, the open one is the newest
    select(*_COLUMNS)
    .where(_PILOT)
    .order_by(R.c.requested_at.desc(), R.c.decided_at.desc().nulls_first(), R.c.id)
)
_LATEST_OF: Final = _OF_PILOT.limit(1)
_NEWEST_DECIDED: Final = (
    select(*_COLUMNS).where(_PILOT).order_by(R.c.decided_at.desc(), R.c.requested_at.desc(), R.c.id).limit(1)
)
_LATEST_DECIDED: Final = _NEWEST_DECIDED.where(
    R.c.state.in_([ReviewState.APPROVED.value, ReviewState.DECLINED.value])
)
_B: Final = R.alias("before")
_BEFORE: Final = select(_B.c.decided_at).where(_B.c.id == bindparam("before_")).scalar_subquery()
_LATEST_DECIDED_BEFORE: Final = _LATEST_DECIDED.where(
    R.c.id != bindparam("before_"), or_(_BEFORE.is_(None), R.c.decided_at <= _BEFORE)
)
_APPROVED_INTO: Final = _NEWEST_DECIDED.where(
    R.c.state == ReviewState.APPROVED.value, R.c.to_stage == bindparam("stage_")
)
_DUE: Final = (
    select(*_COLUMNS)
    .where(OPEN_REVIEW, _WORKSPACE, R.c.expires_at <= bindparam("now_"))
    .order_by(R.c.expires_at)
    .limit(bindparam("limit_"))
)
_DUE_FOR_REMINDER: Final = (
    select(*_COLUMNS)
    .where(OPEN_REVIEW, _WORKSPACE, R.c.next_reminder_at <= bindparam("now_"))
    .order_by(R.c.next_reminder_at, R.c.id)
    .limit(bindparam("limit_"))
)
_CHANGE: Final = update(R).where(_ROW, OPEN_REVIEW)


def _changing(*names: str) -> Any:
    """Return the statement that gives an open review other values."""
    return _CHANGE.values({name: bindparam(f"{name}_") for name in names})


_DECIDE: Final = _changing("state", "decided_by", "decided_at", "reason")
_FREEZE: Final = _changing("snapshot", "snapshot_hash", "changed", "changed_at").returning(R.c.workspace_id)
_NOTE_BOARD: Final = _changing("board")
_ESCALATE: Final = _changing("escalated_at").where(R.c.escalated_at.is_(None))
_NOTE_REMINDERS: Final = _changing("next_reminder_at", "reminders", "reminded")


class ReviewAlreadyOpen(Refusal):
    """A review of this gate is already open. Decide or withdraw that one first."""


class Reviews(Repository):
    """The reviews of all pilots."""

    def open(self, review: Review) -> None:
        """Keep a new review with what it shows; ReviewAlreadyOpen when the pilot has an open one for the gate."""
        values = review.model_dump() | {"board": _kept(review.board)}
        if self._tx.execute(_OPEN, values).rowcount == 0:
            raise ReviewAlreadyOpen
        self._keep(review.workspace_id, review.id, review.snapshot, review.snapshot_hash, review.requested_at)

    def get(self, workspace_id: str, review_id: str) -> Review | None:
        return self._recalled(_GET, {"workspace_id_": workspace_id, "id_": review_id}, _one)

    def lock(self, workspace_id: str, review_id: str) -> Review | None:
        """Return the review and keep other transactions from changing it until this one ends."""
        return self._recalled(_LOCK, {"workspace_id_": workspace_id, "id_": review_id}, _one)

    def open_of(self, pilot_id: str, gate_id: str) -> Review | None:
        """Return the pilot's open review of a gate; there is one at most."""
        return next((one for one in self.all_open_of(pilot_id) if one.gate_id == gate_id), None)

    def all_open_of(self, pilot_id: str) -> list[Review]:
        """Return the pilot's open reviews, also of gates that the playbook has no more."""
        return [one for one in self._standing_of(pilot_id) if one.is_open]

    def all_open(self, workspace_id: str) -> list[Review]:
        """Return the open reviews of a workspace, those that expire first to begin with."""
        return _all(self._tx.execute(_ALL_OPEN, {"workspace_id_": workspace_id}))

    def of_pilot(self, pilot_id: str) -> list[Review]:
        """Return every review that a pilot ever had, whatever its state and gate, newest first."""
        return _all(self._tx.execute(_OF_PILOT, {"pilot_id_": pilot_id}))

    def latest_of(self, pilot_id: str) -> Review | None:
        """Return the review that was requested last, whatever its state and gate."""
        return _one(self._tx.execute(_LATEST_OF, {"pilot_id_": pilot_id}))

    def latest_decided_of(self, pilot_id: str, before: str | None = None) -> Review | None:
        """Return what was approved or declined last.

        With the id of a review: what was before that one, which is everything else while it is not decided.
        """
        if before is None:
            return _one(self._tx.execute(_LATEST_DECIDED, {"pilot_id_": pilot_id}))
        return _one(self._tx.execute(_LATEST_DECIDED_BEFORE, {"pilot_id_": pilot_id, "before_": before}))

    def approved_into(self, pilot_id: str, stage: str) -> Review | None:
        """Return the review that was approved last among those that led to a stage."""
        return _one(self._tx.execute(_APPROVED_INTO, {"pilot_id_": pilot_id, "stage_": stage}))

    def approved_revisions(self, pilot_id: str) -> dict[str, int]:
        """Return, by item, the revision of the answer that approvers saw when they last let the pilot pass."""
        return {
            entry["item_id"]: entry["answer"]["revision"]
            for review in self._standing_of(pilot_id)
            if review.state is ReviewState.APPROVED
            for entry in review.snapshot.get("items", ())
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
        return self._changed(
            _DECIDE, review_id, state=state, decided_by=decided_by, decided_at=decided_at, reason=reason
        )

    def freeze_anew(
        self,
        review_id: str,
        snapshot: dict[str, Any],
        snapshot_hash: str,
        changed: Iterable[str],
        now: datetime,
    ) -> bool:
        """Let the review show what is true now; what it showed before stays to be opened. False when it is closed."""
        values = {
            "id_": review_id,
            "snapshot_": snapshot,
            "snapshot_hash_": snapshot_hash,
            "changed_": tuple(changed),
            "changed_at_": now,
        }
        workspace_id = self._tx.execute(_FREEZE, values).scalar_one_or_none()
        if workspace_id is None:
            return False
        self._keep(workspace_id, review_id, snapshot, snapshot_hash, now)
        return True

    def snapshot_of(self, review_id: str, snapshot_hash: str) -> dict[str, Any] | None:
        """Return what the review showed under this hash; None for a hash that it never had."""
        values = {"id_": review_id, "snapshot_hash_": snapshot_hash}
        content: dict[str, Any] | None = self._tx.execute(_SNAPSHOT, values).scalar_one_or_none()
        return content

    def snapshot_marked(self, review_id: str, mark: str) -> dict[str, Any] | None:
        """Return what the review showed under a hash that begins like this; None where it never had one."""
        values = {"id_": review_id, "mark_": mark, "length_": len(mark)}
        content: dict[str, Any] | None = self._tx.execute(_MARKED, values).scalar_one_or_none()
        return content

    def note_board(self, review_id: str, board: Board) -> bool:
        """Keep who was in the roles when Slack was asked last; False when the review is closed."""
        return self._changed(_NOTE_BOARD, review_id, board=_kept(board))

    def escalate_if_open(self, review_id: str, now: datetime) -> bool:
        """Note that the fallback role was asked to step in; False when it was before, or the review is closed."""
        return self._changed(_ESCALATE, review_id, escalated_at=now)

    def note_reminders(
        self, review_id: str, *, next_reminder_at: datetime | None, reminders: int, reminded: Iterable[str]
    ) -> bool:
        """Keep who was reminded, how often, and when that is due again; False when the review is closed."""
        return self._changed(
            _NOTE_REMINDERS,
            review_id,
            next_reminder_at=next_reminder_at,
            reminders=reminders,
            reminded=tuple(reminded),
        )

    def due_to_expire(self, workspace_id: str, now: datetime, limit: int) -> list[Review]:
        """Return open reviews whose time is over, the longest overdue first."""
        values = {"workspace_id_": workspace_id, "now_": now, "limit_": limit}
        return _all(self._tx.execute(_DUE, values))

    def due_for_reminder(self, workspace_id: str, now: datetime, limit: int) -> list[Review]:
        """Return open reviews whose approvers are to be reminded, the longest due first."""
        values = {"workspace_id_": workspace_id, "now_": now, "limit_": limit}
        return _all(self._tx.execute(_DUE_FOR_REMINDER, values))

    def _standing_of(self, pilot_id: str) -> list[Review]:
        """Return what is open or was approved, what was decided first to begin with; each is then known by its id as well."""
        return self._recalled(_STANDING_OF, {"pilot_id_": pilot_id}, self._all_known)

    def _all_known(self, result: CursorResult[Any]) -> list[Review]:
        found = _all(result)
        for one in found:
            self._tx.memory.keep(_GET, {"workspace_id_": one.workspace_id, "id_": one.id}, one)
        return found

    def _keep(
        self, workspace_id: str, review_id: str, content: dict[str, Any], snapshot_hash: str, at: datetime
    ) -> None:
        """Keep what the review shows; what it has shown before is there already."""
        row = {"review_id": review_id, "snapshot_hash": snapshot_hash, "workspace_id": workspace_id}
        self._tx.execute(_KEEP, row | {"content": content, "frozen_at": at})

    def _changed(self, statement: Any, review_id: str, **values: Any) -> bool:
        given = {f"{name}_": value for name, value in values.items()}
        return self._tx.execute(statement, given | {"id_": review_id}).rowcount == 1


def _kept(board: Board | None) -> dict[str, Any] | None:
    return None if board is None else board.model_dump(mode="json")


def _one(result: CursorResult[Any]) -> Review | None:
    row = result.mappings().first()
    return None if row is None else Review.model_validate(dict(row))


def _all(result: CursorResult[Any]) -> list[Review]:
    return [Review.model_validate(dict(row)) for row in result.mappings()]
