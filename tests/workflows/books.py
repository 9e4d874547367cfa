"""Playbooks for tests of the conversation: items of every kind, made from a short description."""

from typing import Any

from bot.domain.framework import Framework, StallCause, Step
from bot.domain.playbook import AnswerKind, Checklist, Coaching, Concern, Detector, Item, Option, Playbook
from prompts.library import Library

from .conftest import House

OPTIONS = tuple(Option(id=one, title=one.title()) for one in ("shadow", "limited", "full"))
MANY = tuple(Option(id=f"option-{n}", title=f"Option {n}") for n in range(12))
NO_PLAN = Concern(id="no_plan", detect=Detector.NO_PLAN, ask="Who does what about {item}, and by when?")
STEPS = tuple(Step(id=one, title=one.title()) for one in ("goals", "testing", "monitoring"))
STALLS = (StallCause(id="no-owner", title="No production owner", next="Ask one team."),)


def item(item_id: str, **changed: Any) -> Item:
    """Return an item that is asked like any other, of kind status unless it says otherwise."""
    facts: dict[str, Any] = {
        "id": item_id,
        "title": item_id.replace("-", " ").capitalize(),
        "question": f"How is it with the {item_id}?",
        "why": "It matters.",
        "good": "Tried on 3 March, see the wiki.",
        "if_missing": f"settle the {item_id}",
        "evidence": "a link",
        "freshness_days": 90,
    }
    return Item.model_validate(facts | changed)


def of_kind(kind: AnswerKind, **changed: Any) -> Item:
    """Return an item of a kind, with options where it needs some."""
    if kind in {AnswerKind.CHOICE, AnswerKind.CHOICES}:
        changed.setdefault("options", OPTIONS)
    return item(f"by-{kind.value}", kind=kind, **changed)


def asks_only(house: House, *items: Item, **changed: Any) -> Playbook:
    """Let the first gate ask these items and nothing else, from now on."""
    book = house.library.playbook
    lists = tuple(
        Checklist(id=one.id, title=one.title, items=items) if one.id == "readiness" else one
        for one in book.checklists
    )
    framework = Framework(steps=STEPS, stalls=STALLS)
    book = book.model_copy(update={"checklists": lists, "framework": framework} | changed)
    house.library = Library(book, house.library.templates, house.library.earlier)
    return book


def with_concern(book: Playbook, *concerns: Concern) -> Coaching:
    """Return the playbook's coaching with more concerns."""
    return book.coaching.model_copy(update={"concerns": (*concerns, *book.coaching.concerns)})
