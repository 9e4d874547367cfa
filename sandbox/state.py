"""What the workspace is right now: teams, people, channels, messages, views, as Slack-shaped dicts, and nothing else.

No I/O and no delivery: rules (`messages.py`, `views.py`, `people.py`, `conversations.py`) change it and call `changed`
and `announce`; the server listens. Everything but the traffic log survives a restart through `snapshot` and `restore`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.changes import Change, ChangeFeed, ChangeKind
from sandbox.clock import Clock
from sandbox.copies import copied
from sandbox.refusals import SlackRefusalError
from sandbox.traffic import TrafficLog

Json = dict[str, Any]

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KEPT = (
    "teams",
    "installations",
    "apps",
    "users",
    "usergroups",
    "channels",
    "members",
    "messages",
    "ephemerals",
    "views",
    "typed",
    "stacks",
    "homes",
    "files",
    "last_ts",
)


@dataclass(frozen=True)
class Announcement:
    """An Events API event for the apps that may see it: of one channel's members, or of the whole team."""

    event: Json
    team_id: str
    channel_id: str | None = None


class State:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.changes = ChangeFeed()
        self.traffic = TrafficLog()
        # kinds of block that this workspace does not take, as one on an older plan; not kept over a restart
        self.refused_blocks: set[str] = set()
        self.listeners: list[Callable[[Announcement], None]] = []
        self._ids = 0
        self.clear()

    def clear(self) -> None:
        self.teams: dict[str, Json] = {}
        # team_id → {"team_id", "app_id", "bot_id", "bot_user_id", "bot_token"}: the app as installed there
        self.installations: dict[str, Json] = {}
        # app_id → {"id", "name", "commands", "shortcuts", "events", "app_token", "signing_secret"}
        self.apps: dict[str, Json] = {}
        self.users: dict[str, Json] = {}
        self.usergroups: dict[str, Json] = {}
        self.channels: dict[str, Json] = {}
        self.members: dict[str, list[str]] = {}
        # channel_id → ts → message, in the order of posting
        self.messages: dict[str, dict[str, Json]] = {}
        # {"channel": id, "user": id, "message": …}: what one person alone sees, in the order of posting
        self.ephemerals: list[Json] = []
        # view_id → the open modal as Slack sends it, with its current `state`
        self.views: dict[str, Json] = {}
        # view_id → block_id → action_id → what a person has put in, in Slack's shape
        self.typed: dict[str, dict[str, dict[str, Json]]] = {}
        # user_id → ids of that person's open modals, the top one last
        self.stacks: dict[str, list[str]] = {}
        # user_id → the published Home view
        self.homes: dict[str, Json] = {}
        self.files: dict[str, Json] = {}
        self.last_ts: dict[str, str] = {}

    # What happened

    def changed(
        self,
        kind: ChangeKind,
        *,
        channel_id: str | None = None,
        user_id: str | None = None,
        ts: str | None = None,
        view_id: str | None = None,
    ) -> None:
        self.changes.announce(Change(kind, channel_id, user_id, ts, view_id))

    def announce(self, event: Json, team_id: str, channel_id: str | None = None) -> None:
        announcement = Announcement(copied(event), team_id, channel_id)
        for listener in tuple(self.listeners):
            listener(announcement)

    # New names

    def new_id(self, prefix: str) -> str:
        """An id in Slack's manner: a letter and ten capitals or digits, never repeated in this workspace."""
        self._ids += 1
        number, digits = self._ids * 2_654_435_761 % 36**8, ""
        for _ in range(8):
            number, rest = divmod(number, 36)
            digits = _ALPHABET[rest] + digits
        return f"{prefix}0{digits}"

    def short_id(self) -> str:
        """What Slack puts where an app left out a block_id or action_id."""
        return self.new_id("")[-5:]

    def new_ts(self, channel_id: str) -> str:
        """Strings that sort by time and are unique in their channel, also when the clock stands still."""
        now = f"{self.clock.timestamp():.6f}"
        last = self.last_ts.get(channel_id, "")
        if now <= last:
            seconds, micros = last.split(".")
            ticks = int(seconds) * 1_000_000 + int(micros) + 1
            now = f"{ticks // 1_000_000}.{ticks % 1_000_000:06d}"
        self.last_ts[channel_id] = now
        return now

    # Looking things up, refusing as Slack does

    def user(self, user_id: str) -> Json:
        found = self.users.get(user_id)
        if found is None:
            raise SlackRefusalError("user_not_found")
        return found

    def channel(self, channel_id: str) -> Json:
        found = self.channels.get(channel_id)
        if found is None:
            raise SlackRefusalError("channel_not_found")
        return found

    def message(self, channel_id: str, ts: str) -> Json:
        found = self.messages.get(channel_id, {}).get(ts)
        if found is None:
            raise SlackRefusalError("message_not_found")
        return found

    def team_of_channel(self, channel_id: str) -> str:
        return str(self.channel(channel_id)["context_team_id"])

    def is_member(self, user_id: str, channel_id: str) -> bool:
        return user_id in self.members.get(channel_id, ())

    def people(self, team_id: str | None = None) -> list[Json]:
        """Humans, in the order of the seed; deactivated ones too."""
        return [u for u in self.users.values() if not u["is_bot"] and team_id in (None, u["team_id"])]

    def channels_of(self, user_id: str) -> list[Json]:
        return [c for c in self.channels.values() if self.is_member(user_id, c["id"])]

    def channel_messages(self, channel_id: str) -> list[Json]:
        """What the channel itself shows: roots and broadcast replies, oldest first."""
        return [m for m in self.messages.get(channel_id, {}).values() if not is_hidden_reply(m)]

    def thread(self, channel_id: str, thread_ts: str) -> list[Json]:
        """The root, then its replies, oldest first."""
        return [
            m
            for ts, m in self.messages.get(channel_id, {}).items()
            if ts == thread_ts or m.get("thread_ts") == thread_ts
        ]

    def ephemerals_of(self, user_id: str, channel_id: str | None = None) -> list[Json]:
        """Only-visible-to-you messages, oldest first, each with its `channel`."""
        return [
            e["message"] | {"channel": e["channel"]}
            for e in self.ephemerals
            if e["user"] == user_id and channel_id in (None, e["channel"])
        ]

    def open_views(self, user_id: str) -> list[Json]:
        """That person's modals, the one on top last."""
        return [self.views[view_id] for view_id in self.stacks.get(user_id, ())]

    def home(self, user_id: str) -> Json | None:
        return self.homes.get(user_id)

    def im_between(self, user_id: str, other_id: str) -> Json | None:
        for channel in self.channels.values():
            if channel.get("is_im") and set(self.members[channel["id"]]) == {user_id, other_id}:
                return channel
        return None

    def installation_of_bot(self, bot_user_id: str) -> Json | None:
        return next((i for i in self.installations.values() if i["bot_user_id"] == bot_user_id), None)

    # Surviving a restart

    def snapshot(self) -> Json:
        return {"version": 1, "ids": self._ids} | {name: getattr(self, name) for name in _KEPT}

    def restore(self, saved: Json) -> None:
        """Take over a snapshot; raises ValueError for one that this version cannot read."""
        if saved.get("version") != 1 or not all(name in saved for name in _KEPT):
            raise ValueError("This is not a state file of this sandbox; start with --fresh.")
        self._ids = int(saved["ids"])
        for name in _KEPT:
            setattr(self, name, copied(saved[name]))
        self.changed("reset")


def is_hidden_reply(message: Json) -> bool:
    """A thread reply that its channel does not show."""
    thread_ts = message.get("thread_ts")
    return (
        thread_ts is not None and thread_ts != message["ts"] and message.get("subtype") != "thread_broadcast"
    )


def channel_type(channel: Json) -> str:
    """How events name the kind of channel."""
    if channel.get("is_im"):
        return "im"
    return "group" if channel["is_private"] else "channel"
