"""What a form says, judged by the coach: who fills it in, where and when, and whether somebody else could check it."""

from datetime import date
from typing import Final

from bot.answers.reading import Said
from bot.desk import Desk
from bot.domain import coaching, staleness
from bot.domain.answers import Reading, Status
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Item
from bot.domain.text import escape
from bot.pilots import workflow as pilots

_SHOWN_BY_WORDS: Final = frozenset({AnswerKind.STATUS, AnswerKind.TEXT})


def today_of(desk: Desk) -> date:
    """Return the day where the person is."""
    zone = staleness.zone_of(pilots.time_zone_of(desk, desk.at.actor_id))
    return desk.at.now.astimezone(zone).date()


def judged(desk: Desk, pilot: Pilot, item: Item, said: Said) -> Reading:
    """Return what a form says together with the concern about it, if any; only what claims to be there is checked."""
    return Reading(
        status=said.status,
        detail=said.words,
        evidence=said.links,
        concern=_concern(desk, pilot, item, said) if said.status is Status.IN_PLACE else None,
        value=said.value,
        plan=said.plan,
    )


def _concern(desk: Desk, pilot: Pilot, item: Item, said: Said) -> str | None:
    del pilot  # until the coach hears who the champion is
    if said.value and item.kind not in _SHOWN_BY_WORDS:
        return None
    words = " ".join((escape(said.words), *said.links))
    return coaching.read(words, item, desk.playbook.coaching).concern
