"""docs/playbook.md tells every key of a playbook, every choice and limit that people meet, and its example is a playbook."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.domain import matters, playbook, policies
from bot.domain.matters import KNOWN, MatterKind, Tells
from bot.domain.playbook import AnswerKind, Detector, Fact, Role, Shows
from bot.domain.policies import Material
from prompts import marked_yaml, playbook_files
from prompts.playbook_schema import FORMS, described
from prompts.problems import PlaybookInvalid

DOCUMENT = (Path(__file__).parents[2] / "docs" / "playbook.md").read_text(encoding="utf-8")
CODE = set(re.findall(r"`([^`\n]+)`", DOCUMENT))


def models(form: type[BaseModel]) -> set[type[BaseModel]]:
    found = {form}
    for info in form.model_fields.values():
        for kind in re.findall(r"[A-Z]\w+", str(info.annotation)):
            inner = next(
                (made for home in (playbook, policies, matters) if (made := getattr(home, kind, None))), None
            )
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found |= models(inner)
    return found


@pytest.mark.parametrize("file", FORMS)
def test_every_key_is_told_and_described(file: str) -> None:
    for model in models(FORMS[file]):
        for key in model.model_fields:
            assert any(re.fullmatch(rf"(?:.*[.\]])?\.?{key}(?:\[\].*|\..*|: .*)?", code) for code in CODE), (
                model.__name__,
                key,
            )
            assert key in described(model), (model.__name__, key)


@pytest.mark.parametrize("choices", [AnswerKind, Detector, Fact, Role, Shows, Material, MatterKind, Tells])
def test_every_choice_is_told(choices: type[AnswerKind]) -> None:
    assert {str(choice) for choice in choices} <= CODE


def test_each_kind_of_matter_tells_what_its_texts_may_name() -> None:
    always = frozenset.intersection(*KNOWN.values())
    assert {f"{{{name}}}" for name in always} <= CODE
    rules = DOCUMENT.split("#### Rules of reminding")[1].split("### coaching.yaml")[0]
    for about, known in KNOWN.items():
        (row,) = re.findall(rf"^\| `{about}` \| .* \|$", rules, re.MULTILINE)
        assert set(re.findall(r"`\{(\w+)\}`", row)) == known - always, about


def test_the_example_of_rules_and_that_of_a_mistake_are_what_the_loader_says(tmp_path: Path) -> None:
    test_the_small_example_is_a_playbook(tmp_path)
    (example,) = re.findall(r"```\n(rules:\n.*?)```", DOCUMENT, re.DOTALL)
    (tmp_path / "nudges.yaml").write_text(example, encoding="utf-8")
    assert [rule.about for rule in playbook_files.load(tmp_path).nudges.rules] == ["action", "quiet"]
    lines = example.replace("{weeks}.", "{wekks}.", 1)
    (tmp_path / "nudges.yaml").write_text(lines, encoding="utf-8")
    with pytest.raises(PlaybookInvalid) as refused:
        playbook_files.load(tmp_path)
    (problem,) = refused.value.problems
    assert str(problem).split(": ", 1)[1] in DOCUMENT


def test_every_file_and_limit_is_told() -> None:
    for file in (playbook_files.STAGES, playbook_files.GATES, *playbook_files.INSTEAD):
        assert f"### {file}" in DOCUMENT
        assert f"\n  {file}" in DOCUMENT
    assert f"up to {marked_yaml.MOST_BYTES // 1_000_000} MB" in DOCUMENT


def test_the_small_example_is_a_playbook(tmp_path: Path) -> None:
    (tmp_path / "checklists").mkdir()
    for block in re.findall(r"```yaml\n# (.+?)\n(.*?)```", DOCUMENT, re.DOTALL):
        (tmp_path / block[0]).write_text(block[1], encoding="utf-8")
    small = playbook_files.load(tmp_path)
    assert [gate.id for gate in small.gates] == ["go-live"]
    assert small.posture == ()
    assert small.policies == ()


def test_the_example_of_two_roles_in_order_fits_the_small_one(tmp_path: Path) -> None:
    test_the_small_example_is_a_playbook(tmp_path)
    (example,) = re.findall(
        r"```\n# policies\.yaml\n(.*?)\n# gates\.yaml.*?\n +policy: (\w+)\n```", DOCUMENT, re.DOTALL
    )
    (tmp_path / "policies.yaml").write_text(example[0], encoding="utf-8")
    gates = (tmp_path / "gates.yaml").read_text(encoding="utf-8")
    (tmp_path / "gates.yaml").write_text(gates.split("    approvers:")[0] + f"    policy: {example[1]}\n")
    made = playbook_files.load(tmp_path)
    procedure = made.procedure(made.gates[0], "")
    assert procedure
    assert procedure.policy.roles == ("security", "risk")
