"""What can go wrong between Preflight and Slack, in as few kinds as there are ways to go on.

`classify` sorts what slack_sdk and aiohttp raise; the sender and the listeners decide by kind alone. `Answering` stands
around what a person asked for: an expected refusal becomes its sentence, anything unexpected becomes a short reference
in the log and on the person's screen, never its own text. Nothing here retries.

Errors are those of the pages of Slack's methods (chat.postMessage, chat.update, conversations.history, views.open, …).
"""

import asyncio
import logging
import math
import re
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.errors import AlreadySeen, Refusal
from bot.domain.text import escape
from bot.logs import reference

log = logging.getLogger(__name__)


class SlackFailure(Exception):  # noqa: N818 - one word for all kinds; each kind says what it is
    """A call to Slack did not do what was asked."""

    def __init__(self, error: str, method: str = "") -> None:
        self.error = error
        self.method = method
        super().__init__(f"{method or 'Slack'}: {error}")

    @property
    def code(self) -> str:
        """Slack's error code, without details."""
        return self.error.partition(" ")[0]


class RateLimited(SlackFailure):
    """Slack asks for a pause of `retry_after` seconds, for this method and workspace; nothing was done."""

    def __init__(self, retry_after: float, method: str = "", error: str = "ratelimited") -> None:
        self.retry_after = retry_after
        super().__init__(f"{error}, again in {retry_after:g} s", method)


class Ambiguous(SlackFailure):
    """Nobody knows whether Slack did it (time-out, 5xx, dropped connection): look before doing it again."""


class Retryable(SlackFailure):
    """Slack clearly did not do it, and may do it later (no connection, a workspace that is being migrated)."""


class Terminal(SlackFailure):
    """Slack will not do it until somebody mends the cause; trying again changes nothing."""


class Uneditable(Terminal):
    """The message that should change cannot change, or is gone; say it in a new one."""


UNEDITABLE: Final = frozenset(
    {"cant_update_message", "edit_window_closed", "message_not_found", "thread_not_found"}
)
"""`thread_not_found` and `message_not_found` also answer a reply under a message that was deleted."""

_LIMITED: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_UNCERTAIN: Final = frozenset({"fatal_error", "internal_error", "service_unavailable", "unknown_error"})
_LATER: Final = frozenset(
    {"request_timeout", "team_added_to_org", "external_channel_migrating", "failed_for_some_users"}
)
TOO_LATE: Final = frozenset(
    {
        "expired_trigger_id",
        "exchanged_trigger_id",
        "invalid_trigger_id",
        "trigger_expired",
        "trigger_exchanged",
    }
)
"""What Slack answers when a form is opened more than three seconds after the click, or twice for one click."""

_PAUSE_WHEN_UNSAID: Final = 30.0
_LONGEST_PAUSE: Final = 3600.0


def classify(error: BaseException, method: str = "") -> SlackFailure:
    """Return the kind of failure that an error of slack_sdk or aiohttp is."""
    if isinstance(error, SlackFailure):
        return error
    if isinstance(error, SlackApiError):
        return _answered(error, method)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Retryable(f"no connection ({type(error).__name__})", method)
    if isinstance(error, TimeoutError | asyncio.TimeoutError | aiohttp.ClientError | OSError):
        return Ambiguous(type(error).__name__, method)
    if isinstance(error, SlackClientError | ValueError):
        return Ambiguous(f"unreadable answer ({type(error).__name__})", method)
    return Ambiguous(f"unexpected {type(error).__name__}", method)


def _answered(error: SlackApiError, method: str) -> SlackFailure:
    answer: Any = error.response
    status = int(getattr(answer, "status_code", 0) or getattr(answer, "status", 0) or 0)
    data = getattr(answer, "data", answer if isinstance(answer, dict) else None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in _LIMITED:
        return RateLimited(_pause(getattr(answer, "headers", None)), method, code or "ratelimited")
    if status >= 500 or status == 408 or code in _UNCERTAIN:
        return Ambiguous(code or f"http_{status}", method)
    if code in _LATER:
        return Retryable(code, method)
    if code in UNEDITABLE:
        return Uneditable(code, method)
    if code:
        return Terminal(_with_details(code, data), method)
    return Terminal(f"http_{status}", method) if 400 <= status < 500 else Ambiguous(f"http_{status}", method)


def _pause(headers: Any) -> float:
    """Return Slack's `Retry-After` in seconds; half a minute where it is missing or no number."""
    said = next((value for name, value in (headers or {}).items() if str(name).lower() == "retry-after"), "")
    try:
        pause = float(str(said))
    except ValueError:
        return _PAUSE_WHEN_UNSAID
    return min(max(pause, 0.1), _LONGEST_PAUSE) if math.isfinite(pause) else _PAUSE_WHEN_UNSAID


def _with_details(code: str, data: Any) -> str:
    """Return the error with what an administrator needs to mend it: the scope that is missing, the block that is wrong."""
    if code == "missing_scope" and data.get("needed"):
        return f"{code} ({data['needed']})"
    said = (data.get("response_metadata") or {}).get("messages") or []
    return f"{code} ({'; '.join(str(line) for line in said[:3])[:300]})" if said else code


_UNNAMED: Final = "those named on the card"
_MENTION: Final = re.compile(r"<(?:@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+)>")


def spoken(refusal: Refusal) -> str:
    """Return a refusal's sentence as mrkdwn: its facts are escaped, and the mentions that we made stay."""
    facts = refusal.facts.items()
    return refusal.template.format(
        **{name: _shown(fact) if name in refusal.mentions else escape(fact) for name, fact in facts}
    )


def _shown(fact: str) -> str:
    kept = [(found.start(), found.end()) for found in _MENTION.finditer(fact)]
    shown, done = "", 0
    for start, end in kept:
        shown += escape(fact[done:start]) + fact[start:end]
        done = end
    return shown + escape(fact[done:])


def spoken_plainly(refusal: Refusal) -> str:
    """Return a refusal's sentence for a form's field, which shows no markup."""
    facts = refusal.facts.items()
    named = {name: _UNNAMED if _MENTION.search(fact) else fact for name, fact in facts}
    return refusal.template.replace("*", "").replace("`", "").format(**named)


class WentWrong(Refusal):
    """Something went wrong on our side. Please try again; if it happens once more, tell your administrator: reference {reference}."""


class SlackDidNotAnswer(Refusal):
    """Slack did not answer just now. Please try again in a moment; if it stays, tell your administrator: reference {reference}."""


Whisper = Callable[[str], Awaitable[object]]

_TELLING_MAY_TAKE: Final = 1.5
_telling: set[asyncio.Task[object]] = set()


class Answering:
    """Stands around what a person asked for, and tells them privately when it could not be done.

    `async with Answering("click on review.approve", whisper) as answering: …` - a Refusal is whispered as its sentence
    and swallowed; a repeated delivery ends in silence; anything unexpected is logged in full under a short reference,
    which is all that the person is shown. `went_wrong` holds the unexpected error afterwards, so that an event can be
    left unacknowledged and Slack delivers it again. A whisper that fails is only logged, and one that takes long goes on
    by itself, so that it cannot hold up the ack.
    """

    def __init__(self, what: str, whisper: Whisper) -> None:
        self.what = what
        self.refused: Refusal | None = None
        self.went_wrong: Exception | None = None
        self._whisper = whisper

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        if isinstance(error, AlreadySeen):
            log.debug("%s was carried out before", self.what)
            return True
        if isinstance(error, Refusal):
            self.refused = error
            log.info("%s was refused: %s", self.what, type(error).__name__)
            await self._tell(spoken(error))
            return True
        self.went_wrong = error
        short = reference()
        log.error("%s went wrong, reference %s", self.what, short, exc_info=error)
        away = isinstance(error, SlackFailure) and not isinstance(error, Terminal)
        await self._tell(spoken((SlackDidNotAnswer if away else WentWrong)(reference=short)))
        return True

    async def _tell(self, sentence: str) -> None:
        telling = asyncio.create_task(self._try_to_tell(sentence))
        _telling.add(telling)
        telling.add_done_callback(_telling.discard)
        await asyncio.wait({telling}, timeout=_TELLING_MAY_TAKE)

    async def _try_to_tell(self, sentence: str) -> object:
        try:
            return await self._whisper(sentence)
        except Exception as error:  # noqa: BLE001 - the person asked for something else; a lost whisper must not hide that
            log.warning("%s: the person could not be told (%s)", self.what, error)
            return None
