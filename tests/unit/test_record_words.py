"""Every kind of entry that our code puts on the record can be told in plain words."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain.reviews import ReviewState
from bot.portfolio.history import Told
from bot.portfolio.history_messages import sentence
from prompts.library import Library
from tests.unit.waived import STEPS

BOT = Path(__file__).parents[2] / "bot"
LIBRARY = Library.load()
KIND = re.compile(r"[a-z]+\.[a-z_]+")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MADE_UP = {
    "review.": [state.value for state in ReviewState if state is not ReviewState.OPEN],
    "waiver.": STEPS,
}
"""Kinds whose second half is filled in: what can stand there."""


def modules() -> list[ast.Module]:
    return [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(BOT.rglob("*.py"))]


def places(tree: list[ast.Module]) -> dict[str, int]:
    """Return functions that are told what is recorded, by name, with the place of that argument."""
    return {
        node.name: [one.arg for one in node.args.args].index("what")
        for module in tree
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and "what" in [one.arg for one in node.args.args]
    }


def constants(tree: list[ast.Module]) -> dict[str, ast.expr]:
    """Return what stands behind names that modules give to words: `EXTENDED: Final = "pilot.extended"`."""
    return {
        target.id: node.value
        for module in tree
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def _name(called: ast.expr) -> str:
    """Return the last word of what is called."""
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _appends(called: ast.expr) -> bool:
    """Whether it is `audit.append`, of anybody's."""
    return isinstance(called, ast.Attribute) and called.attr == "append" and _name(called.value) == "audit"


def recorded(tree: list[ast.Module]) -> Iterator[ast.expr]:
    """Return what stands for the kind wherever something is put on the record, or handed on to there."""
    known = places(tree)
    for module in tree:
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            place = 1 if _appends(node.func) else known.get(_name(node.func))
            if place is not None:
                yield from node.args[place : place + 1]
                yield from (one.value for one in node.keywords if one.arg == "what")


@cache
def kinds() -> frozenset[str]:
    """Return every kind in the code, named or made up; read once, because reading all of it takes a second."""
    found: set[str] = set()
    tree = modules()
    names = constants(tree)
    for kind in recorded(tree):
        first = kind.values[0] if isinstance(kind, ast.JoinedStr) else names.get(_name(kind), kind)
        if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
            continue
        if isinstance(kind, ast.JoinedStr):
            if not first.value.endswith("."):
                continue  # a message's key, which is called what it is about, too
            found |= {first.value + rest for rest in MADE_UP[first.value]}
        elif KIND.fullmatch(first.value):
            found.add(first.value)
    return frozenset(found)


def told(kind: str, *, erased: bool = False) -> Told:
    facts: dict[str, Any] = {
        "titles": ("Rollback", "Cost model"),
        "status": "partly",
        "said": "Tried it.",
        "reason": "Nobody owns it.",
        "person": "U0JONAS",
        "on": date(2026, 12, 2),
        "from_stage": "Pilot",
        "to_stage": "Shadow",
        "days": 12,
        "from_tier": "Standard",
        "to_tier": "High",
        "choice": "decline",
        "emergency": True,
        "cause": "No clear aim",
        "severity": "at_risk",
    }
    return Told(
        what=kind, at=NOW, who="U0MAYA", on_behalf_of=None, erased=erased, **({} if erased else facts)
    )


def test_what_the_code_records_is_found() -> None:
    found = kinds()
    assert len(found) > 30
    for known in (
        "pilot.registered",
        "review.declined",
        "waiver.granted",
        "interview.paused",
        "answer.edited",
    ):
        assert known in found


def test_every_kind_has_words_with_its_facts_and_without_them() -> None:
    for kind in sorted(kinds()):
        for erased in (False, True):
            said = sentence(LIBRARY, told(kind, erased=erased))
            assert not said.startswith("noted:"), f"prompts/record/events.j2 has no words for {kind}"
            assert len(said) > 5, kind
            assert said[0].islower(), kind
            assert "None" not in said, kind
            assert "  " not in said, kind


def test_words_stand_for_kinds_that_exist() -> None:
    blocks = set(LIBRARY.words("record/events").blocks)
    assert blocks - {kind.replace(".", "_") for kind in kinds()} == {"other"}


def test_a_kind_of_another_version_is_named_as_it_is() -> None:
    assert sentence(LIBRARY, told("pilot.sent_to_mars")) == "noted: pilot sent to mars"
