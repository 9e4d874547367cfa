"""The gateway against the sandbox's Slack, with the scopes of the manifest and with trouble on demand."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.commands.doctor import MANIFEST
from bot.domain.messages import Body
from bot.slack import calls
from bot.slack.dispatch import notice
from bot.slack.failures import Ambiguous, RateLimited, SlackFailure, Terminal, Uneditable
from bot.slack.gateway import FormDidNotOpen, SlackGateway
from bot.slack.lookups import GroupUnknown
from bot.slack.uploads import File
from sandbox.app_config import app_from_manifest
from sandbox.seed import (
    AI_PILOTS,
    DORA,
    GATE_APPROVERS,
    GATE_REVIEWS,
    GUS,
    MAYA,
    NORTHWIND,
    PREFLIGHT_OPS,
    PRIYA,
)
from sandbox.server import Sandbox, running_sandbox

BODY: Body = {"text": "Hello", "blocks": [{"type": "divider", "block_id": "d"}]}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(app=app_from_manifest(MANIFEST), posts_per_second=None) as running:
        yield running


@pytest.fixture
async def gateway(sandbox: Sandbox) -> AsyncIterator[SlackGateway]:
    async with SlackGateway(sandbox.bot_token, sandbox.api_url) as opened:
        await opened.identity()
        yield opened


def a_moment_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=5)


def shown(sandbox: Sandbox, channel_id: str) -> list[str]:
    return [str(message["text"]) for message in sandbox.driver.messages(channel_id)]


async def test_the_bot_knows_itself(gateway: SlackGateway) -> None:
    identity = await gateway.identity()
    assert identity.workspace_id == NORTHWIND
    assert identity.scopes is not None
    assert "chat:write" in identity.scopes


@pytest.mark.parametrize("place", [AI_PILOTS, PREFLIGHT_OPS, MAYA])
async def test_a_message_is_posted_found_and_changed_everywhere(gateway: SlackGateway, place: str) -> None:
    posted = await gateway.post(NORTHWIND, place, BODY, key="k-1")
    found = await gateway.find(NORTHWIND, place, thread_ts=None, key="k-1", oldest=a_moment_ago())
    assert found == posted
    assert await gateway.find(NORTHWIND, place, thread_ts=None, key="k-2", oldest=a_moment_ago()) is None
    await gateway.update(NORTHWIND, posted.channel_id, posted.ts, {"text": "Changed", "blocks": []})
    found = await gateway.find(NORTHWIND, place, thread_ts=None, key="k-1", oldest=a_moment_ago())
    assert found == posted, "an update keeps the key"


async def test_a_reply_is_found_in_its_thread_among_many(
    gateway: SlackGateway,
) -> None:
    root = await gateway.post(NORTHWIND, AI_PILOTS, BODY, key="root")
    posted = [
        await gateway.post(NORTHWIND, AI_PILOTS, BODY, thread_ts=root.ts, key=f"k-{number}")
        for number in range(calls._PAGE + 5)
    ]
    found = await gateway.find(
        NORTHWIND, AI_PILOTS, thread_ts=root.ts, key=f"k-{calls._PAGE + 4}", oldest=a_moment_ago()
    )
    assert found == posted[-1]


async def test_a_post_that_slack_took_but_did_not_answer_is_ambiguous_and_found(
    sandbox: Sandbox, gateway: SlackGateway
) -> None:
    sandbox.faults.on_call("chat.postMessage", "drop_after", count=1)
    with pytest.raises(Ambiguous):
        await gateway.post(NORTHWIND, AI_PILOTS, BODY, key="k-1")
    found = await gateway.find(NORTHWIND, AI_PILOTS, thread_ts=None, key="k-1", oldest=a_moment_ago())
    assert found is not None
    assert shown(sandbox, AI_PILOTS).count("Hello") == 1


@pytest.mark.parametrize(
    ("arrange", "kind"),
    [
        (lambda faults: faults.on_call("chat.*", "drop_before", count=1), Ambiguous),
        (lambda faults: faults.on_call("chat.*", "status", status=502, count=1), Ambiguous),
        (lambda faults: faults.on_call("chat.*", "rate_limited", seconds=7, count=1), RateLimited),
        (lambda faults: faults.on_call("chat.*", "error", error="is_archived", count=1), Terminal),
    ],
    ids=["dropped", "502", "429", "archived"],
)
async def test_trouble_is_sorted_and_nothing_is_sent_twice(
    sandbox: Sandbox, gateway: SlackGateway, arrange: Callable[[Any], Any], kind: type[SlackFailure]
) -> None:
    arrange(sandbox.faults)
    with pytest.raises(SlackFailure) as failure:
        await gateway.post(NORTHWIND, AI_PILOTS, BODY, key="k-1")
    assert type(failure.value) is kind
    assert "Hello" not in shown(sandbox, AI_PILOTS)
    await gateway.post(NORTHWIND, AI_PILOTS, BODY, key="k-1")
    assert shown(sandbox, AI_PILOTS).count("Hello") == 1


async def test_a_reply_and_a_change_to_what_is_gone_are_uneditable(
    sandbox: Sandbox, gateway: SlackGateway
) -> None:
    with pytest.raises(Uneditable):
        await gateway.update(NORTHWIND, AI_PILOTS, "1234567890.000100", BODY)
    with pytest.raises(Uneditable):
        await gateway.post(NORTHWIND, AI_PILOTS, BODY, thread_ts="1234567890.000100", key="k")


async def test_broken_blocks_are_terminal_and_named(gateway: SlackGateway) -> None:
    header = {"type": "header", "block_id": "h", "text": {"type": "plain_text", "text": "x" * 151}}
    with pytest.raises(Terminal, match="invalid_blocks"):
        await gateway.post(NORTHWIND, AI_PILOTS, {"text": "x", "blocks": [header]}, key="k")


async def test_a_whisper_is_seen_by_one_person(sandbox: Sandbox, gateway: SlackGateway) -> None:
    await gateway.whisper(NORTHWIND, AI_PILOTS, MAYA, "only for you")
    await sandbox.driver.wait_message(AI_PILOTS, "only for you", as_user=MAYA)
    assert "only for you" not in shown(sandbox, AI_PILOTS)


async def test_a_trigger_opens_one_form_and_a_forged_one_none(
    sandbox: Sandbox, gateway: SlackGateway
) -> None:
    trigger_id = sandbox.interactivity.issue_trigger(MAYA, NORTHWIND)
    assert await gateway.open_view(NORTHWIND, trigger_id, notice("Only <@U0JONASWEB> can do that."))
    assert await gateway.open_view(NORTHWIND, trigger_id, notice("The same click again.")) == ""
    assert len(sandbox.driver.views(MAYA)) == 1
    with pytest.raises(FormDidNotOpen):
        await gateway.open_view(NORTHWIND, "1.2.forged", notice("Too late."))


async def test_people_channels_and_groups_are_told_as_they_are(gateway: SlackGateway) -> None:
    guest, gone = await gateway.person(NORTHWIND, GUS), await gateway.person(NORTHWIND, DORA)
    assert guest is not None
    assert guest.guest
    assert gone is not None
    assert gone.deactivated
    assert await gateway.person(NORTHWIND, "U0FORGED1") is None
    reviews = await gateway.channel_named(NORTHWIND, "#gate-reviews")
    assert reviews is not None
    assert reviews.id == GATE_REVIEWS
    assert await gateway.channel(NORTHWIND, "C0FORGED1") is None
    members = await gateway.members_of_group(NORTHWIND, "gate-approvers")
    assert PRIYA in members
    assert members == await gateway.members_of_group(NORTHWIND, GATE_APPROVERS)
    with pytest.raises(GroupUnknown):
        await gateway.members_of_group(NORTHWIND, "nobody-here")
    with pytest.raises(GroupUnknown):
        await gateway.members_of_group(NORTHWIND, "S0FORGED1")


async def test_the_home_tab_is_published(sandbox: Sandbox, gateway: SlackGateway) -> None:
    section = {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "Your pilots"}}
    await gateway.publish_home(NORTHWIND, MAYA, {"type": "home", "blocks": [section]})
    assert "Your pilots" in str(sandbox.driver.home(MAYA))


async def test_files_of_every_kind_are_shared_in_one_reply(sandbox: Sandbox, gateway: SlackGateway) -> None:
    root = await gateway.post(NORTHWIND, AI_PILOTS, BODY, key="root")
    files = [
        File("Rückgaben & costs 100%.csv", "\ufeffPilot;Days\r\n=1+1;3\r\n", "As a table"),
        File("portfolio.json", b'{"pilots": []}', "As data"),
        File("portfolio.html", "<!doctype html><p>1 &lt; 2</p>", "As a page"),
    ]
    await gateway.upload_together(NORTHWIND, AI_PILOTS, files, thread_ts=root.ts, comment="Three files.")
    _, reply = sandbox.driver.thread(AI_PILOTS, root.ts)
    assert reply["text"] == "Three files."
    assert [(file["name"], file["title"]) for file in reply["files"]] == [(f.name, f.title) for f in files]
    stored = [sandbox.state.files[file["id"]]["content"] for file in reply["files"]]
    assert [content.encode() for content in stored] == [file.data for file in files]


async def test_somebody_is_away_from_a_channel_that_preflight_sees_and_they_left(
    sandbox: Sandbox, gateway: SlackGateway
) -> None:
    assert not await gateway.is_away(NORTHWIND, AI_PILOTS, MAYA)
    await sandbox.actions.leave_channel(MAYA, AI_PILOTS)
    assert await gateway.is_away(NORTHWIND, AI_PILOTS, MAYA)
    await sandbox.actions.invite(PRIYA, AI_PILOTS, MAYA)
    assert not await gateway.is_away(NORTHWIND, AI_PILOTS, MAYA)
    assert not await gateway.is_away(NORTHWIND, "C0FORGED1", MAYA), "nobody is missed where nobody can look"
