"""What differs between two playbooks, part by part.

Compares content, never files; ids say what is the same. Decides nothing and reads nothing. What it means for pilots that are on
their way is in `playbook_consequences`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from bot.domain.playbook import Item, Option, Playbook
from bot.domain.policies import PolicyStep, TierPolicy
from prompts.english import join_words
from prompts.playbook_deciding import steps_said
from prompts.playbook_ladders import ladder_said, rule_changes
from prompts.problems import shown

WORDING = frozenset(
    {"title", "question", "why", "good", "weak", "if_missing", "evidence", "follow_up", "ask", "next", "hint"}
)
"""Keys whose words people read; that they differ is said, not how."""
_SKIPPED = frozenset({"id", "items"})
_LONGEST = 60


@dataclass(frozen=True)
class Edit:
    """One thing that is new, gone, or different."""

    part: str
    mark: str
    """`+` for new, `-` for gone, `~` for different."""
    what: str

    def __str__(self) -> str:
        return f"{self.mark} {self.what}"


NEW, GONE, DIFFERENT = "+", "-", "~"


def edits(before: Playbook, after: Playbook) -> list[Edit]:
    """Return everything that differs, in the order of the files."""
    return [
        *_scalars("Stages", before, after, ("first_stage", "may_start_in")),
        *_named("Stages", before.stages, after.stages),
        *_named("Gates", before.gates, after.gates),
        *_named("Roles", before.roles, after.roles),
        *_named("Tiers", before.tiers, after.tiers),
        *_named("Policies", before.policies, after.policies),
        *_named("Checklists", before.checklists, after.checklists),
        *_questions(before, after),
        *_reminders(before, after),
        *_named("Coaching", before.coaching.concerns, after.coaching.concerns),
        *_status_words(before, after),
        *_named("Framework", before.framework.steps, after.framework.steps),
        *_named("Framework", before.framework.topics, after.framework.topics),
        *_named("Framework", before.framework.stalls, after.framework.stalls),
        *_named("Posture", before.posture, after.posture),
    ]


def report(before: Playbook, after: Playbook) -> str:
    """Return what differs as lines to read, under the name of each part."""
    found = edits(before, after)
    if not found:
        return "They say the same."
    lines: list[str] = []
    for part in dict.fromkeys(edit.part for edit in found):
        lines += [part, *(f"  {edit}" for edit in found if edit.part == part)]
    return "\n".join(lines)


def _scalars(part: str, before: BaseModel, after: BaseModel, keys: Sequence[str]) -> Iterator[Edit]:
    for said in _changes(before, after, keys):
        yield Edit(part, DIFFERENT, said)


def _reminders(before: Playbook, after: Playbook) -> Iterator[Edit]:
    """Compare who hears of what; rules by what they are about."""
    inside = ("knows", "leads", "weekly")
    plain = [key for key in type(after.nudges).model_fields if key not in {*inside, "rules"}]
    yield from _scalars("Nudges", before.nudges, after.nudges, plain)
    for key in inside:
        old, new = getattr(before.nudges, key), getattr(after.nudges, key)
        for said in _changes(old, new, type(new).model_fields):
            yield Edit("Nudges", DIFFERENT, f"{key}.{said}")
    was, will = ({rule.about: rule for rule in book.nudges.rules} for book in (before, after))
    for about, rule in will.items():
        if about not in was:
            yield Edit("Nudges", NEW, f"{about}: {ladder_said(rule)}")
        elif changed := rule_changes(was[about], rule):
            yield Edit("Nudges", DIFFERENT, f"{about}: {changed}")
    yield from (Edit("Nudges", GONE, str(about)) for about in was if about not in will)
    if [about for about in was if about in will] != [about for about in will if about in was]:
        yield Edit("Nudges", DIFFERENT, "other kinds are the most urgent: the rules stand in another order")


def _named(part: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Edit]:
    """Compare entries by their ids, and their order where nothing else moved them."""
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    for one in after:
        if one.id not in old:
            yield Edit(part, NEW, _name(one))
        elif changes := [
            *_changes(old[one.id], one, [k for k in type(one).model_fields if k not in _SKIPPED])
        ]:
            yield Edit(part, DIFFERENT, f"{_name(one)}: {'; '.join(changes)}")
    yield from (Edit(part, GONE, _name(one)) for one in before if one.id not in new)
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield Edit(part, DIFFERENT, "they stand in another order")


def _questions(before: Playbook, after: Playbook) -> Iterator[Edit]:
    """Compare the items over all checklists, because answers are kept by item wherever it stands."""
    old, new = _places(before), _places(after)
    for name, (item, checklist) in new.items():
        if name not in old:
            yield Edit("Questions", NEW, f"{_name(item)}, in {checklist}{_asked_at(after, checklist)}")
            continue
        earlier, place = old[name]
        changes = [f"moved from {place} to {checklist}"] if place != checklist else []
        changes += _changes(earlier, item, [key for key in Item.model_fields if key != "id"])
        if changes:
            yield Edit("Questions", DIFFERENT, f"{_name(item)}: {'; '.join(changes)}")
    for name, (item, checklist) in old.items():
        if name not in new:
            yield Edit("Questions", GONE, f"{_name(item)}, in {checklist}; its answers stay in the history")
    common = [name for name in new if name in old]
    if common != [name for name in old if name in new]:
        yield Edit("Questions", DIFFERENT, "they are asked in another order")


def _places(playbook: Playbook) -> dict[str, tuple[Item, str]]:
    return {item.id: (item, one.id) for one in playbook.checklists for item in one.items}


def _asked_at(playbook: Playbook, checklist: str) -> str:
    gates = [gate.title for gate in playbook.gates if checklist in gate.checklists]
    return f": asked at {join_words(gates)}" if gates else ": no gate asks for it"


def _status_words(before: Playbook, after: Playbook) -> Iterator[Edit]:
    for key in type(after.coaching.status_words).model_fields:
        old, new = (getattr(book.coaching.status_words, key) for book in (before, after))
        said = [*_words(NEW, new, old), *_words(GONE, old, new)]
        if said:
            yield Edit("Coaching", DIFFERENT, f"{key}: {' '.join(said)}")


def _words(mark: str, here: Sequence[str], there: Sequence[str], most: int = 8) -> Iterator[str]:
    known = set(there)
    added = [shown(word) for word in here if word not in known]
    yield from (f"{mark}{word}" for word in added[:most])
    if len(added) > most:
        yield f"{mark}{len(added) - most} more"


def _changes(before: BaseModel, after: BaseModel, keys: Iterable[str]) -> list[str]:
    """Return how values differ: wording by the names of its keys, everything else as "90 → 30"."""
    differing = [key for key in keys if getattr(before, key) != getattr(after, key)]
    reworded = [key for key in differing if key in WORDING]
    said = [f"{join_words(reworded)} reworded"] if reworded else []
    return said + [
        _difference(key, getattr(before, key), getattr(after, key)) for key in differing if key not in WORDING
    ]


def _difference(key: str, before: Any, after: Any) -> str:
    """Say how one value differs; of lists, what came and what went."""
    if _are_steps(before) or _are_steps(after):
        return f"{key} {steps_said(before)} → {steps_said(after)}"
    if isinstance(before, tuple) and isinstance(after, tuple):
        old, new = ([_listed(one) for one in values] for values in (before, after))
        moved = " ".join([*_words(NEW, new, old), *_words(GONE, old, new)])
        return f"{key} {moved or 'in another order'}"
    return f"{key} {_short(before)} → {_short(after)}"


def _are_steps(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], PolicyStep)


def _listed(one: Any) -> str:
    match one:
        case Option():
            return f"{one.id}: {one.title}"
        case TierPolicy():
            return f"{one.tier}: {one.policy}"
    return str(one)


def _short(value: Any) -> str:
    match value:
        case None | () | "":
            return "none"
        case bool():
            return "yes" if value else "no"
        case tuple():
            text = ", ".join(map(_listed, value))
        case BaseModel():
            text = ", ".join(
                f"{key} {_short(inner)}" for key, inner in value if inner not in (None, (), False)
            )
        case _:
            text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _name(one: Any) -> str:
    title = getattr(one, "title", "")
    return f"{one.id} ({title})" if title and title != one.id else str(one.id)
