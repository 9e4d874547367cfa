"""Actions: what somebody undertook to do about an item, at most one open per pilot and item.

What a promotion was approved on is an action too; it stands under an item id of its own.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.actions import Action, ActionState
from storage.repository import Repository
from storage.statements import insert_or_update
from storage.tables import ACTION as A, OPEN_ACTION

_COLUMNS: Final = [A.c[name] for name in Action.model_fields]
_KEPT: Final = {"id", "workspace_id", "pilot_id", "item_id"}
_PUT: Final = insert_or_update(
    A,
    ["pilot_id", "item_id"],
    lambda new: {name: new[name] for name in Action.model_fields if name not in _KEPT},
    index_where=OPEN_ACTION,
    returning=(A.c.id,),
)
_GET: Final = select(*_COLUMNS).where(
    A.c.id == bindparam("id_"), A.c.workspace_id == bindparam("workspace_id_")
)
_PILOT: Final = A.c.pilot_id == bindparam("pilot_id_")
_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT).order_by(A.c.created_at, A.c.id)
_OPEN_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT, OPEN_ACTION)
_CONDITIONS_OF_PILOT: Final = _OF_PILOT.where(A.c.review_id.is_not(None))
_OPEN_CONDITIONS_OF_PILOT: Final = _CONDITIONS_OF_PILOT.where(OPEN_ACTION)
_OPEN_OF_OWNERS: Final = (
    select(*_COLUMNS)
    .where(
        A.c.workspace_id == bindparam("workspace_id_"),
        A.c.owner_id.in_(bindparam("owner_ids_", expanding=True)),
        OPEN_ACTION,
    )
    .order_by(A.c.due_on.is_(None), A.c.due_on, A.c.created_at, A.c.id)
)
_CLOSE: Final = (
    update(A)
    .where(OPEN_ACTION)
    .values({name: bindparam(f"{name}_") for name in ("state", "closed_by", "closed_at")})
)
_CLOSE_ONE: Final = _CLOSE.where(A.c.id == bindparam("id_")).values(outcome=bindparam("outcome_"))
_CLOSE_UNDERTAKINGS: Final = _CLOSE.where(_PILOT, A.c.review_id.is_(None))


class Actions(Repository):
    """The actions of all pilots."""

    def put(self, action: Action) -> Action:
        """Keep an action; the open one of the same pilot and item gives way to it, and only its id stays."""
        kept: str = self._tx.execute(_PUT, action.model_dump()).scalar_one()
        return action.model_copy(update={"id": kept})

    def get(self, workspace_id: str, action_id: str) -> Action | None:
        found = _all(self._tx.execute(_GET, {"workspace_id_": workspace_id, "id_": action_id}))
        return found[0] if found else None

    def of_pilot(self, pilot_id: str) -> list[Action]:
        """Return all of a pilot's actions, closed ones too, oldest first."""
        return list(self._recalled(_OF_PILOT, {"pilot_id_": pilot_id}, _all))

    def open_of_pilot(self, pilot_id: str) -> dict[str, Action]:
        """Return a pilot's open actions by item."""
        found = self._recalled(_OPEN_OF_PILOT, {"pilot_id_": pilot_id}, _all)
        return {action.item_id: action for action in found}

    def conditions_of_pilot(self, pilot_id: str, *, open_only: bool = True) -> list[Action]:
        """Return what the pilot's promotions were approved on, oldest first."""
        statement = _OPEN_CONDITIONS_OF_PILOT if open_only else _CONDITIONS_OF_PILOT
        return list(self._recalled(statement, {"pilot_id_": pilot_id}, _all))

    def open_of_owners(self, workspace_id: str, owner_ids: Iterable[str]) -> list[Action]:
        """Return the open actions of these people and groups, what is due first to begin with, undated ones last."""
        values = {"workspace_id_": workspace_id, "owner_ids_": list(owner_ids)}
        return _all(self._tx.execute(_OPEN_OF_OWNERS, values))

    def close_if_open(
        self, action_id: str, state: ActionState, by: str | None, at: datetime, outcome: str = ""
    ) -> bool:
        """Close the action, with what came of it; False when somebody did before."""
        values = {"id_": action_id, "outcome_": outcome, **_closed(state, by, at)}
        return self._tx.execute(_CLOSE_ONE, values).rowcount == 1

    def close_undertakings_of_pilot(
        self, pilot_id: str, state: ActionState, by: str | None, at: datetime
    ) -> int:
        """Close whatever the team undertook and is open, not what approvals depend on; return how many those were."""
        return self._tx.execute(
            _CLOSE_UNDERTAKINGS, {"pilot_id_": pilot_id, **_closed(state, by, at)}
        ).rowcount


def _closed(state: ActionState, by: str | None, at: datetime) -> dict[str, Any]:
    return {"state_": state, "closed_by_": by, "closed_at_": at}


def _all(result: CursorResult[Any]) -> list[Action]:
    return [Action.model_validate(dict(row)) for row in result.mappings()]
