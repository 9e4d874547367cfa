"""How long Slack asked us to leave a method alone, so that a restart does not forget it."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from storage.repository import Repository
from storage.statements import insert_or_update
from storage.tables import METHOD_PAUSE as P

_PAUSE: Final = insert_or_update(
    P, ["workspace_id", "method"], lambda new: {"until": new.until}, where=lambda new: P.c.until < new.until
)
_GET: Final = select(P.c.until).where(
    P.c.workspace_id == bindparam("workspace_id_"), P.c.method == bindparam("method_")
)


class Pauses(Repository):
    """The pauses of all workspaces."""

    def pause(self, workspace_id: str, method: str, until: datetime) -> None:
        """Leave a method alone until then; a longer pause that is known already stays."""
        self._tx.execute(_PAUSE, {"workspace_id": workspace_id, "method": method, "until": until})

    def paused_until(self, workspace_id: str, method: str) -> datetime | None:
        """Return the end of the last pause, which may be over, or None when there never was one."""
        values = {"workspace_id_": workspace_id, "method_": method}
        until: datetime | None = self._tx.execute(_GET, values).scalar()
        return until
