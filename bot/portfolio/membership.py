"""The user groups that somebody is in, and how all of them are called: for what is shown, never for what somebody may do."""

import asyncio
from collections.abc import Mapping
from typing import Final, NamedTuple

from bot.desk import Front
from bot.pilots import groups as user_groups
from bot.slack.failures import SlackFailure


class Membership(NamedTuple):
    """What Slack said of user groups."""

    own: dict[str, str] | None
    """The handles of those that somebody is in, by id; None where Slack did not say in time."""
    handles: Mapping[str, str]
    """The handles of all, by id."""


UNKNOWN: Final = Membership(None, {})


async def membership_of(front: Front, workspace_id: str, user_id: str) -> Membership:
    """Return what groups there are, and which of them somebody is in."""
    try:
        async with asyncio.timeout(user_groups.IN_TIME):
            groups = await front.slack.groups_lately(workspace_id)
    except (SlackFailure, TimeoutError):
        return UNKNOWN
    own = {group.id: group.handle for group in groups if user_id in group.members}
    return Membership(own, {group.id: group.handle for group in groups})


async def groups_of(front: Front, workspace_id: str, user_id: str) -> dict[str, str] | None:
    """Return the handles of somebody's groups by id; None where Slack does not say in time."""
    return (await membership_of(front, workspace_id, user_id)).own
