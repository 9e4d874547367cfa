"""A handover as a value: who is to own a pilot in production, and whether they said yes. `pilot.owner_accepted_at` says it in short."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from pydantic import Field

from bot.domain.people import Person
from bot.domain.pilots import Pilot
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


LONGEST_DAYS = 366
"""How far ahead a new owner's first look may lie: a year."""


class OwnerState(StrEnum):
    """Whether a production owner took it on; each value is the word that stands behind their name."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_ACCEPTED = "not accepted"
    """Nobody waits for their answer any more: another was proposed and let go, say."""
    LEFT = "has left"
    """Their account is deactivated, whatever they said before."""
    UNABLE = "cannot act any more"
    """They are a guest now, say, whatever they said before."""


class Ownership(Frozen):
    """Who owns a pilot in production, and how sure that is."""

    owner_id: str
    state: OwnerState
    accepted_at: Instant | None = None
    next_id: str | None = None
    """Who is proposed to take over from an owner who accepted."""

    @property
    def answers_for_it(self) -> bool:
        """Whether they count as the owner: from the proposal on, and not any more once they declined."""
        return self.state is not OwnerState.DECLINED


def ownership(pilot: Pilot, handovers: Iterable[Handover], owner: Person | None = None) -> Ownership:
    """Return who owns a pilot; one who was never asked counts as proposed.

    `owner` is the person as last seen, where it shall show that they can own nothing any more.
    """
    said = _said(pilot, handovers)
    gone = gone_as(owner) if owner and owner.user_id == said.owner_id else None
    return said.model_copy(update={"state": gone}) if gone else said


def gone_as(person: Person | None) -> OwnerState | None:
    """Return why somebody can look after nothing any more; None for who can, and for who was never seen."""
    if person is None or not person.cannot_act:
        return None
    return OwnerState.LEFT if person.deactivated else OwnerState.UNABLE


def _said(pilot: Pilot, handovers: Iterable[Handover]) -> Ownership:
    """Return who owns a pilot by what was said about it."""
    latest = max(handovers, key=_how_late, default=None)
    waits = latest is not None and latest.state is HandoverState.PROPOSED
    if pilot.owner_accepted_at:
        next_id = latest.to_id if latest and waits else None
        return Ownership(
            owner_id=pilot.owner_id,
            state=OwnerState.ACCEPTED,
            accepted_at=pilot.owner_accepted_at,
            next_id=next_id,
        )
    if latest is None or waits:
        return Ownership(owner_id=pilot.owner_id, state=OwnerState.PROPOSED)
    refused = latest.state is HandoverState.REFUSED
    return Ownership(
        owner_id=pilot.owner_id, state=OwnerState.DECLINED if refused else OwnerState.NOT_ACCEPTED
    )


def _how_late(one: Handover) -> tuple[bool, Instant, bool]:
    """Return what puts handovers in order: one that waits comes last, and of the same instant the one that was answered."""
    waits = one.state is HandoverState.PROPOSED
    return waits, one.decided_at or one.proposed_at, one.state is not HandoverState.SUPERSEDED
