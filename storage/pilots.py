"""Pilots as they stand. What follows from a change is decided elsewhere; here a condition is checked and a row changed.

A pilot is always asked for within its workspace, so that an id from another one finds nothing.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.errors import Refusal
from bot.domain.pilots import RETIRED, Hold, Pilot
from bot.domain.seeking import Sought
from storage import finding
from storage.repository import Repository, portions
from storage.statements import ByDialect, insert_unless_there
from storage.tables import PILOT as P

_COLUMNS: Final = [P.c[name] for name in Pilot.model_fields]
_FIXED: Final = {"id", "workspace_id", "registered_by", "registered_at"}
_CHANGEABLE: Final = [name for name in Pilot.model_fields if name not in _FIXED]
_ROW: Final = P.c.id == bindparam("id_")
_HERE: Final = P.c.workspace_id == bindparam("workspace_id_")

_REGISTER: Final = insert_unless_there(P, ["workspace_id", "name_key"])
_GET: Final = select(*_COLUMNS).where(_ROW, _HERE)
WORKSPACE_OF: Final = select(P.c.workspace_id).where(P.c.id == bindparam("pilot_id_"))
_LOCK: Final = ByDialect(_GET, _GET.with_for_update(key_share=True))
_BY_ID: Final = select(*_COLUMNS).where(_ROW).with_for_update(key_share=True)
_NAMED: Final = select(*_COLUMNS).where(_HERE, P.c.name_key == bindparam("name_key_"))
_ACTIVE: Final = select(*_COLUMNS).where(_HERE, P.c.stage != RETIRED).order_by(P.c.name_key)
_RETIRED_NAMES: Final = (
    select(P.c.id, P.c.name).where(_HERE, P.c.stage == RETIRED).order_by(P.c.stage_since.desc(), P.c.id)
)
_IN_CHANNEL: Final = (
    select(*_COLUMNS)
    .where(_HERE, P.c.channel_id == bindparam("channel_id_"), P.c.stage != RETIRED)
    .order_by(P.c.name_key)
)
_CHANNELS: Final = select(P.c.channel_id).where(_HERE, P.c.stage != RETIRED).distinct()
_RECORD: Final = (
    update(P)
    .where(_ROW)
    .values({"name_key": bindparam("name_key_"), **{name: bindparam(f"{name}_") for name in _CHANGEABLE}})
)
_MOVE: Final = (
    update(P)
    .where(_ROW, P.c.stage == bindparam("from_stage_"))
    .values(
        stage=bindparam("to_stage_"),
        stage_since=bindparam("now_"),
        last_change_at=bindparam("now_"),
        decide_on=None,
        extended=0,
    )
)
_RETIRE: Final = _MOVE.values(
    name_key=None,
    next_nudge_at=None,
    next_look_at=None,
    hold=None,
    ready=False,
    severity=0,
    stalled_since=None,
)
_REVIVE: Final = _MOVE.values(name_key=bindparam("name_key_"))
_OF_A_CHANGE: Final = (
    "last_change_at",
    "next_nudge_at",
    "required",
    "in_place",
    "ready",
    "flags",
    "next_look_at",
)
_OF_THE_VERDICT: Final = ("required", "in_place", "ready")
_NOTE_VERDICT: Final = update(P).where(_ROW).values({name: bindparam(f"{name}_") for name in _OF_THE_VERDICT})
_OF_A_LOOK: Final = ("severity", "stalled_since", "decide_on", "extended", "next_nudge_at")
_NOTE_WATCH: Final = update(P).where(_ROW).values({name: bindparam(f"{name}_") for name in _OF_A_LOOK})
_NOTE_CHANGE: Final = update(P).where(_ROW).values({name: bindparam(f"{name}_") for name in _OF_A_CHANGE})
_NEXT_NUDGE: Final = update(P).where(_ROW).values(next_nudge_at=bindparam("next_nudge_at_"))
_ALL_DUE: Final = update(P).where(P.c.stage != RETIRED).values(next_nudge_at=P.c.last_change_at)
_NEXT_LOOK: Final = update(P).where(_ROW).values(next_look_at=bindparam("next_look_at_"))
_OWNER: Final = (
    update(P)
    .where(_ROW)
    .values(owner_id=bindparam("owner_id_"), owner_accepted_at=bindparam("owner_accepted_at_"))
)
_CHAMPION: Final = update(P).where(_ROW).values(champion_id=bindparam("champion_id_"))
_HOLD: Final = update(P).where(_ROW).values(hold=bindparam("hold_"))
_TIER: Final = update(P).where(_ROW).values(tier=bindparam("tier_"))
_FLAGS: Final = update(P).where(_ROW).values(flags=bindparam("flags_"))
_DUE: Final = (
    select(P.c.id)
    .where(_HERE, P.c.next_nudge_at <= bindparam("now_"), P.c.next_nudge_at.is_not(None))
    .order_by(P.c.next_nudge_at)
    .limit(bindparam("limit_"))
    .with_for_update(key_share=True, skip_locked=True)  # who changes one just now sets its time anew
)
_DUE_FOR_A_LOOK: Final = (
    select(P.c.id)
    .where(_HERE, P.c.next_look_at <= bindparam("now_"), P.c.next_look_at.is_not(None))
    .order_by(P.c.next_look_at)
    .limit(bindparam("limit_"))
    .with_for_update(key_share=True, skip_locked=True)
)
_OWNED_BY: Final = _ACTIVE.where(P.c.owner_id == bindparam("person_id_"))
_CHAMPIONED_BY: Final = _ACTIVE.where(P.c.champion_id == bindparam("person_id_"))
_DECIDED_BETWEEN: Final = (
    select(*_COLUMNS)
    .where(_HERE, P.c.decide_on.between(bindparam("first_"), bindparam("last_")), P.c.decide_on.is_not(None))
    .order_by(P.c.decide_on, P.c.name_key, P.c.id)
)
_OWNERS: Final = finding.owners()
_SOME: Final = select(*_COLUMNS).where(_HERE, P.c.id.in_(bindparam("ids_", expanding=True)))


class NameTaken(Refusal):
    """There is already a pilot called “{name}”. Pick another name, or carry on with that one."""


def name_key(name: str) -> str:
    """Return a name as it is compared: case, width and spacing make no difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class Pilots(Repository):
    """The pilots of all workspaces."""

    def register(self, pilot: Pilot) -> None:
        """Keep a new pilot; NameTaken when an active one of the workspace has its name."""
        values = pilot.model_dump() | _documents(pilot) | {"name_key": _key_of(pilot)}
        if self._tx.execute(_REGISTER, values).rowcount == 0:
            raise NameTaken(name=pilot.name)

    def get(self, workspace_id: str, pilot_id: str) -> Pilot | None:
        return self._recalled(_GET, {"workspace_id_": workspace_id, "id_": pilot_id}, self._known)

    def some(self, workspace_id: str, ids: Iterable[str]) -> dict[str, Pilot]:
        """Return those of the pilots that the workspace has, by id."""
        return {
            pilot.id: pilot
            for portion in portions(ids)
            for pilot in _all(self._tx.execute(_SOME, {"workspace_id_": workspace_id, "ids_": portion}))
        }

    def lock(self, workspace_id: str, pilot_id: str) -> Pilot | None:
        """Return the pilot and keep other transactions from changing it until this one ends."""
        return self._recalled(_LOCK, {"workspace_id_": workspace_id, "id_": pilot_id}, self._known)

    def named(self, workspace_id: str, name: str) -> Pilot | None:
        """Return the active pilot of this name, however it is capitalised or spaced."""
        return _one(self._tx.execute(_NAMED, {"workspace_id_": workspace_id, "name_key_": name_key(name)}))

    def retired_named(self, workspace_id: str, name: str) -> Pilot | None:
        """Return the retired pilot of this name, compared as those of active ones are; the latest where there are several.

        Reads the names of all that are retired, so it is for when no active one has the name.
        """
        wanted = name_key(name)
        for row in self._tx.execute(_RETIRED_NAMES, {"workspace_id_": workspace_id}).mappings():
            if name_key(row["name"]) == wanted:
                return self.get(workspace_id, row["id"])
        return None

    def retired_names(self, workspace_id: str) -> list[str]:
        """Return how the retired pilots are called, the last one that ended first."""
        rows = self._tx.execute(_RETIRED_NAMES, {"workspace_id_": workspace_id}).mappings()
        return list(dict.fromkeys(row["name"] for row in rows))

    def owners(self, workspace_id: str, limit: int) -> list[str]:
        """Return the people and user groups who own active pilots, by id in order, so that groups stand before people."""
        values = {"workspace_id_": workspace_id, "limit_": limit}
        return list(self._tx.execute(_OWNERS, values).scalars())

    def all_active(self, workspace_id: str) -> list[Pilot]:
        return _all(self._tx.execute(_ACTIVE, {"workspace_id_": workspace_id}))

    def outside(self, stages: Iterable[str]) -> list[Pilot]:
        """Return the active pilots of all workspaces that are in none of these stages."""
        known = [*stages, RETIRED]
        return _all(self._tx.execute(select(*_COLUMNS).where(P.c.stage.not_in(known)).order_by(P.c.name_key)))

    def in_channel(self, workspace_id: str, channel_id: str) -> list[Pilot]:
        """Return the active pilots that live in a channel."""
        return _all(self._tx.execute(_IN_CHANNEL, {"workspace_id_": workspace_id, "channel_id_": channel_id}))

    def channels(self, workspace_id: str) -> list[str]:
        """Return the channels in which active pilots live."""
        return sorted(self._tx.execute(_CHANNELS, {"workspace_id_": workspace_id}).scalars())

    def record(self, pilot: Pilot) -> None:
        """Save what may change about a pilot; NameTaken when its new name is another active pilot's."""
        other = self.named(pilot.workspace_id, pilot.name)
        if other is not None and other.id != pilot.id and not pilot.retired:
            raise NameTaken(name=pilot.name)
        values: dict[str, Any] = {f"{name}_": getattr(pilot, name) for name in _CHANGEABLE}
        values |= {f"{name}_": document for name, document in _documents(pilot).items()}
        values |= {"id_": pilot.id, "name_key_": _key_of(pilot)}
        if pilot.retired:
            values |= {"next_nudge_at_": None, "next_look_at_": None, "hold_": None}
        self._tx.execute(_RECORD, values)

    def move_if_at(self, pilot_id: str, from_stage: str, to_stage: str, now: datetime) -> bool:
        """Move the pilot if it is still where the mover saw it; False when somebody moved it first.

        Retiring frees its name; reviving takes it back, and raises NameTaken when it has gone to another pilot.
        """
        values = {"id_": pilot_id, "from_stage_": from_stage, "to_stage_": to_stage, "now_": now}
        if to_stage == RETIRED:
            return self._tx.execute(_RETIRE, values).rowcount == 1
        if from_stage == RETIRED:
            return self._revive(pilot_id, values)
        return self._tx.execute(_MOVE, values).rowcount == 1

    def _revive(self, pilot_id: str, values: dict[str, Any]) -> bool:
        pilot = _one(self._tx.execute(_BY_ID, {"id_": pilot_id}))
        if pilot is None or not pilot.retired:
            return False
        if self.named(pilot.workspace_id, pilot.name) is not None:
            raise NameTaken(name=pilot.name)
        return self._tx.execute(_REVIVE, values | {"name_key_": name_key(pilot.name)}).rowcount == 1

    def note_change(self, pilot: Pilot) -> None:
        """Keep what every change maintains: when it was, when somebody should hear or look next, and the counters."""
        noted = {name: getattr(pilot, name) for name in _OF_A_CHANGE}
        question = {"workspace_id_": pilot.workspace_id, "id_": pilot.id}
        known = self._tx.memory.recall(_GET, question)
        self._tx.execute(_NOTE_CHANGE, {"id_": pilot.id, **{f"{name}_": one for name, one in noted.items()}})
        if isinstance(known, Pilot):
            self._tx.memory.keep(_GET, question, known.model_copy(update=noted))

    def note_watch(
        self,
        pilot_id: str,
        *,
        severity: int,
        stalled_since: datetime | None,
        decide_on: date | None,
        extended: int,
        next_nudge_at: datetime | None,
    ) -> None:
        """Keep what a look at the pilot found, and when the next one is due."""
        values = {
            "id_": pilot_id,
            "severity_": int(severity),
            "stalled_since_": stalled_since,
            "decide_on_": decide_on,
            "extended_": extended,
            "next_nudge_at_": next_nudge_at,
        }
        self._tx.execute(_NOTE_WATCH, values)

    def note_verdict(self, pilot_id: str, *, required: int, in_place: int, ready: bool) -> None:
        """Keep what time alone has changed about how a pilot stands; its clocks go on."""
        values = {"id_": pilot_id, "required_": required, "in_place_": in_place, "ready_": ready}
        self._tx.execute(_NOTE_VERDICT, values)

    def page(
        self, workspace_id: str, sought: Sought, order: Sequence[str], offset: int, limit: int
    ) -> list[Pilot]:
        """Return one page of the pilots that somebody wants to see, always in the same order.

        The stages come as `order` names them, furthest first; in a stage what is nearest to its gate comes first, then names.
        """
        statement = finding.page(sought, order)
        values = {"workspace_id_": workspace_id, "offset_": offset, "limit_": limit}
        return _all(self._tx.execute(statement, values))

    def count(self, workspace_id: str, sought: Sought) -> int:
        """Return how many pilots that are."""
        found: int = self._tx.execute(finding.count(sought), {"workspace_id_": workspace_id}).scalar_one()
        return found

    def decided_between(self, workspace_id: str, first: date, last: date) -> list[Pilot]:
        """Return the pilots about which is to be decided on one of these days, both included."""
        values = {"workspace_id_": workspace_id, "first_": first, "last_": last}
        return _all(self._tx.execute(_DECIDED_BETWEEN, values))

    def set_next_nudge(self, pilot_id: str, at: datetime | None) -> None:
        self._tx.execute(_NEXT_NUDGE, {"id_": pilot_id, "next_nudge_at_": at})

    def let_all_be_looked_at(self) -> None:
        """Let the time of every active pilot have come, in all workspaces: what they are judged by is another one now."""
        self._tx.execute(_ALL_DUE)

    def set_next_look(self, pilot_id: str, at: datetime | None) -> None:
        self._tx.execute(_NEXT_LOOK, {"id_": pilot_id, "next_look_at_": at})

    def set_owner(self, pilot_id: str, owner_id: str, accepted_at: datetime | None) -> None:
        """Name the owner: one who accepted, or, with None, one who is proposed."""
        self._tx.execute(_OWNER, {"id_": pilot_id, "owner_id_": owner_id, "owner_accepted_at_": accepted_at})

    def set_champion(self, pilot_id: str, champion_id: str) -> None:
        self._tx.execute(_CHAMPION, {"id_": pilot_id, "champion_id_": champion_id})

    def set_hold(self, pilot_id: str, hold: Hold | None) -> None:
        """Let the pilot wait, or go on."""
        self._tx.execute(_HOLD, {"id_": pilot_id, "hold_": hold and hold.model_dump(mode="json")})

    def set_tier(self, pilot_id: str, tier: str) -> None:
        self._tx.execute(_TIER, {"id_": pilot_id, "tier_": tier})

    def set_flags(self, pilot_id: str, count: int) -> None:
        """Keep how many flags are raised."""
        self._tx.execute(_FLAGS, {"id_": pilot_id, "flags_": count})

    def owned_by(self, workspace_id: str, owner_id: str) -> list[Pilot]:
        """Return the active pilots of a production owner, accepted or only proposed."""
        return _all(self._tx.execute(_OWNED_BY, {"workspace_id_": workspace_id, "person_id_": owner_id}))

    def championed_by(self, workspace_id: str, user_id: str) -> list[Pilot]:
        """Return the active pilots of a champion."""
        return _all(self._tx.execute(_CHAMPIONED_BY, {"workspace_id_": workspace_id, "person_id_": user_id}))

    def due_for_a_look(self, workspace_id: str, now: datetime, limit: int) -> list[str]:
        """Return, longest due first, the pilots that time alone may have changed, by id; locked as for nudges."""
        values = {"workspace_id_": workspace_id, "now_": now, "limit_": limit}
        return list(self._tx.execute(_DUE_FOR_A_LOOK, values).scalars())

    def due_for_nudge(self, workspace_id: str, now: datetime, limit: int) -> list[str]:
        """Return, longest waiting first, the pilots whose time has come, by id, and keep others from changing them.

        One that somebody changes just now is left out. The cost follows these, not all pilots.
        """
        values = {"workspace_id_": workspace_id, "now_": now, "limit_": limit}
        return list(self._tx.execute(_DUE, values).scalars())

    def _known(self, result: CursorResult[Any]) -> Pilot | None:
        """Return a pilot, and remember whose it is for those who ask that alone."""
        pilot = _one(result)
        if pilot:
            self._tx.memory.keep(WORKSPACE_OF, {"pilot_id_": pilot.id}, pilot.workspace_id)
        return pilot


def _documents(pilot: Pilot) -> dict[str, Any]:
    """Return what of a pilot is kept as a document, which knows neither days nor exact numbers."""
    return {
        "metric": pilot.metric.model_dump(mode="json"),
        "hold": pilot.hold and pilot.hold.model_dump(mode="json"),
    }


def _key_of(pilot: Pilot) -> str | None:
    return None if pilot.retired else name_key(pilot.name)


def _one(result: CursorResult[Any]) -> Pilot | None:
    row = result.mappings().first()
    return None if row is None else Pilot.model_validate(dict(row))


def _all(result: CursorResult[Any]) -> list[Pilot]:
    return [Pilot.model_validate(dict(row)) for row in result.mappings()]
