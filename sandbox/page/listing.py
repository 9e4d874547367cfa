"""What stands in the lists beside a conversation: channels and people, as this person sees them.

It reads the state and how far people have read; templates only print what is here.
"""

from __future__ import annotations

from sandbox.clock import Clock
from sandbox.state import Json, State

from .avatars import avatar_of
from .reader import Reader
from .unread import Reading
from .where import Where


class Listing:
    def __init__(self, state: State, clock: Clock, reading: Reading) -> None:
        self._state = state
        self._clock = clock
        self._reading = reading

    def channels(self, where: Where) -> list[Json]:
        """The public channels of the person's team and the private ones that they are in, by name."""
        reader = Reader.of(self._state, where.user_id)
        listed = [
            c
            for c in self._state.channels.values()
            if not c.get("is_im")
            and reader.channel_name(c["id"])
            and (reader.team_id in c["shared_team_ids"] or self._state.is_member(where.user_id, c["id"]))
        ]
        return [self._channel(where, c) for c in sorted(listed, key=lambda c: str(c["name"]))]

    def direct(self, where: Where, bot_user_id: str) -> Json:
        """The conversation with the app, opened or not."""
        channel = self._state.im_between(where.user_id, bot_user_id) if bot_user_id else None
        here = channel is not None and where.channel_id == channel["id"]
        unread = self._reading.unread(where.user_id, channel["id"]) if channel and not here else 0
        return {"here": here, "unread": unread}

    def people(self, where: Where, team_id: str, *, also_gone: bool) -> list[Json]:
        everybody = self._state.people(team_id)
        return [self.person(where, u) for u in everybody if also_gone or not u["deleted"]]

    def person(self, where: Where, user: Json) -> Json:
        user_id = str(user.get("id", ""))
        reader = Reader.of(self._state, user_id)
        return {
            "id": user_id,
            "name": user.get("real_name", "Nobody"),
            "title": user.get("profile", {}).get("title", ""),
            "avatar": avatar_of(reader, user_id),
            "deleted": bool(user.get("deleted")),
            "guest": bool(user.get("is_restricted")),
            "admin": bool(user.get("is_admin")),
            "time": self._clock.now().astimezone(reader.zone),
            "tz": user.get("tz", ""),
            "locale": user.get("locale", ""),
            "me": user_id == where.user_id,
            "waiting": self._reading.waiting(user_id) if user_id else 0,
        }

    def _channel(self, where: Where, channel: Json) -> Json:
        mine = self._state.is_member(where.user_id, channel["id"])
        here = where.tab == "channel" and where.channel_id == channel["id"]
        return {
            "id": channel["id"],
            "name": channel["name"],
            "private": channel["is_private"],
            "archived": channel["is_archived"],
            "mine": mine,
            "here": here,
            "unread": self._reading.unread(where.user_id, channel["id"]) if mine and not here else 0,
        }
