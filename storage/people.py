"""People as Slack last described them; a cache that survives a restart."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, bindparam, case, select

from bot.domain.people import Person
from storage.repository import Repository, portions
from storage.statements import NewValues, insert_or_update
from storage.tables import PERSON

_KEY = ["workspace_id", "user_id"]


def _as_seen_now(new: NewValues) -> dict[str, ColumnElement[Any]]:
    """Take everything over, but keep a known locale: much of what Slack sends about a person does not tell it."""
    changed: dict[str, ColumnElement[Any]] = {
        column.name: new[column.name] for column in PERSON.columns if column.name not in _KEY
    }
    return changed | {"locale": case((new.locale == "", PERSON.c.locale), else_=new.locale)}


_REMEMBER = insert_or_update(PERSON, _KEY, _as_seen_now)
_GET = select(PERSON).where(
    PERSON.c.workspace_id == bindparam("workspace_id_"), PERSON.c.user_id == bindparam("user_id_")
)
_OF = select(PERSON).where(PERSON.c.workspace_id == bindparam("workspace_id_")).order_by(PERSON.c.user_id)

_SOME = _OF.where(PERSON.c.user_id.in_(bindparam("user_ids_", expanding=True)))


class People(Repository):
    """The people who were seen."""

    def remember(self, person: Person) -> None:
        self._tx.execute(_REMEMBER, person.model_dump())

    def get(self, workspace_id: str, user_id: str) -> Person | None:
        return self._recalled(_GET, {"workspace_id_": workspace_id, "user_id_": user_id}, _one)

    def forget_name(self, workspace_id: str, user_id: str) -> bool:
        """Remove what Slack told of a person but their id; False for somebody who was never seen."""
        known = self.get(workspace_id, user_id)
        if known is not None:
            self.remember(known.model_copy(update={"name": "", "time_zone": "UTC"}))
        return known is not None

    def of(self, workspace_id: str) -> list[Person]:
        return [
            Person.model_validate(dict(row))
            for row in self._tx.execute(_OF, {"workspace_id_": workspace_id}).mappings()
        ]

    def some(self, workspace_id: str, user_ids: Iterable[str]) -> dict[str, Person]:
        """Return those of the people who were seen, by id."""
        wanted = dict.fromkeys(user_ids)
        if len(wanted) == 1:
            alone = self.get(workspace_id, *wanted)
            return {alone.user_id: alone} if alone else {}
        return {
            row["user_id"]: Person.model_validate(dict(row))
            for portion in portions(wanted)
            for row in self._tx.execute(
                _SOME, {"workspace_id_": workspace_id, "user_ids_": portion}
            ).mappings()
        }


def _one(result: CursorResult[Any]) -> Person | None:
    row = result.mappings().first()
    return None if row is None else Person.model_validate(dict(row))
