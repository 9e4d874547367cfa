"""Rate limits as Slack applies them: one message per second and channel with short bursts, and a budget per method.

Posts are limited by default. The budgets of the other methods are off until a test or a person sets them.
"""

from dataclasses import dataclass

from sandbox.clock import Clock

_DEFAULT_BURST = 5


# Calls per minute that Slack promises at least, by its published tiers, for the methods that the sandbox has.
SLACK_TIERS = {
    "auth.test": 600,
    "bots.info": 50,
    "chat.delete": 50,
    "chat.getPermalink": 600,
    "chat.postEphemeral": 100,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.invite": 50,
    "conversations.join": 50,
    "conversations.list": 20,
    "conversations.members": 100,
    "conversations.open": 50,
    "conversations.replies": 50,
    "reactions.add": 50,
    "reactions.remove": 20,
    "team.info": 50,
    "usergroups.list": 20,
    "usergroups.users.list": 20,
    "users.info": 100,
    "users.list": 20,
    "users.lookupByEmail": 50,
    "views.open": 100,
    "views.publish": 100,
    "views.push": 100,
    "views.update": 100,
}


@dataclass
class _Bucket:
    tokens: float
    at: float


class Limits:
    """Token buckets, keyed by what Slack counts. Times are the workspace clock's seconds."""

    def __init__(
        self, clock: Clock, *, posts_per_second: float | None = 1.0, burst: int = _DEFAULT_BURST
    ) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, ...], _Bucket] = {}
        self.posts_per_second = posts_per_second
        self.burst = burst
        # method → calls per minute and team
        self.per_minute: dict[str, int] = {}

    def retry_after(self, method: str, team_id: str, channel_id: str | None) -> int | None:
        """Take a token; None when there was one, else the whole seconds to wait."""
        per_minute = self.per_minute.get(method)
        if per_minute:
            wait = self._take((method, team_id), per_minute / 60, per_minute)
            if wait is not None:
                return wait
        if method == "chat.postMessage" and channel_id and self.posts_per_second:
            return self._take(("post", channel_id), self.posts_per_second, self.burst)
        return None

    def use_slack_tiers(self) -> None:
        self.per_minute.update(SLACK_TIERS)

    def clear(self) -> None:
        self._buckets.clear()

    def _take(self, key: tuple[str, ...], rate: float, burst: float) -> int | None:
        now = self._clock.timestamp()
        bucket = self._buckets.setdefault(key, _Bucket(burst, now))
        bucket.tokens = min(burst, bucket.tokens + max(0.0, now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens < 1:
            return max(1, -int(-(1 - bucket.tokens) / rate // 1))
        bucket.tokens -= 1
        return None
