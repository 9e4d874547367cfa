"""That somebody is to hear of a matter, or heard; and what people said about hearing: their hours, snoozes, mutes, blockers.

One notice per matter, rung and person, so that nobody hears twice for one thing, whoever runs again.
"""

from datetime import date
from enum import StrEnum

from pydantic import Field

from bot.domain.calendar import Away
from bot.domain.matters import MatterKind
from bot.domain.values import Frozen, Instant


class Reply(StrEnum):
    """What became of a notice."""

    UPDATED = "updated"
    """The person went on with it."""
    SNOOZED = "snoozed"
    MUTED = "muted"
    HANDED_OVER = "handed_over"
    BLOCKED = "blocked"
    """The person said what is in the way."""
    EXTENDED = "extended"
    RETIRED = "retired"
    SETTLED = "settled"
    """It waits for them no more, by whatever came; where it was never told, it never will be."""
    REPLACED = "replaced"
    """A later rung of the same matter was to be told before this one was."""


class Notice(Frozen):
    """One person, or channel, who hears of one rung of one matter."""

    workspace_id: str
    pilot_id: str
    kind: MatterKind
    subject: str
    thing: str
    rung: int
    person_id: str
    """Who hears: a person, or a channel, by Slack id."""
    day: date
    """The matter's day when it was queued."""
    queued_at: Instant
    slot: str | None = None
    """The person's calendar day on which they were told, as an ISO date; None while they were not."""
    told_at: Instant | None = None
    reply: Reply | None = None
    replied_at: Instant | None = None


class Preference(Frozen):
    """When somebody wants to hear, where it differs from the company's hours; None means as the company has it."""

    workspace_id: str
    user_id: str
    from_hour: int | None = Field(default=None, ge=0, le=23)
    until_hour: int | None = Field(default=None, ge=1, le=24)
    days: tuple[int, ...] | None = None
    """Weekdays, Monday is 0."""
    away: tuple[Away, ...] = Field(default=(), max_length=20)


class Snooze(Frozen):
    """One matter of which a person hears nothing until then; others hear as the ladder says."""

    workspace_id: str
    person_id: str
    pilot_id: str
    thing: str
    until: Instant


class Mute(Frozen):
    """A pilot of which a person, or a channel, hears nothing until a day. At most one of each pair holds."""

    id: str
    workspace_id: str
    person_id: str
    """A person, or a channel, by Slack id."""
    pilot_id: str
    reason: str = Field(min_length=1, max_length=1000)
    muted_by: str
    since: Instant
    until: date
    """The day on which it ends by itself, when that day begins for the person."""
    ended_at: Instant | None = None
    """When somebody ended it early."""


class BlockerState(StrEnum):
    """Where a blocker stands."""

    OPEN = "open"
    SOLVED = "solved"
    DROPPED = "dropped"
    """It is in nobody's way any more."""


class Blocker(Frozen):
    """Something without which a pilot cannot go on, and who can do something about it."""

    id: str
    workspace_id: str
    pilot_id: str
    what: str = Field(min_length=1, max_length=1000)
    by_id: str
    """Who can do something about it, by Slack id: a person."""
    reported_by: str
    reported_at: Instant
    due_on: date
    """Until when it should be out of the way."""
    state: BlockerState = BlockerState.OPEN
    closed_by: str | None = None
    closed_at: Instant | None = None
    outcome: str = Field(default="", max_length=1000)
