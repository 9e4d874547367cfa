"""The rule of an approval that no longer stands on what it stood on, and of when to look again."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain import reopening as rules
from bot.domain.actions import Action, ActionState
from bot.domain.answers import Answer, Status
from bot.domain.flags import Flag, FlagKind
from bot.domain.people import Person
from bot.domain.pilots import Hold
from bot.domain.playbook import Item
from bot.domain.readiness import Standing, stands
from bot.domain.reopening import Cause, Ground
from bot.domain.waivers import Waiver, WaiverState, day_of

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
MINUTE = timedelta(minutes=1)
unhurried = settings(deadline=None, derandomize=True, max_examples=200)


def item(item_id: str = "rollback", **changed: object) -> Item:
    facts: dict[str, object] = {
        "id": item_id,
        "title": item_id,
        "question": "What?",
        "why": "Because.",
        "good": "Like this.",
        "if_missing": "Do it.",
        "evidence": "a link",
        "freshness_days": 90,
    }
    return Item.model_validate(facts | changed)


def answer(item_id: str = "rollback", status: Status = Status.IN_PLACE, at: datetime = NOW) -> Answer:
    return Answer(
        pilot_id="P1",
        item_id=item_id,
        revision=1,
        status=status,
        detail="words",
        answered_by="U1",
        answered_at=at,
    )


def waiver(item_id: str = "rollback", until: date = TODAY + timedelta(days=30)) -> Waiver:
    return Waiver(
        id=f"W-{item_id}",
        request_id="R1",
        workspace_id="T1",
        pilot_id="P1",
        item_id=item_id,
        gate_id="readiness",
        reason="Few cases.",
        until=until,
        asked_by="U1",
        asked_at=NOW,
        state=WaiverState.GRANTED,
        decided_by="U2",
        decided_at=NOW,
    )


def condition(due_on: date | None, state: ActionState = ActionState.OPEN, number: int = 1) -> Action:
    return Action(
        id=f"A{number}",
        workspace_id="T1",
        pilot_id="P1",
        item_id=f"condition-{number}",
        what="Try the switch.",
        due_on=due_on,
        state=state,
        created_by="U1",
        created_at=NOW,
        review_id="V1",
    )


def person(**changed: object) -> Person:
    return Person.model_validate({"workspace_id": "T1", "user_id": "U9", "name": "Jonas"} | changed)


def approved(**changed: Any) -> Ground:
    """Return the ground of a pilot that was approved with one thing in place."""
    found = Ground(
        items=(item(),), held={"rollback": Standing.IN_PLACE}, answers={"rollback": answer()}, owner=person()
    )
    return replace(found, **changed)


def causes(ground: Ground, now: datetime = NOW) -> list[tuple[FlagKind, str]]:
    return [(one.kind, one.subject) for one in rules.find(ground, now).causes]


EVIDENCE = (FlagKind.EVIDENCE, "rollback")


def test_what_was_approved_holds_until_its_evidence_expires() -> None:
    ground = approved()
    over = NOW + timedelta(days=90)
    assert rules.find(ground, NOW).next_at == over
    assert causes(ground, over - timedelta(microseconds=1)) == []
    assert causes(ground, over) == [EVIDENCE]
    assert rules.find(ground, over).next_at is None


def test_an_answer_confirmed_in_the_second_in_which_it_expires_holds() -> None:
    over = NOW + timedelta(days=90)
    ground = approved(answers={"rollback": answer(at=over)})
    assert causes(ground, over) == []
    assert rules.find(ground, over).next_at == over + timedelta(days=90)


@pytest.mark.parametrize("status", [Status.PARTLY, Status.NOT_YET, Status.SKIPPED])
def test_an_answer_that_turned_bad_opens_the_gate_at_once(status: Status) -> None:
    assert causes(approved(answers={"rollback": answer(status=status)})) == [EVIDENCE]


def test_an_answer_that_is_gone_opens_it_too() -> None:
    assert causes(approved(answers={})) == [EVIDENCE]


def test_that_something_does_not_apply_any_more_opens_nothing() -> None:
    assert causes(approved(answers={"rollback": answer(status=Status.NOT_APPLICABLE)})) == []


def test_what_was_open_when_it_was_approved_is_not_asked_afterwards() -> None:
    for stood in (Standing.PARTLY, Standing.MISSING, Standing.STALE):
        held = rules.held_in({"items": [{"item_id": "rollback", "standing": stood.value}]})
        assert causes(approved(held=held, answers={})) == []


def test_what_the_playbook_asks_newly_does_not_count_against_an_old_approval() -> None:
    assert causes(approved(items=(item(), item("new")))) == []


def test_what_the_playbook_asks_no_more_opens_nothing() -> None:
    assert causes(approved(items=(), answers={})) == []


def test_what_is_not_critical_opens_nothing_and_needs_no_look() -> None:
    found = rules.find(approved(items=(item(critical=False),)), NOW)
    assert found.causes == ()
    assert found.next_at is None


def test_what_counts_only_from_a_day_opens_the_gate_on_that_day() -> None:
    day = TODAY + timedelta(days=5)
    ground = approved(items=(item(enforce_from=day),), answers={})
    begins = datetime.combine(day, time(), tzinfo=UTC)
    assert rules.find(ground, NOW).next_at == begins
    assert causes(ground, begins - MINUTE) == []
    assert causes(ground, begins) == [EVIDENCE]


def test_a_risk_that_was_accepted_for_a_while_opens_the_gate_when_the_while_is_over() -> None:
    ground = approved(held={"rollback": Standing.WAIVED}, answers={}, waivers={"rollback": waiver()})
    over = datetime(2026, 12, 23, tzinfo=UTC)
    assert rules.find(ground, NOW).next_at == over
    assert causes(ground, over - MINUTE) == []
    assert causes(ground, over) == [(FlagKind.WAIVER, "rollback")]
    assert causes(replace(ground, waivers={})) == [(FlagKind.WAIVER, "rollback")]


def test_what_was_waived_and_put_in_place_later_is_a_matter_of_its_evidence() -> None:
    ground = approved(held={"rollback": Standing.WAIVED})
    assert causes(ground, NOW + timedelta(days=90)) == [EVIDENCE]


def test_a_waiver_mends_what_has_expired_for_as_long_as_it_holds() -> None:
    over = NOW + timedelta(days=100)
    ground = approved(waivers={"rollback": waiver(until=day_of(over) + timedelta(days=3))})
    assert causes(ground, over) == []
    assert rules.find(ground, over).next_at == rules.midnight(day_of(over) + timedelta(days=3))
    assert causes(ground, over + timedelta(days=3)) == [EVIDENCE]


@pytest.mark.parametrize(
    "gone", [{"deactivated": True}, {"guest": True}, {"bot": True}, {"home_workspace_id": "T2"}]
)
def test_an_owner_who_can_own_nothing_any_more_opens_the_gate(gone: dict[str, object]) -> None:
    assert causes(approved(owner=person(**gone))) == [(FlagKind.OWNER, "U9")]


def test_a_group_that_owns_it_and_an_owner_whom_nobody_knows_open_nothing() -> None:
    assert causes(approved(owner=None)) == []


def test_a_condition_is_overdue_from_the_day_after_the_one_that_it_is_due_on() -> None:
    ground = approved(conditions=(condition(TODAY),))
    over = datetime(2026, 11, 24, tzinfo=UTC)
    assert rules.find(ground, NOW).next_at == over
    assert causes(ground, over - MINUTE) == []
    assert causes(ground, over) == [(FlagKind.CONDITION, "A1")]
    assert causes(approved(conditions=(condition(TODAY, ActionState.DONE),)), over) == []
    assert causes(approved(conditions=(condition(None),)), over) == []


def test_a_condition_due_on_the_last_day_that_there_is_breaks_nothing() -> None:
    assert rules.find(approved(conditions=(condition(date.max),), answers={}), NOW).next_at is None


def test_an_emergency_that_was_not_confirmed_opens_the_gate() -> None:
    assert causes(Ground(unconfirmed="V7")) == [(FlagKind.BREAK_GLASS, "V7")]


def test_without_an_approval_there_is_nothing_to_open() -> None:
    ground = approved(held=None, owner=person(deactivated=True), conditions=(condition(date(2020, 1, 1)),))
    assert rules.find(ground, NOW).causes == ()
    assert rules.find(ground, NOW).next_at is None


def test_the_day_on_which_a_hold_ends_is_a_day_to_look() -> None:
    hold = Hold(since=NOW, until=TODAY + timedelta(days=3), reason="Holidays.", by="U1")
    assert rules.find(Ground(hold=hold), NOW).next_at == datetime(2026, 11, 26, tzinfo=UTC)
    assert rules.find(Ground(hold=hold), NOW + timedelta(days=3)).next_at is None


def test_days_are_days_in_utc_whatever_the_clocks_on_the_wall_do() -> None:
    """The nights in which they are put back and forward are as long as any other."""
    for day in (date(2026, 10, 24), date(2027, 3, 27)):
        ground = approved(
            held={"rollback": Standing.WAIVED}, answers={}, waivers={"rollback": waiver(until=day)}
        )
        before = datetime.combine(day, time(), tzinfo=UTC) - timedelta(microseconds=1)
        assert causes(ground, before) == []
        assert causes(ground, before + timedelta(microseconds=1)) == [(FlagKind.WAIVER, "rollback")]


ITEMS = tuple(
    item(
        name,
        critical=name != "optional",
        freshness_days=days,
        enforce_from=TODAY + timedelta(days=20) if name == "announced" else None,
    )
    for name, days in (("first", 10), ("second", 30), ("optional", 5), ("announced", 15), ("fourth", 365))
)
days_ahead = st.integers(-40, 60)


NAMES = [one.id for one in ITEMS]
# Each is made once: making one for every ground that is drawn takes longer than drawing it.
named = st.sampled_from(NAMES)
given_answers = st.dictionaries(named, st.tuples(st.sampled_from(Status), days_ahead, days_ahead))
given_waivers = st.dictionaries(named, days_ahead)
stood = st.dictionaries(named, st.sampled_from(sorted(rules.HELD)))
agreed_to = st.lists(st.tuples(days_ahead, st.sampled_from(ActionState)), max_size=3)
whether = st.sampled_from([True, True, True, False])
owners = st.sampled_from([None, person(), person(deactivated=True), person(guest=True)])
emergencies = st.sampled_from([None, None, "V7"])
holds = st.none() | days_ahead.map(
    lambda days: Hold(since=NOW, until=TODAY + timedelta(days=days), reason="x", by="U1")
)


@st.composite
def grounds(draw: st.DrawFn) -> Ground:
    held = draw(stood)
    return Ground(
        items=ITEMS,
        held=held if draw(whether) else None,
        answers={
            name: answer(name, status, NOW + timedelta(days=days, minutes=minutes))
            for name, (status, days, minutes) in draw(given_answers).items()
        },
        waivers={
            name: waiver(name, TODAY + timedelta(days=days)) for name, days in draw(given_waivers).items()
        },
        conditions=[
            condition(TODAY + timedelta(days=days), state, number)
            for number, (days, state) in enumerate(draw(agreed_to))
        ],
        owner=draw(owners),
        unconfirmed=draw(emergencies),
        hold=draw(holds),
    )


def by_brute_force(ground: Ground, now: datetime) -> set[Cause]:
    """Say the rule again, as plainly as can be: item by item, day by day."""
    today, found = now.astimezone(UTC).date(), set()
    if ground.unconfirmed:
        found.add(Cause(kind=FlagKind.BREAK_GLASS, subject=ground.unconfirmed))
    if ground.held is None:
        return found
    for one in ground.items:
        stood, given = ground.held.get(one.id), ground.answers.get(one.id)
        standing = stands(one, given, now)
        covered = one.id in ground.waivers and today < ground.waivers[one.id].until
        counts = one.critical and (one.enforce_from is None or one.enforce_from <= today)
        if stood is None or not counts or covered:
            continue
        if standing in {Standing.IN_PLACE, Standing.NOT_APPLICABLE}:
            continue
        risk = stood is Standing.WAIVED and standing is not Standing.STALE
        found.add(Cause(kind=FlagKind.WAIVER if risk else FlagKind.EVIDENCE, subject=one.id))
    for action in ground.conditions:
        if action.state is ActionState.OPEN and action.due_on and today > action.due_on:
            found.add(Cause(kind=FlagKind.CONDITION, subject=action.id))
    if ground.owner and (ground.owner.deactivated or ground.owner.guest):
        found.add(Cause(kind=FlagKind.OWNER, subject=ground.owner.user_id))
    return found


@unhurried
@given(grounds(), st.integers(0, 60 * 24 * 60))
def test_what_is_found_is_what_the_rule_says_plainly(ground: Ground, minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    found = rules.find(ground, now).causes
    assert set(found) == by_brute_force(ground, now)
    assert len(set(found)) == len(found)


@unhurried
@given(grounds(), st.integers(0, 60 * 24 * 60))
def test_nothing_changes_before_the_next_look(ground: Ground, minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    found = rules.find(ground, now)
    if found.next_at is None:
        later = [now + timedelta(days=days) for days in (1, 7, 100, 1000)]
    else:
        assert found.next_at > now
        room = found.next_at - now
        later = [now + room * part for part in (0.25, 0.5, 0.999)]
        later = [at for at in later if at < found.next_at]
    for at in later:
        assert rules.find(ground, at).causes == found.causes
        assert rules.find(ground, at).next_at == found.next_at


@settings(unhurried, max_examples=100)
@given(grounds())
def test_looking_whenever_it_is_said_misses_nothing(ground: Ground) -> None:
    """Whoever looks only at the times that were said knows at any hour what a look at that hour would find."""
    known, look_at = rules.find(ground, NOW).causes, rules.find(ground, NOW).next_at
    for hours in range(0, 24 * 70, 7):
        at = NOW + timedelta(hours=hours)
        while look_at is not None and look_at <= at:
            found = rules.find(ground, look_at)
            known, look_at = found.causes, found.next_at
        assert known == rules.find(ground, at).causes


@unhurried
@given(grounds(), st.integers(0, 60 * 24 * 60))
def test_putting_everything_in_place_closes_the_gate(ground: Ground, minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    mended = replace(
        ground,
        answers={one.id: answer(one.id, at=now) for one in ground.items},
        conditions=(),
        owner=person(),
        unconfirmed=None,
    )
    assert rules.find(mended, now).causes == ()


def flag(raised: int, cleared: int | None, subject: str = "rollback", gate_id: str = "readiness") -> Flag:
    return Flag(
        id=f"{subject}-{raised}",
        workspace_id="T1",
        pilot_id="P1",
        gate_id=gate_id,
        review_id="V1",
        kind=FlagKind.EVIDENCE,
        subject=subject,
        raised_at=NOW + timedelta(hours=raised),
        cleared_at=None if cleared is None else NOW + timedelta(hours=cleared),
    )


def test_an_opening_lasts_from_the_first_flag_until_all_are_down() -> None:
    first, second, third = flag(1, 5), flag(3, 9, "cost"), flag(8, None, "drill")
    assert rules.latest_opening([third, first, second], "readiness") == (first, second, third)


def test_what_opens_after_everything_was_mended_is_another_opening() -> None:
    first, second, third = flag(1, 5), flag(3, 7, "cost"), flag(8, None)
    assert rules.latest_opening([first, second, third], "readiness") == (third,)


def test_what_went_up_in_the_moment_in_which_the_last_came_down_belongs_to_the_same_opening() -> None:
    first, second = flag(1, 5), flag(5, None, "cost")
    assert rules.latest_opening([first, second], "readiness") == (first, second)


def test_an_opening_is_of_one_gate() -> None:
    here, elsewhere = flag(1, None), flag(2, None, "drill", "shadow-exit")
    assert rules.latest_opening([here, elsewhere], "readiness") == (here,)
    assert rules.latest_opening([], "readiness") == ()
