"""Every posture that the product can show, for the tests that read all messages: areas at each end, many of them, none."""

from collections.abc import Iterator
from typing import Any

from bot.domain.framework import PostureArea, Step
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.posture import AreaStanding, Pole
from bot.domain.steps import Footing, StepTaken
from bot.posture.messages import posture_message, posture_view
from bot.posture.workflow import PostureFacts
from prompts.library import Library


def every_message(
    library: Library, pilot: Pilot, items: tuple[Item, ...], text: str
) -> Iterator[tuple[str, Body]]:
    """Return the message, with and without its button."""
    for facts in _postures(pilot, items, text):
        for share in (False, True):
            yield "posture", posture_message(library, facts, share=share)


def every_view(
    library: Library, pilot: Pilot, items: tuple[Item, ...], text: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the window."""
    for facts in _postures(pilot, items, text):
        yield "posture", posture_view(library, facts)


def _postures(pilot: Pilot, items: tuple[Item, ...], text: str) -> Iterator[PostureFacts]:
    step = Step(id="step", title=text[:60].strip() or "x")
    steps = tuple(StepTaken(step=step, footing=footing) for footing in Footing)
    for poles in (tuple(Pole), (Pole.PRODUCTION,) * 8, (Pole.PILOT,), (Pole.ON_THE_WAY,) * 60):
        areas = tuple(_area(number, pole, items, text) for number, pole in enumerate(poles))
        yield PostureFacts(pilot, areas, steps)
    yield PostureFacts(pilot, (_area(0, Pole.PILOT, items, text),), ())


def _area(number: int, pole: Pole, items: tuple[Item, ...], text: str) -> AreaStanding:
    area = PostureArea(
        id=f"area-{number}",
        title=text[:40].strip() or "x",
        pilot=text[:80].strip() or "x",
        production=text[40:120].strip() or text[:80].strip() or "x",
        shown_by=tuple(item.id for item in items),
    )
    half = len(items) // 2
    in_place = {Pole.PRODUCTION: items, Pole.ON_THE_WAY: items[:half]}.get(pole, ())
    is_open = {Pole.PILOT: items, Pole.ON_THE_WAY: items[half:]}.get(pole, ())
    return AreaStanding(area=area, pole=pole, in_place=in_place, open=is_open)
