"""What people do with pilots in Slack: each listener unwraps, asks the workflow, and shows its answer."""

import asyncio
import re
from decimal import Decimal
from functools import partial
from typing import Final

from pydantic import ValidationError

from bot.desk import Front
from bot.domain.people import is_group
from bot.domain.pilots import Metric, Pilot, Registration
from bot.domain.text import tame
from bot.pilots import errors, messages, workflow
from bot.pilots.messages import ActionId, CallbackId
from bot.slack.blocks import Choice
from bot.slack.failures import SlackFailure
from bot.slack.gateway import GroupUnknown
from bot.slack.payloads import ButtonClick, FormSubmission, ShortcutUse, SlashCommand
from bot.slack.router import Router

CHANNEL_IN_TIME = 2.0
"""Seconds that a submitted form waits to hear about its channel; Slack gives up on us after three."""
GROUPS_IN_TIME = 1.0
"""Seconds that the form waits for the list of user groups; it opens without them rather than too late."""
MOST_DIGITS = 15
"""Digits before the point; a figure of the business has fewer."""


def register(router: Router, front: Front) -> None:
    """Say what this feature hears of."""
    router.command("new", partial(on_new, front))
    router.shortcut("new_pilot", partial(on_shortcut, front))
    router.click(ActionId.NEW, partial(on_new_clicked, front))
    router.form(CallbackId.REGISTER, partial(on_register, front))


async def on_new(front: Front, command: SlashCommand) -> None:
    await _open_form(front, command, command.channel_id)


async def on_new_clicked(front: Front, click: ButtonClick) -> None:
    await _open_form(front, click, None)


async def on_shortcut(front: Front, shortcut: ShortcutUse) -> None:
    await _open_form(front, shortcut, None)


async def on_register(front: Front, form: FormSubmission) -> None:
    at = await front.occasion(form)
    registration = await _read(front, form)
    await front.office.carry_out_once(workflow.register, at, registration)


async def open_retire_form(
    front: Front, click: ButtonClick, pilot_id: str, private: str, callback_id: str
) -> None:
    """Ask why a pilot ends, but only whoever may end it; `private` and `callback_id` say who takes the answer."""
    at = await front.occasion(click)
    pilot = await front.office.look_up(workflow.get_running, at, pilot_id)
    group = await owner_group(front, pilot, click.user_id)
    await front.office.look_up(workflow.may_retire, at, pilot_id, owner_group=group)
    form = messages.retire_form(front.office.library, pilot, private, callback_id)
    await front.slack.open_view(click.workspace_id, click.trigger_id, form)


async def owner_group(front: Front, pilot: Pilot, user_id: str) -> frozenset[str]:
    """Return who is in the group that owns a pilot; nobody where Slack does not say, or where it makes no difference."""
    if not is_group(pilot.owner_id) or workflow.may_steer(pilot, user_id):
        return frozenset()
    try:
        async with asyncio.timeout(GROUPS_IN_TIME):
            return await front.slack.members_of_group(pilot.workspace_id, pilot.owner_id)
    except (SlackFailure, GroupUnknown, TimeoutError):
        return frozenset()


async def _open_form(
    front: Front, asked: SlashCommand | ButtonClick | ShortcutUse, channel_id: str | None
) -> None:
    await front.office.look_up(workflow.check_member, await front.occasion(asked))
    groups = await _groups(front, asked.workspace_id)
    in_channel = channel_id if channel_id and channel_id[:1] in "CG" else None
    form = messages.register_form(
        front.office.library, champion_id=asked.user_id, channel_id=in_channel, groups=groups
    )
    await front.slack.open_view(asked.workspace_id, asked.trigger_id, form)


async def _groups(front: Front, workspace_id: str) -> list[Choice]:
    try:
        async with asyncio.timeout(GROUPS_IN_TIME):
            found = await front.slack.groups(workspace_id)
    except (SlackFailure, TimeoutError):
        return []
    return [Choice(f"@{group.handle}", group.id) for group in sorted(found, key=lambda group: group.handle)]


async def _read(front: Front, form: FormSubmission) -> Registration:
    """Read the form, asking Slack only about what it alone knows: whether the bot is in the channel."""
    owner, owner_group_id = form.choice("owner"), form.choice("owner_group")
    if owner and owner_group_id:
        raise errors.OneOwner("owner_group")
    champion = form.choice("champion")
    owner_id = owner or owner_group_id
    if not owner_id:
        raise errors.NoOwner("owner")
    channel_id = form.choice("channel")
    if not champion or not channel_id:
        raise errors.FieldEmpty("channel" if champion else "champion")
    name, problem = _words(form, "name", 80), _words(form, "problem", 500)
    metric = _metric(form)
    people = [person for person in (champion, owner_id) if not is_group(person)]
    await asyncio.gather(
        _check_channel(front, form.workspace_id, channel_id),
        *(front.people.know(form.workspace_id, person) for person in people),
    )
    return Registration(
        name=name,
        problem=problem,
        champion_id=champion,
        owner_id=owner_id,
        channel_id=channel_id,
        metric=metric,
    )


async def _check_channel(front: Front, workspace_id: str, channel_id: str) -> None:
    try:
        async with asyncio.timeout(CHANNEL_IN_TIME):
            channel = await front.slack.channel(workspace_id, channel_id)
    except (SlackFailure, TimeoutError) as failure:
        raise errors.ChannelUnclear("channel") from failure
    if channel is None or not channel.is_member:
        raise errors.NotInChannel("channel")
    if channel.is_archived:
        raise errors.ChannelArchived("channel")


def _words(form: FormSubmission, field: str, most: int) -> str:
    words = tame(form.text(field)) if field != "problem" else form.text(field)
    if not words:
        raise errors.FieldEmpty(field)
    if len(words) > most:
        raise errors.TooLong(field, limit=str(most))
    return words


def _metric(form: FormSubmission) -> Metric:
    name = _words(form, "metric", 120)
    baseline, bar = _number(form, "baseline"), _number(form, "bar")
    if baseline == bar:
        raise errors.BarIsBaseline("bar")
    try:
        return Metric(name=name, unit=tame(form.text("unit"))[:20], baseline=baseline, bar=bar)
    except ValidationError as error:  # pragma: no cover - every field was checked above
        raise errors.NotANumber("bar") from error


_NUMBER: Final = re.compile(r"([+-]?)(\d+)(?:[.,](\d+))?")


def _number(form: FormSubmission, field: str) -> Decimal:
    """Read a plain number; a percent sign, spaces between thousands and a decimal comma are understood.

    "1,000" is a thousand to some and one to others, so it is asked about rather than guessed at.
    """
    words = "".join(form.text(field).removesuffix("%").split())
    found = _NUMBER.fullmatch(words)
    if found is None or len(found[2]) > MOST_DIGITS:
        raise errors.NotANumber(field)
    sign, whole, fraction = found[1], found[2], found[3] or ""
    if len(fraction) == 3 and len(whole) <= 3 and not whole.startswith("0"):
        short = fraction.rstrip("0")
        as_fraction = f"{whole}.{short}" if short else whole
        raise errors.TwoMeanings(
            field,
            given=words,
            whole=f"{sign}{whole}{fraction}",
            fraction=sign + (f"{as_fraction}0" if short == fraction else as_fraction),
        )
    return Decimal(f"{sign}{whole}.{fraction or 0}")
