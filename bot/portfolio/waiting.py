"""The kinds of things that can await a person, as values: each with what its line tells. `awaiting` finds them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple

from bot.domain import interview as rules
from bot.domain.actions import Action
from bot.domain.asks import Ask
from bot.domain.conversations import Interview
from bot.domain.flags import FlagKind
from bot.domain.handovers import Handover
from bot.domain.notices import Blocker
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.reviews import ChangeRequest, Review
from bot.portfolio.to_decide import Awaited, WaiverAsked


class Handed(NamedTuple):
    """A question that somebody put to the person."""

    ask: Ask
    pilot: Pilot
    item: Item


class Underway(NamedTuple):
    """A conversation about one of the person's pilots, with the address of its thread."""

    interview: Interview
    pilot: Pilot
    progress: rules.Progress
    link: str | None


class Unfinished(NamedTuple):
    """A pilot of the person's of which something is missing, and nobody is asked about it right now."""

    pilot: Pilot
    open: int


class Undertaken(NamedTuple):
    """A step that the person undertook."""

    action: Action
    pilot: Pilot
    title: str
    overdue: bool


class Owed(NamedTuple):
    """A condition of an approval that the person sees to."""

    action: Action
    pilot: Pilot
    overdue: bool


class HandedBack(NamedTuple):
    """A question that an approver handed back, for who speaks for the pilot."""

    question: ChangeRequest
    review: Review
    pilot: Pilot


class Proposed(NamedTuple):
    """A pilot that the person, or a group of theirs, is to own in production."""

    handover: Handover
    pilot: Pilot


class OpenAgain(NamedTuple):
    """A pilot of the person's that no longer stands on what it was approved on."""

    pilot: Pilot
    titles: Sequence[str]
    kinds: frozenset[FlagKind]


class ToDecide(NamedTuple):
    """A pilot of the person's of which it has to be decided whether it goes on."""

    pilot: Pilot
    overdue: bool
    may_be_asked: bool
    """Whether its promotion can be asked for: everything is in place, and nobody has asked."""
    may_go_back: bool


class Ready(NamedTuple):
    """A pilot of the person's whose promotion nobody has asked for, though everything is in place."""

    pilot: Pilot


class InTheWay(NamedTuple):
    """Something that a pilot cannot go on without, and that the person can do something about."""

    blocker: Blocker
    pilot: Pilot
    overdue: bool


@dataclass(frozen=True)
class Waiting:
    """All that awaits one person."""

    decisions: list[ToDecide] = field(default_factory=list)
    handed_back: list[HandedBack] = field(default_factory=list)
    reviews: list[Awaited] = field(default_factory=list)
    blockers: list[InTheWay] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    open_again: list[OpenAgain] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    undertaken: list[Undertaken] = field(default_factory=list)
    proposed: list[Proposed] = field(default_factory=list)
    waivers: list[WaiverAsked] = field(default_factory=list)
    ready: list[Ready] = field(default_factory=list)
    underway: list[Underway] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many things there are."""
        return sum(len(getattr(self, one.name)) for one in fields(self))

    def without_unfinished(self) -> "Waiting":
        """Return the same without what is only missing: for where each pilot stands with a button of its own."""
        return replace(self, unfinished=[])
