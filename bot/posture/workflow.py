"""The posture, read from current answers. Nothing here changes a pilot, and nobody is asked."""

from dataclasses import dataclass

from bot.desk import Desk
from bot.domain.errors import Refusal
from bot.domain.pilots import Pilot
from bot.domain.posture import AreaStanding, posture
from bot.domain.steps import StepTaken, steps_taken
from bot.pilots import workflow as pilots


class NothingToCompare(Refusal):
    """The playbook names no areas to compare (posture.yaml), so there is no posture to show."""


@dataclass(frozen=True)
class PostureFacts:
    """A pilot's posture, and the steps it has taken."""

    pilot: Pilot
    areas: tuple[AreaStanding, ...]
    steps: tuple[StepTaken, ...]


def show(desk: Desk, words: str, channel_id: str) -> PostureFacts:
    """Return the posture of the pilot that somebody named or is in the channel of."""
    return _of(desk, pilots.find(desk, words, channel_id, "posture"))


def show_of(desk: Desk, pilot_id: str) -> PostureFacts:
    """Return the posture of a pilot by its id."""
    return _of(desk, pilots.get(desk, pilot_id))


def _of(desk: Desk, pilot: Pilot) -> PostureFacts:
    if not desk.playbook.posture:
        raise NothingToCompare
    answers, now = desk.tx.answers.current(pilot.id), desk.at.now
    return PostureFacts(
        pilot=pilot,
        areas=posture(desk.playbook, answers, now),
        steps=steps_taken(desk.playbook, pilot.stage, answers, now),
    )
