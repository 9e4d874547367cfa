"""Whoever shows a pilot hears that it was changed, once the change is kept, and harms nobody by stumbling over it."""

import logging

import pytest

from bot.desk import Bell


def test_everybody_hears_of_changed_pilots_and_one_who_stumbles_is_only_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bell, heard = Bell(), list[tuple[str, frozenset[str]]]()

    def stumble(workspace_id: str, pilot_ids: frozenset[str]) -> None:
        raise RuntimeError("a slip of ours")

    for subscriber in (stumble, lambda *what: heard.append(what)):
        bell.subscribe(subscriber)
    with caplog.at_level(logging.ERROR):
        bell.ring("T0001", frozenset({"p-1", "p-2"}))
    assert heard == [("T0001", frozenset({"p-1", "p-2"}))]
    assert "the change itself stands" in caplog.text


def test_who_did_something_is_told_apart_from_what_was_changed() -> None:
    bell, changed, done = Bell(), list[str](), list[str]()
    bell.subscribe(lambda workspace_id, _: changed.append(workspace_id))
    bell.when_done(lambda _, actor_id: done.append(actor_id))
    bell.done("T0001", "U0MAYA")
    assert (changed, done) == ([], ["U0MAYA"])
