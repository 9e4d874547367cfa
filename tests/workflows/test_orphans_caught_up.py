"""People who left a pilot's channel, or came back, while Preflight was down: found by who is in it, and never by what is not known."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.delivery.engine import Engine
from bot.desk import Front, Office, Rooms
from bot.domain.messages import OutboundMessage
from bot.domain.pilots import Pilot
from bot.domain.values import PREFLIGHT
from bot.orphans import championship, workflow as orphans
from bot.orphans.catching_up import AT_A_TIME, Muster
from bot.pilots import workflow as pilots
from bot.slack.failures import Ambiguous, SlackFailure, Terminal

from .conftest import JONAS, MAYA, PILOTS, PRIYA, House, registration
from .test_minutes import At
from .test_orphans import claims, leaves, missed, present, word

EVERYBODY = frozenset({MAYA, JONAS, PRIYA})


class Undelivered:
    """The part of the engine that is used here."""

    def deliver(self, messages: Iterable[OutboundMessage]) -> None:
        del messages


@dataclass
class Slack:
    """Knows who is in a channel, and counts how often it is asked."""

    members_of: dict[str, frozenset[str] | None] = field(default_factory=dict)
    failure: SlackFailure | None = None
    failing: frozenset[str] = frozenset()
    """Channels of which Slack never tells, while it tells of others."""
    meanwhile: Callable[[], None] | None = None
    """What happens while Slack is asked."""
    asked: list[str] = field(default_factory=list)

    async def members(self, workspace_id: str, channel_id: str) -> frozenset[str] | None:
        del workspace_id
        self.asked.append(channel_id)
        if self.failure:
            raise self.failure
        if channel_id in self.failing:
            raise Ambiguous("TimeoutError")
        found = self.members_of.get(channel_id, EVERYBODY)
        if self.meanwhile:
            self.meanwhile()
        return found


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def muster(house: House, slack: Slack) -> Muster:
    engine = cast("Engine", Undelivered())
    office = Office(house.store, engine, house.library, At(house), Rooms(), ())
    return Muster(Front(office, cast("Any", slack), cast("Any", None)))


async def next_day(house: House, muster: Muster) -> None:
    house.later(days=1)
    await muster.go_on(house.now)


async def test_who_left_the_channel_while_nobody_listened_is_missed_there(
    house: House, pilot: Pilot, muster: Muster, slack: Slack
) -> None:
    await muster.go_on(house.now)
    assert missed(house, pilot) == ()
    slack.members_of[PILOTS] = EVERYBODY - {MAYA}
    await next_day(house, muster)
    assert [one.person_id for one in missed(house, pilot)] == [MAYA]
    assert "has left this channel" in word(house, pilot)


async def test_who_came_back_while_nobody_listened_is_missed_no_more(
    house: House, pilot: Pilot, muster: Muster, slack: Slack
) -> None:
    slack.members_of[PILOTS] = EVERYBODY - {MAYA}
    present(house, MAYA, away=True)
    await muster.go_on(house.now)
    assert missed(house, pilot)
    slack.members_of[PILOTS] = EVERYBODY
    await next_day(house, muster)
    assert missed(house, pilot) == ()
    assert "is here again" in word(house, pilot)


@pytest.mark.usefixtures("pilot")
async def test_who_was_never_in_the_channel_has_not_left_it(
    house: House, pilot: Pilot, muster: Muster, slack: Slack
) -> None:
    slack.members_of[PILOTS] = frozenset({PRIYA})
    for _ in range(3):
        await next_day(house, muster)
    assert missed(house, pilot) == ()


async def test_who_takes_a_pilot_on_from_outside_the_channel_is_not_missed_for_it(
    house: House, pilot: Pilot, muster: Muster, slack: Slack
) -> None:
    house.do(pilots.register, PRIYA, registration(name="Invoices", champion_id=PRIYA))
    await muster.go_on(house.now)
    slack.members_of[PILOTS] = EVERYBODY - {MAYA, PRIYA}
    leaves(house, MAYA)
    claims(house, PRIYA, pilot)
    present(house, PRIYA, away=True)
    claimed_since = house.do(pilots.register, PRIYA, registration(name="Store chat", champion_id=PRIYA))
    for _ in range(2):
        await next_day(house, muster)
    assert missed(house, claimed_since) == ()


async def test_who_has_left_the_company_stays_missed_although_slack_still_lists_them(
    house: House, pilot: Pilot, muster: Muster
) -> None:
    leaves(house, MAYA)
    await next_day(house, muster)
    assert [one.person_id for one in missed(house, pilot)] == [MAYA]


@pytest.mark.parametrize(
    "failure", [Terminal("missing_scope", "conversations.members"), Ambiguous("TimeoutError"), None]
)
async def test_nobody_has_gone_because_a_call_failed_or_a_list_was_not_whole(
    house: House,
    pilot: Pilot,
    muster: Muster,
    slack: Slack,
    failure: SlackFailure | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await muster.go_on(house.now)
    slack.failure = failure
    slack.members_of[PILOTS] = None
    await next_day(house, muster)
    await muster.go_on(house.now)
    assert missed(house, pilot) == ()
    assert caplog.text.count("was not to be learned") == (1 if failure else 0)


async def test_slack_is_asked_once_a_day_for_a_channel_a_few_a_minute(
    house: House, muster: Muster, slack: Slack
) -> None:
    channels = [f"C0CHANNEL{number:02}" for number in range(AT_A_TIME + 3)]
    for number, channel_id in enumerate(channels):
        house.do(pilots.register, MAYA, registration(name=f"Pilot {number}", channel_id=channel_id))
    await muster.go_on(house.now)
    assert len(slack.asked) == AT_A_TIME
    for _ in range(30):
        house.later(minutes=30)
        await muster.go_on(house.now)
    assert sorted(slack.asked) == channels
    slack.asked.clear()
    await next_day(house, muster)
    await next_day(house, muster)
    assert len(slack.asked) == 2 * AT_A_TIME


async def test_a_new_pilots_people_are_looked_for_in_the_next_minute_and_not_again(
    house: House, muster: Muster, slack: Slack
) -> None:
    await muster.go_on(house.now)
    pilot = house.do(pilots.register, MAYA, registration())
    for _ in range(3):
        house.later(minutes=1)
        await muster.go_on(house.now)
    assert slack.asked == [PILOTS]
    slack.members_of[PILOTS] = EVERYBODY - {JONAS}
    house.later(days=1)
    await muster.go_on(house.now)
    assert [one.person_id for one in missed(house, pilot)] == [JONAS]


async def test_while_slack_takes_no_calls_the_others_wait_and_nothing_is_asked_every_minute(
    house: House, pilot: Pilot, muster: Muster, slack: Slack
) -> None:
    house.do(pilots.register, MAYA, registration(name="Invoices", channel_id="C0OTHER"))
    slack.failure = Ambiguous("TimeoutError")
    await muster.go_on(house.now)
    assert len(slack.asked) == 1
    slack.failure = None
    house.later(minutes=1)
    await muster.go_on(house.now)
    assert sorted(set(slack.asked)) == ["C0OTHER", PILOTS]
    assert missed(house, pilot) == ()


async def test_one_channel_of_which_slack_never_tells_keeps_no_other_from_being_looked_into(
    house: House, muster: Muster, slack: Slack
) -> None:
    for number, channel_id in enumerate(("C0A", "C0B", "C0C")):
        house.do(pilots.register, MAYA, registration(name=f"Pilot {number}", channel_id=channel_id))
    await muster.go_on(house.now)
    slack.failing, slack.asked = frozenset({"C0A"}), []
    for minute in range(3):
        house.later(**({"minutes": 1} if minute else {"days": 1}))
        await muster.go_on(house.now)
    assert {"C0B", "C0C"} <= set(slack.asked)


async def test_who_leaves_while_slack_is_asked_is_not_taken_for_back(
    house: House, pilot: Pilot, muster: Muster, slack: Slack
) -> None:
    await muster.go_on(house.now)

    def leaves_meanwhile() -> None:
        house.later(minutes=1)
        present(house, MAYA, away=True)

    slack.meanwhile = leaves_meanwhile
    await next_day(house, muster)
    assert [one.person_id for one in missed(house, pilot)] == [MAYA]
    slack.meanwhile = None
    slack.members_of[PILOTS] = EVERYBODY - {MAYA}
    await next_day(house, muster)
    assert [one.person_id for one in missed(house, pilot)] == [MAYA]


async def test_who_leaves_after_passing_a_pilot_on_and_is_given_it_back_has_not_left_it(
    house: House, pilot: Pilot, muster: Muster, slack: Slack
) -> None:
    await muster.go_on(house.now)
    house.store.write_sync(lambda tx: tx.pilots.set_champion(pilot.id, PRIYA))
    slack.members_of[PILOTS] = EVERYBODY - {MAYA}
    assert house.do(orphans.answers_in, PREFLIGHT, PILOTS, MAYA), "so that it is heard that she left"
    present(house, MAYA, away=True)
    house.later(hours=1)
    house.do(lambda desk: championship.take(desk, house.pilot(pilot.id), MAYA), MAYA)
    await next_day(house, muster)
    assert missed(house, pilot) == ()


def test_what_is_known_of_who_is_there_changes_nothing_when_it_is_told_twice(
    house: House, pilot: Pilot
) -> None:
    for _ in range(2):
        assert house.do(orphans.note_members, PREFLIGHT, PILOTS, EVERYBODY) == 0
    assert house.do(orphans.note_members, PREFLIGHT, PILOTS, EVERYBODY - {MAYA}) == 1
    house.now += timedelta(hours=1)
    assert house.do(orphans.note_members, PREFLIGHT, PILOTS, EVERYBODY - {MAYA}) == 0
    assert len(missed(house, pilot)) == 1
