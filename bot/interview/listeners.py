"""What people do in a conversation: start it, answer by button or in words, change, pause, stop."""

import asyncio
from functools import partial

from bot.desk import Desk, Front
from bot.domain import coaching
from bot.domain.answers import Answer, Reading, Status
from bot.domain.messages import Body
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.text import escape
from bot.interview import errors, messages, workflow
from bot.interview.messages import ActionId, CallbackId
from bot.pilots import workflow as pilots
from bot.pilots.messages import ActionId as PilotActionId
from bot.slack.payloads import ButtonClick, FormSubmission, SlashCommand, ThreadMessage
from bot.slack.router import Router

QUICK = {
    ActionId.IN_PLACE: Status.IN_PLACE,
    ActionId.PARTLY: Status.PARTLY,
    ActionId.NOT_YET: Status.NOT_YET,
    ActionId.SKIP: Status.SKIPPED,
}


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("coach", partial(on_coach, front), example="/pilot coach Refund triage")
    router.click(PilotActionId.COACH, partial(on_coach_clicked, front))
    for action_id, status in QUICK.items():
        router.click(action_id, partial(on_quick_answer, front, status))
    router.click(ActionId.NOT_APPLICABLE, partial(on_not_applicable, front))
    router.form(CallbackId.NOT_APPLICABLE, partial(on_reason, front))
    router.click(ActionId.LEAVE, partial(on_leave, front))
    router.click(ActionId.CHANGE, partial(on_change, front))
    router.form(CallbackId.CHANGE, partial(on_changed, front))
    router.click(ActionId.PAUSE, partial(on_pause, front))
    router.click(ActionId.RESUME, partial(on_resume, front))
    router.click(ActionId.STOP, partial(on_stop, front))
    router.message(partial(on_message, front))


async def on_coach(front: Front, command: SlashCommand) -> Body | None:
    at = await front.occasion(command)
    pilot = await front.office.carry_out_once(_start_named, at, command.rest, command.channel_id)
    return messages.started_elsewhere(front.office.library, pilot) if pilot else None


async def on_coach_clicked(front: Front, click: ButtonClick) -> None:
    await front.office.carry_out_once(workflow.start, await front.occasion(click), click.value)


async def on_quick_answer(front: Front, status: Status, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await front.office.carry_out_once(workflow.answer_by_button, at, *_two_ids(click.value), status)


async def on_not_applicable(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    interview_id, item_id = _two_ids(click.value)
    item = await front.office.look_up(workflow.open_question, at, interview_id, item_id)
    form = messages.not_applicable_form(front.office.library, item, interview_id)
    await front.slack.open_view(click.workspace_id, click.trigger_id, form)


async def on_reason(front: Front, form: FormSubmission) -> None:
    at = await front.occasion(form)
    await front.office.carry_out_once(
        workflow.answer_with_reason, at, *_two_ids(form.private), form.text("reason")
    )


async def on_leave(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await front.office.carry_out_once(workflow.leave_as_it_is, at, *_two_ids(click.value))


async def on_change(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    pilot, item, answer = await front.office.look_up(_to_change, at, *_two_ids(click.value))
    form = messages.change_form(front.office.library, pilot, item, answer)
    await front.slack.open_view(click.workspace_id, click.trigger_id, form)


async def on_changed(front: Front, form: FormSubmission) -> None:
    at = await front.occasion(form)
    status, words = form.choice("status") or "", form.text("detail")
    await front.office.carry_out_once(_change, at, *_two_ids(form.private), status, words)


async def on_pause(front: Front, click: ButtonClick) -> None:
    await front.office.carry_out_once(workflow.pause, await front.occasion(click), click.value)


async def on_resume(front: Front, click: ButtonClick) -> None:
    await front.office.carry_out_once(workflow.resume, await front.occasion(click), click.value)


async def on_stop(front: Front, click: ButtonClick) -> None:
    await front.office.carry_out_once(workflow.stop, await front.occasion(click), click.value)


async def on_message(front: Front, said: ThreadMessage) -> None:
    """Only a reply in a thread can be an answer; everything else is left alone, and costs nothing."""
    at = said.at(front.office.clock.now())
    if said.thread_ts is None or not await front.office.look_up(workflow.is_listening, at, said):
        return
    people = {said.user_id, *(who for who in said.mentions if not is_group(who))}
    await asyncio.gather(*(front.people.know(said.workspace_id, who) for who in people))
    work = workflow.revise_in_thread if said.edited_at else workflow.answer_in_thread
    await front.office.carry_out_once(work, at, said)


def _start_named(desk: Desk, words: str, channel_id: str) -> Pilot | None:
    """Start the interview of the pilot that is meant; return it where its thread is in another channel."""
    pilot = pilots.find(desk, words, channel_id, "coach")
    workflow.start(desk, pilot.id)
    return pilot if pilot.channel_id != channel_id else None


def _to_change(desk: Desk, pilot_id: str, item_id: str) -> tuple[Pilot, Item, Answer | None]:
    """Return what the form for changing an answer is about, after the checks that its saving makes."""
    pilots.check_member(desk, errors.MayNotAnswer)
    pilot, item = pilots.get_running(desk, pilot_id), desk.playbook.item(item_id)
    if item is None:
        raise errors.ItemGone
    return pilot, item, desk.tx.answers.current(pilot.id).get(item_id)


def _change(desk: Desk, pilot_id: str, item_id: str, status: str, words: str) -> Answer:
    """Take the form at its word for the status, and read the words for what shows it; without words the old ones stay."""
    _, item, before = _to_change(desk, pilot_id, item_id)
    if status not in set(Status):
        raise errors.ItemGone
    read = coaching.read(escape(words), item, desk.playbook.coaching)
    if not words and before:
        read = Reading(
            status=before.status, detail=before.detail, evidence=before.evidence, concern=before.concern
        )
    concern = read.concern if status == Status.IN_PLACE else None
    reading = Reading(
        status=Status(status), detail=words or read.detail, evidence=read.evidence, concern=concern
    )
    return workflow.change_answer(desk, pilot_id, item_id, reading)


def _two_ids(value: str) -> tuple[str, str]:
    first, _, second = value.partition(":")
    return first, second
