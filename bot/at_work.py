"""Which installation the commands are about: the one with Slack where there are tokens, else the sandbox on this machine.

So a command looks at what `python -m bot up` would start. A database that is named in the settings is meant, whatever else
is set; and where no sandbox was ever started, the installation's file is looked at, so that nobody needs the tokens for that.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import typer
from pydantic import SecretStr

from bot.clock import Clock, SharedClock, SystemClock
from bot.settings import Settings

SANDBOX: Final = Path("var/sandbox")
"""The folder of the sandbox that `up` starts without tokens."""


@dataclass(frozen=True)
class AtWork:
    """The settings of what a command is about, and a word about it where that is not plain."""

    settings: Settings
    word: str = ""


def database_in(folder: Path) -> str:
    """Return the address of the database of a sandbox."""
    return f"sqlite:///{(folder / 'preflight.db').as_posix()}"


def clock_in(folder: Path) -> Path:
    """Return the file that says how far a sandbox's time is ahead."""
    return folder / "clock.json"


def at_work(settings: Settings) -> AtWork:
    """Return the settings of what `up` would start, or has started."""
    if settings.slack_is_set or "database" in settings.model_fields_set:
        return AtWork(settings)
    file, own = SANDBOX / "preflight.db", Path("var/preflight.db")
    if own.is_file() and not file.is_file():
        return AtWork(settings)
    there = settings.model_copy(
        update={"database": SecretStr(database_in(SANDBOX)), "clock": clock_in(SANDBOX)}
    )
    word = f"Looking at the sandbox's database, {file}: no Slack tokens are set. Set DATABASE_URL to look at another one."
    return AtWork(there, word)


def settings_at_work(settings: Settings) -> Settings:
    """Return the same, and say which one it is beside what the command says, so that a file of its output stays clean."""
    found = at_work(settings)
    if found.word:
        typer.echo(found.word, err=True)
    return found.settings


def is_sandbox(settings: Settings) -> bool:
    """Whether settings are those of the sandbox."""
    return settings.database_url == database_in(SANDBOX)


def clock_of(settings: Settings) -> Clock:
    """Return the clock that an installation goes by."""
    return SharedClock(settings.clock) if settings.clock else SystemClock()


def now_of(settings: Settings) -> datetime:
    """Return what time it is there: in the sandbox somebody may have skipped some days."""
    return clock_of(settings).now()
