"""A file goes to Slack in three steps, and nowhere else; whoever asked for it hears why it did not."""

import logging
from collections.abc import AsyncIterator
from typing import Any, Protocol

import pytest
from aiohttp import web

from bot.domain.errors import Refusal
from bot.slack.gateway import SlackGateway
from bot.slack.uploads import File, FileNotAllowed, FileNotTaken

WORKSPACE = "T0001"
CONTENT = '"words"'


class Slack(Protocol):
    """What these tests use of the scripted Slack in conftest."""

    url: str
    asked: list[Any]
    methods: list[str]

    def answers(self, method: str, *answers: Any) -> None: ...


@pytest.fixture
async def gateway(slack: Slack) -> AsyncIterator[SlackGateway]:
    slack.answers(
        "files.getUploadURLExternal", {"ok": True, "upload_url": f"{slack.url}put", "file_id": "F0001"}
    )
    async with SlackGateway("xoxb-made-up", slack.url) as opened:
        yield opened


async def upload(gateway: SlackGateway) -> None:
    await gateway.upload(WORKSPACE, "C0001", "report.md", CONTENT, title="Report", thread_ts="1.1")


async def test_a_file_is_put_where_slack_says_and_shared_in_the_thread(
    slack: Slack, gateway: SlackGateway
) -> None:
    await upload(gateway)
    wanted, put, shared = slack.asked
    assert wanted.arguments == {"filename": "report.md", "length": str(len(CONTENT))}
    assert (put.method, put.arguments) == ("put", "words")
    assert "Authorization" not in put.headers
    assert shared.method == "files.completeUploadExternal"
    assert shared.arguments == {
        "files": [{"id": "F0001", "title": "Report"}],
        "channel_id": "C0001",
        "thread_ts": "1.1",
    }


async def elsewhere(request: web.Request) -> web.StreamResponse:
    return web.Response(status=307, headers={"Location": str(request.url.with_path("/api/stranger"))})


@pytest.mark.parametrize(
    ("method", "answer", "refusal"),
    [
        ("files.completeUploadExternal", {"ok": False, "error": "is_archived"}, FileNotAllowed),
        (
            "files.getUploadURLExternal",
            {"ok": False, "error": "missing_scope", "needed": "files:write"},
            FileNotAllowed,
        ),
        (
            "files.getUploadURLExternal",
            {"ok": True, "upload_url": "https://stranger.example/x", "file_id": "F1"},
            FileNotAllowed,
        ),
        ("put", elsewhere, FileNotAllowed),
        ("files.completeUploadExternal", {"ok": False, "error": "internal_error"}, FileNotTaken),
    ],
    ids=["archived", "scope", "a stranger", "sent on to a stranger", "trouble"],
)
async def test_a_file_that_is_not_taken_is_a_refusal_and_the_log_says_why(
    slack: Slack,
    gateway: SlackGateway,
    caplog: pytest.LogCaptureFixture,
    method: str,
    answer: Any,
    refusal: type[Refusal],
) -> None:
    slack.answers(method, answer)
    with caplog.at_level(logging.WARNING), pytest.raises(refusal):
        await upload(gateway)
    assert "stranger" not in slack.methods
    assert "a file was not taken" in caplog.text


async def test_several_files_are_shared_in_one_message(slack: Slack, gateway: SlackGateway) -> None:
    files = [
        File("portfolio.csv", '"Rückgaben"', "As a table"),
        File("portfolio.json", b'"bytes"', "As data"),
        File("Pilots & costs 100%.html", '"<p>"', "As a page"),
    ]
    await gateway.upload_together(WORKSPACE, "C0001", files, thread_ts="1.1", comment="Three files.")
    wanted = [asked.arguments for asked in slack.asked if asked.method == "files.getUploadURLExternal"]
    assert wanted == [{"filename": file.name, "length": str(len(file.data))} for file in files]
    assert slack.asked[-1].arguments == {
        "files": [{"id": "F0001", "title": file.title} for file in files],
        "channel_id": "C0001",
        "thread_ts": "1.1",
        "initial_comment": "Three files.",
    }
    assert slack.methods.count("files.completeUploadExternal") == 1


async def test_of_several_files_all_are_shared_or_none(slack: Slack, gateway: SlackGateway) -> None:
    place = {"ok": True, "upload_url": f"{slack.url}put", "file_id": "F0001"}
    slack.answers("files.getUploadURLExternal", place, {"ok": False, "error": "internal_error"})
    with pytest.raises(FileNotTaken):
        await gateway.upload_together(
            WORKSPACE, "C0001", [File("a.csv", '"a"', "A"), File("b.csv", '"b"', "B")]
        )
    assert "files.completeUploadExternal" not in slack.methods
