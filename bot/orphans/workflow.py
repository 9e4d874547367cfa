"""Pilots without those who answer for them: who is missed is said in the channel, and somebody else takes it on.

`look` says what is true now, and looking twice changes nothing. Leaving is nobody's progress, so a look restarts no clock;
taking a pilot on does.
"""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from bot.desk import Desk
from bot.domain.handovers import Handover
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.watched import Gone, Role
from bot.handover import workflow as handovers
from bot.orphans import championship, errors, shown
from bot.orphans.championship import Question
from bot.orphans.missing import among, missing, named, theirs
from bot.orphans.shown import Going
from bot.pilots import workflow as pilots

__all__ = ["Claimed", "claim", "look", "meant", "missing"]

_TURNS: Final = frozenset(
    {
        "pilot.retired",
        "pilot.revived",
        "pilot.resumed",
        "handover.proposed",
        "handover.accepted",
        "handover.refused",
        "handover.superseded",
    }
)
"""What may change who is missed, besides people themselves."""
_CHOSEN: Final = {"pilot.registered", "handover.accepted"}
_NAMED: Final = _CHOSEN | {"pilot.claimed", "pilot.revived", "handover.proposed"}
"""What may have named somebody new who answers for it."""


def look(desk: Desk, pilot_id: str) -> tuple[Gone, ...]:
    """Say in the pilot's channel who is missed, and take back what holds no more; return who is missed."""
    pilot = desk.tx.pilots.get(desk.at.workspace_id, pilot_id)
    if pilot is None:
        return ()
    absent = desk.tx.absences.of_channel(pilot.workspace_id, pilot.channel_id)
    gone = among(desk, pilot, absent)
    new = {one.person_id for one in gone}.difference(absent)
    for person_id in sorted(new):  # so that it is known from now on since when
        desk.tx.absences.note(pilot.workspace_id, pilot.channel_id, person_id, desk.at.now)
    if new:
        absent = desk.tx.absences.of_channel(pilot.workspace_id, pilot.channel_id)
    shown.state_for(desk, pilot, gone, absent)
    return gone


def follow(desk: Desk, pilot_id: str) -> None:
    """Look again when a change in this transaction may have settled it; all other changes cost nothing here."""
    here = {one.what for one in desk.tx.audit.pending if one.subject_id == pilot_id}
    if here & _CHOSEN:
        _here_as_chosen(desk, pilot_id, is_new="pilot.registered" in here)
    if here & _NAMED:
        pilot = pilots.get(desk, pilot_id)
        desk.tx.presences.expect(pilot.workspace_id, pilot.channel_id, sorted(named(pilot)))
    if here & _TURNS:
        look(desk, pilot_id)


def _here_as_chosen(desk: Desk, pilot_id: str, *, is_new: bool) -> None:
    """Miss nobody who was chosen, or accepted, although they are not in the channel."""
    pilot = pilots.get(desk, pilot_id)
    for one in sorted({pilot.champion_id, pilot.owner_id} if is_new else {pilot.owner_id}):
        shown.is_here_after_all(desk, pilot.channel_id, one)


# People come and go


def channels_of(desk: Desk, user_id: str) -> list[str]:
    """Return the channels of the running pilots that somebody champions or owns."""
    return list(dict.fromkeys(pilot.channel_id for pilot in theirs(desk, user_id)))


def answers_in(desk: Desk, channel_id: str, user_id: str) -> bool:
    """Whether somebody champions or owns a running pilot of a channel, or did and is known to be in it, or out of it."""
    here = desk.at.workspace_id
    if any(pilot.channel_id == channel_id for pilot in theirs(desk, user_id)):
        return True
    if user_id in desk.tx.absences.of_channel(here, channel_id):
        return True
    return bool(desk.tx.presences.of_channel(here, channel_id).get(user_id))


def note_presence(desk: Desk, user_id: str, away: Mapping[str, bool]) -> int:
    """Note in which channels somebody is, and in which not; say it there, and return of how many pilots it is."""
    here = desk.at.workspace_id
    concerned = [pilot for pilot in theirs(desk, user_id) if pilot.channel_id in away]
    for pilot in concerned:
        # the watch has to see it as well; and whoever changes one now has done so before it is read below
        desk.tx.pilots.set_next_nudge(pilot.id, desk.at.now)
    for channel_id, is_away in sorted(away.items()):
        if is_away:
            desk.tx.absences.note(here, channel_id, user_id, desk.at.now)
        since = desk.tx.absences.of_channel(here, channel_id).get(user_id)
        if not is_away:
            desk.tx.absences.forget(here, channel_id, user_id)
        desk.tx.presences.note(here, channel_id, user_id, was_there=False if is_away else None)
        if since:
            shown.state(desk, Going(channel_id, user_id, since))
    return len(concerned)


def note_members(desk: Desk, channel_id: str, members: AbstractSet[str]) -> int:
    """Catch up with who left a channel, or came back, by who is in it now; return how many those are.

    Who was never seen in it has not left it: an owner need not be in the channel of what they own. And who has left since this
    occasion, at which Slack was asked, is still among its members.
    """
    here = desk.at.workspace_id
    was = desk.tx.presences.of_channel(here, channel_id)
    absent = desk.tx.absences.of_channel(here, channel_id)
    answer = {one for pilot in desk.tx.pilots.in_channel(here, channel_id) for one in named(pilot)}
    people = desk.tx.people.some(here, answer | absent.keys())
    changed = dict[str, bool]()
    for one in sorted(answer | absent.keys()):
        is_there = one in members
        if is_there and one in absent:
            if absent[one] <= desk.at.now and not (one in people and people[one].cannot_act):
                changed[one] = False
        elif not is_there and was.get(one) and one not in absent:
            changed[one] = True
    for one, is_away in changed.items():
        note_presence(desk, one, {channel_id: is_away})
    for one in sorted(answer | was.keys()):
        if was.get(one) is not (one in members) or one in changed:
            desk.tx.presences.note(here, channel_id, one, was_there=one in members)
    return len(changed)


# Somebody takes it on


@dataclass(frozen=True)
class Claimed:
    """What a click on Claim is about where somebody is missed: a pilot, what is to be taken on, and who is missed."""

    pilot_id: str
    role: Role
    person_id: str

    @property
    def value(self) -> str:
        """What the button carries."""
        return f"{self.pilot_id} {self.role.value} {self.person_id}"


def meant(value: str) -> Claimed | Question:
    """Return what a Claim button is about: what somebody left, or what was passed on; ClaimUnknown for none of ours."""
    parts = value.split()
    if len(parts) == 3 and parts[1] in set(Role):
        return Claimed(parts[0], Role(parts[1]), parts[2])
    return Question.parse(value)


def claim(desk: Desk, claimed: Claimed) -> Handover | None:
    """Take on what somebody left: as champion at once; as owner by a handover, which is returned for its form.

    Whoever may act here may claim. The first of two has it, and the other is told who was quicker.
    """
    pilots.check_member(desk, errors.CannotClaim)
    pilot = pilots.get_active(desk, claimed.pilot_id)
    if claimed.role is Role.CHAMPION:
        _claim_championship(desk, pilot, claimed.person_id)
        return None
    return _claim_ownership(desk, pilot, claimed.person_id)


def _claim_championship(desk: Desk, pilot: Pilot, person_id: str) -> None:
    me = desk.at.actor_id
    if pilot.champion_id == me:
        raise errors.ChampionAlready(name=pilot.name)
    if pilot.champion_id != person_id:
        raise errors.ChampionFound(who=mention(pilot.champion_id), name=pilot.name)
    _check_missed(desk, pilot, Role.CHAMPION)
    championship.take(desk, pilot, me)
    look(desk, pilot.id)


def _claim_ownership(desk: Desk, pilot: Pilot, person_id: str) -> Handover:
    me = desk.at.actor_id
    waiting = desk.tx.handovers.proposed_of(pilot.id)
    if waiting and waiting.to_id == me:
        return waiting  # they asked to before; the form opens once more
    if pilot.owner_id == me:
        raise errors.OwnerAlready(name=pilot.name)
    asked = shown.asked_instead(desk, pilot, person_id)
    if asked:
        raise errors.OwnerAsked(who=mention(asked), name=pilot.name)
    if pilot.owner_id != person_id:
        raise errors.OwnerFound(who=mention(pilot.owner_id), name=pilot.name)
    _check_missed(desk, pilot, Role.OWNER)
    offered = handovers.offer(desk, pilot.id)
    look(desk, pilot.id)
    return offered


def _check_missed(desk: Desk, pilot: Pilot, role: Role) -> None:
    if not any(one.role is role for one in missing(desk, pilot)):
        who = pilot.champion_id if role is Role.CHAMPION else pilot.owner_id
        raise errors.NobodyIsMissed(who=mention(who), name=pilot.name)
