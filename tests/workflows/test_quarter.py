"""A quarter in which pilots are forgotten, and nobody hears twice, at night, or of what is done; everybody hears in time."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, median, quantiles

import pytest

from prompts.library import Library
from tests.fresh import fresh_database

from .quarter import Quarter, Size, with_days_off
from .quarter_judged import Judge
from .quarter_lived import Life

OURS = Path(__file__).parents[2] / "prompts" / "playbook"

SMALL = Size(
    people=10,
    pilots=15,
    first=datetime(2026, 10, 5, 6, tzinfo=UTC),
    last=datetime(2026, 11, 2, 6, tzinfo=UTC),
    step=timedelta(minutes=90),
    outage=(datetime(2026, 10, 20, 11, tzinfo=UTC), datetime(2026, 10, 22, 11, tzinfo=UTC)),
    restarts=2,
    seed=20261005,
)
WHOLE = Size(
    people=60,
    pilots=200,
    first=datetime(2026, 9, 20, 6, tzinfo=UTC),
    last=datetime(2026, 12, 20, 6, tzinfo=UTC),
    step=timedelta(minutes=90),
    outage=(datetime(2026, 10, 21, 11, tzinfo=UTC), datetime(2026, 10, 28, 11, tzinfo=UTC)),
    restarts=12,
    seed=20260920,
)


SPRING = Size(
    people=27,
    pilots=60,
    first=datetime(2027, 3, 1, 6, tzinfo=UTC),
    last=datetime(2027, 5, 3, 6, tzinfo=UTC),
    step=timedelta(minutes=90),
    outage=(datetime(2027, 3, 26, 15, tzinfo=UTC), datetime(2027, 4, 2, 15, tzinfo=UTC)),
    restarts=6,
    seed=20270301,
)
"""The same clocks the other way, those of Europe while nobody looks."""


def judged(size: Size, folder: Path) -> Judge:
    file = folder / "quarter.db"
    fresh_database(file)
    quarter = Quarter(size, file, with_days_off(Library.load(OURS)), random.Random(size.seed))
    judge, day = Judge(quarter), size.first
    with closing(quarter):
        for now in Life(quarter).passes():
            judge.looks(now)
            if now - day >= timedelta(hours=23):
                judge.looks_back(now)
                day = now
        judge.judges()
    return judge


def figures(judge: Judge) -> str:
    """Say how many messages people got."""
    size, people = judge.quarter.size, judge.quarter.people
    weeks = sorted({week for _, week in judge.messages})
    each = [judge.messages[person, week] for person in people for week in weeks]
    by_week = Counter[str]()
    for (_, week), count in judge.messages.items():
        by_week[week] += count
    table = "\n".join(f"  {week}  {by_week[week]:5}  {by_week[week] / len(people):4.1f}" for week in weeks)
    many = quantiles(each, n=10)[-1] if len(each) > 1 else 0
    kinds = ", ".join(f"{count} {kind}" for kind, count in judge.told.most_common())
    did = ", ".join(f"{count} {what}" for what, count in judge.quarter.done.most_common())
    checked = ", ".join(f"{count} {what}" for what, count in judge.checked.most_common())
    return (
        f"{size.pilots} pilots, {size.people} people, {len(weeks)} weeks; messages per person and week: "
        f"{mean(each):.2f} on average, median {median(each):g}, nine of ten at most {many:.0f}, most {max(each)}; "
        f"{judge.in_channels} messages in channels\nby week, and per person:\n{table}\n"
        f"lines: {kinds}\npeople: {did}\nchecked: {checked}"
    )


def test_four_weeks_in_which_nobody_is_nagged_and_nobody_is_forgotten(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    judge = judged(SMALL, tmp_path)
    print(figures(judge))  # noqa: T201 - whoever looks at a failure wants to see it
    assert not judge.wrong, "\n".join(judge.wrong[:40])
    assert judge.told["quiet"]
    assert judge.checked["quiet pilots that were noticed"]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(WHOLE, id="autumn", marks=pytest.mark.faults(seconds=120)),
        pytest.param(SPRING, id="spring", marks=pytest.mark.faults(seconds=30)),
    ],
)
def test_a_quarter_in_which_nobody_is_nagged_and_nobody_is_forgotten(
    size: Size, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    judge = judged(size, tmp_path)
    record_property("counts", figures(judge))
    assert not judge.wrong, f"{len(judge.wrong)}:\n" + "\n".join(judge.wrong[:60])
    assert all(judge.told[kind] for kind in ("quiet", "owner", "action", "decision", "review", "orphaned"))
    assert judge.checked["quiet pilots that were noticed"]
    assert judge.checked["pilots without a champion that were noticed"]
