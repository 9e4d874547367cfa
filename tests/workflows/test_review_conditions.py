"""Approvals on conditions: what the form takes, what becomes of them, and who says that they are met."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.actions import Action, ActionState
from bot.domain.pilots import Pilot
from bot.domain.review import ConditionOverdue, NotAnApprover
from bot.domain.reviews import Review, ReviewState
from bot.pilots.errors import FieldsRefused, OnlyMembers
from bot.review import conditions, deciding, errors, workflow as reviews
from bot.review.forms import Entered

from .conftest import GONE, GUEST, JONAS, MAYA, PRIYA, SAM, WORKSPACE, House
from .gates import IN_PLACE, LENA, TOMAS, approves, board, decided_by, now, ready, request, seen

BOTH = board(risk=[PRIYA, SAM], security=[LENA, TOMAS])
DUE = date(2026, 12, 11)
TELL = Entered("Tell the works council", JONAS, DUE)


@pytest.fixture
def review(house: House, pilot: Pilot) -> Review:
    decided_by(house, {"risk": 1, "security": 1})
    return request(house, ready(house, pilot), BOTH)


def approves_with(house: House, by: str, review: Review, *rows: Entered) -> Review:
    numbered = dict(enumerate(rows, start=1))
    return house.do(deciding.approve_with, by, review.id, seen(now(house, review)), numbered, BOTH)


def of_pilot(house: House, pilot_id: str, **how: Any) -> list[Action]:
    return house.store.read_sync(lambda tx: tx.actions.conditions_of_pilot(pilot_id, **how))


@pytest.fixture
def condition(house: House, review: Review) -> Action:
    approves_with(house, PRIYA, review, TELL)
    approves(house, LENA, review, BOTH)
    (agreed,) = of_pilot(house, review.pilot_id)
    return agreed


class TestAgreeing:
    def test_conditions_become_actions_when_it_is_approved_and_not_before(
        self, house: House, review: Review
    ) -> None:
        approves_with(house, PRIYA, review, TELL)
        assert of_pilot(house, review.pilot_id) == []
        assert (
            approves_with(house, LENA, review, Entered("Pen test", TOMAS, DUE), Entered()).state
            is ReviewState.APPROVED
        )
        found = {one.what: one for one in of_pilot(house, review.pilot_id)}
        assert set(found) == {"Tell the works council", "Pen test"}
        one = found["Tell the works council"]
        assert (one.owner_id, one.due_on, one.created_by, one.review_id) == (JONAS, DUE, PRIYA, review.id)
        assert house.audited(review.pilot_id).count("condition.agreed") == 2
        said = house.words(f"review:{review.id}:condition:{one.id}")
        assert "Tell the works council" in said
        assert f"<@{JONAS}>" in said
        assert "Tell the works council" in house.words(reviews.card_key(review.id))

    def test_conditions_of_a_vote_that_was_taken_back_are_gone(self, house: House, review: Review) -> None:
        approves_with(house, PRIYA, review, TELL)
        house.do(deciding.take_back, PRIYA, review.id, BOTH)
        approves(house, SAM, review, BOTH)
        approves(house, LENA, review, BOTH)
        assert of_pilot(house, review.pilot_id) == []

    def test_everything_that_a_row_lacks_is_said_at_its_field(self, house: House, review: Review) -> None:
        late = house.now.date() + timedelta(days=400)
        rows = (
            Entered("", None, None),
            Entered("Something", GONE, late),
            Entered(),
            Entered("", GUEST, house.now.date() - timedelta(days=1)),
            Entered("Fine", JONAS, house.now.date()),
        )
        with pytest.raises(FieldsRefused) as refused:
            approves_with(house, PRIYA, review, *rows)
        assert [(one.field, type(one)) for one in refused.value.fields] == [
            ("what_1", errors.ConditionNeeded),
            ("owner_1", errors.ConditionOwnerNeeded),
            ("due_1", errors.ConditionDayNeeded),
            ("owner_2", errors.ConditionOwnerUnfit),
            ("due_2", errors.ConditionDayOutOfReach),
            ("what_4", errors.ConditionNeeded),
            ("owner_4", errors.ConditionOwnerUnfit),
            ("due_4", errors.ConditionDayOutOfReach),
        ]
        assert house.store.read_sync(lambda tx: tx.votes.of_review(review.id)) == []

    def test_the_right_is_checked_before_the_form(self, house: House, review: Review) -> None:
        with pytest.raises(NotAnApprover):
            approves_with(house, JONAS, review, Entered())
        with pytest.raises(FieldsRefused):
            approves_with(house, PRIYA, review)


class TestMeeting:
    @pytest.mark.parametrize("who", [JONAS, MAYA, PRIYA])
    def test_its_owner_the_champion_and_who_set_it_say_that_it_is_met(
        self, house: House, condition: Action, who: str
    ) -> None:
        met = house.do(conditions.close, who, condition.id, ActionState.DONE, "Told on Monday.")
        assert (met.state, met.closed_by, met.outcome) == (ActionState.DONE, who, "Told on Monday.")
        assert "Told on Monday." in house.words(f"review:{condition.review_id}:condition:{condition.id}")
        word = house.words(f"review:{condition.review_id}:condition-met:{condition.id}")
        assert bool(word) is (who != PRIYA)
        assert "condition.met" in house.audited(condition.pilot_id)
        with pytest.raises(errors.ConditionClosed, match="met"):
            house.do(conditions.close, JONAS, condition.id, ActionState.DONE, "Again")

    def test_a_member_of_the_group_that_owns_it_does_as_well(self, house: House, condition: Action) -> None:
        group = frozenset({TOMAS})
        with pytest.raises(errors.NotYourCondition, match=JONAS):
            house.do(conditions.close, TOMAS, condition.id, ActionState.DONE, "Told.")
        with pytest.raises(errors.ConditionWords):
            house.do(conditions.close, TOMAS, condition.id, ActionState.DONE, " . ", owners=group)
        house.do(conditions.close, TOMAS, condition.id, ActionState.DONE, "Told.", owners=group)

    def test_nobody_else_and_nothing_without_words(self, house: House, condition: Action) -> None:
        with pytest.raises(errors.NotYourCondition):
            house.do(conditions.close, SAM, condition.id, ActionState.DONE, "Told.")
        with pytest.raises(OnlyMembers):
            house.do(conditions.close, GUEST, condition.id, ActionState.DONE, "Told.")
        with pytest.raises(errors.ConditionWords):
            house.do(conditions.close, JONAS, condition.id, ActionState.DONE, " ")
        with pytest.raises(errors.ConditionGone):
            house.do(conditions.close, JONAS, "forged", ActionState.DONE, "Told.")

    def test_an_approver_drops_it_with_a_reason_and_nobody_else_does(
        self, house: House, condition: Action
    ) -> None:
        for who in (MAYA, JONAS):
            with pytest.raises(errors.MayNotDrop):
                house.do(conditions.close, who, condition.id, ActionState.DROPPED, "No need", board=BOTH)
        with pytest.raises(errors.MayNotDrop):
            house.do(conditions.close, SAM, condition.id, ActionState.DROPPED, "No need")
        dropped = house.do(conditions.close, SAM, condition.id, ActionState.DROPPED, "No council", board=BOTH)
        assert dropped.state is ActionState.DROPPED
        assert "condition.dropped" in house.audited(condition.pilot_id)

    def test_an_overdue_one_is_in_the_way_of_the_next_request_until_it_is_met(
        self, house: House, condition: Action
    ) -> None:
        pilot = house.pilot(condition.pilot_id)
        following = house.library.playbook.gate_from(pilot.stage)
        assert following
        from bot.interview import workflow as interviews

        for item in house.library.playbook.items_of(following):
            house.do(interviews.change_answer, MAYA, pilot.id, item.id, IN_PLACE)
        house.now = house.now.replace(year=2026, month=12, day=12)
        with pytest.raises(ConditionOverdue):
            request(house, pilot, board(PRIYA))
        house.do(conditions.close, JONAS, condition.id, ActionState.DONE, "Told.")
        assert request(house, pilot, board(PRIYA)).is_open


def test_an_action_that_is_no_condition_is_not_closed_here(house: House, pilot: Pilot) -> None:
    action = Action(
        id="plain",
        workspace_id=WORKSPACE,
        pilot_id=pilot.id,
        item_id="rollback",
        what="Try it",
        owner_id=JONAS,
        created_by=MAYA,
        created_at=house.now,
    )
    house.store.write_sync(lambda tx: tx.actions.put(action))
    with pytest.raises(errors.ConditionGone):
        house.do(conditions.close, JONAS, action.id, ActionState.DONE, "Told.")
