"""What operators see: counters as text, and parts with the reason why they are not fine."""

import asyncio
import threading

from bot.health import examined
from bot.metrics import Counters


def test_counters_are_plain_lines_with_their_labels() -> None:
    counters = Counters()
    counters.add("slack_calls_total", method="chat.update", outcome="ok")
    counters.add("slack_calls_total", 2, method="chat.update", outcome="ok")
    counters.add("started_total")
    counters.add("odd_total", why='a "quoted"\nline \\')
    assert counters.text().splitlines() == [
        "# TYPE preflight_odd_total counter",
        'preflight_odd_total{why="a \\"quoted\\"\\nline \\\\"} 1',
        "# TYPE preflight_slack_calls_total counter",
        'preflight_slack_calls_total{method="chat.update",outcome="ok"} 3',
        "# TYPE preflight_started_total counter",
        "preflight_started_total 1",
    ]
    assert counters.value("slack_calls_total") == 3
    assert counters.value("slack_calls_total", outcome="lost") == 0
    assert Counters().text() == ""


def test_no_count_is_lost_between_threads() -> None:
    counters = Counters()

    def count() -> None:
        for _ in range(500):
            counters.add("clicks_total")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters.value("clicks_total") == 2000


async def test_each_part_is_told_apart() -> None:
    async def fine() -> None:
        return

    async def broken() -> None:
        raise OSError

    async def silent() -> None:
        await asyncio.sleep(5)

    found = await examined({"database": fine, "engine": broken, "slack": silent}, patience=0.05)
    assert [condition.ok for condition in found.values()] == [True, False, False]
    assert found["engine"].why == "OSError"
    assert found["slack"].why == "no answer within 0.05 seconds"
