"""What a test sees of the workspace: channels, threads, direct messages, modals, Home tabs, traffic; and waiting for it.

Part of `driver.py`'s `Driver`. Everything handed out is a copy. Waiting is woken by the change feed, never by polling;
waits are in real seconds and end in a TimeoutError that says what was there instead.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sandbox.changes import Change
from sandbox.copies import copied
from sandbox.delivery import Delivery
from sandbox.inputs import stateful
from sandbox.reading import text_of
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State
from sandbox.traffic import Traffic

_T = TypeVar("_T")


class Observer:
    def __init__(self, state: State, delivery: Delivery) -> None:
        self._state = state
        self._delivery = delivery

    # Seeing

    def messages(self, channel: str, as_user: str | None = None) -> list[Json]:
        """The channel from the oldest on; with `as_user` also what that person alone sees there (out of threads)."""
        return [self._copy(message, channel) for message in self._shown(channel, None, as_user)]

    def thread(self, channel: str, ts: str, as_user: str | None = None) -> list[Json]:
        return [self._copy(message, channel) for message in self._shown(channel, ts, as_user)]

    def dms(self, user: str) -> list[Json]:
        """What the app and that person wrote to each other."""
        installation = self._state.installations[self._state.user(user)["team_id"]]
        channel = self._state.im_between(user, installation["bot_user_id"])
        return self.messages(channel["id"], as_user=user) if channel else []

    def ephemerals(self, user: str, channel: str | None = None, *, after: int = 0) -> list[Json]:
        """What only that person was shown, oldest first, without the first `after` of it."""
        return [copied(e) for e in self._state.ephemerals_of(user, channel)[after:]]

    def told(self, user: str) -> int:
        """How much only that person was shown so far."""
        return len(self._state.ephemerals_of(user))

    def views(self, user: str) -> list[Json]:
        """That person's open modals, the top one last."""
        return [copied(view) for view in self._state.open_views(user)]

    def home(self, user: str) -> Json:
        view = self._state.home(user)
        if view is None:
            raise LookupError(f"The app has published no Home tab for {user}.")
        return copied(view)

    def message(self, channel: str, ts: str) -> Json:
        """A message as it stands now."""
        return self._copy(self._state.message(channel, ts), channel)

    def calls(self, method: str | None = None) -> list[Traffic]:
        """Web API calls so far: `method`, `arguments`, `response`, `at`, `status`."""
        return self._state.traffic.calls(method)

    def deliveries(self, kind: str | None = None) -> list[Traffic]:
        return self._state.traffic.deliveries(kind)

    def values(self, view: Json) -> dict[str, Any]:
        """What stands in a view's inputs now, as Slack would send it: action_id → value."""
        shown = self.as_it_stands(view)
        return {
            element["action_id"]: shown["state"]["values"][block["block_id"]][element["action_id"]]
            for block, element in stateful(shown["blocks"])
        }

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
            there = (
                self._copy(message, channel)
                for message in reversed(self._shown(channel, thread_ts, as_user))
                if not isinstance(containing, str) or containing in text_of(message)
            )
            return next((m for m in there if _matches(m, containing, predicate)), None)

        def report() -> str:
            return "\n---\n".join(text_of(m) for m in self._shown(channel, thread_ts, as_user)[-5:])

        return await self.wait_until(
            look,
            timeout=timeout,
            what=f"a message with {containing!r}",
            report=report,
            concerns=lambda change: (
                change.kind == "reset"
                or (change.kind in {"message", "ephemeral"} and change.channel_id == channel)
            ),
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
            return copied(home) if home is not None and _matches(home, containing, None) else None

        return await self.wait_until(look, timeout=timeout, what=f"a Home tab with {containing!r}")

    async def wait_until(
        self,
        look: Callable[[], _T | None],
        *,
        timeout: float = 5.0,  # noqa: ASYNC109 - a person's patience
        what: str = "it",
        report: Callable[[], str] | None = None,
        concerns: Callable[[Change], bool] = lambda _: True,
    ) -> _T:
        """The first true answer of `look`, asked again after each change in the workspace that concerns it."""
        with self._state.changes.subscribe() as changes:
            try:
                async with asyncio.timeout(timeout):
                    while not (found := look()):
                        await changes.next_that(concerns)
                    return found
            except TimeoutError:
                seen = f" There was:\n{report()}" if report else ""
                raise TimeoutError(f"Waited {timeout} s for {what}.{seen}") from None

    async def settled(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - a person's patience
        """Until every event under way is acknowledged or given up."""
        async with asyncio.timeout(timeout):
            await self._delivery.settled()

    # Inside

    def _shown(self, channel: str, thread_ts: str | None, as_user: str | None) -> list[Json]:
        """What stands in a channel or in one of its threads, oldest first: the workspace's own, for looking only."""
        state = self._state
        found = state.thread(channel, thread_ts) if thread_ts else state.channel_messages(channel)
        if as_user is not None:
            alone = state.ephemerals_of(as_user, channel)
            found += [e for e in alone if (e.get("thread_ts") or "") == (thread_ts or "")]
        return sorted(found, key=lambda m: str(m["ts"]))

    def _copy(self, message: Json, channel: str) -> Json:
        return copied(message) | {"channel": channel}

    def as_it_stands(self, seen: Json) -> Json:
        """The same message or view now; as it was seen, if it is gone."""
        if is_view(seen):
            for view in (*self._state.views.values(), *self._state.homes.values()):
                if view["id"] == seen["id"]:
                    return copied(view)
            return seen
        try:
            return self.message(str(seen["channel"]), seen["ts"])
        except SlackRefusalError:
            return seen


def is_view(seen: Json) -> bool:
    return seen.get("type") in ("modal", "home")


def _matches(
    message: Json, containing: str | Callable[[Json], bool] | None, predicate: Callable[[Json], bool] | None
) -> bool:
    if callable(containing):
        return containing(message) and (predicate is None or predicate(message))
    if containing is not None and containing not in text_of(message):
        return False
    return predicate is None or predicate(message)
