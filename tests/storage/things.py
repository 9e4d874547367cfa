"""Domain objects to store, ordinary unless a test says otherwise. Nothing here touches a database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.actions import Action
from bot.domain.answers import Answer, Status
from bot.domain.asks import Ask
from bot.domain.conversations import Interview, InterviewState
from bot.domain.flags import Flag, FlagKind
from bot.domain.handovers import Handover
from bot.domain.messages import Body
from bot.domain.moves import MoveKind, StageMove
from bot.domain.pilots import Metric, Pilot
from bot.domain.reviews import ChangeRequest, Choice, Review, ReviewState, Vote
from bot.domain.values import Occasion
from storage.ids import new_id

TEAM = "T1"
NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def after(**passed: float) -> datetime:
    """Return the instant that much after NOW."""
    return NOW + timedelta(**passed)


def a_pilot(name: str = "Refund triage", **differently: Any) -> Pilot:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": TEAM,
        "name": name,
        "problem": "Refunds wait three days for a person.",
        "stage": "pilot",
        "champion_id": "U-CHAMPION",
        "owner_id": "S-SUPPORT",
        "channel_id": "C-PILOTS",
        "metric": Metric(name="Refunds within a day", unit="%", baseline=Decimal("31.50"), bar=Decimal(80)),
        "registered_by": "U-CHAMPION",
        "registered_at": NOW,
        "stage_since": NOW,
        "last_change_at": NOW,
    }
    return Pilot(**(facts | differently))


def an_interview(pilot: Pilot, **differently: Any) -> Interview:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "gate_id": "readiness",
        "channel_id": pilot.channel_id,
        "state": InterviewState.OPEN,
        "started_by": pilot.champion_id,
        "started_at": NOW,
        "last_turn_at": NOW,
        "playbook_version": "1",
        "asked": ("integration", "monitoring", "fallback"),
    }
    return Interview(**(facts | differently))


def an_answer(pilot: Pilot, item_id: str = "integration", **differently: Any) -> Answer:
    facts: dict[str, Any] = {
        "pilot_id": pilot.id,
        "item_id": item_id,
        "revision": 1,
        "status": Status.IN_PLACE,
        "detail": "Reads the order system every minute.",
        "evidence": ("https://wiki.example/orders",),
        "answered_by": pilot.champion_id,
        "answered_at": NOW,
    }
    return Answer(**(facts | differently))


def a_review(pilot: Pilot, **differently: Any) -> Review:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "gate_id": "readiness",
        "from_stage": "pilot",
        "to_stage": "shadow",
        "state": ReviewState.OPEN,
        "requested_by": pilot.champion_id,
        "requested_at": NOW,
        "expires_at": after(days=5),
        "snapshot": {"items": ["integration"], "bar": "80"},
        "snapshot_hash": "abc",
    }
    return Review(**(facts | differently))


def a_vote(review: Review, user_id: str = "U-OPS", **differently: Any) -> Vote:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": review.workspace_id,
        "review_id": review.id,
        "user_id": user_id,
        "choice": Choice.APPROVE,
        "snapshot_hash": review.snapshot_hash,
        "voted_at": NOW,
    }
    return Vote(**(facts | differently))


def a_change(review: Review, asked_by: str = "U-OPS", **differently: Any) -> ChangeRequest:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": review.workspace_id,
        "review_id": review.id,
        "asked_by": asked_by,
        "asked_at": NOW,
        "question": "Who is on call at night?",
    }
    return ChangeRequest(**(facts | differently))


def a_handover(pilot: Pilot, to_id: str = "S-OPS", **differently: Any) -> Handover:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "to_id": to_id,
        "proposed_by": pilot.champion_id,
        "proposed_at": NOW,
    }
    return Handover(**(facts | differently))


def a_move(pilot: Pilot, kind: MoveKind = MoveKind.PROMOTED, **differently: Any) -> StageMove:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "kind": kind,
        "from_stage": "pilot",
        "to_stage": "shadow",
        "by": "U-OPS",
        "at": NOW,
    }
    return StageMove(**(facts | differently))


def a_flag(pilot: Pilot, subject: str = "rollback", **differently: Any) -> Flag:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "gate_id": "readiness",
        "review_id": None,
        "kind": FlagKind.EVIDENCE,
        "subject": subject,
        "raised_at": NOW,
    }
    return Flag(**(facts | differently))


def an_action(pilot: Pilot, item_id: str = "integration", **differently: Any) -> Action:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "item_id": item_id,
        "what": "Read the orders every minute.",
        "owner_id": "U-OWNER",
        "due_on": date(2026, 4, 1),
        "created_by": pilot.champion_id,
        "created_at": NOW,
    }
    return Action(**(facts | differently))


def an_ask(pilot: Pilot, item_id: str = "integration", **differently: Any) -> Ask:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "item_id": item_id,
        "asked_id": "U-OPS",
        "people": ("U-OPS",),
        "asked_by": pilot.champion_id,
        "asked_at": NOW,
    }
    return Ask(**(facts | differently))


def a_body(text: str = "Hello") -> Body:
    return {"text": text, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}


def an_occasion(**differently: Any) -> Occasion:
    facts: dict[str, Any] = {"workspace_id": TEAM, "actor_id": "U-CHAMPION", "now": NOW}
    return Occasion(**(facts | differently))
