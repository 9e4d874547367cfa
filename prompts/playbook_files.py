"""Reads a playbook folder and hands out a checked `Playbook`, or everything that is wrong with it at once.

Form is checked here, by the domain's own models; how the parts refer to each other is checked in `playbook_ties`. Writes
nothing and knows no wording of messages.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from bot.domain.playbook import Checklist, Coaching, Gate, NudgeRhythm, Playbook, Stage
from bot.domain.values import Frozen, Slug
from prompts import marked_yaml, playbook_forms, playbook_ties
from prompts.marked_yaml import Marked
from prompts.problems import PlaybookInvalid, Problem, nearest

DEFAULT_FOLDER = Path(__file__).parent / "playbook"
STAGES, GATES, NUDGES, COACHING, CHECKLISTS = (
    "stages.yaml", "gates.yaml", "nudges.yaml", "coaching.yaml", "checklists",
)  # fmt: skip
_INSTEAD = {NUDGES, COACHING}
"""Files that a playbook of one's own may leave out; ours stand in for them."""

Form = TypeVar("Form", bound=Frozen)


class StagesFile(Frozen):
    """The form of stages.yaml."""

    first_stage: Slug
    stages: tuple[Stage, ...] = Field(min_length=2)


class GatesFile(Frozen):
    """The form of gates.yaml."""

    gates: tuple[Gate, ...] = Field(min_length=1)


def load(folder: Path) -> Playbook:
    """Return the folder's playbook; PlaybookInvalid names every problem in it."""
    files = _read(folder)
    stages = _formed(files[STAGES], StagesFile)
    gates = _formed(files[GATES], GatesFile)
    nudges = _formed(files[NUDGES], NudgeRhythm)
    coaching = _formed(files[COACHING], Coaching)
    lists = [_formed(file, Checklist) for file in _checklists(files)]
    problems = [problem for file in files.values() for problem in file.problems]
    problems += playbook_ties.problems(files[STAGES], files[GATES], files[COACHING], _checklists(files))
    whole = [made for made in lists if made is not None]
    if problems or stages is None or gates is None or nudges is None or coaching is None:
        raise PlaybookInvalid(problems)
    return Playbook(
        version=_version(files),
        first_stage=stages.first_stage,
        stages=stages.stages,
        gates=gates.gates,
        checklists=tuple(whole),
        nudges=nudges,
        coaching=coaching,
    )


def _checklists(files: dict[str, Marked]) -> list[Marked]:
    return [file for name, file in files.items() if name.startswith(CHECKLISTS + "/")]


def _read(folder: Path) -> dict[str, Marked]:
    """Read every file of the folder; PlaybookInvalid where there is no playbook at all."""
    if not folder.is_dir():
        raise PlaybookInvalid(
            [Problem(str(folder), 1, "there is no such folder", "the folder of a playbook")]
        )
    files = {name: marked_yaml.read(_place_of(folder, name), name) for name in _wanted(folder)}
    for name in _names(folder):
        if name not in files:
            hint = nearest(name, [STAGES, GATES, NUDGES, COACHING])
            stray = Marked(name)
            stray.problem(1, "this file has no place in a playbook", _PLACES, hint)
            files[name] = stray
    if not _checklists(files):
        empty = Marked(CHECKLISTS)
        empty.problem(1, "there is no checklist", f"at least one file {CHECKLISTS}/<name>.yaml")
        files[CHECKLISTS] = empty
    return files


_PLACES = f"{STAGES}, {GATES}, {NUDGES}, {COACHING} and {CHECKLISTS}/<name>.yaml"


def _wanted(folder: Path) -> Iterator[str]:
    yield from (STAGES, GATES, NUDGES, COACHING)
    yield from (
        name for name in _names(folder) if name.startswith(CHECKLISTS + "/") and name.endswith(".yaml")
    )


def _names(folder: Path) -> list[str]:
    """List the YAML files of a folder and of its checklists; hidden ones and other kinds are nobody's business."""
    found = [*folder.glob("*"), *(folder / CHECKLISTS).glob("*")]
    yaml_like = (path for path in found if path.suffix.lower() in {".yaml", ".yml"} and path.name[0] != ".")
    return sorted(path.relative_to(folder).as_posix() for path in yaml_like)


def _place_of(folder: Path, name: str) -> Path:
    ours = DEFAULT_FOLDER / name
    return ours if name in _INSTEAD and not (folder / name).exists() else folder / name


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


def _version(files: dict[str, Marked]) -> str:
    """Return a short name of exactly this content: the same files have the same version anywhere."""
    digest = hashlib.sha256()
    for name, file in sorted(files.items()):
        digest.update(f"{name}\0{len(file.content)}\0".encode() + file.content)
    return digest.hexdigest()[:12]
