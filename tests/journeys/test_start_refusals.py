"""Starting with something broken: one clear sentence, exit code 1, no stack trace, and nothing overwritten."""

import asyncio
import os
import sys
from pathlib import Path

from storage.database import exclusive_lock
from tests.fresh import fresh_database

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-made-up",
    "SLACK_APP_TOKEN": "xapp-made-up",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "PORT": "0",  # two starts at once each take a port of their own
}


async def said(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """Run `python -m bot …` in a folder of its own; return the exit code and what it said."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "PREFLIGHT_"))
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT)} | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, output.decode()


def one_sentence(output: str) -> str:
    """Return the only line that was said, which is for people."""
    lines = [line for line in output.splitlines() if line.strip()]
    assert len(lines) == 1, output
    assert "Traceback" not in output
    return lines[0]


async def test_a_second_process_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    url = fresh_database(tmp_path / "preflight.db")
    with exclusive_lock(tmp_path):
        code, output = await said(tmp_path, "serve", DATABASE_URL=url, **SLACK)
    assert code == 1
    assert one_sentence(output).startswith(f"Another Preflight already uses {tmp_path}.")
    assert "PostgreSQL" in output


async def test_starting_afresh_beside_a_running_one_is_refused_and_forgets_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "sandbox"
    fresh_database(folder / "preflight.db")
    kept = (folder / "preflight.db").read_bytes()
    with exclusive_lock(folder):
        code, output = await said(tmp_path, "up", "--fresh")
    assert code == 1
    assert "Another Preflight already uses" in one_sentence(output)
    assert (folder / "preflight.db").read_bytes() == kept


BROKEN = {
    "no database": b"This is a shopping list, not a database.\n" * 200,
    "cut off": b"SQLite format 3\x00" + b"\x10\x00\x01\x01" + b"\x00" * 40,
}


async def test_a_database_that_cannot_be_read_is_named_and_left_alone(tmp_path: Path) -> None:
    async def refused(name: str, content: bytes) -> None:
        file = tmp_path / name / "var" / "sandbox" / "preflight.db"
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
        code, output = await said(tmp_path / name, "up", "--port", "0")
        assert code == 1
        sentence = one_sentence(output)
        assert "preflight.db cannot be read" in sentence
        assert "restore a copy" in sentence
        assert file.read_bytes() == content

    await asyncio.gather(*(refused(name, content) for name, content in BROKEN.items()))


async def test_an_invalid_playbook_is_refused_with_file_line_and_what_was_expected(tmp_path: Path) -> None:
    playbook = tmp_path / "playbook"
    playbook.mkdir()
    for part in (ROOT / "prompts" / "playbook").rglob("*.yaml"):
        copy = playbook / part.relative_to(ROOT / "prompts" / "playbook")
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(part.read_text())
    policies = playbook / "policies.yaml"
    lines = policies.read_text().splitlines()
    wrong = next(number for number, line in enumerate(lines, start=1) if "expires_after_working_days" in line)
    lines[wrong - 1] = lines[wrong - 1].replace("5", "soon")
    policies.write_text("\n".join(lines))
    url = fresh_database(tmp_path / "preflight.db")
    code, output = await said(tmp_path, "serve", DATABASE_URL=url, PREFLIGHT_PLAYBOOK=str(playbook), **SLACK)
    assert code == 1
    assert f"policies.yaml:{wrong}" in output
    assert "soon" in output
    assert "whole number" in output
    assert "Traceback" not in output


async def test_tables_are_made_by_the_command_that_the_refusal_names(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    code, output = await said(tmp_path, "migrate", DATABASE_URL=url)
    assert (code, one_sentence(output)) == (0, "The tables are now of this version.")


async def test_a_slack_that_is_away_is_said_in_a_sentence(tmp_path: Path) -> None:
    url = fresh_database(tmp_path / "preflight.db")
    code, output = await said(tmp_path, "serve", DATABASE_URL=url, **SLACK)
    assert code == 1
    assert one_sentence(output).startswith("Slack could not be reached")
    assert "python -m bot doctor" in output
