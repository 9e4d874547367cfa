"""Whether a notice still holds: its matter is among those of now, and its person is still one of those who hear of it.

Asked when a message is made, so that nothing is said about what was done meanwhile, and after every change of a pilot that
somebody was told about. What is found serves as the facts of the line.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.desk import Desk
from bot.domain import noticing
from bot.domain.matters import Matter, MatterKind, Rung
from bot.domain.notices import Notice
from bot.domain.pilots import Pilot
from bot.domain.watched import Facts
from bot.nudges import awaited
from bot.watching import facts as watched


class Live(NamedTuple):
    """A notice that holds, with what it is about."""

    notice: Notice
    pilot: Pilot
    matter: Matter | None
    """None where it is about a review, which is no matter of the watch."""
    facts: Facts | None
    rung: Rung | None
    """In whose words it is told."""


def of(desk: Desk, pilot: Pilot | None, notices: Iterable[Notice]) -> list[Live]:
    """Return those of a pilot's notices that hold now; of one on hold only reviews do, and of one that ended nothing.

    A hold ends the requests for promotion itself; the review of an emergency goes on.
    """
    if pilot is None or pilot.retired:
        return []
    asked = list(notices)
    reviews = [one for one in asked if one.kind is MatterKind.REVIEW]
    others = [one for one in asked if one.kind is not MatterKind.REVIEW]
    found = [Live(one, pilot, None, None, None) for one in reviews if awaited.waits_for(desk, one)]
    return found + (_matters(desk, pilot, others) if others and not pilot.hold else [])


def _matters(desk: Desk, pilot: Pilot, notices: Iterable[Notice]) -> list[Live]:
    facts = watched.gather(desk, pilot)
    by_thing: dict[str, list[Matter]] = {}
    for matter in noticing.find(facts, desk.at.now):
        by_thing.setdefault(matter.thing, []).append(matter)
    found = (_live(desk, facts, one, by_thing) for one in notices)
    return [one for one in found if one]


def _live(desk: Desk, facts: Facts, notice: Notice, by_thing: Mapping[str, Iterable[Matter]]) -> Live | None:
    rung = rung_of(desk, notice)
    if rung is None:
        return None
    for matter in by_thing.get(notice.thing, ()):
        if notice.person_id in noticing.hears(facts, matter, rung.tells):
            return Live(notice, facts.pilot, matter, facts, rung)
    return None


def rung_of(desk: Desk, notice: Notice) -> Rung | None:
    """Return the step of the ladder that a notice stands for; None where the playbook has it no more.

    A number below zero is no step: somebody put it off, and it is told again in the words in which they heard it.
    """
    rule = desk.playbook.nudges.rule(notice.kind)
    number = notice.rung if notice.rung >= 0 else _heard_last(desk, notice)
    if rule is None or number is None:
        return None
    try:
        return rule.rung(number)
    except IndexError:
        return None


def _heard_last(desk: Desk, notice: Notice) -> int | None:
    theirs = (
        one.rung
        for one in desk.tx.notices.of_thing(notice.pilot_id, notice.thing)
        if one.person_id == notice.person_id and one.rung >= 0
    )
    return max(theirs, default=None)
