"""The grammar of denial, in English and a little German: what is not there, apart from what must not happen.

"We have no runbook" denies what was asked for. "Nobody can refund without approval" is a guardrail, and so a fact. Each
pattern is tried at the start of the folded words, bounded, so that long texts cost no more than short ones.
"""

import re
from collections.abc import Iterator

from bot.domain.coaching.signs import signs_of

_WE = (
    r"(?:\w+ ){0,3}?(?:we|i|they|you|(?:the|our|my) (?:\w+ ){0,2}team|the company|finance|security|legal|operations|ops)"
    r" (?:(?:still|really|currently|just|actually|also) )*"
)
_SUBJECT = r"(?:(?!(?:that|which|who|whose|where|if|when|whenever) )[^\s.,;:!?]+ ){0,6}?"
"""No relative clauses: "cases that are not covered go to an agent" denies nothing."""
_NOT_DONE = (
    r"(?:(?:really|even|fully|properly|currently|actually|been|yet|all) )*"
    r"(?:yet|in place|set up|setup|ready|done|decided|defined|there|available|live|clear|known|documented|agreed|connected"
    r"|integrated|monitored|measured|tracked|tested|assigned|named|written|built|implemented|configured|finished|complete"
    r"|completed|started|scoped|priced|calculated|approved|trained|briefed|planned|scheduled|automated|owned|covered"
    r"|working|been)\b"
)
_RIGHTS = r"(?!(?:\S+ ){0,3}(?:access|permissions?|rights?|write|way|direct|credentials)\b)"
"""What a system is kept from is a guardrail: "it has no write access"."""
_STEADY = r"(?!(?:moved|changed|failed|missed|exceeded|seen|needed)\b)"
"""What has never failed is no gap."""
_TRIED = r"(?:tested|tried|done|did|drilled|measured|checked|written|discussed|thought)"


def _patterns() -> Iterator[str]:
    # We do not have, we haven't, we have no, we cannot.
    yield _WE + (
        r"(?:(?:do|did)(?:n't| not)|dont|didnt|never) (?:\w+ ){0,2}?"
        r"(?:have|know|measure|monitor|track|own|test|tested|see|check|calculate|plan|document|define|think)\b"
    )
    yield _WE + r"(?:have (?:no|none|nothing|not|never|yet to)|haven't|havent|lack)\b"
    yield r"(?:we|i|they)'ve (?:no|not|never|yet)\b"
    yield r"(?:we |i |they )?(?:do not|don't|dont|not|no) (?:have\b|\W*$)"
    yield r"(?:\w+ ){0,2}?(?:we|i) (?:can(?:'t|not| not)|couldn't) (?!spend|exceed|send|refund|delete|pay)"
    yield r"(?:we|you|i|it) can(?:'t|not)\W*$"
    yield (
        _SUBJECT
        + r"can(?:'t|not| not) be (?:turned|switched|rolled|reverted|undone|measured|stopped|monitored)\b"
    )
    # The pilot has no owner, alerts are not set up, the owner is unclear.
    yield (
        _SUBJECT + r"(?:do|does|did)(?:n't| not) (?:yet |even |really )?(?:exist|work\b|have " + _RIGHTS + ")"
    )
    yield _SUBJECT + r"has (?:no|not|never|none) " + _STEADY + _RIGHTS
    yield _SUBJECT + r"hasn't " + _STEADY
    yield _SUBJECT + r"(?:is|are|was|were)(?:n't| not) " + _NOT_DONE
    yield _SUBJECT + (
        r"(?:is|are) (?:(?:still|currently|completely|totally|rather) )*"
        r"(?:missing|unclear|unknown|undecided|undefined|lacking|absent)"
        r"(?=\W*$|[,.;:!?]| (?:yet|still|so far|at the moment|right now|because|since|but|and|until)\b)"
    )
    yield _SUBJECT + (
        r"(?:blocked|stopped|delayed|held up) by (?:the |our )?(?:\w+ )?"
        r"(?:security|legal|finance|procurement|compliance|team|management|privacy|risk|council)\b"
    )
    yield _SUBJECT + r"(?:lacks|(?:has|have) yet to|forgot)\b"
    yield r"(?:\S+ ){0,12}?not (?:\S+ ){0,8}?yet\b"
    yield r"(?:\S+ ){0,8}?never (?:been |really )?" + _TRIED + r"\b"
    # There is no, no runbook, nobody.
    yield (
        r"(?:\w+ ){0,3}?there(?:'s| is| are| was) (?:(?:currently|still|really) )?"
        r"(?:no(?! (?:way|manual|single|risk|open)\b)|none|nothing|nobody|not)\b"
    )
    yield r"(?:\w+ ){0,3}?there (?:isn't|aren't|wasn't)\b"
    yield r"no (?!(?:manual|longer|problem|issues?|need|way|doubt|human|hand)\b)"
    yield r"(?:none|nobody|no one|noone|nothing|niemand|keiner|keine?[rmn]?|nichts|nix)\b"
    yield r"never\b(?! (?:failed|fails|had|happens?|shows?|sends?|leaves?|goes|acts?)\b)"
    yield r"not (?!only\b|just\b|a single\b|more than\b)"
    # German: what is not there yet.
    yield r"(?:\S+ ){0,10}?noch (?:nicht|keine?[rmns]?|nichts|nix|niemand)\b"
    yield r"(?:wir|ich) (?:\S+ ){0,3}?(?:kein(?:e[rmns]?)?|nicht|nichts)\b"
    yield r"es gibt (?:\S+ ){0,2}?kein(?:e[rmns]?)?\b"
    yield r"(?:\S+ ){0,5}?(?:fehlt|fehlen)\b"


_DENIALS = tuple(re.compile(pattern) for pattern in _patterns())
_LIMIT = re.compile(r"\b(?:without|unless|except|other than|but the|can|may|must|allowed|ohne|außer|darf)\b")
"""Beside a denial these make a limit: "nobody can approve their own refund"."""
_CONDITION = re.compile(
    r"(?:\S+ ){0,2}?(?:if|whenever|in case|falls|wenn"
    r"|when(?!(?:\s\S+){0,8}?\s(?:live|ready|production|done|finished|time|budget)\b))\b"
)
_BUT = r"\b(?:but|except|however|although|though|aber|allerdings|jedoch)\b,?"
_BUT_NOT = re.compile(
    _BUT
    + r"\s(?:[\w']+\s){0,4}?(?:no|not|only|nobody|none|nothing|without|still|missing|isn't|aren't|haven't|hasn't"
    r"|don't|doesn't|for|nicht|nur|noch|kein\w*)\b"
)
_BUT_NOT_ALL = re.compile(
    _BUT + r"(?:(?:\s\S+){0,12}?\s(?:yet|missing|noch)\b|\s(?:we have |there (?:is|are) )?(?:no|nobody)\b"
    r"|\s(?:\S+ ){0,5}?(?:not|never) " + _NOT_DONE + r")"
    r"|[,;] (?:but |and )?(?:nobody|no one) (?!can\b|may\b|but\b|else\b|is allowed)"
    r"|[,;] no (?:\w+ ){1,3}?(?:though|yet)\b|\bonly (?:\S+ ){1,6}?so far\b"
    r"|\byes\b[^.]{0,40}?[,;] (?:[^\s,.]+ ){1,3}no\b"
)


_REST_NOT = re.compile(r"[,;)] (?:[^\s.,;]+ ){1,4}?not (?:yet\b|" + _NOT_DONE + ")")


def denies(text: str, start: int) -> bool:
    """Whether folded words say that something is not there, from their beginning or past fillers that end at `start`."""
    found = [
        match for pattern in _DENIALS for match in (pattern.match(text), pattern.match(text, start)) if match
    ]
    return bool(found) and not _LIMIT.search(text, min(match.end() for match in found))


def is_conditional(text: str) -> bool:
    """Whether the text tells what happens if something else does; neither a denial nor a plan."""
    return _CONDITION.match(text) is not None


def takes_back(rest: str) -> bool:
    """Whether what follows a yes takes part of it back: "but only for refunds"."""
    return _BUT_NOT.search(rest) is not None


def leaves_open(text: str) -> bool:
    """Whether a statement says of itself that something is still open: "a dashboard, but no alerts yet"."""
    found, rest = _BUT_NOT_ALL.search(text), _REST_NOT.search(text)
    if rest and not signs_of(text[: rest.start()]).substance:
        rest = None
    found = found or rest
    return found is not None and not denies(text[: found.start()], 0)
