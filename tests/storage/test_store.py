"""The store's promises: one job's failure is its own, nothing is acknowledged before the commit, readers never wait."""

from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import TEAM, a_body, a_pilot


async def test_what_was_written_can_be_read(store: Store) -> None:
    pilot = a_pilot()
    await store.write(lambda tx: tx.pilots.register(pilot))
    assert await store.read(lambda tx: tx.pilots.get(TEAM, pilot.id)) == pilot


async def test_a_message_of_the_same_transaction_is_touched(store: Store) -> None:
    def work(tx: Tx) -> list[str]:
        tx.messages.show(TEAM, "card", "C1", a_body())
        return [message.key for message in tx.messages.touched]

    assert await store.write(work) == ["card"]
