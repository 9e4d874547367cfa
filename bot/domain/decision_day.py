"""The day by which it has to be decided whether a pilot goes on: when one is set, and when its time in its stage is up.

A day is set once and put off by people only. Nothing here reads or keeps anything.
"""

from datetime import date, datetime, timedelta

from bot.domain.calendar import LAST_DAY
from bot.domain.watched import Facts


def day_for(facts: Facts, today: date, now: datetime) -> date | None:
    """Return the day on which it has to be decided whether a pilot goes on; None while it has its time in its stage.

    It is set once. The team's own day counts where it named one in this stage that is sooner, until the day was put off.
    """
    pilot = facts.pilot
    own = None if pilot.extended else _own_day(facts, today)
    if pilot.decide_on is not None:
        return min(pilot.decide_on, own) if own else pilot.decide_on
    if own:
        return own
    if not has_had_its_time(facts, now):
        return None
    ahead = today + timedelta(days=facts.playbook.nudges.decide_within_days)
    return facts.calendar.shifted(ahead, 0)  # a day on which people are there to decide


def has_had_its_time(facts: Facts, now: datetime) -> bool:
    """Whether a pilot has been in its stage for longer than that should take."""
    days = facts.stage.decide_after_days if facts.stage else None
    return days is not None and now >= facts.pilot.stage_since + timedelta(days=days)


def is_time_up(facts: Facts, now: datetime) -> bool:
    """Whether it has to be said that a decision is due: its time in its stage is up, or the day itself is over."""
    day = facts.pilot.decide_on
    return has_had_its_time(facts, now) or (day is not None and now >= facts.over(day))


def _own_day(facts: Facts, today: date) -> date | None:
    """Return the day of decision that the team named in this stage; None where it is over or too late, or none was named."""
    answer = facts.answers.get(facts.playbook.nudges.knows.decision_date or "")
    if answer is None or answer.value is None or answer.answered_at < facts.pilot.stage_since:
        return None
    on = answer.value.on
    return on if on and today <= on <= _latest_own_day(facts) else None


def _latest_own_day(facts: Facts) -> date:
    """Return the day that would be set without one of the team's own; a later one would put the decision off unsaid."""
    days = facts.stage.decide_after_days if facts.stage else None
    if days is None:
        return LAST_DAY
    up = facts.calendar.day_of(facts.pilot.stage_since + timedelta(days=days))
    return up + timedelta(days=facts.playbook.nudges.decide_within_days)
