"""Handing a pilot over: propose somebody, let them accept or decline, and let go of what nobody needs an answer to.

Each function is one transaction's work. Who is in a user group is resolved by the listener at the time of the click.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.desk import Desk
from bot.domain.calendar import zone_of
from bot.domain.errors import Refusal
from bot.domain.handovers import LONGEST_DAYS, Handover, HandoverState, Ownership, ownership
from bot.domain.people import group_or_none, is_group, mention
from bot.domain.pilots import Pilot
from bot.domain.text import says_something
from bot.handover import errors, shown
from bot.handover.messages import Ended, Told
from bot.interview import handing
from bot.pilots import answerable, known, workflow as pilots
from bot.pilots.errors import FieldRefusal, FieldsRefused
from prompts.english import full_day
from storage.ids import new_id

NOBODY: frozenset[str] = frozenset()
ADDRESS_LENGTH = 500
AT_A_TIME = 50
"""For how many pilots one transaction asks somebody no more who has left."""


@dataclass(frozen=True)
class Entered:
    """What an owner enters to accept."""

    runbook: str
    contact_ids: tuple[str, ...]
    """The person and the user group that were chosen; one of them at most counts."""
    contact: str
    first_review_on: date | None


def follow(desk: Desk, pilot_id: str) -> None:
    """Ask whoever is proposed, if they were not asked yet; an owner whom nobody ever asked is proposed by whoever registered.

    Follows every change of a pilot, so that a registration needs to know nothing of it.
    """
    waiting = desk.tx.handovers.proposed_of(pilot_id)
    if waiting and shown.is_asked(desk, waiting):
        return  # as nearly always, so this comes first
    pilot = pilots.get(desk, pilot_id)
    if pilot.retired:
        return
    if waiting is None and pilot.owner_accepted_at is None and not desk.tx.handovers.of_pilot(pilot_id):
        waiting = _keep(desk, pilot, pilot.owner_id, "", pilot.registered_by)
        desk.tx.audit.append(desk.at, "handover.proposed", "pilot", pilot_id, None, _facts(waiting))
    if waiting:
        shown.ask(desk, shown.facts_of(desk, pilot, waiting))


def may_hand_over(desk: Desk, pilot_id: str, owner_group: frozenset[str] = NOBODY) -> tuple[Pilot, Ownership]:
    """Return a pilot that the person may hand over, and who owns it; the refusal that applies otherwise."""
    pilots.check_member(desk)
    pilot = pilots.get_running(desk, pilot_id)
    answerable.check_steers(desk, pilot, owner_group)
    return pilot, answerable.ownership_of(desk, pilot)


def propose(
    desk: Desk, pilot_id: str, to_id: str, note: str = "", owner_group: frozenset[str] = NOBODY
) -> Handover | None:
    """Ask somebody to own a pilot; who was asked before need not answer any more.

    An owner who never accepted gives way at once, one who accepted stays until the next accepts. Naming the one who
    accepted takes back what was asked of somebody else; None then.
    """
    pilots.get_active(desk, pilot_id)  # nobody else proposes or accepts meanwhile
    pilot, owner = may_hand_over(desk, pilot_id, owner_group)
    if refused := pilots.objections_to_people(desk, None, to_id):
        raise refused[0]
    waiting = desk.tx.handovers.proposed_of(pilot.id)
    stays = bool(owner.accepted_at) and to_id == pilot.owner_id
    if stays and waiting is None:
        raise errors.OwnsIt("owner", name=_name(desk, to_id))
    if waiting:
        again = Ended.AGAIN if waiting.to_id == to_id else Ended.SOMEBODY_ELSE
        _supersede(desk, pilot, waiting, Ended.STAYS if stays else again)
    if stays:
        pilots.show_card(desk, pilot)
        return None
    return _ask(desk, pilot, owner, to_id, note)


def offer(desk: Desk, pilot_id: str) -> Handover:
    """Propose oneself for a pilot whose owner is missed; that needs no part in it. Who was asked before need not answer."""
    pilot = pilots.get_active(desk, pilot_id)
    pilots.check_member(desk, errors.CannotOwn)
    waiting = desk.tx.handovers.proposed_of(pilot.id)
    if waiting:
        _supersede(desk, pilot, waiting, Ended.SOMEBODY_ELSE)
    owner = ownership(pilot, desk.tx.handovers.of_pilot(pilot.id))
    return _ask(desk, pilot, owner, desk.at.actor_id, "")


def _ask(desk: Desk, pilot: Pilot, owner: Ownership, to_id: str, note: str) -> Handover:
    new = _keep(desk, pilot, to_id, note, desk.at.actor_id)
    if not owner.accepted_at:
        desk.tx.pilots.set_owner(pilot.id, to_id, None)
    before = {"owner": pilot.owner_id}
    pilot = pilots.changed(desk, pilot.id, "handover.proposed", before=before, after=_facts(new))
    facts = shown.facts_of(desk, pilot, new)
    shown.ask(desk, facts)
    if not facts.to_group:  # a group is asked where everybody reads it
        shown.tell(desk, facts, Told.PROPOSED)
    return new


def get(desk: Desk, handover_id: str) -> Handover:
    """Return a handover of this workspace; a forged or old id is refused."""
    found = desk.tx.handovers.get(desk.at.workspace_id, handover_id)
    if found is None:
        raise errors.HandoverGone
    return found


def may_answer(desk: Desk, handover_id: str, group: frozenset[str] = NOBODY) -> tuple[Pilot, Handover]:
    """Return a handover that the person may answer now; the refusal that applies otherwise. `group`: who is in it now."""
    found = get(desk, handover_id)
    pilot = pilots.get_running(desk, found.pilot_id)
    pilots.check_member(desk, errors.CannotOwn)
    me = desk.at.actor_id
    if is_group(found.to_id) and me not in group:
        raise errors.NotOfTheGroup(who=mention(found.to_id))
    if not is_group(found.to_id) and me != found.to_id:
        raise errors.NotAsked(who=mention(found.to_id))
    if found.state is not HandoverState.PROPOSED:
        raise _refusal(desk, pilot, found)
    return pilot, found


def accept(
    desk: Desk,
    handover_id: str,
    entered: Entered,
    group: frozenset[str] = NOBODY,
    names: Mapping[str, str] | None = None,
) -> Handover:
    """Take a pilot on: whoever was asked owns it from now on, and the owner before is relieved.

    `names` are those of user groups, which only Slack knows. Raises FieldsRefused with all that the form lacks.
    """
    pilots.get_active(desk, get(desk, handover_id).pilot_id)
    pilot, found = may_answer(desk, handover_id, group)
    on = today(desk)
    if wrong := _objections(desk, entered, on):
        raise FieldsRefused(wrong)
    _decide(
        desk,
        pilot,
        found,
        HandoverState.ACCEPTED,
        runbook=entered.runbook.strip(),
        contact=entered.contact.strip(),
        contact_id=next(iter(entered.contact_ids), None),
        first_review_on=entered.first_review_on,
    )
    before = pilot.owner_id if pilot.owner_accepted_at else None
    desk.tx.pilots.set_owner(pilot.id, found.to_id, desk.at.now)
    accepted = get(desk, found.id)
    _fill_in(desk, pilots.get(desk, pilot.id), accepted, on, names or {})
    was = {"owner": pilot.owner_id, "accepted": pilot.owner_accepted_at is not None}
    pilot = pilots.changed(
        desk,
        pilot.id,
        "handover.accepted",
        before=was,
        after=_facts(accepted),
        on_behalf_of=group_or_none(found.to_id),
    )
    facts = shown.facts_of(desk, pilot, accepted, before)
    shown.settle(desk, facts)
    shown.tell(desk, facts, Told.ACCEPTED)
    shown.relieve(desk, facts)
    return accepted


def refuse(desk: Desk, handover_id: str, reason: str, group: frozenset[str] = NOBODY) -> Handover:
    """Do not take a pilot on; its team reads why, and finds somebody else."""
    pilots.get_active(desk, get(desk, handover_id).pilot_id)
    pilot, found = may_answer(desk, handover_id, group)
    if not says_something(reason):
        raise errors.WhyNot("reason")
    _decide(desk, pilot, found, HandoverState.REFUSED, reason=reason.strip()[:1000])
    refused = get(desk, found.id)
    pilot = pilots.changed(
        desk,
        pilot.id,
        "handover.refused",
        before=_facts(found),
        after=_facts(refused),
        on_behalf_of=group_or_none(found.to_id),
    )
    facts = shown.facts_of(desk, pilot, refused)
    shown.settle(desk, facts)
    shown.tell(desk, facts, Told.REFUSED)
    return refused


def supersede(desk: Desk, pilot_id: str) -> None:
    """Ask nobody any more, because the pilot ends; for whoever ends it, in the same transaction."""
    waiting = desk.tx.handovers.proposed_of(pilot_id)
    if waiting:
        _supersede(desk, pilots.get(desk, pilot_id), waiting, Ended.PILOT_ENDED)


def take_up(desk: Desk, pilot_id: str, ended_at: datetime) -> None:
    """Propose anew whom the pilot's end at that instant let go, because it goes on; for whoever revives it, in the same transaction.

    They are asked by what follows from the change. Nobody who can own nothing any more is proposed.
    """
    let_go = [
        one
        for one in desk.tx.handovers.of_pilot(pilot_id)
        if one.state is HandoverState.SUPERSEDED and one.decided_at == ended_at
    ]
    if let_go and (is_group(let_go[-1].to_id) or _can_act(desk, let_go[-1].to_id)):
        last = let_go[-1]
        new = _keep(desk, pilots.get(desk, pilot_id), last.to_id, last.note, last.proposed_by)
        desk.tx.audit.append(desk.at, "handover.proposed", "pilot", pilot_id, None, _facts(new))


def gone(desk: Desk, user_id: str) -> int:
    """Ask somebody no more who has left; the team is told to find somebody else.

    Return for how many pilots; with more of them than a transaction takes, it is to be done again until that is nothing.
    """
    let_go = 0
    for one in desk.tx.handovers.proposed_to(desk.at.workspace_id, [user_id])[:AT_A_TIME]:
        pilot = desk.tx.pilots.lock(desk.at.workspace_id, one.pilot_id)
        now = desk.tx.handovers.proposed_of(one.pilot_id)
        if pilot is None or pilot.retired or now is None or now.id != one.id:
            continue
        _supersede(desk, pilot, one, Ended.LEFT)
        pilots.show_card(desk, pilot)
        shown.tell(desk, shown.facts_of(desk, pilot, one), Told.LEFT)
        let_go += 1
    return let_go


def _keep(desk: Desk, pilot: Pilot, to_id: str, note: str, by: str) -> Handover:
    new = Handover(
        id=new_id(),
        workspace_id=pilot.workspace_id,
        pilot_id=pilot.id,
        to_id=to_id,
        proposed_by=by,
        proposed_at=desk.at.now,
        note=note.strip()[:1000],
    )
    desk.tx.handovers.propose(new)
    return new


def _decide(desk: Desk, pilot: Pilot, found: Handover, state: HandoverState, **answer: Any) -> None:
    by, now = desk.at.actor_id, desk.at.now
    if not desk.tx.handovers.decide_if_proposed(found.id, state, by=by, now=now, **answer):
        raise _refusal(desk, pilot, get(desk, found.id))


def _supersede(desk: Desk, pilot: Pilot, waiting: Handover, why: Ended) -> None:
    by, now = desk.at.actor_id, desk.at.now
    desk.tx.handovers.decide_if_proposed(waiting.id, HandoverState.SUPERSEDED, by=by, now=now)
    facts = _facts(waiting)
    desk.tx.audit.append(desk.at, "handover.superseded", "pilot", pilot.id, facts, {"why": why.value})
    desk.changed.add(pilot.id)
    if why is not Ended.LEFT:  # they read it no more
        shown.end(desk, shown.facts_of(desk, pilot, waiting), why)


def _refusal(desk: Desk, pilot: Pilot, found: Handover) -> Refusal:
    """Return why a handover that was answered cannot be answered again."""
    if found.state is HandoverState.SUPERSEDED or found.decided_by is None:
        return errors.NotAskedAnyMore(name=pilot.name)
    if found.decided_by == desk.at.actor_id:
        return errors.AnsweredBefore()
    if found.state is HandoverState.ACCEPTED:
        return errors.AcceptedBefore(who=mention(found.decided_by))
    return errors.DeclinedBefore(who=mention(found.decided_by), name=pilot.name)


def _objections(desk: Desk, entered: Entered, on: date) -> list[FieldRefusal]:
    wrong: list[FieldRefusal] = []
    if not _is_address(entered.runbook):
        wrong.append(errors.RunbookNeeded("runbook"))
    if not entered.contact_ids and not says_something(entered.contact):
        wrong.append(errors.ContactNeeded("contact"))
    if not all(is_group(one) or _can_act(desk, one) for one in entered.contact_ids):
        wrong.append(errors.ContactCannotAct("contact"))
    if len(entered.contact_ids) > 1:
        wrong.append(errors.OneContact("contact_group"))
    first, last = on + timedelta(days=1), on + timedelta(days=LONGEST_DAYS)
    if entered.first_review_on is None:
        wrong.append(errors.ReviewDayNeeded("first_review"))
    elif not first <= entered.first_review_on <= last:
        wrong.append(errors.ReviewOutOfReach("first_review", first=full_day(first), last=full_day(last)))
    return wrong


def _is_address(words: str) -> bool:
    given = words.strip()
    try:
        parts = urlsplit(given)
        leads = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
    return leads and len(given) <= ADDRESS_LENGTH and not any(one.isspace() for one in given)


def _can_act(desk: Desk, user_id: str) -> bool:
    person = desk.tx.people.get(desk.at.workspace_id, user_id)
    return person is not None and not person.cannot_act


def _fill_in(desk: Desk, pilot: Pilot, accepted: Handover, on: date, names: Mapping[str, str]) -> None:
    """Answer what is known from the acceptance, wherever its question stands."""
    for item, reading in known.acceptance(desk, pilot, accepted, on, names):
        handing.take_answer(desk, pilot.id, item.id, reading)


def today(desk: Desk) -> date:
    """Return the day where the person is, which is what the form's calendar means."""
    zone = zone_of(pilots.time_zone_of(desk, desk.at.actor_id))
    return desk.at.now.astimezone(zone).date()


def _name(desk: Desk, owner_id: str) -> str:
    person = desk.tx.people.get(desk.at.workspace_id, owner_id)
    return person.name if person else "That team"


def _facts(handover: Handover) -> dict[str, Any]:
    """Return what the record keeps of a handover."""
    kept = handover.model_dump(mode="json", exclude={"id", "workspace_id", "pilot_id", "to_id", "decided_at"})
    said = {name: value for name, value in kept.items() if value not in (None, "")}
    return {"handover": handover.id, "to": handover.to_id, **said}
