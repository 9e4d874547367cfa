"""Who does what by when, out of the words about something that is not there yet.

Everything that was not said stays empty, so that it can be asked once. A second reply completes the first and never undoes
it. Nothing here decides whether a plan is good.
"""

import re
from calendar import monthrange
from datetime import date

from bot.domain.answers import Plan
from bot.domain.coaching.days import Aim, Day, find_days, without_days
from bot.domain.coaching.ear import Ear
from bot.domain.coaching.figures import find_figures
from bot.domain.coaching.phrases import folded
from bot.domain.coaching.signs import signs_of
from bot.domain.coaching.whom import DAY, named_in, names_myself, names_only
from bot.domain.text import cut, mentioned, unescape

_WHAT = 400
"""Characters of a plan's words that a list of next steps has room for; the answer keeps them all."""
_READ = 600
_A_STEP = 2
"""Words of substance beside who and when that make a step."""
_HEAD = 300
_DEADLINE = re.compile(
    r"\b(?:by|until|till|before|due|bis|bis zum|spätestens|d'ici|avant|para|antes del?|entro|deadline|eta)\b[^.;]{0,8}$"
)
_MEMORY = re.compile(r"\b(?:since|started|seit|ago|last|from|as of|began|stand)\b[^.;,]{0,12}$")
_AROUND = re.compile(
    r"\b(?:by|until|till|before|on|in|at|end of|early|mid|late|bis|zum|zur|am|im|ende|spätestens|will|does|do|it|is|are|on it|and|und|done|ready|planned|due|for|do it"
    r"|das|es|dies|macht|machen|mache|erledigt|erledigen|erledige|übernimmt|übernehmen|übernehme|kümmert|kümmern|kümmere"
    r"|sich|uns|mich|darum|from|eta|deadline)\b|[,;:.()/·–\ue000-]",
    re.IGNORECASE,
)


def plan_in(words: str, rest: str, known: frozenset[str], ear: Ear) -> Plan | None:
    """Return the plan that Slack's text holds, or None where it names no step, nobody and no day.

    `rest` is what is said beside the status, as the thread shows it.
    """
    text = " ".join(unescape(words).split())[:_READ]
    on, days = _deadline(text, ear)
    ids = mentioned(words)
    who, who_said = (ids[0], "") if ids else _whoever(_without(text, days), known, ear)
    what = _step(rest, who_said, ear)
    if not (what or who or who_said or on):
        return None
    return Plan(what=what, who=who, who_said="" if who else who_said, by=on.days[0] if on else None)


def _step(rest: str, who_said: str, ear: Ear) -> str:
    """Return the words as the next step, unless they say no more than who and when."""
    plain = folded(rest[:_READ])
    beside = _AROUND.sub(" ", without_days(plain, ear).replace(folded(who_said) or " ", " "))
    return cut(rest.strip(" ,.;:!-–—·"), _WHAT) if signs_of(beside).substance >= _A_STEP else ""


def says_only_who_and_when(plain: str, plan: Plan, ear: Ear) -> bool:
    """Whether words are a deadline with at most somebody beside it: "by 12 Dec, Jonas", and not "Security, on 8 March"."""
    text = folded(plain[:_READ])
    meant = (day for day in find_days(text, ear, Aim.AHEAD) if day.days[0] == plan.by)
    due = any(_is_due(day, text) for day in meant)
    without = without_days(text, ear)
    beside = _AROUND.sub(" ", _NAMED.sub(" ", without).replace(folded(plan.who_said) or " ", " "))
    return due and not signs_of(beside).substance and not find_figures(without, ear.locale)


def _is_due(day: Day, text: str) -> bool:
    led = day.lead in _AS_DEADLINE or _AS_DEADLINE_BEFORE.search(text[: day.start] + "|")
    return bool(led or _TO_COME.match(text[day.start : day.end]))


_AS_DEADLINE = frozenset({"by", "bis", "bis zum"})
_AS_DEADLINE_BEFORE = re.compile(
    r"\b(?:by|due|bis|spätestens|d'ici|avant|antes|entro)(?: (?:the|zum|den|le|el|del|end of|ende))*\s?\|$"
)
_TO_COME = re.compile(
    r"next|tomorrow|the day after|in |within|nächste|morgen|übermorgen|demain|mañana|domani|\w+ (?:prochain|next week)"
)
_NAMED = re.compile(r"@[\w.-]+")


def merged(first: Plan | None, second: Plan | None) -> Plan | None:
    """Return the first plan with what the second one adds or corrects."""
    if first is None or second is None:
        return first or second
    named = bool(second.who or second.who_said)
    return Plan(
        what=first.what or second.what,
        who=second.who if named else first.who,
        who_said=second.who_said if named else first.who_said,
        by=second.by or first.by,
    )


def is_settled(plan: Plan | None, today: date | None) -> bool:
    """Whether a plan says who and by when, and that day is not over."""
    if plan is None or not plan.complete or plan.by is None:
        return False
    return today is None or plan.by >= today


def rest_of(detail: str, rest: str) -> str:
    """Return the part of plain words that was folded to `rest`: what is said after a status, as it was written."""
    head = detail[:_HEAD]
    wanted = _bare(rest)
    if not wanted:
        return ""
    starts = [0, *(found.end() for found in re.finditer(r"[\s,;:.!–—✅❌⬜🟡🚧-]+", head))]
    for start in starts:
        if _bare(folded(detail[start : start + 2 * _HEAD]))[:_HEAD] == wanted[:_HEAD]:
            return detail[start:]
    return detail


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())[: _HEAD // 2]


def _deadline(text: str, ear: Ear) -> tuple[Day | None, list[Day]]:
    """Return the day that is meant as the deadline, and all days; days of the past are how it came about."""
    plain = folded(text)
    found = find_days(plain, ear, Aim.AHEAD)
    ahead = [
        day
        for day in found
        if len(day.days) == 1 and not _MEMORY.search(plain[: day.start]) and not _long_ago(day, ear)
    ]
    due = [day for day in ahead if _leads_to(day, plain)]
    missed = [day for day in found if len(day.days) == 1 and _leads_to(day, plain)]
    meant = next(iter(due or ahead or missed), None)
    return _yet_to_come(meant, plain, ear) if meant else None, found


def _leads_to(day: Day, plain: str) -> bool:
    return day.lead in _BY or _DEADLINE.search(plain[: day.start]) is not None


def _yet_to_come(day: Day, plain: str, ear: Ear) -> Day:
    """Return the day in the next year where a plan names no year and the day of this one is well over."""
    said = plain[day.start : day.end]
    if ear.today is None or _WITH_YEAR.search(said) or was_meant_to(plain) or not _IN_A_YEAR.search(said):
        return day
    if (ear.today - day.days[0]).days <= _JUST_OVER:
        return day
    return day._replace(days=(_a_year_later(day.days[0]),))


def _a_year_later(on: date) -> date:
    is_month_end = on.day == monthrange(on.year, on.month)[1]
    last = monthrange(on.year + 1, on.month)[1]
    return date(on.year + 1, on.month, last if is_month_end else min(on.day, last))


def was_meant_to(text: str) -> bool:
    """Whether folded words tell of what should have been done by then: "was to do it by 12 Oct"."""
    return _MISSED.search(text) is not None


def _long_ago(day: Day, ear: Ear) -> bool:
    return ear.today is not None and (ear.today - day.days[0]).days > _OVER


def _without(text: str, days: list[Day]) -> str:
    """Return words with the days blanked out, so that "by Friday" names nobody."""
    if len(folded(text)) != len(text):
        text = folded(text)  # places only agree where folding changed no length
    for day in days:
        text = text[: day.start] + DAY + " " * (day.end - day.start - 1) + text[day.end :]
    return text


def _whoever(text: str, known: frozenset[str], ear: Ear) -> tuple[str | None, str]:
    at, named = named_in(text, known=known)
    myself = names_myself(text)
    if myself is not None and myself <= at:
        return ear.speaker_id or None, ""
    who_said = named or _alone(text, known)
    who = _by_role(who_said, ear)
    return who, "" if who else who_said


def _by_role(who_said: str, ear: Ear) -> str | None:
    """Return who is meant by a role of this pilot, or by the champion's whole name."""
    plain = folded(who_said)
    if _OWNER.fullmatch(plain):
        return ear.owner_id or None
    whole_name = folded(ear.champion_name)
    if _CHAMPION.fullmatch(plain) or (" " in whole_name and plain == whole_name):
        return ear.champion_id or None
    return None


def _alone(text: str, known: frozenset[str]) -> str:
    """Return who is named where a reply is but a name beside a day: "Jonas, 12 Dec"."""
    if len(text) > _SHORT:
        return ""
    stated = _STATED.match(text)
    if stated and not stated["apart"]:
        return ""  # "no lift" names a thing
    beside = " ".join(_AROUND.sub(" ", text[stated.end() :] if stated else text).split())
    return names_only(beside, known=known)


_OWNER = re.compile(r"(?:the |our |its )?(?:production |service |pilot )?owner")
_CHAMPION = re.compile(r"(?:the |our |its )?(?:pilot )?champion")
_BY = frozenset({"by", "until", "till", "before", "bis", "bis zum"})
_OVER, _JUST_OVER, _SHORT = 60, 14, 100
_WITH_YEAR = re.compile(r"\d{4}|\d[./-]\s?\d{1,2}[./-]\s?\d{2}\b|\d\.? [^\W\d_]{3,}\.?,? '?\d\d\b")
_IN_A_YEAR = re.compile(
    r"\d[./]\s?\d|(?:\b|\d)(?:jan|feb|fév|mar|mär|apr|avr|ma[iy]|jun|juin|jul|juil|aug|août|sep|o[ck]t|nov|de[cz]|déc|q[1-4]|kw)"
)
_MISSED = re.compile(
    r"\b(?:(?:was|were) (?:to|supposed|meant|due|planned)|should have|had to|promised|sollte|wollte|hätte|musste|devait|debía)\b"
)
_STATED = re.compile(
    r"^\W*(?:not yet|no|nope|partly|partially|in progress|noch nicht|teilweise|nein|pas encore|not really|half|almost|wip|todo|tbd|missing|soon|open)\b(?P<apart>\s*(?:[^\w\s]|$))?",
    re.IGNORECASE,
)
