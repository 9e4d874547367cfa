"""All that waits for somebody about a pilot, kind by kind, and when time alone makes it another."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Final

from bot.domain.matters import Matter
from bot.domain.noticing import owed, whole
from bot.domain.noticing.silence import MORE_PRECISE, explained_until, quiet, told_between
from bot.domain.watched import Facts


def find(facts: Facts, now: datetime) -> tuple[Matter, ...]:
    """Return everything that waits for somebody about a pilot."""
    others = tuple(chain.from_iterable(finder(facts) for finder in _FINDERS))
    return (*others, *quiet(facts, others, now))


def turns(facts: Facts) -> Iterator[datetime]:
    """Yield the instants at which time alone makes a matter appear or go, apart from what the ladder says."""
    if facts.pilot.decide_on:
        yield facts.over(facts.pilot.decide_on)
    if explained := explained_until(facts):
        yield explained
    for blocker in facts.blockers:
        yield facts.over(blocker.due_on)
    for matter in chain.from_iterable(finder(facts) for finder in _FINDERS):
        begins, ends = told_between(facts, matter) if matter.kind in MORE_PRECISE else (None, None)
        yield from ([facts.begins(begins)] if begins else [])
        yield from ([facts.over(ends)] if ends else [])


_FINDERS: Final[tuple[Callable[[Facts], Iterable[Matter]], ...]] = (
    whole.decision,
    whole.orphaned,
    whole.open_again,
    owed.actions,
    owed.blockers,
    owed.asks,
    owed.owner,
    owed.waivers,
    owed.evidence,
    whole.ready,
    whole.bar,
    whole.interview,
)
