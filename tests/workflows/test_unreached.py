"""Somebody named in plain words fills no seat; that is said where it is written, and in the status, and not only at the request."""

import pytest

from bot.domain.answers import Reading, Status, Value
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.domain.policies import ApproverRole
from bot.interview import lines, workflow as interviews
from bot.portfolio import workflow as portfolio

from .books import asks_only, item
from .conftest import MAYA, PILOTS, SAM, House, words_of

IN_WORDS = Reading(status=Status.IN_PLACE, detail="Anna Weber from Finance")
MENTIONED = Reading(status=Status.IN_PLACE, detail="@Sam", value=Value(kind=AnswerKind.PERSON, ids=(SAM,)))


@pytest.fixture
def asked(house: House, pilot: Pilot) -> Pilot:
    """A pilot that is asked for its patron, whose answer says who decides."""
    role = ApproverRole(id="patron", title="the patron", item="patron")
    asks_only(house, item("patron", kind=AnswerKind.PERSON), item("rollback"), roles=(role,))
    knows = house.library.playbook.nudges.knows.model_copy(update={"sponsor": "patron"})
    nudges = house.library.playbook.nudges.model_copy(update={"knows": knows})
    asks_only(house, item("patron", kind=AnswerKind.PERSON), item("rollback"), roles=(role,), nudges=nudges)
    return pilot


def line(house: House, pilot: Pilot, reading: Reading, item_id: str = "patron") -> str:
    answer = house.do(interviews.change_answer, MAYA, pilot.id, item_id, reading)
    found = house.library.playbook.item(item_id)
    assert found
    return words_of(lines.settled_message(house.library, pilot, found, answer))


def status(house: House, pilot: Pilot) -> str:
    return words_of(house.do(portfolio.status, MAYA, pilot.name, PILOTS))


def test_a_name_in_words_is_taken_and_told_to_reach_nobody(house: House, asked: Pilot) -> None:
    said = line(house, asked, IN_WORDS)
    assert "Anna Weber from Finance" in said
    assert "reaches nobody in Slack" in said
    assert "mention them with @" in said


def test_the_status_says_so_with_a_button_before_anybody_asks_for_the_promotion(
    house: House, asked: Pilot
) -> None:
    line(house, asked, IN_WORDS)
    said = status(house, asked)
    assert "*Patron* is answered with a name in words" in said
    assert "Mention them" in said


def test_somebody_who_is_mentioned_is_reached(house: House, asked: Pilot) -> None:
    assert "reaches nobody" not in line(house, asked, MENTIONED)
    assert "reaches nobody" not in status(house, asked)


def test_what_says_not_yet_or_names_nobody_who_is_looked_up_is_left_alone(house: House, asked: Pilot) -> None:
    not_yet = Reading(status=Status.NOT_YET, detail="Nobody so far")
    assert "reaches nobody" not in line(house, asked, not_yet)
    assert "reaches nobody" not in line(house, asked, IN_WORDS, "rollback")
    assert "reaches nobody" not in status(house, asked)
