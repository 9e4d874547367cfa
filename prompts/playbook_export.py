"""A playbook written down again: as the files of a folder, or as one flat list of its questions for a spreadsheet.

What the files say loads to the same content; remarks of the files that it came from are not kept. Writes nothing to disk.
"""

import csv
import io
import json
import re
from collections.abc import Iterable
from typing import Any

import yaml
from pydantic import BaseModel

from bot.domain.playbook import Item, Playbook
from prompts import playbook_files as files, playbook_nudges, playbook_schema

WIDTH = 110
BETWEEN = ", "
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would work out instead of showing it."""
_INEXACT = re.compile(
    r"^\s|\s$|[ \t]\n|\n[ \t]|[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]"
)
"""Line ends of other systems, white space at the edges and what does not print: YAML keeps those only when escaped."""
_UNSAID: dict[str, Any] = {playbook_nudges.KNOWS: {}, playbook_nudges.RULES: []}
"""What nudges.yaml says where there is none; a file that says nothing of it would have ours."""


class _Dumper(yaml.SafeDumper):
    """Writes plain YAML: no anchors, entries set in from their key, texts of several lines as they stand."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's signature
        super().increase_indent(flow, indentless=False)


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Choose how a text is written: as it stands where that is exact, else in double quotes with escapes."""
    style = "|" if "\n" in text else None
    if _INEXACT.search(text):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(dumper: _Dumper, entries: list[Any]) -> yaml.SequenceNode:
    """Write a list of words or figures on as few lines as it takes, and a list of entries one below the other."""
    words = all(isinstance(one, int) or (isinstance(one, str) and "\n" not in one) for one in entries)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", entries, flow_style=words)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def folder(playbook: Playbook) -> dict[str, str]:
    """Return the files of a playbook by name, as YAML with a pointer to their schema at the top."""
    stages = files.StagesFile(
        first_stage=playbook.first_stage, may_start_in=playbook.may_start_in, stages=playbook.stages
    )
    forms: dict[str, BaseModel] = {
        files.STAGES: stages,
        files.GATES: files.GatesFile(gates=playbook.gates),
        files.NUDGES: playbook.nudges,
        files.COACHING: playbook.coaching,
        files.FRAMEWORK: playbook.framework,
        files.POSTURE: files.PostureFile(areas=playbook.posture),
    }
    if playbook.roles or playbook.tiers or playbook.policies:
        forms[files.POLICIES] = files.PoliciesFile(
            roles=playbook.roles, tiers=playbook.tiers, policies=playbook.policies
        )
    forms |= {f"{files.CHECKLISTS}/{name}": one for name, one in _named(playbook)}
    return {name: playbook_schema.line_for(name) + "\n" + _yaml(name, form) for name, form in forms.items()}


def _named(playbook: Playbook) -> Iterable[tuple[str, BaseModel]]:
    """Name the checklists' files so that they are read in the same order again, whatever their ids."""
    ids = [one.id for one in playbook.checklists]
    in_order = ids == sorted(ids, key=lambda name: f"{name}.yaml")
    for number, one in enumerate(playbook.checklists, start=1):
        yield (f"{one.id}.yaml" if in_order else f"{number:03d}-{one.id}.yaml"), one


def _yaml(name: str, form: BaseModel) -> str:
    """Return a file's text; what is as it would be anyway is left out, except where a file would be left empty."""
    content = form.model_dump(mode="python", exclude_defaults=True)
    if name in {files.FRAMEWORK, files.COACHING} and not content:
        content = form.model_dump(mode="python")
    if name == files.NUDGES:
        content |= {key: none for key, none in _UNSAID.items() if key not in content}
    return yaml.dump(
        _plain(content),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=WIDTH,
        default_flow_style=False,
    )


def _plain(value: Any) -> Any:
    """Return data that YAML can say without tags; dates stay dates."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, str) else value  # an option of an enumeration is its text


def rows(playbook: Playbook) -> list[dict[str, Any]]:
    """Return every question with the gates that ask for it and its checklist, in the order of the files."""
    asked = {
        one.id: [gate.id for gate in playbook.gates if one.id in gate.checklists]
        for one in playbook.checklists
    }
    return [
        {"gates": asked[one.id], "checklist": one.id, **item.model_dump(mode="json")}
        for one in playbook.checklists
        for item in one.items
    ]


def as_json(playbook: Playbook) -> str:
    """Return the list of questions as JSON."""
    return json.dumps(rows(playbook), indent=2, ensure_ascii=False) + "\n"


def as_csv(playbook: Playbook) -> str:
    """Return the list of questions as CSV; lists stand in one cell, and no cell is taken for a formula."""
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, ["gates", "checklist", *Item.model_fields])
    table.writeheader()
    for row in rows(playbook):
        table.writerow({key: _cell(value) for key, value in row.items()})
    return written.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return _cell(
                BETWEEN.join(one if isinstance(one, str) else f"{one['id']}: {one['title']}" for one in value)
            )
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
