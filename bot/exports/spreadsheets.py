"""CSV as RFC 4180 has it, from what an export holds. A cell that a spreadsheet would take for a formula is made a text.

A file begins with a byte order mark, because a spreadsheet that opens it by a double click takes it for something else than
UTF-8 otherwise.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Final

from bot.exports.exported import PilotLine, Portfolio, Trends
from bot.exports.reported import PilotReport
from prompts.markup import cleaned

BYTE_ORDER_MARK: Final = "\ufeff"
FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
"""How a cell begins that a spreadsheet might calculate instead of showing it."""

Cell = str | int | float | bool | date | datetime | None

PILOT_COLUMNS: Final = (
    "id", "name", "problem", "stage", "tier", "next_gate", "ready", "in_place", "required", "blocking", "severity",
    "signals", "champion", "champion_id", "owner", "owner_id", "owner_state", "owner_accepted_at", "registered_at",
    "stage_since", "last_change_at", "days_in_stage", "days_quiet", "on_hold_until", "decide_on", "put_off",
    "stalled_since", "weeks_idle", "idle_cost", "idle_currency", "waivers", "open_again",
)  # fmt: skip
TREND_COLUMNS: Final = (
    "trend", "id", "title", "pilot_id", "pilot", "count", "of", "waived", "median_days", "longest_days", "since", "was", "now",
)  # fmt: skip
ITEM_COLUMNS: Final = (
    "pilot_id", "pilot", "stage", "gate", "item_id", "item", "standing", "critical", "counts", "reviewed", "answer", "value",
    "evidence", "answered_by", "answered_at", "revision", "earlier_answers", "next_step", "next_step_owner", "next_step_due",
    "asked", "waived_until",
)  # fmt: skip


def portfolio_csv(found: Portfolio) -> str:
    """Return the pilots, a row each, with a column for each area and for each item that a next gate asks for."""
    areas = list({one.area.id: None for pilot in found.pilots for one in pilot.posture})
    items = [one.item.id for one in found.items]
    head = [*PILOT_COLUMNS, *(f"area:{one}" for one in areas), *(f"item:{one}" for one in items)]
    return _file(head, (_pilot_row(pilot, areas, items) for pilot in found.pilots))


def trends_csv(found: Trends) -> str:
    """Return what shows over all pilots, a row for each figure; `trend` says what kind of figure it is."""
    return _file(TREND_COLUMNS, _trend_rows(found))


def report_csv(found: PilotReport) -> str:
    """Return everything that was asked of a pilot, a row each."""
    return _file(ITEM_COLUMNS, _item_rows(found))


def _file(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_cell(one) for one in row] for row in rows)
    return BYTE_ORDER_MARK + out.getvalue()


def _cell(value: Cell) -> str | int | float:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, int | float):
        return value
    return harmless("" if value is None else str(value))


def harmless(text: str) -> str:
    """Return a text that no spreadsheet calculates: one that looks like a formula begins with an apostrophe."""
    text = cleaned(text)
    return f"'{text}" if text[:1] in FORMULA or text.lstrip()[:1] in FORMULA else text


def _pilot_row(pilot: PilotLine, areas: Sequence[str], items: Sequence[str]) -> list[Cell]:
    verdict, idle = pilot.verdict, pilot.hidden_cost
    poles = {one.area.id: one.pole for one in pilot.posture}
    return [
        pilot.id, pilot.name, pilot.problem, pilot.stage.title, pilot.tier.title if pilot.tier else None,
        verdict.gate.title if verdict else None, verdict.ready if verdict else None,
        verdict.in_place if verdict else None, verdict.required if verdict else None,
        "; ".join(one.item.id for one in verdict.blocking) if verdict else None,
        pilot.severity, "; ".join(one.cause.id for one in pilot.signals),
        pilot.champion.name, pilot.champion.id, pilot.owner.name, pilot.owner.id, pilot.owner.state, pilot.owner.accepted_at,
        pilot.registered_at, pilot.stage_since, pilot.last_change_at, pilot.days_in_stage, pilot.days_quiet,
        pilot.on_hold_until, pilot.decide_on, pilot.put_off, pilot.stalled_since,
        idle.weeks_idle if idle else None, idle.cost.amount if idle and idle.cost else None,
        idle.cost.currency if idle and idle.cost else None,
        "; ".join(f"{one.item.id} until {one.until}" for one in pilot.waivers), "; ".join(pilot.open_again),
        *(poles.get(one) for one in areas), *(pilot.items.get(one) for one in items),
    ]  # fmt: skip


def _trend_rows(found: Trends) -> Iterator[list[Cell]]:
    for stay in found.stays:
        where = [stay.stage.id, stay.stage.title, None, None]
        yield ["left_stage", *where, stay.finished, None, None, stay.median_days, None, None, None, None]
        yield ["in_stage", *where, stay.present, None, None, stay.present_median_days,
               stay.present_longest_days, None, None, None]  # fmt: skip
    for item in found.longest_open:
        for one in item.pilots:
            yield ["open_longest", item.item.id, item.item.title, one.pilot.id, one.pilot.title, None, None, None,
                   None, one.days, one.since, None, None]  # fmt: skip
    for fails in found.failing:
        yield ["open_most", fails.item.id, fails.item.title, None, None, fails.open, fails.asked, fails.waived,
               None, None, None, None, None]  # fmt: skip
    for again in found.waived_again:
        yield ["waived_again", again.item.id, again.item.title, again.pilot.id, again.pilot.title, again.times,
               *[None] * 7]  # fmt: skip
    for most in found.waived_most:
        yield ["waived_most", most.item.id, most.item.title, None, None, most.times, most.pilots, *[None] * 6]
    for bar in found.bar_moves:
        yield ["bar_moved", None, None, bar.pilot.id, bar.pilot.title, bar.times, None, None, None, None,
               bar.last_at, bar.was, bar.now]  # fmt: skip


def _item_rows(found: PilotReport) -> Iterator[list[Cell]]:
    pilot = found.pilot
    for one in found.items:
        answer, step = one.answer, one.next_step
        yield [
            pilot.id, pilot.name, pilot.stage.title, one.gate.title, one.item.id, one.item.title, one.standing,
            one.critical, one.counts, one.reviewed,
            answer.words if answer else None, answer.value if answer else None,
            " ".join(answer.evidence) if answer else None, answer.by.name if answer else None,
            answer.at if answer else None, answer.revision if answer else None, len(one.earlier),
            step.what if step else None, step.owner if step else None, step.due_on if step else None,
            one.asked.name if one.asked else None, one.waived_until,
        ]  # fmt: skip
