"""What people do to an answer outside the turn: write or change it, plan its next step, change its links, look back.

Each function is one transaction's work. Rights are checked when a form opens and again when it comes back; recording,
and all that follows from it, is the interview's.
"""

from dataclasses import dataclass

from bot.answers import errors, hearing, reading
from bot.answers.filled import Filled, FilledPlan
from bot.answers.forms import LINKS_LISTED, key_of
from bot.answers.names import About
from bot.answers.reading import Known, Said
from bot.answers.views import Listed
from bot.desk import Desk
from bot.domain.actions import Action
from bot.domain.answers import Answer, Plan, Reading, Status
from bot.domain.conversations import InterviewState
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import (
    errors as interview_errors,
    listening,
    recording,
    shown,
    turns,
    workflow as interviews,
)
from bot.interview.recording import NOWHERE, Where
from bot.pilots import workflow as pilots
from storage.ids import new_id


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of a pilot with what was answered so far."""

    pilot: Pilot
    item: Item
    answer: Answer | None
    plan: Plan | None
    """What was agreed about it: in the answer, or in an action."""
    words: str
    """What somebody wrote, without words that only repeat the value."""


def look_at(desk: Desk, about: About) -> Asked:
    """Return what a form is about, for somebody who may answer; the refusal that applies otherwise."""
    pilots.check_member(desk, interview_errors.MayNotAnswer)
    pilot = pilots.get_running(desk, about.pilot_id)
    item = item_of(desk, pilot, about.item_id)
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    return Asked(
        pilot, item, answer, _plan_of(desk, pilot, item, answer), hearing.own_words(desk, item, answer)
    )


def write(desk: Desk, about: About, filled: Filled) -> Answer:
    """Put what a form says on record; FieldsRefused with everything that is wrong with it."""
    asked = _locked(desk, about)
    known = Known(asked.item, asked.answer, hearing.ear_of(desk, asked.pilot), _people(desk, filled.people))
    said = reading.said_by(filled, known)
    heard = judged(desk, asked.pilot, asked.item, said)
    if said.status in reading.NOT_THERE:  # the form has asked for the plan already
        return interviews.change_answer(desk, asked.pilot.id, asked.item.id, heard)
    answer = take(desk, asked.pilot, asked.item, heard)
    if answer is None:  # pragma: no cover - a form has no message that could be a repeat
        raise interview_errors.QuestionSettled
    return answer


def take(desk: Desk, pilot: Pilot, item: Item, heard: Reading, where: Where = NOWHERE) -> Answer | None:
    """Take an answer that came by another way than a reply; the open question may be asked about once more, as after one.

    None for a message that was taken before.
    """
    running = listening.running_of(desk, desk.tx.interviews.open_of(pilot.id))
    is_open = running and running.state is InterviewState.OPEN and running.open_item_id == item.id
    if not running or not is_open or running.followed_up or heard.concern is None:
        return interviews.take_answer(desk, pilot.id, item.id, heard, where=where)
    return turns.take(desk, pilot, running, item, heard, where=where)


def plan(desk: Desk, about: About, filled: FilledPlan) -> None:
    """Agree the next step: in the answer while something is not there yet, as an action alone where it once was."""
    asked = _locked(desk, about)
    was, answer = asked.plan, asked.answer
    agreed = reading.planned(
        filled, was, hearing.ear_of(desk, asked.pilot).today, _people(desk, {filled.who} - {None})
    )
    if answer and answer.status in {Status.IN_PLACE, Status.NOT_APPLICABLE}:
        _promise(desk, asked, agreed)
        return
    before = (
        recording.as_reading(answer)
        if answer and answer.status in reading.NOT_THERE
        else Reading(status=Status.NOT_YET, detail="")
    )
    said = Said(before.status, before.detail, before.value, before.evidence, agreed)
    concern = judged(desk, asked.pilot, asked.item, said).concern
    planned = before.model_copy(update={"plan": agreed, "concern": concern})
    _undertake(desk, asked, agreed)  # first, as a whole: what the form leaves empty is taken away
    interviews.change_answer(desk, about.pilot_id, about.item_id, planned)


def _promise(desk: Desk, asked: Asked, agreed: Plan) -> None:
    """Note who takes a fresh look by when; the answer itself stays as it was given."""
    action = _undertake(desk, asked, agreed)
    pilots.changed(desk, asked.pilot.id, "action.agreed", after=action.model_dump(mode="json"))
    shown.refresh_summary(desk, asked.pilot)


def _undertake(desk: Desk, asked: Asked, agreed: Plan) -> Action:
    """Make the item's one open action what a form says."""
    was = desk.tx.actions.open_of_pilot(asked.pilot.id).get(asked.item.id)
    action = Action(
        id=was.id if was else new_id(),
        workspace_id=asked.pilot.workspace_id,
        pilot_id=asked.pilot.id,
        item_id=asked.item.id,
        what=agreed.what or asked.item.if_missing,
        owner_id=agreed.who,
        owner_said=agreed.who_said,
        due_on=agreed.by,
        created_by=desk.at.actor_id,
        created_at=desk.at.now,
    )
    return desk.tx.actions.put(action)


def change_links(desk: Desk, about: About, keep: tuple[str, ...], add: str) -> Answer:
    """Take links away and add others; whatever else was answered stays as it is."""
    asked = _locked(desk, about)
    answer = given(asked)
    listed, unlisted = answer.evidence[:LINKS_LISTED], answer.evidence[LINKS_LISTED:]
    kept = [link for link in listed if key_of(link) in keep]
    links = tuple(dict.fromkeys((*kept, *unlisted, *reading.added_links(add))))
    said = Said(answer.status, answer.detail, answer.value, links, answer.plan)
    return interviews.change_answer(
        desk, about.pilot_id, about.item_id, judged(desk, asked.pilot, asked.item, said)
    )


def given(asked: Asked) -> Answer:
    """Return the answer that there is; a refusal where there is none."""
    if asked.answer is None or asked.answer.status is Status.SKIPPED:
        raise errors.NotAnsweredYet
    return asked.answer


def with_links(desk: Desk, about: About) -> Asked:
    """Return an answer for the form that changes its links."""
    asked = look_at(desk, about)
    given(asked)
    return asked


def history(desk: Desk, about: About) -> tuple[Pilot, Item, list[Answer]]:
    """Return every revision of an answer."""
    asked = look_at(desk, about)
    revisions = desk.tx.answers.history(asked.pilot.id, asked.item.id)
    if not revisions:
        raise errors.NoHistoryYet
    return asked.pilot, asked.item, revisions


def all_answers(desk: Desk, pilot_id: str) -> tuple[Pilot, list[Listed]]:
    """Return what the pilot was asked so far and what its next gate asks, in the playbook's order."""
    pilots.check_member(desk, interview_errors.MayNotAnswer)
    pilot = pilots.get_running(desk, pilot_id)
    return pilot, listed_items(desk, pilot)


def listed_items(desk: Desk, pilot: Pilot) -> list[Listed]:
    """Return the items of the pilot's next gate, and of all gates those that have an answer."""
    answers = desk.tx.answers.current(pilot.id)
    gate = desk.playbook.gate_from(pilot.stage)
    wanted = {item.id for item in desk.playbook.items_of(gate)} if gate else set()
    titles = {item.id: checklist.title for checklist in desk.playbook.checklists for item in checklist.items}
    items = {item.id: item for checklist in desk.playbook.checklists for item in checklist.items}
    chosen = [item for item in items.values() if item.id in wanted or item.id in answers]
    found = pilots.verdict_on(desk, pilot, chosen)
    return [Listed(standing=standing, checklist=titles[standing.item.id]) for standing in found.items]


def item_of(desk: Desk, pilot: Pilot, item_id: str) -> Item:
    """Return an item as the running interview asks it, else as the playbook in force has it."""
    item = listening.item_of(desk, pilot.id, item_id, desk.tx.interviews.open_of(pilot.id))
    if item is None:
        raise interview_errors.ItemGone
    return item


def judged(desk: Desk, pilot: Pilot, item: Item, said: Said) -> Reading:
    """Return what a form says, judged with the ear of the playbook that asks."""
    book = listening.book_for(desk, desk.tx.interviews.open_of(pilot.id))
    return hearing.judged(desk, pilot, item, said, book)


def _locked(desk: Desk, about: About) -> Asked:
    """Return the same as `look_at`, and let nobody else change the pilot until the transaction ends."""
    pilots.check_member(desk, interview_errors.MayNotAnswer)
    pilots.get_active(desk, about.pilot_id)
    return look_at(desk, about)


def _plan_of(desk: Desk, pilot: Pilot, item: Item, answer: Answer | None) -> Plan | None:
    if answer and answer.plan:
        return answer.plan
    action = desk.tx.actions.open_of_pilot(pilot.id).get(item.id)
    if action is None:
        return None
    return Plan(what=action.what, who=action.owner_id, who_said=action.owner_said, by=action.due_on)


def _people(desk: Desk, ids: set[str | None] | frozenset[str]) -> dict[str, Person]:
    found = (desk.tx.people.get(desk.at.workspace_id, one) for one in ids if one)
    return {person.user_id: person for person in found if person}
