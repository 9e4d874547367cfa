"""Who is missed where: a champion or owner who can act no more, or who has left the pilot's channel."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.desk import Desk
from bot.domain.handovers import Handover, HandoverState
from bot.domain.people import Person, is_group
from bot.domain.pilots import Pilot
from bot.domain.watched import Gone, Role, Why
from bot.pilots import answerable


def missing(desk: Desk, pilot: Pilot) -> tuple[Gone, ...]:
    """Return who is missed at a pilot, the champion first; nobody where it has ended.

    Of somebody unknown nothing is held to be known. A user group is never missed, and neither is an owner who declined, nor one
    who was out of the channel already when they were asked to own it.
    """
    return among(desk, pilot, desk.tx.absences.of_channel(pilot.workspace_id, pilot.channel_id))


def among(desk: Desk, pilot: Pilot, absent: Mapping[str, datetime]) -> tuple[Gone, ...]:
    """Return the same by what is known of who is out of the pilot's channel, and since when."""
    if pilot.retired:
        return ()
    ids = {one for _, one in _answerable(pilot)}
    people = desk.tx.people.some(pilot.workspace_id, ids)
    found = [
        Gone(person_id, role, why, absent.get(person_id, desk.at.now))
        for role, person_id in _answerable(pilot)
        if (why := _why(people.get(person_id), is_absent=person_id in absent))
    ]
    as_owner = next((one for one in found if one.role is Role.OWNER), None)
    if as_owner and (_has_declined(desk, pilot) or _asked_since(desk, [pilot], as_owner)):
        found.remove(as_owner)
    return tuple(found)


def theirs(desk: Desk, user_id: str) -> list[Pilot]:
    """Return the running pilots that somebody champions or owns, in the order in which transactions lock them."""
    here = desk.at.workspace_id
    both = [*desk.tx.pilots.championed_by(here, user_id), *desk.tx.pilots.owned_by(here, user_id)]
    return sorted({pilot.id: pilot for pilot in both}.values(), key=lambda pilot: pilot.id)


def named(pilot: Pilot) -> set[str]:
    """Return the people who are named as champion and owner; a group is nobody."""
    return {person_id for _, person_id in _answerable(pilot)}


def at_each(
    desk: Desk, person_id: str, some: Sequence[Pilot], since: datetime
) -> dict[str, tuple[Gone, ...]]:
    """Return as what somebody is missed who has gone from a channel, by the pilots there at which they are."""
    why = _why(desk.tx.people.get(desk.at.workspace_id, person_id), is_absent=True)
    owned = [one for one in some if one.owner_id == person_id]
    owners = answerable.owners_of(desk, owned)
    if owned and why:
        owners |= dict.fromkeys(_asked_since(desk, owned, Gone(person_id, Role.OWNER, why, since)))
    found = {}
    for pilot in some:
        named = (Role.CHAMPION, pilot.champion_id), (Role.OWNER, owners.get(pilot.id))
        roles = [role for role, one in named if one == person_id]
        if roles and why and not pilot.retired:
            found[pilot.id] = tuple(Gone(person_id, role, why, since) for role in roles)
    return found


def proposed(desk: Desk, some: Iterable[Pilot]) -> dict[str, Handover]:
    """Return the proposals that wait for an answer, by pilot."""
    return {
        pilot_id: one
        for pilot_id, every in desk.tx.handovers.of_pilots([pilot.id for pilot in some]).items()
        for one in every
        if one.state is HandoverState.PROPOSED
    }


def _answerable(pilot: Pilot) -> Iterator[tuple[Role, str]]:
    yield Role.CHAMPION, pilot.champion_id
    if not is_group(pilot.owner_id):
        yield Role.OWNER, pilot.owner_id


def _why(person: Person | None, *, is_absent: bool) -> Why | None:
    if person and person.deactivated:
        return Why.LEFT
    if person and person.cannot_act:
        return Why.GUEST
    return Why.LEFT_CHANNEL if is_absent else None


def _asked_since(desk: Desk, some: Sequence[Pilot], gone: Gone) -> list[str]:
    """Return the pilots that somebody who has only left the channel was asked to own after that, and has not accepted."""
    if gone.why is not Why.LEFT_CHANNEL:
        return []
    waiting = proposed(desk, (one for one in some if one.owner_accepted_at is None))
    return [
        pilot_id
        for pilot_id, one in waiting.items()
        if one.to_id == gone.person_id and one.proposed_at > gone.since
    ]


def _has_declined(desk: Desk, pilot: Pilot) -> bool:
    """Whether the owner does not answer for it anyway; somebody else is looked for elsewhere then."""
    return answerable.owner_of(desk, pilot) is None
