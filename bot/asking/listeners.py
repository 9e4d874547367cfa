"""What people do to ask somebody else and to answer: the form, the buttons of the direct message, and words said there."""

import asyncio
from functools import partial

from bot.asking import answering, choosing, handed, messages, workflow
from bot.asking.messages import ActionId, CallbackId
from bot.desk import Front
from bot.domain.answers import Status
from bot.domain.people import is_group
from bot.pilots import groups
from bot.pilots.listeners import owner_group
from bot.slack.payloads import ButtonClick, FormSubmission, ThreadMessage
from bot.slack.router import Router

QUICK = {
    ActionId.IN_PLACE: Status.IN_PLACE,
    ActionId.PARTLY: Status.PARTLY,
    ActionId.NOT_YET: Status.NOT_YET,
}


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.click(ActionId.ASK, partial(on_ask, front))
    router.form(CallbackId.ASK, partial(on_asked, front))
    for action_id, status in QUICK.items():
        router.click(action_id, partial(on_quick_answer, front, status))
    router.click(ActionId.LEAVE, partial(on_leave, front))
    router.click(ActionId.NOT_ME, partial(on_not_me, front))
    router.form(CallbackId.NOT_ME, partial(on_handed_back, front))
    router.click(ActionId.TAKE_BACK, partial(on_take_back, front))
    router.direct_message(partial(on_direct_message, front))


async def on_ask(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    found = await front.office.look_up(workflow.question, at, *choosing.three_ids(click.value))
    teams = await groups.choices(front, click.workspace_id)
    form = messages.ask_form(front.office.library, found.pilot, found.item, teams, click.user_id, click.value)
    await front.slack.open_view(click.workspace_id, click.trigger_id, form)


async def on_asked(front: Front, form: FormSubmission) -> None:
    at = await front.occasion(form)
    whom = await choosing.read(front, form)
    ids = choosing.three_ids(form.private)
    await front.office.carry_out_once(workflow.ask, at, *ids, whom, form.text("note"))


async def on_quick_answer(front: Front, status: Status, click: ButtonClick) -> None:
    await front.office.carry_out_once(answering.press, await front.occasion(click), click.value, status)


async def on_leave(front: Front, click: ButtonClick) -> None:
    await front.office.carry_out_once(answering.leave, await front.occasion(click), click.value)


async def on_not_me(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    found, pilot, item = await front.office.look_up(workflow.handed_to_me, at, click.value)
    form = messages.not_me_form(front.office.library, found, pilot, item)
    await front.slack.open_view(click.workspace_id, click.trigger_id, form)


async def on_handed_back(front: Front, form: FormSubmission) -> None:
    at = await front.occasion(form)
    await front.office.carry_out_once(workflow.hand_back, at, form.private, form.text("word"))


async def on_take_back(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    pilot = await front.office.look_up(handed.pilot_of, at, click.value)
    group = await owner_group(front, pilot, click.user_id)
    await front.office.carry_out_once(workflow.take_back, at, click.value, owner_group=group)


async def on_direct_message(front: Front, said: ThreadMessage) -> None:
    at = said.at(front.office.clock.now())
    people = {said.user_id, *(who for who in said.mentions if not is_group(who))}
    await asyncio.gather(*(front.people.know(said.workspace_id, who) for who in people))
    work = answering.revise if said.edited_at else answering.hear
    await front.office.carry_out_once(work, at, said)
