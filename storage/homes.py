"""Who opened the app's Home, what they looked at there, and what it showed, so that it is drawn anew only when that changes."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.values import Frozen, Instant
from storage.repository import Repository
from storage.statements import insert_or_replace
from storage.tables import HOME as H

_HERE: Final = H.c.workspace_id == bindparam("workspace_id_")
_ROW: Final = (_HERE, H.c.user_id == bindparam("user_id_"))
_OPENED: Final = insert_or_replace(H, ["workspace_id", "user_id"])
_GET: Final = select(H).where(*_ROW)
_OPEN_SINCE: Final = (
    select(H).where(_HERE, H.c.opened_at >= bindparam("at_")).order_by(H.c.opened_at.desc(), H.c.user_id)
)
_SHOWN: Final = update(H).where(*_ROW).values(shown=bindparam("shown_"))


class Home(Frozen):
    """Somebody's Home, as they saw it last."""

    workspace_id: str
    user_id: str
    opened_at: Instant
    page: dict[str, Any]
    """What they look at: a page and its filters, in the words of whoever draws it."""
    shown: str
    """A digest of what it showed."""


class Homes(Repository):
    """The Homes of all people."""

    def opened(self, workspace_id: str, user_id: str, at: datetime, page: dict[str, Any], shown: str) -> None:
        """Keep that somebody looks, at what, and what they are shown."""
        home = Home(workspace_id=workspace_id, user_id=user_id, opened_at=at, page=page, shown=shown)
        self._tx.execute(_OPENED, home.model_dump())

    def get(self, workspace_id: str, user_id: str) -> Home | None:
        """Return somebody's Home; None where they never opened it."""
        found = _all(self._tx.execute(_GET, {"workspace_id_": workspace_id, "user_id_": user_id}))
        return found[0] if found else None

    def open_since(self, workspace_id: str, at: datetime) -> list[Home]:
        """Return who opened theirs since an instant, the last one first."""
        return _all(self._tx.execute(_OPEN_SINCE, {"workspace_id_": workspace_id, "at_": at}))

    def shown(self, workspace_id: str, user_id: str, shown: str) -> None:
        """Keep what somebody is shown now."""
        values = {"workspace_id_": workspace_id, "user_id_": user_id, "shown_": shown}
        self._tx.execute(_SHOWN, values)


def _all(result: CursorResult[Any]) -> list[Home]:
    return [Home.model_validate(dict(row)) for row in result.mappings()]
