"""What people ask for an overview: status, list, help, Home; and sharing what they were shown in private."""

import asyncio
from functools import partial

from bot.desk import Front
from bot.domain.messages import Body
from bot.domain.values import Occasion
from bot.exports import report
from bot.interview import workflow as interviews
from bot.pilots import groups as user_groups
from bot.pilots.messages import ActionId as PilotActionId, MenuChoice
from bot.portfolio import history, messages, overview, wanted, workflow
from bot.portfolio.history_messages import ActionId as HistoryActionId, history_message
from bot.portfolio.listing_messages import chosen_in, list_of, list_of_block
from bot.portfolio.membership import groups_of
from bot.portfolio.names import ActionId
from bot.portfolio.status_messages import status_view
from bot.portfolio.wanted import Wanted
from bot.review.messages import ActionId as ReviewActionId
from bot.slack.payloads import ButtonClick, SlashCommand
from bot.slack.router import Router
from bot.slack.sharing import instead, share
from bot.stages.listeners import open_retire_form


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("status", partial(on_status, front), example="/pilot status Refund triage")
    router.command("history", partial(on_history, front), example="/pilot history Refund triage")
    router.command("mine", partial(on_mine, front))
    router.command("list", partial(on_list, front), example="/pilot list stalled")
    router.command("portfolio", partial(on_portfolio, front))
    router.command("help", partial(on_help, front))
    router.command("", partial(on_help, front))
    router.click(ReviewActionId.HISTORY, partial(on_history_from_card, front))
    router.click(HistoryActionId.OLDER, partial(on_turn_page, front))
    router.click(HistoryActionId.NEWEST, partial(on_turn_page, front))
    router.click(ActionId.SHARE_STATUS, partial(on_share_status, front))
    router.click(ActionId.SHARE_LIST, partial(on_share_list, front))
    router.click(ActionId.SHARE_HELP, partial(on_share_help, front))
    router.click(ActionId.OPEN_STATUS, partial(on_open_status, front))
    router.click(ActionId.SIGNS, partial(on_signs, front))
    router.click(ActionId.PAGE, partial(on_list_page, front))
    router.click(ActionId.FILTER, partial(on_list_filter, front))
    router.click(ActionId.SHOW_LIST, partial(on_show_list, front))
    router.click(ActionId.COACH, partial(on_coach_from_home, front))
    router.click(PilotActionId.MENU, partial(on_card_menu, front))
    router.click(PilotActionId.STATUS, partial(on_open_status, front))
    router.click(ActionId.FULL_REPORT, partial(on_full_report, front))
    router.link(ActionId.OPEN_REVIEW)
    router.link(ActionId.OPEN_THREAD)


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
    groups = groups_of(front, command.workspace_id, command.user_id)
    at, theirs = await asyncio.gather(front.occasion(command), groups)
    return await front.office.look_up(workflow.mine, at, theirs)


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
    at = await front.occasion(command)
    said = command.text.split(maxsplit=1)[1:]
    meant = wanted.understood(" ".join(said), command.mentions, front.office.library.playbook)
    handles = await user_groups.handles(front, command.workspace_id)
    return await front.office.look_up(workflow.list_all, at, meant, handles=handles)


async def on_list_page(front: Front, click: ButtonClick) -> None:
    await _show_list(front, click, list_of(click.value, front.office.library.playbook))


async def on_list_filter(front: Front, click: ButtonClick) -> None:
    playbook, by = front.office.library.playbook, click.action_id.partition(":")[2]
    was = list_of_block(click.block_id, playbook)
    await _show_list(front, click, was.narrowed(by, chosen_in(click), playbook))


async def on_show_list(front: Front, click: ButtonClick) -> None:
    """Show all pilots in a window, to who does not see them on their Home tab."""
    at, meant = await front.occasion(click), list_of(click.value, front.office.library.playbook)
    handles = await user_groups.handles(front, click.workspace_id)
    view = await front.office.look_up(workflow.list_window, at, meant, handles=handles)
    await front.slack.open_view(click.workspace_id, click.trigger_id, view)


async def _show_list(front: Front, click: ButtonClick, meant: Wanted) -> None:
    """Show another list in place of the one that the control is in: a private message, or a window."""
    at, handles = await front.occasion(click), await user_groups.handles(front, click.workspace_id)
    if click.view_id:
        view = await front.office.look_up(workflow.list_window, at, meant, handles=handles)
        await front.slack.update_view(click.workspace_id, click.view_id, view)
    else:
        body = await front.office.look_up(workflow.list_all, at, meant, handles=handles)
        await instead(front.slack, click, body)


async def on_portfolio(front: Front, command: SlashCommand) -> None:
    """Post the portfolio to the channel, once however often the command is delivered."""
    at = await front.occasion(command)
    await front.office.look_up(overview.may_post, at)
    if not await _is_in(front, command):
        raise overview.NotInThisChannel
    handles = await user_groups.handles(front, command.workspace_id)
    body = await front.office.look_up(overview.of_today, at, handles)
    await front.office.carry_out_once(overview.post, at, command.channel_id, body)


async def _is_in(front: Front, command: SlashCommand) -> bool:
    """Whether Preflight can post where the command was typed: in a channel that it is in, or in its own direct messages."""
    if command.channel_id.startswith("D"):
        own = await front.slack.direct_channel(command.workspace_id, command.user_id)
        return own == command.channel_id
    return await front.slack.is_member(command.workspace_id, command.channel_id)


async def on_help(front: Front, _: SlashCommand) -> Body:
    return messages.help_message(front.office.library, share=True)


async def on_share_status(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await share(
        front.slack, click, await front.office.look_up(workflow.status_of, at, click.value, share=False)
    )


async def on_share_list(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    meant = wanted.read(click.value, front.office.library.playbook)
    await share(front.slack, click, await front.office.look_up(workflow.list_all, at, meant, share=False))


async def on_share_help(front: Front, click: ButtonClick) -> None:
    await share(front.slack, click, messages.help_message(front.office.library, share=False))


async def on_open_status(front: Front, click: ButtonClick) -> None:
    await _show_status(front, click, click.value)


async def on_signs(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    view = await front.office.look_up(workflow.signs_of, at, click.value)
    await front.slack.open_view(click.workspace_id, click.trigger_id, view)


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
        view = status_view(front.office.library, body)
        await front.slack.open_view(click.workspace_id, click.trigger_id, view)
