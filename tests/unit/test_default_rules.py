"""The rules of reminding that ship: every kind has one, its ladder widens one step at a time, and its words are short and kind."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot.domain.calendar import Calendar
from bot.domain.matters import KNOWN, MatterKind, Placeholder, Rule, Tells, filled, placeholders
from bot.domain.playbook import AnswerKind
from prompts.library import Library

from .test_default_playbook import ITEMS, JARGON

PLAYBOOK = Library.load().playbook
RULES = PLAYBOOK.nudges.rules
BLAME = re.compile(
    r"\b(?:you (?:forgot|failed|missed|have not|haven't|did not|didn't|should|must)|your fault|late again|finally|neglect\w*"
    r"|ignor\w+|overdue|immediately|urgent\w*|asap|reminder|still waiting for you)\b",
    re.IGNORECASE,
)
SHOWN = {
    Placeholder.STAGE: "limited release",
    Placeholder.DAY: "Wednesday 30 September",
    Placeholder.DAYS: "12 working days",
    Placeholder.WEEKS: "three weeks",
    Placeholder.WHAT: "access to live data",
    Placeholder.WHO: "@maya",
    Placeholder.COUNT: "three",
    Placeholder.NEXT_STAGE: "limited release",
    Placeholder.PROMOTION: "the promotion to limited release",
}
WIDER = [
    {Tells.PERSON}, {Tells.OWNER}, {Tells.CHAMPION}, {Tells.OWNER, Tells.CHAMPION}, {Tells.SPONSOR}, {Tells.CHANNEL},
]  # fmt: skip
"""Who hears, from the narrowest to the widest."""


def says(rule: Rule) -> list[str]:
    return [rung.says for rung in rule.rungs] + ([rule.again.says] if rule.again else [])


TEXTS = [(rule, text) for rule in RULES for text in says(rule)]
rules = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.about)


def test_every_kind_of_matter_has_one_rule_and_a_review_is_the_most_urgent() -> None:
    assert {rule.about for rule in RULES} == set(MatterKind)
    assert len(RULES) == len(MatterKind)
    assert RULES[0].about is MatterKind.REVIEW
    assert RULES[-1].about is MatterKind.QUIET
    assert set(KNOWN) == set(MatterKind)


@rules
def test_a_ladder_widens_one_step_at_a_time(rule: Rule) -> None:
    heard = [{*rung.tells} for rung in rule.rungs]
    steps = [WIDER.index(tells) for tells in heard]
    assert steps == sorted(steps)
    if {Tells.CHANNEL} in heard:
        assert heard[-2] == {Tells.SPONSOR}, "the channel hears after the sponsor"
    if {Tells.SPONSOR} in heard:
        assert steps[0] < WIDER.index({Tells.SPONSOR}), "somebody nearer hears before the sponsor"


def test_a_quiet_pilot_comes_to_its_owner_then_to_both_then_to_the_sponsor_then_to_the_channel() -> None:
    quiet = PLAYBOOK.nudges.rule(MatterKind.QUIET)
    assert quiet
    assert [{*rung.tells} for rung in quiet.rungs] == [
        {Tells.OWNER},
        {Tells.CHAMPION, Tells.OWNER},
        {Tells.SPONSOR},
        {Tells.CHANNEL},
    ]
    assert quiet.again
    assert not {Tells.SPONSOR, Tells.CHANNEL} & {*quiet.again.tells}


@rules
def test_people_have_days_before_somebody_else_hears(rule: Rule) -> None:
    for rung, following in pairwise(rule.rungs):
        assert following.at - rung.at >= (1 if rung.tells == following.tells else 2)
    assert all(rung.at >= 0 for rung in rule.rungs if {*rung.tells} & {Tells.SPONSOR, Tells.CHANNEL})
    if rule.again:
        assert rule.again.every >= 10


@pytest.mark.parametrize(
    "about", [MatterKind.ACTION, MatterKind.CONDITION, MatterKind.BLOCKER, MatterKind.WAIVER, MatterKind.EVIDENCE]
)  # fmt: skip
def test_a_day_is_spoken_of_before_it_comes_and_after_it_is_over(about: MatterKind) -> None:
    rule = PLAYBOOK.nudges.rule(about)
    assert rule
    theirs = [rung.at for rung in rule.rungs if rung.tells == (Tells.PERSON,)]
    assert theirs[0] < 0 < theirs[-1]


@pytest.mark.parametrize(("rule", "text"), TEXTS, ids=[f"{r.about}-{n}" for n, (r, _) in enumerate(TEXTS)])
def test_a_text_names_what_its_kind_knows_and_is_short_plain_and_kind(rule: Rule, text: str) -> None:
    assert {Placeholder(name) for name in placeholders(text)} <= KNOWN[rule.about]
    shown = filled(text, {name: SHOWN[name] for name in KNOWN[rule.about]})
    assert "{" not in shown
    assert len(shown) <= 160
    assert shown[-1] in ".?"
    assert text[0].islower() or text[0] in "{“", "it follows the pilot's name"
    assert not JARGON.search(shown), JARGON.search(shown)
    assert not BLAME.search(shown), BLAME.search(shown)
    assert "!" not in shown


def test_no_two_texts_are_the_same() -> None:
    texts = [text for _, text in TEXTS]
    assert len(set(texts)) == len(texts)


def test_the_channel_and_the_sponsor_read_nobody_s_name_but_who_is_asked_for() -> None:
    for rule in RULES:
        for rung in rule.rungs:
            if rung.tells == (Tells.CHANNEL,) and "{who}" in rung.says:
                assert rule.about is MatterKind.ORPHANED


def test_what_the_answers_tell_is_asked_for_and_nobody_has_to_answer_what_the_team_costs() -> None:
    knows, items = PLAYBOOK.nudges.knows, {item.id: item for item in ITEMS}
    assert None not in knows.model_dump().values()
    assert items[knows.sponsor or ""].kind is AnswerKind.PERSON
    assert items[knows.decision_date or ""].kind is AnswerKind.DATE
    cost = items[knows.team_cost or ""]
    assert (cost.kind, cost.critical, cost.asks) == (AnswerKind.MONEY, False, "finance")


def test_a_pilot_may_stay_in_production_and_nowhere_else_for_ever() -> None:
    for stage in PLAYBOOK.stages:
        assert (stage.decide_after_days is None) == (stage.id == "production")
        assert (stage.quiet_after_days or 0) < (stage.decide_after_days or 1000)


def test_a_day_of_decision_is_first_spoken_of_when_it_is_set() -> None:
    rhythm, decision = PLAYBOOK.nudges, PLAYBOOK.nudges.rule(MatterKind.DECISION)
    assert decision
    today = date(2026, 11, 23)
    for start in range(7):
        day = today + timedelta(days=start)
        ahead = Calendar().working_days(day, day + timedelta(days=rhythm.decide_within_days))
        assert ahead <= -decision.rungs[0].at


def test_every_cause_of_a_stall_is_guarded_by_questions_that_have_to_be_in_place() -> None:
    for cause in PLAYBOOK.framework.stalls:
        guards = [item for item in ITEMS if cause.id in item.guards_against]
        assert len(guards) >= 2, cause.id
        assert any(item.critical for item in guards), cause.id
        assert 14 <= cause.after_days <= 60
