"""What a registration tells is not asked again, and where a pilot may begin."""

import pytest

from bot.domain.answers import Status
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Checklist, Fact, Item
from bot.pilots import errors, workflow as pilots
from prompts.library import Library

from .conftest import JONAS, MAYA, PILOTS, House, registration

TOLD = [fact for fact in Fact if fact is not Fact.ACCEPTANCE]
"""What a registration tells; the acceptance comes later."""


def asking(fact: Fact, **more: object) -> Item:
    return Item.model_validate(
        {
            "id": f"known-{fact}", "title": "Known", "question": "Which one?", "why": "It matters.", "good": "This one.",
            "if_missing": "say which", "evidence": "its name", "freshness_days": 90, "known_from": fact,
        } | more
    )  # fmt: skip


def with_items(house: House, *items: Item) -> None:
    book = house.library.playbook
    lists = tuple(
        Checklist(id=one.id, title=one.title, items=(*items, *one.items)) if one.id == "readiness" else one
        for one in book.checklists
    )
    house.library = Library(book.model_copy(update={"checklists": lists}), house.library.templates)


def registered(house: House, **changed: object) -> tuple[Pilot, dict[str, object]]:
    pilot = house.do(pilots.register, MAYA, registration(**changed))
    answers = house.store.read_sync(lambda tx: tx.answers.current(pilot.id))
    return pilot, dict(answers)


def test_the_problem_the_bar_and_the_people_answer_what_asks_for_them(house: House) -> None:
    with_items(house, *(asking(fact) for fact in Fact))
    pilot, _ = registered(house)
    answers = house.store.read_sync(lambda tx: tx.answers.current(pilot.id))
    assert {answers[f"known-{fact}"].status for fact in TOLD} == {Status.IN_PLACE}
    assert answers["known-problem"].detail == "Sorts refund requests before an agent sees them."
    assert "22 % → 60 %" in answers["known-metric"].detail
    owner, champion = answers["known-owner"].value, answers["known-champion"].value
    assert owner is not None
    assert owner.ids == (JONAS,)
    assert champion is not None
    assert (champion.kind, champion.ids) == (AnswerKind.PERSON, (MAYA,))
    assert house.pilot(pilot.id).in_place == len(TOLD)
    assert "known-acceptance" not in answers


def test_a_team_that_owns_it_is_known_as_a_group(house: House) -> None:
    with_items(house, asking(Fact.OWNER))
    pilot, _ = registered(house, owner_id="S0PAYMENTS")
    value = house.store.read_sync(lambda tx: tx.answers.current(pilot.id))["known-owner"].value
    assert value is not None
    assert (value.kind, value.ids) == (AnswerKind.GROUP, ("S0PAYMENTS",))


@pytest.mark.parametrize(
    ("owner", "is_known"),
    [(MAYA, False), (JONAS, False), ("S0PAYMENTS", True)],
    ids=["champion", "one", "team"],
)
def test_an_owner_whom_the_item_doubts_is_asked_about(house: House, owner: str, is_known: bool) -> None:
    with_items(house, asking(Fact.OWNER, kind="group", checks=("champion_is_owner", "one_person")))
    book = house.library.playbook
    coach = Library.load().playbook.coaching  # the tests' own playbook knows no detectors
    house.library = Library(book.model_copy(update={"coaching": coach}), house.library.templates)
    _, answers = registered(house, owner_id=owner)
    assert ("known-owner" in answers) is is_known


def test_the_champion_as_owner_is_asked_about_where_one_person_would_do(house: House) -> None:
    with_items(house, asking(Fact.OWNER, kind="person", checks=("champion_is_owner",)))
    book = house.library.playbook
    coach = Library.load().playbook.coaching
    house.library = Library(book.model_copy(update={"coaching": coach}), house.library.templates)
    assert "known-owner" not in registered(house, owner_id=MAYA)[1]
    assert "known-owner" in registered(house, name="Two", owner_id=JONAS)[1]


def test_a_problem_that_says_nothing_is_asked_about(house: House) -> None:
    with_items(house, asking(Fact.PROBLEM))
    _, answers = registered(house, problem="tbd")
    assert answers == {}


def test_a_pilot_begins_in_the_first_stage_unless_the_form_says_it_runs_already(house: House) -> None:
    book = house.library.playbook
    begins = book.model_copy(update={"first_stage": "idea", "may_start_in": ("idea", "pilot")})
    house.library = Library(begins, house.library.templates)
    assert [stage.id for stage in begins.starts] == ["idea", "pilot"]
    assert registered(house, name="One")[0].stage == "idea"
    assert registered(house, name="Two", stage="pilot")[0].stage == "pilot"


def test_a_later_stage_cannot_be_had_by_a_forged_form(house: House) -> None:
    with pytest.raises(errors.NoSuchStart):
        house.do(pilots.register, MAYA, registration(stage="production", channel_id=PILOTS))
