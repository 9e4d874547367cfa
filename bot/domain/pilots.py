"""A pilot and its business bar, as facts."""

from datetime import date
from decimal import Decimal

from pydantic import Field, model_validator

from bot.domain.values import Frozen, Instant

RETIRED = "retired"
"""The stage of a pilot that was ended; it is in every playbook and no gate leads there."""


class Metric(Frozen):
    """Success in business terms: what is counted, where it stands, and what is good enough."""

    name: str = Field(min_length=1, max_length=120)
    unit: str = Field(default="", max_length=20)
    baseline: Decimal
    bar: Decimal

    @model_validator(mode="after")
    def _a_bar_to_reach(self) -> "Metric":
        if self.baseline == self.bar:
            raise ValueError("the bar equals the baseline, so nothing would have to improve")
        return self


class Hold(Frozen):
    """A pilot that waits on purpose: nobody is reminded, and it is not promoted."""

    since: Instant
    until: date
    """The day on which it goes on by itself, when that day begins in UTC."""
    reason: str = Field(min_length=1, max_length=1000)
    by: str


class PutOff(Frozen):
    """The decision whether a pilot goes on, put off: who said why, and when."""

    by: str
    reason: str = ""
    """Empty where these words were erased since."""
    at: Instant


class Registration(Frozen):
    """What the form asks for when a pilot is registered."""

    name: str = Field(min_length=1, max_length=80)
    problem: str = Field(min_length=1, max_length=500)
    champion_id: str
    owner_id: str
    channel_id: str
    metric: Metric
    stage: str | None = None
    """Where it is already; the playbook's first stage where nothing is said."""
    tier: str = ""
    """How much can go wrong, as one of the playbook's tiers; its first one where nothing is said."""


class Pilot(Frozen):
    """A registered pilot and where it stands now."""

    id: str
    workspace_id: str
    name: str
    problem: str
    stage: str
    champion_id: str
    owner_id: str
    channel_id: str
    metric: Metric
    registered_by: str
    registered_at: Instant
    stage_since: Instant
    last_change_at: Instant
    next_nudge_at: Instant | None = None
    required: int = 0
    """How many items the next gate asks for and that apply."""
    in_place: int = 0
    """How many of those are in place."""
    tier: str = ""
    """One of the playbook's tiers; its first one where nothing is said."""
    owner_accepted_at: Instant | None = None
    """When the owner accepted; until then they are proposed."""
    hold: Hold | None = None
    """Why it waits; None where it does not."""
    flags: int = 0
    """How many things re-open the gate that it passed last."""
    next_look_at: Instant | None = None
    """When time alone changes how it stands: evidence expires, a waiver or a hold ends, a condition is overdue."""

    ready: bool = False
    """Whether nothing required is missing for the next gate; as of the last change or look."""
    severity: int = 0
    """How bad its worst signal is, see `signals.Severity`."""
    stalled_since: Instant | None = None
    """Since when it is stalled; None where it is not."""
    decide_on: date | None = None
    """The day on which it has to be decided whether it goes on; None while it has its time in its stage."""
    extended: int = 0
    """How often that day was put off in this stage."""

    @property
    def retired(self) -> bool:
        """Whether the pilot was ended."""
        return self.stage == RETIRED
