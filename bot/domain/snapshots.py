"""What the approvers of a review saw, frozen as plain JSON, and what of it has changed in a way that matters.

Snapshots of any age are read: those from before there were waivers, policies or conditions lack their keys.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import Any

from pydantic import ValidationError

from bot.domain.actions import Action
from bot.domain.answers import Answer
from bot.domain.pilots import Pilot
from bot.domain.policies import Material, Procedure
from bot.domain.readiness import Verdict
from bot.domain.waivers import Waiver
from bot.domain.wording import only_corrected

_OF_PILOT = {
    "id", "name", "problem", "stage", "champion_id", "owner_id", "metric", "tier", "owner_accepted_at", "stage_since",
}  # fmt: skip
_OF_WAIVER = {"id", "reason", "until", "asked_by", "decided_by", "decided_at"}
_OF_CONDITION = {"id", "what", "owner_id", "due_on"}
_DECIDES = ("steps", "decline_ends", "self_approval", "never", "fallback", "confirm_again", "accepted_owner")
"""What of a policy decides about a review; the rest is about who hears of it when, and about asking."""


def snapshot(
    pilot: Pilot,
    verdict: Verdict,
    playbook_version: str,
    *,
    procedure: Procedure | None = None,
    conditions: Iterable[Action] = (),
    number: int = 1,
    emergency: str = "",
) -> dict[str, Any]:
    """Freeze what the approvers will see.

    `number` counts the snapshots of a review, so that a vote on an earlier one stays about that one, even when
    everything is as it was then. `emergency` is why a pilot was promoted before anybody reviewed it.
    """
    frozen: dict[str, Any] = {
        "pilot": pilot.model_dump(mode="json", include=_OF_PILOT),
        "items": [
            {
                "item_id": one.item.id,
                "title": one.item.title,
                "standing": one.standing.value,
                "answer": _answer(one.answer),
                "waiver": _waiver(one.waiver),
                "reviewed": one.reviewed,
                "counts": one.counts,
            }
            for one in verdict.items
        ],
        "conditions": [one.model_dump(mode="json", include=_OF_CONDITION) for one in conditions],
        "procedure": _procedure(procedure),
        "ready": verdict.ready,
        "ready_without_waivers": verdict.ready_without_waivers,
        "playbook_version": playbook_version,
        "number": number,
    }
    return frozen | ({"emergency": emergency} if emergency else {})


def _answer(given: Answer | None) -> dict[str, Any] | None:
    return given.model_dump(mode="json") if given else None


def _waiver(waiver: Waiver | None) -> dict[str, Any] | None:
    return waiver.model_dump(mode="json", include=_OF_WAIVER) if waiver else None


def _procedure(procedure: Procedure | None) -> dict[str, Any] | None:
    """Return the policy with the roles that it names for deciding; other policies' roles are no matter of this review."""
    if procedure is None:
        return None
    named = {*procedure.policy.roles, procedure.policy.fallback}
    used = tuple(role for role in procedure.roles if role.id in named)
    return procedure.model_copy(update={"roles": used}).model_dump(mode="json")


def procedure_in(frozen: dict[str, Any]) -> Procedure | None:
    """Return how the review was to be decided; None where that was not kept, or was kept by another version."""
    kept = frozen.get("procedure")
    try:
        return Procedure.model_validate(kept) if kept else None
    except ValidationError:
        return None


def number_of(frozen: dict[str, Any]) -> int:
    """Return the how many-th snapshot of its review this is."""
    number = frozen.get("number", 1)
    return number if isinstance(number, int) else 1


def material_changes(
    reviewed: dict[str, Any], today: dict[str, Any], material: Collection[Material] = tuple(Material)
) -> list[str]:
    """Name what differs between what approvers saw and what is true now: items by title, and facts of the pilot.

    That an item stands differently always counts, and so does another way of deciding, or an answer or owner by whom it is
    decided; the rest where it is material. When an answer was given and how often it was revised is no change, and neither
    is a slip of the pen mended.
    """
    roles = (today.get("procedure") or {}).get("roles", ())
    names_somebody = {role.get("item") for role in roles}
    before = {item["item_id"]: item for item in reviewed["items"]}
    changed = [
        item["title"]
        for item in today["items"]
        if _differs(
            before.pop(item["item_id"], None),
            item,
            {*material, Material.VALUE} if item["item_id"] in names_somebody else material,
        )
    ]
    of_pilot = {*material, Material.OWNER} if any(role.get("owner") for role in roles) else material
    changed += _changed_facts(reviewed["pilot"], today["pilot"], of_pilot)
    if before and Material.CHECKLIST in material:
        changed.append("the checklist")
    was, now = reviewed.get("procedure"), today.get("procedure")
    if was is not None and _way(was) != _way(now):
        changed.append("who decides")
    return changed


def changed_between(one: dict[str, Any], later: dict[str, Any]) -> list[str]:
    """Name what two reviews of a pilot saw differently; what only one of them asks for is left out."""
    asked = {item["item_id"] for item in one["items"]} & {item["item_id"] for item in later["items"]}
    before, after = (
        {
            "pilot": frozen["pilot"],
            "items": [item for item in frozen["items"] if item["item_id"] in asked],
        }
        for frozen in (one, later)
    )
    return material_changes(before, after)


def _differs(was: dict[str, Any] | None, now: dict[str, Any], material: Collection[Material]) -> bool:
    if was is None:
        return Material.CHECKLIST in material
    old, new = was["answer"] or {}, now["answer"] or {}
    if (was["standing"], old.get("status")) != (now["standing"], new.get("status")):
        return True
    return any(
        kind in material and differs
        for kind, differs in (
            (Material.WORDS, _other_words(old, new)),
            (Material.VALUE, old.get("value") != new.get("value")),
            (Material.EVIDENCE, list(old.get("evidence") or ()) != list(new.get("evidence") or ())),
            (Material.WAIVERS, (was.get("waiver") or {}).get("id") != (now.get("waiver") or {}).get("id")),
        )
    )


def _other_words(old: dict[str, Any], new: dict[str, Any]) -> bool:
    if old.get("plan") != new.get("plan"):
        return True
    return not only_corrected(str(old.get("detail", "")), str(new.get("detail", "")))


def _changed_facts(was: dict[str, Any], now: dict[str, Any], material: Collection[Material]) -> list[str]:
    gone_back = bool(was.get("owner_accepted_at")) and not now.get("owner_accepted_at")
    tiers = was.get("tier"), now.get("tier")
    facts = (
        ("the bar", Material.BAR in material and was["metric"] != now["metric"]),
        ("the owner", Material.OWNER in material and (was["owner_id"] != now["owner_id"] or gone_back)),
        ("the champion", Material.CHAMPION in material and was["champion_id"] != now["champion_id"]),
        ("the risk tier", all(tiers) and tiers[0] != tiers[1]),
    )
    return [said for said, has_changed in facts if has_changed]


def _way(procedure: dict[str, Any] | None) -> Any:
    """Return what of a procedure decides, without how things are called."""
    if procedure is None:
        return None
    policy = {name: procedure["policy"].get(name) for name in _DECIDES}
    policy["steps"] = [step["seats"] for step in policy["steps"] or ()]
    roles = [{name: value for name, value in role.items() if name != "title"} for role in procedure["roles"]]
    return policy, sorted(roles, key=lambda role: str(role["id"]))


def hash_of(frozen: dict[str, Any]) -> str:
    """Return the SHA-256 of a snapshot in canonical JSON, as hexadecimal digits."""
    canonical = json.dumps(frozen, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
