"""Who champions a pilot: somebody takes that on, or is asked to by the one who passes it on.

A question of the kind is a durable message to whom it is put; while that has its buttons, it waits. Only the receiver can answer
it, and only while whoever asked still champions the pilot.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.desk import Desk
from bot.domain.messages import OutboundMessage
from bot.domain.people import is_group, mention
from bot.domain.pilots import Pilot
from bot.interview import handing, shown as interviews
from bot.orphans import errors, messages
from bot.orphans.messages import Answer, Passing
from bot.orphans.shown import is_here_after_all
from bot.pilots import known, workflow as pilots
from storage.ids import new_id

PASSED: Final = "pilot.passed_on"  # as it is put on the record below
_LOOKED_BACK: Final = 100
"""In how many entries of a pilot's record questions are looked for that nobody has answered."""


@dataclass(frozen=True)
class Question:
    """What a click on a question's button is about."""

    pilot_id: str
    from_id: str
    number: str

    @property
    def key(self) -> str:
        """The key of the question's message."""
        return f"pilot:{self.pilot_id}:pass:{self.from_id}:{self.number}"

    @property
    def value(self) -> str:
        """What its buttons carry."""
        return f"{self.pilot_id} {self.from_id} {self.number}"

    @classmethod
    def parse(cls, value: str) -> "Question":
        """Read a button's value; ClaimUnknown for one that is none of ours."""
        parts = value.split()
        if len(parts) != 3:
            raise errors.ClaimUnknown
        return cls(*parts)


def take(desk: Desk, pilot: Pilot, who: str) -> Pilot:
    """Let somebody champion a pilot from now on; what the champion before had asked of others is over."""
    before = pilot.champion_id
    desk.tx.pilots.set_champion(pilot.id, who)
    is_here_after_all(desk, pilot.channel_id, who)
    changed = pilots.changed(
        desk,
        pilot.id,
        "pilot.claimed",
        before={"champion_id": before},
        after={"champion_id": who, "to": before},
    )
    for item, reading in known.championship(desk, changed):
        handing.take_answer(desk, pilot.id, item.id, reading)
    _end_others(desk, changed, before, Answer.OVERTAKEN)
    return changed


def hand_championship(desk: Desk, pilot_id: str, to_id: str, note: str = "", *, field: str = "to") -> None:
    """Ask somebody to champion a pilot in the champion's place, in a direct message; until they say yes, nothing changes.

    `field` is where a form shows that the one who was chosen cannot.
    """
    pilots.check_member(desk)
    pilot = pilots.get_active(desk, pilot_id)
    me = desk.at.actor_id
    if pilot.champion_id != me:
        raise errors.OnlyTheChampion(who=mention(pilot.champion_id), name=pilot.name)
    if to_id == me:
        raise errors.SameChampion(field)
    person = None if is_group(to_id) else desk.tx.people.get(pilot.workspace_id, to_id)
    if person is None or person.cannot_act:
        raise errors.ChampionCannotAct(field)
    question = Question(pilot.id, me, new_id())
    body = messages.passing_message(
        desk.library, Passing(pilot, me, to_id, note.strip()[:1000]), question.value
    )
    _end_others(desk, pilot, me, Answer.ELSEWHERE)
    desk.tx.messages.show(pilot.workspace_id, question.key, to_id, body)
    facts = {"to": to_id, "question": question.number, "note": note.strip()[:1000]}
    desk.tx.audit.append(desk.at, "pilot.passed_on", "pilot", pilot.id, None, facts)


def claim_passed(desk: Desk, question: Question) -> None:
    """Champion a pilot that was passed on; its thread reads it."""
    pilot, asked = _may_answer(desk, question)
    passing = Passing(pilot, question.from_id, desk.at.actor_id)
    _answer(desk, asked, passing, Answer.CLAIMED)
    pilot = take(desk, pilot, desk.at.actor_id)
    told = messages.claimed_message(desk.library, passing)
    interviews.tell(desk, pilot, f"{question.key}:told", told)


def decline(desk: Desk, question: Question) -> None:
    """Do not take a pilot on; the champion hears of it, and stays."""
    pilot, asked = _may_answer(desk, question)
    passing = Passing(pilot, question.from_id, desk.at.actor_id)
    _answer(desk, asked, passing, Answer.DECLINED)
    facts = {"to": question.from_id, "question": question.number}
    desk.tx.audit.append(desk.at, "pilot.not_taken_on", "pilot", pilot.id, None, facts)
    told = messages.declined_message(desk.library, passing)
    desk.tx.messages.show(pilot.workspace_id, f"{question.key}:told", question.from_id, told)


def _may_answer(desk: Desk, question: Question) -> tuple[Pilot, OutboundMessage]:
    """Return the pilot and the question's message, nobody else answering meanwhile; the refusal that applies otherwise."""
    pilots.check_member(desk, errors.CannotClaim)
    asked = desk.tx.messages.by_key(desk.at.workspace_id, question.key)
    if asked is None:
        raise errors.ClaimUnknown
    if asked.channel_id != desk.at.actor_id:
        raise errors.NotPassedToYou
    pilot = pilots.get_active(desk, question.pilot_id)
    asked = desk.tx.messages.by_key(desk.at.workspace_id, question.key) or asked
    if pilot.champion_id == desk.at.actor_id:
        raise errors.ChampionAlready(name=pilot.name)
    if pilot.champion_id != question.from_id:
        raise errors.PassedBefore(who=mention(pilot.champion_id), name=pilot.name)
    if not messages.is_waiting(asked):
        raise errors.AnsweredBefore
    return pilot, asked


def _answer(desk: Desk, asked: OutboundMessage, passing: Passing, answer: Answer) -> None:
    body = messages.answered_message(desk.library, passing, answer)
    desk.tx.messages.show(asked.workspace_id, asked.key, asked.channel_id, body)


def _end_others(desk: Desk, pilot: Pilot, from_id: str, why: Answer) -> None:
    """Let questions that somebody put about a pilot say that nobody waits for an answer any more."""
    for asked in _waiting(desk, pilot, from_id):
        passing = Passing(pilot, from_id, asked.channel_id)
        _answer(desk, asked, passing, why)


def _waiting(desk: Desk, pilot: Pilot, from_id: str) -> Iterator[OutboundMessage]:
    lately = desk.tx.audit.newest_of(pilot.workspace_id, "pilot", pilot.id, _LOOKED_BACK)
    numbers = [
        str((one.after or {}).get("question", ""))
        for one in lately
        if one.what == PASSED and one.actor_id == from_id
    ]
    keys = [Question(pilot.id, from_id, number).key for number in numbers if number]
    if keys:
        there = desk.tx.messages.by_keys(pilot.workspace_id, *keys)
        yield from (asked for asked in there.values() if messages.is_waiting(asked))
