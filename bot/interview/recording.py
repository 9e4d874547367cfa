"""Putting an answer on record, with all that depends on it: the action that was planned, and the question that was handed.

Every answer of every feature goes through `record` or `revise`, so that these never disagree. Nothing here asks, settles
or shows a question.
"""

from typing import NamedTuple

from bot.desk import Desk
from bot.domain import interview as rules
from bot.domain.actions import Action, ActionState
from bot.domain.answers import Answer, Plan, Reading, Status
from bot.domain.asks import Ask, AskState
from bot.domain.conversations import Interview
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import told
from storage.ids import new_id

CLOSED_BY = {Status.IN_PLACE: ActionState.DONE, Status.NOT_APPLICABLE: ActionState.DROPPED}
"""What becomes of an open action when its item is answered so."""


class Where(NamedTuple):
    """The Slack message that holds an answer's words."""

    channel_id: str | None = None
    ts: str | None = None
    picked: bool = False
    """Whether somebody picked it for this item; it may be the answer to others as well."""


NOWHERE = Where()
"""Buttons and forms leave no message of the person's."""


def record(
    desk: Desk,
    pilot: Pilot,
    item: Item,
    reading: Reading,
    *,
    interview_id: str | None,
    where: Where = NOWHERE,
) -> Answer | None:
    """Append a revision; None where this very message was recorded before."""
    answer = answer_of(desk, pilot, item, reading, interview_id, where)
    given = desk.tx.answers.record_picked(answer) if where.picked else desk.tx.answers.record(answer)
    if given:
        keep_in_step(desk, pilot, item, given)
    return given


def revise(
    desk: Desk, pilot: Pilot, item: Item, reading: Reading, *, interview_id: str | None, where: Where
) -> Answer | None:
    """Append what an edited message says now; None where that is what it said before."""
    given = desk.tx.answers.revise(answer_of(desk, pilot, item, reading, interview_id, where))
    if given:
        keep_in_step(desk, pilot, item, given)
    return given


def answer_of(
    desk: Desk, pilot: Pilot, item: Item, reading: Reading, interview_id: str | None, where: Where
) -> Answer:
    """Return what is about to be recorded."""
    return Answer(
        pilot_id=pilot.id,
        item_id=item.id,
        revision=0,  # the store counts
        **reading.model_dump(exclude={"value", "plan"}),
        value=reading.value,
        plan=reading.plan,
        answered_by=desk.at.actor_id,
        answered_at=desk.at.now,
        interview_id=interview_id,
        message_ts=where.ts,
        message_channel_id=where.channel_id,
    )


def keep_in_step(desk: Desk, pilot: Pilot, item: Item, given: Answer) -> None:
    """Let the action say what the answer says, and whoever was asked about the item read that it was answered."""
    _keep_action(desk, pilot, item, given)
    ask = desk.tx.asks.latest_of_item(pilot.id, item.id)
    if ask is None:
        return
    if ask.state is not AskState.OPEN:
        told.show_given(desk, pilot, item, given)
    elif given.status is not Status.SKIPPED and (closed := close_ask(desk, ask, AskState.ANSWERED)):
        told.show_answered(desk, pilot, item, closed, given)


def close_ask(desk: Desk, ask: Ask, state: AskState) -> Ask | None:
    """Close a question that was handed over, and return it so; None when it was closed before."""
    if not desk.tx.asks.close_if_open(ask.id, state, desk.at.actor_id, desk.at.now):
        return None
    return ask.model_copy(update={"state": state, "closed_by": desk.at.actor_id, "closed_at": desk.at.now})


def _keep_action(desk: Desk, pilot: Pilot, item: Item, given: Answer) -> None:
    """Something that is not there yet has one open action; a plan that says less than the known one does not undo it."""
    was = desk.tx.actions.open_of_pilot(pilot.id).get(item.id)
    if given.status in CLOSED_BY:
        if was:
            desk.tx.actions.close_if_open(
                was.id, CLOSED_BY[given.status], given.answered_by, given.answered_at
            )
        return
    if given.status is Status.SKIPPED or (was and given.plan is None):
        return
    plan = given.plan or Plan()
    named = bool(plan.who or plan.who_said)
    desk.tx.actions.put(
        Action(
            id=was.id if was else new_id(),
            workspace_id=pilot.workspace_id,
            pilot_id=pilot.id,
            item_id=item.id,
            what=(plan.what or (was.what if was else item.if_missing))[:3000],
            owner_id=plan.who if named or was is None else was.owner_id,
            owner_said=plan.who_said if named or was is None else was.owner_said,
            due_on=plan.by or (was.due_on if was else None),
            created_by=given.answered_by,
            created_at=given.answered_at,
        )
    )


def note_pace(desk: Desk, interview: Interview, item: Item) -> None:
    """Let the time that the open question took weigh in for the next estimate."""
    seconds = rules.seconds_taken(interview, desk.at.now)
    if seconds is not None:
        desk.tx.pace.note(interview.workspace_id, item.id, seconds)


def as_reading(answer: Answer) -> Reading:
    """Return what an answer was understood to say."""
    return Reading(
        status=answer.status,
        detail=answer.detail,
        evidence=answer.evidence,
        concern=answer.concern,
        value=answer.value,
        plan=answer.plan,
    )


def facts(answer: Answer | None) -> dict[str, object] | None:
    """Return an answer as the record keeps it."""
    return answer.model_dump(mode="json", exclude={"pilot_id"}) if answer else None
