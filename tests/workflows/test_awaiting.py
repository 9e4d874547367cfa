"""What awaits somebody: questions put to them, what they undertook, their conversations, promotions."""

from datetime import date, timedelta

from bot.domain.actions import Action
from bot.domain.asks import Ask
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.portfolio import workflow

from .conftest import JONAS, MAYA, PRIYA, SAM, WORKSPACE, House, words_of


def awaits(house: House, person: str) -> str:
    body: Body = house.do(workflow.mine, person)
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
    assert "One thing awaits you" in said
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


def test_a_retired_pilot_awaits_nobody(house: House, pilot: Pilot) -> None:
    put(house, pilot, JONAS, house.now.date())
    house.do(pilots.retire, MAYA, pilot.id, "Learned enough")
    assert "Nothing awaits you" in awaits(house, JONAS)
