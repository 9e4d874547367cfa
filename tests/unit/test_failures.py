"""Sorting what Slack and the network answer, and telling people of it."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.errors import AlreadySeen, Refusal
from bot.slack.failures import (
    Ambiguous,
    Answering,
    RateLimited,
    Retryable,
    SlackFailure,
    Terminal,
    Uneditable,
    classify,
    spoken,
    spoken_plainly,
)


def refused(response: object) -> SlackApiError:
    return SlackApiError("no", response)  # type: ignore[no-untyped-call] # the SDK leaves its errors untyped


def answer(
    error: str, status: int = 200, headers: Mapping[str, str] | None = None, **more: Any
) -> SlackApiError:
    return refused(
        AsyncSlackResponse(
            client=AsyncWebClient(token="xoxb-made-up"),
            http_verb="POST",
            api_url="https://slack.example/api/x",
            req_args={},
            data={"ok": False, "error": error, **more} if error else {},
            headers=dict(headers or {}),
            status_code=status,
        ),
    )


# What Slack's method pages list for chat.postMessage, chat.update, chat.postEphemeral, conversations.*, views.*,
# users.info, usergroups.users.list and for every method.
DOCUMENTED: dict[type[SlackFailure], str] = {
    RateLimited: "ratelimited rate_limited message_limit_exceeded",
    Ambiguous: "fatal_error internal_error service_unavailable",
    Retryable: "request_timeout team_added_to_org external_channel_migrating",
    Uneditable: "cant_update_message edit_window_closed message_not_found thread_not_found",
    Terminal: """
        access_denied access_limited accesslimited account_inactive as_user_not_supported attachment_payload_limit_exceeded
        block_mismatch cannot_reply_to_message cant_broadcast_message cant_post_on_behalf channel_not_found channel_type_not_supported
        deprecated_endpoint duplicate_channel_not_found duplicate_external_id ekm_access_denied enterprise_is_restricted
        exchanged_trigger_id expired_trigger_id external_channel_not_found hash_conflict invalid_arg_name invalid_arguments
        invalid_array_arg invalid_attachments invalid_auth invalid_blocks invalid_blocks_format invalid_charset invalid_cursor
        invalid_form_data invalid_json invalid_metadata_format invalid_metadata_schema invalid_post_type invalid_ts_latest
        is_archived is_inactive markdown_text_conflict messages_tab_disabled metadata_must_be_sent_from_app
        metadata_too_large method_deprecated method_not_supported_for_channel_type missing_post_type missing_recipient_team_id
        missing_scope msg_blocks_too_long msg_too_long no_dual_broadcast_content_update no_permission no_text not_allowed_token_type
        not_authed not_enabled not_found not_in_channel org_login_required plan_upgrade_required push_limit_reached
        restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
        restricted_action_thread_locked restricted_action_thread_only_channel slack_connect_blocked_file_type
        slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
        slack_connect_lists_sharing_blocked slack_connect_clip_sharing_blocked subteam_not_found team_access_not_granted
        team_not_found token_expired token_revoked too_many_attachments too_many_contact_cards two_factor_setup_required
        unfurls_not_allowed unknown_method update_failed user_is_bot user_is_restricted user_not_found user_not_in_channel
        user_not_visible users_not_found view_too_large
        """,
}


@pytest.mark.parametrize(
    ("kind", "code"), [(kind, code) for kind, codes in DOCUMENTED.items() for code in codes.split()]
)
def test_every_documented_error_has_one_way_on(kind: type[SlackFailure], code: str) -> None:
    failure = classify(answer(code), "chat.postMessage")
    assert type(failure) is kind
    assert code in str(failure)
    assert failure.method == "chat.postMessage"


def test_an_error_that_nobody_knows_is_not_tried_again() -> None:
    assert type(classify(answer("brand_new_error"))) is Terminal


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({}, 30),
        ({"Retry-After": "soon"}, 30),
        ({"Retry-After": "nan"}, 30),
    ],
)
def test_a_pause_is_as_long_as_slack_says(headers: dict[str, str], pause: float) -> None:
    failure = classify(answer("ratelimited", 429, headers), "users.info")
    assert isinstance(failure, RateLimited)
    assert failure.retry_after == pause
    assert failure.method == "users.info"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
@pytest.mark.parametrize("code", ["", "channel_not_found"])
def test_a_failing_server_leaves_it_open_whether_it_was_done(status: int, code: str) -> None:
    assert type(classify(answer(code, status))) is Ambiguous


def test_a_plain_refusal_of_a_proxy_is_terminal() -> None:
    assert type(classify(answer("", 403))) is Terminal


def connection_key() -> ConnectionKey:
    return ConnectionKey("slack.example", 443, True, True, None, None, None)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (aiohttp.ClientConnectorError(connection_key(), OSError(111, "refused")), Retryable),
        (aiohttp.ClientConnectorDNSError(connection_key(), OSError(-2, "unknown name")), Retryable),
        (aiohttp.ClientConnectorSSLError(connection_key(), OSError(1, "handshake")), Retryable),
        (aiohttp.ConnectionTimeoutError(), Retryable),
        (aiohttp.SocketTimeoutError(), Ambiguous),
        (TimeoutError(), Ambiguous),
        (aiohttp.ServerDisconnectedError(), Ambiguous),
        (aiohttp.ClientOSError(104, "reset"), Ambiguous),
        (aiohttp.ClientPayloadError(), Ambiguous),
        (ConnectionResetError(), Ambiguous),
        (RuntimeError("something else"), Ambiguous),
        (refused(object()), Ambiguous),
    ],
)
def test_only_a_connection_that_never_stood_is_known_to_have_done_nothing(
    error: Exception, kind: type[SlackFailure]
) -> None:
    assert type(classify(error)) is kind


def test_a_failure_stays_what_it_is() -> None:
    failure = RateLimited(3, "chat.postMessage")
    assert classify(failure) is failure


def test_the_missing_scope_is_named() -> None:
    assert "users:read" in str(classify(answer("missing_scope", needed="users:read", provided="chat:write")))


def test_what_is_wrong_with_a_block_is_named() -> None:
    failure = classify(
        answer("invalid_blocks", response_metadata={"messages": ["must be fewer than 151 characters"]})
    )
    assert "fewer than 151" in str(failure)


class NoSuchThing(Refusal):
    """I could not find *{name}*. Ask {who}."""


def test_a_refusal_shows_names_literally_and_keeps_mentions() -> None:
    refusal = NoSuchThing(name="<!channel> & <https://a.example|b>", who="<@U123> or <!subteam^S1>")
    assert spoken(refusal) == (
        "I could not find *&lt;!channel&gt; &amp; &lt;https://a.example|b&gt;*. Ask <@U123> or <!subteam^S1>."
    )


def test_a_form_shows_a_refusal_without_markup() -> None:
    assert spoken_plainly(NoSuchThing(name="*x* & y", who="Maria")) == "I could not find *x* & y. Ask Maria."


class Heard:
    def __init__(self, failing: bool = False) -> None:
        self.sentences: list[str] = []
        self.failing = failing

    async def __call__(self, sentence: str) -> None:
        if self.failing:
            raise Terminal("channel_not_found", "chat.postEphemeral")
        self.sentences.append(sentence)


async def test_a_refusal_is_whispered() -> None:
    heard = Heard()
    async with Answering("a click", heard) as answering:
        raise NoSuchThing(name="x", who="Maria")
    assert heard.sentences == ["I could not find *x*. Ask Maria."]
    assert isinstance(answering.refused, NoSuchThing)
    assert answering.went_wrong is None


async def test_something_unexpected_shows_a_reference_and_never_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard = Heard()
    with caplog.at_level(logging.ERROR):
        async with Answering("a click", heard) as answering:
            raise ZeroDivisionError("the secret text of the error")
    assert isinstance(answering.went_wrong, ZeroDivisionError)
    (sentence,) = heard.sentences
    assert "secret" not in sentence
    reference = sentence.rsplit(" ", 1)[1].rstrip(".")
    assert len(reference) == 6
    assert f"reference {reference}" in caplog.text
    assert "the secret text of the error" in caplog.text


async def test_a_slack_that_is_away_is_named_as_such(caplog: pytest.LogCaptureFixture) -> None:
    heard = Heard()
    async with Answering("a click", heard):
        raise RateLimited(30, "users.info")
    async with Answering("a click", heard):
        raise Terminal("missing_scope", "users.info")
    assert heard.sentences[0].startswith("Slack did not answer just now.")
    assert heard.sentences[1].startswith("Something went wrong on our side.")
    assert "missing_scope" not in heard.sentences[1]


async def test_a_slow_whisper_does_not_hold_up_the_ack() -> None:
    told = asyncio.Event()
    may_go_on = asyncio.Event()

    async def slow(_: str) -> None:
        await may_go_on.wait()
        told.set()

    async with asyncio.timeout(2.5):
        async with Answering("a click", slow):
            raise NoSuchThing(name="x", who="Maria")
        may_go_on.set()
        await told.wait()


async def test_a_repeated_delivery_ends_in_silence() -> None:
    heard = Heard()
    async with Answering("a click", heard) as answering:
        raise AlreadySeen
    assert heard.sentences == []
    assert answering.went_wrong is None


async def test_a_whisper_that_fails_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with Answering("a click", Heard(failing=True)):
        raise NoSuchThing(name="x", who="Maria")
    assert "could not be told" in caplog.text


async def test_a_cancelled_task_stays_cancelled() -> None:
    heard = Heard()
    with pytest.raises(asyncio.CancelledError):
        async with Answering("a click", heard):
            raise asyncio.CancelledError
    assert heard.sentences == []
