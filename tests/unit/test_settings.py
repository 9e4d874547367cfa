"""Settings: everything that is wrong is named at once, and no secret is ever told."""

import ast
import io
import logging
import traceback
from pathlib import Path

import pytest

from bot import logs
from bot.settings import NAMES, Settings, SettingsInvalid

ROOT = Path(__file__).parents[2]
BOT = "xoxb-111111111111-222222222222-abcdefABCDEF"
APP = "xapp-1-A0123-4567-abcdef0123456789"
SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def written(folder: Path, *lines: str) -> Path:
    file = folder / ".env"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def problems(file: Path | None, *, needs_slack: bool = False) -> dict[str, str]:
    with pytest.raises(SettingsInvalid) as invalid:
        Settings.load(file, needs_slack=needs_slack)
    assert all(problem.what in str(invalid.value) for problem in invalid.value.problems)
    return {problem.name: problem.what for problem in invalid.value.problems}


def test_with_nothing_set_preflight_runs_in_its_sandbox(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "none.env")
    assert not settings.slack_is_set
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url == "sqlite:///var/preflight.db"
    assert (settings.port, settings.log_level, settings.playbook) == (3000, "INFO", None)


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = Settings.load(
        written(
            tmp_path,
            f"SLACK_BOT_TOKEN={BOT}",
            f"SLACK_APP_TOKEN='{APP}'",
            f'SLACK_SIGNING_SECRET=" {SIGNING} "',
            "SLACK_API_URL=http://127.0.0.1:8100/api",
            "DATABASE_URL=postgresql://preflight:hunter2hunter2@db.example/preflight",
            "PORT=8080",
            f"PREFLIGHT_PLAYBOOK={tmp_path}",
            "PREFLIGHT_REVIEW_CHANNEL=C0GATEREVW",
            "PREFLIGHT_DIGEST_CHANNEL='#ai-pilots'",
            "PREFLIGHT_OPERATIONS_CHANNEL=G0123ABCDEF",
            f"PREFLIGHT_CLOCK={tmp_path}/clock.json",
            "PREFLIGHT_LOG_LEVEL=debug",
            "SOMETHING_ELSE=1",
        )
    )
    assert settings.slack_is_set
    assert settings.uses_socket_mode
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == BOT
    assert settings.slack_signing_secret is not None
    assert settings.slack_signing_secret.get_secret_value() == SIGNING
    assert settings.slack_api_url == "http://127.0.0.1:8100/api/"
    assert (settings.port, settings.playbook, settings.log_level) == (8080, tmp_path, "DEBUG")
    assert (settings.review_channel, settings.digest_channel) == ("C0GATEREVW", "ai-pilots")
    assert settings.secrets() == [BOT, APP, SIGNING, "hunter2hunter2"]


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "4000")
    assert Settings.load(written(tmp_path, "PORT=5000")).port == 4000


def test_an_empty_value_is_no_value(tmp_path: Path) -> None:
    settings = Settings.load(written(tmp_path, "PORT=", "SLACK_BOT_TOKEN=", "PREFLIGHT_REVIEW_CHANNEL="))
    assert settings.port == 3000
    assert not settings.slack_is_set


def test_everything_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "SLACK_BOT_TOKEN=xoxp-1-2-3",
        "SLACK_API_URL=slack",
        "DATABASE_URL=mysql://x",
        "PORT=http",
        "PREFLIGHT_PLAYBOOK=/no/such/folder",
        "PREFLIGHT_REVIEW_CHANNEL=gate reviews",
        "PREFLIGHT_LOG_LEVEL=LOUD",
        "PREFLIGHT_REVIEW_CHANEL=C0123ABCDEF",
    )
    found = problems(file)
    assert list(found) == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_API_URL",
        "DATABASE_URL",
        "PORT",
        "PREFLIGHT_PLAYBOOK",
        "PREFLIGHT_REVIEW_CHANNEL",
        "PREFLIGHT_LOG_LEVEL",
    ]
    assert "a user token" in found["SLACK_BOT_TOKEN"]
    assert "#gate-reviews" in found["PREFLIGHT_REVIEW_CHANNEL"]


def test_the_message_reads_as_a_list(tmp_path: Path) -> None:
    file = written(tmp_path, "PORT=99999")
    with pytest.raises(SettingsInvalid) as invalid:
        Settings.load(file)
    assert str(invalid.value) == (
        "One setting needs attention:\n"
        "  PORT  is not a port. Give a number from 1 to 65535, such as 3000.\n"
        f"They are read from the environment and {file}; .env.example explains each."
    )


def test_without_slack_nothing_can_be_served(tmp_path: Path) -> None:
    found = problems(tmp_path / "none.env", needs_slack=True)
    assert list(found) == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert "SLACK_SIGNING_SECRET" in found["SLACK_APP_TOKEN"]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([f"SLACK_BOT_TOKEN={BOT}"], ["SLACK_APP_TOKEN"]),
        ([f"SLACK_APP_TOKEN={APP}"], ["SLACK_BOT_TOKEN"]),
        ([f"SLACK_SIGNING_SECRET={SIGNING}"], ["SLACK_BOT_TOKEN"]),
        ([f"SLACK_BOT_TOKEN={APP}", f"SLACK_APP_TOKEN={BOT}"], ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]),
        ([f"SLACK_BOT_TOKEN={BOT}", f"SLACK_SIGNING_SECRET={APP}"], ["SLACK_SIGNING_SECRET"]),
        (["SLACK_BOT_TOKEN=xoxb-", f"SLACK_APP_TOKEN={APP}"], ["SLACK_BOT_TOKEN"]),
        ([f"SLACK_BOT_TOKEN='{BOT} {BOT}'", f"SLACK_APP_TOKEN={APP}"], ["SLACK_BOT_TOKEN"]),
        (["SLACK_API_URL=http://slack.example/api/"], ["SLACK_API_URL"]),
        (["PORT=-1"], ["PORT"]),
        (["PORT=٣٠٠٠"], ["PORT"]),
        (["PREFLIGHT_PLAYBOK=/x"], ["PREFLIGHT_PLAYBOK"]),
        (["DATABASE_URL=sqlite"], ["DATABASE_URL"]),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, lines: list[str], names: list[str]) -> None:
    assert list(problems(written(tmp_path, *lines))) == names


def test_other_programs_names_are_left_alone(tmp_path: Path) -> None:
    Settings.load(written(tmp_path, "SLACK_WEBHOOK=x", "PREFLIGHT_TEAM_COLOUR=blue"))


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("PORT=3000\nPREFLIGHT_LOG_LEVEL=gro\xdf".encode("latin-1"))
    assert "UTF-8" in problems(file)[str(file)]


SECRETS = {
    "SLACK_BOT_TOKEN": "xoxp-SECRETSECRET-1",
    "SLACK_APP_TOKEN": "xoxb-SECRETSECRET-2",
    "SLACK_SIGNING_SECRET": "xapp-SECRETSECRET-3",
    "SLACK_API_URL": "ftp://user:SECRETSECRET@slack.example",
    "DATABASE_URL": "mysql://user:SECRETSECRET@db.example/x",
    "PORT": "SECRETSECRET",
    "PREFLIGHT_REVIEW_CHANNEL": "SECRETSECRET!",
    "PREFLIGHT_LOG_LEVEL": "SECRETSECRET",
    "PREFLIGHT_REVIEW_CHANNELL": "SECRETSECRET",
}


def test_no_message_tells_a_secret_that_stands_in_the_wrong_place(tmp_path: Path) -> None:
    file = written(tmp_path, *(f"{name}={value}" for name, value in SECRETS.items()))
    with pytest.raises(SettingsInvalid) as invalid:
        Settings.load(file)
    shown = str(invalid.value) + repr(invalid.value) + repr(invalid.value.problems)
    assert len(invalid.value.problems) >= 8
    assert "SECRETSECRET" not in shown
    assert "SECRETSECRET" not in "".join(traceback.format_exception(invalid.value, chain=False))


def test_good_settings_do_not_tell_their_secrets(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        f"SLACK_BOT_TOKEN={BOT}",
        f"SLACK_APP_TOKEN={APP}",
        f"SLACK_SIGNING_SECRET={SIGNING}",
        "DATABASE_URL=postgresql://preflight:hunter2hunter2@db.example/preflight",
    )
    settings = Settings.load(file)
    stream = io.StringIO()
    handler = logs.configure("INFO", settings.secrets(), stream)
    logging.getLogger("bot").info("%s %r %s %s", settings, settings, settings.model_dump(), SIGNING)
    logging.getLogger().removeHandler(handler)
    shown = (
        f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()} {stream.getvalue()}"
    )
    for secret in (BOT, APP, SIGNING, "hunter2hunter2"):
        assert secret not in shown


def test_every_setting_is_explained_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = {line.lstrip("#").partition("=")[0] for line in example.splitlines() if "=" in line}
    assert set(NAMES) <= explained


def test_the_example_itself_is_valid(tmp_path: Path) -> None:
    assert not Settings.load(ROOT / ".env.example").slack_is_set


READERS = {"environ", "environb", "getenv", "getenvb", "dotenv_values", "load_dotenv"}


@pytest.mark.parametrize("folder", ["bot", "storage", "prompts"])
def test_no_other_file_reads_the_environment(folder: str) -> None:
    reading = []
    for file in sorted((ROOT / folder).rglob("*.py")):
        names = {
            node.attr if isinstance(node, ast.Attribute) else node.id
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute | ast.Name)
        }
        if names & READERS and file != ROOT / "bot" / "settings.py":
            reading.append(file.relative_to(ROOT))
    assert reading == []
