"""Who may turn a pilot back: its champion, its production owner, and whoever is called when it breaks.

It is always allowed to turn something off, so this asks for no approval; it only asks whether somebody answers for it.
Groups are resolved by the listener, at the moment of the click; what is asked here holds within the transaction.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.desk import Desk
from bot.domain.people import is_group, mention
from bot.domain.pilots import Pilot
from bot.pilots import answerable, workflow as pilots
from bot.stages import errors
from prompts.english import join_words


@dataclass(frozen=True)
class Accountable:
    """The people and groups that may turn a pilot back, by Slack id and once each."""

    ids: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Those of them that are user groups."""
        return tuple(one for one in self.ids if is_group(one))

    @property
    def in_words(self) -> str:
        """All of them as mentions, for a refusal."""
        return join_words([mention(one) for one in self.ids], "or")

    def has(self, user_id: str, in_groups: AbstractSet[str]) -> bool:
        """Whether somebody is one of them, or in one of the groups; `in_groups` are those that Slack says they are in."""
        return user_id in self.ids or not in_groups.isdisjoint(self.groups)


def accountable(desk: Desk, pilot: Pilot) -> Accountable:
    """Return who may turn a pilot back; a contact counts once the handover that names them was accepted."""
    owner = answerable.owner_of(desk, pilot)
    accepted = desk.tx.handovers.accepted_of(pilot.id)
    contact = accepted.contact_id if accepted and accepted.to_id == owner else None
    named = (pilot.champion_id, owner, contact)
    return Accountable(tuple(dict.fromkeys(one for one in named if one)))


def accountable_for(desk: Desk, pilot_id: str) -> Accountable:
    """Return the same for a pilot's id, for the listener that asks Slack about the groups."""
    return accountable(desk, pilots.get_running(desk, pilot_id))


def check_may_roll_back(desk: Desk, pilot: Pilot, in_groups: AbstractSet[str]) -> None:
    """Refuse guests and strangers, and whoever does not answer for the pilot; who does is named."""
    pilots.check_member(desk)
    found = accountable(desk, pilot)
    if not found.has(desk.at.actor_id, in_groups):
        raise errors.NotForRollback(who=found.in_words, name=pilot.name)
