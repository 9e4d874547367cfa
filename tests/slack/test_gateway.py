"""What the gateway asks of Slack, and what it makes of the answers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
from aiohttp import web

from bot.domain.messages import Body
from bot.metrics import Counters
from bot.slack.failures import Ambiguous, RateLimited, Retryable, SlackFailure, Terminal, Uneditable
from bot.slack.gateway import FORM_LIMIT, FormDidNotOpen, SlackGateway
from bot.slack.lookups import GroupUnknown

WORKSPACE = "T0001"
BODY: Body = {"text": "Hello", "blocks": [{"type": "divider", "block_id": "d"}]}
LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC)


class Slack(Protocol):
    """What these tests use of the scripted Slack in conftest."""

    url: str
    asked: list[Any]
    connections: set[Any]
    methods: list[str]

    def answers(self, method: str, *answers: Any) -> None: ...


@pytest.fixture
def counters() -> Counters:
    return Counters()


@pytest.fixture
async def gateway(slack: Slack, counters: Counters) -> AsyncIterator[SlackGateway]:
    async with SlackGateway("xoxb-made-up", slack.url, counters=counters) as opened:
        yield opened


async def test_a_post_carries_its_key_and_unfurls_nothing(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("chat.postMessage", {"ok": True, "channel": "D0001", "ts": "1.000100"})
    posted = await gateway.post(WORKSPACE, "U0001", BODY, thread_ts="1.000001", key="k")
    assert (posted.channel_id, posted.ts) == ("D0001", "1.000100")
    (asked,) = slack.asked
    assert asked.arguments == {
        "channel": "U0001",
        "text": "Hello",
        "blocks": BODY["blocks"],
        "thread_ts": "1.000001",
        "metadata": {"event_type": "preflight_message", "event_payload": {"key": "k"}},
        "unfurl_links": False,
        "unfurl_media": False,
    }
    assert asked.headers["Authorization"] == "Bearer xoxb-made-up"


async def test_an_update_always_sends_its_blocks(slack: Slack, gateway: SlackGateway) -> None:
    await gateway.update(WORKSPACE, "C0001", "1.000100", {"text": "x", "blocks": []})
    assert slack.asked[0].arguments == {"channel": "C0001", "ts": "1.000100", "text": "x", "blocks": []}


async def test_many_calls_share_few_connections(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("chat.postMessage", {"ok": True, "channel": "C0001", "ts": "1.1"})
    for _ in range(20):
        await gateway.post(WORKSPACE, "C0001", BODY, key="k")
    assert len(slack.connections) == 1


async def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def answer_500(request: web.Request) -> web.StreamResponse:
    return web.Response(status=503, text="no")


async def answer_429(request: web.Request) -> web.StreamResponse:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "12"})


async def answer_html(request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>proxy</html>", content_type="text/html")


async def answer_nonsense(request: web.Request) -> web.StreamResponse:
    return web.Response(text="{", content_type="application/json")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (hang_up, Ambiguous),
        (answer_500, Ambiguous),
        (answer_html, Ambiguous),
        (answer_nonsense, Ambiguous),
        (answer_429, RateLimited),
        ({"ok": True}, Ambiguous),
        ({"ok": False, "error": "not_in_channel"}, Terminal),
        ({"ok": False, "error": "thread_not_found"}, Uneditable),
    ],
)
async def test_a_post_that_fails_is_sent_once_and_sorted(
    slack: Slack, gateway: SlackGateway, counters: Counters, answer: Any, kind: type[SlackFailure]
) -> None:
    slack.answers("chat.postMessage", answer)
    with pytest.raises(SlackFailure) as failure:
        await gateway.post(WORKSPACE, "C0001", BODY, key="k")
    assert type(failure.value) is kind
    assert failure.value.method == "chat.postMessage"
    assert slack.methods == ["chat.postMessage"]
    if isinstance(failure.value, RateLimited):
        assert failure.value.retry_after == 12
        assert counters.value("slack_calls_total", method="chat.postMessage", outcome="ratelimited") == 1


async def test_a_slack_that_cannot_be_reached_was_clearly_not_asked() -> None:
    async with SlackGateway("xoxb-made-up", "http://127.0.0.1:1/api/") as gateway:
        with pytest.raises(Retryable):
            await gateway.update(WORKSPACE, "C0001", "1.1", BODY)


def marked(key: str, ts: str, **more: Any) -> dict[str, Any]:
    return {"ts": ts, "metadata": {"event_type": "preflight_message", "event_payload": {"key": key}}, **more}


async def test_a_message_is_found_by_its_key_over_several_pages(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers(
        "conversations.history",
        {
            "ok": True,
            "messages": [{"ts": "3.1"}, marked("other", "2.9")],
            "response_metadata": {"next_cursor": "n"},
        },
        {"ok": True, "messages": [marked("k", "2.1")], "response_metadata": {"next_cursor": ""}},
    )
    found = await gateway.find(WORKSPACE, "C0001", thread_ts=None, key="k", oldest=LONG_AGO)
    assert found is not None
    assert (found.channel_id, found.ts) == ("C0001", "2.1")
    first, second = slack.asked
    assert first.arguments["include_all_metadata"] == "true"
    assert float(first.arguments["oldest"]) == LONG_AGO.timestamp()
    assert second.arguments["cursor"] == "n"


async def test_a_reply_is_looked_for_in_its_thread(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("conversations.replies", {"ok": True, "messages": [marked("k", "2.1")]})
    assert await gateway.find(WORKSPACE, "C0001", thread_ts="1.1", key="k", oldest=LONG_AGO)
    assert slack.asked[0].arguments["ts"] == "1.1"


async def test_a_direct_message_is_looked_for_in_its_channel(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("conversations.open", {"ok": True, "channel": {"id": "D0001"}})
    slack.answers("conversations.history", {"ok": True, "messages": []})
    for _ in range(2):
        assert await gateway.find(WORKSPACE, "U0001", thread_ts=None, key="k", oldest=LONG_AGO) is None
    assert slack.methods == ["conversations.open", "conversations.history", "conversations.history"]
    assert slack.asked[-1].arguments["channel"] == "D0001"


async def test_a_key_that_somebody_else_posted_is_not_ours(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("auth.test", {"ok": True, "team_id": WORKSPACE, "user_id": "U0BOT"})
    slack.answers(
        "conversations.history",
        {"ok": True, "messages": [marked("k", "2.2", user="U0FORGER"), marked("k", "2.1", user="U0BOT")]},
    )
    await gateway.identity()
    found = await gateway.find(WORKSPACE, "C0001", thread_ts=None, key="k", oldest=LONG_AGO)
    assert found is not None
    assert found.ts == "2.1"


async def test_nothing_is_found_in_a_thread_that_is_gone(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("conversations.replies", {"ok": False, "error": "thread_not_found"})
    assert await gateway.find(WORKSPACE, "C0001", thread_ts="1.1", key="k", oldest=LONG_AGO) is None


async def test_a_whisper_goes_through_the_response_url_while_it_serves(
    slack: Slack, gateway: SlackGateway
) -> None:
    url = slack.url.replace("/api/", "/actions/T0001/1/abc")
    await gateway.whisper(WORKSPACE, "C0001", "U0001", "psst", response_url=url)
    assert slack.methods == ["actions/T0001/1/abc"]
    assert slack.asked[0].arguments["response_type"] == "ephemeral"
    assert slack.asked[0].arguments["replace_original"] is False


async def test_a_whisper_finds_another_way_when_the_response_url_is_spent(
    slack: Slack, gateway: SlackGateway
) -> None:
    async def used_up(request: web.Request) -> web.StreamResponse:
        return web.Response(status=404, text="used_url")

    slack.answers("actions/T0001/1/abc", used_up)
    url = slack.url.replace("/api/", "/actions/T0001/1/abc")
    await gateway.whisper(WORKSPACE, "C0001", "U0001", "psst", thread_ts="1.1", response_url=url)
    assert slack.asked[-1].method == "chat.postEphemeral"
    assert slack.asked[-1].arguments == {
        "channel": "C0001",
        "user": "U0001",
        "thread_ts": "1.1",
        "text": "psst",
        "blocks": [],
    }


@pytest.mark.parametrize(
    "url", ["https://evil.example/x", "http://hooks.slack.com/x", "https://slack.com.evil.example/x"]
)
async def test_nothing_is_answered_to_a_stranger(slack: Slack, gateway: SlackGateway, url: str) -> None:
    with pytest.raises(Terminal, match="not an address of Slack"):
        await gateway.respond(url, "psst")
    assert slack.asked == []


async def test_a_form_that_came_too_late_is_a_kind_refusal(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("views.open", {"ok": False, "error": "expired_trigger_id"})
    with pytest.raises(FormDidNotOpen):
        await gateway.open_view(WORKSPACE, "1.2.3", {"type": "modal"})


async def test_a_click_that_was_delivered_twice_opens_its_form_once_and_says_nothing(
    slack: Slack, gateway: SlackGateway
) -> None:
    slack.answers("views.open", {"ok": False, "error": "exchanged_trigger_id"})
    assert await gateway.open_view(WORKSPACE, "1.2.3", {"type": "modal"}) == ""


async def test_a_form_is_not_waited_for_longer_than_slack_waits_for_us(slack: Slack) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(10)
        return web.json_response({"ok": True})

    assert FORM_LIMIT < 3
    slack.answers("views.open", slow)
    async with SlackGateway("xoxb-made-up", slack.url, form_limit=0.1) as gateway:
        with pytest.raises(FormDidNotOpen):
            await gateway.open_view(WORKSPACE, "1.2.3", {"type": "modal"})


async def test_an_opened_form_is_known_by_its_id(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("views.open", {"ok": True, "view": {"id": "V0001", "hash": "1.a"}})
    assert await gateway.open_view(WORKSPACE, "1.2.3", {"type": "modal"}) == "V0001"


async def test_the_bot_knows_who_it_is_and_what_it_may_do(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers(
        "auth.test",
        {
            "ok": True,
            "team_id": "T0001",
            "team": "Example",
            "url": "https://example.slack.com/",
            "user_id": "U0BOT",
            "bot_id": "B1",
        },
    )
    identity = await gateway.identity()
    assert (identity.workspace_id, identity.bot_user_id) == ("T0001", "U0BOT")
    assert identity.scopes == frozenset({"chat:write", "users:read"})
    await gateway.identity()
    assert slack.methods == ["auth.test"]


async def test_rows_of_another_workspace_never_reach_this_one(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("auth.test", {"ok": True, "team_id": "T0001", "enterprise_id": "E0001"})
    await gateway.identity()
    await gateway.update("E0001/T0001", "C0001", "1.1", BODY)
    with pytest.raises(Terminal, match="another workspace"):
        await gateway.update("T0SANDBOX", "C0001", "1.1", BODY)
    assert slack.methods == ["auth.test", "chat.update"]


async def test_a_person_is_told_as_slack_knows_them(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers(
        "users.info",
        {
            "ok": True,
            "user": {
                "id": "U0001",
                "team_id": "T0002",
                "name": "maria",
                "deleted": True,
                "is_ultra_restricted": True,
                "tz": "Europe/Berlin",
                "locale": "de-DE",
                "profile": {"display_name": "Mar\u202eia", "real_name": "Maria M"},
            },
        },
        {"ok": False, "error": "user_not_found"},
    )
    person = await gateway.person(WORKSPACE, "U0001")
    assert person is not None
    assert (person.name, person.time_zone, person.locale) == ("Maria", "Europe/Berlin", "de-DE")
    assert slack.asked[-1].arguments["include_locale"] == "true"
    assert person.deactivated
    assert person.guest
    assert person.from_elsewhere
    assert await gateway.person(WORKSPACE, "U0009") is None


async def test_a_channel_that_the_bot_cannot_see_is_none(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers(
        "conversations.info",
        {"ok": True, "channel": {"id": "C0001", "name": "pilots", "is_member": True}},
        {"ok": True, "channel": {"id": "C0002", "name": "old", "is_member": True, "is_archived": True}},
        {"ok": False, "error": "channel_not_found"},
    )
    assert await gateway.is_member(WORKSPACE, "C0001")
    assert not await gateway.is_member(WORKSPACE, "C0002")
    assert not await gateway.is_member(WORKSPACE, "C0003")


async def test_a_channel_is_found_by_name_over_pages_or_by_id(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers(
        "conversations.list",
        {"ok": True, "channels": [{"id": "C1", "name": "other"}], "response_metadata": {"next_cursor": "n"}},
        {"ok": True, "channels": [{"id": "C2", "name": "gate-reviews", "is_member": True}]},
    )
    slack.answers("conversations.info", {"ok": True, "channel": {"id": "C0123ABCD", "name": "ops"}})
    found = await gateway.channel_named(WORKSPACE, "#gate-reviews")
    assert found is not None
    assert (found.id, found.is_member) == ("C2", True)
    assert await gateway.channel_named(WORKSPACE, "nowhere") is None
    by_id = await gateway.channel_named(WORKSPACE, "C0123ABCD")
    assert by_id is not None
    assert by_id.name == "ops"


GROUPS = {
    "ok": True,
    "usergroups": [
        {"id": "S0001", "handle": "sec-reviewers", "name": "Security", "users": ["U0001"]},
        {"id": "S0002", "handle": "ops", "name": "Operations"},
    ],
}


async def test_members_are_asked_for_each_time_and_the_handle_once(
    slack: Slack, gateway: SlackGateway
) -> None:
    slack.answers("usergroups.list", GROUPS)
    slack.answers("usergroups.users.list", {"ok": True, "users": ["U0001"]}, {"ok": True, "users": ["U0002"]})
    assert await gateway.members_of_group(WORKSPACE, "sec-reviewers") == {"U0001"}
    assert await gateway.members_of_group(WORKSPACE, "@sec-reviewers") == {"U0002"}
    assert await gateway.members_of_group(WORKSPACE, "S0001") == {"U0002"}
    assert slack.methods.count("usergroups.list") == 1


async def test_groups_that_are_only_shown_are_asked_for_once_in_a_while(
    slack: Slack, gateway: SlackGateway
) -> None:
    group = {"id": "S0001", "handle": "team", "name": "Team", "users": ["U0001"]}
    slack.answers("usergroups.list", {"ok": True, "usergroups": [group]})
    first = await gateway.groups_lately(WORKSPACE)
    assert [one.id for one in first] == ["S0001"]
    assert await gateway.groups_lately(WORKSPACE) == first
    assert slack.methods == ["usergroups.list"]
    await gateway.groups(WORKSPACE)
    assert slack.methods == ["usergroups.list"] * 2


async def test_groups_that_take_longer_than_somebody_waits_are_known_the_next_time(
    slack: Slack, gateway: SlackGateway
) -> None:
    told = asyncio.Event()

    async def in_a_while(_: web.Request) -> web.Response:
        await told.wait()
        return web.json_response(GROUPS)

    slack.answers("usergroups.list", in_a_while)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await gateway.groups_lately(WORKSPACE)
    told.set()
    assert await gateway.groups_lately(WORKSPACE)
    assert slack.methods == ["usergroups.list"]


async def test_what_slack_does_not_tell_of_groups_is_asked_anew(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("usergroups.list", {"ok": False, "error": "fatal_error"}, GROUPS)
    with pytest.raises(SlackFailure):
        await gateway.groups_lately(WORKSPACE)
    assert await gateway.groups_lately(WORKSPACE)


async def test_a_group_that_is_not_there_is_refused_by_name(slack: Slack, gateway: SlackGateway) -> None:
    slack.answers("usergroups.list", GROUPS)
    with pytest.raises(GroupUnknown, match="@risk"):
        await gateway.members_of_group(WORKSPACE, "risk")
    slack.answers("usergroups.users.list", {"ok": False, "error": "subteam_not_found"})
    with pytest.raises(GroupUnknown):
        await gateway.members_of_group(WORKSPACE, "S0009")


async def test_calls_are_counted_by_method_and_outcome(
    slack: Slack, gateway: SlackGateway, counters: Counters
) -> None:
    slack.answers("chat.update", {"ok": True}, {"ok": False, "error": "message_not_found"})
    await gateway.update(WORKSPACE, "C0001", "1.1", BODY)
    with pytest.raises(Uneditable):
        await gateway.update(WORKSPACE, "C0001", "1.1", BODY)
    assert counters.value("slack_calls_total", method="chat.update") == 2
    assert counters.value("slack_calls_total", method="chat.update", outcome="uneditable") == 1
    assert 'preflight_slack_calls_total{method="chat.update",outcome="ok"} 1' in counters.text()
