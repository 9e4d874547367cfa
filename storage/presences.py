"""Whether those who answer for a channel's pilots were in it when that was asked last: nobody has left who never was there."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import bindparam, select

from storage.repository import Repository
from storage.statements import insert_or_replace, insert_unless_there
from storage.tables import PRESENCE as P, UNKNOWN_PRESENCE

_KEY: Final = ["workspace_id", "channel_id", "user_id"]
_HERE: Final = P.c.workspace_id == bindparam("workspace_id_")
_EXPECT: Final = insert_unless_there(P, _KEY)
_NOTE: Final = insert_or_replace(P, _KEY)
_OF_CHANNEL: Final = select(P.c.user_id, P.c.was_there).where(
    _HERE, P.c.channel_id == bindparam("channel_id_")
)
_UNKNOWN_IN: Final = (
    select(P.c.channel_id).where(_HERE, UNKNOWN_PRESENCE).group_by(P.c.channel_id).order_by(P.c.channel_id)
)


class Presences(Repository):
    """The presences in all channels."""

    def expect(self, workspace_id: str, channel_id: str, user_ids: Iterable[str]) -> None:
        """Let it be asked whether these people are in a channel, where that was never asked."""
        for user_id in user_ids:
            self._tx.execute(_EXPECT, _values(workspace_id, channel_id, user_id, was_there=None))

    def note(self, workspace_id: str, channel_id: str, user_id: str, *, was_there: bool | None) -> None:
        """Keep whether somebody is in a channel; None where it has to be asked again."""
        self._tx.execute(_NOTE, _values(workspace_id, channel_id, user_id, was_there=was_there))

    def of_channel(self, workspace_id: str, channel_id: str) -> dict[str, bool | None]:
        """Return what is known of a channel, by person."""
        values = {"workspace_id_": workspace_id, "channel_id_": channel_id}
        return {row.user_id: row.was_there for row in self._tx.execute(_OF_CHANNEL, values)}

    def unknown_in(self, workspace_id: str) -> list[str]:
        """Return the channels about which something has to be asked."""
        return list(self._tx.execute(_UNKNOWN_IN, {"workspace_id_": workspace_id}).scalars())


def _values(
    workspace_id: str, channel_id: str, user_id: str, *, was_there: bool | None
) -> dict[str, str | bool | None]:
    return {
        "workspace_id": workspace_id,
        "channel_id": channel_id,
        "user_id": user_id,
        "was_there": was_there,
    }
