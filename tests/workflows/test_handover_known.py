"""What an acceptance tells is not asked again: it answers the items that are known from it."""

from datetime import date

import pytest

from bot.domain.answers import Answer, Status
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Checklist, Fact, Item
from bot.handover import workflow as handover
from bot.handover.workflow import Entered
from bot.interview import shown, workflow as interviews
from bot.pilots import workflow as pilots
from prompts.library import Library

from .conftest import JONAS, MAYA, SAM, House, registration

RUNBOOK = "https://wiki.example/runbooks/refund-triage"
ENTERED = Entered(RUNBOOK, (SAM,), "extension 4711", date(2027, 1, 10))
PAYMENTS = "S0PAYMENTS"


def asking(kind: AnswerKind = AnswerKind.DATE, **more: object) -> Item:
    return Item.model_validate(
        {
            "id": "said-yes", "title": "Owner has accepted", "question": "When did they say yes?",
            "why": "Being named is not accepting.", "good": "On 1 September.", "if_missing": "ask them",
            "evidence": "who and when", "freshness_days": 365, "known_from": Fact.ACCEPTANCE, "kind": kind,
        } | more
    )  # fmt: skip


def with_item(house: House, item: Item) -> None:
    book = house.library.playbook
    lists = tuple(
        Checklist(id=one.id, title=one.title, items=(item, *one.items)) if one.id == "readiness" else one
        for one in book.checklists
    )
    house.library = Library(book.model_copy(update={"checklists": lists}), house.library.templates)


def registered(house: House, **changed: object) -> Pilot:
    return house.do(pilots.register, MAYA, registration(**changed))


def accept(house: House, pilot: Pilot, by: str = JONAS) -> None:
    asked = house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
    assert asked
    house.do(handover.accept, by, asked.id, ENTERED, frozenset({SAM}), {PAYMENTS: "payments-ops"})


def answer(house: House, pilot: Pilot) -> Answer | None:
    return house.store.read_sync(lambda tx: tx.answers.current(pilot.id)).get("said-yes")


def test_accepting_answers_the_question_whether_the_owner_has(house: House) -> None:
    with_item(house, asking())
    pilot = registered(house)
    assert answer(house, pilot) is None
    accept(house, pilot)
    given = answer(house, pilot)
    assert given
    assert (given.status, given.answered_by, given.evidence) == (Status.IN_PLACE, JONAS, (RUNBOOK,))
    assert given.detail == (
        "Accepted by @Jonas on 23 Nov 2026, on call: @Sam, extension 4711, first look on 10 Jan 2027"
    )
    assert given.value
    assert given.value.on == date(2026, 11, 23)
    assert given.concern is None
    assert house.pilot(pilot.id).in_place == 1


def test_who_accepts_for_a_team_is_named_with_the_team(house: House) -> None:
    with_item(house, asking())
    pilot = registered(house, owner_id=PAYMENTS)
    accept(house, pilot, SAM)
    given = answer(house, pilot)
    assert given
    assert given.detail.startswith("Accepted by @Sam for @payments-ops on 23 Nov 2026")


@pytest.mark.parametrize("kind", [AnswerKind.STATUS, AnswerKind.TEXT, AnswerKind.LINK, AnswerKind.PERSON])
def test_an_item_of_another_kind_gets_what_it_takes(house: House, kind: AnswerKind) -> None:
    with_item(house, asking(kind))
    pilot = registered(house)
    accept(house, pilot)
    given = answer(house, pilot)
    assert given
    assert given.status is Status.IN_PLACE
    ids = {AnswerKind.LINK: (RUNBOOK,), AnswerKind.PERSON: (JONAS,)}
    assert (given.value.ids if given.value else None) == ids.get(kind)


def test_what_an_acceptance_cannot_tell_stays_a_question(house: House) -> None:
    with_item(house, asking(AnswerKind.NUMBER, unit="days"))
    pilot = registered(house)
    accept(house, pilot)
    assert answer(house, pilot) is None


def test_a_champion_who_owns_it_as_well_is_asked_in_words(house: House) -> None:
    with_item(house, asking(checks=("champion_is_owner",)))
    book = house.library.playbook
    coach = Library.load().playbook.coaching  # the tests' own playbook knows no detectors
    house.library = Library(book.model_copy(update={"coaching": coach}), house.library.templates)
    pilot = registered(house, owner_id=MAYA)
    accept(house, pilot, MAYA)
    assert house.pilot(pilot.id).owner_accepted_at
    assert answer(house, pilot) is None
    other = registered(house, name="Another")
    accept(house, other)
    assert answer(house, other)


def test_a_question_that_is_open_in_a_conversation_settles_there(house: House) -> None:
    with_item(house, asking())
    pilot = registered(house)
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    assert "When did they say yes?" in house.words(shown.question_key(interview.id, "said-yes"))
    accept(house, pilot)
    line = house.words(shown.question_key(interview.id, "said-yes"))
    assert "When did they say yes?" not in line
    assert "23 Nov" in line
