"""Questions to which a yes is bad: "does anybody copy it by hand?".

Here a denial is what should be in place, and an affirmation is something that is not there yet. Only what was said is turned
round; a status that comes from a button is the meaning already.
"""

import re

from bot.domain.answers import Status
from bot.domain.coaching.phrases import folded
from bot.domain.coaching.status import FILLER, Stated
from bot.domain.playbook import Item

_NO = re.compile(
    r"(?:no|nope|nah|n|not|none|nothing|nobody|no one|never|neither|nein|ne|nee|nicht|nichts|niemand|keine?[rmns]?|non|pas|aucun|aún no|todavía no|não|nie|нет|nee"
    r"|i'm afraid not|far from it)\b|いいえ|ありません|ない|まだ|没有|没|否|不|아니|없|❌|✖|🔴|⬜"
)
_AT_TIMES = re.compile(
    r"\W*(?:sometimes|rarely|occasionally|now and then|once in a while|from time to time|hardly ever|seldom|at times|manchmal|selten|parfois|a veces)\b"
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|s|e)$")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        anybody anyone anything ever does have this that with from when what while would could should some such they been were
        into there since before after about still also only made make particular another
        """,
    )
)
_NEGATIVE = re.compile(
    r"\b(?:no|not|never|nobody|none|nothing|without|no one|n't|cannot|instead of|kein\w*|nicht\w*|nie|ohne|sans|sin|isn't|doesn't|don't|wasn't|weren't|didn't|hasn't)\b|n't\b"
)


def turned_round(said: Stated, text: str, item: Item) -> Stated:
    """Return what words say about a red flag: a no as in place, a yes as not yet."""
    denied = _opens_with_no(text)
    if said.outright and said.status is Status.IN_PLACE:
        return said if denied else said._replace(status=Status.NOT_YET)
    if said.status is Status.NOT_YET:
        return said._replace(status=Status.IN_PLACE) if denied or not said.outright else said
    if said.status is None:
        if _AT_TIMES.match(text):
            return Stated(Status.PARTLY, True, text)
        if _affirms(text, item):
            return Stated(Status.NOT_YET, False, text)
    return said


def _opens_with_no(text: str) -> bool:
    at = 0
    while at < len(text) and not _NO.match(text, at):
        filler = FILLER.match(text, at)
        if filler:
            at = filler.end()
        elif text[at].isalnum():
            return False
        else:
            at += 1
    return at < len(text)


def _affirms(text: str, item: Item) -> bool:
    """Whether a statement repeats what was asked about and denies nothing: "Ana copies them by hand"."""
    if _NEGATIVE.search(text):
        return False
    return len(_stems(folded(item.question)) & _stems(text)) >= 2


def _stems(text: str) -> set[str]:
    """Return the words that say something, without their commonest endings: copy, copies and copied are one."""
    words = set(_WORD.findall(text)) - _COMMON
    return {_ENDING.sub("", word.replace("ies", "y").replace("ied", "y")) for word in words}
