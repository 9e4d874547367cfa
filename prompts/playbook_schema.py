"""JSON Schemas of the playbook's files, so that an editor completes keys and shows what each one is.

Made from the domain's models; the sentence under a field in the source is the field's description. Checks nothing.
"""

import ast
import inspect
import json
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

from bot.domain.framework import Framework
from bot.domain.playbook import Checklist, Coaching
from bot.domain.rhythm import NudgeRhythm
from bot.domain.values import Frozen
from prompts import playbook_files as files

FORMS: dict[str, type[BaseModel]] = {
    files.STAGES: files.StagesFile,
    files.GATES: files.GatesFile,
    files.POLICIES: files.PoliciesFile,
    f"{files.CHECKLISTS}/<name>.yaml": Checklist,
    files.COACHING: Coaching,
    files.NUDGES: NudgeRhythm,
    files.FRAMEWORK: Framework,
    files.POSTURE: files.PostureFile,
}
"""The form of each file."""
FOLDER = "schema"
_DRAFT = "http://json-schema.org/draft-07/schema#"
"""The version that editors know best."""


def schemas() -> dict[str, str]:
    """Return the schema files by name, as text."""
    made = {_name(file): _schema(file, form) for file, form in FORMS.items()}
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in made.items()}


def line_for(file: str) -> str:
    """Return the remark at the top of a playbook's file by which editors find its schema."""
    up = "../" * file.count("/")
    form = f"{files.CHECKLISTS}/<name>.yaml" if file.startswith(files.CHECKLISTS + "/") else file
    return f"# yaml-language-server: $schema={up}{FOLDER}/{_name(form)}\n"


def _name(file: str) -> str:
    return ("checklist" if "/" in file else file.removesuffix(".yaml")) + ".json"


def _schema(file: str, form: type[BaseModel]) -> dict[str, Any]:
    made = form.model_json_schema()
    for model in {form, *_inside(form)}:
        place = made if model is form else made["$defs"][model.__name__]
        for field, said in described(model).items():
            place["properties"][field].setdefault("description", said)
    return {"$schema": _DRAFT, **made, "title": f"Preflight playbook: {file}"}


def _inside(form: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Return the models of a form's fields, and of theirs."""
    for info in form.model_fields.values():
        for kind in _kinds(info.annotation):
            yield kind
            yield from _inside(kind)


def _kinds(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _kinds(inner)


@cache
def described(model: type[BaseModel]) -> dict[str, str]:
    """Return what the source says under each of a model's fields, also those that it has from another model."""
    inherited = [
        described(base) for base in model.__bases__ if base is not Frozen and issubclass(base, BaseModel)
    ]
    (body,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(body, ast.ClassDef)
    said = {field: words for above in inherited for field, words in above.items()}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            words = below.value.value if _is_text(below) else None  # type: ignore[attr-defined]  # _is_text saw it
            if isinstance(words, str):
                said[field.target.id] = inspect.cleandoc(words)
    return said


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
