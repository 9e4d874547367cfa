"""What an answer costs: follow-ups to every change must stay cheap while nothing follows from it."""

from typing import Any

from sqlalchemy import event

from bot.assembly import REACTIONS
from bot.desk import Desk, Rooms, react
from bot.domain.answers import Status
from bot.domain.conversations import Interview
from bot.domain.pilots import Pilot
from bot.domain.values import Occasion
from bot.interview import shown, workflow as interviews
from storage.transaction import Tx

from .conftest import MAYA, REVIEWS, WORKSPACE, House
from .reopened import IN_PLACE, approve, put_in_place

ANSWER = 34
"""Statements of an answer that is recorded, counted, shown, and followed up where nothing follows: each thing is read once."""
ANSWER_BEHIND_A_GATE = 35
"""The same where a board let the pilot in."""
WITHOUT_A_GATE = 2
"""Statements of all that follows from an answer in a stage into which no gate leads, where nothing is under review."""
BEHIND_A_GATE = 3
"""The same where a board let the pilot in, and what that stands on is looked at."""


COUNTING = 3
"""What keeping the portfolio's counters costs a change: what was counted is read and kept, and the counters change at once."""


def test_counting_a_change_costs_little(house: House, pilot: Pilot) -> None:
    gate = house.library.playbook.gate_from(pilot.stage)
    assert gate
    item = house.library.playbook.items_of(gate)[0].id
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(str(told[2]))

    writing = house.store._engines[0]
    event.listen(writing, "before_cursor_execute", note)
    house.do(interviews.change_answer, MAYA, pilot.id, item, IN_PLACE)
    event.remove(writing, "before_cursor_execute", note)
    counting = [one for one in said if " counted" in one or " tally" in one]
    assert len(counting) == COUNTING, "\n".join(counting)


def asking(house: House, pilot: Pilot) -> Interview:
    """Begin an interview that Slack shows, and let its first question be thought about."""
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), f"{house.now:%s}.000100")
    house.later(seconds=20)
    return interview


def answering(house: House, pilot: Pilot) -> list[str]:
    """Return all statements of an answer by a button, from BEGIN to the last one before COMMIT."""
    interview, writing = asking(house, pilot), house.store._engines[0]
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(str(told[2]))

    event.listen(writing, "before_cursor_execute", note)
    house.do(interviews.answer_by_button, MAYA, interview.id, interview.asked[0], Status.PARTLY)
    event.remove(writing, "before_cursor_execute", note)
    return said


def following(house: House, pilot: Pilot) -> list[str]:
    """Return the statements of what follows from an answer by a button."""
    interview = asking(house, pilot)
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(str(told[2]))

    def within(tx: Tx) -> None:
        at = Occasion(workspace_id=WORKSPACE, actor_id=MAYA, now=house.now)
        desk = Desk(tx, at, house.library, Rooms(review=REVIEWS))
        interviews.answer_by_button(desk, interview.id, interview.asked[0], Status.PARTLY)
        event.listen(tx.connection, "before_cursor_execute", note)
        react(desk, REACTIONS)
        event.remove(tx.connection, "before_cursor_execute", note)

    house.store.write_sync(within, now=house.now)
    return said


def test_nothing_follows_from_an_ordinary_answer_and_that_costs_little(house: House, pilot: Pilot) -> None:
    found = following(house, pilot)
    assert len(found) <= WITHOUT_A_GATE, "\n".join(found)


def test_what_an_approval_stands_on_is_read_once(house: House, pilot: Pilot) -> None:
    put_in_place(house, pilot)
    approve(house, pilot)
    house.later(hours=1)
    found = following(house, house.pilot(pilot.id))
    assert len(found) <= BEHIND_A_GATE, "\n".join(found)


def test_an_answer_reads_each_thing_once(house: House, pilot: Pilot) -> None:
    said = answering(house, pilot)
    assert len(said) <= ANSWER, "\n".join(said)


def test_an_answer_behind_a_gate_reads_each_thing_once(house: House, pilot: Pilot) -> None:
    put_in_place(house, pilot)
    approve(house, pilot)
    house.later(hours=1)
    said = answering(house, house.pilot(pilot.id))
    assert len(said) <= ANSWER_BEHIND_A_GATE, "\n".join(said)
