"""What one inspection of a payload knows: its surface, what was refused and where, and what has been counted.

A `Place` is one spot in the payload; every rule is handed the place it judges and refuses there. Nothing here knows
a rule of Block Kit, and nothing is raised: a broken payload yields all its problems at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Surface = Literal["message", "modal", "home"]


@dataclass(frozen=True)
class Problem:
    """One refusal: a JSON pointer to the spot, and what Slack would say about it."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


@dataclass
class Inspection:
    surface: Surface
    problems: list[Problem] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def root(self) -> Place:
        return Place(self, "")


@dataclass(frozen=True)
class Place:
    inspection: Inspection
    pointer: str

    def at(self, *steps: str | int) -> Place:
        return Place(self.inspection, "/".join([self.pointer, *map(str, steps)]))

    def refuse(self, message: str) -> None:
        self.inspection.problems.append(Problem(self.pointer or "/", message))

    def count(self, what: str, amount: int = 1) -> int:
        self.inspection.counts[what] += amount
        return self.inspection.counts[what]

    @property
    def surface(self) -> Surface:
        return self.inspection.surface
