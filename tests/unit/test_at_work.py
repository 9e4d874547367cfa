"""Which database the commands look at: without tokens the product is the sandbox, so it is the sandbox's, and they say so."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.at_work import at_work, now_of
from bot.settings import Settings
from storage import database
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import TEAM, a_pilot

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1234567890", "SLACK_APP_TOKEN": "xapp-1234567890"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to type commands in."""
    monkeypatch.chdir(tmp_path)
    for name in ("PREFLIGHT_PLAYBOOK", "DATABASE_URL", *TOKENS):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def made(file: Path, pilot: str) -> None:
    """Make a database with one pilot, which tells it from any other."""
    url = f"sqlite:///{file}"
    database.migrate(url)

    def fill(tx: Tx) -> None:
        tx.workspaces.remember(TEAM, "T", "https://t.slack.com/", "U0")
        tx.pilots.register(a_pilot(name=pilot))

    with Store.open(url) as store:
        store.write_sync(fill)


def in_sandbox(place: Path) -> None:
    made(place / "var" / "sandbox" / "preflight.db", "Played with")


def installed(place: Path) -> None:
    made(place / "var" / "preflight.db", "For real")


def chosen(**given: str) -> str:
    return at_work(Settings.model_validate(given)).settings.database_url


def test_without_tokens_it_is_the_sandbox(place: Path) -> None:
    in_sandbox(place)
    installed(place)
    assert chosen() == "sqlite:///var/sandbox/preflight.db"


def test_with_tokens_it_is_the_installation(place: Path) -> None:
    in_sandbox(place)
    installed(place)
    assert chosen(**TOKENS) == "sqlite:///var/preflight.db"


def test_a_database_that_is_named_is_meant(place: Path) -> None:
    in_sandbox(place)
    assert chosen(DATABASE_URL="sqlite:///var/preflight.db") == "sqlite:///var/preflight.db"


def test_where_the_sandbox_was_never_started_it_is_the_installation(place: Path) -> None:
    installed(place)
    assert chosen() == "sqlite:///var/preflight.db"


def test_where_there_is_neither_the_sandbox_is_said_to_be_missing(place: Path) -> None:
    assert place.is_dir()
    assert chosen() == "sqlite:///var/sandbox/preflight.db"


def test_the_sandbox_has_its_own_time(place: Path) -> None:
    in_sandbox(place)
    ahead = timedelta(days=40)
    (place / "var" / "sandbox" / "clock.json").write_text(
        json.dumps({"offset_seconds": ahead.total_seconds()})
    )
    found = at_work(Settings.model_validate({}))
    assert abs(now_of(found.settings) - datetime.now(UTC) - ahead) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "words", [["report", "Played with"], ["counters"], ["audit", "verify"], ["audit", "export"], ["doctor"]]
)
def test_a_command_says_that_it_looks_at_the_sandbox(place: Path, words: list[str]) -> None:
    in_sandbox(place)
    installed(place)
    told = CliRunner().invoke(app, words)
    assert "var/sandbox/preflight.db" in told.stderr
    assert "no Slack tokens are set" in told.stderr
    if words[0] == "report":
        assert told.stdout.startswith("# Played with")


def test_with_tokens_nothing_has_to_be_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    installed(place)
    told = CliRunner().invoke(app, ["report", "For real"])
    assert (told.exit_code, told.stderr) == (0, "")


def test_a_sandbox_of_an_older_version_is_mended_by_starting_it(place: Path) -> None:
    (place / "var" / "sandbox").mkdir(parents=True)
    (place / "var" / "sandbox" / "preflight.db").touch()
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 1
    assert "python -m bot up" in told.output
    assert "python -m bot migrate" not in told.output
