"""Putting a file of our own into a thread, in Slack's three steps: ask for an address, put the bytes there, complete.

A file is nothing durable: whoever asked for it is told when it did not work, and asks again.
"""

import asyncio
import logging
from typing import Final

from bot.domain.errors import Refusal
from bot.slack.addresses import leads_to_slack
from bot.slack.calls import Calls
from bot.slack.failures import SlackFailure, Terminal, classify
from bot.slack.reading import text_at

log = logging.getLogger(__name__)

FILE_LIMIT: Final = 20.0
"""Seconds that the three steps may take together."""


class FileNotTaken(Refusal):
    """Slack did not take the file. Please try again in a minute."""


class FileNotAllowed(Refusal):
    """Slack does not let Preflight put a file there: the channel may be archived, or Preflight not in it any more. Our log says why."""


class Uploads(Calls):
    """Slack for files."""

    async def upload(
        self,
        workspace_id: str,
        channel_id: str,
        name: str,
        content: str,
        *,
        title: str,
        thread_ts: str | None = None,
    ) -> None:
        """Share a text file in a channel, under a message where one is named. Raises one of the two refusals."""
        data = content.encode()
        try:
            async with asyncio.timeout(FILE_LIMIT):
                wanted = {"filename": name, "length": len(data)}
                place = await self._read(workspace_id, "files.getUploadURLExternal", wanted)
                await self._put(text_at(place, "upload_url"), data)
                shared = {
                    "files": [{"id": text_at(place, "file_id"), "title": title}],
                    "channel_id": channel_id,
                    "thread_ts": thread_ts,
                }
                await self._write(workspace_id, "files.completeUploadExternal", shared)
        except (SlackFailure, TimeoutError) as failure:
            log.warning(
                "a file was not taken: %s", failure if isinstance(failure, SlackFailure) else "too slow"
            )
            raise (FileNotAllowed if isinstance(failure, Terminal) else FileNotTaken) from failure

    async def _put(self, address: str, data: bytes) -> None:
        """Send the bytes to the address that Slack named for them; any other host is refused."""
        if not leads_to_slack(address, self._api_url):
            raise Terminal("not an address of Slack", "upload")
        self._connected()
        assert self._session is not None
        try:
            async with self._session.post(address, data=data, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise Terminal(f"http_{answer.status}", "upload")  # noqa: TRY301 - classified below
        except Exception as error:
            raise classify(error, "upload") from error
