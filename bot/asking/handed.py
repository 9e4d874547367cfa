"""Handed questions, found again: what they are about, and who may still answer or take them back."""

from typing import Any

from bot.asking import errors
from bot.desk import Desk
from bot.domain.asks import Ask, AskState
from bot.domain.conversations import Interview
from bot.domain.errors import Refusal
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import listening
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldRefusal


def get(desk: Desk, ask_id: str) -> Ask:
    """Return a handed question of this workspace; a forged or old id is refused."""
    found = desk.tx.asks.get(desk.at.workspace_id, ask_id)
    if found is None:
        raise errors.AskGone
    return found


def pilot_of(desk: Desk, ask_id: str) -> Pilot:
    """Return the pilot that a handed question is about, for the listener that resolves who owns it."""
    return pilots.get(desk, get(desk, ask_id).pilot_id)


def locked(desk: Desk, ask_id: str) -> tuple[Ask, Pilot]:
    """Return a question as it is once nobody else changes its pilot; a retired pilot is refused."""
    found = get(desk, ask_id)
    pilot = pilots.get_active(desk, found.pilot_id)
    return get(desk, ask_id), pilot


def check_asked(desk: Desk, pilot: Pilot, found: Ask) -> None:
    """Refuse whoever was not asked, and everybody once the question is closed."""
    me = desk.at.actor_id
    if me not in found.people:
        raise errors.NotAsked(who=mention(found.asked_id))
    if found.state is not AskState.OPEN:
        raise refusal(desk, pilot, found)
    if me not in desk.tx.asks.still_asked(found.id):
        raise errors.HandedBack(name=pilot.name)


def refusal(desk: Desk, pilot: Pilot, found: Ask) -> Refusal:
    """Return why a question that is not open can be neither answered nor taken back."""
    by = found.closed_by
    if found.state is AskState.WITHDRAWN:
        if by is None or by in found.people:
            return errors.NoLongerAsked(name=pilot.name)
        return errors.TakenBack(who=mention(by))
    if by is None or by == desk.at.actor_id:
        return errors.AnsweredAlready()
    return errors.AnsweredBy(who=mention(by), name=pilot.name)


def interview_of(desk: Desk, found: Ask) -> Interview | None:
    """Return the conversation that a handed question belongs to."""
    return desk.tx.interviews.get(found.workspace_id, found.interview_id) if found.interview_id else None


def item_of(desk: Desk, found: Ask) -> Item | None:
    """Return the item that a handed question is about; None where no playbook has it any more."""
    return listening.item_of(desk, found.pilot_id, found.item_id, interview_of(desk, found))


def facts(found: Ask) -> dict[str, Any]:
    """Return what the record keeps of a question."""
    return found.model_dump(mode="json", include={"id", "item_id", "asked_id", "people", "note", "asked_by"})


def objection(desk: Desk, user_id: str) -> FieldRefusal | None:
    """Return why somebody cannot be asked, at the field that names a person; None where they can."""
    person = desk.tx.people.get(desk.at.workspace_id, user_id)
    if user_id == desk.at.actor_id:
        return errors.Yourself("whom")
    if person is None:
        return errors.NobodyKnown("whom")
    if person.deactivated:
        return errors.HasLeft("whom")
    if person.bot:
        return errors.IsBot("whom")
    return errors.IsGuest("whom") if person.guest or person.from_elsewhere else None
