"""The Slack workspaces that installed Preflight."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.values import Frozen
from storage.columns import UtcDateTime
from storage.repository import Repository
from storage.statements import insert_or_update
from storage.tables import WORKSPACE as W

_ROW: Final = W.c.workspace_id == bindparam("workspace_id_")


class Workspace(Frozen):
    """A workspace as Slack last described it."""

    workspace_id: str
    name: str
    url: str
    bot_user_id: str


_TOLD: Final = [name for name in Workspace.model_fields if name != "workspace_id"]
_REMEMBER: Final = insert_or_update(W, ["workspace_id"], lambda new: {name: new[name] for name in _TOLD})
_ALL: Final = select(*(W.c[name] for name in Workspace.model_fields)).order_by(W.c.workspace_id)
_GET: Final = _ALL.where(_ROW)
_NEXT_DIGEST_AT: Final = select(W.c.next_digest_at).where(_ROW)
_CLAIM_DIGEST: Final = (
    update(W)
    .where(_ROW, W.c.next_digest_at.is_not_distinct_from(bindparam("expected_", type_=UtcDateTime)))
    .values(next_digest_at=bindparam("next_"))
)


class Workspaces(Repository):
    """The workspaces that are known."""

    def remember(self, workspace_id: str, name: str, url: str, bot_user_id: str) -> None:
        workspace = Workspace(workspace_id=workspace_id, name=name, url=url, bot_user_id=bot_user_id)
        self._tx.execute(_REMEMBER, workspace.model_dump())

    def get(self, workspace_id: str) -> Workspace | None:
        return self._recalled(_GET, {"workspace_id_": workspace_id}, _one)

    def all(self) -> list[Workspace]:
        return [Workspace.model_validate(dict(row)) for row in self._tx.execute(_ALL).mappings()]

    def next_digest_at(self, workspace_id: str) -> datetime | None:
        """Return when everybody is to hear of the week next; None where that was never settled."""
        at: datetime | None = self._tx.execute(_NEXT_DIGEST_AT, {"workspace_id_": workspace_id}).scalar()
        return at

    def claim_digest(self, workspace_id: str, expected: datetime | None, following: datetime | None) -> bool:
        """Take it on to tell of the week, or settle when that is; False when another process was quicker."""
        values = {"workspace_id_": workspace_id, "expected_": expected, "next_": following}
        return self._tx.execute(_CLAIM_DIGEST, values).rowcount == 1


def _one(result: CursorResult[Any]) -> Workspace | None:
    row = result.mappings().first()
    return None if row is None else Workspace.model_validate(dict(row))
