"""How people ask for a pilot's posture: by command, or with a button; and sharing what they saw in private."""

from functools import partial

from bot.desk import Front
from bot.domain.messages import Body
from bot.posture import messages, workflow
from bot.posture.messages import ActionId
from bot.slack.payloads import ButtonClick, SlashCommand
from bot.slack.reading import reach
from bot.slack.router import Router
from bot.slack.sharing import share


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("posture", partial(on_posture, front), example="/pilot posture Refund triage")
    router.click(ActionId.SHOW, partial(on_show, front))
    router.click(ActionId.SHARE, partial(on_share, front))


async def on_posture(front: Front, command: SlashCommand) -> Body:
    at = await front.occasion(command)
    facts = await front.office.look_up(workflow.show, at, command.rest, command.channel_id)
    return messages.posture_message(front.office.library, facts, share=True)


async def on_show(front: Front, click: ButtonClick) -> None:
    """Answer where the click was: privately in the channel, in a window where there is no channel."""
    facts = await front.office.look_up(workflow.show_of, await front.occasion(click), click.value)
    if click.channel_id:
        body = messages.posture_message(front.office.library, facts, share=True)
        await front.slack.whisper(
            click.workspace_id, click.channel_id, click.user_id, body, response_url=click.response_url
        )
        return
    view = messages.posture_view(front.office.library, facts)
    in_window = reach(click.view, "type") == "modal"
    open_it = front.slack.push_view if in_window else front.slack.open_view
    await open_it(click.workspace_id, click.trigger_id, view)


async def on_share(front: Front, click: ButtonClick) -> None:
    facts = await front.office.look_up(workflow.show_of, await front.occasion(click), click.value)
    await share(front.slack, click, messages.posture_message(front.office.library, facts, share=False))
