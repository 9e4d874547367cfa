"""The user groups that somebody is in, for what is shown: never for what they may do."""

import asyncio

from bot.desk import Front
from bot.pilots import groups as user_groups
from bot.slack.failures import SlackFailure


async def groups_of(front: Front, workspace_id: str, user_id: str) -> dict[str, str] | None:
    """Return the handles of somebody's groups by id; None where Slack does not say in time."""
    try:
        async with asyncio.timeout(user_groups.IN_TIME):
            groups = await front.slack.groups_lately(workspace_id)
    except (SlackFailure, TimeoutError):
        return None
    return {group.id: group.handle for group in groups if user_id in group.members}
