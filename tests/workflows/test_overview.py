"""The list and the Home tab: the furthest first, with what is in place today."""

from datetime import timedelta

from bot.domain.answers import Reading, Status
from bot.domain.pilots import Pilot
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.portfolio import workflow
from storage.transaction import Tx

from .conftest import MAYA, SAM, House, registration, words_of

DONE = Reading(status=Status.IN_PLACE, detail="It is in the runbook", evidence=("https://wiki.example/1",))


def test_evidence_that_grew_too_old_since_the_last_change_is_not_counted(house: House, pilot: Pilot) -> None:
    house.do(interviews.change_answer, MAYA, pilot.id, "monitoring", DONE)
    assert "1 of 7 in place" in words_of(house.do(workflow.list_all, SAM))
    item = house.library.playbook.item("monitoring")
    assert item
    house.now += timedelta(days=item.freshness_days)
    assert "0 of 7 in place" in words_of(house.do(workflow.list_all, SAM))
    assert "0 of 7 in place" in words_of(house.do(workflow.home, MAYA))
    assert "0 of 7 in place" in words_of(house.do(workflow.home, SAM))


def test_the_furthest_pilot_comes_first(house: House, pilot: Pilot) -> None:
    second = house.do(pilots.register, MAYA, registration(name="Second"))
    third = house.do(pilots.register, MAYA, registration(name="Third"))
    house.do(interviews.change_answer, MAYA, second.id, "monitoring", DONE)

    def move(tx: Tx) -> None:
        tx.pilots.move_if_at(third.id, pilot.stage, "shadow", house.now)

    house.store.write_sync(move)
    said = words_of(house.do(workflow.list_all, SAM))
    assert "*Three active pilots*, the furthest first" in said
    assert said.index("*Third*") < said.index("*Second*") < said.index("*Refund triage*")
