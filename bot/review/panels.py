"""Who may decide a gate, as Slack says at the moment of the click. Fails closed: whoever is not found may not decide."""

import asyncio
from collections.abc import Iterable

from bot.desk import Desk, Front
from bot.domain.answers import Answer
from bot.domain.people import is_group, mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Gate
from bot.domain.policies import ApproverRole, Procedure
from bot.domain.review import Panel
from bot.domain.reviews import Board, Resolved
from bot.pilots import answerable
from bot.review.errors import CouldNotCheck, NothingToDecide
from bot.slack.failures import SlackFailure
from bot.slack.lookups import GroupUnknown

PATIENCE_SECONDS = 2.0
"""How long somebody waits for Slack to say who may decide; it gives up on us after three."""


async def board_for(
    front: Front,
    workspace_id: str,
    pilot: Pilot,
    procedure: Procedure,
    *,
    only: Iterable[str] | None = None,
) -> Board:
    """Return who is in the roles of a procedure: those that decide and the fallback, or `only` some; nobody is from memory.

    A role that decides and cannot be resolved refuses the whole: an incomplete board could let too few people decide. A
    fallback that cannot be resolved has nobody in it.
    """
    policy = procedure.policy
    deciding = policy.roles if only is None else tuple(dict.fromkeys(only))
    spare = {policy.fallback} - set(deciding) if only is None and policy.fallback else set()
    roles = [role for role in procedure.roles if role.id in {*deciding, *spare}]
    named = await _named_by_answers(front, workspace_id, pilot, roles)
    owner = await _owner(front, workspace_id, pilot) if any(role.owner for role in roles) else None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            found = await asyncio.gather(
                *(_resolved(front, workspace_id, owner, role, named, role.id in spare) for role in roles)
            )
    except (SlackFailure, TimeoutError) as failure:
        raise CouldNotCheck from failure
    return Board(roles=tuple(found))


async def panel_for(front: Front, workspace_id: str, pilot: Pilot, gate: Gate) -> Panel:
    """Return those who may decide about a waiver: whom the policy names for that, else all who decide the gate."""
    procedure = front.office.library.playbook.procedure(gate, pilot.tier)
    if procedure is None:
        raise NothingToDecide
    wanted = procedure.policy.waivers_by or procedure.policy.roles
    board = await board_for(front, workspace_id, pilot, procedure, only=wanted)
    people = frozenset().union(*(role.people for role in board.roles)) - frozenset(procedure.policy.never)
    title = ", ".join(role.title for role in board.roles)
    shown = " or ".join(dict.fromkeys(role.shown for role in board.roles))
    return Panel(title=title, people=people, shown=shown)


async def _resolved(
    front: Front,
    workspace_id: str,
    owner: str | None,
    role: ApproverRole,
    named: dict[str, Answer],
    spare: bool,
) -> Resolved:
    """Return who is in a role now: whatever it names, people and the members of groups, together."""
    owners = [owner] if role.owner and owner else []
    ids = [*role.people, *owners, *_ids_in(named.get(role.item or ""))]
    people = {one for one in ids if not is_group(one)}
    groups = [*([role.group] if role.group else []), *(one for one in ids if is_group(one))]
    try:
        for group in dict.fromkeys(groups):
            people |= await front.slack.members_of_group(workspace_id, group)
        mentioned = [await front.slack.group_id(workspace_id, role.group) or ""] if role.group else []
    except GroupUnknown:
        if not spare:
            raise
        return Resolved(
            role=role.id, title=role.title, people=frozenset(), shown=role.title, unpinged=role.title
        )
    shown = [mention(one) for one in dict.fromkeys([*mentioned, *ids]) if one]
    return Resolved(
        role=role.id,
        title=role.title,
        people=frozenset(people),
        shown=" or ".join(shown) or role.title,
        unpinged=await _unpinged(front, workspace_id, role, ids),
    )


async def _unpinged(front: Front, workspace_id: str, role: ApproverRole, ids: list[str]) -> str:
    """Return how a role is named where nobody shall be alerted: handles and names as plain text."""
    handles = {}
    if any(is_group(one) for one in ids):
        handles = {group.id: f"@{group.handle}" for group in await front.slack.groups_lately(workspace_id)}
    known = await front.office.look_up(_names, front.office.own_occasion(workspace_id), ids)
    named = [f"@{role.group}"] if role.group else []
    named += [name for one in dict.fromkeys(ids) if (name := handles.get(one) or known.get(one))]
    return " or ".join(named) or role.title


def _names(desk: Desk, ids: list[str]) -> dict[str, str]:
    found = (desk.tx.people.get(desk.at.workspace_id, one) for one in ids if not is_group(one))
    return {person.user_id: person.name for person in found if person}


async def _named_by_answers(
    front: Front, workspace_id: str, pilot: Pilot, roles: list[ApproverRole]
) -> dict[str, Answer]:
    """Return the answers that name who is in a role, by item; nothing is asked where no role is named so."""
    if not any(role.item for role in roles):
        return {}
    return await front.office.look_up(_answers, front.office.own_occasion(workspace_id), pilot.id)


async def _owner(front: Front, workspace_id: str, pilot: Pilot) -> str | None:
    """Return who owns the pilot; nobody decides in the owner's place where they declined."""
    return await front.office.look_up(answerable.owner_of, front.office.own_occasion(workspace_id), pilot)


def _answers(desk: Desk, pilot_id: str) -> dict[str, Answer]:
    return dict(desk.tx.answers.current(pilot_id))


def _ids_in(answer: Answer | None) -> tuple[str, ...]:
    """Return the people and groups that an answer names; whoever is named in an answer of another kind is nobody."""
    value = answer.value if answer else None
    return value.ids if value and value.kind in {AnswerKind.PERSON, AnswerKind.GROUP} else ()
