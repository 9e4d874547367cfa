"""Every word about a gate that is open again, for the tests that read all messages: each cause, few of them and many."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.actions import Action
from bot.domain.answers import Answer, Status
from bot.domain.flags import Flag, FlagKind
from bot.domain.messages import Body
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.readiness import verdict
from bot.domain.reviews import Review, ReviewState
from bot.domain.waivers import WaiverState
from bot.interview import summary as interviews
from bot.pilots import flagged
from bot.reopening import messages
from bot.reopening.messages import Line, Opening, State
from prompts.library import Library

from .gate_shown import review_of
from .waived import waiver_for

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def flag_for(kind: FlagKind, subject: str, *, number: int = 0, cleared: bool = False) -> Flag:
    return Flag(
        id=f"{number:016x}",
        workspace_id="T0",
        pilot_id="0123456789abcdef",
        gate_id="readiness",
        review_id="b" * 16,
        kind=kind,
        subject=subject,
        raised_at=NOW + timedelta(minutes=number),
        cleared_at=NOW + timedelta(hours=3) if cleared else None,
    )


def _condition(text: str) -> Action:
    return Action(
        id="d" * 16,
        workspace_id="T0",
        pilot_id="0123456789abcdef",
        item_id="condition-d",
        what=(text * 9)[:500].strip() or "x",
        owner_id="S0PAYMENTS",
        due_on=date(2026, 11, 20),
        created_by="U0PRIYA",
        created_at=NOW,
        review_id="b" * 16,
    )


def lines(
    items: tuple[Item, ...], reviews: list[Review], answer: Callable[[str, Item, Status], Answer], text: str
) -> Iterator[Line]:
    """Return a line for each way in which something does not hold any more."""
    for number, item in enumerate(items):
        flag = flag_for(FlagKind.EVIDENCE, item.id, number=number)
        line = Line(flag=flag, title=item.title)
        given = answer(text, item, list(Status)[number % len(Status)])
        for answers, when in (
            ({}, NOW),
            ({item.id: given}, NOW),
            ({item.id: given}, NOW + timedelta(days=4000)),
        ):
            yield line.having(standing=verdict((item,), answers, when).items[0])
        risk = Line(flag=flag_for(FlagKind.WAIVER, item.id, number=number), title=item.title)
        yield risk
        for state in (WaiverState.LAPSED, WaiverState.REVOKED):
            yield risk.having(waiver=waiver_for(item.id, text, state))
    owner = Line(flag=flag_for(FlagKind.OWNER, "U0JONAS"), title="The production owner")
    for gone in ({"deactivated": True}, {"guest": True}):
        yield owner.having(person=Person(workspace_id="T0", user_id="U0JONAS", name=text[:80], **gone))
    late = Line(flag=flag_for(FlagKind.CONDITION, "d" * 16), title="A condition that is overdue")
    yield from (late, late.having(condition=_condition(text)))
    hurried = Line(flag=flag_for(FlagKind.BREAK_GLASS, "b" * 16), title="The emergency promotion")
    yield from (hurried.having(review=review) for review in reviews)


def openings(
    library: Library, pilot: Pilot, items: tuple[Item, ...], some: list[Line], review: Review
) -> Iterator[Opening]:
    """Return each state, with one thing of each kind, with all of them, and with more than are spelt out."""
    held = [
        Line(flag=flag_for(FlagKind.EVIDENCE, one.id, number=900 + n, cleared=True), title=one.title)
        for n, one in enumerate(items)
    ]
    facts: dict[str, Any] = {
        "pilot": pilot,
        "began_at": NOW,
        "review": review,
        "asked": "U0JONAS",
        "ahead": library.playbook.gate_from("shadow"),
        "asked_ahead": frozenset(one.id for one in items[::2]),
        "approved_by": ("U0MAYA", "U0JONAS") * 4,
    }
    each = list({(one.flag.kind, one.flag.subject): one for one in some}.values())
    many = [one.having(flag=flag_for(one.flag.kind, f"{n}")) for n, one in enumerate(some * 3)]
    for chosen in ([[one] for one in some], [each], [[*each[-3:], *held[:2]]], [[*many, *held]]):
        for lines_ in chosen:
            yield Opening(state=State.OPEN, lines=tuple(lines_), **facts)
    alone: dict[str, Any] = {"asked": None, "ahead": None, "asked_ahead": frozenset()}
    yield Opening(state=State.OPEN, lines=tuple(each), **(facts | alone))
    for state in (State.MENDED, State.LEFT):
        for few in (held[:1], held):
            yield Opening(state=state, lines=tuple(few), **facts)


def every_message(
    library: Library,
    pilot: Pilot,
    items: tuple[Item, ...],
    answer: Callable[[str, Item, Status], Answer],
    text: str,
) -> Iterator[tuple[str, Body]]:
    """Return the words in the pilot's channel and under the review, and the line of lists."""
    reason = text[:1000].strip() or "x"
    found = verdict(items, {}, NOW)
    reviews = [review_of(pilot, found, state, reason=reason) for state in ReviewState]
    some = list(lines(items[:7], reviews, answer, text))
    decided = next(one for one in reviews if one.state is ReviewState.APPROVED)
    retired = pilot.model_copy(update={"stage": "retired"})
    people = ("U0PRIYA",) * 3
    for whose, review in ((pilot, decided), (retired, decided), (pilot, reviews[-1])):
        few = some if whose is pilot and review is decided else some[-2:]
        for opening in openings(library, whose, items, few, review):
            yield "open again", messages.open_again_message(library, opening)
            if opening.review and len(opening.lines) != 1:
                yield "open again, to the board", messages.board_message(library, opening, people)
                yield "open again, nobody known", messages.board_message(library, opening, ())
    (opening, *_) = openings(library, pilot, items, some, decided)
    for line in some:
        if line.flag.kind is FlagKind.OWNER:
            yield "owner left", messages.owner_message(library, opening, line)
            over = line.having(flag=flag_for(FlagKind.OWNER, "U0JONAS", cleared=True))
            yield "owner found", messages.owner_message(library, opening, over)
            for whose in (pilot, retired):
                left = replace(opening, state=State.LEFT, pilot=whose)
                yield "owner not looked for", messages.owner_message(library, left, over)
    titles = flagged.titles(library, [line.flag for line in some])
    in_status = interviews.open_again_line(library, titles)
    assert in_status
    yield "open again in a status", {"text": "x", "blocks": [in_status]}
