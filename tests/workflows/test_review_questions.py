"""Questions that approvers hand back: asked, answered by who speaks for the pilot, taken back; the review stays open."""

import pytest

from bot.domain import review as rules
from bot.domain.pilots import Pilot
from bot.domain.reviews import ChangeState, Review, ReviewState
from bot.pilots.errors import OnlyMembers
from bot.review import changes, errors, requesting, workflow as reviews

from .conftest import GUEST, JONAS, MAYA, PRIYA, SAM, House
from .gates import LENA, TOMAS, approves, board, decided_by, declines, now, ready, request, seen

BOTH = board(risk=[PRIYA, SAM], security=[LENA, TOMAS])
WHO = "Who gets the alert at night?"


@pytest.fixture
def review(house: House, pilot: Pilot) -> Review:
    decided_by(house, {"risk": 1, "security": 1})
    return request(house, ready(house, pilot), BOTH, by=JONAS)


def asks(house: House, by: str, review: Review, question: str = WHO) -> str:
    return house.do(changes.ask, by, review.id, seen(now(house, review)), question, BOTH).id


def test_a_question_goes_to_the_requester_and_nobody_approves_until_it_is_answered(
    house: House, review: Review
) -> None:
    change_id = asks(house, PRIYA, review)
    asked = house.words(f"review:{review.id}:question:{change_id}")
    assert f"<@{JONAS}>" in asked
    assert WHO in asked
    assert "review.answer_change" in asked
    assert WHO in house.words(reviews.card_key(review.id))
    for who in (PRIYA, LENA):
        with pytest.raises(rules.QuestionOpen, match=PRIYA):
            approves(house, who, review, BOTH)
    house.do(changes.answer, JONAS, change_id, "The rota, since Monday.")
    told = house.words(f"review:{review.id}:answered:{change_id}")
    assert f"<@{PRIYA}>" in told
    assert "The rota, since Monday." in told
    assert "review.answer_change" not in house.words(f"review:{review.id}:question:{change_id}")
    approves(house, PRIYA, review, BOTH)
    assert approves(house, LENA, review, BOTH).state is ReviewState.APPROVED
    assert [one for one in house.audited(review.pilot_id) if "changes" in one] == [
        "review.changes_requested",
        "review.changes_answered",
    ]


def test_declining_is_possible_while_a_question_is_open(house: House, review: Review) -> None:
    change_id = asks(house, PRIYA, review)
    assert declines(house, LENA, review, BOTH).state is ReviewState.DECLINED
    with pytest.raises(rules.AlreadyDecided):
        house.do(changes.answer, JONAS, change_id, "Too late")
    assert "review.answer_change" not in house.words(f"review:{review.id}:question:{change_id}")


def test_the_champion_answers_as_well_and_nobody_else(house: House, review: Review) -> None:
    change_id = asks(house, PRIYA, review)
    for who in (SAM, PRIYA, LENA):
        with pytest.raises(errors.NotYourQuestion, match=JONAS):
            house.do(changes.answer, who, change_id, "I know")
    with pytest.raises(OnlyMembers):
        house.do(changes.answer, GUEST, change_id, "I know")
    assert house.do(changes.answer, MAYA, change_id, "The rota.").state is ChangeState.ANSWERED


def test_only_who_asked_takes_a_question_back(house: House, review: Review) -> None:
    change_id = asks(house, PRIYA, review)
    for who in (SAM, JONAS):
        with pytest.raises(errors.NotYoursToTakeBack, match=PRIYA):
            house.do(changes.take_back, who, change_id)
    house.do(changes.take_back, PRIYA, change_id)
    approves(house, LENA, review, BOTH)
    with pytest.raises(errors.QuestionClosed):
        house.do(changes.answer, JONAS, change_id, "The rota.")


def test_asking_in_other_words_replaces_the_question(house: House, review: Review) -> None:
    first = asks(house, PRIYA, review)
    _, standing = house.do(changes.may_ask, PRIYA, review.id, seen(review), BOTH)
    assert standing
    assert standing.id == first
    second = asks(house, PRIYA, review, "Who looks at the costs?")
    states = house.store.read_sync(lambda tx: tx.changes.of_review(review.id))
    assert {one.id: one.state for one in states} == {
        first: ChangeState.TAKEN_BACK,
        second: ChangeState.OPEN,
    }


def test_two_people_ask_and_both_are_to_be_answered(house: House, review: Review) -> None:
    one, other = asks(house, PRIYA, review), asks(house, LENA, review, "And the costs?")
    house.do(changes.answer, JONAS, one, "The rota.")
    with pytest.raises(rules.QuestionOpen, match=LENA):
        approves(house, PRIYA, review, BOTH)
    house.do(changes.answer, JONAS, other, "Finance.")
    approves(house, PRIYA, review, BOTH)


def test_who_has_no_right_to_decide_hands_nothing_back(house: House, review: Review) -> None:
    for who, refusal in (
        (JONAS, rules.SelfApproval),
        (MAYA, rules.ChampionApproval),
        (GUEST, rules.NotAMember),
        ("U0STRANGER", rules.NotAMember),
    ):
        with pytest.raises(refusal):
            asks(house, who, review)


def test_nothing_is_asked_or_answered_without_words_or_about_nothing(house: House, review: Review) -> None:
    with pytest.raises(errors.QuestionNeeded):
        asks(house, PRIYA, review, "  \n")
    change_id = asks(house, PRIYA, review)
    with pytest.raises(errors.ReplyNeeded):
        house.do(changes.answer, JONAS, change_id, " ")
    for work in (changes.take_back, changes.get):
        with pytest.raises(errors.QuestionGone):
            house.do(work, PRIYA, "forged")


def test_a_question_about_a_request_that_is_withdrawn_closes_with_it(house: House, review: Review) -> None:
    change_id = asks(house, PRIYA, review)
    house.do(requesting.withdraw, JONAS, review.id)
    assert house.do(changes.get, PRIYA, change_id).state is ChangeState.TAKEN_BACK
    assert "The request is over" in house.words(f"review:{review.id}:question:{change_id}")


def test_a_question_about_what_has_changed_since_is_refused(house: House, review: Review) -> None:
    with pytest.raises(errors.ChangedSince):
        house.do(changes.ask, PRIYA, review.id, "forged", WHO, BOTH)
