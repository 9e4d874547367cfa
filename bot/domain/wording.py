"""Whether a text was only corrected: a slip of the pen mended is no new statement, everything else is.

Deliberately narrow, because what is taken for a correction is shown to nobody again. Names, figures, links, comparisons,
questions and small words carry meaning in a single character. What counts as corrected is spacing, quotes, brackets and the
punctuation after a word, the case of a word, and a slip inside a longer common word: two letters swapped, one of a pair
left out or one too many, letters that sound alike, and in the longest words one letter more, less or another. A slip never
touches the first letter, and never the last one, where tense, number and order stand.
"""

import re

SHORTEST = 5
"""Shorter words become other words with a letter: "not" and "now", "on" and "off"."""
LONG = 7
"""From this length on, a letter that sounds alike hardly makes another word; any other one does: "present", "prevent"."""
LONGEST = 10
"""From this length on, hardly any letter does."""
_ALIKE = ("cs", "ae", "ei")

_WORD = re.compile(r"\S+")
_BEFORE_A_UNIT = re.compile(r"(?<=\d)\s+(?=[%€$£])")
_AROUND = "\"'“”„‘’‚«»()[]{}*_`"
_AFTER = ".,;:!…"
_KEPT = (
    "never nothing nobody nowhere neither cannot without within except unless despite against "
    "three seven eight eleven twelve fifty forty sixty seventy eighty ninety hundred thousand million billion "
    "first second third fourth fifth sixth hourly daily weekly monthly yearly quarterly "
    "manual manually automatic automatically optional optionally "
    "adopted adapted adopting adapting prescribe proscribe prescribed proscribed prescription proscription"
)
_WEIGHTY = frozenset(_KEPT.split())
"""Longer words that negate, count or limit, or that a letter turns into their opposite; each is kept to the letter."""


def only_corrected(before: str, after: str) -> bool:
    """Whether a text says the same as before, slips of the pen aside."""
    old, new = _words(before), _words(after)
    if len(old) != len(new):
        return False
    return all(_same(one, other) for one, other in zip(old, new, strict=True))


def _words(text: str) -> list[str]:
    closed_up = _BEFORE_A_UNIT.sub("", text)
    return [word for raw in _WORD.findall(closed_up) if (word := _bare(raw))]


def _bare(word: str) -> str:
    """Return a word without what stands around it; a sign on its own, such as "<" or "-", is kept, and so is "?"."""
    while word != (stripped := word.strip(_AROUND).rstrip(_AFTER)):
        word = stripped
    return word


def _same(before: str, after: str) -> bool:
    if before == after:
        return True
    if not (before.isalpha() and after.isalpha()):
        return False
    if before.casefold() == after.casefold():
        return before[1:] == after[1:] or len(before) >= SHORTEST
    if not (before.islower() and after.islower()):
        return False  # a name, or the beginning of a sentence, which may be one
    if min(len(before), len(after)) < SHORTEST or {before, after} & _WEIGHTY:
        return False
    return _is_slip(before, after)


def _is_slip(before: str, after: str) -> bool:
    """Whether two spellings differ by one slip, with the same first and last letter."""
    if before[0] != after[0] or before[-1] != after[-1]:
        return False
    if len(before) == len(after):
        apart = [at for at, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
        if len(apart) == 1:
            return len(before) >= LONGEST or (
                len(before) >= LONG and _alike(before[apart[0]], after[apart[0]])
            )
        return len(apart) == 2 and apart[1] == apart[0] + 1 and _swapped(before, after, apart[0])
    shorter, longer = sorted((before, after), key=len)
    if len(longer) - len(shorter) != 1:
        return False
    at = next((n for n, letter in enumerate(shorter) if letter != longer[n]), len(shorter))
    if longer[at + 1 :] != shorter[at:]:
        return False
    doubled = longer[at] in (longer[at - 1], longer[at + 1])
    silent = longer[at] == "e" and len(shorter) >= LONG
    return doubled or silent or len(shorter) >= LONGEST


def _swapped(before: str, after: str, at: int) -> bool:
    return before[at] == after[at + 1] and before[at + 1] == after[at]


def _alike(one: str, other: str) -> bool:
    return any(one in pair and other in pair for pair in _ALIKE)
