"""What awaits somebody: questions put to them, what they undertook, their conversations, promotions."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import event

from bot.desk import Desk, Rooms
from bot.domain.actions import Action, ActionState
from bot.domain.answers import Reading, Status
from bot.domain.asks import Ask
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.reviews import Board, Condition, Review
from bot.domain.values import PREFLIGHT, Occasion
from bot.handover import workflow as handing_over
from bot.interview import workflow as interviews
from bot.nudges import awaited
from bot.pilots import workflow as pilots
from bot.portfolio import workflow
from bot.review import changes as questions, conditions, requesting, workflow as reviews
from bot.stages import workflow as stages
from bot.waivers import shown as waivers, workflow as waiving
from storage.transaction import Tx

from .conftest import (
    BOARD,
    JONAS,
    MAYA,
    PANEL,
    PRIYA,
    REVIEWS,
    SAM,
    WORKSPACE,
    House,
    registration,
    words_of,
)
from .gates import (
    IN_PLACE,
    LENA,
    NOT_YET,
    RAJ,
    TOMAS,
    approves,
    board,
    changes,
    decided_by,
    ready,
    seen,
)
from .reopened import becomes
from .test_playbook_changes import changed, without


def awaits(house: House, person: str, groups: dict[str, str] | None = None) -> str:
    body: Body = house.do(workflow.mine, person, groups)
    return words_of(body)


def put(house: House, pilot: Pilot, owner: str, due_on: date | None, item_id: str = "rollback") -> None:
    action = Action(
        id=f"act-{item_id}", workspace_id=WORKSPACE, pilot_id=pilot.id, item_id=item_id, what="Try the switch once",
        owner_id=owner, due_on=due_on, created_by=MAYA, created_at=house.now,
    )  # fmt: skip
    house.store.write_sync(lambda tx: tx.actions.put(action))


def test_nothing_awaits_somebody_without_a_part_in_anything(house: House, pilot: Pilot) -> None:
    del pilot
    assert "Nothing awaits you" in awaits(house, SAM)


def test_a_question_that_was_put_to_somebody_awaits_them_and_nobody_else(house: House, pilot: Pilot) -> None:
    ask = Ask(
        id="k", workspace_id=WORKSPACE, pilot_id=pilot.id, item_id="ownership", asked_id=PRIYA, people=(PRIYA,),
        asked_by=MAYA, asked_at=house.now,
    )  # fmt: skip
    house.store.write_sync(lambda tx: tx.asks.open(ask))
    said = awaits(house, PRIYA)
    assert said.startswith("One thing awaits you.\n")
    assert "*One thing awaits you*" in said
    assert "Which team is called" in said
    assert f"<@{MAYA}>" in said
    assert "Which team" not in awaits(house, SAM)


def test_what_is_overdue_comes_first_and_says_so(house: House, pilot: Pilot) -> None:
    today = house.now.date()
    put(house, pilot, JONAS, today + timedelta(days=3), "monitoring")
    put(house, pilot, JONAS, today - timedelta(days=1), "rollback")
    said = awaits(house, JONAS)
    assert said.index("*Rollback*") < said.index("*Monitoring*")
    assert "*Overdue*" in said


def test_a_day_is_over_when_it_is_over_where_the_person_is(house: House, pilot: Pilot) -> None:
    put(house, pilot, JONAS, house.now.date())
    house.now = house.now.replace(hour=22, minute=30)  # half past eleven in Berlin
    assert "*Overdue*" not in awaits(house, JONAS)
    house.later(hours=1)
    assert "*Overdue*" in awaits(house, JONAS)


def test_a_conversation_awaits_those_who_answer_for_the_pilot(house: House, pilot: Pilot) -> None:
    house.do(interviews.start, MAYA, pilot.id)
    assert "7 questions left" in awaits(house, MAYA)
    assert "7 questions left" in awaits(house, JONAS)
    assert "7 questions left" not in awaits(house, SAM)


def test_what_only_the_playbook_of_a_running_interview_asks_still_awaits(house: House, pilot: Pilot) -> None:
    house.do(interviews.start, MAYA, pilot.id)
    was = house.library.playbook
    put(house, pilot, JONAS, house.now.date())
    changed(house, version="another", checklists=without(was, lambda item: item.id == "rollback"))
    house.library = house.library.knowing([was])
    assert "*Rollback*" in awaits(house, JONAS)


def promoted(house: House, pilot: Pilot) -> Review:
    """Put everything in place and ask for the promotion."""
    for item_id in house.do(interviews.start, MAYA, pilot.id).asked:
        said = Reading(
            status=Status.IN_PLACE, detail="It is in the runbook", evidence=("https://wiki.example/1",)
        )
        house.do(interviews.change_answer, MAYA, pilot.id, item_id, said)
    return house.do(requesting.request, MAYA, pilot.id, BOARD)


def asked_of_the_database(house: House, person: str) -> int:
    """Return how many statements it takes to say what awaits somebody."""
    at = Occasion(workspace_id=WORKSPACE, actor_id=person, now=house.now)

    def count(tx: Tx) -> int:
        statements: list[str] = []

        def note(*told: object) -> None:
            statements.append(str(told[2]))

        event.listen(tx.connection, "before_cursor_execute", note)
        try:
            workflow.home(Desk(tx, at, house.library, Rooms()))
        finally:
            event.remove(tx.connection, "before_cursor_execute", note)
        return len(statements)

    return house.store.read_sync(count)


def test_many_pilots_take_no_more_questions_to_the_database_than_a_few(house: House, pilot: Pilot) -> None:
    promoted(house, pilot)
    people = (MAYA, JONAS, PRIYA)
    few = [asked_of_the_database(house, one) for one in people]
    for number in range(9):
        promoted(house, house.do(pilots.register, MAYA, registration(name=f"Pilot {number}")))
    many = [asked_of_the_database(house, one) for one in people]
    assert all(after <= before for after, before in zip(many, few, strict=True)), (few, many)


def test_a_promotion_awaits_while_it_can_be_decided_with_the_way_to_its_card(
    house: House, pilot: Pilot
) -> None:
    first = promoted(house, pilot)
    house.deliver(reviews.card_key(first.id), "1700000000.000100")
    said = awaits(house, SAM)
    assert "asks to go to shadow" in said
    assert f"https://northwind.example/archives/{REVIEWS}/p1700000000000100" in said
    house.do(stages.retire, MAYA, pilot.id, "Learned enough", "Ask earlier.")
    assert "asks to go" not in awaits(house, SAM)


def test_a_promotion_awaits_those_who_may_decide_it_and_nobody_else(house: House, pilot: Pilot) -> None:
    promoted(house, pilot)
    approvers, others = {"S0GATE": "gate-approvers"}, {"S0OTHER": "others"}
    assert "asks to go" in awaits(house, SAM, approvers)
    assert "asks to go" not in awaits(house, SAM, others)
    assert "asks to go" not in awaits(house, MAYA, approvers)  # who asked for it


def test_what_a_group_owns_awaits_its_members(house: House) -> None:
    pilot = house.do(pilots.register, MAYA, registration(owner_id="S0PAYMENTS"))
    house.do(interviews.start, MAYA, pilot.id)
    put(house, pilot, "S0PAYMENTS", house.now.date())
    mine = {"S0PAYMENTS": "payments"}
    assert "7 questions left" in awaits(house, SAM, mine)
    assert "*Rollback*" in awaits(house, SAM, mine)
    assert "Nothing awaits you" in awaits(house, SAM, {"S0OTHER": "others"})
    assert "Nothing awaits you" in awaits(house, SAM)
    assert "Your pilots" in words_of(house.do(workflow.home, SAM, mine))
    others = words_of(house.do(workflow.home, SAM, {}))
    assert "Your pilots" not in others
    assert "Portfolio" in others


def test_a_retired_pilot_awaits_nobody(house: House, pilot: Pilot) -> None:
    put(house, pilot, JONAS, house.now.date())
    house.do(stages.retire, MAYA, pilot.id, "Learned enough", "Ask earlier.")
    assert "Nothing awaits you" in awaits(house, JONAS)


def test_a_pilot_of_theirs_with_something_missing_awaits_them_until_it_is_asked_about(
    house: House, pilot: Pilot
) -> None:
    said = awaits(house, MAYA)
    assert "7 things are missing, and nobody is asked right now" in said
    assert "7 things are missing" not in awaits(house, SAM)
    house.do(interviews.start, MAYA, pilot.id)
    assert "things are missing" not in awaits(house, MAYA)


RISK = board(risk=[PRIYA, SAM])


def decided(house: House, pilot: Pilot, *steps: dict[str, int], those: Board = RISK, **policy: Any) -> Review:
    """Ask for a promotion that a policy decides."""
    decided_by(house, *steps, **policy)
    return house.do(requesting.request, MAYA, ready(house, pilot).id, those)


class TestVotes:
    def test_a_vote_is_awaited_until_it_is_given(self, house: House, pilot: Pilot) -> None:
        review = decided(house, pilot, {"risk": 2})
        assert "asks to go" in awaits(house, PRIYA)
        approves(house, PRIYA, review, RISK)
        assert "asks to go" not in awaits(house, PRIYA)
        assert "asks to go" in awaits(house, SAM)

    def test_what_changed_since_is_asked_again(self, house: House, pilot: Pilot) -> None:
        review = decided(house, pilot, {"risk": 2})
        approves(house, PRIYA, review, RISK)
        other = IN_PLACE.model_copy(update={"evidence": ("https://a.example/other",)})
        changes(house, review, "rollback", other)
        assert "changed since you voted" in awaits(house, PRIYA)
        assert "changed since you voted" not in awaits(house, SAM)

    def test_the_next_step_waits_for_the_one_before(self, house: House, pilot: Pilot) -> None:
        those = board(technical=[LENA], risk=[PRIYA])
        review = decided(house, pilot, {"technical": 1}, {"risk": 1}, those=those)
        assert "asks to go" not in awaits(house, PRIYA)
        approves(house, LENA, review, those)
        assert "asks to go" in awaits(house, PRIYA)

    def test_who_alone_answered_a_critical_item_is_not_awaited(self, house: House, pilot: Pilot) -> None:
        book = house.library.playbook
        critical = next(item.id for item in book.items_of(book.gates[0]) if item.critical)
        house.do(interviews.change_answer, SAM, pilot.id, critical, IN_PLACE)
        decided_by(house, {"risk": 1})
        for item in book.items_of(book.gates[0]):
            if item.id != critical:
                house.do(interviews.change_answer, MAYA, pilot.id, item.id, IN_PLACE)
        house.do(requesting.request, MAYA, pilot.id, RISK)
        assert "asks to go" not in awaits(house, SAM)
        assert "asks to go" in awaits(house, PRIYA)

    def test_those_who_were_called_in_are_awaited_from_then_on(self, house: House, pilot: Pilot) -> None:
        those = board(risk=[PRIYA], office=[RAJ])
        review = decided(
            house, pilot, {"risk": 1}, those=those, escalate_after_working_days=4, fallback="office",
            expires_after_working_days=10,
        )  # fmt: skip
        assert "asks to go" not in awaits(house, RAJ)
        house.later(days=7)
        house.do(awaited.remind, PREFLIGHT, review.id, those)
        assert "asks to go" in awaits(house, RAJ)
        assert "asks to go" in awaits(house, PRIYA)

    def test_a_new_member_of_the_group_is_awaited_and_a_former_one_is_not(
        self, house: House, pilot: Pilot
    ) -> None:
        decided(house, pilot, {"risk": 1})
        assert "asks to go" in awaits(house, TOMAS, {"S0RISK": "risk"})
        assert "asks to go" not in awaits(house, SAM, {})

    def test_who_may_never_decide_is_not_awaited(self, house: House, pilot: Pilot) -> None:
        decided(house, pilot, {"risk": 1}, never=(SAM,))
        assert "asks to go" not in awaits(house, SAM)

    def test_what_has_expired_awaits_nobody(self, house: House, pilot: Pilot) -> None:
        decided(house, pilot, {"risk": 1})
        house.later(days=10)
        assert "asks to go" not in awaits(house, PRIYA)


class TestDecisions:
    def test_a_question_awaits_who_speaks_for_the_pilot_and_not_the_approvers(
        self, house: House, pilot: Pilot
    ) -> None:
        review = decided(house, pilot, {"risk": 1})
        change = house.do(questions.ask, PRIYA, review.id, seen(review), "Who is called at night?", RISK)
        said = awaits(house, MAYA)
        assert "Who is called at night?" in said
        assert f"review.answer_change:{change.id}" in said
        assert "asks to go" not in awaits(house, SAM)
        house.do(questions.answer, MAYA, change.id, "The rota.")
        assert "Who is called at night?" not in awaits(house, MAYA)
        assert "asks to go" in awaits(house, SAM)

    def test_a_condition_awaits_its_owner_with_the_way_to_say_that_it_is_done(
        self, house: House, pilot: Pilot
    ) -> None:
        review = decided(house, pilot, {"risk": 1})
        due = house.now.date() + timedelta(days=3)
        agreed = (Condition(what="Add a second contact", owner_id=JONAS, due_on=due),)
        approves(house, PRIYA, review, RISK, conditions=agreed)
        said = awaits(house, JONAS)
        assert "*Condition* for Refund triage: Add a second contact" in said
        assert "review.condition_done:" in said
        assert "*Overdue*" not in said
        house.later(days=4)
        assert "*Overdue*" in awaits(house, JONAS)
        (condition,) = house.store.read_sync(lambda tx: tx.actions.conditions_of_pilot(pilot.id))
        house.do(conditions.close, JONAS, condition.id, ActionState.DONE, "It is in the runbook.")
        assert "Add a second contact" not in awaits(house, JONAS)

    def test_a_waiver_awaits_those_who_may_grant_it(self, house: House, pilot: Pilot) -> None:
        until = house.now.date() + timedelta(days=20)
        wanted = waiving.Entered(("rollback",), until, "The switch comes next week.")
        request = house.do(waiving.ask, JONAS, pilot.id, wanted, PANEL)
        house.deliver(waivers.card_key(request.id), "1700000000.000200")
        approvers = {"S0GATE": "gate-approvers"}
        said = awaits(house, SAM, approvers)
        assert f"<@{JONAS}> asks to waive rollback" in said
        assert "/p1700000000000200" in said
        assert "asks to waive" not in awaits(house, SAM, {})
        assert "asks to waive" not in awaits(house, JONAS, approvers)  # who asked
        assert "asks to waive" not in awaits(house, MAYA, approvers)  # the champion
        house.do(waiving.grant, SAM, request.id, PANEL)
        assert "asks to waive" not in awaits(house, SAM, approvers)

    def test_a_handover_awaits_whoever_is_proposed(self, house: House, pilot: Pilot) -> None:
        house.do(handing_over.propose, MAYA, pilot.id, SAM, "")
        said = awaits(house, SAM)
        assert f"<@{MAYA}> proposes you as its production owner" in said
        assert "handover.accept:" in said
        house.do(handing_over.propose, MAYA, pilot.id, "S0PAYMENTS", "")
        assert "production owner" not in awaits(house, SAM)
        assert "<!subteam^S0PAYMENTS> as its production owner" in awaits(
            house, SAM, {"S0PAYMENTS": "payments"}
        )

    def test_a_pilot_that_is_open_again_awaits_who_answers_for_it(self, house: House, pilot: Pilot) -> None:
        review = decided(house, pilot, {"risk": 1})
        approves(house, PRIYA, review, RISK)
        house.do(interviews.change_answer, MAYA, pilot.id, "rollback", NOT_YET)
        said = awaits(house, JONAS)
        assert "*Refund triage* is open again: rollback" in said
        assert "things are missing" not in said
        assert "open again" not in awaits(house, SAM)

    def test_of_a_pilot_whose_owner_left_the_way_on_is_to_hand_it_over(
        self, house: House, pilot: Pilot
    ) -> None:
        approves(house, PRIYA, decided(house, pilot, {"risk": 1}), RISK)
        becomes(house, JONAS, deactivated=True)
        said = awaits(house, MAYA)
        assert "is open again: the production owner" in said
        assert "handover.hand_over:" in said
