"""Portfolios to measure with: as many pilots as wanted, written by a few statements, because workflows would take hours.

What stands in the rows is what workflows would have left there: a verdict, what is counted of it, and when to look next.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from bench.deliveries import CHANNEL, PERSON, TEAM
from bench.seeded import PLAYBOOK, database_url
from bot.domain.people import Person
from bot.domain.playbook import Playbook
from prompts.library import Library
from storage.database import migrate
from storage.store import Store
from storage.transaction import Tx

STAGES: Final = ("pilot", "pilot", "shadow", "limited")
"""Where every first, second, third and fourth pilot is."""
ANSWERED: Final = 12
"""How many answers each pilot has; what its gate asks beyond that is missing."""
STATUSES: Final = ("in_place", "in_place", "partly", "not_yet")
STANDINGS: Final = {"in_place": "in_place", "partly": "partly", "not_yet": "missing"}
"""How an answer of that status stands: all are fresh, and nothing is waived."""
_METRIC: Final = '{"name": "Deflection", "unit": "%", "baseline": "22", "bar": "60"}'
_NUMBERS: Final = "WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < :count) "


def playbook() -> Playbook:
    """Return the playbook that the portfolio follows."""
    return Library.load(PLAYBOOK).playbook


def fill(folder: Path, count: int, *, answers: bool = False, counted: bool = False) -> str:
    """Make a database with this many pilots, their answers and their counters as far as wanted; return its address."""
    url = database_url(folder)
    migrate(url)
    with Store.open(url) as store:
        for work in (_settle_in, *_steps(count, answers=answers, counted=counted)):
            store.write_sync(work)
    return url


def let_be_due(url: str, count: int, now: datetime) -> None:
    """Let the time of this many pilots have come, spread over all of them, and of no other."""

    def work(tx: Tx) -> None:
        tx.execute(text("UPDATE pilot SET next_nudge_at = :later"), {"later": _kept(now + timedelta(days=9))})
        if count:
            values = {"then": _kept(now - timedelta(minutes=1)), "count": count}
            every = "(SELECT max(1, count(*) / :count) FROM pilot)"
            tx.execute(
                text(
                    f"UPDATE pilot SET next_nudge_at = :then WHERE rowid % {every} = 0 AND rowid / {every} <= :count"
                ),
                values,
            )

    with Store.open(url) as store:
        store.write_sync(work)


def _settle_in(tx: Tx) -> None:
    tx.workspaces.remember(TEAM, "Bench", "https://bench.slack.com/", "U0BOT")
    tx.people.remember(Person(workspace_id=TEAM, user_id=PERSON, name="Maya", time_zone="Europe/Berlin"))


def _steps(count: int, *, answers: bool, counted: bool) -> Iterator[Any]:
    now = datetime.now(UTC)
    yield lambda tx: _pilots(tx, count, now)
    book = playbook()
    if answers:
        yield lambda tx: _answers(tx, count, book, now)
    if counted:
        yield lambda tx: _counted(tx, count, book)
        yield lambda tx: tx.tallies.repair(TEAM)


def _pilots(tx: Tx, count: int, now: datetime) -> None:
    stages = " ".join(f"WHEN {at} THEN '{stage}'" for at, stage in enumerate(STAGES))
    tx.execute(
        text(
            _NUMBERS
            + "INSERT INTO pilot (id, workspace_id, name, name_key, problem, stage, champion_id, owner_id, channel_id, metric, "
            "registered_by, registered_at, stage_since, last_change_at, next_nudge_at, required, in_place, tier, flags, "
            "ready, severity, extended) SELECT printf('P%07d', n), :team, printf('Pilot %d', n), printf('pilot %d', n), "
            f"'Sorts refund requests.', CASE n % {len(STAGES)} {stages} END, :person, :person, :channel, :metric, :person, "
            ":now, :now, :then, :later, 12, n % 13, '', 0, n % 13 = 12, CASE WHEN n % 17 = 0 THEN 3 WHEN n % 5 = 0 THEN 2 "
            "ELSE 0 END, 0 FROM one"
        ),
        {
            "count": count,
            "team": TEAM,
            "person": PERSON,
            "channel": CHANNEL,
            "metric": _METRIC,
            "now": _kept(now),
            "then": _kept(now - timedelta(days=3)),
            "later": _kept(now + timedelta(days=9)),
        },
    )


def _answers(tx: Tx, count: int, book: Playbook, now: datetime) -> None:
    for at, item_id in enumerate(answered(book)):
        tx.execute(
            text(
                _NUMBERS
                + "INSERT INTO current_answer (workspace_id, pilot_id, item_id, revision, status, detail, evidence, answered_by, "
                "answered_at) SELECT :team, printf('P%07d', n), :item, 1, "
                f"{_status(at)}, 'It is live since March, see the wiki page about it.', '[]', :person, :now FROM one"
            ),
            {"count": count, "team": TEAM, "item": item_id, "person": PERSON, "now": _kept(now)},
        )


def _counted(tx: Tx, count: int, book: Playbook) -> None:
    for at, stage in enumerate(STAGES):
        gate = book.gate_from(stage)
        assert gate
        items = ", ".join(f"'{item.id}', {_standing(book, item.id)}" for item in book.items_of(gate))
        tx.execute(
            text(
                _NUMBERS
                + "INSERT INTO counted (pilot_id, workspace_id, stage, measures, items) SELECT printf('P%07d', n), :team, :stage, "
                'CASE WHEN n % 17 = 0 THEN \'["pilots", "stalled"]\' WHEN n % 5 = 0 THEN \'["at_risk", "pilots"]\' '
                f"ELSE '[\"pilots\"]' END, json_object({items}) FROM one WHERE n % {len(STAGES)} = {at}"
            ),
            {"count": count, "team": TEAM, "stage": stage},
        )


def answered(book: Playbook) -> tuple[str, ...]:
    """Return the items that every pilot has an answer to."""
    gate = book.gate_from("shadow")
    assert gate
    return tuple(item.id for item in book.items_of(gate))[:ANSWERED]


def _status(at: int) -> str:
    """Return, as SQL, how pilot n answered an item."""
    whens = " ".join(f"WHEN {number} THEN '{status}'" for number, status in enumerate(STATUSES))
    return f"CASE (n / {len(STAGES)} + {at}) % {len(STATUSES)} {whens} END"


def _standing(book: Playbook, item_id: str) -> str:
    items = answered(book)
    if item_id not in items:
        return "'missing'"
    whens = " ".join(f"WHEN {number} THEN '{STANDINGS[status]}'" for number, status in enumerate(STATUSES))
    return f"CASE (n / {len(STAGES)} + {items.index(item_id)}) % {len(STATUSES)} {whens} END"


def _kept(at: datetime) -> str:
    """Return an instant as SQLite keeps it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
