"""Work that comes again and again finds its rows by an index; its cost follows what is due, not what there is."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain.seeking import Shown, Sought
from storage.store import Store
from storage.transaction import Tx
from tests.fresh import fresh_database
from tests.postgres import LENT, PostgresServer
from tests.storage.things import NOW, TEAM

LOOK_UPS: dict[str, tuple[Callable[[Tx], object], str]] = {
    "pilots that are due": (lambda tx: tx.pilots.due_for_nudge(TEAM, NOW, 50), "ix_pilot_next_nudge_at"),
    "pilots by their ids": (lambda tx: tx.pilots.some(TEAM, ["P", "Q"]), "pk_pilot"),
    "a pilot by name": (lambda tx: tx.pilots.named(TEAM, "x"), "uq_pilot_workspace_id_name_key"),
    "pilots of a channel": (lambda tx: tx.pilots.in_channel(TEAM, "C"), "ix_pilot_workspace_id_channel_id"),
    "reviews that expire": (lambda tx: tx.reviews.due_to_expire(TEAM, NOW, 50), "ix_review_expires_at"),
    "an open review": (lambda tx: tx.reviews.open_of("P", "G"), "ix_review_pilot_id_requested_at"),
    "the latest review": (lambda tx: tx.reviews.latest_of("P"), "ix_review_pilot_id_requested_at"),
    "pilots to look at": (lambda tx: tx.pilots.due_for_a_look(TEAM, NOW, 50), "ix_pilot_next_look_at"),
    "pilots of an owner": (lambda tx: tx.pilots.owned_by(TEAM, "U"), "ix_pilot_workspace_id_owner_id"),
    "reviews to remind of": (
        lambda tx: tx.reviews.due_for_reminder(TEAM, NOW, 50),
        "ix_review_next_reminder_at",
    ),
    "all reviews of a pilot": (lambda tx: tx.reviews.of_pilot("P"), "ix_review_pilot_id_requested_at"),
    "the decision before": (
        lambda tx: tx.reviews.latest_decided_of("P", "R"),
        "ix_review_pilot_id_requested_at",
    ),
    "what led into a stage": (
        lambda tx: tx.reviews.approved_into("P", "S"),
        "ix_review_pilot_id_requested_at",
    ),
    "what a review showed": (lambda tx: tx.reviews.snapshot_of("R", "abc"), "pk_review_snapshot"),
    "the votes on a review": (lambda tx: tx.votes.of_review("R"), "ix_vote_review_id"),
    "the votes on some reviews": (lambda tx: tx.votes.of_reviews(["R", "S"]), "ix_vote_review_id"),
    "open questions about some reviews": (
        lambda tx: tx.changes.open_of_reviews(["R", "S"]),
        "ix_change_request_review_id",
    ),
    "waivers that are asked for": (lambda tx: tx.waivers.asked(TEAM, NOW.date()), "ix_waiver_until"),
    "what somebody alone answered": (lambda tx: tx.answers.alone_by("U", ["P", "Q"]), "pk_answer"),
    "some people": (lambda tx: tx.people.some(TEAM, ["U", "V"]), "pk_person"),
    "the questions about a review": (lambda tx: tx.changes.of_review("R"), "ix_change_request_review_id"),
    "a proposed handover": (lambda tx: tx.handovers.proposed_of("P"), "ix_handover_pilot_id"),
    "an accepted handover": (lambda tx: tx.handovers.accepted_of("P"), "ix_handover_pilot_id"),
    "handovers of some pilots": (lambda tx: tx.handovers.of_pilots(["P", "Q"]), "ix_handover_pilot_id"),
    "handovers that wait for somebody": (
        lambda tx: tx.handovers.proposed_to(TEAM, ["U", "S"]),
        "ix_handover_to_id",
    ),
    "the way of a pilot": (lambda tx: tx.moves.of_pilot("P"), "uq_stage_move"),
    "raised flags": (lambda tx: tx.flags.raised_of("P"), "ix_flag_pilot_id"),
    "raised flags of some pilots": (lambda tx: tx.flags.raised_of_pilots(["P", "Q"]), "ix_flag_pilot_id"),
    "all flags": (lambda tx: tx.flags.of_pilot("P"), "ix_flag_pilot_id"),
    "open conditions": (lambda tx: tx.actions.conditions_of_pilot("P"), "uq_action_open"),
    "unsent messages": (lambda tx: tx.messages.unsent(NOW, 50), "ix_outbound_message_unsent"),
    "the number of unsent messages": (lambda tx: tx.messages.count_unsent(), "ix_outbound_message_unsent"),
    "failed messages": (lambda tx: tx.messages.failed_list(TEAM), "ix_outbound_message_failed"),
    "a message by key": (lambda tx: tx.messages.by_key(TEAM, "k"), "uq_outbound_message_workspace_id_key"),
    "a message by its place": (lambda tx: tx.messages.at(TEAM, "C", "1.1"), "ix_outbound_message_slack_ts"),
    "the root of a thread": (
        lambda tx: tx.interviews.in_thread(TEAM, "C", "1.1"),
        "ix_outbound_message_slack_ts",
    ),
    "the interview under a root": (
        lambda tx: tx.interviews.in_thread(TEAM, "C", "1.1"),
        "ix_interview_root_message_id",
    ),
    "open interviews of some pilots": (
        lambda tx: tx.interviews.open_of_pilots(["P", "Q"]),
        "uq_interview_open",
    ),
    "an open interview": (lambda tx: tx.interviews.open_of("P"), "uq_interview_open"),
    "current answers": (lambda tx: tx.answers.current("P"), "pk_current_answer"),
    "current answers of some pilots": (
        lambda tx: tx.answers.current_of_pilots(["P", "Q"]),
        "pk_current_answer",
    ),
    "all open reviews": (lambda tx: tx.reviews.all_open(TEAM), "ix_review_expires_at"),
    "an answer by its message": (
        lambda tx: tx.answers.by_message("I", "1.1"),
        "ix_answer_interview_id_message_ts",
    ),
    "an answer by its message anywhere": (
        lambda tx: tx.answers.by_slack_message(TEAM, "C", "1.1"),
        "ix_answer_message",
    ),
    "answers that stand on a message": (
        lambda tx: tx.answers.standing_on(TEAM, "C", "1.1"),
        "ix_answer_message",
    ),
    "what was approved": (lambda tx: tx.reviews.approved_revisions("P"), "ix_review_pilot_id_requested_at"),
    "open actions": (lambda tx: tx.actions.open_of_pilot("P"), "uq_action_open"),
    "all actions": (lambda tx: tx.actions.of_pilot("P"), "ix_action_pilot_id"),
    "open actions of owners": (lambda tx: tx.actions.open_of_owners(TEAM, ["U", "S"]), "ix_action_owner_id"),
    "open questions of a pilot": (lambda tx: tx.asks.open_of_pilot("P"), "uq_ask_open"),
    "open questions of a person": (lambda tx: tx.asks.open_of_person(TEAM, "U"), "pk_asked_person"),
    "the questions themselves": (lambda tx: tx.asks.open_of_person(TEAM, "U"), "pk_ask"),
    "the latest question about an item": (
        lambda tx: tx.asks.latest_of_item("P", "I"),
        "ix_ask_pilot_id_item_id",
    ),
    "what a person is asked once more": (
        lambda tx: tx.asks.once_more_of_person(TEAM, "U"),
        "pk_asked_person",
    ),
    "who is still asked": (lambda tx: tx.asks.still_asked("A"), "ix_asked_person_ask_id"),
    "a pace": (lambda tx: tx.pace.of(TEAM), "pk_pace"),
    "an earlier playbook": (lambda tx: tx.playbooks.get("1"), "pk_playbook"),
    "the playbooks of running interviews": (
        lambda tx: tx.playbooks.of_running_interviews(),
        "uq_interview_open",
    ),
    "what a person was told": (lambda tx: tx.notices.of_person(TEAM, "U", "S"), "ix_notice_person"),
    "what waits to be told": (lambda tx: tx.notices.waiting_for(TEAM, "U"), "ix_notice_untold"),
    "open notices of a pilot": (lambda tx: tx.notices.open_of_pilot("P"), "ix_notice_open"),
    "who heard of a thing": (lambda tx: tx.notices.of_thing("P", "T"), "pk_notice"),
    "what was heard of a pilot": (lambda tx: tx.notices.heard("P"), "pk_notice"),
    "when somebody was told last": (lambda tx: tx.digests.last_slot(TEAM, "U"), "ix_notice_person"),
    "digests that are due": (lambda tx: tx.digests.due_now(TEAM, NOW, 50), "ix_digest_due_next_at"),
    "the hours of some people": (lambda tx: tx.preferences.some(TEAM, ["U", "V"]), "pk_preference"),
    "what a person snoozes": (lambda tx: tx.snoozes.of_person(TEAM, "U", NOW), "pk_snooze"),
    "what a person mutes": (lambda tx: tx.mutes.running_of_person(TEAM, "U"), "uq_mute_running"),
    "what somebody muted": (lambda tx: tx.mutes.running_by(TEAM, "U"), "uq_mute_running"),
    "who mutes a pilot": (lambda tx: tx.mutes.running_of_pilot("P"), "ix_mute_pilot_id"),
    "open blockers of a pilot": (lambda tx: tx.blockers.open_of_pilot("P"), "ix_blocker_"),
    "open blockers of a person": (lambda tx: tx.blockers.open_by(TEAM, "U"), "ix_blocker_by_id"),
    "all blockers of a pilot": (lambda tx: tx.blockers.of_pilot("P"), "ix_blocker_pilot_id"),
    "raised signals": (lambda tx: tx.signals.raised_of("P"), "signal_"),
    "raised signals of some pilots": (lambda tx: tx.signals.raised_of_pilots(["P", "Q"]), "signal_"),
    "signals that went up lately": (lambda tx: tx.signals.since(TEAM, NOW), "ix_signal_raised_at"),
    "signals that went down lately": (lambda tx: tx.signals.since(TEAM, NOW), "ix_signal_cleared_at"),
    "who was in a channel": (lambda tx: tx.presences.of_channel(TEAM, "C"), "pk_presence"),
    "where somebody is to be looked for": (lambda tx: tx.presences.unknown_in(TEAM), "ix_presence_unknown"),
    "who left a channel": (lambda tx: tx.absences.of_channel(TEAM, "C"), "pk_absence"),
    "the counters": (lambda tx: tx.tallies.of(TEAM), "pk_tally"),
    "what is counted of a pilot": (lambda tx: tx.tallies.counted("P"), "pk_counted"),
    "a Home": (lambda tx: tx.homes.get(TEAM, "U"), "pk_home"),
    "Homes that were opened lately": (lambda tx: tx.homes.open_since(TEAM, NOW), "ix_home_opened_at"),
    "pilots to be decided on": (
        lambda tx: tx.pilots.decided_between(TEAM, NOW.date(), NOW.date()),
        "ix_pilot_decide_on",
    ),
    "what moved lately": (lambda tx: tx.moves.since(TEAM, NOW), "ix_stage_move_workspace_id_at"),
    "the number of pilots in a stage": (
        lambda tx: tx.pilots.count(TEAM, Sought(stage="S", shown=Shown.STALLED)),
        "ix_pilot_workspace_id_stage_severity",
    ),
    "the end of the record of one thing": (
        lambda tx: tx.audit.newest_of(TEAM, "pilot", "P", 20),
        "ix_audit_subject",
    ),
    "the record of one thing": (lambda tx: tx.audit.of(TEAM, "pilot", "P"), "ix_audit_subject"),
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Open one database for all of them, of either kind in turn: they only look things up."""
    if request.param == "sqlite":
        url = fresh_database(tmp_path_factory.mktemp("plans") / "preflight.db")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        server.empty()
        url = server.url(LENT)
    with Store.open(url) as opened:
        yield opened


@pytest.mark.parametrize("what", LOOK_UPS)
def test_rows_are_found_by_an_index(store: Store, what: str) -> None:
    look_up, index = LOOK_UPS[what]
    carried_out: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            carried_out.append((statement, values))

    writing, engine = store._engines
    event.listen(writing, "before_cursor_execute", listen)
    store.write_sync(look_up)  # some of them lock what they find
    event.remove(writing, "before_cursor_execute", listen)
    ((statement, values),) = carried_out
    plan = "\n".join(_plan(engine, statement, values))
    if (
        engine.dialect.name == "postgresql"
    ):  # which of several indexes it takes depends on how many rows there are
        assert "Seq Scan" not in plan, plan
    else:
        made_for_keys = "_".join(["sqlite_autoindex", *index.split("_workspace_id_")[0].split("_")[1:]])
        assert index in plan or made_for_keys in plan, plan


def _plan(engine: Any, statement: str, values: Any) -> list[str]:
    with engine.connect() as connection, connection.begin():
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            return [str(row[-1]) for row in rows]
        for way in ("seqscan", "bitmapscan", "sort"):  # tables of a test are so small that a scan is cheaper
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        return [str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)]
