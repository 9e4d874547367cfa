"""What happens to pilots: registering, finding, moving between stages, and keeping their card and counters true.

Every change to a pilot ends in `changed`, so that the record, the clock of quiet days and the card never disagree.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.desk import Desk
from bot.domain.answers import Answer
from bot.domain.errors import Refusal
from bot.domain.moves import MoveKind, StageMove
from bot.domain.people import Person, is_group
from bot.domain.pilots import Pilot, Registration
from bot.domain.playbook import Gate, Item
from bot.domain.readiness import Verdict, asked_by, verdict
from bot.domain.waivers import day_of
from bot.pilots import answerable, counting, errors, known, messages
from bot.pilots.situation import situation_of
from prompts.english import mid_sentence
from storage.ids import new_id
from storage.pilots import NameTaken

CARD_MAY_WAIT = timedelta(seconds=60)
"""How long the card may lag behind an interview that is under way, so that a turn stays at two calls."""


@dataclass(frozen=True)
class Standing:
    """A pilot before its next gate."""

    pilot: Pilot
    gate: Gate | None
    verdict: Verdict


def register(desk: Desk, form: Registration) -> Pilot:
    """Put a pilot on the record and its card in the channel. Raises a FieldRefusal for a name that is taken."""
    check_member(desk)
    for field, user_id in (("champion", form.champion_id), ("owner", form.owner_id)):
        _check_can_act(desk, field, user_id)
    now = desk.at.now
    pilot = Pilot(
        id=new_id(),
        workspace_id=desk.at.workspace_id,
        name=form.name,
        problem=form.problem,
        stage=_start(desk, form),
        champion_id=form.champion_id,
        owner_id=form.owner_id,
        channel_id=form.channel_id,
        metric=form.metric,
        registered_by=desk.at.actor_id,
        registered_at=now,
        stage_since=now,
        last_change_at=now,
        tier=_tier(desk, form),
    )
    try:
        desk.tx.pilots.register(pilot)
    except NameTaken as taken:
        raise errors.NameTaken("name", name=form.name) from taken
    desk.tx.moves.add(_move_of(desk, pilot.id, None, pilot.stage, MoveKind.REGISTERED))
    known.fill_in(desk, pilot)
    return changed(desk, pilot.id, "pilot.registered", after=pilot.model_dump(mode="json"))


def _start(desk: Desk, form: Registration) -> str:
    """Return the stage that a pilot begins in; a later one cannot be had by a form."""
    if form.stage is None:
        return desk.playbook.first_stage
    if form.stage not in {stage.id for stage in desk.playbook.starts}:
        raise errors.NoSuchStart("stage")
    return form.stage


def _tier(desk: Desk, form: Registration) -> str:
    """Return how much can go wrong, as the form says; nothing where it says nothing, which is the first tier."""
    if form.tier and form.tier not in {tier.id for tier in desk.playbook.tiers}:
        raise errors.NoSuchTier("tier")
    return form.tier


def objections_to_people(
    desk: Desk, champion_id: str | None, owner_id: str | None
) -> list[errors.FieldRefusal]:
    """Return why the people of a registration cannot act, each at their field."""
    found: list[errors.FieldRefusal] = []
    for field, user_id in (("champion", champion_id), ("owner", owner_id)):
        try:
            _check_can_act(desk, field, user_id or "")
        except errors.FieldRefusal as refused:
            found += [refused] if user_id else []
    return found


def objections_to_name(desk: Desk, name: str) -> list[errors.FieldRefusal]:
    """Return that a name is taken, if it is."""
    return [errors.NameTaken("name", name=name)] if desk.tx.pilots.named(desk.at.workspace_id, name) else []


def move(
    desk: Desk,
    pilot: Pilot,
    to_stage: str,
    kind: MoveKind,
    what: str,
    *,
    reason: str = "",
    learned: str = "",
    review_id: str | None = None,
    after: dict[str, Any] | None = None,
    on_behalf_of: str | None = None,
) -> Pilot:
    """Put a pilot into another stage, from the one that `pilot` was seen in, and keep the way that it has gone.

    Raises StageMoved when somebody was quicker; reviving raises the store's NameTaken when the name has gone to another.
    """
    if not desk.tx.pilots.move_if_at(pilot.id, pilot.stage, to_stage, desk.at.now):
        now_in = get(desk, pilot.id).stage
        raise errors.StageMoved(
            name=pilot.name, stage=mid_sentence(messages.stage_title(desk.library, now_in))
        )
    made = _move_of(desk, pilot.id, pilot.stage, to_stage, kind)
    desk.tx.moves.add(made.model_copy(update={"reason": reason, "learned": learned, "review_id": review_id}))
    said = {"reason": reason, "learned": learned, "review": review_id}
    facts = {"stage": to_stage, **{name: one for name, one in said.items() if one}, **(after or {})}
    before = {"stage": pilot.stage}
    return changed(desk, pilot.id, what, before=before, after=facts, on_behalf_of=on_behalf_of)


def _move_of(desk: Desk, pilot_id: str, from_stage: str | None, to_stage: str, kind: MoveKind) -> StageMove:
    return StageMove(
        id=new_id(),
        workspace_id=desk.at.workspace_id,
        pilot_id=pilot_id,
        kind=kind,
        from_stage=from_stage,
        to_stage=to_stage,
        by=desk.at.actor_id,
        at=desk.at.now,
    )


def changed(
    desk: Desk,
    pilot_id: str,
    what: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    card_may_wait: bool = False,
    on_behalf_of: str | None = None,
) -> Pilot:
    """Record a change, restart the clock of quiet days, keep the counters, and let the card say so."""
    pilot = desk.tx.pilots.lock(
        desk.at.workspace_id, pilot_id
    )  # or another process's answer would be counted away
    if pilot is None:
        raise errors.PilotGone
    desk.changed.add(pilot_id)
    desk.tx.audit.append(desk.at, what, "pilot", pilot_id, before, after, on_behalf_of=on_behalf_of)
    standing = standing_of(desk, pilot)
    pilot = counting.judged(pilot, standing.gate, standing.verdict).model_copy(
        update={
            "last_change_at": desk.at.now,
            "next_nudge_at": desk.at.now,  # it is looked at in the next minute
        }
    )
    desk.tx.pilots.note_change(pilot)
    counting.recount(desk, pilot, standing.verdict)
    _state_card(desk, Standing(pilot, standing.gate, standing.verdict), may_wait=card_may_wait)
    return pilot


def count_again(desk: Desk, pilot: Pilot) -> Pilot:
    """Judge and count a pilot about which something has changed that nobody did to it; whoever asks has locked it."""
    standing = standing_of(desk, pilot)
    return counting.judge_again(desk, pilot, standing.gate, standing.verdict)


def nudged_person(pilot: Pilot) -> str:
    """Return who hears of a quiet pilot: its owner, or the champion where a group owns it."""
    return pilot.champion_id if is_group(pilot.owner_id) else pilot.owner_id


def time_zone_of(desk: Desk, user_id: str) -> str:
    """Return the person's time zone as Slack knows it, or UTC."""
    person = desk.tx.people.get(desk.at.workspace_id, user_id)
    return person.time_zone if person else "UTC"


def locale_of(desk: Desk) -> str:
    """Return the language and region in which the person of this occasion uses Slack; empty where it is not known."""
    person = desk.tx.people.get(desk.at.workspace_id, desk.at.actor_id)
    return person.locale if person else ""


def get(desk: Desk, pilot_id: str) -> Pilot:
    """Return a pilot of this workspace; a forged or old id is refused."""
    pilot = desk.tx.pilots.get(desk.at.workspace_id, pilot_id)
    if pilot is None:
        raise errors.PilotGone
    return pilot


def get_running(desk: Desk, pilot_id: str) -> Pilot:
    """Return a pilot that still runs, for looking at it; a retired one is refused."""
    return _still_running(desk.tx.pilots.get(desk.at.workspace_id, pilot_id))


def _still_running(pilot: Pilot | None) -> Pilot:
    if pilot is None:
        raise errors.PilotGone
    if pilot.retired:
        raise errors.PilotRetired(name=pilot.name)
    return pilot


def get_active(desk: Desk, pilot_id: str) -> Pilot:
    """Return a pilot that still runs, for changing it: nobody else changes it until the transaction ends."""
    return _still_running(desk.tx.pilots.lock(desk.at.workspace_id, pilot_id))


def find(desk: Desk, words: str, channel_id: str, command: str) -> Pilot:
    """Return the pilot that somebody means: by its name, by the channel, or because it is the only one of theirs there."""
    name = " ".join(words.split())
    if name:
        found = desk.tx.pilots.named(desk.at.workspace_id, name)
        if found:
            return found
        if desk.tx.pilots.retired_named(desk.at.workspace_id, name):
            raise errors.PilotRetired(name=name)
        active = desk.tx.pilots.all_active(desk.at.workspace_id)
        same = [pilot for pilot in active if _spoken(pilot.name) == _spoken(name)]
        if len(same) == 1 and _spoken(name):
            return same[0]
        names = [pilot.name for pilot in active]
        close = difflib.get_close_matches(name.casefold(), [n.casefold() for n in names], n=1, cutoff=0.5)
        meant = next((n for n in names if close and n.casefold() == close[0]), None)
        hint = f"Did you mean *{meant}*?" if meant else "/pilot list shows them all."
        raise errors.NoSuchPilot(name=name[:80], hint=hint)
    here = desk.tx.pilots.in_channel(desk.at.workspace_id, channel_id)
    choices = here or desk.tx.pilots.all_active(desk.at.workspace_id)
    theirs = [pilot for pilot in choices if answerable.may_steer(desk, pilot, desk.at.actor_id)]
    if not choices:
        raise errors.NoPilotsYet
    for alone in (choices, theirs):
        if len(alone) == 1:
            return alone[0]
    names = [pilot.name for pilot in choices[:6]]
    raise errors.WhichPilot(names=", ".join(names), command=command, example=names[0])


def _spoken(name: str) -> str:
    """Return a name as people say it: nobody types an emoji or a dash to find a pilot."""
    return "".join(character for character in name.casefold() if character.isalnum())


def standing_of(desk: Desk, pilot: Pilot) -> Standing:
    """Judge a pilot before its next gate; after the last stage there is nothing left to judge."""
    gate = desk.playbook.gate_from(pilot.stage)
    return Standing(pilot, gate, verdict_before(desk, pilot, gate) if gate else Verdict(items=()))


def verdict_before(desk: Desk, pilot: Pilot, gate: Gate) -> Verdict:
    """Judge a pilot against what a gate asks for."""
    answers = desk.tx.answers.current(pilot.id)
    items = asked_by(gate, desk.playbook.items_of(gate), answers, pilot.stage_since, desk.at.now)
    return verdict_on(desk, pilot, items, answers)


def verdict_on(
    desk: Desk, pilot: Pilot, items: Sequence[Item], answers: Mapping[str, Answer] | None = None
) -> Verdict:
    """Judge a pilot by some items: what approvers have seen is told from what is self-stated, and waivers count."""
    return verdict(
        items,
        desk.tx.answers.current(pilot.id) if answers is None else answers,
        desk.at.now,
        reviewed=desk.tx.reviews.approved_revisions(pilot.id),
        waived=desk.tx.waivers.of_pilot(pilot.id, day_of(desk.at.now)),
    )


def show_card(desk: Desk, pilot: Pilot) -> None:
    """State what the pilot's card in the channel says."""
    _state_card(desk, standing_of(desk, pilot), may_wait=False)


def _state_card(desk: Desk, standing: Standing, *, may_wait: bool) -> None:
    pilot, key = standing.pilot, card_key(standing.pilot.id)
    body = messages.card_message(
        desk.library, pilot, standing.gate, standing.verdict, situation_of(desk, pilot, standing.gate)
    )
    later = desk.may_lag(key, CARD_MAY_WAIT) if may_wait else None
    desk.tx.messages.show(pilot.workspace_id, key, pilot.channel_id, body, not_before=later)


def card_key(pilot_id: str) -> str:
    """Return the key of the one card that a pilot has for ever."""
    return f"pilot:{pilot_id}:card"


def check_member(desk: Desk, otherwise: type[Refusal] = errors.OnlyMembers) -> None:
    """Refuse guests, bots, people of other workspaces and whoever has left; somebody unknown is asked to try again."""
    person = desk.tx.people.get(desk.at.workspace_id, desk.at.actor_id)
    if person is None:
        raise errors.NotKnownYet
    if person.cannot_act:
        raise otherwise


def _check_can_act(desk: Desk, field: str, user_id: str) -> None:
    if is_group(user_id):
        return
    person: Person | None = desk.tx.people.get(desk.at.workspace_id, user_id)
    if person is None or person.deactivated:
        raise errors.PersonGone(field)
    if person.bot:
        raise errors.PersonIsBot(field)
    if person.guest or person.from_elsewhere:
        raise errors.GuestCannotOwn(field)
