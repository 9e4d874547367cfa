"""Messages as Slack keeps and announces them: threads, edits, mentions, escaping, membership, what only one person sees."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.rich_text import unescape
from sandbox.seed import (
    AI_PILOTS,
    BOT,
    BOT_ID,
    DORA,
    GENERAL,
    GUS,
    JONAS,
    LENA,
    MAYA,
    NORTHWIND,
    PAYMENTS_OPS,
    PREFLIGHT_OPS,
    SAM,
)
from sandbox.server import Sandbox
from sandbox.state import Json
from tests.sandbox.refusals import answer, refusal
from tests.sandbox.shapes import actions, button, section

Heard = list[Json]


@pytest.fixture
def heard(sandbox: Sandbox) -> Heard:
    """Every event that the first team's app is sent, without an app in the way."""
    events: Heard = []
    sandbox.state.listeners.append(lambda announcement: events.append(announcement.event))
    return events


def _of(heard: Heard, meets: Callable[[Json], bool]) -> Json:
    return next(event for event in heard if meets(event))


async def test_line_5_ts_are_strings_unique_in_their_channel_and_in_order(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sent = [(await client.chat_postMessage(channel=AI_PILOTS, text=str(n)))["ts"] for n in range(20)]
    assert len(set(sent)) == 20
    assert sent == sorted(sent)
    assert all(isinstance(ts, str) and len(ts.split(".")[1]) == 6 for ts in sent)


async def test_line_5_a_reply_counts_at_its_root_and_stays_out_of_the_channel(
    sandbox: Sandbox, client: AsyncWebClient, heard: Heard
) -> None:
    root = (await client.chat_postMessage(channel=AI_PILOTS, text="root"))["ts"]
    await sandbox.driver.post(MAYA, AI_PILOTS, "first", thread_ts=root)
    last = await sandbox.driver.post(JONAS, AI_PILOTS, "second", thread_ts=root)
    await sandbox.driver.post(JONAS, AI_PILOTS, "for everybody", thread_ts=root, broadcast=True)
    replies = (await client.conversations_replies(channel=AI_PILOTS, ts=root))["messages"]
    assert [m["text"] for m in replies] == ["root", "first", "second", "for everybody"]
    assert (replies[0]["reply_count"], replies[0]["reply_users"]) == (3, [MAYA, JONAS])
    assert replies[0]["latest_reply"] == replies[-1]["ts"]
    assert replies[1]["parent_user_id"] == BOT
    history = (await client.conversations_history(channel=AI_PILOTS))["messages"]
    assert [m["text"] for m in history] == ["for everybody", "root"]
    broadcast = _of(heard, lambda e: e.get("subtype") == "thread_broadcast")
    assert (broadcast["root"]["ts"], broadcast["thread_ts"]) == (root, root)
    nested = await sandbox.driver.post(MAYA, AI_PILOTS, "to a reply", thread_ts=last)
    assert sandbox.driver.message(AI_PILOTS, nested)["thread_ts"] == root


async def test_line_5_an_unknown_thread_is_not_found(sandbox: Sandbox, client: AsyncWebClient) -> None:
    assert await refusal(client, "chat.postMessage", channel=AI_PILOTS, text="x", thread_ts="1.000001") == (
        "thread_not_found"
    )
    assert (
        await refusal(client, "conversations.replies", channel=AI_PILOTS, ts="1.000001") == "thread_not_found"
    )
    assert await refusal(client, "chat.postMessage", channel=AI_PILOTS, text="x", thread_ts="nonsense") == (
        "thread_not_found"
    )


async def test_line_6_an_update_is_announced_as_message_changed(
    sandbox: Sandbox, client: AsyncWebClient, heard: Heard
) -> None:
    ts = (await client.chat_postMessage(channel=AI_PILOTS, text="before"))["ts"]
    await client.chat_update(channel=AI_PILOTS, ts=ts, text="after", blocks=[section("after")])
    changed = _of(heard, lambda e: e.get("subtype") == "message_changed")
    assert (changed["hidden"], changed["channel"], "user" in changed) == (True, AI_PILOTS, False)
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("after", "before")
    assert changed["message"]["edited"]["user"] == BOT
    assert changed["ts"] > changed["message"]["ts"] == ts


async def test_line_6_a_link_preview_is_announced_as_message_changed_too(
    sandbox: Sandbox, heard: Heard
) -> None:
    ts = await sandbox.driver.post(MAYA, AI_PILOTS, "see https://runbook.example/refunds")
    await sandbox.driver.actions.unfurl(AI_PILOTS, ts, "https://runbook.example/refunds", "Refunds runbook")
    changed = _of(heard, lambda e: e.get("subtype") == "message_changed")
    assert changed["message"]["text"] == changed["previous_message"]["text"]
    assert changed["message"]["attachments"][0]["title"] == "Refunds runbook"
    assert "edited" not in changed["message"]


async def test_line_6_the_apps_own_messages_come_back_to_it(
    sandbox: Sandbox, client: AsyncWebClient, heard: Heard
) -> None:
    await client.chat_postMessage(
        channel=AI_PILOTS, text="mine", metadata={"event_type": "k", "event_payload": {}}
    )
    own = _of(heard, lambda e: e["type"] == "message")
    assert (own["bot_id"], own["user"], own["bot_profile"]["id"], own["team"]) == (
        BOT_ID,
        BOT,
        BOT_ID,
        NORTHWIND,
    )
    assert "subtype" not in own
    assert "metadata" not in own


async def test_line_6_a_deletion_is_announced_and_a_root_with_replies_leaves_a_tombstone(
    sandbox: Sandbox, client: AsyncWebClient, heard: Heard
) -> None:
    alone = (await client.chat_postMessage(channel=AI_PILOTS, text="alone"))["ts"]
    await client.chat_delete(channel=AI_PILOTS, ts=alone)
    deleted = _of(heard, lambda e: e.get("subtype") == "message_deleted")
    assert (deleted["deleted_ts"], deleted["previous_message"]["text"]) == (alone, "alone")
    root = (await client.chat_postMessage(channel=AI_PILOTS, text="root"))["ts"]
    await sandbox.driver.post(MAYA, AI_PILOTS, "reply", thread_ts=root)
    await sandbox.driver.delete(LENA, AI_PILOTS, root)
    assert sandbox.driver.message(AI_PILOTS, root)["subtype"] == "tombstone"
    assert await refusal(client, "chat.update", channel=AI_PILOTS, ts=root, text="x") == "cant_update_message"
    assert await refusal(client, "chat.update", channel=AI_PILOTS, ts=alone, text="x") == "message_not_found"


async def test_line_7_a_mention_arrives_twice(sandbox: Sandbox, heard: Heard) -> None:
    ts = await sandbox.driver.post(MAYA, AI_PILOTS, "@preflight how are we doing?")
    assert [(e["type"], e["ts"]) for e in heard] == [("message", ts), ("app_mention", ts)]
    assert heard[1]["text"] == f"<@{BOT}> how are we doing?"
    heard.clear()
    await sandbox.driver.dm(MAYA, "@preflight hello")
    assert [e["type"] for e in heard] == ["message"]
    assert heard[0]["channel_type"] == "im"


async def test_what_people_write_to_the_app_directly_arrives_with_its_files_edits_and_end(
    sandbox: Sandbox, heard: Heard
) -> None:
    ts = await sandbox.driver.dm(MAYA, "The test ran.", files=["protocol.txt"])
    direct = heard[0]["channel"]
    below = await sandbox.driver.dm(MAYA, "Twice.", thread_ts=ts)
    await sandbox.driver.edit(MAYA, direct, below, "Three times.")
    await sandbox.driver.delete(MAYA, direct, below)
    said, reply, edited, deleted = heard
    assert {event["channel_type"] for event in heard} == {"im"}
    assert {event["channel"] for event in heard} == {direct}
    assert (said["subtype"], said["files"][0]["name"]) == ("file_share", "protocol.txt")
    assert said["files"][0]["permalink"].startswith(f"https://northwind-goods.slack.example/files/{MAYA}/F")
    assert said["files"][0]["url_private"].startswith(sandbox.url)
    assert (reply["thread_ts"], reply["parent_user_id"]) == (ts, MAYA)
    assert (edited["subtype"], edited["message"]["text"]) == ("message_changed", "Three times.")
    assert edited["message"]["thread_ts"] == ts
    assert (deleted["subtype"], deleted["previous_message"]["user"]) == ("message_deleted", MAYA)
    assert [m["text"] for m in sandbox.driver.dms(MAYA)] == ["The test ran."]


async def test_line_11_what_people_type_arrives_escaped_and_with_ids(sandbox: Sandbox, heard: Heard) -> None:
    typed = "Ask @maya & @payments-ops in #gate-reviews: is 5 < 6? <!channel> *really* https://a.example/x?a=1&b=2."
    await sandbox.driver.post(JONAS, AI_PILOTS, typed)
    event = heard[0]
    assert event["text"] == (
        f"Ask <@{MAYA}> &amp; <!subteam^{PAYMENTS_OPS}|@payments-ops> in <#C0GATEREVW|gate-reviews>: "
        "is 5 &lt; 6? &lt;!channel&gt; *really* <https://a.example/x?a=1&amp;b=2>."
    )
    (block,) = event["blocks"]
    elements = block["elements"][0]["elements"]
    assert block["type"] == "rich_text"
    assert [e["type"] for e in elements] == [
        "text",
        "user",
        "text",
        "usergroup",
        "text",
        "channel",
        "text",
        "text",
        "text",
        "link",
        "text",
    ]
    assert elements[6]["text"] == ": is 5 < 6? <!channel> "
    assert elements[7] == {"type": "text", "text": "really", "style": {"bold": True}}


@pytest.mark.parametrize(
    "typed",
    [
        "a@b.example",
        "#not-a-channel and @nobody",
        "snake_case_name",
        "2 * 3 * 4",
        "&lt; stays &amp; is escaped",
        "a\nb",
    ],
)
async def test_line_11_ordinary_words_are_left_alone(sandbox: Sandbox, heard: Heard, typed: str) -> None:
    await sandbox.driver.post(MAYA, AI_PILOTS, typed)
    assert unescape(heard[0]["text"]) == typed
    words = [e["text"] for e in heard[0]["blocks"][0]["elements"][0]["elements"]]
    assert "".join(words) == typed


async def test_line_11_a_command_carries_ids_with_names(sandbox: Sandbox) -> None:
    outcome = await sandbox.driver.command(
        MAYA, AI_PILOTS, "/pilot", "hand over to @jonas in #ai-pilots & co"
    )
    assert outcome.payload["text"] == f"hand over to <@{JONAS}|jonas> in <#{AI_PILOTS}|ai-pilots> &amp; co"
    assert outcome.payload["is_enterprise_install"] == "false"


async def test_line_12_ephemerals_never_show_in_history(
    sandbox: Sandbox, client: AsyncWebClient, heard: Heard
) -> None:
    ts = (await client.chat_postEphemeral(channel=AI_PILOTS, user=MAYA, text="psst"))["message_ts"]
    assert (await client.conversations_history(channel=AI_PILOTS))["messages"] == []
    assert [m["text"] for m in sandbox.driver.messages(AI_PILOTS, as_user=MAYA)] == ["psst"]
    assert sandbox.driver.messages(AI_PILOTS, as_user=JONAS) == []
    assert heard == []
    assert await refusal(client, "chat.update", channel=AI_PILOTS, ts=ts, text="x") == "message_not_found"
    assert (
        await refusal(client, "chat.postEphemeral", channel=AI_PILOTS, user=DORA, text="x")
        == "user_not_in_channel"
    )


async def test_line_12_metadata_is_returned_on_request_only(sandbox: Sandbox, client: AsyncWebClient) -> None:
    metadata = {"event_type": "message_row", "event_payload": {"key": "abc"}}
    posted = await client.chat_postMessage(channel=AI_PILOTS, text="hi", metadata=metadata)
    assert posted["message"]["metadata"] == metadata
    bare = (await client.conversations_history(channel=AI_PILOTS))["messages"][0]
    full = (await client.conversations_history(channel=AI_PILOTS, include_all_metadata=True))["messages"][0]
    assert ("metadata" in bare, full["metadata"]) == (False, metadata)
    thread = await client.conversations_replies(channel=AI_PILOTS, ts=posted["ts"], include_all_metadata=True)
    assert thread["messages"][0]["metadata"] == metadata
    await client.chat_update(channel=AI_PILOTS, ts=posted["ts"], text="changed", blocks=[])
    kept = (await client.conversations_history(channel=AI_PILOTS, include_all_metadata=True))["messages"][0]
    assert kept["metadata"] == metadata
    broken = await refusal(
        client, "chat.postMessage", channel=AI_PILOTS, text="x", metadata={"event_type": 1}
    )
    assert broken == "invalid_metadata_format"


async def test_line_12_only_authors_update_and_delete(sandbox: Sandbox, client: AsyncWebClient) -> None:
    ts = await sandbox.driver.post(MAYA, AI_PILOTS, "mine")
    assert await refusal(client, "chat.update", channel=AI_PILOTS, ts=ts, text="x") == "cant_update_message"
    assert await refusal(client, "chat.delete", channel=AI_PILOTS, ts=ts) == "cant_delete_message"
    with pytest.raises(Exception, match="cant_update_message"):
        await sandbox.driver.edit(JONAS, AI_PILOTS, ts, "not mine")
    with pytest.raises(Exception, match="cant_delete_message"):
        await sandbox.driver.delete(JONAS, AI_PILOTS, ts)
    await sandbox.driver.edit(MAYA, AI_PILOTS, ts, "still <mine>")
    assert sandbox.driver.message(AI_PILOTS, ts)["text"] == "still &lt;mine&gt;"
    await sandbox.driver.delete(LENA, AI_PILOTS, ts)
    assert sandbox.driver.messages(AI_PILOTS) == []


async def test_line_13_membership_decides_what_the_app_may_see_and_say(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    assert await refusal(client, "chat.postMessage", channel=GENERAL, text="x") == "not_in_channel"
    assert await refusal(client, "conversations.history", channel=GENERAL) == "not_in_channel"
    assert await refusal(client, "chat.postMessage", channel="C0NOWHERE", text="x") == "channel_not_found"
    assert (await client.conversations_info(channel=GENERAL))["channel"]["is_member"] is False
    await sandbox.driver.actions.remove_bot(LENA, PREFLIGHT_OPS)
    assert await refusal(client, "chat.postMessage", channel=PREFLIGHT_OPS, text="x") == "channel_not_found"
    assert await refusal(client, "conversations.info", channel=PREFLIGHT_OPS) == "channel_not_found"
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert {c["name"] for c in listed["channels"]} == {"ai-pilots", "gate-reviews", "general"}
    await client.conversations_join(channel=GENERAL)
    assert await refusal(client, "chat.postMessage", channel=GENERAL, text="x") == "ok"


async def test_line_13_people_are_held_to_membership_as_well(sandbox: Sandbox) -> None:
    for person, channel in ((MAYA, PREFLIGHT_OPS), (GUS, "C0GATEREVW")):
        with pytest.raises(Exception, match=r"channel_not_found|not_in_channel"):
            await sandbox.driver.post(person, channel, "hello")
    with pytest.raises(Exception, match="account_inactive"):
        await sandbox.driver.post(DORA, AI_PILOTS, "hello")


async def test_line_13_private_channels_have_channel_type_group(sandbox: Sandbox, heard: Heard) -> None:
    await sandbox.driver.post(LENA, PREFLIGHT_OPS, "quietly")
    assert heard[0]["channel_type"] == "group"


async def test_line_13_archived_and_renamed_channels(
    sandbox: Sandbox, client: AsyncWebClient, heard: Heard
) -> None:
    await sandbox.driver.actions.rename_channel(LENA, AI_PILOTS, "AI Pilots 2027")
    assert (await client.conversations_info(channel=AI_PILOTS))["channel"]["name"] == "ai-pilots-2027"
    assert _of(heard, lambda e: e["type"] == "channel_rename")["channel"]["name"] == "ai-pilots-2027"
    await sandbox.driver.actions.archive_channel(LENA, AI_PILOTS)
    assert await refusal(client, "chat.postMessage", channel=AI_PILOTS, text="x") == "is_archived"
    assert _of(heard, lambda e: e["type"] == "channel_archive")["user"] == LENA
    await sandbox.driver.actions.archive_channel(LENA, AI_PILOTS, archived=False)
    assert await refusal(client, "chat.postMessage", channel=AI_PILOTS, text="x") == "ok"


async def test_reactions_are_announced_and_listed(
    sandbox: Sandbox, client: AsyncWebClient, heard: Heard
) -> None:
    ts = (await client.chat_postMessage(channel=AI_PILOTS, text="hi"))["ts"]
    await sandbox.driver.react(MAYA, AI_PILOTS, ts, "eyes")
    await client.reactions_add(channel=AI_PILOTS, timestamp=ts, name="eyes")
    assert (
        await refusal(client, "reactions.add", channel=AI_PILOTS, timestamp=ts, name="eyes")
        == "already_reacted"
    )
    assert sandbox.driver.message(AI_PILOTS, ts)["reactions"] == [
        {"name": "eyes", "users": [MAYA, BOT], "count": 2}
    ]
    added = _of(heard, lambda e: e["type"] == "reaction_added")
    assert (added["item"]["ts"], added["item_user"], added["reaction"]) == (ts, BOT, "eyes")
    await client.reactions_remove(channel=AI_PILOTS, timestamp=ts, name="eyes")
    assert (
        await refusal(client, "reactions.remove", channel=AI_PILOTS, timestamp=ts, name="eyes")
        == "no_reaction"
    )


async def test_line_17_broken_blocks_are_refused_with_a_reason(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    twice: list[dict[str, Any]] = [actions(button("A", "a"), button("B", "a"))]
    refused = await answer(client, "chat.postMessage", channel=AI_PILOTS, text="x", blocks=twice)
    assert refused["error"] == "invalid_blocks"
    assert "action_id" in refused["response_metadata"]["messages"][0]
    assert await refusal(client, "chat.postMessage", channel=AI_PILOTS, text="x", blocks="[{") == (
        "invalid_blocks_format"
    )
    assert sandbox.driver.messages(AI_PILOTS) == []


async def test_a_message_to_a_person_goes_to_the_direct_channel(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    opened = await client.conversations_open(users=SAM)
    posted = await client.chat_postMessage(channel=SAM, text="good morning")
    assert posted["channel"] == opened["channel"]["id"]
    assert [m["text"] for m in sandbox.driver.dms(SAM)] == ["good morning"]
    assert await refusal(client, "conversations.open", users=DORA) == "user_disabled"
