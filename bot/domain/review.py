"""Who may decide a gate, and what a decision needs. Rights are checked here, at the moment of the click.

Being in the channel is no right; asking for a promotion takes the right to approve it away.
"""

import hashlib
import json
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Any

from bot.domain.answers import Answer
from bot.domain.errors import Refusal
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.readiness import Verdict
from bot.domain.reviews import Choice, Review, ReviewState
from bot.domain.staleness import zone_of
from bot.domain.values import Frozen
from bot.domain.waivers import Waiver


class SelfApproval(Refusal):
    """You asked for this promotion, so somebody else has to decide it. Awaited: {awaited}."""


class ChampionApproval(Refusal):
    """You champion this pilot, so somebody else has to decide its promotion. Awaited: {awaited}."""


class NotAnApprover(Refusal):
    """Only {awaited} can decide this gate. Ask one of them, or an administrator to add you."""


class NobodyMayApprove(Refusal):
    """Nobody could decide this gate yet: {why}. Ask an administrator to mend that, then request the promotion again."""


class FromAnotherWorkspace(Refusal):
    """Only people of this workspace can decide a gate, and your account belongs to another one."""


class NotAMember(Refusal):
    """Guests, bots and deactivated accounts cannot decide a gate. Ask {awaited}."""


class AlreadyDecided(Refusal):
    """This was already decided: {outcome}. Nothing was changed by your click."""


class TimeIsOver(Refusal):
    """The time to decide this is over. Ask {requester} to request the promotion again; that takes one click."""


class StageGone(Refusal):
    """{name} is in the stage {stage}, which the playbook no longer has. Ask an administrator to put it back."""


class ReasonNeeded(Refusal):
    """Please say in a sentence why, so that the team knows what to change."""


class NotReady(Refusal):
    """{name} cannot be promoted yet, because this is not in place: {missing}. Continue with `/pilot coach {name}`."""


class AlreadyRequested(Refusal):
    """A promotion of {name} is already before {awaited}."""


class NoNextStage(Refusal):
    """{name} is in {stage}; there is no further stage to go to."""


class StageMoved(Refusal):
    """{name} has moved to {stage} since this was requested, so this review no longer applies. Request a new one."""


class Panel(Frozen):
    """Those who may decide, resolved at the time of the click."""

    title: str
    people: frozenset[str]
    shown: str
    """How the panel is named in a sentence, as mrkdwn."""


def check_may_decide(review: Review, pilot: Pilot, person: Person | None, panel: Panel) -> None:
    """Raise the refusal that applies; a deny wins over every role, and somebody unknown is refused."""
    if review.state is not ReviewState.OPEN:
        raise AlreadyDecided(outcome=review.state.value)
    if person is None or person.deactivated or person.guest or person.bot:
        raise NotAMember(awaited=panel.shown)
    if person.from_elsewhere:
        raise FromAnotherWorkspace
    if person.user_id == review.requested_by:
        raise SelfApproval(awaited=panel.shown)
    if person.user_id == pilot.champion_id:
        raise ChampionApproval(awaited=panel.shown)
    if person.user_id not in panel.people:
        raise NotAnApprover(awaited=panel.shown)


def eligible(panel: Panel, *, requested_by: str, champion_id: str) -> AbstractSet[str]:
    """Return who of the panel could decide this request."""
    return panel.people - {requested_by, champion_id}


def outcome_of(choice: Choice, reason: str) -> ReviewState:
    """Turn an approver's choice into the review's end; declining needs a reason."""
    if choice is Choice.DECLINE and not reason.strip():
        raise ReasonNeeded
    return ReviewState.APPROVED if choice is Choice.APPROVE else ReviewState.DECLINED


def snapshot(pilot: Pilot, verdict: Verdict, playbook_version: str) -> dict[str, Any]:
    """Freeze what the approvers will see."""

    def answer(given: Answer | None) -> dict[str, Any] | None:
        return given.model_dump(mode="json") if given else None

    def accepted(waiver: Waiver | None) -> dict[str, Any] | None:
        told = {"id", "reason", "until", "asked_by", "decided_by", "decided_at"}
        return waiver.model_dump(mode="json", include=told) if waiver else None

    return {
        "pilot": pilot.model_dump(
            mode="json", include={"id", "name", "problem", "stage", "champion_id", "owner_id", "metric"}
        ),
        "items": [
            {
                "item_id": s.item.id,
                "title": s.item.title,
                "standing": s.standing.value,
                "answer": answer(s.answer),
                "waiver": accepted(s.waiver),
            }
            for s in verdict.items
        ],
        "ready": verdict.ready,
        "ready_without_waivers": verdict.ready_without_waivers,
        "playbook_version": playbook_version,
    }


def material_changes(reviewed: dict[str, Any], today: dict[str, Any]) -> list[str]:
    """Name what differs between what approvers saw and what is true now: items by title, and facts of the pilot.

    When an answer was given and how often it was revised is no change; what it says and what shows it is, and so is a
    waiver that has ended or that is another one.
    """
    before = {item["item_id"]: _substance(item) for item in reviewed["items"]}
    changed = [
        item["title"] for item in today["items"] if before.pop(item["item_id"], None) != _substance(item)
    ]
    facts = {"metric": "the bar", "owner_id": "the owner", "champion_id": "the champion"}
    changed += [said for name, said in facts.items() if reviewed["pilot"][name] != today["pilot"][name]]
    return [*changed, *(["the checklist"] if before else [])]


def _substance(item: dict[str, Any]) -> tuple[Any, ...]:
    answer = item["answer"] or {}
    words = " ".join(str(answer.get("detail", "")).split())
    value = json.dumps(answer.get("value"), sort_keys=True)
    waiver = (item.get("waiver") or {}).get("id")  # none in snapshots from before there were waivers
    return item["standing"], answer.get("status"), words, value, tuple(answer.get("evidence", ())), waiver


def hash_of(snapshot: dict[str, Any]) -> str:
    """Return the SHA-256 of a snapshot in canonical JSON, as hexadecimal digits."""
    canonical = json.dumps(snapshot, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def expires(now: datetime, working_days: int, time_zone: str) -> datetime:
    """Return 17:00 in the zone after so many working days (Monday to Friday), as an aware instant."""
    zone = zone_of(time_zone)
    day = now.astimezone(zone)
    while working_days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            working_days -= 1
    return day.replace(hour=17, minute=0, second=0, microsecond=0)
