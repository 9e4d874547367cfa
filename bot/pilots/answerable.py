"""Who answers for a pilot: its champion, its production owner, and who registered it. The one place that says who counts as owner.

Who is proposed counts from then on, so that a pilot whose owner has yet to accept can be stopped by them; who declined is no
owner. Asked within the transaction that acts on it. Who is in a group is resolved by the listener, at the moment of the click.
"""

from collections.abc import Iterable, Sequence, Set as AbstractSet

from bot.desk import Desk
from bot.domain.handovers import Ownership, OwnerState, gone_as, ownership
from bot.domain.people import is_group, mention
from bot.domain.pilots import Pilot
from bot.pilots import errors
from prompts.english import join_words

NOBODY: frozenset[str] = frozenset()


def owner_of(desk: Desk, pilot: Pilot) -> str | None:
    """Return the person or group that owns a pilot, accepted or proposed; None where whoever is named declined."""
    return owners_of(desk, [pilot])[pilot.id]


def owners_of(desk: Desk, some: Iterable[Pilot]) -> dict[str, str | None]:
    """Return the same of some pilots, by id, in one question to the database however many they are.

    None is asked about those whose owner accepted: that says enough.
    """
    pilots = list(some)
    said = desk.tx.handovers.of_pilots({one.id for one in pilots if one.owner_accepted_at is None})
    owned = {one.id: ownership(one, said.get(one.id, ())) for one in pilots}
    return {pilot_id: one.owner_id if one.answers_for_it else None for pilot_id, one in owned.items()}


def ownership_of(desk: Desk, pilot: Pilot) -> Ownership:
    """Return who owns a pilot and what they said, as it is shown: also that they have left since."""
    return ownerships_of(desk, [pilot])[pilot.id]


def ownerships_of(desk: Desk, some: Sequence[Pilot]) -> dict[str, Ownership]:
    """Return the same of some pilots, by id, in two questions to the database however many they are."""
    people = desk.tx.people.some(
        desk.at.workspace_id, {one.owner_id for one in some if not is_group(one.owner_id)}
    )
    said = desk.tx.handovers.of_pilots(one.id for one in some)
    return {one.id: ownership(one, said.get(one.id, ()), people.get(one.owner_id)) for one in some}


def champion_gone(desk: Desk, pilot: Pilot) -> OwnerState | None:
    """Return why a pilot's champion can look after it no more, as it is shown behind their name; None while they can."""
    return gone_as(desk.tx.people.get(desk.at.workspace_id, pilot.champion_id))


def people_of(desk: Desk, pilot: Pilot) -> tuple[str, ...]:
    """Return who answers for a pilot, by Slack id and once each."""
    named = (pilot.champion_id, owner_of(desk, pilot), pilot.registered_by)
    return tuple(dict.fromkeys(one for one in named if one))


def may_steer(desk: Desk, pilot: Pilot, user_id: str, owner_group: AbstractSet[str] = NOBODY) -> bool:
    """Whether somebody answers for a pilot; `owner_group` is who is in the group that owns it, as far as that was asked."""
    if user_id in {pilot.champion_id, pilot.registered_by}:
        return True
    as_owner = user_id == pilot.owner_id or user_id in owner_group
    return as_owner and owner_of(desk, pilot) is not None


def steered_by(desk: Desk, some: Sequence[Pilot], user_id: str) -> frozenset[str]:
    """Return which of some pilots somebody answers for by themselves, by id; for what is offered, groups aside."""
    owners = owners_of(desk, [pilot for pilot in some if pilot.owner_id == user_id])
    return frozenset(
        one.id
        for one in some
        if user_id in {one.champion_id, one.registered_by} or owners.get(one.id) == user_id
    )


def check_steers(desk: Desk, pilot: Pilot, owner_group: AbstractSet[str]) -> None:
    """Refuse whoever does not answer for the pilot; who does is named."""
    if not may_steer(desk, pilot, desk.at.actor_id, owner_group):
        who = join_words([mention(one) for one in people_of(desk, pilot)], "or")
        raise errors.NotYours(who=who, name=pilot.name)
