"""What policies and gates refer to when they say who decides: roles, tiers, policies, and items that name people.

Like `playbook_ties`, it works on the raw data of the files and passes over what has the wrong form. Who is behind a role is
in Slack; the doctor looks there.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.playbook import AnswerKind
from prompts.marked_yaml import Marked, Place
from prompts.playbook_references import Known
from prompts.playbook_ties import Named, entries, one_of, twice
from prompts.problems import Problem, nearest, shown

PEOPLE = (AnswerKind.PERSON, AnswerKind.GROUP)
"""The kinds of answers that name somebody."""


def problems(policies: Marked, gates: Marked, checklists: Sequence[Marked]) -> list[Problem]:
    """Return every role, tier, policy or item that is named and not there, and every id that stands there twice."""
    roles, tiers, named = (Known(key, [policies]) for key in ("roles", "tiers", "policies"))
    found = [*twice("role", roles.named), *twice("tier", tiers.named), *twice("policy", named.named)]
    items = Known("items", checklists)
    found += _people(roles.named, items)
    doors = list(entries(gates, "gates"))
    found += _people([_approvers(gate) for gate in doors], items)
    for policy in named.named:
        found += [problem for place in _roles_at(policy.entry) for problem in _led(policy, place, roles)]
        for key in ("notify", "waivers_by"):
            found += _repeated(policy, key, policy.entry.get(key))
    for gate in doors:
        found += _led(gate, ("policy",), named)
        found += _by_tier(gate, tiers, named)
    return found


def named_by(gates: Marked) -> bool:
    """Whether any gate names a policy."""
    return any("policy" in gate.entry or gate.entry.get("by_tier") for gate in entries(gates, "gates"))


def misfits(policies: Marked, checklists: Sequence[Marked]) -> list[str]:
    """Return the items that roles rest on and that are not there, or name nobody; then ours are no stand-in."""
    items = Known("items", checklists)
    return [str(role.entry["item"]) for role in entries(policies, "roles") if any(_people([role], items))]


def _approvers(gate: Named) -> Named:
    """Return who decides a gate without a policy, as if it were a role."""
    entry = gate.entry.get("approvers")
    return Named(gate.id, entry if isinstance(entry, dict) else {}, gate.file, (*gate.place, "approvers"))


def _people(roles: Sequence[Named], items: Known) -> Iterator[Problem]:
    """Check that the item of a role is there and that its answer is somebody."""
    kinds = {item.id: item.entry.get("kind", AnswerKind.STATUS) for item in items.named}
    those = [item for item in items.ids if kinds[item] in PEOPLE]
    for role in roles:
        item = role.entry.get("item")
        if not isinstance(item, str) or not items.whole or item in those:
            continue
        expected = one_of(those) if those else "none, because no item has the kind person or group"
        if item in kinds:
            said = f"the item {shown(item)} has the kind {shown(kinds[item])}, so its answer names nobody"
            yield role.problem("item", said, f"an item of the kind person or group: {expected}")
        else:
            yield role.problem("item", f"there is no item {shown(item)}", expected, nearest(item, those))


def _roles_at(policy: dict[str, Any]) -> Iterator[Place]:
    """Return the places of a policy that name a role."""
    for number, step in _each(policy.get("steps")):
        seats = step.get("seats") if isinstance(step, dict) else None
        for place, seat in _each(seats):
            if isinstance(seat, dict):
                yield ("steps", number, "seats", place, "role")
    for key in ("notify", "waivers_by"):
        yield from ((key, place) for place, _ in _each(policy.get(key)))
    yield from (("fallback",), ("break_glass",))


def _each(listed: object) -> Iterator[tuple[int, Any]]:
    return enumerate(listed if isinstance(listed, list) else [])


def _led(one: Named, place: Place, known: Known) -> Iterator[Problem]:
    """Check that what stands at a place of an entry is the id of something known."""
    value: Any = one.entry
    for part in place:
        value = value.get(part) if isinstance(value, dict) else value[part]
    if not known.whole or not isinstance(value, str) or value in known.ids:
        return
    expected = one_of(known.ids) if known.ids else f"none, because the playbook has no {known.kind}"
    found, near = f"there is no {known.kind} {shown(value)}", nearest(value, known.ids)
    yield Problem(one.file.file, one.file.line((*one.place, *place)), found, expected, near)


def _repeated(policy: Named, key: str, listed: object) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, role in _each(listed):
        if not isinstance(role, str):
            continue
        if role in seen:
            line = policy.file.line((*policy.place, key, index))
            yield Problem(policy.file.file, line, f"the role {shown(role)} is listed twice", "each once")
        seen.add(role)


def _by_tier(gate: Named, tiers: Known, policies: Known) -> Iterator[Problem]:
    """Check the exceptions of a gate: each for a tier that is there, and one for each tier."""
    seen: set[str] = set()
    for index, one in _each(gate.entry.get("by_tier")):
        if not isinstance(one, dict):
            continue
        yield from _led(gate, ("by_tier", index, "tier"), tiers)
        yield from _led(gate, ("by_tier", index, "policy"), policies)
        tier = one.get("tier")
        if isinstance(tier, str) and tier in seen:
            line = gate.file.line((*gate.place, "by_tier", index, "tier"))
            said = f"the tier {shown(tier)} already has a policy at this gate"
            yield Problem(gate.file.file, line, said, "each tier once")
        seen.add(tier if isinstance(tier, str) else "")
