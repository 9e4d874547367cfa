"""What a playbook holds: stages, gates and checklists; what they rest on is in `framework`, the rhythm of reminding in `rhythm`.

A playbook is data that administrators edit as files; `prompts.library` reads and checks the files. Nothing here reads.
"""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from bot.domain.framework import Framework, PostureArea
from bot.domain.policies import (
    SIMPLE,
    ApproverRole,
    Approvers,
    Policy,
    PolicyStep,
    Procedure,
    Seat,
    Tier,
    TierPolicy,
)
from bot.domain.rhythm import NudgeRhythm
from bot.domain.values import Frozen, Slug


class Detector(StrEnum):
    """A way of recognising a concern that takes more than a list of phrases; each is a pure function of `coaching`."""

    NO_PLAN = "no_plan"
    """Something is partly there or not yet, and nobody says who does what by when."""
    CHAMPION = "champion"
    """The one who is named is the pilot's own champion."""
    ONE_PERSON = "one_person"
    """A single person is named where a team is needed."""
    NO_BUSINESS_FIGURE = "no_business_figure"
    """Success is said without a figure that the business already counts: "accuracy 95 %" alone."""
    DEMO_VOLUME = "demo_volume"
    """A cost is worked out for the few cases of a trial."""
    OTHER_EVIDENCE = "other_evidence"
    """There is only a link, and the evidence that is wanted is something else."""
    PAST_DATE = "past_date"
    """A date that should lie ahead is over."""
    FUTURE_DATE = "future_date"
    """Something is said to have happened on a day that is still to come."""
    NO_VALUE = "no_value"
    """The kind of answer that is asked for (a figure, a date, a person ...) is not among the words."""


class Concern(Frozen):
    """A way in which an answer cannot be checked, how it is recognised, and what is then asked once, kindly."""

    id: Slug
    """A name of its own; ids stay for ever, because the record of answers names them."""
    detect: Detector | None = None
    """The rule that recognises it, beside the phrases."""
    named_only: bool = False
    """Whether it is looked for only on items whose `checks` name it."""
    phrases: tuple[str, ...] = ()
    """Whole words or phrases, in any case. An answer that holds one raises the concern."""
    only: tuple[str, ...] = ()
    """Answers that raise the concern when they say nothing else ("soon", "the team")."""
    ask: str = Field(min_length=1, max_length=300)
    """The sentence that asks once more; may name {item} and what would be {good}."""


class StatusWords(Frozen):
    """How replies begin that state a status by themselves ("not yet, ...")."""

    in_place: tuple[str, ...] = ()
    """Replies that begin with one of these say that the thing is there."""
    partly: tuple[str, ...] = ()
    """Replies that begin with one of these say that some of it is there."""
    not_yet: tuple[str, ...] = ()
    """Replies that begin with one of these say that it is not there yet."""
    not_applicable: tuple[str, ...] = ()
    """Replies that begin with one of these say that it does not apply to this pilot."""
    skipped: tuple[str, ...] = ()
    """Replies that begin with one of these leave the question for later."""


class Coaching(Frozen):
    """What the coach listens for, as data."""

    status_words: StatusWords = StatusWords()
    """How replies begin that state a status by themselves."""
    concerns: tuple[Concern, ...] = ()
    """In which ways an answer cannot be checked, in the order in which they are looked for."""

    def ask(self, concern_id: str) -> str | None:
        """Return what is asked once more for a concern, or None when the playbook has no such concern."""
        return next((concern.ask for concern in self.concerns if concern.id == concern_id), None)


class AnswerKind(StrEnum):
    """What an item's answer is made of, beside the words that are always kept."""

    STATUS = "status"
    NUMBER = "number"
    MONEY = "money"
    PERCENTAGE = "percentage"
    DATE = "date"
    LINK = "link"
    PERSON = "person"
    GROUP = "group"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"


class Role(StrEnum):
    """Who usually knows the answer."""

    CHAMPION = "champion"
    PRODUCTION_OWNER = "production_owner"
    OPERATIONS = "operations"
    SECURITY = "security"
    FINANCE = "finance"


class Fact(StrEnum):
    """What is known of a pilot without asking: its registration tells it, or its owner's word; it is only confirmed."""

    PROBLEM = "problem"
    METRIC = "metric"
    CHAMPION = "champion"
    OWNER = "owner"
    ACCEPTANCE = "acceptance"
    """That the production owner accepted: known once they did."""


class Shows(StrEnum):
    """What kind of thing shows that an answer is true."""

    LINK = "link"
    DATE = "date"
    FIGURE = "figure"
    NAME = "name"
    WORDS = "words"


class Option(Frozen):
    """One of the things to choose from."""

    id: Slug
    """A name of its own among the options; answers keep it."""
    title: str = Field(min_length=1, max_length=75)
    """What people read and choose."""


class Item(Frozen):
    """One thing that a gate asks for."""

    id: Slug
    """Stays for ever: answers are kept under it, and shared by all gates that ask for it."""
    title: str = Field(min_length=1, max_length=60)
    """A few words that also stand inside a sentence: "rollback and cost model are missing"."""
    question: str = Field(min_length=1, max_length=300)
    """What is asked, for somebody who knows nothing of the matter."""
    why: str = Field(min_length=1, max_length=600)
    """Why it is asked, in a sentence or two."""
    good: str = Field(min_length=1, max_length=600)
    """An answer that can be checked."""
    if_missing: str = Field(min_length=1, max_length=300)
    """The next step, after "Next:"; it begins small and ends without a full stop."""
    evidence: str = Field(min_length=1, max_length=200)
    """What would show it, in a phrase."""
    follow_up: str | None = Field(default=None, min_length=1, max_length=300)
    """Asked once more instead of the concern's own sentence, where the item can say it better."""
    freshness_days: int = Field(ge=1, le=3650)
    """Days until an answer has to be confirmed again."""
    critical: bool = True
    """Whether the pilot stays in its stage until it is in place; otherwise it is shown and blocks nobody."""
    weak: str | None = Field(default=None, min_length=1, max_length=300)
    """An answer that sounds fine and cannot be checked."""
    kind: AnswerKind = AnswerKind.STATUS
    """What an answer is made of, beside the words that are always kept."""
    unit: str = Field(default="", max_length=20)
    """What a number counts ("cases a week"), or the currency of an amount (an ISO 4217 code)."""
    options: tuple[Option, ...] = Field(default=(), max_length=100)
    """What there is to choose from, for the kinds choice and choices."""
    shown_by: tuple[Shows, ...] = ()
    """What the wanted evidence is made of; empty where any will do."""
    asks: Role = Role.CHAMPION
    """Who usually knows."""
    step: Slug | None = None
    """The step of the framework that it belongs to."""
    guards_against: tuple[Slug, ...] = ()
    """The causes of a stall that it is there to prevent."""
    covers: tuple[Slug, ...] = ()
    """The topics of the framework that it covers."""
    checks: tuple[Slug, ...] = ()
    """The concerns that are looked for on this item beside the general ones."""
    known_from: Fact | None = None
    """What answers it without asking, so that it is only confirmed."""
    enforce_from: date | None = None
    """Until then it is asked and announced, and blocks nobody."""
    red_flag: bool = False
    """Whether a yes is bad: "does anybody copy it by hand?"."""
    asked_anew: bool = False
    """Whether an answer that is too old has to be given anew, because it tells of a period or a day; it cannot be confirmed."""

    @model_validator(mode="after")
    def _something_to_choose(self) -> Self:
        chosen = self.kind in {AnswerKind.CHOICE, AnswerKind.CHOICES}
        if chosen and len(self.options) < 2:
            raise ValueError("list at least two options to choose from")
        if self.options and not chosen:
            raise ValueError("options belong to the kinds choice and choices")
        if len({option.id for option in self.options}) < len(self.options):
            raise ValueError("two options have the same id")
        return self

    def counts_on(self, day: date) -> bool:
        """Whether the item counts yet; before that it is announced."""
        return self.enforce_from is None or day >= self.enforce_from


class Checklist(Frozen):
    """A named list of items, answered in this order."""

    id: Slug
    """What gates call it by."""
    title: str = Field(min_length=1, max_length=80)
    """Its name for people."""
    items: tuple[Item, ...] = Field(min_length=1)
    """The questions, in the order in which they are asked."""


class Stage(Frozen):
    """A step of the way from idea to production."""

    id: Slug
    """Stays for ever: pilots stand in it."""
    title: str = Field(min_length=1, max_length=40)
    """Its name for people."""
    quiet_after_days: int | None = Field(default=None, ge=1, le=365)
    """Calendar days without a change after which the owner is nudged; None where nothing is expected to move."""
    decide_after_days: int | None = Field(default=None, ge=1, le=1000)
    """Calendar days in the stage after which a day is set to decide whether it goes on; None where it may stay."""


class Gate(Frozen):
    """The decision between two stages; or, from a stage to itself, the upkeep that keeps a pilot there."""

    id: Slug
    """Stays for ever: reviews are kept under it."""
    title: str = Field(min_length=1, max_length=60)
    """Its name for people."""
    from_stage: Slug
    """The stage that a pilot is in."""
    to_stage: Slug
    """The stage that follows; for upkeep the same one."""
    checklists: tuple[Slug, ...] = Field(min_length=1)
    """What it asks for, in this order."""
    approvers: Approvers | None = None
    """Who may decide, one of them, where no policy says more. Whoever asks for a promotion, and the champion, never do."""
    policy: Slug | None = None
    """How it is decided, by the id of a policy; in place of approvers."""
    by_tier: tuple[TierPolicy, ...] = ()
    """Other policies for the pilots of some tiers."""
    expires_after_working_days: int | None = Field(default=None, ge=1, le=90)
    """With approvers: when a request that nobody has decided closes; after 5 where nothing is said."""
    every_days: int | None = Field(default=None, ge=1, le=3650)
    """How often upkeep is due; None for a gate that leads on."""

    @model_validator(mode="after")
    def _a_decision_or_upkeep(self) -> Self:
        decided = [self.approvers is not None, self.policy is not None].count(True)
        if self.every_days is None and not decided:
            raise ValueError(
                "name a policy, who may approve (approvers), or how often upkeep is due (every_days)"
            )
        if decided > 1:
            raise ValueError("name either a policy or approvers, not both")
        if self.by_tier and self.policy is None:
            raise ValueError("by_tier needs a policy for all other pilots")
        if self.policy is not None and self.expires_after_working_days is not None:
            raise ValueError("expires_after_working_days stands in the policy")
        if self.every_days is not None and self.from_stage != self.to_stage:
            raise ValueError("upkeep (every_days) stays in its stage: from_stage and to_stage are the same")
        return self

    @property
    def leads_on(self) -> bool:
        """Whether passing it moves the pilot to another stage; upkeep does not."""
        return self.from_stage != self.to_stage


class Playbook(Frozen):
    """Everything that a company decides about its pilots, checked as a whole."""

    version: str
    first_stage: Slug
    may_start_in: tuple[Slug, ...] = ()
    """The stages that a newly registered pilot may be in already; only the first one where none is named."""
    stages: tuple[Stage, ...] = Field(min_length=2)
    gates: tuple[Gate, ...] = Field(min_length=1)
    checklists: tuple[Checklist, ...] = Field(min_length=1)
    nudges: NudgeRhythm = NudgeRhythm()
    coaching: Coaching = Coaching()
    framework: Framework = Framework()
    posture: tuple[PostureArea, ...] = ()
    roles: tuple[ApproverRole, ...] = ()
    tiers: tuple[Tier, ...] = ()
    policies: tuple[Policy, ...] = ()

    @property
    def starts(self) -> tuple[Stage, ...]:
        """Return the stages that a newly registered pilot may be in, in the order of the way."""
        allowed = {self.first_stage, *self.may_start_in}
        return tuple(stage for stage in self.stages if stage.id in allowed)

    def stage(self, stage_id: str) -> Stage | None:
        """Return the stage, or None when the playbook has none of that id any more."""
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    def gate(self, gate_id: str) -> Gate | None:
        """Return the gate, or None when the playbook has none of that id any more."""
        return next((gate for gate in self.gates if gate.id == gate_id), None)

    def gate_from(self, stage_id: str) -> Gate | None:
        """Return the gate that leads on from a stage, or None at the end of the way."""
        return next((gate for gate in self.gates if gate.from_stage == stage_id), None)

    def gate_to(self, stage_id: str) -> Gate | None:
        """Return the gate that leads to a stage, which a pilot there has passed; None for the first stage."""
        return next((gate for gate in self.gates if gate.to_stage == stage_id and gate.leads_on), None)

    def tier(self, tier_id: str) -> Tier | None:
        """Return the tier; the first one where nothing is said or the playbook has it no more, None where it has none."""
        first = self.tiers[0] if self.tiers else None
        return next((tier for tier in self.tiers if tier.id == tier_id), first)

    def procedure(self, gate: Gate, tier_id: str) -> Procedure | None:
        """Return how a gate is decided for a pilot of a tier; None for upkeep, which nobody decides."""
        if not gate.leads_on:
            return None
        tier = self.tier(tier_id)
        named = next((one.policy for one in gate.by_tier if tier and one.tier == tier.id), gate.policy)
        if named is not None:
            policy = next((one for one in self.policies if one.id == named), None)
            return Procedure(policy=policy, roles=self.roles) if policy else None
        if gate.approvers is None:
            return None
        role = ApproverRole(id=SIMPLE, **gate.approvers.model_dump())
        policy = Policy(
            id=SIMPLE,
            title=role.title,
            steps=(PolicyStep(seats=(Seat(role=SIMPLE),)),),
            expires_after_working_days=gate.expires_after_working_days or 5,
        )
        return Procedure(policy=policy, roles=(role,))

    def items_of(self, gate: Gate) -> tuple[Item, ...]:
        """Return what a gate asks for, in order."""
        lists = {checklist.id: checklist for checklist in self.checklists}
        return tuple(item for name in gate.checklists for item in lists[name].items)

    def step_number(self, item: Item) -> int:
        """Return where an item's step stands on the way, from 0; an item without a step comes after all others."""
        order = [step.id for step in self.framework.steps]
        return order.index(item.step) if item.step in order else len(order)

    def items_asked_before(self, gate: Gate) -> frozenset[str]:
        """Return the ids of what earlier gates asked for and this one only keeps asking for."""
        earlier = {name for other in self.gates[: self.gates.index(gate)] for name in other.checklists}
        return frozenset(item.id for one in self.checklists if one.id in earlier for item in one.items)

    def item(self, item_id: str) -> Item | None:
        """Return an item by id, or None when it has been removed."""
        return next((i for checklist in self.checklists for i in checklist.items if i.id == item_id), None)
