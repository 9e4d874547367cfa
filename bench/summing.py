"""A process that adds a portfolio up in one of several ways and prints what it took, so that its memory is its own.

`python -m bench.summing WAY DATABASE_URL TIMES`: by the counters, by a rebuild in SQL, or as an ORM is usually told to.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

from sqlmodel import Session, create_engine, select

from bench.deliveries import TEAM
from bench.many import STANDINGS, playbook
from bot.domain.seeking import Shown, Sought
from bot.portfolio.counts import figures
from storage.store import Store
from storage.tables import CurrentAnswerRow, PilotRow

Sums = dict[str, int]
"""How many pilots there are in each stage, and how each item stands in it; by stage, item and standing."""
PAGE: Final = 15
"""How many lines of a list are shown at once; the second page is read."""
_STATUS: Final = Path("/proc/self/status")


def by_counters(url: str, times: int) -> tuple[list[float], float, Sums]:
    """Read the counters, as the overview does."""
    book = playbook()
    with Store.open(url) as store:
        store.healthy_sync()

        def once() -> Sums:
            counters = store.read_sync(lambda tx: tx.tallies.of(TEAM))
            assert figures(book, counters).pilots
            return {f"{cell.stage} {cell.subject} {cell.standing}": n for cell, n in counters.items()}

        return _measured(once, times)


def by_rebuild(url: str, times: int) -> tuple[list[float], float, Sums]:
    """Add the counters up again in SQL, as the check of them does."""
    with Store.open(url) as store:
        store.healthy_sync()

        def once() -> Sums:
            counters = store.read_sync(lambda tx: tx.tallies.rebuilt(TEAM))
            return {f"{cell.stage} {cell.subject} {cell.standing}": n for cell, n in counters.items()}

        return _measured(once, times)


def by_page(url: str, times: int) -> tuple[list[float], float, Sums]:
    """Read one page of a filtered list, and how many there are; what it finds is no sum."""
    sought, order = Sought(shown=Shown.AT_RISK), [stage.id for stage in reversed(playbook().stages)]
    with Store.open(url) as store:
        store.healthy_sync()

        def once() -> Sums:
            page = store.read_sync(lambda tx: tx.pilots.page(TEAM, sought, order, PAGE, PAGE))
            return {"found": store.read_sync(lambda tx: tx.pilots.count(TEAM, sought)), "shown": len(page)}

        return _measured(once, times)


def by_orm(url: str, times: int) -> tuple[list[float], float, Sums]:
    """Load every pilot and every answer as objects and count them."""
    engine, book = create_engine(url), playbook()
    asked = {
        gate.from_stage: frozenset(item.id for item in book.items_of(gate)) for gate in reversed(book.gates)
    }

    def once() -> Sums:
        found: Counter[str] = Counter()
        with Session(engine) as session:
            pilots = {
                one.id: one for one in session.exec(select(PilotRow).where(PilotRow.workspace_id == TEAM))
            }
            given = Counter(one.stage for one in pilots.values())
            found.update({f"{stage}  pilots": n for stage, n in given.items()})
            for answer in session.exec(select(CurrentAnswerRow).where(CurrentAnswerRow.workspace_id == TEAM)):
                stage = pilots[answer.pilot_id].stage
                if answer.item_id in asked[stage]:
                    found[f"{stage} {answer.item_id} {STANDINGS[answer.status]}"] += 1
            return dict(found)

    return _measured(once, times)


WAYS: Final = {"counters": by_counters, "page": by_page, "rebuild": by_rebuild, "orm": by_orm}


def _measured(once: Callable[[], Sums], times: int) -> tuple[list[float], float, Sums]:
    """Return how long it took each time, how many MiB more the process held at most, and what was found."""
    before, seconds, found = _held_anew(), [], {}
    for _ in range(times):
        started = perf_counter()
        found = once()
        seconds.append(perf_counter() - started)
    return seconds, _peak() - before, found


def _held_anew() -> float:
    """Return what the process holds now, in MiB, and let the peak begin from there."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak()


def _peak() -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"))
    assert found
    return int(found[1]) / 1024


def main() -> None:
    """Add up and print one line of JSON."""
    way, url, times = sys.argv[1:]
    seconds, memory, found = WAYS[way](url, int(times))
    print(json.dumps({"seconds": seconds, "memory": memory, "found": found}))


if __name__ == "__main__":
    main()
