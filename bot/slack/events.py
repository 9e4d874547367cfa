"""What happens in Slack, as frozen values: a message written, edited or deleted, a Home tab opened, a person
changed, joined or left a channel.

`parse_event` reads an event's body. One message arrives as several events (`message` and `app_mention`, and again after
a lost ack): its `delivery` is its channel and ts. Edits that nobody made (unfurls, our own updates) are none of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.domain.text import links, mentioned, unescape
from bot.slack.reading import (
    Inbound,
    Json,
    id_at,
    is_elsewhere,
    maybe_id,
    maybe_text,
    maybe_ts,
    reach,
    text_at,
    ts_at,
    workspace_key,
)


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that hangs on a message."""

    id: str
    name: str
    permalink: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMessage(Inbound):
    """Somebody wrote, or edited, a message. `thread_ts` is None for one that stands in the channel by itself."""

    channel_id: str
    channel_type: str
    ts: str
    thread_ts: str | None
    text: str
    """As Slack delivers it: escaped, with `<@U…>` and `<https://…>`."""
    edited_at: str | None = None
    """The ts of the edit, for a message that was edited."""
    files: tuple[SharedFile, ...] = ()

    @property
    def is_direct(self) -> bool:
        """Whether it was said to Preflight alone, in a direct message."""
        return self.channel_type == "im" or self.channel_id.startswith("D")

    @property
    def words(self) -> str:
        """The text as the person wrote it; escape it to show it."""
        return unescape(self.text).strip()

    @property
    def mentions(self) -> tuple[str, ...]:
        """The people and user groups that are mentioned."""
        return mentioned(self.text)

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses that the text links to."""
        return links(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRemoved(Inbound):
    """A person's message was deleted; `user_id` is its author."""

    channel_id: str
    ts: str
    thread_ts: str | None

    @property
    def still_to_come(self) -> str:
        """The delivery of the message itself, which may arrive after the word that it is gone."""
        return message_key(self.channel_id, self.ts)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotMessageRemoved(Inbound):
    """A bot's message was deleted by a person; it may be one of ours."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened(Inbound):
    """Somebody opened the Home tab."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged(Inbound):
    """Somebody joined, left, or changed their profile; `profile` is Slack's user object."""

    profile: Json = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChanged(Inbound):
    """Somebody, Preflight itself too, is in a channel from now on or is not any more; told of channels that it is in."""

    channel_id: str
    joined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEvent(Inbound):
    """Any other event; `user_id` is empty where it has no person."""

    kind: str
    event: Json = field(repr=False)


Event = (
    ThreadMessage
    | MessageRemoved
    | BotMessageRemoved
    | HomeOpened
    | PersonChanged
    | MembershipChanged
    | OtherEvent
)

_PEOPLE_WROTE: Final = (None, "file_share", "thread_broadcast", "me_message")
_PEOPLE_CHANGED: Final = frozenset({"user_change", "team_join"})
_MEMBERSHIP: Final = {"member_joined_channel": True, "member_left_channel": False}


def parse_event(body: Json) -> Event | None:
    """Read an event_callback body; None for a message that is none of ours (bots, unfurls, joins and the like)."""
    event = reach(body, "event")
    kind = text_at(event, "type")
    if kind == "app_mention":
        return None  # the same words come as `message`, wherever Preflight is a member
    if kind == "message":
        return _message(body, event)
    if kind in _PEOPLE_CHANGED:
        profile = reach(event, "user")
        user_id = id_at(profile, "id")
        return PersonChanged(**_installed(body), user_id=user_id, delivery=_event_key(body), profile=profile)
    if kind in _MEMBERSHIP:
        return MembershipChanged(
            **_installed(body),
            user_id=id_at(event, "user"),
            delivery=_event_key(body),
            channel_id=id_at(event, "channel"),
            joined=_MEMBERSHIP[kind],
        )
    user = reach(event, "user")
    user_id = user if isinstance(user, str) else ""
    if kind == "app_home_opened":
        if reach(event, "tab") not in (None, "home"):
            return None
        return HomeOpened(**_installed(body), user_id=id_at(event, "user"), delivery=_event_key(body))
    return OtherEvent(**_installed(body), user_id=user_id, delivery=_event_key(body), kind=kind, event=event)


def _message(body: Json, event: Json) -> ThreadMessage | MessageRemoved | BotMessageRemoved | None:
    subtype = reach(event, "subtype")
    if subtype in _PEOPLE_WROTE:
        return _written(body, event, event)
    if subtype == "message_changed":
        now, before = reach(event, "message"), reach(event, "previous_message")
        if reach(now, "subtype") == "tombstone":
            return _removed(body, event)
        is_edit = reach(now, "edited") is not None and reach(now, "text") != reach(before, "text")
        return _written(body, event, now) if is_edit and reach(now, "subtype") in _PEOPLE_WROTE else None
    return _removed(body, event) if subtype == "message_deleted" else None


def message_key(channel_id: str, ts: str) -> str:
    """Return what tells the delivery of a message from all others."""
    return f"message:{channel_id}:{ts}"


def _written(body: Json, event: Json, message: Json) -> ThreadMessage | None:
    if reach(message, "bot_id") or not reach(message, "user"):
        return None
    channel_id, ts = id_at(event, "channel"), ts_at(message, "ts")
    edited_at = maybe_ts(message, "edited", "ts")
    thread_ts = maybe_ts(message, "thread_ts")
    team_id = maybe_id(message, "user_team") or maybe_id(message, "team") or maybe_id(message, "source_team")
    installed = _installed(body)
    return ThreadMessage(
        **installed,
        user_id=id_at(message, "user"),
        delivery=message_key(channel_id, ts) + (f":{edited_at}" if edited_at else ""),
        from_elsewhere=is_elsewhere(team_id, installed["workspace_id"]),
        channel_id=channel_id,
        channel_type=maybe_text(event, "channel_type") or "",
        ts=ts,
        thread_ts=None if thread_ts == ts else thread_ts,
        text=maybe_text(message, "text") or "",
        edited_at=edited_at,
        files=tuple(_files(reach(message, "files"))),
    )


def _removed(body: Json, event: Json) -> MessageRemoved | BotMessageRemoved | None:
    before = reach(event, "previous_message")
    if not (reach(before, "bot_id") or reach(before, "user")):
        return None
    channel_id, ts = id_at(event, "channel"), ts_at(before, "ts")
    if reach(before, "bot_id"):
        gone = f"removed:{channel_id}:{ts}"
        return BotMessageRemoved(**_installed(body), user_id="", delivery=gone, channel_id=channel_id, ts=ts)
    thread_ts = maybe_ts(before, "thread_ts")
    return MessageRemoved(
        **_installed(body),
        user_id=id_at(before, "user"),
        delivery=f"removed:{channel_id}:{ts}",
        channel_id=channel_id,
        ts=ts,
        thread_ts=None if thread_ts == ts else thread_ts,
    )


def _files(files: Any) -> list[SharedFile]:
    known = (
        [f for f in files if isinstance(f, Mapping) and isinstance(f.get("id"), str)]
        if isinstance(files, list)
        else []
    )
    return [
        SharedFile(
            id=text_at(file, "id"),
            name=maybe_text(file, "title") or maybe_text(file, "name") or "",
            permalink=maybe_text(file, "permalink") or "",
        )
        for file in known
    ]


def _event_key(body: Json) -> str:
    return f"event:{text_at(body, 'event_id')}"


def _installed(body: Json) -> dict[str, Any]:
    """Return the workspace that the app was installed to: an event of a shared channel can name another one."""
    authorization = reach(body, "authorizations", 0)
    if maybe_id(authorization, "team_id"):
        enterprise_id, team_id = maybe_id(authorization, "enterprise_id"), id_at(authorization, "team_id")
    else:
        enterprise_id, team_id = maybe_id(body, "enterprise_id"), id_at(body, "team_id")
    return {"workspace_id": workspace_key(enterprise_id, team_id)}
