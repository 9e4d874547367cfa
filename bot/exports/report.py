"""The full report of a pilot as a Markdown file: every answer with its evidence, what is still to do, and how it came so.

Gathers facts and hands them to the template; changes nothing. Names stand in it as names, because a file shows no mentions.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from bot.desk import Desk
from bot.domain.actions import Action
from bot.domain.answers import Answer, Value
from bot.domain.asks import Ask
from bot.domain.handovers import Handover
from bot.domain.moves import StageMove
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Gate, Item
from bot.domain.posture import posture
from bot.domain.readiness import ItemStanding
from bot.domain.steps import steps_taken
from bot.domain.waivers import Waiver
from bot.exports.exported import PilotLine
from bot.exports.exporting import lines_of
from bot.interview import shown
from bot.pilots import answerable, workflow as pilots
from bot.pilots.messages import stage_title, tier_of
from prompts.values import Saying, value_in_words

Names = Mapping[str, str]
"""What people, user groups and channels are called, by id."""


class File(NamedTuple):
    """A file to hand out."""

    name: str
    title: str
    content: str


class Entry(NamedTuple):
    """One item with its answer and everything around it."""

    standing: ItemStanding
    value: str
    owner: str
    action: Action | None
    ask: Ask | None
    asked: str
    answered_by: str
    earlier: list["Revision"]


class Revision(NamedTuple):
    """An answer as it was before."""

    answer: Answer
    by: str
    value: str


class ToldWaiver(NamedTuple):
    """A waiver of the pilot, whatever became of it, with names."""

    waiver: Waiver
    title: str
    asked_by: str
    decided_by: str
    ended_by: str


class Section(NamedTuple):
    """What one gate asks for the first time."""

    gate: Gate
    entries: list[Entry]


class Order(NamedTuple):
    """Where a report is wanted: under the conversation, or under the pilot's card where there was none."""

    pilot_id: str
    name: str
    channel_id: str
    thread_ts: str | None
    link: str | None


def order(desk: Desk, pilot_id: str) -> Order:
    """Take an order for a report; guests and people of other workspaces are refused, because a file shows everything."""
    pilots.check_member(desk)
    pilot = pilots.get(desk, pilot_id)
    latest = desk.tx.interviews.latest_of(pilot.id)
    root = shown.root_of(desk, latest) if latest else None
    above = (
        root
        if root and root.slack_ts
        else desk.tx.messages.by_key(pilot.workspace_id, pilots.card_key(pilot.id))
    )
    channel_id = (above.slack_channel_id if above else None) or pilot.channel_id
    return Order(pilot.id, pilot.name, channel_id, above.slack_ts if above else None, desk.link_to(above))


def report(desk: Desk, pilot_id: str, groups: Names) -> File:
    """Return the report of a pilot; `groups` are the names of user groups, which only Slack knows."""
    told = gathered(desk, pilot_id, groups)
    content = desk.library.markdown("exports/report", **facts_of(desk, told))
    return File(name=f"{slug(told.pilot.name)}-readiness.md", title=told.pilot.name, content=content)


class Gathered(NamedTuple):
    """Everything that is told of a pilot."""

    pilot: Pilot
    line: PilotLine
    standing: pilots.Standing
    sections: list[Section]
    history: Mapping[str, list[Answer]]
    waivers: Sequence[Waiver]
    moves: Sequence[StageMove]
    named: Names


def gathered(desk: Desk, pilot_id: str, groups: Names) -> Gathered:
    """Look up everything that is told of a pilot."""
    pilot = pilots.get(desk, pilot_id)
    found = pilots.standing_of(desk, pilot)
    history = _history(desk, pilot)
    moves = desk.tx.moves.of_pilot(pilot.id)
    named = _names(desk, pilot, history, moves, groups)
    (line,) = lines_of(desk, [pilot], groups)
    return Gathered(
        pilot=pilot,
        line=line,
        standing=found,
        sections=_sections(desk, pilot, found.gate, history, named),
        history=history,
        waivers=desk.tx.waivers.all_of_pilot(pilot.id),
        moves=moves,
        named=named,
    )


def facts_of(desk: Desk, told: Gathered) -> dict[str, Any]:
    """Return what the templates of a report are told."""
    pilot, gate, named = told.pilot, told.standing.gate, told.named
    current = desk.tx.answers.current(pilot.id)
    owner = answerable.ownership_of(desk, pilot)
    accepted = desk.tx.handovers.accepted_of(pilot.id) if owner.accepted_at else None
    return {
        "pilot": pilot,
        "line": told.line,
        "stage": told.line.stage.title,
        "gate": gate,
        "to_stage": stage_title(desk.library, gate.to_stage) if gate else None,
        "verdict": told.standing.verdict,
        "champion": named.get(pilot.champion_id, pilot.champion_id),
        "champion_gone": answerable.champion_gone(desk, pilot),
        "owner": named.get(pilot.owner_id, pilot.owner_id),
        "ownership": owner,
        "next_owner": named.get(owner.next_id, owner.next_id) if owner.next_id else "",
        "handover": accepted,
        "contact": _contact(accepted, named) if accepted else "",
        "tier": tier_of(desk.library, pilot),
        "sections": told.sections,
        "areas": posture(desk.playbook, current, desk.at.now),
        "steps": steps_taken(desk.playbook, pilot.stage, current, desk.at.now),
        "waivers": [_told(desk, one, named) for one in told.waivers],
        "gone": _gone(desk, told.history, named),
        "now": desk.at.now,
        "version": desk.playbook.version,
    }


def _contact(accepted: Handover, named: Names) -> str:
    """Return who is called when it breaks."""
    who = named.get(accepted.contact_id, accepted.contact_id) if accepted.contact_id else ""
    return ", ".join(one for one in (who, accepted.contact) if one)


def _sections(
    desk: Desk, pilot: Pilot, next_gate: Gate | None, history: Mapping[str, list[Answer]], named: Names
) -> list[Section]:
    """Return the gates up to the next one, and later ones of which something was answered already."""
    current = desk.tx.answers.current(pilot.id)
    actions, asks = desk.tx.actions.open_of_pilot(pilot.id), desk.tx.asks.open_of_pilot(pilot.id)
    told: set[str] = set()
    sections, ahead = [], False
    for gate in desk.playbook.gates:
        items = [item for item in desk.playbook.items_of(gate) if item.id not in told]
        told |= {item.id for item in items}
        shown = [item for item in items if not ahead or item.id in current]
        judged = pilots.verdict_on(desk, pilot, shown)
        entries = [
            _entry(one, history.get(one.item.id, []), actions.get(one.item.id), asks.get(one.item.id), named)
            for one in judged.items
        ]
        if entries:
            sections.append(Section(gate, entries))
        ahead = ahead or gate == next_gate
    return sections


def _entry(
    one: ItemStanding, revisions: list[Answer], action: Action | None, ask: Ask | None, named: Names
) -> Entry:
    answer = one.answer
    owner = (
        (named.get(action.owner_id, action.owner_id) if action.owner_id else action.owner_said)
        if action
        else ""
    )
    return Entry(
        standing=one,
        value=_said(answer.value, one.item, named) if answer else "",
        owner=owner,
        action=action,
        ask=ask,
        asked=named.get(ask.asked_id, ask.asked_id) if ask else "",
        answered_by=named.get(answer.answered_by, answer.answered_by) if answer else "",
        earlier=[_revision(was, one.item, named) for was in reversed(revisions[:-1])],
    )


def _revision(answer: Answer, item: Item | None, named: Names) -> Revision:
    by = named.get(answer.answered_by, answer.answered_by)
    return Revision(answer, by, _said(answer.value, item, named))


def _said(value: Value | None, item: Item | None, named: Names) -> str:
    """Return a value as a plain line: "0.11 €", "94 %", "2026-12-04", names, titles of options."""
    say = Saying(day=date.isoformat, mention=lambda one: named.get(one, one), link=str, text=str)
    return value_in_words(value, item, say, most=None)


def _history(desk: Desk, pilot: Pilot) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in desk.tx.answers.history(pilot.id):
        found.setdefault(answer.item_id, []).append(answer)
    return found


def _told(desk: Desk, waiver: Waiver, named: Names) -> ToldWaiver:
    item = desk.playbook.item(waiver.item_id)
    asked, decided, ended = (
        named.get(one, one) if one else "" for one in (waiver.asked_by, waiver.decided_by, waiver.ended_by)
    )
    return ToldWaiver(waiver, item.title if item else waiver.item_id, asked, decided, ended)


def _gone(desk: Desk, history: Mapping[str, list[Answer]], named: Names) -> list[tuple[str, Revision]]:
    """Return the last answers to items that the checklists ask no more: they stay on the record."""
    return [
        (item_id, _revision(revisions[-1], None, named))
        for item_id, revisions in history.items()
        if desk.playbook.item(item_id) is None
    ]


def _names(
    desk: Desk, pilot: Pilot, history: Mapping[str, list[Answer]], moves: Iterable[StageMove], groups: Names
) -> dict[str, str]:
    ids = {
        *(move.by for move in moves),
        pilot.champion_id,
        pilot.owner_id,
        *_ids_of(answer for some in history.values() for answer in some),
    }
    ids |= {action.owner_id for action in desk.tx.actions.open_of_pilot(pilot.id).values() if action.owner_id}
    ids |= {ask.asked_id for ask in desk.tx.asks.open_of_pilot(pilot.id).values()}
    for handover in desk.tx.handovers.of_pilot(pilot.id):
        ids |= {one for one in (handover.to_id, handover.contact_id) if one}
    for waiver in desk.tx.waivers.all_of_pilot(pilot.id):
        ids |= {one for one in (waiver.asked_by, waiver.decided_by, waiver.ended_by) if one}
    people = desk.tx.people.some(pilot.workspace_id, (one for one in ids if not is_group(one)))
    return {group_id: f"@{handle}" for group_id, handle in groups.items()} | {
        user_id: person.name for user_id, person in people.items() if person.name
    }


def _ids_of(answers: Iterable[Answer]) -> set[str]:
    found: set[str] = set()
    for answer in answers:
        found.add(answer.answered_by)
        if answer.value and answer.value.kind in {AnswerKind.PERSON, AnswerKind.GROUP}:
            found.update(answer.value.ids)
    return found


def slug(name: str) -> str:
    """Return a pilot's name as a file's name: letters and digits of any script, dashes between."""
    kept = "".join(character if character.isalnum() else " " for character in name.casefold())
    return "-".join(kept.split())[:60] or "pilot"
