"""A playbook folder is read whole or refused with everything that is wrong in it, each with its file and line."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.rhythm import Knows
from prompts import playbook_files
from prompts.marked_yaml import MOST_BYTES, Marked, parse
from prompts.problems import MOST_SHOWN, PlaybookInvalid, Problem

from .small_playbook import STAGES, edit, problems, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path)


def test_a_good_folder_is_a_playbook(folder: Path) -> None:
    playbook = playbook_files.load(folder)
    assert [stage.id for stage in playbook.stages] == ["pilot", "shadow", "production"]
    assert [item.id for item in playbook.items_of(playbook.gates[0])] == ["rollback", "owner"]
    assert len(playbook.version) == 12


def test_nudges_and_coaching_may_be_left_out_and_ours_stand_in(folder: Path) -> None:
    playbook, ours = playbook_files.load(folder), playbook_files.load(playbook_files.DEFAULT_FOLDER)
    assert playbook_files.left_out(folder, playbook) == ["nudges.yaml", "coaching.yaml", "framework.yaml"]
    assert playbook.nudges == ours.nudges.model_copy(update={"knows": Knows()})
    assert playbook.coaching == ours.coaching
    (folder / "nudges.yaml").write_text("from_hour: 8\n")
    assert playbook_files.load(folder).nudges.from_hour == 8


def test_the_version_follows_the_content_and_nothing_else(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = playbook_files.load(folder).version
    copy = tmp_path_factory.mktemp("elsewhere") / "copy"
    shutil.copytree(folder, copy)
    os.utime(copy / "stages.yaml", (1, 1))
    (copy / "README.md").write_text("ours")
    (copy / ".stages.yaml.swp").write_text("x")
    edit(copy, "stages.yaml", "title: Pilot\n", "title: 'Pilot'   # a remark, and quotes\n")
    assert playbook_files.load(copy).version == first
    edit(copy, "checklists/basics.yaml", "Minutes count.", "Every minute counts.")
    assert playbook_files.load(copy).version != first


CASES: dict[str, tuple[str, str, str, str]] = {
    # name: (file, what stands there, what is put there, the whole problem)
    "a misspelt key is one problem with the key that was meant": (
        "checklists/basics.yaml", "    question: How", "    qestion: How",
        "checklists/basics.yaml:6: “qestion” is no key here; expected one of “id”, “title”, “question”, “why”, “good”, “if_missing”, “evidence”, “follow_up”, “freshness_days”, “critical”, “weak”, “kind”, “unit”, “options”, “shown_by”, “asks”, “step”, “guards_against”, “covers”, “checks”, “known_from”, “enforce_from”, “red_flag”, “asked_anew”. Did you mean “question”?",
    ),
    "a missing key names its entry": (
        "checklists/basics.yaml", "    why: Minutes count.\n", "",
        "checklists/basics.yaml:4: “why” is missing in “rollback”; expected text of 1 to 600 characters.",
    ),
    "a number out of range": (
        "stages.yaml", "quiet_after_days: 14", "quiet_after_days: 0",
        "stages.yaml:5: “quiet_after_days” is “0”; expected a whole number from 1 to 365.",
    ),
    "words where a number belongs": (
        "checklists/basics.yaml", "freshness_days: 90", "freshness_days: three months",
        "checklists/basics.yaml:11: “freshness_days” is “three months”; expected a whole number from 1 to 3650.",
    ),
    "a yes that YAML takes for true": (
        "checklists/basics.yaml", "title: Rollback", "title: yes",
        "checklists/basics.yaml:5: “title” is true; expected text of 1 to 60 characters.",
    ),
    "an id with capitals": (
        "checklists/basics.yaml", "id: basics", "id: Basics",
        "checklists/basics.yaml:1: “id” is “Basics”; expected small letters, digits, dots, dashes and underscores, a letter or digit first.",
    ),
    "an item id twice": (
        "checklists/basics.yaml", "id: owner", "id: rollback",
        "checklists/basics.yaml:12: the item “rollback” is already in checklists/basics.yaml:4; expected an id of its own.",
    ),
    "a stage id twice": (
        "stages.yaml", "id: production", "id: pilot",
        "stages.yaml:8: the stage “pilot” is already in stages.yaml:3; expected an id of its own.",
    ),
    "a gate id twice": (
        "gates.yaml", "id: launch", "id: readiness",
        "gates.yaml:8: the gate “readiness” is already in gates.yaml:2; expected an id of its own.",
    ),
    "a key twice": (
        "stages.yaml", "    title: Pilot\n", "    title: Pilot\n    title: Pilots\n",
        "stages.yaml:5: “title” stands here again (first in line 4); expected each key once.",
    ),
    "an unknown stage": (
        "gates.yaml", "from_stage: pilot", "from_stage: pilto",
        "gates.yaml:4: there is no stage “pilto”; expected one of “pilot”, “shadow”, “production”. Did you mean “pilot”?",
    ),
    "an unknown first stage": (
        "stages.yaml", "first_stage: pilot", "first_stage: idea",
        "stages.yaml:1: the first stage “idea” is not among the stages; expected one of “pilot”, “shadow”, “production”.",
    ),
    "an unknown checklist": (
        "gates.yaml", "checklists: [basics]", "checklists: [basic]",
        "gates.yaml:6: there is no checklist “basic”; expected one of “basics”. Did you mean “basics”?",
    ),
    "a checklist twice at one gate": (
        "gates.yaml", "checklists: [basics]", "checklists: [basics, basics]",
        "gates.yaml:6: the checklist “basics” is listed twice; expected each once.",
    ),
    "a gate without checklists": (
        "gates.yaml", "checklists: [basics]", "checklists: []",
        "gates.yaml:6: “checklists” is an empty list; expected a list of texts, at least one.",
    ),
    "a gate that skips a stage": (
        "gates.yaml", "to_stage: shadow", "to_stage: production",
        "gates.yaml:5: this gate skips “shadow”; expected the next stage, “shadow”.",
    ),
    "a gate that leads in a circle": (
        "gates.yaml", "to_stage: production", "to_stage: pilot",
        "gates.yaml:11: this gate leads in a circle, from “shadow” to “pilot”; expected the next stage, “production”.",
    ),
    "a gate that leads to itself": (
        "gates.yaml", "to_stage: shadow", "to_stage: pilot",
        "gates.yaml:5: this gate leads in a circle, from “pilot” to “pilot”; expected the next stage, “shadow”.",
    ),
    "nobody who could approve": (
        "gates.yaml", "{title: Approvers, group: gate-approvers}", "{title: Approvers}",
        "gates.yaml:7: “approvers” contradicts itself; expected this: name a group, people, an item or owner: true; otherwise nobody could approve.",
    ),
    "the reserved stage": (
        "stages.yaml", "    title: Production\n", "    title: Production\n  - id: retired\n    title: Retired\n",
        "stages.yaml:10: “retired” is the end of a pilot, not a stage; expected another id.",
    ),
    "an alias": (
        "stages.yaml", "title: Pilot", "title: *same",
        "stages.yaml:4: there is an alias “*same”; expected the text itself; aliases are not used.",
    ),
    "a tag": (
        "stages.yaml", "title: Pilot", "title: !!python/object/apply:os.system [ls]",
        "stages.yaml:4: there is a tag “tag:yaml.org,2002:python/object/apply:os.system”; expected plain text; tags are not used.",
    ),
    "a list where text belongs": (
        "stages.yaml", "title: Pilot", "title: [a, b]",
        "stages.yaml:4: “title” is a list; expected text of 1 to 40 characters.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_refused_with_file_line_and_what_was_expected(folder: Path, case: str) -> None:
    file, old, new, expected = CASES[case]
    edit(folder, file, old, new)
    assert expected in problems(folder)


def test_a_way_needs_two_stages_and_a_gate(folder: Path) -> None:
    (folder / "stages.yaml").write_text("first_stage: pilot\nstages: []\n")
    (folder / "gates.yaml").write_text("gates: []\n")
    assert problems(folder) == [
        "gates.yaml:1: “gates” is an empty list; expected a list of entries, at least one.",
        "stages.yaml:2: “stages” is an empty list; expected a list of entries, at least two.",
    ]


def test_a_checklist_needs_items(folder: Path) -> None:
    (folder / "checklists" / "basics.yaml").write_text("id: basics\ntitle: Basics\nitems: []\n")
    assert problems(folder) == [
        "checklists/basics.yaml:3: “items” is an empty list; expected a list of entries, at least one."
    ]


def test_a_misspelt_key_does_not_also_count_as_missing(folder: Path) -> None:
    edit(folder, "checklists/basics.yaml", "    question: How", "    qestion: How")
    assert len(problems(folder)) == 1


def test_two_gates_from_one_stage_and_the_stage_left_without_one_are_both_named(folder: Path) -> None:
    edit(
        folder,
        "gates.yaml",
        "from_stage: shadow\n    to_stage: production",
        "from_stage: pilot\n    to_stage: shadow",
    )
    assert problems(folder) == [
        "gates.yaml:1: no gate leads on from “shadow”, so pilots would be stuck there; expected a gate from “shadow” to “production”.",
        "gates.yaml:10: the gate “readiness” already leads on from “pilot”; expected one gate for each stage.",
    ]


def test_stages_before_the_first_one_need_no_gate(folder: Path) -> None:
    edit(folder, "stages.yaml", "  - id: pilot", "  - id: idea\n    title: Idea\n  - id: pilot")
    assert playbook_files.load(folder).first_stage == "pilot"


def test_everything_that_is_wrong_is_said_at_once_in_the_order_of_files_and_lines(folder: Path) -> None:
    edit(folder, "checklists/basics.yaml", "title: Rollback", "titel: Rollback")
    edit(folder, "gates.yaml", "to_stage: shadow", "to_stage: nowhere")
    edit(folder, "stages.yaml", "quiet_after_days: 14", "quiet_after_days: soon")
    (folder / "nudges.yaml").write_text("until_hour: 7\nfrom_hour: 9\n")
    found = problems(folder)
    assert [problem.split(": ")[0] for problem in found] == [
        "checklists/basics.yaml:5", "gates.yaml:5", "nudges.yaml:1", "stages.yaml:5",
    ]  # fmt: skip
    assert "until_hour must be later than from_hour" in found[2]


def test_the_report_counts_the_problems_and_shows_a_hundred() -> None:
    many = PlaybookInvalid(Problem("a.yaml", line, "x", "y") for line in range(1, MOST_SHOWN + 6))
    lines = many.report.splitlines()
    assert lines[0] == "The playbook cannot be used: 105 problems."
    assert lines[-1] == "  … and 5 more"
    assert len(lines) == MOST_SHOWN + 2
    assert "1 problem." in PlaybookInvalid([Problem("a.yaml", 1, "x", "y")]).report


def _instead_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no file": (lambda f: f.unlink(), "stages.yaml:1: there is no such file; expected a YAML file."),
    "a folder instead": (_instead_a_folder, "stages.yaml:1: this is no plain file; expected a YAML file."),
    "an empty file": (
        lambda f: f.write_text("# only a remark\n"),
        "stages.yaml:1: the file is empty; expected “first_stage”, “stages”; also “may_start_in”.",
    ),
    "not UTF-8": (
        lambda f: f.write_bytes(STAGES.replace("Shadow", "Schäden").encode("latin-1")),
        "stages.yaml:7: byte 0xe4 is not UTF-8; expected text saved as UTF-8.",
    ),
    "UTF-16": (
        lambda f: f.write_bytes(STAGES.encode("utf-16")),
        "stages.yaml:1: byte 0xff is not UTF-8; expected text saved as UTF-8.",
    ),
    "too large": (
        lambda f: f.write_text("#" * (MOST_BYTES + 1)),
        "stages.yaml:1: the file has 4,000,001 bytes; expected at most 4,000,000.",
    ),
    "a list": (
        lambda f: f.write_text("- a\n- b\n"),
        "stages.yaml:1: the file is a list; expected keys (“first_stage”, “stages”; also “may_start_in”).",
    ),
    "two documents": (
        lambda f: f.write_text("a: 1\n---\nb: 2\n"),
        "stages.yaml:2: a second document begins; expected one document of plain lists and mappings.",
    ),
    "levels without end": (
        lambda f: f.write_text("a: " + "[" * 5000),
        "stages.yaml:1: this is more than 12 levels deep; expected one document of plain lists and mappings.",
    ),
    "a control character": (
        lambda f: f.write_text("a: 1\nb: \x07\n"),
        "stages.yaml:2: there is a control character; expected printable text.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_used_is_refused_clearly(folder: Path, case: str) -> None:
    spoil, expected = UNREADABLE[case]
    spoil(folder / "stages.yaml")
    assert problems(folder) == [expected]


def test_a_syntax_error_has_its_line(folder: Path) -> None:
    edit(folder, "gates.yaml", "    title: Readiness", "    title: 'Readiness")
    assert any(p.startswith("gates.yaml:") and "this is no YAML" in p for p in problems(folder))


def test_tabs_are_refused_with_their_line(folder: Path) -> None:
    edit(folder, "stages.yaml", "    title: Pilot", "\ttitle: Pilot")
    assert any(p.startswith("stages.yaml:4: this is no YAML") for p in problems(folder))


def test_a_folder_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    assert problems(tmp_path / "gone") == [
        f"{tmp_path / 'gone'}:1: there is no such folder; expected the folder of a playbook."
    ]


def test_a_folder_without_checklists_says_what_is_missing(folder: Path) -> None:
    shutil.rmtree(folder / "checklists")
    assert problems(folder) == [
        "checklists:1: there is no checklist; expected at least one file checklists/<name>.yaml."
    ]


def test_a_stray_file_is_named_with_the_one_that_was_meant(folder: Path) -> None:
    (folder / "nudge.yaml").write_text("from_hour: 8\n")
    (folder / "checklists" / "more.yml").write_text("id: more\n")
    found = problems(folder)
    assert "Did you mean “nudges.yaml”?" in found[1]
    assert found[0].startswith("checklists/more.yml:1: this file has no place in a playbook")


def test_a_bomb_of_aliases_is_refused_before_it_grows(folder: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    (folder / "stages.yaml").write_text("\n".join(lines))
    assert any("aliases are not used" in problem for problem in problems(folder))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(folder: Path) -> None:
    (folder / "stages.yaml").chmod(0)
    assert "cannot be read" in problems(folder)[0]


def test_values_that_yaml_cannot_build_are_problems_not_traces(folder: Path) -> None:
    edit(folder, "stages.yaml", "title: Pilot", "title: 2026-13-45")
    edit(folder, "stages.yaml", "title: Shadow", "title: " + "9" * 5000)
    assert len(problems(folder)) >= 2


def test_a_file_with_a_byte_order_mark_is_read(folder: Path) -> None:
    (folder / "stages.yaml").write_text(STAGES, encoding="utf-8-sig")
    assert playbook_files.load(folder).first_stage == "pilot"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#\n\t ,?\x00é"), max_size=60))
def test_no_text_whatever_makes_the_reader_fail(text: str) -> None:
    marked = Marked("x.yaml")
    parse(text, marked)
    assert marked.data is None or isinstance(marked.data, object)
    assert all(problem.line >= 1 for problem in marked.problems)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "items", "stages", "gates", "steps", "areas", "shown_by", "covers", "kind", "roles", "policies", "tiers", "seats", "role", "item", "fallback", "notify", "by_tier", "approvers", "x"]), inner),
        max_leaves=12,
    )
)  # fmt: skip
def test_no_shape_whatever_makes_the_checks_fail(data: object) -> None:
    import tempfile

    import yaml

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "checklists").mkdir()
        for file in (
            playbook_files.STAGES,
            playbook_files.GATES,
            *playbook_files.INSTEAD,
            "checklists/a.yaml",
        ):
            (folder / file).write_text(yaml.safe_dump(data))
        with pytest.raises(PlaybookInvalid) as refused:
            playbook_files.load(folder)
        assert refused.value.problems
