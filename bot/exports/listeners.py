"""What people ask for over all pilots: how they fare over time, and files of them or of one."""

from functools import partial
from typing import Any

from bot.desk import Front
from bot.domain.messages import Body
from bot.domain.values import Occasion
from bot.exports import messages, ordering
from bot.exports.files import Format
from bot.exports.messages import FORMAT, ActionId, CallbackId
from bot.exports.ordering import Order
from bot.exports.trends import trends
from bot.exports.trends_messages import trends_message, trends_view
from bot.pilots import groups as user_groups
from bot.slack.failures import Whisper
from bot.slack.payloads import ButtonClick, FormSubmission, SlashCommand
from bot.slack.reading import reach
from bot.slack.router import Router
from bot.slack.sharing import share
from bot.slack.uploads import File


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("trends", partial(on_trends, front))
    router.command("export", partial(on_export, front), example="/pilot export Refund triage html")
    router.click(ActionId.TRENDS, partial(on_trends_clicked, front))
    router.click(ActionId.SHARE_TRENDS, partial(on_share_trends, front))
    router.click(ActionId.EXPORT, partial(on_export_clicked, front))
    router.form(CallbackId.EXPORT, partial(on_format_chosen, front))


async def on_trends(front: Front, command: SlashCommand) -> Body:
    found = await front.office.look_up(trends, await front.occasion(command))
    return trends_message(front.office.library, found)


async def on_trends_clicked(front: Front, click: ButtonClick) -> None:
    """Answer where the click was: privately in the channel, in a window where there is no channel."""
    found = await front.office.look_up(trends, await front.occasion(click))
    if click.channel_id:
        body = trends_message(front.office.library, found)
        await front.slack.whisper(
            click.workspace_id, click.channel_id, click.user_id, body, response_url=click.response_url
        )
    else:
        await _open(front, click, trends_view(front.office.library, found))


async def on_share_trends(front: Front, click: ButtonClick) -> None:
    found = await front.office.look_up(trends, await front.occasion(click))
    await share(front.slack, click, trends_message(front.office.library, found, share=False))


async def on_export(front: Front, command: SlashCommand) -> Body | None:
    """Say at once that it is being written: the files come after the ack."""
    at = await front.occasion(command)
    order = await front.office.carry_out_once(ordering.spoken_order, at, command.rest)
    if order is None:
        return None  # the same command, delivered again
    tell = partial(
        front.slack.whisper,
        at.workspace_id,
        command.channel_id,
        at.actor_id,
        response_url=command.response_url,
    )
    _hand_out(front, at, order, tell)
    return messages.under_way(front.office.library, order.name)


async def on_export_clicked(front: Front, click: ButtonClick) -> None:
    """Ask for the format."""
    at = await front.occasion(click)
    where = click.channel_id or "", click.message_ts or ""
    order = await front.office.look_up(ordering.order, at, click.value, Format.HTML, *where)
    private = " ".join((click.value, *where))
    form = messages.export_form(
        front.office.library, order.name, private, under_it=order.thread_ts is not None
    )
    await _open(front, click, form)


async def _open(front: Front, click: ButtonClick, view: dict[str, Any]) -> None:
    """Open a window, on top of the one that the control is in."""
    in_window = reach(click.view, "type") == "modal"
    open_it = front.slack.push_view if in_window else front.slack.open_view
    await open_it(click.workspace_id, click.trigger_id, view)


async def on_format_chosen(front: Front, form: FormSubmission) -> None:
    """Take the order; whoever asked hears beside the control, or in a direct message where that was on the Home tab."""
    at = await front.occasion(form)
    about, channel_id, message_ts = (*form.private.split(" "), "", "")[:3]
    wanted = ordering.chosen_format(form.choice(FORMAT))
    order = await front.office.carry_out_once(ordering.order, at, about, wanted, channel_id, message_ts)
    if order is None:
        return  # the same form, delivered again
    told_in = channel_id or await front.slack.direct_channel(at.workspace_id, at.actor_id)
    _hand_out(front, at, order, partial(front.slack.whisper, at.workspace_id, told_in, at.actor_id))


def _hand_out(front: Front, at: Occasion, order: Order, tell: Whisper) -> None:
    async def done() -> None:
        await _share(front, at, order)
        under_it = order.thread_ts is not None
        await tell(messages.shared(front.office.library, order.name, order.link, under_it=under_it))

    key = f"{order.pilot_id} {order.format} {at.actor_id}"
    front.afterwards.do("the export", done, tell, key=key)


async def _share(front: Front, at: Occasion, order: Order) -> None:
    groups = await user_groups.handles(front, at.workspace_id)
    made = await front.office.look_up(ordering.files, at, order, groups)
    channel_id = order.channel_id or await front.slack.direct_channel(at.workspace_id, at.actor_id)
    await front.slack.upload_together(
        at.workspace_id,
        channel_id,
        [File(one.name, one.content, one.title) for one in made],
        thread_ts=order.thread_ts,
    )
