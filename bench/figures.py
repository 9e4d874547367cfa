"""Times become figures: medians and high percentiles of each round, and the median round of several.

A round in which the machine was busy elsewhere spoils itself and not the result: what is compared is the middle round, and
both sides of a ratio come from the same round.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


def percentile(times: Sequence[float], share: float) -> float:
    """Return the time below which this share of them lies."""
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@dataclass(frozen=True)
class Round:
    """One series of calls of one kind: how long each took, and all of them together, in seconds."""

    times: tuple[float, ...]
    wall: float
    cpu: float = 0.0
    """What the server computed meanwhile, in seconds: other work on the machine lengthens times, but hardly this."""

    @property
    def p50(self) -> float:
        """The median, in milliseconds."""
        return percentile(self.times, 0.5) * 1000

    @property
    def p99(self) -> float:
        """What one in a hundred exceeds, in milliseconds."""
        return percentile(self.times, 0.99) * 1000

    @property
    def cpu_each(self) -> float:
        """The server's computing time for one of them, in milliseconds."""
        return self.cpu / len(self.times) * 1000

    @property
    def per_second(self) -> float:
        """How many were done in a second."""
        return len(self.times) / self.wall


Figure = Callable[[Round], float]


def p50(one: Round) -> float:
    return one.p50


def p99(one: Round) -> float:
    return one.p99


def cpu_each(one: Round) -> float:
    return one.cpu_each


def per_second(one: Round) -> float:
    return one.per_second


def middle(rounds: Sequence[Round], figure: Figure) -> float:
    """Return the figure of the middle round."""
    return statistics.median(figure(one) for one in rounds)


def ratio(ours: Sequence[Round], others: Sequence[Round], figure: Figure) -> list[float]:
    """Return the ratio in each round, best first; the middle one is the result."""
    return sorted(figure(one) / figure(other) for one, other in zip(ours, others, strict=True))


@dataclass(frozen=True)
class Verdict:
    """One goal, or one of its halves, against what was measured."""

    goal: str
    asks: str
    measured: str
    met: bool

    @classmethod
    def at_most(
        cls, goal: str, what: str, found: Sequence[float], limit: float, unit: str = "×"
    ) -> "Verdict":
        """Judge by the middle of several results that should be small."""
        return cls(goal, f"{what} ≤ {limit:g} {unit}", _shown(found, unit), statistics.median(found) <= limit)

    @classmethod
    def at_least(
        cls, goal: str, what: str, found: Sequence[float], limit: float, unit: str = "×"
    ) -> "Verdict":
        """Judge by the middle of several results that should be large."""
        return cls(goal, f"{what} ≥ {limit:g} {unit}", _shown(found, unit), statistics.median(found) >= limit)


def _shown(found: Sequence[float], unit: str) -> str:
    middle_one = f"{statistics.median(found):.3g} {unit}"
    return middle_one if len(found) == 1 else f"{middle_one} ({min(found):.3g}–{max(found):.3g})"


@dataclass(frozen=True)
class Result:
    """What one part of the bench found: a table for people, verdicts, and the raw figures for the record."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    verdicts: tuple[Verdict, ...]
    raw: dict[str, Any]
