"""Which of the framework's steps a pilot is on, which it has finished and which it jumped.

Derived from the items that belong to a step, never stated by anybody. What was once in place stays a finished step: evidence
that has grown old is the business of the verdict.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from bot.domain.answers import Answer
from bot.domain.framework import Step
from bot.domain.playbook import Item, Playbook
from bot.domain.readiness import Standing, stands
from bot.domain.values import Frozen


class Footing(StrEnum):
    """How a pilot stands towards one step."""

    FINISHED = "finished"
    HERE = "here"
    """The first step that is neither finished nor jumped."""
    JUMPED = "jumped"
    """Nothing of it is there, although it was asked for, and a later step has begun."""
    BEGUN = "begun"
    AHEAD = "ahead"


class StepTaken(Frozen):
    """A step, and how the pilot stands towards it."""

    step: Step
    footing: Footing


def steps_taken(
    playbook: Playbook, stage: str, answers: Mapping[str, Answer], now: datetime
) -> tuple[StepTaken, ...]:
    """Return every step of the way in order; nothing where no item belongs to a step, or the playbook lost the stage.

    A step is judged by what the gates up to the next one ask for: by its critical items, or by all where none is critical.
    """
    steps = playbook.framework.steps
    asked = _asked_so_far(playbook, stage)
    if asked is None or not {step.id for step in steps} & {item.step for item in _all_items(playbook)}:
        return ()
    standing = {item.id: stands(item, answers.get(item.id), now) for item in _all_items(playbook)}
    has_something = [
        any(standing[item.id] in _THERE for item in _told(playbook) if item.step == step.id) for step in steps
    ]
    found: list[StepTaken] = []
    for number, step in enumerate(steps):
        deciding = [standing[item.id] for item in _deciding(asked, step, now)]
        later = any(has_something[number + 1 :])
        is_somewhere = any(one.footing is Footing.HERE for one in found)
        found.append(StepTaken(step=step, footing=_footing(deciding, later=later, is_somewhere=is_somewhere)))
    return tuple(found)


_THERE = frozenset({Standing.IN_PLACE, Standing.STALE})
_FINISHED = _THERE | {Standing.NOT_APPLICABLE}


def _footing(deciding: Sequence[Standing], *, later: bool, is_somewhere: bool) -> Footing:
    if deciding and all(one in _FINISHED for one in deciding):
        return Footing.FINISHED
    begun = any(one in _THERE or one is Standing.PARTLY for one in deciding)
    if deciding and later and not begun:
        return Footing.JUMPED
    if not is_somewhere:
        return Footing.HERE
    return Footing.BEGUN if begun else Footing.AHEAD


def _deciding(asked: Sequence[Item], step: Step, now: datetime) -> list[Item]:
    counting = [item for item in asked if item.step == step.id and item.counts_on(now.date())]
    return [item for item in counting if item.critical] or counting


def _asked_so_far(playbook: Playbook, stage: str) -> tuple[Item, ...] | None:
    """Return what the gates up to the one before the pilot ask for, each item once."""
    order = {one.id: number for number, one in enumerate(playbook.stages)}
    if stage not in order:
        return None
    reached = [gate for gate in playbook.gates if order.get(gate.from_stage, len(order)) <= order[stage]]
    return tuple({item.id: item for gate in reached for item in playbook.items_of(gate)}.values())


def _told(playbook: Playbook) -> tuple[Item, ...]:
    """Return the items that somebody answers on purpose; what a form told besides is no step that anybody took."""
    return tuple(item for item in _all_items(playbook) if item.known_from is None)


def _all_items(playbook: Playbook) -> tuple[Item, ...]:
    return tuple(item for checklist in playbook.checklists for item in checklist.items)
