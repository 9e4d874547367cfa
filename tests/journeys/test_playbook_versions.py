"""Preflight starts again with another playbook: interviews under way keep theirs, new ones follow the files."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.assembly import running
from bot.delivery.pacing import Pacing
from bot.domain.answers import Status
from bot.sandboxed import sandbox_settings
from prompts.problems import PlaybookInvalid
from sandbox import seed
from sandbox.clock import Clock
from sandbox.reading import text_of
from sandbox.server import Sandbox, running_sandbox
from tests.fresh import fresh_house

from .conftest import MEANS, PATIENCE, PLAYBOOK, Workplace, checkable
from .record import ask, pilot_called

PRIVACY = """\
  - id: privacy
    title: Privacy notice
    question: Which notice do customers see before their case is read?
    why: They have a right to know.
    good: The one of 3 May, in the help centre.
    if_missing: write the notice
    evidence: a link
    freshness_days: 90
"""
QUESTION = "Who is told, and how, when its quality, its speed or its cost gets worse?"
REWORDED = "Who hears of it when it gets worse?"


@contextlib.asynccontextmanager
async def preflight(folder: Path, sandbox: Sandbox, playbook: Path) -> AsyncIterator[Workplace]:
    """Start Preflight with a playbook in a sandbox that is there already."""
    url = fresh_house(folder / "data")
    made = sandbox_settings(sandbox.url, url, folder / "clock.json", PREFLIGHT_PLAYBOOK=playbook)
    async with running(made, pacing=Pacing(burst=1000), means=MEANS) as house:
        await sandbox.driver.wait_until(lambda: sandbox.socket_mode.is_open, timeout=PATIENCE)
        yield Workplace(sandbox, house, "socket")


def changed(folder: Path) -> Path:
    """Return a playbook in which one question is reworded, one removed and one new."""
    copy = folder / "changed"
    shutil.copytree(PLAYBOOK, copy)
    file = copy / "checklists" / "readiness.yaml"
    text = file.read_text(encoding="utf-8")
    assert QUESTION in text
    head, *items = text.replace(QUESTION, REWORDED).split("  - id: ")
    kept = [item for item in items if not item.startswith("cost-model\n")]
    assert len(kept) == len(items) - 1
    file.write_text(f"{'  - id: '.join([head, *kept]).rstrip()}\n{PRIVACY}", encoding="utf-8")
    return copy


async def test_a_running_interview_keeps_its_playbook_and_a_new_one_follows_the_files(tmp_path: Path) -> None:
    after = changed(tmp_path)
    async with running_sandbox(clock=Clock(tmp_path / "clock.json"), posts_per_second=None) as sandbox:
        async with preflight(tmp_path, sandbox, PLAYBOOK) as place:
            await place.registers()
            root = await place.coaches()
            await place.question(root, 1)
            await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
            await place.question(root, 2)
            pilot = await pilot_called(place, "Refund triage")

        async with preflight(tmp_path, sandbox, after) as place:
            await place.answers_everything(root, first=2)
            summary = await place.sees(seed.AI_PILOTS, "*Refund triage* is still a pilot")
            thread = [text_of(said) for said in place.driver.thread(seed.AI_PILOTS, root["ts"])]
            assert any("Cost model" in said for said in thread), "what is gone from the files is still asked"
            assert not any("Privacy notice" in said for said in thread), "what is new to them is not"
            assert "privacy notice is missing" in text_of(summary), "the verdict is today's"
            given = await ask(place, lambda tx: tx.answers.current(pilot.id))
            assert given["cost-model"].status is Status.IN_PLACE

            await place.sees(
                seed.AI_PILOTS, "· Refund triage\n▰▰▰▰▰▰▰ 7 of 7"
            )  # its card may follow the summary
            again = await place.coaches()
            question = await place.sees(seed.AI_PILOTS, "Which notice do customers", thread_ts=again["ts"])
            assert "1 of 1" in text_of(question), "everything else is carried over by its id"
            await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=again["ts"])
            await place.sees(seed.AI_PILOTS, "*Refund triage* is ready")
            history = await ask(place, lambda tx: tx.answers.history(pilot.id, "cost-model"))
            assert [answer.revision for answer in history] == [1], "what was asked once stays in the history"


async def test_an_interview_goes_on_in_its_own_words_and_a_new_one_in_the_new_ones(tmp_path: Path) -> None:
    after = changed(tmp_path)
    async with running_sandbox(clock=Clock(tmp_path / "clock.json"), posts_per_second=None) as sandbox:
        async with preflight(tmp_path, sandbox, PLAYBOOK) as place:
            await place.registers()
            root = await place.coaches()
            await place.question(root, 1)
        async with preflight(tmp_path, sandbox, after) as place:
            await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
            assert QUESTION in text_of(await place.question(root, 2))
            await place.registers("Invoice match")
            other = await place.coaches("Invoice match")
            await place.question(other, 1)
            await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=other["ts"])
            assert REWORDED in text_of(await place.question(other, 2))


async def test_a_folder_that_goes_away_takes_nothing_with_it_while_preflight_runs(tmp_path: Path) -> None:
    folder = changed(tmp_path)
    async with running_sandbox(clock=Clock(tmp_path / "clock.json"), posts_per_second=None) as sandbox:
        async with preflight(tmp_path, sandbox, folder) as place:
            await place.registers()
            root = await place.coaches()
            await place.question(root, 1)
            shutil.rmtree(folder)
            await place.answers_everything(root)
            await place.sees(seed.AI_PILOTS, "*Refund triage* is ready")
        changed(tmp_path)
        (folder / "gates.yaml").write_text("gates: [\n")
        with pytest.raises(PlaybookInvalid, match=r"gates\.yaml:\d+: this is no YAML"):
            async with preflight(tmp_path, sandbox, folder):
                pytest.fail("a broken playbook is refused at the start")
