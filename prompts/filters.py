"""The filters of our templates, once for mrkdwn and once for plain text.

A filter of the mrkdwn table may return `Mrkdwn`, and only then is its result not escaped; whatever it puts into markup
that people wrote, it escapes itself. Templates hold the sentences; filters hold no wording but the marks
and the words beside them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from bot.domain.answers import GONE, Value
from bot.domain.people import mention as mention_of
from bot.domain.playbook import Item
from bot.domain.text import ELLIPSIS
from prompts import english
from prompts.markup import (
    Mrkdwn,
    cut_for_mrkdwn,
    cut_for_plain,
    marked,
    one_line,
    references,
    shown_name,
    unstyled,
)
from prompts.values import Saying, value_in_words

LONGEST_LINK = 500
LONGEST_LINK_TEXT = 48
MOST_LINKS_IN_WORDS = 2

_ID = re.compile(r"[A-Z0-9_-]{2,64}", re.ASCII)
_IN_BRACES = re.compile(r"\{(\w+)\}")
_ADDRESS = re.compile(r"(https?://[^\s<>|\"']+[^\s<>|\"'.,;:!?)\]])")
_UNSAFE_IN_URL = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f]")
_IN_URL = {"<": "%3C", ">": "%3E", "|": "%7C", '"': "%22", "&": "&amp;"}

MARKS: Mapping[str, str] = MappingProxyType(
    {
        "in_place": "✅",
        "partly": "🟡",
        "stale": "🟡",
        "not_yet": "⬜",
        "missing": "⬜",
        "skipped": "⬜",
        "not_applicable": "➖",
        "waived": "🛡",
    }
)
"""What stands beside the word for a status or a standing, never instead of it."""


STATUS_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "in_place": "in place",
        "partly": "partly",
        "stale": "needs a fresh look",
        "not_yet": "not yet",
        "missing": "missing",
        "skipped": "skipped",
        "not_applicable": "does not apply",
        "waived": "waived",
    }
)


RED_FLAG_WORDS: Mapping[str, str] = MappingProxyType(
    {"in_place": "no", "partly": "in some cases", "not_yet": "yes"}
)
"""The same for an item whose question a yes is a bad answer to."""


def status_word(status: str, red_flag: bool = False) -> str:
    """Return what stands beside the mark, in lower case."""
    word = RED_FLAG_WORDS.get(str(status)) if red_flag else None
    return word or STATUS_WORDS[str(status)]


def mark(status: str) -> str:
    """Return the mark of an answer's status or an item's standing."""
    return MARKS[str(status)]


def mention(slack_id: str) -> Mrkdwn:
    """Return a mention of a person or a user group; what is no Slack id is shown as text."""
    return Mrkdwn(mention_of(slack_id)) if _ID.fullmatch(slack_id) else marked(slack_id)


def channel(slack_id: str) -> Mrkdwn:
    """Return a channel's name as a link; what is no Slack id is shown as text."""
    return Mrkdwn(f"<#{slack_id}>") if _ID.fullmatch(slack_id) else marked(slack_id)


def day(when: date | datetime) -> Mrkdwn:
    """Return a day that Slack shows in the reader's own zone and words ("yesterday", "Dec 2")."""
    fallback = english.short_day(when)
    return Mrkdwn(f"<!date^{_epoch(when)}^{{date_short_pretty}}|{fallback}>")


def ago(when: datetime) -> Mrkdwn:
    """Return how long ago something was, as Slack counts it for the reader ("12 days ago"), however old the message is."""
    return Mrkdwn(f"<!date^{_epoch(when)}^{{ago}}|{english.short_day(when)}>")


def moment(when: datetime) -> Mrkdwn:
    """Return a day and an hour in the reader's own zone."""
    fallback = plain_moment(when)
    return Mrkdwn(f"<!date^{_epoch(when)}^{{date_short_pretty}} {{time}}|{fallback}>")


def plain_day(when: date | datetime) -> str:
    """Return "2 Dec" in the instant's own zone, for places where Slack does not translate dates."""
    return english.short_day(when)


def plain_moment(when: datetime) -> str:
    """Return "2 Dec 17:00 UTC"."""
    return f"{english.short_day(when)} {when:%H:%M} {when.tzname() or ''}".rstrip()


def _epoch(when: date | datetime) -> int:
    """Return Unix seconds; a date counts as 10:30 UTC, which is the same day from Hawaii to New Zealand's summer."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time(10, 30), tzinfo=UTC)
    if when.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return int(when.timestamp())


def link(url: str, text: str | None = None) -> Mrkdwn:
    """Return a link that leads where it says, or the text where the address is no plain http(s) address."""
    parts = _safe_parts(url)
    if parts is None:
        return cut_for_mrkdwn(one_line(url), LONGEST_LINK)
    address = "".join(_IN_URL.get(character, character) for character in url.strip())
    said = cut_for_plain(_label(parts) if text is None else one_line(text), LONGEST_LINK_TEXT)
    label = marked(f"{said} (deleted)" if url.endswith(GONE) else said)
    return Mrkdwn(f"<{address}|{label.replace('|', '¦')}>")


def _label(parts: SplitResult) -> str:
    path = "" if parts.path == "/" else parts.path
    return f"{parts.netloc.lower().removeprefix('www.')}{path}{'?…' if parts.query else ''}"


def _safe_parts(url: str) -> SplitResult | None:
    """Take an address apart; None unless it is http(s), names one plain host and hides nothing."""
    stripped = url.strip()
    if len(stripped) > LONGEST_LINK or _UNSAFE_IN_URL.search(stripped) or not stripped.isascii():
        return None
    try:
        parts = urlsplit(stripped)
        usable = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        _ = parts.port
    except ValueError:
        return None
    return parts if usable else None


def _each(values: Iterable[object]) -> list[Mrkdwn]:
    return [marked(value if isinstance(value, str) else str(value)) for value in values]


def links(urls: Iterable[str]) -> Mrkdwn:
    """Return evidence as links between dots; what is no address is shown as text."""
    return Mrkdwn(" · ".join(link(url) for url in urls))


def linked(text: str, most: int) -> Mrkdwn:
    """Return what a person wrote on one line, at most `most` characters to read, with its first addresses as links.

    An address is shown whole or not at all, because half of one leads elsewhere.
    """
    shown, room, links_left = [], most, MOST_LINKS_IN_WORDS
    for part in _ADDRESS.split(one_line(text)):
        if not part:
            continue
        is_address = _ADDRESS.fullmatch(part) is not None and links_left > 0
        piece = link(part) if is_address else cut_for_mrkdwn(part, room)
        length = min(len(part), LONGEST_LINK_TEXT) if is_address else len(part)
        if is_address and length > room:
            piece, length = Mrkdwn(ELLIPSIS), room + 1
        shown.append(piece)
        links_left -= is_address
        room -= length
        if room <= 0:
            break
    return Mrkdwn("".join(shown))


def _plain_linked(text: str, most: int) -> str:
    return cut_for_plain(one_line(text), most)


def sentence_list(values: Iterable[object], last: str = "and") -> Mrkdwn:
    """Return "a, b and c", each part escaped unless it is markup."""
    return Mrkdwn(english.join_words(_each(values), last))


def titles(values: Iterable[str], most: int = 5) -> Mrkdwn:
    """Return titles as they stand inside a sentence; those beyond `most` are counted."""
    return sentence_list(map(unstyled, _titles(values, most)))


def _titles(values: Iterable[str], most: int) -> list[str]:
    inside = [english.mid_sentence(value) for value in values]
    left_out = len(inside) - most
    return [*inside[:most], f"{left_out} more"] if left_out > 0 else inside


def joined(values: Iterable[object], between: str = " · ") -> Mrkdwn:
    """Return the parts with something between them, each escaped unless it is markup."""
    return Mrkdwn(marked(between).join(_each(values)))


def with_words(sentence: str, **words: object) -> Mrkdwn:
    """Return a playbook's sentence with `{item}` and the like replaced, the sentence and the words escaped."""
    spoken = {name: marked(value if isinstance(value, str) else str(value)) for name, value in words.items()}
    return Mrkdwn(_IN_BRACES.sub(lambda found: spoken.get(found[1], found[0]), marked(sentence)))


def value(answered: Value | None, item: Item | None = None) -> Mrkdwn:
    """Return what an answer is made of: a figure with its unit, a day, people, the options that were chosen."""
    return Mrkdwn(value_in_words(answered, item, Saying(day, mention, link, marked)))


def _plain_value(answered: Value | None, item: Item | None = None) -> str:
    return value_in_words(answered, item, Saying(plain_day, _plain_mention, one_line, str))


def _plain_mention(slack_id: str) -> str:
    return "@" + slack_id


def _plain_links(urls: Iterable[str]) -> str:
    return " · ".join(one_line(url) for url in urls)


def _plain_list(values: Iterable[object], last: str = "and") -> str:
    return english.join_words([str(value) for value in values], last)


def _plain_titles(values: Iterable[str], most: int = 5) -> str:
    return english.join_words(_titles(values, most))


def _plain_joined(values: Iterable[object], between: str = " · ") -> str:
    return between.join(str(value) for value in values)


def _plain_with_words(sentence: str, **words: object) -> str:
    return _IN_BRACES.sub(lambda found: str(words.get(found[1], found[0])), sentence)


_BOTH: dict[str, Callable[..., Any]] = {
    "counted": english.counted,
    "digits": english.digits,
    "in_words": english.in_words,
    "line": one_line,
    "mark": mark,
    "mid_sentence": english.mid_sentence,
    "name": shown_name,
    "number": english.grouped,
    "ordinal": english.ordinal,
    "start_sentence": english.start_sentence,
    "times": english.times,
    "status_word": status_word,
}
FOR_MRKDWN: Mapping[str, Callable[..., Any]] = MappingProxyType(
    _BOTH
    | {
        "channel": channel,
        "cut": cut_for_mrkdwn,
        "day": day,
        "ago": ago,
        "join": joined,
        "link": link,
        "linked": linked,
        "links": links,
        "mention": mention,
        "moment": moment,
        "references": references,
        "sentence_list": sentence_list,
        "titles": titles,
        "value": value,
        "with_words": with_words,
    }
)
FOR_PLAIN: Mapping[str, Callable[..., Any]] = MappingProxyType(
    _BOTH
    | {
        "channel": _plain_mention,
        "cut": cut_for_plain,
        "day": plain_day,
        "ago": plain_day,
        "join": _plain_joined,
        "link": one_line,
        "linked": _plain_linked,
        "links": _plain_links,
        "mention": _plain_mention,
        "moment": plain_moment,
        "references": str,
        "sentence_list": _plain_list,
        "titles": _plain_titles,
        "value": _plain_value,
        "with_words": _plain_with_words,
    }
)
