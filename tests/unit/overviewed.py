"""Every list, Home tab and portfolio message that the overview can show, for the tests that read all messages."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.calendar import Away, Calendar
from bot.domain.handovers import ownership
from bot.domain.messages import Body
from bot.domain.moves import MoveKind, StageMove
from bot.domain.notices import Mute
from bot.domain.pilots import Hold, Pilot
from bot.domain.readiness import Standing
from bot.domain.seeking import Shown
from bot.domain.signals import Severity, Signal
from bot.domain.tallies import Measure
from bot.nudges.preferring import Reminders
from bot.portfolio.counts import Figures, ItemCount, StageCount
from bot.portfolio.home import HomeFacts, HomePage
from bot.portfolio.home_messages import home_view
from bot.portfolio.lines import Line
from bot.portfolio.listing import Listed
from bot.portfolio.listing_messages import list_message, list_view
from bot.portfolio.overview_messages import Overview, overview_message
from bot.portfolio.owners import MOST, Owner, Owners
from bot.portfolio.waiting import Waiting
from bot.portfolio.wanted import EVERYTHING, Wanted
from prompts.library import Library

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WANTED = [
    EVERYTHING,
    *(Wanted(shown=shown) for shown in Shown),
    Wanted(shown=Shown.STALLED, stage="shadow", owners=("U0JONAS", "S0PAYMENTS"), page=3),
    Wanted(owners=("S0PAYMENTS",)),
]


def line_of(pilot: Pilot, number: int, text: str) -> Line:
    """Return a pilot with everything that a line can tell, another mixture for each number."""
    severity = Severity(number % 4)
    signal = Signal(
        id="s", workspace_id="T0", pilot_id=pilot.id, cause=text[:60] if number % 3 else "purgatory",
        severity=severity, why="too_long", raised_at=NOW - timedelta(days=9),
    )  # fmt: skip
    hold = Hold(since=NOW, until=NOW.date(), reason="x", by="U0MAYA") if number % 5 == 1 else None
    ended = StageMove(
        id="m", workspace_id="T0", pilot_id=pilot.id, kind=MoveKind.RETIRED, from_stage="shadow", to_stage="retired",
        by="U0MAYA", at=NOW, reason=(text * 40)[:3000],
    )  # fmt: skip
    changed: dict[str, Any] = {
        "id": f"{number:016x}",
        "hold": hold,
        "ready": number % 2 == 0,
        "severity": int(severity),
        "stalled_since": NOW - timedelta(days=30) if number % 8 == 3 else None,
        "decide_on": NOW.date() if number % 3 == 0 else None,
        "stage": "retired" if number % 7 == 6 else "production" if number % 7 == 5 else pilot.stage,
    }
    shown = pilot.model_copy(update=changed)
    titles = (text[:60] or "x", "Rollback", "Monitoring", "Cost model") if number % 4 == 0 else ()
    worst = signal if severity else None
    return Line(shown, ownership(shown, ()), number % 3, titles, worst, ended if shown.retired else None)


def page_of(pilot: Pilot, text: str, wanted: Wanted, count: int, per_page: int, first: int = 0) -> Listed:
    """Return a page that is full, if there are that many."""
    lines = tuple(line_of(pilot, first + n, text) for n in range(min(count, per_page)))
    offered = [Owner(f"U{n:05}", f"{text[:150]} {n}".strip()) for n in range(min(count, MOST))]
    offered += [Owner(one, text[:150] or one) for one in wanted.owners[:1]]
    return Listed(wanted, lines, count, per_page, Owners(tuple(offered), others=count > 1000))


def figures_of(text: str, count: int) -> Figures:
    """Return figures of a portfolio; with very many stages and items of the longest names."""
    stages = 6 if count < 100 else 30
    fares = Counter({one.value: count // 2 for one in Measure} | {Measure.PILOTS.value: count})
    stands = Counter({one.value: count for one in Standing})
    items = [ItemCount(f"{text[:70]} {n}".strip(), stands) for n in range(min(count, 60))]
    return Figures(tuple(StageCount(f"{text[:60]} {n}".strip(), fares) for n in range(stages)), tuple(items))


def reminders_of(pilot: Pilot, text: str, count: int) -> Reminders:
    """Return somebody's hours, with so many mutes and days away."""
    today = NOW.date()
    hours = Calendar(zone="America/Argentina/ComodRivadavia", from_hour=9, until_hour=17, days=(0, 2, 4))
    away = tuple(Away(first=today + timedelta(days=n), last=today + timedelta(days=n)) for n in range(count))[
        :10
    ]
    mute = Mute(
        id="m", workspace_id="T0", person_id="U0MAYA", pilot_id=pilot.id, reason=(text * 9)[:1000].strip() or "x",
        muted_by="U0MAYA", since=NOW, until=today,
    )  # fmt: skip
    mutes = tuple((mute.model_copy(update={"id": f"m{n}"}), pilot) for n in range(min(count, 30)))
    return Reminders(hours, hours, None, away, mutes)


def every_message(library: Library, pilot: Pilot, text: str) -> Iterator[tuple[str, Body]]:
    """Yield every list and every portfolio message."""
    for number, wanted in enumerate(WANTED):
        for count in (0, 1, 10_000):
            page = page_of(pilot, text, wanted, count, 10)
            yield "list", list_message(library, page, NOW, share=(number + count) % 2 == 0)
    for count in (0, 3, 100):
        lines = [line_of(pilot, n, text) for n in range(count)]
        names = {"U0JONAS": text[:120], "S0PAYMENTS": f"@{text[:40]}"} if count % 2 else {}
        facts = Overview(figures_of(text, count), lines, count * 100, names)
        body = overview_message(library, facts, "U0MAYA", NOW)
        yield "portfolio", body
        yield "portfolio in plain blocks", {"text": body["text"], "blocks": body["instead"]}


def every_view(
    library: Library, pilot: Pilot, waiting: Waiting, text: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the window of all pilots, and Home tabs with nothing, a little and far too much on them."""
    yield "all pilots", list_view(library, page_of(pilot, text, WANTED[-1], 10_000, 10), NOW)
    yield "no pilots", list_view(library, page_of(pilot, text, WANTED[-1], 0, 10), NOW)
    for number, count in enumerate((0, 1, 100, 10_000)):
        for leads in (False, True):
            wanted = WANTED[(2 * number + leads) % len(WANTED)]
            facts = HomeFacts(
                page=HomePage(mine=2, everything=wanted),
                waiting=waiting if count > 1 else Waiting(),
                mine=page_of(pilot, text, Wanted(page=1 if count > 50 else 0), count, 8),
                others=count > 0,
                portfolio=page_of(pilot, text, wanted, count, 10, first=100) if leads else None,
                figures=figures_of(text, count),
                reminders=reminders_of(pilot, text, count),
            )
            view = home_view(library, facts, NOW)
            taken = {name: part for name, part in view.items() if name != "instead"}
            yield "home", taken
            yield "home in plain blocks", taken | {"blocks": view.get("instead", view["blocks"])}
