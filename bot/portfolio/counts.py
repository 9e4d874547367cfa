"""The portfolio in figures, read off its counters: how many pilots each stage holds, and which items are most in the way.

Pure arithmetic: whoever asks hands the counters in, so that it costs the same for ten pilots and for a hundred thousand.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from bot.domain.playbook import Playbook
from bot.domain.readiness import Standing
from bot.domain.tallies import Cell, Measure

OPEN: Final = (Standing.MISSING, Standing.PARTLY, Standing.STALE)
"""The standings in which an item is in the way."""


class StageCount(NamedTuple):
    """How many pilots a stage holds, and how they fare."""

    title: str
    of: Counter[str]
    """By measure."""

    @property
    def pilots(self) -> int:
        return self.of[Measure.PILOTS]


class ItemCount(NamedTuple):
    """How an item stands over all pilots whose next gate asks for it."""

    title: str
    of: Counter[str]
    """By standing."""
    critical: bool = True
    """Whether it alone keeps a pilot where it is."""

    @property
    def open(self) -> int:
        """For how many pilots it is in the way."""
        return sum(self.of[one] for one in OPEN)

    @property
    def asked(self) -> int:
        """How many pilots it is asked of."""
        return self.of.total() - self.of[Standing.NOT_APPLICABLE]


class Figures(NamedTuple):
    """The portfolio, counted."""

    stages: tuple[StageCount, ...]
    """First to last; after them stages that the playbook has lost and pilots are still in."""
    items: tuple[ItemCount, ...]
    """Those that are open for any pilot, for most of them first."""

    @property
    def in_the_way(self) -> tuple[ItemCount, ...]:
        """Those of them that alone keep a pilot where it is; where none does, all that are open."""
        return tuple(one for one in self.items if one.critical) or self.items

    @property
    def pilots(self) -> int:
        """How many pilots there are that were not retired."""
        return self.total(Measure.PILOTS)

    def total(self, measure: Measure) -> int:
        """Return how many pilots there are by a measure, over all stages."""
        return sum(stage.of[measure] for stage in self.stages)


def figures(playbook: Playbook, tallies: Mapping[Cell, int]) -> Figures:
    """Return what the counters say, by the playbook's names."""
    by_stage: dict[str, Counter[str]] = {stage.id: Counter() for stage in playbook.stages}
    by_item: dict[str, Counter[str]] = {}
    for cell, count in tallies.items():
        if not cell.subject:
            by_stage.setdefault(cell.stage, Counter())[cell.standing] += count
        else:
            by_item.setdefault(cell.subject, Counter())[cell.standing] += count
    titles = {stage.id: stage.title for stage in playbook.stages}
    stages = tuple(StageCount(titles.get(stage, stage), of) for stage, of in by_stage.items())
    items = (_count(playbook, item_id, of) for item_id, of in by_item.items())
    in_the_way = sorted((one for one in items if one.open), key=lambda one: (-one.open, one.title))
    return Figures(stages, tuple(in_the_way))


def _count(playbook: Playbook, item_id: str, of: Counter[str]) -> ItemCount:
    item = playbook.item(item_id)
    return ItemCount(item.title if item else item_id, of, critical=item is not None and item.critical)
