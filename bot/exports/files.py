"""Writes what an export holds as files of each format. The shapes are in `exported`; HTML and Markdown are templates."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from bot.desk import Desk
from bot.domain.answers import Answer
from bot.domain.pilots import RETIRED
from bot.domain.steps import steps_taken
from bot.exports import report
from bot.exports.drawn import Bars, bars
from bot.exports.exported import Portfolio, Titled, Who
from bot.exports.exporting import Names, portfolio, stage_titled, who
from bot.exports.report import Entry, File, Gathered, Section
from bot.exports.reported import (
    ItemReport,
    MoveReport,
    NextStep,
    PilotReport,
    Revision,
    StepReport,
    WaiverReport,
)
from bot.exports.spreadsheets import portfolio_csv, report_csv, trends_csv
from bot.exports.trends import titled
from prompts.english import number

IN_MATRIX: Final = 200
"""How many pilots an HTML file shows item by item; more would make a page that nobody scrolls."""


class Format(StrEnum):
    """How an export is written."""

    HTML = "html"
    MARKDOWN = "md"
    CSV = "csv"
    JSON = "json"


def portfolio_files(desk: Desk, wanted: Format, groups: Names) -> list[File]:
    """Return all pilots as files of a format; one, or two where one table cannot hold it."""
    found = portfolio(desk, groups)
    name = f"ai-pilots-{found.as_of:%Y-%m-%d}"
    words = desk.library.words("exports/export", found=found)
    title = words.plain("portfolio_title")
    match wanted:
        case Format.CSV:
            return [
                File(f"{name}.csv", title, portfolio_csv(found)),
                File(f"{name}-trends.csv", words.plain("trends_title"), trends_csv(found.trends)),
            ]
        case Format.JSON:
            return [File(f"{name}.json", title, found.model_dump_json(indent=1) + "\n")]
        case Format.MARKDOWN:
            facts = {"found": found, **_standing_still(found)}
            return [File(f"{name}.md", title, desk.library.markdown("exports/portfolio", **facts))]
        case Format.HTML:
            facts = {"found": found, **_standing_still(found), **_pictures(desk, found)}
            return [File(f"{name}.html", title, desk.library.html("exports/portfolio", **facts))]


def pilot_files(desk: Desk, pilot_id: str, wanted: Format, groups: Names) -> list[File]:
    """Return everything about a pilot as a file of a format."""
    told = report.gathered(desk, pilot_id, groups)
    name = f"{report.slug(told.pilot.name)}-readiness.{wanted}"
    match wanted:
        case Format.CSV:
            content = report_csv(pilot_report(desk, told))
        case Format.JSON:
            content = pilot_report(desk, told).model_dump_json(indent=1) + "\n"
        case Format.MARKDOWN:
            content = desk.library.markdown("exports/report", **report.facts_of(desk, told))
        case Format.HTML:
            facts = report.facts_of(desk, told) | {
                "moves": _moves(desk, told),
                "progress": _progress(desk, told),
            }
            content = desk.library.html("exports/report", **facts)
    return [File(name, told.pilot.name, content)]


def pilot_report(desk: Desk, told: Gathered) -> PilotReport:
    """Return everything about a pilot in the shape of its JSON."""
    pilot, current = told.pilot, {item_id: some[-1] for item_id, some in told.history.items()}
    steps = steps_taken(desk.playbook, pilot.stage, current, desk.at.now)
    return PilotReport(
        as_of=desk.at.now,
        playbook=desk.playbook.version,
        pilot=told.line,
        retired=pilot.stage == RETIRED,
        steps=tuple(
            StepReport(step=Titled(id=one.step.id, title=one.step.title), footing=one.footing)
            for one in steps
        ),
        items=tuple(_item(section, one, told.named) for section in told.sections for one in section.entries),
        waivers=_waivers(desk, told),
        moves=_moves(desk, told),
    )


def _item(section: Section, entry: Entry, named: Names) -> ItemReport:
    standing, action = entry.standing, entry.action
    answer = standing.answer
    return ItemReport(
        item=Titled(id=standing.item.id, title=standing.item.title),
        gate=Titled(id=section.gate.id, title=section.gate.title),
        question=standing.item.question,
        standing=standing.standing,
        critical=standing.item.critical,
        counts=standing.counts,
        reviewed=standing.reviewed,
        answer=_revision(answer, entry.value, named) if answer else None,
        earlier=tuple(_revision(was.answer, was.value, named) for was in entry.earlier),
        next_step=NextStep(what=action.what, owner=entry.owner, due_on=action.due_on) if action else None,
        asked=who(named, entry.ask.asked_id) if entry.ask else None,
        waived_until=standing.waiver.until if standing.waiver else None,
    )


def _revision(answer: Answer, value: str, named: Names) -> Revision:
    return Revision(
        status=answer.status,
        words=answer.detail,
        value=value,
        evidence=answer.evidence,
        by=who(named, answer.answered_by),
        at=answer.answered_at,
        revision=answer.revision,
    )


def _waivers(desk: Desk, told: Gathered) -> tuple[WaiverReport, ...]:
    def maybe(slack_id: str | None) -> Who | None:
        return who(told.named, slack_id) if slack_id else None

    return tuple(
        WaiverReport(
            item=titled(desk, one.item_id),
            state=one.state,
            reason=one.reason,
            until=one.until,
            asked_by=who(told.named, one.asked_by),
            asked_at=one.asked_at,
            decided_by=maybe(one.decided_by),
            decided_at=one.decided_at,
            refusal=one.refusal,
            ended_by=maybe(one.ended_by),
            ended_at=one.ended_at,
            ending=one.ending,
        )
        for one in told.waivers
    )


def _moves(desk: Desk, told: Gathered) -> tuple[MoveReport, ...]:
    return tuple(
        MoveReport(
            kind=one.kind,
            from_stage=stage_titled(desk, one.from_stage) if one.from_stage else None,
            to_stage=stage_titled(desk, one.to_stage),
            by=who(told.named, one.by),
            at=one.at,
            reason=one.reason,
            learned=one.learned,
        )
        for one in told.moves
    )


def _standing_still(found: Portfolio) -> dict[str, Any]:
    """Return what standing still costs over all pilots: weeks, and money by currency, never added up across them."""
    idle = [one.hidden_cost for one in found.pilots if one.hidden_cost]
    sums: dict[str, Decimal] = {}
    for cost in (one.cost for one in idle if one.cost):
        sums[cost.currency] = sums.get(cost.currency, Decimal(0)) + Decimal(cost.amount)
    costs = [f"{number(amount)} {currency}" for currency, amount in sorted(sums.items())]
    return {"weeks": sum(one.weeks_idle for one in idle), "costs": costs}


def _pictures(desk: Desk, found: Portfolio) -> dict[str, Any]:
    words = desk.library.words("exports/export", found=found)
    stays = [one for one in found.trends.stays if one.finished or one.present]
    series = [words.plain(one) for one in ("in_place", "open", "waived")]
    return {
        "shown_in_matrix": len(found.pilots) <= IN_MATRIX,
        "stages": _drawn(
            "stages",
            [words.plain("pilots")],
            [
                (one.stage.title, [one.pilots, one.ready, one.stalled, one.at_risk, one.held])
                for one in found.stages
            ],
            also=[words.plain(one) for one in ("ready", "stalled", "at_risk", "held")],
        ),
        "items": _drawn(
            "items",
            series,
            [(one.item.title, [one.in_place, one.open, one.waived]) for one in found.items],
            stacked=True,
        ),
        "stays": _drawn(
            "stays",
            [words.plain("left"), words.plain("present")],
            [(one.stage.title, [one.median_days, one.present_median_days]) for one in stays],
        ),
    }


def _progress(desk: Desk, told: Gathered) -> Bars | None:
    """Return how the items of each gate stand, as stacked bars."""
    words = desk.library.words("exports/export", found=None)
    series = [words.plain(one) for one in ("in_place", "open", "waived")]
    rows = []
    for section in told.sections:
        counted = [one.standing for one in section.entries if one.standing.counts]
        in_place = sum(one.settled for one in counted)
        waived = sum(one.waived for one in counted)
        rows.append((section.gate.title, [in_place, len(counted) - in_place - waived, waived]))
    return _drawn("progress", series, rows, stacked=True)


def _drawn(
    chart_id: str,
    series: Sequence[str],
    rows: Sequence[tuple[str, Sequence[float | None]]],
    *,
    stacked: bool = False,
    also: Sequence[str] = (),
) -> Bars | None:
    """Return bars; None where there is nothing to draw."""
    return (
        bars(chart_id, series, rows, stacked=stacked, also=also)
        if any(any(values) for _, values in rows)
        else None
    )
