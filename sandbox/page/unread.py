"""How far each person has read each channel on this page, for the marks beside channels and people.

In memory only, and of this page alone: Slack's own read state is no part of the sandbox. It changes no message.
"""

from __future__ import annotations

from sandbox.state import State, is_hidden_reply


class Reading:
    def __init__(self, state: State) -> None:
        self._state = state
        self._started = f"{state.clock.timestamp():.6f}"
        self._read: dict[tuple[str, str], str] = {}

    def seen(self, user_id: str, channel_id: str) -> None:
        """That person has looked at the channel just now."""
        last = self._state.last_ts.get(channel_id)
        if last:
            self._read[user_id, channel_id] = last

    def unread(self, user_id: str, channel_id: str) -> int:
        """Messages of others that the channel shows and that person has not looked at."""
        since = self._read.get((user_id, channel_id), self._started)
        return sum(
            1
            for ts, message in reversed(self._state.messages.get(channel_id, {}).items())
            if ts > since and message.get("user") != user_id and not is_hidden_reply(message)
        )

    def waiting(self, user_id: str) -> int:
        """What awaits a person: unread direct messages of the app, and an open form."""
        direct = [c["id"] for c in self._state.channels_of(user_id) if c.get("is_im")]
        return sum(self.unread(user_id, channel_id) for channel_id in direct) + len(
            self._state.open_views(user_id)
        )
