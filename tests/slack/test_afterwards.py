"""Work that goes on after the ack: once at a time, and whoever asked hears when it did not work."""

import asyncio

from bot.domain.errors import Refusal
from bot.slack.afterwards import Afterwards


class NotToday(Refusal):
    """Not today."""


async def nobody(sentence: str) -> None:
    raise AssertionError(sentence)


async def test_a_second_click_while_the_work_is_under_way_begins_nothing() -> None:
    done: list[str] = []
    go_on = asyncio.Event()
    ended = asyncio.Event()

    async def work(said: str = "first") -> None:
        await go_on.wait()
        done.append(said)
        ended.set()

    async def others() -> None:
        done.append("of somebody else")

    afterwards = Afterwards()
    afterwards.do("the report", work, nobody, key="p1 U1")
    afterwards.do("the report", work, nobody, key="p1 U1")
    afterwards.do("the report", others, nobody, key="p1 U2")
    await asyncio.sleep(0)
    go_on.set()
    await ended.wait()
    await asyncio.sleep(0)
    assert done == ["of somebody else", "first"]
    ended.clear()
    await asyncio.sleep(0)
    afterwards.do("the report", work, nobody, key="p1 U1")
    await ended.wait()
    assert done == ["of somebody else", "first", "first"]


async def test_a_refusal_is_told_to_whoever_asked() -> None:
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        raise NotToday

    async def tell(sentence: str) -> None:
        told.set_result(sentence)

    Afterwards().do("the report", work, tell, key="p1")
    assert await told == "Not today."
