"""Messages as rows: stated by key, versioned by their words, claimed by one sender at a time."""

from collections.abc import Callable

import pytest

from bot.domain.messages import Body, OutboundMessage
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import NOW, TEAM, a_body, after

SOON = after(seconds=60)


def show(store: Store, key: str = "card", text: str = "Hello", channel_id: str = "C1") -> OutboundMessage:
    return store.write_sync(lambda tx: tx.messages.show(TEAM, key, channel_id, a_body(text)))


def get(store: Store, message: OutboundMessage) -> OutboundMessage:
    found = store.read_sync(lambda tx: tx.messages.get(message.id))
    assert found is not None
    return found


def deliver(store: Store, message: OutboundMessage, ts: str = "1.000") -> OutboundMessage:
    def work(tx: Tx) -> OutboundMessage | None:
        claimed = tx.messages.claim(message.id, "sender", SOON, NOW)
        assert claimed is not None
        tx.messages.begin_first_post(message.id, "sender", NOW)
        return tx.messages.delivered(message.id, "sender", claimed.version, "D1", ts)

    delivered = store.write_sync(work)
    assert delivered is not None
    return delivered


def claim(tx: Tx, message_id: str, by: str) -> bool:
    return tx.messages.claim(message_id, by, SOON, NOW) is not None


def touched(store: Store, work: Callable[[Tx], object]) -> list[str]:
    def within(tx: Tx) -> list[str]:
        work(tx)
        return [message.key for message in tx.messages.touched]

    return store.write_sync(within)


def test_a_message_is_stated_once_and_found_by_id_and_key(store: Store) -> None:
    message = show(store)
    assert (message.version, message.delivered_version, message.due) == (1, 0, True)
    assert get(store, message) == message
    assert store.read_sync(lambda tx: tx.messages.by_key(TEAM, "card")) == message
    assert store.read_sync(lambda tx: tx.messages.by_key("T2", "card")) is None


def test_the_version_rises_only_when_the_words_differ(store: Store) -> None:
    first = show(store)
    assert show(store) == first
    second = show(store, text="Bye")
    assert (second.id, second.version) == (first.id, 2)
    assert get(store, second) == second


def test_a_body_of_tuples_and_marked_strings_is_the_same_body(store: Store) -> None:
    class Marked(str):
        __slots__ = ()

    body = a_body(Marked("Hello"))
    body["blocks"] = tuple(body["blocks"])  # type: ignore[typeddict-item]  # what a careless builder might hand over
    assert store.write_sync(lambda tx: tx.messages.show(TEAM, "card", "C1", body)).version == 1
    assert show(store).version == 1
    assert store.write_sync(lambda tx: tx.messages.show(TEAM, "card", "C1", body)).version == 1


def test_what_a_transaction_changed_is_touched_in_order_and_once(store: Store) -> None:
    show(store, "same")

    def work(tx: Tx) -> None:
        for key, text in (("b", "1"), ("a", "1"), ("b", "2"), ("same", "Hello")):
            tx.messages.show(TEAM, key, "C1", a_body(text))

    assert touched(store, work) == ["b", "a"]


def test_a_message_that_is_back_to_what_slack_shows_is_still_sent(store: Store) -> None:
    message = show(store, text="A")
    show(store, text="B")
    assert show(store, text="A").version == 3
    assert get(store, message).due


def test_one_sender_at_a_time_has_a_message(store: Store) -> None:
    message = show(store)

    def claim_at(by: str, at: int) -> OutboundMessage | None:
        until, now = after(seconds=at + 30), after(seconds=at)
        return store.write_sync(lambda tx: tx.messages.claim(message.id, by, until, now))

    assert claim_at("one", 0) == message
    assert claim_at("two", 29) is None
    assert claim_at("one", 29) is None
    assert claim_at("two", 30) == message
    assert store.write_sync(lambda tx: tx.messages.keep_claim(message.id, "one", SOON)) is False
    assert store.write_sync(lambda tx: tx.messages.keep_claim(message.id, "two", after(seconds=90))) is True
    assert claim_at("one", 89) is None
    store.write_sync(lambda tx: tx.messages.release(message.id, "one"))
    assert claim_at("one", 89) is None
    store.write_sync(lambda tx: tx.messages.release(message.id, "two"))
    assert claim_at("one", 89) == message


def test_what_a_dead_process_held_is_let_go(store: Store) -> None:
    messages = [show(store, key) for key in ("a", "b")]
    for message in messages:
        store.write_sync(claim, message.id, "dead")
    assert store.read_sync(lambda tx: tx.messages.unsent(NOW, 10)) == []
    assert store.write_sync(lambda tx: tx.messages.release_all("dead")) == 2
    assert store.read_sync(lambda tx: tx.messages.unsent(NOW, 10)) == messages


def test_nothing_is_claimed_that_slack_shows_already(store: Store) -> None:
    message = show(store)
    delivered = deliver(store, message)
    assert not delivered.due
    assert store.write_sync(lambda tx: tx.messages.claim(message.id, "two", SOON, NOW)) is None
    assert store.write_sync(lambda tx: tx.messages.claim("unknown", "two", SOON, NOW)) is None


def test_a_second_first_post_knows_that_there_was_a_first(store: Store) -> None:
    message = show(store)

    def begin(by: str) -> bool:
        return store.write_sync(lambda tx: tx.messages.begin_first_post(message.id, by, after(seconds=1)))

    assert begin("one") is False, "only who has claimed it may post"
    store.write_sync(lambda tx: tx.messages.claim(message.id, "one", SOON, NOW))
    assert begin("one") is True
    assert begin("one") is False
    assert get(store, message).first_attempt_at == after(seconds=1)


def test_a_delivery_lets_go_unless_there_is_more_to_send(store: Store) -> None:
    message = show(store)

    def work(tx: Tx) -> OutboundMessage | None:
        tx.messages.claim(message.id, "sender", SOON, NOW)
        tx.messages.show(TEAM, "card", "C1", a_body("newer"))
        return tx.messages.delivered(message.id, "sender", 1, "D1", "1.000")

    behind = store.write_sync(work)
    assert behind is not None
    assert behind.due
    assert (behind.version, behind.delivered_version, behind.slack_ts) == (2, 1, "1.000")
    assert store.write_sync(lambda tx: tx.messages.claim(message.id, "other", SOON, NOW)) is None
    now = store.write_sync(lambda tx: tx.messages.delivered(message.id, "sender", 2, "D1", "1.000"))
    assert now is not None
    assert not now.due
    show(store, text="newest")
    assert store.write_sync(lambda tx: tx.messages.claim(message.id, "other", SOON, NOW)) is not None


def test_a_late_report_of_an_older_version_does_not_count_back(store: Store) -> None:
    message = show(store)
    show(store, text="newer")
    deliver(store, message)
    store.write_sync(lambda tx: tx.messages.claim(message.id, "late", SOON, NOW))
    store.write_sync(lambda tx: tx.messages.delivered(message.id, "late", 1, "D1", "1.000"))
    assert get(store, message).delivered_version == 2


def test_a_post_is_recorded_even_when_its_lease_ran_out(store: Store) -> None:
    message = show(store)
    store.write_sync(lambda tx: tx.messages.claim(message.id, "slow", after(seconds=1), NOW))
    store.write_sync(lambda tx: tx.messages.claim(message.id, "next", SOON, after(seconds=2)))
    recorded = store.write_sync(lambda tx: tx.messages.delivered(message.id, "slow", 1, "D1", "1.000"))
    assert recorded is not None
    assert recorded.slack_ts == "1.000"
    other = store.write_sync(lambda tx: tx.messages.delivered(message.id, "slow", 1, "D1", "2.000"))
    assert other is None
    assert get(store, message).slack_ts == "1.000"


def test_our_message_is_known_by_its_place_in_slack(store: Store) -> None:
    message = deliver(store, show(store), "7.000")
    assert store.read_sync(lambda tx: tx.messages.at(TEAM, "D1", "7.000")) == message
    assert store.read_sync(lambda tx: tx.messages.at(TEAM, "C1", "7.000")) is None
    assert store.read_sync(lambda tx: tx.messages.at("T2", "D1", "7.000")) is None


def test_unsent_is_what_is_due_now_oldest_first(store: Store) -> None:
    for key in ("first", "second", "third"):
        show(store, key)
    deliver(store, show(store, "shown"))

    def later(tx: Tx) -> None:
        tx.messages.show(TEAM, "timed", "C1", a_body(), not_before=after(hours=1))

    store.write_sync(later)
    store.write_sync(lambda tx: tx.messages.show(TEAM, "second", "C1", a_body("changed")))

    def keys(hours: int, limit: int = 10) -> list[str]:
        return [
            message.key
            for message in store.read_sync(lambda tx: tx.messages.unsent(after(hours=hours), limit))
        ]

    assert keys(0) == ["first", "second", "third"]
    assert keys(0, limit=2) == ["first", "second"]
    assert keys(1) == ["first", "second", "third", "timed"]
    assert store.read_sync(lambda tx: tx.messages.count_unsent()) == 4


def show_at(store: Store, hours: int | None, text: str) -> OutboundMessage:
    not_before = None if hours is None else after(hours=hours)
    return store.write_sync(
        lambda tx: tx.messages.show(TEAM, "timed", "U1", a_body(text), not_before=not_before, paced=True)
    )


def test_a_timed_message_is_not_claimed_before_its_time(store: Store) -> None:
    message = show_at(store, 2, "a")
    assert message.paced
    assert (
        store.write_sync(lambda tx: tx.messages.claim(message.id, "s", after(hours=9), after(hours=1)))
        is None
    )
    assert (
        store.write_sync(lambda tx: tx.messages.claim(message.id, "s", after(hours=9), after(hours=2)))
        == message
    )


def test_statements_that_follow_each_other_wait_together_and_no_longer_than_the_first(store: Store) -> None:
    show_at(store, 2, "a")
    assert show_at(store, 3, "b").not_before == after(hours=2)
    assert show_at(store, 1, "c").not_before == after(hours=1)
    assert show_at(store, None, "c").not_before is None
    assert show_at(store, 4, "d").not_before is None
    assert deliver(store, show_at(store, None, "e")).version == 5
    later = show_at(store, 5, "f")
    assert later.not_before == after(hours=5)
    assert get(store, later) == later


def test_restating_what_slack_shows_changes_nothing(store: Store) -> None:
    delivered = deliver(store, show_at(store, None, "a"))
    assert show_at(store, 5, "a") == delivered
    assert get(store, delivered) == delivered


def test_a_message_that_failed_for_good_rests_until_it_is_shown_anew(store: Store) -> None:
    message = show(store)

    def fail(tx: Tx) -> None:
        tx.messages.claim(message.id, "sender", SOON, NOW)
        tx.messages.fail(message.id, "sender", "channel_not_found")

    store.write_sync(fail)
    assert not get(store, message).due
    assert store.read_sync(lambda tx: tx.messages.unsent(SOON, 10)) == []
    assert [it.failed for it in store.read_sync(lambda tx: tx.messages.failed_list(TEAM))] == [
        "channel_not_found"
    ]
    anew = show(store)
    assert (anew.failed, anew.version, anew.due) == (None, 2, True)
    assert store.write_sync(lambda tx: tx.messages.claim(message.id, "sender", SOON, NOW)) == anew


def test_what_failed_is_due_again_when_an_administrator_mended_the_cause(store: Store) -> None:
    for key in ("a", "b"):
        message = show(store, key)

        def fail(tx: Tx, message_id: str = message.id) -> None:
            tx.messages.claim(message_id, "sender", SOON, NOW)
            tx.messages.fail(message_id, "sender", "not_in_channel")

        store.write_sync(fail)
    assert touched(store, lambda tx: tx.messages.unfail("T2")) == []
    assert touched(store, lambda tx: tx.messages.unfail(TEAM)) == ["a", "b"]
    assert [message.version for message in store.read_sync(lambda tx: tx.messages.unsent(NOW, 10))] == [2, 2]


def test_a_message_deleted_in_slack_is_posted_anew(store: Store) -> None:
    message = deliver(store, show(store))
    assert touched(store, lambda tx: tx.messages.forget_delivery(message.id)) == ["card"]
    forgotten = get(store, message)
    assert (forgotten.slack_ts, forgotten.first_attempt_at, forgotten.delivered_version) == (None, None, 0)
    assert forgotten.due
    assert store.write_sync(lambda tx: tx.messages.forget_delivery("unknown")) is None


def test_where_a_message_is_shown_changes_only_before_it_was_posted(store: Store) -> None:
    message = show(store, channel_id="C1")
    assert show(store, channel_id="C2").channel_id == "C2"
    deliver(store, message)
    assert show(store, channel_id="C3", text="moved").channel_id == "C2"


def test_a_reply_belongs_to_a_message_that_is_there(store: Store) -> None:
    root = show(store, "root")
    reply = store.write_sync(lambda tx: tx.messages.show(TEAM, "reply", "C1", a_body(), under=root.id))
    assert get(store, reply).under == root.id
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        store.write_sync(lambda tx: tx.messages.show(TEAM, "lost", "C1", a_body(), under="unknown"))


def test_a_large_body_is_kept_whole(store: Store) -> None:
    body: Body = {"text": "x" * 40_000, "blocks": [{"type": "section", "n": number} for number in range(50)]}
    store.write_sync(lambda tx: tx.messages.show(TEAM, "large", "C1", body))
    found = store.read_sync(lambda tx: tx.messages.by_key(TEAM, "large"))
    assert found is not None
    assert found.body == body


def test_replies_that_failed_with_their_root_come_back_with_it(store: Store) -> None:
    def fail_both(tx: Tx) -> tuple[str, str]:
        root = tx.messages.show(TEAM, "root", "C1", a_body("root"))
        reply = tx.messages.show(TEAM, "reply", "C1", a_body("reply"), under=root.id)
        for one in (root, reply):
            assert tx.messages.claim(one.id, "me", SOON, NOW)
            tx.messages.fail(one.id, "me", "not_in_channel")
        return root.id, reply.id

    root_id, reply_id = store.write_sync(fail_both)

    def show_root_again(tx: Tx) -> list[str]:
        tx.messages.show(TEAM, "root", "C1", a_body("root"))
        return [message.id for message in tx.messages.touched]

    assert set(store.write_sync(show_root_again)) == {root_id, reply_id}
