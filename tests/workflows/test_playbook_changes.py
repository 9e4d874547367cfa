"""A playbook that changes under running interviews and reviews: nothing gets stuck, and nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.answers import Status
from bot.domain.conversations import InterviewState
from bot.domain.pilots import Pilot
from bot.domain.playbook import Checklist, Gate, Item, Playbook
from bot.domain.review import StageGone
from bot.domain.reviews import Choice
from bot.interview import shown, workflow as interviews
from bot.review import deciding, errors, requesting, workflow as reviews
from bot.stages import workflow as stages
from prompts.library import Library

from .conftest import BOARD, MAYA, PRIYA, House
from .gates import IN_PLACE
from .test_interview import CHECKABLE, answers, current, question_shown, say


def changed(house: House, **parts: Any) -> None:
    """Restart with another playbook."""
    house.library = Library(house.library.playbook.model_copy(update=parts), house.library.templates)


def without(playbook: Playbook, unwanted: Callable[[Item], bool]) -> tuple[Checklist, ...]:
    return tuple(
        Checklist(id=one.id, title=one.title, items=tuple(i for i in one.items if not unwanted(i)))
        for one in playbook.checklists
    )


def with_another_gate(playbook: Playbook) -> tuple[Gate, ...]:
    first, *others = playbook.gates
    return (first.model_copy(update={"id": "readiness-2"}), *others)


def test_an_open_question_that_is_gone_makes_way_for_the_next(house: House, pilot: Pilot) -> None:
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    first, second = interview.asked[:2]
    question_shown(house, interview, "1001.000000")
    changed(house, checklists=without(house.library.playbook, lambda item: item.id == first))
    assert say(house, CHECKABLE, "1002.000000") is None
    assert current(house, interview).open_item_id == second
    assert house.message(shown.question_key(interview.id, second))
    house.deliver(shown.question_key(interview.id, second), "1003.000000")
    assert say(house, CHECKABLE, "1004.000000")
    assert second in answers(house, interview)


def test_an_interview_of_which_nothing_is_left_ends_with_its_summary(house: House, pilot: Pilot) -> None:
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    kept = interview.asked[0]
    house.do(interviews.answer_by_button, MAYA, interview.id, kept, Status.NOT_YET)
    changed(
        house, checklists=without(house.library.playbook, lambda i: i.id in interview.asked and i.id != kept)
    )
    again = house.do(interviews.start, MAYA, pilot.id)
    assert again.id != interview.id
    assert again.asked == (kept,)
    assert current(house, interview).state is InterviewState.DONE
    assert house.message(shown.summary_key(interview.id))


def test_an_interview_of_a_renamed_gate_goes_on(house: House, pilot: Pilot) -> None:
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    question_shown(house, interview, "1001.000000")
    changed(house, gates=with_another_gate(house.library.playbook))
    assert say(house, CHECKABLE, "1002.000000")
    house.do(interviews.pause, MAYA, interview.id)
    house.do(interviews.stop, MAYA, interview.id)
    assert house.message(shown.summary_key(interview.id))


def test_a_review_of_a_renamed_gate_is_refused_kindly_and_still_expires(house: House, pilot: Pilot) -> None:
    for item in house.library.playbook.items_of(house.library.playbook.gates[0]):
        house.do(interviews.change_answer, MAYA, pilot.id, item.id, IN_PLACE)
    review = house.do(requesting.request, MAYA, pilot.id, BOARD)
    changed(house, gates=with_another_gate(house.library.playbook))
    with pytest.raises(errors.GateGone):
        house.do(reviews.gate_of, PRIYA, review.id)
    house.now = review.expires_at
    house.later(minutes=1)
    assert house.do(requesting.expire, "preflight") == 1
    assert "Expired" in house.words(reviews.card_key(review.id))
    house.do(stages.retire, MAYA, pilot.id, "It ends", "Ask earlier.")


def test_a_click_on_a_question_that_is_gone_brings_the_next_one(house: House, pilot: Pilot) -> None:
    interview = house.do(interviews.start, MAYA, pilot.id)
    first, second = interview.asked[:2]
    changed(house, checklists=without(house.library.playbook, lambda item: item.id == first))
    assert house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET) is None
    assert house.message(shown.question_key(interview.id, second))


def test_coaching_again_brings_the_next_question_when_the_open_one_is_gone(
    house: House, pilot: Pilot
) -> None:
    interview = house.do(interviews.start, MAYA, pilot.id)
    first, second = interview.asked[:2]
    changed(house, checklists=without(house.library.playbook, lambda item: item.id == first))
    assert house.do(interviews.start, MAYA, pilot.id).id == interview.id
    assert house.message(shown.question_key(interview.id, second))


def test_a_next_question_that_is_gone_is_passed_over(house: House, pilot: Pilot) -> None:
    interview = house.do(interviews.start, MAYA, pilot.id)
    first, second, third = interview.asked[:3]
    changed(house, checklists=without(house.library.playbook, lambda item: item.id == second))
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)
    assert house.message(shown.question_key(interview.id, third))


def test_a_stage_that_was_renamed_strands_nobody_in_silence(house: House, pilot: Pilot) -> None:
    for item in house.library.playbook.items_of(house.library.playbook.gates[0]):
        house.do(interviews.change_answer, MAYA, pilot.id, item.id, IN_PLACE)
    review = house.do(requesting.request, MAYA, pilot.id, BOARD)
    book = house.library.playbook
    stages = tuple(s.model_copy(update={"id": "shade"}) if s.id == "shadow" else s for s in book.stages)
    renamed = {"from_stage": "shade"}, {"to_stage": "shade"}
    first, second, *others = book.gates
    gates = (first.model_copy(update=renamed[1]), second.model_copy(update=renamed[0]), *others)
    changed(house, stages=stages, gates=gates)
    with pytest.raises(errors.GateGone):
        house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    assert house.pilot(pilot.id).stage == "pilot"
    changed(house, stages=stages[2:], gates=tuple(others))
    with pytest.raises(StageGone):
        house.do(interviews.start, MAYA, pilot.id)
    with pytest.raises(StageGone):
        house.do(reviews.gate_before, MAYA, pilot.id)


def test_an_interview_of_another_process_keeps_the_playbook_that_it_began_with(
    house: House, pilot: Pilot
) -> None:
    """Two processes run while one restarts with other files; what is kept in the database is known to both."""
    earlier = house.library.playbook
    house.store.write_sync(lambda tx: tx.playbooks.remember(earlier))
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    first, second = interview.asked[:2]
    question_shown(house, interview, "1001.000000")
    checklists = without(earlier, lambda item: item.id in {first, second})
    changed(house, checklists=checklists, version="another")
    assert house.library.book(earlier.version) is None
    assert say(house, CHECKABLE, "1002.000000")
    assert first in answers(house, interview)
    assert current(house, interview).open_item_id == second
