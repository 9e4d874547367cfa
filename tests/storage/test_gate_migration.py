"""What was decided before there were votes stays decided: the way to the gate's tables and back, with rows in them."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, Table, inspect, text

from bot.domain.handovers import HandoverState
from bot.domain.moves import MoveKind, StageMove
from bot.domain.reviews import Choice, ReviewKind, ReviewState
from storage import database
from storage.store import Store
from tests.postgres import PostgresServer
from tests.storage.things import NOW, TEAM, after

METRIC = {"name": "Refunds within a day", "unit": "%", "baseline": "31.50", "bar": "80"}
SNAPSHOT = {"items": [{"item_id": "rollback", "answer": {"revision": 3}}], "bar": "80 漢 \x00"}


def carry_out(database_url: str, work: Callable[[Connection], None], version: str | None = None) -> None:
    """Do something in one transaction, after bringing the tables to a version where one is named."""
    engine = database.write_engine(database.parse(database_url))
    with engine.connect() as connection, database.begin_writing(connection):
        if version is not None:
            config = Config()
            config.set_main_option("script_location", str(database.MIGRATIONS))
            config.attributes["connection"] = connection
            is_there = inspect(connection).has_table("alembic_version")
            (command.downgrade if is_there else command.upgrade)(config, version)
        work(connection)
    engine.dispose()


def put(connection: Connection, table: str, **row: Any) -> None:
    """Insert a row into a table as it is at this version."""
    if connection.dialect.name == "sqlite":
        row = {
            name: value.replace(tzinfo=None) if isinstance(value, datetime) else value
            for name, value in row.items()
        }
    connection.execute(Table(table, MetaData(), autoload_with=connection).insert(), row)


def a_pilot_of_then(connection: Connection, pilot_id: str, stage: str, since: datetime = NOW) -> None:
    put(
        connection,
        "pilot",
        id=pilot_id,
        workspace_id=TEAM,
        name=pilot_id,
        name_key=None if stage == "retired" else pilot_id,
        problem="Slow.",
        stage=stage,
        champion_id="U1",
        owner_id="S1",
        channel_id="C1",
        metric=METRIC,
        registered_by="U2",
        registered_at=NOW,
        stage_since=since,
        last_change_at=since,
        required=5,
        in_place=1,
    )


def a_review_of_then(
    connection: Connection, review_id: str, pilot_id: str, state: str, stages: str, day: int
) -> None:
    from_stage, to_stage = stages.split()
    decided = {"decided_by": "U3", "decided_at": after(days=day), "reason": f"Because {review_id}."}
    put(
        connection,
        "review",
        id=review_id,
        workspace_id=TEAM,
        pilot_id=pilot_id,
        gate_id=f"to-{to_stage}",
        from_stage=from_stage,
        to_stage=to_stage,
        state=state,
        requested_by="U1",
        requested_at=after(days=day - 1),
        expires_at=after(days=day + 5),
        snapshot=SNAPSHOT,
        snapshot_hash=f"hash-{review_id}",
        **({} if state == "open" else decided),
    )


def a_decision_of_then(connection: Connection, review_id: str, user_id: str, choice: str) -> None:
    put(
        connection,
        "decision",
        review_id=review_id,
        user_id=user_id,
        snapshot_hash=f"hash-{review_id}",
        workspace_id=TEAM,
        choice=choice,
        reason="It was tried.",
        decided_at=after(days=2),
    )


def an_end_of_then(connection: Connection, pilot_id: str, seq: int, words: tuple[Any, Any] | None) -> None:
    """Put a pilot's end on the record, with words or with none: erased ones leave no row."""
    entry = {
        "what": "pilot.retired",
        "subject_kind": "pilot",
        "subject_id": pilot_id,
        "facts_digest": "",
        "hash_before": "",
    }
    put(
        connection,
        "audit",
        workspace_id=TEAM,
        seq=seq,
        at=after(days=seq),
        actor_id=f"U-END{seq}",
        hash=f"{seq}",
        **entry,
    )
    if words is not None:
        before, later = map(json.dumps, words)
        put(connection, "audit_facts", workspace_id=TEAM, seq=seq, salt="s", before=before, after=later)


def a_nudge_of_then(connection: Connection, slot: str, person_id: str) -> None:
    row = {"pilot_id": "P1", "kind": "quiet", "slot": slot, "workspace_id": TEAM, "person_id": person_id}
    put(connection, "nudge", sent_at=NOW, quiet_since=NOW, reply="snoozed", replied_at=after(hours=1), **row)


def write_as_before_the_gate(connection: Connection) -> None:
    a_pilot_of_then(connection, "P1", "limited", after(days=4))
    a_review_of_then(connection, "R1", "P1", "approved", "pilot shadow", 2)
    a_review_of_then(connection, "R2", "P1", "declined", "shadow limited", 3)
    a_review_of_then(connection, "R3", "P1", "approved", "shadow limited", 4)
    a_review_of_then(connection, "R4", "P1", "open", "limited everyone", 5)
    for review_id, user_id, choice in (
        ("R1", "U3", "approve"),
        ("R2", "U3", "decline"),
        ("R2", "U4", "approve"),
    ):
        a_decision_of_then(connection, review_id, user_id, choice)
    a_pilot_of_then(connection, "P2", "retired", after(days=8))
    a_review_of_then(connection, "R5", "P2", "approved", "idea pilot", 2)
    an_end_of_then(connection, "P2", 1, ({"stage": "idea"}, {"reason": "For a while."}))
    an_end_of_then(connection, "P2", 2, ({"stage": "pilot"}, {"reason": "Too few cases."}))
    a_pilot_of_then(connection, "P3", "retired", after(days=9))
    an_end_of_then(connection, "P3", 3, ({"stage": "idea"}, None))
    a_pilot_of_then(connection, "P4", "retired", after(days=9))
    an_end_of_then(connection, "P4", 4, None)
    a_pilot_of_then(connection, "P5", "retired", after(days=9))
    a_review_of_then(connection, "R6", "P5", "approved", "idea pilot", 2)
    a_pilot_of_then(connection, "P6", "shadow")
    a_nudge_of_then(connection, "2026-03-02", "U1")
    a_nudge_of_then(connection, "2026-03-03", "U1")
    action = an_action_of_then()
    put(connection, "action", **action)


def an_action_of_then() -> dict[str, Any]:
    columns = ("id", "workspace_id", "pilot_id", "item_id", "what", "owner_said", "state", "created_by")
    words: dict[str, Any] = dict.fromkeys(columns, "x")
    return words | {"pilot_id": "P1", "workspace_id": TEAM, "state": "open", "created_at": NOW}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Lend a database that was used before there was a gate, and was brought to this version.

    It is made once for all of them, because that takes its time: each test minds rows of its own.
    """
    if request.param == "sqlite":
        yield migrated(f"sqlite:///{tmp_path_factory.mktemp('gate') / 'preflight.db'}")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    server.carry_out("CREATE DATABASE before_the_gate")
    yield migrated(server.url("before_the_gate"))
    server.carry_out("DROP DATABASE before_the_gate WITH (FORCE)")


def migrated(database_url: str) -> str:
    carry_out(database_url, write_as_before_the_gate, "0005")
    assert database.migrate(database_url) is True
    return database_url


def way(moves: list[StageMove]) -> list[tuple[str, str | None, str, str, timedelta]]:
    return [(move.kind.value, move.from_stage, move.to_stage, move.by, move.at - NOW) for move in moves]


def test_a_decision_becomes_a_vote_on_what_the_review_showed(url: str) -> None:
    with Store.open(url) as store:
        votes = store.read_sync(lambda tx: tx.votes.of_review("R2"))
        assert [(vote.user_id, vote.choice) for vote in votes] == [
            ("U3", Choice.DECLINE),
            ("U4", Choice.APPROVE),
        ]
        (vote,) = store.read_sync(lambda tx: tx.votes.of_review("R1"))
        assert (vote.reason, vote.conditions, vote.as_fallback) == ("It was tried.", (), False)
        assert (vote.voted_at, vote.withdrawn_at) == (after(days=2), None)
        assert store.read_sync(lambda tx: tx.reviews.snapshot_of("R1", vote.snapshot_hash)) == SNAPSHOT
        with pytest.raises(Exception, match="vote is append-only"):
            store.write_sync(lambda tx: tx.execute(text("DELETE FROM vote")).rowcount)
        assert not store.write_sync(
            lambda tx: tx.votes.cast(vote.model_copy(update={"id": "another", "choice": Choice.DECLINE}))
        )


def test_an_open_review_is_open_still_and_is_decided_as_ever(url: str) -> None:
    with Store.open(url) as store:
        (review,) = store.read_sync(lambda tx: tx.reviews.all_open(TEAM))
        assert (review.id, review.kind, review.board) == ("R4", ReviewKind.PROMOTION, None)
        assert (review.changed, review.reminders, review.reminded) == ((), 0, ())
        assert review.snapshot == SNAPSHOT
        assert store.write_sync(
            lambda tx: tx.reviews.freeze_anew("R4", {"a": 1}, "new", ["Rollback"], after(days=5))
        )
        assert store.write_sync(
            lambda tx: tx.reviews.decide_if_open("R4", ReviewState.APPROVED, "U3", after(days=6), None)
        )
        assert store.read_sync(lambda tx: tx.reviews.approved_revisions("P1")) == {"rollback": 3}


def test_the_way_of_each_pilot_is_told_from_its_reviews_and_the_record(url: str) -> None:
    days = timedelta(days=1)
    with Store.open(url) as store:
        moves = store.read_sync(
            lambda tx: {number: tx.moves.of_pilot(f"P{number}") for number in range(1, 7)}
        )
        assert way(moves[1]) == [
            ("registered", None, "pilot", "U2", 0 * days),
            ("promoted", "pilot", "shadow", "U3", 2 * days),
            ("promoted", "shadow", "limited", "U3", 4 * days),
        ]
        assert [(move.review_id, move.reason) for move in moves[1][1:]] == [
            ("R1", "Because R1."),
            ("R3", "Because R3."),
        ]
        assert way(moves[2]) == [
            ("registered", None, "idea", "U2", 0 * days),
            ("promoted", "idea", "pilot", "U3", 2 * days),
            ("retired", "pilot", "retired", "U-END2", 8 * days),
        ]
        assert moves[2][-1].reason == "Too few cases."
        assert way(moves[3]) == [
            ("registered", None, "idea", "U2", 0 * days),
            ("retired", "idea", "retired", "U-END3", 9 * days),
        ]
        assert way(moves[4])[-1] == ("retired", "pilot", "retired", "U-END4", 9 * days)
        assert way(moves[5])[-1] == ("retired", "pilot", "retired", "U2", 9 * days)
        assert way(moves[6]) == [("registered", None, "shadow", "U2", 0 * days)]
        assert {move.kind for its in moves.values() for move in its} == {
            MoveKind.REGISTERED,
            MoveKind.PROMOTED,
            MoveKind.RETIRED,
        }


def test_owners_who_were_only_named_are_proposed(url: str) -> None:
    with Store.open(url) as store:
        pilot = store.read_sync(lambda tx: tx.pilots.get(TEAM, "P1"))
        assert pilot
        assert (pilot.owner_accepted_at, pilot.tier, pilot.hold, pilot.flags) == (None, "", None, 0)
        handover = store.read_sync(lambda tx: tx.handovers.proposed_of("P1"))
        assert handover
        assert (handover.to_id, handover.proposed_by, handover.proposed_at, handover.state) == (
            "S1",
            "U2",
            NOW,
            HandoverState.PROPOSED,
        )
        assert store.read_sync(lambda tx: tx.handovers.of_pilot("P2")) == []


def test_every_running_pilot_is_looked_at_once(url: str) -> None:
    with Store.open(url) as store:
        due = store.write_sync(lambda tx: tx.pilots.due_for_a_look(TEAM, after(days=30), 10))
        assert due == ["P6", "P1"]


def test_nudges_keep_their_slots_and_others_may_be_told_now(url: str) -> None:
    with Store.open(url) as store:
        notices = store.read_sync(lambda tx: tx.notices.of_pilot("P1"))
        assert [(one.slot, one.person_id, one.reply) for one in notices] == [
            ("2026-03-02", "U1", "snoozed"),
            ("2026-03-03", "U1", "snoozed"),
        ]

        def queue(person_id: str) -> bool:
            told = notices[0].model_copy(update={"person_id": person_id})
            return store.write_sync(lambda tx: tx.notices.queue(told))

        assert not queue("U1")
        assert queue("U2")


def test_actions_are_no_conditions(url: str) -> None:
    with Store.open(url) as store:
        (action,) = store.read_sync(lambda tx: tx.actions.of_pilot("P1"))
        assert (action.review_id, action.outcome) == (None, "")
        assert store.read_sync(lambda tx: tx.actions.conditions_of_pilot("P1", open_only=False)) == []


def test_it_can_be_taken_back_and_done_again(empty_database_url: str) -> None:
    url = migrated(empty_database_url)
    with Store.open(url) as store:
        was = store.read_sync(lambda tx: tx.moves.of_pilot("P1"))
        (vote,) = store.read_sync(lambda tx: tx.votes.of_review("R1"))
        told = store.read_sync(lambda tx: tx.notices.of_pilot("P1"))[0]
        store.write_sync(lambda tx: tx.notices.queue(told.model_copy(update={"person_id": "U0"})))
        assert store.write_sync(lambda tx: tx.votes.withdraw_if_standing("R2", "U4", "hash-R2", NOW))

    def look(connection: Connection) -> None:
        said = connection.execute(text("SELECT review_id, user_id, choice FROM decision ORDER BY 1, 2")).all()
        assert [tuple(row) for row in said] == [("R1", "U3", "approve"), ("R2", "U3", "decline")]
        told = connection.execute(text("SELECT slot, person_id FROM nudge ORDER BY slot")).all()
        assert [tuple(row) for row in told] == [("2026-03-02", "U0"), ("2026-03-03", "U1")]
        tables = set(inspect(connection).get_table_names())
        assert not tables & {"vote", "review_snapshot", "handover", "stage_move", "flag", "change_request"}
        columns = {column["name"] for column in inspect(connection).get_columns("pilot")}
        assert not columns & {"tier", "hold", "flags", "next_look_at", "owner_accepted_at"}

    carry_out(url, look, "0005")
    assert database.migrate(url) is True
    with Store.open(url) as store:
        assert store.read_sync(lambda tx: tx.moves.of_pilot("P1")) == was
        assert store.read_sync(lambda tx: tx.votes.of_review("R1")) == [vote]
