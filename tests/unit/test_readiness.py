"""What the verdict tells apart: what blocks and what can follow, what approvers have seen, what has moved since."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st

from bot.domain.answers import Answer, Status
from bot.domain.playbook import Item
from bot.domain.readiness import Standing, moves_since, stands, verdict

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
unhurried = settings(deadline=None, derandomize=True)


def item(item_id: str, **changed: Any) -> Item:
    facts: dict[str, Any] = {
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


def answer(item_id: str, status: Status, *, days: float = 1, revision: int = 1) -> Answer:
    return Answer(
        pilot_id="P1",
        item_id=item_id,
        revision=revision,
        status=status,
        detail="words",
        answered_by="U1",
        answered_at=NOW - timedelta(days=days),
    )


def current(*answers: Answer) -> dict[str, Answer]:
    return {one.item_id: one for one in answers}


ITEMS = [
    item("blocks"),
    item("optional", critical=False),
    item("announced", enforce_from=NOW.date() + timedelta(days=30)),
    item("there"),
]


def test_what_blocks_and_what_can_follow_are_told_apart() -> None:
    found = verdict(ITEMS, current(answer("there", Status.IN_PLACE)), NOW)
    assert [one.item.id for one in found.blocking] == ["blocks"]
    assert [one.item.id for one in found.can_follow] == ["optional", "announced"]
    assert [one.item.id for one in found.announced] == ["announced"]


def test_an_announced_item_is_not_required_and_blocks_from_its_day_on() -> None:
    before = verdict(ITEMS, {}, NOW)
    assert before.required == 3
    after = verdict(ITEMS, {}, NOW + timedelta(days=30))
    assert after.required == 4
    assert [one.item.id for one in after.blocking] == ["blocks", "announced", "there"]


def test_an_item_counts_from_the_day_that_was_announced() -> None:
    announced = item("announced", enforce_from=date(2027, 3, 1))
    assert not announced.counts_on(date(2027, 2, 28))
    assert announced.counts_on(date(2027, 3, 1))


def test_only_the_revision_that_approvers_saw_is_reviewed() -> None:
    seen, later = answer("blocks", Status.IN_PLACE, revision=2), answer("there", Status.IN_PLACE, revision=3)
    found = verdict(ITEMS, current(seen, later), NOW, reviewed={"blocks": 2, "there": 2, "gone": 1})
    assert [one.item.id for one in found.items if one.reviewed] == ["blocks"]


def test_what_was_skipped_is_missing_and_known_as_skipped() -> None:
    found = verdict(ITEMS[:2], current(answer("blocks", Status.SKIPPED)), NOW)
    assert [one.skipped for one in found.items] == [True, False]
    assert {one.standing for one in found.items} == {Standing.MISSING}


def moved(history: list[Answer], *, days: float = 10) -> list[tuple[str, str, str]]:
    newest: dict[str, Answer] = {}
    for one in history:
        newest[one.item_id] = max(one, newest.get(one.item_id, one), key=lambda some: some.revision)
    found = verdict(ITEMS, newest, NOW)
    return [
        (move.item.id, move.before.value, move.now.value)
        for move in moves_since(found, history, NOW - timedelta(days=days))
    ]


def test_what_was_answered_since_has_moved() -> None:
    history = [
        answer("blocks", Status.NOT_YET, days=20),
        answer("blocks", Status.PARTLY, days=5, revision=2),
        answer("blocks", Status.IN_PLACE, days=1, revision=3),
        answer("there", Status.IN_PLACE, days=20),
    ]
    assert moved(history) == [("blocks", "missing", "in_place")]


def test_saying_the_same_again_is_no_move() -> None:
    history = [
        answer("there", Status.IN_PLACE, days=20),
        answer("there", Status.IN_PLACE, days=2, revision=2),
        answer("blocks", Status.SKIPPED, days=20),
        answer("blocks", Status.NOT_YET, days=2, revision=2),
    ]
    assert moved(history) == []


def test_evidence_that_has_grown_old_since_has_moved() -> None:
    assert moved([answer("there", Status.IN_PLACE, days=95)]) == [("there", "in_place", "stale")]


def test_what_was_old_already_has_not_moved() -> None:
    assert moved([answer("there", Status.IN_PLACE, days=120)]) == []


@unhurried
@given(
    st.lists(
        st.tuples(st.sampled_from([one.id for one in ITEMS]), st.sampled_from(Status), st.integers(0, 200)),
        max_size=12,
    ),
    st.integers(0, 200),
)
def test_moves_lead_from_how_it_stood_to_how_it_stands(
    given_answers: list[tuple[str, Status, int]], days: int
) -> None:
    by_age = sorted(given_answers, key=lambda one: -one[2])
    history = [answer(name, status, days=age, revision=n) for n, (name, status, age) in enumerate(by_age, 1)]
    newest = {one.item_id: one for one in history}
    since = NOW - timedelta(days=days)
    found = verdict(ITEMS, newest, NOW)
    before = {one.item_id: one for one in history if one.answered_at < since}
    moves = {move.item.id: move for move in moves_since(found, history, since)}
    for one in ITEMS:
        was, now = stands(one, before.get(one.id), since), stands(one, newest.get(one.id), NOW)
        assert (one.id in moves) == (was is not now)
        if one.id in moves:
            assert (moves[one.id].before, moves[one.id].now) == (was, now)
