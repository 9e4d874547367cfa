"""Notices and the like to store, ordinary unless a test says otherwise. Nothing here touches a database."""

from datetime import date
from typing import Any

from bot.domain.matters import MatterKind
from bot.domain.notices import Blocker, Mute, Notice, Snooze
from bot.domain.pilots import Pilot
from bot.domain.signals import Severity, Signal
from storage.ids import new_id
from tests.storage.things import NOW, after

QUIET = "quiet:2026-02-01T00:00:00+00:00"


def a_notice(pilot: Pilot, person_id: str = "U-OWNER", **differently: Any) -> Notice:
    facts: dict[str, Any] = {
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "kind": MatterKind.QUIET,
        "subject": pilot.id,
        "thing": QUIET,
        "rung": 0,
        "person_id": person_id,
        "day": date(2026, 2, 22),
        "queued_at": NOW,
    }
    return Notice(**(facts | differently))


def a_mute(pilot: Pilot, person_id: str = "U-OWNER", **differently: Any) -> Mute:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": pilot.workspace_id,
        "person_id": person_id,
        "pilot_id": pilot.id,
        "reason": "The vendor is on holiday.",
        "muted_by": person_id,
        "since": NOW,
        "until": date(2026, 3, 20),
    }
    return Mute(**(facts | differently))


def a_snooze(pilot: Pilot, person_id: str = "U-OWNER", **differently: Any) -> Snooze:
    facts: dict[str, Any] = {
        "workspace_id": pilot.workspace_id,
        "person_id": person_id,
        "pilot_id": pilot.id,
        "thing": QUIET,
        "until": after(days=1),
    }
    return Snooze(**(facts | differently))


def a_blocker(pilot: Pilot, by_id: str = "U-OPS", **differently: Any) -> Blocker:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "what": "Access to the order system.",
        "by_id": by_id,
        "reported_by": pilot.champion_id,
        "reported_at": NOW,
        "due_on": date(2026, 3, 9),
    }
    return Blocker(**(facts | differently))


def a_signal(pilot: Pilot, cause: str = "purgatory", **differently: Any) -> Signal:
    facts: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": pilot.workspace_id,
        "pilot_id": pilot.id,
        "cause": cause,
        "severity": Severity.WATCH,
        "why": "too_long",
        "evidence": ("shadow", "31"),
        "raised_at": NOW,
    }
    return Signal(**(facts | differently))
