"""What makes an answer doubtful beyond a list of phrases, one pure function each.

A detector sees a reply that claims something to be in place (`NO_PLAN`: that something is not) and says whether its concern
applies. The concern's phrases are its vocabulary where they name things ("accuracy", "in the pilot"); the sentence that
is then asked is the playbook's.
"""

import re
from collections.abc import Callable

from bot.domain.coaching.days import Aim, find_days, without_days
from bot.domain.coaching.figures import find_figures
from bot.domain.coaching.heard import Said
from bot.domain.coaching.phrases import any_of, folded
from bot.domain.coaching.plans import is_settled
from bot.domain.coaching.signs import ENOUGH
from bot.domain.coaching.values import WITHOUT_VALUE, is_myself
from bot.domain.coaching.whom import TEAM, names_only
from bot.domain.playbook import AnswerKind, Concern, Detector, Shows

NAMED_IN_WORDS = frozenset({AnswerKind.PERSON, AnswerKind.GROUP})
"""Kinds that a name answers as well, where whoever it is cannot be mentioned."""
VOCABULARY = frozenset({Detector.NO_BUSINESS_FIGURE, Detector.DEMO_VOLUME})
"""Detectors that read their concern's phrases as words of their subject; alone the phrases raise nothing."""


def raises(concern: Concern, said: Said) -> bool:
    """Whether a concern's detector applies to what was said."""
    return concern.detect is not None and _DETECTORS[concern.detect](said, concern)


def _no_plan(said: Said, concern: Concern) -> bool:
    del concern
    return not is_settled(said.plan, said.ear.today)


def _no_value(said: Said, concern: Concern) -> bool:
    del concern
    if said.item.kind in WITHOUT_VALUE or said.value is not None:
        return False
    if said.item.kind not in NAMED_IN_WORDS:
        return True
    others = said.groups if said.item.kind is AnswerKind.PERSON else said.people
    return bool(others) or not _names_somebody(said)


def _names_somebody(said: Said) -> bool:
    signs = said.signs
    return signs.name or signs.mention or TEAM.search(said.plain) is not None or names_only(said.plain) != ""


def _champion(said: Said, concern: Concern) -> bool:
    """The champion is the only one who is named."""
    del concern
    champion = said.ear.champion_id
    if said.groups or (people := set(said.people)) - {champion}:
        return False
    if champion and (champion in people or (champion == said.ear.speaker_id and _is_only_myself(said))):
        return not people or TEAM.search(_without_names(said)) is None
    return not people and _champion_by_name(said)


def _is_only_myself(said: Said) -> bool:
    return is_myself(said.text) and TEAM.search(said.plain) is None


def _without_names(said: Said) -> str:
    return re.sub(r"@\S+", " ", said.plain)


def _champion_by_name(said: Said) -> bool:
    name = said.ear.champion_name.strip()
    if len(name) < 2 or TEAM.search(said.plain):
        return False
    names = dict.fromkeys((folded(name), folded(name).split(" ")[0]))
    mine = any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", said.text) for one in names)
    return mine and len(_OTHERS.findall(said.plain)) <= len(name.split())


_OTHERS = re.compile(r"\b[A-ZÀ-ÖØ-Þ][a-zß-ÿ'’-]{2,}\b")
_TWO_NAMES = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w'’-]+(?:,|\s(?:and|und|et|y|e|&|or))\s[A-ZÀ-ÖØ-Þ][\w'’-]+")
_ONE_NAME = re.compile(
    r"\W*(?:(?:yes|ja|just|only|nur|it's|that's|that would be|currently)\b[\s,:]*)*(?:@[\w.-]+|[A-ZÀ-ÖØ-Þ][a-zß-ÿ'’-]+(?:\s[A-ZÀ-ÖØ-Þ][a-zß-ÿ'’-]+)?)"
    r"(?:\s(?:owns?|does|will|is|has|looks?|takes?|handles?|runs?|keeps?|knows?|alone|macht|ist|hat|kümmert|betreut)\b.*|[\s.,!]*)$"
)
_ALONE = re.compile(
    r"\b(?:only|just|nur|alone|allein|single person|one person|one guy|one developer|one engineer)\b"
)


def _one_person(said: Said, concern: Concern) -> bool:
    """A single person is named, and no team, rota or second one beside them."""
    del concern
    if (
        said.groups
        or len(said.people) > 1
        or TEAM.search(_without_names(said))
        or _TWO_NAMES.search(said.plain)
    ):
        return False
    if said.people:
        return True
    if is_myself(said.text):
        return True
    return _ONE_NAME.match(said.plain) is not None or (
        _ALONE.search(said.text) is not None and said.signs.name
    )


_MODEL = re.compile(
    r"\b(?:accura\w+|precision|recall|f1|f-1|f-score|auc|roc|bleu|rouge|perplexity|confiden\w+|the model|our model|benchmarks?|leaderboard|evals?"
    r"|eval score|hallucinat\w+|mae|rmse|mape|r2|r²|log loss|loss|genauigkeit|trefferquote|konfidenz|précision|exactitud|precisión)\b"
)
_CLAUSES = re.compile(r"[,;:.!?](?=\s|$)|\s(?:and|but|while|with|und|aber|mit|at|bei|et|y)\s|\s-\s|[()]")


def _no_business_figure(said: Said, concern: Concern) -> bool:
    """No figure is said beside those of the model itself."""
    locale = said.ear.locale
    model = any_of(concern.phrases)
    clauses = [part for part in _CLAUSES.split(without_days(said.text, said.ear)) if part]
    carried = False
    for clause in clauses:
        about_the_model = bool(_MODEL.search(clause) or model.search(clause))
        figures = find_figures(clause, locale)
        if figures and not (about_the_model or (carried and _bare(clause))):
            return False
        carried = about_the_model and not figures
    return True


def _bare(clause: str) -> bool:
    """Whether a clause is hardly more than its figure, which then belongs to the words before it: "accuracy: 95 %"."""
    return sum(character.isalpha() for character in clause) <= 8


_DEMO = re.compile(
    r"\b(?:pilot|demo|demos|trial|poc|proof of concept|prototype|sandbox|test cases?|tests?|test runs?|testing|samples?|our examples|so far|a few cases|our \d+ cases|testfälle[n]?"
    r"|testphase|pilotphase|piloten|im pilot|testlauf|essai|pilote|piloto|prueba)\b"
)
_FULL = re.compile(
    r"\b(?:full[- ]volume|at scale|full scale|full load|full rollout|after (?:the )?rollout|in production|production volume|expected volume|target volume|real volume"
    r"|whole volume|all (?:our )?(?:cases|refunds|customers|users|tickets|requests|orders|claims)|company[- ]wide|volles volumen|vollem volumen|bei voller|alle fälle|im betrieb"
    r"|plein volume|a pleno)\b"
    r"|\b(?:at|for|bei|of|with)\s(?:about\s|around\s|ca\.?\s|~\s?|roughly\s)?\d[\d.,' ]*\s?(?:k|m|mio|million|thousand|tausend)?\s?(?:[\w-]+\s){0,2}?(?:a|per|pro|im|each|every|in der|/)\s?(?:month|week|day|year|monat|woche|tag|jahr)\b"
)


def _demo_volume(said: Said, concern: Concern) -> bool:
    """A cost is said for the few cases of a trial, and nothing of the full volume."""
    about_the_demo = _DEMO.search(said.text) or any_of(concern.phrases).search(said.text)
    return about_the_demo is not None and _FULL.search(said.text) is None


def _other_evidence(said: Said, concern: Concern) -> bool:
    """There is only a link where something else would show it."""
    del concern
    wanted = said.item.shown_by
    if not said.signs.link or not wanted or {Shows.LINK, Shows.WORDS} & set(wanted):
        return False
    signs = said.signs
    there = {Shows.DATE: signs.date, Shows.FIGURE: signs.number, Shows.NAME: signs.name or signs.mention}
    given = said.value is not None and said.value.kind is not AnswerKind.LINK
    return not given and signs.substance < ENOUGH and not any(there.get(one, False) for one in wanted)


def _past_date(said: Said, concern: Concern) -> bool:
    del concern
    today, days = said.ear.today, _days(said, Aim.AHEAD)
    return today is not None and bool(days) and max(days) < today.toordinal()


def _future_date(said: Said, concern: Concern) -> bool:
    del concern
    today, days = said.ear.today, _days(said, Aim.BEHIND)
    return today is not None and bool(days) and min(days) > today.toordinal()


def _days(said: Said, aim: Aim) -> list[int]:
    """Return the day that was given, or all that are said where words were asked for."""
    if said.value is not None and said.value.on is not None:
        return [said.value.on.toordinal()]
    return [on.toordinal() for day in find_days(said.text, said.ear, aim) for on in day.days[:1]]


_DETECTORS: dict[Detector, Callable[[Said, Concern], bool]] = {
    Detector.NO_PLAN: _no_plan,
    Detector.CHAMPION: _champion,
    Detector.ONE_PERSON: _one_person,
    Detector.NO_BUSINESS_FIGURE: _no_business_figure,
    Detector.DEMO_VOLUME: _demo_volume,
    Detector.OTHER_EVIDENCE: _other_evidence,
    Detector.PAST_DATE: _past_date,
    Detector.FUTURE_DATE: _future_date,
    Detector.NO_VALUE: _no_value,
}
