"""What people do in a conversation: start it, answer by button or in words, confirm, pause, stop.

The menus beside questions and answers are heard by `bot.answers`, *Ask somebody* by `bot.asking`.
"""

import asyncio
from functools import partial

from bot.desk import Front
from bot.domain.answers import Status
from bot.domain.conversations import Scope
from bot.domain.messages import Body
from bot.domain.people import is_group
from bot.interview import errors, messages, workflow
from bot.interview.controls import ActionId, Former
from bot.pilots.messages import ActionId as PilotActionId
from bot.slack.payloads import BotMessageRemoved, ButtonClick, SlashCommand, ThreadMessage
from bot.slack.router import Router, UnknownControl

QUICK = {
    ActionId.IN_PLACE: Status.IN_PLACE,
    ActionId.PARTLY: Status.PARTLY,
    ActionId.NOT_YET: Status.NOT_YET,
}
PICKS = (ActionId.PICK_OPTION, ActionId.PICK_DATE, ActionId.PICK_PERSON)


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("coach", partial(on_coach, front), example="/pilot coach Refund triage")
    router.click(PilotActionId.COACH, partial(on_coach_clicked, front))
    for action_id, status in QUICK.items():
        router.click(action_id, partial(on_quick_answer, front, status))
    router.click(ActionId.CHOOSE, partial(on_choose, front))
    for picked in PICKS:
        router.click(picked, partial(on_pick, front))
    router.click(ActionId.STILL_TRUE, partial(on_still_true, front))
    router.click(ActionId.ALL_TRUE, partial(on_all_true, front))
    router.click(ActionId.LEAVE, partial(on_leave, front))
    router.click(ActionId.PAUSE, partial(on_pause, front))
    router.click(ActionId.RESUME, partial(on_resume, front))
    router.click(ActionId.MENU, partial(on_menu, front))
    router.click(Former.SKIP, partial(on_skip, front))
    router.click(Former.STOP, partial(on_stop, front))
    router.message(partial(on_message, front))
    router.bot_message_removed(partial(on_bot_message_removed, front))


async def on_coach(front: Front, command: SlashCommand) -> Body | None:
    at = await front.occasion(command)
    started = await front.office.carry_out_once(workflow.start_named, at, command.rest, command.channel_id)
    if started is None or (started.is_new and started.pilot.channel_id == command.channel_id):
        return None  # the thread that begins in sight says it all
    return messages.started(front.office.library, started.pilot, started.link)


async def on_coach_clicked(front: Front, click: ButtonClick) -> None:
    await front.office.carry_out_once(workflow.start, await front.occasion(click), click.value)


async def on_quick_answer(front: Front, status: Status, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await front.office.carry_out_once(workflow.answer_by_button, at, *_two_ids(click.value), status)


async def on_choose(front: Front, click: ButtonClick) -> None:
    interview_id, item_id, option_id, *_ = [*click.value.split(":"), "", "", ""]
    at = await front.occasion(click)
    await front.office.carry_out_once(workflow.choose, at, interview_id, item_id, option_id)


async def on_pick(front: Front, click: ButtonClick) -> None:
    """Take what was picked; a day that was cleared again is no answer."""
    chosen = next(iter(click.selected), "")
    if not chosen:
        raise errors.NothingPicked
    if click.action_id.startswith(ActionId.PICK_PERSON):
        await front.people.know(click.workspace_id, chosen)
    _, _, ids = click.block_id.partition(":")
    at = await front.occasion(click)
    await front.office.carry_out_once(workflow.pick, at, *_two_ids(ids), chosen)


async def on_still_true(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await front.office.carry_out_once(workflow.still_true, at, *_two_ids(click.value))


async def on_all_true(front: Front, click: ButtonClick) -> None:
    await front.office.carry_out_once(workflow.confirm_all, await front.occasion(click), click.value)


async def on_leave(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await front.office.carry_out_once(workflow.leave_as_it_is, at, *_two_ids(click.value))


async def on_pause(front: Front, click: ButtonClick) -> None:
    await front.office.carry_out_once(workflow.pause, await front.occasion(click), click.value)


async def on_resume(front: Front, click: ButtonClick) -> None:
    await front.office.carry_out_once(workflow.resume, await front.occasion(click), click.value)


async def on_skip(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await front.office.carry_out_once(workflow.skip, at, *_two_ids(click.value))


async def on_stop(front: Front, click: ButtonClick) -> None:
    await front.office.carry_out_once(workflow.stop, await front.occasion(click), click.value)


async def on_menu(front: Front, click: ButtonClick) -> None:
    """Do what was chosen on the root card: another scope, or the end."""
    choice, interview_id = _two_ids(click.value)
    at = await front.occasion(click)
    if choice == messages.STOP:
        await front.office.carry_out_once(workflow.stop, at, interview_id)
    elif choice in set(Scope):
        await front.office.carry_out_once(workflow.switch, at, interview_id, Scope(choice))
    else:
        raise UnknownControl


async def on_message(front: Front, said: ThreadMessage) -> None:
    """Only a reply in a thread can be an answer; everything else is left alone, and costs nothing."""
    at = said.at(front.office.clock.now())
    if said.thread_ts is None and said.edited_at is None:
        return
    if not await front.office.look_up(workflow.is_listening, at, said):
        return
    people = {said.user_id, *(who for who in said.mentions if not is_group(who))}
    await asyncio.gather(*(front.people.know(said.workspace_id, who) for who in people))
    work = workflow.revise_in_thread if said.edited_at else workflow.answer_in_thread
    await front.office.carry_out_once(work, at, said)


async def on_bot_message_removed(front: Front, gone: BotMessageRemoved) -> None:
    """A question or a card that an interview needs is posted again."""
    at = front.office.own_occasion(gone.workspace_id).model_copy(update={"delivery": gone.delivery})
    await front.office.carry_out_once(workflow.restore, at, gone.channel_id, gone.ts)


def _two_ids(value: str) -> tuple[str, str]:
    first, _, second = value.partition(":")
    return first, second
