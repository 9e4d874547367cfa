"""The day of decision: set when a pilot's time in its stage is up, put off with a reason, gone when it is decided."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.answers import Plan, Value
from bot.domain.pilots import Pilot, PutOff
from bot.domain.playbook import AnswerKind
from bot.domain.signals import Severity
from bot.domain.values import PREFLIGHT
from bot.domain.waivers import day_of
from bot.pilots.errors import FieldsRefused, NotYours, OnlyMembers
from bot.portfolio import workflow as portfolio
from bot.stages import errors, extending, workflow as stages
from bot.stages.seen import seen_decision
from bot.watching import workflow as watching

from .conftest import GUEST, JONAS, MAYA, PRIYA, SAM, House, words_of
from .looked_at import IN_PLACE, NOT_YET, look, owned, pass_days, say, signals
from .staged import promoted

WHY = "The figures of the season come in on 10 January."


def key(pilot: Pilot) -> str:
    return f"pilot:{pilot.id}:decision:{pilot.stage_since.isoformat()}"


@pytest.fixture
def late(house: House) -> Pilot:
    """A pilot whose time in its stage is up."""
    pilot = owned(house)
    promoted(house, pilot.id, "pilot")
    house.later(days=91)
    look(house)
    return house.pilot(pilot.id)


def put_off(house: House, pilot: Pilot, by: str = MAYA, **changed: Any) -> Pilot:
    entered: dict[str, Any] = {
        "seen": seen_decision(pilot),
        "reason": WHY,
        "until": in_days(house, 40),
    } | changed
    made: Pilot = house.do(extending.extend, by, pilot.id, **entered)
    return made


def in_days(house: House, days: int) -> date:
    return day_of(house.now) + timedelta(days=days)


def test_no_day_is_set_while_a_pilot_has_its_time(house: House) -> None:
    pilot = owned(house)
    pass_days(house, 80)
    assert house.pilot(pilot.id).decide_on is None
    assert house.message(key(pilot)) is None


def test_a_day_is_set_when_the_time_in_a_stage_is_up(house: House, late: Pilot) -> None:
    assert late.decide_on == in_days(house, 14)
    assert house.recorded(late.id, "pilot.decision_set").actor_id == PREFLIGHT
    said = house.words(key(late))
    for words in ("has had its time in pilot", "Request promotion", "Extend", "Go back", "Retire"):
        assert words in said
    message = house.message(key(late))
    assert message
    assert message.under == getattr(house.message(f"pilot:{late.id}:card"), "id", None)
    assert "to be decided by" in house.words(f"pilot:{late.id}:card")
    assert "purgatory" in signals(house, late)


def test_a_pilot_without_a_stage_behind_it_is_not_told_that_it_could_go_back(house: House) -> None:
    pilot = owned(house)
    house.later(days=400)
    look(house)

    pilot = house.pilot(pilot.id)
    word, status = house.words(key(pilot)), words_of(house.do(portfolio.status_of, MAYA, pilot.id))

    assert pilot.decide_on
    for said in (word, status):
        assert "back" not in said.casefold().replace("what keeps it back", "")
    assert "*: on or out" in status


def test_a_day_of_decision_that_is_over_is_said_to_be(house: House, late: Pilot) -> None:
    assert "*To be decided by" in words_of(house.do(portfolio.status_of, MAYA, late.id))
    assert "· to be decided by" in words_of(house.do(portfolio.list_all, MAYA))

    house.later(days=15)

    status = words_of(house.do(portfolio.status_of, MAYA, late.id))
    assert "*Was to be decided by" in status
    assert "*: on, back, or out" in status
    assert "· was to be decided by" in words_of(house.do(portfolio.list_all, MAYA))


def test_a_look_again_says_nothing_new(house: House, late: Pilot) -> None:
    before = house.message(key(late))
    pass_days(house, 3)
    assert house.message(key(late)) == before
    assert house.audited(late.id).count("pilot.decision_set") == 1


def test_the_day_that_the_team_named_counts_where_it_is_sooner(house: House) -> None:
    pilot = owned(house)
    promoted(house, pilot.id, "pilot")
    named = in_days(house, 30)
    value = Value(kind=AnswerKind.DATE, on=named)
    say(house, pilot, "decision-date", IN_PLACE.model_copy(update={"value": value, "detail": "Then"}))
    look(house)
    assert house.pilot(pilot.id).decide_on == named
    assert house.message(key(house.pilot(pilot.id))) is None  # nobody is pressed before the time is up
    house.later(days=40)
    look(house)
    assert house.pilot(pilot.id).severity == Severity.STALLED
    assert "to be decided" in house.words(key(house.pilot(pilot.id))) or "decide" in house.words(
        key(house.pilot(pilot.id))
    )


def test_what_was_not_decided_in_time_is_stalled(house: House, late: Pilot) -> None:
    pass_days(house, 16)
    found = signals(house, late)["purgatory"]
    assert (found.severity, found.why) == (Severity.STALLED, "overdue")


def test_the_decision_is_put_off_with_a_reason_and_counted_and_the_clocks_go_on(
    house: House, late: Pilot
) -> None:
    now = put_off(house, late)
    kept = house.pilot(late.id)
    assert (kept.decide_on, kept.extended) == (in_days(house, 40), 1) == (now.decide_on, now.extended)
    assert (kept.last_change_at, kept.stage_since) == (late.last_change_at, late.stage_since)
    entry = house.recorded(late.id, "pilot.extended")
    assert entry.after
    assert (entry.actor_id, entry.after["reason"]) == (MAYA, WHY)
    said = house.words(key(late))
    assert WHY in said
    assert "put off once" in said
    assert "put off once" in house.words(f"pilot:{late.id}:card")
    put_off(house, kept, JONAS, until=in_days(house, 60))
    assert "put off twice" in house.words(key(late))


def test_what_was_put_off_stays_at_risk_until_it_is_decided(house: House, late: Pilot) -> None:
    pass_days(house, 16)
    put_off(house, house.pilot(late.id))
    look(house)
    assert signals(house, late)["purgatory"].severity < Severity.STALLED or (
        signals(house, late)["purgatory"].why == "quiet"
    )
    assert house.pilot(late.id).decide_on == in_days(house, 40)


def test_of_two_clicks_at_once_one_counts_and_the_other_is_told(house: House, late: Pilot) -> None:
    put_off(house, late)
    with pytest.raises(errors.ExtendedMeanwhile):
        put_off(house, late, JONAS, until=in_days(house, 80))
    assert house.pilot(late.id).extended == 1
    assert house.audited(late.id).count("pilot.extended") == 1


@pytest.mark.parametrize(
    ("days", "refusal"),
    [
        (None, errors.DecisionDayNeeded),
        (14, errors.DecisionDayOutOfReach),
        (3, errors.DecisionDayOutOfReach),
        (-1, errors.DecisionDayOutOfReach),
        (91, errors.DecisionDayOutOfReach),
    ],
)
def test_the_new_day_is_later_and_within_ninety_days(
    house: House, late: Pilot, days: int | None, refusal: type[Exception]
) -> None:
    with pytest.raises(FieldsRefused) as refused:
        put_off(house, late, until=None if days is None else in_days(house, days))
    assert [type(one) for one in refused.value.fields] == [refusal]
    assert house.pilot(late.id).extended == 0


def test_a_reason_has_to_say_something(house: House, late: Pilot) -> None:
    with pytest.raises(FieldsRefused):
        put_off(house, late, reason=" \n\u200b ")
    assert house.pilot(late.id).extended == 0


def test_who_does_not_answer_for_the_pilot_cannot_put_it_off(house: House, late: Pilot) -> None:
    with pytest.raises(NotYours):
        put_off(house, late, SAM)
    with pytest.raises(OnlyMembers):
        put_off(house, late, GUEST)
    put_off(house, late, PRIYA, owner_group=frozenset({PRIYA}))


def test_there_is_nothing_to_put_off_before_the_time_is_up(house: House) -> None:
    pilot = owned(house)
    with pytest.raises(errors.NothingToDecide):
        house.do(extending.may_extend, MAYA, pilot.id)


def test_going_on_decides_it_and_the_word_says_so(house: House, late: Pilot) -> None:
    put_off(house, late)
    promoted(house, late.id, "shadow")
    look(house)
    now = house.pilot(late.id)
    assert (now.decide_on, now.extended) == (None, 0)
    said = house.words(key(late))
    assert "is in shadow now" in said
    assert "Extend" not in said


def test_going_back_decides_it_too(house: House, late: Pilot) -> None:
    house.do(stages.roll_back, MAYA, late.id, "pilot", "idea", "It does not work.", frozenset())
    look(house)
    assert house.pilot(late.id).decide_on is None
    assert "is in idea now" in house.words(key(late))


def test_retiring_decides_it_too(house: House, late: Pilot) -> None:
    house.do(stages.retire, MAYA, late.id, "It does not pay.", "Ask finance first.")
    look(house)
    assert house.pilot(late.id).decide_on is None
    assert "has ended" in house.words(key(late))


def test_a_hold_beyond_the_day_takes_it_away_and_going_on_sets_a_new_one(house: House, late: Pilot) -> None:
    house.do(stages.hold, MAYA, late.id, "", "The freeze.", in_days(house, 60))
    look(house)
    assert house.pilot(late.id).decide_on is None
    assert "on hold" in house.words(key(late))
    with pytest.raises(errors.WaitsOnPurpose):
        house.do(extending.may_extend, MAYA, late.id)
    house.do(stages.resume, MAYA, late.id)
    house.do(watching.look, PREFLIGHT, late.id)
    assert house.pilot(late.id).decide_on == in_days(house, 14)
    assert "Extend" in house.words(key(late))


@pytest.mark.parametrize("how", ["promoted", "retired"])
def test_what_was_put_off_before_its_time_was_up_is_decided_too(house: House, how: str) -> None:
    pilot = owned(house)
    promoted(house, pilot.id, "pilot")
    value = Value(kind=AnswerKind.DATE, on=in_days(house, 30))
    say(house, pilot, "decision-date", IN_PLACE.model_copy(update={"value": value, "detail": "Then"}))
    look(house)
    early = put_off(house, house.pilot(pilot.id))
    assert "Extend" in house.words(key(early))
    if how == "promoted":
        promoted(house, pilot.id, "shadow")
    else:
        house.do(stages.retire, MAYA, pilot.id, "It ended", "Ask earlier.")
    assert "Extend" not in house.words(key(early))


def test_nobody_is_called_at_night_to_decide(house: House) -> None:
    pilot = owned(house)
    house.now = house.now.replace(hour=22)
    promoted(house, pilot.id, "pilot")
    house.later(days=91)
    look(house)
    message = house.message(key(house.pilot(pilot.id)))
    assert message
    assert message.not_before
    assert message.not_before.isoformat() == "2027-02-23T08:00:00+00:00"


def named_where_it_may_stay(house: House, day: date) -> Pilot:
    pilot = owned(house)
    promoted(house, pilot.id, "production")
    value = Value(kind=AnswerKind.DATE, on=day)
    say(house, pilot, "decision-date", IN_PLACE.model_copy(update={"value": value, "detail": "Then"}))
    look(house)
    return house.pilot(pilot.id)


def test_a_day_that_nobody_will_see_can_be_put_off_no_further(house: House) -> None:
    far = date(2400, 2, 29)
    seen = named_where_it_may_stay(house, far)
    assert seen.decide_on == far
    with pytest.raises(FieldsRefused) as refused:
        put_off(house, seen)
    assert [type(one) for one in refused.value.fields] == [errors.FarEnough]


@pytest.mark.parametrize("last", [date.max, date(9999, 12, 30)])
def test_the_last_day_there_is_stops_no_look(house: House, last: date) -> None:
    following = named_where_it_may_stay(house, last).next_nudge_at
    assert following is None or following > house.now


def test_a_step_by_the_last_day_there_is_stops_no_look(house: House) -> None:
    pilot = owned(house)
    plan = Plan(what="Ask them", who=JONAS, by=date.max)
    say(house, pilot, "problem", NOT_YET.model_copy(update={"plan": plan}))
    look(house)
    following = house.pilot(pilot.id).next_nudge_at
    assert following
    assert following > house.now


def test_who_put_the_day_off_said_nothing_about_the_new_one_after_a_hold(house: House, late: Pilot) -> None:
    put_off(house, late, until=in_days(house, 20))
    kept = house.pilot(late.id)
    assert how_put_off(house, kept) == PutOff(by=MAYA, reason=WHY, at=house.now)
    house.do(stages.hold, MAYA, late.id, "", "The supplier changes.", in_days(house, 30))
    look(house)
    house.later(days=31)
    house.do(stages.resume, MAYA, late.id)
    look(house)
    now = house.pilot(late.id)
    assert now.decide_on not in {None, kept.decide_on}
    assert now.extended == 1
    assert how_put_off(house, now) is None


def how_put_off(house: House, pilot: Pilot) -> PutOff | None:
    found: PutOff | None = house.do(extending.put_off_of, PREFLIGHT, pilot)
    return found
