"""One message's way to Slack: take it up, call Slack, settle; go on after what can be waited for, end with what cannot.

Each call to Slack stands between two transactions and inside none. What a failure means is decided here and nowhere else.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.delivery import turns
from bot.delivery.pacing import Pacing
from bot.delivery.ports import Gateway, OnTerminal, Rows, Sleep
from bot.delivery.turns import Outcome, Paused, Ready, RootFirst, Task, Terms, Turn, View
from bot.domain.messages import OutboundMessage
from bot.slack.failures import Ambiguous, RateLimited, Retryable, SlackFailure, Terminal, Uneditable

log = logging.getLogger(__name__)
R = TypeVar("R")

CALL_LIMIT = 10.0
"""Seconds that one call to Slack may take; a longer one counts as ambiguous."""
LOOK_UP_PAUSE = 2.5
"""Seconds before a look-up, so that a post that Slack accepted a moment ago is in its history."""
LEASE = timedelta(seconds=45)
"""Much longer than the longest step, which is the pause and a look-up, so that clocks may differ and commits may wait."""
CLOCKS_DIFFER = timedelta(seconds=60)
"""How far this machine's clock may be ahead of Slack's before a look-up misses its message."""
AGAIN_AFTER = (1.0, 2.0, 4.0, 8.0)
"""Seconds between tries that failed; after the last the sweep takes over."""
ROOT_AGAIN_AFTER = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between looks at a root that another process is posting."""
LONGEST_WAIT = 60.0
"""The longest pause of Slack's, in seconds, that is sat out here; a longer one is left to the sweep."""
TIMES_ANEW = 2
"""How often within one errand a message that was deleted in Slack is posted again."""
DELETED = frozenset({"message_not_found", "thread_not_found"})


@dataclass(frozen=True)
class Means:
    """What the sender was handed; the same for all errands."""

    store: Rows
    gateway: Gateway
    clock: Clock
    pacing: Pacing
    sleep: Sleep
    executor_id: str
    on_terminal: OnTerminal | None


@dataclass
class _Spent:
    """What this errand has used of its patience."""

    failures: int = 0
    root_looks: int = 0
    waited: float = 0.0
    anew: int = 0


class Errand:
    """One try to make Slack show one message; `also` names messages that it gave rise to."""

    def __init__(self, means: Means, message_id: str, send_root: Callable[[str], Awaitable[Outcome]]) -> None:
        self.also: list[str] = []
        self._means = means
        self._message_id = message_id
        self._send_root = send_root
        self._spent = _Spent()

    async def look(self) -> View:
        """Return what stands between the message and Slack now."""
        return await self._means.store.read(turns.look, self._message_id, self._means.clock.now())

    async def run(self, turn: Turn) -> Outcome:
        """Go on from there until Slack shows the newest version or nothing more can be done now."""
        while not isinstance(turn, Outcome):
            match turn:
                case Ready():
                    turn = await self._take_up(turn)
                case Task():
                    turn = await self._carry_out(turn)
                case Paused():
                    turn = await self._sit_out(turn.until)
                case RootFirst():
                    turn = await self._send_root_first(turn.root)
        return turn

    async def _take_up(self, ready: Ready) -> Turn:
        """Wait for the channel before the lease begins, so that a long line of posts cannot outlast it."""
        message = ready.message
        if message.slack_ts is None and message.first_attempt_at is None:
            await self._means.pacing.post_allowed((message.workspace_id, message.channel_id))
        return await self._means.store.write(turns.take, self._message_id, self._terms())

    def _terms(self) -> Terms:
        now = self._means.clock.now()
        return Terms(self._means.executor_id, now, now + LEASE)

    async def _look_again(self, after: float) -> View:
        await self._means.sleep(after)
        return await self.look()

    async def _sit_out(self, until: datetime) -> View:
        seconds = max((until - self._means.clock.now()).total_seconds(), 0.05)
        self._spent.waited += seconds
        return Outcome.LATER if self._spent.waited > LONGEST_WAIT else await self._look_again(after=seconds)

    async def _send_root_first(self, root: OutboundMessage) -> View:
        """Send the thread's root, then come back; a root that failed takes its replies with it."""
        outcome = Outcome.FAILED if root.failed else await self._send_root(root.id)
        if outcome is Outcome.SHOWN:
            return await self.look()
        if outcome is Outcome.FAILED:
            await self._means.store.write(turns.fail_with_root, self._message_id, self._terms())
            return Outcome.FAILED
        if outcome is Outcome.BUSY and self._spent.root_looks < len(ROOT_AGAIN_AFTER):
            self._spent.root_looks += 1
            return await self._look_again(after=ROOT_AGAIN_AFTER[self._spent.root_looks - 1])
        return Outcome.LATER

    async def _carry_out(self, task: Task) -> Turn:
        try:
            if not task.first_post:
                return await self._update(task)
            return await (self._look_up(task) if task.look_first else self._post(task))
        except RateLimited as limited:
            return await self._pause(task, limited)
        except (Ambiguous, Retryable) as failure:
            return await self._again(task, failure)
        except Uneditable as failure:
            return await self._instead(task, failure)
        except Terminal as failure:
            return await self._fail(task, failure)

    async def _look_up(self, task: Task) -> Turn:
        """Look for what an earlier try may have posted; when it is not there, the next try is a first one again."""
        message = task.message
        begun = message.first_attempt_at or self._means.clock.now()
        await self._means.sleep(LOOK_UP_PAUSE)
        call = self._means.gateway.find(
            message.workspace_id,
            task.channel_id,
            thread_ts=task.thread_ts,
            key=message.key,
            oldest=begun - CLOCKS_DIFFER,
        )
        found = await _within_limit(call, turns.READ_THREAD if task.thread_ts else turns.READ_CHANNEL)
        if found is None:
            await self._give_back(task, untouched=True)
            return await self.look()
        # The row may have moved on since it was posted: only its first version is known to be shown.
        return await self._settle(task, 1, (found.channel_id, found.ts))

    async def _post(self, task: Task) -> Turn:
        message = task.message
        call = self._means.gateway.post(
            message.workspace_id, task.channel_id, message.body, thread_ts=task.thread_ts, key=message.key
        )
        posted = await _within_limit(call, turns.POST)
        return await self._settle(task, message.version, (posted.channel_id, posted.ts))

    async def _update(self, task: Task) -> Turn:
        message, ts = task.message, str(task.message.slack_ts)
        call = self._means.gateway.update(message.workspace_id, task.channel_id, ts, message.body)
        await _within_limit(call, turns.UPDATE)
        return await self._settle(task, message.version, (task.channel_id, ts))

    async def _settle(self, task: Task, version: int, posted: tuple[str, str]) -> Turn:
        return await self._means.store.write(turns.settle, task, self._terms(), version, *posted)

    async def _give_back(self, task: Task, *, untouched: bool) -> None:
        await self._means.store.write(turns.give_back, task, self._means.executor_id, untouched)

    async def _pause(self, task: Task, limited: RateLimited) -> View:
        """Remember Slack's pause for everybody, then sit it out."""
        message = task.message
        until = self._means.clock.now() + timedelta(seconds=limited.retry_after)
        method = limited.method or (turns.POST if task.first_post else turns.UPDATE)
        log.info("Slack asks for a pause of %.0f s on %s", limited.retry_after, method)
        if method == turns.POST:
            self._means.pacing.refused((message.workspace_id, message.channel_id))
        await self._means.store.write(
            turns.pause, task, self._means.executor_id, method, until, _untouched(task)
        )
        return await self._sit_out(until)

    async def _again(self, task: Task, failure: SlackFailure) -> View:
        await self._give_back(task, untouched=isinstance(failure, Retryable) and _untouched(task))
        log.info("message %s: %s", task.message.key, failure)
        if self._spent.failures == len(AGAIN_AFTER):
            return Outcome.LATER
        self._spent.failures += 1
        return await self._look_again(after=AGAIN_AFTER[self._spent.failures - 1])

    async def _instead(self, task: Task, failure: Uneditable) -> View:
        """Fall back: what was deleted is posted anew, what may not change is answered in its thread."""
        by = self._means.executor_id
        if failure.code in DELETED:
            self._spent.anew += 1
            if self._spent.anew > TIMES_ANEW or (task.first_post and task.thread_ts is None):
                return await self._fail(task, failure)
            anew = turns.post_root_anew if task.first_post else turns.post_anew
            await self._means.store.write(anew, task, by)
            return await self.look()
        if task.first_post:
            return await self._fail(task, failure)
        self.also.append(await self._means.store.write(turns.reply_instead, task, by))
        return await self.look()

    async def _fail(self, task: Task, failure: SlackFailure) -> Outcome:
        means = self._means
        log.error(
            "message %s to %s cannot be sent: %s; it waits until the cause is mended",
            task.message.key,
            task.channel_id,
            failure.error,
        )
        self.also += await means.store.write(
            turns.fail, task, means.executor_id, failure.error, means.on_terminal
        )
        return Outcome.FAILED


async def _within_limit(call: Awaitable[R], method: str) -> R:
    try:
        async with asyncio.timeout(CALL_LIMIT):
            return await call
    except TimeoutError as error:
        raise Ambiguous(f"no answer within {CALL_LIMIT:g} s", method) from error


def _untouched(task: Task) -> bool:
    """Whether Slack has certainly nothing of the message once this try was refused: the first try of a first post."""
    return task.first_post and not task.look_first
