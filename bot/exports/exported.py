"""What an export holds, as values: the documented shape of its JSON, and what the other formats are drawn from.

The shape has a version: a field that is added keeps it, a field that changes its meaning or goes raises it. Amounts are text,
so that no reader rounds them; instants are ISO 8601 in UTC; days are ISO dates. Nothing here reads or decides.
"""

from datetime import date
from typing import Final, Literal

from bot.domain.handovers import OwnerState
from bot.domain.posture import Pole
from bot.domain.readiness import Standing
from bot.domain.values import Frozen, Instant

VERSION: Final = 1


class Who(Frozen):
    """A person or user group: the id that Slack knows, and how they are called."""

    id: str
    name: str


class Titled(Frozen):
    """A stage, an item or an area of the playbook: its id, which stays, and how people call it."""

    id: str
    title: str


class Owner(Who):
    """Who is to answer for it in production, and whether they said yes."""

    state: OwnerState
    accepted_at: Instant | None = None


class Amount(Frozen):
    """An amount of money."""

    amount: str
    """Digits with a dot, never rounded."""
    currency: str
    """An ISO 4217 code."""


class Gap(Frozen):
    """What keeps a pilot from its next stage."""

    item: Titled
    standing: Standing


class Verdict(Frozen):
    """Where a pilot stands before its next gate."""

    gate: Titled
    ready: bool
    in_place: int
    required: int
    blocking: tuple[Gap, ...]


class AreaPole(Frozen):
    """Whether a pilot is like a pilot or like a production system in one area."""

    area: Titled
    pole: Pole


class RaisedSignal(Frozen):
    """A cause of a stall that is seen in a pilot now."""

    cause: Titled
    severity: Literal["watch", "at_risk", "stalled"]
    why: str
    next: str
    since: Instant


class RunningWaiver(Frozen):
    """An open item that somebody accepted as a risk."""

    item: Titled
    until: date
    reason: str
    decided_by: Who | None


class HiddenCost(Frozen):
    """What it costs that nothing moves."""

    weeks_idle: int
    cost: Amount | None = None
    """What the team cost in these weeks; None where nobody said what it costs."""


class Bar(Frozen):
    """What success is counted in."""

    name: str
    unit: str
    baseline: str
    bar: str


class PilotLine(Frozen):
    """One pilot as the portfolio shows it."""

    id: str
    name: str
    problem: str
    stage: Titled
    tier: Titled | None
    champion: Who
    owner: Owner
    bar: Bar
    registered_at: Instant
    stage_since: Instant
    last_change_at: Instant
    days_in_stage: int
    days_quiet: int
    on_hold_until: date | None
    decide_on: date | None
    put_off: int
    """How often the day of decision was put off in this stage."""
    severity: Literal["none", "watch", "at_risk", "stalled"]
    stalled_since: Instant | None
    verdict: Verdict | None
    """None where no gate leads on."""
    posture: tuple[AreaPole, ...]
    open_again: tuple[str, ...]
    """What no longer holds since its last approval, by title."""
    signals: tuple[RaisedSignal, ...]
    waivers: tuple[RunningWaiver, ...]
    hidden_cost: HiddenCost | None
    """None where it keeps its rhythm."""
    items: dict[str, Standing]
    """How everything stands that its next gate asks for, by the id of the item."""


class StageStays(Frozen):
    """How long pilots stay in a stage; days are None where there is no pilot to count."""

    stage: Titled
    finished: int
    median_days: float | None
    present: int
    present_median_days: float | None
    present_longest_days: float | None


class OpenIn(Frozen):
    """A pilot in which an item is open, and since when."""

    pilot: Titled
    since: Instant
    days: int


class OpenItem(Frozen):
    """An item that is asked for and open, with the pilots in which it has been so longest."""

    item: Titled
    pilots: tuple[OpenIn, ...]


class FailingItem(Frozen):
    """In how many of the pilots that are asked for it an item is open."""

    item: Titled
    asked: int
    open: int
    waived: int
    """Open, too, and accepted as a risk for now; not among `open`."""


class WaivedAgain(Frozen):
    """A pilot that was let pass without the same thing more than once."""

    pilot: Titled
    item: Titled
    times: int


class WaivedMost(Frozen):
    """How often pilots were let pass without an item."""

    item: Titled
    times: int
    pilots: int


class BarMoved(Frozen):
    """A pilot whose bar changed after its first promotion."""

    pilot: Titled
    times: int
    was: str
    now: str
    last_at: Instant


class Trends(Frozen):
    """What shows only over all pilots, or over a long time."""

    stays: tuple[StageStays, ...]
    longest_open: tuple[OpenItem, ...]
    failing: tuple[FailingItem, ...]
    waived_again: tuple[WaivedAgain, ...]
    waived_most: tuple[WaivedMost, ...]
    bar_moves: tuple[BarMoved, ...]


class StageCount(Frozen):
    """How many pilots are in a stage, and how they fare there."""

    stage: Titled
    pilots: int
    ready: int
    stalled: int
    at_risk: int
    held: int


class ItemCount(Frozen):
    """How an item stands in the pilots that are asked for it."""

    item: Titled
    in_place: int
    open: int
    waived: int
    not_applicable: int


class Portfolio(Frozen):
    """All pilots that run, and what shows over all of them."""

    format: Literal["preflight.portfolio"] = "preflight.portfolio"
    version: Literal[1] = VERSION
    as_of: Instant
    playbook: str
    """The version of the playbook by which everything is judged."""
    stages: tuple[StageCount, ...]
    items: tuple[ItemCount, ...]
    pilots: tuple[PilotLine, ...]
    trends: Trends
