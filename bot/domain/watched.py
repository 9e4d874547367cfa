"""All that a look at a pilot is told: where it stands, who answers for it, what is under way about it, and who heard what.

A value that others fill; `noticing`, `stalling` and `idling` read it and nothing else. Nothing here reads or decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.actions import Action
from bot.domain.answers import Answer
from bot.domain.asks import Ask
from bot.domain.calendar import Calendar
from bot.domain.conversations import Interview
from bot.domain.flags import Flag, FlagKind
from bot.domain.handovers import Handover, ownership
from bot.domain.notices import Blocker
from bot.domain.people import is_group
from bot.domain.pilots import Pilot, PutOff
from bot.domain.playbook import Gate, Item, Playbook, Stage
from bot.domain.readiness import ItemStanding, Standing, Verdict
from bot.domain.reviews import Review, ReviewKind
from bot.domain.waivers import Waiver


class Role(StrEnum):
    """What somebody is for a pilot."""

    CHAMPION = "champion"
    OWNER = "owner"


class Why(StrEnum):
    """Why somebody is missing."""

    LEFT = "left"
    """They have left the company."""
    GUEST = "guest"
    """They are no full member any more."""
    LEFT_CHANNEL = "left_channel"
    """They have left the pilot's channel."""


@dataclass(frozen=True)
class Gone:
    """Somebody who answers for a pilot and is missing."""

    person_id: str
    role: Role
    why: Why
    since: datetime


@dataclass(frozen=True)
class Asked:
    """A question that was put to somebody, and who still has to answer it."""

    ask: Ask
    people: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """One pilot as a look finds it. A retired pilot, or one on hold, is never looked at in this way."""

    pilot: Pilot
    playbook: Playbook
    calendar: Calendar = field(default_factory=Calendar)
    """The calendar of whoever answers for it."""
    standings: Mapping[str, ItemStanding] = field(default_factory=dict)
    """How everything stands that the gate ahead asks for, and the one that it passed last, in their order."""
    ahead: frozenset[str] = frozenset()
    """What the gate ahead asks for, by item."""
    behind: frozenset[str] = frozenset()
    """What the gate asks for that it passed last, by item."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """The current answers, by item, also to what no gate asks for now."""
    earlier: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    """Earlier revisions of the answers that may have become worse, oldest first."""
    put_off: PutOff | None = None
    """How the decision was put off last in this stage."""
    handovers: Sequence[Handover] = ()
    interview: Interview | None = None
    """The one that is open or paused."""
    asks: Sequence[Asked] = ()
    actions: Sequence[Action] = ()
    """The open ones, conditions included."""
    waivers: Sequence[Waiver] = ()
    """All that were ever asked for."""
    blockers: Sequence[Blocker] = ()
    """The open ones."""
    flags: Sequence[Flag] = ()
    """Those that are raised, oldest first."""
    reviews: Sequence[Review] = ()
    """The open ones."""
    gone: Sequence[Gone] = ()
    unable: frozenset[str] = frozenset()
    """Who of all these people can act no more."""
    heard: Mapping[str, Mapping[int, datetime]] = field(default_factory=dict)
    """When which rung of which matter was first queued, by thing."""

    @property
    def stage(self) -> Stage | None:
        return self.playbook.stage(self.pilot.stage)

    @property
    def gate(self) -> Gate | None:
        """The gate that it stands before."""
        return self.playbook.gate_from(self.pilot.stage)

    @property
    def before_gate(self) -> Verdict:
        """The verdict before that gate."""
        return Verdict(items=tuple(one for one in self.standings.values() if one.item.id in self.ahead))

    @property
    def leads_on(self) -> bool:
        """Whether there is a stage to go on to."""
        return self.gate is not None and self.gate.leads_on

    @property
    def far(self) -> float:
        """How far on the way its stage is: 0 for the first, just under 1 for the last; 0 for one that the playbook lost."""
        order = [stage.id for stage in self.playbook.stages]
        return order.index(self.pilot.stage) / len(order) if self.pilot.stage in order else 0.0

    @property
    def declined(self) -> bool:
        """Whether who is named as owner declined, so that somebody else has to be found."""
        return not ownership(self.pilot, self.handovers).answers_for_it

    @property
    def owner(self) -> str | None:
        """The owner, where that is a person who can be told and has not declined."""
        one = self.pilot.owner_id
        return None if is_group(one) or self.declined or one in self.unable else one

    @property
    def champion(self) -> str | None:
        return None if self.pilot.champion_id in self.unable else self.pilot.champion_id

    @property
    def sponsor(self) -> str | None:
        """Whoever the playbook's item about the sponsor names, where that is a person who can act."""
        answer = self.answers.get(self.playbook.nudges.knows.sponsor or "")
        named = answer.value.ids if answer and answer.value else ()
        return next((one for one in named if not is_group(one) and one not in self.unable), None)

    @property
    def promotion(self) -> Review | None:
        """The request for a promotion that is open."""
        return next((one for one in self.reviews if one.kind is ReviewKind.PROMOTION), None)

    @property
    def emergency(self) -> str | None:
        """What is not confirmed of an emergency promotion, by its review's id; None where there is nothing."""
        for review in self.reviews:
            if review.kind is ReviewKind.BREAK_GLASS:
                return review.id
        return next((one.subject for one in self.flags if one.kind is FlagKind.BREAK_GLASS), None)

    def standing(self, item_id: str | None) -> ItemStanding | None:
        return self.standings.get(item_id or "")

    def item(self, item_id: str | None) -> Item | None:
        return self.playbook.item(item_id) if item_id else None

    def begins(self, day: date) -> datetime:
        """Return when a day's hours begin for whoever answers for the pilot."""
        return self.calendar.start_of(day)

    def over(self, day: date) -> datetime:
        """Return when a day counts as over: when the hours of the next one begin."""
        return self.calendar.start_after(day)


def expires_at(one: ItemStanding) -> datetime | None:
    """Return when an answer that is in place, or was, has to be confirmed; None where time changes nothing."""
    if one.answer is None or one.standing not in {Standing.IN_PLACE, Standing.STALE}:
        return None
    return one.answer.answered_at + timedelta(days=one.item.freshness_days)
