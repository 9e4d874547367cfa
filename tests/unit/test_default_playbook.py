"""The playbook that ships: it takes a pilot all the way, and a reader who knows nothing of readiness understands it."""

import re
from collections import Counter
from datetime import date

import pytest

from bot.domain.answers import Status
from bot.domain.coaching import Ear, follow_up_for, read, read_button
from bot.domain.playbook import AnswerKind, Concern, Fact, Item
from prompts.english import mid_sentence
from prompts.library import Library

LIBRARY = Library.load()
PLAYBOOK = LIBRARY.playbook
ITEMS = [item for checklist in PLAYBOOK.checklists for item in checklist.items]
SEVEN = ["integration", "monitoring", "fallback", "ownership", "cost-model", "guardrails", "rollback"]
LEADING = [gate for gate in PLAYBOOK.gates if gate.leads_on]
MOST_NEW = {
    "framing": 11, "readiness": 16, "shadow-exit": 8, "limited-exit": 8, "expansion-exit": 8, "upkeep": 8,
}  # fmt: skip
"""So many questions that a gate stays a matter of minutes."""
WORDS_ARE_ENOUGH = {AnswerKind.STATUS, AnswerKind.TEXT, AnswerKind.PERSON, AnswerKind.GROUP}
"""Kinds whose example names nobody by id: no member of a made-up company has one."""
EAR = Ear(today=date(2026, 11, 22), locale="en-GB", speaker_id="U0CHAMPION", champion_id="U0CHAMPION")
EARS = [
    EAR.model_copy(update={"today": today, "locale": locale})
    for today, locale in [
        (date(2026, 11, 22), "en-US"), (date(2027, 1, 2), "de-DE"), (date(2027, 5, 30), "fr-FR"), (date(2028, 2, 29), ""),
    ]
]  # fmt: skip
"""An example is understood at any time of the year, wherever its reader is."""

JARGON = re.compile(
    r"\b(?:SLOs?|SLAs?|SLIs?|KPIs?|ROI|TCO|MLOps|LLMs?|RBAC|IAM|SSO|latency|throughput|inference|observability|telemetry|p9[59]"
    r"|canary|blue.green|deflection|precision|recall|regression|orchestrat\w+|stakeholders?|leverage|robust|scalab\w+"
    r"|holistic|escalat\w+|onboarding|buy-in|go-live|roadmap|alignment|end-to-end|use case|best practices)\b",
    re.IGNORECASE,
)


def test_the_seven_items_come_first_in_the_readiness_checklist_and_each_blocks() -> None:
    readiness = next(one for one in PLAYBOOK.checklists if one.id == "readiness")
    assert [item.id for item in readiness.items][:7] == SEVEN
    assert all(item.critical for item in readiness.items[:7])


def test_a_pilot_can_go_all_the_way_one_gate_at_a_time_and_then_stays_with_upkeep() -> None:
    stage, way = PLAYBOOK.first_stage, []
    while (gate := PLAYBOOK.gate_from(stage)) and gate.leads_on:
        stage = gate.to_stage
        way.append(stage)
    assert [PLAYBOOK.first_stage, *way] == [one.id for one in PLAYBOOK.stages]
    assert gate is not None
    assert (gate.id, gate.every_days) == ("upkeep", 90)
    assert PLAYBOOK.procedure(gate, "") is None
    assert PLAYBOOK.may_start_in == ("idea", "pilot")


def test_what_an_earlier_gate_asks_for_stays_required() -> None:
    earlier: set[str] = set()
    for gate in PLAYBOOK.gates:
        asked = {item.id for item in PLAYBOOK.items_of(gate)}
        assert earlier < asked
        assert 5 <= len(asked - earlier) <= MOST_NEW[gate.id]
        earlier = asked
    assert earlier == {item.id for item in ITEMS}, "no question is left without a gate"


def test_what_registration_tells_is_asked_once_each() -> None:
    assert Counter(item.known_from for item in ITEMS if item.known_from) == Counter(list(Fact))


def test_where_nothing_is_said_the_gate_approvers_decide_and_two_of_them_the_last_gate() -> None:
    policies = [procedure.policy for gate in LEADING if (procedure := PLAYBOOK.procedure(gate, ""))]
    assert {policy.roles for policy in policies} == {("gate-approvers",)}
    assert [policy.steps[0].seats[0].needs for policy in policies] == [1, 1, 1, 1, 2]


def test_roles_tiers_and_policies_are_short_and_plain() -> None:
    for words in [
        *(role.title for role in PLAYBOOK.roles),
        *(f"{tier.title} {tier.hint}" for tier in PLAYBOOK.tiers),
        *(policy.title for policy in PLAYBOOK.policies),
    ]:
        assert len(words) <= 75
        assert not JARGON.search(words), words
    assert all(role.title[0].islower() for role in PLAYBOOK.roles), "titles stand inside sentences"


def test_every_kind_of_answer_is_asked_for_somewhere() -> None:
    assert {item.kind for item in ITEMS} == set(AnswerKind)


def test_upkeep_s_own_answers_have_grown_old_when_it_comes_round_again() -> None:
    upkeep = next(one for one in PLAYBOOK.checklists if one.id == "upkeep")
    ninety_days = next(gate.every_days for gate in PLAYBOOK.gates if not gate.leads_on)
    assert all(item.freshness_days < (ninety_days or 0) for item in upkeep.items)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_item_is_short_plain_and_complete(item: Item) -> None:
    assert len(item.question) <= 120
    assert item.question.endswith("?")
    assert len(item.why) <= 200
    assert len(item.good) <= 200
    assert item.why.endswith(".")
    assert item.good.endswith("."), "a # in it has to be in quotes, or YAML takes the rest for a comment"
    assert item.weak
    assert len(item.weak) <= 100
    assert item.follow_up is not None
    assert item.follow_up[-1] in "?."
    assert item.if_missing[0].islower(), "it continues the sentence after “Next:”"
    assert not item.if_missing.endswith(".")
    assert item.evidence[0].islower(), "it continues the sentence after “What would show it:”"
    assert not item.evidence.endswith(".")
    shown = item.model_dump(
        include={"title", "question", "why", "good", "if_missing", "evidence", "follow_up"}
    )
    assert all(len(option.title) <= 24 for option in item.options), "it has to fit a button on a phone"
    words = " ".join([*shown.values(), *(option.title for option in item.options)])
    assert not JARGON.search(words), JARGON.search(words)
    assert "!" not in words


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_item_says_what_it_is_there_for(item: Item) -> None:
    assert item.step
    assert item.guards_against
    assert item.shown_by
    assert bool(item.unit) == (item.kind in {AnswerKind.NUMBER, AnswerKind.MONEY})
    assert not item.red_flag or item.good.startswith("No."), "its example shows that a no is good"


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_item_s_own_example_passes_the_coach(item: Item) -> None:
    for ear in (EAR, *EARS):
        reading = read(item.good, item, PLAYBOOK.coaching, ear=ear)
        assert (reading.status, reading.concern) == (Status.IN_PLACE, None)
        if item.kind not in WORDS_ARE_ENOUGH:
            assert reading.value is not None
            assert reading.value.kind is item.kind


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_item_s_weak_example_is_asked_about_once_more(item: Item) -> None:
    assert item.weak is not None
    reading = read(item.weak, item, PLAYBOOK.coaching, ear=EAR)
    assert reading.concern is not None
    assert follow_up_for(reading, item, PLAYBOOK.coaching)


@pytest.mark.parametrize(
    "said", ["Anything people ask", "anything", "3", "the third one", "A general assistant"]
)
def test_an_assistant_for_anything_is_warned_about_however_it_is_said(said: str) -> None:
    reading = read(said, _item("scope"), PLAYBOOK.coaching, ear=EAR)
    assert reading.concern in {"open_ended", "no_value"}
    assert reading.value is None or reading.concern == "open_ended"


@pytest.mark.parametrize(
    "said",
    [
        "Customers ask all kinds of questions and wait two days for an answer",
        "Everything that comes in by mail is typed into SAP by hand, 400 a day",
        "Agents look up anything they need in five systems; that costs four minutes a case",
    ],
)
def test_a_problem_that_is_wide_is_no_assistant_without_bounds(said: str) -> None:
    assert read(said, _item("problem"), PLAYBOOK.coaching, ear=EAR).concern is None


def test_no_two_questions_are_the_same_and_no_two_titles() -> None:
    assert max(Counter(item.question for item in ITEMS).values()) == 1
    assert max(Counter(item.title.lower() for item in ITEMS).values()) == 1


def test_titles_stand_inside_a_sentence() -> None:
    words = LIBRARY.words("review/missing_phrase", titles=["Rollback", "Cost model"])
    assert words.plain("phrase") == "rollback and cost model"
    assert all(mid_sentence(item.title)[0].islower() for item in ITEMS)


def test_steps_stalls_areas_and_topics_are_short_and_plain() -> None:
    for cause in PLAYBOOK.framework.stalls:
        assert len(cause.next) <= 120
        assert cause.next.endswith(".")
        assert not JARGON.search(f"{cause.title} {cause.next}")
    for area in PLAYBOOK.posture:
        assert not JARGON.search(f"{area.title} {area.pilot} {area.production}")
    for topic in PLAYBOOK.framework.topics:
        assert len(topic.title) <= 60
        assert not JARGON.search(topic.title)


@pytest.mark.parametrize(
    "said", ["We will monitor it", "soon", "TBD", "the team", "The model is impressive", "fine", "yes", "n/a"]
)
def test_what_cannot_be_checked_is_asked_once_more_in_one_kind_sentence(said: str) -> None:
    item = _item("monitoring")
    asked = follow_up_for(read(said, item, PLAYBOOK.coaching, ear=EAR), item, PLAYBOOK.coaching)
    assert asked is not None


@pytest.mark.parametrize("concern", PLAYBOOK.coaching.concerns, ids=lambda concern: concern.id)
def test_every_sentence_that_asks_once_more_is_short_and_kind(concern: Concern) -> None:
    assert len(concern.ask) <= 160
    assert "!" not in concern.ask
    assert concern.ask[0].isupper()
    assert not JARGON.search(concern.ask)


def test_concerns_of_named_items_are_named_by_some() -> None:
    named = {concern_id for item in ITEMS for concern_id in item.checks}
    assert named == {concern.id for concern in PLAYBOOK.coaching.concerns if concern.named_only}


def test_a_bare_button_is_asked_for_what_shows_it_in_the_item_s_own_words() -> None:
    item = _item("rollback")
    reading = read_button(Status.IN_PLACE, item, PLAYBOOK.coaching)
    assert follow_up_for(reading, item, PLAYBOOK.coaching) == item.follow_up


def _item(item_id: str) -> Item:
    item = PLAYBOOK.item(item_id)
    assert item is not None
    return item
