"""An answer to a checklist item, with what was understood and what shows it."""

from enum import StrEnum

from bot.domain.values import Frozen, Instant


class Status(StrEnum):
    """What an answer says about an item."""

    IN_PLACE = "in_place"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    NOT_APPLICABLE = "not_applicable"
    SKIPPED = "skipped"


class Reading(Frozen):
    """What the words of a reply were understood to say; the words themselves are always kept whole."""

    status: Status
    detail: str
    evidence: tuple[str, ...] = ()
    concern: str | None = None
    """Why the answer cannot be checked (a concern's name), or None when it can."""


class Answer(Frozen):
    """One revision of an answer. The latest revision is the current one; all are kept."""

    pilot_id: str
    item_id: str
    revision: int
    status: Status
    detail: str
    evidence: tuple[str, ...] = ()
    concern: str | None = None
    answered_by: str
    answered_at: Instant
    interview_id: str | None = None
    message_ts: str | None = None
    """The Slack message that held the words; None for buttons and forms."""

    @property
    def checkable(self) -> bool:
        """Whether somebody else could verify the answer as it stands."""
        return self.concern is None
