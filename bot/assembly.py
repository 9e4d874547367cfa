"""The only place where store, gateway, playbook, clock, engine and features are joined.

`running` is one process of Preflight: it opens everything in order and lets go of it again in reverse. Nothing else in the
house builds its own world.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from slack_bolt.async_app import AsyncApp
from sqlalchemy import Engine as Database
from starlette.applications import Starlette

from bot import minutes
from bot.answers import listeners as answers
from bot.asking import listeners as asking
from bot.clock import Clock, SharedClock, SystemClock
from bot.delivery.engine import Engine
from bot.delivery.executor import executor_id, is_sole
from bot.delivery.pacing import Pacing
from bot.delivery.sender import Sender
from bot.desk import Front, Office, Reaction, Rooms
from bot.domain.messages import OutboundMessage
from bot.domain.playbook import Playbook
from bot.exports import listeners as exports
from bot.handover import listeners as handover, workflow as handing_over
from bot.health import Check
from bot.http import http_app
from bot.interview import listeners as interview
from bot.metrics import Counters
from bot.minutes import Chore
from bot.nudges import digest, following, listeners as nudges, rounds
from bot.orphans import catching_up, listeners as orphans, workflow as orphaned
from bot.pilots import listeners as pilots
from bot.portfolio import homes, listeners as portfolio, weekly
from bot.posture import listeners as posture
from bot.reopening import presence, workflow as reopening
from bot.review import binding, listeners as review, reminding, requesting
from bot.rooms import RoomSearch
from bot.settings import Settings
from bot.slack import blocks
from bot.slack.answers import Identity
from bot.slack.bolt import bolt_app
from bot.slack.dispatch import Dispatch
from bot.slack.failures import SlackFailure, Terminal
from bot.slack.gateway import SlackGateway
from bot.slack.payloads import MembershipChanged, OtherEvent
from bot.slack.people import Directory
from bot.slack.router import Router
from bot.slack.socket_mode import SocketMode
from bot.stages import extending, listeners as stages
from bot.tiers import listeners as tiers
from bot.waivers import listeners as waivers, workflow as waiving
from bot.watching import workflow as watching
from prompts.library import Library
from storage.database import exclusive_lock, parse
from storage.store import Store
from storage.transaction import Tx

log = logging.getLogger(__name__)

REACTIONS: tuple[Reaction, ...] = (
    handing_over.follow,
    binding.follow,
    reopening.look,
    orphaned.follow,
    extending.follow,
    following.follow,
)
"""What follows from every change of a pilot, in this order."""
CHORES = {
    "reviews": Chore(requesting.expire, requesting.due_to_expire, requesting.expire_if_over),
    "waivers": Chore(waiving.lapse, waiving.due_to_lapse, waiving.lapse_of),
    "looks": Chore(reopening.sweep, reopening.due_for_a_look, reopening.look_if_due),
    "watch": Chore(watching.sweep, watching.due, watching.look_if_due),
    "digests": Chore(digest.sweep, digest.due, digest.tell),
    "week": Chore(weekly.tell_if_due, weekly.due, weekly.tell),
}
"""What is done every minute about everything that is due. People are told last, and of everything that was found before."""
FEATURES = (
    pilots,
    interview,
    handover,
    tiers,
    asking,
    answers,
    posture,
    review,
    waivers,
    stages,
    orphans,
    nudges,
    portfolio,
    exports,
)
LOOK_AT_CLOCK_SECONDS = 0.25
"""How often the sandbox's clock is looked at, so that a skip ahead shows at once."""
SKIP = timedelta(seconds=20)
"""A step of the clock beyond this between two looks is a skip, not the passing of time."""
SKIPPED_BY = timedelta(hours=6)
"""The step of a skip that is made up for: nobody's working hours fall between two of them."""
SKIPPED_IN_STEPS = 40
"""In how many steps a longer skip goes by; whoever skips months does not read every morning's message."""


class SlackNotReady(SlackFailure):
    """Slack did not let the process start; said in a sentence to whoever starts it."""

    def __init__(self, failure: SlackFailure) -> None:
        super().__init__(failure.error, failure.method)
        what = (
            "Slack did not accept SLACK_BOT_TOKEN"
            if isinstance(failure, Terminal)
            else "Slack could not be reached"
        )
        self.args = (f"{what} ({failure.error}). `python -m bot doctor` says how to mend it.",)


@dataclass(frozen=True)
class Means:
    """How a house comes by what takes a while to make. Many houses in one process, one after the other, may share some of it."""

    store: Callable[[str], AbstractContextManager[Store]] = Store.open
    """Opens a database by its address."""
    library: Callable[[Path | None], Library] = Library.load
    """Reads the playbook of a folder, and ours without one."""
    engine_database: Callable[[str], Database] | None = None
    """Opens the engine's own tables by the same address; the engine's way where nothing is said."""


ANEW = Means()


@dataclass(frozen=True)
class Preflight:
    """A running process, for whoever started it."""

    settings: Settings
    office: Office
    front: Front
    router: Router
    app: AsyncApp
    web: Starlette
    identity: Identity


@asynccontextmanager
async def running(
    settings: Settings, *, pacing: Pacing | None = None, means: Means = ANEW
) -> AsyncIterator[Preflight]:
    """Open everything, serve until the block ends, and close everything. Any refusal on the way has one clear sentence.

    `pacing` is how fast posts go out; Slack's own rhythm unless a stand-in bears more.
    """
    async with AsyncExitStack() as stack:
        database_url = settings.database_url
        if is_sole(database_url):
            stack.callback(exclusive_lock(data_folder(database_url)).release)
        library = means.library(settings.playbook)
        store = stack.enter_context(means.store(database_url))
        library = library.knowing(await store.write(_playbooks_in_use, library.playbook))
        counters = Counters()
        token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
        slack = await stack.enter_async_context(
            SlackGateway(token, settings.slack_api_url, counters=counters)
        )
        identity = await _identity(slack)
        named = {
            "review": settings.review_channel,
            "digest": settings.digest_channel,
            "operations": settings.operations_channel,
        }
        search = RoomSearch(slack, identity.workspace_id, identity.bot_user_id, named)
        rooms = await search.begin()
        await store.write(_remember_workspace, identity)
        await store.write(
            _try_again, identity.workspace_id
        )  # a start is how most causes end: a new token, a new scope

        for stray in await store.read(
            lambda tx: tx.pilots.outside(stage.id for stage in library.playbook.stages)
        ):
            log.error(
                "%s is in the stage %s, which the playbook does not have; see the doctor",
                stray.name,
                stray.stage,
            )

        clock: Clock = SharedClock(settings.clock) if settings.clock else SystemClock()
        tell = partial(_tell_operations, library, rooms)
        engine = _engine(database_url, store, slack, clock, tell, pacing, means.engine_database)
        office = Office(store, engine, library, clock, rooms, REACTIONS)
        people = Directory(store, slack, clock)
        front = Front(office, slack, people)
        router = Router()
        people.when_left_or_back(partial(presence.on_left_or_back, front))
        for feature in FEATURES:
            feature.register(router, front)
        home_tabs = homes.Homes(front)
        home_tabs.register(router)
        stack.push_async_callback(home_tabs.stop)
        router.person_changed(people.on_person_changed)
        for ending in ("app_uninstalled", "tokens_revoked"):
            router.event(ending, _on_leaving)
        router.membership_changed(partial(_on_membership, office, identity))
        router.membership_changed(search.on_membership)
        for mended in ("channel_unarchive", "group_unarchive"):
            router.event(mended, partial(_on_unarchived, office))
        pieces = {name: partial(minutes.do, office, chore) for name, chore in CHORES.items()}
        telling = {"reminders": partial(rounds.go_on, front), "digests": pieces.pop("digests")}
        engine.every_minute("telling", partial(minutes.in_turn, {**pieces, **telling}))
        engine.every_minute("people", presence.RollCall(front).go_on)
        engine.every_minute("channels", catching_up.Muster(front).go_on)
        engine.every_minute("rooms", search.go_on)
        engine.every_minute("home tabs", home_tabs.go_on)
        for workspace in await store.read(lambda tx: tx.workspaces.all()):
            at = office.own_occasion(workspace.workspace_id)
            await office.carry_out(reopening.look_at_all, at)
            await office.carry_out(reminding.look_at_all, at)

        secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None
        dispatch = Dispatch(router, slack, counters)
        app = bolt_app(dispatch, token=token, signing_secret=secret, identity=identity)
        parts: dict[str, Check] = {"database": store.healthy, "engine": partial(_engine_well, engine)}
        await engine.start()
        stack.push_async_callback(engine.stop)
        if settings.slack_app_token:
            app_token = settings.slack_app_token.get_secret_value()
            socket = SocketMode(app, app_token=app_token, api_url=settings.slack_api_url, counters=counters)
            await socket.start()
            stack.push_async_callback(socket.stop)
            parts["slack"] = socket.check
        else:
            parts["slack"] = partial(_token_works, slack)
        if isinstance(clock, SharedClock):
            looking = asyncio.create_task(_watch(clock, engine), name="clock")
            stack.push_async_callback(_cancel, looking)
        web = http_app(parts=parts, counters=counters, app=app, signing_secret=secret)
        yield Preflight(settings, office, front, router, app, web, identity)


async def _identity(slack: SlackGateway) -> Identity:
    try:
        return await slack.identity()
    except SlackFailure as failure:
        raise SlackNotReady(failure) from failure


def _engine(
    database_url: str,
    store: Store,
    slack: SlackGateway,
    clock: Clock,
    on_terminal: Callable[[Tx, OutboundMessage, str], None],
    pacing: Pacing | None,
    opening: Callable[[str], Database] | None,
) -> Engine:
    from bot.delivery.dbos_engine import DbosEngine

    name = executor_id(database_url)
    sender = Sender(store, slack, clock, name, on_terminal=on_terminal, pacing=pacing)
    on_the_way = _on_the_way if isinstance(clock, SharedClock) else None
    return DbosEngine(store, sender, clock, database_url, name, on_the_way=on_the_way, opening=opening)


def data_folder(database_url: str) -> Path:
    """Return the folder that an SQLite database is in."""
    return Path(str(parse(database_url).database)).parent


def _playbooks_in_use(tx: Tx, in_force: Playbook) -> list[Playbook]:
    """Keep the playbook in force, and return those that interviews under way began with: they go on with theirs."""
    before = tx.playbooks.latest()
    if before is None or before.version != in_force.version:
        tx.pilots.let_all_be_looked_at()
    tx.playbooks.remember(in_force)
    return tx.playbooks.of_running_interviews()


def _remember_workspace(tx: Tx, identity: Identity) -> None:
    tx.workspaces.remember(identity.workspace_id, identity.name, identity.url, identity.bot_user_id)


def _tell_operations(library: Library, rooms: Rooms, tx: Tx, failed: OutboundMessage, error: str) -> None:
    """Ask for a word to the operations channel about a message that cannot be delivered; never about that word itself.

    One word a day for a place and a cause: a channel that refuses one message refuses the next one, too.
    """
    if rooms.operations is None or failed.channel_id == rooms.operations:
        return
    key = f"undelivered:{failed.channel_id}:{error.partition(' ')[0]}:{tx.now.date()}"
    if tx.messages.by_key(failed.workspace_id, key) is not None:
        return
    words = library.words(
        "slack/undelivered", channel_id=failed.channel_id, error=error, text=failed.body["text"]
    )
    body = blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "undelivered")])
    tx.messages.show(failed.workspace_id, key, rooms.operations, body)


async def _engine_well(engine: Engine) -> None:
    status = engine.status()
    if not status.running or status.trouble:
        raise RuntimeError(status.trouble or "not running")


async def _token_works(slack: SlackGateway) -> None:
    await slack.check_token()


async def _on_membership(office: Office, identity: Identity, event: MembershipChanged) -> None:
    """Send what a channel refused, now that Preflight is in it again."""
    if event.joined and event.user_id == identity.bot_user_id:
        await _send_there_again(office, event.workspace_id, event.channel_id)


async def _on_unarchived(office: Office, event: OtherEvent) -> None:
    """Send what a channel refused, now that it is no longer archived."""
    channel_id = event.event.get("channel")
    if isinstance(channel_id, str):
        await _send_there_again(office, event.workspace_id, channel_id)


async def _send_there_again(office: Office, workspace_id: str, channel_id: str) -> None:
    office.engine.deliver(await office.store.write(_try_again, workspace_id, channel_id))


def _try_again(tx: Tx, workspace_id: str, channel_id: str | None = None) -> list[OutboundMessage]:
    """Make due again what Slack refused for good: in one channel, or everywhere."""
    return tx.messages.unfail(workspace_id, channel_id)


async def _on_leaving(event: OtherEvent) -> None:
    """Say that Slack let us go; what Slack refuses from now on is kept and marked, and the record stays."""
    log.error("Slack reports %s for %s: nothing can be sent there any more", event.kind, event.workspace_id)


async def _watch(clock: SharedClock, engine: Engine) -> None:
    """Do the minute's work at once when the sandbox's clock is skipped ahead."""
    before, real = clock.now(), asyncio.get_running_loop().time()
    while True:
        await asyncio.sleep(LOOK_AT_CLOCK_SECONDS)
        now, later = clock.now(), asyncio.get_running_loop().time()
        if abs((now - before) - timedelta(seconds=later - real)) > SKIP:
            log.info("the clock was skipped to %s", now.isoformat(timespec="minutes"))
            await _logged(engine.tick(now))
        before, real = now, later


def _on_the_way(before: datetime, now: datetime) -> Iterator[datetime]:
    """Yield the moments of a skip of the sandbox's clock at which work may fall due, so that it is like time passing."""
    step = max(SKIPPED_BY, (now - before) / SKIPPED_IN_STEPS)
    moment = before + step
    while moment < now:
        yield moment
        moment += step
    yield now


async def _logged(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        log.exception("the work after a skip of the clock failed; the next minute does it again")


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
