"""What in plain words could be checked by somebody else: an address, a name, a number with a unit, a date, substance.

Recognised by form, generously: a sign that is missed costs a person one kind question too many, one that is seen wrongly
costs the answer its check.
"""

import re
from typing import NamedTuple

from bot.domain.coaching.phrases import folded, without_spaces
from bot.domain.coaching.reply import has_link, without_links

_MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    r"|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|today|yesterday|tomorrow"
_DATE = re.compile(
    rf"\b\d{{4}}-\d{{1,2}}-\d{{1,2}}\b|\b\d{{1,2}}[./]\d{{1,2}}(?:[./](?:\d{{4}}|\d{{2}})\b|\.)"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s)?{_MONTH}\b|\b{_MONTH}\s\d{{1,4}}\b"
    rf"|\b(?:since|in|by|until|till|last|next|end of|mid|early|late|seit|bis|im|am)[\s-](?:{_MONTH}|{_DAY})\b"
    rf"|\b(?:on|every|each|this)\s(?:{_DAY})\b|\byesterday\b|\btomorrow\b"
    r"|\blast (?:week|month|quarter|year|sprint)\b|\bq[1-4][\s/-]?(?:20)?\d\d\b"
    r"|\d{1,4}\s?年|\d{1,2}\s?月"
)
_MENTION = re.compile(r"(?<![\w@#])[@#](?!here\b|channel\b|everyone\b)\w|\w@\w[\w-]*\.\w", re.IGNORECASE)
_NUMBER = re.compile(r"\d\s?/?\s?(?:[%‰°]|[€$£¥₹]|[^\W\d_])|[€$£¥₹]\s?\d")
_ALL_OF_IT = re.compile(r"\b1[01]0\s?%(?!\s?(?:of|der|des)\b)|\b24\s?[/x]\s?7\b|\b\d(?:st|nd|rd|th)\b")
_COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred|thousand"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|zehn|zwölf)\s[^\W\d_]{3}|\bhalf an? (?:second|minute|hour|day|cent)\b"
)
_ACRONYM = re.compile(
    r"\b(?!(?:TBD|TBC|TBA|TODO|OK|NA|NO|YES|NOT|ASAP|WIP|FYI|IMO|IMHO|AI|ML|LLM|BTW|IDK|LOL|EOD|ETA|IT|WE|WILL|SOON|ALL)\b)"
    r"[A-Z][A-Z0-9]+\b"
)
_NAME = re.compile(
    r"(?<=[^\s.!?:]\s)(?!I\b)[A-ZÀ-ÖØ-Þ]\w|[a-zß-ÿ][A-Z]|\w\.\w+/\w"
    r"|[A-Za-z]{3}(?=[\u3040-\u9fff\uac00-\ud7af])|(?<=[\u3000-\u9fff\uac00-\ud7af\uff00-\uff0f])[A-Za-z]{3}"
)
"""A capital that does not open a sentence, in the middle of a word, a path, or Latin letters in another script."""
_LOWER = re.compile(r"[a-zß-ÿ]")
_WORD = re.compile(r"[^\W_]+")
_EMPTY_WORDS = frozenset(
    _WORD.findall(
        """
        a about absolutely actually after again all already also always am an and any anyway are as at
        basically be because been before being but by can could course currently definitely did do does done
        else enough ever every everything exactly fine for from fully further generally good great guess guys had
        has have having he help here hers him his honest honestly hope how i if in indeed into is it its just kind know like
        ll lot made make many maybe me mean might more moment most much must my need needed needs never nice
        no not now obviously of off ok okay on once one only or other our ours out over perfect perfectly
        please point pretty probably quite ready really regarding right s set she should since so some
        something sorry sort stage stuff such sure t than thanks that the their them then there these they
        thing things think this those though time to too totally under unfortunately until up us use used using usually ve
        very was way we well were what when where whether which while who why will with within work working
        works would yes yet you your exist exists existing place pilot case project live auch aber alles bei
        bereits das dass dem den der des die ein eine einen er es für gut haben hat ich im ist ja läuft mit
        nein nicht noch oder passt schon sie sind und uns unser unsere von war weil wir wird zu zum zur
        """
    )
)
ENOUGH = 3
"""From so many words of substance on, a statement can be asked about, so it is a fact and not a nod."""
MUCH = 12
"""From so many on, it says enough to outweigh a vague turn of phrase."""


class Signs(NamedTuple):
    """What makes an answer checkable."""

    link: bool
    mention: bool
    number: bool
    date: bool
    name: bool
    substance: int
    """How many different words say something; in scripts without spaces, four characters count as one."""

    @property
    def strong(self) -> bool:
        """Whether somebody could go and look, or ask."""
        return self.link or self.mention or self.number or self.date or self.name

    @property
    def settles_a_plan(self) -> bool:
        """Whether a plan says who or by when."""
        return self.link or self.mention or self.date


def signs_of(detail: str, *, known: str = "") -> Signs:
    """Return the signs in plain words; words that are `known` (an item's title) repeat the question and do not count."""
    beside = without_links(detail)
    lower = beside.casefold()
    return Signs(
        link=has_link(detail),
        mention=_MENTION.search(beside) is not None,
        number=_NUMBER.search(_ALL_OF_IT.sub(" ", lower)) is not None or _COUNTED.search(lower) is not None,
        date=_DATE.search(lower) is not None,
        name=_named(beside),
        substance=_substance(beside, known),
    )


def _named(text: str) -> bool:
    """Names show by their capitals, unless everything is in capitals."""
    if not _LOWER.search(text):
        return False
    return _NAME.search(text) is not None or _ACRONYM.search(text) is not None


def _substance(text: str, known: str) -> int:
    repeated = set(_WORD.findall(folded(known)))
    words = set(_WORD.findall(folded(text))) - _EMPTY_WORDS - repeated
    return int(sum(len(word) / 4 if without_spaces(word) else len(word) > 1 for word in words))
