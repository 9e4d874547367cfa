"""A small way of five stages, each cause with items that guard against it, and pilots on it: for the rules of what is watched."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from bot.domain.answers import Answer, Status, Value
from bot.domain.calendar import Calendar
from bot.domain.conversations import Interview, InterviewState
from bot.domain.flags import Flag, FlagKind
from bot.domain.framework import Framework, StallCause
from bot.domain.handovers import Handover, HandoverState
from bot.domain.matters import Again, MatterKind, Rule, Rung, Tells
from bot.domain.pilots import Metric, Pilot
from bot.domain.playbook import AnswerKind, Checklist, Gate, Item, Playbook, Stage
from bot.domain.policies import Approvers
from bot.domain.readiness import verdict
from bot.domain.reviews import Review, ReviewKind, ReviewState
from bot.domain.rhythm import Knows, NudgeRhythm
from bot.domain.waivers import Waiver, WaiverState, by_item
from bot.domain.watched import Facts

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""A Monday."""
MAYA, JONAS, SAM, PRIYA, PAYMENTS = "U0MAYA", "U0JONAS", "U0SAM", "U0PRIYA", "S0PAYMENTS"
CHANNEL = "C0PILOTS"
CAUSES = (
    "wrong-proof",
    "no-production-owner",
    "integration-unscoped",
    "unclear-economics",
    "purgatory",
    "unclear-objectives",
    "no-production-data",
    "no-integration-plan",
    "undefined-ownership",
    "no-governance",
    "shortcuts",
    "orphaned",
    "integration-surprise",
    "late-cost",
    "big-bang",
)
WAY = ("idea", "pilot", "shadow", "limited", "production")
EUROS = AnswerKind.MONEY


def item(item_id: str, *causes: str, **known: Any) -> Item:
    """Return an item that guards against some causes."""
    facts: dict[str, Any] = {
        "id": item_id,
        "title": item_id.replace("-", " "),
        "question": "Is it there?",
        "why": "It is needed.",
        "good": "Yes, since 3 May.",
        "if_missing": "put it there",
        "evidence": "a link",
        "freshness_days": 180,
        "guards_against": causes,
    }
    return Item.model_validate(facts | known)


CHECKLISTS = (
    Checklist(
        id="framing",
        title="Framing",
        items=(
            item("problem", "unclear-objectives"),
            item("bar", "purgatory", "wrong-proof"),
            item("data-access", "no-production-data", "integration-unscoped"),
            item("proposed-owner", "no-production-owner"),
            item("sponsor", "orphaned", kind=AnswerKind.PERSON, critical=False),
        ),
    ),
    Checklist(
        id="readiness",
        title="Readiness",
        items=(
            item("connections", "no-integration-plan", "integration-unscoped", "integration-surprise"),
            item("ownership", "undefined-ownership"),
            item("estimate", "unclear-economics", "late-cost", kind=EUROS, unit="EUR"),
            item("rules", "no-governance"),
            item("real-data", "wrong-proof", "no-production-data"),
            item("quick-fixes", "shortcuts", red_flag=True, critical=False),
            item("decision-date", "purgatory", kind=AnswerKind.DATE, critical=False),
            item("team-cost", "unclear-economics", "late-cost", kind=EUROS, unit="EUR", critical=False),
        ),
    ),
    Checklist(
        id="shadow-exit",
        title="Shadow exit",
        items=(item("release-plan", "big-bang"), item("support", "shortcuts", "orphaned")),
    ),
    Checklist(
        id="limited-exit",
        title="Limited exit",
        items=(item("real-cost", "late-cost", "unclear-economics", kind=EUROS, unit="EUR"),),
    ),
)
LADDER = (
    Rung(at=0, tells=(Tells.OWNER,), says="a"),
    Rung(at=3, tells=(Tells.CHAMPION, Tells.OWNER), says="b"),
    Rung(at=8, tells=(Tells.SPONSOR,), says="c"),
    Rung(at=13, tells=(Tells.CHANNEL,), says="d"),
)
PLAYBOOK = Playbook(
    version="v1",
    first_stage="idea",
    stages=tuple(
        Stage(
            id=one,
            title=one.capitalize(),
            quiet_after_days=14,
            decide_after_days=None if one == "production" else 90,
        )
        for one in WAY
    ),
    gates=tuple(
        Gate(
            id=f"{one}-exit",
            title=f"{one} exit",
            from_stage=one,
            to_stage=following,
            checklists=tuple(
                each.id for each in CHECKLISTS[: number + 1]
            ),  # what was asked before stays required
            approvers=Approvers(title="Approvers", people=(PRIYA,)),
        )
        for number, (one, following) in enumerate(pairwise(WAY))
    ),
    checklists=CHECKLISTS,
    framework=Framework(
        stalls=tuple(StallCause(id=one, title=one.replace("-", " "), next="Do it.") for one in CAUSES)
    ),
    nudges=NudgeRhythm(
        rules=tuple(
            Rule(
                about=kind,
                rungs=LADDER,
                again=None
                if kind is MatterKind.INTERVIEW
                else Again(every=10, tells=LADDER[0].tells, says="e"),
            )
            for kind in MatterKind
        ),
        knows=Knows(sponsor="sponsor", bar="bar", decision_date="decision-date", team_cost="team-cost"),
    ),
)
EVERYTHING = tuple(one.id for each in CHECKLISTS for one in each.items)


def pilot(stage: str = "pilot", **known: Any) -> Pilot:
    """Return a pilot that came to its stage a week ago and changed yesterday."""
    facts: dict[str, Any] = {
        "id": "p1",
        "workspace_id": "T0",
        "name": "Refund triage",
        "problem": "Sorts refunds.",
        "stage": stage,
        "champion_id": MAYA,
        "owner_id": JONAS,
        "channel_id": CHANNEL,
        "metric": Metric(name="Deflection", baseline=Decimal(22), bar=Decimal(60)),
        "registered_by": MAYA,
        "registered_at": NOW - timedelta(days=7),
        "stage_since": NOW - timedelta(days=7),
        "last_change_at": NOW - timedelta(days=1),
        "owner_accepted_at": NOW - timedelta(days=7),
    }
    return Pilot.model_validate(facts | known)


def answer(item_id: str, status: Status = Status.IN_PLACE, **known: Any) -> Answer:
    facts: dict[str, Any] = {
        "pilot_id": "p1",
        "item_id": item_id,
        "revision": 1,
        "status": status,
        "detail": "Since May.",
        "answered_by": MAYA,
        "answered_at": NOW - timedelta(days=6),
    }
    return Answer.model_validate(facts | known)


def euros(amount: str, unit: str = "EUR") -> Value:
    return Value(kind=AnswerKind.MONEY, number=Decimal(amount), unit=unit)


def settled(*but: str) -> dict[str, Answer]:
    """Return answers that are all in place, without some of them."""
    return {one: answer(one) for one in EVERYTHING if one not in but}


def facts(
    it: Pilot | None = None,
    answers: Mapping[str, Answer] | None = None,
    *,
    at: datetime = NOW,
    waivers: Sequence[Waiver] = (),
    playbook: Playbook = PLAYBOOK,
    **known: Any,
) -> Facts:
    """Return what a look at an instant would be told; everything is in place where nothing is said."""
    it = it or pilot()
    given = settled() if answers is None else answers
    ahead, behind = playbook.gate_from(it.stage), playbook.gate_to(it.stage)
    asked = {one.id: one for gate in (ahead, behind) if gate for one in playbook.items_of(gate)}
    granted = by_item(one for one in waivers if one.state is WaiverState.GRANTED)
    found = verdict(tuple(asked.values()), given, at, waived=granted)
    made = Facts(
        pilot=it,
        playbook=playbook,
        calendar=Calendar(),
        standings={one.item.id: one for one in found.items},
        ahead=frozenset(one.id for one in playbook.items_of(ahead)) if ahead else frozenset(),
        behind=frozenset(one.id for one in playbook.items_of(behind)) if behind else frozenset(),
        answers=given,
        waivers=waivers,
    )
    return replace(made, **known)


def waiver(number: str, item_id: str, **known: Any) -> Waiver:
    """Return a waiver that was granted yesterday and holds for a month."""
    told: dict[str, Any] = {
        "id": number,
        "request_id": number,
        "workspace_id": "T0",
        "pilot_id": "p1",
        "item_id": item_id,
        "gate_id": "pilot-exit",
        "reason": "Later.",
        "until": (NOW + timedelta(days=30)).date(),
        "asked_by": MAYA,
        "asked_at": NOW - timedelta(days=2),
        "state": WaiverState.GRANTED,
        "decided_by": PRIYA,
        "decided_at": NOW - timedelta(days=1),
    }
    return Waiver.model_validate(told | known)


def flag(subject: str, kind: FlagKind = FlagKind.EVIDENCE, number: str = "f1") -> Flag:
    return Flag(
        id=number,
        workspace_id="T0",
        pilot_id="p1",
        gate_id="pilot-exit",
        review_id=None,
        kind=kind,
        subject=subject,
        raised_at=NOW - timedelta(days=2),
    )


def review(kind: ReviewKind = ReviewKind.PROMOTION) -> Review:
    return Review(
        id="r1",
        workspace_id="T0",
        pilot_id="p1",
        gate_id="pilot-exit",
        from_stage="pilot",
        to_stage="shadow",
        state=ReviewState.OPEN,
        requested_by=MAYA,
        requested_at=NOW - timedelta(days=1),
        expires_at=NOW + timedelta(days=5),
        snapshot={},
        snapshot_hash="7f3a",
        kind=kind,
    )


def handover(state: HandoverState = HandoverState.PROPOSED, **known: Any) -> Handover:
    told: dict[str, Any] = {
        "id": "h1",
        "workspace_id": "T0",
        "pilot_id": "p1",
        "to_id": JONAS,
        "proposed_by": MAYA,
        "proposed_at": NOW - timedelta(days=1),
        "state": state,
    }
    return Handover.model_validate(told | known)


def interview(days_ago: int) -> Interview:
    return Interview(
        id="i1",
        workspace_id="T0",
        pilot_id="p1",
        gate_id="pilot-exit",
        channel_id=CHANNEL,
        state=InterviewState.OPEN,
        started_by=MAYA,
        started_at=NOW - timedelta(days=days_ago),
        last_turn_at=NOW - timedelta(days=days_ago),
        playbook_version="v1",
        asked=("bar", "rules", "estimate"),
        passed=("bar",),
    )
