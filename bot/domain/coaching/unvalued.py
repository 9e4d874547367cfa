"""An answer to a question for a value that holds none: it is accepted as far as it goes, and so only partly.

What is said is kept and asked about once, like any other doubt. People and teams may be named in words and are left alone.
"""

from bot.domain.answers import Reading, Status
from bot.domain.coaching.concerns import NOTHING_SHOWN, TWO_MEANINGS
from bot.domain.coaching.detectors import NAMED_IN_WORDS
from bot.domain.coaching.values import WITHOUT_VALUE
from bot.domain.playbook import Item

NO_VALUE = "no_value"
WITHOUT_IT = frozenset({NO_VALUE, TWO_MEANINGS, NOTHING_SHOWN})
"""Concerns of words, or of a button, that claim something and do not give the value that was asked for."""


def as_far_as_given(reading: Reading, item: Item) -> Reading:
    """Return what a reply amounts to: a claim without the value that the item asks for is in place only partly."""
    if item.kind in WITHOUT_VALUE | NAMED_IN_WORDS or reading.status is not Status.IN_PLACE:
        return reading
    return only_partly(reading, reading.concern) if _lacks_its_value(reading) else reading


def only_partly(reading: Reading, concern: str | None) -> Reading:
    """Return a claim as one that holds only partly, and why."""
    return reading.model_copy(update={"status": Status.PARTLY, "concern": concern})


def is_unvalued(reading: Reading) -> bool:
    """Whether an answer is partly in place only because its value is missing; who says "partly" is asked for a plan."""
    return reading.status is Status.PARTLY and _lacks_its_value(reading)


def as_claimed(reading: Reading) -> Reading:
    """Return the reading as the person claimed it, for joining two replies."""
    return reading.model_copy(update={"status": Status.IN_PLACE}) if is_unvalued(reading) else reading


def _lacks_its_value(reading: Reading) -> bool:
    return reading.value is None and reading.concern in WITHOUT_IT
