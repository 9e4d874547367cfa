"""How a pilot moves other than by a review: back, on hold and on again, out, and in again.

Every one of these has a reason that others read, ends what was under way about the stage that is left, and needs nobody's
approval. The pilot is locked first, as everywhere; a step that somebody took meanwhile is told, never overwritten.
"""

from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import NamedTuple

from bot.asking import workflow as asking
from bot.desk import Desk
from bot.domain.actions import ActionState
from bot.domain.moves import MoveKind, StageMove, stage_to_revive, stages_behind
from bot.domain.people import group_or_none
from bot.domain.pilots import RETIRED, Hold, Pilot
from bot.domain.reviews import ReviewKind, ReviewState
from bot.domain.text import says_something
from bot.domain.waivers import day_of
from bot.handover import workflow as handovers
from bot.interview import shown, workflow as interviews
from bot.pilots import answerable, workflow as pilots
from bot.pilots.errors import FieldRefusal, FieldsRefused, PilotGone, StageMoved
from bot.pilots.messages import stage_title
from bot.review import concluding, requesting
from bot.slack.blocks import REASON_LENGTH
from bot.stages import errors, messages, rights, telling
from bot.stages.seen import seen_hold
from prompts.english import full_day, mid_sentence, short_day
from storage.pilots import NameTaken

LONGEST_HOLD = timedelta(days=180)


class Ended(NamedTuple):
    """A retired pilot, the stage in which it would go on, and how it ended; None for one of before that was kept."""

    pilot: Pilot
    stage: str
    move: StageMove | None


def may_roll_back(desk: Desk, pilot_id: str, in_groups: AbstractSet[str]) -> tuple[Pilot, tuple[str, ...]]:
    """Return a pilot that the person may turn back, and the stages it may go to; the refusal that applies otherwise."""
    pilot = pilots.get_running(desk, pilot_id)
    rights.check_may_roll_back(desk, pilot, in_groups)
    stages = stages_behind(desk.playbook, desk.tx.moves.of_pilot(pilot.id), pilot.stage)
    if not stages:
        raise errors.NothingBehind(name=pilot.name)
    return pilot, stages


def roll_back(
    desk: Desk, pilot_id: str, seen_in: str, to_stage: str, reason: str, in_groups: AbstractSet[str]
) -> Pilot:
    """Turn a pilot back to a stage that it has been in, at once and loudly. `seen_in` is where the person saw it."""
    pilots.get_active(desk, pilot_id)
    pilot, stages = may_roll_back(desk, pilot_id, in_groups)
    if pilot.stage != seen_in:
        raise StageMoved(name=pilot.name, stage=_spoken_stage(desk, pilot.stage))
    why, wrong = what_was_said(reason, errors.WhyEmpty("reason"))
    wrong += [] if to_stage in stages else [errors.NeverThere("stage")]
    if wrong:
        raise FieldsRefused(wrong)
    withdrawn = messages.why_withdrawn(desk.library, "rolled_back", why, to_stage=to_stage)
    _close_what_is_left(desk, pilot.id, to_stage, withdrawn)
    leave_stage(desk, pilot.id)
    moved = pilots.move(desk, pilot, to_stage, MoveKind.ROLLED_BACK, "pilot.rolled_back", reason=why)
    said = messages.rolled_back_message(desk.library, moved, pilot.stage, desk.at.actor_id, why)
    telling.tell_everybody(desk, moved, "rolled_back", said)
    shown.refresh_summary(desk, moved)
    return moved


def close_requests(desk: Desk, pilot_id: str, reason: str) -> None:
    """Withdraw the request for promotion that is open; the review of an emergency goes on, or it could be got round."""
    for review in desk.tx.reviews.all_open_of(pilot_id):
        if review.kind is ReviewKind.PROMOTION:
            concluding.close(desk, review, ReviewState.WITHDRAWN, desk.at.actor_id, reason)


def _close_what_is_left(desk: Desk, pilot_id: str, to_stage: str, reason: str) -> None:
    """Withdraw every review but those of emergencies on the way to the stage that is kept; nobody has confirmed these yet."""
    order = [stage.id for stage in desk.playbook.stages]
    kept = order[: order.index(to_stage) + 1]
    for review in desk.tx.reviews.all_open_of(pilot_id):
        if review.kind is ReviewKind.PROMOTION or review.to_stage not in kept:
            concluding.close(desk, review, ReviewState.WITHDRAWN, desk.at.actor_id, reason)


def leave_stage(desk: Desk, pilot_id: str) -> None:
    """End what is under way about the stage that a pilot leaves: who was asked is let go, and the conversation ends."""
    asking.settle(desk, pilot_id)
    interviews.end_open(desk, pilot_id)


def may_steer(desk: Desk, pilot_id: str, *, owner_group: frozenset[str] = frozenset()) -> Pilot:
    """Return a running pilot that the person answers for, for a form about it; the refusal that applies otherwise."""
    pilots.check_member(desk)
    pilot = pilots.get_running(desk, pilot_id)
    answerable.check_steers(desk, pilot, owner_group)
    return pilot


def hold(
    desk: Desk,
    pilot_id: str,
    seen: str,
    reason: str,
    until: date | None,
    *,
    owner_group: frozenset[str] = frozenset(),
) -> Pilot:
    """Let a pilot wait until a day, or change how long it waits. `seen` is the hold that the person saw."""
    pilots.get_active(desk, pilot_id)
    pilot = may_steer(desk, pilot_id, owner_group=owner_group)
    if seen_hold(pilot) != seen:
        if pilot.hold is None:
            raise errors.NotOnHold(name=pilot.name)
        raise errors.HeldMeanwhile(name=pilot.name, day=short_day(pilot.hold.until))
    why, wrong = what_was_said(reason, errors.WhyEmpty("reason"))
    wrong += _objection_to_day(until, day_of(desk.at.now))
    if wrong or until is None:
        raise FieldsRefused(wrong)
    made = Hold(since=desk.at.now, until=until, reason=why, by=desk.at.actor_id)
    close_requests(desk, pilot.id, messages.why_withdrawn(desk.library, "held", why, hold=made))
    desk.tx.pilots.set_hold(pilot.id, made)
    held = pilots.changed(
        desk,
        pilot.id,
        "pilot.held",
        before={"until": pilot.hold.until.isoformat(), "reason": pilot.hold.reason} if pilot.hold else None,
        after={"until": until.isoformat(), "reason": why},
        on_behalf_of=group_spoken_for(desk, pilot, owner_group),
    )
    said = messages.held_message(desk.library, held, made, again=pilot.hold is not None)
    telling.tell_under_card(desk, held, "held", said)
    return held


def _objection_to_day(until: date | None, today: date) -> list[FieldRefusal]:
    if until is None:
        return [errors.DayNeeded("until")]
    first, last = today + timedelta(days=1), today + LONGEST_HOLD
    if first <= until <= last:
        return []
    return [errors.DayOutOfReach("until", first=full_day(first), last=full_day(last))]


def resume(desk: Desk, pilot_id: str, *, owner_group: frozenset[str] = frozenset()) -> Pilot:
    """Let a pilot go on before its day; reminders are counted anew."""
    pilots.get_active(desk, pilot_id)
    pilot = may_steer(desk, pilot_id, owner_group=owner_group)
    if pilot.hold is None:
        raise errors.NotOnHold(name=pilot.name)
    return _go_on(desk, pilot, pilot.hold, desk.at.actor_id)


def resume_if_over(desk: Desk, pilot: Pilot) -> bool:
    """Let a pilot go on by itself when the day of its hold has begun in UTC; whether it did."""
    found = desk.tx.pilots.lock(pilot.workspace_id, pilot.id)
    if found is None or found.hold is None or not is_over(desk, found.hold):
        return False
    _go_on(desk, found, found.hold, None)
    return True


def is_over(desk: Desk, hold: Hold | None) -> bool:
    """Whether the day of a hold has begun in UTC."""
    return hold is not None and day_of(desk.at.now) >= hold.until


def _go_on(desk: Desk, pilot: Pilot, was: Hold, by: str | None) -> Pilot:
    desk.tx.pilots.set_hold(pilot.id, None)
    before = {"until": was.until.isoformat(), "reason": was.reason}
    resumed = pilots.changed(desk, pilot.id, "pilot.resumed", before=before, after={"early": by is not None})
    said = messages.resumed_message(desk.library, resumed, was, by)
    telling.tell_under_card(desk, resumed, "resumed", said)
    return resumed


def retire(
    desk: Desk, pilot_id: str, reason: str, learned: str, *, owner_group: frozenset[str] = frozenset()
) -> Pilot:
    """End a pilot with all that is under way about it; its history stays, with why it ended and what was learned.

    So do the conditions of its approvals: were they dropped, retiring and reviving would be a way around them.
    """
    pilots.get_active(desk, pilot_id)
    pilot = may_steer(desk, pilot_id, owner_group=owner_group)
    why, wrong = what_was_said(reason, errors.WhyEmpty("reason"))
    lesson, also = what_was_said(learned, errors.LearnedEmpty("learned"))
    if wrong or also:
        raise FieldsRefused([*wrong, *also])
    requesting.close_all_of(desk, pilot.id, messages.why_withdrawn(desk.library, "retired", why))
    handovers.supersede(desk, pilot.id)
    desk.tx.actions.close_undertakings_of_pilot(pilot.id, ActionState.DROPPED, desk.at.actor_id, desk.at.now)
    retired = pilots.move(
        desk,
        pilots.get(desk, pilot.id),
        RETIRED,
        MoveKind.RETIRED,
        "pilot.retired",
        reason=why,
        learned=lesson,
        on_behalf_of=group_spoken_for(desk, pilot, owner_group),
    )
    leave_stage(desk, pilot.id)
    said = messages.retired_message(desk.library, retired, desk.at.actor_id, why, lesson)
    telling.tell_under_card(desk, retired, "retired", said)
    return retired


def may_revive(desk: Desk, pilot_id: str, *, owner_group: frozenset[str] = frozenset()) -> Ended:
    """Return a retired pilot that the person may revive, why it ended, and the stage that it returns to."""
    pilots.check_member(desk)
    pilot = pilots.get(desk, pilot_id)
    if not pilot.retired:
        raise errors.NotRetired(name=pilot.name, stage=_spoken_stage(desk, pilot.stage))
    answerable.check_steers(desk, pilot, owner_group)
    if desk.tx.pilots.named(pilot.workspace_id, pilot.name):
        raise errors.NameGone(name=pilot.name)
    moves = desk.tx.moves.of_pilot(pilot.id)
    reviews = {one.id for one in desk.tx.reviews.of_pilot(pilot.id) if one.state is ReviewState.APPROVED}
    stage = stage_to_revive(moves, reviews)
    if stage is None or desk.playbook.stage(stage) is None:
        stage = desk.playbook.first_stage
    last = next((move for move in reversed(moves) if move.kind is MoveKind.RETIRED), None)
    return Ended(pilot, stage, last)


def revive(desk: Desk, pilot_id: str, reason: str, *, owner_group: frozenset[str] = frozenset()) -> Pilot:
    """Let a retired pilot go on where it was, with the answers that it had; its clocks begin anew."""
    if desk.tx.pilots.lock(desk.at.workspace_id, pilot_id) is None:
        raise PilotGone
    pilot, stage, ended = may_revive(desk, pilot_id, owner_group=owner_group)
    why, wrong = what_was_said(reason, errors.WhyEmpty("reason"))
    if wrong:
        raise FieldsRefused(wrong)
    if ended:
        handovers.take_up(desk, pilot.id, ended.at)
    try:
        revived = pilots.move(
            desk,
            pilot,
            stage,
            MoveKind.REVIVED,
            "pilot.revived",
            reason=why,
            on_behalf_of=group_spoken_for(desk, pilot, owner_group),
        )
    except NameTaken as taken:  # registered since the name was looked for, by a transaction that came between
        raise errors.NameGone(name=pilot.name) from taken
    said = messages.revived_message(desk.library, revived, desk.at.actor_id, why)
    telling.tell_under_card(desk, revived, "revived", said)
    return revived


def group_spoken_for(desk: Desk, pilot: Pilot, owner_group: AbstractSet[str]) -> str | None:
    """Return the group that owns a pilot where the person may do this only as one of it."""
    alone = answerable.may_steer(desk, pilot, desk.at.actor_id) or desk.at.actor_id not in owner_group
    return None if alone else group_or_none(pilot.owner_id)


def what_was_said(words: str, empty: FieldRefusal) -> tuple[str, list[FieldRefusal]]:
    """Return what was written into a field, and the refusal where nothing of it shows."""
    return words.strip()[:REASON_LENGTH], [] if says_something(words) else [empty]


def _spoken_stage(desk: Desk, stage: str) -> str:
    return mid_sentence(stage_title(desk.library, stage))
