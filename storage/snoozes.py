"""Of what people want to hear nothing for a while: one matter each."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from bot.domain.notices import Snooze
from storage.repository import Repository
from storage.statements import insert_or_replace
from storage.tables import SNOOZE as S

_COLUMNS: Final = [S.c[name] for name in Snooze.model_fields]
_PERSON: Final = (
    S.c.workspace_id == bindparam("workspace_id_"),
    S.c.person_id == bindparam("person_id_"),
)
_SAVE: Final = insert_or_replace(S, ["workspace_id", "person_id", "pilot_id", "thing"])
_OF_PERSON: Final = (
    select(*_COLUMNS)
    .where(*_PERSON, S.c.until > bindparam("now_"))
    .order_by(S.c.until, S.c.pilot_id, S.c.thing)
)


class Snoozes(Repository):
    """The snoozes of all people."""

    def save(self, snooze: Snooze) -> None:
        """Let a matter wait for somebody, until then and no longer, whatever was said before."""
        self._tx.execute(_SAVE, snooze.model_dump())

    def of_person(self, workspace_id: str, person_id: str, now: datetime) -> list[Snooze]:
        """Return what somebody snoozes, what ends first to begin with."""
        values = {"workspace_id_": workspace_id, "person_id_": person_id, "now_": now}
        return [Snooze.model_validate(dict(row)) for row in self._tx.execute(_OF_PERSON, values).mappings()]
