"""The channels that the company set aside: found by name at the start, and looked for again while one is missing.

Somebody may make a channel, or invite Preflight to a private one, long after the start. What was found stays: a channel keeps
its id, whatever it is called later.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.desk import Rooms
from bot.slack.answers import Channel
from bot.slack.failures import SlackFailure
from bot.slack.payloads import MembershipChanged

log = logging.getLogger(__name__)

AGAIN_AFTER: Final = timedelta(hours=1)
"""When a channel is looked for again that is not there; that takes a call for each thousand channels."""


class Slack(Protocol):
    """The part of the gateway that is used here."""

    async def channel_named(self, workspace_id: str, name: str) -> Channel | None: ...


class RoomSearch:
    """Looks for the channels that the settings name, by what they are for, and fills in those that it finds."""

    def __init__(
        self, slack: Slack, workspace_id: str, bot_user_id: str, named: Mapping[str, str | None]
    ) -> None:
        self.rooms = Rooms()
        self._slack = slack
        self._workspace_id = workspace_id
        self._bot_user_id = bot_user_id
        self._looked_at: datetime | None = None
        self._named = named

    @property
    def missing(self) -> dict[str, str]:
        """Return the names of the channels that are not found, by what they are for."""
        return {
            what: name for what, name in self._named.items() if name and getattr(self.rooms, what) is None
        }

    async def begin(self) -> Rooms:
        """Look for all of them and return them; one that is not found is None, and the doctor says more."""
        await self._look()
        for name in self.missing.values():
            log.warning("the channel %s was not found; `python -m bot doctor` says how to mend that", name)
        return self.rooms

    async def go_on(self, now: datetime) -> None:
        """Look again for those that are missing, once in a while; nothing is asked where none is."""
        if self._looked_at is None:
            self._looked_at = now  # `begin` has just looked
        if self.missing and abs(now - self._looked_at) >= AGAIN_AFTER:
            self._looked_at = now
            await self._look_again()

    async def on_membership(self, event: MembershipChanged) -> None:
        """Look again when Preflight was invited to a channel."""
        if event.joined and event.user_id == self._bot_user_id:
            await self._look_again()

    async def _look_again(self) -> None:
        before = self.missing
        try:
            await self._look()
        except SlackFailure as failure:
            log.debug("channels that are missing could not be looked for: %s", failure)
        for what in before.keys() - self.missing.keys():
            log.info("the channel %s is there now", before[what])

    async def _look(self) -> None:
        for what, name in self.missing.items():
            found = await self._slack.channel_named(self._workspace_id, name)
            if found is not None:
                setattr(self.rooms, what, found.id)
