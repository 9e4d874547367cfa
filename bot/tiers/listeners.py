"""What people do about a pilot's tier: open the form with a command, and submit it."""

from functools import partial

from bot.desk import Front
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldsRefused
from bot.pilots.listeners import owner_group
from bot.slack.failures import spoken_plainly
from bot.slack.payloads import FormSubmission, SlashCommand
from bot.slack.router import FormAnswer, Router, field_errors
from bot.tiers import messages, workflow
from bot.tiers.messages import CallbackId


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("tier", partial(on_tier, front), example="/pilot tier Refund triage")
    router.form(CallbackId.CHANGE, partial(on_changed, front))


async def on_tier(front: Front, command: SlashCommand) -> None:
    at = await front.occasion(command)
    found = await front.office.look_up(pilots.find, at, command.rest, command.channel_id, "tier")
    group = await owner_group(front, found, command.user_id)
    pilot, tier = await front.office.look_up(workflow.may_change, at, found.id, group)
    form = messages.change_form(front.office.library, pilot, tier)
    await front.slack.open_view(command.workspace_id, command.trigger_id, form)


async def on_changed(front: Front, form: FormSubmission) -> FormAnswer | None:
    at = await front.occasion(form)
    pilot = await front.office.look_up(pilots.get, at, form.private)
    group = await owner_group(front, pilot, form.user_id)
    chosen, reason = form.choice("tier") or "", form.text("reason")
    try:
        await front.office.carry_out_once(workflow.change, at, pilot.id, chosen, reason, group)
    except FieldsRefused as refused:
        return field_errors({one.field: spoken_plainly(one) for one in refused.fields})
    return None
