"""The channels that the company set aside: a missing one is looked for again, and never more often than it helps."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.rooms import AGAIN_AFTER, RoomSearch
from bot.slack.answers import Channel
from bot.slack.failures import Ambiguous
from bot.slack.payloads import MembershipChanged

WORKSPACE, BOT = "T0001", "U0BOT"
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class Slack:
    """Knows some channels by name, and counts how often it is asked."""

    known: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    is_away: bool = False

    async def channel_named(self, workspace_id: str, name: str) -> Channel | None:
        assert workspace_id == WORKSPACE
        self.asked += 1
        if self.is_away:
            raise Ambiguous("TimeoutError", "conversations.list")
        found = self.known.get(name)
        return Channel(found, name, is_private=False, is_archived=False, is_member=True) if found else None


@pytest.fixture
def slack() -> Slack:
    return Slack({"gate-reviews": "C0REVIEWS"})


@pytest.fixture
def search(slack: Slack) -> RoomSearch:
    return RoomSearch(
        slack, WORKSPACE, BOT, {"review": "gate-reviews", "digest": "ai-portfolio", "operations": None}
    )


def invited(user_id: str = BOT, *, joined: bool = True) -> MembershipChanged:
    return MembershipChanged(
        workspace_id=WORKSPACE, user_id=user_id, delivery="Ev1", channel_id="C0ANY", joined=joined
    )


async def test_what_is_missing_at_the_start_is_said_once_and_what_is_there_is_kept(
    search: RoomSearch, caplog: pytest.LogCaptureFixture
) -> None:
    rooms = await search.begin()
    assert (rooms.review, rooms.digest, rooms.operations) == ("C0REVIEWS", None, None)
    for minutes in range(0, 600, 10):
        await search.go_on(MORNING + timedelta(minutes=minutes))
    assert caplog.text.count("ai-portfolio was not found") == 1


async def test_a_missing_one_is_found_within_the_hour_that_it_is_made(
    slack: Slack, search: RoomSearch
) -> None:
    rooms = await search.begin()
    slack.known["ai-portfolio"] = "C0DIGEST"
    await search.go_on(MORNING)
    assert rooms.digest is None
    await search.go_on(MORNING + AGAIN_AFTER)
    assert rooms.digest == "C0DIGEST", "also for whoever holds the rooms since the start"
    asked = slack.asked
    await search.go_on(MORNING + 3 * AGAIN_AFTER)
    assert slack.asked == asked, "nothing is missing any more"


async def test_it_is_found_at_once_when_preflight_is_invited(slack: Slack, search: RoomSearch) -> None:
    rooms = await search.begin()
    slack.known["ai-portfolio"] = "C0DIGEST"
    asked = slack.asked
    await search.on_membership(invited("U0SOMEBODY"))
    await search.on_membership(invited(joined=False))
    assert slack.asked == asked
    await search.on_membership(invited())
    assert rooms.digest == "C0DIGEST"


async def test_a_slack_that_is_away_changes_nothing_and_is_asked_again_later(
    slack: Slack, search: RoomSearch
) -> None:
    rooms = await search.begin()
    await search.go_on(MORNING)
    slack.known["ai-portfolio"], slack.is_away = "C0DIGEST", True
    await search.go_on(MORNING + AGAIN_AFTER)
    await search.on_membership(invited())
    assert (rooms.review, rooms.digest) == ("C0REVIEWS", None)
    slack.is_away = False
    await search.go_on(MORNING + 2 * AGAIN_AFTER)
    assert rooms.digest == "C0DIGEST"
