"""Pilots that a board let pass, for the tests of what re-opens a gate."""

from datetime import timedelta
from typing import Any

from bot.domain.answers import Reading, Status
from bot.domain.flags import Flag
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.policies import SIMPLE
from bot.domain.reviews import Board, Choice, Condition, Resolved, Review
from bot.domain.values import PREFLIGHT
from bot.interview import shown, workflow as interviews
from bot.reopening import workflow as reopening
from bot.review import deciding, requesting
from bot.review.messages import as_seen
from prompts.library import Library
from storage.transaction import Tx

from .conftest import MAYA, PRIYA, SAM, WORKSPACE, House, words_of

IN_PLACE = Reading(status=Status.IN_PLACE, detail="Live since 3 March", evidence=("https://a.example/proof",))
NOT_YET = Reading(status=Status.NOT_YET, detail="There is no switch any more")
BOARD = Board(
    roles=(
        Resolved(
            role=SIMPLE,
            title="the gate approvers",
            people=frozenset({PRIYA, SAM}),
            shown="@gate-approvers",
            unpinged="the gate approvers",
        ),
    )
)


def put_in_place(house: House, pilot: Pilot, *, but: frozenset[str] = frozenset()) -> None:
    """Answer everything that the next gate asks, except for some items."""
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), f"{house.now:%s}.{len(interview.asked):06d}")
    for item_id in interview.asked:
        answer(house, pilot, item_id, NOT_YET if item_id in but else IN_PLACE)


def answer(house: House, pilot: Pilot, item_id: str, reading: Reading = IN_PLACE) -> None:
    house.do(interviews.change_answer, MAYA, pilot.id, item_id, reading)


def approve(house: House, pilot: Pilot, *conditions: Condition) -> Review:
    """Let the board approve the next stage."""
    review = house.do(requesting.request, MAYA, pilot.id, BOARD)
    return house.do(
        deciding.vote,
        PRIYA,
        review.id,
        as_seen(review).partition(":")[2],
        Choice.APPROVE,
        BOARD,
        conditions=conditions,
    )


def sweep(house: House, **time: float) -> int:
    """Let time pass and do the minute's work; return how many pilots were looked at."""
    house.later(**time)
    looked_at = 0
    while found := house.do(reopening.sweep, PREFLIGHT):
        looked_at += found
    return looked_at


def flags(house: House, pilot: Pilot) -> list[Flag]:
    """Return what is raised; the pilot itself knows how many that are."""
    raised = house.store.read_sync(lambda tx: tx.flags.raised_of(pilot.id))
    assert house.pilot(pilot.id).flags == len(raised)
    return raised


def subjects(house: House, pilot: Pilot) -> set[tuple[str, str]]:
    return {(one.kind.value, one.subject) for one in flags(house, pilot)}


def becomes(house: House, user_id: str, **facts: Any) -> None:
    """Let Slack have told that a person changed, and follow it up."""
    person = house.store.read_sync(lambda tx: tx.people.get(WORKSPACE, user_id))
    assert person
    changed: Person = person.model_copy(update=facts)
    house.store.write_sync(lambda tx: tx.people.remember(changed))
    house.do(reopening.person_gone, PREFLIGHT, user_id)


def post(house: House) -> None:
    """Pretend that what was said about a gate is on its way to Slack."""

    def begin(tx: Tx) -> None:
        for one in tx.messages.unsent(house.now, 1000):
            if one.key.startswith("reopening:") and one.first_attempt_at is None:
                assert tx.messages.claim(one.id, "test", house.now + timedelta(seconds=30), house.now)
                assert tx.messages.begin_first_post(one.id, "test", house.now)
                tx.messages.release(one.id, "test")

    house.store.write_sync(begin, now=house.now)


def own_words(house: House, pilot: Pilot) -> list[str]:
    """Return the words about an owner who left while the gate was open already."""
    rows = house.store.read_sync(lambda tx: tx.messages.unsent(house.now, 1000))
    return [
        words_of(one.body)
        for one in rows
        if one.key.startswith(f"reopening:{pilot.id}:") and ":owner:" in one.key
    ]


def said(house: House, pilot: Pilot, ending: str = "") -> list[str]:
    """Return the words about a gate that was open again, in the order in which they were begun: in the pilot's channel,
    or, with an ending, under the review (`:board`) or about the owner."""
    rows = house.store.read_sync(lambda tx: tx.messages.unsent(house.now, 1000))
    prefix = f"reopening:{pilot.id}:"
    keys = sorted(one.key for one in rows if one.key.startswith(prefix))
    plain = [key for key in keys if key.count(":") == prefix.count(":") + 1]
    return [house.words(f"{key}{ending}") for key in plain]


def with_playbook(house: House, **changed: Any) -> None:
    """Let the house go on with another playbook, as after a restart."""
    house.library = Library(house.library.playbook.model_copy(update=changed), house.library.templates)


def with_readiness(house: House, *items: Item) -> None:
    """Let the house go on with other questions for the first gate."""
    lists = [
        one.model_copy(update={"items": items}) if one.id == "readiness" else one
        for one in house.library.playbook.checklists
    ]
    with_playbook(house, checklists=tuple(lists))


def readiness(house: House) -> tuple[Item, ...]:
    book = house.library.playbook
    return next(one.items for one in book.checklists if one.id == "readiness")
