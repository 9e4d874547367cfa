"""From a verified delivery to the function that hears of it, and from what it says to Slack's ack.

One Bolt middleware stands where listeners would: dispatch costs the same however many functions there are. What a person
did is acknowledged with 200 in every case, because Slack does not repeat it; an event that failed for an unknown reason
is answered with 500, so that Slack delivers it again and nothing that people wrote is lost.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import perf_counter
from typing import Any, ClassVar, Protocol

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.domain.errors import Refusal
from bot.domain.messages import Body
from bot.domain.text import cut_markup
from bot.metrics import Counters
from bot.slack.failures import Answering, SlackFailure, spoken_plainly
from bot.slack.payloads import (
    ButtonClick,
    FormClosed,
    FormSubmission,
    ShortcutUse,
    SlashCommand,
    ThreadMessage,
    parse_event,
)
from bot.slack.reading import reach
from bot.slack.router import FormAnswer, Router, field_errors, show_instead
from bot.slack.standing_in import plainly

log = logging.getLogger(__name__)

Json = Mapping[str, Any]

ANSWER_LIMIT = 1.5
"""Seconds that an answer may take which goes before the ack; Slack waits three for both."""


class Teller(Protocol):
    """What dispatch needs of the gateway: ways to tell one person something."""

    async def whisper(
        self,
        workspace_id: str,
        channel_id: str,
        user_id: str,
        said: Body | str,
        *,
        thread_ts: str | None = None,
        response_url: str | None = None,
    ) -> None: ...

    async def open_view(self, workspace_id: str, trigger_id: str, view: Mapping[str, Any]) -> str: ...

    async def push_view(self, workspace_id: str, trigger_id: str, view: Mapping[str, Any]) -> str: ...

    async def respond(self, response_url: str, said: Body | str) -> None: ...


class Dispatch(AsyncMiddleware):
    """The last middleware of the Bolt app; it answers every request and never passes one on."""

    def __init__(self, router: Router, teller: Teller, counters: Counters | None = None) -> None:
        self._router = router
        self._teller = teller
        self._counters = counters or Counters()

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt's signature
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002, ARG002 - Bolt's signature
    ) -> BoltResponse:
        """Answer a request."""
        return await self.answer(req.body, retry=_retry(req.headers.get("x-slack-retry-num")))

    async def answer(self, body: Json, *, retry: int = 0) -> BoltResponse:
        """Answer a body that was verified; `retry` says how often Slack delivered this event before."""
        kind = _kind_of(body)
        started = perf_counter()
        try:
            return await self._answers.get(kind, Dispatch._ignore)(self, body, retry)
        finally:
            self._counters.add("deliveries_total", kind=kind if kind in self._answers else "other")
            self._counters.add("delivery_seconds_total", perf_counter() - started)

    async def _command(self, body: Json, _: int) -> BoltResponse:
        said: list[Body | str] = []
        command: SlashCommand | None = None

        async def keep(sentence: str) -> None:
            said.append(sentence)

        async with Answering("a command", keep):
            command = SlashCommand.parse(body)
            answer = await self._router.for_command(command)(command)
            if answer is not None:
                said.append(answer)
        if not said or (command and await self._taken(command.response_url, said[-1])):
            return _ack()
        return _ack(_privately(said[-1]))

    async def _taken(self, response_url: str | None, answer: Body | str) -> bool:
        """Whether Slack took an answer with blocks that it may refuse: what it is told in an ack cannot be mended."""
        if response_url is None or isinstance(answer, str) or "instead" not in answer:
            return False
        try:
            async with asyncio.timeout(ANSWER_LIMIT):
                await self._teller.respond(response_url, answer)
        except (SlackFailure, TimeoutError) as failure:
            log.warning("an answer went out in plain blocks, Slack did not take it otherwise: %s", failure)
            return False
        return True

    async def _click(self, body: Json, _: int) -> BoltResponse:
        click: ButtonClick | None = None

        async def tell(sentence: str) -> None:
            await self._tell_clicker(body, click, sentence)

        async with Answering(f"a click on {_named(body, 'actions', 0, 'action_id')}", tell):
            click = ButtonClick.parse(body)
            await self._router.for_click(click)(click)
        return _ack()

    async def _form(self, body: Json, _: int) -> BoltResponse:
        form: FormSubmission | None = None
        answer: FormAnswer | None = None
        said = ""

        async def keep(sentence: str) -> None:
            nonlocal said
            said = sentence

        async with Answering(f"the form {_named(body, 'view', 'callback_id')}", keep) as answering:
            form = FormSubmission.parse(body)
            answer = await self._router.for_form(form)(form)
        if said:
            answer = _refused_form(form, answering.refused, said)
        return _ack(answer)

    async def _form_closed(self, body: Json, _: int) -> BoltResponse:
        async with Answering("a closed form", _tell_nobody):
            form = FormClosed.parse(body)
            await self._router.for_form_closed(form)(form)
        return _ack()

    async def _shortcut(self, body: Json, _: int) -> BoltResponse:
        shortcut: ShortcutUse | None = None

        async def tell(sentence: str) -> None:
            if shortcut and shortcut.response_url:
                await self._teller.respond(shortcut.response_url, sentence)
            elif shortcut:
                await self._teller.open_view(shortcut.workspace_id, shortcut.trigger_id, notice(sentence))

        async with Answering(f"the shortcut {_named(body, 'callback_id')}", tell):
            shortcut = ShortcutUse.parse(body)
            await self._router.for_shortcut(shortcut)(shortcut)
        return _ack()

    async def _event(self, body: Json, retry: int) -> BoltResponse:
        event: object = None

        async def tell(sentence: str) -> None:
            """Whisper in the thread; of a failure only once, when Slack's first repetition has failed as well."""
            if not isinstance(event, ThreadMessage) or (answering.went_wrong and retry != 1):
                return
            await self._teller.whisper(
                event.workspace_id,
                event.channel_id,
                event.user_id,
                sentence,
                thread_ts=event.thread_ts,
            )

        async with Answering(f"the event {_named(body, 'event', 'type')}", tell) as answering:
            event = parse_event(body)
            if event is not None:
                await self._router.for_event(event)(event)
        return BoltResponse(status=500) if answering.went_wrong else _ack()

    async def _options(self, _body: Json, _: int) -> BoltResponse:
        """No menu of ours is filled by a call; one that asks gets an empty list."""
        return _ack({"options": []})

    async def _ignore(self, body: Json, _: int) -> BoltResponse:
        """Answer what nobody knows with 200: too many failures would switch events off for the whole app."""
        log.info("a delivery of an unknown kind was ignored: %s", _named(body, "type"))
        return _ack()

    async def _too_many(self, body: Json, _: int) -> BoltResponse:
        """Note that Slack held events back: more than 30,000 in an hour."""
        log.warning(
            "Slack held events back, there were too many in the minute %s",
            _named(body, "minute_rate_limited"),
        )
        return _ack()

    async def _tell_clicker(self, body: Json, click: ButtonClick | None, sentence: str) -> None:
        """Tell the person where they clicked: in the channel, or in a small window from a form or the Home tab."""
        if click is None:
            response_url = reach(body, "response_url")
            if isinstance(response_url, str):
                await self._teller.respond(response_url, sentence)
        elif click.channel_id:
            await self._teller.whisper(
                click.workspace_id,
                click.channel_id,
                click.user_id,
                sentence,
                thread_ts=click.thread_ts,
                response_url=click.response_url,
            )
        else:
            in_form = reach(click.view, "type") == "modal"
            show = self._teller.push_view if in_form else self._teller.open_view
            await show(click.workspace_id, click.trigger_id, notice(sentence))

    _answers: ClassVar[dict[str, Callable[["Dispatch", Json, int], Awaitable[BoltResponse]]]] = {
        "command": _command,
        "block_actions": _click,
        "view_submission": _form,
        "view_closed": _form_closed,
        "message_action": _shortcut,
        "shortcut": _shortcut,
        "event_callback": _event,
        "block_suggestion": _options,
        "app_rate_limited": _too_many,
    }


def _kind_of(body: Json) -> str:
    kind = reach(body, "type")
    if isinstance(kind, str):
        return kind
    return "command" if isinstance(reach(body, "command"), str) else ""


def _retry(header: Sequence[str] | None) -> int:
    said = header[0] if header else ""
    return int(said) if said.isdecimal() and said.isascii() else 0


def notice(sentence: str) -> dict[str, Any]:
    """Return a small window that says one thing."""
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": {"type": "plain_text", "text": "Preflight"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [
            {
                "type": "section",
                "block_id": "said",
                "text": {"type": "mrkdwn", "text": cut_markup(sentence, 3000)},
            }
        ],
    }


def _refused_form(form: FormSubmission | None, refused: Refusal | None, sentence: str) -> FormAnswer:
    """Show why a form was not taken: beside the field that is meant, else beside the first one; their input stays."""
    fields = form.fields if form else ()
    meant = getattr(refused, "field", None)
    block_id = meant if meant in fields else next(iter(fields), None)
    if block_id is None:
        return show_instead(notice(sentence))
    return field_errors({block_id: spoken_plainly(refused) if refused else sentence})


def _privately(said: Body | str) -> dict[str, Any]:
    if isinstance(said, str):
        return {"response_type": "ephemeral", "text": said}
    return {"response_type": "ephemeral", **plainly(said)}


def _ack(body: dict[str, Any] | None = None) -> BoltResponse:
    return BoltResponse(status=200, body=body if body is not None else "")


def _named(body: Json, *path: str | int) -> str:
    return repr(reach(body, *path))[:80]


async def _tell_nobody(_: str) -> None:
    """There is no place left where the person would look."""
