"""Questions that approvers handed back before they decide. At most one per person and review is open."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.reviews import ChangeRequest, ChangeState
from storage.repository import Repository, portions
from storage.statements import insert_unless_there
from storage.tables import CHANGE_REQUEST as C, OPEN_CHANGE

_COLUMNS: Final = [C.c[name] for name in ChangeRequest.model_fields]
_ROW: Final = C.c.id == bindparam("id_")
_REVIEW: Final = C.c.review_id == bindparam("review_id_")
_ASK: Final = insert_unless_there(C, ["review_id", "asked_by"], where=OPEN_CHANGE)
_GET: Final = select(*_COLUMNS).where(_ROW, C.c.workspace_id == bindparam("workspace_id_"))
_OF_REVIEW: Final = select(*_COLUMNS).where(_REVIEW).order_by(C.c.asked_at, C.c.id)
_OPEN_OF_REVIEWS: Final = (
    select(*_COLUMNS)
    .where(C.c.review_id.in_(bindparam("review_ids_", expanding=True)), OPEN_CHANGE)
    .order_by(C.c.asked_at, C.c.id)
)
_CLOSED: Final[dict[str, Any]] = {name: bindparam(f"{name}_") for name in ("state", "closed_by", "closed_at")}
_CLOSE: Final = update(C).where(_ROW, OPEN_CHANGE).values(**_CLOSED, reply=bindparam("reply_"))
_CLOSE_ALL: Final = update(C).where(_REVIEW, OPEN_CHANGE).values(_CLOSED)


class Changes(Repository):
    """The questions about all reviews."""

    def ask(self, change: ChangeRequest) -> bool:
        """Keep a question; False when the person has one about the review that is open."""
        return self._tx.execute(_ASK, change.model_dump()).rowcount == 1

    def get(self, workspace_id: str, change_id: str) -> ChangeRequest | None:
        found = _all(self._tx.execute(_GET, {"workspace_id_": workspace_id, "id_": change_id}))
        return found[0] if found else None

    def of_review(self, review_id: str) -> list[ChangeRequest]:
        """Return all questions about a review, closed ones too, oldest first."""
        return list(self._recalled(_OF_REVIEW, {"review_id_": review_id}, _all))

    def open_of_reviews(self, review_ids: Iterable[str]) -> list[ChangeRequest]:
        """Return the open questions about some reviews."""
        return [
            one
            for portion in portions(review_ids)
            for one in _all(self._tx.execute(_OPEN_OF_REVIEWS, {"review_ids_": portion}))
        ]

    def close_if_open(
        self, change_id: str, state: ChangeState, reply: str, by: str | None, now: datetime
    ) -> bool:
        """Close a question with what was answered; False when somebody did before."""
        values = {"id_": change_id, "reply_": reply, **_closed(state, by, now)}
        return self._tx.execute(_CLOSE, values).rowcount == 1

    def close_all_of_review(self, review_id: str, state: ChangeState, by: str | None, now: datetime) -> int:
        """Close whatever is open about a review, without an answer; return how many that were."""
        return self._tx.execute(_CLOSE_ALL, {"review_id_": review_id, **_closed(state, by, now)}).rowcount


def _closed(state: ChangeState, by: str | None, now: datetime) -> dict[str, Any]:
    return {"state_": state, "closed_by_": by, "closed_at_": now}


def _all(result: CursorResult[Any]) -> list[ChangeRequest]:
    return [ChangeRequest.model_validate(dict(row)) for row in result.mappings()]
