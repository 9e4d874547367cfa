"""Where a workspace refuses charts and sortable tables, people see what stands in for them, once, and Slack is not asked in vain."""

import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from bot.domain.messages import Body
from bot.metrics import Counters
from bot.slack import blocks, charts
from bot.slack.charts import Series
from bot.slack.failures import Ambiguous, RateLimited, Terminal
from bot.slack.gateway import SlackGateway
from bot.slack.standing_in import REMEMBERED_FOR, StandIns
from sandbox.seed import AI_PILOTS, MAYA, NORTHWIND
from sandbox.server import Sandbox, running_sandbox

CHART = charts.bar("Pilots by stage", ["Idea", "Pilot"], [Series("Pilots", [3, 5])], "funnel")
TABLE = charts.data_table("Pilots", ["Pilot", "Days"], [["Refund triage", 3]], "pilots")
PLAIN = blocks.section("Idea 3, Pilot 5", "plainly")
WITH_CHART = blocks.message("The portfolio", [CHART], [PLAIN])
WITH_BOTH = blocks.message("The portfolio", [CHART, TABLE], [PLAIN])


class Slack:
    """Takes or refuses what it is sent, and remembers it."""

    def __init__(self, *refuses: str, error: str = "invalid_blocks") -> None:
        self.refuses = set(refuses)
        self.error = error
        self.shown: list[Mapping[str, Any]] = []
        self.asked = 0
        self.now = 0.0

    async def call(self, content: Mapping[str, Any]) -> str:
        self.asked += 1
        assert "instead" not in content
        if self.refuses & {block["type"] for block in content["blocks"]}:
            raise Terminal(self.error, "chat.postMessage")
        self.shown.append(content)
        return "shown"


def standing_in(slack: Slack) -> StandIns:
    return StandIns(Counters(), now=lambda: slack.now)


async def test_what_slack_takes_is_sent_as_it_is() -> None:
    slack = Slack()
    assert await standing_in(slack).send(WITH_CHART, slack.call) == "shown"
    assert slack.shown == [{"text": "The portfolio", "blocks": [CHART]}]
    assert slack.asked == 1


@pytest.mark.parametrize("error", ["invalid_blocks", "invalid_arguments", "msg_blocks_too_long"])
async def test_what_slack_refuses_is_sent_once_more_in_plain_blocks(
    error: str, caplog: pytest.LogCaptureFixture
) -> None:
    slack = Slack("data_visualization", error=error)
    with caplog.at_level(logging.WARNING):
        await standing_in(slack).send(WITH_CHART, slack.call)
    assert slack.shown == [{"text": "The portfolio", "blocks": [PLAIN]}]
    assert "refused data_visualization" in caplog.text


async def test_a_kind_that_was_refused_is_not_tried_for_an_hour_then_again() -> None:
    slack = Slack("data_table")
    stand_ins = standing_in(slack)
    for _ in range(3):
        await stand_ins.send(WITH_BOTH, slack.call)
    assert slack.asked == 4
    slack.now = REMEMBERED_FOR
    slack.refuses.clear()
    await stand_ins.send(WITH_BOTH, slack.call)
    assert slack.asked == 5
    assert slack.shown[-1]["blocks"] == WITH_BOTH["blocks"]


async def test_what_was_too_long_says_nothing_against_its_kind() -> None:
    slack = Slack("data_visualization", error="msg_blocks_too_long")
    stand_ins = standing_in(slack)
    for _ in range(2):
        await stand_ins.send(WITH_CHART, slack.call)
    assert slack.asked == 4


async def test_a_slip_in_the_plain_blocks_too_is_an_error_and_no_kind_is_blamed() -> None:
    slack = Slack("data_visualization", "section")
    stand_ins = standing_in(slack)
    with pytest.raises(Terminal):
        await stand_ins.send(WITH_CHART, slack.call)
    slack.refuses.clear()
    await stand_ins.send(WITH_CHART, slack.call)
    assert slack.shown[-1]["blocks"] == [CHART]


@pytest.mark.parametrize(
    "trouble", [Terminal("is_archived"), RateLimited(3.0), Ambiguous("http_502")], ids=["gone", "429", "502"]
)
async def test_any_other_trouble_is_not_answered_with_a_second_message(trouble: Exception) -> None:
    asked = 0

    async def call(_: Mapping[str, Any]) -> None:
        nonlocal asked
        asked += 1
        raise trouble

    with pytest.raises(type(trouble)):
        await standing_in(Slack()).send(WITH_CHART, call)
    assert asked == 1


async def test_a_message_with_nothing_to_stand_in_is_refused_as_before() -> None:
    slack = Slack("data_visualization")
    with pytest.raises(Terminal):
        await standing_in(slack).send(blocks.message("The portfolio", [CHART]), slack.call)
    assert slack.asked == 1


# The whole gateway, in a workspace that refuses them


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(posts_per_second=None) as running:
        await running.actions.refuse_blocks("data_table", "data_visualization")
        yield running


@pytest.fixture
async def gateway(sandbox: Sandbox) -> AsyncIterator[SlackGateway]:
    async with SlackGateway(sandbox.bot_token, sandbox.api_url) as opened:
        await opened.identity()
        yield opened


def shown(sandbox: Sandbox) -> list[Any]:
    return [message["blocks"] for message in sandbox.driver.messages(AI_PILOTS) if message.get("blocks")]


async def test_a_post_and_its_change_are_there_once_in_plain_blocks(
    sandbox: Sandbox, gateway: SlackGateway
) -> None:
    posted = await gateway.post(NORTHWIND, AI_PILOTS, WITH_BOTH, key="k")
    assert shown(sandbox) == [[PLAIN]]
    changed: Body = {**WITH_CHART, "instead": [blocks.section("Idea 4, Pilot 4", "plainly")]}
    await gateway.update(NORTHWIND, posted.channel_id, posted.ts, changed)
    assert "Idea 4" in str(shown(sandbox))
    assert len(shown(sandbox)) == 1


async def test_a_post_is_native_again_once_the_workspace_takes_it(sandbox: Sandbox) -> None:
    await sandbox.actions.refuse_blocks()
    async with SlackGateway(sandbox.bot_token, sandbox.api_url) as gateway:
        await gateway.post(NORTHWIND, AI_PILOTS, WITH_BOTH, key="k")
    assert [block["type"] for block in shown(sandbox)[0]] == ["data_visualization", "data_table"]


async def test_a_whisper_and_an_answer_are_seen_in_plain_blocks(
    sandbox: Sandbox, gateway: SlackGateway
) -> None:
    await gateway.whisper(NORTHWIND, AI_PILOTS, MAYA, WITH_CHART)
    assert [m["blocks"] for m in sandbox.driver.ephemerals(MAYA, AI_PILOTS)] == [[PLAIN]]


async def test_a_home_tab_is_published_in_plain_blocks(sandbox: Sandbox, gateway: SlackGateway) -> None:
    home = {"type": "home", "blocks": [CHART, PLAIN | {"block_id": "too"}], "instead": [PLAIN]}
    for _ in range(2):
        await gateway.publish_home(NORTHWIND, MAYA, home)
    published = sandbox.driver.home(MAYA)
    assert published is not None
    assert published["blocks"] == [PLAIN]
    assert [call.status for call in sandbox.driver.calls("views.publish")] == [
        "invalid_arguments",
        "ok",
        "ok",
    ]
