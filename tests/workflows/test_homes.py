"""Home tabs that people have open: drawn anew when they should show something else, never too often, and never back in time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.delivery.engine import Engine
from bot.desk import Front, Office, Rooms
from bot.domain.notices import Mute
from bot.domain.pilots import Pilot
from bot.domain.values import Occasion
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.portfolio.homes import A_MINUTE, Homes
from bot.slack.answers import Group
from bot.slack.failures import Ambiguous, RateLimited
from bot.slack.gateway import SlackGateway
from bot.slack.payloads import HomeOpened
from bot.slack.people import Directory

from .conftest import JONAS, MAYA, SAM, WORKSPACE, House, registration, words_of
from .gates import IN_PLACE
from .test_minutes import At, Undelivered


@dataclass
class Held:
    """A tab that is on its way for long."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_arrive: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Screens:
    """What Slack shows on people's Home tabs, and everything that was ever published."""

    shown: dict[str, Any] = field(default_factory=dict)
    published: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    held: dict[str, Held] = field(default_factory=dict)
    """Whose next tab is held up."""

    async def publish_home(self, _: str, user_id: str, view: dict[str, Any]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        if held := self.held.pop(user_id, None):
            held.begun.set()
            await held.may_arrive.wait()
        self.published.append(user_id)
        self.shown[user_id] = view

    async def groups_lately(self, _: str) -> list[Group]:
        return []

    def says(self, user_id: str) -> str:
        return words_of(self.shown.get(user_id, {}))


@dataclass
class Known:
    """Everybody is known."""

    async def know(self, *_: str) -> None:
        return None


@dataclass
class Seconds:
    """Seconds that pass when somebody sleeps."""

    at: float = 0.0
    pass_by: asyncio.Event = field(default_factory=asyncio.Event)
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds
        self.slept.append(seconds)
        await self.pass_by.wait()


@dataclass
class World:
    """One process: an office whose bell rings, and the tabs that it draws."""

    house: House
    screens: Screens
    seconds: Seconds
    office: Office
    homes: Homes

    async def opens(self, *people: str) -> None:
        for person in people:
            opened = HomeOpened(workspace_id=WORKSPACE, user_id=person, delivery=f"home:{person}")
            await self.homes.on_opened(opened)
        await self.homes.settled()

    async def answers(self, pilot: Pilot, item_id: str = "rollback") -> None:
        at = Occasion(workspace_id=WORKSPACE, actor_id=MAYA, now=self.house.now)
        await self.office.carry_out(interviews.change_answer, at, pilot.id, item_id, IN_PLACE)


def world(house: House, screens: Screens) -> World:
    engine, seconds = cast("Engine", Undelivered()), Seconds()
    seconds.pass_by.set()
    office = Office(house.store, engine, house.library, At(house), Rooms())
    front = Front(office, cast("SlackGateway", screens), cast("Directory", Known()))
    homes = Homes(front, now=seconds.now, sleep=seconds.sleep)
    office.bell.subscribe(homes.on_changed)
    office.bell.when_done(homes.on_done)
    return World(house, screens, seconds, office, homes)


def muted(here: World, pilot: Pilot, by: str) -> Mute:
    return Mute(
        id="m1", workspace_id=WORKSPACE, person_id=by, pilot_id=pilot.id, reason="On leave", muted_by=by,
        since=here.house.now, until=here.house.now.date() + timedelta(days=9),
    )  # fmt: skip


@pytest.fixture
async def here(house: House) -> AsyncIterator[World]:
    made = world(house, Screens())
    yield made
    await made.homes.stop()


async def test_a_change_is_shown_to_whoever_looks_once_however_many_changes_there_are(
    here: World, pilot: Pilot
) -> None:
    await here.opens(MAYA, SAM)
    here.screens.published.clear()
    here.seconds.pass_by.clear()
    for item_id in ("rollback", "monitoring", "fallback"):
        await here.answers(pilot, item_id)
    here.seconds.pass_by.set()
    await here.homes.settled()
    assert "3 of 7 in place" in here.screens.says(SAM)
    assert sorted(here.screens.published) == [MAYA, SAM]


async def test_a_tab_that_would_look_the_same_is_left_alone(here: World, pilot: Pilot) -> None:
    await here.opens(SAM)
    here.screens.published.clear()
    here.homes.on_changed(WORKSPACE, frozenset({pilot.id}))
    await here.homes.settled()
    await here.homes.go_on(here.house.now)
    await here.homes.settled()
    assert here.screens.published == []


async def test_who_has_not_looked_for_half_an_hour_is_left_alone(here: World, pilot: Pilot) -> None:
    await here.opens(SAM)
    here.screens.published.clear()
    here.house.now += timedelta(minutes=31)
    await here.answers(pilot)
    await here.homes.settled()
    assert here.screens.published == []


async def test_days_that_pass_show_without_any_change(here: World, pilot: Pilot) -> None:
    del pilot
    here.house.now += timedelta(hours=23, minutes=50)
    await here.opens(SAM)
    assert "changed today" in here.screens.says(SAM)
    here.house.now += timedelta(minutes=15)
    await here.homes.go_on(here.house.now)
    await here.homes.settled()
    assert "last change" in here.screens.says(SAM)


async def test_no_more_than_twenty_tabs_are_drawn_anew_in_a_minute(here: World, pilot: Pilot) -> None:
    people = [f"U0P{number:02d}" for number in range(A_MINUTE + 5)]
    await here.opens(*people)
    here.screens.published.clear()
    began = here.seconds.at
    await here.answers(pilot)
    await here.homes.settled()
    assert sorted(here.screens.published) == people
    assert here.seconds.at - began >= 60


async def test_a_failure_harms_neither_the_change_nor_the_other_tabs(here: World, pilot: Pilot) -> None:
    await here.opens(MAYA, SAM)
    here.screens.failures = [Ambiguous("internal_error", "views.publish")]
    await here.answers(pilot)
    await here.homes.settled()
    assert here.house.pilot(pilot.id).in_place == 1
    assert sum("1 of 7 in place" in here.screens.says(one) for one in (MAYA, SAM)) == 1
    await here.homes.go_on(here.house.now)
    await here.homes.settled()
    assert all("1 of 7 in place" in here.screens.says(one) for one in (MAYA, SAM))


async def test_slack_is_left_in_peace_for_as_long_as_it_asks(here: World, pilot: Pilot) -> None:
    await here.opens(MAYA, SAM)
    here.screens.failures = [RateLimited(45.0, "views.publish")]
    await here.answers(pilot)
    await here.homes.settled()
    assert max(here.seconds.slept) >= 43
    assert sum("1 of 7 in place" in here.screens.says(one) for one in (MAYA, SAM)) == 1


async def test_a_tab_drawn_from_an_older_state_by_another_process_does_not_stay(
    here: World, pilot: Pilot
) -> None:
    there = world(here.house, here.screens)
    await here.opens(SAM)
    late = here.screens.held[SAM] = Held()
    await here.answers(pilot)  # this process draws the first change, and what it draws is on its way for long
    await late.begun.wait()
    await there.answers(pilot, "monitoring")
    await there.homes.settled()
    assert "2 of 7 in place" in here.screens.says(SAM)
    late.may_arrive.set()  # now the older one arrives
    await here.homes.settled()
    assert "2 of 7 in place" in here.screens.says(SAM)
    await there.homes.stop()


async def test_what_is_opened_while_it_is_drawn_anew_shows_the_newer(here: World, pilot: Pilot) -> None:
    await here.opens(JONAS)
    late = here.screens.held[JONAS] = Held()
    await here.answers(pilot)
    await late.begun.wait()
    await here.answers(pilot, "monitoring")
    opening = asyncio.create_task(here.opens(JONAS))
    await asyncio.sleep(0.01)
    late.may_arrive.set()
    await opening
    assert "2 of 7 in place" in here.screens.says(JONAS)


async def test_what_somebody_does_shows_on_their_own_tab_though_no_pilot_was_changed(
    here: World, pilot: Pilot
) -> None:
    await here.opens(MAYA, SAM)
    here.screens.published.clear()
    at = Occasion(workspace_id=WORKSPACE, actor_id=MAYA, now=here.house.now)
    await here.office.carry_out(lambda desk: desk.tx.mutes.add(muted(here, pilot, MAYA)), at)
    await here.homes.settled()
    assert "is muted until" in here.screens.says(MAYA)
    assert here.screens.published == [MAYA]


async def test_who_does_something_does_not_wait_until_all_others_are_drawn(here: World, pilot: Pilot) -> None:
    people = [f"U0P{number:02d}" for number in range(12)]
    await here.opens(*people, SAM)
    here.screens.published.clear()
    late = here.screens.held[people[5]] = Held()
    await here.answers(pilot)
    await late.begun.wait()
    at = Occasion(workspace_id=WORKSPACE, actor_id=SAM, now=here.house.now)
    await here.office.carry_out(lambda desk: desk.tx.mutes.add(muted(here, pilot, SAM)), at)
    late.may_arrive.set()
    await here.homes.settled()
    published = here.screens.published
    assert published.index(SAM) == published.index(people[5]) + 1
    assert "is muted until" in here.screens.says(SAM)
    assert all("1 of 7 in place" in here.screens.says(one) for one in (*people, SAM))


async def test_a_process_that_ends_stops_drawing(here: World, pilot: Pilot) -> None:
    await here.opens(SAM)
    here.screens.held[SAM] = Held()
    await here.answers(pilot)
    await here.homes.stop()
    here.screens.published.clear()
    await here.answers(pilot, "monitoring")
    await here.homes.settled()
    assert here.screens.published == []


async def test_a_new_pilot_appears(here: World) -> None:
    await here.opens(SAM)
    assert "No pilot is registered yet" in here.screens.says(SAM)
    at = Occasion(workspace_id=WORKSPACE, actor_id=MAYA, now=here.house.now)
    await here.office.carry_out(pilots.register, at, registration())
    await here.homes.settled()
    assert "Refund triage" in here.screens.says(SAM)
