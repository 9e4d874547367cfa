"""A message that somebody picked from its menu, to be used as an answer or as evidence; and how it travels with the form.

A form carries ids and, because nobody else may know the words (Preflight need not be in that channel), the words as Slack
sent them, as far as they fit. Nothing is judged here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.answers import errors
from bot.domain.text import ELLIPSIS, cut_markup
from bot.interview.elsewhere import path_of
from bot.slack.payloads import ShortcutUse
from bot.slack.reading import Malformed, maybe_id, maybe_text, maybe_ts, reach, ts_at

PRIVATE_TAKES: Final = 3000
_MOST_FILES: Final = 10
_LONGEST_LINK: Final = 150


@dataclass(frozen=True, slots=True)
class Picked:
    """A message, as far as a form can carry it."""

    channel_id: str
    ts: str
    thread_ts: str | None
    author_id: str
    """Who wrote it; empty for an app's message without a person."""
    text: str
    """As Slack sent it: escaped, with `<@U…>` and `<https://…>`."""
    files: tuple[str, ...]
    """Where its files are."""

    @classmethod
    def of(cls, shortcut: ShortcutUse) -> "Picked":
        """Read the message of a shortcut."""
        message = shortcut.message or {}
        if shortcut.channel_id is None:
            raise Malformed("channel.id")
        ts, thread_ts = ts_at(message, "ts"), maybe_ts(message, "thread_ts")
        whole = cls(
            channel_id=shortcut.channel_id,
            ts=ts,
            thread_ts=None if thread_ts == ts else thread_ts,
            author_id=maybe_id(message, "user") or "",
            text=maybe_text(message, "text") or "",
            files=tuple(_files(message)),
        )
        return whole.as_far_as_it_fits()

    def packed(self) -> str:
        """Return it as what a form carries."""
        return self._as_json(self.text)

    def as_far_as_it_fits(self) -> "Picked":
        """Return it with as many of its words as a form can carry; the link leads to all of them."""
        text = self.text
        while (over := len(self._as_json(text)) - PRIVATE_TAKES) > 0:
            text = cut_markup(self.text, max(0, len(text) - over))
        return replace(self, text=text)

    def _as_json(self, text: str) -> str:
        said = {
            "c": self.channel_id,
            "t": self.ts,
            "h": self.thread_ts,
            "a": self.author_id,
            "f": self.files,
            "w": text,
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def unpack(cls, private: object) -> "Picked":
        """Read what a form carried."""
        try:
            said = json.loads(private) if isinstance(private, str) else None
        except ValueError as error:
            raise Malformed("view.private_metadata") from error
        files = reach(said, "f")
        return cls(
            channel_id=maybe_id(said, "c") or "",
            ts=ts_at(said, "t"),
            thread_ts=maybe_ts(said, "h"),
            author_id=maybe_id(said, "a") or "",
            text=maybe_text(said, "w") or "",
            files=tuple(one for one in files if isinstance(one, str)) if isinstance(files, list) else (),
        )

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning of the words is here."""
        return self.text.endswith(ELLIPSIS)

    def check_says_something(self) -> None:
        """Refuse a message without words and files as an answer."""
        if not self.text.strip() and not self.files:
            raise errors.MessageHasNothing

    def link(self, workspace_url: str) -> str:
        """Return the message's address."""
        link = f"{workspace_url.rstrip('/')}{self.path}"
        return f"{link}?thread_ts={self.thread_ts}&cid={self.channel_id}" if self.thread_ts else link

    @property
    def path(self) -> str:
        """The part of the address that is the message's own."""
        return path_of(self.channel_id, self.ts)


def _files(message: Mapping[str, Any]) -> list[str]:
    files = reach(message, "files")
    links = [reach(file, "permalink") for file in files] if isinstance(files, list) else []
    fitting = [link for link in links if isinstance(link, str) and len(link) <= _LONGEST_LINK]
    return [link for link in fitting if link.startswith(("https://", "http://"))][:_MOST_FILES]
