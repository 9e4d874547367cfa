"""What another playbook would mean for a pilot that is on its way, before it comes into force.

Compares content; says it in words for a screen. Decides nothing and reads nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.answers import Answer
from bot.domain.playbook import Item, Playbook
from bot.domain.policies import Procedure
from bot.domain.readiness import Verdict, verdict
from prompts.english import counted
from prompts.playbook_deciding import procedure_said, same_procedure


@dataclass(frozen=True)
class Consequence:
    """What another playbook would mean for one pilot, at the gate before it."""

    stage_gone: bool
    new: tuple[Item, ...]
    gone: tuple[Item, ...]
    reworded: tuple[Item, ...]
    before: Verdict | None
    """How it stands now; None where nothing leads on from its stage."""
    after: Verdict | None
    decided: tuple[Procedure | None, Procedure | None] = (None, None)
    """How its promotion is decided now, and how it would be."""
    tier_lost: str = ""
    """Which tier it would lose, in words; empty where it stays."""
    time_up: bool = False
    """Whether its time in its stage would be up at once, which it is not now."""

    @property
    def nothing(self) -> bool:
        """Whether the pilot would not notice."""
        touched = self.stage_gone or self.tier_lost or self.new or self.gone or self.reworded or self.time_up
        return not touched and same_procedure(*self.decided) and _stands(self.before) == _stands(self.after)

    @property
    def decided_otherwise(self) -> bool:
        """Whether its promotion is decided now, would be then too, and otherwise."""
        return None not in self.decided and not same_procedure(*self.decided)

    def __str__(self) -> str:
        if self.stage_gone:
            return "its stage would be gone, and nothing would lead on; put the stage back under its old id"
        parts = [
            _counted(self.new, "new question"), _counted(self.gone, "question gone", "questions gone"),
            _counted(self.reworded, "question changed", "questions changed"),
        ]  # fmt: skip
        was, will = _stands(self.before), _stands(self.after)
        parts.append(f"{was}, would be {will}" if was != will else f"still {will}")
        parts += [_decided(*self.decided), self.tier_lost]
        parts += (
            ["its time in its stage would be up, so a day of decision would be set"] if self.time_up else []
        )
        return "; ".join(part for part in parts if part)


def consequence(
    before: Playbook,
    after: Playbook,
    stage_id: str,
    answers: Mapping[str, Answer],
    now: datetime,
    *,
    tier: str = "",
    since: datetime | None = None,
) -> Consequence:
    """Say what a pilot in this stage and of this tier would notice if the playbook changed now."""
    old, new = _asked(before, stage_id), _asked(after, stage_id)
    return Consequence(
        stage_gone=after.stage(stage_id) is None,
        new=tuple(item for name, item in (new or {}).items() if name not in (old or {})),
        gone=tuple(item for name, item in (old or {}).items() if name not in (new or {})),
        reworded=tuple(
            item for name, item in (new or {}).items() if old and name in old and old[name] != item
        ),
        before=None if old is None else verdict([*old.values()], answers, now),
        after=None if new is None else verdict([*new.values()], answers, now),
        decided=(_procedure(before, stage_id, tier), _procedure(after, stage_id, tier)),
        tier_lost=_tier_lost(before, after, tier),
        time_up=_is_up(after, stage_id, since, now) and not _is_up(before, stage_id, since, now),
    )


def _procedure(playbook: Playbook, stage_id: str, tier: str) -> Procedure | None:
    gate = playbook.gate_from(stage_id)
    return playbook.procedure(gate, tier) if gate else None


def _is_up(playbook: Playbook, stage_id: str, since: datetime | None, now: datetime) -> bool:
    """Whether a pilot that has been in a stage since then has been there for longer than the playbook lets it."""
    stage = playbook.stage(stage_id)
    days = stage.decide_after_days if stage else None
    return days is not None and since is not None and now > since + timedelta(days=days)


def _tier_lost(before: Playbook, after: Playbook, tier_id: str) -> str:
    """Say which tier a pilot would lose, and for which it would be taken."""
    was, will = before.tier(tier_id), after.tier(tier_id)
    if was is None or was.id != tier_id or (will and will.id == tier_id):
        return ""
    instead = f", so it would count as {will.title}" if will else ""
    return f"its tier {was.title} would be gone{instead}; put the tier back under its old id"


def _decided(before: Procedure | None, after: Procedure | None) -> str:
    """Say how a promotion would be decided, where that differs."""
    if same_procedure(before, after):
        return ""
    was, will = procedure_said(before), procedure_said(after)
    return f"decided by {was}, would be by {will}" if was != will else "decided by the same roles, otherwise"


def _asked(playbook: Playbook, stage_id: str) -> dict[str, Item] | None:
    gate = playbook.gate_from(stage_id)
    return None if gate is None else {item.id: item for item in playbook.items_of(gate)}


def _stands(now: Verdict | None) -> str:
    if now is None:
        return "without a gate"
    return "ready" if now.ready else f"{counted(len(now.blocking), 'thing')} to do"


def _counted(items: Sequence[Item], one: str, many: str | None = None) -> str:
    if not items:
        return ""
    titles = [item.title for item in items[:5]] + ([f"{len(items) - 5} more"] if len(items) > 5 else [])
    return f"{counted(len(items), one, many)} ({', '.join(titles)})"
