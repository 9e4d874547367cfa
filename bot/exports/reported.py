"""What an export of one pilot holds, as values: the documented shape of its JSON. What it shares with all pilots is in `exported`."""

from datetime import date
from typing import Literal

from bot.domain.answers import Status
from bot.domain.moves import MoveKind
from bot.domain.readiness import Standing
from bot.domain.steps import Footing
from bot.domain.values import Frozen, Instant
from bot.domain.waivers import WaiverState
from bot.exports.exported import VERSION, PilotLine, Titled, Who


class Revision(Frozen):
    """An answer as it is, or was."""

    status: Status
    words: str
    value: str
    """What was understood, in words; empty where the item asks for words only."""
    evidence: tuple[str, ...]
    by: Who
    at: Instant
    revision: int


class NextStep(Frozen):
    """What somebody undertook."""

    what: str
    owner: str
    due_on: date | None


class ItemReport(Frozen):
    """One item with its answers."""

    item: Titled
    gate: Titled
    question: str
    standing: Standing
    critical: bool
    counts: bool
    """Whether it counts already; before that it is only announced."""
    reviewed: bool
    """Whether approvers saw exactly this answer."""
    answer: Revision | None
    earlier: tuple[Revision, ...]
    """Newest first."""
    next_step: NextStep | None
    asked: Who | None
    """Who was asked and has not answered yet."""
    waived_until: date | None


class WaiverReport(Frozen):
    """A waiver, whatever became of it."""

    item: Titled
    state: WaiverState
    reason: str
    until: date
    asked_by: Who
    asked_at: Instant
    decided_by: Who | None
    decided_at: Instant | None
    refusal: str
    ended_by: Who | None
    ended_at: Instant | None
    ending: str


class StepReport(Frozen):
    """A step of the way, and how the pilot stands towards it."""

    step: Titled
    footing: Footing


class MoveReport(Frozen):
    """One change of the stage."""

    kind: MoveKind
    from_stage: Titled | None
    to_stage: Titled
    by: Who
    at: Instant
    reason: str
    learned: str


class PilotReport(Frozen):
    """Everything about one pilot."""

    format: Literal["preflight.pilot"] = "preflight.pilot"
    version: Literal[1] = VERSION
    as_of: Instant
    playbook: str
    pilot: PilotLine
    retired: bool
    steps: tuple[StepReport, ...]
    items: tuple[ItemReport, ...]
    waivers: tuple[WaiverReport, ...]
    moves: tuple[MoveReport, ...]
