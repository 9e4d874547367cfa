"""Which function hears of what: commands by their first word, controls by action id, forms by callback id.

Bolt carries every verified delivery here; the body becomes a frozen value, the one function that is registered for it is
called, and its refusal is put where the person looks. Unknown ids are answered kindly: old messages keep their buttons
for ever. Deciding is the functions' business, not this file's.

An action id may carry a part after a colon (`answer:monitoring`), so that a message can hold several alike; it is found by
the part before.
"""

import difflib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from bot.domain.errors import Refusal
from bot.domain.messages import Body
from bot.slack.blocks import MORE
from bot.slack.payloads import (
    BotMessageRemoved,
    ButtonClick,
    FormClosed,
    FormSubmission,
    HomeOpened,
    MembershipChanged,
    MessageRemoved,
    OtherEvent,
    PersonChanged,
    ShortcutUse,
    SlashCommand,
    ThreadMessage,
)

log = logging.getLogger(__name__)

FormAnswer = dict[str, Any]
"""What Slack is told to do with a form that was submitted: see `field_errors`, `show_instead`, `close_all`."""

OnCommand = Callable[[SlashCommand], Awaitable[Body | None]]
OnClick = Callable[[ButtonClick], Awaitable[None]]
OnForm = Callable[[FormSubmission], Awaitable[FormAnswer | None]]
OnFormClosed = Callable[[FormClosed], Awaitable[None]]
OnShortcut = Callable[[ShortcutUse], Awaitable[None]]
OnMessage = Callable[[ThreadMessage], Awaitable[None]]
OnRemoved = Callable[[MessageRemoved], Awaitable[None]]
OnBotMessageRemoved = Callable[[BotMessageRemoved], Awaitable[None]]
OnHome = Callable[[HomeOpened], Awaitable[None]]
OnPerson = Callable[[PersonChanged], Awaitable[None]]
OnMembership = Callable[[MembershipChanged], Awaitable[None]]
OnOther = Callable[[OtherEvent], Awaitable[None]]

Handler = TypeVar("Handler")


class RegisteredTwice(ValueError):  # noqa: N818 - found at start-up, by whoever joins the features
    """Two functions want to hear of the same thing."""


class UnknownWord(Refusal):
    """I do not know `{command} {word}`. {hint}"""


class UnknownControl(Refusal):
    """This button is from an earlier version of Preflight and does nothing any more. `/pilot list` shows what there is now."""


class UnknownForm(Refusal):
    """This form is from an earlier version of Preflight. Please open it again."""


def field_errors(errors: dict[str, str]) -> FormAnswer:
    """Keep the form open and mark fields, by block id, with a plain sentence each."""
    return {"response_action": "errors", "errors": errors}


def show_instead(view: dict[str, Any]) -> FormAnswer:
    """Put another view in the form's place."""
    return {"response_action": "update", "view": view}


def close_all() -> FormAnswer:
    """Close the form and those below it."""
    return {"response_action": "clear"}


class _Register(dict[str, Handler]):
    """Ids and their one function each."""

    def __init__(self, of: str) -> None:
        super().__init__()
        self._of = of

    def put(self, key: str, handler: Handler) -> None:
        if key in self:
            raise RegisteredTwice(f"{self._of} {key!r} is registered twice")
        self[key] = handler

    def find(self, key: str) -> Handler | None:
        return self.get(key) or self.get(key.partition(":")[0])


@dataclass
class Router:
    """Features register their functions here at start-up; `dispatch` finds them."""

    _commands: _Register[OnCommand] = field(default_factory=lambda: _Register("command"))
    _clicks: _Register[OnClick] = field(default_factory=lambda: _Register("action"))
    _forms: _Register[OnForm] = field(default_factory=lambda: _Register("form"))
    _closed: _Register[OnFormClosed] = field(default_factory=lambda: _Register("closed form"))
    _shortcuts: _Register[OnShortcut] = field(default_factory=lambda: _Register("shortcut"))
    _events: _Register[Callable[[Any], Awaitable[None]]] = field(default_factory=lambda: _Register("event"))
    _memberships: list[OnMembership] = field(default_factory=list)
    _examples: dict[str, str] = field(default_factory=dict)

    # Registering, once each

    def command(self, word: str, handler: OnCommand, *, example: str = "") -> None:
        """Register the first word of `/pilot …`; an empty word stands for the bare command."""
        self._commands.put(word.casefold(), handler)
        self._examples[word.casefold()] = example or f"/pilot {word}".strip()

    def click(self, action_id: str, handler: OnClick) -> None:
        """Register a control by its action id, without what may follow a colon."""
        self._clicks.put(action_id, handler)

    def link(self, action_id: str) -> None:
        """Register a button that only leads to an address: Slack tells of the click, and nothing is to be done."""
        self._clicks.put(action_id, _nothing)

    def form(self, callback_id: str, handler: OnForm) -> None:
        """Register a form by its callback id."""
        self._forms.put(callback_id, handler)

    def form_closed(self, callback_id: str, handler: OnFormClosed) -> None:
        """Register for a form that is closed without being submitted (it must ask for that)."""
        self._closed.put(callback_id, handler)

    def shortcut(self, callback_id: str, handler: OnShortcut) -> None:
        """Register a shortcut."""
        self._shortcuts.put(callback_id, handler)

    def message(self, handler: OnMessage) -> None:
        """Register who reads what people write and edit."""
        self._events.put(ThreadMessage.__name__, handler)

    def direct_message(self, handler: OnMessage) -> None:
        """Register who reads what people write and edit in their direct messages with Preflight."""
        self._events.put(_DIRECT, handler)

    def message_removed(self, handler: OnRemoved) -> None:
        """Register who hears of deleted messages."""
        self._events.put(MessageRemoved.__name__, handler)

    def bot_message_removed(self, handler: OnBotMessageRemoved) -> None:
        """Register who hears of deleted messages of bots, ours among them."""
        self._events.put(BotMessageRemoved.__name__, handler)

    def home_opened(self, handler: OnHome) -> None:
        """Register who shows the Home tab."""
        self._events.put(HomeOpened.__name__, handler)

    def person_changed(self, handler: OnPerson) -> None:
        """Register who hears of people that join, leave or change."""
        self._events.put(PersonChanged.__name__, handler)

    def membership_changed(self, handler: OnMembership) -> None:
        """Register who hears of people, Preflight among them, that join or leave a channel; several may."""
        self._memberships.append(handler)

    def event(self, kind: str, handler: OnOther) -> None:
        """Register any other event by Slack's name for it."""
        self._events.put(f"{_OTHER}{kind}", handler)

    @property
    def action_ids(self) -> frozenset[str]:
        """The action ids that somebody hears of."""
        return frozenset(self._clicks)

    @property
    def callback_ids(self) -> frozenset[str]:
        """The callback ids of the forms that somebody hears of."""
        return frozenset(self._forms)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the command, in the order of their registration."""
        return tuple(self._commands)

    # Finding

    def for_command(self, command: SlashCommand) -> OnCommand:
        """Return who hears of a command; a refusal with the nearest words for one that nobody knows."""
        handler = self._commands.get(command.word)
        if handler is None:
            raise UnknownWord(command=command.command, word=command.word[:40], hint=self._hint(command.word))
        return handler

    def for_click(self, click: ButtonClick) -> OnClick:
        """Return who hears of a click; an entry of the menu "more" stands for the control that it names."""
        action_id, _, value = click.value.partition(" ")
        if _is_more(click.action_id) and not _is_more(action_id):
            meant = replace(click, action_id=action_id, value=value)
            on_meant = self.for_click(meant)
            return lambda _: on_meant(meant)
        handler = self._clicks.find(click.action_id)
        if handler is None:
            log.info("an unknown control was used: %s", click.action_id[:80])
            raise UnknownControl
        return handler

    def for_form(self, form: FormSubmission) -> OnForm:
        """Return who hears of a submitted form."""
        handler = self._forms.find(form.callback_id)
        if handler is None:
            log.info("an unknown form was submitted: %s", form.callback_id[:80])
            raise UnknownForm
        return handler

    def for_form_closed(self, form: FormClosed) -> OnFormClosed:
        """Return who hears of a closed form; nobody has to."""
        return self._closed.find(form.callback_id) or _nothing

    def for_shortcut(self, shortcut: ShortcutUse) -> OnShortcut:
        """Return who hears of a shortcut."""
        handler = self._shortcuts.find(shortcut.callback_id)
        if handler is None:
            log.info("an unknown shortcut was used: %s", shortcut.callback_id[:80])
            raise UnknownControl
        return handler

    def for_event(self, event: object) -> Callable[[Any], Awaitable[None]]:
        """Return who hears of an event; nobody has to."""
        if isinstance(event, MembershipChanged):
            return self._membership
        key = f"{_OTHER}{event.kind}" if isinstance(event, OtherEvent) else type(event).__name__
        if isinstance(event, ThreadMessage) and event.is_direct:
            key = _DIRECT
        return self._events.get(key) or _nothing

    async def _membership(self, event: MembershipChanged) -> None:
        """Tell everybody who wants to hear; what went wrong for one is raised once all have heard, for Slack to repeat."""
        went_wrong: list[Exception] = []
        for handler in self._memberships:
            try:
                await handler(event)
            except Exception as error:  # noqa: BLE001 - raised below
                went_wrong.append(error)
        if went_wrong:
            raise went_wrong[0]

    def _hint(self, word: str) -> str:
        named = [known for known in self._commands if known]
        close = difflib.get_close_matches(word, named, n=1, cutoff=0.8) or difflib.get_close_matches(
            word, named, n=3, cutoff=0.5
        )
        if close:
            others = " or ".join(f"`{self._examples[one]}`" for one in close)
            return f"Did you mean {others}?"
        return "`/pilot help` lists what I understand" + (
            f", for example `{self._examples[named[0]]}`." if named else "."
        )


_OTHER: Final = "other:"
_DIRECT: Final = "direct message"


def _is_more(action_id: str) -> bool:
    return action_id.partition(":")[0] == MORE


async def _nothing(_: object) -> None:
    """Nobody needs to do anything."""
