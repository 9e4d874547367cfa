"""What waits for somebody about a pilot, who hears of it, and when a day of decision is set."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain import decision_day, noticing, stalling
from bot.domain.actions import Action
from bot.domain.answers import Answer, Status, Value
from bot.domain.asks import Ask
from bot.domain.flags import FlagKind
from bot.domain.handovers import HandoverState
from bot.domain.matters import KNOWN, Matter, MatterKind, Placeholder, Rule, Tells
from bot.domain.notices import Blocker
from bot.domain.pilots import PutOff
from bot.domain.playbook import AnswerKind
from bot.domain.signals import Severity
from bot.domain.waivers import WaiverState
from bot.domain.watched import Asked, Facts, Gone, Role, Why

from .watching import (
    CHANNEL,
    JONAS,
    LADDER,
    MAYA,
    NOW,
    PAYMENTS,
    PLAYBOOK,
    PRIYA,
    SAM,
    answer,
    facts,
    flag,
    handover,
    interview,
    pilot,
    review,
    settled,
    waiver,
)

TODAY = NOW.date()


def days(count: float) -> timedelta:
    return timedelta(days=count)


def found(known: Facts, kind: MatterKind, now: datetime = NOW) -> list[Matter]:
    return [one for one in noticing.find(known, now) if one.kind is kind]


def one(known: Facts, kind: MatterKind, now: datetime = NOW) -> Matter:
    (matter,) = found(known, kind, now)
    return matter


def sponsored(by: str = SAM) -> dict[str, Answer]:
    return settled() | {"sponsor": answer("sponsor", value=Value(kind=AnswerKind.PERSON, ids=(by,)))}


def undertaken(**known: Any) -> Action:
    told: dict[str, Any] = {
        "id": "a1",
        "workspace_id": "T0",
        "pilot_id": "p1",
        "item_id": "rules",
        "what": "Write the rules down",
        "owner_id": PRIYA,
        "due_on": TODAY + days(3),
        "created_by": MAYA,
        "created_at": NOW - days(2),
    }
    return Action.model_validate(told | known)


def blocked(**known: Any) -> Blocker:
    told: dict[str, Any] = {
        "id": "b1",
        "workspace_id": "T0",
        "pilot_id": "p1",
        "what": "The access",
        "by_id": PRIYA,
        "reported_by": MAYA,
        "reported_at": NOW - days(2),
        "due_on": TODAY + days(3),
    }
    return Blocker.model_validate(told | known)


def asked(*people: str) -> Asked:
    ask = Ask(
        id="q1",
        workspace_id="T0",
        pilot_id="p1",
        item_id="rules",
        asked_id=PAYMENTS,
        people=people,
        asked_by=MAYA,
        asked_at=NOW - days(4),
    )
    return Asked(ask, people)


class TestMatters:
    def test_nothing_moves(self) -> None:
        it = pilot(last_change_at=NOW - days(15))
        matter = one(facts(it, settled("rules")), MatterKind.QUIET)
        assert matter.day == TODAY - days(1)
        assert matter.thing == f"quiet:{it.last_change_at.isoformat()}"
        assert matter.person_id is None

    def test_a_stage_in_which_nothing_is_expected_to_move_is_never_quiet(self) -> None:
        known = facts(pilot("production", last_change_at=NOW - days(300)))
        bare = known.playbook.model_copy(
            update={
                "stages": tuple(
                    stage.model_copy(update={"quiet_after_days": None}) for stage in known.playbook.stages
                )
            }
        )
        assert found(facts(known.pilot, playbook=bare), MatterKind.QUIET) == []

    def test_ready_and_nobody_asks(self) -> None:
        it = pilot(last_change_at=NOW - days(4))
        matter = one(facts(it), MatterKind.READY)
        assert (matter.person_id, matter.day) == (MAYA, TODAY - days(4))
        assert found(facts(it, settled("rules")), MatterKind.READY) == []
        assert found(facts(it, reviews=[review()]), MatterKind.READY) == []
        assert found(facts(pilot("production")), MatterKind.READY) == []

    def test_what_was_undertaken_and_a_condition(self) -> None:
        matter = one(facts(actions=[undertaken()]), MatterKind.ACTION)
        assert (matter.person_id, matter.day, matter.what) == (PRIYA, TODAY + days(3), "Write the rules down")
        condition = one(facts(actions=[undertaken(review_id="r1")]), MatterKind.CONDITION)
        assert condition.who == MAYA
        assert found(facts(actions=[undertaken(due_on=None)]), MatterKind.ACTION) == []
        later = one(facts(actions=[undertaken(due_on=TODAY + days(9))]), MatterKind.ACTION)
        assert later.thing != matter.thing  # a new day begins its ladder anew

    def test_what_is_in_the_way(self) -> None:
        matter = one(facts(blockers=[blocked()]), MatterKind.BLOCKER)
        assert (matter.person_id, matter.who, matter.what) == (PRIYA, PRIYA, "The access")

    def test_a_question_waits_for_each_of_those_who_were_asked(self) -> None:
        matters = found(facts(asks=[asked(PRIYA, SAM)]), MatterKind.ASK)
        assert {matter.person_id for matter in matters} == {PRIYA, SAM}
        assert {matter.thing for matter in matters} == {"ask:q1"}

    def test_a_proposed_owner(self) -> None:
        matter = one(facts(handovers=[handover()]), MatterKind.OWNER)
        assert (matter.person_id, matter.who) == (JONAS, MAYA)
        assert found(facts(handovers=[handover(HandoverState.ACCEPTED)]), MatterKind.OWNER) == []

    def test_a_risk_that_ends_while_it_is_still_one(self) -> None:
        open_ = settled("rules")
        matter = one(facts(answers=open_, waivers=[waiver("w1", "rules")]), MatterKind.WAIVER)
        assert (matter.person_id, matter.what) == (MAYA, "rules")
        assert found(facts(waivers=[waiver("w1", "rules")]), MatterKind.WAIVER) == []
        over = waiver("w1", "rules", state=WaiverState.LAPSED, until=TODAY, ended_at=NOW)
        assert one(facts(answers=open_, waivers=[over]), MatterKind.WAIVER).thing
        again = facts(answers=open_, flags=[flag("rules", FlagKind.WAIVER)], waivers=[over])
        assert found(again, MatterKind.WAIVER) == []  # said as what re-opens the gate
        of_before = over.model_copy(update={"until": TODAY - days(30)})
        assert found(facts(answers=open_, waivers=[of_before]), MatterKind.WAIVER) == []

    def test_answers_that_grow_old_are_one_matter_with_how_many(self) -> None:
        old = settled() | {
            "rules": answer("rules", answered_at=NOW - days(175)),
            "bar": answer("bar", answered_at=NOW - days(170)),
        }
        matter = one(facts(answers=old), MatterKind.EVIDENCE)
        assert (matter.what, matter.count, matter.day) == ("rules", 2, TODAY + days(5))
        assert matter.thing == "evidence:rules:1"
        assert matter.person_id == MAYA
        known = facts(pilot("production"), old)
        assert one(known, MatterKind.EVIDENCE).person_id is None  # its owner's

    def test_no_bar(self) -> None:
        matter = one(facts(answers=settled("bar")), MatterKind.BAR)
        assert (matter.person_id, matter.day) == (MAYA, TODAY)
        assert found(facts(pilot("idea"), settled("bar")), MatterKind.BAR) == []

    def test_an_interview_that_nobody_goes_on_with(self) -> None:
        matter = one(facts(interview=interview(4)), MatterKind.INTERVIEW)
        assert (matter.person_id, matter.count, matter.day) == (MAYA, 2, date(2026, 11, 24))

    def test_what_re_opens_its_gate(self) -> None:
        flags = [flag("rules", number="f1"), flag("bar", number="f2")]
        matter = one(facts(flags=flags), MatterKind.OPEN_AGAIN)
        assert (matter.thing, matter.count, matter.what) == ("open_again:f1", 2, "rules")

    def test_who_has_gone_is_missed_once(self) -> None:
        gone = [Gone(MAYA, role, Why.LEFT, NOW - days(1)) for role in Role]
        matter = one(facts(gone=gone), MatterKind.ORPHANED)
        assert (matter.subject, matter.who) == (MAYA, MAYA)
        again = [Gone(MAYA, role, Why.LEFT, NOW) for role in Role]
        assert one(facts(gone=again), MatterKind.ORPHANED).thing != matter.thing
        flagged = facts(gone=gone, flags=[flag(JONAS, FlagKind.OWNER)])
        assert found(flagged, MatterKind.OPEN_AGAIN) == []

    def test_the_day_of_decision(self) -> None:
        matter = one(facts(pilot(decide_on=TODAY + days(9))), MatterKind.DECISION)
        assert (matter.day, matter.thing) == (TODAY + days(9), "decision:2026-12-02")


class TestQuietOnlyWhereNothingElseSaysIt:
    IT = pilot(last_change_at=NOW - days(20))

    def quiet(self, **known: Any) -> bool:
        return bool(found(facts(self.IT, settled("rules"), **known), MatterKind.QUIET))

    def test_alone_it_is_said(self) -> None:
        assert self.quiet()

    def test_a_review_or_a_blocker_is_somebody_else_s_turn(self) -> None:
        assert not self.quiet(reviews=[review()])
        assert not self.quiet(blockers=[blocked()])
        over = blocked(due_on=TODAY - days(1))
        assert not self.quiet(blockers=[over])  # those who hear of that climb its own ladder first
        once = Rule(about=MatterKind.BLOCKER, rungs=LADDER[:1])
        rhythm = PLAYBOOK.nudges.model_copy(update={"rules": (once,)})
        assert self.quiet(
            blockers=[blocked(due_on=TODAY - days(4))],
            playbook=PLAYBOOK.model_copy(update={"nudges": rhythm}),
        )

    def test_what_people_hear_of_these_days_says_it_better(self) -> None:
        assert not self.quiet(flags=[flag("rules")])
        assert not self.quiet(interview=interview(8))

    def test_before_that_has_begun_and_once_it_has_ended_it_is_said(self) -> None:
        assert self.quiet(interview=interview(0))
        assert self.quiet(interview=interview(60))

    def test_a_day_of_decision_that_is_far_away_hides_nothing(self) -> None:
        far = self.IT.model_copy(update={"decide_on": TODAY + days(60)})
        assert found(facts(far, settled("rules")), MatterKind.QUIET)
        near = self.IT.model_copy(update={"decide_on": TODAY - days(1)})
        assert not found(facts(near, settled("rules")), MatterKind.QUIET)


class TestQuietAfterSomebodySaidWhy:
    """A decision that was put off comes with a reason: nobody is told at once that nothing moves."""

    def at(self, ago: float, decide_in: int = 60) -> Facts:
        it = pilot(last_change_at=NOW - days(40), decide_on=TODAY + days(decide_in), extended=1)
        said = PutOff(by=SAM, reason="The supplier is late.", at=NOW - days(ago))
        return facts(it, settled("rules"), put_off=said)

    def test_it_is_not_said_for_as_long_as_the_stage_allows_silence(self) -> None:
        assert found(self.at(0), MatterKind.QUIET) == []
        assert found(self.at(13.9), MatterKind.QUIET) == []

    def test_then_it_goes_on_as_the_same_matter_from_the_same_day(self) -> None:
        it = one(self.at(14), MatterKind.QUIET)
        never = facts(pilot(last_change_at=NOW - days(40)), settled("rules"))
        assert it == one(never, MatterKind.QUIET)

    def test_it_holds_no_longer_than_until_the_day_that_was_named(self) -> None:
        known = self.at(1, decide_in=2)
        once = (Rule(about=MatterKind.QUIET, rungs=LADDER),)
        rhythm = PLAYBOOK.nudges.model_copy(update={"rules": once})
        known = replace(known, playbook=PLAYBOOK.model_copy(update={"nudges": rhythm}))
        assert found(known, MatterKind.QUIET, NOW + days(2)) == []
        assert found(known, MatterKind.QUIET, NOW + days(3)) != []

    def test_it_is_no_progress_and_the_pilot_stays_as_badly_off(self) -> None:
        (seen,) = (one for one in stalling.find(self.at(1), NOW) if one.cause == stalling.Cause.PURGATORY)
        assert (seen.severity, seen.why) == (Severity.STALLED, stalling.Reason.QUIET)


class TestWhoHears:
    ALL = (Tells.PERSON, Tells.OWNER, Tells.CHAMPION, Tells.SPONSOR, Tells.CHANNEL)

    def who(self, known: Facts, *tells: Tells, kind: MatterKind = MatterKind.QUIET) -> tuple[str, ...]:
        matter = found(known, kind)[0]
        return noticing.hears(known, matter, tells)

    def quiet(self, answers: dict[str, Answer] | None = None, **known: Any) -> Facts:
        it = pilot(last_change_at=NOW - days(20), **known.pop("pilot", {}))
        given = {name: one for name, one in (answers or settled()).items() if name != "rules"}
        return facts(it, given, **known)

    def test_everybody_once(self) -> None:
        assert self.who(self.quiet(sponsored()), *self.ALL) == (JONAS, MAYA, SAM, CHANNEL)

    def test_nobody_is_told_in_place_of_a_sponsor_who_was_never_named(self) -> None:
        assert self.who(self.quiet(), Tells.SPONSOR) == ()
        assert self.who(self.quiet(sponsored(PAYMENTS)), Tells.SPONSOR) == ()

    def test_for_a_group_or_an_owner_who_declined_the_champion_is_told(self) -> None:
        assert self.who(self.quiet(pilot={"owner_id": PAYMENTS}), Tells.OWNER) == (MAYA,)
        declined = self.quiet(pilot={"owner_accepted_at": None}, handovers=[handover(HandoverState.REFUSED)])
        assert self.who(declined, Tells.OWNER, Tells.CHAMPION) == (MAYA,)

    def test_who_cannot_act_is_told_nothing(self) -> None:
        known = self.quiet(sponsored(), unable=frozenset({MAYA, SAM}))
        assert self.who(known, *self.ALL) == (JONAS, CHANNEL)
        nobody = self.quiet(unable=frozenset({MAYA, JONAS}))
        assert self.who(nobody, *self.ALL) == (CHANNEL,)

    def test_what_waits_for_a_group_or_for_nobody_is_the_champion_s(self) -> None:
        for owner in (PAYMENTS, None):
            known = facts(actions=[undertaken(owner_id=owner)])
            assert self.who(known, Tells.PERSON, kind=MatterKind.ACTION) == (MAYA,)

    def test_nobody_reads_that_they_were_proposed_in_place_of_a_group_that_was(self) -> None:
        known = facts(handovers=[handover(HandoverState.PROPOSED, to_id=PAYMENTS)])
        assert self.who(known, Tells.PERSON, kind=MatterKind.OWNER) == ()
        assert self.who(known, Tells.CHAMPION, kind=MatterKind.OWNER) == (MAYA,)

    def test_whoever_was_proposed_is_not_asked_to_talk_to_themselves(self) -> None:
        known = facts(handovers=[handover(HandoverState.PROPOSED, to_id=MAYA)])
        assert self.who(known, Tells.PERSON, kind=MatterKind.OWNER) == (MAYA,)
        assert self.who(known, Tells.CHAMPION, kind=MatterKind.OWNER) == ()

    def test_who_is_missed_is_not_asked_to_find_somebody(self) -> None:
        known = facts(gone=[Gone(JONAS, Role.OWNER, Why.LEFT_CHANNEL, NOW)])
        who = self.who(known, Tells.OWNER, Tells.CHAMPION, kind=MatterKind.ORPHANED)
        assert who == (MAYA,)


class TestDayOfDecision:
    def day(self, known: Facts, now: datetime = NOW) -> date | None:
        return decision_day.day_for(known, now.date(), now)

    def named(self, on: date, **known: Any) -> dict[str, Answer]:
        return settled() | {
            "decision-date": answer("decision-date", value=Value(kind=AnswerKind.DATE, on=on), **known)
        }

    def test_it_is_set_when_the_time_in_a_stage_is_up_for_a_day_on_which_people_work(self) -> None:
        assert self.day(facts(pilot(stage_since=NOW - days(89)))) is None
        assert self.day(facts(pilot(stage_since=NOW - days(90)))) == TODAY + days(14)
        saturday = NOW + days(5)
        assert self.day(facts(pilot(stage_since=NOW - days(90))), saturday) == date(2026, 12, 14)
        assert self.day(facts(pilot("production", stage_since=NOW - days(900)))) is None

    def test_once_set_it_stays(self) -> None:
        it = pilot(stage_since=NOW - days(90), decide_on=TODAY - days(3))
        assert self.day(facts(it)) == TODAY - days(3)

    def test_the_team_s_own_day_counts_where_it_is_sooner(self) -> None:
        assert self.day(facts(answers=self.named(TODAY + days(3)))) == TODAY + days(3)
        it = pilot(decide_on=TODAY + days(9))
        assert self.day(facts(it, self.named(TODAY + days(3)))) == TODAY + days(3)
        assert self.day(facts(it, self.named(TODAY + days(30)))) == TODAY + days(9)

    def test_a_day_far_ahead_puts_nothing_off(self) -> None:
        late = self.named(TODAY + days(365), answered_at=NOW - days(1))
        assert self.day(facts(pilot(stage_since=NOW - days(20)), late)) is None
        assert self.day(facts(pilot(stage_since=NOW - days(90)), late)) == TODAY + days(14)
        assert self.day(facts(pilot("production"), late)) == TODAY + days(365)  # where a pilot may stay

    def test_a_day_that_is_over_or_of_another_stage_or_was_put_off_counts_no_more(self) -> None:
        assert self.day(facts(answers=self.named(TODAY - days(1)))) is None
        assert self.day(facts(answers=self.named(TODAY + days(3), answered_at=NOW - days(60)))) is None
        it = pilot(decide_on=TODAY + days(40), extended=1)
        assert self.day(facts(it, self.named(TODAY + days(3)))) == TODAY + days(40)


def everything() -> Facts:
    """Return a pilot about which everything waits."""
    it = pilot(last_change_at=NOW - days(20), decide_on=TODAY + days(60), stage_since=NOW - days(20))
    return facts(
        it,
        settled("bar", "rules") | {"estimate": answer("estimate", answered_at=NOW - days(178))},
        actions=[undertaken(), undertaken(id="a2", review_id="r1")],
        blockers=[blocked(due_on=TODAY - days(1))],
        asks=[asked(PRIYA)],
        handovers=[handover()],
        waivers=[waiver("w1", "rules")],
        interview=interview(60),
        gone=[Gone(MAYA, Role.CHAMPION, Why.LEFT, NOW)],
        flags=[flag("connections")],
    )


def explained() -> Facts:
    """Return a pilot of which only the decision was put off."""
    it = pilot(last_change_at=NOW - days(40), decide_on=TODAY + days(30), extended=2)
    said = PutOff(by=SAM, reason="The supplier is late.", at=NOW - days(1))
    return facts(it, settled("rules"), put_off=said)


@pytest.mark.parametrize("kind", [kind for kind in MatterKind if kind is not MatterKind.REVIEW])
def test_each_matter_knows_what_its_words_may_name(kind: MatterKind) -> None:
    ready = facts(pilot(last_change_at=NOW - days(4)))
    known = {matter.kind: matter for world in (ready, everything()) for matter in noticing.find(world, NOW)}
    if kind is MatterKind.QUIET:
        known |= {
            matter.kind: matter
            for matter in noticing.find(facts(pilot(last_change_at=NOW - days(20)), settled("rules")), NOW)
        }
    matter = known[kind]
    for placeholder, value in (
        (Placeholder.WHAT, matter.what),
        (Placeholder.WHO, matter.who),
        (Placeholder.WEEKS, matter.since),
    ):
        assert value or placeholder not in KNOWN[kind], placeholder


@settings(max_examples=60, deadline=None)
@given(ahead=st.integers(min_value=0, max_value=24 * 200), world=st.sampled_from([everything, explained]))
def test_what_waits_changes_only_at_instants_that_are_named(ahead: int, world: Callable[[], Facts]) -> None:
    known, now = world(), NOW + timedelta(hours=ahead)
    following = min((at for at in noticing.turns(known) if at > now), default=now + days(400))
    before = noticing.find(known, now)
    assert before == noticing.find(known, following - timedelta(seconds=1))


def test_a_red_answer_is_no_reason_to_confirm_it() -> None:
    old = settled() | {"rules": answer("rules", Status.NOT_YET, answered_at=NOW - days(300))}
    assert one(facts(answers=old), MatterKind.EVIDENCE).subject != "rules"
