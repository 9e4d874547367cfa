"""The causes that are seen in a pilot, worst first, and when time alone changes that."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Final

from bot.domain.stalling import at_work, costing, left_open, standing_still, unowned
from bot.domain.stalling.causes import Seen
from bot.domain.watched import Facts


def find(facts: Facts, now: datetime) -> tuple[Seen, ...]:
    """Return the causes that are seen, worst first, each once and for its worst reason."""
    known = {one.id: number for number, one in enumerate(facts.playbook.framework.stalls)}
    worst: dict[str, Seen] = {}
    for seen in _all(facts, now):
        before = worst.get(seen.cause)
        if seen.cause in known and (before is None or seen.severity > before.severity):
            worst[seen.cause] = seen
    return tuple(sorted(worst.values(), key=lambda one: (-one.severity, known[one.cause])))


def turns(facts: Facts) -> Iterator[datetime]:
    """Yield the instants at which time alone changes what is seen; some of them may be over."""
    return chain.from_iterable(turns_of(facts) for turns_of in _TURNS)


def _all(facts: Facts, now: datetime) -> Iterator[Seen]:
    """Yield everything that is seen; of what is equally bad, what comes first is said."""
    for detector in _DETECTORS:
        yield from detector(facts, now)
    for cause in facts.playbook.framework.stalls:
        yield from left_open.seen_of(facts, cause, now)


_DETECTORS: Final[tuple[Callable[[Facts, datetime], Iterable[Seen]], ...]] = (
    standing_still.purgatory,
    unowned.ownership,
    unowned.orphaned,
    at_work.shortcuts,
    at_work.surprise,
    costing.late_cost,
    at_work.big_bang,
    at_work.wrong_proof,
)
_TURNS: Final[tuple[Callable[[Facts], Iterator[datetime]], ...]] = (
    standing_still.turns,
    unowned.turns,
    at_work.turns,
    left_open.turns,
)
