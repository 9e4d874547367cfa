"""The frozen base of every domain value, and the occasion on which something is done.

Nothing here knows a feature; it holds what all of them share.
"""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Instant = AwareDatetime
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]


class Frozen(BaseModel):
    """A value that cannot change and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Occasion(Frozen):
    """Who does something, in which workspace, when, and through which Slack delivery.

    `delivery` is the key that makes a repeated delivery harmless; it is None for what Preflight does by itself.
    """

    workspace_id: str
    actor_id: str
    now: Instant
    delivery: str | None = None

    def later(self, now: datetime) -> "Occasion":
        """Return the same occasion at another instant."""
        return self.model_copy(update={"now": now})


PREFLIGHT = "preflight"
"""The actor of what Preflight does by itself (schedules, expiry)."""
