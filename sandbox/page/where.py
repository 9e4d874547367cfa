"""Which part of the workspace a page shows, to whom: read from an address, and written back into one.

Slack's own addresses work: `/archives/<channel>/p<digits of the ts>`, with `?thread_ts=` for a reply. An address that
names what the person may not see falls back to what they may.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from sandbox.conversations import visible
from sandbox.refusals import SlackRefusalError
from sandbox.state import State, is_hidden_reply

Tab = Literal["channel", "home"]

_MESSAGE = re.compile(r"p(\d{7,20})")


@dataclass(frozen=True)
class Where:
    """`focus_ts` is the message that a permalink names; `lost` says what could not be shown."""

    user_id: str
    tab: Tab = "channel"
    channel_id: str = ""
    thread_ts: str = ""
    focus_ts: str = ""
    lost: str = ""

    @property
    def query(self) -> str:
        """For the panes and the event stream, which need it all in one query."""
        given = {
            "as": self.user_id,
            "tab": self.tab,
            "channel": self.channel_id,
            "thread": self.thread_ts,
            "focus": self.focus_ts,
        }
        return urlencode({name: value for name, value in given.items() if value})


def ts_of(digits: str) -> str | None:
    """`p1700000000000100` → `1700000000.000100`."""
    match = _MESSAGE.fullmatch(digits)
    return f"{match[1][:-6]}.{match[1][-6:]}" if match else None


def permalink_path(channel_id: str, ts: str) -> str:
    return f"/archives/{channel_id}/p{ts.replace('.', '')}"


def known_person(state: State, wanted: str | None) -> str:
    """The person asked for, or the first one who is still here."""
    user = state.users.get(wanted or "")
    if user and not user["is_bot"] and not user["deleted"]:
        return str(user["id"])
    return next((str(u["id"]) for u in state.people() if not u["deleted"]), "")


def first_channel(state: State, user_id: str) -> str:
    """Where a person starts: the first channel that they and the app are both in, else the first of theirs."""
    mine = [c for c in state.channels_of(user_id) if not c.get("is_im")]
    bots = {i["bot_user_id"] for i in state.installations.values()}
    shared = [c for c in mine if bots & set(state.members[c["id"]])]
    return next((str(c["id"]) for c in [*shared, *mine]), "")


def locate(state: State, user_id: str, channel_id: str, message: str = "", thread_ts: str = "") -> Where:
    """Where an address leads this person."""
    try:
        visible(state, user_id, channel_id)
    except SlackRefusalError:
        start = first_channel(state, user_id)
        return Where(user_id, channel_id=start, lost=channel_id and "channel")
    ts = ts_of(message) if message else None
    found = state.messages.get(channel_id, {}).get(ts or "")
    if message and found is None:
        return Where(user_id, channel_id=channel_id, thread_ts=thread_ts, lost="message")
    if found is not None and ts is not None:
        root = found.get("thread_ts") or ""
        if thread_ts or root or is_hidden_reply(found):
            return Where(user_id, channel_id=channel_id, thread_ts=thread_ts or root, focus_ts=ts)
        return Where(user_id, channel_id=channel_id, focus_ts=ts)
    return Where(user_id, channel_id=channel_id, thread_ts=thread_ts)
