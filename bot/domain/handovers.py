"""A handover as a value: who is to own a pilot in production, and whether they said yes. `pilot.owner_accepted_at` says it in short."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from bot.domain.values import Frozen, Instant


class HandoverState(StrEnum):
    """Where a handover stands. The last three are final."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    """Somebody else was proposed, or the pilot ended, before an answer came."""


class Handover(Frozen):
    """Somebody proposed as production owner. At most one per pilot is proposed.

    Who owned a pilot and had accepted stays its owner until the next one accepts; an owner who never accepted gives way at
    once to whoever is proposed next.
    """

    id: str
    workspace_id: str
    pilot_id: str
    to_id: str
    """A person or user group by Slack id."""
    proposed_by: str
    proposed_at: Instant
    note: str = Field(default="", max_length=1000)
    state: HandoverState = HandoverState.PROPOSED
    runbook: str = Field(default="", max_length=500)
    """The address of the runbook; given when it is accepted."""
    contact: str = Field(default="", max_length=200)
    """Who is called when it breaks: an on-call rota, a number, a channel, a person."""
    contact_id: str | None = None
    """The same as a Slack id, where a person or group was named: they may roll back."""
    first_review_on: date | None = None
    """When the new owner looks at it first."""
    decided_by: str | None = None
    decided_at: Instant | None = None
    reason: str = Field(default="", max_length=1000)
    """Why it was refused."""
