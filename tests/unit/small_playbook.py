"""A playbook of three stages and two items in a folder, for tests that spoil it."""

from pathlib import Path

import pytest

from prompts import playbook_files
from prompts.problems import PlaybookInvalid

STAGES = """\
first_stage: pilot
stages:
  - id: pilot
    title: Pilot
    quiet_after_days: 14
  - id: shadow
    title: Shadow
  - id: production
    title: Production
"""
GATES = """\
gates:
  - id: readiness
    title: Readiness
    from_stage: pilot
    to_stage: shadow
    checklists: [basics]
    approvers: {title: Approvers, group: gate-approvers}
  - id: launch
    title: Launch
    from_stage: shadow
    to_stage: production
    checklists: [basics]
    approvers: {title: Owner, owner: true}
"""
BASICS = """\
id: basics
title: Basics
items:
  - id: rollback
    title: Rollback
    question: How is it switched off?
    why: Minutes count.
    good: A switch, tried on 3 May.
    if_missing: try the switch
    evidence: a note
    freshness_days: 90
  - id: owner
    title: Owner
    question: Who is called?
    why: Somebody has to be.
    good: Payments.
    if_missing: ask a team
    evidence: a name
    freshness_days: 90
"""


def write(folder: Path) -> Path:
    """Write the small playbook into an empty folder."""
    (folder / "checklists").mkdir()
    (folder / "stages.yaml").write_text(STAGES)
    (folder / "gates.yaml").write_text(GATES)
    (folder / "checklists" / "basics.yaml").write_text(BASICS)
    return folder


def problems(folder: Path) -> list[str]:
    """Return what the folder is refused for."""
    with pytest.raises(PlaybookInvalid) as refused:
        playbook_files.load(folder)
    return [str(problem) for problem in refused.value.problems]


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replace words in a file, once."""
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
