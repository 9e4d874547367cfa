"""What people do with pilots in Slack: each listener unwraps, asks the workflow, and shows its answer."""

import asyncio
from functools import partial

from bot.desk import Front
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.pilots import errors, messages, registering, workflow
from bot.pilots.messages import ActionId, CallbackId
from bot.slack.blocks import Choice
from bot.slack.failures import SlackFailure, spoken_plainly
from bot.slack.gateway import GroupUnknown
from bot.slack.payloads import ButtonClick, FormSubmission, ShortcutUse, SlashCommand
from bot.slack.router import FormAnswer, Router, field_errors

GROUPS_IN_TIME = 1.0
"""Seconds that the form waits for the list of user groups; it opens without them rather than too late."""


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("new", partial(on_new, front))
    router.shortcut("new_pilot", partial(on_shortcut, front))
    router.click(ActionId.NEW, partial(on_new_clicked, front))
    router.form(CallbackId.REGISTER, partial(on_register, front))


async def on_new(front: Front, command: SlashCommand) -> None:
    await _open_form(front, command, command.channel_id)


async def on_new_clicked(front: Front, click: ButtonClick) -> None:
    await _open_form(front, click, None)


async def on_shortcut(front: Front, shortcut: ShortcutUse) -> None:
    await _open_form(front, shortcut, None)


async def on_register(front: Front, form: FormSubmission) -> FormAnswer | None:
    at = await front.occasion(form)
    try:
        registration = await registering.read(front, at, form)
    except errors.FieldsRefused as refused:
        return field_errors({one.field: spoken_plainly(one) for one in refused.fields})
    await front.office.carry_out_once(workflow.register, at, registration)
    return None


async def owner_group(front: Front, pilot: Pilot, user_id: str) -> frozenset[str]:
    """Return who is in the group that owns a pilot; nobody where Slack does not say, or where it makes no difference."""
    if not is_group(pilot.owner_id) or workflow.may_steer(pilot, user_id):
        return frozenset()
    try:
        async with asyncio.timeout(GROUPS_IN_TIME):
            return await front.slack.members_of_group(pilot.workspace_id, pilot.owner_id)
    except (SlackFailure, GroupUnknown, TimeoutError):
        return frozenset()


async def _open_form(
    front: Front, asked: SlashCommand | ButtonClick | ShortcutUse, channel_id: str | None
) -> None:
    await front.office.look_up(workflow.check_member, await front.occasion(asked))
    groups = await _groups(front, asked.workspace_id)
    in_channel = channel_id if channel_id and channel_id[:1] in "CG" else None
    form = messages.register_form(
        front.office.library, champion_id=asked.user_id, channel_id=in_channel, groups=groups
    )
    await front.slack.open_view(asked.workspace_id, asked.trigger_id, form)


async def _groups(front: Front, workspace_id: str) -> list[Choice]:
    try:
        async with asyncio.timeout(GROUPS_IN_TIME):
            found = await front.slack.groups(workspace_id)
    except (SlackFailure, TimeoutError):
        return []
    return [Choice(f"@{group.handle}", group.id) for group in sorted(found, key=lambda group: group.handle)]
