"""Rich text blocks to HTML: what people type, and what an app says with rich text elements.

Unlike mrkdwn, the words in it are not markup at all: everything is escaped and only the structure becomes tags.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from .emoji import emoji
from .mrkdwn import (
    broadcast_mention,
    channel_mention,
    format_date,
    group_mention,
    is_safe_address,
    leading_home,
    link,
    person_mention,
)
from .reader import Reader

_STYLES = (("code", "code"), ("strike", "s"), ("italic", "em"), ("bold", "strong"), ("underline", "u"))


def rich_text(block: Any, reader: Reader) -> Markup:
    """A `rich_text` block or table cell."""
    elements = block.get("elements") if isinstance(block, dict) else None
    return Markup("").join(_container(element, reader) for element in elements or ())


def _container(element: Any, reader: Reader) -> Markup:
    if not isinstance(element, dict):
        return Markup("")
    kind, parts = element.get("type"), element.get("elements") or ()
    if kind == "rich_text_list":
        return _list(element, reader)
    if kind == "rich_text_preformatted":
        words = "".join(str(part.get("text") or part.get("url") or "") for part in parts)
        return Markup('<pre class="code-block">{}</pre>').format(words)
    inside = Markup("").join(_inline(part, reader) for part in parts)
    if kind == "rich_text_quote":
        return Markup("<blockquote>{}</blockquote>").format(inside)
    return Markup('<div class="rich-section">{}</div>').format(inside)


def _list(element: Any, reader: Reader) -> Markup:
    tag = "ol" if element.get("style") == "ordered" else "ul"
    rows = Markup("").join(
        Markup("<li>{}</li>").format(
            Markup("").join(_inline(part, reader) for part in row.get("elements", ()))
        )
        for row in element.get("elements") or ()
    )
    indent = min(int(element.get("indent") or 0), 8)
    start = Markup(' start="{}"').format(int(element["offset"]) + 1) if element.get("offset") else ""
    return Markup('<{tag} class="indent-{indent}"{start}>{rows}</{tag}>').format(
        tag=Markup(tag),  # noqa: S704 - one of two tags of ours
        indent=indent,
        start=start,
        rows=rows,
    )


def _inline(part: Any, reader: Reader) -> Markup:
    if not isinstance(part, dict):
        return Markup("")
    html = _bare(part, reader)
    style = part.get("style")
    for name, tag in _STYLES:
        if isinstance(style, dict) and style.get(name):
            html = Markup(f"<{tag}>{{}}</{tag}>").format(html)  # noqa: S704 - a tag of ours
    return html


def _bare(part: dict[str, Any], reader: Reader) -> Markup:
    match part.get("type"):
        case "text":
            return Markup(str(escape(str(part.get("text", "")))).replace("\n", "<br>"))  # noqa: S704 - escaped first
        case "link":
            return link(str(part.get("url", "")), str(part.get("text") or ""))
        case "user":
            return person_mention(str(part.get("user_id", "")), reader)
        case "usergroup":
            return group_mention(str(part.get("usergroup_id", "")), reader)
        case "channel":
            return channel_mention(str(part.get("channel_id", "")), reader)
        case "broadcast":
            return broadcast_mention(str(part.get("range", "")))
        case "emoji":
            name = str(part.get("name", ""))
            return Markup('<span class="emoji" title=":{}:">{}</span>').format(
                name, emoji(name) or f":{name}:"
            )
        case "date":
            return _date(part, reader)
        case "color":
            return Markup("<code>{}</code>").format(part.get("value", ""))
        case _:
            return escape(str(part.get("fallback") or part.get("text") or ""))


def _date(part: dict[str, Any], reader: Reader) -> Markup:
    try:
        moment = reader.local(float(part["timestamp"]))
        shown = Markup('<time datetime="{}">{}</time>').format(
            moment.isoformat(), format_date(moment, str(part.get("format", "{date}")), reader)
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return escape(str(part.get("fallback", "")))
    address = str(part.get("url") or "")
    if not is_safe_address(address):
        return shown
    anchor = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>')
    return anchor.format(leading_home(address), shown)


def words_of(block: Any) -> str:
    """The plain words of a rich text block, for sorting and for labels."""
    if isinstance(block, list):
        return "".join(words_of(part) for part in block)
    if not isinstance(block, dict):
        return ""
    return str(block.get("text") or block.get("name") or "") + words_of(block.get("elements"))
