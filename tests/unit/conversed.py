"""Everything that people read in a conversation, for the tests of messages: each kind of question, and what it becomes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bot.domain.answers import Answer, Plan, Status, Value
from bot.domain.conversations import Interview, InterviewState, Scope
from bot.domain.framework import Framework, StallCause
from bot.domain.interview import Progress
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Gate, Item, Option, Playbook, Role
from bot.domain.readiness import ItemStanding, Standing
from bot.interview import lines, messages, question
from prompts.library import Library

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
Answering = Callable[[str, Item, Status], Answer]


def items_of_every_kind(item: Item, text: str) -> Iterator[Item]:
    """Return an item of each kind, and more: many options, a red flag, one that is only announced, somebody else's."""
    said = text[:60].strip() or "x"
    for kind in AnswerKind:
        for count in (2, 5, 6, 100) if kind in {AnswerKind.CHOICE, AnswerKind.CHOICES} else (0,):
            options = tuple(Option(id=f"option-{n}", title=f"{n} {said}"[:75]) for n in range(count))
            changed: dict[str, Any] = {"id": "i" * 80, "kind": kind, "options": options, "title": said}
            yield item.model_copy(update=changed | {"weak": text[:300], "unit": "EUR"})
    yield item.model_copy(update={"red_flag": True, "asks": Role.FINANCE, "guards_against": ("orphaned",)})
    yield item.model_copy(update={"enforce_from": date(2027, 1, 1), "critical": False})


def value_of(item: Item) -> Value | None:
    match item.kind:
        case AnswerKind.STATUS | AnswerKind.TEXT:
            return None
        case AnswerKind.DATE:
            return Value(kind=item.kind, on=date(2026, 12, 4))
        case AnswerKind.PERSON:
            return Value(kind=item.kind, ids=("U0JONAS",))
        case AnswerKind.GROUP:
            return Value(kind=item.kind, ids=("S0PAYMENTS",))
        case AnswerKind.CHOICE | AnswerKind.CHOICES:
            return Value(kind=item.kind, ids=tuple(option.id for option in item.options))
        case AnswerKind.LINK:
            return Value(kind=item.kind, ids=("https://wiki.example/x",))
        case AnswerKind.NUMBER | AnswerKind.MONEY | AnswerKind.PERCENTAGE:
            return Value(kind=item.kind, number=Decimal("-12345678901234567890.125"), unit=item.unit)


def every_message(
    library: Library,
    pilot: Pilot,
    gate: Gate,
    interview: Interview,
    items: tuple[Item, ...],
    answer_with: Answering,
    text: str,
) -> Iterator[tuple[str, Body]]:
    for item in (*items[:2], *items_of_every_kind(items[0], text)):
        held = interview.model_copy(update={"asked": (*interview.asked, item.id)})
        yield from _about(library, pilot, held, item, answer_with, text)
    yield from _roots(library, pilot, gate, interview, text)
    known = [
        ItemStanding(item=item, standing=standing, answer=answer_with(text, item, Status.IN_PLACE))
        for item in items[:7] * 4
        for standing in (Standing.IN_PLACE, Standing.NOT_APPLICABLE)
    ]
    for count in (1, 3, len(known)):
        yield "carried", messages.carried_message(library, interview, known[:count], None)
        yield "confirmed", messages.carried_message(library, interview, known[:count], "U0MAYA")
    for link in ("https://s.example/p1", None):
        yield "started", messages.started(library, pilot, link)


def _about(
    library: Library, pilot: Pilot, interview: Interview, item: Item, answer_with: Answering, text: str
) -> Iterator[tuple[str, Body]]:
    nothing = ItemStanding(item=item, standing=Standing.MISSING, answer=None)
    yield "question", question.question_message(library, interview, nothing)
    yield "unanswered", lines.unanswered_message(library, pilot, item)
    yield "later", lines.asked_later_message(library, item)
    yield "below", lines.asked_below_message(library, item)
    for status, standing in zip(Status, Standing, strict=False):  # a waived item is asked like any other
        value = value_of(item)
        given = answer_with(text, item, status).model_copy(update={"value": value, "plan": plan(text)})
        bare = given.model_copy(update={"detail": lines.words_of(value, item) if value else "", "plan": None})
        for answer in (given, bare):
            yield "settled", lines.settled_message(library, pilot, item, answer)
            yield "below", lines.asked_below_message(library, item, answer)
            known = ItemStanding(item=item, standing=standing, answer=answer)
            yield "known", question.question_message(library, interview, known)
        body = question.follow_up_message(
            library, interview, item, given, text[:300], asks_for_plan=status is Status.PARTLY
        )
        yield "follow-up", body


def plan(text: str) -> Plan:
    return Plan(what=text, who_said=text, by=date(2026, 12, 12))


def _roots(
    library: Library, pilot: Pilot, gate: Gate, interview: Interview, text: str
) -> Iterator[tuple[str, Body]]:
    said = text[:60].strip() or "x"
    upkeep = gate.model_copy(update={"to_stage": gate.from_stage, "every_days": 90, "title": said})
    for state in InterviewState:
        for scope in Scope:
            held = interview.model_copy(update={"state": state, "scope": scope})
            for at in (gate, upkeep, None):
                for progress in (Progress(passed=0, total=7), Progress(passed=6, total=7, seconds_left=3601)):
                    facts = messages.RootFacts(at, progress)
                    yield "root", messages.root_message(library, pilot, held, facts)
            full = messages.RootFacts(
                gate,
                Progress(passed=7, total=7),
                only=said,
                skipped=(said,) * 30,
                handed=(messages.Handed(said, "U0JONAS"), messages.Handed(said, "S0PAYMENTS")) * 10,
            )
            yield "root", messages.root_message(library, pilot, held, full)


def every_view(library: Library, items: Sequence[Item], text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    stalls = (StallCause(id="orphaned", title=text[:60].strip() or "x", next="x"),)
    book: Playbook = library.playbook.model_copy(update={"framework": Framework(stalls=stalls)})
    for item in (*items[:3], *items_of_every_kind(items[0], text)):
        yield "why", question.why_view(library, book, item)
