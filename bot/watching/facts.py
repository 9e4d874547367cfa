"""What a look at a pilot is told, read once. Reads through the desk and decides nothing.

This is read after every change, within a minute, so each thing is read in one statement and what cannot matter is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.desk import Desk
from bot.domain.answers import SETTLED, Answer
from bot.domain.asks import Ask
from bot.domain.handovers import HandoverState
from bot.domain.moves import came_over
from bot.domain.noticing import answers_for
from bot.domain.people import Person, is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.readiness import Verdict, asked_by, verdict
from bot.domain.stalling import Cause
from bot.domain.waivers import Waiver, WaiverState, by_item
from bot.domain.watched import Asked, Facts
from bot.orphans.missing import missing
from bot.pilots.calendars import calendar_from
from bot.stages import extending

MAY_HAVE_WORSENED = frozenset({Cause.SURPRISE.value, Cause.LATE_COST.value})
"""For items that guard against these, what was said before is looked at as well; for all others, while they are open."""


def gather(desk: Desk, pilot: Pilot) -> Facts:
    """Return what is known of a running pilot."""
    tx, book = desk.tx, desk.playbook
    answers = tx.answers.current(pilot.id)
    waivers = tx.waivers.all_of_pilot(pilot.id)
    ahead, behind = _items(desk, pilot, answers)
    asked_ahead = frozenset(one.id for one in ahead)
    found = _judged(desk, (*ahead, *(one for one in behind if one.id not in asked_ahead)), answers, waivers)
    handovers = tx.handovers.of_pilot(pilot.id)
    interview = tx.interviews.open_of(pilot.id)
    asks = _asked(desk, tx.asks.open_of_pilot(pilot.id).values())
    actions = tuple(tx.actions.open_of_pilot(pilot.id).values())
    blockers = tx.blockers.open_of_pilot(pilot.id)
    named = answers.get(book.nudges.knows.sponsor or "")
    people = _people(
        desk,
        (
            pilot.champion_id,
            pilot.owner_id,
            *(named.value.ids if named and named.value else ()),
            *(one for asked in asks for one in asked.people),
            *(one.owner_id for one in actions if one.owner_id),
            *(one.by_id for one in blockers),
            *(one.asked_by for one in waivers if one.state in {WaiverState.GRANTED, WaiverState.LAPSED}),
            *(one.to_id for one in handovers if one.state is HandoverState.PROPOSED),
            *([interview.started_by] if interview else []),
        ),
    )
    known = Facts(
        pilot=pilot,
        playbook=book,
        standings={one.item.id: one for one in found.items},
        ahead=asked_ahead,
        behind=frozenset(one.id for one in behind),
        answers=answers,
        earlier=_earlier(desk, pilot, (one.item for one in found.items), answers),
        put_off=extending.put_off_of(desk, pilot),
        handovers=handovers,
        interview=interview,
        asks=asks,
        actions=actions,
        waivers=waivers,
        blockers=blockers,
        flags=tx.flags.raised_of(pilot.id) if pilot.flags else (),
        reviews=tx.reviews.all_open_of(pilot.id),
        gone=missing(desk, pilot),
        unable=frozenset(one.user_id for one in people.values() if one.cannot_act),
        heard=tx.notices.heard(pilot.id),
    )
    return _on_calendar(desk, known, people)


def _items(
    desk: Desk, pilot: Pilot, answers: Mapping[str, Answer]
) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return what the gate ahead asks for today, and what the gate asked for that the pilot has passed."""
    book = desk.playbook
    ahead, behind = book.gate_from(pilot.stage), book.gate_to(pilot.stage)
    passed = behind is not None and came_over(desk.tx.moves.of_pilot(pilot.id), pilot.stage) is not None
    return (
        asked_by(ahead, book.items_of(ahead), answers, pilot.stage_since, desk.at.now) if ahead else (),
        book.items_of(behind) if behind and passed else (),
    )


def _judged(
    desk: Desk, items: tuple[Item, ...], answers: Mapping[str, Answer], waivers: Iterable[Waiver]
) -> Verdict:
    granted = by_item(one for one in waivers if one.state is WaiverState.GRANTED)
    return verdict(items, answers, desk.at.now, waived=granted)


def _earlier(
    desk: Desk, pilot: Pilot, items: Iterable[Item], answers: Mapping[str, Answer]
) -> dict[str, list[Answer]]:
    """Return what was said before of the items whose answers may have become worse."""
    again = {
        item.id
        for item in items
        if item.id in answers
        and answers[item.id].revision > 1
        and (answers[item.id].status not in SETTLED or not MAY_HAVE_WORSENED.isdisjoint(item.guards_against))
    }
    found: dict[str, list[Answer]] = {one: [] for one in again}
    for one in desk.tx.answers.history(pilot.id) if again else ():
        if one.item_id in again and one.revision < answers[one.item_id].revision:
            found[one.item_id].append(one)
    return found


def _asked(desk: Desk, asks: Iterable[Ask]) -> tuple[Asked, ...]:
    """Return who still has to answer each question; one who was asked alone is asked until the question ends."""
    return tuple(
        Asked(one, one.people if len(one.people) < 2 else desk.tx.asks.still_asked(one.id)) for one in asks
    )


def _people(desk: Desk, ids: Iterable[str]) -> dict[str, Person]:
    return desk.tx.people.some(desk.at.workspace_id, [one for one in ids if not is_group(one)])


def _on_calendar(desk: Desk, known: Facts, people: Mapping[str, Person]) -> Facts:
    """Return the same on the calendar of whoever answers for the pilot."""
    one = answers_for(known) or known.pilot.owner_id
    said = desk.tx.preferences.get(known.pilot.workspace_id, one)
    zone = people[one].time_zone if one in people else "UTC"
    return replace(known, calendar=calendar_from(desk.playbook.nudges, said, zone))
