"""Where it is said who is missed in a channel: one word for each time that somebody goes, edited until all is taken on.

Going once is one absence: its instant is part of the word's key, so whoever comes back and goes again is a new word. Of
several pilots each has a line there, and keeps its place. Whoever forgets an absence states its word for the last time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.desk import Desk
from bot.domain.handovers import Handover
from bot.domain.messages import Block, Body, OutboundMessage
from bot.domain.pilots import Pilot
from bot.domain.watched import Gone, Role, Why
from bot.orphans import messages, several_messages
from bot.orphans.messages import Orphan, State
from bot.orphans.missing import at_each, proposed, theirs
from bot.orphans.several_messages import SHOWN, Missed, is_settled, lines_in
from bot.pilots import answerable
from bot.pilots.messages import stage_title


@dataclass(frozen=True)
class Going:
    """One person who went from one channel, once."""

    channel_id: str
    person_id: str
    since: datetime

    @property
    def key(self) -> str:
        """The key of the one word about it."""
        return f"orphans:{self.channel_id}:{self.person_id}:{self.since.isoformat()}"

    @property
    def about(self) -> str:
        """What the button to the pilots carries that the word does not name."""
        return f"{self.channel_id} {self.person_id} {self.since.isoformat()}"

    @classmethod
    def parse(cls, about: str) -> "Going | None":
        """Read what such a button carries; None for what is none of ours."""
        try:
            channel_id, person_id, since = about.split()
            return cls(channel_id, person_id, datetime.fromisoformat(since))
        except ValueError:
            return None


def state(desk: Desk, going: Going) -> None:
    """State the word as it ought to be now. On hold a pilot is not named anew; it is when it goes on."""
    desk.tx.messages.lock(desk.at.workspace_id, going.key)  # others settle other lines of it at this moment
    before = desk.tx.messages.by_key(desk.at.workspace_id, going.key)
    body = _body(desk, going, before)
    if body is not None:
        desk.tx.messages.show(desk.at.workspace_id, going.key, going.channel_id, body)


def state_for(desk: Desk, pilot: Pilot, gone: Sequence[Gone], absent: Mapping[str, datetime]) -> None:
    """State the words that one pilot is named in, or is to be, where they do not say already what is true of it."""
    goings = {one: Going(pilot.channel_id, one, absent[one]) for one in absent}
    there = desk.tx.messages.by_keys(pilot.workspace_id, *(one.key for one in goings.values()))
    missed = {one.person_id for one in gone}
    for person_id in sorted(goings):
        word = there.get(goings[person_id].key)
        line = lines_in(word).get(pilot.id)
        if person_id in missed:
            theirs_here = [one for one in gone if one.person_id == person_id]
            if not _says(desk, word, line, _orphan(desk, pilot, person_id, theirs_here)):
                state(desk, goings[person_id])
        elif word and ((line and not is_settled(line)) or (line is None and _names_not_all(word))):
            state(desk, goings[person_id])


def others(desk: Desk, going: Going) -> Missed:
    """Return the pilots of a going that its word only counts, as many as a private list takes; those on hold wait."""
    named = lines_in(desk.tx.messages.by_key(desk.at.workspace_id, going.key))
    missed = [
        one for one in _missed(desk, going).values() if one.pilot.id not in named and not one.pilot.hold
    ]
    why = missed[0].why if missed else Why.LEFT
    return Missed(going.person_id, why, len(missed), missed[:SHOWN], max(0, len(missed) - SHOWN), going.about)


def is_here_after_all(desk: Desk, channel_id: str, user_id: str) -> None:
    """Miss somebody no more in a channel where they have taken a pilot on, although they had left it."""
    here = desk.at.workspace_id
    since = desk.tx.absences.of_channel(here, channel_id).get(user_id)
    person = desk.tx.people.get(here, user_id)
    if since is None or (person and person.cannot_act):
        return
    desk.tx.absences.forget(here, channel_id, user_id)
    desk.tx.presences.note(here, channel_id, user_id, was_there=None)  # they may well be out of it
    state(desk, Going(channel_id, user_id, since))
    for other in theirs(desk, user_id):
        if other.channel_id == channel_id:
            desk.tx.pilots.set_next_nudge(other.id, desk.at.now)  # looked at in the next minute


def asked_instead(desk: Desk, pilot: Pilot, person_id: str) -> str | None:
    """Return who is asked to own a pilot in the place of somebody who is missed; None where nobody is."""
    return _instead(desk.tx.handovers.proposed_of(pilot.id), person_id)


def _instead(waiting: Handover | None, person_id: str) -> str | None:
    return waiting.to_id if waiting and waiting.to_id != person_id else None


# What a word says


def _body(desk: Desk, going: Going, before: OutboundMessage | None) -> Body | None:
    """Return what a word says now; None where nothing is to be said, or nothing changes."""
    missed, was = _missed(desk, going), lines_in(before)
    new = [pilot_id for pilot_id, one in missed.items() if pilot_id not in was and not one.pilot.hold]
    if not new and all(is_settled(line) and pilot_id not in missed for pilot_id, line in was.items()):
        return None  # it is over, and later changes of people are none of its business
    if len(was) + len(new) > SHOWN and not any(pilot_id in missed for pilot_id in was):
        was = {}  # all that were named are settled: now it names the next ones
    named = [*was, *new][:SHOWN]
    lines = [_line_now(desk, going, missed.get(one), one, was.get(one)) for one in named]
    if len(lines) == 1 and isinstance(lines[0], Orphan):
        return messages.orphan_message(desk.library, lines[0])
    left = {one for one in missed if one in was or one in new}
    return several_messages.missed_message(
        desk.library,
        Missed(
            person_id=going.person_id,
            why=next((one.why for one in missed.values()), Why.LEFT),
            left=len(left),
            lines=lines,
            others=len(left.difference(named)),
            about=going.about,
            is_back=any(isinstance(one, Orphan) and one.state is State.BACK for one in lines),
        ),
    )


def _line_now(
    desk: Desk, going: Going, missed: Orphan | None, pilot_id: str, was: Sequence[Block] | None
) -> Orphan | Sequence[Block]:
    if missed is not None:
        return missed
    if was is not None and is_settled(was):
        return was
    pilot = desk.tx.pilots.some(desk.at.workspace_id, [pilot_id])[pilot_id]
    return Orphan(pilot, going.person_id, _settled(desk, pilot, going))


def _missed(desk: Desk, going: Going) -> dict[str, Orphan]:
    """Return the pilots of the channel at which somebody is missed, by id, in the order of their names."""
    here = [one for one in theirs(desk, going.person_id) if one.channel_id == going.channel_id]
    here.sort(key=lambda one: (one.name.casefold(), one.id))
    absent = desk.tx.absences.of_channel(desk.at.workspace_id, going.channel_id)
    if absent.get(going.person_id) != going.since:
        return {}  # they came back since, and what was said of their going is over
    found = at_each(desk, going.person_id, here, going.since)
    asked = proposed(desk, (one for one in here if one.id in found))
    return {
        one.id: _made(desk, one, going.person_id, found[one.id], _instead(asked.get(one.id), going.person_id))
        for one in here
        if one.id in found
    }


def _orphan(desk: Desk, pilot: Pilot, person_id: str, gone: Sequence[Gone]) -> Orphan:
    is_owner = any(one.role is Role.OWNER for one in gone)
    asked = asked_instead(desk, pilot, person_id) if is_owner else None
    return _made(desk, pilot, person_id, gone, asked)


def _made(desk: Desk, pilot: Pilot, person_id: str, gone: Sequence[Gone], asked: str | None) -> Orphan:
    roles = tuple(one.role for one in gone if not (one.role is Role.OWNER and asked))
    gate = desk.playbook.gate_from(pilot.stage)
    return Orphan(
        pilot=pilot,
        person_id=person_id,
        state=State.OPEN if roles else State.OFFERED,
        roles=roles,
        why=gone[0].why,
        offered_to=asked if any(one.role is Role.OWNER for one in gone) else None,
        next_stage=stage_title(desk.library, gate.to_stage) if gate and gate.leads_on else None,
        in_place=pilot.in_place,
        required=pilot.required,
    )


def _says(desk: Desk, word: OutboundMessage | None, line: Sequence[Block] | None, orphan: Orphan) -> bool:
    """Whether a word says of a pilot what is true: on each look at one of very many, it is not written anew."""
    if word is None or line is None:
        return bool(orphan.pilot.hold) or _names_not_all(word)
    alone = messages.orphan_message(desk.library, orphan)["blocks"]
    return word.body["blocks"] == alone or line == several_messages.line_of(desk.library, orphan)


def _names_not_all(word: OutboundMessage | None) -> bool:
    return word is not None and any(block.get("block_id") == "others" for block in word.body["blocks"])


def _settled(desk: Desk, pilot: Pilot, going: Going) -> State:
    if pilot.retired:
        return State.ENDED
    if going.person_id not in {pilot.champion_id, pilot.owner_id}:
        return State.TAKEN
    absent = desk.tx.absences.of_channel(pilot.workspace_id, going.channel_id)
    if absent.get(going.person_id) != going.since:
        return State.BACK
    return State.ASKED_AGAIN if answerable.owner_of(desk, pilot) else State.DECLINED
