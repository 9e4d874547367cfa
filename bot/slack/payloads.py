"""What people do in Slack, as frozen values: a command, a click, a form submitted or closed, a shortcut.

With `events` the only place that knows the shape of Slack's bodies. Whatever is missing or of the wrong kind raises
`Malformed`, a refusal. Every value carries its workspace, who did it, and `delivery`: the key under which a repeated
delivery of the same thing is recognised (the trigger of a command or a click, id and hash of a form).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from bot.domain.text import mentioned, storable, unescape
from bot.slack.events import (
    BotMessageRemoved,
    HomeOpened,
    MembershipChanged,
    MessageRemoved,
    OtherEvent,
    PersonChanged,
    SharedFile,
    ThreadMessage,
    parse_event,
)
from bot.slack.reading import (
    Inbound,
    Json,
    Malformed,
    id_at,
    is_elsewhere,
    maybe_id,
    maybe_text,
    maybe_ts,
    reach,
    text_at,
    workspace_key,
)

__all__ = [
    "BotMessageRemoved",
    "ButtonClick",
    "FormClosed",
    "FormSubmission",
    "HomeOpened",
    "Inbound",
    "Malformed",
    "MembershipChanged",
    "MessageRemoved",
    "OtherEvent",
    "PersonChanged",
    "SharedFile",
    "ShortcutUse",
    "SlashCommand",
    "ThreadMessage",
    "chosen",
    "parse_event",
]
# Features import every kind of delivery from here; `events` is apart only to keep each file readable.

_NOTHING: Final[Json] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlashCommand(Inbound):
    """Somebody typed a command; `word` is its first word in small letters, `rest` what follows, as they wrote it."""

    command: str
    text: str
    channel_id: str
    trigger_id: str
    response_url: str | None

    @property
    def word(self) -> str:
        """The subcommand, or an empty string."""
        return self.text.split(maxsplit=1)[0].casefold() if self.text.strip() else ""

    @property
    def rest(self) -> str:
        """What follows the subcommand, without Slack's markup."""
        words = self.text.split(maxsplit=1)
        return unescape(words[1]).strip() if len(words) > 1 else ""

    @property
    def mentions(self) -> tuple[str, ...]:
        """The people and user groups that are mentioned."""
        return mentioned(self.text)

    @classmethod
    def parse(cls, body: Json) -> "SlashCommand":
        """Read the form of a slash command."""
        trigger_id = text_at(body, "trigger_id")
        return cls(
            workspace_id=workspace_key(maybe_id(body, "enterprise_id"), id_at(body, "team_id")),
            user_id=id_at(body, "user_id"),
            delivery=f"command:{trigger_id}",
            command=text_at(body, "command"),
            text=maybe_text(body, "text") or "",
            channel_id=id_at(body, "channel_id"),
            trigger_id=trigger_id,
            response_url=maybe_text(body, "response_url"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonClick(Inbound):
    """Somebody used a control in a message, a form or the Home tab."""

    action_id: str
    block_id: str
    value: str
    """The button's value, or the value of the entry that was chosen; empty where it has none."""
    selected: tuple[str, ...]
    """What was chosen: option values, or ids of people, groups and channels, or a date."""
    trigger_id: str
    channel_id: str | None
    message_ts: str | None
    thread_ts: str | None
    """The thread that the message is a reply in; None for one with replies below it, which people read in the channel."""
    response_url: str | None
    user_team_id: str | None
    view: Json | None = field(repr=False)

    @property
    def view_id(self) -> str | None:
        """The form or Home tab that the control is in."""
        return maybe_text(self.view, "id") if self.view else None

    @classmethod
    def parse(cls, body: Json) -> "ButtonClick":
        """Read a block_actions body."""
        action = reach(body, "actions", 0)
        trigger_id = text_at(body, "trigger_id")
        view = reach(body, "view")
        message_ts = maybe_ts(body, "message", "ts") or maybe_ts(body, "container", "message_ts")
        thread_ts = maybe_ts(body, "message", "thread_ts") or maybe_ts(body, "container", "thread_ts")
        return cls(
            **_who(body),
            delivery=f"click:{trigger_id}",
            action_id=text_at(action, "action_id"),
            block_id=maybe_text(action, "block_id") or "",
            value=_clicked_value(action),
            selected=chosen(action),
            trigger_id=trigger_id,
            channel_id=maybe_id(body, "channel", "id") or maybe_id(body, "container", "channel_id"),
            message_ts=message_ts,
            thread_ts=None if thread_ts == message_ts else thread_ts,
            response_url=maybe_text(body, "response_url"),
            user_team_id=maybe_id(body, "user", "team_id"),
            view=view if isinstance(view, Mapping) else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmission(Inbound):
    """Somebody submitted a form."""

    callback_id: str
    view_id: str
    hash: str
    private: str
    """What the form carried along unseen (ids only)."""
    trigger_id: str
    values: Json = field(repr=False)
    fields: tuple[str, ...]
    """The blocks of the form's inputs, in order: where Slack can show what is wrong."""

    def text(self, block_id: str) -> str:
        """Return what was typed into a field, an empty string where nothing was."""
        return (maybe_text(self._element(block_id), "value") or "").strip()

    def choice(self, block_id: str) -> str | None:
        """Return the one thing that was chosen in a field: an option's value, an id or a date."""
        return next(iter(self.choices(block_id)), None)

    def day(self, block_id: str) -> date | None:
        """Return the day that was chosen in a calendar; None for none, and for a value that is no day."""
        try:
            return date.fromisoformat(self.choice(block_id) or "")
        except ValueError:
            return None

    def choices(self, block_id: str) -> tuple[str, ...]:
        """Return everything that was chosen in a field."""
        return chosen(self._element(block_id))

    def _element(self, block_id: str) -> Any:
        """Return the state of the one element of a block; an empty mapping where the form has no such block."""
        block = reach(self.values, block_id)
        return next(iter(block.values()), _NOTHING) if isinstance(block, Mapping) else _NOTHING

    @classmethod
    def parse(cls, body: Json) -> "FormSubmission":
        """Read a view_submission body."""
        view = reach(body, "view")
        view_id, view_hash = text_at(view, "id"), text_at(view, "hash")
        values = reach(view, "state", "values")
        blocks = reach(view, "blocks")
        inputs = [b for b in blocks if reach(b, "type") == "input"] if isinstance(blocks, list) else []
        return cls(
            **_who(body),
            delivery=f"form:{view_id}:{view_hash}",
            callback_id=text_at(view, "callback_id"),
            view_id=view_id,
            hash=view_hash,
            private=maybe_text(view, "private_metadata") or "",
            trigger_id=maybe_text(body, "trigger_id") or "",
            values=values if isinstance(values, Mapping) else _NOTHING,
            fields=tuple(block_id for block in inputs if (block_id := maybe_text(block, "block_id"))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FormClosed(Inbound):
    """Somebody closed a form that asked to be told."""

    callback_id: str
    view_id: str
    private: str

    @classmethod
    def parse(cls, body: Json) -> "FormClosed":
        """Read a view_closed body."""
        view = reach(body, "view")
        view_id = text_at(view, "id")
        return cls(
            **_who(body),
            delivery=f"closed:{view_id}:{maybe_text(view, 'hash') or ''}",
            callback_id=text_at(view, "callback_id"),
            view_id=view_id,
            private=maybe_text(view, "private_metadata") or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortcutUse(Inbound):
    """Somebody chose a shortcut, from the menu of a message or from the one beside the text field."""

    callback_id: str
    trigger_id: str
    response_url: str | None
    channel_id: str | None
    message: Json | None = field(repr=False)

    @classmethod
    def parse(cls, body: Json) -> "ShortcutUse":
        """Read a message_action or shortcut body."""
        trigger_id = text_at(body, "trigger_id")
        message = reach(body, "message")
        return cls(
            **_who(body, ours=False),
            delivery=f"shortcut:{trigger_id}",
            callback_id=text_at(body, "callback_id"),
            trigger_id=trigger_id,
            response_url=maybe_text(body, "response_url"),
            channel_id=maybe_id(body, "channel", "id"),
            message=message if isinstance(message, Mapping) else None,
        )


def _who(body: Json, *, ours: bool = True) -> dict[str, Any]:
    """Return who interacts, and in which workspace: the one of our message or view, else the one of the interaction.

    In a shared channel `team` can be the workspace of the person who clicked, not the one that installed the app. A message
    that is not ours says nothing about that: its author may be from elsewhere.
    """
    person_team = maybe_id(body, "user", "team_id")
    acting_team = maybe_id(body, "team", "id") or person_team
    our_message = maybe_id(body, "message", "team") if ours else None
    own_team = maybe_id(body, "view", "app_installed_team_id") or our_message or acting_team
    if own_team is None:
        raise Malformed("team.id")
    enterprise_id = maybe_id(body, "enterprise", "id") or maybe_id(body, "team", "enterprise_id")
    workspace_id = workspace_key(enterprise_id if own_team == acting_team else None, own_team)
    return {
        "workspace_id": workspace_id,
        "user_id": id_at(body, "user", "id"),
        "from_elsewhere": is_elsewhere(person_team, workspace_id),
    }


_CHOSEN_ONE: Final = (
    "selected_user",
    "selected_conversation",
    "selected_channel",
    "selected_date",
    "selected_time",
    "selected_date_time",
)
_CHOSEN_MANY: Final = ("selected_users", "selected_conversations", "selected_channels")


def chosen(element: Any) -> tuple[str, ...]:
    """Return what a control holds: option values, ids, a date. Empty for a plain button and for nothing chosen."""
    if reach(element, "selected_option") is not None:
        return (text_at(element, "selected_option", "value"),)
    options = reach(element, "selected_options")
    if isinstance(options, list):
        return tuple(text_at(option, "value") for option in options)
    for name in _CHOSEN_MANY:
        found = reach(element, name)
        if isinstance(found, list):
            return tuple(storable(one) for one in found if isinstance(one, str))
    single = next((found for name in _CHOSEN_ONE if (found := reach(element, name)) is not None), None)
    return (storable(str(single)),) if single not in (None, "") else ()


def _clicked_value(action: Any) -> str:
    if reach(action, "selected_option") is not None:
        return text_at(action, "selected_option", "value")
    return maybe_text(action, "value") or ""
