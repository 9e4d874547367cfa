"""What delivery needs of the rest of the house, as small protocols: the rows, Slack, and somebody to tell of failures.

The sender is handed these; tests hand in fakes that implement them. Nothing here does anything.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeVar, TypeVarTuple

from bot.domain.messages import Body, OutboundMessage
from storage.transaction import Tx

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")

Sleep = Callable[[float], Awaitable[None]]
OnTerminal = Callable[[Tx, OutboundMessage, str], None]
"""Called inside the transaction that marks a message failed, so that telling the administrator cannot get lost."""


class Posted(Protocol):
    """Where Slack put a message."""

    @property
    def channel_id(self) -> str: ...

    @property
    def ts(self) -> str: ...


class Gateway(Protocol):
    """The calls to Slack that durable messages need; every failure is one of `bot.slack.failures`.

    `channel_id` may be a person's id where a message is posted or looked for and Slack has not yet named the direct
    message's own channel.
    """

    async def post(
        self, workspace_id: str, channel_id: str, body: Body, *, thread_ts: str | None, key: str
    ) -> Posted: ...

    async def update(self, workspace_id: str, channel_id: str, ts: str, body: Body) -> object: ...

    async def find(
        self, workspace_id: str, channel_id: str, *, thread_ts: str | None, key: str, oldest: datetime
    ) -> Posted | None: ...


class Rows(Protocol):
    """The part of the store that delivery uses: work on the one writer, and reads beside it."""

    async def write(self, work: Callable[[Tx, *Arguments], Result], /, *args: *Arguments) -> Result: ...

    async def read(self, work: Callable[[Tx, *Arguments], Result], /, *args: *Arguments) -> Result: ...
