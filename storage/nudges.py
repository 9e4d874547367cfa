"""Nudges that were claimed. The key keeps a slot from being claimed twice, whoever runs again and whatever is backfilled."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from bot.domain.values import Frozen, Instant
from storage.repository import Repository
from storage.statements import insert_unless_there
from storage.tables import NUDGE as N, PILOT


class Nudge(Frozen):
    """A nudge that somebody was, or is about to be, sent."""

    pilot_id: str
    kind: str
    slot: str
    person_id: str
    claimed_at: Instant


_CLAIM: Final = insert_unless_there(
    N,
    ["pilot_id", "kind", "slot"],
    values={name: bindparam(name) for name in Nudge.model_fields}
    | {
        "workspace_id": select(PILOT.c.workspace_id)
        .where(PILOT.c.id == bindparam("pilot_id"))
        .scalar_subquery()
    },
)
_OF: Final = (
    select(*(N.c[name] for name in Nudge.model_fields))
    .where(N.c.pilot_id == bindparam("pilot_id_"))
    .order_by(N.c.claimed_at, N.c.kind, N.c.slot)
)


class Nudges(Repository):
    """The nudges of all pilots."""

    def claim_slot(self, pilot_id: str, kind: str, slot: str, person_id: str, now: datetime) -> bool:
        """Take the slot; False when it was taken before."""
        nudge = Nudge(pilot_id=pilot_id, kind=kind, slot=slot, person_id=person_id, claimed_at=now)
        return self._tx.execute(_CLAIM, nudge.model_dump() | {"pilot_id_": pilot_id}).rowcount == 1

    def of_pilot(self, pilot_id: str) -> list[Nudge]:
        """Return a pilot's nudges, oldest first."""
        rows = self._tx.execute(_OF, {"pilot_id_": pilot_id}).mappings()
        return [Nudge.model_validate(dict(row)) for row in rows]
