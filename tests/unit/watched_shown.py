"""Every message and window about why pilots stall and about days of decision, for the tests that read all messages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.answers import Value
from bot.domain.idling import Idle
from bot.domain.messages import Body
from bot.domain.pilots import Pilot, PutOff
from bot.domain.playbook import AnswerKind, Gate
from bot.domain.readiness import Verdict
from bot.domain.signals import Severity, Signal
from bot.domain.stalling import Reason
from bot.interview.summary_facts import Request, SummaryFacts
from bot.pilots import signalled
from bot.pilots.messages import Situation, card_message
from bot.portfolio.status_messages import signs_view, status_message
from bot.slack import blocks
from bot.stages import extending_messages, forms
from bot.stages.extending_messages import Ways
from bot.watching.messages import Troubles, idle_blocks, idle_line, sign_blocks
from prompts.library import Library

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PEOPLE = {
    Reason.DECLINED: ("U0JONAS",),
    Reason.UNANSWERED: ("S0PAYMENTS",),
    Reason.OWNER_GONE: ("U0JONAS", "guest"),
    Reason.CHAMPION_GONE: ("U0MAYA", "left_channel"),
    Reason.BREAK_GLASS: ("a" * 16,),
}


def signals(library: Library, pilot: Pilot) -> Iterator[Signal]:
    """Return a signal of each reason, with one thing that shows it, and with many."""
    causes = library.playbook.framework.stalls
    items = [item.id for checklist in library.playbook.checklists for item in checklist.items]
    for number, reason in enumerate([*Reason, "of a later version"]):
        for few in (1, 40):
            evidence = PEOPLE.get(Reason(reason), tuple(items[:few])) if reason in set(Reason) else ()
            yield Signal(
                id=f"{number:016}",
                workspace_id=pilot.workspace_id,
                pilot_id=pilot.id,
                cause=causes[number].id if few == 1 and number < len(causes) else f"of-before-{number}-{few}",
                severity=list(Severity)[1 + number % 3],
                why=str(reason),
                evidence=evidence,
                raised_at=NOW,
            )


def idles() -> Iterator[Idle | None]:
    yield None
    yield Idle(weeks=1)
    for unit in ("EUR", "", "X" * 60):
        money = Value(kind=AnswerKind.MONEY, number=Decimal("12345678901234567890.5"), unit=unit)
        yield Idle(weeks=120, rate=money)


def every_message(
    library: Library, pilot: Pilot, gate: Gate, verdict: Verdict, text: str
) -> Iterator[tuple[str, Body]]:
    """Return what a status, a card and the thread under it say."""
    raised = list(signals(library, pilot))
    late = pilot.model_copy(
        update={"decide_on": NOW.date() + timedelta(days=9), "extended": 1, "severity": 3}
    )
    for number, signal in enumerate(raised):
        shown = [*sign_blocks(library, late, [signal]), *idle_blocks(library, list(idles())[number % 5])]
        yield "signals", blocks.message(signalled.why_plain(library, late, signal), shown)
        worst = Situation(worst=signalled.line(library, late, signal))
        yield "card of a stalled pilot", card_message(library, late, gate, verdict, worst)
    for idle in idles():
        line = idle_line(library, idle) if idle else "-"
        yield "idle", blocks.message(line, [blocks.section("x", "x"), *idle_blocks(library, idle)])
    put_off = PutOff(by="U0MAYA", reason=(text * 40)[:1000] or "x", at=NOW)
    for times in (0, 1, 2, 3):
        again = late.model_copy(update={"extended": times, "ready": times == 2})
        for ways in (Ways(), Ways(may_ask=False, may_go_back=True)):
            yield "decision", extending_messages.decision_message(library, again, ways)
            yield "put off", extending_messages.decision_message(library, again, ways, put_off)
            said = extending_messages.decision_line(
                library, again, put_off if times else None, ways, overdue=bool(times)
            )
            row = extending_messages.decision_ways(library, again, ways)
            yield "decision in a status", blocks.message("x", [said, row])
            troubles = Troubles(raised[times:], list(idles())[times], ways, put_off if times else None)
            for share in (True, False):
                yield (
                    "status of a neglected pilot",
                    status_message(
                        library,
                        again,
                        _summed_up(again, gate, verdict),
                        NOW,
                        share=share,
                        open_again=[text],
                        troubles=troubles,
                    ),
                )
    for one in (late, late.model_copy(update={"stage": "retired"})):
        yield "decided", extending_messages.decided_message(library, one)


def _summed_up(pilot: Pilot, gate: Gate, verdict: Verdict) -> SummaryFacts:
    """Return what a summary says about a pilot before a gate that nobody undertook anything for."""
    return SummaryFacts(
        pilot,
        gate,
        verdict,
        Request.NOT_MADE,
        {},
        {},
        (),
        (),
        NOW,
        NOW.date(),
        open_again=("Rollback",),
        unreached=tuple(one.item for one in verdict.items[:4]),
    )


def every_view(library: Library, pilot: Pilot) -> Iterator[tuple[str, dict[str, Any]]]:
    raised = list(signals(library, pilot))
    yield "all signs", signs_view(library, pilot, Troubles(raised))
    yield "no signs", signs_view(library, pilot, Troubles())
    late = pilot.model_copy(update={"decide_on": NOW.date() + timedelta(days=9)})
    for times in (0, 1, 2, 3):
        yield (
            "extend",
            forms.extend_form(library, late.model_copy(update={"extended": times}), NOW.date()),
        )
