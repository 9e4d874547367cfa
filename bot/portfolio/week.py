"""What is new in a week: which pilots moved, stall, are at risk, or are to be decided, against what was told last.

Reads and decides; when that is told, and to whom, is `weekly`'s.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from bot.desk import Desk
from bot.domain import idling
from bot.domain.answers import Value
from bot.domain.calendar import zone_of
from bot.domain.messages import OutboundMessage
from bot.domain.moves import MoveKind, StageMove
from bot.domain.pilots import Pilot
from bot.domain.seeking import Shown, Sought
from bot.domain.signals import Severity
from bot.pilots import signalled, workflow as pilots
from bot.pilots.messages import stage_title
from bot.portfolio.counts import Figures, figures
from storage.audit import AuditEntry
from storage.trends import Trends as Counts

NAMED: Final = 5
"""How many pilots a heading names; the others are counted."""
A_MINUTE: Final = timedelta(minutes=1)
"""What happened in the last minute is for the next digest: a change that is being committed is not seen yet."""
COMPARED: Final = 2_000
"""Of how many pilots that are stalled, or at risk, the record keeps that they were told."""


class Heading(StrEnum):
    """What kind of news, the most urgent first; each is a block of the template."""

    TO_DECIDE = "to_decide"
    STANDING = "standing"
    """All that stand still when the week is told for the first time, instead of those that are new."""
    STALLED = "stalled"
    AT_RISK = "at_risk"
    WENT_BACK = "went_back"
    PROMOTED = "promoted"
    MOVING = "moving"
    REVIVED = "revived"
    REGISTERED = "registered"
    RETIRED = "retired"


OF_A_MOVE: Final[Mapping[MoveKind, Heading]] = {
    MoveKind.REGISTERED: Heading.REGISTERED,
    MoveKind.PROMOTED: Heading.PROMOTED,
    MoveKind.BREAK_GLASS: Heading.PROMOTED,
    MoveKind.ROLLED_BACK: Heading.WENT_BACK,
    MoveKind.RETIRED: Heading.RETIRED,
    MoveKind.REVIVED: Heading.REVIVED,
}


Found = tuple[Pilot, Sequence[StageMove]]
"""A pilot with the moves that it is told for, if that is why."""


@dataclass(frozen=True)
class News:
    """One pilot under a heading."""

    pilot: Pilot
    link: str | None
    """Where its card is; None where Slack shows none."""
    from_stage: str = ""
    to_stage: str = ""
    cause: str = ""
    """The cause of its worst signal."""
    is_emergency: bool = False
    """Whether it was promoted before anybody reviewed it."""


@dataclass(frozen=True)
class Week:
    """What is told of a week, or of a longer time after an outage."""

    since: datetime
    until: datetime
    news: Mapping[Heading, Sequence[News]]
    """The first few under each heading that has any."""
    counts: Mapping[Heading, int]
    """How many there are in all."""
    figures: Figures
    weeks_idle: int
    costs: Sequence[Value]
    """What standing still costs, by currency."""

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing new."""
        return not self.counts


@dataclass(frozen=True)
class Before:
    """What was told last."""

    until: datetime | None
    stalled: frozenset[str] = frozenset()
    at_risk: frozenset[str] = frozenset()
    is_whole: bool = True
    """Whether these are all that were told; not where the record's words were erased, or there were more than it keeps."""
    is_something: bool = True
    """Whether anything was; not before the first digest."""
    waiting: str | None = None
    """The key of a digest that Slack has not taken since: the next one takes its place."""


def told_last(desk: Desk) -> Before:
    """Return what was told last, as the record has it; its words may have been erased, its day stays.

    Nobody has heard of what Slack never took: because it refused, for an archived channel say, or took nothing for a week.
    """
    here, unheard_since, waiting = desk.at.workspace_id, None, None
    entries = desk.tx.audit.newest_of(here, "portfolio", here, 1)
    while entries and (unheard := _unheard(desk, entries[0])):
        if not unheard.failed:
            waiting = waiting or unheard.key
        unheard_since = datetime.fromisoformat((entries[0].after or {})["since"])
        entries = desk.tx.audit.newest_of(here, "portfolio", here, 1, before_seq=entries[0].seq)
    if not entries:
        return Before(unheard_since, is_something=False, waiting=waiting)
    said: dict[str, Any] = entries[0].after or {}
    until = said.get("until")
    stalled, at_risk = (frozenset(said.get(name) or ()) for name in ("stalled", "at_risk"))
    return Before(
        until=datetime.fromisoformat(until) if isinstance(until, str) else entries[0].at - A_MINUTE,
        stalled=stalled,
        at_risk=at_risk,
        is_whole=bool(said) and len(stalled) + len(at_risk) < COMPARED,
        waiting=waiting,
    )


def _unheard(desk: Desk, entry: AuditEntry) -> OutboundMessage | None:
    """Return the digest that an entry is about, if Slack never took it."""
    key = (entry.after or {}).get("message")
    message = desk.tx.messages.by_key(entry.workspace_id, key) if isinstance(key, str) else None
    return message if message and message.slack_ts is None else None


def troubled_now(desk: Desk) -> list[Pilot]:
    order = [stage.id for stage in reversed(desk.playbook.stages)]
    return desk.tx.pilots.page(desk.at.workspace_id, Sought(shown=Shown.AT_RISK), order, 0, COMPARED)


def look_back(desk: Desk, before: Before, since: datetime, troubled: Sequence[Pilot]) -> Week:
    """Return what is new since an instant; `troubled` are the pilots that are stalled or at risk now."""
    until = desk.at.now - A_MINUTE
    found = _moved(desk, since, until)
    moved = {pilot.id for some in found.values() for pilot, _ in some}
    for heading, pilots_found in (
        (Heading.MOVING, [one for one in _moving(desk, before, since, troubled) if one.id not in moved]),
        (
            Heading.STALLED if before.is_something else Heading.STANDING,
            _newly_stalled(before, since, troubled),
        ),
        (Heading.AT_RISK, _newly_at_risk(desk, before, since, troubled)),
        (Heading.TO_DECIDE, _to_decide(desk)),
    ):
        found[heading] = [(one, ()) for one in pilots_found]
    weeks, costs = _standing_still(desk)
    told = [heading for heading in Heading if found.get(heading)]
    return Week(
        since=since,
        until=until,
        news={heading: [_news(desk, *one) for one in _first(heading, found[heading])] for heading in told},
        counts={heading: len(found[heading]) for heading in told},
        figures=figures(desk.playbook, desk.tx.tallies.of(desk.at.workspace_id)),
        weeks_idle=weeks,
        costs=costs,
    )


def _moved(desk: Desk, since: datetime, until: datetime) -> dict[Heading, list[Found]]:
    """Return the pilots that changed their stage, each under the last that happened to it."""
    by_pilot: dict[str, list[StageMove]] = {}
    for move in desk.tx.moves.since(desk.at.workspace_id, since):
        if move.at < until:
            by_pilot.setdefault(move.pilot_id, []).append(move)
    known = desk.tx.pilots.some(desk.at.workspace_id, by_pilot)
    found: dict[Heading, list[Found]] = {}
    for pilot_id, moves in by_pilot.items():
        found.setdefault(OF_A_MOVE[moves[-1].kind], []).append((known[pilot_id], moves))
    return found


def _moving(desk: Desk, before: Before, since: datetime, troubled: Sequence[Pilot]) -> list[Pilot]:
    """Return the pilots that were told as stalled, are not any more, and have changed."""
    if len(troubled) >= COMPARED:
        return []
    was = before.stalled - {one.id for one in troubled if one.severity >= Severity.STALLED}
    some = desk.tx.pilots.some(desk.at.workspace_id, was).values()
    return [one for one in some if not one.retired and one.hold is None and one.last_change_at >= since]


def _newly_stalled(before: Before, since: datetime, troubled: Sequence[Pilot]) -> list[Pilot]:
    compared = before.is_whole and len(troubled) < COMPARED
    return [
        one
        for one in troubled
        if one.severity >= Severity.STALLED
        and (
            (compared and one.id not in before.stalled)
            or (one.stalled_since is not None and one.stalled_since >= since)
        )
    ]


def _newly_at_risk(desk: Desk, before: Before, since: datetime, troubled: Sequence[Pilot]) -> list[Pilot]:
    """Return the pilots that are at risk and were not told so, or have come to be at risk anew."""
    compared = before.is_whole and len(troubled) < COMPARED
    at_risk = [one for one in troubled if one.severity == Severity.AT_RISK]
    known = before.at_risk | before.stalled
    raised = desk.tx.signals.raised_of_pilots(one.id for one in at_risk if not compared or one.id in known)

    def is_new(pilot: Pilot) -> bool:
        risks = [one.raised_at for one in raised.get(pilot.id, ()) if one.severity >= Severity.AT_RISK]
        anew = bool(risks) and min(risks) >= since
        return anew or (compared and pilot.id not in known)

    return [one for one in at_risk if is_new(one)]


def _first(heading: Heading, some: Iterable[Found]) -> list[Found]:
    """Return those that are named: what is to be decided first, or, where all that stand still are told, who has longest."""

    def order(one: Found) -> tuple[date, str]:
        pilot = one[0]
        day = pilot.stage_since.date() if heading is Heading.STANDING else pilot.decide_on
        return day or date.max, pilot.name.casefold()

    return sorted(some, key=order)[:NAMED]


def _to_decide(desk: Desk) -> list[Pilot]:
    """Return the pilots about which is to be decided in the seven days from now on."""
    today = desk.at.now.astimezone(zone_of(desk.playbook.nudges.weekly.zone)).date()
    some = desk.tx.pilots.decided_between(desk.at.workspace_id, today, today + timedelta(days=6))
    return [one for one in some if one.hold is None and not one.retired]


def _news(desk: Desk, pilot: Pilot, moves: Sequence[StageMove]) -> News:
    card = desk.tx.messages.by_key(pilot.workspace_id, pilots.card_key(pilot.id))
    worst = max(
        desk.tx.signals.raised_of(pilot.id) if pilot.severity else (),
        key=lambda one: (one.severity, one.id),
        default=None,
    )
    first = next((one.from_stage for one in moves if one.from_stage), None)
    last = moves[-1].to_stage if moves else pilot.stage
    return News(
        pilot=pilot,
        link=desk.link_to(card),
        from_stage=stage_title(desk.library, first) if first else "",
        to_stage=stage_title(desk.library, last),
        cause=signalled.title_of(desk.library, worst) if worst else "",
        is_emergency=bool(moves) and moves[-1].kind is MoveKind.BREAK_GLASS,
    )


def _standing_still(desk: Desk) -> tuple[int, list[Value]]:
    """Return for how many weeks all pilots together have stood still, and what that cost, by currency."""
    counts, now = Counts(desk.tx), desk.at.now
    item_id = desk.playbook.nudges.knows.team_cost
    weeks, sums = 0, dict[str, Value]()
    for stage in desk.playbook.stages:
        if stage.quiet_after_days is None:
            continue
        before = now - timedelta(days=stage.quiet_after_days) - idling.A_WEEK
        some = counts.standing_still(desk.at.workspace_id, stage.id, before)
        costs = counts.answers_to(item_id, (pilot_id for pilot_id, _ in some)) if item_id else {}
        for pilot_id, changed_at in some:
            idle = idling.idle_since(stage, changed_at, costs.get(pilot_id), now)
            weeks += idle.weeks if idle else 0
            if idle and idle.cost and idle.cost.number is not None:
                known = sums.get(idle.cost.unit)
                so_far = (known.number if known else None) or Decimal(0)
                sums[idle.cost.unit] = idle.cost.model_copy(update={"number": so_far + idle.cost.number})
    return weeks, [sums[unit] for unit in sorted(sums)]
