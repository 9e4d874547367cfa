"""How Preflight logs: one readable line per event, no secrets, and a short reference for what a person was shown.

Nothing else configures logging. Secrets are taken out here, at the last moment, because libraries log as well; code must
still not hand them over.
"""

import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Iterable
from typing import Final, TextIO

_REFERENCE_LETTERS: Final = "ACDEFGHJKLMNPQRTUVWXY34679"
_FRAMES_SHOWN: Final = 6
_NOISY: Final = ("aiohttp", "asyncio", "slack_bolt", "slack_sdk", "uvicorn", "sqlalchemy", "alembic", "dbos")

_TOKEN: Final = re.compile(r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[A-Za-z0-9-]+")
_BEARER: Final = re.compile(r"(?i)\b(bearer\s+)[^\s'\",]+")
_PASSWORD_IN_URL: Final = re.compile(r"(://[^\s:/@]*:)[^\s@/]+@")
_PRIVATE_URL: Final = re.compile(r"(https://hooks\.slack\.com/)[^\s'\",]+|(\bticket=)[^\s&'\",]+")


def reference() -> str:
    """Return six letters and figures that are easy to read out, for one line of the log."""
    return "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(6))


def redacted(text: str, known: Iterable[str] = ()) -> str:
    """Return the text without Slack tokens, bearer tokens, passwords in addresses, response URLs and known secrets."""
    for secret in known:
        text = text.replace(secret, "***")
    text = _TOKEN.sub(lambda found: found[0].partition("-")[0] + "-***", text)
    text = _BEARER.sub(r"\1***", text)
    text = _PASSWORD_IN_URL.sub(r"\1***@", text)
    return _PRIVATE_URL.sub(lambda found: (found[1] or found[2]) + "***", text)


class OneLine(logging.Formatter):
    """Puts an event on one line: time in UTC, level, where from, words; an error with its last few frames."""

    def __init__(self, known_secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._known = tuple(sorted((s for s in known_secrets if len(s) >= 6), key=len, reverse=True))

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        words = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            words += " · " + described(record.exc_info[1])
        line = f"{at}.{int(record.msecs):03d}Z {record.levelname:<7} {record.name}: {words}"
        return redacted(line, self._known).replace("\r", "").replace("\n", " ⏎ ")


def described(error: BaseException) -> str:
    """Return an error with the places it came through, innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_SHOWN:]
    places = " ← ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    said = f"{type(error).__name__}: {error}" + (f" at {places}" if places else "")
    return said + (f" · because of {type(cause).__name__}: {cause}" if cause else "")


def _short(path: str) -> str:
    return "/".join(path.rsplit("/", 2)[-2:])


def configure(
    level: str = "INFO", known_secrets: Iterable[str] = (), stream: TextIO | None = None
) -> logging.Handler:
    """Send everything to one stream (standard error) in one form; libraries speak from WARNING on.

    `known_secrets` are the values of this installation, taken out wherever they turn up.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(OneLine(known_secrets))
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, OneLine):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    return handler
