"""What people do to hand a pilot over: propose somebody, accept, decline. Who is in a group is asked of Slack at each click."""

from collections.abc import Mapping
from functools import partial

from bot.desk import Front
from bot.domain.people import is_group, mention
from bot.domain.values import Occasion
from bot.handover import errors, forms, workflow
from bot.handover.messages import ActionId, CallbackId
from bot.handover.workflow import NOBODY, Entered
from bot.pilots import groups, registering, workflow as pilots
from bot.pilots.errors import FieldsRefused
from bot.pilots.listeners import owner_group
from bot.slack.failures import spoken_plainly
from bot.slack.lookups import GroupUnknown
from bot.slack.payloads import ButtonClick, FormSubmission, SlashCommand
from bot.slack.reading import Inbound
from bot.slack.router import FormAnswer, Router, field_errors


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("handover", partial(on_handover, front), example="/pilot handover Refund triage")
    router.click(ActionId.HAND_OVER, partial(on_hand_over, front))
    router.form(CallbackId.HAND_OVER, partial(on_handed_over, front))
    router.click(ActionId.ACCEPT, partial(on_accept, front))
    router.form(CallbackId.ACCEPT, partial(on_accepted, front))
    router.click(ActionId.NOT_ME, partial(on_not_me, front))
    router.form(CallbackId.REFUSE, partial(on_refused, front))


async def on_handover(front: Front, command: SlashCommand) -> None:
    at = await front.occasion(command)
    pilot = await front.office.look_up(pilots.find, at, command.rest, command.channel_id, "handover")
    await _open_form(front, command, at, pilot.id)


async def on_hand_over(front: Front, click: ButtonClick) -> None:
    await _open_form(front, click, await front.occasion(click), click.value)


async def on_handed_over(front: Front, form: FormSubmission) -> FormAnswer | None:
    at = await front.occasion(form)
    pilot = await front.office.look_up(pilots.get, at, form.private)
    to_id = registering.owner_of(form)
    if is_group(to_id):
        await _check_somebody_in(front, form, to_id)
    else:
        await front.people.know(form.workspace_id, to_id)
    group = await owner_group(front, pilot, form.user_id)
    await front.office.carry_out_once(workflow.propose, at, pilot.id, to_id, form.text("note"), group)
    return None


async def on_accept(front: Front, click: ButtonClick) -> None:
    await open_accept_form(front, click, click.value)


async def open_accept_form(front: Front, click: ButtonClick, handover_id: str) -> None:
    """Ask for the runbook and the rest, but only whoever may accept, so that nobody writes it in vain."""
    at, group = await _before_answering(front, click, handover_id)
    pilot, found = await front.office.look_up(workflow.may_answer, at, handover_id, group)
    choices = await groups.choices(front, click.workspace_id)
    today = await front.office.look_up(workflow.today, at)
    form = forms.accept_form(front.office.library, pilot, found, choices, today)
    await front.slack.open_view(click.workspace_id, click.trigger_id, form)


async def on_accepted(front: Front, form: FormSubmission) -> FormAnswer | None:
    at, group = await _before_answering(front, form, form.private)
    entered = _entered(form)
    names = await _names(front, form, entered)
    try:
        await front.office.carry_out_once(workflow.accept, at, form.private, entered, group, names)
    except FieldsRefused as refused:
        return field_errors({one.field: spoken_plainly(one) for one in refused.fields})
    return None


async def on_not_me(front: Front, click: ButtonClick) -> None:
    at, group = await _before_answering(front, click, click.value)
    pilot, found = await front.office.look_up(workflow.may_answer, at, click.value, group)
    form = forms.refuse_form(front.office.library, pilot, found)
    await front.slack.open_view(click.workspace_id, click.trigger_id, form)


async def on_refused(front: Front, form: FormSubmission) -> None:
    at, group = await _before_answering(front, form, form.private)
    await front.office.carry_out_once(workflow.refuse, at, form.private, form.text("reason"), group)


async def _open_form(front: Front, asked: SlashCommand | ButtonClick, at: Occasion, pilot_id: str) -> None:
    pilot = await front.office.look_up(pilots.get_running, at, pilot_id)
    group = await owner_group(front, pilot, asked.user_id)
    pilot, owner = await front.office.look_up(workflow.may_hand_over, at, pilot_id, group)
    choices = await groups.choices(front, asked.workspace_id)
    form = forms.hand_over_form(front.office.library, pilot, owner, choices)
    await front.slack.open_view(asked.workspace_id, asked.trigger_id, form)


async def _before_answering(
    front: Front, inbound: Inbound, handover_id: str
) -> tuple[Occasion, frozenset[str]]:
    """Return the occasion, and who is in the group that was asked as Slack says now; nobody where a person was asked."""
    if inbound.from_elsewhere:
        raise errors.CannotOwn
    at = await front.occasion(inbound)
    found = await front.office.look_up(workflow.get, at, handover_id)
    if not is_group(found.to_id):
        return at, NOBODY
    try:
        members = await groups.members(front, inbound.workspace_id, found.to_id)
    except GroupUnknown:
        return at, NOBODY
    if members is None:
        raise errors.GroupSilent(who=mention(found.to_id))
    return at, members


async def _check_somebody_in(front: Front, form: FormSubmission, group_id: str) -> None:
    try:
        members = await groups.members(front, form.workspace_id, group_id)
    except GroupUnknown as unknown:
        raise errors.NoSuchGroup("owner_group") from unknown
    if members is None:
        raise errors.GroupUnclear("owner_group")
    if not members:
        raise errors.GroupEmpty("owner_group")


async def _names(front: Front, form: FormSubmission, entered: Entered) -> Mapping[str, str]:
    """Return what groups are called, once the person who is called is known to the rules."""
    for one in entered.contact_ids:
        if not is_group(one):
            await front.people.know(form.workspace_id, one)
    return await groups.handles(front, form.workspace_id)


def _entered(form: FormSubmission) -> Entered:
    """Return what the form says; what is wrong with it is for the workflow to say."""
    chosen = (form.choice("contact"), form.choice("contact_group"))
    return Entered(
        runbook=form.text("runbook"),
        contact_ids=tuple(one for one in chosen if one),
        contact=form.text("contact_words")[: forms.CONTACT_LENGTH],
        first_review_on=form.day("first_review"),
    )
