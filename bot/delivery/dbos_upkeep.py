"""What the engine does for itself each minute: adopt what dead processes left, start what is unsent, drop what is old.

DBOS leaves all three to its paid service, so they are ours, done with its public functions only. The message rows decide
what is to be done; the engine's rows only say whether somebody is at it.
"""

import logging
from collections.abc import Callable, Sequence, Set as AbstractSet
from datetime import UTC, datetime, timedelta

from dbos import DBOS, WorkflowStatus

from bot.delivery.dbos_settings import APPLICATION_VERSION, PACED
from bot.delivery.executor import is_certainly_dead
from bot.domain.messages import OutboundMessage
from storage.store import Store
from storage.transaction import Tx

log = logging.getLogger(__name__)

DEAD_AFTER = timedelta(seconds=60)
"""A process that has not said for so long that it lives is dead: longer than its longest step and several beats."""
ADOPTING = "adopt orphans"
STUCK_AFTER = timedelta(minutes=5)
"""A delivery that has not moved for so long counts as lost; starting another is harmless."""
KEEP_FINISHED = timedelta(days=1)
KEEP_DELIVERIES = timedelta(days=7)
"""Slack repeats a delivery within minutes; a week is for people who look at the table."""
AT_ONCE = 2000
DELETED_AT_ONCE = 500
LIVE = ["PENDING", "ENQUEUED", "DELAYED"]
OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

Start = Callable[[Sequence[OutboundMessage]], None]


def message_of(workflow_id: str) -> str:
    """Return the message that a delivery's workflow id `msg-<id>-v<version>…` names."""
    return workflow_id.split("-")[1]


class Upkeep:
    """The upkeep of one process."""

    def __init__(
        self,
        store: Store,
        executor_id: str,
        deliver_name: str,
        start: Start,
        being_started: Callable[[], frozenset[str]],
    ) -> None:
        self._store = store
        self._executor_id = executor_id
        self._deliver_name = deliver_name
        self._start = start
        self._being_started = being_started
        self._forgot_at: datetime | None = None

    async def adopt_orphans(self, now: datetime) -> None:
        """Resume what dead processes were working on. Heartbeats follow real time, so the clock that jumps is not asked of them."""
        real = datetime.now(UTC)
        ever, silent = real + timedelta(days=1), real - DEAD_AFTER
        known, dead = await self._store.read(
            lambda tx: (tx.heartbeats.dead(ever), set(tx.heartbeats.dead(silent)))
        )
        for other in known:
            gone = is_certainly_dead(other)
            if other != self._executor_id and (gone or other in dead):
                before = ever if gone else silent
                await self._store.write(self._adopt, other, await self._pending_of(other), before, now)

    async def _pending_of(self, executor_id: str) -> list[str]:
        pending = await DBOS.list_workflows_async(
            status="PENDING", executor_id=executor_id, load_input=False, load_output=False
        )
        return [workflow.workflow_id for workflow in pending]

    def _adopt(self, tx: Tx, dead: str, pending: list[str], before: datetime, at: datetime) -> None:
        """Runs on the writer thread: the dead process's next beat waits for this transaction, and so does another adopter.

        The lease begins and ends in it, so that an adopter who dies in the middle holds up nobody.
        """
        now = datetime.now(UTC)
        if not tx.heartbeats.lease(ADOPTING, self._executor_id, now, now + timedelta(seconds=30)):
            return
        if tx.heartbeats.still_dead(dead, before):
            tx.messages.release_all(dead)
            tx.heartbeats.forget(dead)
            _go_on(dead, pending, {message.id for message in tx.messages.unsent(at, AT_ONCE)})
        tx.heartbeats.end_lease(ADOPTING, self._executor_id, now)

    async def start_unsent(self, now: datetime, *, at_start: bool = False) -> None:
        """Start what Slack does not show and nobody is working on.

        `at_start`: what an earlier life of this process left is not waited for, although DBOS has queued it again.
        """
        at_work = set(self._being_started())
        unsent = await self._store.read(lambda tx: tx.messages.unsent(now, AT_ONCE))
        if not unsent:
            return
        live = await DBOS.list_workflows_async(
            status=LIVE,
            name=self._deliver_name,
            app_version=APPLICATION_VERSION,  # what an older version queued is dequeued by nobody any more
            load_input=False,
            load_output=False,
        )
        for workflow in live:
            if self._is_left(workflow) if at_start else _is_stuck(workflow):
                continue
            at_work.add(message_of(workflow.workflow_id))
        self._start([message for message in unsent if message.id not in at_work])

    def _is_left(self, workflow: WorkflowStatus) -> bool:
        if workflow.status == "PENDING":
            return workflow.executor_id == self._executor_id or _is_stuck(workflow)
        return workflow.queue_name != PACED

    async def drop_old(self, now: datetime) -> None:
        """Delete the engine's finished rows, and once an hour the delivery keys that Slack will not repeat."""
        finished = await DBOS.list_workflows_async(
            status=OVER,
            end_time=(datetime.now(UTC) - KEEP_FINISHED).isoformat(),
            limit=DELETED_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if finished:
            await DBOS.delete_workflows_async([workflow.workflow_id for workflow in finished])
        if self._forgot_at is None or now - self._forgot_at > timedelta(hours=1):
            self._forgot_at = now
            await self._store.write(lambda tx: tx.deliveries.forget_before(now - KEEP_DELIVERIES))


def _go_on(dead: str, pending: Sequence[str], unsent: AbstractSet[str]) -> None:
    """Resume what is still to be sent, and drop the rest: a process that is killed in turn must not leave more each time.

    A message whose time has not come is dropped as well; the sweep starts it then.
    """
    over = {one for one in pending if one.startswith("msg-") and message_of(one) not in unsent}
    left = [one for one in pending if one not in over]
    if over:
        DBOS.delete_workflows(list(over))
    if left:
        DBOS.resume_workflows(left)
        log.warning("process %s died; %d of its tasks go on here", dead, len(left))


def _is_stuck(workflow: WorkflowStatus) -> bool:
    """What is said to run and has not moved for long may be the remains of a broken task; what waits in a queue is not."""
    moved_at = datetime.fromtimestamp((workflow.updated_at or 0) / 1000, UTC)
    return workflow.status == "PENDING" and datetime.now(UTC) - moved_at > STUCK_AFTER
