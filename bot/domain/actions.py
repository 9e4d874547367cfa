"""What somebody undertook to do about a pilot, by when. A plan in an answer becomes one."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from bot.domain.values import Frozen, Instant


class ActionState(StrEnum):
    """Where an action stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Action(Frozen):
    """One step that somebody takes. At most one per pilot and item is open."""

    id: str
    workspace_id: str
    pilot_id: str
    item_id: str
    what: str = Field(max_length=3000)
    owner_id: str | None = None
    """A person or user group by Slack id, or None where nobody (or nobody in Slack) was named."""
    owner_said: str = ""
    """The words for who does it, where no Slack id was given."""
    due_on: date | None = None
    state: ActionState = ActionState.OPEN
    created_by: str
    created_at: Instant
    closed_by: str | None = None
    closed_at: Instant | None = None
    review_id: str | None = None
    """The review that it is a condition of; its `item_id` is then no item's, but one of its own (`condition_item`)."""
    outcome: str = Field(default="", max_length=1000)
    """What shows that a condition is met, or why it was dropped."""

    @property
    def is_condition(self) -> bool:
        """Whether a promotion was approved on it."""
        return self.review_id is not None


def condition_item(condition_id: str) -> str:
    """Return what stands in place of an item's id: conditions belong to no item, and each is open on its own."""
    return f"condition-{condition_id}"
