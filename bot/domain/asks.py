"""A question that was handed to somebody else: to whom, about what, and whether it was answered."""

from enum import StrEnum

from bot.domain.values import Frozen, Instant


class AskState(StrEnum):
    """Where a handed question stands."""

    OPEN = "open"
    ONCE_MORE = "once_more"
    """Answered, and asked about once more, which may stay as it is; whoever answered is in `closed_by`."""
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Ask(Frozen):
    """One question put to a person or a user group. At most one per pilot and item is open."""

    id: str
    workspace_id: str
    pilot_id: str
    item_id: str
    interview_id: str | None = None
    asked_id: str
    """The person or user group that was asked, by Slack id."""
    people: tuple[str, ...]
    """Who got the direct message: the person, or the group's members at that time."""
    note: str = ""
    asked_by: str
    asked_at: Instant
    state: AskState = AskState.OPEN
    closed_by: str | None = None
    closed_at: Instant | None = None
