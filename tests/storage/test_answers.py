"""Answers: the history is the truth, the current answers beside it always agree, a redelivery changes nothing."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import text

from bot.domain.answers import Answer, Plan, Status, Value
from bot.domain.barring import lone_answerers
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from storage.answers import UnknownPilot
from storage.ids import new_id
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import TEAM, a_pilot, after, an_answer, an_interview

ITEMS = ("integration", "monitoring", "fallback")
turns = st.lists(
    st.tuples(
        st.sampled_from(ITEMS),
        st.sampled_from(Status),
        st.text(max_size=8),
        st.sampled_from([None, "1.1", "1.2", "1.3", "1.4"]),
        st.booleans(),
    ),
    max_size=12,
)


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


def record(store: Store, answer: Answer) -> Answer | None:
    return store.write_sync(lambda tx: tx.answers.record(answer))


def harm(tx: Tx, damage: str) -> None:
    tx.execute(text(damage))


@contextmanager
def agreeing(store: Store) -> Iterator[None]:
    yield
    assert store.read_sync(lambda tx: tx.answers.differences()) == set()


def test_answers_are_numbered_and_the_last_is_current(store: Store, pilot: Pilot) -> None:
    first = record(store, an_answer(pilot, revision=99))
    second = record(
        store, an_answer(pilot, status=Status.PARTLY, detail="Half of it.", answered_at=after(hours=1))
    )
    other = record(store, an_answer(pilot, "monitoring"))
    assert first is not None
    assert second is not None
    assert other is not None
    assert [first.revision, second.revision, other.revision] == [1, 2, 1]
    assert store.read_sync(lambda tx: tx.answers.current(pilot.id)) == {
        "integration": second,
        "monitoring": other,
    }
    assert store.read_sync(lambda tx: tx.answers.history(pilot.id)) == [first, second, other]
    assert store.read_sync(lambda tx: tx.answers.history(pilot.id, "integration")) == [first, second]
    assert store.read_sync(lambda tx: tx.answers.current("unknown")) == {}


def test_the_same_message_answers_once_in_an_interview(store: Store, pilot: Pilot) -> None:
    interview = an_interview(pilot)
    store.write_sync(lambda tx: tx.interviews.start(interview))
    answer = an_answer(pilot, interview_id=interview.id, message_ts="5.1")
    assert record(store, answer) is not None
    assert record(store, answer) is None
    assert record(store, answer.model_copy(update={"item_id": "monitoring"})) is None
    assert len(store.read_sync(lambda tx: tx.answers.history(pilot.id))) == 1
    assert record(store, answer.model_copy(update={"message_ts": "5.2"})) is not None


def test_buttons_without_a_message_answer_as_often_as_they_like(store: Store, pilot: Pilot) -> None:
    interview = an_interview(pilot)
    store.write_sync(lambda tx: tx.interviews.start(interview))
    pressed = [record(store, an_answer(pilot, interview_id=interview.id)) for _ in range(3)]
    assert [answer.revision for answer in pressed if answer] == [1, 2, 3]


def test_an_edited_message_revises_its_answer_and_a_repeated_edit_does_not(
    store: Store, pilot: Pilot
) -> None:
    interview = an_interview(pilot)
    store.write_sync(lambda tx: tx.interviews.start(interview))
    first = record(store, an_answer(pilot, interview_id=interview.id, message_ts="5.1"))
    assert store.read_sync(lambda tx: tx.answers.by_message(interview.id, "5.1")) == first
    edited = an_answer(
        pilot, interview_id=interview.id, message_ts="5.1", detail="Better.", answered_at=after(hours=1)
    )
    second = store.write_sync(lambda tx: tx.answers.revise(edited))
    assert second is not None
    assert (second.revision, second.detail) == (2, "Better.")
    assert store.write_sync(lambda tx: tx.answers.revise(edited)) is None
    assert store.read_sync(lambda tx: tx.answers.by_message(interview.id, "5.1")) == second
    assert record(store, edited) is None
    assert store.read_sync(lambda tx: tx.answers.by_message(interview.id, "9.9")) is None


def test_what_an_answer_is_made_of_is_kept_to_the_last_digit(store: Store, pilot: Pilot) -> None:
    answer = record(
        store,
        an_answer(
            pilot,
            status=Status.PARTLY,
            value=Value(
                kind=AnswerKind.MONEY,
                number=Decimal("1234567890.10"),
                unit="EUR",
                on=date(2026, 4, 1),
                ids=("U1", "\ud800\x00 ü"),
            ),
            plan=Plan(what="Connect \ud800 it", who_said="the platform team", by=date(2026, 5, 4)),
            message_ts="7.1",
            message_channel_id="D1",
        ),
    )
    assert answer is not None
    with agreeing(store):
        (kept,) = store.read_sync(lambda tx: tx.answers.history(pilot.id))
    assert store.read_sync(lambda tx: tx.answers.current(pilot.id)) == {"integration": kept}
    assert kept.value is not None
    assert answer.value is not None
    assert str(kept.value.number) == "1234567890.10"
    assert kept.value.model_copy(update={"ids": ()}) == answer.value.model_copy(update={"ids": ()})
    assert kept.plan == Plan(what="Connect \ufffd it", who_said="the platform team", by=date(2026, 5, 4))
    assert kept.message_channel_id == "D1"


def test_current_answers_are_derived_with_all_that_they_are_made_of(store: Store, pilot: Pilot) -> None:
    value = Value(kind=AnswerKind.NUMBER, number=Decimal("0.30"), unit="cases a week")
    answer = record(store, an_answer(pilot, value=value, plan=Plan(what="Count them")))
    store.write_sync(harm, "UPDATE current_answer SET value = NULL, plan = NULL")
    assert store.read_sync(lambda tx: tx.answers.differences()) == {(pilot.id, "integration")}
    store.write_sync(lambda tx: tx.answers.rebuild_current())
    with agreeing(store):
        assert store.read_sync(lambda tx: tx.answers.current(pilot.id)) == {"integration": answer}


def test_an_answer_is_found_by_its_message_wherever_that_was_written(store: Store, pilot: Pilot) -> None:
    interview = an_interview(pilot)
    store.write_sync(lambda tx: tx.interviews.start(interview))
    old = record(store, an_answer(pilot, interview_id=interview.id, message_ts="5.1"))
    direct = record(store, an_answer(pilot, "monitoring", message_ts="5.1", message_channel_id="D1"))

    def found(workspace_id: str, channel_id: str, ts: str) -> Answer | None:
        return store.read_sync(lambda tx: tx.answers.by_slack_message(workspace_id, channel_id, ts))

    assert found(pilot.workspace_id, pilot.channel_id, "5.1") == old
    assert found(pilot.workspace_id, "D1", "5.1") == direct
    assert found(pilot.workspace_id, "D2", "5.1") is None
    assert found("T2", "D1", "5.1") is None
    later = an_answer(
        pilot, "monitoring", message_ts="5.1", message_channel_id="D1", answered_at=after(hours=1)
    )
    assert found(pilot.workspace_id, "D1", "5.1") != (newest := record(store, later))
    assert found(pilot.workspace_id, "D1", "5.1") == newest


def test_a_message_that_was_picked_may_answer_several_items(store: Store, pilot: Pilot) -> None:
    interview = an_interview(pilot)
    store.write_sync(lambda tx: tx.interviews.start(interview))
    said = an_answer(pilot, interview_id=interview.id, message_ts="5.1", message_channel_id="C-PILOTS")
    assert record(store, said) is not None
    also = said.model_copy(update={"item_id": "monitoring", "answered_at": after(minutes=1)})
    picked = store.write_sync(lambda tx: tx.answers.record_picked(also))
    assert picked.revision == 1
    assert store.read_sync(lambda tx: tx.answers.by_message(interview.id, "5.1")) == picked
    with agreeing(store):
        assert set(store.read_sync(lambda tx: tx.answers.current(pilot.id))) == {"integration", "monitoring"}


def test_what_stands_on_a_message_is_found_until_it_is_changed(store: Store, pilot: Pilot) -> None:
    for item_id in ("integration", "fallback"):
        record(store, an_answer(pilot, item_id, message_ts="17.000100", message_channel_id="C-ELSEWHERE"))

    def standing(
        workspace_id: str = TEAM, channel_id: str = "C-ELSEWHERE", ts: str = "17.000100"
    ) -> list[str]:
        found = store.read_sync(lambda tx: tx.answers.standing_on(workspace_id, channel_id, ts))
        return [answer.item_id for answer in found]

    assert standing() == ["fallback", "integration"]
    assert standing(channel_id="C-PILOTS") == standing(ts="17.000200") == standing(workspace_id="T2") == []
    record(store, an_answer(pilot, "fallback"))
    assert standing() == ["integration"]


def test_answers_are_found_by_a_part_of_their_evidence(store: Store, pilot: Pilot) -> None:
    record(
        store,
        an_answer(pilot, evidence=("https://a.example", "https://northwind.example/archives/C1/p17000100")),
    )
    record(store, an_answer(pilot, "fallback", evidence=("https://northwind.example/archives/C1/p18",)))

    def linking(part: str, workspace_id: str = TEAM) -> list[str]:
        found = store.read_sync(lambda tx: tx.answers.linking_to(workspace_id, part))
        return [answer.item_id for answer in found]

    assert linking("/archives/C1/p17000100") == ["integration"]
    assert linking("/archives/C1/") == ["fallback", "integration"]
    assert linking("/archives/C1/", "T2") == linking("/archives/C2/") == []


def test_an_answer_to_an_unknown_pilot_is_an_error(store: Store) -> None:
    with pytest.raises(UnknownPilot):
        record(store, an_answer(a_pilot()))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=turns)
def test_any_history_replays_to_the_current_answers(
    store: Store, turns: list[tuple[str, Status, str, str | None, bool]]
) -> None:
    pilot = a_pilot(new_id())
    interview = an_interview(pilot)

    def live(tx: Tx) -> None:
        tx.pilots.register(pilot)
        tx.interviews.start(interview)
        for number, (item_id, status, detail, message_ts, edited) in enumerate(turns):
            answer = an_answer(
                pilot,
                item_id,
                status=status,
                detail=detail,
                evidence=(detail,) * (number % 3),
                interview_id=interview.id if message_ts else None,
                message_ts=message_ts,
                answered_at=after(minutes=number),
            )
            tx.answers.revise(answer) if edited and message_ts else tx.answers.record(answer)

    store.write_sync(live)
    history = store.read_sync(lambda tx: tx.answers.history(pilot.id))
    current = store.read_sync(lambda tx: tx.answers.current(pilot.id))
    replayed: dict[str, Answer] = {}
    for answer in history:
        assert answer.revision == (replayed[answer.item_id].revision + 1 if answer.item_id in replayed else 1)
        replayed[answer.item_id] = answer
    assert current == replayed
    with agreeing(store):
        pass
    with agreeing(store):
        store.write_sync(lambda tx: tx.answers.rebuild_current())
    assert store.read_sync(lambda tx: tx.answers.current(pilot.id)) == current


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM current_answer WHERE item_id = 'integration'",
        "UPDATE current_answer SET revision = 1 WHERE item_id = 'integration'",
        "UPDATE current_answer SET detail = 'forged' WHERE item_id = 'integration'",
        "UPDATE current_answer SET evidence = '[]' WHERE item_id = 'integration'",
        "UPDATE current_answer SET answered_at = '2020-01-01 00:00:00.000000' WHERE item_id = 'integration'",
    ],
)
def test_a_damaged_current_answer_is_found_and_mended_from_the_history(
    store: Store, pilot: Pilot, damage: str
) -> None:
    for detail in ("one", "two"):
        record(store, an_answer(pilot, detail=detail))
        record(store, an_answer(pilot, "monitoring", detail=detail))
    whole = store.read_sync(lambda tx: tx.answers.current(pilot.id))
    store.write_sync(harm, damage)
    assert store.read_sync(lambda tx: tx.answers.differences()) == {(pilot.id, "integration")}
    store.write_sync(lambda tx: tx.answers.rebuild_current())
    assert store.read_sync(lambda tx: tx.answers.differences()) == set()
    assert store.read_sync(lambda tx: tx.answers.current(pilot.id)) == whole


def test_the_current_answers_of_many_pilots_are_found_at_once(store: Store) -> None:
    one, other, bare = a_pilot("one"), a_pilot("other"), a_pilot("bare")

    def fill(tx: Tx) -> None:
        for made in (one, other, bare):
            tx.pilots.register(made)
        tx.answers.record(an_answer(one, "integration"))
        tx.answers.record(an_answer(one, "integration", detail="newer"))
        tx.answers.record(an_answer(other, "monitoring"))

    store.write_sync(fill)
    found = store.read_sync(lambda tx: tx.answers.current_of_pilots([one.id, other.id, bare.id]))
    assert {pilot_id: set(answers) for pilot_id, answers in found.items()} == {
        one.id: {"integration"},
        other.id: {"monitoring"},
    }
    assert found[one.id]["integration"].detail == "newer"


def test_who_alone_answered_is_found_as_the_rules_say(store: Store) -> None:
    said = list(product(Status, ("U1", "U2")))
    for answers in [*product(said, said), *product([(Status.NOT_YET, "U2")], said, said)]:
        pilot = a_pilot(f"Pilot {new_id()}")
        store.write_sync(partial(_answered, pilot, answers))
        history = store.read_sync(partial(_history, pilot))
        alone = lone_answerers(history, frozenset({"integration"}))
        for by in ("U1", "U2"):
            assert bool(store.read_sync(partial(_alone, pilot, by))) is (by in alone), answers


def _answered(pilot: Pilot, answers: Iterable[tuple[Status, str]], tx: Tx) -> None:
    tx.pilots.register(pilot)
    for status, by in answers:
        tx.answers.record(an_answer(pilot, status=status, answered_by=by, message_ts=None))


def _history(pilot: Pilot, tx: Tx) -> list[Answer]:
    return tx.answers.history(pilot.id)


def _alone(pilot: Pilot, by: str, tx: Tx) -> dict[str, set[str]]:
    return tx.answers.alone_by(by, [pilot.id])
