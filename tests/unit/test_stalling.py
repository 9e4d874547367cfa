"""Each reason why pilots stall is seen, with what shows it, and is gone when it is mended. One test for each names it."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain import stalling
from bot.domain.answers import Status
from bot.domain.flags import FlagKind
from bot.domain.handovers import HandoverState
from bot.domain.reviews import ReviewKind
from bot.domain.signals import Severity
from bot.domain.stalling import Reason, Seen
from bot.domain.waivers import WaiverState
from bot.domain.watched import Facts, Gone, Role, Why

from .watching import (
    CAUSES,
    JONAS,
    MAYA,
    NOW,
    PLAYBOOK,
    answer,
    euros,
    facts,
    flag,
    handover,
    item,
    pilot,
    review,
    settled,
    waiver,
)

FOR_LONG = NOW - timedelta(days=25)
FOR_TOO_LONG = NOW - timedelta(days=50)


def seen(known: Facts, cause: str, now: datetime = NOW) -> Seen | None:
    return next((one for one in stalling.find(known, now) if one.cause == cause), None)


def test_a_pilot_with_everything_in_place_shows_no_sign_of_a_stall() -> None:
    assert stalling.find(facts(), NOW) == ()


@pytest.mark.parametrize(
    ("cause", "item_id"),
    [
        ("unclear-objectives", "problem"),
        ("no-production-data", "data-access"),
        ("integration-unscoped", "data-access"),
        ("no-integration-plan", "connections"),
        ("unclear-economics", "estimate"),
        ("no-governance", "rules"),
        ("no-production-owner", "proposed-owner"),
        ("undefined-ownership", "ownership"),
        ("wrong-proof", "real-data"),
        ("late-cost", "estimate"),
        ("integration-surprise", "connections"),
    ],
)
def test_what_guards_against_a_cause_and_is_open_for_long_is_a_sign_of_it_until_it_is_in_place(
    cause: str, item_id: str
) -> None:
    behind = [one for one in ("problem", "data-access", "proposed-owner") if one != item_id]
    open_ = {**settled(item_id), **{one: answer(one) for one in behind}}
    new = facts(pilot(), open_)
    if item_id in new.behind:
        new = facts(pilot("idea"), open_)

    def since(at: datetime) -> Facts:
        return facts(new.pilot.model_copy(update={"stage_since": at}), open_)

    assert seen(new, cause) is None  # a week is no long time
    assert seen(since(FOR_LONG), cause) == Seen(cause, Severity.WATCH, Reason.OPEN, (item_id,))
    assert seen(since(FOR_TOO_LONG), cause) == Seen(cause, Severity.AT_RISK, Reason.OPEN, (item_id,))
    mended = facts(since(FOR_TOO_LONG).pilot, settled())
    assert seen(mended, cause) is None


def test_what_somebody_accepted_as_a_risk_is_no_sign() -> None:
    it = pilot(stage_since=FOR_TOO_LONG)
    assert seen(facts(it, settled("rules"), waivers=[waiver("w1", "rules")]), "no-governance") is None


def test_words_that_nobody_can_check_are_a_sign_like_no_answer() -> None:
    vague = settled() | {"rules": answer("rules", concern="vague")}
    found = seen(facts(pilot(stage_since=FOR_LONG), vague), "no-governance")
    assert found == Seen("no-governance", Severity.WATCH, Reason.OPEN, ("rules",))


def test_what_grew_old_counts_from_when_it_did() -> None:
    it = pilot(stage_since=FOR_TOO_LONG)
    old = settled() | {"rules": answer("rules", answered_at=NOW - timedelta(days=185))}
    assert seen(facts(it, old), "no-governance") is None
    older = settled() | {"rules": answer("rules", answered_at=NOW - timedelta(days=205))}
    assert seen(facts(it, older), "no-governance") == Seen(
        "no-governance", Severity.WATCH, Reason.OPEN, ("rules",)
    )


def test_what_an_approval_stood_on_is_a_sign_at_once_when_it_is_gone() -> None:
    known = facts(pilot("shadow"), settled("rules"), flags=[flag("rules")])
    assert seen(known, "no-governance") == Seen(
        "no-governance", Severity.AT_RISK, Reason.REOPENED, ("rules",)
    )
    over = facts(pilot("shadow"), settled("rules"), flags=[flag("rules", FlagKind.WAIVER)])
    assert seen(over, "no-governance") is not None
    assert seen(facts(pilot("shadow")), "no-governance") is None


def test_proved_the_wrong_thing() -> None:
    """wrong-proof: what it was tried on is not real, though it runs beside real work already."""
    partly = settled() | {"real-data": answer("real-data", Status.PARTLY)}
    assert seen(facts(pilot("shadow"), partly), "wrong-proof") == Seen(
        "wrong-proof", Severity.AT_RISK, Reason.REOPENED, ("real-data",)
    )
    vague = settled() | {"real-data": answer("real-data", concern="vague")}
    assert seen(facts(pilot("shadow"), vague), "wrong-proof") == Seen(
        "wrong-proof", Severity.WATCH, Reason.DOUBTFUL, ("real-data",)
    )
    assert seen(facts(pilot("pilot"), vague), "wrong-proof") is None  # it is still being tried
    assert seen(facts(pilot("shadow")), "wrong-proof") is None


def test_no_production_owner() -> None:
    """no-production-owner: the one who was asked declined, or does not answer."""
    nobody = pilot(owner_accepted_at=None)
    declined = facts(nobody, handovers=[handover(HandoverState.REFUSED)])
    assert seen(declined, "no-production-owner") == Seen(
        "no-production-owner", Severity.AT_RISK, Reason.DECLINED, (JONAS,)
    )

    def asked(days: int) -> Facts:
        return facts(nobody, handovers=[handover(proposed_at=NOW - timedelta(days=days))])

    assert seen(asked(9), "no-production-owner") is None
    assert seen(asked(15), "no-production-owner") == Seen(
        "no-production-owner", Severity.WATCH, Reason.UNANSWERED, (JONAS,)
    )
    late = seen(asked(29), "no-production-owner")
    assert late
    assert late.severity is Severity.AT_RISK
    accepted = facts(pilot(), handovers=[handover(HandoverState.ACCEPTED)])
    assert seen(accepted, "no-production-owner") is None


def test_undefined_ownership() -> None:
    """undefined-ownership: the owner has gone, and nobody answers for it."""
    left = Gone(JONAS, Role.OWNER, Why.LEFT, NOW)
    assert seen(facts(gone=[left]), "undefined-ownership") == Seen(
        "undefined-ownership", Severity.AT_RISK, Reason.OWNER_GONE, (JONAS,)
    )
    assert seen(facts(), "undefined-ownership") is None


def test_orphaned() -> None:
    """orphaned: its champion has left, or the pilot's channel."""
    left = Gone(MAYA, Role.CHAMPION, Why.LEFT_CHANNEL, NOW)
    assert seen(facts(gone=[left]), "orphaned") == Seen(
        "orphaned", Severity.AT_RISK, Reason.CHAMPION_GONE, (MAYA, "left_channel")
    )
    assert seen(facts(), "orphaned") is None


def test_purgatory_without_a_bar() -> None:
    """purgatory: nobody said what would be good enough."""
    bare = settled("bar")
    assert seen(facts(pilot("pilot"), bare), "purgatory") == Seen(
        "purgatory", Severity.AT_RISK, Reason.NO_BAR, ("bar",)
    )
    yesterday = pilot("pilot", stage_since=NOW - timedelta(days=1))
    assert seen(facts(yesterday, bare), "purgatory") is None
    assert seen(facts(pilot("idea"), bare), "purgatory") is None  # nothing is tried yet
    assert seen(facts(pilot("pilot")), "purgatory") is None


def test_purgatory_because_nobody_asks() -> None:
    """purgatory: everything is in place, and nobody asks for the next stage."""

    def ready(days: int) -> Facts:
        return facts(pilot(last_change_at=NOW - timedelta(days=days)))

    assert seen(ready(1), "purgatory") is None
    assert seen(ready(5), "purgatory") == Seen("purgatory", Severity.WATCH, Reason.UNASKED)
    late = seen(ready(14), "purgatory")
    assert late
    assert (late.severity, late.why) == (Severity.AT_RISK, Reason.UNASKED)
    asked = facts(pilot(last_change_at=NOW - timedelta(days=14)), reviews=[review()])
    assert seen(asked, "purgatory") is None


def test_purgatory_because_it_has_been_there_for_too_long() -> None:
    """purgatory: too long in a stage, and worse when the day to decide has gone by."""
    not_ready = settled("rules")
    long = pilot(stage_since=NOW - timedelta(days=91), decide_on=(NOW + timedelta(days=3)).date())
    assert seen(facts(long, not_ready), "purgatory") == Seen("purgatory", Severity.AT_RISK, Reason.TOO_LONG)
    today = long.model_copy(update={"decide_on": NOW.date()})
    found = seen(facts(today, not_ready), "purgatory")
    assert found
    assert found.why is Reason.TOO_LONG  # the day is not over
    yesterday = long.model_copy(update={"decide_on": (NOW - timedelta(days=1)).date()})
    assert seen(facts(yesterday, not_ready), "purgatory") == Seen(
        "purgatory", Severity.STALLED, Reason.OVERDUE
    )
    assert seen(facts(pilot(), not_ready), "purgatory") is None


def test_purgatory_because_nothing_moves() -> None:
    """purgatory: nothing has moved for longer than the stage allows."""
    not_ready = settled("rules")

    def quiet(days: int, told: int | None = None) -> Facts:
        it = pilot(last_change_at=NOW - timedelta(days=days), stage_since=NOW - timedelta(days=days))
        heard = {} if told is None else {f"quiet:{it.last_change_at.isoformat()}": {told: NOW}}
        return facts(it, not_ready, heard=heard)

    assert seen(quiet(13), "purgatory") is None
    assert seen(quiet(14), "purgatory") == Seen("purgatory", Severity.WATCH, Reason.QUIET)
    assert seen(quiet(28), "purgatory") == Seen("purgatory", Severity.STALLED, Reason.QUIET)
    up = seen(quiet(26, told=2), "purgatory")
    assert up
    assert up.severity is Severity.STALLED


def test_shortcuts_piling_up() -> None:
    """shortcuts: quick fixes that somebody owns up to, and risks that are accepted again and again."""
    yes = settled() | {"quick-fixes": answer("quick-fixes", Status.NOT_YET)}
    assert seen(facts(answers=yes), "shortcuts") == Seen(
        "shortcuts", Severity.WATCH, Reason.RED_FLAG, ("quick-fixes",)
    )
    three = [waiver(one, one) for one in ("rules", "ownership", "connections")]
    many = facts(answers=settled("rules", "ownership", "connections"), waivers=three)
    assert seen(many, "shortcuts") == Seen(
        "shortcuts", Severity.AT_RISK, Reason.MANY_WAIVERS, ("rules", "ownership", "connections")
    )
    before = waiver(
        "w0",
        "rules",
        asked_at=NOW - timedelta(days=60),
        state=WaiverState.LAPSED,
        decided_at=NOW - timedelta(days=59),
        ended_at=NOW - timedelta(days=5),
        until=(NOW - timedelta(days=5)).date(),
    )
    again = facts(answers=settled("rules"), waivers=[before, waiver("w1", "rules")])
    assert seen(again, "shortcuts") == Seen("shortcuts", Severity.AT_RISK, Reason.WAIVED_AGAIN, ("rules",))
    assert seen(facts(waivers=[before]), "shortcuts") is None


def test_an_integration_surprise() -> None:
    """integration-surprise: a connection that was there is there no more."""
    broken = settled() | {"connections": answer("connections", Status.PARTLY, revision=2)}
    was = {"connections": [answer("connections")]}
    assert seen(facts(answers=broken, earlier=was), "integration-surprise") == Seen(
        "integration-surprise", Severity.AT_RISK, Reason.WENT_BACK, ("connections",)
    )
    never = {"connections": [answer("connections", Status.NOT_YET)]}
    assert seen(facts(answers=broken, earlier=never), "integration-surprise") is None
    assert seen(facts(earlier=was), "integration-surprise") is None


def test_the_estimate_is_what_is_asked_for_first_whatever_the_gates_list_first() -> None:
    real = settled() | {
        "estimate": answer("estimate", value=euros("0.14")),
        "real-cost": answer("real-cost", value=euros("0.10")),
    }
    known = facts(pilot("limited"), real)
    turned = replace(known, standings=dict(reversed(list(known.standings.items()))))
    assert seen(turned, "late-cost") is None


def test_what_counts_from_today_has_not_been_open_for_long() -> None:
    rules = item("rules", "no-governance", enforce_from=(NOW - timedelta(days=2)).date())
    known = facts(pilot(stage_since=FOR_LONG), settled("rules"))
    standing = known.standings["rules"].model_copy(update={"item": rules})
    announced = replace(known, standings={**known.standings, "rules": standing})
    assert seen(known, "no-governance")
    assert seen(announced, "no-governance") is None
    assert seen(announced, "no-governance", NOW + timedelta(days=20))


def test_the_cost_comes_late() -> None:
    """late-cost: the bill is higher than it was said to be, or unknown though customers meet it."""
    dear = settled() | {"estimate": answer("estimate", value=euros("0.20"), revision=2)}
    was = {"estimate": [answer("estimate", value=euros("0.10"))]}
    assert seen(facts(answers=dear, earlier=was), "late-cost") == Seen(
        "late-cost", Severity.AT_RISK, Reason.DEARER, ("estimate",)
    )
    confirmed = {"estimate": [*was["estimate"], answer("estimate", value=euros("0.20"), revision=2)]}
    assert seen(facts(answers=dear, earlier=confirmed), "late-cost") is None  # it is known by now
    dollars = {"estimate": [answer("estimate", value=euros("0.10", "USD"))]}
    assert seen(facts(answers=dear, earlier=dollars), "late-cost") is None
    real = settled() | {
        "estimate": answer("estimate", value=euros("0.10")),
        "real-cost": answer("real-cost", value=euros("0.14")),
        "team-cost": answer("team-cost", value=euros("4000")),
    }
    assert seen(facts(pilot("limited"), real), "late-cost") == Seen(
        "late-cost", Severity.AT_RISK, Reason.ABOVE_ESTIMATE, ("real-cost",)
    )
    nobody = facts(pilot("limited", stage_since=FOR_LONG), settled("real-cost"))
    assert seen(nobody, "late-cost") == Seen(
        "late-cost", Severity.AT_RISK, Reason.COST_UNKNOWN, ("real-cost",)
    )
    assert seen(facts(pilot("limited", stage_since=FOR_LONG)), "late-cost") is None


def test_a_big_bang_launch() -> None:
    """big-bang: it went ahead past its gate, or without a plan for the release."""
    emergency = facts(pilot("shadow"), reviews=[review(ReviewKind.BREAK_GLASS)])
    assert seen(emergency, "big-bang") == Seen("big-bang", Severity.AT_RISK, Reason.BREAK_GLASS, ("r1",))
    unconfirmed = facts(pilot("shadow"), flags=[flag("r1", FlagKind.BREAK_GLASS)])
    assert seen(unconfirmed, "big-bang") is not None
    assert seen(facts(pilot("shadow")), "big-bang") is None
    no_plan = settled() | {"release-plan": answer("release-plan", Status.NOT_YET)}
    assert seen(facts(pilot("limited"), no_plan), "big-bang") == Seen(
        "big-bang", Severity.AT_RISK, Reason.REOPENED, ("release-plan",)
    )


def test_an_emergency_shows_what_it_jumped() -> None:
    jumped = facts(pilot("shadow"), settled("rules"), reviews=[review(ReviewKind.BREAK_GLASS)])
    assert seen(jumped, "no-governance") == Seen(
        "no-governance", Severity.AT_RISK, Reason.REOPENED, ("rules",)
    )
    asked_since = facts(pilot("shadow"), settled("rules"))
    assert seen(asked_since, "no-governance") is None  # the playbook asks it newly, so it has its time


def test_of_several_reasons_for_one_cause_the_worst_is_said_and_the_worst_cause_comes_first() -> None:
    it = pilot(
        stage_since=NOW - timedelta(days=91),
        last_change_at=NOW - timedelta(days=20),
        decide_on=(NOW - timedelta(days=1)).date(),
    )
    found = stalling.find(facts(it, settled("rules")), NOW)
    assert [one.cause for one in found] == ["purgatory", "no-governance"]
    assert found[0].why is Reason.OVERDUE


def test_a_cause_that_the_playbook_does_not_have_is_never_seen() -> None:
    bare = PLAYBOOK.model_copy(update={"framework": PLAYBOOK.framework.model_copy(update={"stalls": ()})})
    left = Gone(MAYA, Role.CHAMPION, Why.LEFT, NOW)
    assert stalling.find(facts(playbook=bare, gone=[left]), NOW) == ()


def test_what_waits_for_somebody_else_is_not_called_quiet() -> None:
    it = pilot(last_change_at=NOW - timedelta(days=40), stage_since=NOW - timedelta(days=40))
    assert seen(facts(it, reviews=[review()]), "purgatory") is None


def test_every_cause_of_ours_is_one_that_these_tests_know() -> None:
    from prompts.library import Library

    assert [one.id for one in Library.load().playbook.framework.stalls] == list(CAUSES)


def test_nothing_changes_between_the_instants_that_are_named() -> None:
    worlds = [
        facts(
            pilot("limited", stage_since=NOW - timedelta(days=30)),
            settled("rules", "real-cost") | {"connections": answer("connections", Status.PARTLY)},
            handovers=[handover()],
        ),
        facts(pilot(owner_accepted_at=None), settled("bar"), handovers=[handover()]),
        facts(pilot(decide_on=(NOW + timedelta(days=9)).date())),
    ]
    for known in worlds:
        at = NOW
        for _ in range(60):
            following = min((one for one in stalling.turns(known) if one > at), default=None)
            end = following or at + timedelta(days=400)
            between = [at + (end - at) * part / 7 for part in range(7)]
            again = [facts(known.pilot, known.answers, at=one, handovers=known.handovers) for one in between]
            found = [stalling.find(one, then) for one, then in zip(again, between, strict=True)]
            assert all(one == found[0] for one in found)
            if following is None:
                break
            at = following


def test_the_document_names_each_cause_and_tests_that_exist() -> None:
    document = (Path(__file__).parents[2] / "docs" / "stalls.md").read_text(encoding="utf-8")
    rows = [line for line in document.splitlines() if re.match(r"\| `[a-z-]+` \|", line)]
    assert [row.split("`")[1] for row in rows] == list(CAUSES)
    named = set(re.findall(r"`(test_[a-z_]+)`", document))
    assert named
    assert named <= {name for name in globals() if name.startswith("test_")}
