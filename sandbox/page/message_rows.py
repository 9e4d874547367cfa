"""Messages as rows of a timeline: who, when, what, and what may be done with it, ready for the template.

It reads the state and renders bodies; it decides nothing that Slack would decide (may I edit this?) differently from
`sandbox.messages`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from markupsafe import Markup

from sandbox.messages import is_author
from sandbox.state import Json, State, is_hidden_reply

from .avatars import Avatar, avatar_of
from .emoji import emoji
from .frame import Frame
from .mrkdwn import editable_text, mrkdwn
from .reader import Reader
from .rendering import render_message_body
from .where import Where, permalink_path

_TOGETHER_SECONDS = 300
_SHOWN = 120


@dataclass(frozen=True)
class Reaction:
    name: str
    character: str
    count: int
    mine: bool
    who: str


@dataclass(frozen=True)
class Row:
    """One message as its reader sees it."""

    dom_id: str
    ts: str
    channel_id: str
    thread_ts: str
    author: str
    author_id: str
    is_app: bool
    avatar: Avatar
    when: datetime
    message: Json
    frame: Frame
    raw_text: str
    permalink: str
    ephemeral: bool = False
    system: bool = False
    tombstone: bool = False
    edited: bool = False
    continued: bool = False
    focused: bool = False
    broadcast: bool = False
    may_edit: bool = False
    may_delete: bool = False
    replies: int = 0
    repliers: list[Avatar] = field(default_factory=list)
    last_reply: datetime | None = None
    reactions: list[Reaction] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)

    @property
    def body(self) -> Markup:
        """Drawn when asked for, because a page often has it already."""
        if self.system:
            return mrkdwn(str(self.message.get("text", "")), self.frame.reader)
        return render_message_body(self.message, self.frame)

    @property
    def place(self) -> dict[str, str]:
        return self.frame.place()

    @property
    def fingerprint(self) -> tuple[str, ...]:
        """Two rows of one fingerprint look the same to one reader, as long as nobody is renamed."""
        marks = f"{self.continued:d}{self.focused:d}{self.may_edit:d}{self.may_delete:d}"
        return (self.frame.reader.user_id, self.dom_id, marks, json.dumps(self.message, default=str))

    @property
    def day(self) -> date:
        return self.when.date()


def channel_rows(state: State, where: Where) -> tuple[list[Row], str]:
    """What the channel shows this person, oldest first, ephemeral messages among the others.

    Long channels show their latest messages; then the second part is the address of the ones before.
    """
    shown = [m for m in state.messages.get(where.channel_id, {}).values() if not is_hidden_reply(m)]
    whispers = [m for m in state.ephemerals_of(where.user_id, where.channel_id) if not m.get("thread_ts")]
    everything = sorted([*shown, *whispers], key=_ts)
    start = _start(everything, where.focus_ts)
    earlier = permalink_path(where.channel_id, everything[start - 1]["ts"]) if start else ""
    return _rows(state, where, everything[start:], in_thread=False), earlier


def thread_rows(state: State, where: Where) -> list[Row]:
    """The root and its replies, with what only this person sees in the thread."""
    shown = state.thread(where.channel_id, where.thread_ts)
    whispers = [
        m
        for m in state.ephemerals_of(where.user_id, where.channel_id)
        if m.get("thread_ts") == where.thread_ts
    ]
    return _rows(state, where, sorted([*shown, *whispers], key=_ts), in_thread=True)


def _ts(message: Json) -> str:
    return str(message["ts"])


def _start(messages: list[Json], focus_ts: str) -> int:
    """Where the latest ones begin; further back where a permalink points there."""
    start = max(0, len(messages) - _SHOWN)
    for index, message in enumerate(messages[:start]):
        if message["ts"] == focus_ts:
            return max(0, index - _SHOWN // 2)
    return start


def _rows(state: State, where: Where, messages: Iterable[Json], *, in_thread: bool) -> list[Row]:
    reader = Reader.of(state, where.user_id)
    rows: list[Row] = []
    for message in messages:
        before = rows[-1] if rows and not (in_thread and len(rows) == 1) else None
        rows.append(_row(where, reader, message, before, in_thread=in_thread))
    return rows


def _row(where: Where, reader: Reader, message: Json, before: Row | None, *, in_thread: bool) -> Row:
    ts, author_id = str(message["ts"]), _author_id(reader, message)
    ephemeral = bool(message.get("is_ephemeral"))
    subtype = str(message.get("subtype", ""))
    system = subtype.startswith(("channel_", "group_"))
    when = reader.local(ts)
    frame = Frame(reader, "ephemeral" if ephemeral else "message", channel_id=where.channel_id, ts=ts)
    mine = is_author(message, where.user_id) and not ephemeral
    return Row(
        dom_id=f"{'t' if in_thread else 'm'}-{ts.replace('.', '-')}{'-only-you' if ephemeral else ''}",
        ts=ts,
        channel_id=where.channel_id,
        thread_ts=str(message.get("thread_ts") or ts),
        author=_author(reader, message, author_id),
        author_id=author_id,
        is_app=bool(message.get("bot_id")),
        avatar=avatar_of(reader, author_id),
        when=when,
        message=message,
        frame=frame,
        raw_text=editable_text(str(message.get("text", "")), reader),
        permalink=permalink_path(where.channel_id, ts),
        ephemeral=ephemeral,
        system=system,
        tombstone=subtype == "tombstone",
        edited=bool(message.get("edited")) and not message.get("bot_id"),
        continued=_continues(
            before, author_id, when, plain=not (system or ephemeral or subtype or message.get("bot_id"))
        ),
        focused=ts == where.focus_ts,
        broadcast=subtype == "thread_broadcast" and not in_thread,
        may_edit=mine,
        may_delete=not ephemeral and not system and (mine or bool(reader.me.get("is_admin"))),
        replies=0 if in_thread else int(message.get("reply_count") or 0),
        repliers=[avatar_of(reader, str(user)) for user in message.get("reply_users", [])[:4]],
        last_reply=reader.local(message["latest_reply"]) if message.get("latest_reply") else None,
        reactions=[_reaction(reader, entry) for entry in message.get("reactions", ())],
        files=list(message.get("files") or ()),
    )


def _author_id(reader: Reader, message: Json) -> str:
    """A user id also for what an app says without one, as through a response URL."""
    if message.get("user") or not message.get("bot_id"):
        return str(message.get("user") or "")
    bots = (u["id"] for u in reader.users.values() if u.get("profile", {}).get("bot_id") == message["bot_id"])
    return str(next(bots, message["bot_id"]))


def _author(reader: Reader, message: Json, author_id: str) -> str:
    profile = message.get("bot_profile")
    if isinstance(profile, dict) and profile.get("name"):
        return str(profile["name"])
    return "Slackbot" if author_id == "USLACKBOT" else reader.name_of(author_id)


def _continues(before: Row | None, author_id: str, when: datetime, *, plain: bool) -> bool:
    """Whether it stands under the same name as the row above. What an app says always has its own head."""
    return bool(
        plain
        and before
        and before.author_id == author_id
        and not (before.system or before.ephemeral or before.tombstone or before.replies)
        and before.day == when.date()
        and (when - before.when).total_seconds() < _TOGETHER_SECONDS
    )


def _reaction(reader: Reader, entry: Json) -> Reaction:
    name = str(entry["name"])
    return Reaction(
        name,
        emoji(name) or f":{name}:",
        int(entry["count"]),
        reader.user_id in entry["users"],
        ", ".join(reader.name_of(user) for user in entry["users"]),
    )
