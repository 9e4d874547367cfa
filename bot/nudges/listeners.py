"""What people do with a nudge: go on, snooze, retire."""

from functools import partial

from bot.desk import Desk, Front
from bot.interview import workflow as interviews
from bot.nudges import workflow
from bot.nudges.messages import ActionId, CallbackId
from bot.slack.payloads import ButtonClick, FormSubmission
from bot.slack.router import FormAnswer, Router
from bot.stages.listeners import open_retire_form, taken


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.click(ActionId.UPDATE, partial(on_update, front))
    router.click(ActionId.SNOOZE, partial(on_snooze, front))
    router.click(ActionId.RETIRE, partial(on_retire, front))
    router.link(ActionId.OPEN_REVIEW)
    router.form(CallbackId.RETIRE, partial(on_retired, front))


async def on_update(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await front.office.carry_out_once(_update, at, *_pilot_and_slot(click.value))


async def on_snooze(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await front.office.carry_out_once(workflow.snooze, at, *_pilot_and_slot(click.value))


async def on_retire(front: Front, click: ButtonClick) -> None:
    pilot_id, _ = _pilot_and_slot(click.value)
    await open_retire_form(front, click, pilot_id, private=click.value, callback_id=CallbackId.RETIRE)


async def on_retired(front: Front, form: FormSubmission) -> FormAnswer | None:
    at = await front.occasion(form)
    why, learned = form.text("reason"), form.text("learned")
    return await taken(front, workflow.retire, at, *_pilot_and_slot(form.private), why, learned)


def _update(desk: Desk, pilot_id: str, slot: str) -> None:
    """Go on with the interview in its thread, and let the nudge say so."""
    workflow.note_update(desk, pilot_id, slot)
    interviews.go_on(desk, pilot_id)


def _pilot_and_slot(value: str) -> tuple[str, str]:
    pilot_id, _, slot = value.partition(":")
    return pilot_id, slot
