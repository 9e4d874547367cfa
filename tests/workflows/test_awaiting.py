"""What awaits somebody: questions put to them, what they undertook, their conversations, promotions."""

from datetime import date, timedelta

from sqlalchemy import event

from bot.desk import Desk, Rooms
from bot.domain.actions import Action
from bot.domain.answers import Reading, Status
from bot.domain.asks import Ask
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.reviews import Review
from bot.domain.values import Occasion
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.portfolio import workflow
from bot.review import requesting, workflow as reviews
from bot.stages import workflow as stages
from storage.transaction import Tx

from .conftest import BOARD, JONAS, MAYA, PRIYA, REVIEWS, SAM, WORKSPACE, House, registration, words_of
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
    few = asked_of_the_database(house, MAYA)
    for number in range(9):
        promoted(house, house.do(pilots.register, MAYA, registration(name=f"Pilot {number}")))
    assert asked_of_the_database(house, MAYA) <= few


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
    assert "*Your pilots*" in words_of(house.do(workflow.home, SAM, mine))
    assert "*Other pilots*" in words_of(house.do(workflow.home, SAM, {}))


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
