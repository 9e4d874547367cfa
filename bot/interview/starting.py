"""How an interview begins, or begins to ask other things: everything, only what is missing, or a single item.

Each function is one transaction's work. What is known from before is listed once, and confirmed by one click if at all.
"""

from typing import NamedTuple

from bot.desk import Desk
from bot.domain import interview as rules
from bot.domain.answers import Answer
from bot.domain.conversations import Interview, InterviewState, Scope
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate, Playbook
from bot.domain.readiness import ItemStanding
from bot.domain.review import StageGone
from bot.interview import errors, listening, messages, recording, shown, turns, wishes
from bot.interview.restoring import ask_again_under_a_new_root
from bot.interview.wishes import Wish
from bot.pilots import workflow as pilots
from prompts.english import join_words
from storage.ids import new_id

PEOPLE_NAMED = 5
"""How many of those who are asked already a refusal names."""


class Started(NamedTuple):
    """An interview that was begun or changed, and what somebody who looks elsewhere is told."""

    pilot: Pilot
    is_new: bool
    """Whether its thread begins with it."""
    link: str | None


def start_named(desk: Desk, words: str, channel_id: str) -> Started:
    """Start what `/pilot coach [pilot] [full|missing|item]` means; the longest name of a pilot in the words wins."""
    pilot, wish = wishes.read(desk, words, channel_id)
    interview = start(desk, pilot.id, wish.scope, wish.item_id)
    is_new = interview.started_at == desk.at.now
    return Started(pilot, is_new, desk.link_to(shown.root_of(desk, interview)))


def start(desk: Desk, pilot_id: str, scope: Scope = Scope.MISSING, item_id: str | None = None) -> Interview:
    """Open a thread and ask the first question; an interview that is under way goes on, with what is wished asked next.

    Raises AlreadyOpen with the way to the thread where it already asks just that.
    """
    pilots.check_member(desk)
    pilot = pilots.get_active(desk, pilot_id)
    found = desk.tx.interviews.open_of(pilot.id)
    running = listening.running_of(desk, found)
    if running and found and running.passed != found.passed:
        return (
            running  # its open question was no longer in the playbook, and the next one has just been asked
        )
    if running:
        return _go_on_with(desk, pilot, running, Wish(scope, item_id))
    return _begin(desk, pilot, _gate_of(desk, pilot), Wish(scope, item_id))


def go_on(desk: Desk, pilot_id: str) -> Interview:
    """Start, resume, or leave an interview that is under way as it is."""
    pilot = pilots.get_active(desk, pilot_id)
    running = listening.running_of(desk, desk.tx.interviews.open_of(pilot.id))
    return running if running and running.state is InterviewState.OPEN else start(desk, pilot_id)


def switch(desk: Desk, interview_id: str, scope: Scope) -> Interview:
    """Ask everything, or only what is missing, from now on; what was passed stays passed."""
    pilots.check_member(desk, errors.MayNotAnswer)
    interview = listening.locked(desk, interview_id)
    pilot = pilots.get_active(desk, interview.pilot_id)
    if not turns.is_going_on(interview):
        raise rules.InterviewClosed(name=pilot.name)
    return interview if interview.scope is scope else _rescoped(desk, pilot, interview, scope)


def _gate_of(desk: Desk, pilot: Pilot) -> Gate:
    gate = desk.playbook.gate_from(pilot.stage)
    if gate is None and desk.playbook.stage(pilot.stage) is None:
        raise StageGone(name=pilot.name, stage=pilot.stage)
    if gate is None:
        raise errors.NothingAtThisGate(name=pilot.name, stage=pilot.stage)
    return gate


def _begin(desk: Desk, pilot: Pilot, gate: Gate, wish: Wish) -> Interview:
    now, book = desk.at.now, desk.playbook
    answers = desk.tx.answers.current(pilot.id)
    interview = Interview(
        id=new_id(),
        workspace_id=pilot.workspace_id,
        pilot_id=pilot.id,
        gate_id=gate.id,
        channel_id=pilot.channel_id,
        state=InterviewState.OPEN,
        started_by=desk.at.actor_id,
        started_at=now,
        last_turn_at=now,
        playbook_version=book.version,
        asked=_asked(book, gate, answers, wish, desk),
        scope=wish.scope,
    )
    if wish.scope is not Scope.ONE:
        interview = _waiting_for_others(desk, pilot, interview)
        _check_something_to_ask(desk, pilot, interview)
    root = desk.tx.messages.show(
        pilot.workspace_id,
        shown.root_key(interview.id),
        pilot.channel_id,
        shown.root_body(desk, pilot, interview),
    )
    desk.tx.interviews.start(interview, root_message_id=root.id)
    after = {"interview": interview.id, "scope": wish.scope.value, "asked": list(interview.asked)}
    pilot = pilots.changed(desk, pilot.id, "interview.started", after=after)
    known = _carried_over(desk, pilot, interview) if wish.scope is not Scope.ONE else ()
    if known:
        _show_carried(desk, interview, known)
    turns.ask_next(desk, interview, answers)
    return interview


def _check_something_to_ask(desk: Desk, pilot: Pilot, interview: Interview) -> None:
    """Refuse to begin where all that is missing was put to somebody already."""
    if not turns.is_going_on(interview):
        asks = desk.tx.asks.open_of_pilot(pilot.id)
        people = [*dict.fromkeys(mention(asks[one].asked_id) for one in interview.handed)]
        others = (
            [f"{len(people) - PEOPLE_NAMED} others"]
            if len(people) > PEOPLE_NAMED + 1
            else people[PEOPLE_NAMED:]
        )
        raise errors.AllHanded(name=pilot.name, people=join_words([*people[:PEOPLE_NAMED], *others]))


def _waiting_for_others(
    desk: Desk, pilot: Pilot, interview: Interview, *, but: str | None = None
) -> Interview:
    """Return the interview waiting for what somebody else is asked already, instead of asking it again; `but` stays."""
    asks = desk.tx.asks.open_of_pilot(pilot.id)
    for item_id in interview.asked:
        if item_id in asks and item_id != but and item_id not in interview.passed:
            interview = rules.hand_over(interview, item_id, desk.at.now)
    return interview


def _asked(book: Playbook, gate: Gate, answers: dict[str, Answer], wish: Wish, desk: Desk) -> tuple[str, ...]:
    if wish.scope is Scope.ONE and wish.item_id:
        if book.item(wish.item_id) is None:
            raise errors.ItemGone
        return (wish.item_id,)
    items = book.items_of(gate)
    return rules.to_ask(items, answers, desk.at.now, scope=wish.scope, step_of=book.step_number)


def _go_on_with(desk: Desk, pilot: Pilot, interview: Interview, wish: Wish) -> Interview:
    """Let an interview that is under way ask what is wished now."""
    was_paused = interview.state is InterviewState.PAUSED
    if was_paused:
        interview = turns.turn_to(desk, pilot, interview, InterviewState.OPEN, "interview.resumed")
    if wish.scope is Scope.ONE and wish.item_id:
        return _bring_forward(desk, pilot, interview, wish.item_id)
    if interview.scope is not wish.scope and (wish.scope is Scope.FULL or interview.scope is Scope.ONE):
        return _rescoped(desk, pilot, interview, wish.scope)
    if was_paused or ask_again_under_a_new_root(desk, interview):
        return interview
    link = desk.link_to(shown.root_of(desk, interview)) or "see its thread"
    raise errors.AlreadyOpen(name=pilot.name, link=link)


def _bring_forward(desk: Desk, pilot: Pilot, interview: Interview, item_id: str) -> Interview:
    """Ask one item at once; the question that was open comes again after it."""
    item = desk.book_of(interview).item(item_id)
    if item is None:
        raise errors.ItemGone
    open_item = turns.open_item(desk, interview)
    if open_item == item:
        raise errors.AlreadyOpen(
            name=pilot.name, link=desk.link_to(shown.root_of(desk, interview)) or "see its thread"
        )
    after = turns.save(desk, interview, rules.bring_forward(interview, item_id, desk.at.now))
    pilots.changed(desk, pilot.id, "interview.brought_forward", after={"item": item_id}, card_may_wait=True)
    if open_item:
        turns.set_aside(desk, pilot, interview, open_item)
    given = desk.tx.answers.current(pilot.id).get(item_id)
    shown.show_question(desk, after, item, given, after=open_item.id if open_item else None)
    shown.show_root(desk, pilot, after, may_wait=True)
    return after


def _rescoped(desk: Desk, pilot: Pilot, interview: Interview, scope: Scope) -> Interview:
    book = desk.book_of(interview)
    gate = book.gate(interview.gate_id) or _gate_of(desk, pilot)
    answers = desk.tx.answers.current(pilot.id)
    try:
        wanted = rules.to_ask(
            book.items_of(gate), answers, desk.at.now, scope=scope, step_of=book.step_number
        )
    except rules.NothingToAsk:
        wanted = ()
    rescoped = rules.rescope(interview, scope, wanted)
    rescoped = _waiting_for_others(desk, pilot, rescoped, but=interview.open_item_id)
    after = turns.save(desk, interview, rescoped)
    pilots.changed(
        desk,
        pilot.id,
        "interview.rescoped",
        before={"scope": interview.scope.value},
        after={"scope": scope.value, "asked": list(after.asked)},
        card_may_wait=True,
    )
    was_open = turns.open_item(desk, interview)
    if was_open and was_open.id not in after.asked:
        shown.close_question(desk, pilot, interview, was_open)
    turns.go_on(desk, pilot, after)
    shown.show_root(desk, pilot, after, may_wait=False)  # whoever chose it looks at this card
    return after


def confirm_all(desk: Desk, interview_id: str) -> int:
    """Confirm what is known from before: the same words again, as of today; return how many answers that were."""
    pilots.check_member(desk, errors.MayNotAnswer)
    interview = listening.locked(desk, interview_id)
    pilot = pilots.get_active(desk, interview.pilot_id)
    known = [
        one for one in _carried_over(desk, pilot, interview) if one.answer
    ]  # what was changed meanwhile is not confirmed
    given = [answer for one in known if (answer := _confirm(desk, pilot, interview, one))]
    if not given:
        raise errors.AllConfirmed
    pilot = pilots.changed(desk, pilot.id, "answers.confirmed", after={"items": [a.item_id for a in given]})
    _show_carried(
        desk, interview.model_copy(update={"last_turn_at": desk.at.now}), tuple(known), desk.at.actor_id
    )
    shown.show_root(desk, pilot, interview, may_wait=True)
    shown.refresh_summary(desk, pilot)
    return len(given)


def _confirm(desk: Desk, pilot: Pilot, interview: Interview, known: ItemStanding) -> Answer | None:
    if known.answer is None:
        return None
    reading = recording.as_reading(known.answer)
    return recording.record(desk, pilot, known.item, reading, interview_id=interview.id)


def _carried_over(desk: Desk, pilot: Pilot, interview: Interview) -> tuple[ItemStanding, ...]:
    """Return what was answered before the pilot came to this stage, or told when it was registered."""
    book = desk.book_of(interview)
    gate = book.gate(interview.gate_id)
    items = book.items_of(gate) if gate else ()
    return rules.carried_over(
        [item for item in items if not item.asked_anew],  # they keep the day on which they were answered
        desk.tx.answers.current(pilot.id),
        interview.asked,
        pilot.stage_since,
        desk.at.now,
    )


def _show_carried(
    desk: Desk, interview: Interview, known: tuple[ItemStanding, ...], confirmed_by: str | None = None
) -> None:
    body = messages.carried_message(desk.library, interview, known, confirmed_by)
    shown.show_in_thread(desk, interview, shown.carried_key(interview.id), body)
