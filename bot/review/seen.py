"""A snapshot read back: what was frozen with a review, as values to show. Decides nothing and asks nobody.

Snapshots stay as they were written, so whatever newer ones hold (what was reviewed before, what counts, the owner's yes)
may be missing here and is then not told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.domain.answers import Answer
from bot.domain.pilots import Metric
from bot.domain.readiness import Standing
from prompts.library import Library
from prompts.markup import one_line, unstyled

WORDS_SHOWN = 600
"""How much of an answer's words the window with all answers shows."""


@dataclass(frozen=True)
class SeenWaiver:
    """An accepted risk, as it was."""

    id: str
    reason: str
    until: date
    decided_by: str | None


@dataclass(frozen=True)
class SeenItem:
    """An item, as it was."""

    id: str
    title: str
    standing: Standing
    answer: Answer | None
    waiver: SeenWaiver | None
    reviewed: bool
    """Whether an earlier board saw exactly this answer."""
    counts: bool

    @property
    def settled(self) -> bool:
        return self.standing in {Standing.IN_PLACE, Standing.NOT_APPLICABLE}

    @property
    def unchecked(self) -> bool:
        """Whether it is in place and nobody could verify that from the answer."""
        return self.standing is Standing.IN_PLACE and self.answer is not None and not self.answer.checkable

    @property
    def attached(self) -> tuple[str, ...]:
        """The evidence that does not stand in the words of the answer already."""
        answer = self.answer
        said = answer.detail[:WORDS_SHOWN] if answer else ""
        return tuple(one for one in answer.evidence if one not in said) if answer else ()


@dataclass(frozen=True)
class Seen:
    """A pilot before its gate, as it was."""

    name: str
    problem: str
    champion_id: str
    owner_id: str
    metric: Metric
    items: tuple[SeenItem, ...]
    ready_without_waivers: bool
    playbook_version: str
    tells_reviewed: bool
    """Whether it says what an earlier board had seen."""
    owner_accepted_at: datetime | None
    tells_acceptance: bool

    def of(self, *standings: Standing) -> tuple[SeenItem, ...]:
        """Return the items of these standings."""
        return tuple(item for item in self.items if item.standing in standings)

    @property
    def required(self) -> int:
        """How many items applied and counted."""
        return sum(item.counts and item.standing is not Standing.NOT_APPLICABLE for item in self.items)

    @property
    def in_place(self) -> int:
        """How many of them were in place."""
        return sum(item.counts for item in self.of(Standing.IN_PLACE))

    def oldest_days(self, at: datetime) -> int | None:
        """Return how old the oldest evidence was, in days; None where nothing was in place."""
        given = [item.answer.answered_at for item in self.of(Standing.IN_PLACE) if item.answer]
        return (at - min(given)).days if given else None


def read(snapshot: dict[str, Any]) -> Seen:
    """Return what a snapshot says."""
    pilot = snapshot["pilot"]
    accepted_at = pilot.get("owner_accepted_at")
    return Seen(
        name=pilot["name"],
        problem=pilot["problem"],
        champion_id=pilot["champion_id"],
        owner_id=pilot["owner_id"],
        metric=Metric.model_validate(pilot["metric"]),
        items=tuple(_item(item) for item in snapshot["items"]),
        ready_without_waivers=snapshot["ready_without_waivers"],
        playbook_version=snapshot["playbook_version"],
        tells_reviewed=any("reviewed" in item for item in snapshot["items"]),
        owner_accepted_at=datetime.fromisoformat(accepted_at) if accepted_at else None,
        tells_acceptance="owner_accepted_at" in pilot,
    )


def _item(item: dict[str, Any]) -> SeenItem:
    answer, waiver = item["answer"], item.get("waiver")
    return SeenItem(
        id=item["item_id"],
        title=unstyled(one_line(item["title"])),
        standing=Standing(item["standing"]),
        answer=Answer.model_validate(answer) if answer else None,
        waiver=_waiver(waiver) if waiver else None,
        reviewed=bool(item.get("reviewed")),
        counts=bool(item.get("counts", True)),
    )


def _waiver(waiver: dict[str, Any]) -> SeenWaiver:
    return SeenWaiver(
        id=waiver["id"],
        reason=waiver["reason"],
        until=date.fromisoformat(waiver["until"]),
        decided_by=waiver["decided_by"],
    )


def asked_here(library: Library, gate_id: str, seen: Seen) -> tuple[SeenItem, ...]:
    """Return what this gate asks for the first time, and whatever of earlier gates does not hold any more."""
    gate = library.playbook.gate(gate_id)
    before = library.playbook.items_asked_before(gate) if gate else frozenset()
    return tuple(item for item in seen.items if item.id not in before or not item.settled)


def by_checklist(library: Library, items: Iterable[SeenItem]) -> tuple[tuple[str, tuple[SeenItem, ...]], ...]:
    """Return items under their checklists' titles; what the playbook has lost comes last, under none."""
    home = {item.id: one.title for one in library.playbook.checklists for item in one.items}
    groups: dict[str, list[SeenItem]] = {one.title: [] for one in library.playbook.checklists}
    for item in items:
        groups.setdefault(home.get(item.id, ""), []).append(item)
    return tuple((title, tuple(some)) for title, some in groups.items() if some)
