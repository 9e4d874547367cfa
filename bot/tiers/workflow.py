"""Changing how much can go wrong with a pilot, by whoever answers for it, with a reason that stays on the record."""

from bot.desk import Desk
from bot.domain.pilots import Pilot
from bot.domain.policies import Tier
from bot.domain.text import says_something
from bot.interview import shown
from bot.pilots import answerable, workflow as pilots
from bot.pilots.errors import FieldRefusal, FieldsRefused, NoSuchTier
from bot.pilots.messages import tier_of
from bot.tiers import errors, messages
from storage.ids import new_id

NOBODY: frozenset[str] = frozenset()


def may_change(desk: Desk, pilot_id: str, owner_group: frozenset[str] = NOBODY) -> tuple[Pilot, Tier]:
    """Return a pilot whose tier the person may change, and its tier now; the refusal that applies otherwise."""
    pilots.check_member(desk)
    pilot = pilots.get_running(desk, pilot_id)
    answerable.check_steers(desk, pilot, owner_group)
    tier = tier_of(desk.library, pilot)
    if tier is None:
        raise errors.OneTier(name=pilot.name)
    return pilot, tier


def change(
    desk: Desk, pilot_id: str, tier_id: str, reason: str, owner_group: frozenset[str] = NOBODY
) -> Pilot:
    """Say that more or less can go wrong than was thought; another policy may decide its gates from now on."""
    pilots.get_active(desk, pilot_id)
    pilot, before = may_change(desk, pilot_id, owner_group)
    tiers = desk.playbook.tiers
    now = next((tier for tier in tiers if tier.id == tier_id), None)
    wrong: list[FieldRefusal] = []
    if now is None:
        wrong.append(NoSuchTier("tier"))
    elif now == before:
        wrong.append(errors.SameTier("tier"))
    if not says_something(reason):
        wrong.append(errors.TierReason("reason"))
    if wrong or now is None:
        raise FieldsRefused(wrong)
    desk.tx.pilots.set_tier(pilot.id, now.id)
    why, lowered = reason.strip()[:1000], tiers.index(now) < tiers.index(before)
    after = {"tier": now.id, "reason": why, "lowered": lowered}
    pilot = pilots.changed(desk, pilot.id, "pilot.tier_changed", before={"tier": before.id}, after=after)
    by = desk.at.actor_id
    body = messages.changed_message(desk.library, pilot, by, before, now, why, lowered=lowered)
    shown.tell(desk, pilot, f"pilot:{pilot.id}:tier:{new_id()}", body)
    shown.refresh_summary(desk, pilot)
    return pilot
