"""The work of a minute: in portions while all is well; one thing that is amiss keeps no other waiting, and no minute for ever."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import cast

import pytest
from sqlalchemy import text

from bot import minutes
from bot.assembly import CHORES, REACTIONS
from bot.delivery.engine import Engine
from bot.desk import Desk, Office, Rooms
from bot.domain.messages import OutboundMessage
from bot.domain.pilots import Pilot
from bot.minutes import Chore
from bot.pilots import workflow as pilots
from bot.review import requesting
from bot.waivers import workflow as waivers
from bot.waivers.workflow import Entered
from bot.watching import workflow as watching
from storage.failures import DatabaseBusy

from .conftest import MAYA, PANEL, PRIYA, REVIEWS, House, registration
from .reopened import BOARD, NOT_YET, answer, approve, flags, put_in_place


@dataclass
class Undelivered:
    """The part of the engine that is used here."""

    kept: list[OutboundMessage] = field(default_factory=list)

    def deliver(self, messages: Iterable[OutboundMessage]) -> None:
        self.kept += messages


@dataclass
class At:
    """A clock that says what the house says."""

    house: House

    def now(self) -> datetime:
        return self.house.now


@pytest.fixture
def office(house: House) -> Office:
    engine = cast("Engine", Undelivered())
    return Office(house.store, engine, house.library, At(house), Rooms(review=REVIEWS), REACTIONS)


def three(house: House) -> list[Pilot]:
    return [house.do(pilots.register, MAYA, registration(name=f"Pilot {n}")) for n in range(3)]


def break_review_of(house: House, pilot: Pilot) -> None:
    """Let what was approved be unreadable, as a newer version's words would be after a step back to an older one."""
    broken = text("UPDATE review SET snapshot = :said WHERE pilot_id = :pilot")
    said = '{"items": [{"item_id": "rollback", "standing": "in_some_new_way"}], "number": 1}'
    house.store.write_sync(lambda tx: tx.execute(broken, {"said": said, "pilot": pilot.id}))


async def test_a_pilot_with_which_something_is_amiss_keeps_no_other_waiting(
    office: Office, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, _ = three(house)
    for pilot in (first, second):
        put_in_place(house, pilot)
        approve(house, pilot)
    break_review_of(house, first)
    house.later(days=800)
    await minutes.do(office, CHORES["looks"], house.now)
    assert flags(house, second)
    assert f"what is due about {first.id} went wrong" in caplog.text
    assert flags(house, first) == []


async def test_owners_of_quiet_pilots_hear_although_one_cannot_be_told(office: Office, house: House) -> None:
    first, *others = three(house)

    def tell(desk: Desk, pilot_id: str) -> None:
        if pilot_id == first.id:
            raise ValueError("this one cannot be shown")
        watching.look_if_due(desk, pilot_id)

    def portion(desk: Desk) -> int:
        due = watching.due(desk, 200)
        for pilot_id in due:
            tell(desk, pilot_id)
        return len(due)

    house.later(days=14)
    await minutes.do(office, Chore(portion, watching.due, tell), house.now)
    assert [_is_to_be_told(house, one) for one in (first, *others)] == [False, True, True]


async def test_what_is_wrong_with_the_database_is_not_tried_one_by_one(office: Office, house: House) -> None:
    tried: list[str] = []

    def busy(_: Desk) -> int:
        raise DatabaseBusy("preflight.db", "locked")

    def one(_: Desk, found: str) -> None:
        tried.append(found)

    with pytest.raises(DatabaseBusy):
        await minutes.do(office, Chore(busy, lambda _desk, _limit: ["a"], one), house.now)
    assert tried == []


async def test_each_chore_done_one_by_one_does_what_its_portions_do(office: Office, house: House) -> None:
    """Waivers lapse, reviews expire, gates open again and owners hear, whichever of the two ways is taken."""

    def fails(_: Desk) -> int:
        raise ValueError("whatever")

    first, second, third = three(house)
    for pilot in (first, second):
        put_in_place(house, pilot)
    approve(house, first)
    house.do(requesting.request, MAYA, second.id, BOARD)
    asked = house.do(waivers.ask, MAYA, third.id, _entered(house, third), PANEL)
    house.do(waivers.grant, PRIYA, asked.id, PANEL)
    house.later(days=100)
    for chore in CHORES.values():
        for _ in range(2):  # the second time there is nothing left to do
            await minutes.do(office, Chore(fails, chore.due, chore.one), house.now)
    assert flags(house, first)
    assert house.audited(second.id).count("review.expired") == 1
    assert "waiver.lapsed" in house.audited(third.id)
    assert _is_to_be_told(house, first)


def _entered(house: House, pilot: Pilot) -> Entered:
    answer(house, pilot, "rollback", NOT_YET)
    return Entered(("rollback",), (house.now + timedelta(days=20)).date(), "Twenty cases a day.")


def _is_to_be_told(house: House, pilot: Pilot) -> bool:
    return bool(house.store.read_sync(lambda tx: tx.notices.of_pilot(pilot.id)))


async def test_what_comes_after_a_piece_that_fails_is_done_in_its_turn(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []

    async def piece(name: str, now: datetime) -> None:
        done.append(name)
        if name == "looks":
            raise ValueError(now)

    pieces = {name: partial(piece, name) for name in ("watch", "looks", "digests")}
    await minutes.in_turn(pieces, datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert done == ["watch", "looks", "digests"]
    assert "the minute's work looks went wrong" in caplog.text
