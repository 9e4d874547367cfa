"""Playbooks by version: kept once, whole, and found again for the interviews that began with them."""

from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.conversations import InterviewState
from bot.domain.playbook import Playbook
from prompts.library import Library
from storage.store import Store
from tests.storage.things import a_pilot, an_interview


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return Library.load().playbook


def remember(store: Store, playbook: Playbook) -> None:
    store.write_sync(lambda tx: tx.playbooks.remember(playbook))


def interview(store: Store, name: str, **facts: Any) -> None:
    pilot = a_pilot(name)
    store.write_sync(lambda tx: tx.pilots.register(pilot))
    store.write_sync(lambda tx: tx.interviews.start(an_interview(pilot, **facts)))


def test_a_playbook_comes_back_whole_and_a_version_never_changes(store: Store, playbook: Playbook) -> None:
    other = playbook.model_copy(update={"first_stage": "another"})
    for one in (playbook, playbook, other):
        remember(store, one)
    assert store.read_sync(lambda tx: tx.playbooks.get(playbook.version)) == playbook
    assert store.read_sync(lambda tx: tx.playbooks.get("unknown")) is None


def test_the_latest_playbook_is_the_one_that_came_into_force_last(store: Store, playbook: Playbook) -> None:
    assert store.read_sync(lambda tx: tx.playbooks.latest()) is None
    first, second = (playbook.model_copy(update={"version": name}) for name in ("first", "second"))
    for one in (first, second, first):
        remember(store, one)
        latest = store.read_sync(lambda tx: tx.playbooks.latest())
        assert latest
        assert latest.version == one.version


def test_the_playbooks_of_running_interviews_are_found_each_once(store: Store, playbook: Playbook) -> None:
    states = {
        "open": InterviewState.OPEN,
        "paused": InterviewState.PAUSED,
        "done": InterviewState.DONE,
        "nobody": None,
    }
    for version, state in states.items():
        remember(store, playbook.model_copy(update={"version": version}))
        for number in range(2 if state else 0):
            interview(store, f"{version} {number}", state=state, playbook_version=version)
    interview(store, "From before playbooks were kept", playbook_version="lost")
    running = store.read_sync(lambda tx: tx.playbooks.of_running_interviews())
    assert [book.version for book in running] == ["open", "paused"]


def test_a_playbook_that_this_version_cannot_read_counts_as_lost(store: Store, playbook: Playbook) -> None:
    remember(store, playbook)
    interview(store, "Refund triage", playbook_version=playbook.version)
    store.write_sync(lambda tx: tx.execute(text("UPDATE playbook SET content = '{\"stages\": 7}'")).rowcount)
    assert store.read_sync(lambda tx: tx.playbooks.get(playbook.version)) is None
    assert store.read_sync(lambda tx: tx.playbooks.of_running_interviews()) == []
