"""What somebody may decide: reviews that wait for their vote, and waivers that are asked for. For showing only.

Whoever clicks is asked about anew. Who is in a role is taken from what Slack told when the review was looked at last, set right
for the reader by the groups that they are in now. However many there are, a few questions to the database find it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from bot.desk import Desk
from bot.domain import barring, review as rules, voting
from bot.domain.answers import Answer
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.domain.policies import ApproverRole, Procedure
from bot.domain.reviews import Board, Resolved, Review, Vote
from bot.domain.waivers import Waiver
from bot.pilots import answerable
from bot.review import workflow as reviews
from bot.review.ballot import critical_items, naming_items, procedure_of
from bot.waivers import shown as waivers

Groups = Mapping[str, str]
"""The user groups that somebody is in: their handles by id."""


Owners = Mapping[str, str | None]
"""Who owns pilots, by the pilot's id; None where whoever is named declined."""


class Awaited(NamedTuple):
    """A review that waits for the person's vote, with the address of its card."""

    review: Review
    pilot: Pilot
    link: str | None
    again: bool = False
    """Whether they voted on what has changed since."""


class WaiverAsked(NamedTuple):
    """A request for waivers that the person may decide, with the address of its card."""

    waiver: Waiver
    """One of them, for what all have in common."""
    titles: tuple[str, ...]
    pilot: Pilot
    link: str | None


@dataclass(frozen=True)
class _Seat:
    """A review that the person has a part in."""

    review: Review
    pilot: Pilot
    procedure: Procedure
    board: Board


def votes(
    desk: Desk, under_review: Iterable[tuple[Review, Pilot]], asked_back: set[str], groups: Groups | None
) -> list[Awaited]:
    """Return the reviews that wait for the person's vote. `asked_back` are those about which a question is open."""
    going_on = [
        (review, pilot)
        for review, pilot in under_review
        if review.id not in asked_back and desk.at.now < review.expires_at
    ]
    owners = _owners(desk, (pilot for _, pilot in going_on), groups)
    found_seats = (_seat(desk, review, pilot, owners, groups) for review, pilot in going_on)
    seats = [seat for seat in found_seats if seat]
    cast = desk.tx.votes.of_reviews(seat.review.id for seat in seats)
    alone = desk.tx.answers.alone_by(desk.at.actor_id, {seat.pilot.id for seat in seats})
    voters = desk.tx.people.some(
        desk.at.workspace_id, {vote.user_id for some in cast.values() for vote in some}
    )
    unfit = rules.unfit(voters.values())
    found = [
        seat
        for seat in seats
        if _is_awaited(desk, seat, cast.get(seat.review.id, []), alone.get(seat.pilot.id, set()), unfit)
    ]
    cards = desk.tx.messages.by_keys(
        desk.at.workspace_id, *(reviews.card_key(seat.review.id) for seat in found)
    )
    return [
        Awaited(
            seat.review,
            seat.pilot,
            desk.link_to(cards.get(reviews.card_key(seat.review.id))),
            again=any(
                one.user_id == desk.at.actor_id and one.withdrawn_at is None
                for one in cast.get(seat.review.id, [])
            ),
        )
        for seat in found
    ]


def _seat(desk: Desk, review: Review, pilot: Pilot, owners: Owners, groups: Groups | None) -> _Seat | None:
    """Return a review with its roles where the person is in one of them; None where they have no say."""
    procedure, me = procedure_of(desk, review, pilot), desk.at.actor_id
    if procedure is None or (
        not procedure.policy.self_approval and me in {review.requested_by, pilot.champion_id}
    ):
        return None
    owner = owners.get(pilot.id)
    resolved = tuple(_as_now(role, review.board, owner, me, groups) for role in procedure.roles)
    board = Board(roles=resolved)
    return _Seat(review, pilot, procedure, board) if me in rules.all_people(procedure, board) else None


def _owners(desk: Desk, some: Iterable[Pilot], groups: Groups | None) -> Owners:
    """Return who owns pilots, as far as that lets anybody decide; whether somebody declined is asked of the reader's own only."""
    if not any(role.owner for role in desk.playbook.roles):
        return {}
    pilots = list(some)
    mine = {desk.at.actor_id, *(groups or ())}
    named = {pilot.id: pilot.owner_id for pilot in pilots}
    return named | answerable.owners_of(desk, [pilot for pilot in pilots if pilot.owner_id in mine])


def _as_now(
    role: ApproverRole, board: Board | None, owner: str | None, me: str, groups: Groups | None
) -> Resolved:
    """Return a role as Slack told of it last, with the person in it or not as far as is known now.

    Where nothing is known, a review is rather shown to too many than to nobody.
    """
    kept = board.role(role.id) if board else None
    people = kept.people if kept else frozenset()
    within = _is_in(role, owner, me, groups, ())
    if within is None:
        within = me in people if kept else True
    people = people | {me} if within else people - {me}
    return Resolved(role=role.id, title=role.title, people=people, shown=role.title, unpinged=role.title)


def _is_in(
    role: ApproverRole, owner: str | None, me: str, groups: Groups | None, named: Iterable[str] | None
) -> bool | None:
    """Whether somebody is in a role; None where that is not known. `named` is whom the role's item names, where it is known."""
    ids = {*role.people, *([owner] if role.owner and owner else []), *(named or ())}
    mine = {me, *(groups or {})}
    if ids & mine or (groups and role.group in groups.values()):
        return True
    by_group = bool(role.group) or any(is_group(one) for one in ids)
    return None if (groups is None and by_group) or (role.item and not named) else False


def _is_awaited(desk: Desk, seat: _Seat, cast: list[Vote], alone: set[str], unfit: Iterable[str]) -> bool:
    me, review = desk.at.actor_id, seat.review
    weighty = critical_items(desk, review.gate_id) | naming_items(seat.procedure)
    lone = frozenset({me}) if alone & weighty else frozenset[str]()
    barred = barring.barred(
        seat.procedure, requested_by=review.requested_by, champion_id=seat.pilot.champion_id, alone=lone
    )
    tally = voting.tally(
        seat.procedure,
        seat.board,
        cast,
        barred | frozenset(unfit),
        snapshot_hash=review.snapshot_hash,
        escalated=review.escalated_at is not None,
    )
    spoken = any(one.user_id == me and one.counts_for(review.snapshot_hash) for one in cast)
    return me in tally.awaited and not spoken


def waivers_asked(
    desk: Desk, asked: Iterable[Waiver], by_id: Mapping[str, Pilot], groups: Groups | None
) -> list[WaiverAsked]:
    """Return the requests for waivers that the person may grant or refuse."""
    running = [one for one in asked if one.pilot_id in by_id and desk.at.actor_id != one.asked_by]
    named = _named_by_answers(desk, running, by_id)
    owners = _owners(desk, (by_id[one.pilot_id] for one in running), groups)
    mine = [one for one in running if _may_grant(desk, one, by_id[one.pilot_id], owners, groups, named)]
    alone = desk.tx.answers.alone_by(desk.at.actor_id, {one.pilot_id for one in mine})
    together = [
        tuple(some)
        for _, some in groupby(sorted(mine, key=lambda one: one.request_id), key=lambda one: one.request_id)
    ]
    free = [
        some for some in together if not {one.item_id for one in some} & alone.get(some[0].pilot_id, set())
    ]
    keys = (waivers.card_key(some[0].request_id) for some in free)
    cards = desk.tx.messages.by_keys(desk.at.workspace_id, *keys)
    found = [
        WaiverAsked(
            some[0],
            tuple(item.title if (item := desk.playbook.item(one.item_id)) else one.item_id for one in some),
            by_id[some[0].pilot_id],
            desk.link_to(cards.get(waivers.card_key(some[0].request_id))),
        )
        for some in free
    ]
    return sorted(found, key=lambda one: (one.waiver.asked_at, one.waiver.id))


def _may_grant(
    desk: Desk,
    waiver: Waiver,
    pilot: Pilot,
    owners: Owners,
    groups: Groups | None,
    named: Mapping[str, Mapping[str, Answer]],
) -> bool:
    procedure, me = _procedure_for(desk, waiver, pilot), desk.at.actor_id
    if procedure is None or me == pilot.champion_id or me in procedure.policy.never:
        return False
    answers = named.get(pilot.id, {})
    owner = owners.get(pilot.id)
    for role_id in procedure.policy.waivers_by or procedure.policy.roles:
        role = procedure.role(role_id)
        if role and _is_in(role, owner, me, groups, _ids_in(answers.get(role.item or ""))) in {True, None}:
            return True
    return False


def _procedure_for(desk: Desk, waiver: Waiver, pilot: Pilot) -> Procedure | None:
    """Return how the gate is decided whose approvers grant a waiver: the one ahead, else the one it was asked at."""
    ahead = desk.playbook.gate_from(pilot.stage)
    gate = ahead if ahead and ahead.leads_on else desk.playbook.gate(waiver.gate_id)
    return desk.playbook.procedure(gate, pilot.tier) if gate else None


def _named_by_answers(
    desk: Desk, asked: Iterable[Waiver], by_id: Mapping[str, Pilot]
) -> Mapping[str, Mapping[str, Answer]]:
    """Return the answers of the pilots whose waivers are granted by whom an answer names; mostly nothing is read."""
    meant: set[str] = set()
    for waiver in asked:
        procedure = _procedure_for(desk, waiver, by_id[waiver.pilot_id])
        if procedure and any(
            (role := procedure.role(one)) and role.item
            for one in procedure.policy.waivers_by or procedure.policy.roles
        ):
            meant.add(waiver.pilot_id)
    return desk.tx.answers.current_of_pilots(meant) if meant else {}


def _ids_in(answer: Answer | None) -> tuple[str, ...]:
    value = answer.value if answer else None
    return value.ids if value and value.kind in {AnswerKind.PERSON, AnswerKind.GROUP} else ()
