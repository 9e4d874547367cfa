"""What becomes of a handed question after its first answer, and of those who say that they are the wrong one."""

import pytest

from bot.domain.asks import Ask, AskState
from bot.domain.pilots import Pilot
from storage.store import Store
from tests.storage.things import TEAM, a_pilot, after, an_ask


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


@pytest.fixture
def ask(store: Store, pilot: Pilot) -> Ask:
    asked = an_ask(pilot, asked_id="S-OPS", people=("U1", "U2"))
    store.write_sync(lambda tx: tx.asks.open(asked))
    return asked


def close(store: Store, ask: Ask, by: str) -> None:
    assert store.write_sync(lambda tx: tx.asks.close_if_open(ask.id, AskState.ANSWERED, by, after(hours=1)))


def turn(store: Store, ask: Ask, was: AskState, state: AskState) -> bool:
    return store.write_sync(lambda tx: tx.asks.turn(ask.id, was, state))


def once_more(store: Store, user_id: str) -> list[str]:
    found = store.read_sync(lambda tx: tx.asks.once_more_of_person(TEAM, user_id))
    return [one.id for one in found]


def test_whoever_answered_is_asked_once_more_and_nobody_else(store: Store, ask: Ask) -> None:
    assert not turn(store, ask, AskState.ANSWERED, AskState.ONCE_MORE)
    close(store, ask, "U1")
    assert turn(store, ask, AskState.ANSWERED, AskState.ONCE_MORE)
    assert not turn(store, ask, AskState.ANSWERED, AskState.ONCE_MORE)
    assert once_more(store, "U1") == [ask.id]
    assert once_more(store, "U2") == []
    assert turn(store, ask, AskState.ONCE_MORE, AskState.ANSWERED)
    assert once_more(store, "U1") == []


def test_a_question_that_is_asked_once_more_leaves_room_for_another(
    store: Store, pilot: Pilot, ask: Ask
) -> None:
    close(store, ask, "U1")
    turn(store, ask, AskState.ANSWERED, AskState.ONCE_MORE)
    another = an_ask(pilot, asked_at=after(days=1))
    store.write_sync(lambda tx: tx.asks.open(another))
    latest = store.read_sync(lambda tx: tx.asks.latest_of_item(pilot.id, ask.item_id))
    assert latest
    assert latest.id == another.id


def test_who_is_excused_is_waited_for_no_longer_and_the_others_are(store: Store, ask: Ask) -> None:
    assert store.read_sync(lambda tx: tx.asks.still_asked(ask.id)) == ("U1", "U2")
    assert store.write_sync(lambda tx: tx.asks.excuse(TEAM, ask.id, "U1"))
    assert not store.write_sync(lambda tx: tx.asks.excuse(TEAM, ask.id, "U1"))
    assert store.read_sync(lambda tx: tx.asks.still_asked(ask.id)) == ("U2",)
    assert store.read_sync(lambda tx: tx.asks.open_of_person(TEAM, "U1")) == []
    assert len(store.read_sync(lambda tx: tx.asks.open_of_person(TEAM, "U2"))) == 1
