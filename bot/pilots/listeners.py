"""What people do with pilots in Slack: each listener unwraps, asks the workflow, and shows its answer."""

from functools import partial

from bot.desk import Front
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.pilots import errors, groups, messages, registering, workflow
from bot.pilots.messages import ActionId, CallbackId
from bot.slack.failures import spoken_plainly
from bot.slack.lookups import GroupUnknown
from bot.slack.payloads import ButtonClick, FormSubmission, ShortcutUse, SlashCommand
from bot.slack.router import FormAnswer, Router, field_errors


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
    if not is_group(pilot.owner_id) or user_id in {pilot.champion_id, pilot.registered_by}:
        return frozenset()
    try:
        return await groups.members(front, pilot.workspace_id, pilot.owner_id) or frozenset()
    except GroupUnknown:
        return frozenset()


async def _open_form(
    front: Front, asked: SlashCommand | ButtonClick | ShortcutUse, channel_id: str | None
) -> None:
    await front.office.look_up(workflow.check_member, await front.occasion(asked))
    owners = await groups.choices(front, asked.workspace_id)
    in_channel = channel_id if channel_id and channel_id[:1] in "CG" else None
    form = messages.register_form(
        front.office.library, champion_id=asked.user_id, channel_id=in_channel, groups=owners
    )
    await front.slack.open_view(asked.workspace_id, asked.trigger_id, form)
