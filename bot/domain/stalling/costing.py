"""The real cost comes late: it rose, it is above what was estimated, or nobody has said it though customers meet it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from bot.domain.answers import Answer
from bot.domain.playbook import AnswerKind
from bot.domain.signals import Severity
from bot.domain.stalling.causes import LIVE, Cause, Reason, Seen, guarding, ids
from bot.domain.stalling.left_open import open_since
from bot.domain.watched import Facts

DEARER: Final = Decimal("1.1")
"""A cost that rose by a tenth is a surprise."""


def late_cost(facts: Facts, now: datetime) -> Iterator[Seen]:
    """See a cost that is dearer than was said, than was estimated, or that nobody knows."""
    team = facts.playbook.nudges.knows.team_cost  # what the team costs is no cost of the thing
    asked = {one.item.id: one for one in guarding(facts, Cause.LATE_COST)}
    on_the_way = (item for checklist in facts.playbook.checklists for item in checklist.items)
    money = [
        asked[item.id]
        for item in on_the_way
        if item.id in asked and item.kind is AnswerKind.MONEY and item.id != team
    ]
    dearer = [one for one in money if _has_risen(one.answer, facts.earlier.get(one.item.id, ()))]
    if dearer:
        yield Seen(Cause.LATE_COST, Severity.AT_RISK, Reason.DEARER, ids(dearer))
    above = [one for was, one in pairwise(money) if _is_dearer(one.answer, was.answer)]
    if above:
        yield Seen(Cause.LATE_COST, Severity.AT_RISK, Reason.ABOVE_ESTIMATE, ids(above))
    cause = next((one for one in facts.playbook.framework.stalls if one.id == Cause.LATE_COST), None)
    unknown = [one for one in money if one.blocks]
    if cause and unknown and facts.far >= LIVE:
        long = timedelta(days=cause.after_days)
        late = [one for one in unknown if now >= open_since(facts, one) + long]
        if late:
            yield Seen(Cause.LATE_COST, Severity.AT_RISK, Reason.COST_UNKNOWN, ids(late))


def _has_risen(answer: Answer | None, earlier: Iterable[Answer]) -> bool:
    """Whether a cost is dearer than it was said to be just before; saying the same again makes it the one that is known."""
    before = [one for one in earlier if _amount(one) is not None]
    return bool(before) and _is_dearer(answer, before[-1])


def _is_dearer(answer: Answer | None, than: Answer | None) -> bool:
    """Whether one amount is above another by a tenth; amounts in two currencies are not compared."""
    more, less = _amount(answer), _amount(than)
    if more is None or less is None or answer is None or than is None:
        return False
    same = answer.value is not None and than.value is not None and answer.value.unit == than.value.unit
    return same and less > 0 and more >= less * DEARER


def _amount(answer: Answer | None) -> Decimal | None:
    return answer.value.number if answer and answer.value else None
