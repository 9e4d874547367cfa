"""What it costs that a pilot stands still: whole weeks, and money where the playbook knows what its team costs in a week.

Counted from when it was longer without a change than its stage allows, so that nobody is charged for waiting as planned.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.answers import SETTLED, Answer, Value
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Playbook, Stage
from bot.domain.values import Frozen

A_WEEK = timedelta(weeks=1)


class Idle(Frozen):
    """For how long a pilot has stood still, and what that cost."""

    weeks: int
    """Whole weeks beyond what its stage allows; at least one."""
    rate: Value | None = None
    """What its team costs in a week, as an amount of money; None where nobody has said."""

    @property
    def cost(self) -> Value | None:
        """What its team cost in these weeks."""
        if self.rate is None or self.rate.number is None:
            return None
        return self.rate.model_copy(update={"number": self.rate.number * self.weeks})


def idle(pilot: Pilot, playbook: Playbook, answers: Mapping[str, Answer], now: datetime) -> Idle | None:
    """Return what it costs that a pilot stands still; None where it does not, and where that is meant."""
    stage = playbook.stage(pilot.stage)
    if pilot.retired or pilot.hold or stage is None:
        return None
    team_cost = answers.get(playbook.nudges.knows.team_cost or "")
    return idle_since(stage, pilot.last_change_at, team_cost, now)


def idle_since(
    stage: Stage, last_change_at: datetime, team_cost: Answer | None, now: datetime
) -> Idle | None:
    """Return the same for a pilot of which only this is known: it runs in a stage, and was last changed then."""
    if stage.quiet_after_days is None:
        return None
    weeks = (now - last_change_at - timedelta(days=stage.quiet_after_days)) // A_WEEK
    return Idle(weeks=weeks, rate=_rate(team_cost)) if weeks >= 1 else None


def _rate(answer: Answer | None) -> Value | None:
    value = answer.value if answer and answer.status in SETTLED else None
    if value is None or value.kind is not AnswerKind.MONEY or value.number is None or value.number <= 0:
        return None
    return value
