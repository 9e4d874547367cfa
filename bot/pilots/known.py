"""What is known of a pilot already: it answers the items that ask for it, so that nobody is asked twice.

Registration tells most of it, the production owner's acceptance the rest. Each such answer is read by the coach like any
other. One that could not be checked is not filled in, so that the conversation asks for it. Nothing here changes a pilot.
"""

from collections.abc import Mapping
from datetime import date

from bot.desk import Desk
from bot.domain import coaching
from bot.domain.answers import Answer, Reading, Status, Value
from bot.domain.handovers import Handover
from bot.domain.people import is_group, mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Fact, Item
from prompts.english import number, short_day


def fill_in(desk: Desk, pilot: Pilot) -> None:
    """Record what the registration says about the items that are known from it."""
    for checklist in desk.playbook.checklists:
        for item in checklist.items:
            if item.known_from is not None:
                _record(desk, pilot, item, item.known_from)


def acceptance(
    desk: Desk, pilot: Pilot, accepted: Handover, on: date, groups: Mapping[str, str]
) -> list[tuple[Item, Reading]]:
    """Return what an acceptance says about the items that are known from it; `groups` are names that only Slack knows.

    Nothing of an item that doubts this owner, such as one that asks for somebody else than the champion.
    """
    found = [
        item
        for checklist in desk.playbook.checklists
        for item in checklist.items
        if item.known_from is Fact.ACCEPTANCE and item.kind in _SAYS_ACCEPTED
    ]
    return [
        (item, _accepted(desk, item, accepted, on, groups))
        for item in found
        if _named(desk, pilot, _asking_who(item), accepted.to_id).concern is None
    ]


def championship(desk: Desk, pilot: Pilot) -> list[tuple[Item, Reading]]:
    """Return what a new champion says about the items that are known from who champions a pilot; nothing that is doubted."""
    items = [item for checklist in desk.playbook.checklists for item in checklist.items]
    found = [item for item in items if item.known_from is Fact.CHAMPION]
    readings = [(item, _named(desk, pilot, item, pilot.champion_id)) for item in found]
    return [(item, reading) for item, reading in readings if reading.concern is None]


_SAYS_ACCEPTED = frozenset(
    {
        AnswerKind.STATUS,
        AnswerKind.TEXT,
        AnswerKind.DATE,
        AnswerKind.LINK,
        AnswerKind.PERSON,
        AnswerKind.GROUP,
    }
)
"""The kinds of answers that an acceptance can give; it holds no figure and chooses nothing."""


def _asking_who(item: Item) -> Item:
    """Return the item as if it asked for a person, so that its doubts about one are heard."""
    return item.model_copy(update={"kind": AnswerKind.PERSON})


def _accepted(desk: Desk, item: Item, accepted: Handover, on: date, groups: Mapping[str, str]) -> Reading:
    """Return it in words, by name, because words of an answer mention nobody."""
    ids = [one for one in (accepted.to_id, accepted.decided_by, accepted.contact_id) if one]
    names = {**_names(desk, *ids), **groups}

    def name(one: str) -> str:
        return f"@{names[one]}" if one in names else "a team" if is_group(one) else "somebody"

    by = name(accepted.decided_by or accepted.to_id)
    called = [name(accepted.contact_id)] if accepted.contact_id else []
    called += [accepted.contact] if accepted.contact else []
    said = [f"Accepted by {by}" + (f" for {name(accepted.to_id)}" if is_group(accepted.to_id) else "")]
    said += [f"on {short_day(on)} {on.year}, on call: {', '.join(called)}"]
    review = accepted.first_review_on
    said += [f"first look on {short_day(review)} {review.year}"] if review else []
    return Reading(
        status=Status.IN_PLACE,
        detail=f"{said[0]} {', '.join(said[1:])}",
        evidence=(accepted.runbook,) if accepted.runbook else (),
        value=_value_of(item, accepted, on),
    )


def _value_of(item: Item, accepted: Handover, on: date) -> Value | None:
    match item.kind:
        case AnswerKind.DATE:
            return Value(kind=item.kind, on=on)
        case AnswerKind.LINK:
            return Value(kind=item.kind, ids=(accepted.runbook,)) if accepted.runbook else None
        case AnswerKind.PERSON | AnswerKind.GROUP:
            kind = AnswerKind.GROUP if is_group(accepted.to_id) else AnswerKind.PERSON
            return Value(kind=kind, ids=(accepted.to_id,))
        case _:
            return None


def _record(desk: Desk, pilot: Pilot, item: Item, fact: Fact) -> None:
    reading = _reading(desk, pilot, item, fact)
    if reading is None or reading.concern is not None or reading.status is not Status.IN_PLACE:
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


def _reading(desk: Desk, pilot: Pilot, item: Item, fact: Fact) -> Reading | None:
    """Return what the fact says, past the coach where it is in somebody's words; None while it is not known."""
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
        case Fact.ACCEPTANCE:
            return None


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
