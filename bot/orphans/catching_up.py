"""Who left a pilot's channel, or came back, while nobody listened: once a day Slack is asked who is in each.

Events that came while Preflight was down are gone for good. A call that fails, or a list that is not whole, says nothing about
anybody. Whether people still have their account is `bot.reopening.presence`'s to find out.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.desk import Desk, Front
from bot.orphans import workflow
from bot.slack.failures import SlackFailure, Terminal

log = logging.getLogger(__name__)

AGAIN_AFTER: Final = timedelta(days=1)
"""When the next round begins; one begins with each start."""
SOON_AGAIN_AFTER: Final = timedelta(hours=1)
"""When a channel is asked about again of which something has to be known, and was not to be learned."""
AT_A_TIME: Final = 10
"""How many channels a minute are looked into: Slack allows a hundred pages, and a large channel has several."""

Channel = tuple[str, str]
"""A workspace and one of its channels."""
Which = Callable[[Desk], list[str]]


class Muster:
    """Asks who is in the channels of running pilots."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._began_at: datetime | None = None
        self._left: list[Channel] = []
        self._asked_at: dict[Channel, datetime] = {}
        self._logged: set[str] = set()

    async def go_on(self, now: datetime) -> None:
        """Look into the next few channels: those of a round, and those where somebody new answers for a pilot."""
        if self._began_at is None or abs(now - self._began_at) >= AGAIN_AFTER:
            self._began_at, self._left = now, await self._channels(_in_use)
            self._asked_at.clear()
            self._logged.clear()
        new = [one for one in await self._channels(_unknown) if self._may_ask(one, now)]
        for channel in list(dict.fromkeys([*new, *self._left]))[:AT_A_TIME]:
            is_answered = await self._look_into(*channel, now)
            others = [one for one in self._left if one != channel]
            if not is_answered:
                # the others wait for the next minute, and this one behind them: it may be the only one that fails
                self._left = [*others, *([channel] if channel in self._left else [])]
                return
            self._left = others

    def _may_ask(self, channel: Channel, now: datetime) -> bool:
        asked_at = self._asked_at.get(channel)
        return asked_at is None or abs(now - asked_at) >= SOON_AGAIN_AFTER

    async def _look_into(self, workspace_id: str, channel_id: str, now: datetime) -> bool:
        """Catch up with one channel; return whether Slack takes calls at all."""
        self._asked_at[workspace_id, channel_id] = now
        office = self._front.office
        # from before the call: who goes while Slack is asked has gone after it
        at = office.own_occasion(workspace_id)
        try:
            members = await self._front.slack.members(workspace_id, channel_id)
        except SlackFailure as failure:
            if failure.error not in self._logged:
                self._logged.add(failure.error)
                log.warning("who is in a channel was not to be learned (%s); nobody is missed there", failure)
            return isinstance(failure, Terminal)
        if members is not None:
            await office.carry_out(workflow.note_members, at, channel_id, members)
        return True

    async def _channels(self, which: Which) -> list[Channel]:
        office = self._front.office
        found: list[Channel] = []
        for workspace in await office.store.read(lambda tx: tx.workspaces.all()):
            at = office.own_occasion(workspace.workspace_id)
            found += [(workspace.workspace_id, one) for one in await office.look_up(which, at)]
        return found


def _in_use(desk: Desk) -> list[str]:
    return desk.tx.pilots.channels(desk.at.workspace_id)


def _unknown(desk: Desk) -> list[str]:
    return desk.tx.presences.unknown_in(desk.at.workspace_id)
