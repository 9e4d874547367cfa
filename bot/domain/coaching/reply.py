"""A thread reply as Slack sends it, turned into plain words and the links among them.

How Slack's text is read back is `text`'s business; here the addresses that Slack did not link (in code, or typed by an
integration) are added, and white space is folded. Nothing here judges.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from bot.domain import text

_ADDRESS = re.compile(r"https?://[^\s/<>|\"()][^\s<>|\"]*", re.IGNORECASE)
_AFTER_AN_ADDRESS = ".,;:!?'\"*_~`”’»]}"
_ENCODED = {"<": "%3C", ">": "%3E", "|": "%7C"}
"""What would end a link too early where it is shown again."""


class Reply(NamedTuple):
    """What a reply says: the whole of its visible words with whitespace folded, and its links."""

    detail: str
    links: tuple[str, ...]


def reply_of(words: str, names: Mapping[str, str] = text.NOBODY) -> Reply:
    """Return what the person wrote and linked; only what no database keeps (a NUL, half a character) is replaced.

    `names` are those of mentioned people and groups by id; without them a mention shows its id.
    """
    kept = text.storable(words)
    detail = " ".join(text.unescape(kept, names).split())
    linked = [link for link in text.links(kept) if _ADDRESS.match(link)]
    shown = {_trimmed(found[0]) for link in linked if (found := _ADDRESS.match(link))}
    typed = (_trimmed(found[0]) for found in _ADDRESS.finditer(detail))
    links = (*linked, *(address for address in typed if address not in shown))
    return Reply(detail, tuple(dict.fromkeys(_encoded(link) for link in links)))


def without_links(detail: str) -> str:
    """Return plain words with the addresses taken out, for reading what is said beside them."""
    return _ADDRESS.sub(lambda found: " " + found[0][len(_trimmed(found[0])) :], detail)


def has_link(detail: str) -> bool:
    """Whether plain words hold a web address."""
    return _ADDRESS.search(detail) is not None


def _encoded(link: str) -> str:
    return "".join(_ENCODED.get(character, character) for character in "%20".join(link.split()))


def _trimmed(address: str) -> str:
    """Drop the punctuation of the sentence around an address, keeping parentheses that belong to it."""
    surplus = address.count(")") - address.count("(")
    end = len(address)
    while end and (address[end - 1] in _AFTER_AN_ADDRESS or (address[end - 1] == ")" and surplus > 0)):
        surplus -= address[end - 1] == ")"
        end -= 1
    return address[:end]
