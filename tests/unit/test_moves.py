"""What a pilot's way tells: where it may go back to, where it goes on after it had ended, and what its card says of it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.moves import MoveKind, StageMove, came_by, stage_to_revive, stages_behind
from bot.domain.pilots import RETIRED
from prompts.library import Library

BOOK = Library.load().playbook
KINDS = {
    "!": MoveKind.BREAK_GLASS,
    "<": MoveKind.ROLLED_BACK,
    "x": MoveKind.RETIRED,
    "+": MoveKind.REVIVED,
    ">": MoveKind.PROMOTED,
}


def way(told: str) -> list[StageMove]:
    """Return moves from a short description: "pilot >shadow !limited xretired"."""
    moves: list[StageMove] = []
    for number, word in enumerate(told.split()):
        kind = KINDS.get(word[0], MoveKind.REGISTERED)
        moves.append(
            StageMove(
                id=f"{number}",
                workspace_id="T0",
                pilot_id="p",
                kind=kind,
                from_stage=moves[-1].to_stage if moves else None,
                to_stage=word.lstrip("!<x+>"),
                by="U0MAYA",
                at=datetime(2026, 11, 23, tzinfo=UTC) + timedelta(hours=number),
                review_id=f"review of {number}",
            )
        )
    return moves


@pytest.mark.parametrize(
    ("told", "behind"),
    [
        ("idea", ()),
        ("idea >pilot", ("idea",)),
        ("pilot >shadow >limited", ("shadow", "pilot")),
        ("pilot >shadow >limited <pilot", ()),
        ("pilot >shadow >limited <pilot >shadow", ("pilot",)),
        ("pilot >shadow xretired +shadow", ("pilot",)),
        ("pilot >gone", ("pilot",)),
    ],
)
def test_a_rollback_leads_to_what_was_reached_and_lies_behind(told: str, behind: tuple[str, ...]) -> None:
    moves = way(told)
    assert stages_behind(BOOK, moves, moves[-1].to_stage) == behind


@pytest.mark.parametrize(
    ("told", "stage"),
    [
        ("pilot xretired", "pilot"),
        ("pilot >shadow xretired +shadow >limited xretired", "limited"),
        ("pilot !shadow xretired", "pilot"),
        ("pilot !shadow !limited xretired", "pilot"),
        ("pilot >shadow !limited xretired", "shadow"),
        ("pilot !shadow <pilot >shadow xretired", "shadow"),
        ("pilot", None),
    ],
)
def test_a_revived_pilot_goes_on_where_it_was_rightly(told: str, stage: str | None) -> None:
    assert stage_to_revive(way(told), frozenset()) == stage


def test_an_emergency_that_was_confirmed_is_a_promotion_like_any_other() -> None:
    moves = way("pilot !shadow xretired")
    assert stage_to_revive(moves, frozenset({moves[1].review_id or ""})) == "shadow"


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("pilot", None),
        ("pilot >shadow", None),
        ("pilot >shadow <pilot", MoveKind.ROLLED_BACK),
        ("pilot !shadow", MoveKind.BREAK_GLASS),
        ("pilot !shadow >limited", None),
        ("pilot !shadow xretired +pilot", None),
    ],
)
def test_a_card_tells_of_a_rollback_and_of_an_emergency_until_the_next_move(
    told: str, kind: MoveKind | None
) -> None:
    moves = way(told)
    found = came_by(moves, moves[-1].to_stage)
    assert (found.kind if found else None) == kind


def test_a_pilot_in_no_stage_of_its_way_tells_nothing() -> None:
    assert came_by(way("pilot <idea"), RETIRED) is None
