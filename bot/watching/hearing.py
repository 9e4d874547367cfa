"""Who is to hear of what waits about a pilot, queued once for each rung and person; the message of the day tells it.

Which rung is due is the ladder's to say. Whoever asks has locked the pilot, so that nobody queues the same at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.desk import Desk
from bot.domain import ladder, noticing
from bot.domain.matters import Matter, Rule, Tells
from bot.domain.notices import Notice
from bot.domain.watched import Facts


@dataclass
class Hearing:
    """What came of looking for whom there is something to hear."""

    people: set[str] = field(default_factory=set)
    """Who is to hear of something new: people and channels, by id."""
    later: list[datetime] = field(default_factory=list)
    """When the ladders have more to say."""


def let_hear(desk: Desk, known: Facts) -> Hearing:
    """Queue what is due now for those whom it concerns."""
    found, now, calendar = Hearing(), desk.at.now, known.calendar
    for matter in noticing.find(known, now):
        rule = known.playbook.nudges.rule(matter.kind)
        if rule is None:
            continue
        heard, absent = known.heard.get(matter.thing, {}), _absent(known, matter, rule)
        rung = ladder.due(rule, matter.day, heard, calendar, now, absent)
        if rung is not None:
            found.people |= _queue(desk, known, matter, rule, rung)
        at = ladder.next_at(rule, matter.day, heard, calendar, now, absent)
        found.later += [at] if at else []
    return found


def make_due(desk: Desk, people: Iterable[str]) -> None:
    """Let people hear with their next message; always in the same order, so that no two who do so wait for each other."""
    for one in sorted(people):
        desk.tx.digests.due(desk.at.workspace_id, one, desk.at.now)


def _absent(known: Facts, matter: Matter, rule: Rule) -> frozenset[Tells]:
    """Return those on a ladder of whom there is nobody."""
    on_it = {one for rung in rule.rungs for one in rung.tells}
    on_it.update(rule.again.tells if rule.again else ())
    return frozenset(one for one in on_it if not noticing.hears(known, matter, [one]))


def _queue(desk: Desk, known: Facts, matter: Matter, rule: Rule, rung: int) -> set[str]:
    pilot, people = known.pilot, set[str]()
    for person_id in noticing.hears(known, matter, rule.rung(rung).tells):
        notice = Notice(
            workspace_id=pilot.workspace_id,
            pilot_id=pilot.id,
            kind=matter.kind,
            subject=matter.subject,
            thing=matter.thing,
            rung=rung,
            person_id=person_id,
            day=matter.day,
            queued_at=desk.at.now,
        )
        if desk.tx.notices.queue(notice):
            people.add(person_id)
    return people
