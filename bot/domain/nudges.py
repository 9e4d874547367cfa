"""A nudge that was sent, and what the person did with it: about a quiet pilot, or about a review that waits for them."""

from enum import StrEnum
from typing import Final

from bot.domain.values import Frozen, Instant


class Reply(StrEnum):
    """What a person did with a nudge."""

    UPDATED = "updated"
    SNOOZED = "snoozed"
    RETIRED = "retired"
    SETTLED = "settled"
    """Nothing is awaited of them any more, by whatever came."""


QUIET: Final = "quiet"
"""The kind of a nudge about a pilot that does not move."""
_REVIEW: Final = "review:"


def review_kind(review_id: str) -> str:
    """Return the kind of a nudge about a review: a pilot may have two, and each is told of."""
    return f"{_REVIEW}{review_id}"


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
    """Since when nothing has moved, or since when something is awaited of the person."""
    reply: Reply | None = None
    replied_at: Instant | None = None

    @property
    def review_id(self) -> str | None:
        """The review that it is about; None where it is about a quiet pilot."""
        return self.kind.removeprefix(_REVIEW) if self.kind.startswith(_REVIEW) else None
