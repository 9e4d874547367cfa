"""What people do with promotions: request, approve, decline; and how a pilot ends."""

from functools import partial

from bot.desk import Front
from bot.domain.review import FromAnotherWorkspace
from bot.domain.reviews import Choice
from bot.pilots import workflow as pilots
from bot.pilots.listeners import open_retire_form, owner_group
from bot.pilots.messages import ActionId as PilotActionId, CallbackId as PilotCallbackId
from bot.review import messages, workflow
from bot.review.messages import ActionId, CallbackId
from bot.review.panels import panel_for
from bot.slack.payloads import ButtonClick, FormSubmission, SlashCommand
from bot.slack.router import Router


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.click(PilotActionId.REQUEST, partial(on_request, front))
    router.click(ActionId.APPROVE, partial(on_approve, front))
    router.click(ActionId.DECLINE, partial(on_decline, front))
    router.form(CallbackId.DECLINE, partial(on_declined, front))
    router.command("retire", partial(on_retire_asked, front), example="/pilot retire Refund triage")
    router.form(PilotCallbackId.RETIRE, partial(on_retire, front))
    router.link(ActionId.OPEN_INTERVIEW)


async def on_request(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    pilot, gate = await front.office.look_up(workflow.gate_before, at, click.value)
    panel = await panel_for(front, click.workspace_id, pilot, gate)
    review = await front.office.carry_out_once(workflow.request, at, pilot.id, panel)
    if review:
        await tell(front, click, messages.asked_privately(front.office.library, review, pilot, panel))


async def tell(front: Front, click: ButtonClick, said: str) -> None:
    """Tell the person who clicked something in private, where they clicked."""
    if click.channel_id:
        await front.slack.whisper(
            click.workspace_id, click.channel_id, click.user_id, said, response_url=click.response_url
        )


async def on_approve(front: Front, click: ButtonClick) -> None:
    await _decide(front, click, click.value, Choice.APPROVE, "")


async def on_decline(front: Front, click: ButtonClick) -> None:
    """Ask for the reason, after the same checks as the decision itself, so that nobody writes one in vain."""
    at = await front.occasion(click)
    pilot, gate = await front.office.look_up(workflow.gate_of, at, click.value)
    panel = await panel_for(front, click.workspace_id, pilot, gate)
    review = await front.office.look_up(workflow.may_decide, at, click.value, panel)
    form = messages.decline_form(front.office.library, pilot, review)
    await front.slack.open_view(click.workspace_id, click.trigger_id, form)


async def on_declined(front: Front, form: FormSubmission) -> None:
    await _decide(front, form, form.private, Choice.DECLINE, form.text("reason"))


async def on_retire_asked(front: Front, command: SlashCommand) -> None:
    at = await front.occasion(command)
    pilot = await front.office.look_up(pilots.find, at, command.rest, command.channel_id, "retire")
    await open_retire_form(front, command, pilot.id, pilot.id, PilotCallbackId.RETIRE)


async def on_retire(front: Front, form: FormSubmission) -> None:
    at = await front.occasion(form)
    pilot = await front.office.look_up(pilots.get, at, form.private)
    group = await owner_group(front, pilot, form.user_id)
    await front.office.carry_out_once(workflow.retire, at, pilot.id, form.text("reason"), owner_group=group)


async def _decide(
    front: Front, inbound: ButtonClick | FormSubmission, review_id: str, choice: Choice, reason: str
) -> None:
    if inbound.from_elsewhere:
        raise FromAnotherWorkspace
    at = await front.occasion(inbound)
    pilot, gate = await front.office.look_up(workflow.gate_of, at, review_id)
    panel = await panel_for(front, inbound.workspace_id, pilot, gate)
    await front.office.carry_out_once(workflow.decide, at, review_id, choice, reason, panel)
