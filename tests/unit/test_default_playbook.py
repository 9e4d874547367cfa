"""The playbook that ships: it takes a pilot all the way, and a reader who knows nothing of readiness understands it."""

import re

import pytest

from bot.domain.answers import Status
from bot.domain.coaching import follow_up_for, read, read_button
from bot.domain.playbook import Concern, Item
from prompts.english import mid_sentence
from prompts.library import Library

LIBRARY = Library.load()
PLAYBOOK = LIBRARY.playbook
ITEMS = [item for checklist in PLAYBOOK.checklists for item in checklist.items]
SEVEN = ["integration", "monitoring", "fallback", "ownership", "cost-model", "guardrails", "rollback"]

JARGON = re.compile(
    r"\b(?:SLOs?|SLAs?|SLIs?|KPIs?|MLOps|LLMs?|RBAC|IAM|latency|throughput|inference|observability|telemetry|p9[59]|canary"
    r"|blue.green|deflection|precision|recall|regression|orchestrat\w+|stakeholders?|leverage|robust|scalab\w+|holistic)\b",
    re.IGNORECASE,
)


def test_the_readiness_checklist_has_exactly_the_seven_items() -> None:
    assert [item.id for item in PLAYBOOK.items_of(PLAYBOOK.gates[0])] == SEVEN
    assert all(PLAYBOOK.item(item_id).critical for item_id in SEVEN)  # type: ignore[union-attr]  # they are there


def test_a_pilot_can_go_all_the_way_one_gate_at_a_time() -> None:
    stage, way = PLAYBOOK.first_stage, []
    while gate := PLAYBOOK.gate_from(stage):
        stage = gate.to_stage
        way.append(stage)
    assert way == ["shadow", "limited", "expansion", "production"]


def test_what_an_earlier_gate_asks_for_stays_required() -> None:
    earlier: set[str] = set()
    for gate in PLAYBOOK.gates:
        asked = {item.id for item in PLAYBOOK.items_of(gate)}
        assert earlier < asked
        assert 4 <= len(asked - earlier) <= 7
        earlier = asked


def test_every_gate_names_the_group_of_approvers() -> None:
    assert {gate.approvers.group for gate in PLAYBOOK.gates} == {"gate-approvers"}


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_item_is_short_plain_and_complete(item: Item) -> None:
    assert len(item.question) <= 120
    assert item.question.endswith("?")
    assert len(item.why) <= 200
    assert len(item.good) <= 200
    assert item.follow_up is not None
    assert item.follow_up[-1] in "?."
    assert item.if_missing[0].islower(), "it continues the sentence after “Next:”"
    assert not item.if_missing.endswith(".")
    shown = item.model_dump(
        include={"title", "question", "why", "good", "if_missing", "evidence", "follow_up"}
    )
    words = " ".join(shown.values())
    assert not JARGON.search(words), JARGON.search(words)
    assert "!" not in words


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_item_s_own_example_passes_the_coach(item: Item) -> None:
    reading = read(item.good, item, PLAYBOOK.coaching)
    assert (reading.status, reading.concern) == (Status.IN_PLACE, None)


def test_titles_stand_inside_a_sentence() -> None:
    words = LIBRARY.words("review/missing_phrase", titles=["Rollback", "Cost model"])
    assert words.plain("phrase") == "rollback and cost model"
    assert all(mid_sentence(item.title)[0].islower() for item in ITEMS)


@pytest.mark.parametrize(
    "said", ["We will monitor it", "soon", "TBD", "the team", "The model is impressive", "fine", "yes", "n/a"]
)
def test_what_cannot_be_checked_is_asked_once_more_in_one_kind_sentence(said: str) -> None:
    item = PLAYBOOK.items_of(PLAYBOOK.gates[0])[1]
    asked = follow_up_for(read(said, item, PLAYBOOK.coaching), item, PLAYBOOK.coaching)
    assert asked is not None


@pytest.mark.parametrize("concern", PLAYBOOK.coaching.concerns, ids=lambda concern: concern.id)
def test_every_sentence_that_asks_once_more_is_short_and_kind(concern: Concern) -> None:
    assert len(concern.ask) <= 160
    assert "!" not in concern.ask
    assert concern.ask[0].isupper()
    assert not JARGON.search(concern.ask)


def test_a_bare_button_is_asked_for_what_shows_it_in_the_item_s_own_words() -> None:
    item = PLAYBOOK.items_of(PLAYBOOK.gates[0])[6]
    reading = read_button(Status.IN_PLACE, item, PLAYBOOK.coaching)
    assert follow_up_for(reading, item, PLAYBOOK.coaching) == item.follow_up
