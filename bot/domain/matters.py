"""What waits for somebody about a pilot, and the company's rules of who hears of it when. Values only; `ladder` counts the days.

A matter is found anew from the record each time somebody looks; nothing is kept of it but who was told, see `notices`.
"""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from bot.domain.values import Frozen, Instant


class MatterKind(StrEnum):
    """What can wait for somebody. Each has at most one rule."""

    REVIEW = "review"
    """An approver's word, an answer to what they asked, or something to mend before they can give it."""
    DECISION = "decision"
    """The day on which it has to be decided whether a pilot goes on."""
    ORPHANED = "orphaned"
    """Its champion or owner has left."""
    OPEN_AGAIN = "open_again"
    """What its last approval stood on holds no more."""
    CONDITION = "condition"
    """A condition of an approval."""
    BLOCKER = "blocker"
    """Somebody else's thing without which it cannot go on."""
    ASK = "ask"
    """A question that was put to somebody."""
    OWNER = "owner"
    """Somebody proposed as owner who has not answered."""
    ACTION = "action"
    """A step that somebody undertook."""
    WAIVER = "waiver"
    """An accepted risk that ends."""
    EVIDENCE = "evidence"
    """Answers that have to be confirmed, because they grow old."""
    READY = "ready"
    """Everything is in place, and nobody asks for the promotion."""
    BAR = "bar"
    """No bar says what would be good enough."""
    INTERVIEW = "interview"
    """Questions that somebody began to answer."""
    QUIET = "quiet"
    """Nothing moves."""


class Tells(StrEnum):
    """Who hears of a matter."""

    PERSON = "person"
    """Whoever it waits for; for quiet pilots and the like that is the owner."""
    OWNER = "owner"
    CHAMPION = "champion"
    SPONSOR = "sponsor"
    CHANNEL = "channel"
    """Everybody in the pilot's channel."""


class Rung(Frozen):
    """One step of a ladder: so many working days after the matter's day these people hear it in these words."""

    at: int = Field(ge=-60, le=250)
    """Working days after the matter's day; before it where negative."""
    tells: tuple[Tells, ...] = Field(min_length=1)
    """Who hears."""
    says: str = Field(min_length=1, max_length=300)
    """What they read; {placeholders} stand for what is known of the matter."""


class Again(Frozen):
    """What follows after the last rung, for as long as nothing moves."""

    every: int = Field(ge=1, le=250)
    """Working days from one time to the next."""
    tells: tuple[Tells, ...] = Field(min_length=1)
    """Who hears."""
    says: str = Field(min_length=1, max_length=300)
    """What they read."""


class Rule(Frozen):
    """Who hears of a kind of matter, and when."""

    about: MatterKind
    """The kind of matter."""
    rungs: tuple[Rung, ...] = Field(min_length=1, max_length=20)
    """The ladder, first to last."""
    again: Again | None = None
    """What follows after the last one; nothing where it is left out."""

    @model_validator(mode="after")
    def _upwards(self) -> Self:
        days = [rung.at for rung in self.rungs]
        if sorted(set(days)) != days:
            raise ValueError(
                "the rungs of a rule come one after the other: each `at` is later than the one before"
            )
        return self

    def rung(self, number: int) -> Rung:
        """Return a rung by its number; those after the last repeat what stands under `again`."""
        if number < len(self.rungs):
            return self.rungs[number]
        if self.again is None:
            raise IndexError(number)
        at = self.rungs[-1].at + self.again.every * (number - len(self.rungs) + 1)
        return Rung.model_construct(at=at, tells=self.again.tells, says=self.again.says)


class Matter(Frozen):
    """One thing that waits for somebody, as it is now."""

    pilot_id: str
    kind: MatterKind
    subject: str
    """The id of what it is about: a review, an action, an item, a person; the pilot's own where it is about the whole."""
    thing: str
    """What makes it this matter and no other: kind, subject and since when (or until when). A new day, or progress in
    between, makes it another one, and its ladder begins anew."""
    day: date
    """From which its rungs are counted: when it is due, or when it began to be noticed."""
    person_id: str | None = None
    """Whom it waits for; None where that is whoever answers for the pilot."""
    what: str = ""
    """What it is about in people's words or by its title; not escaped."""
    who: str | None = None
    """Somebody else whom the words name, by Slack id: who asked, who left, who is in the way."""
    since: Instant | None = None
    """Since when nothing has moved, or since when it waits."""
    count: int = 1
    """How many things it sums up: of ten answers that grow old one is named."""
