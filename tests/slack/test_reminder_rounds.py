"""The minute's round of open reviews, with a scripted Slack: who is reminded is what Slack says now, or nobody is."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from aiohttp import web

from bot.delivery.engine import Engine
from bot.desk import Front, Office, Rooms
from bot.domain.messages import OutboundMessage
from bot.domain.reviews import Review
from bot.nudges import rounds
from bot.pilots import workflow as pilots
from bot.review import requesting
from bot.slack.gateway import SlackGateway
from bot.slack.people import Directory
from prompts.library import Library
from storage.store import Store
from storage.transaction import Tx
from tests.fresh import fresh_database
from tests.workflows.conftest import (
    MAYA,
    PLAYBOOK,
    PRIYA,
    REVIEWS,
    SAM,
    WORKSPACE,
    House,
    _settle_in as settle_in,
    registration,
)
from tests.workflows.gates import board, decided_by, ready

TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
GROUPS = {"S0RISK": "risk"}
DOWN = {"ok": False, "error": "internal_error"}


class Slack(Protocol):
    """What these tests use of the scripted Slack in conftest."""

    url: str
    methods: list[str]

    def answers(self, method: str, *answers: Any) -> None: ...


@dataclass
class Stopped:
    """A clock that the test moves."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class Undelivered:
    """The part of the engine that is used here: what would be delivered is kept."""

    kept: list[OutboundMessage] = field(default_factory=list)

    def deliver(self, messages: Iterable[OutboundMessage]) -> None:
        self.kept += messages


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Store.open(fresh_database(tmp_path / "preflight.db")) as store:
        made = House(store, Library.load(PLAYBOOK))
        store.write_sync(settle_in)
        decided_by(made, {"risk": 1})
        yield made


def asked(house: House, name: str = "Refund triage") -> Review:
    pilot = ready(house, house.do(pilots.register, MAYA, registration(name=name)))
    return house.do(requesting.request, MAYA, pilot.id, board(risk=[PRIYA, SAM]))


def members(slack: Slack, *people: str) -> None:
    """Let Slack say who is in the group from now on."""

    async def said(_: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "users": list(people)})

    listed = [{"id": one, "handle": handle, "users": list(people)} for one, handle in GROUPS.items()]
    slack.answers("usergroups.list", {"ok": True, "usergroups": listed})
    slack.answers("usergroups.users.list", said)


@pytest.fixture
async def front(slack: Slack, house: House) -> AsyncIterator[Front]:
    async with SlackGateway("xoxb-made-up", slack.url) as gateway:
        clock = Stopped(TUESDAY)
        engine = cast("Engine", Undelivered())
        office = Office(house.store, engine, house.library, clock, Rooms(review=REVIEWS))
        yield Front(office, gateway, Directory(house.store, gateway, clock))


def told(house: House, review: Review) -> list[str]:
    """Return who is to hear of a review, or heard."""
    found = house.store.read_sync(lambda tx: tx.notices.of_pilot(review.pilot_id))
    return sorted(one.person_id for one in found)


def next_at(house: House, review: Review) -> datetime | None:
    def read(tx: Tx) -> datetime | None:
        found = tx.reviews.get(WORKSPACE, review.id)
        return found.next_reminder_at if found else None

    return house.store.read_sync(read)


async def test_those_are_reminded_who_are_in_the_role_now(slack: Slack, house: House, front: Front) -> None:
    review = asked(house)
    members(slack, PRIYA)  # Sam has left the group since the request
    await rounds.go_on(front, TUESDAY)
    assert told(house, review) == [PRIYA]
    await rounds.go_on(front, TUESDAY + timedelta(minutes=1))
    assert told(house, review) == [PRIYA]


async def test_while_slack_is_silent_nobody_is_reminded_and_it_is_asked_again_in_a_minute(
    slack: Slack, house: House, front: Front
) -> None:
    review = asked(house)
    slack.answers("usergroups.list", DOWN, DOWN, DOWN, DOWN)
    await rounds.go_on(front, TUESDAY)
    assert told(house, review) == []
    later = next_at(house, review)
    assert later == TUESDAY + timedelta(minutes=1)
    members(slack, PRIYA, SAM)
    await rounds.go_on(front, later)
    assert told(house, review) == [PRIYA, SAM]


async def test_a_group_that_is_gone_keeps_no_other_review_waiting(
    slack: Slack, house: House, front: Front
) -> None:
    first, second = asked(house), asked(house, "Invoice matching")
    slack.answers("usergroups.list", {"ok": True, "usergroups": []})
    await rounds.go_on(front, TUESDAY)
    assert next_at(house, first) == next_at(house, second) == TUESDAY + timedelta(hours=1)


async def test_a_stranger_is_asked_about_before_their_hours_count(
    slack: Slack, house: House, front: Front
) -> None:
    review = asked(house)
    members(slack, "U0NEW")
    profile = {"id": "U0NEW", "team_id": WORKSPACE, "name": "new", "tz": "America/Los_Angeles", "profile": {}}
    slack.answers("users.info", {"ok": True, "user": profile})
    await rounds.go_on(front, TUESDAY)  # half past one at night there
    assert told(house, review) == []
    assert next_at(house, review) == datetime(2026, 11, 24, 17, tzinfo=UTC)
    await rounds.go_on(front, TUESDAY.replace(hour=17))
    assert told(house, review) == ["U0NEW"]
