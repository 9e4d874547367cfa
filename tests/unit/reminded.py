"""Every reminder of a review, and everything about decisions that can await somebody, for the tests that read all messages."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.actions import Action, condition_item
from bot.domain.flags import FlagKind
from bot.domain.handovers import Handover
from bot.domain.messages import Body
from bot.domain.nudges import Nudge, Reply, review_kind
from bot.domain.pilots import Pilot
from bot.domain.readiness import Verdict
from bot.domain.reminders import Why
from bot.domain.reviews import ChangeRequest, Review, ReviewKind, ReviewState
from bot.domain.waivers import Waiver
from bot.nudges.messages import AwaitedLine, Line, QuietLine, Settled, day_message
from bot.portfolio.awaiting import HandedBack, OpenAgain, Owed, Proposed
from bot.portfolio.to_decide import Awaited, WaiverAsked
from prompts.library import Library

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LINK = "https://s.example/p1"


def reminder(pilot: Pilot, review: Review) -> Nudge:
    """Return a reminder of a review that was sent this morning."""
    return Nudge(
        workspace_id="T0",
        pilot_id=pilot.id,
        kind=review_kind(review.id),
        slot="2026-11-23",
        person_id="U0JONAS",
        sent_at=NOW,
        quiet_since=NOW - timedelta(days=3),
    )


def question_of(text: str, review: Review) -> ChangeRequest:
    """Return a question that was handed back."""
    return ChangeRequest(
        id="e" * 16,
        workspace_id="T0",
        review_id=review.id,
        asked_by="U0PRIYA",
        asked_at=NOW,
        question=text[:1000].strip() or "x",
    )


def every_message(library: Library, pilot: Pilot, review: Review, text: str) -> Iterator[tuple[str, Body]]:
    """Yield the message of a day with each thing that a review can wait for, and each way in which that ends."""
    nudge, emergency = reminder(pilot, review), review.model_copy(update={"kind": ReviewKind.BREAK_GLASS})
    ended = review.model_copy(update={"state": ReviewState.DECLINED, "decided_by": "U0PRIYA"})
    quiet = QuietLine(nudge.model_copy(update={"kind": "quiet"}), pilot, Verdict(items=()))
    snoozed = nudge.model_copy(update={"kind": "quiet", "reply": Reply.SNOOZED, "replied_at": NOW})
    settled = nudge.model_copy(update={"reply": Reply.SETTLED, "replied_at": NOW})
    lines: list[Line] = [
        AwaitedLine(nudge, pilot, review, Why.VOTE, LINK),
        AwaitedLine(nudge, pilot, review, Why.VOTE),
        AwaitedLine(nudge, pilot, emergency, Why.VOTE, LINK),
        AwaitedLine(nudge, pilot, review, Why.ANSWER, LINK, question_of(text, review)),
        AwaitedLine(nudge, pilot, review, Why.ANSWER, LINK),
        AwaitedLine(nudge, pilot, review, Why.MEND, LINK),
        AwaitedLine(settled, pilot, ended, Why.VOTE, settled=Settled.OVER),
        AwaitedLine(settled, pilot, review, Why.VOTE, settled=Settled.VOTED),
        AwaitedLine(settled, pilot, review, Why.VOTE, settled=Settled.NOT_NEEDED),
    ]
    for line in lines:
        yield "a reminder", day_message(library, [line], NOW)
        yield "a reminder and a quiet pilot", day_message(library, [line, quiet], NOW)
    yield "a settled day", day_message(library, [lines[-1], QuietLine(snoozed, pilot, quiet.verdict)], NOW)
    many: list[Line] = [
        AwaitedLine(nudge, pilot, review.model_copy(update={"id": f"{n:016x}"}), Why.ANSWER, LINK, question_of(text, review))
        for n in range(40)
    ]  # fmt: skip
    yield "many reminders", day_message(library, many, NOW)


def more_awaits(text: str, pilot: Pilot, review: Review, ids: Sequence[str]) -> dict[str, Any]:
    """Return what can await somebody because of decisions, one of each kind for each id."""
    action = Action(
        id="c", workspace_id="T1", pilot_id=pilot.id, item_id=condition_item("c"), what=text[:3000],
        owner_id="U0JONAS", due_on=NOW.date(), created_by="U0PRIYA", created_at=NOW, review_id=review.id,
    )  # fmt: skip
    handover = Handover(
        id="h",
        workspace_id="T1",
        pilot_id=pilot.id,
        to_id="S0PAYMENTS",
        proposed_by="U0MAYA",
        proposed_at=NOW,
    )
    waiver = Waiver(
        id="w", request_id="r", workspace_id="T1", pilot_id=pilot.id, item_id="monitoring", gate_id="readiness",
        reason=text[:900], until=date(2026, 12, 20), asked_by="U0MAYA", asked_at=NOW,
    )  # fmt: skip
    titles = (text[:60], "Rollback", "Monitoring", "Cost model", "Guardrails")
    question = question_of(text, review)
    reviews = [review, review.model_copy(update={"kind": ReviewKind.BREAK_GLASS})]
    return {
        "handed_back": [HandedBack(question.model_copy(update={"id": n}), review, pilot) for n in ids],
        "reviews": [
            Awaited(reviews[i % 2].model_copy(update={"id": n}), pilot, LINK if i % 3 else None, again=i % 2 == 0)
            for i, n in enumerate(ids)
        ],
        "open_again": [
            OpenAgain(pilot.model_copy(update={"id": n}), titles, frozenset({list(FlagKind)[i % len(FlagKind)]}))
            for i, n in enumerate(ids)
        ],
        "owed": [
            Owed(action.model_copy(update={"id": n}), pilot, overdue=i % 2 == 0) for i, n in enumerate(ids)
        ],
        "proposed": [
            Proposed(handover.model_copy(update={"id": n, "to_id": ("U0JONAS", "S0PAYMENTS")[i % 2]}), pilot)
            for i, n in enumerate(ids)
        ],
        "waivers": [
            WaiverAsked(waiver.model_copy(update={"request_id": n}), titles, pilot, LINK) for n in ids
        ],
    }  # fmt: skip
