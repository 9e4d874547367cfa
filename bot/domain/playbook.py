"""What a playbook holds: stages, gates, checklists and the rhythm of nudges.

A playbook is data that administrators edit as files; `prompts.library` reads and checks the files. Nothing here reads.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.domain.values import Frozen, Slug


class Concern(Frozen):
    """A way in which an answer cannot be checked, how it is recognised, and what is then asked once, kindly."""

    id: Slug
    phrases: tuple[str, ...] = ()
    """Whole words or phrases, in any case. An answer that holds one raises the concern."""
    only: tuple[str, ...] = ()
    """Answers that raise the concern when they say nothing else ("soon", "the team")."""
    ask: str = Field(min_length=1, max_length=300)
    """The sentence that asks once more; may name {item}."""


class StatusWords(Frozen):
    """How replies begin that state a status by themselves ("not yet, ...")."""

    in_place: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    not_yet: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


class Coaching(Frozen):
    """What the coach listens for, as data."""

    status_words: StatusWords = StatusWords()
    concerns: tuple[Concern, ...] = ()

    def ask(self, concern_id: str) -> str | None:
        """Return what is asked once more for a concern, or None when the playbook has no such concern."""
        return next((concern.ask for concern in self.concerns if concern.id == concern_id), None)


class Item(Frozen):
    """One thing that a gate asks for."""

    id: Slug
    title: str = Field(min_length=1, max_length=60)
    question: str = Field(min_length=1, max_length=300)
    why: str = Field(min_length=1, max_length=600)
    good: str = Field(min_length=1, max_length=600)
    if_missing: str = Field(min_length=1, max_length=300)
    evidence: str = Field(min_length=1, max_length=200)
    """What would show it, in a phrase."""
    follow_up: str | None = Field(default=None, min_length=1, max_length=300)
    """Asked once more instead of the concern's own sentence, where the item can say it better."""
    freshness_days: int = Field(ge=1, le=3650)
    critical: bool = True


class Checklist(Frozen):
    """A named list of items, answered in this order."""

    id: Slug
    title: str = Field(min_length=1, max_length=80)
    items: tuple[Item, ...] = Field(min_length=1)


class Stage(Frozen):
    """A step of the way from idea to production."""

    id: Slug
    title: str = Field(min_length=1, max_length=40)
    quiet_after_days: int | None = Field(default=None, ge=1, le=365)
    """Calendar days without a change after which the owner is nudged; None where nothing is expected to move."""


class Approvers(Frozen):
    """Who may decide a gate: members of a Slack user group (by handle), people by member id, the production owner."""

    title: str = Field(min_length=1, max_length=60)
    group: str | None = Field(default=None, pattern=r"^[a-z0-9._-]+$")
    people: tuple[Annotated[str, Field(pattern=r"^[UW][A-Z0-9]+$")], ...] = ()
    owner: bool = False

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.group or self.people or self.owner):
            raise ValueError("name a group, people or owner: true; otherwise nobody could approve")
        return self


class Gate(Frozen):
    """The decision between two stages."""

    id: Slug
    title: str = Field(min_length=1, max_length=60)
    from_stage: Slug
    to_stage: Slug
    checklists: tuple[Slug, ...] = Field(min_length=1)
    approvers: Approvers
    expires_after_working_days: int = Field(default=5, ge=1, le=90)


class NudgeRhythm(Frozen):
    """When people hear of a quiet pilot: hours are in the person's own time zone."""

    from_hour: int = Field(default=9, ge=0, le=23)
    until_hour: int = Field(default=17, ge=1, le=24)
    again_after_days: int = Field(default=21, ge=1, le=365)
    snooze_days: int = Field(default=7, ge=1, le=90)

    @model_validator(mode="after")
    def _some_hours(self) -> Self:
        if self.until_hour <= self.from_hour:
            raise ValueError("until_hour must be later than from_hour")
        return self


class Playbook(Frozen):
    """Everything that a company decides about its pilots, checked as a whole."""

    version: str
    first_stage: Slug
    stages: tuple[Stage, ...] = Field(min_length=2)
    gates: tuple[Gate, ...] = Field(min_length=1)
    checklists: tuple[Checklist, ...] = Field(min_length=1)
    nudges: NudgeRhythm = NudgeRhythm()
    coaching: Coaching = Coaching()

    def stage(self, stage_id: str) -> Stage | None:
        """Return the stage, or None when the playbook has none of that id any more."""
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    def gate(self, gate_id: str) -> Gate | None:
        """Return the gate, or None when the playbook has none of that id any more."""
        return next((gate for gate in self.gates if gate.id == gate_id), None)

    def gate_from(self, stage_id: str) -> Gate | None:
        """Return the gate that leads on from a stage, or None at the end of the way."""
        return next((gate for gate in self.gates if gate.from_stage == stage_id), None)

    def items_of(self, gate: Gate) -> tuple[Item, ...]:
        """Return what a gate asks for, in order."""
        lists = {checklist.id: checklist for checklist in self.checklists}
        return tuple(item for name in gate.checklists for item in lists[name].items)

    def items_asked_before(self, gate: Gate) -> frozenset[str]:
        """Return the ids of what earlier gates asked for and this one only keeps asking for."""
        earlier = {name for other in self.gates[: self.gates.index(gate)] for name in other.checklists}
        return frozenset(item.id for one in self.checklists if one.id in earlier for item in one.items)

    def item(self, item_id: str) -> Item | None:
        """Return an item by id, or None when it has been removed."""
        return next((i for checklist in self.checklists for i in checklist.items if i.id == item_id), None)
