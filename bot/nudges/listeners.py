"""What people do with the message of their day: each listener unwraps, asks the workflow, and shows its answer."""

from functools import partial
from typing import Any

from bot.desk import Front
from bot.domain.values import Occasion
from bot.nudges import blocking, forms, muting, preferring, rest, workflow
from bot.nudges.controls import is_channel
from bot.nudges.names import ActionId, CallbackId, Former
from bot.nudges.preferring import Filled
from bot.pilots.calendars import calendar_of
from bot.pilots.listeners import owner_group
from bot.slack.payloads import ButtonClick, FormSubmission
from bot.slack.router import FormAnswer, Router
from bot.stages.listeners import open_retire_form, taken


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.click(ActionId.UPDATE, partial(on_update, front))
    router.click(ActionId.SNOOZE, partial(on_snooze, front))
    router.form(CallbackId.SNOOZE, partial(on_snoozed, front))
    router.click(ActionId.MUTE, partial(on_mute, front))
    router.form(CallbackId.MUTE, partial(on_muted, front))
    router.click(ActionId.UNMUTE, partial(on_unmute, front))
    router.click(ActionId.BLOCKED, partial(on_blocked, front))
    router.form(CallbackId.BLOCKED, partial(on_reported, front))
    router.click(ActionId.SOLVED, partial(on_solved, front))
    router.form(CallbackId.SOLVED, partial(on_told_how, front))
    router.click(ActionId.NOT_MINE, partial(on_not_mine, front))
    router.form(CallbackId.NOT_MINE, partial(on_passed_on, front))
    router.click(ActionId.NOT_ME, partial(on_not_me, front))
    router.form(CallbackId.NOT_ME, partial(on_handed_on, front))
    router.click(ActionId.PREFERENCES, partial(on_preferences, front))
    router.form(CallbackId.PREFERENCES, partial(on_preferred, front))
    router.click(ActionId.REST, partial(on_rest, front))
    router.click(Former.RETIRE, partial(on_retire, front))
    router.link(ActionId.OPEN)
    router.link(Former.OPEN_REVIEW)


async def on_update(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await front.office.carry_out_once(workflow.update, at, click.value)


async def on_snooze(front: Front, click: ButtonClick) -> None:
    """Ask for how long; the button of an earlier release said that itself."""
    at = await front.occasion(click)
    if click.value.count(":") == 1:
        await front.office.carry_out_once(workflow.snooze_for_a_while, at, click.value)
        return
    _, pilot = await front.office.look_up(workflow.own_line, at, click.value)
    await _show(front, click, forms.snooze_form(front.office.library, pilot, click.value))


async def on_snoozed(front: Front, form: FormSubmission) -> FormAnswer | None:
    at = await front.occasion(form)
    entered = form.choice("until") or "", form.day("day")
    return await taken(front, workflow.snooze, at, form.private, *entered)


async def on_mute(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    _, pilot = await front.office.look_up(workflow.line, at, click.value)
    group = await owner_group(front, pilot, click.user_id)
    notice, pilot = await front.office.look_up(muting.may_mute, at, click.value, group)
    today = (await front.office.look_up(calendar_of, at, click.user_id)).day_of(at.now)
    channel = notice.person_id if is_channel(notice.person_id) else None
    await _show(front, click, forms.mute_form(front.office.library, pilot, click.value, today, channel))


async def on_muted(front: Front, form: FormSubmission) -> FormAnswer | None:
    at = await front.occasion(form)
    _, pilot = await front.office.look_up(workflow.line, at, form.private)
    group = await owner_group(front, pilot, form.user_id)
    entered = form.text("reason"), form.day("until")
    answer = await taken(front, muting.mute, at, form.private, *entered, owner_group=group)
    _homes_show_it(front, at)
    return answer


async def on_unmute(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    pilot = await front.office.look_up(muting.pilot_of, at, click.value)
    group = await owner_group(front, pilot, click.user_id)
    await front.office.carry_out_once(muting.unmute, at, click.value, owner_group=group)
    _homes_show_it(front, at)


async def on_blocked(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    _, pilot = await front.office.look_up(blocking.may_report, at, click.value)
    today = (await front.office.look_up(calendar_of, at, click.user_id)).day_of(at.now)
    await _show(front, click, forms.blocked_form(front.office.library, pilot, click.value, today))


async def on_reported(front: Front, form: FormSubmission) -> FormAnswer | None:
    at, by_id = await front.occasion(form), form.choice("by")
    if by_id:
        await front.people.know(form.workspace_id, by_id)
    return await taken(front, blocking.report, at, form.private, form.text("what"), by_id, form.day("until"))


async def on_solved(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    pilot, _ = await front.office.look_up(blocking.get, at, click.value)
    group = await owner_group(front, pilot, click.user_id)
    found = await front.office.look_up(blocking.may_solve, at, click.value, group)
    await _show(front, click, forms.solved_form(front.office.library, *found))


async def on_told_how(front: Front, form: FormSubmission) -> FormAnswer | None:
    at = await front.occasion(form)
    pilot, _ = await front.office.look_up(blocking.get, at, form.private)
    group = await owner_group(front, pilot, form.user_id)
    return await taken(front, blocking.solve, at, form.private, form.text("how"), owner_group=group)


async def on_not_mine(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    found = await front.office.look_up(blocking.may_pass_on, at, click.value)
    await _show(front, click, forms.not_mine_form(front.office.library, *found))


async def on_passed_on(front: Front, form: FormSubmission) -> None:
    at = await front.occasion(form)
    await front.office.carry_out_once(blocking.pass_on, at, form.private, form.text("word"))


async def on_not_me(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    pilot = await front.office.look_up(workflow.may_hand_on, at, click.value)
    await _show(front, click, forms.not_me_form(front.office.library, pilot))


async def on_handed_on(front: Front, form: FormSubmission) -> FormAnswer | None:
    at, to_id = await front.occasion(form), form.choice("to") or ""
    if to_id:
        await front.people.know(form.workspace_id, to_id)
    return await taken(front, workflow.hand_on, at, form.private, to_id, form.text("note"))


async def on_rest(front: Front, click: ButtonClick) -> None:
    """Show the lines that a message only counts, in private, below it."""
    at = await front.occasion(click)
    body = await front.office.look_up(rest.of, at, click.value)
    if click.channel_id:
        await front.slack.whisper(
            click.workspace_id, click.channel_id, click.user_id, body, response_url=click.response_url
        )


async def on_preferences(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    now = await front.office.look_up(preferring.reminders_of, at)
    form = forms.preferences_form(front.office.library, now.hours, now.company, now.away)
    await _show(front, click, form)


async def on_preferred(front: Front, form: FormSubmission) -> FormAnswer | None:
    filled = Filled(
        from_hour=form.choice("from") or "",
        until_hour=form.choice("until") or "",
        days=form.choices("days"),
        keep=form.choices("keep"),
        first=form.day("first"),
        last=form.day("last"),
    )
    at = await front.occasion(form)
    answer = await taken(front, preferring.prefer, at, filled)
    _homes_show_it(front, at)
    return answer


async def on_retire(front: Front, click: ButtonClick) -> None:
    """Open the form that ends a pilot; only messages of an earlier release have this button."""
    await open_retire_form(front, click, click.value.partition(":")[0])


def _homes_show_it(front: Front, at: Occasion) -> None:
    """Have open Home tabs looked at, which list somebody's reminders; no pilot was changed that would ring for it."""
    front.office.bell.ring(at.workspace_id, frozenset())


async def _show(front: Front, click: ButtonClick, view: dict[str, Any]) -> None:
    await front.slack.open_view(click.workspace_id, click.trigger_id, view)
