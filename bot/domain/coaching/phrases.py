"""Words made comparable, and phrases of the playbook found among them.

Case, typographic quotes, full-width letters, Slack's bold and italics, emoji names and invisible controls make no
difference. A phrase is found as whole words; scripts without spaces between words have no such edges.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_EMOJI_NAME = re.compile(r":([a-z][a-z0-9_+'-]*|[+-]1|100):(?::skin-tone-\d:)?")
_MARKS = {
    "white_check_mark": "✅",
    "heavy_check_mark": "✅",
    "ballot_box_with_check": "✅",
    "large_green_circle": "✅",
    "large_yellow_circle": "🟡",
    "construction": "🚧",
    "white_large_square": "⬜",
    "x": "❌",
    "negative_squared_cross_mark": "❌",
    "red_circle": "❌",
    "heavy_minus_sign": "➖",
}
_TYPED = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "", "´": "'", "*": "", "~": "", "–": " - ", "—": " - ", "_": " "}
)
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Thai, Lao, kana, Han and Hangul (whose particles follow without a space)."""


def folded(text: str) -> str:
    """Return the text as it is compared."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    named = _EMOJI_NAME.sub(lambda name: f" {_MARKS.get(name[1], '')} ", plain)
    return " ".join(named.translate(_TYPED).split())


def without_spaces(text: str) -> bool:
    """Whether the text is written in a script that puts no spaces between words."""
    return _NO_SPACES.search(text) is not None


@lru_cache(maxsize=256)
def any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern that finds the longest of the phrases as whole words; it finds nothing if there are none."""
    known = sorted({folded(phrase) for phrase in phrases} - {""}, key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(_beginnings(known)) or r"(?!)")


def _beginnings(known: list[str]) -> Iterator[str]:
    """Yield the phrases by their first letter: a place in the text is compared with the few that can begin there."""
    by_letter: dict[str, list[str]] = {}
    for phrase in known:
        by_letter.setdefault(phrase[0], []).append(_as_words(phrase))
    of_words = [_beginning(letter, rest) for letter, rest in by_letter.items() if _has_edge(letter)]
    if of_words:
        yield rf"(?<![\w@#])(?:{'|'.join(of_words)})"
    yield from (_beginning(letter, rest) for letter, rest in by_letter.items() if not _has_edge(letter))


def _beginning(letter: str, rest: list[str]) -> str:
    return f"{re.escape(letter)}(?:{'|'.join(rest)})"


def listed(phrases: str) -> re.Pattern[str]:
    """Return the pattern of phrases that are written one after the other, with semicolons between them."""
    return any_of(tuple(phrases.split(";")))


def _as_words(phrase: str) -> str:
    """Return what follows after the first letter of a phrase."""
    after = r"(?!\w|[-']\w)" if _has_edge(phrase[-1]) else ""
    # "alerts going to #ops" is no plan: after "to" a plan names a deed, not a place.
    place = r"(?!\s*[@#])" if phrase.endswith(" to") else ""
    return re.escape(phrase[1:]) + after + place


def _has_edge(character: str) -> bool:
    return character.isalnum() and not without_spaces(character)


def consumed(text: str, patterns: Iterable[re.Pattern[str]]) -> list[int] | None:
    """Return which patterns the text is made of, in order, when it holds nothing else but punctuation; else None."""
    order = tuple(patterns)
    used: list[int] = []
    at = 0
    while at < len(text):
        ends = [
            (found.end(), -index) for index, pattern in enumerate(order) if (found := pattern.match(text, at))
        ]
        end, index = max(ends, default=(at, 0))
        if end > at:
            used.append(-index)
            at = end
        elif text[at].isalnum():
            return None
        else:
            at += 1
    return used
