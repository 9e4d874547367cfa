"""Who left a channel and has not come back, as far as Slack told."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select

from storage.repository import Repository
from storage.statements import insert_unless_there
from storage.tables import ABSENCE as A

_CHANNEL: Final = (
    A.c.workspace_id == bindparam("workspace_id_"),
    A.c.channel_id == bindparam("channel_id_"),
)
_NOTE: Final = insert_unless_there(A, ["workspace_id", "channel_id", "user_id"])
_FORGET: Final = delete(A).where(*_CHANNEL, A.c.user_id == bindparam("user_id_"))
_OF_CHANNEL: Final = select(A.c.user_id, A.c.left_at).where(*_CHANNEL).order_by(A.c.left_at, A.c.user_id)


class Absences(Repository):
    """The absences of all channels."""

    def note(self, workspace_id: str, channel_id: str, user_id: str, at: datetime) -> bool:
        """Note that somebody left; False when that is known already, and then the first time stays."""
        values = {"workspace_id": workspace_id, "channel_id": channel_id, "user_id": user_id, "left_at": at}
        return self._tx.execute(_NOTE, values).rowcount == 1

    def forget(self, workspace_id: str, channel_id: str, user_id: str) -> bool:
        """Note that somebody is there again; False when nobody knew that they had left."""
        values = {"workspace_id_": workspace_id, "channel_id_": channel_id, "user_id_": user_id}
        return self._tx.execute(_FORGET, values).rowcount == 1

    def of_channel(self, workspace_id: str, channel_id: str) -> dict[str, datetime]:
        """Return who left a channel, and when, the first one first."""
        values = {"workspace_id_": workspace_id, "channel_id_": channel_id}
        return {row.user_id: row.left_at for row in self._tx.execute(_OF_CHANNEL, values)}
