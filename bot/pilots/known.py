"""What a registration tells already: it answers the items that ask for it, so that nobody is asked twice.

Each such answer is read by the coach like any other. One that could not be checked is not filled in, so that the
conversation asks for it. Nothing here changes a pilot.
"""

from bot.desk import Desk
from bot.domain import coaching
from bot.domain.answers import Answer, Reading, Status, Value
from bot.domain.people import is_group, mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Fact, Item
from prompts.english import number


def fill_in(desk: Desk, pilot: Pilot) -> None:
    """Record what the registration says about the items that are known from it."""
    for checklist in desk.playbook.checklists:
        for item in checklist.items:
            if item.known_from is not None:
                _record(desk, pilot, item, item.known_from)


def _record(desk: Desk, pilot: Pilot, item: Item, fact: Fact) -> None:
    reading = _reading(desk, pilot, item, fact)
    if reading.concern is not None or reading.status is not Status.IN_PLACE:
        return
    desk.tx.answers.record(
        Answer(
            pilot_id=pilot.id,
            item_id=item.id,
            revision=0,  # the store counts
            status=reading.status,
            detail=reading.detail,
            evidence=reading.evidence,
            value=reading.value,
            answered_by=pilot.registered_by,
            answered_at=desk.at.now,
        )
    )


def _reading(desk: Desk, pilot: Pilot, item: Item, fact: Fact) -> Reading:
    """Return what the fact says, past the coach where it is in somebody's words."""
    match fact:
        case Fact.PROBLEM:
            return coaching.read(f"yes: {pilot.problem}", item, desk.playbook.coaching).model_copy(
                update={"detail": pilot.problem}
            )
        case Fact.METRIC:
            return coaching.read(_bar(pilot), item, desk.playbook.coaching)
        case Fact.CHAMPION:
            return _named(desk, pilot, item, pilot.champion_id)
        case Fact.OWNER:
            return _named(desk, pilot, item, pilot.owner_id)


def _bar(pilot: Pilot) -> str:
    metric = pilot.metric
    unit = f" {metric.unit}" if metric.unit else ""
    return f"{metric.name}: {number(metric.baseline)}{unit} → {number(metric.bar)}{unit}"


def _named(desk: Desk, pilot: Pilot, item: Item, who: str) -> Reading:
    """Return who it is, with what the item itself doubts about them: a champion as the owner, one person for a team."""
    kind = AnswerKind.GROUP if is_group(who) else AnswerKind.PERSON
    names = _names(desk, pilot.champion_id, who)
    ear = coaching.Ear(
        speaker_id=pilot.registered_by,
        champion_id=pilot.champion_id,
        champion_name=names.get(pilot.champion_id, ""),
        owner_id=pilot.owner_id,
    )
    read = coaching.read(mention(who), item, desk.playbook.coaching, names=names, ear=ear)
    return Reading(
        status=Status.IN_PLACE,
        detail=f"@{names[who]}" if who in names else "",  # a group is shown from the value
        value=Value(kind=kind, ids=(who,)),
        concern=read.concern if read.concern in item.checks else None,
    )


def _names(desk: Desk, *ids: str) -> dict[str, str]:
    people = (desk.tx.people.get(desk.at.workspace_id, one) for one in ids if not is_group(one))
    return {person.user_id: person.name for person in people if person}
