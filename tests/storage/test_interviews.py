"""Interviews: one under way per pilot, found by its thread, turned only from the turn that was seen."""

import pytest

from bot.domain.conversations import Interview, InterviewState, Scope
from bot.domain.pilots import Pilot
from storage.interviews import InterviewRunning
from storage.repository import AT_A_TIME
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import NOW, TEAM, a_body, a_pilot, after, an_interview


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


def start(store: Store, interview: Interview) -> Interview:
    store.write_sync(lambda tx: tx.interviews.start(interview))
    return interview


def end(store: Store, interview: Interview, state: InterviewState) -> None:
    ended = interview.model_copy(update={"state": state})
    assert store.write_sync(lambda tx: tx.interviews.save_if_unchanged(interview, ended))


def test_an_interview_comes_back_as_it_was(store: Store, pilot: Pilot) -> None:
    passed = ("integration", "monitoring")
    interview = an_interview(pilot, passed=passed, followed_up=True, scope=Scope.ONE, handed=("monitoring",))
    start(store, interview)
    assert store.read_sync(lambda tx: tx.interviews.get(TEAM, interview.id)) == interview
    assert store.read_sync(lambda tx: tx.interviews.get("T2", interview.id)) is None
    assert store.write_sync(lambda tx: tx.interviews.lock(TEAM, interview.id)) == interview


@pytest.mark.parametrize("state", [InterviewState.OPEN, InterviewState.PAUSED])
def test_a_pilot_has_one_interview_under_way(store: Store, pilot: Pilot, state: InterviewState) -> None:
    first = start(store, an_interview(pilot, state=state))
    with pytest.raises(InterviewRunning):
        start(store, an_interview(pilot))
    assert store.read_sync(lambda tx: tx.interviews.open_of(pilot.id)) == first


@pytest.mark.parametrize("state", [InterviewState.DONE, InterviewState.STOPPED])
def test_after_an_interview_another_may_start(store: Store, pilot: Pilot, state: InterviewState) -> None:
    end(store, start(store, an_interview(pilot)), state)
    assert store.read_sync(lambda tx: tx.interviews.open_of(pilot.id)) is None
    second = start(store, an_interview(pilot, started_at=after(days=1)))
    assert store.read_sync(lambda tx: tx.interviews.latest_of(pilot.id)) == second


def test_an_interview_is_found_by_the_thread_that_slack_gave_its_root(store: Store, pilot: Pilot) -> None:
    interview = an_interview(pilot)

    def begin(tx: Tx) -> str:
        root = tx.messages.show(TEAM, "root", pilot.channel_id, a_body())
        tx.interviews.start(interview, root.id)
        return root.id

    root_id = store.write_sync(begin)
    assert store.read_sync(lambda tx: tx.interviews.root_of(interview.id)) == root_id
    assert store.read_sync(lambda tx: tx.interviews.in_thread(TEAM, "C-PILOTS", "5.5")) is None

    def post(tx: Tx) -> None:
        tx.messages.claim(root_id, "sender", after(seconds=9), NOW)
        tx.messages.delivered(root_id, "sender", 1, "C-PILOTS", "5.5")

    store.write_sync(post)
    assert store.read_sync(lambda tx: tx.interviews.in_thread(TEAM, "C-PILOTS", "5.5")) == interview
    assert store.read_sync(lambda tx: tx.interviews.in_thread(TEAM, "C-OTHER", "5.5")) is None
    assert store.read_sync(lambda tx: tx.interviews.in_thread("T2", "C-PILOTS", "5.5")) is None
    end(store, interview, InterviewState.DONE)
    assert store.read_sync(lambda tx: tx.interviews.in_thread(TEAM, "C-PILOTS", "5.5")) is not None


def test_two_turns_from_the_same_state_one_wins(store: Store, pilot: Pilot) -> None:
    was = start(store, an_interview(pilot))
    one = was.model_copy(update={"passed": ("integration",), "last_turn_at": after(minutes=1)})
    two = was.model_copy(update={"followed_up": True})
    assert store.write_sync(lambda tx: tx.interviews.save_if_unchanged(was, one))
    assert not store.write_sync(lambda tx: tx.interviews.save_if_unchanged(was, two))
    assert store.read_sync(lambda tx: tx.interviews.get(TEAM, was.id)) == one
    back = one.model_copy(update={"passed": ()})
    assert store.write_sync(lambda tx: tx.interviews.save_if_unchanged(one, back))


@pytest.mark.parametrize(
    "first",
    [{"handed": ("integration",)}, {"asked": ("integration",)}, {"asked": ("fallback", "integration")}],
    ids=["handed over", "fewer asked", "put back"],
)
def test_a_turn_that_did_not_see_what_was_handed_over_or_put_back_loses(
    store: Store, pilot: Pilot, first: dict[str, tuple[str, ...]]
) -> None:
    was = start(store, an_interview(pilot))
    one = was.model_copy(update=first)
    two = was.model_copy(update={"last_turn_at": after(minutes=1)})
    assert store.write_sync(lambda tx: tx.interviews.save_if_unchanged(was, one))
    assert not store.write_sync(lambda tx: tx.interviews.save_if_unchanged(was, two))
    assert store.read_sync(lambda tx: tx.interviews.get(TEAM, was.id)) == one


def test_the_open_interviews_of_many_pilots_are_found_at_once(store: Store) -> None:
    def fill(tx: Tx) -> list[Pilot]:
        made = [a_pilot(f"Pilot {number}") for number in range(AT_A_TIME + 5)]
        for one in made:
            tx.pilots.register(one)
        for one in (made[0], made[-1]):
            tx.interviews.start(an_interview(one, state=InterviewState.PAUSED))
        tx.interviews.start(an_interview(made[1], state=InterviewState.DONE))
        return made

    made = store.write_sync(fill)
    found = store.read_sync(lambda tx: tx.interviews.open_of_pilots(pilot.id for pilot in made))
    assert set(found) == {made[0].id, made[-1].id}
    assert all(one.pilot_id == pilot_id for pilot_id, one in found.items())
    assert store.read_sync(lambda tx: tx.interviews.open_of_pilots([])) == {}
