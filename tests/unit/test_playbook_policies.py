"""Roles, tiers and policies as files: what they name is there or is said with its line, and they are written down and compared."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from bot.domain.policies import Material, Policy
from prompts import playbook_export, playbook_files, playbook_schema
from prompts.playbook_consequences import consequence
from prompts.playbook_diff import report
from prompts.playbook_summary import notes, summary

from .small_playbook import edit, problems, write

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
POLICIES = """\
roles:
  - id: security
    title: the security reviewers
    group: security-reviewers
  - id: caller
    title: whoever is called
    item: owner
tiers:
  - {id: normal, title: Normal, hint: easily mended}
  - {id: high, title: High}
policies:
  - id: one
    title: One person
    steps:
      - seats: [{role: security}]
  - id: two
    title: Two roles, in order
    steps:
      - title: technical
        seats: [{role: security, needs: 2}]
      - seats:
          - role: caller
    notify: [security]
    waivers_by: [security, caller]
    fallback: caller
    escalate_after_working_days: 3
    break_glass: caller
"""
FIRST = "approvers: {title: Approvers, group: gate-approvers}"
SECOND = "approvers: {title: Owner, owner: true}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path)
    (tmp_path / "policies.yaml").write_text(POLICIES)
    edit(tmp_path, "gates.yaml", FIRST, "policy: one")
    edit(tmp_path, "gates.yaml", SECOND, "policy: one\n    by_tier:\n      - {tier: high, policy: two}")
    edit(tmp_path, "checklists/basics.yaml", "evidence: a name", "evidence: a name\n    kind: person")
    return tmp_path


def test_a_gate_is_decided_by_its_policy_or_by_that_of_the_tier(folder: Path) -> None:
    playbook = playbook_files.load(folder)
    launch = playbook.gates[1]
    for tier, expected in (("", "one"), ("normal", "one"), ("high", "two"), ("gone", "one")):
        procedure = playbook.procedure(launch, tier)
        assert procedure
        assert procedure.policy.id == expected
    before = playbook.version
    edit(folder, "policies.yaml", "needs: 2", "needs: 3")
    assert playbook_files.load(folder).version != before


CASES: dict[str, tuple[str, str, str, str]] = {
    # name: (file, what stands there, what is put there, the whole problem)
    "a gate with a policy that is not there": (
        "gates.yaml", "policy: one", "policy: ome",
        "gates.yaml:7: there is no policy “ome”; expected one of “one”, “two”. Did you mean “one”?",
    ),
    "a tier that is not there": (
        "gates.yaml", "tier: high", "tier: hihg",
        "gates.yaml:15: there is no tier “hihg”; expected one of “normal”, “high”. Did you mean “high”?",
    ),
    "a tier's policy that is not there": (
        "gates.yaml", "policy: two", "policy: tow",
        "gates.yaml:15: there is no policy “tow”; expected one of “one”, “two”. Did you mean “two”?",
    ),
    "a tier twice at a gate": (
        "gates.yaml", "{tier: high, policy: two}", "{tier: high, policy: two}\n      - {tier: high, policy: one}",
        "gates.yaml:16: the tier “high” already has a policy at this gate; expected each tier once.",
    ),
    "a policy and approvers": (
        "gates.yaml", "policy: one", f"policy: one\n    {FIRST}",
        "gates.yaml:2: “readiness” contradicts itself; expected this: name either a policy or approvers, not both.",
    ),
    "another policy for a tier, and none for the others": (
        "gates.yaml", "policy: one\n    by_tier", f"{SECOND}\n    by_tier",
        "gates.yaml:8: “launch” contradicts itself; expected this: by_tier needs a policy for all other pilots.",
    ),
    "days that belong to the policy": (
        "gates.yaml", "policy: one", "policy: one\n    expires_after_working_days: 5",
        "gates.yaml:2: “readiness” contradicts itself; expected this: expires_after_working_days stands in the policy.",
    ),
    "approvers whom no answer names": (
        "gates.yaml", "policy: one", "approvers: {title: Somebody, item: rollback}",
        "gates.yaml:7: the item “rollback” has the kind “status”, so its answer names nobody; expected an item of the kind person or group: one of “owner”.",
    ),
    "a seat of a role that is not there": (
        "policies.yaml", "- role: caller", "- role: callr",
        "policies.yaml:22: there is no role “callr”; expected one of “security”, “caller”. Did you mean “caller”?",
    ),
    "a fallback that is not there": (
        "policies.yaml", "fallback: caller", "fallback: nobody",
        "policies.yaml:25: there is no role “nobody”; expected one of “security”, “caller”.",
    ),
    "break-glass by a role that is not there": (
        "policies.yaml", "break_glass: caller", "break_glass: scurity",
        "policies.yaml:27: there is no role “scurity”; expected one of “security”, “caller”. Did you mean “security”?",
    ),
    "waivers by a role that is not there": (
        "policies.yaml", "waivers_by: [security, caller]", "waivers_by: [security, calls]",
        "policies.yaml:24: there is no role “calls”; expected one of “security”, “caller”. Did you mean “caller”?",
    ),
    "a role listed twice": (
        "policies.yaml", "waivers_by: [security, caller]", "waivers_by: [security, security]",
        "policies.yaml:24: the role “security” is listed twice; expected each once.",
    ),
    "a role that is told and decides nothing": (
        "policies.yaml", "notify: [security]", "notify: [security, risk]",
        "policies.yaml:16: “two” contradicts itself; expected this: notify names roles that decide nothing here: risk.",
    ),
    "a role twice in a step": (
        "policies.yaml", "[{role: security}]", "[{role: security}, {role: security}]",
        "policies.yaml:12: “one” contradicts itself; expected this: a role stands twice in one step: say with needs how many of it have to agree.",
    ),
    "an escalation to nobody": (
        "policies.yaml", "    fallback: caller\n", "",
        "policies.yaml:16: “two” contradicts itself; expected this: escalate_after_working_days and fallback belong together: name both, or neither.",
    ),
    "reminders that go back": (
        "policies.yaml", "fallback: caller", "fallback: caller\n    remind_after_working_days: [3, 1]",
        "policies.yaml:16: “two” contradicts itself; expected this: remind_after_working_days grows: [1, 3, 6].",
    ),
    "a reminder on no day": (
        "policies.yaml", "fallback: caller", "fallback: caller\n    remind_after_working_days: [0, 1]",
        "policies.yaml:26: entry 1 of “remind_after_working_days” is “0”; expected a whole number from 1 to 90.",
    ),
    "a change that is none": (
        "policies.yaml", "fallback: caller", "fallback: caller\n    material: [value, evidense]",
        "policies.yaml:26: entry 2 of “material” is “evidense”; expected one of “words”, “value”, “evidence”, “waivers”, “bar”, “owner”, “champion”, “checklist”. Did you mean “evidence”?",
    ),
    "a name where a member id belongs": (
        "policies.yaml", "fallback: caller", "fallback: caller\n    never: [Maya]",
        "policies.yaml:26: entry 1 of “never” is “Maya”; expected a Slack member id, such as U0123ABCDEF (in a profile: ⋯, Copy member ID).",
    ),
    "a group with its @": (
        "policies.yaml", "group: security-reviewers", "group: '@security-reviewers'",
        "policies.yaml:4: “group” is “@security-reviewers”; expected the handle of a Slack user group, without @.",
    ),
    "a role without anybody": (
        "policies.yaml", "    group: security-reviewers\n", "",
        "policies.yaml:2: “security” contradicts itself; expected this: name a group, people, an item or owner: true; otherwise nobody could approve.",
    ),
    "a role of an item that is not there": (
        "policies.yaml", "item: owner", "item: ownr",
        "policies.yaml:7: there is no item “ownr”; expected one of “owner”. Did you mean “owner”?",
    ),
    "a role of an item whose answer is nobody": (
        "policies.yaml", "item: owner", "item: rollback",
        "policies.yaml:7: the item “rollback” has the kind “status”, so its answer names nobody; expected an item of the kind person or group: one of “owner”.",
    ),
    "no item names anybody": (
        "checklists/basics.yaml", "\n    kind: person", "",
        "policies.yaml:7: the item “owner” has the kind “status”, so its answer names nobody; expected an item of the kind person or group: none, because no item has the kind person or group.",
    ),
    "a role twice": (
        "policies.yaml", "id: caller", "id: security",
        "policies.yaml:5: the role “security” is already in policies.yaml:2; expected an id of its own.",
    ),
    "a tier twice": (
        "policies.yaml", "{id: high,", "{id: normal,",
        "policies.yaml:10: the tier “normal” is already in policies.yaml:9; expected an id of its own.",
    ),
    "a policy twice": (
        "policies.yaml", "id: two", "id: one",
        "policies.yaml:16: the policy “one” is already in policies.yaml:12; expected an id of its own.",
    ),
    "a misspelt key": (
        "policies.yaml", "needs: 2", "need: 2",
        "policies.yaml:20: “need” is no key here; expected one of “role”, “needs”. Did you mean “needs”?",
    ),
    "a policy that nobody decides": (
        "policies.yaml", "      - seats: [{role: security}]", "      []",
        "policies.yaml:14: “steps” is an empty list; expected a list of entries, at least one, at most 6.",
    ),
    "more people than anybody could gather": (
        "policies.yaml", "{role: security, needs: 2}]", "{role: security, needs: 20}]\n" + "      - seats: [{role: security, needs: 20}]\n" * 2,
        "policies.yaml:16: “two” contradicts itself; expected this: 61 people would have to agree; at most 60 can be asked.",
    ),
    "a step without seats": (
        "policies.yaml", "[{role: security}]", "[]",
        "policies.yaml:15: “seats” is an empty list; expected a list of entries, at least one, at most 10.",
    ),
    "a list where a role belongs": (
        "policies.yaml", "fallback: caller", "fallback: [caller]",
        "policies.yaml:25: “fallback” is a list; expected small letters, digits, dots, dashes and underscores, a letter or digit first.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_hold_together_is_named_with_its_line(folder: Path, case: str) -> None:
    file, old, new, expected = CASES[case]
    edit(folder, file, old, new)
    assert expected in problems(folder)


def test_a_file_that_cannot_be_read_hides_its_policies_and_nothing_is_said_about_gates(folder: Path) -> None:
    (folder / "policies.yaml").write_text("roles: [\n")
    assert len(problems(folder)) == 1


def test_an_empty_file_says_what_belongs_there(folder: Path) -> None:
    (folder / "policies.yaml").write_text("# nothing\n")
    assert "policies.yaml:1: the file is empty; expected “roles”, “tiers”, “policies”." in problems(folder)


def test_a_playbook_of_approvers_alone_has_no_policies_and_needs_no_file(tmp_path: Path) -> None:
    playbook = playbook_files.load(write(tmp_path))
    assert (playbook.roles, playbook.tiers, playbook.policies) == ((), (), ())
    assert "policies.yaml" not in playbook_export.folder(playbook)
    assert "policies.yaml" not in playbook_files.left_out(tmp_path, playbook)
    assert "Policies" not in summary(playbook, NOW.date())


def test_ours_stand_in_where_gates_name_policies_and_the_items_of_our_roles_are_there(folder: Path) -> None:
    (folder / "policies.yaml").unlink()
    edit(folder, "gates.yaml", "policy: one", "policy: standard")
    edit(folder, "gates.yaml", "policy: one", "policy: production")
    edit(folder, "gates.yaml", "policy: two", "policy: strict")
    assert problems(folder) == [
        "policies.yaml:1: there is no such file, and ours rests on “sponsor”, an item that names somebody; expected a file of your own, because gates name policies."
    ]
    edit(folder, "checklists/basics.yaml", "id: owner", "id: sponsor")
    edit(folder, "checklists/basics.yaml", "title: Owner", "title: Sponsor")
    playbook = playbook_files.load(folder)
    assert playbook.policies == playbook_files.load(playbook_files.DEFAULT_FOLDER).policies
    assert "policies.yaml" in playbook_files.left_out(folder, playbook)
    edit(folder, "gates.yaml", "policy: strict", "policy: strikt")
    assert "Did you mean “strict”?" in problems(folder)[0]


def test_policies_written_down_load_to_the_same_again(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    every = "never: [U0123ABCDEF]\n    notify: []\n    material: []\n    confirm_again: true\n    self_approval: true"
    edit(folder, "policies.yaml", "notify: [security]", every)
    playbook, copy = playbook_files.load(folder), tmp_path_factory.mktemp("copy")
    (copy / "checklists").mkdir()
    for name, text in playbook_export.folder(playbook).items():
        (copy / name).write_text(text, encoding="utf-8")
    assert playbook_files.load(copy) == playbook
    said = yaml.safe_load((copy / "policies.yaml").read_text())["policies"][0]
    assert list(said) == ["id", "title", "steps"], "what is as it would be anyway is left out"


def test_the_schema_completes_policies_roles_and_changes() -> None:
    schema = json.loads(playbook_schema.schemas()["policies.json"])
    assert set(schema["$defs"]["Policy"]["properties"]) == set(Policy.model_fields)
    assert schema["$defs"]["Material"]["enum"] == [str(one) for one in Material]
    assert schema["$defs"]["ApproverRole"]["properties"]["group"]["description"].startswith(
        "A Slack user group"
    )


def test_the_summary_says_who_decides_each_gate_how_many_and_in_which_order(folder: Path) -> None:
    said = summary(playbook_files.load(folder), date(2026, 11, 20), instead=["nudges.yaml"]).splitlines()
    assert "Tiers      Normal, High" in said
    assert any(line.startswith("  Launch ") and line.endswith("policy one (high: two)") for line in said)
    assert "  one  the security reviewers; closes after 5" in said
    assert (
        "  two  two of the security reviewers, then whoever is called; after 3 working days also whoever is called; closes after 5"
        in said
    )
    assert "  the security reviewers: @security-reviewers" in said
    assert "  whoever is called: whom the answer to owner names" in said
    assert "Worth a look" not in said


def test_what_never_comes_into_play_is_worth_a_look(folder: Path) -> None:
    edit(folder, "policies.yaml", "escalate_after_working_days: 3", "escalate_after_working_days: 5")
    edit(
        folder,
        "policies.yaml",
        "fallback: caller",
        "fallback: caller\n    remind_after_working_days: [1, 5, 6]",
    )
    spare = "policies:\n  - {id: spare, title: Spare, steps: [{seats: [{role: caller}]}], fallback: caller, escalate_after_working_days: 1}"
    edit(folder, "policies.yaml", "policies:", spare)
    other = (folder / "checklists" / "basics.yaml").read_text().replace("basics", "other")
    other = other.replace("id: owner", "id: other.owner").replace("id: rollback", "id: other.rollback")
    (folder / "checklists" / "other.yaml").write_text(other)
    edit(
        folder,
        "gates.yaml",
        "    to_stage: production\n    checklists: [basics]",
        "    to_stage: production\n    checklists: [other]",
    )
    assert list(notes(playbook_files.load(folder), NOW.date(), instead=["nudges.yaml"])) == [
        "no gate uses the policy spare",
        "spare: the fallback is the role that decides anyway",
        "two: a request closes after 5 working days, before the fallback may step in",
        "two: a request closes before the reminder of working day 5 and 6",
        "the answer to owner names who decides the gate launch, which does not ask for it",
    ]


def test_upkeep_is_decided_by_nobody_whatever_it_names(folder: Path) -> None:
    with (folder / "gates.yaml").open("a") as file:
        file.write(
            "  - {id: upkeep, title: Upkeep, from_stage: production, to_stage: production, checklists: [basics], "
            "every_days: 90, policy: two}\n"
        )
    playbook = playbook_files.load(folder)
    assert playbook.procedure(playbook.gates[-1], "") is None
    assert "questions, 2 critical; nobody has to decide" in summary(playbook, NOW.date())
    assert "the gate upkeep is upkeep, which nobody decides; policy can go" in notes(playbook, NOW.date())


def test_what_differs_is_told_by_role_tier_and_policy(folder: Path) -> None:
    before = playbook_files.load(folder)
    edit(folder, "policies.yaml", "group: security-reviewers", "group: security")
    edit(folder, "policies.yaml", "easily mended", "soon mended")
    edit(folder, "policies.yaml", "{role: security, needs: 2}", "{role: security}, {role: caller}")
    edit(folder, "policies.yaml", "break_glass: caller", "confirm_again: true")
    edit(folder, "gates.yaml", "policy: one", "policy: two")
    edit(folder, "gates.yaml", "{tier: high, policy: two}", "{tier: high, policy: one}")
    assert report(before, playbook_files.load(folder)).splitlines() == [
        "Gates",
        "  ~ readiness (Readiness): policy one → two",
        "  ~ launch (Launch): by_tier +“high: one” -“high: two”",
        "Roles",
        "  ~ security (the security reviewers): group security-reviewers → security",
        "Tiers",
        "  ~ normal (Normal): hint reworded",
        "Policies",
        "  ~ two (Two roles, in order): steps two of security, then caller → security and caller, then caller; confirm_again no → yes; break_glass caller → none",
    ]


def test_a_pilot_hears_who_would_decide_where_that_differs(folder: Path) -> None:
    before = playbook_files.load(folder)
    edit(folder, "gates.yaml", "policy: one\n    by_tier", "policy: two\n    by_tier")
    after = playbook_files.load(folder)
    assert str(consequence(before, after, "shadow", {}, NOW)) == (
        "still 2 things to do; decided by the security reviewers, would be by two of the security reviewers, then whoever is called"
    )
    assert consequence(before, after, "shadow", {}, NOW, tier="high").nothing
    assert consequence(before, after, "pilot", {}, NOW).nothing
    edit(folder, "policies.yaml", "{id: high,", "{id: severe,")
    edit(folder, "gates.yaml", "tier: high", "tier: severe")
    lost = str(consequence(before, playbook_files.load(folder), "shadow", {}, NOW, tier="high"))
    assert lost.endswith(
        "its tier High would be gone, so it would count as Normal; put the tier back under its old id"
    )
    edit(folder, "policies.yaml", "group: security-reviewers", "group: security")
    other = consequence(before, playbook_files.load(folder), "pilot", {}, NOW)
    assert str(other) == "still 2 things to do; decided by the same roles, otherwise"
