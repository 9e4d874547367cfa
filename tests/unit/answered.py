"""What can be read of answers outside the turn, at its longest, for the test that shows it all to Slack's rules."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

from bot.answers import forms, picking, views
from bot.answers.kinds import NO_GROUPS, Groups
from bot.answers.messages import deleted_message
from bot.answers.names import About, Shortcut
from bot.answers.picked import Picked
from bot.answers.shortcuts import Offer, Taken
from bot.domain.answers import GONE, Answer, Plan, Status, Value
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Item
from bot.domain.readiness import verdict
from bot.slack.blocks import Choice
from prompts.library import Library

KINDS = Library.load(Path(__file__).parents[1] / "playbook_kinds").playbook.checklists[0].items
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
VALUES: dict[AnswerKind, dict[str, Any]] = {
    AnswerKind.NUMBER: {"number": Decimal("-12345678901234.5")},
    AnswerKind.MONEY: {"number": Decimal("0.11"), "unit": "XAU"},
    AnswerKind.PERCENTAGE: {"number": Decimal(62), "unit": "%"},
    AnswerKind.DATE: {"on": date(2026, 3, 3)},
    AnswerKind.LINK: {"ids": ("https://wiki.example/" + "x" * 400,)},
    AnswerKind.PERSON: {"ids": ("U0JONAS",)},
    AnswerKind.GROUP: {"ids": ("S0PAYMENTS",)},
    AnswerKind.CHOICE: {"ids": ("live",)},
    AnswerKind.CHOICES: {"ids": ("input", "person")},
}

Answering = Callable[[str, Item, Status], Answer]


def each_kind(text: str, answer_with: Answering) -> Iterator[tuple[Item, Answer]]:
    """Yield an item of each kind with its longest answer, the statuses in turns."""
    plan = Plan(what=text[:300], who_said=text[:200], by=date(2026, 12, 12))
    for kind, status in zip(KINDS, cycle(Status), strict=False):
        entered = VALUES.get(kind.kind)
        item = kind.model_copy(
            update={
                "title": text[:60].strip() or "x",
                "question": text[:300] or "x",
                "if_missing": text[:300],
            }
        )
        answer = answer_with(text, item, status)
        value = Value(kind=item.kind, **entered) if entered else None
        yield item, answer.model_copy(update={"value": value, "plan": plan})


def every_message(
    library: Library, pilot: Pilot, answer_with: Answering, text: str
) -> Iterator[tuple[str, Body]]:
    for item, answer in each_kind(text, answer_with):
        yield "deleted", deleted_message(library, pilot, item, answer)


def every_view(
    library: Library, pilot: Pilot, answer_with: Answering, text: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    about = About(pilot.id, "integration", "V0123456789", 3)
    many = Groups(tuple(Choice(text[:200], f"S0{n:08d}") for n in range(150)))
    for item, answer in each_kind(text, answer_with):
        for groups in (
            (NO_GROUPS, Groups(known=False), many) if item.kind is AnswerKind.GROUP else (NO_GROUPS,)
        ):
            yield "answer", forms.answer_form(library, pilot, item, answer, about, answer.detail, groups)
        yield "answer", forms.answer_form(library, pilot, item, None, about)
        yield "plan", forms.plan_form(library, pilot, item, answer.plan, about)
        yield "evidence", forms.evidence_form(library, pilot, item, answer, about)
        what = Shortcut.EVIDENCE if answer.status is Status.PARTLY else Shortcut.ANSWER
        yield "taken", picking.taken_view(library, what, Taken(pilot, item, answer))
    item = KINDS[0]
    few = answer_with(text, item, Status.PARTLY).model_copy(
        update={"evidence": ("https://a.example/1" + GONE,)}
    )
    yield "evidence", forms.evidence_form(library, pilot, item, few, about)
    yield "plan", forms.plan_form(library, pilot, item, None, about)
    yield "history", history(library, pilot, item, answer)
    yield "not applicable", forms.not_applicable_form(library, item, f"{'a' * 16}:{item.id}")
    yield from lists(library, pilot, answer_with, text)


def history(library: Library, pilot: Pilot, item: Item, answer: Answer) -> dict[str, Any]:
    revisions = [answer.model_copy(update={"revision": n}) for n in range(1, 201)]
    return views.history_view(library, pilot, item, revisions, 4)


def lists(
    library: Library, pilot: Pilot, answer_with: Answering, text: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    some = KINDS[0].model_copy(update={"title": text[:60].strip() or "x"})
    items = [some.model_copy(update={"id": f"item-{n}"}) for n in range(250)]
    given = {item.id: answer_with(text, item, [*Status][n % 5]) for n, item in enumerate(items[:200])}
    listed = [
        views.Listed(standing=one, checklist=f"{n // 125}{text}"[:80])
        for n, one in enumerate(verdict(items, given, NOW).items)
    ]
    for page in (0, 99):
        yield "all answers", views.list_view(library, pilot, listed, page)
    yield "all answers", views.list_view(library, pilot, [], 0)
    pilots = [pilot.model_copy(update={"id": f"{n:016x}", "stage": f"stage-{n % 3}"}) for n in range(350)]
    files = tuple(f"https://northwind.example/files/U0MAYA/F{n:010}/{'y' * 80}" for n in range(10))
    for said, thread_ts in ((text * 90, "1766000000.000100"), (" ", None)):
        picked = Picked("C0PILOTS", "1766000000.000200", thread_ts, "U0JONAS", said, files)
        again = Picked.unpack(picked.as_far_as_it_fits().packed())
        for offer in (
            Offer(pilots, pilots[7], listed, "item-3", (text[:60] or "x",), {"U0JONAS": text[:120]}),
            Offer(pilots, pilots[7], (), None, (), {}),
            Offer(pilots[:1], None, (), None, (), {}),
        ):
            what = Shortcut.ANSWER if thread_ts else Shortcut.EVIDENCE
            yield "pick", picking.pick_form(library, what, again, offer)
