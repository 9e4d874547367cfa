"""What people write, as Slack carries it: escaping, reading back, cutting and taming. The only home of these.

Pure string functions for both ends: the edges read Slack's text with them, the words are rendered with them. They know
no message and no feature. Platform rules from Slack's "Formatting text for app surfaces": `&`, `<` and `>` are the
characters that carry control sequences, and everything between angle brackets is one.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ELLIPSIS: Final = "…"
NOBODY: Final[Mapping[str, str]] = MappingProxyType({})

_CONTROL: Final = re.compile(r"<([^<>\s|][^<>|]*)(?:\|([^<>]*))?>")
_MARKUP: Final = re.compile(r"&(?:amp|lt|gt);|<[^<>]*>")
_SPACES: Final = re.compile(r"\s+")
_INVISIBLE: Final = re.compile(
    "["
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufeff\uffa0\ufff9-\ufffb"  # soft hyphen, joiners, blank letters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks, embeddings, overrides, isolates
    "\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"  # zero width, invisible operators
    "\U000e0000-\U000e0fff"  # tags and variation supplements
    "]"
)
_JOINED_EMOJI: Final = re.compile(
    "(?<=[\ufe0f\u2640-\u27bf\U0001f000-\U0001faff])\u200d(?=[\u2640-\u27bf\U0001f000-\U0001faff])"
)
_LONGEST_CLUSTER: Final = 24


def escape(text: str) -> str:
    """Return text that mrkdwn shows literally: no mention, no link and no mass ping can come out of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str, names: Mapping[str, str] = NOBODY) -> str:
    """Return what a person wrote, from the text that Slack delivers.

    Mentions become `@name` (from Slack's own label, else from `names` by id, else the id), channels `#name`, links their
    address with the label before it where it says something else. The result may hold anything, so escape it to show it.
    """
    said = _CONTROL.sub(lambda found: _said(found[1], found[2] or "", names), text)
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _said(control: str, label: str, names: Mapping[str, str]) -> str:
    if control[0] in "@#":
        return control[0] + (label or names.get(control[1:]) or control[1:])
    if control.startswith("!subteam^"):
        group_id = control.removeprefix("!subteam^")
        return "@" + (label or names.get(group_id) or group_id).removeprefix("@")
    if control[0] == "!":
        return label or "@" + control[1:].partition("^")[0]
    address = control.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in {address, control} or re.fullmatch(rf"https?://{re.escape(label)}/?", address):
        return label or address
    return f"{label} ({address})"


def mentioned(text: str) -> tuple[str, ...]:
    """Return the ids of people and user groups that Slack's text mentions, in order and once each."""
    controls = (found[1] for found in _CONTROL.finditer(text))
    ids = (
        c[1:] if c.startswith("@") else c.removeprefix("!subteam^")
        for c in controls
        if c.startswith(("@", "!subteam^"))
    )
    return tuple(dict.fromkeys(ids))


def links(text: str) -> tuple[str, ...]:
    """Return the http(s) addresses that Slack's text links to, in order and once each."""
    controls = (found[1] for found in _CONTROL.finditer(text))
    addresses = (_entities_read(c) for c in controls if c.lower().startswith(("http://", "https://")))
    return tuple(dict.fromkeys(addresses))


def _entities_read(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def cut(text: str, limit: int) -> str:
    """Return unescaped text, shortened so that its *escaped* form has at most `limit` characters.

    An ellipsis marks what is gone. Letters keep their marks and emoji stay in one piece.
    """
    if limit < 1:
        return ""
    if len(text) * 5 <= limit or len(escape(text)) <= limit:
        return text
    room, end = limit - len(ELLIPSIS), 0
    for end, character in enumerate(text):  # noqa: B007 - `end` is the answer
        room -= _ESCAPED_LENGTH.get(character, 1)
        if room < 0:
            break
    return text[: _whole(text, end)].rstrip() + ELLIPSIS


_ESCAPED_LENGTH: Final = {"&": 5, "<": 4, ">": 4}


def cut_markup(markup: str, limit: int) -> str:
    """Return mrkdwn shortened to `limit` characters, never inside an entity (`&amp;`) or a reference (`<@U…>`)."""
    if limit < 1:
        return ""
    if len(markup) <= limit:
        return markup
    end = _outside_markup(markup, _whole(markup, limit - len(ELLIPSIS)))
    return markup[:end].rstrip() + ELLIPSIS


def _outside_markup(markup: str, end: int) -> int:
    """Return the last place at or before `end` that is not inside an entity or a reference."""
    for found in _MARKUP.finditer(markup):
        if found.start() >= end:
            break
        if found.end() > end:
            return found.start()
    return end


def _whole(text: str, end: int) -> int:
    """Return the last place at or before `end` that does not part a letter from its marks or an emoji from its halves."""
    earliest = max(end - _LONGEST_CLUSTER, 0)
    place = end
    while place > earliest and _joined(text, place):
        place -= 1
    return place if place == 0 or not _joined(text, place) else end


def _joined(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if _is_flag_half(before) and _is_flag_half(after):
        halves = 0
        while place > halves and _is_flag_half(text[place - 1 - halves]):
            halves += 1
        return halves % 2 == 1
    return (
        before == "\u200d"
        or after in "\u200d\ufe0f"
        or _is_skin_tone(after)
        or unicodedata.category(after) in {"Mn", "Me", "Mc"}
    )


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_skin_tone(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"


def tame(text: str) -> str:
    """Return a name on one line, without direction marks, zero-width and control characters.

    Such characters make one name look like another on an approval card; a name of nothing else becomes empty.
    """
    marked = _JOINED_EMOJI.sub("\ue000", text.replace("\ue000", ""))
    seen = _INVISIBLE.sub("", marked).replace("\ue000", "\u200d")
    kept = (c for c in seen if c.isspace() or unicodedata.category(c) not in {"Cc", "Cs"})
    return _SPACES.sub(" ", "".join(kept)).strip()


def says_something(text: str) -> bool:
    """Whether a reason holds a letter or a digit of any script: "." and what nobody sees tell nobody anything."""
    return any(c.isalnum() for c in tame(text))


def storable(text: str) -> str:
    """Return text that every database takes: JSON can smuggle in half a surrogate pair or a NUL."""
    if not _UNSTORABLE.search(text):
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
