"""Every message and form about trends, exports and the week, at its longest."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.answers import Value
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.domain.tallies import Measure
from bot.exports import messages as export_messages
from bot.exports.exported import (
    BarMoved,
    FailingItem,
    OpenIn,
    OpenItem,
    StageStays,
    Titled,
    Trends,
    WaivedAgain,
    WaivedMost,
)
from bot.exports.trends_messages import trends_message, trends_view
from bot.portfolio.counts import Figures, ItemCount, StageCount
from bot.portfolio.week import NAMED, Heading, News, Week
from bot.portfolio.weekly_messages import weekly_message
from prompts.library import Library

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NOTHING = Trends(stays=(), longest_open=(), failing=(), waived_again=(), waived_most=(), bar_moves=())
CARD = "https://s.example/card"


def trends_of(pilot: Pilot, text: str) -> Trends:
    """Return as much of everything as there ever is."""
    named, titled = Titled(id=pilot.id, title=pilot.name), Titled(id="rollback", title=text[:60] or "x")
    place = OpenIn(pilot=named, since=NOW - timedelta(days=4000), days=4000)
    stays = StageStays(
        stage=Titled(id="pilot", title=text[:40] or "x"), finished=100_000, median_days=1234.5, present=100_000,
        present_median_days=1234.5, present_longest_days=9999.9,
    )  # fmt: skip
    nobody = stays.model_copy(update={"finished": 0, "median_days": None})
    moved = BarMoved(pilot=named, times=12, was=text[:500], now=text[:500], last_at=NOW)
    return Trends(
        stays=(*[stays] * 12, nobody),
        longest_open=(OpenItem(item=titled, pilots=(place,) * 3),) * 10,
        failing=(FailingItem(item=titled, asked=100_000, open=99_999, waived=1),) * 10,
        waived_again=(WaivedAgain(pilot=named, item=titled, times=20),) * 10,
        waived_most=(WaivedMost(item=titled, times=999, pilots=900),) * 10,
        bar_moves=(moved,) * 10,
    )


def week_of(
    pilot: Pilot, text: str, *, link: str | None, days: int = 7, without: Heading = Heading.STANDING
) -> Week:
    """Return a week in which everything happened; what stands still is told in one of two ways."""
    told = pilot.model_copy(update={"decide_on": date(2026, 12, 1), "extended": 3})
    news = News(told, link, from_stage=text[:40], to_stage=text[:40], cause=text[:60])
    counted = Counter({measure.value: 7 for measure in Measure})
    stages = tuple(StageCount(f"{number} {text[:37]}", counted) for number in range(8))
    items = (ItemCount(text[:60], Counter({"missing": 3})),)
    money = Value(kind=AnswerKind.MONEY, number=Decimal("123456789.50"), unit="EUR")
    return Week(
        since=NOW - timedelta(days=days),
        until=NOW,
        news={heading: [news] * NAMED for heading in Heading if heading is not without},
        counts={heading: 10_000 for heading in Heading if heading is not without},
        figures=Figures(stages, items),
        weeks_idle=12_345,
        costs=[money.model_copy(update={"unit": unit}) for unit in ("EUR", "USD", "JPY", "")],
    )


def every_message(library: Library, pilot: Pilot, text: str) -> Iterator[tuple[str, Body]]:
    yield "trends", trends_message(library, NOTHING)
    yield "trends", trends_message(library, trends_of(pilot, text))
    for link in (None, CARD):
        yield "week", weekly_message(library, week_of(pilot, text, link=link))
    yield "weeks", weekly_message(library, week_of(pilot, text, link=CARD, days=40))
    yield "first week", weekly_message(library, week_of(pilot, text, link=CARD, without=Heading.STALLED))
    for name in (None, pilot.name):
        yield "export under way", export_messages.under_way(library, name)
        for under_it in (False, True):
            said = export_messages.shared(library, name, CARD, under_it=under_it)
            yield "export shared", {"text": said, "blocks": []}


def every_view(library: Library, pilot: Pilot, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "trends", trends_view(library, NOTHING)
    yield "trends", trends_view(library, trends_of(pilot, text))
    for name in (None, pilot.name):
        for under_it in (False, True):
            yield "export", export_messages.export_form(library, name, "all C0PILOTS 1.2", under_it=under_it)
