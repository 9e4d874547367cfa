"""What it costs that a pilot stands still: whole weeks beyond what its stage allows, and money where the rate is known."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.domain.answers import Answer, Status
from bot.domain.idling import Idle, idle
from bot.domain.pilots import Hold, Pilot
from bot.watching.messages import idle_line
from prompts.library import Library

from .watching import NOW, PLAYBOOK, answer, euros, pilot


def quiet_for(days: float, **known: Any) -> Pilot:
    return pilot(last_change_at=NOW - timedelta(days=days), **known)


def costs(status: Status = Status.IN_PLACE, amount: str = "4000", unit: str = "EUR") -> dict[str, Answer]:
    return {"team-cost": answer("team-cost", status, value=euros(amount, unit))}


@pytest.mark.parametrize(("days", "weeks"), [(0, 0), (14, 0), (20.9, 0), (21, 1), (34, 2), (35, 3)])
def test_whole_weeks_count_beyond_what_the_stage_allows(days: float, weeks: int) -> None:
    found = idle(quiet_for(days), PLAYBOOK, {}, NOW)
    assert (found.weeks if found else 0) == weeks


def test_who_waits_on_purpose_or_has_ended_costs_nothing() -> None:
    hold = Hold(since=NOW, until=date(2027, 1, 1), reason="The freeze.", by="U0MAYA")
    assert idle(quiet_for(90, hold=hold), PLAYBOOK, {}, NOW) is None
    assert idle(quiet_for(90, stage="retired"), PLAYBOOK, {}, NOW) is None
    assert idle(quiet_for(90, stage="of another playbook"), PLAYBOOK, {}, NOW) is None


def test_money_is_what_the_team_costs_in_these_weeks_in_its_own_currency() -> None:
    found = idle(quiet_for(35), PLAYBOOK, costs(unit="CHF"), NOW)
    assert found
    assert found.cost
    assert (found.cost.number, found.cost.unit) == (Decimal(12000), "CHF")


@pytest.mark.parametrize(
    "answers",
    [{}, costs(Status.NOT_YET), costs(amount="0"), costs(amount="-5"), {"team-cost": answer("team-cost")}],
)
def test_a_rate_that_is_not_known_makes_no_sum(answers: dict[str, Answer]) -> None:
    found = idle(quiet_for(35), PLAYBOOK, answers, NOW)
    assert found
    assert found.cost is None


@given(days=st.integers(0, 4000), rate=st.decimals("0.01", "1000000", places=2))
def test_it_never_grows_less_and_the_sum_is_the_weeks_times_the_rate(days: int, rate: Decimal) -> None:
    answers = costs(amount=str(rate))
    now, later = (
        idle(quiet_for(days), PLAYBOOK, answers, NOW),
        idle(quiet_for(days + 1), PLAYBOOK, answers, NOW),
    )
    assert (now.weeks if now else 0) <= (later.weeks if later else 0)
    if now:
        assert now.cost
        assert now.cost.number == rate * now.weeks


def test_it_is_said_in_a_line() -> None:
    library = Library.load()
    assert idle_line(library, Idle(weeks=1), plain=True) == "standing still for 1 week"
    found = idle(quiet_for(35), PLAYBOOK, costs(), NOW)
    assert found
    assert idle_line(library, found, plain=True) == "standing still for 3 weeks, about 12,000 €"
