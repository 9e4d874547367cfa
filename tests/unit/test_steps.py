"""Which step a pilot is on, which it has finished and which it jumped."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings, strategies as st

from bot.domain.answers import Answer, Status
from bot.domain.framework import Framework, Step
from bot.domain.playbook import Checklist, Gate, Item, Playbook, Stage
from bot.domain.policies import Approvers
from bot.domain.steps import Footing, steps_taken

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
STEPS = ("goals", "metrics", "plan", "build", "test")
unhurried = settings(deadline=None, derandomize=True)


def item(item_id: str, step: str | None, *, critical: bool = True, enforce_from: date | None = None) -> Item:
    return Item(
        id=item_id,
        title=item_id,
        question="What?",
        why="Because.",
        good="Like this.",
        if_missing="Do it.",
        evidence="a link",
        freshness_days=90,
        critical=critical,
        step=step,
        enforce_from=enforce_from,
    )


def playbook(*lists: tuple[Item, ...], steps: tuple[str, ...] = STEPS) -> Playbook:
    """Return a playbook whose first gate asks for the first list, the next for the next."""
    stages = tuple(Stage(id=f"stage-{number}", title=f"Stage {number}") for number in range(len(lists) + 1))
    return Playbook(
        version="1",
        first_stage="stage-0",
        stages=stages,
        checklists=tuple(
            Checklist(id=f"list-{number}", title="List", items=items) for number, items in enumerate(lists)
        ),
        gates=tuple(
            Gate(
                id=f"gate-{number}",
                title="Gate",
                from_stage=f"stage-{number}",
                to_stage=f"stage-{number + 1}",
                checklists=(f"list-{number}",),
                approvers=Approvers(title="them", group="them"),
            )
            for number in range(len(lists))
        ),
        framework=Framework(steps=tuple(Step(id=step, title=step.title()) for step in steps)),
    )


FIRST = (item("problem", "goals"), item("bar", "metrics"))
SECOND = (
    item("integration", "plan"),
    item("fallback", "build"),
    item("rollback", "build"),
    item("edge-cases", "test"),
)
BOOK = playbook(FIRST, SECOND)


def answers(status: Status, *item_ids: str, days: int = 1) -> dict[str, Answer]:
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
        for item_id in item_ids
    }


def footings(given_answers: dict[str, Answer], stage: str = "stage-1", book: Playbook = BOOK) -> list[str]:
    return [one.footing.value for one in steps_taken(book, stage, given_answers, NOW)]


def in_place(*item_ids: str, days: int = 1) -> dict[str, Answer]:
    return answers(Status.IN_PLACE, *item_ids, days=days)


def test_a_pilot_begins_with_the_first_step() -> None:
    assert footings({}, "stage-0") == ["here", "ahead", "ahead", "ahead", "ahead"]


def test_a_step_is_finished_once_everything_asked_of_it_so_far_is_there() -> None:
    assert footings(in_place("problem"), "stage-0") == ["finished", "here", "ahead", "ahead", "ahead"]
    assert footings(in_place("problem", "bar", "integration", "fallback")) == [
        "finished",
        "finished",
        "finished",
        "here",
        "ahead",
    ]


def test_a_step_of_which_nothing_is_there_is_jumped_once_a_later_one_has_begun() -> None:
    assert footings(in_place("problem", "bar", "fallback")) == [
        "finished",
        "finished",
        "jumped",
        "here",
        "ahead",
    ]


def test_a_pilot_that_entered_late_has_jumped_what_the_gates_before_asked() -> None:
    assert footings(in_place("integration", "fallback", "rollback")) == [
        "jumped",
        "jumped",
        "finished",
        "finished",
        "here",
    ]


def test_what_is_partly_there_is_begun_and_not_jumped() -> None:
    given_answers = in_place("problem", "bar", "fallback") | answers(Status.PARTLY, "integration")
    assert footings(given_answers) == ["finished", "finished", "here", "begun", "ahead"]


def test_what_no_gate_has_asked_for_yet_is_not_jumped() -> None:
    late = playbook((item("problem", "goals"), item("fallback", "build")), (item("integration", "plan"),))
    assert footings(in_place("problem", "fallback"), "stage-0", late) == [
        "finished",
        "here",
        "ahead",
        "finished",
        "ahead",
    ]


def test_old_evidence_and_what_does_not_apply_finish_a_step_all_the_same() -> None:
    given_answers = in_place("problem", days=400) | answers(Status.NOT_APPLICABLE, "bar")
    assert footings(given_answers)[:2] == ["finished", "finished"]


def test_only_critical_items_hold_a_step_where_there_are_some() -> None:
    book = playbook((item("problem", "goals"), item("sponsor", "goals", critical=False)))
    assert footings(in_place("problem"), "stage-0", book)[0] == "finished"
    alone = playbook((item("sponsor", "goals", critical=False),))
    assert footings({}, "stage-0", alone)[0] == "here"


def test_an_announced_item_does_not_hold_a_step_yet() -> None:
    book = playbook(
        (item("problem", "goals"), item("sponsor", "goals", enforce_from=NOW.date() + timedelta(days=30)))
    )
    assert footings(in_place("problem"), "stage-0", book)[0] == "finished"


def test_a_playbook_without_steps_and_a_lost_stage_have_nothing_to_say() -> None:
    assert footings({}, "stage-0", playbook(FIRST, steps=())) == []
    assert footings({}, "stage-0", playbook((item("problem", None),))) == []
    assert footings({}, "no-such-stage") == []


CHECKLISTS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from([*STEPS, None, "unknown"]),
            st.booleans(),
            st.none() | st.tuples(st.sampled_from(Status), st.integers(0, 200)),
        ),
        min_size=1,
        max_size=5,
    ),
    min_size=1,
    max_size=3,
)
STAGES = [st.integers(0, gates) for gates in range(4)]


@st.composite
def situations(draw: st.DrawFn) -> tuple[Playbook, str, dict[str, Answer]]:
    """Playbooks of one to three gates with answers of any status and age."""
    lists = []
    given_answers: dict[str, Answer] = {}
    for number, facts in enumerate(draw(CHECKLISTS)):
        some = []
        for place, (step, critical, given_answer) in enumerate(facts):
            name = f"item-{number}-{place}"
            some.append(item(name, step, critical=critical))
            if given_answer:
                status, days = given_answer
                given_answers |= answers(status, name, days=days)
        lists.append(tuple(some))
    return playbook(*lists), f"stage-{draw(STAGES[len(lists)])}", given_answers


@unhurried
@given(situations())
def test_every_step_has_one_footing_and_a_pilot_is_on_one_at_most(
    situation: tuple[Playbook, str, dict[str, Answer]],
) -> None:
    book, stage, given_answers = situation
    taken = steps_taken(book, stage, given_answers, NOW)
    assert [one.step for one in taken] in ([], list(book.framework.steps))
    here = [number for number, one in enumerate(taken) if one.footing is Footing.HERE]
    assert len(here) <= 1
    before = taken[: here[0]] if here else taken
    assert all(one.footing in {Footing.FINISHED, Footing.JUMPED} for one in before)


@unhurried
@given(situations())
def test_putting_everything_in_place_leaves_nothing_jumped(
    situation: tuple[Playbook, str, dict[str, Answer]],
) -> None:
    book, stage, _ = situation
    everything = in_place(*(one.id for checklist in book.checklists for one in checklist.items))
    footing = {one.footing for one in steps_taken(book, stage, everything, NOW)}
    assert Footing.JUMPED not in footing
    assert Footing.BEGUN not in footing


@unhurried
@given(situations())
def test_the_last_step_is_never_jumped(situation: tuple[Playbook, str, dict[str, Answer]]) -> None:
    book, stage, given_answers = situation
    assert all(one.footing is not Footing.JUMPED for one in steps_taken(book, stage, given_answers, NOW)[-1:])
