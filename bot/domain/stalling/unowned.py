"""Nobody answers for it: the owner declined, or says nothing, or has gone; or the champion has."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.domain.handovers import HandoverState
from bot.domain.signals import Severity
from bot.domain.stalling.causes import Cause, Reason, Seen
from bot.domain.stalling.waits import how_bad, waited
from bot.domain.watched import Facts, Role

UNANSWERED: Final = (10, 20)
"""Working days after which a proposed owner who has not answered is a sign, and a bad one."""


def ownership(facts: Facts, now: datetime) -> Iterator[Seen]:
    """See an owner who declined, says nothing, or has gone."""
    owner_id = facts.pilot.owner_id
    if facts.declined:
        yield Seen(Cause.NO_OWNER, Severity.AT_RISK, Reason.DECLINED, (owner_id,))
    for one in facts.handovers:
        if one.state is HandoverState.PROPOSED:
            severity = how_bad(facts, one.proposed_at, UNANSWERED, now)
            if severity:
                yield Seen(Cause.NO_OWNER, severity, Reason.UNANSWERED, (one.to_id,))
    if any(one.role is Role.OWNER for one in facts.gone):
        yield Seen(Cause.UNDEFINED_OWNERSHIP, Severity.AT_RISK, Reason.OWNER_GONE, (owner_id,))


def orphaned(facts: Facts, now: datetime) -> Iterator[Seen]:
    """See a champion who has gone."""
    del now  # who has gone has gone
    for one in facts.gone:
        if one.role is Role.CHAMPION:
            yield Seen(Cause.ORPHANED, Severity.AT_RISK, Reason.CHAMPION_GONE, (one.person_id, one.why.value))


def turns(facts: Facts) -> Iterator[datetime]:
    """Yield when somebody proposed has said nothing for long."""
    for one in facts.handovers:
        yield from (waited(facts, one.proposed_at, days) for days in UNANSWERED)
