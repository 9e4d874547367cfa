"""Which concern an answer raises that claims something to be in place: the playbook's phrases, and the detectors.

The most specific one counts, because only one thing is asked. What is looked for on named items only comes before what is
looked for everywhere; what says of itself that it is no fact comes before both.
"""

import re

from bot.domain.answers import Status
from bot.domain.coaching.denial import is_conditional
from bot.domain.coaching.detectors import NAMED_IN_WORDS, VOCABULARY, raises
from bot.domain.coaching.heard import Said
from bot.domain.coaching.phrases import any_of, consumed, folded
from bot.domain.coaching.plans import was_meant_to
from bot.domain.coaching.signs import ENOUGH, MUCH, signs_of
from bot.domain.coaching.status import FILLER
from bot.domain.coaching.values import WITHOUT_VALUE
from bot.domain.playbook import Coaching, Concern, Detector, Item

PLAN, TO_BE_DECIDED = "plan", "to_be_decided"
NOTHING_SHOWN, VAGUE, NO_REASON = "nothing_shown", "vague", "no_reason"
NOBODY_NAMED, TWO_MEANINGS, PAST_DATE = "nobody_named", "two_meanings", "past_date"
NOT_THERE = frozenset({PLAN, TO_BE_DECIDED})
"""Concerns that say of themselves that the thing is not in place."""
_OF_THE_PLAN = frozenset({Detector.NO_PLAN, Detector.NO_VALUE})
"""Detectors that are asked for by name, and not among the others."""
_BRIEF = 120
"""Characters within which a reply may be made of phrases that say nothing."""
_BREAK = re.compile(r"[.;!?,:](?=\s)|\b(?:and|but|und|aber)\b")
_LEADING_UP = re.compile(r"\W*(?:after|before|once|until|by|on|in|from|with|for|as soon as|nach|ab)\b")
_DENIED = re.compile(
    r"\b(?:not|no|never|isn't|aren't|nicht|kein[ersnm]?|nie|pas|rather than|instead of|statt)\s(?:[\w-]+\s){0,2}$"
)


def known(concern: str | None, coaching: Coaching) -> str | None:
    """Return a concern, unless the playbook leaves it out."""
    return concern if concern is not None and coaching.ask(concern) is not None else None


def detected(detector: Detector, said: Said, coaching: Coaching) -> str | None:
    """Return the concern that one detector raises, if the playbook looks for it on this item."""
    looked_for = (c for c in coaching.concerns if c.detect is detector and _is_looked_for(c, said.item))
    return next((concern.id for concern in looked_for if raises(concern, said)), None)


def concern_of(rest: str, said: Said, coaching: Coaching) -> str | None:
    """Return why words that claim something to be in place cannot be checked; `rest` is what stands beside a "yes"."""
    concerns = tuple(concern for concern in coaching.concerns if _is_looked_for(concern, said.item))
    alone = _says_only(rest, concerns)
    later = None if said.value else _later(rest, concerns, alone)
    if later:
        return later
    named_in_words = said.item.kind in NAMED_IN_WORDS
    unheard = None if named_in_words else _without_value(said, coaching, alone)
    found = unheard or _named(rest, said, concerns) or _elsewhere(said, concerns)
    if found:
        return found
    if said.value is not None:
        return _undecided(rest, concerns)
    if named_in_words and _looks_for_values(concerns):
        return _without_value(said, coaching, alone)
    return _general(rest, said, concerns, alone)


def _looks_for_values(concerns: tuple[Concern, ...]) -> bool:
    return any(concern.detect is Detector.NO_VALUE for concern in concerns)


def _is_looked_for(concern: Concern, item: Item) -> bool:
    return not concern.named_only or concern.id in item.checks


def _later(rest: str, concerns: tuple[Concern, ...], alone: str | None) -> str | None:
    """Return the concern of words that speak of what is still to come."""
    if alone in NOT_THERE:
        return alone
    if alone is not None or is_conditional(rest):
        return None
    return next(
        (c.id for c in concerns if c.id in NOT_THERE and _holds(c, rest) and not _fact_before(c, rest)), None
    )


def _undecided(rest: str, concerns: tuple[Concern, ...]) -> str | None:
    """A value that is still to be decided on is a value all the same, and worth one question."""
    return next((c.id for c in concerns if c.id == TO_BE_DECIDED and _holds(c, rest)), None)


def _without_value(said: Said, coaching: Coaching, alone: str | None) -> str | None:
    """Return the concern of words without the value that was asked for; "the team" is asked about as such."""
    if said.item.kind in WITHOUT_VALUE or said.value is not None:
        return None
    if said.meanings and known(TWO_MEANINGS, coaching):
        return TWO_MEANINGS
    if alone == NOBODY_NAMED and said.item.kind in NAMED_IN_WORDS:
        return alone
    return detected(Detector.NO_VALUE, said, coaching)


def _named(rest: str, said: Said, concerns: tuple[Concern, ...]) -> str | None:
    """Return the concern of this very item, in the playbook's order."""
    for concern in concerns:
        if not concern.named_only:
            continue
        by_phrase = concern.detect not in VOCABULARY and _affirms(concern, _with_options(rest, said))
        only = any_of(concern.only).fullmatch(rest.strip(" .!")) is not None
        if by_phrase or only or raises(concern, said):
            return concern.id
    return None


def _with_options(rest: str, said: Said) -> str:
    """Return the words with the titles of what was chosen: whoever says "3" has said what the third option says."""
    ids = said.value.ids if said.value else ()
    return " ".join([rest or said.text, *(folded(one.title) for one in said.item.options if one.id in ids)])


def _elsewhere(said: Said, concerns: tuple[Concern, ...]) -> str | None:
    """Return the concern of a detector that is looked for on every item."""
    general = (c for c in concerns if not c.named_only and c.detect not in _OF_THE_PLAN)
    return next((concern.id for concern in general if raises(concern, said)), None)


def _general(rest: str, said: Said, concerns: tuple[Concern, ...], alone: str | None) -> str | None:
    signs = said.signs
    if alone is not None and not signs.link:
        return alone
    if signs.strong or (signs.substance and _shows_a_business_figure(said, concerns)):
        return None
    by_phrase = (c for c in concerns if not c.named_only and c.id not in NOT_THERE)
    soft = next((concern.id for concern in by_phrase if _holds(concern, rest)), None)
    if soft is not None:
        return None if signs.substance >= MUCH else soft
    if rest.endswith("?"):
        return VAGUE
    return None if signs.substance >= ENOUGH else NOTHING_SHOWN


def _shows_a_business_figure(said: Said, concerns: tuple[Concern, ...]) -> bool:
    """Whether the figure that was asked for is there, even one that needs no unit: "CSAT ≥ 4.2"."""
    looked_for = [concern for concern in concerns if concern.detect is Detector.NO_BUSINESS_FIGURE]
    return bool(looked_for) and not any(raises(concern, said) for concern in looked_for)


def _says_only(rest: str, concerns: tuple[Concern, ...]) -> str | None:
    """Return the concern whose phrases are all that is said ("soon, the team"), or None when more is said."""
    used = consumed(rest, [*(any_of(c.only) for c in concerns), FILLER]) if len(rest) < _BRIEF else None
    named = [concerns[index].id for index in used or () if index < len(concerns)]
    return next((concern for concern in named if concern != NOTHING_SHOWN), named[0] if named else None)


def _holds(concern: Concern, text: str) -> bool:
    return any_of(concern.phrases).search(text) is not None


def _affirms(concern: Concern, text: str) -> bool:
    """Whether words hold a phrase and do not deny it: "not a general assistant, only refunds"."""
    return any(
        _DENIED.search(text[max(found.start() - 40, 0) : found.start()]) is None
        for found in any_of(concern.phrases).finditer(text)
    )


def _fact_before(concern: Concern, text: str) -> bool:
    """Whether a plan only follows a fact: "alerts go to the on-call phone, and next quarter we add cost"."""
    found = any_of(concern.phrases).search(text)
    breaks = [b.start() for b in _BREAK.finditer(text, 0, found.start())] if found else []
    before = text[: breaks[-1]] if breaks else ""
    return signs_of(before).substance >= ENOUGH and not _LEADING_UP.match(before)


def asks_for_plans(coaching: Coaching) -> bool:
    """Whether the playbook asks for the plan of what is not there yet."""
    return any(concern.detect is Detector.NO_PLAN for concern in coaching.concerns)


def speaks_of_later(text: str, coaching: Coaching) -> bool:
    """Whether words hold a phrase of plans."""
    return any(concern.id in NOT_THERE and _holds(concern, text) for concern in coaching.concerns)


def of_a_status(status: Status, said: Said, coaching: Coaching) -> str | None:
    """Return what is asked about something that is not there: who does what by when."""
    if status not in (Status.PARTLY, Status.NOT_YET):
        return None
    return _planned_for_the_past(said, coaching) or detected(Detector.NO_PLAN, said, coaching)


def _planned_for_the_past(said: Said, coaching: Coaching) -> str | None:
    """Return the concern of a plan whose day is over, wherever the playbook looks for days that are over."""
    plan, today = said.plan, said.ear.today
    if plan is None or plan.by is None or today is None or plan.by >= today or was_meant_to(said.text):
        return None
    return known(PAST_DATE, coaching)
