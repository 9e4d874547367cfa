"""`python -m bot audit …`: what is checked and said, and what an export holds."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.commands.line import CommandRefused
from bot.domain.people import Person
from storage import chain, database
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import TEAM, a_pilot, after, an_occasion

PILOT = a_pilot()
HOSTILE = "=HYPERLINK(1)"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A folder to type commands in, with a record of four entries, one without its words."""
    monkeypatch.chdir(tmp_path)
    for name in ("PREFLIGHT_PLAYBOOK", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{tmp_path / 'var' / 'preflight.db'}"
    database.migrate(url)
    with Store.open(url) as opened:
        opened.write_sync(lambda tx: tx.workspaces.remember(TEAM, "T", "https://t.slack.com/", "U0"))
        opened.write_sync(
            lambda tx: tx.people.remember(Person(workspace_id=TEAM, user_id="U-CHAMPION", name=HOSTILE))
        )
        opened.write_sync(lambda tx: tx.pilots.register(PILOT))
        opened.write_sync(record)
        opened.write_sync(lambda tx: tx.audit.erase(TEAM, [2], an_occasion(now=after(days=2))))
        yield opened


def record(tx: Tx) -> None:
    at = an_occasion(delivery="Ev1")
    tx.audit.append(at, "pilot.registered", "pilot", PILOT.id, None, {"name": "漢 <!channel>\n=1"})
    tx.audit.append(at, "answer.given", "pilot", PILOT.id, {"a": 1.5}, {"b": None}, on_behalf_of="+U2")
    tx.audit.append(at, "something.else", "message", "M")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["audit", *words])


def says(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.output


def head_of(said: str) -> str:
    return said.split("head ")[1].split(maxsplit=1)[0]


def test_a_record_that_holds_is_said_so_with_its_head_while_preflight_runs(store: Store) -> None:
    said = says("verify")
    assert f"{TEAM}: 4 entries, the words of 1 erased; all as recorded." in said
    head = head_of(said)
    assert head == store.read_sync(lambda tx: tx.audit.all(TEAM))[-1].hash
    assert "Keep the hashes somewhere else" in said
    assert f"{head} is still entry 4 of {TEAM}" in says("verify", "--head", head.upper())


def test_a_kept_hash_that_is_gone_ends_with_one(store: Store) -> None:
    result = run("verify", "--head", "0" * 64)
    assert result.exit_code == 1
    assert "is not in the record" in result.output


def test_each_altered_entry_is_named_and_the_end_is_one(store: Store) -> None:
    def tamper(tx: Tx) -> None:
        for statement in (
            "DROP TRIGGER audit_no_update",
            "DROP TRIGGER audit_no_delete",
            "UPDATE audit SET actor_id = 'U\x1b[31m' WHERE seq = 1",
            "DELETE FROM audit WHERE seq IN (2, 3)",
        ):
            tx.execute(text(statement))

    store.write_sync(tamper)
    result = run("verify")
    assert result.exit_code == 1
    assert f"{TEAM}: entry 1 (2026-03-02T09:30:15.123456+00:00) is not as it was recorded" in result.output
    assert f"{TEAM}: entries 2 to 3 (after 2026-03-02T09:30:15.123456+00:00) were removed." in result.output
    assert "head " not in result.output
    assert "\x1b" not in result.output


def test_an_export_as_json_lines_can_be_checked_by_whoever_has_it(store: Store) -> None:
    rows = [json.loads(line) for line in says("export", "--format", "jsonl").splitlines()]
    assert [row["seq"] for row in rows] == [1, 2, 3, 4]
    assert rows[0]["after"] == {"name": "漢 <!channel>\n=1"}
    assert (rows[0]["actor"], rows[0]["subject"]) == (HOSTILE, PILOT.name)
    assert [row["erased"] for row in rows] == [False, True, False, False]
    assert (rows[1]["before"], rows[1]["after"], rows[1]["on_behalf_of"]) == (None, None, "+U2")
    assert (rows[3]["what"], rows[3]["subject_id"]) == ("audit.erased", "2")
    last = chain.BEGINNING
    for row in rows:
        assert row["hash_before"] == last
        last = chain.hash_of(chain.Link(**{name: row[name] for name in chain.Link._fields}))
        assert row["hash"] == last
        if row["facts_digest"] and not row["erased"]:
            assert (
                chain.facts_digest(row["salt"], kept(row["before"]), kept(row["after"]))
                == row["facts_digest"]
            )
        assert datetime.fromisoformat(row["at"]).tzinfo is not None


def kept(facts: Any) -> str | None:
    return None if facts is None else json.dumps(facts, separators=(",", ":"))


def test_an_export_as_csv_holds_the_same_and_no_formula(store: Store, tmp_path: Path) -> None:
    assert "record.csv holds 4 entries." in says("export", "--to", "record.csv")
    written = (tmp_path / "record.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    others = [json.loads(line) for line in says("export", "--format", "jsonl").splitlines()]
    assert [(row["seq"], row["hash"]) for row in rows] == [(str(one["seq"]), one["hash"]) for one in others]
    assert json.loads(rows[0]["after"]) == others[0]["after"]
    assert (rows[0]["actor"], rows[1]["on_behalf_of"]) == (f"'{HOSTILE}", "'+U2")
    assert [row["erased"] for row in rows] == ["", "yes", "", ""]
    assert not [
        cell for row in rows for cell in row.values() if cell.lstrip().startswith(("=", "+", "-", "@"))
    ]
    result = run("export", "--to", "record.csv")
    assert isinstance(result.exception, CommandRefused)
    assert (tmp_path / "record.csv").read_bytes() == written


def test_an_export_of_one_pilot_leaves_the_others_out_and_an_unknown_one_makes_no_file(
    store: Store, tmp_path: Path
) -> None:
    said = says("export", "--format", "jsonl", "--pilot", "refund TRIAGE")
    assert [json.loads(line)["seq"] for line in said.splitlines()] == [1, 2]
    result = run("export", "--to", "none.csv", "--pilot", "Refnd")
    assert isinstance(result.exception, CommandRefused)
    assert "There is no pilot" in str(result.exception)
    assert not (tmp_path / "none.csv").exists()


def test_a_place_that_cannot_be_written_is_said_so(store: Store, tmp_path: Path) -> None:
    result = run("export", "--to", str(tmp_path / "nowhere" / "record.csv"))
    assert isinstance(result.exception, CommandRefused)
    assert "cannot be written" in str(result.exception)


def test_without_a_database_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    for command in ("verify", "export"):
        assert isinstance(run(command).exception, CommandRefused)
    assert list(tmp_path.iterdir()) == []


def test_the_words_of_a_person_go_with_their_name_and_the_chain_holds(store: Store) -> None:
    store.write_sync(
        lambda tx: tx.people.remember(
            Person(workspace_id=TEAM, user_id="U-OTHER", name="Otto", locale="de-DE")
        )
    )
    store.write_sync(
        lambda tx: tx.audit.append(
            an_occasion(actor_id="U-OTHER"), "answer.given", "pilot", PILOT.id, None, {"said": "mine"}
        )
    )
    assert "Erased the words of 1 entry" in says("erase", "--person", "U-OTHER", "--yes")
    entries = store.read_sync(lambda tx: tx.audit.all(TEAM))
    assert [entry.after for entry in entries if entry.actor_id == "U-OTHER"] == [None]
    assert entries[0].after == {"name": "漢 <!channel>\n=1"}
    other = store.read_sync(lambda tx: tx.people.get(TEAM, "U-OTHER"))
    assert other
    assert other.name == ""
    assert f"{TEAM}: 6 entries, the words of 2 erased; all as recorded." in says("verify")


def test_words_from_before_a_day_go_and_younger_ones_stay(store: Store) -> None:
    later = an_occasion(now=after(days=40))
    store.write_sync(
        lambda tx: tx.audit.append(later, "answer.given", "pilot", PILOT.id, None, {"said": "new"})
    )
    assert "Erased the words of 1 entry" in says("erase", "--before", f"{after(days=30):%Y-%m-%d}", "--yes")
    kept_words = [entry.after for entry in store.read_sync(lambda tx: tx.audit.all(TEAM))]
    assert kept_words == [None, None, None, None, {"said": "new"}, None]
    assert "all as recorded" in says("verify")


def test_erasing_is_asked_about_and_refused_while_preflight_runs(store: Store, tmp_path: Path) -> None:
    before = store.read_sync(lambda tx: tx.audit.all(TEAM))
    result = CliRunner().invoke(app, ["audit", "erase", "--before", "2030-01-01"], input="n\n")
    assert "The words of 1 entry will be gone for good" in result.output
    assert result.exit_code == 1
    held = database.exclusive_lock(tmp_path / "var")
    try:
        refused = run("erase", "--before", "2030-01-01", "--yes").exception
    finally:
        held.release()
    assert isinstance(refused, CommandRefused)
    assert "Stop it" in str(refused)
    assert isinstance(run("erase").exception, CommandRefused)
    assert store.read_sync(lambda tx: tx.audit.all(TEAM)) == before
