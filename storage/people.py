"""People as Slack last described them; a cache that survives a restart."""

from sqlalchemy import bindparam, select

from bot.domain.people import Person
from storage.repository import Repository
from storage.statements import insert_or_replace
from storage.tables import PERSON

_REMEMBER = insert_or_replace(PERSON, ["workspace_id", "user_id"])
_GET = select(PERSON).where(
    PERSON.c.workspace_id == bindparam("workspace_id_"), PERSON.c.user_id == bindparam("user_id_")
)
_OF = select(PERSON).where(PERSON.c.workspace_id == bindparam("workspace_id_")).order_by(PERSON.c.user_id)


class People(Repository):
    """The people who were seen."""

    def remember(self, person: Person) -> None:
        self._tx.execute(_REMEMBER, person.model_dump())

    def get(self, workspace_id: str, user_id: str) -> Person | None:
        row = self._tx.execute(_GET, {"workspace_id_": workspace_id, "user_id_": user_id}).mappings().first()
        return None if row is None else Person.model_validate(dict(row))

    def of(self, workspace_id: str) -> list[Person]:
        return [
            Person.model_validate(dict(row))
            for row in self._tx.execute(_OF, {"workspace_id_": workspace_id}).mappings()
        ]
