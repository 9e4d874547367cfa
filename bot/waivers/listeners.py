"""What people do with waivers: ask for one, grant, refuse, revoke, look at all of a pilot."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bot.desk import Front
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.review import Panel
from bot.domain.values import Occasion
from bot.domain.waivers import day_of
from bot.domain.waiving import FromAnotherWorkspace
from bot.pilots import answerable, groups
from bot.pilots.errors import FieldsRefused
from bot.review import workflow as reviews
from bot.review.errors import CouldNotCheck
from bot.review.hearing import show
from bot.review.panels import panel_for
from bot.slack.failures import spoken_plainly
from bot.slack.lookups import GroupUnknown
from bot.slack.payloads import ButtonClick, FormSubmission, SlashCommand
from bot.slack.reading import Inbound
from bot.slack.router import FormAnswer, Router, close_all, field_errors
from bot.waivers import errors, forms, workflow
from bot.waivers.attempts import on_record
from bot.waivers.messages import ActionId, CallbackId
from bot.waivers.workflow import Entered


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("waivers", partial(on_waivers, front), example="/pilot waivers Refund triage")
    router.click(ActionId.LIST, partial(on_list, front))
    router.click(ActionId.ASK, partial(on_ask, front))
    router.form(CallbackId.ASK, partial(on_asked, front))
    router.click(ActionId.GRANT, partial(on_grant, front))
    router.click(ActionId.REFUSE, partial(on_refuse, front))
    router.form(CallbackId.REFUSE, partial(on_refused, front))
    router.click(ActionId.REVOKE, partial(on_revoke, front))
    router.form(CallbackId.REVOKE, partial(on_revoked, front))


async def on_waivers(front: Front, command: SlashCommand) -> None:
    at = await front.occasion(command)
    listed = await front.office.look_up(workflow.find, at, command.rest, command.channel_id)
    view = forms.list_view(front.office.library, listed)
    await front.slack.open_view(command.workspace_id, command.trigger_id, view)


async def on_list(front: Front, click: ButtonClick) -> None:
    listed = await front.office.look_up(workflow.list_of, await front.occasion(click), click.value)
    await show(front, click, forms.list_view(front.office.library, listed))


async def on_ask(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    offer = await front.office.look_up(workflow.offer, at, click.value)
    await show(front, click, forms.ask_form(front.office.library, offer, day_of(at.now)))


async def on_asked(front: Front, form: FormSubmission) -> FormAnswer:
    at = await front.occasion(form)
    entered = Entered(form.choices("items"), form.day("until"), form.text("reason"))
    pilot, gate = await front.office.look_up(reviews.gate_before, at, form.private)
    panel = await panel_for(front, form.workspace_id, pilot, gate)
    return await _taken(front, workflow.ask, at, pilot.id, entered, panel)


async def on_grant(front: Front, click: ButtonClick) -> None:
    async with on_record(front, click, click.value, "waiver.decision_refused"):
        at, panel = await _before_deciding(front, click, click.value)
        await front.office.carry_out_once(workflow.grant, at, click.value, panel)


async def on_refuse(front: Front, click: ButtonClick) -> None:
    """Ask for the reason, after the same checks as the decision itself, so that nobody writes one in vain."""
    async with on_record(front, click, click.value, "waiver.decision_refused"):
        at, panel = await _before_deciding(front, click, click.value)
        request = await front.office.look_up(workflow.may_decide, at, click.value, panel)
    await show(front, click, forms.refuse_form(front.office.library, request))


async def on_refused(front: Front, form: FormSubmission) -> FormAnswer:
    async with on_record(front, form, form.private, "waiver.decision_refused"):
        at, panel = await _before_deciding(front, form, form.private)
        return await _taken(front, workflow.refuse, at, form.private, form.text("reason"), panel)


async def on_revoke(front: Front, click: ButtonClick) -> None:
    async with on_record(front, click, click.value, "waiver.revocation_refused"):
        at, panel, owners = await _before_revoking(front, click, click.value)
        request = await front.office.look_up(workflow.may_revoke, at, click.value, panel, owners)
    await show(front, click, forms.revoke_form(front.office.library, request))


async def on_revoked(front: Front, form: FormSubmission) -> FormAnswer:
    item_ids = form.choices("items") if "items" in form.fields else None
    async with on_record(front, form, form.private, "waiver.revocation_refused"):
        at, panel, owners = await _before_revoking(front, form, form.private)
        return await _taken(
            front, workflow.revoke, at, form.private, item_ids, form.text("reason"), panel, owners
        )


async def _taken(front: Front, work: Callable[..., object], at: Occasion, *entered: Any) -> FormAnswer:
    """Carry out what a form asks for and close every window, since those below show what was before."""
    try:
        await front.office.carry_out_once(work, at, *entered)
    except FieldsRefused as refused:
        return field_errors({one.field: spoken_plainly(one) for one in refused.fields})
    return close_all()


async def _before_deciding(front: Front, inbound: Inbound, request_id: str) -> tuple[Occasion, Panel]:
    """Return the occasion, and who may decide as Slack says now."""
    if inbound.from_elsewhere:
        raise FromAnotherWorkspace
    at = await front.occasion(inbound)
    pilot, gate = await front.office.look_up(workflow.gate_of, at, request_id)
    if gate is None:
        raise errors.GateGone
    return at, await panel_for(front, inbound.workspace_id, pilot, gate)


async def _before_revoking(
    front: Front, inbound: Inbound, request_id: str
) -> tuple[Occasion, Panel, frozenset[str]]:
    """Return the same, and who is behind the pilot's owner; whoever answers for the pilot needs no panel to say stop."""
    if inbound.from_elsewhere:
        raise FromAnotherWorkspace
    at = await front.occasion(inbound)
    pilot, gate = await front.office.look_up(workflow.gate_of, at, request_id)
    owner = await front.office.look_up(answerable.owner_of, at, pilot)
    owners = await _behind(front, pilot, owner) if owner else frozenset()
    panel = await _panel_for_revoking(front, pilot, gate, inbound.user_id, owners or frozenset())
    if owners is None and inbound.user_id not in panel.people | {pilot.champion_id}:
        raise CouldNotCheck  # no refusal for want of the right, which would stay on the record
    return at, panel, owners or frozenset()


async def _behind(front: Front, pilot: Pilot, owner: str) -> frozenset[str] | None:
    """Return the people behind a pilot's owner as Slack says now; None where it does not say."""
    if not is_group(owner):
        return frozenset({owner})
    try:
        return await groups.members(front, pilot.workspace_id, owner)
    except GroupUnknown:
        return frozenset()


async def _panel_for_revoking(
    front: Front, pilot: Pilot, gate: Gate | None, user_id: str, owners: frozenset[str]
) -> Panel:
    if gate is None or user_id == pilot.champion_id or user_id in owners:
        return Panel(title="", people=frozenset(), shown="")
    return await panel_for(front, pilot.workspace_id, pilot, gate)
