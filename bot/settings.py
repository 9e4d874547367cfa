"""The settings: what differs from one installation to the next. The only reader of the environment and of `.env`.

Everything that is missing or malformed is named at once, with how to mend it and never with a secret's value. A secret is
a `SecretStr` until the one place that needs it opens it.
"""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.slack.addresses import SLACK_API_URL, is_on_this_machine

ENV_FILE: Final = Path(".env")

_WHERE: Final = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions, Bot User OAuth Token (xoxb-…)",
    "SLACK_APP_TOKEN": "Basic Information, App-Level Tokens, one with connections:write (xapp-…)",
    "SLACK_SIGNING_SECRET": "Basic Information, App Credentials, Signing Secret",
}


@dataclass(frozen=True)
class Problem:
    """One setting that needs attention, and what to do about it."""

    name: str
    what: str


class SettingsInvalid(Exception):  # noqa: N818 - says what is the matter
    """Some settings are missing or malformed; the message names all of them."""

    def __init__(self, problems: list[Problem], env_file: Path | None) -> None:
        self.problems = tuple(problems)
        width = max(len(problem.name) for problem in problems)
        lines = [f"  {problem.name:<{width}}  {problem.what}" for problem in problems]
        count = "One setting needs" if len(problems) == 1 else f"{len(problems)} settings need"
        read_from = f"the environment and {env_file}" if env_file else "the environment"
        super().__init__(
            "\n".join(
                [
                    f"{count} attention:",
                    *lines,
                    f"They are read from {read_from}; .env.example explains each.",
                ]
            )
        )


def _secret(starts: tuple[str, ...], found_where: str) -> Any:
    """Return a check that a secret looks like one of its kind; what it says never contains the value."""

    def check(given: Any) -> Any:
        value = given.strip() if isinstance(given, str) else given
        if not isinstance(value, str):
            return value
        if starts and not value.startswith(starts):
            kinds = {"xoxb-": "a bot token", "xoxp-": "a user token", "xapp-": "an app-level token"}
            looks = next((f", but {kind}" for start, kind in kinds.items() if value.startswith(start)), "")
            raise ValueError(f"is not what belongs here{looks}. Copy it from the app's page: {found_where}.")
        if not starts and value.startswith(("xox", "xapp-")):
            raise ValueError(
                f"is a token, not the signing secret. Copy it from the app's page: {found_where}."
            )
        if len(value) < 8 or not value.isascii() or re.search(r"\s", value):
            raise ValueError(
                f"looks cut off or has spaces in it. Copy it again from the app's page: {found_where}."
            )
        return value

    return BeforeValidator(check)


def _api_url(url: str) -> str:
    address = urlsplit(url.strip())
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ValueError(
            "is not an address. Leave it out for Slack, or give one such as http://127.0.0.1:8100/api/."
        )
    if address.scheme == "http" and not is_on_this_machine(url.strip()):
        raise ValueError("would send the token unencrypted. Give an https address.")
    return url.strip().rstrip("/") + "/"


def _database_url(url: SecretStr) -> SecretStr:
    scheme = url.get_secret_value().partition(":")[0].partition("+")[0]
    if scheme not in {"sqlite", "postgresql", "postgres"} or "://" not in url.get_secret_value():
        raise ValueError(
            "is not usable. Give sqlite:///var/preflight.db or postgresql://user:password@host/name."
        )
    return url


def _port(given: Any) -> Any:
    said = str(given).strip()
    if not (said.isascii() and said.isdecimal()) or not 0 <= int(said[:6]) <= 65535:
        raise ValueError("is not a port. Give a number from 1 to 65535, such as 3000.")
    return int(said)


def _folder(given: Path) -> Path:
    if not given.is_dir():
        raise ValueError(
            f"names {given}, which is no folder. Leave it out for the playbook that comes with Preflight."
        )
    return given


def _channel(given: Any) -> Any:
    said = str(given).strip().removeprefix("#")
    if not re.fullmatch(r"[^\s#<>&@,;:.!?()'\"/]{1,80}", said):
        raise ValueError(
            "names no channel. Give its name, such as #gate-reviews, or its id, such as C0123ABCDEF."
        )
    return said


def _level(given: Any) -> Any:
    said = str(given).strip().upper()
    if said not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("is not a level. Give DEBUG, INFO, WARNING or ERROR.")
    return said


Channel = Annotated[str, BeforeValidator(_channel)]
"""A channel by its name (without #) or its id."""


class Settings(BaseSettings):
    """One installation. Made with `Settings.load`, which explains what is wrong."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        env_file_encoding="utf-8",
        hide_input_in_errors=True,
    )

    slack_bot_token: Annotated[SecretStr | None, _secret(("xoxb-",), _WHERE["SLACK_BOT_TOKEN"])] = Field(
        default=None, validation_alias="SLACK_BOT_TOKEN"
    )
    slack_app_token: Annotated[SecretStr | None, _secret(("xapp-",), _WHERE["SLACK_APP_TOKEN"])] = Field(
        default=None, validation_alias="SLACK_APP_TOKEN"
    )
    slack_signing_secret: Annotated[SecretStr | None, _secret((), _WHERE["SLACK_SIGNING_SECRET"])] = Field(
        default=None, validation_alias="SLACK_SIGNING_SECRET"
    )
    slack_api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        default=SLACK_API_URL, validation_alias="SLACK_API_URL"
    )
    database: Annotated[SecretStr, AfterValidator(_database_url)] = Field(
        default=SecretStr("sqlite:///var/preflight.db"), validation_alias="DATABASE_URL"
    )
    port: Annotated[int, BeforeValidator(_port)] = Field(default=3000, validation_alias="PORT")
    host: str = Field(default="127.0.0.1", validation_alias="HOST")
    playbook: Annotated[Path, AfterValidator(_folder)] | None = Field(
        default=None, validation_alias="PREFLIGHT_PLAYBOOK"
    )
    review_channel: Channel | None = Field(default=None, validation_alias="PREFLIGHT_REVIEW_CHANNEL")
    digest_channel: Channel | None = Field(default=None, validation_alias="PREFLIGHT_DIGEST_CHANNEL")
    operations_channel: Channel | None = Field(default=None, validation_alias="PREFLIGHT_OPERATIONS_CHANNEL")
    clock: Path | None = Field(default=None, validation_alias="PREFLIGHT_CLOCK")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_level)] = Field(
        default="INFO", validation_alias="PREFLIGHT_LOG_LEVEL"
    )

    @classmethod
    def load(cls, env_file: Path | None = ENV_FILE, *, needs_slack: bool = False) -> "Settings":
        """Read the environment and `.env` (the environment wins); raise `SettingsInvalid` with everything that is wrong.

        With `needs_slack` the tokens have to be there; without it they may all be missing, but not some of them.
        """
        given, problems_reading = _given(env_file)
        problems = [*problems_reading]
        problems += _tokens_missing(given, needs_slack=needs_slack) + _misspelt(given)
        settings: Settings | None = None
        try:
            settings = cls(_env_file=None if problems_reading else env_file)
        except ValidationError as invalid:
            problems += [_problem(error) for error in invalid.errors(include_input=False, include_url=False)]
        if settings is None or problems:
            raise SettingsInvalid(sorted(problems, key=lambda p: _order(p.name)), env_file)
        return settings

    @property
    def database_url(self) -> str:
        """The database's address, which may hold a password: never to be shown as it is."""
        return self.database.get_secret_value()

    @property
    def slack_is_set(self) -> bool:
        """Whether there are tokens for a Slack workspace; without them Preflight runs in its sandbox."""
        return self.slack_bot_token is not None

    @property
    def uses_socket_mode(self) -> bool:
        """Whether deliveries come over web sockets: so it is where there is an app-level token."""
        return self.slack_app_token is not None

    def lacking(self, name: str, command: str) -> SettingsInvalid:
        """Return the refusal of a command that needs a setting which is not there."""
        what = f"is missing, and `{command}` needs it. Copy it from the app's page: {_WHERE[name]}."
        return SettingsInvalid([Problem(name, what)], ENV_FILE)

    def secrets(self) -> list[str]:
        """Return what must not turn up in a log."""
        held = [self.slack_bot_token, self.slack_app_token, self.slack_signing_secret]
        password = urlsplit(self.database_url).password
        return [one.get_secret_value() for one in held if one] + ([password] if password else [])


NAMES: Final = tuple(str(one.validation_alias) for one in Settings.model_fields.values())
"""The names of all settings, in the order in which they are explained."""


def _order(name: str) -> int:
    return next((at for at, known in enumerate(NAMES) if name.startswith(known)), len(NAMES))


def _given(env_file: Path | None) -> tuple[dict[str, str], list[Problem]]:
    """Return what is set under names that look like ours, and what is wrong with the file; empty means not set."""
    written: Mapping[str, str | None] = {}
    problems = []
    if env_file is not None and env_file.is_file():
        try:
            written = dotenv_values(env_file, encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems = [
                Problem(str(env_file), f"cannot be read ({type(error).__name__}). Save it as UTF-8 text.")
            ]
    given = {name.upper(): value for name, value in {**written, **os.environ}.items() if value}
    return {n: v for n, v in given.items() if n in NAMES or n.startswith(("PREFLIGHT_", "SLACK_"))}, problems


def _tokens_missing(given: Mapping[str, str], *, needs_slack: bool) -> list[Problem]:
    bot, app, signing = (
        name in given for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
    )
    if not (needs_slack or bot or app or signing):
        return []
    problems = []
    if not bot:
        where = _WHERE["SLACK_BOT_TOKEN"]
        problems.append(Problem("SLACK_BOT_TOKEN", f"is missing. Copy it from the app's page: {where}."))
    if not (app or signing):
        problems.append(
            Problem(
                "SLACK_APP_TOKEN",
                f"is missing, and so is SLACK_SIGNING_SECRET. Set the first for Socket Mode ({_WHERE['SLACK_APP_TOKEN']}) "
                f"or the second for HTTP ({_WHERE['SLACK_SIGNING_SECRET']}).",
            )
        )
    return problems


def _misspelt(given: Mapping[str, str]) -> list[Problem]:
    """Return the names that are nearly one of ours: a setting that is not read would go unnoticed."""
    problems = []
    for name in given:
        close = [] if name in NAMES else difflib.get_close_matches(name, NAMES, n=1, cutoff=0.85)
        if close and close[0] not in given:
            problems.append(Problem(name, f"is not a setting. Did you mean {close[0]}?"))
    return problems


def _problem(error: Any) -> Problem:
    said = str(error["msg"]).removeprefix("Value error, ")
    return Problem(str(error["loc"][0]) if error["loc"] else "settings", said)
