"""The posture follows from the items that show an area; nobody is asked for it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.answers import Answer, Status
from bot.domain.framework import PostureArea
from bot.domain.playbook import Item, Playbook
from bot.domain.posture import AreaStanding, Pole, posture
from prompts.library import Library

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LIBRARY = Library.load()
AREA = PostureArea(
    id="data", title="Data", pilot="Samples", production="Live data", shown_by=("one", "two", "one")
)
unhurried = settings(deadline=None, derandomize=True)


def item(item_id: str) -> Item:
    return Item(
        id=item_id,
        title=item_id,
        question="What?",
        why="Because.",
        good="Like this.",
        if_missing="Do it.",
        evidence="a link",
        freshness_days=90,
    )


def playbook(*areas: PostureArea, items: tuple[str, ...] = ("one", "two", "three")) -> Playbook:
    first, *_ = LIBRARY.playbook.checklists
    mine = first.model_copy(update={"items": tuple(item(one) for one in items)})
    return LIBRARY.playbook.model_copy(update={"checklists": (mine,), "posture": areas})


def answers(days: int = 1, **statuses: Status) -> dict[str, Answer]:
    return {
        item_id: Answer(
            pilot_id="P1",
            item_id=item_id,
            revision=1,
            status=status,
            detail="words",
            answered_by="U1",
            answered_at=NOW - timedelta(days=days),
        )
        for item_id, status in statuses.items()
    }


def standing(given_answers: dict[str, Answer], book: Playbook | None = None) -> AreaStanding:
    (found,) = posture(book or playbook(AREA), given_answers, NOW)
    return found


@pytest.mark.parametrize(
    ("one", "two", "pole"),
    [
        (Status.IN_PLACE, Status.IN_PLACE, Pole.PRODUCTION),
        (Status.IN_PLACE, Status.NOT_APPLICABLE, Pole.PRODUCTION),
        (Status.IN_PLACE, Status.NOT_YET, Pole.ON_THE_WAY),
        (Status.PARTLY, Status.NOT_YET, Pole.ON_THE_WAY),
        (Status.NOT_YET, Status.SKIPPED, Pole.PILOT),
        (Status.NOT_APPLICABLE, Status.NOT_YET, Pole.PILOT),
        (Status.NOT_APPLICABLE, Status.NOT_APPLICABLE, Pole.NOT_APPLICABLE),
    ],
)
def test_an_area_stands_where_its_items_put_it(one: Status, two: Status, pole: Pole) -> None:
    assert standing(answers(one=one, two=two)).pole is pole


def test_without_answers_every_area_is_like_a_pilot() -> None:
    found = standing({})
    assert found.pole is Pole.PILOT
    assert [one.id for one in found.open] == ["one", "two"]


def test_evidence_that_has_grown_old_takes_an_area_from_its_production_end() -> None:
    found = standing(answers(days=91, one=Status.IN_PLACE, two=Status.IN_PLACE))
    assert found.pole is Pole.ON_THE_WAY
    assert [one.id for one in found.open] == ["one", "two"]


def test_what_decides_is_told_apart_into_in_place_and_open() -> None:
    found = standing(answers(one=Status.IN_PLACE, two=Status.PARTLY, three=Status.IN_PLACE))
    assert [one.id for one in found.in_place] == ["one"]
    assert [one.id for one in found.open] == ["two"]


def test_an_item_that_the_playbook_lost_decides_nothing() -> None:
    found = standing(answers(one=Status.IN_PLACE), playbook(AREA, items=("one",)))
    assert found.pole is Pole.PRODUCTION


def test_our_own_playbook_compares_eight_areas_by_items_that_it_has() -> None:
    areas = posture(LIBRARY.playbook, {}, NOW)
    assert [one.area.id for one in areas] == [
        "goal",
        "data",
        "integrations",
        "security",
        "monitoring",
        "ownership",
        "scale",
        "maintenance",
    ]
    assert all(one.open for one in areas)


@unhurried
@given(st.dictionaries(st.sampled_from(["one", "two"]), st.sampled_from(Status)), st.integers(0, 200))
def test_an_area_is_at_one_end_only_when_all_that_applies_is(statuses: dict[str, Status], days: int) -> None:
    found = standing(answers(days, **statuses))
    assert (found.pole is Pole.PRODUCTION) == bool(found.in_place and not found.open)
    assert not {one.id for one in found.in_place} & {one.id for one in found.open}
    if found.pole is Pole.PILOT:
        assert not found.in_place
    if found.pole is Pole.NOT_APPLICABLE:
        assert not found.open
