"""Turns pydantic's findings about a playbook file into sentences with a line, what is expected and the nearest key.

Walks the domain's models to know which keys a place takes, so that a new field needs no second home. Checks nothing itself.
"""

import types
import typing
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.domain.policies import HANDLE, MEMBER_ID
from prompts.english import in_words
from prompts.marked_yaml import Marked, Place
from prompts.problems import Problem, nearest, shown

A_NAME = "small letters, digits, dots, dashes and underscores, a letter or digit first"
A_MEMBER = "a Slack member id, such as U0123ABCDEF (in a profile: ⋯, Copy member ID)"
A_HANDLE = "the handle of a Slack user group, without @"
_PATTERNS = {MEMBER_ID: A_MEMBER, HANDLE: A_HANDLE}
"""What is asked for where only some texts will do; other patterns are those of ids."""
A_DAY = "a day of the calendar, such as 2026-12-31"


def problems(file: Marked, form: type[BaseModel], fault: ValidationError) -> Iterator[Problem]:
    """Name everything that pydantic found, each where it stands."""
    details = fault.errors(include_url=False)
    meant = {_meant(detail, form) for detail in details if detail["type"] == "extra_forbidden"}
    for detail in details:
        missed = detail["type"] == "missing" and tuple(detail["loc"]) in meant
        if not missed:  # a misspelt key is one problem, not two
            yield _problem(file, form, detail)


def outline(form: type[BaseModel]) -> str:
    """Return the keys that a form takes, the needed ones first."""
    needed = [name for name, info in form.model_fields.items() if info.is_required()]
    others = [name for name, info in form.model_fields.items() if not info.is_required()]
    told = _listed(needed) if needed else ""
    perhaps = ("; also " if told else "") + _listed(others) if others else ""
    return f"{told}{perhaps}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _problem(file: Marked, form: type[BaseModel], detail: ErrorDetails) -> Problem:
    place = tuple(detail["loc"])
    match detail["type"]:
        case "extra_forbidden":
            keys = _keys(form, place[:-1])
            found = f"“{place[-1]}” is no key here"
            expected = f"one of {_listed(keys)}"
            return Problem(file.file, file.line(place), found, expected, nearest(str(place[-1]), keys))
        case "missing":
            found = f"“{place[-1]}” is missing{_where(file, place[:-1])}"
            return Problem(file.file, file.line(place[:-1]), found, _wanted(form, place))
        case "model_type" | "model_attributes_type":
            inner = _model(form, place)
            expected = f"keys ({outline(inner)})" if inner else "keys with values"
            return Problem(file.file, file.line(place), _found(place, detail), expected)
        case "value_error":
            reason = str(detail["ctx"]["error"]) if "ctx" in detail else detail["msg"]
            named = _id_at(file, place) or _named(place)
            return Problem(file.file, file.line(place), f"{named} contradicts itself", f"this: {reason}")
        case "enum":
            known = _choices(_kind_at(form, place))
            near = nearest(str(detail["input"]), known)
            return Problem(file.file, file.line(place), _found(place, detail), _wanted(form, place), near)
        case _:
            return Problem(file.file, file.line(place), _found(place, detail), _wanted(form, place))


def _found(place: Place, detail: ErrorDetails) -> str:
    length = f" ({len(detail['input'])} characters)" if detail["type"] == "string_too_long" else ""
    return f"{_named(place)} is {shown(detail['input'])}{length}"


def _named(place: Place) -> str:
    name = next((part for part in reversed(place) if isinstance(part, str)), None)
    if name is None:
        return "the file" if not place else f"entry {int(place[-1]) + 1}"
    return f"entry {place[-1] + 1} of “{name}”" if isinstance(place[-1], int) else f"“{name}”"


def _where(file: Marked, place: Place) -> str:
    """Say which entry is meant, by its id where it has one."""
    if not place or not isinstance(place[-1], int):
        return ""
    return f" in {_id_at(file, place) or _named(place)}"


def _id_at(file: Marked, place: Place) -> str | None:
    """Return the id of the entry at a place, as a report quotes it, or None where there is none."""
    data = file.data
    for part in place:
        data = data[part]
    named = data.get("id") if isinstance(data, dict) else None
    return shown(named) if isinstance(named, str) else None


def _wanted(form: type[BaseModel], place: Place) -> str:
    """Say in words what a place takes."""
    info = _field(form, place)
    if info is None:
        return "text"
    kind = _kind_at(form, place)
    if typing.get_origin(kind) is tuple:
        return _list_of(typing.get_args(kind)[0], info)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"keys ({outline(kind)})"
    return _bounded(kind, [] if isinstance(place[-1], int) else list(info.metadata))


def _list_of(inner: Any, info: FieldInfo) -> str:
    least = next((rule.min_length for rule in info.metadata if isinstance(rule, MinLen)), 0)
    most = next((rule.max_length for rule in info.metadata if isinstance(rule, MaxLen)), 0)
    what = _many(inner)
    limits = (f", at least {in_words(least)}" if least else "") + (f", at most {most}" if most else "")
    return f"a list of {what}{limits}"


def _many(inner: Any) -> str:
    """Return what a list is made of."""
    if typing.get_origin(inner) is typing.Annotated:
        inner = typing.get_args(inner)[0]
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return "entries"
    return {int: "whole numbers", date: "days such as 2026-12-31"}.get(inner, "texts")


def _kind_at(form: type[BaseModel], place: Place) -> Any:
    """Return the type of what stands at a place; for an entry, the type of the list's entries."""
    info = _field(form, place)
    kind = _bare(info.annotation) if info else None
    entry = bool(place) and isinstance(place[-1], int)
    return typing.get_args(kind)[0] if entry and typing.get_origin(kind) is tuple else kind


def _choices(kind: Any) -> list[str]:
    return [str(choice) for choice in kind] if isinstance(kind, type) and issubclass(kind, StrEnum) else []


def _bounded(kind: Any, rules: list[Any]) -> str:
    if typing.get_origin(kind) is typing.Annotated:
        kind, *more = typing.get_args(kind)
        rules += [rule for extra in more for rule in getattr(extra, "metadata", [extra])]
    low = next(
        (
            rule.ge if isinstance(rule, Ge) else rule.min_length
            for rule in rules
            if isinstance(rule, Ge | MinLen)
        ),
        None,
    )
    high = next(
        (
            rule.le if isinstance(rule, Le) else rule.max_length
            for rule in rules
            if isinstance(rule, Le | MaxLen)
        ),
        None,
    )
    pattern = next((found for rule in rules if (found := getattr(rule, "pattern", None))), None)
    if choices := _choices(kind):
        return f"one of {_listed(choices)}"
    if kind is date:
        return A_DAY
    if kind is int:
        return f"a whole number from {low} to {high}"
    if kind is bool:
        return "true or false"
    if pattern:
        return _PATTERNS.get(pattern, A_NAME)
    return (
        f"text of {low or 1} to {high} characters"
        if high
        else "text (in quotes if it looks like a number or yes/no)"
    )


def _meant(detail: ErrorDetails, form: type[BaseModel]) -> tuple[int | str, ...]:
    place = tuple(detail["loc"])
    return (*place[:-1], nearest(str(place[-1]), _keys(form, place[:-1])) or "")


def _keys(form: type[BaseModel], place: Place) -> list[str]:
    model = _model(form, place)
    return list(model.model_fields) if model else []


def _field(form: type[BaseModel], place: Place) -> FieldInfo | None:
    """Return the field that a place belongs to; an entry belongs to its list."""
    names = [index for index, part in enumerate(place) if isinstance(part, str)]
    if not names:
        return None
    model = _model(form, place[: names[-1]])
    return model.model_fields.get(str(place[names[-1]])) if model else None


def _model(form: type[BaseModel], place: Place) -> type[BaseModel] | None:
    """Return the model whose keys stand at a place."""
    kind: Any = form
    for part in place:
        if isinstance(part, int):
            kind = typing.get_args(kind)[0] if typing.get_origin(kind) is tuple else None
        elif isinstance(kind, type) and issubclass(kind, BaseModel) and part in kind.model_fields:
            kind = _bare(kind.model_fields[part].annotation)
        else:
            return None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _bare(annotation: Any) -> Any:
    """Return a type without its `| None`."""
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        return next(arg for arg in typing.get_args(annotation) if arg is not types.NoneType)
    return annotation
