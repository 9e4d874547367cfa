"""Who was proposed as production owner, and what they said. At most one per pilot waits for an answer."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.handovers import Handover, HandoverState
from storage.repository import Repository, portions
from storage.statements import insert_unless_there
from storage.tables import HANDOVER as H, PROPOSED_HANDOVER

_COLUMNS: Final = [H.c[name] for name in Handover.model_fields]
_ROW: Final = H.c.id == bindparam("id_")
_PILOT: Final = H.c.pilot_id == bindparam("pilot_id_")
_WORKSPACE: Final = H.c.workspace_id == bindparam("workspace_id_")
_PROPOSE: Final = insert_unless_there(H, ["pilot_id"], where=PROPOSED_HANDOVER)
_GET: Final = select(*_COLUMNS).where(_ROW, _WORKSPACE)
_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT).order_by(H.c.proposed_at, H.c.id)
_OF_PILOTS: Final = (
    select(*_COLUMNS)
    .where(H.c.pilot_id.in_(bindparam("pilot_ids_", expanding=True)))
    .order_by(H.c.proposed_at, H.c.id)
)
_ACCEPTED_OF: Final = (
    select(*_COLUMNS)
    .where(_PILOT, H.c.state == HandoverState.ACCEPTED.value)
    .order_by(H.c.decided_at.desc(), H.c.proposed_at.desc(), H.c.id)
    .limit(1)
)
_PROPOSED_TO: Final = (
    select(*_COLUMNS)
    .where(_WORKSPACE, H.c.to_id.in_(bindparam("to_ids_", expanding=True)), PROPOSED_HANDOVER)
    .order_by(H.c.proposed_at, H.c.id)
)
_ANSWERED: Final = (
    "state",
    "decided_by",
    "decided_at",
    "runbook",
    "contact",
    "contact_id",
    "first_review_on",
    "reason",
)
_DECIDE: Final = (
    update(H).where(_ROW, PROPOSED_HANDOVER).values({name: bindparam(f"{name}_") for name in _ANSWERED})
)


class Handovers(Repository):
    """The handovers of all pilots."""

    def propose(self, handover: Handover) -> bool:
        """Keep a proposal; False when somebody is proposed for the pilot and has not answered."""
        return self._tx.execute(_PROPOSE, handover.model_dump()).rowcount == 1

    def get(self, workspace_id: str, handover_id: str) -> Handover | None:
        return _first(self._tx.execute(_GET, {"workspace_id_": workspace_id, "id_": handover_id}))

    def proposed_of(self, pilot_id: str) -> Handover | None:
        """Return the proposal that waits for an answer."""
        return next((one for one in self.of_pilot(pilot_id) if one.state is HandoverState.PROPOSED), None)

    def accepted_of(self, pilot_id: str) -> Handover | None:
        """Return the one that was accepted last, whether or not somebody was proposed since."""
        return _first(self._tx.execute(_ACCEPTED_OF, {"pilot_id_": pilot_id}))

    def of_pilot(self, pilot_id: str) -> list[Handover]:
        """Return all of a pilot's handovers, oldest first."""
        return list(self._recalled(_OF_PILOT, {"pilot_id_": pilot_id}, _all))

    def of_pilots(self, ids: Iterable[str]) -> dict[str, list[Handover]]:
        """Return all handovers of some pilots, by pilot, each oldest first."""
        wanted = dict.fromkeys(ids)
        if len(wanted) == 1:
            return {pilot_id: alone for pilot_id in wanted if (alone := self.of_pilot(pilot_id))}
        found: dict[str, list[Handover]] = {}
        for some in portions(wanted):
            for one in _all(self._tx.execute(_OF_PILOTS, {"pilot_ids_": some})):
                found.setdefault(one.pilot_id, []).append(one)
        return found

    def proposed_to(self, workspace_id: str, ids: Iterable[str]) -> list[Handover]:
        """Return what waits for an answer of these people and groups, the longest waiting first."""
        found = [
            one
            for some in portions(dict.fromkeys(ids))
            for one in _all(self._tx.execute(_PROPOSED_TO, {"workspace_id_": workspace_id, "to_ids_": some}))
        ]
        return sorted(found, key=lambda one: (one.proposed_at, one.id))

    def decide_if_proposed(
        self,
        handover_id: str,
        state: HandoverState,
        *,
        by: str | None,
        now: datetime,
        runbook: str = "",
        contact: str = "",
        contact_id: str | None = None,
        first_review_on: date | None = None,
        reason: str = "",
    ) -> bool:
        """Keep the answer to a proposal; False when there was one before."""
        values = {
            "id_": handover_id,
            "state_": state,
            "decided_by_": by,
            "decided_at_": now,
            "runbook_": runbook,
            "contact_": contact,
            "contact_id_": contact_id,
            "first_review_on_": first_review_on,
            "reason_": reason,
        }
        return self._tx.execute(_DECIDE, values).rowcount == 1


def _first(result: CursorResult[Any]) -> Handover | None:
    found = _all(result)
    return found[0] if found else None


def _all(result: CursorResult[Any]) -> list[Handover]:
    return [Handover.model_validate(dict(row)) for row in result.mappings()]
