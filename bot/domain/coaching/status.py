"""How words state a status: by how they open ("not yet, ..."), or by what they say of their subject ("it is missing").

The opening words are data; what they leave open is read by the grammar of `denial`.
"""

import re
from typing import NamedTuple

from bot.domain.answers import Status
from bot.domain.coaching.denial import denies, is_conditional, leaves_open, takes_back
from bot.domain.coaching.phrases import any_of, without_spaces
from bot.domain.playbook import StatusWords

_HEAD = 400
"""A status is stated early or not at all; later words are substance."""
_SHORT = 40
FILLER = re.compile(
    r"(?:(?:well|so|h+m+|u+m+|uh|ehm?|erm?|ah|oh|hi|hey|hello|hallo|ok(?:ay)?|k|sure|right|alright|sorry|honestly|frankly"
    r"|tbh|currently|at the moment|right now|for now|now|today|as of (?:today|now)|at present"
    r"|i (?:think|guess|believe|fear)|i'm afraid|i'd say|i would say|basically|actually|to be (?:honest|fair)"
    r"|unfortunately|sadly|we are|we're|it is|it's|its|that is|that's|this is|(?:this|that)(?: one)?|it|still|just|also"
    r"|and|but|then|probably|maybe|please|pls|lol|haha|leider|aktuell|momentan|derzeit|zur ?zeit|naja?|das ist|das|c'est"
    r"|wir sind|es ist|ist)\b|@[\w.-]+)(?!['-]\w)"
)
_APART = re.compile(r"\s*(?:[^\w\s@#]|$)")
_SKIP_WHAT = re.compile(r"\s+(?:this|that|it|for|please|pls|the|one|now|me|here|question|mal|bitte|das)\b")
_WORDS_OF_MORE = re.compile(
    r"no|none|nobody|no one|nothing|never|niemand|keine?[rmn]?|nichts|nicht"
    r"|some|partial|ongoing|missing|blocked|pending|stuck|open|unclear|negative"
)
"""Words that answer by themselves and mean something else as a part of a sentence ("missing values are filled")."""
_GOES_ON = re.compile(
    r"\s+(?:yet|still|so far|at the moment|right now|currently|because|since|but|until|till|due)\b"
)
_SUBJECT = re.compile(
    r"(?:(?!(?:that|which|who|where|if|when|whenever) )[^\s.,;:!?]+ ){1,5}?(?:is|are|was|were|remains?|seems?|ist|sind|wurde|wurden)"
    r" (?:(?:still|only|currently|now|just|at best|so far|also|even|probably|maybe|derzeit|aktuell|erst|nur) )*"
)
_DOES_NOT_APPLY = re.compile(
    r"\b(?:do|does)(?:n't| not) (?:really )?apply\b|\btrifft (?:hier |bei uns )?nicht zu\b"
    r"|\b(?:is not|are not|isn't|aren't) (?:really )?(?:applicable|relevant|needed|required|necessary)\b"
)
_PORTION = re.compile(r"\b\d{1,2} ?% (?:done|there|complete|completed|ready|finished|fertig)\b")


class Stated(NamedTuple):
    """A status, whether the opening words name it, and what is said beside them."""

    status: Status | None
    outright: bool
    rest: str


def stated(text: str, words: StatusWords) -> Stated:
    """Return the status that folded words state or imply, or None when they read as a statement of fact."""
    head, tail = text[:_HEAD], text[_HEAD:]
    opening = _opening(head, words)
    if opening:
        status, rest = opening
        return (
            _confirmed(rest, tail, words) if status is Status.IN_PLACE else Stated(status, True, rest + tail)
        )
    if is_conditional(head):
        return Stated(None, False, text)
    implied, beside = _implied(head, words)
    return Stated(implied, False, beside + tail)


def _opening(text: str, words: StatusWords) -> tuple[Status, str] | None:
    """Return the status that the first words name, past greetings, mentions and fillers, with what follows them."""
    at = 0
    while at < len(text):
        found = _named_at(text, at, words)
        if found:
            return found
        step = _past_filler(text, at)
        if step == at:
            return None
        at = step
    return None


def _past_filler(text: str, at: int) -> int:
    """Return where the text goes on after a filler or a mark; the same place where a word stands."""
    filler = FILLER.match(text, at)
    if filler:
        return filler.end()
    return at if text[at].isalnum() else at + 1


def _named_at(text: str, at: int, words: StatusWords) -> tuple[Status, str] | None:
    best: tuple[int, Status] | None = None
    for status, phrases in _phrases(words):
        found = any_of(phrases).match(text, at)
        longer = found and (best is None or found.end() > best[0])
        if found and longer and _counts(status, found[0], text[found.end() :]):
            best = found.end(), status
    return (best[1], text[best[0] :]) if best else None


def _counts(status: Status, phrase: str, after: str) -> bool:
    """Very short words, "nobody" and the like, and a skip count when they stand apart: "skip this", not "skip level"."""
    if _APART.match(after) or without_spaces(phrase):
        return True
    if status is Status.SKIPPED and " " not in phrase:
        return _SKIP_WHAT.match(after) is not None
    if _WORDS_OF_MORE.fullmatch(phrase):
        return _GOES_ON.match(after) is not None
    return len(phrase) > 2 or not phrase.isalpha()


def _phrases(words: StatusWords) -> tuple[tuple[Status, tuple[str, ...]], ...]:
    return (
        (Status.IN_PLACE, words.in_place),
        (Status.PARTLY, words.partly),
        (Status.NOT_YET, words.not_yet),
        (Status.NOT_APPLICABLE, words.not_applicable),
        (Status.SKIPPED, words.skipped),
    )


def _confirmed(rest: str, tail: str, words: StatusWords) -> Stated:
    """Read what follows a yes: "yes, partly" and "yes, but no alerts" are no plain yes."""
    second = _opening(rest, words)
    if second and second[0] is not Status.IN_PLACE:
        return Stated(second[0], True, second[1] + tail)
    return Stated(Status.PARTLY if takes_back(rest) else Status.IN_PLACE, True, rest + tail)


def _implied(text: str, words: StatusWords) -> tuple[Status | None, str]:
    if _PORTION.search(text, 0, 120):
        return Status.PARTLY, text
    not_for_us = _DOES_NOT_APPLY.search(text, 0, 120)
    if not_for_us:
        return Status.NOT_APPLICABLE, f"{text[: not_for_us.start()]} {text[not_for_us.end() :]}"
    subject = _SUBJECT.match(text)
    found = _named_at(text, subject.end(), words) if subject else None
    if found and found[0] is not Status.IN_PLACE:
        return found
    start = 0
    while start < len(text) and (step := _past_filler(text, start)) > start:
        start = step
    if leaves_open(text):
        return Status.PARTLY, text
    return (Status.NOT_YET, text) if denies(text, start) else _unspaced(text, words)


def _unspaced(text: str, words: StatusWords) -> tuple[Status | None, str]:
    """Where words have no edges and denials stand at the end, a short reply is searched as a whole."""
    if len(text) <= _SHORT and without_spaces(text):
        for status, phrases in _phrases(words)[1:4]:
            here = tuple(phrase for phrase in phrases if len(phrase) > 1 and without_spaces(phrase))
            found = any_of(here).search(text)
            if found:
                return status, f"{text[: found.start()]} {text[found.end() :]}"
    return None, text
