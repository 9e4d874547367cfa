"""How the portfolio fares over time, counted by the database: how long stages take, what stays open, what is waived again.

Reads what other repositories write and keeps nothing. Every query groups where the rows are, so that ten thousand pilots
become a handful of lines.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Float, Select, and_, bindparam, cast, extract, func, or_, select

from bot.domain.answers import SETTLED, Answer
from bot.domain.moves import MoveKind
from bot.domain.pilots import RETIRED
from bot.domain.waivers import WaiverState
from storage.repository import Repository, portions
from storage.statements import ByDialect, DialectName
from storage.tables import ANSWER as A, CURRENT_ANSWER as C, PILOT as P, STAGE_MOVE as M, WAIVER as W

_HERE: Final = P.c.workspace_id == bindparam("workspace_id_")
_RUNNING: Final = P.c.stage != RETIRED
_SECONDS_OF_A_DAY: Final = 86_400.0


class Stays(NamedTuple):
    """How long pilots stay in one stage, in days."""

    stage: str
    many: int
    median: float
    longest: float


class WaivedAgain(NamedTuple):
    """A pilot that was let pass without the same thing more than once."""

    pilot_id: str
    item_id: str
    times: int


class WaivedItem(NamedTuple):
    """What pilots are let pass without."""

    item_id: str
    times: int
    pilots: int


def _days(dialect: DialectName, later: ColumnElement[Any], earlier: ColumnElement[Any]) -> ColumnElement[Any]:
    if dialect == "sqlite":
        return func.julianday(later) - func.julianday(earlier)
    return cast(extract("epoch", later - earlier), Float) / _SECONDS_OF_A_DAY


def _medians(stays: Select[Any]) -> Select[Any]:
    """Select count, median and longest of each stage from (stage, days): the mean of the one or two in the middle."""
    of = stays.subquery("stays")
    ranked = select(
        of.c.stage,
        of.c.days,
        func.row_number().over(partition_by=of.c.stage, order_by=of.c.days).label("place"),
        func.count().over(partition_by=of.c.stage).label("many"),
        func.max(of.c.days).over(partition_by=of.c.stage).label("longest"),
    ).subquery("ranked")
    return (
        select(ranked.c.stage, ranked.c.many, func.avg(ranked.c.days), ranked.c.longest)
        .where(
            or_(
                2 * ranked.c.place == ranked.c.many,
                2 * ranked.c.place == ranked.c.many + 1,
                2 * ranked.c.place == ranked.c.many + 2,
            )
        )
        .group_by(ranked.c.stage, ranked.c.many, ranked.c.longest)
    )


def _finished(dialect: DialectName) -> Select[Any]:
    moves = (
        select(
            M.c.to_stage,
            M.c.at,
            func.lead(M.c.at).over(partition_by=M.c.pilot_id, order_by=M.c.number).label("left_at"),
        )
        .where(M.c.workspace_id == bindparam("workspace_id_"))
        .subquery("moves")
    )
    stays = select(moves.c.to_stage.label("stage"), _days(dialect, moves.c.left_at, moves.c.at).label("days"))
    return _medians(stays.where(moves.c.left_at.is_not(None), moves.c.to_stage != RETIRED))


def _present(dialect: DialectName) -> Select[Any]:
    now: ColumnElement[Any] = bindparam("now_", type_=P.c.stage_since.type)
    stays = select(P.c.stage, _days(dialect, now, P.c.stage_since).label("days"))
    return _medians(stays.where(_HERE, _RUNNING))


_FINISHED: Final = ByDialect(_finished("sqlite"), _finished("postgresql"))
_PRESENT: Final = ByDialect(_present("sqlite"), _present("postgresql"))
_SETTLED_LAST: Final = (
    select(A.c.pilot_id, A.c.item_id, func.max(A.c.revision).label("revision"))
    .where(
        A.c.pilot_id.in_(bindparam("pilot_ids_", expanding=True)),
        A.c.status.in_([one.value for one in SETTLED]),
    )
    .group_by(A.c.pilot_id, A.c.item_id)
    .subquery("settled_last")
)
_FELL: Final = select(A.c.pilot_id, A.c.item_id, A.c.answered_at).join(
    _SETTLED_LAST,
    and_(
        A.c.pilot_id == _SETTLED_LAST.c.pilot_id,
        A.c.item_id == _SETTLED_LAST.c.item_id,
        A.c.revision == _SETTLED_LAST.c.revision + 1,
    ),
)
_GRANTED: Final = and_(
    W.c.workspace_id == bindparam("workspace_id_"),
    W.c.decided_at.is_not(None),
    W.c.state != WaiverState.REFUSED.value,
)
_TIMES: Final = func.count().label("times")
_AGAIN: Final = (
    select(W.c.pilot_id, W.c.item_id, _TIMES)
    .join(P, P.c.id == W.c.pilot_id)
    .where(_GRANTED, _RUNNING)
    .group_by(W.c.pilot_id, W.c.item_id)
    .having(func.count() > 1)
    .order_by(_TIMES.desc(), W.c.item_id, W.c.pilot_id)
    .limit(bindparam("limit_"))
)
_WAIVED_MOST: Final = (
    select(W.c.item_id, _TIMES, func.count(W.c.pilot_id.distinct()).label("pilots"))
    .where(_GRANTED)
    .group_by(W.c.item_id)
    .order_by(_TIMES.desc(), W.c.item_id)
    .limit(bindparam("limit_"))
)
_FIRST_GATE: Final = (
    select(M.c.pilot_id, func.min(M.c.at).label("at"))
    .where(
        M.c.workspace_id == bindparam("workspace_id_"),
        M.c.kind.in_([MoveKind.PROMOTED.value, MoveKind.BREAK_GLASS.value]),
    )
    .group_by(M.c.pilot_id)
    .subquery("first_gate")
)
_STANDING_STILL: Final = (
    select(P.c.id, P.c.last_change_at)
    .where(
        _HERE,
        P.c.stage == bindparam("stage_"),
        P.c.last_change_at <= bindparam("before_"),
        P.c.hold.is_(None),
    )
    .order_by(P.c.id)
)
_ANSWERS_TO: Final = select(*(C.c[name] for name in Answer.model_fields)).where(
    C.c.item_id == bindparam("item_id_"), C.c.pilot_id.in_(bindparam("pilot_ids_", expanding=True))
)
_LATER: Final = A.alias("later")
_CHANGED_AFTER: Final = (
    select(_LATER.c.pilot_id)
    .join(
        _FIRST_GATE,
        and_(_LATER.c.pilot_id == _FIRST_GATE.c.pilot_id, _LATER.c.answered_at > _FIRST_GATE.c.at),
    )
    .where(_LATER.c.item_id == bindparam("item_id_"), _LATER.c.revision > 1)
)
_BAR_ANSWERS: Final = (
    select(*(A.c[name] for name in Answer.model_fields), _FIRST_GATE.c.at.label("approved_at"))
    .join(_FIRST_GATE, A.c.pilot_id == _FIRST_GATE.c.pilot_id)
    .where(A.c.item_id == bindparam("item_id_"), A.c.pilot_id.in_(_CHANGED_AFTER))
    .order_by(A.c.pilot_id, A.c.revision)
)


class Trends(Repository):
    """What shows only over all pilots, or over a long time."""

    def finished_stays(self, workspace_id: str) -> list[Stays]:
        """Return how long pilots stayed in each stage that they have left again."""
        return _stays(self._tx.execute(_FINISHED, {"workspace_id_": workspace_id}))

    def present_stays(self, workspace_id: str, now: datetime) -> list[Stays]:
        """Return how long those have been in each stage that are there now."""
        return _stays(self._tx.execute(_PRESENT, {"workspace_id_": workspace_id, "now_": now}))

    def fell(self, pilot_ids: Iterable[str]) -> dict[tuple[str, str], datetime]:
        """Return since when answers no longer say that a thing is in place, by pilot and item; only where they once did."""
        return {
            (row.pilot_id, row.item_id): row.answered_at
            for some in portions(pilot_ids)
            for row in self._tx.execute(_FELL, {"pilot_ids_": some})
        }

    def waived_again(self, workspace_id: str, limit: int) -> list[WaivedAgain]:
        """Return running pilots that were granted a waiver for the same item more than once, most often first."""
        found = self._tx.execute(_AGAIN, {"workspace_id_": workspace_id, "limit_": limit})
        return [WaivedAgain(row.pilot_id, row.item_id, row.times) for row in found]

    def waived_most(self, workspace_id: str, limit: int) -> list[WaivedItem]:
        """Return the items for which most waivers were granted, whatever became of them."""
        found = self._tx.execute(_WAIVED_MOST, {"workspace_id_": workspace_id, "limit_": limit})
        return [WaivedItem(row.item_id, row.times, row.pilots) for row in found]

    def standing_still(self, workspace_id: str, stage: str, before: datetime) -> list[tuple[str, datetime]]:
        """Return the pilots of a stage that nobody has changed since an instant, by id, and when somebody last did.

        Those on hold are left out.
        """
        values = {"workspace_id_": workspace_id, "stage_": stage, "before_": before}
        return [(row.id, row.last_change_at) for row in self._tx.execute(_STANDING_STILL, values)]

    def answers_to(self, item_id: str, pilot_ids: Iterable[str]) -> dict[str, Answer]:
        """Return the latest answers of some pilots to one item, by pilot."""
        return {
            row["pilot_id"]: Answer.model_validate(dict(row))
            for some in portions(pilot_ids)
            for row in self._tx.execute(_ANSWERS_TO, {"item_id_": item_id, "pilot_ids_": some}).mappings()
        }

    def answered_after_approval(self, workspace_id: str, item_id: str) -> list[tuple[Answer, datetime]]:
        """Return every answer to an item, oldest first, of pilots that changed it after their first promotion, and when that was."""
        rows = self._tx.execute(_BAR_ANSWERS, {"workspace_id_": workspace_id, "item_id_": item_id}).mappings()
        return [
            (Answer.model_validate({k: v for k, v in row.items() if k != "approved_at"}), row["approved_at"])
            for row in rows
        ]


def _stays(rows: Iterable[Any]) -> list[Stays]:
    return [
        Stays(stage, int(count), max(0.0, float(median)), max(0.0, float(longest)))
        for stage, count, median, longest in rows
    ]
