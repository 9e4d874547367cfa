"""What people were told before there were ladders stays told: the way to the notices and back, with rows in them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, inspect, text

from bot.domain.matters import MatterKind
from bot.domain.notices import Reply
from storage.database import SchemaState, migrate, schema_state
from storage.store import Store
from tests.storage.test_gate_migration import a_pilot_of_then, carry_out, put
from tests.storage.things import NOW, TEAM, after

LATE = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)


def told_before(connection: Connection) -> None:
    put(connection, "workspace", workspace_id=TEAM, name="Northwind", url="", bot_user_id="U0BOT")
    for number, stage in enumerate(["pilot", "retired"], 1):
        a_pilot_of_then(connection, f"P{number}", stage)
    for kind, slot, person_id, reply in [
        ("quiet", "2026-03-02", "U1", "snoozed"),
        ("quiet", "2026-03-03", "U1", None),
        ("review:R1", "2026-03-03", "U2", "settled"),
    ]:
        put(
            connection,
            "nudge",
            pilot_id="P1",
            kind=kind,
            slot=slot,
            workspace_id=TEAM,
            person_id=person_id,
            sent_at=NOW,
            quiet_since=LATE,
            reply=reply,
            replied_at=reply and after(hours=1),
        )


@pytest.fixture
def url(empty_database_url: str) -> str:
    carry_out(empty_database_url, told_before, "0006")
    assert schema_state(empty_database_url) is SchemaState.OUTDATED
    assert migrate(empty_database_url) is True
    return empty_database_url


def test_what_was_told_is_kept_with_what_became_of_it(url: str) -> None:
    with Store.open(url) as store:
        kept = store.read_sync(lambda tx: tx.notices.of_pilot("P1"))
        assert [
            (one.thing, one.kind, one.subject, one.rung, one.slot, one.reply, one.replied_at) for one in kept
        ] == [
            ("quiet:2026-03-02", MatterKind.QUIET, "P1", 0, "2026-03-02", Reply.SNOOZED, after(hours=1)),
            ("quiet:2026-03-03", MatterKind.QUIET, "P1", 0, "2026-03-03", None, None),
            ("review:R1:2026-03-03", MatterKind.REVIEW, "R1", 0, "2026-03-03", Reply.SETTLED, after(hours=1)),
        ]
        assert {(one.day, one.queued_at, one.told_at) for one in kept} == {(LATE.date(), NOW, NOW)}
        assert store.read_sync(lambda tx: tx.digests.last_slot(TEAM, "U2")) == "2026-03-03"
        assert store.read_sync(lambda tx: tx.notices.waiting_for(TEAM, "U1")) == []


def test_every_running_pilot_is_looked_at_soon_and_nothing_is_known_of_it_yet(url: str) -> None:
    with Store.open(url) as store:
        assert store.write_sync(lambda tx: tx.pilots.due_for_nudge(TEAM, NOW, 10)) == ["P1"]
        due = store.read_sync(lambda tx: tx.pilots.get(TEAM, "P1"))
        assert due
        assert (due.id, due.ready, due.severity, due.stalled_since, due.decide_on, due.extended) == (
            "P1",
            False,
            0,
            None,
            None,
            0,
        )
        assert store.read_sync(lambda tx: tx.tallies.of(TEAM)) == {}
        assert store.read_sync(lambda tx: tx.workspaces.next_digest_at(TEAM)) is None


def test_it_can_be_taken_back_and_done_again(url: str) -> None:
    with Store.open(url) as store:
        was = store.read_sync(lambda tx: tx.notices.of_pilot("P1"))

    def look(connection: Connection) -> None:
        rows = connection.execute(
            text("SELECT kind, slot, person_id, reply FROM nudge ORDER BY kind, slot")
        ).all()
        assert [tuple(row) for row in rows] == [
            ("quiet", "2026-03-02", "U1", "snoozed"),
            ("quiet", "2026-03-03", "U1", None),
            ("review:R1", "2026-03-03", "U2", "settled"),
        ]
        assert not set(inspect(connection).get_table_names()) & {"notice", "tally", "signal", "home", "mute"}
        columns = {column["name"] for column in inspect(connection).get_columns("pilot")}
        assert not columns & {"ready", "severity", "stalled_since", "decide_on", "extended"}

    carry_out(url, look, "0006")
    assert migrate(url) is True
    with Store.open(url) as store:
        again = store.read_sync(lambda tx: tx.notices.of_pilot("P1"))
        assert [(one.thing, one.slot, one.reply) for one in again] == [
            (one.thing, one.slot, one.reply) for one in was
        ]
