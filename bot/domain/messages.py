"""A durable message: what Slack should show, and how far Slack is behind. Delivery makes Slack look like these."""

from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic needs this one below Python 3.12

from bot.domain.values import Frozen, Instant

Block = dict[str, Any]


class Body(TypedDict):
    """A message's words and blocks; `text` is what notifications and screen readers say."""

    text: str
    blocks: list[Block]
    instead: NotRequired[list[Block]]
    """What is shown where Slack does not take the blocks: charts and sortable tables are not known everywhere."""


class OutboundMessage(Frozen):
    """One message as it should be, and as it was last delivered."""

    id: str
    workspace_id: str
    key: str
    channel_id: str
    """A channel, or a person's id for a direct message."""
    under: str | None
    """The id of the message whose thread this one belongs to; None for a message of its own."""
    body: Body
    version: int
    delivered_version: int = 0
    slack_channel_id: str | None = None
    """The channel that Slack named when it was posted (a direct message's own channel)."""
    slack_ts: str | None = None
    not_before: Instant | None = None
    first_attempt_at: Instant | None = None
    """When a first post was begun; set before the call, so that a repeated post looks for itself first."""
    failed: str | None = None
    """Slack's terminal error, after which nothing is tried until an administrator mends it."""
    paced: bool = False
    """Whether it goes through the rate-limited queue (nudges, digests) instead of at once."""

    @property
    def due(self) -> bool:
        """Whether Slack shows less than it should."""
        return self.delivered_version < self.version and self.failed is None
