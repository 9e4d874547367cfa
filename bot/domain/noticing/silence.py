"""That nothing moves: said where nothing else says it more precisely, and where nobody has just said why."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from bot.domain.matters import Matter, MatterKind
from bot.domain.noticing.making import matter_of
from bot.domain.pilots import Pilot
from bot.domain.watched import Facts

MORE_PRECISE: Final = (
    MatterKind.DECISION,
    MatterKind.READY,
    MatterKind.INTERVIEW,
    MatterKind.OPEN_AGAIN,
    MatterKind.BLOCKER,
)
"""What says more precisely that nothing moves, for as long as anybody still hears of it."""


def quiet(facts: Facts, others: Iterable[Matter], now: datetime) -> Iterator[Matter]:
    """Say that nothing moves, unless something else says it more precisely."""
    pilot, stage = facts.pilot, facts.stage
    if stage is None or stage.quiet_after_days is None or waits_for_others(facts, now):
        return
    explained = explained_until(facts)
    if explained and now < explained:
        return
    if any(one.kind in MORE_PRECISE and _is_still_told(facts, one, now) for one in others):
        return
    quiet_from = pilot.last_change_at + timedelta(days=stage.quiet_after_days)
    yield matter_of(
        facts,
        MatterKind.QUIET,
        pilot.id,
        pilot.last_change_at.isoformat(),
        facts.calendar.day_of(quiet_from),
    ).model_copy(update={"since": pilot.last_change_at})


def quiet_thing(pilot: Pilot) -> str:
    """Return what identifies that nothing has moved since the last change."""
    return f"{MatterKind.QUIET.value}:{pilot.last_change_at.isoformat()}"


def waits_for_others(facts: Facts, now: datetime) -> bool:
    """Whether it is somebody else's turn, so that the pilot's own people are not late: a review, or a blocker before its day."""
    return bool(facts.reviews) or any(now < facts.over(one.due_on) for one in facts.blockers)


def explained_until(facts: Facts) -> datetime | None:
    """Return until when nobody is told that nothing moves, because somebody put the decision off and said why.

    That is for as long as the stage allows silence, counted from then, and no longer than until the day that they named is
    over. It is no progress: the ladder stands still meanwhile, and goes on where it was.
    """
    pilot, said, stage = facts.pilot, facts.put_off, facts.stage
    if said is None or pilot.decide_on is None or stage is None or stage.quiet_after_days is None:
        return None
    return min(said.at + timedelta(days=stage.quiet_after_days), facts.over(pilot.decide_on))


def _is_still_told(facts: Facts, matter: Matter, now: datetime) -> bool:
    """Whether people hear of a matter these days: before its ladder begins, and once it has ended, somebody else has to."""
    begins, ends = told_between(facts, matter)
    return begins is not None and now >= facts.begins(begins) and (ends is None or now < facts.over(ends))


def told_between(facts: Facts, matter: Matter) -> tuple[date | None, date | None]:
    """Return the days of the first and of the last rung; no last one where it goes on, and none at all without a rule."""
    rule = facts.playbook.nudges.rule(matter.kind)
    if rule is None:
        return None, None
    first, last = (facts.calendar.shifted(matter.day, one.at) for one in (rule.rungs[0], rule.rungs[-1]))
    return first, None if rule.again else last
