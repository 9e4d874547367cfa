"""What people ask for an overview: status, list, help, Home; and sharing what they were shown in private."""

import asyncio
from functools import partial

from bot.desk import Front
from bot.domain.messages import Body
from bot.domain.values import Occasion
from bot.interview import workflow as interviews
from bot.pilots import groups as user_groups
from bot.pilots.messages import ActionId as PilotActionId, MenuChoice
from bot.portfolio import history, messages, report, workflow
from bot.portfolio.history_messages import ActionId as HistoryActionId, history_message
from bot.portfolio.messages import ActionId
from bot.review.messages import ActionId as ReviewActionId
from bot.slack.failures import SlackFailure
from bot.slack.payloads import ButtonClick, HomeOpened, SlashCommand
from bot.slack.reading import Inbound
from bot.slack.router import Router
from bot.slack.sharing import instead, share
from bot.stages.listeners import open_retire_form


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("status", partial(on_status, front), example="/pilot status Refund triage")
    router.command("history", partial(on_history, front), example="/pilot history Refund triage")
    router.command("mine", partial(on_mine, front))
    router.command("list", partial(on_list, front))
    router.command("help", partial(on_help, front))
    router.command("", partial(on_help, front))
    router.click(ReviewActionId.HISTORY, partial(on_history_from_card, front))
    router.click(HistoryActionId.OLDER, partial(on_turn_page, front))
    router.click(HistoryActionId.NEWEST, partial(on_turn_page, front))
    router.click(ActionId.SHARE_STATUS, partial(on_share_status, front))
    router.click(ActionId.SHARE_LIST, partial(on_share_list, front))
    router.click(ActionId.SHARE_HELP, partial(on_share_help, front))
    router.click(ActionId.OPEN_STATUS, partial(on_open_status, front))
    router.click(ActionId.COACH, partial(on_coach_from_home, front))
    router.click(PilotActionId.MENU, partial(on_card_menu, front))
    router.click(PilotActionId.STATUS, partial(on_open_status, front))
    router.click(ActionId.FULL_REPORT, partial(on_full_report, front))
    router.link(ActionId.OPEN_REVIEW)
    router.link(ActionId.OPEN_THREAD)
    router.home_opened(partial(on_home, front))


async def on_status(front: Front, command: SlashCommand) -> Body:
    at = await front.occasion(command)
    return await front.office.look_up(workflow.status, at, command.rest, command.channel_id)


async def on_history(front: Front, command: SlashCommand) -> Body:
    at = await front.occasion(command)
    page = await front.office.look_up(history.page, at, command.rest, command.channel_id)
    return history_message(front.office.library, page)


async def on_history_from_card(front: Front, click: ButtonClick) -> None:
    """Tell the story of a pilot in private, beside the card that it was asked for from."""
    at = await front.occasion(click)
    page = await front.office.look_up(history.page_before, at, click.value, "")
    if click.channel_id:
        body = history_message(front.office.library, page)
        await front.slack.whisper(
            click.workspace_id, click.channel_id, click.user_id, body, response_url=click.response_url
        )


async def on_turn_page(front: Front, click: ButtonClick) -> None:
    """Show other entries in place of those that the button is under."""
    at = await front.occasion(click)
    pilot_id, _, before = click.value.partition(":")
    page = await front.office.look_up(history.page_before, at, pilot_id, before)
    body = history_message(front.office.library, page)
    await instead(front.slack, click, body)


async def on_mine(front: Front, command: SlashCommand) -> Body:
    at, groups = await asyncio.gather(front.occasion(command), _groups_of(front, command))
    return await front.office.look_up(workflow.mine, at, groups)


async def on_full_report(front: Front, click: ButtonClick) -> None:
    """Make the file after the ack, because Slack takes longer for it than it waits for one."""
    at = await front.occasion(click)
    order = await front.office.carry_out_once(report.order, at, click.value)
    if order is None:
        return  # the same click, delivered again

    async def tell(sentence: str) -> None:
        await front.slack.whisper(
            click.workspace_id,
            click.channel_id or order.channel_id,
            click.user_id,
            sentence,
            thread_ts=click.thread_ts,
            response_url=click.response_url,
        )

    async def shared() -> None:
        await _share_report(front, at, order)
        await tell(messages.report_shared(front.office.library, order.name, order.link))

    front.afterwards.do("the full report", shared, tell, key=f"{order.pilot_id} {click.user_id}")


async def _share_report(front: Front, at: Occasion, order: report.Order) -> None:
    groups = await front.slack.groups(at.workspace_id)
    handles = {group.id: group.handle for group in groups}
    file = await front.office.look_up(report.report, at, order.pilot_id, handles)
    await front.slack.upload(
        at.workspace_id,
        order.channel_id,
        file.name,
        file.content,
        title=file.title,
        thread_ts=order.thread_ts,
    )


async def on_list(front: Front, command: SlashCommand) -> Body:
    return await front.office.look_up(workflow.list_all, await front.occasion(command))


async def on_help(front: Front, _: SlashCommand) -> Body:
    return messages.help_message(front.office.library, share=True)


async def on_share_status(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await share(
        front.slack, click, await front.office.look_up(workflow.status_of, at, click.value, share=False)
    )


async def on_share_list(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await share(front.slack, click, await front.office.look_up(workflow.list_all, at, share=False))


async def on_share_help(front: Front, click: ButtonClick) -> None:
    await share(front.slack, click, messages.help_message(front.office.library, share=False))


async def on_open_status(front: Front, click: ButtonClick) -> None:
    await _show_status(front, click, click.value)


async def on_card_menu(front: Front, click: ButtonClick) -> None:
    """Hear of the menu of an older card; those of today name the controls that their entries stand for."""
    choice, _, pilot_id = click.value.partition(":")
    if choice == MenuChoice.RETIRE:
        await open_retire_form(front, click, pilot_id)
    else:
        await _show_status(front, click, pilot_id)


async def on_coach_from_home(front: Front, click: ButtonClick) -> None:
    """Start or resume the conversation, and say where it is: from the Home tab nobody sees it begin."""
    at = await front.occasion(click)
    interview = await front.office.carry_out_once(interviews.go_on, at, click.value)
    if interview:
        view = messages.started_view(front.office.library, interview)
        await front.slack.open_view(click.workspace_id, click.trigger_id, view)


async def on_home(front: Front, opened: HomeOpened) -> None:
    at, groups = await asyncio.gather(front.occasion(opened), _groups_of(front, opened))
    view = await front.office.look_up(workflow.home, at, groups)
    await front.slack.publish_home(opened.workspace_id, opened.user_id, view)


async def _groups_of(front: Front, asked: Inbound) -> dict[str, str] | None:
    """Return the user groups that somebody is in, for showing only; None where Slack does not say in time."""
    try:
        async with asyncio.timeout(user_groups.IN_TIME):
            groups = await front.slack.groups_lately(asked.workspace_id)
    except (SlackFailure, TimeoutError):
        return None
    return {group.id: group.handle for group in groups if asked.user_id in group.members}


async def _show_status(front: Front, click: ButtonClick, pilot_id: str) -> None:
    """Answer where the click was: privately in the channel, in a window from the Home tab."""
    at = await front.occasion(click)
    in_channel = click.channel_id is not None
    body = await front.office.look_up(workflow.status_of, at, pilot_id, share=in_channel)
    if click.channel_id:
        await front.slack.whisper(
            click.workspace_id, click.channel_id, click.user_id, body, response_url=click.response_url
        )
    else:
        view = messages.status_view(front.office.library, body)
        await front.slack.open_view(click.workspace_id, click.trigger_id, view)
