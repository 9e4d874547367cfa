"""When people want to hear, where it differs from the company's hours."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import bindparam, select

from bot.domain.notices import Preference
from storage.repository import Repository, portions
from storage.statements import insert_or_replace
from storage.tables import PREFERENCE as P

_HERE: Final = P.c.workspace_id == bindparam("workspace_id_")
_SOME: Final = select(P).where(_HERE, P.c.user_id.in_(bindparam("user_ids_", expanding=True)))
_SAVE: Final = insert_or_replace(P, ["workspace_id", "user_id"])


class Preferences(Repository):
    """The preferences of all people."""

    def get(self, workspace_id: str, user_id: str) -> Preference | None:
        """Return what somebody prefers; None where they never said."""
        return self.some(workspace_id, [user_id]).get(user_id)

    def some(self, workspace_id: str, ids: Iterable[str]) -> dict[str, Preference]:
        """Return what those of the people prefer who said so, by id."""
        return {
            row["user_id"]: Preference.model_validate(dict(row))
            for portion in portions(dict.fromkeys(ids))
            for row in self._tx.execute(
                _SOME, {"workspace_id_": workspace_id, "user_ids_": portion}
            ).mappings()
        }

    def save(self, preference: Preference) -> None:
        """Keep what somebody prefers, in place of what they said before."""
        values: dict[str, Any] = preference.model_dump(mode="json")
        self._tx.execute(_SAVE, values)
