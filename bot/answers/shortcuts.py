"""A message becomes an answer, or evidence for one: which pilots and questions it may belong to, and taking it.

Each function is one transaction's work. The words are read as if their author had said them in the thread; who picked
them answers for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers import errors, hearing
from bot.answers.names import About, Shortcut
from bot.answers.picked import Picked
from bot.answers.reading import Said
from bot.answers.views import Listed
from bot.answers.workflow import item_of, judged, listed_items, take
from bot.desk import Desk
from bot.domain.answers import Answer, Reading, Status
from bot.domain.people import Person, is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.text import mentioned
from bot.interview import elsewhere, errors as interview_errors, listening, recording
from bot.interview.recording import Where
from bot.pilots import answerable, workflow as pilots


@dataclass(frozen=True, slots=True)
class Offer:
    """What a picked message may be used for."""

    pilots: Sequence[Pilot]
    pilot: Pilot | None
    listed: Sequence[Listed]
    item_id: str | None
    """The question that is meant most likely: the one that is open in the thread."""
    used_for: tuple[str, ...]
    """The titles of what this message answers already."""
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a picked message."""

    pilot: Pilot
    item: Item
    answer: Answer


def offer(desk: Desk, what: Shortcut, picked: Picked, pilot_id: str | None) -> Offer:
    """Return what the message may be used for; the pilot is the one chosen, or the one that the place tells."""
    pilots.check_member(desk, interview_errors.MayNotAnswer)
    _check_not_ours(desk, picked)
    if what is Shortcut.ANSWER:
        picked.check_says_something()
    everything = desk.tx.pilots.all_active(desk.at.workspace_id)
    if not everything:
        raise errors.NoPilotForMessage
    pilot = pilots.get_running(desk, pilot_id) if pilot_id else _pilot_of_place(desk, picked, everything)
    running = desk.tx.interviews.open_of(pilot.id) if pilot else None
    standing = desk.tx.answers.standing_on(desk.at.workspace_id, picked.channel_id, picked.ts)
    found = (listening.item_of(desk, one.pilot_id, one.item_id) for one in standing)
    titles = [item.title for item in found if item]
    return Offer(
        pilots=everything,
        pilot=pilot,
        listed=listed_items(desk, pilot) if pilot else (),
        item_id=running.open_item_id if running else None,
        used_for=tuple(titles),
        names=_names(desk, picked),
    )


def use(desk: Desk, what: Shortcut, picked: Picked, about: About, field: str) -> Taken:
    """Take a message as the answer to an item, or as evidence for it; `field` is where the item was chosen."""
    pilots.check_member(desk, interview_errors.MayNotAnswer)
    _check_not_ours(desk, picked)
    pilot = pilots.get_active(desk, about.pilot_id)
    item = item_of(desk, pilot, about.item_id)
    before = desk.tx.answers.current(pilot.id).get(item.id)
    if before and (before.message_channel_id, before.message_ts) == (picked.channel_id, picked.ts):
        raise errors.UsedAlready(field, title=item.title)
    if what is Shortcut.ANSWER:
        reading, where = (
            _as_answer(desk, pilot, item, picked),
            Where(picked.channel_id, picked.ts, picked=True),
        )
    else:
        reading, where = _as_evidence(desk, pilot, item, picked, before, field), Where()
    answer = take(desk, pilot, item, reading, where)
    if answer is None:  # pragma: no cover - a message that was picked is taken as often as it is picked
        raise errors.UsedAlready(field, title=item.title)
    return Taken(pilot, item, answer)


def _as_answer(desk: Desk, pilot: Pilot, item: Item, picked: Picked) -> Reading:
    picked.check_says_something()
    words = picked.text if picked.text.strip() else " ".join(picked.files)
    read = _heard(desk, pilot, item, words, picked.author_id)
    detail = read.detail if picked.text.strip() else ""
    author = desk.tx.people.get(desk.at.workspace_id, picked.author_id) if picked.author_id else None
    if author and picked.author_id != desk.at.actor_id:
        detail = elsewhere.said_by(detail, author.name)
    links = dict.fromkeys((*read.evidence, *_links(desk, picked)))
    return read.model_copy(update={"detail": detail, "evidence": tuple(links)})


def _as_evidence(
    desk: Desk, pilot: Pilot, item: Item, picked: Picked, before: Answer | None, field: str
) -> Reading:
    """Add the message's links to the answer; without an answer they are read as if somebody had pasted them."""
    links = _links(desk, picked)
    if before and set(links) <= set(before.evidence):
        raise errors.LinkedAlready(field, title=item.title)
    if before is None or before.status is Status.SKIPPED:
        read = _heard(desk, pilot, item, " ".join(links), desk.at.actor_id)
        return read.model_copy(update={"evidence": links, "detail": ""})  # an address is no words
    reading = recording.as_reading(before)
    evidence = tuple(dict.fromkeys((*reading.evidence, *links)))
    said = Said(reading.status, reading.detail, reading.value, evidence, reading.plan)
    return judged(desk, pilot, item, said)


def _heard(desk: Desk, pilot: Pilot, item: Item, text: str, speaker_id: str) -> Reading:
    book = listening.book_for(desk, desk.tx.interviews.open_of(pilot.id))
    return hearing.heard(desk, pilot, item, text, speaker_id or desk.at.actor_id, book)


def _links(desk: Desk, picked: Picked) -> tuple[str, ...]:
    workspace = desk.tx.workspaces.get(desk.at.workspace_id)
    own = (picked.link(workspace.url),) if workspace else ()
    return (*own, *picked.files)


def _pilot_of_place(desk: Desk, picked: Picked, everything: Sequence[Pilot]) -> Pilot | None:
    """Return the pilot that is talked about where the message stands: in its thread, in its channel, or the only one of theirs."""
    thread = picked.thread_ts or picked.ts
    interview = desk.tx.interviews.in_thread(desk.at.workspace_id, picked.channel_id, thread)
    if interview:
        return next((pilot for pilot in everything if pilot.id == interview.pilot_id), None)
    here = [pilot for pilot in everything if pilot.channel_id == picked.channel_id]
    theirs = [pilot for pilot in here or everything if answerable.may_steer(desk, pilot, desk.at.actor_id)]
    return next((some[0] for some in (here, everything, theirs) if len(some) == 1), None)


def _check_not_ours(desk: Desk, picked: Picked) -> None:
    workspace = desk.tx.workspaces.get(desk.at.workspace_id)
    if workspace and picked.author_id == workspace.bot_user_id:
        raise errors.OwnMessage


def _names(desk: Desk, picked: Picked) -> dict[str, str]:
    ids = (picked.author_id, *(one for one in mentioned(picked.text) if not is_group(one)))
    people: list[Person | None] = [desk.tx.people.get(desk.at.workspace_id, one) for one in ids if one]
    return {person.user_id: person.name for person in people if person}
