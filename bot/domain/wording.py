"""Whether a text was only corrected: a slip of the pen mended is no new statement, everything else is.

Deliberately narrow. Names, figures, links and small words carry meaning in a letter or two, so only a longer common word
that changed by a letter or two counts as corrected, besides case, spacing and punctuation.
"""

import difflib
import re

SHORTEST = 5
"""Shorter words change their meaning with a letter: "not" and "now", "on" and "off"."""
ALIKE = 0.8
"""How alike two spellings of a word are, as difflib's ratio."""

_WORD = re.compile(r"[^\s]+")
_MARKS = re.compile(r"[^\w%€$£/:.@#-]+|[.:]+$")


def only_corrected(before: str, after: str) -> bool:
    """Whether a text says the same as before, slips of the pen aside."""
    old, new = _words(before), _words(after)
    if len(old) != len(new):
        return False
    return all(_same(one, other) for one, other in zip(old, new, strict=True))


def _words(text: str) -> list[str]:
    return [word for raw in _WORD.findall(text) if (word := _MARKS.sub("", raw))]


def _same(before: str, after: str) -> bool:
    if before.casefold() == after.casefold():
        return True
    if not (before.isalpha() and after.isalpha()) or min(len(before), len(after)) < SHORTEST:
        return False
    if not (before.islower() and after.islower()):
        return False  # a name, or the beginning of a sentence, which may be one
    if abs(len(before) - len(after)) > 1 or before[0] != after[0]:
        return False
    return difflib.SequenceMatcher(None, before, after, autojunk=False).ratio() >= ALIKE
