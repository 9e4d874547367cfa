"""A nudge that was sent, and what the person did with it."""

from enum import StrEnum

from bot.domain.values import Frozen, Instant


class Reply(StrEnum):
    """What a person did with a nudge."""

    UPDATED = "updated"
    SNOOZED = "snoozed"
    RETIRED = "retired"


class Nudge(Frozen):
    """One slot in which somebody heard of one pilot."""

    workspace_id: str
    pilot_id: str
    kind: str
    slot: str
    """The person's calendar day, as an ISO date."""
    person_id: str
    sent_at: Instant
    quiet_since: Instant
    reply: Reply | None = None
    replied_at: Instant | None = None
