"""Handing a question to somebody else, taking it back, handing it back, and letting go of what nobody needs any more.

Each function is one transaction's work. How the question is answered is in `answering`; the thread's side of it (the line,
the next question) is the interview's.
"""

from collections.abc import Iterable
from typing import NamedTuple

from bot.asking import errors, handed, messages
from bot.desk import Desk
from bot.domain.answers import Answer, Status
from bot.domain.asks import Ask, AskState
from bot.domain.calendar import zone_of
from bot.domain.conversations import Interview
from bot.domain.messages import Body
from bot.domain.people import is_group, mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import handing, lines, listening, shown, told, turns
from bot.pilots import answerable, workflow as pilots
from storage.ids import new_id

TOLD = 20
"""How many people of a group get the direct message; the thread names the group itself."""


class Chosen(NamedTuple):
    """Whom the form names: a person, or a user group with those of its members who are looked up."""

    asked_id: str
    members: tuple[str, ...] = ()
    """A group's members, without the one who asks."""


class Question(NamedTuple):
    """An item of a pilot that somebody may be asked about, and the conversation that it belongs to."""

    pilot: Pilot
    item: Item
    interview: Interview | None


def question(desk: Desk, pilot_id: str, item_id: str, interview_id: str) -> Question:
    """Return what the form is about, after the checks that its saving makes."""
    pilots.check_member(desk, errors.MayNotAsk)
    pilot = pilots.get_running(desk, pilot_id)
    interview = _conversation(desk, pilot, item_id, interview_id)
    item = listening.item_of(desk, pilot.id, item_id, interview)
    if item is None:
        raise errors.QuestionGone
    return Question(pilot, item, interview)


def ask(desk: Desk, pilot_id: str, item_id: str, interview_id: str, whom: Chosen, note: str) -> Ask:
    """Put a question to a person or a group, each in a direct message; the interview goes on meanwhile."""
    pilots.get_active(desk, pilot_id)  # nobody else asks meanwhile
    pilot, item, interview = question(desk, pilot_id, item_id, interview_id)
    _check_not_asked(desk, pilot, item)
    people = _who_is_told(desk, whom)
    new = Ask(
        id=new_id(),
        workspace_id=pilot.workspace_id,
        pilot_id=pilot.id,
        item_id=item.id,
        interview_id=interview.id if interview else None,
        asked_id=whom.asked_id,
        people=people,
        note=note,
        asked_by=desk.at.actor_id,
        asked_at=desk.at.now,
    )
    earlier = desk.tx.asks.latest_of_item(pilot.id, item.id)
    if earlier:
        told.end_handed_back(desk, earlier)
    desk.tx.asks.open(new)
    known = desk.tx.answers.current(pilot.id).get(item.id)
    if interview and not _has_settled(interview, item, known):
        handing.hand_over(desk, interview.id, item.id)
    _show_line(desk, pilot, item, new, interview)
    pilots.changed(desk, pilot.id, "ask.sent", after=handed.facts(new), card_may_wait=True)
    link = told.thread_of(desk, pilot, new)
    body = messages.asked_message(desk.library, new, pilot, item, link, known)
    for user_id in people:
        desk.tx.messages.show(pilot.workspace_id, told.key(new.id, user_id), user_id, body)
    return new


def take_back(desk: Desk, ask_id: str, *, owner_group: frozenset[str] = frozenset()) -> Ask:
    """Take a handed question back; those who were asked read that nothing is left to do."""
    found, pilot = handed.locked(desk, ask_id)
    pilots.check_member(desk, errors.MayNotAsk)
    owner = answerable.owner_of(desk, pilot)
    may = dict.fromkeys(one for one in (found.asked_by, pilot.champion_id, owner) if one)
    if desk.at.actor_id not in {*may, *(owner_group if owner else ())}:
        raise errors.NotYours(who=_one_of(may))
    _withdraw(desk, pilot, found)
    pilots.changed(desk, pilot.id, "ask.taken_back", before=handed.facts(found), card_may_wait=True)
    return found


def handed_to_me(desk: Desk, ask_id: str) -> tuple[Ask, Pilot, Item]:
    """Return an open question that this person was asked, for the form that hands it back."""
    found = handed.get(desk, ask_id)
    pilot = pilots.get(desk, found.pilot_id)
    handed.check_asked(desk, pilot, found)
    item = handed.item_of(desk, found)
    if item is None:
        raise errors.NoLongerAsked(name=pilot.name)
    return found, pilot, item


def hand_back(desk: Desk, ask_id: str, word: str) -> None:
    """Let somebody say that they are the wrong one; when nobody is left to answer, the thread is told."""
    found, pilot = handed.locked(desk, ask_id)
    handed.check_asked(desk, pilot, found)
    me = desk.at.actor_id
    told.show_closed_to(desk, pilot, found, me, told.Why.EXCUSED)
    desk.tx.asks.excuse(found.workspace_id, found.id, me)
    others = bool(desk.tx.asks.still_asked(found.id))
    if not others:
        _withdraw(desk, pilot, found)
    said = handed.facts(found) | {"by": me, "word": word}
    pilots.changed(desk, pilot.id, "ask.handed_back", after=said, card_may_wait=True)
    item = handed.item_of(desk, found)
    if item and (word or not others):
        body = messages.handed_back_message(desk.library, found, pilot, item, me, word, others=others)
        _say_in_thread(desk, pilot, found, told.handed_back_key(found.id, me), body)


def settle(desk: Desk, pilot_id: str, item_id: str | None = None) -> int:
    """Close what is open about a pilot (or one item of it) because nobody needs it any more; return how many that were.

    For whoever ends or moves a pilot. An answer settles its question by itself.
    """
    pilot = pilots.get(desk, pilot_id)
    found = [one for one in desk.tx.asks.open_of_pilot(pilot_id).values() if item_id in (None, one.item_id)]
    for one in found:
        desk.tx.asks.close_if_open(one.id, AskState.WITHDRAWN, None, desk.at.now)
        told.show_closed(desk, pilot, handed.get(desk, one.id))
        _restore_line(desk, pilot, one)
        desk.tx.audit.append(desk.at, "ask.not_needed", "pilot", pilot.id, handed.facts(one), None)
    return len(found)


def _who_is_told(desk: Desk, whom: Chosen) -> tuple[str, ...]:
    if not is_group(whom.asked_id):
        refused = handed.objection(desk, whom.asked_id)
        if refused:
            raise refused
        return (whom.asked_id,)
    able = [user_id for user_id in whom.members if handed.objection(desk, user_id) is None]
    if not able:
        raise errors.NobodyInGroup("group")
    return tuple(able[:TOLD])


def _check_not_asked(desk: Desk, pilot: Pilot, item: Item) -> None:
    was = desk.tx.asks.open_of_pilot(pilot.id).get(item.id)
    if was is None:
        return
    person = desk.tx.people.get(was.workspace_id, was.asked_id)
    zone = zone_of(pilots.time_zone_of(desk, desk.at.actor_id))
    day = was.asked_at.astimezone(zone)
    raise errors.AskedAlready(
        "whom", name=person.name if person else "A user group", day=f"{day.day} {day:%b}"
    )


def _conversation(desk: Desk, pilot: Pilot, item_id: str, interview_id: str) -> Interview | None:
    """Return the conversation that shows the item: the one that is named, else the latest one if it asks for it."""
    found = desk.tx.interviews.get(pilot.workspace_id, interview_id) if interview_id else None
    found = found or desk.tx.interviews.open_of(pilot.id) or desk.tx.interviews.latest_of(pilot.id)
    if found is None or found.pilot_id != pilot.id or item_id not in found.asked:
        return None
    return found if turns.is_going_on(found) or shown.place_of(desk, found, item_id) else None


def _has_settled(interview: Interview, item: Item, known: Answer | None) -> bool:
    """Whether the conversation is past a question because it was answered: nobody waits for it there."""
    return item.id in interview.passed and known is not None and known.status is not Status.SKIPPED


def _withdraw(desk: Desk, pilot: Pilot, found: Ask) -> None:
    """Let the thread stop waiting: the question is asked there again, or its line offers to answer it."""
    interview = handed.interview_of(desk, found)
    asks_again = interview is not None and found.item_id in interview.handed
    if not handing.take_back(desk, found):
        raise handed.refusal(desk, pilot, handed.get(desk, found.id))
    if not asks_again:
        _restore_line(desk, pilot, found)


def _show_line(desk: Desk, pilot: Pilot, item: Item, found: Ask, interview: Interview | None) -> None:
    """Let the item's line say who was asked: in its interview, or under the card where no interview shows it."""
    body = messages.line_message(desk.library, found, pilot, item)
    if interview:
        shown.show_at_its_place(desk, interview, item, body)
    else:
        _say_in_thread(desk, pilot, found, told.line_key(found.id), body)


def _restore_line(desk: Desk, pilot: Pilot, found: Ask) -> None:
    """Let the item's line say what was answered before somebody was asked, if anything was.

    A question that was brought forward meanwhile and is open now stays as it is.
    """
    item, interview = handed.item_of(desk, found), handed.interview_of(desk, found)
    if item is None or (interview and turns.is_going_on(interview) and interview.open_item_id == item.id):
        return
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    body = (
        lines.settled_message(desk.library, pilot, item, answer)
        if answer
        else lines.unanswered_message(desk.library, pilot, item)
    )
    if interview:
        shown.show_at_its_place(desk, interview, item, body)
    else:
        _say_in_thread(desk, pilot, found, told.line_key(found.id), body)


def _say_in_thread(desk: Desk, pilot: Pilot, found: Ask, key: str, body: Body) -> None:
    interview = handed.interview_of(desk, found)
    if interview:
        shown.show_in_thread(desk, interview, key, body)
        return
    card = desk.tx.messages.by_key(pilot.workspace_id, pilots.card_key(pilot.id))
    desk.tx.messages.show(pilot.workspace_id, key, pilot.channel_id, body, under=card.id if card else None)


def _one_of(people: Iterable[str]) -> str:
    *others, last = (mention(one) for one in people)
    return f"{', '.join(others)} or {last}" if others else last
