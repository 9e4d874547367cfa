"""A playbook at its largest is read quickly, and every part of it comes through whole."""

import time
from datetime import date
from pathlib import Path

import pytest

from bot.domain.matters import KNOWN, filled, placeholders
from bot.domain.playbook import Playbook
from prompts import playbook_export, playbook_files
from prompts.library import Library
from prompts.playbook_diff import report
from prompts.playbook_summary import summary

from . import large_playbook
from .large_playbook import COUNT, item

SECONDS = 2.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return large_playbook.write(tmp_path_factory.mktemp("large") / "playbook")


@pytest.fixture(scope="module")
def playbook(folder: Path) -> Playbook:
    return playbook_files.load(folder)


def test_two_hundred_questions_are_read_in_less_than_two_seconds(folder: Path) -> None:
    began = time.process_time()
    library = Library.load(folder)
    assert time.process_time() - began < SECONDS
    assert len(library.playbook.checklists[0].items) == COUNT


def test_every_text_of_every_script_comes_through_as_it_was_written(playbook: Playbook) -> None:
    for number, read in enumerate(playbook.checklists[0].items):
        written = item(number)
        assert (read.id, read.title, read.question, read.why) == tuple(
            written[key] for key in ("id", "title", "question", "why")
        )
        assert [option.title for option in read.options] == [
            one["title"] for one in written.get("options", [])
        ]


def test_it_can_be_written_down_and_compared_like_any_other(playbook: Playbook, tmp_path: Path) -> None:
    (tmp_path / "checklists").mkdir()
    for name, text in playbook_export.folder(playbook).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    again = playbook_files.load(tmp_path)
    assert report(playbook, again) == "They say the same."
    assert again.version == playbook.version
    assert len(playbook_export.as_csv(playbook)) > 100_000
    assert "200 questions" in summary(playbook, date(2026, 11, 20))


def test_sixty_seats_in_six_steps_are_a_policy(playbook: Playbook) -> None:
    procedure = playbook.procedure(playbook.gates[1], playbook.tiers[-1].id)
    assert procedure
    assert sum(len(step.seats) for step in procedure.policy.steps) == 60
    assert len(procedure.policy.named) == 10


def test_rules_of_twenty_rungs_for_every_kind_are_read_and_their_texts_filled(playbook: Playbook) -> None:
    rules = playbook.nudges.rules
    assert [rule.about for rule in rules] == list(KNOWN)
    for rule in rules:
        assert len(rule.rungs) == 20
        assert rule.rung(25).at == rule.rungs[-1].at + 6
        says = rule.rungs[0].says
        assert len(says) <= 300
        assert {*placeholders(says)} == {str(name) for name in KNOWN[rule.about]}
        assert filled(says, dict.fromkeys(KNOWN[rule.about], "x")).endswith("x x x")
