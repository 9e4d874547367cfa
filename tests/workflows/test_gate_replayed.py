"""What was put past us into the tables of the gate shows: the record, whose chain holds, tells another story."""

import pytest
from sqlalchemy import text

from bot.domain.pilots import Pilot
from bot.domain.reviews import Choice, Condition, Vote
from bot.stages import workflow as stages
from storage.ids import new_id
from storage.transaction import Tx
from storage.verification import examine

from . import replayed
from .conftest import JONAS, MAYA, PRIYA, SAM, WORKSPACE, House
from .gates import LENA, approves, board, decided_by, ready, request

BOTH = board(risk=[PRIYA, SAM], security=[LENA])
WHY = "It breaks"
FORGED_MOVE = """
    INSERT INTO stage_move (id, workspace_id, pilot_id, number, kind, from_stage, to_stage, by, at, reason, learned)
    SELECT 'forged', workspace_id, pilot_id, 99, 'promoted', 'pilot', 'shadow', by, at, '', ''
    FROM stage_move WHERE kind = 'registered'
"""


@pytest.fixture
def judged(house: House, pilot: Pilot) -> Pilot:
    """A pilot that was approved on a condition, turned back, and is half approved again."""
    decided_by(house, {"risk": 1, "security": 1})
    review = request(house, ready(house, pilot), BOTH)
    agreed = (Condition(what="Tell the council", owner_id=JONAS, due_on=review.expires_at.date()),)
    approves(house, PRIYA, review, BOTH, conditions=agreed)
    approves(house, LENA, review, BOTH)
    house.do(stages.roll_back, MAYA, pilot.id, "shadow", "pilot", WHY, frozenset())
    approves(house, SAM, request(house, pilot, BOTH), BOTH)
    return house.pilot(pilot.id)


def by_the_record(house: House) -> replayed.Story:
    entries = house.store.read_sync(lambda tx: tx.audit.all(WORKSPACE))
    assert house.store.read_sync(lambda tx: examine(tx).problems) == []
    return replayed.by_the_record(entries)


def by_the_tables(house: House, pilot: Pilot) -> replayed.Story:
    return house.store.read_sync(lambda tx: replayed.by_the_tables(tx, WORKSPACE, pilot.id))


def test_the_record_alone_tells_the_whole_story(house: House, judged: Pilot) -> None:
    told = by_the_record(house)
    assert told == by_the_tables(house, judged)
    assert [move[0] for move in told.moves] == ["registered", "promoted", "rolled_back"]
    assert sorted(state for state, *_ in told.reviews.values()) == ["approved", "open"]
    assert sorted(vote[1] for vote in told.votes.values()) == sorted([PRIYA, LENA, SAM])
    assert list(told.conditions.values()) == [("open", PRIYA)]


def test_a_vote_put_in_past_us_is_in_no_record(house: House, judged: Pilot) -> None:
    def put_in(tx: Tx) -> None:
        (review,) = tx.reviews.all_open_of(judged.id)
        tx.votes.cast(
            Vote(
                id=new_id(),
                workspace_id=WORKSPACE,
                review_id=review.id,
                user_id=LENA,
                choice=Choice.APPROVE,
                snapshot_hash=review.snapshot_hash,
                voted_at=house.now,
            )
        )

    house.store.write_sync(put_in)
    told, there = by_the_record(house), by_the_tables(house, judged)
    assert [vote[1] for one, vote in there.votes.items() if one not in told.votes] == [LENA]


@pytest.mark.parametrize(
    ("statement", "differs"),
    [
        ("UPDATE pilot SET stage = 'shadow'", "stage"),
        ("UPDATE pilot SET owner_accepted_at = stage_since", "owner"),
        ("UPDATE pilot SET owner_id = 'U0MALLORY'", "owner"),
        ("UPDATE review SET state = 'approved', decided_by = 'U0SAM' WHERE state = 'open'", "reviews"),
        ("UPDATE review SET decided_by = 'U0SAM' WHERE state = 'approved'", "reviews"),
        ("UPDATE vote SET withdrawn_at = voted_at WHERE user_id = 'U0SAM'", "votes"),
        ("UPDATE action SET state = 'done'", "conditions"),
        ("UPDATE handover SET state = 'accepted'", "handovers"),
        (FORGED_MOVE, "moves"),
    ],
)
def test_whatever_else_was_changed_past_us_differs_from_the_record(
    house: House, judged: Pilot, statement: str, differs: str
) -> None:
    changed = house.store.write_sync(lambda tx: tx.execute(text(statement)).rowcount)
    assert changed
    told, there = by_the_record(house), by_the_tables(house, judged)
    assert {name for name in vars(told) if getattr(told, name) != getattr(there, name)} == {differs}
