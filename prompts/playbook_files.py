"""Reads a playbook folder and hands out a checked `Playbook`, or everything that is wrong with it at once.

Form is checked here, by the domain's own models; how the parts refer to each other is checked in `playbook_ties` and
`playbook_references`. Writes nothing and knows no wording of messages.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from bot.domain.framework import Framework, PostureArea
from bot.domain.playbook import Checklist, Coaching, Gate, Playbook, Stage
from bot.domain.policies import ApproverRole, Policy, Tier
from bot.domain.rhythm import NudgeRhythm
from bot.domain.values import Frozen, Slug
from prompts import (
    marked_yaml,
    playbook_forms,
    playbook_nudges,
    playbook_policies,
    playbook_references,
    playbook_ties,
)
from prompts.marked_yaml import Marked
from prompts.problems import PlaybookInvalid, Problem, nearest, shown

DEFAULT_FOLDER = Path(__file__).parent / "playbook"
STAGES, GATES, POLICIES, NUDGES, COACHING, FRAMEWORK, POSTURE, CHECKLISTS = (
    "stages.yaml", "gates.yaml", "policies.yaml", "nudges.yaml", "coaching.yaml", "framework.yaml", "posture.yaml",
    "checklists",
)  # fmt: skip
INSTEAD = (POLICIES, NUDGES, COACHING, FRAMEWORK, POSTURE)
"""Files that a playbook of one's own may leave out; ours stand in for them, as far as they fit."""
OUR_RULES = f"the {playbook_nudges.RULES} of {NUDGES}"
"""What else may be left out, inside a file."""
_NOTHING: dict[str, dict[str, Any]] = {POLICIES: {}, FRAMEWORK: {}, POSTURE: {"areas": []}}
MOST_CHECKLISTS = 200

Form = TypeVar("Form", bound=Frozen)


class StagesFile(Frozen):
    """The form of stages.yaml."""

    first_stage: Slug
    """Where a newly registered pilot begins."""
    may_start_in: tuple[Slug, ...] = ()
    """The stages that a newly registered pilot may be in already; only the first one where none is named."""
    stages: tuple[Stage, ...] = Field(min_length=2)
    """The way of a pilot, first to last."""


class GatesFile(Frozen):
    """The form of gates.yaml."""

    gates: tuple[Gate, ...] = Field(min_length=1)
    """The decisions on the way, in its order."""


class PoliciesFile(Frozen):
    """The form of policies.yaml."""

    roles: tuple[ApproverRole, ...] = ()
    """The roles that decide, each with those who are in it."""
    tiers: tuple[Tier, ...] = ()
    """How much can go wrong with a pilot; a pilot begins in the first one where nothing is said."""
    policies: tuple[Policy, ...] = ()
    """How gates are decided."""


class PostureFile(Frozen):
    """The form of posture.yaml."""

    areas: tuple[PostureArea, ...]
    """The areas in which a pilot and a production system differ, in the order in which they are shown."""


def load(folder: Path) -> Playbook:
    """Return the folder's playbook; PlaybookInvalid names every problem in it."""
    files = _read(folder)
    stages = _formed(files[STAGES], StagesFile)
    gates = _formed(files[GATES], GatesFile)
    policies = _formed(files[POLICIES], PoliciesFile)
    nudges = _nudges(files)
    coaching = _formed(files[COACHING], Coaching)
    framework = _formed(files[FRAMEWORK], Framework)
    posture = _formed(files[POSTURE], PostureFile)
    lists = [_formed(file, Checklist) for file in _checklists(files)]
    problems = [problem for file in files.values() for problem in file.problems]
    problems += playbook_ties.problems(files[STAGES], files[GATES], _checklists(files))
    problems += playbook_references.problems(
        files[FRAMEWORK], files[POSTURE], files[COACHING], _checklists(files)
    )
    problems += playbook_policies.problems(files[POLICIES], files[GATES], _checklists(files))
    problems += playbook_nudges.problems(files[NUDGES], _checklists(files))
    whole = [made for made in lists if made is not None]
    if problems or not (stages and gates and policies and nudges and coaching and framework and posture):
        raise PlaybookInvalid(problems)
    playbook = Playbook(
        version="",
        first_stage=stages.first_stage,
        may_start_in=stages.may_start_in or (stages.first_stage,),
        stages=stages.stages,
        gates=gates.gates,
        checklists=tuple(whole),
        nudges=nudges,
        coaching=coaching,
        framework=framework,
        posture=posture.areas,
        roles=policies.roles,
        tiers=policies.tiers,
        policies=policies.policies,
    )
    return playbook.model_copy(update={"version": version_of(playbook)})


def left_out(folder: Path, playbook: Playbook) -> list[str]:
    """Return the files of a playbook's folder, and what is left out in one of them, for which ours stand in."""
    used = {POLICIES: playbook.policies, POSTURE: playbook.posture}
    missing = [name for name in INSTEAD if not (folder / name).exists() and used.get(name, True)]
    if NUDGES not in missing and playbook_nudges.RULES in playbook_nudges.unsaid(_file(folder, NUDGES)):
        missing.append(OUR_RULES)
    return missing


def _nudges(files: dict[str, Marked]) -> NudgeRhythm | None:
    """Return who hears of what; what a file of one's own says nothing of is ours."""
    file = files[NUDGES]
    made = _formed(file, NudgeRhythm)
    if made is None or not playbook_nudges.unsaid(file):
        return made
    ours = _formed(marked_yaml.read(DEFAULT_FOLDER / NUDGES, NUDGES), NudgeRhythm)
    assert ours is not None, "our own file is whole"
    return playbook_nudges.completed(made, file, ours, _checklists(files))


def _checklists(files: dict[str, Marked]) -> list[Marked]:
    return [file for name, file in files.items() if name.startswith(CHECKLISTS + "/")]


def _read(folder: Path) -> dict[str, Marked]:
    """Read every file of the folder; PlaybookInvalid where there is no playbook at all."""
    if not folder.is_dir():
        raise PlaybookInvalid(
            [Problem(str(folder), 1, "there is no such folder", "the folder of a playbook")]
        )
    names = _names(folder)
    files = {name: _file(folder, name) for name in _wanted(names)}
    for name in names:
        if name not in files and not _is_checklist(name):
            stray = Marked(name)
            stray.problem(1, "this file has no place in a playbook", _PLACES, nearest(name, _FILES))
            files[name] = stray
    if (count := sum(map(_is_checklist, names))) > MOST_CHECKLISTS:
        files[CHECKLISTS] = Marked(CHECKLISTS)
        files[CHECKLISTS].problem(1, f"there are {count:,} checklists", f"at most {MOST_CHECKLISTS}")
    if not count:
        files[CHECKLISTS] = Marked(CHECKLISTS)
        files[CHECKLISTS].problem(1, "there is no checklist", f"at least one file {CHECKLISTS}/<name>.yaml")
    if not (folder / POSTURE).exists() and not playbook_references.fits(files[POSTURE], _checklists(files)):
        files[POSTURE] = Marked(POSTURE, data=_NOTHING[POSTURE])
    if not (folder / POLICIES).exists():
        files[POLICIES] = _policies_instead(files)
    if not (folder / NUDGES).exists() and isinstance(files[NUDGES].data, dict):
        files[NUDGES].data.pop(playbook_nudges.KNOWS, None)  # ours name our questions, which may not be there
    return files


def _policies_instead(files: dict[str, Marked]) -> Marked:
    """Return our policies where gates name some, and none where each gate names its approvers itself."""
    ours = files[POLICIES]
    if not playbook_policies.named_by(files[GATES]):
        return Marked(POLICIES, data=_NOTHING[POLICIES])
    if lacking := playbook_policies.misfits(ours, _checklists(files)):
        found = f"there is no such file, and ours rests on {shown(lacking[0])}, an item that names somebody"
        ours = Marked(POLICIES)
        ours.problem(1, found, "a file of your own, because gates name policies")
    return ours


_FILES = (STAGES, GATES, *INSTEAD)
_PLACES = f"{', '.join(_FILES)} and {CHECKLISTS}/<name>.yaml"


def _wanted(names: list[str]) -> Iterator[str]:
    yield from _FILES
    yield from [name for name in names if _is_checklist(name)][:MOST_CHECKLISTS]


def _is_checklist(name: str) -> bool:
    return name.startswith(CHECKLISTS + "/") and name.endswith(".yaml")


def _names(folder: Path) -> list[str]:
    """List the YAML files of a folder and of its checklists; hidden ones and other kinds are nobody's business."""
    found = [*folder.glob("*"), *(folder / CHECKLISTS).glob("*")]
    yaml_like = (path for path in found if path.suffix.lower() in {".yaml", ".yml"} and path.name[0] != ".")
    return sorted(path.relative_to(folder).as_posix() for path in yaml_like)


def _file(folder: Path, name: str) -> Marked:
    """Read a file, or ours where it may be left out; an assessment that neither has is empty."""
    own, ours = folder / name, DEFAULT_FOLDER / name
    place = ours if name in INSTEAD and not own.exists() else own
    if name in _NOTHING and not place.exists():
        return Marked(name, data=_NOTHING[name])
    return marked_yaml.read(place, name)


def _formed(file: Marked, form: type[Form]) -> Form | None:
    """Return the file in its form, or None with the problems noted."""
    if file.data is None:
        if not file.problems:
            file.problem(1, "the file is empty", playbook_forms.outline(form))
        return None
    try:
        return form.model_validate(file.data)
    except ValidationError as fault:
        file.problems.extend(playbook_forms.problems(file, form, fault))
        return None


def version_of(content: Playbook) -> str:
    """Return a short name of exactly this content, however it is written down; a remark in a file changes nothing."""
    parts = content.model_dump(mode="json", exclude={"version"})
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    return digest.hexdigest()[:12]
