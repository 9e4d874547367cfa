"""Whom the form names: reading its fields, and asking Slack who is in a group, within the time that a form may take."""

import asyncio

from bot.asking import errors
from bot.asking.workflow import Chosen
from bot.desk import Front
from bot.slack.failures import SlackFailure
from bot.slack.lookups import GroupUnknown
from bot.slack.payloads import FormSubmission

IN_TIME = 1.0
"""Seconds that Slack may take to tell of groups, or of who is in one; it gives a form three in all."""
LOOKED_UP = 30
"""How many of a group are looked up: some of them may be guests, bots, or gone."""


async def read(front: Front, form: FormSubmission) -> Chosen:
    """Return whom a submitted form names, with those people known to the rules; a FieldRefusal at the field otherwise.

    The form chooses the production owner by itself; whoever is chosen beside it is the one that is meant.
    """
    person, group = form.choice("whom"), form.choice("group")
    preset = form.private.rpartition(":")[2]
    if person and group and person == preset:
        person = None
    elif person and group and group == preset:
        group = None
    if person and group:
        raise errors.OneOfThem("group")
    if person:
        await front.people.know(form.workspace_id, person)
        return Chosen(person)
    if group is None:
        raise errors.NobodyChosen("whom")
    return Chosen(group, await _members(front, form, group))


async def _members(front: Front, form: FormSubmission, group: str) -> tuple[str, ...]:
    try:
        async with asyncio.timeout(IN_TIME):
            found = await front.slack.members_of_group(form.workspace_id, group)
    except (SlackFailure, GroupUnknown, TimeoutError) as failure:
        raise errors.GroupUnclear("group") from failure
    members = sorted(found - {form.user_id})[:LOOKED_UP]
    knowing = [asyncio.create_task(front.people.know(form.workspace_id, one)) for one in members]
    if knowing:
        await asyncio.wait(knowing, timeout=IN_TIME)  # whoever is unknown by then is not asked
    return tuple(members)


def three_ids(value: str) -> tuple[str, str, str]:
    """Return pilot, item and interview; the last may be empty."""
    pilot_id, item_id, interview_id, *_ = [*value.split(":"), "", ""]
    return pilot_id, item_id, interview_id
