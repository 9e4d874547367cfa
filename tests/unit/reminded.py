"""Everything about decisions that can await somebody, for the tests that read all messages."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.actions import Action, condition_item
from bot.domain.flags import FlagKind
from bot.domain.handovers import Handover
from bot.domain.pilots import Pilot
from bot.domain.reviews import ChangeRequest, Review, ReviewKind
from bot.domain.waivers import Waiver
from bot.portfolio.to_decide import Awaited, WaiverAsked
from bot.portfolio.waiting import HandedBack, OpenAgain, Owed, Proposed

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LINK = "https://s.example/p1"


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
