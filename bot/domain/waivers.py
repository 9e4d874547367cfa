"""A waiver as a value: which open item somebody accepts as a risk, why, until when, and who decided it.

`domain.waiving` holds the rules. Days are days in UTC: a waiver is over when its last day begins there.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum

from pydantic import Field

from bot.domain.values import Frozen, Instant

REASON_LENGTH = 1000


class WaiverState(StrEnum):
    """Where a waiver stands. The last three are final."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    """Its day came, or nothing was left that it could be for."""


class Waiver(Frozen):
    """One open item of a pilot that need not be in place until a day. At most one per pilot and item is asked or granted."""

    id: str
    request_id: str
    """What was asked together is decided together; all of it has the same reason and day."""
    workspace_id: str
    pilot_id: str
    item_id: str
    gate_id: str
    """The gate that the pilot stood before when it was asked."""
    reason: str = Field(max_length=REASON_LENGTH)
    until: date
    """The day on which it ends by itself, when that day begins in UTC."""
    asked_by: str
    asked_at: Instant
    state: WaiverState = WaiverState.ASKED
    decided_by: str | None = None
    decided_at: Instant | None = None
    refusal: str = ""
    """Why it was refused."""
    ended_by: str | None = None
    """Who revoked it; None where it ended by itself."""
    ended_at: Instant | None = None
    ending: str = ""
    """Why it was revoked."""

    @property
    def was_granted(self) -> bool:
        """Whether somebody accepted the risk once, whatever became of it later."""
        return self.decided_at is not None and self.state is not WaiverState.REFUSED

    def holds_on(self, today: date) -> bool:
        """Whether the item need not be in place today (a day in UTC)."""
        return self.state is WaiverState.GRANTED and today < self.until


def day_of(now: datetime) -> date:
    """Return the day that an instant falls on where waivers are counted: in UTC, the same for everybody."""
    return now.astimezone(UTC).date()


def times_granted_before(waiver: Waiver, history: Iterable[Waiver]) -> int:
    """Count the waivers of the same pilot and item that had been granted, and were over, when this one was asked for."""
    return sum(
        one.was_granted
        and one.pilot_id == waiver.pilot_id
        and one.item_id == waiver.item_id
        and one.id != waiver.id
        and one.ended_at is not None
        and one.ended_at <= waiver.asked_at
        for one in history
    )


def by_item(waivers: Iterable[Waiver]) -> Mapping[str, Waiver]:
    """Return waivers by their item."""
    return {one.item_id: one for one in waivers}
