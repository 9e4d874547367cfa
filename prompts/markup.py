"""The marker for Slack markup that we made ourselves, and the way everything else takes to become showable.

`bot.domain.text` knows how Slack escapes; this file decides what is escaped: everything that is not `Mrkdwn`. It knows no
template.
"""

import re

from bot.domain.text import ELLIPSIS, cut, cut_markup, escape, tame


class Mrkdwn(str):
    """Text that already is Slack markup, made by us: it is shown as it stands. Anything else is escaped first.

    Every operation on it gives a plain `str` again, so markup that was tampered with is escaped, never trusted.
    """

    __slots__ = ()


NO_NAME = "(no name)"

# Controls, lone surrogates, noncharacters, and the bidirectional overrides that would turn our own words around. Tab and
# line feed stay, and so do the marks that scripts need (LRM, RLM, ZWJ, ZWNJ): only names lose those.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_LINE_ENDS = frozenset("\x0b\x0c\r\x85\u2028\u2029")
_MARKUP = re.compile("[&<>]")
_REFERENCE = re.compile(r"(<(?:@|#|!subteam\^)[A-Z0-9_-]{2,64}>|&(?:amp|lt|gt);)", re.ASCII)


def cleaned(text: str) -> str:
    """Return the text without what could garble a message; line ends become line feeds, other scripts stay whole."""
    if not _UNWANTED.search(text):
        return text
    return _UNWANTED.sub(_instead, text.replace("\r\n", "\n"))


def _instead(found: re.Match[str]) -> str:
    if found[0] in _LINE_ENDS:
        return "\n"
    return "\ufffd" if "\ud800" <= found[0] <= "\udfff" else ""


def marked(text: str) -> Mrkdwn:
    """Return markup that shows exactly this text; markup stays as it is."""
    if isinstance(text, Mrkdwn):
        return text
    clean = cleaned(text)
    return Mrkdwn(escape(clean) if _MARKUP.search(clean) else clean)


def references(text: str) -> Mrkdwn:
    """Return text in which only plain mentions of people, groups and channels count as markup; the rest is escaped."""
    parts = _REFERENCE.split(cleaned(text))
    return Mrkdwn("".join(part if index % 2 else escape(part) for index, part in enumerate(parts)))


def one_line(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return type(text)(" ".join(cleaned(text).split()))


def shown_name(text: str) -> str:
    """Return a name without characters that do not show, so that no two names only look the same."""
    return tame(cleaned(text)) or NO_NAME


def cut_for_mrkdwn(text: str, most: int) -> Mrkdwn:
    """Return at most `most` characters of markup, counted escaped; entities and mentions stay whole."""
    if isinstance(text, Mrkdwn):
        return Mrkdwn(cut_markup(text, most))
    return Mrkdwn(escape(cut(cleaned(text), most)))


def cut_for_plain(text: str, most: int) -> str:
    """Return at most `most` characters of plain text, where nothing is escaped."""
    clean = cleaned(text)
    if len(clean) <= most:
        return clean
    ends = cut(clean.translate(_OF_ONE_LENGTH), most)
    return clean[: len(ends) - len(ELLIPSIS)] + ELLIPSIS if ends else ""


_OF_ONE_LENGTH = {ord(character): "x" for character in "&<>"}
