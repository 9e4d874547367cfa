"""The queries behind a filtered list of pilots: for a page, for how many there are, for who owns any. It carries nothing out."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    not_,
    select,
    union,
)

from bot.domain.pilots import RETIRED, Pilot
from bot.domain.seeking import Shown, Sought
from bot.domain.signals import Severity
from storage.tables import PILOT as P

_SHOWN: Final[dict[Shown, ColumnElement[bool]]] = {
    Shown.STALLED: P.c.severity >= int(Severity.STALLED),
    Shown.AT_RISK: P.c.severity >= int(Severity.AT_RISK),
    Shown.READY: P.c.ready,
    Shown.HELD: P.c.hold.is_not(None),
    Shown.OPEN_AGAIN: P.c.flags > 0,
    Shown.TO_DECIDE: P.c.decide_on.is_not(None),
}
_ACTIVE_HERE: Final = (P.c.workspace_id == bindparam("workspace_id_"), P.c.stage != RETIRED)
_SHARE: Final = case((P.c.required == 0, 1.0), else_=cast(P.c.in_place, Float) / P.c.required)
"""How much of what its next gate asks for a pilot has; all of it, where that is nothing."""


def page(sought: Sought, order: Sequence[str]) -> Select[Any]:
    """Return the query for one page; it takes a workspace, an offset and a limit."""
    places = {stage: number for number, stage in enumerate(order)}
    stage = case(places, value=P.c.stage, else_=len(places)) if places else P.c.stage
    # Retired pilots are in no stage of the way any more: the one that ended last comes first.
    first = [P.c.stage_since.desc()] if sought.shown is Shown.RETIRED else [stage, _SHARE.desc()]
    return (
        select(*(P.c[name] for name in Pilot.model_fields))
        .where(_matches(sought))
        .order_by(*first, P.c.name_key, P.c.name, P.c.id)
        .offset(bindparam("offset_"))
        .limit(bindparam("limit_"))
    )


def count(sought: Sought) -> Select[int]:
    """Return the query for how many there are; it takes a workspace."""
    return select(func.count()).select_from(P).where(_matches(sought))


def owners() -> Select[Any]:
    """Return the query for who owns any active pilot, by id; it takes a workspace and a limit.

    It steps from one owner to the next along the index, so that it costs what there are owners, and not pilots.
    """
    first = select(func.min(P.c.owner_id).label("id"), literal(1).label("number")).where(*_ACTIVE_HERE)
    found = first.cte("owners", recursive=True)
    after = select(func.min(P.c.owner_id)).where(*_ACTIVE_HERE, P.c.owner_id > found.c.id)
    rest = select(after.scalar_subquery(), found.c.number + 1).where(
        found.c.id.is_not(None), found.c.number < bindparam("limit_")
    )
    found = found.union_all(rest)
    return select(found.c.id).where(found.c.id.is_not(None)).order_by(found.c.number)


def _matches(sought: Sought) -> ColumnElement[bool]:
    is_retired = P.c.stage == RETIRED
    conditions = [P.c.workspace_id == bindparam("workspace_id_")]
    conditions.append(is_retired if sought.shown is Shown.RETIRED else not_(is_retired))
    if sought.shown in _SHOWN:
        conditions.append(_SHOWN[sought.shown])
    if sought.stage is not None:
        conditions.append(P.c.stage == sought.stage)
    if sought.owners is not None:
        conditions.append(P.c.owner_id.in_(sorted(sought.owners)))
    if sought.answerable is not None:
        conditions.append(_answered_for_by(sought.answerable))
    if sought.not_answerable is not None:
        conditions.append(not_(_answered_for_by(sought.not_answerable)))
    return and_(*conditions)


def _answered_for_by(people: Iterable[str]) -> ColumnElement[bool]:
    """Whether a pilot is somebody's own. Each of the three ways has an index; an OR over them would read all pilots."""
    some = sorted(people)
    one = P.alias("own")
    own = (
        select(one.c.id).where(one.c.workspace_id == bindparam("workspace_id_"), way.in_(some))
        for way in (one.c.owner_id, one.c.champion_id, one.c.registered_by)
    )
    return P.c.id.in_(union(*own))
