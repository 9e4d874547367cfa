"""What has been open longest over all pilots, ranked by the database in one pass: whoever asks reads a handful of rows.

What counts as open, and since when, is the rules' business (`bot.domain.readiness`); the same is said here in SQL, because a
rule in Python would have to be handed every pilot with every answer. Tests hold the two together.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    CTE,
    JSON,
    Boolean,
    ColumnElement,
    Interval,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.types import TypeEngine

from bot.domain.answers import SETTLED, Status
from bot.domain.waivers import WaiverState, day_of
from storage.repository import Repository
from storage.statements import ByDialect, DialectName
from storage.tables import ANSWER as A, CURRENT_ANSWER as C, PILOT as P, RUNNING_WAIVER, WAIVER as W

_SETTLED: Final = [one.value for one in SETTLED]
_AS_KEPT: Final = "%Y-%m-%d %H:%M:%S.%f"
"""How SQLite keeps an instant; PostgreSQL reads it, too."""


class Asked(NamedTuple):
    """An item that pilots in a stage are asked for."""

    stage: str
    item_id: str
    freshness_days: int
    every_days: int | None
    """Only upkeep asks for it: so many days after the stage began, unless it was answered before."""


_KINDS: Final[dict[str, TypeEngine[Any]]] = {
    "stage": Text(), "item_id": Text(), "fresh_for": Text(), "old_before": P.c.stage_since.type,
    "due_before": P.c.stage_since.type, "always": Boolean(),
}  # fmt: skip


class OpenIn(NamedTuple):
    """An item that is open in a pilot."""

    item_id: str
    pilot_id: str


class LongestOpen(Repository):
    """The items that have been open longest, over all pilots of a workspace."""

    def in_stage_since(self, workspace_id: str, stages: Sequence[str], number: int) -> datetime | None:
        """Return since when the pilot is in its stage that is the so-manieth longest there; None where there are fewer."""
        values = {"workspace_id_": workspace_id, "stages_": list(stages), "offset_": number - 1}
        found: datetime | None = self._tx.execute(_IN_STAGE_SINCE, values).scalar()
        return found

    def items(
        self, workspace_id: str, asked: Sequence[Asked], now: datetime, *, pilots: int, since: datetime
    ) -> list[OpenIn]:
        """Return where items are open, the longest first, each item with its pilots in a row, so many at most.

        Only pilots are looked at that are in their stage `since` then or longer. Those on hold are left out, and so is what is
        waived today.
        """
        values = {
            "workspace_id_": workspace_id,
            "asked_": json.dumps([_row(one, now.astimezone(UTC)) for one in asked]),
            "today_": day_of(now),
            "since_": since,
            "pilots_": pilots,
        }
        return [OpenIn(row.item_id, row.pilot_id) for row in self._tx.execute(_LONGEST_OPEN, values)]


def _row(one: Asked, now: datetime) -> dict[str, Any]:
    """Return what is asked with the instants that it is compared with, so that the database calculates none of them."""
    return {
        "stage": one.stage,
        "item_id": one.item_id,
        "fresh_for": f"+{one.freshness_days} days",
        "old_before": (now - timedelta(days=one.freshness_days)).strftime(_AS_KEPT),
        "due_before": (now - timedelta(days=one.every_days or 0)).strftime(_AS_KEPT),
        "always": one.every_days is None,
    }


def _asked(dialect: DialectName) -> CTE:
    """Return what is asked, handed in as one JSON text, as rows."""
    handed_in = bindparam("asked_", type_=Text)
    if dialect == "sqlite":
        one = func.json_each(handed_in).table_valued("value", name="one")
        found = select(*(func.json_extract(one.c.value, f"$.{name}").label(name) for name in _KINDS))
    else:
        columns = [column(name, kind) for name, kind in _KINDS.items()]
        rows = func.json_to_recordset(cast(handed_in, JSON)).table_valued(*columns, name="one")
        found = select(*rows.render_derived(with_types=True).c)
    return found.cte("asked").prefix_with("MATERIALIZED")


def _longest_open(dialect: DialectName) -> Select[Any]:
    asked = _asked(dialect).c
    is_old = and_(C.c.status == Status.IN_PLACE.value, C.c.answered_at <= asked.old_before)
    grew_old_at: ColumnElement[Any] = (
        func.strftime("%Y-%m-%d %H:%M:%f", C.c.answered_at, asked.fresh_for)
        if dialect == "sqlite"
        else C.c.answered_at + cast(asked.fresh_for, Interval)
    )
    ended = case((C.c.pilot_id.is_(None), None), (is_old, grew_old_at), else_=_fell(asked.item_id))
    later = func.max if dialect == "sqlite" else func.greatest
    found = (
        select(
            asked.item_id,
            P.c.id.label("pilot_id"),
            P.c.name_key,
            later(P.c.stage_since, func.coalesce(ended, P.c.stage_since)).label("since"),
        )
        .join(P, and_(P.c.workspace_id == bindparam("workspace_id_"), P.c.stage == asked.stage))
        .outerjoin(C, and_(C.c.pilot_id == P.c.id, C.c.item_id == asked.item_id))
        .where(
            P.c.hold.is_(None),
            P.c.stage_since <= bindparam("since_"),
            or_(asked.always, P.c.stage_since <= asked.due_before, C.c.pilot_id.is_not(None)),
            or_(C.c.pilot_id.is_(None), C.c.status.not_in(_SETTLED), is_old),
            tuple_(P.c.id, asked.item_id).not_in(_waived()),
        )
        .cte("found")
        .prefix_with("MATERIALIZED")
    )
    order = (found.c.since, found.c.name_key, found.c.pilot_id)
    ranked = select(
        found.c.item_id,
        found.c.pilot_id,
        func.row_number().over(partition_by=found.c.item_id, order_by=order).label("place"),
        func.first_value(found.c.since).over(partition_by=found.c.item_id, order_by=order).label("since"),
    ).subquery("ranked")
    return (
        select(ranked.c.item_id, ranked.c.pilot_id)
        .where(ranked.c.place <= bindparam("pilots_"))
        .order_by(ranked.c.since, ranked.c.item_id, ranked.c.place)
    )


def _fell(item_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return when an answer no longer said that a thing is in place, which it once did; NULL where it never did."""
    good = A.alias("good")
    last_good = (
        select(func.max(good.c.revision))
        .where(good.c.pilot_id == P.c.id, good.c.item_id == item_id, good.c.status.in_(_SETTLED))
        .correlate_except(good)
        .scalar_subquery()
    )
    return (
        select(A.c.answered_at)
        .where(
            C.c.pilot_id.is_not(None),
            A.c.pilot_id == P.c.id,
            A.c.item_id == item_id,
            A.c.revision == last_good + 1,
        )
        .correlate_except(A)
        .scalar_subquery()
    )


def _waived() -> Select[Any]:
    """Select what is waived today, by pilot and item; told once, because hardly anything is."""
    return select(W.c.pilot_id, W.c.item_id).where(
        W.c.workspace_id == bindparam("workspace_id_"),
        W.c.state == WaiverState.GRANTED.value,
        W.c.until > bindparam("today_", type_=W.c.until.type),
        RUNNING_WAIVER,
    )


_IN_STAGE_SINCE: Final = (
    select(P.c.stage_since)
    .where(
        P.c.workspace_id == bindparam("workspace_id_"),
        P.c.stage.in_(bindparam("stages_", expanding=True)),
        P.c.hold.is_(None),
    )
    .order_by(P.c.stage_since)
    .offset(bindparam("offset_"))
    .limit(1)
)
_LONGEST_OPEN: Final = ByDialect(_longest_open("sqlite"), _longest_open("postgresql"))
