"""Steps, topics, stalls, posture, upkeep, kinds and units: what a playbook's parts refer to is there, or is named."""

from pathlib import Path

import pytest

from bot.domain.playbook import AnswerKind
from prompts import playbook_files
from prompts.problems import PlaybookInvalid

from .small_playbook import edit, problems, write

FRAMEWORK = """\
steps:
  - {id: frame, title: Frame the problem}
  - {id: build, title: Build it}
topics:
  - {id: rollback-tested, title: Rollback is tested, group: foundations}
  - {id: named-owner, title: Somebody owns it, group: foundations}
stalls:
  - {id: no-owner, title: Nobody owns it, next: find the team that will run it}
"""
POSTURE = """\
areas:
  - {id: owner, title: Ownership, pilot: one champion, production: a team, shown_by: [owner]}
"""
UPKEEP = """\
  - id: upkeep
    title: Upkeep
    from_stage: production
    to_stage: production
    checklists: [basics]
    every_days: 90
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path)
    (tmp_path / "framework.yaml").write_text(FRAMEWORK)
    (tmp_path / "posture.yaml").write_text(POSTURE)
    return tmp_path


def give(folder: Path, key: str) -> None:
    """Add a key to the first item, in line 12."""
    edit(folder, "checklists/basics.yaml", "    freshness_days: 90\n", f"    freshness_days: 90\n    {key}\n")


def test_framework_and_posture_are_part_of_the_playbook_and_of_its_version(folder: Path) -> None:
    give(folder, "step: build")
    playbook = playbook_files.load(folder)
    assert [step.id for step in playbook.framework.steps] == ["frame", "build"]
    assert playbook.framework.stalls[0].next == "find the team that will run it"
    assert playbook.posture[0].shown_by == ("owner",)
    rollback = playbook.item("rollback")
    assert rollback
    assert playbook.step_number(rollback) == 1
    for file, old, new in (
        ("framework.yaml", "Build it", "Build"),
        ("posture.yaml", "a team", "a whole team"),
    ):
        before = playbook_files.load(folder).version
        edit(folder, file, old, new)
        assert playbook_files.load(folder).version != before


def test_our_framework_stands_in_and_our_posture_only_where_its_items_are_there(folder: Path) -> None:
    (folder / "framework.yaml").unlink()
    (folder / "posture.yaml").unlink()
    playbook, ours = playbook_files.load(folder), playbook_files.load(playbook_files.DEFAULT_FOLDER)
    assert playbook.framework == ours.framework
    assert playbook.posture == ()


def test_an_assessment_of_one_s_own_may_be_switched_off(folder: Path) -> None:
    (folder / "posture.yaml").write_text("areas: []\n")
    assert playbook_files.load(folder).posture == ()


def test_a_pilot_begins_in_the_first_stage_unless_others_are_named(folder: Path) -> None:
    assert playbook_files.load(folder).may_start_in == ("pilot",)
    edit(folder, "stages.yaml", "first_stage: pilot", "first_stage: pilot\nmay_start_in: [pilot, shadow]")
    assert playbook_files.load(folder).may_start_in == ("pilot", "shadow")


def test_upkeep_keeps_a_pilot_in_the_last_stage(folder: Path) -> None:
    with (folder / "gates.yaml").open("a") as file:
        file.write(UPKEEP)
    playbook = playbook_files.load(folder)
    upkeep = playbook.gate_from("production")
    assert upkeep
    assert not upkeep.leads_on
    assert upkeep.every_days == 90


CASES: dict[str, tuple[str, str, str, str]] = {
    # name: (file, what stands there, what is put there, the whole problem)
    "a stage to start in that is not there": (
        "stages.yaml", "first_stage: pilot", "first_stage: pilot\nmay_start_in: [pilot, shadw]",
        "stages.yaml:2: there is no stage “shadw”; expected one of “pilot”, “shadow”. Did you mean “shadow”?",
    ),
    "a pilot that starts at the end": (
        "stages.yaml", "first_stage: pilot", "first_stage: pilot\nmay_start_in:\n  - pilot\n  - production",
        "stages.yaml:4: “production” is the last stage, so nothing would lead a pilot there; expected one of “pilot”, “shadow”.",
    ),
    "upkeep in the middle of the way": (
        "gates.yaml", "    from_stage: shadow\n    to_stage: production",
        "    every_days: 30\n    from_stage: shadow\n    to_stage: shadow",
        "gates.yaml:11: this gate is upkeep (every_days) of “shadow”, which another stage follows; expected the last stage, “production”.",
    ),
    "upkeep that leads on": (
        "gates.yaml", "    to_stage: production", "    to_stage: production\n    every_days: 30",
        "gates.yaml:8: “launch” contradicts itself; expected this: upkeep (every_days) stays in its stage: from_stage and to_stage are the same.",
    ),
    "a gate at the end that is no upkeep": (
        "gates.yaml", "    from_stage: shadow\n    to_stage: production", "    from_stage: production\n    to_stage: production",
        "gates.yaml:10: “production” is the last stage; expected a stage that another follows, or every_days where it is upkeep.",
    ),
    "a gate that nobody decides": (
        "gates.yaml", "    approvers: {title: Owner, owner: true}\n", "",
        "gates.yaml:8: “launch” contradicts itself; expected this: name a policy, who may approve (approvers), or how often upkeep is due (every_days).",
    ),
    "a step twice": (
        "framework.yaml", "{id: build,", "{id: frame,",
        "framework.yaml:3: the step “frame” is already in framework.yaml:2; expected an id of its own.",
    ),
    "a topic twice": (
        "framework.yaml", "{id: named-owner,", "{id: rollback-tested,",
        "framework.yaml:6: the topic “rollback-tested” is already in framework.yaml:5; expected an id of its own.",
    ),
    "a misspelt list": (
        "framework.yaml", "stalls:", "stals:",
        "framework.yaml:7: “stals” is no key here; expected one of “steps”, “topics”, “stalls”. Did you mean “stalls”?",
    ),
    "a posture area that no item shows": (
        "posture.yaml", "shown_by: [owner]", "shown_by: [ownr]",
        "posture.yaml:2: there is no item “ownr”; expected one of “rollback”, “owner”. Did you mean “owner”?",
    ),
    "an empty posture file": (
        "posture.yaml", POSTURE, "# nothing\n",
        "posture.yaml:1: the file is empty; expected “areas”.",
    ),
}  # fmt: skip

KEYS: dict[str, str] = {
    # what is put into the first item: the problem, without its file
    "step: bild": "12: there is no step “bild”; expected one of “frame”, “build”. Did you mean “build”?",
    "covers: [rollback-tested, named-owners]": "12: there is no topic “named-owners”; expected one of “rollback-tested”, “named-owner”. Did you mean “named-owner”?",
    "covers: [named-owner, named-owner]": "12: the topic “named-owner” is listed twice; expected each once.",
    "guards_against: [no_owner]": "12: there is no cause of a stall “no_owner”; expected one of “no-owner”. Did you mean “no-owner”?",
    "kind: percent": "12: “kind” is “percent”; expected one of “status”, “number”, “money”, “percentage”, “date”, “link”, “person”, “group”, “choice”, “choices”, “text”. Did you mean “percentage”?",
    "kind: [money]": "12: “kind” is a list; expected one of “status”, “number”, “money”, “percentage”, “date”, “link”, “person”, “group”, “choice”, “choices”, “text”.",
    "shown_by: [link, figures]": "12: entry 2 of “shown_by” is “figures”; expected one of “link”, “date”, “figure”, “name”, “words”. Did you mean “figure”?",
    "asks: finanse": "12: “asks” is “finanse”; expected one of “champion”, “production_owner”, “operations”, “security”, “finance”. Did you mean “finance”?",
    "known_from: name": "12: “known_from” is “name”; expected one of “problem”, “metric”, “champion”, “owner”, “acceptance”.",
    "enforce_from: soon": "12: “enforce_from” is “soon”; expected a day of the calendar, such as 2026-12-31.",
    "enforce_from: 2026-12-01 10:30:00": "12: “enforce_from” is “2026-12-01 10:30:00”; expected a day of the calendar, such as 2026-12-31.",
    "critical: sometimes": "12: “critical” is “sometimes”; expected true or false.",
    "{kind: choice}": "13: this is no YAML",
    "options: [{id: a, title: A}]": "4: “rollback” contradicts itself; expected this: options belong to the kinds choice and choices.",
    "kind: choice": "4: “rollback” contradicts itself; expected this: list at least two options to choose from.",
    "options: [{id: a, titel: A}]": "12: “titel” is no key here; expected one of “id”, “title”. Did you mean “title”?",
    "checks: [one_persn]": "12: there is no concern “one_persn”; expected one of ",
    "checks: [Champion]": "12: entry 1 of “checks” is “Champion”; expected small letters, digits, dots, dashes and underscores, a letter or digit first.",
    "covers: rollback-tested": "12: “covers” is “rollback-tested”; expected a list of texts.",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_part_that_does_not_fit_is_named_with_what_is_expected(folder: Path, case: str) -> None:
    file, old, new, expected = CASES[case]
    edit(folder, file, old, new)
    assert expected in problems(folder)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_an_item_that_does_not_fit_is_named(folder: Path, key: str) -> None:
    give(folder, key)
    found = problems(folder)
    assert any(problem.startswith("checklists/basics.yaml:" + KEYS[key]) for problem in found), found


def test_a_kind_with_two_options_of_one_id_is_refused(folder: Path) -> None:
    give(folder, "kind: choices\n    options: [{id: a, title: A}, {id: a, title: B}]")
    assert problems(folder) == [
        "checklists/basics.yaml:4: “rollback” contradicts itself; expected this: two options have the same id."
    ]


@pytest.mark.parametrize(
    ("unit", "refused"),
    [
        ("EUR", None),
        ("JPY", None),
        ("''", None),
        ("eur", "Did you mean “EUR”?"),
        ("EURO", "Did you mean “EUR”?"),
        ("€", "there is no currency “€”; expected a currency's code of three letters, such as “EUR” or “USD”."),
    ],
)  # fmt: skip
def test_the_unit_of_money_is_a_currency(folder: Path, unit: str, refused: str | None) -> None:
    give(folder, f"kind: money\n    unit: {unit}")
    if refused is None:
        item = playbook_files.load(folder).item("rollback")
        assert item
        assert item.kind is AnswerKind.MONEY
    else:
        (found,) = problems(folder)
        assert found.startswith("checklists/basics.yaml:13: there is no currency")
        assert refused in found


def test_a_file_that_cannot_be_read_hides_what_it_holds_and_nothing_is_said_about_that(folder: Path) -> None:
    give(folder, "covers: [rollback-tested]\n    guards_against: [no-owner]\n    step: build")
    (folder / "framework.yaml").write_text("steps: [\n")
    assert len(problems(folder)) == 1
    (folder / "framework.yaml").write_text(FRAMEWORK)
    (folder / "checklists" / "basics.yaml").write_text("id: basics\nitems: [\n")
    assert len(problems(folder)) == 1


def test_a_long_list_of_what_is_known_is_cut_and_counted(folder: Path) -> None:
    topics = "".join(f"  - {{id: t{n}, title: T, group: g}}\n" for n in range(40))
    (folder / "framework.yaml").write_text("topics:\n" + topics)
    give(folder, "covers: [nothing-like-it]")
    assert problems(folder)[0].endswith("“t11” and 28 more.")


def test_a_playbook_without_topics_says_so(folder: Path) -> None:
    (folder / "framework.yaml").write_text("steps: []\n")
    give(folder, "covers: [owner]")
    assert problems(folder) == [
        "checklists/basics.yaml:12: there is no topic “owner”; expected none, because the playbook has no topic."
    ]


def test_more_checklists_than_anybody_can_use_are_refused(folder: Path) -> None:
    for number in range(playbook_files.MOST_CHECKLISTS + 5):
        (folder / "checklists" / f"x{number}.yaml").write_text("id: x\n")
    with pytest.raises(PlaybookInvalid) as refused:
        playbook_files.load(folder)
    said = [str(problem) for problem in refused.value.problems]
    assert "checklists:1: there are 206 checklists; expected at most 200." in said
    assert not any("no place in a playbook" in one for one in said)
