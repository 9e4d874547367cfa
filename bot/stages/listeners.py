"""What people do with a pilot's stage: ask for the next one, go back, wait, go on, end, begin again, and break the glass."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from bot.desk import Front
from bot.domain.messages import Body
from bot.domain.people import is_group, mention
from bot.domain.pilots import Pilot
from bot.domain.reviews import Board
from bot.domain.values import Occasion
from bot.domain.waivers import day_of
from bot.pilots import answerable, groups, workflow as pilots
from bot.pilots.errors import FieldsRefused
from bot.review.errors import CouldNotCheck
from bot.review.hearing import show
from bot.review.listeners import ask_for_promotion
from bot.review.panels import board_for
from bot.slack.failures import spoken_plainly
from bot.slack.lookups import GroupUnknown
from bot.slack.payloads import ButtonClick, FormSubmission, SlashCommand
from bot.slack.router import FormAnswer, Router, field_errors
from bot.stages import emergency, errors, extending, finding, forms, messages, rights, workflow
from bot.stages.attempts import on_record
from bot.stages.messages import ActionId, CallbackId

Asked = ButtonClick | SlashCommand
OpenForm = Callable[[Front, Asked, str], Awaitable[None]]


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("promote", partial(on_promote, front), example="/pilot promote Refund triage")
    for word, open_form in (
        ("rollback", _open_roll_back),
        ("hold", _open_hold),
        ("extend", _open_extend),
        ("retire", open_retire_form),
        ("breakglass", _open_break_glass),
    ):
        example = f"/pilot {word} Refund triage"
        router.command(word, partial(_on_command, front, word, open_form), example=example)
    router.command("resume", partial(on_resume_asked, front), example="/pilot resume Refund triage")
    router.command("revive", partial(on_revive_asked, front), example="/pilot revive Refund triage")
    router.click(ActionId.ROLL_BACK, partial(_on_click, front, _open_roll_back))
    router.click(ActionId.HOLD, partial(_on_click, front, _open_hold))
    router.click(ActionId.RETIRE, partial(_on_click, front, open_retire_form))
    router.click(ActionId.REVIVE, partial(_on_click, front, _open_revive))
    router.click(ActionId.EXTEND, partial(_on_click, front, _open_extend))
    router.click(ActionId.RESUME, partial(on_resume, front))
    router.form(CallbackId.ROLL_BACK, partial(on_rolled_back, front))
    router.form(CallbackId.HOLD, partial(on_held, front))
    router.form(CallbackId.EXTEND, partial(on_extended, front))
    router.form(CallbackId.RETIRE, partial(on_retired, front))
    router.form(CallbackId.REVIVE, partial(on_revived, front))
    router.form(CallbackId.BREAK_GLASS, partial(on_glass_broken, front))


async def on_promote(front: Front, command: SlashCommand) -> Body | None:
    """Ask for a promotion as the button on the card does, once it is clear that the next stage is meant."""
    at = await front.occasion(command)
    pilot = await front.office.look_up(finding.promotion_meant, at, command.rest, command.channel_id)
    return await ask_for_promotion(front, command, pilot.id)


async def on_revive_asked(front: Front, command: SlashCommand) -> None:
    at = await front.occasion(command)
    pilot = await front.office.look_up(finding.find_retired, at, command.rest)
    await _open_revive(front, command, pilot.id)


async def on_resume_asked(front: Front, command: SlashCommand) -> Body | None:
    """Let a pilot go on, and say so: the command may come from a channel where nothing else shows it."""
    at = await front.occasion(command)
    pilot = await front.office.look_up(pilots.find, at, command.rest, command.channel_id, "resume")
    resumed = await _resume(front, at, pilot.id)
    return messages.resumed_privately(front.office.library, resumed) if resumed else None


async def on_resume(front: Front, click: ButtonClick) -> None:
    await _resume(front, await front.occasion(click), click.value)


async def on_rolled_back(front: Front, form: FormSubmission) -> FormAnswer | None:
    at, (pilot_id, _, seen_in) = await front.occasion(form), form.private.partition(":")
    inside = await _groups_in_question(front, at, pilot_id)
    entered = form.choice("stage") or "", form.text("reason")
    async with on_record(front, at, pilot_id, "pilot.rollback_refused"):
        return await taken(front, workflow.roll_back, at, pilot_id, seen_in, *entered, inside)


async def on_held(front: Front, form: FormSubmission) -> FormAnswer | None:
    at, (pilot_id, _, seen) = await front.occasion(form), form.private.partition(":")
    group = await _owners(front, at, pilot_id)
    entered = form.text("reason"), form.day("until")
    async with on_record(front, at, pilot_id, "pilot.hold_refused"):
        return await taken(front, workflow.hold, at, pilot_id, seen, *entered, owner_group=group)


async def on_extended(front: Front, form: FormSubmission) -> FormAnswer | None:
    at, (pilot_id, _, seen) = await front.occasion(form), form.private.partition(":")
    group = await _owners(front, at, pilot_id)
    entered = form.text("reason"), form.day("until")
    async with on_record(front, at, pilot_id, "pilot.extension_refused"):
        return await taken(front, extending.extend, at, pilot_id, seen, *entered, owner_group=group)


async def on_retired(front: Front, form: FormSubmission) -> FormAnswer | None:
    at = await front.occasion(form)
    group = await _owners(front, at, form.private)
    entered = form.text("reason"), form.text("learned")
    async with on_record(front, at, form.private, "pilot.retirement_refused"):
        return await taken(front, workflow.retire, at, form.private, *entered, owner_group=group)


async def on_revived(front: Front, form: FormSubmission) -> FormAnswer | None:
    at = await front.occasion(form)
    group = await _owners(front, at, form.private)
    async with on_record(front, at, form.private, "pilot.revival_refused"):
        return await taken(front, workflow.revive, at, form.private, form.text("reason"), owner_group=group)


async def on_glass_broken(front: Front, form: FormSubmission) -> FormAnswer | None:
    at, (pilot_id, _, seen_in) = await front.occasion(form), form.private.partition(":")
    board = await _emergency_board(front, at, pilot_id)
    entered = form.text("name"), form.text("reason")
    async with on_record(front, at, pilot_id, "pilot.break_glass_refused"):
        return await taken(front, emergency.break_glass, at, pilot_id, seen_in, *entered, board)


async def open_retire_form(
    front: Front,
    asked: Asked,
    pilot_id: str,
    *,
    private: str | None = None,
    callback_id: str = CallbackId.RETIRE,
) -> None:
    """Ask why a pilot ends, but only whoever may end it; `private` and `callback_id` say who takes the answer."""
    at = await front.occasion(asked)
    group = await _owners(front, at, pilot_id)
    async with on_record(front, at, pilot_id, "pilot.retirement_refused"):
        pilot = await front.office.look_up(workflow.may_steer, at, pilot_id, owner_group=group)
    await _show(
        front, asked, forms.retire_form(front.office.library, pilot, private or pilot.id, callback_id)
    )


async def taken(
    front: Front, work: Callable[..., object], at: Occasion, /, *entered: Any, **known: Any
) -> FormAnswer | None:
    """Carry out what a form asks for; a field that is not right keeps it open."""
    try:
        await front.office.carry_out_once(work, at, *entered, **known)
    except FieldsRefused as refused:
        return field_errors({one.field: spoken_plainly(one) for one in refused.fields})
    return None


async def _on_command(front: Front, word: str, open_form: OpenForm, command: SlashCommand) -> None:
    at = await front.occasion(command)
    pilot = await front.office.look_up(pilots.find, at, command.rest, command.channel_id, word)
    await open_form(front, command, pilot.id)


async def _on_click(front: Front, open_form: OpenForm, click: ButtonClick) -> None:
    await open_form(front, click, click.value)


async def _open_roll_back(front: Front, asked: Asked, pilot_id: str) -> None:
    at = await front.occasion(asked)
    inside = await _groups_in_question(front, at, pilot_id)
    async with on_record(front, at, pilot_id, "pilot.rollback_refused"):
        pilot, stages = await front.office.look_up(workflow.may_roll_back, at, pilot_id, inside)
    await _show(front, asked, forms.roll_back_form(front.office.library, pilot, stages))


async def _open_hold(front: Front, asked: Asked, pilot_id: str) -> None:
    at = await front.occasion(asked)
    group = await _owners(front, at, pilot_id)
    async with on_record(front, at, pilot_id, "pilot.hold_refused"):
        pilot = await front.office.look_up(workflow.may_steer, at, pilot_id, owner_group=group)
    await _show(front, asked, forms.hold_form(front.office.library, pilot, day_of(at.now)))


async def _open_extend(front: Front, asked: Asked, pilot_id: str) -> None:
    at = await front.occasion(asked)
    group = await _owners(front, at, pilot_id)
    async with on_record(front, at, pilot_id, "pilot.extension_refused"):
        pilot = await front.office.look_up(extending.may_extend, at, pilot_id, owner_group=group)
    await _show(front, asked, forms.extend_form(front.office.library, pilot, day_of(at.now)))


async def _open_revive(front: Front, asked: Asked, pilot_id: str) -> None:
    at = await front.occasion(asked)
    group = await _owners(front, at, pilot_id)
    async with on_record(front, at, pilot_id, "pilot.revival_refused"):
        ended = await front.office.look_up(workflow.may_revive, at, pilot_id, owner_group=group)
    await _show(front, asked, forms.revive_form(front.office.library, *ended))


async def _open_break_glass(front: Front, asked: Asked, pilot_id: str) -> None:
    at = await front.occasion(asked)
    board = await _emergency_board(front, at, pilot_id)
    async with on_record(front, at, pilot_id, "pilot.break_glass_refused"):
        found = await front.office.look_up(emergency.may_break_glass, at, pilot_id, board)
    await _show(front, asked, forms.break_glass_form(front.office.library, found))


async def _show(front: Front, asked: Asked, view: dict[str, Any]) -> None:
    """Open a window, on top of the list that the click was in."""
    if isinstance(asked, ButtonClick):
        await show(front, asked, view)
    else:
        await front.slack.open_view(asked.workspace_id, asked.trigger_id, view)


async def _resume(front: Front, at: Occasion, pilot_id: str) -> Pilot | None:
    group = await _owners(front, at, pilot_id)
    async with on_record(front, at, pilot_id, "pilot.resumption_refused"):
        return await front.office.carry_out_once(workflow.resume, at, pilot_id, owner_group=group)


async def _owners(front: Front, at: Occasion, pilot_id: str) -> frozenset[str]:
    """Return who is in the group that owns a pilot, where that makes a difference.

    Where Slack does not say, nobody is refused for want of the right, which would stay on the record.
    """
    pilot = await front.office.look_up(pilots.get, at, pilot_id)
    if not is_group(pilot.owner_id) or await front.office.look_up(
        answerable.may_steer, at, pilot, at.actor_id
    ):
        return frozenset()
    members = await _members(front, at.workspace_id, pilot.owner_id)
    if members is None:
        raise errors.GroupUnclear(who=mention(pilot.owner_id))
    return members


async def _groups_in_question(front: Front, at: Occasion, pilot_id: str) -> frozenset[str]:
    """Return the groups that may turn a pilot back and that the person is in, as Slack says now."""
    found = await front.office.look_up(rights.accountable_for, at, pilot_id)
    if at.actor_id in found.ids or not found.groups:
        return frozenset()
    each = await asyncio.gather(*(_members(front, at.workspace_id, group) for group in found.groups))
    members = dict(zip(found.groups, each, strict=True))
    inside = frozenset(group for group, people in members.items() if people and at.actor_id in people)
    unclear = [mention(group) for group, people in members.items() if people is None]
    if unclear and not inside:
        raise errors.GroupUnclear(who=" or ".join(unclear))
    return inside


async def _members(front: Front, workspace_id: str, group: str) -> frozenset[str] | None:
    """Return who is in a group; nobody where Slack has it no more, None where Slack does not say."""
    try:
        return await groups.members(front, workspace_id, group)
    except GroupUnknown:
        return frozenset()


async def _emergency_board(front: Front, at: Occasion, pilot_id: str) -> Board:
    """Return who may break the glass as Slack says now, and who will review it; an emergency waits for no other role."""
    pilot, procedure = await front.office.look_up(emergency.procedure_of, at, pilot_id)
    named = (procedure.policy.break_glass or "",)
    try:
        return await board_for(
            front, at.workspace_id, pilot, procedure, only=[*procedure.policy.roles, *named]
        )
    except CouldNotCheck:
        return await board_for(front, at.workspace_id, pilot, procedure, only=named)
