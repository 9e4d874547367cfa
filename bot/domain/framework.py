"""What the questions rest on: steps, topics, causes of a stall, and the areas in which a pilot and a production system differ."""

from pydantic import Field

from bot.domain.values import Frozen, Slug


class Step(Frozen):
    """One of the steps that every pilot takes, in order."""

    id: Slug
    """What items name it by."""
    title: str = Field(min_length=1, max_length=60)
    """Its name for people."""


class Topic(Frozen):
    """Something that the framework says about taking a pilot to production, which at least one item covers."""

    id: Slug
    """What items name it by."""
    title: str = Field(min_length=1, max_length=80)
    """What it says, in a phrase."""
    group: Slug
    """Which part of the framework it belongs to."""


class StallCause(Frozen):
    """A reason why pilots stall, by name, with what to do about it."""

    id: Slug
    """What items name it by."""
    title: str = Field(min_length=1, max_length=60)
    """The cause, in a few words."""
    next: str = Field(min_length=1, max_length=300)
    """What to do about it."""
    after_days: int = Field(default=21, ge=0, le=365)
    """Calendar days in a stage for which the items that guard against it may be open before it is said."""


class Framework(Frozen):
    """What the questions rest on: the steps, the topics, and the reasons why pilots stall."""

    steps: tuple[Step, ...] = ()
    """The steps, first to last; questions follow their order."""
    topics: tuple[Topic, ...] = ()
    """What the framework says, row by row."""
    stalls: tuple[StallCause, ...] = ()
    """Why pilots stall."""


class PostureArea(Frozen):
    """An area in which a pilot and a production system differ: its two poles, and the items that show which one it is."""

    id: Slug
    """A name of its own."""
    title: str = Field(min_length=1, max_length=40)
    """Its name for people."""
    pilot: str = Field(min_length=1, max_length=80)
    """How it is with a pilot."""
    production: str = Field(min_length=1, max_length=80)
    """How it is in production."""
    shown_by: tuple[Slug, ...] = Field(min_length=1)
    """The items whose answers show which of the two it is."""
