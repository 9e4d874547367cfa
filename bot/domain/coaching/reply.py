"""A thread reply as Slack sends it, turned into plain words and the links among them.

Slack escapes `&`, `<` and `>` and wraps links, mentions and channels in angle brackets. The plain words hold all that a
reader of the thread sees; a link behind a label is added in parentheses, so that nothing is lost. Nothing here judges.
"""

import re
from typing import NamedTuple

_WRAPPED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_BARE_LINK = re.compile(r"https?://[^\s/<>|\"()][^\s<>|\"]*", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s/()]", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL stores no NUL and UTF-8 has no halves of surrogate pairs."""
_AFTER_A_LINK = ".,;:!?'\"*_~`”’»]}"
_IN_A_LINK = {"<": "%3C", ">": "%3E", "|": "%7C"}


class Reply(NamedTuple):
    """What a reply says: the whole of its visible words with whitespace folded, and its links in order."""

    detail: str
    links: tuple[str, ...]


def reply_of(words: str) -> Reply:
    """Return what the person wrote and linked; characters that no database keeps become replacement characters."""
    pieces: list[str] = []
    links: dict[str, None] = {}
    at = 0
    for found in _WRAPPED.finditer(words):
        _plain(words[at : found.start()], pieces, links)
        _unwrap(found, pieces, links)
        at = found.end()
    _plain(words[at:], pieces, links)
    text = _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", "".join(pieces))
    return Reply(" ".join(text.split()), tuple(links))


def without_links(detail: str) -> str:
    """Return plain words with the addresses taken out, for reading what is said beside them."""
    return _BARE_LINK.sub(" ", detail)


def has_link(detail: str) -> bool:
    """Whether plain words hold a web address."""
    return _BARE_LINK.search(detail) is not None


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[1]], text)


def _plain(text: str, pieces: list[str], links: dict[str, None]) -> None:
    plain = _unescaped(text)
    pieces.append(plain)
    for found in _BARE_LINK.finditer(plain):
        _note(_trimmed(found[0]), links)


def _unwrap(found: re.Match[str], pieces: list[str], links: dict[str, None]) -> None:
    target, label = _unescaped(found[1]), _unescaped(found[2] or "")
    if target.startswith("@"):
        pieces.append(f"@{label.lstrip('@') or target[1:]}")
    elif target.startswith("#"):
        pieces.append(f"#{label.lstrip('#') or target[1:]}")
    elif target.startswith("!"):
        pieces.append(_special(target[1:], label))
    elif ":" in target:
        pieces.append(_labelled(target, label))
        _note(target, links)
    else:
        pieces.append(_unescaped(found[0]))


def _special(target: str, label: str) -> str:
    kind, _, rest = target.partition("^")
    if kind == "date":
        return label or rest
    return f"@{label.lstrip('@') or rest or kind}"


def _labelled(target: str, label: str) -> str:
    """Show the label and the address behind it, once where they are the same."""
    bare = target.partition(":")[2].strip("/")
    shown = label.strip()
    if _WEB.match(target):
        return target if shown.strip("/") in ("", bare, target.strip("/")) else f"{label} ({target})"
    return bare if shown in ("", bare) else f"{label} ({target})"


def _note(link: str, links: dict[str, None]) -> None:
    if _WEB.match(link):
        kept = _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", "%20".join(link.split()))
        links["".join(_IN_A_LINK.get(character, character) for character in kept)] = None


def _trimmed(link: str) -> str:
    """Drop the punctuation of the sentence around a bare address, keeping parentheses that belong to it."""
    surplus = link.count(")") - link.count("(")
    end = len(link)
    while end and (link[end - 1] in _AFTER_A_LINK or (link[end - 1] == ")" and surplus > 0)):
        surplus -= link[end - 1] == ")"
        end -= 1
    return link[:end]
