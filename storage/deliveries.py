"""Slack deliveries that were carried out. Slack delivers at least once; the key makes the second time harmless."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete

from storage.repository import Repository
from storage.statements import insert_unless_there
from storage.tables import SEEN_DELIVERY as S

_CLAIM: Final = insert_unless_there(S, ["workspace_id", "key"])
_FORGET: Final = delete(S).where(S.c.seen_at < bindparam("before_"))


class Deliveries(Repository):
    """The deliveries of all workspaces."""

    def claim(self, workspace_id: str, key: str, now: datetime) -> bool:
        """Note that a delivery is being carried out; False when it was before."""
        return (
            self._tx.execute(_CLAIM, {"workspace_id": workspace_id, "key": key, "seen_at": now}).rowcount == 1
        )

    def forget_before(self, instant: datetime) -> int:
        """Drop what Slack will certainly not send again; return how many."""
        return self._tx.execute(_FORGET, {"before_": instant}).rowcount
