"""DBOS takes to an event loop of its own while ours does not run; what it takes up then is still done on ours."""

import asyncio
import time
from typing import Any

from dbos import DBOS

from bot.delivery import dbos_settings
from storage.store import Store
from tests.delivery.slack_stand_in import Place
from tests.delivery.test_dbos_engine import World, until
from tests.delivery.things import state


def test_what_is_taken_up_while_our_loop_rests_is_sent_by_it_once_it_runs(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store, asyncio.Runner() as ours:
        world = World(sqlite_url, store)
        engine = world.engine()
        posting, posted_by = world.slack.post, []

        async def post(*args: Any, **kwargs: Any) -> Place:
            posted_by.append(asyncio.get_running_loop())
            return await posting(*args, **kwargs)

        async def hand_over() -> None:
            await engine.start()
            engine.deliver([await state(store, "nudge", "hello", paced=True)])
            await engine.tick(world.clock.now())  # which waits until it is started

        async def go_on() -> None:
            try:
                await until(lambda: bool(posted_by))
            finally:
                await engine.stop()

        world.slack.post = post  # type: ignore[method-assign]  # the stand-in is ours
        ours.run(hand_over())
        while DBOS.list_workflows(queue_name=dbos_settings.PACED, status="ENQUEUED"):
            time.sleep(0.05)  # nothing of ours runs, on purpose
        time.sleep(0.1)  # nor while it is begun
        ours.run(go_on())
        assert posted_by == [ours.get_loop()]
