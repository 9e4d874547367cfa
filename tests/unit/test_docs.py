"""The documents are true where that can be checked: links, commands, settings, dependencies, nothing of anybody's machine."""

import re
import shlex
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer.main

from bot.__main__ import app
from bot.settings import NAMES

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "prompts" / "README.md"])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```", re.DOTALL)
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group of commands, as Typer makes for several
MODULES = {"bot", "sandbox", "bench", "pytest", "pip", "docs.make_picture"}


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def code_of(document: Path) -> list[str]:
    """Return what is set as code: blocks and words."""
    text = text_of(document)
    return CODE.findall(text) + re.findall(r"`([^`\n]+)`", CODE.sub("", text))


def anchors_of(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", text_of(document)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def rows_under(heading: str, document: Path) -> list[str]:
    """Return what the first column of the table below a heading names, without code marks."""
    text = text_of(document)
    part = re.split(r"^#+ ", text[text.index(f"\n## {heading}\n") + 1 :], maxsplit=2, flags=re.MULTILINE)[1]
    cells = re.findall(r"^\| ([^|]+?) \|", part, re.MULTILINE)
    return [cell.strip("`") for cell in cells[1:]]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for target in LINK.findall(CODE.sub("", text_of(document))):
        if target.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = unquote(target).partition("#")
        there = (document.parent / path).resolve() if path else document
        assert there.is_relative_to(ROOT), target
        assert there.exists(), target
        if anchor:
            assert anchor in anchors_of(there), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.relative_to(ROOT).as_posix())
def test_every_command_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    text = "\n".join(code_of(document))
    for target in re.findall(r"^make ([a-z]+)", text, re.MULTILINE):
        assert target in targets, target
    for module in re.findall(r"python -m ([a-z_.]+)", text):
        assert module in MODULES, module
    for line in re.findall(r"python -m bot ([^\n#]*)", text):
        words = shlex.split(line)
        if not words or not words[0].isalpha():
            continue  # the command line as such, or a list of its commands
        assert words[0] in COMMANDS, line
        command = COMMANDS[words.pop(0)]
        if inner := getattr(command, "commands", None):
            assert words, line
            assert words[0] in inner, line
            command = inner[words.pop(0)]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_the_settings_table_names_every_setting_and_no_other() -> None:
    assert rows_under("Settings", ROOT / "README.md") == list(NAMES)


def test_every_dependency_has_its_reason_and_every_reason_its_dependency() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    listed = [*project["project"]["dependencies"]]
    for group in project["dependency-groups"].values():
        listed += [entry for entry in group if isinstance(entry, str)]
    names = {re.split(r"[\[<>=~!; ]", entry, maxsplit=1)[0] for entry in listed}
    rows = rows_under("Dependencies", ROOT / "ARCHITECTURE.md")
    assert sorted(rows) == sorted(names), "ARCHITECTURE.md, Dependencies, and pyproject.toml differ"


def test_every_decision_is_in_the_list_of_decisions() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = LINK.findall(text_of(folder / "README.md"))
    assert listed == sorted(file.name for file in folder.glob("[0-9]*.md"))


def test_the_picture_is_there_and_light() -> None:
    picture = ROOT / "docs" / "images" / "preflight.png"
    assert 20_000 < picture.stat().st_size < 250_000
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.relative_to(ROOT).as_posix())
def test_a_document_names_nothing_of_anybody_s_machine_and_keeps_its_lines_short(document: Path) -> None:
    text = text_of(document)
    assert not re.search(r"(?:^|[\s`(])/(?:root|home|work|Users)/|C:\\\\", text)
    assert "!" not in re.sub(r"`[^`]*`|!\[|\[!|!=", "", CODE.sub("", text)), "no exclamation marks"
    lines = CODE.sub("", text).splitlines()
    long = [line for line in lines if len(line) > 140 and not line.lstrip().startswith(("|", "!["))]
    assert long == []
