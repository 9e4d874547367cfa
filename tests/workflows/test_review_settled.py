"""Where one decline does not end a review and roles change between clicks: a click still means what it says, and no more."""

import pytest

from bot.domain.pilots import Pilot
from bot.domain.review import QuestionOpen
from bot.domain.reviews import Review, ReviewState
from bot.review import changes

from .conftest import PRIYA, SAM, House
from .gates import LENA, RAJ, approves, board, decided_by, declines, ready, request, seen

ALL = board(risk=[PRIYA, SAM, LENA, RAJ])
WITHOUT_PRIYA = board(risk=[SAM, LENA, RAJ])


@pytest.fixture
def review(house: House, pilot: Pilot) -> Review:
    """A review that two have approved, one of whom was not in the role when the other one did, and is again."""
    decided_by(house, {"risk": 2}, decline_ends=False)
    review = request(house, ready(house, pilot), ALL)
    approves(house, PRIYA, review, ALL)
    assert approves(house, SAM, review, WITHOUT_PRIYA).is_open
    return review


def test_a_decline_is_never_the_click_that_approves(house: House, review: Review) -> None:
    assert declines(house, LENA, review, ALL).is_open
    assert house.pilot(review.pilot_id).stage == "pilot"
    decided = approves(house, RAJ, review, ALL)
    assert (decided.state, decided.decided_by) == (ReviewState.APPROVED, RAJ)


def test_a_decline_does_not_get_round_an_open_question_or_what_is_missing(
    house: House, review: Review
) -> None:
    house.do(changes.ask, RAJ, review.id, seen(review), "Who is on call?", ALL)
    assert declines(house, LENA, review, ALL).is_open
    with pytest.raises(QuestionOpen):
        approves(house, RAJ, review, ALL)
    assert house.pilot(review.pilot_id).stage == "pilot"


def test_an_approval_is_never_the_click_that_declines(house: House, pilot: Pilot) -> None:
    decided_by(house, {"risk": 2}, decline_ends=False)
    few = board(risk=[PRIYA, SAM, LENA])
    review = request(house, ready(house, pilot), few)
    assert declines(house, PRIYA, review, few).is_open
    fewer = board(risk=[PRIYA, SAM])
    assert approves(house, SAM, review, fewer).is_open
    decided = declines(house, LENA, review, few)
    assert (decided.state, decided.decided_by) == (ReviewState.DECLINED, LENA)
