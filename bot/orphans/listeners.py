"""What people do about pilots that nobody looks after, and what Slack tells of those who did.

Events come in any order and more than once, so whether somebody is in a channel is asked of Slack, never taken from the event.
"""

import logging
from contextlib import suppress
from functools import partial

from bot.desk import Front
from bot.domain.messages import Body
from bot.domain.people import Person
from bot.handover.listeners import open_accept_form
from bot.orphans import championship, errors, shown, workflow
from bot.orphans.championship import Question
from bot.orphans.messages import ActionId
from bot.orphans.several_messages import listed_in, others_message
from bot.orphans.shown import Going
from bot.slack.failures import SlackFailure
from bot.slack.payloads import ButtonClick, MembershipChanged
from bot.slack.router import Router

log = logging.getLogger(__name__)


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.click(ActionId.CLAIM, partial(on_claim, front))
    router.click(ActionId.PASS, partial(on_not_me_either, front))
    router.click(ActionId.OTHERS, partial(on_others, front))
    router.membership_changed(partial(on_membership_changed, front))
    front.people.when_left_or_back(partial(on_left_or_back, front))


async def on_claim(front: Front, click: ButtonClick) -> None:
    """Take a pilot on, wherever that is offered; the owner-to-be fills in a form."""
    if click.from_elsewhere:
        raise errors.CannotClaim
    at, meant = await front.occasion(click), workflow.meant(click.value)
    if isinstance(meant, Question):
        await front.office.carry_out_once(championship.claim_passed, at, meant)
        return
    offered = await front.office.carry_out_once(workflow.claim, at, meant)
    if offered:
        await open_accept_form(front, click, offered.id)
    listed = listed_in(click.block_id)
    if listed and click.response_url:  # a private list says nothing by itself
        with suppress(SlackFailure):
            said = await _others(front, click, listed)
            await front.slack.respond(click.response_url, said, replace_original=True)


async def on_others(front: Front, click: ButtonClick) -> None:
    """Show somebody the pilots that a word in the channel does not name."""
    if click.from_elsewhere or not click.channel_id:
        raise errors.CannotClaim
    said = await _others(front, click, click.value)
    await front.slack.whisper(
        click.workspace_id, click.channel_id, click.user_id, said, response_url=click.response_url
    )


async def _others(front: Front, click: ButtonClick, about: str) -> Body:
    going = Going.parse(about)
    if going is None or (click.channel_id and going.channel_id != click.channel_id):
        raise errors.ClaimUnknown
    at = await front.occasion(click)
    missed = await front.office.look_up(shown.others, at, going)
    return others_message(front.office.library, missed)


async def on_not_me_either(front: Front, click: ButtonClick) -> None:
    at = await front.occasion(click)
    await front.office.carry_out_once(championship.decline, at, Question.parse(click.value))


async def on_membership_changed(front: Front, event: MembershipChanged) -> None:
    """Note that somebody who answers for a pilot has left its channel, or is in it again; of others nothing is kept."""
    at = front.office.own_occasion(event.workspace_id)
    if not await front.office.look_up(workflow.answers_in, at, event.channel_id, event.user_id):
        return
    away = await front.slack.is_away(event.workspace_id, event.channel_id, event.user_id)
    await front.office.carry_out(workflow.note_presence, at, event.user_id, {event.channel_id: away})


async def on_left_or_back(front: Front, person: Person) -> None:
    """Look at the pilots of somebody who can act no more, or again."""
    at = front.office.own_occasion(person.workspace_id)
    channels = await front.office.look_up(workflow.channels_of, at, person.user_id)
    away = {one: person.cannot_act or await _is_away(front, person, one) for one in channels}
    await front.office.carry_out(workflow.note_presence, at, person.user_id, away)


async def _is_away(front: Front, person: Person, channel_id: str) -> bool:
    """Whether somebody who is back is out of a channel; where Slack does not say, they are not missed."""
    try:
        return await front.slack.is_away(person.workspace_id, channel_id, person.user_id)
    except SlackFailure as failure:
        log.warning("who is in a channel was not to be learned (%s); nobody is missed there", failure)
        return False
