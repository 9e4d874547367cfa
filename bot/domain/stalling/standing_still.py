"""A trial without an end: no bar, nobody asks though all is there, too long in a stage, not decided in time, nothing moves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.domain import decision_day, noticing
from bot.domain.signals import Severity
from bot.domain.stalling.causes import Cause, Reason, Seen
from bot.domain.stalling.waits import has_waited, how_bad, waited
from bot.domain.watched import Facts

UNASKED: Final = (2, 10)
"""Working days in which a pilot that is ready may wait for somebody to ask."""
UP_THE_LADDER: Final = 2
"""The rung with which a quiet pilot has been told of to more than those who run it."""


def purgatory(facts: Facts, now: datetime) -> Iterator[Seen]:
    """See a trial without an end; what is worst of it is said."""
    pilot = facts.pilot
    if pilot.decide_on and now >= facts.over(pilot.decide_on):
        yield Seen(Cause.PURGATORY, Severity.STALLED, Reason.OVERDUE)
    yield from _quiet(facts, now)
    if decision_day.has_had_its_time(facts, now):
        yield Seen(Cause.PURGATORY, Severity.AT_RISK, Reason.TOO_LONG)
    if noticing.lacks_bar(facts) and has_waited(facts, pilot.stage_since, noticing.WITHOUT_A_BAR, now):
        yield Seen(Cause.PURGATORY, Severity.AT_RISK, Reason.NO_BAR, (facts.playbook.nudges.knows.bar or "",))
    if noticing.is_ready(facts):
        severity = how_bad(facts, pilot.last_change_at, UNASKED, now)
        if severity:
            yield Seen(Cause.PURGATORY, severity, Reason.UNASKED)


def _quiet(facts: Facts, now: datetime) -> Iterator[Seen]:
    pilot, stage = facts.pilot, facts.stage
    days = stage.quiet_after_days if stage else None
    if days is None or noticing.waits_for_others(facts, now):
        return
    quiet_for = now - pilot.last_change_at
    told = max(facts.heard.get(noticing.quiet_thing(pilot), {}), default=-1)
    if quiet_for >= timedelta(days=2 * days) or told >= UP_THE_LADDER:
        yield Seen(Cause.PURGATORY, Severity.STALLED, Reason.QUIET)
    elif quiet_for >= timedelta(days=days):
        yield Seen(Cause.PURGATORY, Severity.WATCH, Reason.QUIET)


def turns(facts: Facts) -> Iterator[datetime]:
    """Yield when a pilot has stood still for so long that more is seen."""
    pilot, stage = facts.pilot, facts.stage
    if stage and stage.decide_after_days is not None:
        yield pilot.stage_since + timedelta(days=stage.decide_after_days)
    if pilot.decide_on:
        yield facts.over(pilot.decide_on)
    if stage and stage.quiet_after_days is not None:
        yield pilot.last_change_at + timedelta(days=stage.quiet_after_days)
        yield pilot.last_change_at + timedelta(days=2 * stage.quiet_after_days)
    yield from (facts.over(one.due_on) for one in facts.blockers)
    yield waited(facts, pilot.stage_since, noticing.WITHOUT_A_BAR)
    yield from (waited(facts, pilot.last_change_at, days) for days in UNASKED)
