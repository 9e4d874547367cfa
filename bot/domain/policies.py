"""How a gate is decided, as data: which roles agree, how many of each, in which order, and what happens when nobody speaks.

Administrators write it into policies.yaml; a gate that only names its `approvers` has the simplest policy of all. Who is
behind a role is asked of Slack at the moment of a click; `domain.voting` says what their words amount to.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.domain.values import Frozen, Slug

MEMBER_ID = r"^[UW][A-Z0-9]+$"
HANDLE = r"^[a-z0-9._-]+$"
MemberId = Annotated[str, Field(pattern=MEMBER_ID)]


class Approvers(Frozen):
    """Who may decide: members of a Slack user group (by handle), people by member id, the production owner, whom an answer names."""

    title: str = Field(min_length=1, max_length=60)
    """How those who decide are called: "the gate approvers"."""
    group: str | None = Field(default=None, pattern=HANDLE)
    """A Slack user group by its handle, without @."""
    people: tuple[MemberId, ...] = ()
    """Slack member ids."""
    owner: bool = False
    """Whether the pilot's production owner decides, or the members of the group that owns it."""
    item: Slug | None = None
    """The item whose answer names them, such as the sponsor; its kind is person or group."""

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.group or self.people or self.owner or self.item):
            raise ValueError("name a group, people, an item or owner: true; otherwise nobody could approve")
        return self


class ApproverRole(Approvers):
    """A role that decides gates, with those who are in it."""

    id: Slug
    """What policies name it by."""


class Tier(Frozen):
    """How much can go wrong with a pilot. The first tier is where a pilot begins when nothing is said."""

    id: Slug
    """Stays for ever: pilots are kept under it."""
    title: str = Field(min_length=1, max_length=40)
    """Its name for people."""
    hint: str = Field(default="", max_length=75)
    """When a pilot belongs here, in a phrase."""


class Seat(Frozen):
    """How many people of a role have to agree. Nobody fills two seats of a review, whatever roles they have."""

    role: Slug
    """The role, by its id."""
    needs: int = Field(default=1, ge=1, le=20)
    """How many people of it have to agree."""


class PolicyStep(Frozen):
    """What is decided at the same time; the next step begins when all of its seats are filled."""

    title: str = Field(default="", max_length=60)
    """Its name for people, where there is more than one: "technical"."""
    seats: tuple[Seat, ...] = Field(min_length=1, max_length=10)
    """The roles that decide here."""


class Material(StrEnum):
    """What, when it changes, makes people decide anew. That an item's status changed always does."""

    WORDS = "words"
    VALUE = "value"
    EVIDENCE = "evidence"
    WAIVERS = "waivers"
    BAR = "bar"
    OWNER = "owner"
    CHAMPION = "champion"
    CHECKLIST = "checklist"


MOST_PEOPLE = 60
"""How many people a policy may ask to agree; looking for a way to seat them stays quick."""


class Policy(Frozen):
    """How a gate is decided. Working days are Monday to Friday."""

    id: Slug
    """What gates name it by."""
    title: str = Field(min_length=1, max_length=60)
    """Its name for people: "two roles, in order"."""
    steps: tuple[PolicyStep, ...] = Field(min_length=1, max_length=6)
    """Who decides, first to last."""
    decline_ends: bool = True
    """Whether one decline ends the review; otherwise it ends when too few are left who could agree."""
    self_approval: bool = False
    """Whether the requester, the champion, and who alone answered a critical item may decide like anybody else."""
    never: tuple[MemberId, ...] = ()
    """Slack member ids of people who may never decide, whatever their roles."""
    minimum_days_in_stage: int = Field(default=0, ge=0, le=365)
    """Calendar days that a pilot spends in its stage before its promotion may be requested."""
    expires_after_working_days: int = Field(default=5, ge=1, le=90)
    """When a request that is not decided closes."""
    remind_after_working_days: tuple[Annotated[int, Field(ge=1, le=90)], ...] = Field(
        default=(1, 3), max_length=10
    )
    """When those who are awaited are reminded, counted from the request, with growing distance."""
    escalate_after_working_days: int | None = Field(default=None, ge=1, le=90)
    """When the fallback role may decide in place of whoever has not; never where it is left out."""
    fallback: Slug | None = None
    """The role that may decide then."""
    notify: tuple[Slug, ...] | None = None
    """The roles that are mentioned and reminded; all that decide where it is left out. Others may decide unasked."""
    material: tuple[Material, ...] = tuple(Material)
    """What, when it changes during a review, makes people decide anew."""
    confirm_again: bool = False
    """Whether an approval has to be confirmed by typing the pilot's name."""
    accepted_owner: bool = False
    """Whether the production owner must have accepted before a promotion may be requested."""
    waivers_by: tuple[Slug, ...] = ()
    """The roles that grant waivers; all that decide where none is named."""
    break_glass: Slug | None = None
    """The role that may promote at once in an emergency; nobody where it is left out."""
    break_glass_review_days: int = Field(default=5, ge=1, le=30)
    """Working days in which an emergency promotion has to be reviewed."""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if (self.escalate_after_working_days is None) is not (self.fallback is None):
            raise ValueError(
                "escalate_after_working_days and fallback belong together: name both, or neither"
            )
        days = self.remind_after_working_days
        if list(days) != sorted(set(days)):
            raise ValueError("remind_after_working_days grows: [1, 3, 6]")
        named = [seat.role for step in self.steps for seat in step.seats]
        if (people := sum(seat.needs for step in self.steps for seat in step.seats)) > MOST_PEOPLE:
            raise ValueError(f"{people} people would have to agree; at most {MOST_PEOPLE} can be asked")
        if any(len({s.role for s in step.seats}) < len(step.seats) for step in self.steps):
            raise ValueError("a role stands twice in one step: say with needs how many of it have to agree")
        if stray := set(self.notify or ()) - set(named) - {self.fallback}:
            raise ValueError(f"notify names roles that decide nothing here: {', '.join(sorted(stray))}")
        return self

    @property
    def roles(self) -> tuple[str, ...]:
        """The ids of the roles that decide, in order and once each; the fallback is not among them."""
        return tuple(dict.fromkeys(seat.role for step in self.steps for seat in step.seats))

    @property
    def named(self) -> tuple[str, ...]:
        """The ids of all roles that have any part in it, once each."""
        others = (*self.waivers_by, self.fallback, self.break_glass)
        return tuple(dict.fromkeys(role for role in (*self.roles, *others) if role))


class TierPolicy(Frozen):
    """Another policy for the pilots of a tier."""

    tier: Slug
    """The tier."""
    policy: Slug
    """The policy that holds for its pilots at this gate."""


class Procedure(Frozen):
    """A policy with its roles: all that is needed to decide one gate."""

    policy: Policy
    roles: tuple[ApproverRole, ...]

    def role(self, role_id: str) -> ApproverRole | None:
        return next((role for role in self.roles if role.id == role_id), None)


SIMPLE = "approvers"
"""The id of the policy, and of its one role, of a gate that only names its approvers."""
