"""Putting files of our own into a thread, in Slack's three steps: ask for an address, put the bytes there, complete.

A file is nothing durable: whoever asked for it is told when it did not work, and asks again.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final, NamedTuple

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


class File(NamedTuple):
    """A file to share: its name, what is in it (text becomes UTF-8), and the title that people see."""

    name: str
    content: str | bytes
    title: str

    @property
    def data(self) -> bytes:
        """The bytes of it."""
        return self.content.encode() if isinstance(self.content, str) else self.content


class Uploads(Calls):
    """Slack for files."""

    async def upload(
        self,
        workspace_id: str,
        channel_id: str,
        name: str,
        content: str | bytes,
        *,
        title: str,
        thread_ts: str | None = None,
    ) -> None:
        """Share a file in a channel, under a message where one is named. Raises one of the two refusals."""
        await self.upload_together(
            workspace_id, channel_id, [File(name, content, title)], thread_ts=thread_ts
        )

    async def upload_together(
        self,
        workspace_id: str,
        channel_id: str,
        files: Sequence[File],
        *,
        thread_ts: str | None = None,
        comment: str | None = None,
    ) -> None:
        """Share several files in one message, all of them or none; `comment` is mrkdwn, escaped by the caller."""
        try:
            async with asyncio.timeout(FILE_LIMIT):
                shared = [await self._taken(workspace_id, file) for file in files]
                arguments = {
                    "files": shared,
                    "channel_id": channel_id,
                    "thread_ts": thread_ts,
                    "initial_comment": comment,
                }
                await self._write(workspace_id, "files.completeUploadExternal", arguments)
        except (SlackFailure, TimeoutError) as failure:
            log.warning(
                "a file was not taken: %s", failure if isinstance(failure, SlackFailure) else "too slow"
            )
            raise (FileNotAllowed if isinstance(failure, Terminal) else FileNotTaken) from failure

    async def _taken(self, workspace_id: str, file: File) -> dict[str, str]:
        """Carry out the first two steps for a file; it is nowhere to be seen until the third."""
        data = file.data
        wanted = {"filename": file.name, "length": len(data)}
        place = await self._read(workspace_id, "files.getUploadURLExternal", wanted)
        await self._put(text_at(place, "upload_url"), data)
        return {"id": text_at(place, "file_id"), "title": file.title}

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
