"""Readable lines, and nothing secret in them."""

import io
import logging
from collections.abc import Iterator

import pytest

from bot import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    level = root.level
    handler = logs.configure("INFO", known_secrets=["8f742231b10e8888abcd99yyyzzz85a5"], stream=stream)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_an_event_is_one_line_with_time_level_and_origin(written: io.StringIO) -> None:
    logging.getLogger("bot.slack.router").info("first\nsecond")
    line = written.getvalue()
    assert line.count("\n") == 1
    assert "INFO    bot.slack.router: first ⏎ second" in line
    assert line[10] == "T"


def test_an_error_names_the_places_it_came_through(written: io.StringIO) -> None:
    try:
        int("x")
    except ValueError:
        logging.getLogger("bot").exception("reading failed")
    assert written.getvalue().count("\n") == 1
    assert "ValueError: invalid literal" in written.getvalue()
    assert "unit/test_logs.py:" in written.getvalue()


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123456789012-abcDEF",
        "xoxp-1-2-3-abc",
        "xoxe.xoxp-1-Mi0yLTEx",
        "xapp-1-A012-345-abcdef",
        "hunter2hunter2",
        "8f742231b10e8888abcd99yyyzzz85a5",
        "T0/B0/XXXXXXXX",
        "0123-ticket-4567",
    ],
)
def test_no_secret_reaches_the_log(written: io.StringIO, secret: str) -> None:
    said = {
        "hunter2hunter2": "postgresql://preflight:hunter2hunter2@db.example/preflight",
        "T0/B0/XXXXXXXX": "https://hooks.slack.com/actions/T0/B0/XXXXXXXX",
        "0123-ticket-4567": "wss://wss.slack.example/link/?ticket=0123-ticket-4567&app_id=1",
    }.get(secret, f"Authorization: Bearer {secret} and {secret}")
    logging.getLogger("bot").warning("trying %s", said)
    logging.getLogger("slack_sdk").error("failed", exc_info=RuntimeError(said))
    assert secret not in written.getvalue()
    assert "***" in written.getvalue()


def test_libraries_speak_only_when_something_is_wrong(written: io.StringIO) -> None:
    logging.getLogger("slack_sdk").info("chatter")
    logging.getLogger("aiohttp.access").info("chatter")
    assert written.getvalue() == ""


def test_configuring_again_replaces_what_was_configured(written: io.StringIO) -> None:
    again = io.StringIO()
    handler = logs.configure("DEBUG", stream=again)
    logging.getLogger("bot").debug("once")
    logging.getLogger().removeHandler(handler)
    assert again.getvalue().count("once") == 1
    assert "once" not in written.getvalue()


def test_references_are_short_and_differ() -> None:
    assert len({logs.reference() for _ in range(200)}) > 195
    assert all(len(logs.reference()) == 6 for _ in range(10))
