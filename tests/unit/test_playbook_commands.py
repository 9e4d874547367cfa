"""`python -m bot playbook …`: what is typed, what is said, what is written, and nothing overwritten."""

import asyncio
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.commands.line import CommandRefused
from prompts import playbook_files
from storage.database import migrate
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import TEAM, a_pilot, a_review, an_answer, an_interview

from .small_playbook import edit, write


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to type commands in, with a small playbook in `own` and no settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("PREFLIGHT_PLAYBOOK", "DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "own").mkdir()
    write(tmp_path / "own")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["playbook", *words])


def says(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 0, result.exception
    return result.stdout


def refused(*words: str) -> str:
    result = run(*words)
    assert isinstance(result.exception, CommandRefused)
    assert result.exit_code == 1
    return str(result.exception)


@pytest.fixture
def store(here: Path) -> Iterator[Store]:
    """A database in which the playbook in `own` was in force at the last start."""
    url = f"sqlite:///{here / 'var' / 'preflight.db'}"
    migrate(url)
    playbook = playbook_files.load(here / "own")
    with Store.open(url) as opened:
        opened.write_sync(lambda tx: tx.workspaces.remember(TEAM, "T", "https://t.slack.com/", "U0"))
        opened.write_sync(lambda tx: tx.playbooks.remember(playbook))
        yield opened


def on_its_way(tx: Tx, name: str, *answered: str, stage: str = "pilot") -> None:
    """Register a pilot; one that has answers has an interview and a review under way, too."""
    pilot = a_pilot(name, stage=stage)
    tx.pilots.register(pilot)
    for item in answered:
        tx.answers.record(an_answer(pilot, item))
    if answered:
        tx.interviews.start(an_interview(pilot))
        tx.reviews.open(a_review(pilot, gate_id="readiness"))


def test_check_shows_a_good_playbook_on_one_screen(here: Path) -> None:
    said = says("check", "own")
    assert said.startswith("“own” holds together.")
    assert "Readiness  Pilot → Shadow" in said
    assert len(said.splitlines()) < 30


def test_check_without_a_folder_looks_at_the_one_in_the_settings(here: Path) -> None:
    assert says("check").startswith("The playbook that comes with Preflight holds together.")
    (here / ".env").write_text("PREFLIGHT_PLAYBOOK=own\n")
    assert says("check").startswith("“own” holds together.")


def test_check_names_everything_that_is_wrong_at_once(here: Path) -> None:
    edit(here / "own", "gates.yaml", "to_stage: shadow", "to_stage: shadw")
    edit(here / "own", "checklists/basics.yaml", "title: Rollback", "titel: Rollback")
    said = refused("check", "own").splitlines()
    assert said[:2] == ["In “own”:", "The playbook cannot be used: 2 problems."]
    assert said[2].startswith("  checklists/basics.yaml:5: “titel” is no key here")
    assert said[3].endswith("Did you mean “shadow”?")


def test_a_folder_that_is_not_there_is_said(here: Path) -> None:
    assert "there is no such folder" in refused("check", "nowhere")


async def test_a_refusal_is_a_sentence_and_exit_code_1(here: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "playbook", "check", "nowhere",
        env={"PYTHONPATH": str(Path(__file__).parents[2])}, cwd=here,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, errors = await process.communicate()
    assert process.returncode == 1
    assert output == b""
    assert b"Traceback" not in errors
    assert "In “nowhere”:" in errors.decode()


def test_new_begins_as_ours_and_holds_together(here: Path) -> None:
    assert "begins as ours" in says("new", "fresh")
    fresh, ours = playbook_files.load(here / "fresh"), playbook_files.load(playbook_files.DEFAULT_FOLDER)
    assert fresh == ours
    for path in (here / "fresh").rglob("*.yaml"):
        line = path.read_text().splitlines()[0]
        assert (path.parent / line.partition("$schema=")[2]).resolve().is_file()
    assert "playbook check fresh" in (here / "fresh" / "README.md").read_text()


def test_new_leaves_a_folder_that_is_not_empty_alone(here: Path) -> None:
    before = {path: path.read_bytes() for path in (here / "own").rglob("*.yaml")}
    assert refused("new", "own") == "own is not empty. Name a new folder."
    assert refused("new", "own/stages.yaml") == "own/stages.yaml is a file. Name a folder."
    assert {path: path.read_bytes() for path in (here / "own").rglob("*") if path.is_file()} == before
    (here / "empty").mkdir()
    assert says("new", "empty")


def test_a_place_that_cannot_be_written_is_said(here: Path) -> None:
    (here / "file").write_text("x")
    assert refused("new", "file/below").startswith("file/below cannot be written: ")
    assert refused("export", "file/list.csv", "--format", "csv").startswith(
        "file/list.csv cannot be written: "
    )


def test_export_writes_the_playbook_in_force(here: Path) -> None:
    (here / ".env").write_text("PREFLIGHT_PLAYBOOK=own\n")
    assert "holds the playbook" in says("export", "copy")
    assert playbook_files.load(here / "copy") == playbook_files.load(here / "own")
    assert (here / "copy" / "schema" / "stages.json").is_file()
    assert refused("export", "copy") == "copy is not empty. Name a new folder."
    assert refused("export") == "Name the folder that the files should be written to."


def test_export_as_a_list_for_a_spreadsheet(here: Path) -> None:
    (here / ".env").write_text("PREFLIGHT_PLAYBOOK=own\n")
    assert [row["id"] for row in json.loads(says("export", "--format", "json"))] == ["rollback", "owner"]
    assert says("export", "list.csv", "--format", "csv") == "list.csv is written.\n"
    with (here / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["gates"] for row in rows] == ["readiness, launch"] * 2
    assert refused("export", "list.csv", "--format", "csv") == "list.csv is there already. Name a new file."


def test_an_earlier_playbook_can_be_had_back_from_the_database(here: Path, store: Store) -> None:
    own = playbook_files.load(here / "own")
    edit(here / "own", "checklists/basics.yaml", "Minutes count.", "Every minute counts.")
    assert own.version in says("export", "back", "--version", own.version)
    assert playbook_files.load(here / "back") == own
    assert refused("export", "more", "--version", "0") == "There is no playbook 0 in the database."


def test_diff_without_a_database_compares_the_files_and_says_so(here: Path) -> None:
    (here / ".env").write_text("PREFLIGHT_PLAYBOOK=own\n")
    says("export", "copy")
    edit(here / "copy", "checklists/basics.yaml", "Minutes count.", "Every minute counts.")
    said = says("diff", "copy").splitlines()
    assert said[0] == "“copy”, compared with “own”:"
    assert "  ~ rollback (Rollback): why reworded" in said
    assert said[-1] == "Nothing is said about pilots: There is no database var/sandbox/preflight.db yet."
    assert not (here / "var").exists()
    assert refused("diff").endswith("Name a folder to compare with “own”.")


def test_diff_says_what_changed_since_the_last_start_and_for_whom(here: Path, store: Store) -> None:
    (here / ".env").write_text("PREFLIGHT_PLAYBOOK=own\n")
    store.write_sync(lambda tx: on_its_way(tx, "Refund triage", "rollback", "owner"))
    store.write_sync(lambda tx: on_its_way(tx, "Invoices", stage="production"))
    edit(here / "own", "gates.yaml", "id: readiness", "id: ready")
    edit(here / "own", "checklists/basics.yaml", "id: rollback", "id: switch-off")
    said = says("diff").splitlines()
    assert said[0].startswith("“own”, compared with the playbook of the last start (")
    assert "  + switch-off (Rollback), in basics: asked at Readiness and Launch" in said
    at = said.index("Pilots on their way")
    assert said[at + 1].startswith(
        "  Refund triage, in Pilot: 1 new question (Rollback); 1 question gone (Rollback); "
    )
    assert said[at + 2 :] == [
        "    an interview is under way and keeps its questions until it ends",
        "    its review could not be decided any more, because its gate would be gone",
        "  1 other would notice nothing.",
    ]


def test_diff_says_that_an_open_review_would_be_decided_otherwise(here: Path, store: Store) -> None:
    (here / ".env").write_text("PREFLIGHT_PLAYBOOK=own\n")
    store.write_sync(lambda tx: on_its_way(tx, "Refund triage", "rollback", "owner"))
    edit(here / "own", "gates.yaml", "group: gate-approvers", "group: boards")
    said = says("diff")
    assert "decided by @gate-approvers, would be by @boards" in said
    assert "    its review is under way and would be decided so; who has decided is asked again" in said


def test_diff_with_a_database_of_another_version_says_what_to_do(here: Path) -> None:
    (here / "var").mkdir()
    (here / "var" / "preflight.db").write_bytes(b"")
    said = says("diff", "own")
    assert "Nothing is said about pilots: " in said
    assert "migrate" in said


def test_schema_is_written_beside_the_files(here: Path) -> None:
    said = says("schema", "own")
    assert "# yaml-language-server: $schema=../schema/checklist.json" in said
    assert json.loads((here / "own" / "schema" / "stages.json").read_text())["properties"]
    assert says("schema", "own") == said
    assert says("check", "own")
    assert "Name the folder of a playbook of your own." in refused("schema")
    assert "makes one" in refused("schema", "nowhere")


def test_what_a_playbook_holds_cannot_steer_the_terminal(here: Path) -> None:
    edit(here / "own", "stages.yaml", "title: Pilot", 'title: "Pi\\e[31m\\u202elot"')
    assert "\x1b" not in says("check", "own")
    assert "\u202e" not in says("check", "own")
