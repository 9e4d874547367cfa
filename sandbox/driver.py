"""A person's hands and eyes for tests: every end-to-end test is written with this.

It does what `actions.py` lets people do and waits for what shows up, woken by the change feed, never by polling. Waits
are in real seconds and end in a TimeoutError that says what was there instead.
"""

import asyncio
import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sandbox.actions import Actions, Outcome
from sandbox.clock import Clock
from sandbox.delivery import Delivery
from sandbox.finding import Usable, block_and_element, field_named
from sandbox.inputs import stateful
from sandbox.reading import text_of
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State
from sandbox.traffic import Traffic

_T = TypeVar("_T")
_HOME_PATIENCE = 0.5


class SubmissionFailedError(Exception):
    """The app did not take the submission, so that the person saw Slack's own trouble message."""


class Driver:
    def __init__(self, state: State, actions: Actions, clock: Clock, delivery: Delivery) -> None:
        self._state = state
        self._actions = actions
        self._clock = clock
        self._delivery = delivery
        self.last_outcome: Outcome | None = None

    # Doing

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Outcome:
        """Run a slash command. The outcome has the ack's body, the error that the person saw, the trigger id."""
        return self._remember(await self._actions.run_command(user, channel, command, text))

    async def post(
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[str] = (),
        *,
        broadcast: bool = False,
    ) -> str:
        """Say something; returns its ts. `files`: names of small text files to attach."""
        attached = [await self._actions.add_file(user, name, f"Contents of {name}") for name in files]
        message = await self._actions.post(
            user, channel, text, thread_ts=thread_ts, broadcast=broadcast, files=attached
        )
        return str(message["ts"])

    async def dm(self, user: str, text: str, thread_ts: str | None = None) -> str:
        """Write to the app directly; returns the message's ts."""
        return await self.post(user, await self._actions.open_direct_message(user), text, thread_ts)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        await self._actions.edit(user, channel, ts, text)

    async def delete(self, user: str, channel: str, ts: str) -> None:
        await self._actions.delete(user, channel, ts)

    async def react(self, user: str, channel: str, ts: str, name: str) -> None:
        await self._actions.react(user, channel, ts, name)

    async def click(
        self,
        user: str,
        message_or_view: Json,
        *,
        action_id: str | None = None,
        text: str | None = None,
        value: str | None = None,
        block_id: str | None = None,
        selected: Any = None,
        entries: Mapping[str, Any] | None = None,
        force: bool = False,
    ) -> Outcome:
        """Use an element, found by any of action_id, the words on it, its value, its block.

        `selected` is what is chosen or typed: an option's text or value, an id, a date, or a list of them. The dict
        that is passed counts as what the person sees, even if the message has changed since. What is neither there nor
        in the current message is refused with a LookupError, unless `force` makes the element up.
        `entries` (label, block_id or action_id → value): what else the person has put into the view by then.
        """
        wanted = Usable(action_id, block_id, text, value, selected)
        shown = self._as_it_stands(message_or_view)
        seen, found = message_or_view, block_and_element(message_or_view, wanted)
        if found is None:
            seen, found = shown, block_and_element(shown, wanted)
        if found is None and force and action_id is not None:
            seen, found = _with_made_up_button(message_or_view, wanted)
        if found is None:
            raise LookupError(f"Nothing to use as {wanted}. There is:\n{text_of(shown)}")
        block, element = found
        chosen = wanted.choice_in(element)
        if _is_view(message_or_view):
            typed = self._entries(shown, entries or {})
            outcome = await self._actions.click_in_view(
                user, shown["id"], block["block_id"], element["action_id"], chosen, entries=typed
            )
        else:
            outcome = await self._actions.click_in_message(
                user, str(seen["channel"]), seen, block["block_id"], element["action_id"], chosen
            )
        return self._remember(outcome)

    async def submit_view(
        self, user: str, values: Mapping[str, Any] | None = None, view: Json | None = None
    ) -> dict[str, str] | None:
        """Fill in and submit a modal (the top one, unless `view` says which). Keys: labels, block ids or action ids.

        Returns the errors that stand at the fields (block_id → sentence), or None when the app took it.
        Raises SubmissionFailedError when it did not answer, or with something that Slack does not understand.
        """
        shown = self._as_it_stands(view) if view is not None else self._top_view(user)
        outcome = await self._actions.submit_view(user, shown["id"], self._entries(shown, values or {}))
        self._remember(outcome)
        if outcome.error:
            raise SubmissionFailedError(outcome.error)
        return outcome.errors or None

    async def close_view(self, user: str, view: Json | None = None, *, whole_stack: bool = False) -> None:
        shown = view if view is not None else self._top_view(user)
        await self._actions.close_view(user, shown["id"], whole_stack=whole_stack)

    async def open_home(self, user: str, timeout: float = 5.0) -> Json:  # noqa: ASYNC109 - a person's patience
        """Look at the Home tab; waits for the app to publish it."""
        before = (self._state.home(user) or {}).get("hash")
        await self._actions.open_home(user)
        try:
            return await self.wait_until(
                lambda: self._home_other_than(user, before),
                timeout=timeout if before is None else _HOME_PATIENCE,
                what=f"the Home tab of {user}",
            )
        except TimeoutError:
            if before is None:
                raise
            return self.home(user)  # the app had nothing new to publish

    async def message_shortcut(self, user: str, message: Json, callback_id: str) -> Outcome:
        return self._remember(
            await self._actions.use_message_shortcut(
                user, str(message["channel"]), message["ts"], callback_id
            )
        )

    async def global_shortcut(self, user: str, callback_id: str) -> Outcome:
        return self._remember(await self._actions.use_global_shortcut(user, callback_id))

    async def fast_forward(self, *, days: float = 0, hours: float = 0) -> None:
        await self._actions.skip_ahead(days=days, hours=hours)

    @property
    def actions(self) -> Actions:
        """The rest of what people do: inviting and removing the bot, deactivating, renaming, archiving."""
        return self._actions

    # Seeing

    def messages(self, channel: str, as_user: str | None = None) -> list[Json]:
        """The channel from the oldest on; with `as_user` also what that person alone sees there (out of threads)."""
        found = [self._copy(m, channel) for m in self._state.channel_messages(channel)]
        if as_user is not None:
            found += [e for e in self.ephemerals(as_user, channel) if not e.get("thread_ts")]
        return sorted(found, key=lambda m: str(m["ts"]))

    def thread(self, channel: str, ts: str, as_user: str | None = None) -> list[Json]:
        found = [self._copy(m, channel) for m in self._state.thread(channel, ts)]
        if as_user is not None:
            found += [e for e in self.ephemerals(as_user, channel) if e.get("thread_ts") == ts]
        return sorted(found, key=lambda m: str(m["ts"]))

    def dms(self, user: str) -> list[Json]:
        """What the app and that person wrote to each other."""
        installation = self._state.installations[self._state.user(user)["team_id"]]
        channel = self._state.im_between(user, installation["bot_user_id"])
        return self.messages(channel["id"], as_user=user) if channel else []

    def ephemerals(self, user: str, channel: str | None = None) -> list[Json]:
        return [copy.deepcopy(e) for e in self._state.ephemerals_of(user, channel)]

    def views(self, user: str) -> list[Json]:
        """That person's open modals, the top one last."""
        return [copy.deepcopy(view) for view in self._state.open_views(user)]

    def home(self, user: str) -> Json:
        view = self._state.home(user)
        if view is None:
            raise LookupError(f"The app has published no Home tab for {user}.")
        return copy.deepcopy(view)

    def message(self, channel: str, ts: str) -> Json:
        """A message as it stands now."""
        return self._copy(self._state.message(channel, ts), channel)

    def calls(self, method: str | None = None) -> list[Traffic]:
        """Web API calls so far: `method`, `arguments`, `response`, `at`, `status`."""
        return self._state.traffic.calls(method)

    def deliveries(self, kind: str | None = None) -> list[Traffic]:
        return self._state.traffic.deliveries(kind)

    # Waiting

    async def wait_message(
        self,
        channel: str,
        containing: str | Callable[[Json], bool] | None = None,
        *,
        predicate: Callable[[Json], bool] | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - a person's patience
        thread_ts: str | None = None,
        as_user: str | None = None,
    ) -> Json:
        """The newest message that contains these words (or meets the predicate), as soon as there is one."""

        def look() -> Json | None:
            there = self.thread(channel, thread_ts, as_user) if thread_ts else self.messages(channel, as_user)
            return next((m for m in reversed(there) if _matches(m, containing, predicate)), None)

        def report() -> str:
            there = self.thread(channel, thread_ts, as_user) if thread_ts else self.messages(channel, as_user)
            return "\n---\n".join(text_of(m) for m in there[-5:])

        return await self.wait_until(
            look, timeout=timeout, what=f"a message with {containing!r}", report=report
        )

    async def wait_dm(
        self,
        user: str,
        containing: str | Callable[[Json], bool] | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - a person's patience
    ) -> Json:
        """The newest direct message to that person with these words."""

        def look() -> Json | None:
            return next((m for m in reversed(self.dms(user)) if _matches(m, containing, None)), None)

        def report() -> str:
            return "\n---\n".join(text_of(m) for m in self.dms(user)[-5:])

        return await self.wait_until(
            look, timeout=timeout, what=f"a direct message with {containing!r}", report=report
        )

    async def wait_view(
        self,
        user: str,
        containing: str | Callable[[Json], bool] | None = None,
        *,
        title: str | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - a person's patience
    ) -> Json:
        """The modal on top, as soon as it has this title and these words."""

        def look() -> Json | None:
            stack = self.views(user)
            if not stack or (title is not None and stack[-1]["title"]["text"] != title):
                return None
            return stack[-1] if _matches(stack[-1], containing, None) else None

        def report() -> str:
            return "\n---\n".join(text_of(v) for v in self.views(user))

        what = f"a modal with {title or containing!r}"
        return await self.wait_until(look, timeout=timeout, what=what, report=report)

    async def wait_home(
        self,
        user: str,
        containing: str | Callable[[Json], bool] | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - a person's patience
    ) -> Json:
        def look() -> Json | None:
            home = self._state.home(user)
            return copy.deepcopy(home) if home is not None and _matches(home, containing, None) else None

        return await self.wait_until(look, timeout=timeout, what=f"a Home tab with {containing!r}")

    async def wait_until(
        self,
        look: Callable[[], _T | None],
        *,
        timeout: float = 5.0,  # noqa: ASYNC109 - a person's patience
        what: str = "it",
        report: Callable[[], str] | None = None,
    ) -> _T:
        """The first true answer of `look`, asked again after each change in the workspace."""
        with self._state.changes.subscribe() as changes:
            try:
                async with asyncio.timeout(timeout):
                    while not (found := look()):
                        await changes.next()
                        changes.drain()
                    return found
            except TimeoutError:
                seen = f" There was:\n{report()}" if report else ""
                raise TimeoutError(f"Waited {timeout} s for {what}.{seen}") from None

    async def settled(self) -> None:
        """Until every event under way is acknowledged or given up."""
        await self._delivery.settled()

    # Inside

    def _remember(self, outcome: Outcome) -> Outcome:
        self.last_outcome = outcome
        return outcome

    def _copy(self, message: Json, channel: str) -> Json:
        return copy.deepcopy(message) | {"channel": channel}

    def _top_view(self, user: str) -> Json:
        stack = self.views(user)
        if not stack:
            raise LookupError(f"{user} has no modal open.")
        return stack[-1]

    def _as_it_stands(self, seen: Json) -> Json:
        """The same message or view now; as it was seen, if it is gone."""
        if _is_view(seen):
            for view in (*self._state.views.values(), *self._state.homes.values()):
                if view["id"] == seen["id"]:
                    return copy.deepcopy(view)
            return seen
        try:
            return self.message(str(seen["channel"]), seen["ts"])
        except SlackRefusalError:
            return seen

    def _entries(self, view: Json, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        entries: dict[str, dict[str, Any]] = {}
        for name, given in values.items():
            block, element = field_named(view, name)
            if isinstance(given, Mapping) and "type" not in given:
                entries.setdefault(block["block_id"], {}).update(given)
            else:
                entries.setdefault(block["block_id"], {})[element["action_id"]] = given
        return entries

    def _home_other_than(self, user: str, old_hash: str | None) -> Json | None:
        home = self._state.home(user)
        return copy.deepcopy(home) if home is not None and home["hash"] != old_hash else None

    def values(self, view: Json) -> dict[str, Any]:
        """What stands in a view's inputs now, as Slack would send it: action_id → value."""
        shown = self._as_it_stands(view)
        return {
            element["action_id"]: shown["state"]["values"][block["block_id"]][element["action_id"]]
            for block, element in stateful(shown["blocks"])
        }


def _matches(
    message: Json, containing: str | Callable[[Json], bool] | None, predicate: Callable[[Json], bool] | None
) -> bool:
    if callable(containing):
        return containing(message) and (predicate is None or predicate(message))
    if containing is not None and containing not in text_of(message):
        return False
    return predicate is None or predicate(message)


def _is_view(seen: Json) -> bool:
    return seen.get("type") in ("modal", "home")


def _with_made_up_button(seen: Json, wanted: Usable) -> tuple[Json, tuple[Json, Json]]:
    """A forged click: a button that the app never sent."""
    element: Json = {
        "type": "button",
        "action_id": wanted.action_id,
        "text": {"type": "plain_text", "text": wanted.text or "forged", "emoji": True},
    }
    if wanted.value is not None:
        element["value"] = wanted.value
    block: Json = {"type": "actions", "block_id": wanted.block_id or "forged", "elements": [element]}
    return seen | {"blocks": [*seen.get("blocks", []), block]}, (block, element)
