"""Slack's own markup to HTML: mentions, links, dates, emphasis, code, quotes and emoji, and plain text beside it.

The text comes from an app and may repeat what anybody wrote: every word is escaped here, and only http(s) and mailto
addresses become links. What cannot be read as markup is shown as it is written.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from .emoji import emoji
from .reader import Reader

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<entity>[^<>\n]+)>"
    r"|(?P<bare>https?://[^\s<>|`*]*[^\s<>|`*.,;:!?)\]'\"_~])"
    r"|:(?P<emoji>[a-z0-9_+\-]+(?:::skin-tone-[2-6])?):"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
)
_ENTITY = re.compile(r"<([^<>\n]+)>")
_EMOJI_ONLY = re.compile(r":(?P<emoji>[a-z0-9_+\-]+(?:::skin-tone-[2-6])?):")
_QUOTE = re.compile(r"^(?:&gt;|>) ?")
_LISTED = re.compile(r"^(\s*)(•|◦|▪|-|\d{1,3}\.)\s+(.*)$")
_SAFE_ADDRESS = re.compile(r"^(https?://|mailto:)\S+$", re.IGNORECASE)
_OWN_ADDRESS = re.compile(r"https://[a-z0-9-]+\.slack\.example(/(?:archives|files)/\S+)")
_TAGS = {"bold": "strong", "italic": "em", "strike": "s"}
_DATE_TOKEN = re.compile(r"\{(\w+)\}")
_BROADCASTS = ("here", "channel", "everyone")


def unescape(text: str) -> str:
    """Only the three that Slack knows; `&eacute;` stays as it is written."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def is_safe_address(address: str) -> bool:
    return bool(_SAFE_ADDRESS.match(address))


def leading_home(address: str) -> str:
    """The address itself, or, for a permalink of this workspace's messages and files, where this page shows them."""
    own = _OWN_ADDRESS.fullmatch(address)
    return own[1] if own else address


def mrkdwn(text: str, reader: Reader) -> Markup:
    """A mrkdwn text or a message's `text`, as HTML."""
    parts = _FENCE.split(text)
    pieces = []
    for index, part in enumerate(parts):
        if index % 2:
            pieces.append(Markup('<pre class="code-block">{}</pre>').format(unescape(part)))
        elif part.strip("\n"):
            pieces.append(_lines(part.strip("\n") if len(parts) > 1 else part, reader))
    return Markup("").join(pieces)


def plain(text: str, *, with_emoji: bool = True) -> Markup:
    """Plain text as HTML: nothing is markup but emoji names and line breaks."""
    if not with_emoji:
        return _breaks(escape(text))
    pieces, position = [], 0
    for match in _EMOJI_ONLY.finditer(text):
        found = emoji(match["emoji"])
        if found:
            pieces += [escape(text[position : match.start()]), _emoji_span(match["emoji"], found)]
            position = match.end()
    return _breaks(Markup("").join([*pieces, escape(text[position:])]))


def text_object(thing: Any, reader: Reader) -> Markup:
    """A composition text object of either kind."""
    if not isinstance(thing, dict):
        return Markup("")
    words = str(thing.get("text", ""))
    if thing.get("type") == "mrkdwn":
        return mrkdwn(words, reader)
    return plain(words, with_emoji=thing.get("emoji", True) is not False)


def editable_text(text: str, reader: Reader) -> str:
    """A stored text as its author would type it again: names for ids, plain addresses, nothing escaped."""

    def typed(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if target.startswith("@"):
            return "@" + str(reader.users.get(target[1:], {}).get("name", target[1:]))
        if target.startswith("#"):
            return "#" + (label or reader.channel_name(target[1:]) or target[1:])
        if target.startswith("!subteam^"):
            return "@" + (reader.group_handle(target.removeprefix("!subteam^")) or label.lstrip("@"))
        return f"@{target[1:]}" if target.startswith("!") else target

    return unescape(_ENTITY.sub(typed, text))


def _breaks(html: Markup) -> Markup:
    return Markup(str(html).replace("\n", "<br>"))  # noqa: S704 - escaped above; only line breaks are added


def _emoji_span(name: str, character: str) -> Markup:
    return Markup('<span class="emoji" role="img" aria-label="{}" title=":{}:">{}</span>').format(
        name.replace("_", " "), name, character
    )


def _lines(text: str, reader: Reader) -> Markup:
    """Quote lines gather into a quote; list-like lines get a hanging indent; other lines keep their breaks."""
    out: list[Markup] = []
    quoted: list[Markup] = []
    fresh = True
    for line in text.split("\n"):
        if _QUOTE.match(line):
            quoted.append(_inline(_QUOTE.sub("", line), reader))
            continue
        if quoted:
            out.append(_quote(quoted))
            quoted, fresh = [], True
        listed = _LISTED.match(line)
        if listed:
            mark, words = listed[2], _inline(listed[3], reader)
            deep = " deep" if len(listed[1]) > 1 or mark in "◦▪" else ""
            out.append(
                Markup('<span class="listed{}"><span class="mark">{}</span>{}</span>').format(
                    deep, mark, words
                )
            )
            fresh = True
        else:
            out.append((Markup("") if fresh else Markup("<br>")) + _inline(line, reader))
            fresh = False
    if quoted:
        out.append(_quote(quoted))
    return Markup("").join(out)


def _quote(lines: list[Markup]) -> Markup:
    return Markup("<blockquote>{}</blockquote>").format(Markup("<br>").join(lines))


def _inline(text: str, reader: Reader) -> Markup:
    pieces, position = [], 0
    for match in _INLINE.finditer(text):
        pieces.append(escape(unescape(text[position : match.start()])))
        pieces.append(_token(match, reader))
        position = match.end()
    pieces.append(escape(unescape(text[position:])))
    return Markup("").join(pieces)


def _token(match: re.Match[str], reader: Reader) -> Markup:
    kind = str(match.lastgroup)
    words = match[kind]
    if kind == "code":
        return Markup("<code>{}</code>").format(unescape(words))
    if kind == "emoji":
        found = emoji(words)
        return _emoji_span(words, found) if found else escape(match[0])
    if kind == "entity":
        return _entity(words, reader)
    if kind == "bare":
        return link(unescape(words))
    return Markup(f"<{_TAGS[kind]}>{{}}</{_TAGS[kind]}>").format(_inline(words, reader))  # noqa: S704 - a tag of ours


def _entity(inside: str, reader: Reader) -> Markup:
    target, _, label = inside.partition("|")
    if target.startswith(("@U", "@W")):
        return person_mention(target[1:], reader)
    if target.startswith("#C"):
        return channel_mention(target[1:], reader, label)
    if target.startswith("!subteam^"):
        return group_mention(target.removeprefix("!subteam^"), reader, label)
    if target.startswith("!date^"):
        return _date(target, label, reader)
    if target.startswith("!"):
        return broadcast_mention(target[1:]) if target[1:] in _BROADCASTS else escape(label or target)
    return link(unescape(target), unescape(label))


def link(address: str, label: str = "") -> Markup:
    """A link, or just the words where the address is of no kind that is safe to follow."""
    words = plain(label) if label else escape(address.removeprefix("mailto:"))
    if not is_safe_address(address):
        return escape(f"<{address}|{label}>" if label else f"<{address}>")
    anchor = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>')
    return anchor.format(leading_home(address), words)


def person_mention(user_id: str, reader: Reader) -> Markup:
    css = "mention me" if reader.is_mine(user_id) else "mention"
    return Markup('<span class="{}" data-user="{}">@{}</span>').format(css, user_id, reader.name_of(user_id))


def group_mention(group_id: str, reader: Reader, label: str = "") -> Markup:
    css = "mention me" if reader.in_group(group_id) else "mention"
    handle = reader.group_handle(group_id) or unescape(label).lstrip("@") or "unknown-group"
    return Markup('<span class="{}" data-group="{}">@{}</span>').format(css, group_id, handle)


def channel_mention(channel_id: str, reader: Reader, label: str = "") -> Markup:
    name = reader.channel_name(channel_id)
    if name is None:
        words = unescape(label) if channel_id not in reader.channels and label else "private-channel"
        return Markup('<span class="mention">#{}</span>').format(words)
    address = reader.link(f"/archives/{channel_id}")
    return Markup('<a class="mention" href="{}">#{}</a>').format(address, name)


def broadcast_mention(audience: str) -> Markup:
    return Markup('<span class="mention me">@{}</span>').format(audience)


def _date(target: str, fallback: str, reader: Reader) -> Markup:
    parts = target.split("^")
    try:
        moment = reader.local(float(parts[1]))
        words = format_date(moment, unescape(parts[2]), reader)
    except (IndexError, ValueError, OverflowError, OSError):
        return escape(unescape(fallback))
    shown = Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(), f"{moment:%A, %d %B %Y, %H:%M} ({reader.me.get('tz', 'UTC')})", words
    )
    address = unescape(parts[3]) if len(parts) > 3 else ""
    if not is_safe_address(address):
        return shown
    anchor = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>')
    return anchor.format(leading_home(address), shown)


def format_date(moment: datetime, pattern: str, reader: Reader) -> str:
    """Slack's date tokens, in the reader's time zone."""
    return _DATE_TOKEN.sub(lambda match: _date_token(match[1], moment, reader) or match[0], pattern)


def _date_token(token: str, moment: datetime, reader: Reader) -> str | None:
    today = reader.now.astimezone(reader.zone).date()
    pretty = _relative_day(moment.date(), today) if token.endswith("pretty") else None
    name = token.removesuffix("_pretty")
    if pretty:
        return pretty
    shapes = {
        "date_num": f"{moment:%Y-%m-%d}",
        "date": f"{moment:%B} {moment.day}, {moment.year}",
        "date_short": f"{moment:%b} {moment.day}, {moment.year}",
        "date_long": f"{moment:%A}, {moment:%B} {moment.day}, {moment.year}",
        "time": f"{moment:%H:%M}",
        "time_secs": f"{moment:%H:%M:%S}",
        "ago": _ago(moment, reader.now),
    }
    return shapes.get(name)


def _relative_day(day: date, today: date) -> str | None:
    return {0: "today", -1: "yesterday", 1: "tomorrow"}.get((day - today).days)


def _ago(moment: datetime, now: datetime) -> str:
    seconds = (now - moment).total_seconds()
    size = abs(seconds)
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if size >= length:
            count = int(size // length)
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now"
