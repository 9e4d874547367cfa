"""Waivers: risks that people accept for a while. At most one per pilot and item is asked or granted, and each step is taken once."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, or_, select, update

from bot.domain.pilots import RETIRED
from bot.domain.waivers import Waiver, WaiverState, by_item
from storage.repository import Repository, portions
from storage.statements import insert_unless_there
from storage.tables import PILOT as P, RUNNING_WAIVER, WAIVER as W

_COLUMNS: Final = [W.c[name] for name in Waiver.model_fields]
_ROW: Final = W.c.id == bindparam("id_")
_PILOT: Final = W.c.pilot_id == bindparam("pilot_id_")
_WORKSPACE: Final = W.c.workspace_id == bindparam("workspace_id_")
_ASK: Final = insert_unless_there(W, ["pilot_id", "item_id"], where=RUNNING_WAIVER)
_GET: Final = select(*_COLUMNS).where(_ROW, _WORKSPACE)
_OF_REQUEST: Final = (
    select(*_COLUMNS).where(W.c.request_id == bindparam("request_id_"), _WORKSPACE).order_by(W.c.id)
)
_ALL_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT).order_by(W.c.asked_at, W.c.id)
_RUNNING_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT, RUNNING_WAIVER).order_by(W.c.asked_at, W.c.id)
_RUNNING_OF_PILOTS: Final = select(*_COLUMNS).where(
    W.c.pilot_id.in_(bindparam("pilot_ids_", expanding=True)), RUNNING_WAIVER
)
_ASKED: Final = (
    select(*_COLUMNS)
    .join(P, P.c.id == W.c.pilot_id)
    .where(
        RUNNING_WAIVER,
        _WORKSPACE,
        W.c.state == WaiverState.ASKED.value,
        W.c.until > bindparam("today_"),
        P.c.stage != RETIRED,
    )
    .order_by(W.c.asked_at, W.c.id)
)
_DUE: Final = (
    select(*_COLUMNS)
    .join(P, P.c.id == W.c.pilot_id)
    .where(RUNNING_WAIVER, _WORKSPACE, or_(W.c.until <= bindparam("today_"), P.c.stage == RETIRED))
    .order_by(W.c.until, W.c.asked_at, W.c.id)
    .limit(bindparam("limit_"))
)
_DECIDE: Final = (
    update(W)
    .where(_ROW, W.c.state == WaiverState.ASKED.value)
    .values({name: bindparam(f"{name}_") for name in ("state", "decided_by", "decided_at", "refusal")})
)
_ENDED: Final[dict[str, Any]] = {
    name: bindparam(f"{name}_") for name in ("state", "ended_by", "ended_at", "ending")
}
_REVOKE: Final = update(W).where(_ROW, W.c.state == WaiverState.GRANTED.value).values(_ENDED)
_LAPSE: Final = update(W).where(_ROW, RUNNING_WAIVER).values(_ENDED)


class Waivers(Repository):
    """The waivers of all pilots."""

    def ask(self, waiver: Waiver) -> bool:
        """Keep a waiver that is asked for; False when the pilot has one for the item that is asked or granted."""
        return self._tx.execute(_ASK, waiver.model_dump()).rowcount == 1

    def get(self, workspace_id: str, waiver_id: str) -> Waiver | None:
        found = _all(self._tx.execute(_GET, {"workspace_id_": workspace_id, "id_": waiver_id}))
        return found[0] if found else None

    def of_request(self, workspace_id: str, request_id: str) -> list[Waiver]:
        """Return what was asked for together; nothing for a request of another workspace."""
        return _all(self._tx.execute(_OF_REQUEST, {"workspace_id_": workspace_id, "request_id_": request_id}))

    def of_pilot(self, pilot_id: str, today: date) -> Mapping[str, Waiver]:
        """Return a pilot's waivers that hold today, by item: granted, and not over."""
        return by_item(one for one in self.running_of_pilot(pilot_id) if one.holds_on(today))

    def of_pilots(self, pilot_ids: Iterable[str], today: date) -> Mapping[str, Mapping[str, Waiver]]:
        """Return the waivers that hold today, by pilot and item; nothing for a pilot without any."""
        found: dict[str, dict[str, Waiver]] = {}
        for some in portions(pilot_ids):
            for one in _all(self._tx.execute(_RUNNING_OF_PILOTS, {"pilot_ids_": some})):
                if one.holds_on(today):
                    found.setdefault(one.pilot_id, {})[one.item_id] = one
        return found

    def running_of_pilot(self, pilot_id: str) -> list[Waiver]:
        """Return a pilot's waivers that are asked or granted, oldest first."""
        return list(self._recalled(_RUNNING_OF_PILOT, {"pilot_id_": pilot_id}, _all))

    def all_of_pilot(self, pilot_id: str) -> list[Waiver]:
        """Return every waiver that was ever asked for, oldest first: what recurs shows there."""
        return list(self._recalled(_ALL_OF_PILOT, {"pilot_id_": pilot_id}, _all))

    def asked(self, workspace_id: str, today: date) -> list[Waiver]:
        """Return what is asked for and can still be decided, the longest waiting first."""
        return _all(self._tx.execute(_ASKED, {"workspace_id_": workspace_id, "today_": today}))

    def due_to_lapse(self, workspace_id: str, today: date, limit: int) -> list[Waiver]:
        """Return what is asked or granted though its day has come, or its pilot has ended."""
        values = {"workspace_id_": workspace_id, "today_": today, "limit_": limit}
        return _all(self._tx.execute(_DUE, values))

    def decide_if_asked(
        self, waiver_id: str, state: WaiverState, by: str, at: datetime, refusal: str = ""
    ) -> bool:
        """Grant or refuse a waiver; False when it is no longer asked for."""
        values = {
            "id_": waiver_id,
            "state_": state,
            "decided_by_": by,
            "decided_at_": at,
            "refusal_": refusal,
        }
        return self._tx.execute(_DECIDE, values).rowcount == 1

    def revoke_if_granted(self, waiver_id: str, by: str, at: datetime, ending: str) -> bool:
        """Revoke a waiver; False when it does not hold any more."""
        return self._ended(_REVOKE, waiver_id, WaiverState.REVOKED, by, at, ending)

    def lapse_if_running(self, waiver_id: str, at: datetime) -> bool:
        """Let a waiver that is asked or granted end by itself; False when it has ended before."""
        return self._ended(_LAPSE, waiver_id, WaiverState.LAPSED, None, at, "")

    def _ended(
        self, statement: Any, waiver_id: str, state: WaiverState, by: str | None, at: datetime, ending: str
    ) -> bool:
        values = {"id_": waiver_id, "state_": state, "ended_by_": by, "ended_at_": at, "ending_": ending}
        return self._tx.execute(statement, values).rowcount == 1


def _all(result: CursorResult[Any]) -> list[Waiver]:
    return [Waiver.model_validate(dict(row)) for row in result.mappings()]
