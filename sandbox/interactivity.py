"""The two short-lived keys that Slack hands out with an interaction: trigger ids and response URLs.

Both expire by the workspace's clock. They are kept in memory only: after a restart Slack's would be too old as well.
"""

import secrets
from dataclasses import dataclass
from typing import Literal

from sandbox.clock import Clock, Timings
from sandbox.refusals import SlackRefusalError

RESPONSE_URL_USES = 5


@dataclass
class Trigger:
    user_id: str
    team_id: str
    issued_at: float
    view_id: str | None = None
    exchanged: bool = False


@dataclass
class ResponseTarget:
    """Where a response URL leads: to a channel as one person sees it, and to the message that it came from."""

    user_id: str
    team_id: str
    channel_id: str
    issued_at: float
    message_ts: str | None = None
    thread_ts: str | None = None
    is_ephemeral: bool = False
    uses: int = 0


class Interactivity:
    def __init__(self, clock: Clock, timings: Timings) -> None:
        self._clock = clock
        self._timings = timings
        self._triggers: dict[str, Trigger] = {}
        self._targets: dict[str, ResponseTarget] = {}

    def issue_trigger(self, user_id: str, team_id: str, view_id: str | None = None) -> str:
        self._forget_old_triggers()
        now = self._clock.timestamp()
        trigger_id = f"{now * 1000:.0f}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user_id, team_id, now, view_id)
        return trigger_id

    def exchange(self, trigger_id: str, team_id: str) -> Trigger:
        """Use a trigger up. It serves once, and only for a few seconds."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.team_id != team_id:
            raise SlackRefusalError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackRefusalError("exchanged_trigger_id")
        if self._clock.timestamp() - trigger.issued_at > self._timings.trigger:
            raise SlackRefusalError("expired_trigger_id")
        trigger.exchanged = True
        return trigger

    def issue_response_url(self, kind: Literal["commands", "actions"], target: ResponseTarget) -> str:
        """The path of a new response URL, below the sandbox's own address."""
        path = f"/{kind}/{target.team_id}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        self._targets[path] = target
        return path

    def use_response_url(self, path: str) -> ResponseTarget:
        """Raises `expired_url` after half an hour, `used_url` after five uses."""
        target = self._targets.get(path)
        if target is None:
            raise SlackRefusalError("invalid_url")
        if self._clock.timestamp() - target.issued_at > self._timings.response_url:
            raise SlackRefusalError("expired_url")
        if target.uses >= RESPONSE_URL_USES:
            raise SlackRefusalError("used_url")
        target.uses += 1
        return target

    def _forget_old_triggers(self) -> None:
        # Long after its expiry a trigger may as well be unknown; until then the answer is the precise one.
        horizon = self._clock.timestamp() - 3600
        for trigger_id, trigger in tuple(self._triggers.items()):
            if trigger.issued_at >= horizon:
                break
            del self._triggers[trigger_id]
