"""The second turn: what is asked once more, and how the second reply joins the first.

There is one follow-up and no third turn: whatever comes back is accepted, and stays marked when it cannot be checked.
"""

import re

from bot.domain.answers import Plan, Reading, Status, Value
from bot.domain.coaching.chatter import opens_with_status
from bot.domain.coaching.concerns import NOT_THERE, NOTHING_SHOWN, PAST_DATE, PLAN, TO_BE_DECIDED, VAGUE
from bot.domain.coaching.phrases import consumed, folded, listed
from bot.domain.coaching.plans import merged
from bot.domain.coaching.reading import NOT_DONE, TO_COME
from bot.domain.coaching.reply import without_links
from bot.domain.coaching.signs import signs_of
from bot.domain.coaching.unvalued import as_claimed, is_unvalued, only_partly
from bot.domain.coaching.values import meanings_of
from bot.domain.coaching.wanted import listed_with_or, wanted_of
from bot.domain.playbook import Coaching, Item

_POINTER = listed(
    "see; here; it is; it's; is; this; that; the; link; links; this one; and; also; sure; ok; okay; yes; thanks; hier; siehe"
)
_PLACES = listed(
    """
    in; on; at; our; my; a; wiki; wikipedia; confluence; notion; sharepoint; jira; ticket; page; doc; docs; document; drive; folder;
    file; site; written; described; documented; im; in der; unser; unserem; seite; dokument; steht
    """
)
_NAME = re.compile(r"@[\w.-]+|#[\w-]+")
_BY_WHEN = re.compile(
    r"(?:@[\w.-]+[\s,]*(?:(?:and|und|will|does|do|is on|it) )*)*"
    r"(?:by|until|till|before|on|in|next|end of|mid|early|late|tomorrow|bis|am|im|ende) "
)
_SOMEBODY_BY_WHEN = re.compile(
    r"(?:[^\s]+[\s,]+){1,4}(?:by|until|till|before|bis) (?:the )?"
    r"(?:\d|end|mid|early|late|next|tomorrow|q[1-4]\b|mon|tue|wed|thu|fri|sat|sun"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_POINTS = 1000
_OTHERWISE = frozenset({*NOT_THERE, NOTHING_SHOWN, VAGUE})
"""Concerns of what is not there that ask for something else than a plan."""
_BARELY = 25
"""Characters within which a first reply that could not be checked says nothing that the second would not."""


def combine(first: Reading, second: Reading) -> Reading:
    """Return the answer after the one follow-up. Nothing of substance in either reply is lost."""
    joined = _joined(as_claimed(first), as_claimed(second))
    lacking = next((one.concern for one in (first, second) if is_unvalued(one)), None)
    if lacking is None or joined.value is not None or joined.status not in (Status.IN_PLACE, Status.PARTLY):
        return joined
    planned = joined.plan is not None and joined.plan.complete
    return only_partly(joined, joined.concern if joined.concern or planned else lacking)


def _joined(first: Reading, second: Reading) -> Reading:
    evidence = tuple(dict.fromkeys(first.evidence + second.evidence))
    if second.status is Status.SKIPPED:
        # What is skipped is the follow-up; the answer itself was given.
        return first.model_copy(update={"evidence": evidence})
    status = _status(first, second)
    plan = _plan(first, second) if status in NOT_DONE else None
    return Reading(
        status=status,
        detail=_detail(first, second),
        evidence=evidence,
        concern=_concern(first, second, status, plan),
        value=_value(first, second, status),
        plan=plan,
        undertaking=second.undertaking or first.undertaking,
    )


def _concern(first: Reading, second: Reading, status: Status, plan: Plan | None) -> str | None:
    if status in NOT_DONE and second.concern == PAST_DATE:
        return second.concern
    if status in NOT_DONE and _asked_for_a_plan(first):
        settled = plan is not None and plan.complete and plan != first.plan
        if first.concern == PAST_DATE:
            settled = settled and second.undertaking is not None and second.undertaking.by is not None
        return None if settled else first.concern
    if status in NOT_DONE and status is not first.status:
        return None
    if status is first.status and first.concern == TO_BE_DECIDED and _decides_nothing(second):
        return first.concern
    checkable = second.concern is None or (status is first.status and first.concern is None)
    return None if checkable else _remaining(first, second, status)


def _asked_for_a_plan(first: Reading) -> bool:
    """Whether the first reply says that something is not there, and was asked who does what by when."""
    return first.status in NOT_DONE and first.concern is not None and first.concern not in _OTHERWISE


def _plan(first: Reading, second: Reading) -> Plan | None:
    """Complete the plan of the first reply with whoever and whenever the second one names."""
    if first.status in NOT_DONE and second.status in NOT_DONE:
        return merged(first.plan, second.plan)
    if first.status not in NOT_DONE:
        return second.plan
    added = second.undertaking
    return merged(first.plan, added)


def _value(first: Reading, second: Reading, status: Status) -> Value | None:
    if status in (Status.NOT_YET, Status.NOT_APPLICABLE):
        return None
    return second.value or first.value


def _status(first: Reading, second: Reading) -> Status:
    """A second reply that states another status wins; one that only explains leaves the first as it is."""
    if second.status is first.status or opens_with_status(second.detail):
        return second.status
    if _asked_for_a_plan(first):
        return second.status if _is_there_after_all(first, second) else first.status
    if first.status is Status.NOT_APPLICABLE:
        return first.status  # "it is a batch job" and "there is no live traffic" are reasons
    if second.status is Status.IN_PLACE and (first.concern is None or _only_plans(first, second)):
        return first.status  # "the platform team builds it" explains a "not yet"
    return second.status


def _is_there_after_all(first: Reading, second: Reading) -> bool:
    """Whether a reply to the question for a plan shows the thing itself: its value, or a link and no plan beside it.

    "Jonas, by Friday" is the plan. A day is one too, unless only "soon" was said before.
    """
    if second.value is not None and second.status is Status.IN_PLACE:
        outright = not first.detail or opens_with_status(first.detail)
        return second.value.kind not in TO_COME or not outright
    named = second.undertaking
    plans = named is not None and bool(named.who or named.who_said or named.by)
    shown = bool(second.evidence) and not _decides_nothing(second)
    return second.status is Status.IN_PLACE and shown and not plans


def _only_plans(first: Reading, second: Reading) -> bool:
    """Whether a plan was asked about and is still one: "should be fine", or who does it by when."""
    if first.concern == TO_BE_DECIDED and _decides_nothing(second):
        return True
    if first.concern not in NOT_THERE or second.evidence:
        return False
    words = folded(second.detail)
    when = _BY_WHEN.match(words) or _SOMEBODY_BY_WHEN.match(words)
    return second.concern is not None or when is not None


def _decides_nothing(second: Reading) -> bool:
    """Whether a reply is but a link, or says where something is written: neither decides what was open."""
    if second.value is not None or len(second.detail) >= _POINTS or not second.detail:
        return False
    return consumed(folded(without_links(second.detail)), [_POINTER, _PLACES]) is not None


def _remaining(first: Reading, second: Reading, status: Status) -> str | None:
    if status is Status.NOT_APPLICABLE and first.status is status:
        # Any words of substance are a reason; an idle reply leaves it open.
        return None if signs_of(second.detail).substance and second.status is not status else first.concern
    return first.concern if status is first.status and first.concern else second.concern


def _detail(first: Reading, second: Reading) -> str:
    said, added = first.detail, second.detail
    if not added or added == said or (said and _only_points(added) and not _names(added)):
        return said
    if not said or (first.concern is not None and len(said) <= _BARELY and not _only_points(added)):
        return added
    names = without_links(added) if _only_points(added) else added
    return f"{said} · {' '.join(names.split())}"


def _only_points(detail: str) -> bool:
    """Whether a reply only points somewhere: links, mentions, "see here"."""
    return len(detail) < _POINTS and consumed(folded(without_links(detail)), [_NAME, _POINTER]) is not None


def _names(detail: str) -> bool:
    return _NAME.search(without_links(detail)) is not None


def follow_up_for(reading: Reading, item: Item, coaching: Coaching) -> str | None:
    """Return the sentence to ask once more, or None when the answer can stand as it is.

    It may name the {item}, its {good} example, its {unit}, what was {wanted} and the {meanings} between which to choose.
    """
    if reading.concern is None:
        return None
    ask = coaching.ask(reading.concern)
    if item.follow_up and reading.concern in (VAGUE, NOTHING_SHOWN):
        ask = item.follow_up
    elif item.follow_up and ask and reading.concern == PLAN:
        ask = f"{ask.split('. ')[0].rstrip('.')}. {item.follow_up}"  # that it is a plan, and what to say of today
    return _filled(ask, reading, item) if ask else None


def _filled(ask: str, reading: Reading, item: Item) -> str:
    """Return a sentence with its names filled in; other braces stay as they are."""
    if "{" not in ask:
        return ask
    meanings = meanings_of(reading.detail, item) if "{meanings}" in ask else ()
    words = {
        "item": item.title,
        "good": item.good,
        "unit": item.unit,
        "wanted": wanted_of(item),
        "meanings": listed_with_or(meanings) or wanted_of(item),
    }
    return _PLACE.sub(lambda found: words[found[1]], ask)


_PLACE = re.compile(r"\{(item|good|unit|wanted|meanings)\}")
