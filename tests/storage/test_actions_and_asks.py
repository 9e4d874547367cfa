"""Actions and handed questions: one open per pilot and item, whoever is first, and closed once."""

import threading
from datetime import date

import pytest

from bot.domain.actions import Action, ActionState, condition_item
from bot.domain.asks import Ask, AskState
from bot.domain.pilots import Pilot
from storage.asks import AlreadyAsked
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import TEAM, a_pilot, after, an_action, an_ask, an_interview


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


def put(store: Store, action: Action) -> Action:
    return store.write_sync(lambda tx: tx.actions.put(action))


def ask(store: Store, one: Ask) -> Ask:
    store.write_sync(lambda tx: tx.asks.open(one))
    return one


def test_an_action_comes_back_as_it_was(store: Store, pilot: Pilot) -> None:
    action = put(store, an_action(pilot, owner_id=None, owner_said="the platform \x00team", due_on=None))
    kept = action.model_copy(update={"owner_said": "the platform \ufffdteam"})
    assert store.read_sync(lambda tx: tx.actions.get(TEAM, action.id)) == kept
    assert store.read_sync(lambda tx: tx.actions.get("T2", action.id)) is None
    assert store.read_sync(lambda tx: tx.actions.of_pilot(pilot.id)) == [kept]


def test_a_new_action_takes_the_place_of_the_open_one_and_keeps_its_id(store: Store, pilot: Pilot) -> None:
    first = put(store, an_action(pilot))
    other = put(store, an_action(pilot, "fallback"))
    second = an_action(pilot, what="Every hour will do.", owner_id="S-OPS", due_on=None)
    replaced = put(store, second)
    assert replaced == second.model_copy(update={"id": first.id})
    assert store.read_sync(lambda tx: tx.actions.open_of_pilot(pilot.id)) == {
        "integration": replaced,
        "fallback": other,
    }


def test_a_closed_action_stays_and_another_may_follow(store: Store, pilot: Pilot) -> None:
    first = put(store, an_action(pilot))

    def close(state: ActionState, by: str) -> bool:
        return store.write_sync(lambda tx: tx.actions.close_if_open(first.id, state, by, after(days=1)))

    assert close(ActionState.DONE, "U1")
    assert not close(ActionState.DROPPED, "U2")
    second = put(store, an_action(pilot, created_at=after(days=2)))
    assert second.id != first.id
    closed, still_open = store.read_sync(lambda tx: tx.actions.of_pilot(pilot.id))
    assert (closed.state, closed.closed_by, closed.closed_at) == (ActionState.DONE, "U1", after(days=1))
    assert still_open == second


def test_conditions_stand_beside_plans_and_each_is_open_on_its_own(store: Store, pilot: Pilot) -> None:
    plan = put(store, an_action(pilot))
    first, second = (
        put(
            store,
            an_action(pilot, condition_item(str(number)), review_id="R1", created_at=after(hours=number)),
        )
        for number in (1, 2)
    )

    def conditions(*, open_only: bool = True) -> list[Action]:
        return store.read_sync(lambda tx: tx.actions.conditions_of_pilot(pilot.id, open_only=open_only))

    assert conditions() == [first, second]
    assert store.write_sync(
        lambda tx: tx.actions.close_if_open(first.id, ActionState.DONE, "U1", after(days=1), "It was tried.")
    )
    assert conditions() == [second]
    (met, _) = conditions(open_only=False)
    assert (met.state, met.outcome, met.review_id) == (ActionState.DONE, "It was tried.", "R1")
    assert store.read_sync(lambda tx: tx.actions.open_of_pilot(pilot.id)) == {
        "integration": plan,
        "condition-2": second,
    }


def test_a_condition_that_is_put_once_more_gives_way_like_a_plan(store: Store, pilot: Pilot) -> None:
    first = put(store, an_action(pilot, condition_item("1"), review_id="R1"))
    again = put(store, an_action(pilot, condition_item("1"), review_id="R2", what="Every hour."))
    assert store.read_sync(lambda tx: tx.actions.conditions_of_pilot(pilot.id)) == [again]
    assert again.id == first.id


def test_the_actions_of_owners_come_by_the_day_they_are_due(store: Store, pilot: Pilot) -> None:
    days = {"integration": date(2026, 5, 1), "monitoring": None, "fallback": date(2026, 4, 1)}
    for item_id, day in days.items():
        put(store, an_action(pilot, item_id, due_on=day))
    put(store, an_action(pilot, "rollback", owner_id="S-OPS", due_on=date(2026, 4, 20)))
    put(store, an_action(pilot, "costs", owner_id="U-SOMEBODY"))
    done = put(store, an_action(pilot, "handover"))
    store.write_sync(lambda tx: tx.actions.close_if_open(done.id, ActionState.DONE, None, after()))
    found = store.read_sync(lambda tx: tx.actions.open_of_owners(TEAM, ["U-OWNER", "S-OPS"]))
    assert [action.item_id for action in found] == ["fallback", "rollback", "integration", "monitoring"]
    assert store.read_sync(lambda tx: tx.actions.open_of_owners("T2", ["U-OWNER"])) == []
    assert store.read_sync(lambda tx: tx.actions.open_of_owners(TEAM, [])) == []


def test_all_undertakings_of_a_pilot_are_closed_at_once_and_no_condition(store: Store, pilot: Pilot) -> None:
    other = a_pilot("Another")
    store.write_sync(lambda tx: tx.pilots.register(other))
    condition = an_action(pilot, "condition:1").model_copy(update={"review_id": "R1"})
    for one in (an_action(pilot), an_action(pilot, "fallback"), an_action(other), condition):
        put(store, one)

    def drop(pilot_id: str) -> int:
        return store.write_sync(
            lambda tx: tx.actions.close_undertakings_of_pilot(pilot_id, ActionState.DROPPED, "U1", after())
        )

    assert drop(pilot.id) == 2
    assert drop(pilot.id) == 0
    assert set(store.read_sync(lambda tx: tx.actions.open_of_pilot(pilot.id))) == {"condition:1"}
    assert len(store.read_sync(lambda tx: tx.actions.open_of_pilot(other.id))) == 1


def test_a_question_comes_back_as_it_was(store: Store, pilot: Pilot) -> None:
    interview = an_interview(pilot)
    store.write_sync(lambda tx: tx.interviews.start(interview))
    one = ask(
        store,
        an_ask(pilot, interview_id=interview.id, asked_id="S-OPS", people=("U2", "U1", "U2"), note="Please"),
    )
    assert store.read_sync(lambda tx: tx.asks.get(TEAM, one.id)) == one
    assert store.read_sync(lambda tx: tx.asks.get("T2", one.id)) is None
    assert store.read_sync(lambda tx: tx.asks.open_of_pilot(pilot.id)) == {"integration": one}
    assert store.read_sync(lambda tx: tx.asks.open_of_person(TEAM, "U1")) == [one]


def test_a_question_to_a_group_without_members_is_kept_too(store: Store, pilot: Pilot) -> None:
    one = ask(store, an_ask(pilot, asked_id="S-EMPTY", people=()))
    assert store.read_sync(lambda tx: tx.asks.open_of_pilot(pilot.id)) == {"integration": one}


def test_whoever_asks_again_reads_who_was_asked(store: Store, pilot: Pilot) -> None:
    first = ask(store, an_ask(pilot, asked_id="S-OPS"))
    with pytest.raises(AlreadyAsked, match="<!subteam") as refused:
        ask(store, an_ask(pilot))
    assert "{" not in refused.value.sentence
    ask(store, an_ask(pilot, "fallback"))
    assert store.write_sync(lambda tx: tx.asks.close_if_open(first.id, AskState.WITHDRAWN, "U1", after()))
    again = ask(store, an_ask(pilot))
    assert store.read_sync(lambda tx: tx.asks.open_of_pilot(pilot.id))["integration"] == again


def test_a_question_is_closed_once(store: Store, pilot: Pilot) -> None:
    one = ask(store, an_ask(pilot))

    def close(state: AskState, by: str) -> bool:
        return store.write_sync(lambda tx: tx.asks.close_if_open(one.id, state, by, after(hours=1)))

    assert close(AskState.ANSWERED, "U-OPS")
    assert not close(AskState.WITHDRAWN, "U1")
    closed = store.read_sync(lambda tx: tx.asks.get(TEAM, one.id))
    assert closed is not None
    assert (closed.state, closed.closed_by, closed.closed_at) == (
        AskState.ANSWERED,
        "U-OPS",
        after(hours=1),
    )
    assert store.read_sync(lambda tx: tx.asks.open_of_person(TEAM, "U-OPS")) == []


def test_what_a_person_was_asked_comes_oldest_first(store: Store, pilot: Pilot) -> None:
    late = ask(store, an_ask(pilot, "fallback", asked_at=after(days=2)))
    early = ask(store, an_ask(pilot, asked_id="S-OPS", people=("U-OTHER", "U-OPS")))
    assert store.read_sync(lambda tx: tx.asks.open_of_person(TEAM, "U-OPS")) == [early, late]
    assert store.read_sync(lambda tx: tx.asks.open_of_person(TEAM, "U-OTHER")) == [early]
    assert store.read_sync(lambda tx: tx.asks.open_of_person("T2", "U-OPS")) == []


def withdrawn(tx: Tx, ask_id: str) -> None:
    assert tx.asks.close_if_open(ask_id, AskState.WITHDRAWN, None, after())


def test_two_who_ask_at_once_open_one_question(database_url: str) -> None:
    pilot, won, refused = a_pilot(), [], []
    start = threading.Barrier(8, timeout=20)

    def asking(store: Store, one: Ask) -> None:
        start.wait()
        try:
            won.append(ask(store, one))
        except AlreadyAsked:
            refused.append(one)

    with Store.open(database_url) as one, Store.open(database_url) as two:
        one.write_sync(lambda tx: tx.pilots.register(pilot))
        for _ in range(5):
            threads = [
                threading.Thread(target=asking, args=((one, two)[number % 2], an_ask(pilot)))
                for number in range(8)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            (winner,) = won
            assert one.read_sync(lambda tx: tx.asks.open_of_pilot(pilot.id)) == {"integration": winner}
            assert len(refused) == 7
            one.write_sync(withdrawn, winner.id)
            won.clear()
            refused.clear()


def test_two_who_plan_at_once_leave_one_open_action(database_url: str) -> None:
    pilot = a_pilot()
    start = threading.Barrier(8, timeout=20)
    ids: list[str] = []

    def planning(store: Store, number: int) -> None:
        start.wait()
        ids.append(put(store, an_action(pilot, what=f"Plan {number}")).id)

    with Store.open(database_url) as one, Store.open(database_url) as two:
        one.write_sync(lambda tx: tx.pilots.register(pilot))
        threads = [
            threading.Thread(target=planning, args=((one, two)[number % 2], number)) for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (kept,) = one.read_sync(lambda tx: tx.actions.of_pilot(pilot.id))
    assert set(ids) == {kept.id}
    assert len(ids) == 8
