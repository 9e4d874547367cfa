"""Who is to hear of what. The key keeps anybody from hearing twice for one thing, whoever looks again and whatever is backfilled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, func, select, update

from bot.domain.notices import Notice, Reply
from storage.repository import Repository
from storage.statements import insert_unless_there
from storage.tables import NOTICE as N, OPEN_NOTICE, UNTOLD_NOTICE

_COLUMNS: Final = [N.c[name] for name in Notice.model_fields]
_QUEUE: Final = insert_unless_there(N, ["pilot_id", "thing", "rung", "person_id"])
_PILOT: Final = N.c.pilot_id == bindparam("pilot_id_")
_THING: Final = N.c.thing == bindparam("thing_")
_RUNG: Final = N.c.rung == bindparam("rung_")
_PERSON: Final = N.c.person_id == bindparam("person_id_")
_HERE: Final = N.c.workspace_id == bindparam("workspace_id_")
_ORDER: Final = (N.c.queued_at, N.c.pilot_id, N.c.thing, N.c.rung, N.c.person_id)
_WAITING_FOR: Final = select(*_COLUMNS).where(_HERE, _PERSON, UNTOLD_NOTICE).order_by(*_ORDER)
_OF_PERSON: Final = (
    select(*_COLUMNS).where(_HERE, _PERSON, N.c.slot == bindparam("slot_")).order_by(N.c.day, *_ORDER)
)
_OPEN_OF_PERSON: Final = select(*_COLUMNS).where(_HERE, _PERSON, OPEN_NOTICE, N.c.slot.is_not(None))
_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT).order_by(*_ORDER)
_OPEN_OF_PILOT: Final = _OF_PILOT.where(OPEN_NOTICE)
_OF_THING: Final = select(*_COLUMNS).where(_PILOT, _THING).order_by(N.c.rung, N.c.person_id)
_HEARD: Final = (
    select(N.c.thing, N.c.rung, func.min(N.c.queued_at).label("queued_at"))
    .where(_PILOT)
    .group_by(N.c.thing, N.c.rung)
)
_TOLD: Final = (
    update(N)
    .where(_PILOT, _THING, _RUNG, _PERSON, UNTOLD_NOTICE)
    .values(slot=bindparam("slot_"), told_at=bindparam("now_"))
)
_REPLY: Final = (
    update(N)
    .where(_PILOT, _THING, OPEN_NOTICE)
    .values(reply=bindparam("reply_"), replied_at=bindparam("now_"))
)


class Notices(Repository):
    """The notices of all pilots."""

    def queue(self, notice: Notice) -> bool:
        """Let a person hear of a rung; False when they have heard of it, or are about to."""
        return self._tx.execute(_QUEUE, notice.model_dump()).rowcount == 1

    def waiting_for(self, workspace_id: str, person_id: str) -> list[Notice]:
        """Return what waits to be told to a person, the longest waiting first."""
        return _all(self._tx.execute(_WAITING_FOR, {"workspace_id_": workspace_id, "person_id_": person_id}))

    def of_person(self, workspace_id: str, person_id: str, slot: str) -> list[Notice]:
        """Return what a person was told in one slot, the oldest day first."""
        values = {"workspace_id_": workspace_id, "person_id_": person_id, "slot_": slot}
        return _all(self._tx.execute(_OF_PERSON, values))

    def open_of_person(self, workspace_id: str, person_id: str) -> list[Notice]:
        """Return what a person was told with which nothing was done yet, in no order."""
        values = {"workspace_id_": workspace_id, "person_id_": person_id}
        return _all(self._tx.execute(_OPEN_OF_PERSON, values))

    def of_thing(self, pilot_id: str, thing: str) -> list[Notice]:
        """Return who is to hear of a matter, or heard, rung by rung."""
        return _all(self._tx.execute(_OF_THING, {"pilot_id_": pilot_id, "thing_": thing}))

    def of_pilot(self, pilot_id: str) -> list[Notice]:
        """Return a pilot's notices, oldest first."""
        return _all(self._tx.execute(_OF_PILOT, {"pilot_id_": pilot_id}))

    def open_of_pilot(self, pilot_id: str) -> list[Notice]:
        """Return those with which nothing was done yet, told or not, oldest first."""
        return list(self._recalled(_OPEN_OF_PILOT, {"pilot_id_": pilot_id}, _all))

    def told(self, pilot_id: str, thing: str, rung: int, person_id: str, slot: str, now: datetime) -> bool:
        """Note in which slot somebody was told; False when they were told before, or nothing waits for them any more."""
        values = {"pilot_id_": pilot_id, "thing_": thing, "rung_": rung, "person_id_": person_id}
        return self._tx.execute(_TOLD, values | {"slot_": slot, "now_": now}).rowcount == 1

    def reply(
        self,
        pilot_id: str,
        thing: str,
        reply: Reply,
        now: datetime,
        person_id: str | None = None,
        rung: int | None = None,
    ) -> int:
        """Note what became of a matter's notices, the first word counting; of all people and rungs where none is named.

        Return of how many it was noted.
        """
        statement, values = _REPLY, {"pilot_id_": pilot_id, "thing_": thing, "reply_": reply, "now_": now}
        if person_id is not None:
            statement, values["person_id_"] = statement.where(_PERSON), person_id
        if rung is not None:
            statement, values["rung_"] = statement.where(_RUNG), rung
        return self._tx.execute(statement, values).rowcount

    def heard(self, pilot_id: str) -> Mapping[str, Mapping[int, datetime]]:
        """Return, by matter, when each rung was queued first, for whomever."""
        found: dict[str, dict[int, datetime]] = {}
        for row in self._tx.execute(_HEARD, {"pilot_id_": pilot_id}):
            found.setdefault(row.thing, {})[row.rung] = row.queued_at
        return found


def _all(result: CursorResult[Any]) -> list[Notice]:
    return [Notice.model_validate(dict(row)) for row in result.mappings()]
