"""Who may decide a gate, as Slack says at the moment of the click. Fails closed: whoever is not found may not decide."""

import asyncio

from bot.desk import Front
from bot.domain.errors import Refusal
from bot.domain.people import is_group, mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.review import Panel
from bot.slack.failures import SlackFailure

PATIENCE_SECONDS = 2.0
"""How long somebody waits for Slack to say who may decide; it gives up on us after three."""


class CouldNotCheck(Refusal):
    """Slack did not say who may decide this just now, so nothing was changed. Please try again in a minute."""


class NothingToDecide(Refusal):
    """There is nothing to approve here: this is upkeep, and the pilot stays in its stage."""


async def panel_for(front: Front, workspace_id: str, pilot: Pilot, gate: Gate) -> Panel:
    """Return those who may decide; nobody is taken from memory."""
    approvers = gate.approvers
    if approvers is None:
        raise NothingToDecide
    people: set[str] = set(approvers.people)
    named = [mention(person) for person in approvers.people]
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            if approvers.group:
                people |= await front.slack.members_of_group(workspace_id, approvers.group)
                named.append(
                    mention(await front.slack.group_id(workspace_id, approvers.group) or approvers.group)
                )
            if approvers.owner:
                people |= await _owners(front, workspace_id, pilot.owner_id)
                named.append(mention(pilot.owner_id))
    except (SlackFailure, TimeoutError) as failure:
        raise CouldNotCheck from failure
    return Panel(title=approvers.title, people=frozenset(people), shown=" or ".join(named))


async def _owners(front: Front, workspace_id: str, owner_id: str) -> frozenset[str]:
    return (
        await front.slack.members_of_group(workspace_id, owner_id)
        if is_group(owner_id)
        else frozenset({owner_id})
    )
