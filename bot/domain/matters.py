"""What waits for somebody about a pilot, and the company's rules of who hears of it when. Values only; `ladder` counts the days.

A matter is found anew from the record each time somebody looks; nothing is kept of it but who was told, see `notices`.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from string import Formatter
from types import MappingProxyType
from typing import Final, Self

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


class Placeholder(StrEnum):
    """What a text of a rule may name in braces; each kind of matter knows some of them, see `KNOWN`."""

    STAGE = "stage"
    """The stage that the pilot is in, by its title as it stands inside a sentence."""
    DAY = "day"
    """The matter's day: "Friday 4 December"."""
    DAYS = "days"
    """How many working days lie between that day and today, in either direction: "one working day"."""
    WEEKS = "weeks"
    """For how many whole weeks nothing has moved or it has stood there: "three weeks"."""
    WHAT = "what"
    """What it is about: people's own words as they are, a question's title as it stands inside a sentence."""
    WHO = "who"
    """Somebody whom the words name: who asked, who left, who could clear the way."""
    COUNT = "count"
    """How many things it sums up, in words where they are few: "three"."""
    NEXT_STAGE = "next_stage"
    """The stage that would follow, by its title as it stands inside a sentence."""
    PROMOTION = "promotion"
    """What is to be decided: "the promotion to limited release"."""


_ALWAYS: Final = frozenset({Placeholder.STAGE, Placeholder.DAY, Placeholder.DAYS})
KNOWN: Final[Mapping[MatterKind, frozenset[Placeholder]]] = MappingProxyType(
    {
        MatterKind.REVIEW: _ALWAYS | {Placeholder.PROMOTION, Placeholder.NEXT_STAGE, Placeholder.WHO},
        MatterKind.DECISION: _ALWAYS | {Placeholder.WEEKS},
        MatterKind.ORPHANED: _ALWAYS | {Placeholder.WHO},
        MatterKind.OPEN_AGAIN: _ALWAYS | {Placeholder.WHAT, Placeholder.COUNT},
        MatterKind.CONDITION: _ALWAYS | {Placeholder.WHAT, Placeholder.WHO},
        MatterKind.BLOCKER: _ALWAYS | {Placeholder.WHAT, Placeholder.WHO},
        MatterKind.ASK: _ALWAYS | {Placeholder.WHAT, Placeholder.WHO},
        MatterKind.OWNER: _ALWAYS | {Placeholder.WHO},
        MatterKind.ACTION: _ALWAYS | {Placeholder.WHAT},
        MatterKind.WAIVER: _ALWAYS | {Placeholder.WHAT},
        MatterKind.EVIDENCE: _ALWAYS | {Placeholder.WHAT, Placeholder.COUNT},
        MatterKind.READY: _ALWAYS | {Placeholder.NEXT_STAGE, Placeholder.PROMOTION, Placeholder.WEEKS},
        MatterKind.BAR: _ALWAYS | {Placeholder.WEEKS},
        MatterKind.INTERVIEW: _ALWAYS | {Placeholder.WEEKS, Placeholder.COUNT},
        MatterKind.QUIET: _ALWAYS | {Placeholder.WEEKS},
    }
)
"""What the texts of each kind may name. Whoever finds a matter gives it what its kind knows: `what`, `who`, `since` (for the
weeks) and `count` are never left empty where they stand here. WHO is, by kind: who asked for the promotion, who has left, who
set the condition, who could clear the way, who put the question, who proposed the owner. COUNT: flags, answers that grow old,
questions that are left in an interview."""

TITLED: Final = frozenset({MatterKind.OPEN_AGAIN, MatterKind.ASK, MatterKind.WAIVER, MatterKind.EVIDENCE})
"""The kinds whose WHAT is a title; that of the others are people's own words."""


def placeholders(says: str) -> tuple[str, ...]:
    """Return what a text names in braces, in its order; ValueError where the braces are none of a placeholder.

    Doubled braces stand for themselves.
    """
    named = []
    for _, name, form, conversion in Formatter().parse(says):
        if name is None:
            continue
        if form or conversion:
            raise ValueError(f"{{{name}}} takes nothing but its name between the braces")
        named.append(name)
    return tuple(named)


def filled(says: str, facts: Mapping[Placeholder, str]) -> str:
    """Return a text with its placeholders replaced; the facts come escaped for where the text is shown."""
    return "".join(
        before + (facts[Placeholder(name)] if name is not None else "")
        for before, name, _, _ in Formatter().parse(says)
    )


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
