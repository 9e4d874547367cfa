"""What people do with a promotion: ask for it, look closer, agree, decline, ask back, withdraw; and meet its conditions."""

from functools import partial

from bot.desk import Front
from bot.domain.actions import ActionState
from bot.domain.messages import Body
from bot.domain.people import is_group
from bot.domain.review import NotReady
from bot.domain.reviews import Board, Choice
from bot.domain.values import Occasion
from bot.pilots import groups
from bot.pilots.messages import ActionId as PilotActionId
from bot.review import changes, conditions, deciding, details, forms, looking, requesting, told
from bot.review.facts import CardFacts
from bot.review.forms import MOST_CONDITIONS, Entered
from bot.review.hearing import before_deciding, on_record, seen_in, show, taken
from bot.review.messages import ActionId, CallbackId
from bot.review.panels import board_for
from bot.slack.payloads import ButtonClick, FormSubmission, SlashCommand
from bot.slack.router import FormAnswer, Router


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.click(PilotActionId.REQUEST, partial(on_request, front))
    for action_id, decides in (
        (ActionId.APPROVE, on_approve),
        (ActionId.APPROVE_WITH, on_approve_with),
        (ActionId.DECLINE, on_decline),
        (ActionId.REQUEST_CHANGES, on_request_changes),
        (ActionId.TAKE_BACK, on_take_back),
        (ActionId.WITHDRAW, on_withdraw),
    ):
        router.click(action_id, partial(on_record(decides), front))
    for action_id, heard in (
        (ActionId.DETAILS, on_details),
        (ActionId.DETAILS_PAGE, on_details_page),
        (ActionId.WHAT_CHANGED, on_what_changed),
        (ActionId.ADD_CONDITION, on_add_condition),
        (ActionId.ANSWER_CHANGE, on_answer),
        (ActionId.CLEAR_CHANGE, on_clear),
        (ActionId.CONDITION_DONE, on_condition_done),
        (ActionId.CONDITION_DROP, on_condition_drop),
    ):
        router.click(action_id, partial(heard, front))
    for callback_id, decided in (
        (CallbackId.APPROVE, on_confirmed),
        (CallbackId.APPROVE_WITH, on_approved_with),
        (CallbackId.DECLINE, on_declined),
        (CallbackId.REQUEST_CHANGES, on_changes_requested),
    ):
        router.form(callback_id, partial(on_record(decided), front))
    router.form(CallbackId.WITHDRAW, partial(on_withdrawn, front))
    router.form(CallbackId.ANSWER_CHANGE, partial(on_answered, front))
    router.form(CallbackId.CONDITION_DONE, partial(on_condition_met, front))
    router.form(CallbackId.CONDITION_DROP, partial(on_condition_dropped, front))
    router.link(ActionId.OPEN_INTERVIEW)


# Asking


async def on_request(front: Front, click: ButtonClick) -> None:
    said = await ask_for_promotion(front, click, click.value)
    if said and click.channel_id:
        await front.slack.whisper(
            click.workspace_id, click.channel_id, click.user_id, said, response_url=click.response_url
        )


async def ask_for_promotion(front: Front, asked: ButtonClick | SlashCommand, pilot_id: str) -> Body | None:
    """Ask for the promotion to the next stage; return what the person is told in private, where they asked."""
    at, library = await front.occasion(asked), front.office.library
    try:
        found = await front.office.look_up(requesting.may_request, at, pilot_id)
        board = await board_for(front, asked.workspace_id, found.pilot, found.procedure)
        review = await front.office.carry_out_once(requesting.request, at, pilot_id, board)
    except NotReady as refused:
        return told.not_ready_message(library, refused.pilot, refused.verdict)
    if review is None:
        return None
    facts = await front.office.look_up(looking.facts_of, at, review.id)
    return Body(text=told.asked_privately(library, facts), blocks=[])


async def on_withdraw(front: Front, click: ButtonClick) -> None:
    at, (review_id, _) = await front.occasion(click), seen_in(click.value)
    review = await front.office.look_up(requesting.may_withdraw, at, review_id)
    facts = await front.office.look_up(looking.facts_of, at, review.id)
    await show(front, click, forms.withdraw_form(front.office.library, facts))


async def on_withdrawn(front: Front, form: FormSubmission) -> FormAnswer:
    at, (review_id, _) = await front.occasion(form), seen_in(form.private)
    return await taken(front.office.carry_out_once(requesting.withdraw, at, review_id, form.text("reason")))


# Deciding


async def on_approve(front: Front, click: ButtonClick) -> None:
    """Approve at once, or ask to type the pilot's name where the policy wants that."""
    review_id, seen = seen_in(click.value)
    at, board = await before_deciding(front, click, review_id)
    facts = await front.office.look_up(deciding.may_vote, at, review_id, seen, Choice.APPROVE, board)
    if facts.procedure and facts.procedure.policy.confirm_again:
        await show(front, click, forms.confirm_form(front.office.library, facts))
        return
    await front.office.carry_out_once(deciding.vote, at, review_id, seen, Choice.APPROVE, board)


async def on_confirmed(front: Front, form: FormSubmission) -> FormAnswer:
    review_id, seen = seen_in(form.private)
    at, board = await before_deciding(front, form, review_id)
    note, typed = form.text("note"), form.text("name")
    vote = partial(deciding.vote, reason=note, typed=typed)
    return await taken(front.office.carry_out_once(vote, at, review_id, seen, Choice.APPROVE, board))


async def on_approve_with(front: Front, click: ButtonClick) -> None:
    facts = await _may_vote(front, click, Choice.APPROVE)
    await show(front, click, forms.conditions_form(front.office.library, facts, 1))


async def on_add_condition(front: Front, click: ButtonClick) -> None:
    """Show one row more; Slack keeps what stands in the others."""
    value, _, rows = click.value.rpartition(":")
    at, (review_id, _) = await front.occasion(click), seen_in(value)
    facts = await front.office.look_up(looking.open_facts, at, review_id)
    count = int(rows) if rows.isdecimal() and len(rows) < 3 else MOST_CONDITIONS
    view = forms.conditions_form(front.office.library, facts, count) | {"private_metadata": value}
    if click.view_id:
        await front.slack.update_view(click.workspace_id, click.view_id, view)


async def on_approved_with(front: Front, form: FormSubmission) -> FormAnswer:
    review_id, seen = seen_in(form.private)
    at, board = await before_deciding(front, form, review_id)
    rows = entered(form)
    for owner_id in {row.owner_id for row in rows.values() if row.owner_id}:
        await front.people.know(form.workspace_id, owner_id)
    approve = partial(deciding.approve_with, reason=form.text("note"), typed=form.text("name"))
    return await taken(front.office.carry_out_once(approve, at, review_id, seen, rows, board))


async def on_decline(front: Front, click: ButtonClick) -> None:
    """Ask for the reason, after the same checks as the decision itself, so that nobody writes one in vain."""
    facts = await _may_vote(front, click, Choice.DECLINE)
    await show(front, click, forms.decline_form(front.office.library, facts))


async def on_declined(front: Front, form: FormSubmission) -> FormAnswer:
    review_id, seen = seen_in(form.private)
    at, board = await before_deciding(front, form, review_id)
    vote = partial(deciding.vote, reason=form.text("reason"))
    return await taken(front.office.carry_out_once(vote, at, review_id, seen, Choice.DECLINE, board))


async def on_take_back(front: Front, click: ButtonClick) -> None:
    review_id, _ = seen_in(click.value)
    at, board = await before_deciding(front, click, review_id)
    await front.office.carry_out_once(deciding.take_back, at, review_id, board)


async def _may_vote(front: Front, click: ButtonClick, choice: Choice) -> CardFacts:
    review_id, seen = seen_in(click.value)
    at, board = await before_deciding(front, click, review_id)
    return await front.office.look_up(deciding.may_vote, at, review_id, seen, choice, board)


# Asking back


async def on_request_changes(front: Front, click: ButtonClick) -> None:
    review_id, seen = seen_in(click.value)
    at, board = await before_deciding(front, click, review_id)
    facts, standing = await front.office.look_up(changes.may_ask, at, review_id, seen, board)
    await show(front, click, forms.changes_form(front.office.library, facts, standing))


async def on_changes_requested(front: Front, form: FormSubmission) -> FormAnswer:
    review_id, seen = seen_in(form.private)
    at, board = await before_deciding(front, form, review_id)
    question = form.text("question")
    return await taken(front.office.carry_out_once(changes.ask, at, review_id, seen, question, board))


async def on_answer(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    facts, question = await front.office.look_up(changes.may_answer, at, click.value)
    await show(front, click, forms.answer_form(front.office.library, facts, question))


async def on_answered(front: Front, form: FormSubmission) -> FormAnswer:
    at = await front.occasion(form)
    return await taken(front.office.carry_out_once(changes.answer, at, form.private, form.text("reply")))


async def on_clear(front: Front, click: ButtonClick) -> None:
    """Take a question back, in the thread or in the window that it stands in, which then begins anew."""
    at = await front.occasion(click)
    change = await front.office.carry_out_once(changes.take_back, at, click.value)
    if change and click.view_id:
        facts = await front.office.look_up(looking.facts_of, at, change.review_id)
        view = forms.changes_form(front.office.library, facts)
        await front.slack.update_view(click.workspace_id, click.view_id, view)


# Looking closer


async def on_details(front: Front, click: ButtonClick) -> None:
    at, (review_id, _) = await front.occasion(click), seen_in(click.value)
    facts = await front.office.look_up(looking.facts_of, at, review_id)
    review = facts.review
    view = details.details_view(front.office.library, facts, review.snapshot, review.snapshot_hash, 1)
    await show(front, click, view)


async def on_details_page(front: Front, click: ButtonClick) -> None:
    value, _, page = click.value.rpartition(":")
    at, (review_id, seen) = await front.occasion(click), seen_in(value)
    facts = await front.office.look_up(looking.facts_of, at, review_id)
    snapshot = await front.office.look_up(looking.snapshot_by, at, facts, seen)
    number = int(page) if page.isdecimal() and len(page) < 4 else 1
    view = details.details_view(front.office.library, facts, snapshot, seen, number)
    if click.view_id:
        await front.slack.update_view(click.workspace_id, click.view_id, view)


async def on_what_changed(front: Front, click: ButtonClick) -> None:
    at, (review_id, _) = await front.occasion(click), seen_in(click.value)
    facts = await front.office.look_up(looking.facts_of, at, review_id)
    before = await front.office.look_up(looking.before, at, facts)
    await show(front, click, details.changes_view(front.office.library, facts, before))


# Conditions


async def on_condition_done(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    owners = await _owners(front, at, click.value)
    pilot, action = await front.office.look_up(conditions.may_meet, at, click.value, owners)
    await show(front, click, forms.condition_done_form(front.office.library, action, pilot))


async def on_condition_met(front: Front, form: FormSubmission) -> FormAnswer:
    at = await front.occasion(form)
    owners = await _owners(front, at, form.private)
    close = partial(conditions.close, owners=owners)
    words = form.text("reason")
    return await taken(front.office.carry_out_once(close, at, form.private, ActionState.DONE, words))


async def on_condition_drop(front: Front, click: ButtonClick) -> None:
    at, board = await _before_dropping(front, click, click.value)
    pilot, action = await front.office.look_up(conditions.may_drop, at, click.value, board)
    await show(front, click, forms.condition_drop_form(front.office.library, action, pilot))


async def on_condition_dropped(front: Front, form: FormSubmission) -> FormAnswer:
    at, board = await _before_dropping(front, form, form.private)
    close, words = partial(conditions.close, board=board), form.text("reason")
    return await taken(front.office.carry_out_once(close, at, form.private, ActionState.DROPPED, words))


async def _before_dropping(
    front: Front, inbound: ButtonClick | FormSubmission, action_id: str
) -> tuple[Occasion, Board]:
    at = await front.occasion(inbound)
    _, action = await front.office.look_up(conditions.find, at, action_id)
    return await before_deciding(front, inbound, action.review_id or "")


async def _owners(front: Front, at: Occasion, action_id: str) -> frozenset[str]:
    """Return who is in the group that sees to a condition; nobody where a person does, or where Slack does not say."""
    _, action = await front.office.look_up(conditions.find, at, action_id)
    if not action.owner_id or not is_group(action.owner_id):
        return frozenset()
    return await groups.members(front, at.workspace_id, action.owner_id) or frozenset()


def entered(form: FormSubmission) -> dict[int, Entered]:
    """Return the rows of conditions that a form has, by number."""
    return {
        n: Entered(form.text(f"what_{n}"), form.choice(f"owner_{n}"), form.day(f"due_{n}"))
        for n in range(1, MOST_CONDITIONS + 1)
        if f"what_{n}" in form.fields
    }
