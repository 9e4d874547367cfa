"""When people hear of what waits: the company's hours and days, the rules of reminding, the week, and who leads the portfolio."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from bot.domain.matters import MatterKind, Rule
from bot.domain.policies import HANDLE, MemberId
from bot.domain.values import Frozen, Slug

Weekday = Annotated[int, Field(ge=0, le=6)]


class Knows(Frozen):
    """Which answers tell what reminders and signals have to know; an item that the checklists lack tells nothing."""

    sponsor: Slug | None = None
    """The item whose answer names the sponsor."""
    bar: Slug | None = None
    """The item that says what would be good enough."""
    decision_date: Slug | None = None
    """The item whose answer is the day of decision."""
    team_cost: Slug | None = None
    """The item whose answer is what the team costs in a week."""


class WeeklyDigest(Frozen):
    """When the portfolio channel hears of the week."""

    weekday: Weekday = 0
    """Monday is 0."""
    hour: int = Field(default=9, ge=0, le=23)
    """From this hour on."""
    zone: str = "UTC"
    """On the clock of this time zone."""


class Leads(Frozen):
    """Who leads the portfolio and sees all of it on their Home tab; everybody where nobody is named."""

    group: str | None = Field(default=None, pattern=HANDLE)
    """A Slack user group by its handle, without @."""
    people: tuple[MemberId, ...] = ()
    """People by their Slack member ids."""

    @property
    def anybody(self) -> bool:
        """Whether nobody is named."""
        return not (self.group or self.people)


FORMER_KEY = "again_after_days"
"""When a quiet pilot's owner heard again, before there were rules."""


class NudgeRhythm(Frozen):
    """When people hear of what waits: hours and days are their own, where they have said so."""

    from_hour: int = Field(default=9, ge=0, le=23)
    """The first hour in which people may be reminded."""
    until_hour: int = Field(default=17, ge=1, le=24)
    """The hour from which nobody is reminded any more."""
    days: tuple[Weekday, ...] = Field(default=(0, 1, 2, 3, 4), min_length=1, max_length=7)
    """The weekdays on which people work; Monday is 0."""
    closed: tuple[date, ...] = Field(default=(), max_length=400)
    """The company's days off."""
    snooze_days: int = Field(default=7, ge=1, le=90)
    """What Snooze offers beside a day and a date."""
    decide_within_days: int = Field(default=14, ge=1, le=180)
    """How far ahead the day of decision is set when a pilot's time in its stage is up, in calendar days."""
    idle_after_days: int = Field(default=3, ge=1, le=60)
    """Working days after which an interview that nobody goes on with counts as idle."""
    soon_days: int = Field(default=10, ge=1, le=60)
    """Answers that grow old within so many working days of the first one are spoken of together with it."""
    knows: Knows = Knows()
    """Which answers tell the sponsor, the bar, the day of decision and the cost of the team."""
    leads: Leads = Leads()
    """Who leads the portfolio."""
    weekly: WeeklyDigest = WeeklyDigest()
    """When the portfolio channel hears of the week."""
    rules: tuple[Rule, ...] = ()
    """Who hears of what, when, in which words; what stands first is the most urgent."""

    @model_validator(mode="before")
    @classmethod
    def _former_keys(cls, given: object) -> object:
        """Pass over a key of earlier playbooks whose place the rules have taken, in files and in what the database keeps."""
        if not isinstance(given, dict):
            return given
        return {key: value for key, value in given.items() if key != FORMER_KEY}

    @model_validator(mode="after")
    def _some_hours(self) -> Self:
        if self.until_hour <= self.from_hour:
            raise ValueError("until_hour must be later than from_hour")
        return self

    @field_validator("days")
    @classmethod
    def _in_order(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if sorted(set(days)) != list(days):
            raise ValueError("0 is Monday and 6 is Sunday, each day once and in order")
        return days

    def rule(self, about: MatterKind) -> Rule | None:
        """Return the rule about a kind of matter; None where nobody hears of it."""
        return next((rule for rule in self.rules if rule.about is about), None)

    def urgency(self, about: MatterKind) -> int:
        """Return where a kind of matter stands among the rules; the smaller, the more urgent."""
        order = [rule.about for rule in self.rules]
        return order.index(about) if about in order else len(order)
