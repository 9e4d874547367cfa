"""What a person types, as Slack stores it: escaped text with `<@U…>`, `<#C…|name>` and links, and a rich_text block.

Only for typed text; what an app sends is kept as it came. It knows people, groups and channels by name through the
lookup it is handed, and must not change anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.state import Json, State

_TOKENS = re.compile(
    r"```(?P<pre>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<entity>@[UW][A-Z0-9]+|#C[A-Z0-9]+(?:\|[^>\n]*)?|!subteam\^S[A-Z0-9]+(?:\|[^>\n]*)?)>"
    r"|(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"])"
    r"|(?<![\w@])@(?P<mention>[\w.\-]+)"
    r"|(?<![\w#&])\#(?P<channel>[\w\-]+)"
    r"|(?<![\w:]):(?P<emoji>[a-z0-9_+\-]+):"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])",
    re.DOTALL,
)
_BROADCASTS = ("here", "channel", "everyone")
_STYLES = ("bold", "italic", "strike")


@dataclass(frozen=True)
class Typed:
    text: str
    blocks: list[Json]


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(state: State, team_id: str, raw: str) -> Typed:
    """A person's words as a message: its `text`, and its one rich_text block (none for empty words)."""
    raw = raw.replace("\r\n", "\n")
    if not raw.strip():
        return Typed(escape(raw), [])
    pieces = list(_pieces(state, team_id, raw))
    text = "".join(piece.text for piece in pieces)
    return Typed(text, [{"type": "rich_text", "block_id": state.short_id(), "elements": _sections(pieces)}])


@dataclass(frozen=True)
class _Piece:
    text: str
    element: Json
    preformatted: bool = False


def _pieces(state: State, team_id: str, raw: str) -> Iterator[_Piece]:
    position = 0
    for match in _TOKENS.finditer(raw):
        piece = _piece(state, team_id, match)
        if piece is None:
            continue
        if match.start() > position:
            yield _plain(raw[position : match.start()])
        yield piece
        position = match.end()
    if position < len(raw):
        yield _plain(raw[position:])


def _plain(words: str) -> _Piece:
    return _Piece(escape(words), {"type": "text", "text": words})


def _piece(state: State, team_id: str, match: re.Match[str]) -> _Piece | None:
    kind, words = str(match.lastgroup), str(match[str(match.lastgroup)])
    if kind == "pre":
        element = {"type": "text", "text": words.strip("\n")}
        return _Piece(escape(match[0]), element, preformatted=True)
    if kind == "code":
        return _Piece(escape(match[0]), {"type": "text", "text": words, "style": {"code": True}})
    if kind in _STYLES:
        return _Piece(escape(match[0]), {"type": "text", "text": words, "style": {kind: True}})
    if kind == "url":
        return _Piece(f"<{escape(words)}>", {"type": "link", "url": words})
    if kind == "emoji":
        return _Piece(match[0], {"type": "emoji", "name": words})
    if kind == "entity":
        return _named_entity(state, words)
    return _mention(state, team_id, words) if kind == "mention" else _channel(state, team_id, words)


def _mention(state: State, team_id: str, name: str) -> _Piece | None:
    lowered = name.lower()
    if lowered in _BROADCASTS:
        return _Piece(f"<!{lowered}>", {"type": "broadcast", "range": lowered})
    for user in state.users.values():
        if user["team_id"] == team_id and lowered in (
            user["name"].lower(),
            user["profile"]["display_name"].lower(),
        ):
            return _Piece(f"<@{user['id']}>", {"type": "user", "user_id": user["id"]})
    for group in state.usergroups.values():
        if group["team_id"] == team_id and group["handle"].lower() == lowered:
            return _group(group)
    return None


def _group(group: Json) -> _Piece:
    element = {"type": "usergroup", "usergroup_id": group["id"]}
    return _Piece(f"<!subteam^{group['id']}|@{group['handle']}>", element)


def _channel(state: State, team_id: str, name: str) -> _Piece | None:
    for channel in state.channels.values():
        if channel["context_team_id"] == team_id and channel.get("name") == name.lower():
            return _Piece(
                f"<#{channel['id']}|{channel['name']}>", {"type": "channel", "channel_id": channel["id"]}
            )
    return None


def _named_entity(state: State, words: str) -> _Piece | None:
    """A mention picked from the composer's list arrives with its id."""
    name = words.split("|", maxsplit=1)[0]
    if name.startswith("@") and name[1:] in state.users:
        return _Piece(f"<{name}>", {"type": "user", "user_id": name[1:]})
    if name.startswith("#") and name[1:] in state.channels:
        channel = state.channels[name[1:]]
        return _Piece(f"<{name}|{channel.get('name', '')}>", {"type": "channel", "channel_id": name[1:]})
    group = state.usergroups.get(name.removeprefix("!subteam^"))
    return _group(group) if group else None


def _sections(pieces: list[_Piece]) -> list[Json]:
    """Consecutive words share a section; each ``` passage is a block of its own."""
    sections: list[dict[str, Any]] = []
    for piece in pieces:
        kind = "rich_text_preformatted" if piece.preformatted else "rich_text_section"
        if piece.preformatted or not sections or sections[-1]["type"] != kind:
            sections.append({"type": kind, "elements": []})
        sections[-1]["elements"].append(piece.element)
    return sections
