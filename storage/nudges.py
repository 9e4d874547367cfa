"""Nudges that were sent. The key keeps a person from hearing twice in a slot, whoever runs again and whatever is backfilled."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, and_, bindparam, select, update

from bot.domain.nudges import Nudge, Reply
from storage.repository import Repository
from storage.statements import insert_unless_there
from storage.tables import NUDGE as N

_COLUMNS: Final = [N.c[name] for name in Nudge.model_fields]
_CLAIM: Final = insert_unless_there(N, ["pilot_id", "kind", "slot", "person_id"])
_OF_PILOT: Final = (
    select(*_COLUMNS)
    .where(N.c.pilot_id == bindparam("pilot_id_"))
    .order_by(N.c.sent_at, N.c.kind, N.c.slot, N.c.person_id)
)
_UNANSWERED: Final = _OF_PILOT.where(N.c.reply.is_(None))
_OF_PERSON: Final = (
    select(*_COLUMNS)
    .where(
        N.c.workspace_id == bindparam("workspace_id_"),
        N.c.person_id == bindparam("person_id_"),
        N.c.slot == bindparam("slot_"),
    )
    .order_by(N.c.quiet_since, N.c.pilot_id, N.c.kind)
)
_SLOT: Final = and_(
    N.c.pilot_id == bindparam("pilot_id_"), N.c.kind == bindparam("kind_"), N.c.slot == bindparam("slot_")
)
_PERSON: Final = N.c.person_id == bindparam("person_id_")
_GET: Final = select(*_COLUMNS).where(_SLOT).order_by(N.c.person_id)
_GET_ONE: Final = _GET.where(_PERSON)
_REPLY: Final = (
    update(N)
    .where(_SLOT, N.c.reply.is_(None))
    .values(reply=bindparam("reply_"), replied_at=bindparam("now_"))
)
_REPLY_ONE: Final = _REPLY.where(_PERSON)


class Nudges(Repository):
    """The nudges of all pilots."""

    def claim_slot(
        self,
        workspace_id: str,
        pilot_id: str,
        kind: str,
        slot: str,
        person_id: str,
        now: datetime,
        quiet_since: datetime,
    ) -> bool:
        """Take the slot for telling a person of a pilot; False when that person's was taken before."""
        nudge = Nudge(
            workspace_id=workspace_id,
            pilot_id=pilot_id,
            kind=kind,
            slot=slot,
            person_id=person_id,
            sent_at=now,
            quiet_since=quiet_since,
        )
        return self._tx.execute(_CLAIM, nudge.model_dump()).rowcount == 1

    def of_pilot(self, pilot_id: str) -> list[Nudge]:
        """Return a pilot's nudges, oldest first."""
        return _all(self._tx.execute(_OF_PILOT, {"pilot_id_": pilot_id}))

    def unanswered_of_pilot(self, pilot_id: str) -> list[Nudge]:
        """Return those of a pilot's nudges with which nothing was done yet, oldest first."""
        return _all(self._tx.execute(_UNANSWERED, {"pilot_id_": pilot_id}))

    def of_person(self, workspace_id: str, person_id: str, slot: str) -> list[Nudge]:
        """Return what one person was told in one slot, the longest quiet first."""
        values = {"workspace_id_": workspace_id, "person_id_": person_id, "slot_": slot}
        return _all(self._tx.execute(_OF_PERSON, values))

    def reply(
        self,
        pilot_id: str,
        kind: str,
        slot: str,
        reply: Reply,
        now: datetime,
        person_id: str | None = None,
    ) -> Nudge | None:
        """Note what was done with a nudge, the first word counting; None when there is no such nudge.

        Without a person it is said for everybody who was told in that slot, and the first of them is returned.
        """
        nudge = {"pilot_id_": pilot_id, "kind_": kind, "slot_": slot}
        change, get = _REPLY, _GET
        if person_id is not None:
            nudge["person_id_"] = person_id
            change, get = _REPLY_ONE, _GET_ONE
        self._tx.execute(change, nudge | {"reply_": reply, "now_": now})
        row = self._tx.execute(get, nudge).mappings().first()
        return None if row is None else Nudge.model_validate(dict(row))


def _all(result: CursorResult[Any]) -> list[Nudge]:
    return [Nudge.model_validate(dict(row)) for row in result.mappings()]
