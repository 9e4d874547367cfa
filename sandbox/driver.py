"""A person's hands and eyes for tests: every end-to-end test is written with this.

It does what `actions.py` lets people do; what it sees and waits for is in `observer.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.actions import Actions, Outcome
from sandbox.copies import copied
from sandbox.delivery import Delivery
from sandbox.finding import Usable, block_and_element, field_named
from sandbox.observer import Observer, is_view
from sandbox.reading import text_of
from sandbox.state import Json, State

_HOME_PATIENCE = 0.5


class SubmissionFailedError(Exception):
    """The app did not take the submission, so that the person saw Slack's own trouble message."""


class Driver(Observer):
    def __init__(self, state: State, actions: Actions, delivery: Delivery) -> None:
        super().__init__(state, delivery)
        self._actions = actions
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

    async def dm(self, user: str, text: str, thread_ts: str | None = None, files: Sequence[str] = ()) -> str:
        """Write to the app directly; returns the message's ts."""
        return await self.post(user, await self._actions.open_direct_message(user), text, thread_ts, files)

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
        shown = self.as_it_stands(message_or_view)
        seen, found = message_or_view, block_and_element(message_or_view, wanted)
        if found is None:
            seen, found = shown, block_and_element(shown, wanted)
        if found is None and force and action_id is not None:
            seen, found = _with_made_up_button(message_or_view, wanted)
        if found is None:
            raise LookupError(f"Nothing to use as {wanted}. There is:\n{text_of(shown)}")
        block, element = found
        chosen = wanted.choice_in(element)
        if is_view(message_or_view):
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
        shown = self.as_it_stands(view) if view is not None else self._top_view(user)
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

    # Inside

    def _remember(self, outcome: Outcome) -> Outcome:
        self.last_outcome = outcome
        return outcome

    def _top_view(self, user: str) -> Json:
        stack = self.views(user)
        if not stack:
            raise LookupError(f"{user} has no modal open.")
        return stack[-1]

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
        return copied(home) if home is not None and home["hash"] != old_hash else None


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
