"""What people do with answers outside the turn: each listener unwraps, asks the workflow, and shows its answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from bot.answers import deleting, filled, forms, picking, shortcuts, views, workflow
from bot.answers.filled import Filled, FilledPlan
from bot.answers.kinds import NO_GROUPS, Groups
from bot.answers.names import About, ActionId, CallbackId, MenuChoice, QuestionChoice, Shortcut, page_of
from bot.answers.picked import Picked
from bot.desk import Desk, Front
from bot.domain.errors import Refusal
from bot.domain.people import is_group
from bot.domain.playbook import AnswerKind
from bot.domain.text import mentioned
from bot.domain.values import Occasion
from bot.interview import question, workflow as interviews
from bot.interview.controls import Former
from bot.pilots import groups as user_groups
from bot.pilots.errors import FieldsRefused
from bot.slack.blocks import Choice
from bot.slack.failures import SlackFailure, spoken_plainly
from bot.slack.payloads import ButtonClick, FormSubmission, MessageRemoved, ShortcutUse
from bot.slack.reading import Malformed, reach
from bot.slack.router import FormAnswer, Router, UnknownControl, field_errors, show_instead

LIST_IN_TIME = 1.0
"""Seconds that a saved form waits for the list below it to change; Slack gives up on us after three."""


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.click(ActionId.WRITE, partial(on_write, front))
    router.form(CallbackId.ANSWER, partial(on_written, front))
    router.click(ActionId.PLAN, partial(on_plan, front))
    router.form(CallbackId.PLAN, partial(on_planned, front))
    router.click(ActionId.MENU, partial(on_menu, front))
    router.form(CallbackId.EVIDENCE, partial(on_links_changed, front))
    router.click(ActionId.HISTORY, partial(on_history, front))
    router.click(ActionId.LIST, partial(on_list, front))
    router.click(ActionId.QUESTION_MENU, partial(on_question_menu, front))
    router.form(CallbackId.NOT_APPLICABLE, partial(on_reason, front))
    router.click(Former.CHANGE, partial(on_write, front))
    router.click(Former.NOT_APPLICABLE, partial(on_not_applicable, front))
    for what in Shortcut:
        router.shortcut(what, partial(on_shortcut, front, what))
        router.form(picking.CALLBACKS[what], partial(on_picked, front, what))
    router.click(ActionId.PILOT_CHOSEN, partial(on_pilot_chosen, front))
    router.message_removed(partial(on_removed, front))
    router.click(ActionId.KEEP, partial(on_asked_about, front, deleting.keep))
    router.click(ActionId.TAKE_BACK, partial(on_asked_about, front, deleting.take_back))


async def on_write(front: Front, click: ButtonClick) -> None:
    about = About.unpack(click.value)
    await _open_answer_form(front, click, _in_list(about, click))


async def on_written(front: Front, form: FormSubmission) -> FormAnswer | None:
    at, about, entered = await front.occasion(form), About.unpack(form.private), Filled.of(form)
    await asyncio.gather(*(front.people.know(form.workspace_id, who) for who in entered.people))
    try:
        await front.office.carry_out_once(workflow.write, at, about, entered)
    except FieldsRefused as refused:
        return _at_their_fields(refused, form)
    await _renew_list(front, at, about)
    return None


async def on_plan(front: Front, click: ButtonClick) -> None:
    about = About.unpack(click.value)
    asked = await front.office.look_up(workflow.look_at, await front.occasion(click), about)
    form = forms.plan_form(front.office.library, asked.pilot, asked.item, asked.plan, about)
    await _show(front, click, form)


async def on_planned(front: Front, form: FormSubmission) -> FormAnswer | None:
    at, entered = await front.occasion(form), FilledPlan.of(form)
    if entered.who:
        await front.people.know(form.workspace_id, entered.who)
    try:
        await front.office.carry_out_once(workflow.plan, at, About.unpack(form.private), entered)
    except FieldsRefused as refused:
        return _at_their_fields(refused, form)
    return None


async def on_menu(front: Front, click: ButtonClick) -> None:
    """Open what was chosen beside an answer's line."""
    choice, _, ids = click.value.partition(":")
    if choice not in _BESIDE_A_LINE:
        raise UnknownControl
    await _BESIDE_A_LINE[choice](front, click, About.unpack(ids))


async def on_links_changed(front: Front, form: FormSubmission) -> FormAnswer | None:
    at, about = await front.occasion(form), About.unpack(form.private)
    keep, add = form.choices(filled.KEEP), form.text(filled.ADD)
    try:
        await front.office.carry_out_once(workflow.change_links, at, about, keep, add)
    except FieldsRefused as refused:
        return _at_their_fields(refused, form)
    return None


async def on_history(front: Front, click: ButtonClick) -> None:
    ids, _, page = click.value.rpartition(":")
    await _open_history(front, click, About.unpack(ids), page_of(page))


async def on_list(front: Front, click: ButtonClick) -> None:
    pilot_id, _, page = click.value.partition(":")
    at = await front.occasion(click)
    pilot, listed = await front.office.look_up(workflow.all_answers, at, pilot_id)
    view = views.list_view(front.office.library, pilot, listed, page_of(page))
    await _turn_or_show(front, click, view, CallbackId.LIST)


async def on_question_menu(front: Front, click: ButtonClick) -> None:
    """Do what was chosen beside a question: "does not apply" asks for the reason first, "why this" only tells."""
    choice, _, ids = click.value.partition(":")
    interview_id, _, item_id = ids.partition(":")
    if choice in _TURNS:
        at = await front.occasion(click)
        await front.office.carry_out_once(_TURNS[choice], at, interview_id, item_id)
    elif choice in _BESIDE_A_QUESTION:
        await _BESIDE_A_QUESTION[choice](front, click, interview_id, item_id)
    else:
        raise UnknownControl


async def on_not_applicable(front: Front, click: ButtonClick) -> None:
    interview_id, _, item_id = click.value.partition(":")
    await _ask_for_reason(front, click, interview_id, item_id)


async def on_reason(front: Front, form: FormSubmission) -> None:
    at = await front.occasion(form)
    interview_id, _, item_id = form.private.partition(":")
    await front.office.carry_out_once(
        interviews.answer_with_reason, at, interview_id, item_id, form.text("reason")
    )


async def on_shortcut(front: Front, what: Shortcut, shortcut: ShortcutUse) -> None:
    at, picked = await front.occasion(shortcut), Picked.of(shortcut)
    if picked.author_id:
        await front.people.know(shortcut.workspace_id, picked.author_id)
    offer = await front.office.look_up(shortcuts.offer, at, what, picked, None)
    form = picking.pick_form(front.office.library, what, picked, offer)
    await front.slack.open_view(shortcut.workspace_id, shortcut.trigger_id, form)


async def on_pilot_chosen(front: Front, click: ButtonClick) -> None:
    """Offer the questions of the pilot that was chosen, in the same window."""
    if click.view is None or click.view_id is None:
        raise Malformed("view")
    what, picked = picking.carried(click.view)
    at = await front.occasion(click)
    offer = await front.office.look_up(shortcuts.offer, at, what, picked, click.value)
    form = picking.pick_form(front.office.library, what, picked, offer)
    await front.slack.update_view(click.workspace_id, click.view_id, form)


async def on_picked(front: Front, what: Shortcut, form: FormSubmission) -> FormAnswer | None:
    at, picked = await front.occasion(form), Picked.unpack(form.private)
    people = {picked.author_id, *(one for one in mentioned(picked.text) if not is_group(one))} - {""}
    await asyncio.gather(*(front.people.know(form.workspace_id, who) for who in people))
    about, field = picking.chosen(form)
    taken = await front.office.carry_out_once(shortcuts.use, at, what, picked, about, field)
    return show_instead(picking.taken_view(front.office.library, what, taken)) if taken else None


async def on_removed(front: Front, removed: MessageRemoved) -> None:
    """Most messages that people delete are none of ours: looking costs little and changes nothing."""
    at = removed.at(front.office.clock.now())
    if await front.office.look_up(deleting.concerns_us, at, removed):
        await front.office.carry_out_once(deleting.ask_about, at, removed)


async def on_asked_about(
    front: Front, decide: Callable[[Desk, str, str, int], None], click: ButtonClick
) -> None:
    pilot_id, item_id, revision, *_ = [*click.value.split(":"), "", "", ""]
    at = await front.occasion(click)
    await front.office.carry_out_once(decide, at, pilot_id, item_id, page_of(revision))


async def _open_answer_form(front: Front, click: ButtonClick, about: About) -> None:
    asked = await front.office.look_up(workflow.look_at, await front.occasion(click), about)
    groups = await _groups(front, click.workspace_id) if asked.item.kind is AnswerKind.GROUP else NO_GROUPS
    form = forms.answer_form(
        front.office.library, asked.pilot, asked.item, asked.answer, about, asked.words, groups
    )
    await _show(front, click, form)


async def _open_links_form(front: Front, click: ButtonClick, about: About) -> None:
    asked = await front.office.look_up(workflow.with_links, await front.occasion(click), about)
    form = forms.evidence_form(front.office.library, asked.pilot, asked.item, workflow.given(asked), about)
    await _show(front, click, form)


async def _ask_for_reason(front: Front, click: ButtonClick, interview_id: str, item_id: str) -> None:
    at = await front.occasion(click)
    item = await front.office.look_up(interviews.open_question, at, interview_id, item_id)
    form = forms.not_applicable_form(front.office.library, item, f"{interview_id}:{item_id}")
    await _show(front, click, form)


async def _say_why(front: Front, click: ButtonClick, interview_id: str, item_id: str) -> None:
    at = await front.occasion(click)
    item, book = await front.office.look_up(interviews.why, at, interview_id, item_id)
    await _show(front, click, question.why_view(front.office.library, book, item))


async def _first_history(front: Front, click: ButtonClick, about: About) -> None:
    await _open_history(front, click, about, 0)


_BESIDE_A_LINE: Mapping[str, Callable[[Front, ButtonClick, About], Awaitable[None]]] = {
    MenuChoice.CHANGE: _open_answer_form,
    MenuChoice.EVIDENCE: _open_links_form,
    MenuChoice.HISTORY: _first_history,
}
_BESIDE_A_QUESTION: Mapping[str, Callable[[Front, ButtonClick, str, str], Awaitable[None]]] = {
    QuestionChoice.NOT_APPLICABLE: _ask_for_reason,
    QuestionChoice.WHY: _say_why,
}
_TURNS: Mapping[str, Callable[[Desk, str, str], object]] = {
    QuestionChoice.SKIP: interviews.skip,
    QuestionChoice.BACK: interviews.back,
}


async def _open_history(front: Front, click: ButtonClick, about: About, page: int) -> None:
    at = await front.occasion(click)
    pilot, item, revisions = await front.office.look_up(workflow.history, at, about)
    view = views.history_view(front.office.library, pilot, item, revisions, page)
    await _turn_or_show(front, click, view, CallbackId.HISTORY)


async def _show(front: Front, click: ButtonClick, view: dict[str, Any]) -> None:
    """Open a window, or put it on top of the one in which the click was."""
    in_window = reach(click.view, "type") == "modal"
    show = front.slack.push_view if in_window else front.slack.open_view
    await show(click.workspace_id, click.trigger_id, view)


async def _turn_or_show(
    front: Front, click: ButtonClick, view: dict[str, Any], callback_id: CallbackId
) -> None:
    """Turn the page of a window that is open already, or open it."""
    if click.view_id and reach(click.view, "callback_id") == callback_id:
        await front.slack.update_view(click.workspace_id, click.view_id, view)
    else:
        await _show(front, click, view)


def _in_list(about: About, click: ButtonClick) -> About:
    """Remember the list in which the click was, so that it can say what has changed."""
    if click.view_id is None or reach(click.view, "callback_id") != CallbackId.LIST:
        return About(about.pilot_id, about.item_id)
    page = page_of(str(reach(click.view, "private_metadata") or "").rpartition(":")[2])
    return About(about.pilot_id, about.item_id, click.view_id, page)


async def _renew_list(front: Front, at: Occasion, about: About) -> None:
    """Let the list below the form say what is true now; the answer is saved, so whatever is in the way of that is no matter."""
    if not about.list_id:
        return
    with contextlib.suppress(Refusal, SlackFailure, TimeoutError):
        pilot, listed = await front.office.look_up(workflow.all_answers, at, about.pilot_id)
        view = views.list_view(front.office.library, pilot, listed, about.page)
        async with asyncio.timeout(LIST_IN_TIME):
            await front.slack.update_view(at.workspace_id, about.list_id, view)


async def _groups(front: Front, workspace_id: str) -> Groups:
    try:
        async with asyncio.timeout(user_groups.IN_TIME):
            found = await front.slack.groups(workspace_id)
    except (SlackFailure, TimeoutError):
        return Groups(known=False)
    named = sorted(found, key=lambda group: group.handle)
    return Groups(tuple(Choice(f"@{group.handle}", group.id) for group in named))


def _at_their_fields(refused: FieldsRefused, form: FormSubmission) -> FormAnswer:
    """Say what is wrong where Slack can show it: a field that this form does not have gives way to its first one."""
    first = next(iter(form.fields), "")
    at = {one.field if one.field in form.fields else first: spoken_plainly(one) for one in refused.fields}
    return field_errors(at)
