"""Ending a pilot with what was learned, and letting it go on again, without Slack."""

from datetime import date
from typing import Any

import pytest

from bot.desk import Desk
from bot.domain.answers import Reading, Status
from bot.domain.handovers import HandoverState
from bot.domain.moves import MoveKind
from bot.domain.pilots import RETIRED, Pilot
from bot.domain.reviews import ReviewState
from bot.handover import workflow as handovers
from bot.handover.shown import asked_key
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldsRefused, NotYours, PilotRetired, WhichPilot
from bot.review import requesting, workflow as reviews
from bot.stages import errors, finding, workflow as stages
from prompts.library import Library

from .conftest import BOARD, JONAS, MAYA, PILOTS, PRIYA, SAM, WORKSPACE, House, registration
from .looked_at import next_look
from .staged import moves_of, promoted, said

IN_PLACE = Reading(status=Status.IN_PLACE, detail="Live since 3 March", evidence=("https://a.example/proof",))
WHY, LEARNED = "Cost per case was three times the value.", "Price one case first."
DIFFERENT = "Two more markets sort their refunds with us."


def retire(house: House, pilot: Pilot, by: str = MAYA, **changed: Any) -> Pilot:
    facts: dict[str, Any] = {"reason": WHY, "learned": LEARNED}
    return house.do(stages.retire, by, pilot.id, **(facts | changed))


def wrong(refused: pytest.ExceptionInfo[FieldsRefused]) -> dict[str, str]:
    return {one.field: type(one).__name__ for one in refused.value.fields}


def test_a_pilot_ends_with_why_and_with_what_was_learned(house: House, pilot: Pilot) -> None:
    retired = retire(house, pilot, by=JONAS)
    assert retired.stage == RETIRED
    word = said(house, PILOTS, in_thread=True) or said(house, PILOTS)
    assert WHY in word
    assert LEARNED in word
    last = moves_of(house, pilot.id)[-1]
    assert (last.kind, last.from_stage, last.reason, last.learned) == (
        MoveKind.RETIRED, "pilot", WHY, LEARNED,
    )  # fmt: skip
    assert next_look(house, pilot) is None
    with pytest.raises(PilotRetired):
        retire(house, pilot)
    with pytest.raises(PilotRetired):
        house.do(pilots.find, MAYA, "refund triage", PILOTS, "status")


def test_both_fields_are_asked_for_at_once(house: House, pilot: Pilot) -> None:
    with pytest.raises(FieldsRefused) as refused:
        retire(house, pilot, reason=" ", learned="\u200b")
    assert wrong(refused) == {"reason": "WhyEmpty", "learned": "LearnedEmpty"}
    with pytest.raises(FieldsRefused) as also:
        retire(house, pilot, learned="")
    assert wrong(also) == {"learned": "LearnedEmpty"}
    assert not house.pilot(pilot.id).retired


def test_only_whoever_answers_for_a_pilot_ends_it(house: House, pilot: Pilot) -> None:
    with pytest.raises(NotYours, match=f"<@{MAYA}> or <@{JONAS}>"):
        retire(house, pilot, by=SAM)
    assert retire(house, pilot, by=SAM, owner_group=frozenset({SAM})).retired


def test_retiring_ends_a_hold_a_proposal_and_what_is_asked_for(house: House, pilot: Pilot) -> None:
    interview = house.do(interviews.start, MAYA, pilot.id)
    for item_id in interview.asked:
        house.do(interviews.change_answer, MAYA, pilot.id, item_id, IN_PLACE)
    review = house.do(requesting.request, MAYA, pilot.id, BOARD)
    house.do(handovers.propose, MAYA, pilot.id, SAM)
    retire(house, pilot)
    closed = house.do(reviews.get, MAYA, review.id)
    assert (closed.state, closed.reason) == (ReviewState.WITHDRAWN, WHY)

    def handed(desk: Desk) -> set[HandoverState]:
        return {one.state for one in desk.tx.handovers.of_pilot(pilot.id)}

    assert house.do(handed, MAYA) == {HandoverState.SUPERSEDED}


def test_a_pilot_on_hold_that_ends_is_on_hold_no_more(house: House, pilot: Pilot) -> None:
    house.do(stages.hold, MAYA, pilot.id, "", "It waits", date(2027, 3, 1))
    assert retire(house, pilot).hold is None
    house.do(stages.revive, MAYA, pilot.id, DIFFERENT)
    assert house.pilot(pilot.id).hold is None


# Reviving


@pytest.fixture
def retired(house: House, pilot: Pilot) -> Pilot:
    promoted(house, pilot.id, "shadow")
    retire(house, pilot)
    house.later(days=90)
    return house.pilot(pilot.id)


def test_a_revived_pilot_goes_on_where_it_was_and_its_clocks_begin_anew(house: House, retired: Pilot) -> None:
    assert "pilot.revive" in house.words(pilots.card_key(retired.id))
    revived = house.do(stages.revive, JONAS, retired.id, DIFFERENT)
    assert revived.stage == "shadow"
    assert revived.stage_since == house.now
    assert DIFFERENT in (said(house, PILOTS, in_thread=True) or said(house, PILOTS))
    assert "pilot.revive" not in house.words(pilots.card_key(retired.id))
    last = moves_of(house, retired.id)[-1]
    assert (last.kind, last.from_stage, last.to_stage) == (MoveKind.REVIVED, RETIRED, "shadow")
    assert house.do(pilots.find, MAYA, "refund triage", PILOTS, "status").id == retired.id


def test_whoever_was_asked_to_own_it_when_it_ended_is_asked_anew(house: House, pilot: Pilot) -> None:
    house.do(handovers.propose, MAYA, pilot.id, SAM, "You know the queue.")
    house.later(days=1)
    retire(house, pilot)
    house.do(stages.revive, MAYA, pilot.id, DIFFERENT)
    waiting = house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
    assert waiting
    assert (waiting.to_id, waiting.proposed_by, waiting.note) == (SAM, MAYA, "You know the queue.")
    assert "You know the queue." in house.words(asked_key(waiting.id))
    assert f"<@{SAM}> (proposed)" in house.words(pilots.card_key(pilot.id))


def test_who_declined_or_left_before_is_not_asked_anew(house: House, pilot: Pilot) -> None:
    waiting = house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
    assert waiting
    house.do(handovers.refuse, JONAS, waiting.id, "I have three of them.")
    retire(house, pilot)
    house.do(stages.revive, MAYA, pilot.id, DIFFERENT)
    assert house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id)) is None
    house.do(handovers.propose, MAYA, pilot.id, SAM)
    house.later(days=1)
    retire(house, pilot)
    sam = house.store.read_sync(lambda tx: tx.people.get(WORKSPACE, SAM))
    assert sam
    gone = sam.model_copy(update={"deactivated": True})
    house.store.write_sync(lambda tx: tx.people.remember(gone))
    house.do(stages.revive, MAYA, pilot.id, DIFFERENT)
    assert house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id)) is None


def test_the_answers_of_a_revived_pilot_are_kept(house: House, pilot: Pilot) -> None:
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.do(interviews.change_answer, MAYA, pilot.id, interview.asked[0], IN_PLACE)
    retire(house, pilot)
    assert house.do(stages.revive, MAYA, pilot.id, DIFFERENT).in_place == 1


def test_reviving_needs_a_reason_and_somebody_of_the_pilot(house: House, retired: Pilot) -> None:
    with pytest.raises(FieldsRefused) as refused:
        house.do(stages.revive, MAYA, retired.id, " ")
    assert wrong(refused) == {"reason": "WhyEmpty"}
    with pytest.raises(NotYours):
        house.do(stages.revive, SAM, retired.id, DIFFERENT)
    house.do(stages.revive, MAYA, retired.id, DIFFERENT)
    with pytest.raises(errors.NotRetired, match="it is in shadow"):
        house.do(stages.revive, JONAS, retired.id, DIFFERENT)


def test_a_name_that_went_to_another_pilot_keeps_the_first_one_retired(house: House, retired: Pilot) -> None:
    house.do(pilots.register, PRIYA, registration(champion_id=PRIYA, name="REFUND  triage"))
    with pytest.raises(errors.NameGone, match="Another pilot is called Refund triage"):
        house.do(stages.may_revive, MAYA, retired.id)
    with pytest.raises(errors.NameGone):
        house.do(stages.revive, MAYA, retired.id, DIFFERENT)
    assert house.pilot(retired.id).retired


def test_where_its_stage_is_not_known_it_begins_at_the_first(house: House, retired: Pilot) -> None:
    book = house.library.playbook
    kept = tuple(stage for stage in book.stages if stage.id != "shadow")
    gates = tuple(gate for gate in book.gates if "shadow" not in {gate.from_stage, gate.to_stage})
    book = book.model_copy(update={"stages": kept, "gates": gates})
    house.library = Library(book, house.library.templates, house.library.earlier)
    assert house.do(stages.revive, MAYA, retired.id, DIFFERENT).stage == book.first_stage


def test_a_pilot_may_end_and_go_on_more_than_once(house: House, retired: Pilot) -> None:
    house.do(stages.revive, MAYA, retired.id, DIFFERENT)
    house.later(days=1)
    retire(house, retired, learned="Look twice.")
    house.later(days=1)
    assert house.do(stages.revive, MAYA, retired.id, DIFFERENT).stage == "shadow"
    kinds = [move.kind.value for move in moves_of(house, retired.id)]
    assert kinds == ["registered", "promoted", "retired", "revived", "retired", "revived"]


# Finding one that has ended


def test_a_retired_pilot_is_found_by_its_name_as_people_say_it(house: House, retired: Pilot) -> None:
    for words in ("Refund triage", "refund  TRIAGE", "refund-triage", ""):
        assert house.do(finding.find_retired, MAYA, words).id == retired.id, words


def test_a_name_that_is_spelt_wrongly_gets_the_nearest_one(house: House, retired: Pilot) -> None:
    with pytest.raises(errors.NoSuchRetired, match=r"Did you mean \*Refund triage\*"):
        house.do(finding.find_retired, MAYA, "refnd triag")
    with pytest.raises(errors.NoSuchRetired, match=r"The last one that ended is \*Refund triage\*"):
        house.do(finding.find_retired, MAYA, "zzz")
    second = house.do(pilots.register, MAYA, registration(name="Invoice matching"))
    with pytest.raises(errors.NotRetired):
        house.do(finding.find_retired, MAYA, "invoice matching")
    house.later(days=1)
    retire(house, second)
    with pytest.raises(WhichPilot, match="/pilot revive Invoice matching"):
        house.do(finding.find_retired, MAYA, "")


def test_where_nothing_was_retired_there_is_nothing_to_revive(house: House, pilot: Pilot) -> None:
    with pytest.raises(errors.NoneRetired):
        house.do(finding.find_retired, MAYA, "")
    with pytest.raises(errors.NotRetired):
        house.do(finding.find_retired, MAYA, pilot.name)
