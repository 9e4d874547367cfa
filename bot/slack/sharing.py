"""What becomes of a private answer: posted for everybody in the channel, or another one in its place."""

import contextlib

from bot.domain.errors import Refusal
from bot.domain.messages import Body
from bot.slack.failures import SlackFailure
from bot.slack.gateway import SlackGateway
from bot.slack.payloads import ButtonClick


class ShareTooLate(Refusal):
    """This can be shared for half an hour. Ask for it again, then share it."""


async def share(slack: SlackGateway, click: ButtonClick, body: Body) -> None:
    """Post the message in the channel of the click, and take the private one away."""
    if click.response_url is None:
        raise ShareTooLate
    try:
        await slack.respond(click.response_url, body, in_channel=True)
    except SlackFailure as failure:
        raise ShareTooLate from failure
    # It is shared; a private copy that stays is no reason to share it twice.
    with contextlib.suppress(SlackFailure):
        await slack.delete_original(click.response_url)


async def instead(slack: SlackGateway, click: ButtonClick, body: Body) -> None:
    """Put another private answer in the place of the one that was clicked; beside it, once its half hour is over."""
    if click.response_url:
        with contextlib.suppress(SlackFailure):
            await slack.respond(click.response_url, body, replace_original=True)
            return
    if click.channel_id:
        await slack.whisper(click.workspace_id, click.channel_id, click.user_id, body)
