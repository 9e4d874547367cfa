"""The interview as a value: what is asked, what was passed, what is open. `domain.interview` holds its rules."""

from enum import StrEnum

from bot.domain.values import Frozen, Instant


class InterviewState(StrEnum):
    """Where an interview stands."""

    OPEN = "open"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"


class Scope(StrEnum):
    """What an interview asks."""

    MISSING = "missing"
    """What is not settled, or settled so long ago that it needs a fresh look."""
    FULL = "full"
    """Everything, with what is known filled in."""
    ONE = "one"
    """A single item."""


class Interview(Frozen):
    """A coached walk through one gate's items, held in one Slack thread."""

    id: str
    workspace_id: str
    pilot_id: str
    gate_id: str
    channel_id: str
    state: InterviewState
    started_by: str
    started_at: Instant
    last_turn_at: Instant
    playbook_version: str
    asked: tuple[str, ...]
    """The ids of the items that this interview asks, in order."""
    passed: tuple[str, ...] = ()
    """Those of them that were answered or skipped in this interview."""
    followed_up: bool = False
    """Whether the open question was already asked once more."""
    scope: Scope = Scope.MISSING
    handed: tuple[str, ...] = ()
    """Those of the passed items that somebody else was asked about and has not answered yet."""

    @property
    def open_item_id(self) -> str | None:
        """The item that waits for an answer, or None when all were asked."""
        return next((item_id for item_id in self.asked if item_id not in self.passed), None)
