"""Where a handover shows: the one question to whoever is proposed, and the words in the pilot's thread.

A person is asked in a direct message; a user group under the pilot's card, where all of its members can read it.
"""

from dataclasses import replace

from bot.desk import Desk
from bot.domain.handovers import Handover
from bot.domain.messages import Body
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.handover import messages
from bot.handover.messages import Ended, Facts, Told
from bot.interview import shown as interviews
from bot.pilots import workflow as pilots
from bot.pilots.messages import stage_title


def asked_key(handover_id: str) -> str:
    """Return the key of the one question that a handover is, for ever."""
    return f"handover:{handover_id}:asked"


def told_key(handover_id: str, what: Told) -> str:
    """Return the key of a word in the pilot's thread about a handover."""
    return f"handover:{handover_id}:{what}"


def relieved_key(handover_id: str) -> str:
    """Return the key of the direct message to the owner before."""
    return f"handover:{handover_id}:relieved"


def facts_of(desk: Desk, pilot: Pilot, handover: Handover, before: str | None = None) -> Facts:
    """Return what the messages about a handover speak of; `before` is an owner who had accepted until now."""
    card = desk.tx.messages.by_key(pilot.workspace_id, pilots.card_key(pilot.id))
    stays = pilot.owner_id if pilot.owner_accepted_at and pilot.owner_id != handover.to_id else None
    return Facts(handover, pilot, before or stays, _needed_for(desk, pilot), desk.link_to(card))


def is_asked(desk: Desk, handover: Handover) -> bool:
    """Whether the question was put to whoever is proposed."""
    return desk.tx.messages.by_key(handover.workspace_id, asked_key(handover.id)) is not None


def ask(desk: Desk, facts: Facts) -> None:
    """Put the question to whoever is proposed."""
    _show(desk, facts, messages.asked_message(desk.library, facts))


def settle(desk: Desk, facts: Facts) -> None:
    """Let the question say what was answered."""
    _show(desk, facts, messages.answered_message(desk.library, facts))


def end(desk: Desk, facts: Facts, why: Ended) -> None:
    """Let the question say that nobody waits for an answer any more; who never read it is not told."""
    if is_asked(desk, facts.handover):
        body = messages.ended_message(desk.library, replace(facts, by=desk.at.actor_id), why)
        _show(desk, facts, body)


def tell(desk: Desk, facts: Facts, what: Told) -> None:
    """Tell the pilot's thread; whoever runs the pilot and whoever proposed are the ones to find somebody else."""
    handover, pilot = facts.handover, facts.pilot
    them = dict.fromkeys((pilot.champion_id, handover.proposed_by))
    able = [one for one in them if one not in {handover.decided_by, handover.to_id}]
    told = replace(facts, told=tuple(able or them))
    body = messages.told_message(desk.library, told, what)
    interviews.tell(desk, pilot, told_key(handover.id, what), body)


def relieve(desk: Desk, facts: Facts) -> None:
    """Tell the owner before that they are relieved; a user group reads it in the thread."""
    before, handover = facts.before, facts.handover
    if before is None or is_group(before):
        return
    person = desk.tx.people.get(handover.workspace_id, before)
    if person and not person.deactivated:
        body = messages.relieved_message(desk.library, facts)
        desk.tx.messages.show(handover.workspace_id, relieved_key(handover.id), before, body)


def _show(desk: Desk, facts: Facts, body: Body) -> None:
    handover, pilot = facts.handover, facts.pilot
    workspace_id, key = handover.workspace_id, asked_key(handover.id)
    if facts.to_group:
        card = desk.tx.messages.by_key(workspace_id, pilots.card_key(pilot.id))
        under = card.id if card else None
        desk.tx.messages.show(workspace_id, key, pilot.channel_id, body, under=under)
    else:
        desk.tx.messages.show(workspace_id, key, handover.to_id, body)


def _needed_for(desk: Desk, pilot: Pilot) -> str | None:
    """Return the first stage ahead that takes an owner who accepted."""
    stages = [stage.id for stage in desk.playbook.stages]
    here = stages.index(pilot.stage) if pilot.stage in stages else 0
    for gate in desk.playbook.gates:
        procedure = desk.playbook.procedure(gate, pilot.tier) if gate.leads_on else None
        ahead = gate.from_stage in stages and stages.index(gate.from_stage) >= here
        if ahead and procedure and procedure.policy.accepted_owner:
            return stage_title(desk.library, gate.to_stage)
    return None
