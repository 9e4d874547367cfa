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
# Hebrew, Arabic and the other scripts that run from right to left.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001eeff]"
)
_ISOLATE, _END = "\u2068", "\u2069"
_ADDRESS = re.compile(r"(https?://\S+)")
_STYLING = re.compile(r"\A[*_~`]+|(?<!\w)[*_~`]+(?=\S)|(?<=\S)[*_~`]+(?!\w)|[*_~`]+\Z|`+|(?m:^)\s*>")
_INSTEAD = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", ">": "›"})
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
    return _isolated(escape(clean) if _MARKUP.search(clean) else clean)


def _isolated(markup: str) -> Mrkdwn:
    """Keep what runs from right to left to itself, so that it does not pull the marks around it to its side."""
    return Mrkdwn(f"{_ISOLATE}{markup}{_END}" if _RIGHT_TO_LEFT.search(markup) else markup)


def references(text: str) -> Mrkdwn:
    """Return text in which only plain mentions of people, groups and channels count as markup; the rest is escaped."""
    parts = _REFERENCE.split(cleaned(text))
    return _isolated("".join(part if index % 2 else escape(part) for index, part in enumerate(parts)))


def unstyled(text: str) -> str:
    """Return text in which nothing styles Slack's words: a playbook's Markdown is shown, not carried out.

    Slack knows no escape for these marks, so ones that look alike stand in where they would open or close a style; marks
    inside a word and in addresses stay, except for backquotes, which style there too.
    """
    if not _STYLING.search(text):
        return text
    parts = _ADDRESS.split(text)
    plain = (part if index % 2 else _STYLING.sub(_look_alike, part) for index, part in enumerate(parts))
    return "".join(plain)


def _look_alike(found: re.Match[str]) -> str:
    return found[0].translate(_INSTEAD)


def one_line(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return type(text)(" ".join(cleaned(text).split()))


def shown_name(text: str) -> str:
    """Return a name without characters that do not show, so that no two names only look the same."""
    return tame(cleaned(text)) or NO_NAME


def cut_for_mrkdwn(text: str, most: int) -> Mrkdwn:
    """Return at most `most` characters of markup, counted escaped; entities and mentions stay whole."""
    if isinstance(text, Mrkdwn):
        shorter = cut_markup(text, most)
        if _is_open(shorter):
            shorter = cut_markup(text, most - 1)
            shorter += _END if _is_open(shorter) else ""
        return Mrkdwn(shorter)
    clean = cleaned(text)
    room = most - 2 if _RIGHT_TO_LEFT.search(clean) else most
    return _isolated(escape(cut(clean, room) or (ELLIPSIS if clean and most > 0 else "")))


def _is_open(markup: str) -> bool:
    return markup.count(_ISOLATE) > markup.count(_END)


def cut_for_plain(text: str, most: int) -> str:
    """Return at most `most` characters of plain text, where nothing is escaped."""
    clean = cleaned(text)
    if len(clean) <= most:
        return clean
    ends = cut(clean.translate(_OF_ONE_LENGTH), most)
    return clean[: len(ends) - len(ELLIPSIS)] + ELLIPSIS if ends else ""


_OF_ONE_LENGTH = {ord(character): "x" for character in "&<>"}
