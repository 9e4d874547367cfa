"""An answer to a checklist item, with what was understood and what shows it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from bot.domain.playbook import AnswerKind
from bot.domain.values import Frozen, Instant

GONE = "#deleted"
"""Ends the address of a message, given as evidence, that was deleted since."""


class Status(StrEnum):
    """What an answer says about an item."""

    IN_PLACE = "in_place"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    NOT_APPLICABLE = "not_applicable"
    SKIPPED = "skipped"


SETTLED = frozenset({Status.IN_PLACE, Status.NOT_APPLICABLE})
"""What an answer says that leaves nothing to do."""


class Value(Frozen):
    """What an answer is made of, where its item asks for more than words."""

    kind: AnswerKind
    number: Decimal | None = None
    unit: str = ""
    """What the number counts, an ISO 4217 code for money, "%" for a percentage."""
    on: date | None = None
    ids: tuple[str, ...] = ()
    """People, user groups or options, by id; links, by address."""


class Plan(Frozen):
    """Who does what by when, for something that is not there yet. What was not said is empty."""

    what: str = ""
    who: str | None = None
    """The person or user group, by Slack id."""
    who_said: str = ""
    """The words for who does it, where no Slack id was given ("the platform team")."""
    by: date | None = None

    @property
    def complete(self) -> bool:
        """Whether somebody and a day are named."""
        return bool(self.who or self.who_said) and self.by is not None


class Reading(Frozen):
    """What the words of a reply were understood to say; the words themselves are always kept whole."""

    status: Status
    detail: str
    evidence: tuple[str, ...] = ()
    concern: str | None = None
    """Why the answer cannot be checked (a concern's name), or None when it can."""
    value: Value | None = None
    plan: Plan | None = None
    undertaking: Plan | None = Field(default=None, exclude=True)
    """Who and when the words name, whatever they say of the item: a follow-up about a plan is answered with it."""


class Answer(Frozen):
    """One revision of an answer. The latest revision is the current one; all are kept."""

    pilot_id: str
    item_id: str
    revision: int
    status: Status
    detail: str
    evidence: tuple[str, ...] = ()
    concern: str | None = None
    value: Value | None = None
    plan: Plan | None = None
    answered_by: str
    answered_at: Instant
    interview_id: str | None = None
    message_ts: str | None = None
    """The Slack message that held the words; None for buttons and forms."""
    message_channel_id: str | None = None
    """The channel of that message, a direct message's included."""

    @property
    def checkable(self) -> bool:
        """Whether somebody else could verify the answer as it stands."""
        return self.concern is None
