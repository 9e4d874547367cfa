"""Where a pilot still is like a pilot and where it already is like a production system, area by area.

Derived from the items that show an area, so that nobody is asked twice. It informs; the verdict alone decides.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.domain.answers import Answer
from bot.domain.framework import PostureArea
from bot.domain.playbook import Item, Playbook
from bot.domain.readiness import Standing, stands
from bot.domain.values import Frozen


class Pole(StrEnum):
    """Which end of an area a pilot is at."""

    PILOT = "pilot"
    ON_THE_WAY = "on_the_way"
    PRODUCTION = "production"
    NOT_APPLICABLE = "not_applicable"
    """Nothing that would show it applies to this pilot."""


class AreaStanding(Frozen):
    """One area, where the pilot is in it, and the items that decide that."""

    area: PostureArea
    pole: Pole
    in_place: tuple[Item, ...]
    open: tuple[Item, ...]


def posture(playbook: Playbook, answers: Mapping[str, Answer], now: datetime) -> tuple[AreaStanding, ...]:
    """Return the areas in the playbook's order; an item that the playbook has no more shows nothing."""
    return tuple(_standing(area, playbook, answers, now) for area in playbook.posture)


def _standing(
    area: PostureArea, playbook: Playbook, answers: Mapping[str, Answer], now: datetime
) -> AreaStanding:
    items = [item for item_id in dict.fromkeys(area.shown_by) if (item := playbook.item(item_id))]
    standings = {item.id: stands(item, answers.get(item.id), now) for item in items}
    applying = [item for item in items if standings[item.id] is not Standing.NOT_APPLICABLE]
    in_place = tuple(item for item in applying if standings[item.id] is Standing.IN_PLACE)
    missing = sum(standings[item.id] is Standing.MISSING for item in applying)
    if not applying:
        pole = Pole.NOT_APPLICABLE
    elif len(in_place) == len(applying):
        pole = Pole.PRODUCTION
    else:
        pole = Pole.PILOT if missing == len(applying) else Pole.ON_THE_WAY
    return AreaStanding(
        area=area,
        pole=pole,
        in_place=in_place,
        open=tuple(item for item in applying if item not in in_place),
    )
