"""Waivers: ask for some, decide a request once, revoke, let them end on their day.

Rights come from `domain.waiving` and from the panel that the listener resolved at the time of the click.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from bot.desk import Desk
from bot.domain import barring, waiving as rules
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.review import Panel
from bot.domain.text import says_something
from bot.domain.waivers import REASON_LENGTH, Waiver, WaiverState, day_of
from bot.pilots import answerable, workflow as pilots
from bot.pilots.errors import FieldRefusal, FieldsRefused
from bot.review import workflow as reviews
from bot.waivers import errors, facts, messages, shown
from bot.waivers.facts import Listed, Offer, Request
from prompts.english import full_day
from storage.ids import new_id

LAPSED_AT_A_TIME = 100
"""How many waivers that are over one transaction ends."""


@dataclass(frozen=True)
class Entered:
    """What somebody entered into the form that asks for a waiver."""

    item_ids: tuple[str, ...]
    until: date | None
    reason: str


def find(desk: Desk, words: str, channel_id: str) -> Listed:
    """Return the waivers of the pilot that somebody named or is in the channel of."""
    return facts.listed(desk, pilots.find(desk, words, channel_id, "waivers"))


def list_of(desk: Desk, pilot_id: str) -> Listed:
    """Return the waivers of a pilot by its id."""
    return facts.listed(desk, pilots.get(desk, pilot_id))


def offer(desk: Desk, pilot_id: str) -> Offer:
    """Return what a waiver could be asked for; the refusal that applies where there is nothing."""
    pilots.check_member(desk)
    pilot, gate = reviews.gate_before(desk, pilot_id)
    found = facts.offer_of(desk, pilot, gate)
    if not found.open:
        raise errors.AllAskedFor(name=pilot.name) if found.asked else errors.NothingToWaive(name=pilot.name)
    return found


def ask(desk: Desk, pilot_id: str, entered: Entered, panel: Panel) -> Request:
    """Put a request for waivers before the approvers of the next gate. Raises FieldsRefused for what the form lacks."""
    pilots.check_member(desk)
    pilot = pilots.get_active(desk, pilot_id)
    _, gate = reviews.gate_before(desk, pilot_id)
    _lapse_what_is_over(desk, pilot)
    wrong = _objections(desk, facts.offer_of(desk, pilot, gate), entered)
    if wrong or entered.until is None:
        raise FieldsRefused(wrong)
    alone = barring.lone_answerers(desk.tx.answers.history(pilot.id), frozenset(entered.item_ids))
    if not rules.eligible(panel, asked_by=desk.at.actor_id, champion_id=pilot.champion_id, alone=alone):
        groups = _groups_behind(desk, pilot, gate)
        raise rules.NobodyMayGrant(why=messages.why_nobody(desk.library, panel, groups))
    request_id = new_id()
    asked = [
        Waiver(
            id=new_id(),
            request_id=request_id,
            workspace_id=pilot.workspace_id,
            pilot_id=pilot.id,
            item_id=item_id,
            gate_id=gate.id,
            reason=entered.reason.strip()[:REASON_LENGTH],
            until=entered.until,
            asked_by=desk.at.actor_id,
            asked_at=desk.at.now,
        )
        for item_id in dict.fromkeys(entered.item_ids)
    ]
    if late := [one.item_id for one in asked if not desk.tx.waivers.ask(one)]:
        titles = messages.titles_in_words(desk.library, _titles(desk, late))
        raise FieldsRefused([errors.AskedMeanwhile("items", titles=titles)])
    return _note(desk, pilot, asked, "asked", {"reason": asked[0].reason}, panel)


def _groups_behind(desk: Desk, pilot: Pilot, gate: Gate) -> list[str]:
    """Return the user groups, by handle, whose members could grant a waiver at a gate."""
    procedure = desk.playbook.procedure(gate, pilot.tier)
    if procedure is None:
        return []
    named = procedure.policy.waivers_by or procedure.policy.roles
    roles = (procedure.role(one) for one in named)
    return [role.group for role in roles if role and role.group]


def _objections(desk: Desk, found: Offer, entered: Entered) -> list[FieldRefusal]:
    wrong: list[FieldRefusal] = []
    unknown = set(entered.item_ids) - {one.item.id for one in found.open}
    asked = unknown & facts.asked_items(desk, found.pilot)
    for kind, item_ids in ((errors.AskedMeanwhile, asked), (errors.NotMissing, unknown - asked)):
        if item_ids:
            titles = messages.titles_in_words(desk.library, _titles(desk, sorted(item_ids)))
            wrong.append(kind("items", titles=titles))
    if not entered.item_ids:
        wrong.append(errors.ChooseItems("items"))
    today = day_of(desk.at.now)
    if entered.until is None:
        wrong.append(errors.UntilNeeded("until"))
    elif not rules.is_a_day_to_end(entered.until, today):
        first, last = today + timedelta(days=1), today + timedelta(days=rules.LONGEST_DAYS)
        wrong.append(errors.UntilOutOfReach("until", first=full_day(first), last=full_day(last)))
    if not says_something(entered.reason):
        wrong.append(errors.ReasonNeeded("reason"))
    return wrong


def _titles(desk: Desk, item_ids: Collection[str]) -> list[str]:
    """Return what items are called; what no playbook knows, a forged value say, is counted but not repeated."""
    found = (desk.playbook.item(item_id) for item_id in item_ids)
    return [item.title if item else "something else" for item in found]


def gate_of(desk: Desk, request_id: str) -> tuple[Pilot, Gate | None]:
    """Return the gate whose approvers decide about a request: the one before the pilot, else the one it was asked at."""
    asked = get(desk, request_id)
    ahead = desk.playbook.gate_from(asked.pilot.stage)
    if ahead is None or not ahead.leads_on:
        ahead = desk.playbook.gate(asked.first.gate_id)
    return asked.pilot, ahead


def get(desk: Desk, request_id: str) -> Request:
    """Return a request of this workspace; a forged or old id is refused."""
    found = desk.tx.waivers.of_request(desk.at.workspace_id, request_id)
    if not found:
        raise errors.WaiverGone
    return facts.request_of(desk, pilots.get(desk, found[0].pilot_id), found)


def may_decide(desk: Desk, request_id: str, panel: Panel) -> Request:
    """Return a request that the person may decide now; the refusal that applies otherwise."""
    request = get(desk, request_id)
    if not request.in_state(WaiverState.ASKED):
        raise errors.AlreadyDecided(outcome=messages.outcome_in_words(desk.library, request))
    if rules.is_over(request.first, desk.at.now):
        raise errors.TimeIsOver
    pilot = pilots.get_running(desk, request.pilot.id)
    item_ids = frozenset(one.waiver.item_id for one in request.wanted)
    alone = barring.lone_answerers(desk.tx.answers.history(pilot.id), item_ids)
    person = desk.tx.people.get(desk.at.workspace_id, desk.at.actor_id)
    rules.check_may_decide(request.first.asked_by, pilot, person, panel, alone)
    return request


def grant(desk: Desk, request_id: str, panel: Panel) -> Request:
    """Accept the risk until the day that was asked for; what is in place meanwhile needs no waiver any more."""
    pilot = pilots.get_active(desk, get(desk, request_id).pilot.id)
    request = may_decide(desk, request_id, panel)
    missing = {one.waiver.id for one in request.wanted if one.standing and not one.standing.settled}
    if not missing:
        raise errors.NotNeededAnyMore
    for one in request.in_state(WaiverState.ASKED):
        if one.waiver.id in missing:
            _decide(desk, one.waiver, WaiverState.GRANTED, "")
        else:
            desk.tx.waivers.lapse_if_running(one.waiver.id, desk.at.now)
    granted = [one.waiver for one in request.wanted if one.waiver.id in missing]
    return _note(desk, pilot, granted, "granted", {}, None)


def refuse(desk: Desk, request_id: str, reason: str, panel: Panel) -> Request:
    """Let what is missing stay in the way; the team reads why."""
    pilot = pilots.get_active(desk, get(desk, request_id).pilot.id)
    request = may_decide(desk, request_id, panel)
    if not says_something(reason):
        raise errors.WhyRefused("reason")
    refused = [one.waiver for one in request.in_state(WaiverState.ASKED)]
    for waiver in refused:
        _decide(desk, waiver, WaiverState.REFUSED, reason.strip()[:REASON_LENGTH])
    return _note(desk, pilot, refused, "refused", {"reason": reason.strip()}, None)


def _decide(desk: Desk, waiver: Waiver, state: WaiverState, refusal: str) -> None:
    if not desk.tx.waivers.decide_if_asked(waiver.id, state, desk.at.actor_id, desk.at.now, refusal):
        now = get(desk, waiver.request_id)
        raise errors.AlreadyDecided(outcome=messages.outcome_in_words(desk.library, now))


def may_revoke(desk: Desk, request_id: str, panel: Panel, owners: frozenset[str]) -> Request:
    """Return a request of which something holds that the person may revoke; the refusal that applies otherwise."""
    request = get(desk, request_id)
    if not request.in_state(WaiverState.GRANTED):
        raise errors.HoldsNoMore(outcome=messages.outcome_in_words(desk.library, request))
    pilot = pilots.get_running(desk, request.pilot.id)
    person = desk.tx.people.get(desk.at.workspace_id, desk.at.actor_id)
    owner = answerable.owner_of(desk, pilot)
    them = dict.fromkeys(mention(one) for one in (pilot.champion_id, owner) if one)
    named = " or ".join([panel.shown, *them] if panel.shown else them)
    rules.check_may_revoke(pilot, person, panel, owners if owner else frozenset(), named)
    return request


def revoke(
    desk: Desk,
    request_id: str,
    item_ids: Collection[str] | None,
    reason: str,
    panel: Panel,
    owners: frozenset[str],
) -> Request:
    """End waivers before their day, all of a request or those of some items: what they let pass is open again."""
    pilot = pilots.get_active(desk, get(desk, request_id).pilot.id)
    request = may_revoke(desk, request_id, panel, owners)
    if not says_something(reason):
        raise errors.WhyRevoked("reason")
    if item_ids is not None and not item_ids:
        raise errors.ChooseItems("items")
    meant = [
        one.waiver
        for one in request.in_state(WaiverState.GRANTED)
        if item_ids is None or one.waiver.item_id in item_ids
    ]
    why = reason.strip()[:REASON_LENGTH]
    revoked = [
        one for one in meant if desk.tx.waivers.revoke_if_granted(one.id, desk.at.actor_id, desk.at.now, why)
    ]
    if not revoked:
        raise errors.HoldsNoMore(outcome=messages.outcome_in_words(desk.library, get(desk, request_id)))
    return _note(desk, pilot, revoked, "revoked", {"reason": why}, None)


def lapse(desk: Desk) -> int:
    """End the waivers whose day has come, and those of pilots that have ended; what they let pass is open again."""
    due = due_to_lapse(desk, LAPSED_AT_A_TIME)
    for pilot_id in due:
        lapse_of(desk, pilot_id)
    return len(due)


def due_to_lapse(desk: Desk, limit: int) -> list[str]:
    """Return the pilots some of whose waivers are over, by id."""
    due = desk.tx.waivers.due_to_lapse(desk.at.workspace_id, day_of(desk.at.now), limit)
    return list(dict.fromkeys(one.pilot_id for one in due))


def lapse_of(desk: Desk, pilot_id: str) -> None:
    """End the waivers of one of them, as far as they are over; all of them where the pilot has ended."""
    pilot = desk.tx.pilots.lock(desk.at.workspace_id, pilot_id)  # the pilot first, as everywhere
    if pilot:
        _lapse_what_is_over(desk, pilot)


def _lapse_what_is_over(desk: Desk, pilot: Pilot) -> None:
    """End what the minute's work has not come to yet, so that it is in nobody's way."""
    running = desk.tx.waivers.running_of_pilot(pilot.id)
    _end(desk, pilot, [one for one in running if pilot.retired or rules.is_over(one, desk.at.now)])


def _end(desk: Desk, pilot: Pilot, waivers: list[Waiver]) -> None:
    by_request = sorted(waivers, key=lambda one: one.request_id)
    for _, some in groupby(by_request, key=lambda one: one.request_id):
        ended = [one for one in some if desk.tx.waivers.lapse_if_running(one.id, desk.at.now)]
        if ended:
            _note(desk, pilot, ended, "lapsed", {}, None)


def _note(
    desk: Desk, pilot: Pilot, waivers: list[Waiver], step: str, said: dict[str, Any], panel: Panel | None
) -> Request:
    """Record a step that was taken with some waivers of a request, given as they were, and let all that shows them say so."""
    first = waivers[0]
    before = None if step == "asked" else {"state": first.state.value}
    after = {
        "state": step,
        "request": first.request_id,
        "items": [one.item_id for one in waivers],
        "until": first.until.isoformat(),
        **said,
    }
    pilot = pilots.changed(desk, pilot.id, f"waiver.{step}", before=before, after=after)
    request = get(desk, first.request_id)
    ids = {one.id for one in waivers}
    shown.show_card(desk, request, panel)
    shown.tell(desk, request, step, tuple(one for one in request.wanted if one.waiver.id in ids), panel)
    shown.refresh(desk, pilot)
    return request
