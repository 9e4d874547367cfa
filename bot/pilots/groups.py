"""User groups as Slack tells of them right now, within the time that a form or a click may take. Nothing is kept here."""

import asyncio
from collections.abc import Mapping

from bot.desk import Front
from bot.slack.blocks import Choice
from bot.slack.failures import SlackFailure

IN_TIME = 1.0
"""Seconds that Slack may take; it gives a form three in all."""


async def choices(front: Front, workspace_id: str) -> list[Choice]:
    """Return the groups as entries of a menu; none where Slack does not tell in time."""
    try:
        async with asyncio.timeout(IN_TIME):
            found = await front.slack.groups(workspace_id)
    except (SlackFailure, TimeoutError):
        return []
    return [Choice(f"@{group.handle}", group.id) for group in sorted(found, key=lambda group: group.handle)]


async def handles(front: Front, workspace_id: str) -> Mapping[str, str]:
    """Return what the groups are called, by id, as it was in the last minutes: for what is shown."""
    try:
        async with asyncio.timeout(IN_TIME):
            return {group.id: group.handle for group in await front.slack.groups_lately(workspace_id)}
    except (SlackFailure, TimeoutError):
        return {}


async def members(front: Front, workspace_id: str, group_id: str) -> frozenset[str] | None:
    """Return who is in a group now; None where Slack does not say. Raises GroupUnknown for one that it does not have."""
    try:
        async with asyncio.timeout(IN_TIME):
            return await front.slack.members_of_group(workspace_id, group_id)
    except (SlackFailure, TimeoutError):
        return None
