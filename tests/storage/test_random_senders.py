"""Whatever the order in which messages change and senders come, die and report: in the end Slack shows what it should."""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings, strategies as st

from bot.domain.messages import OutboundMessage
from storage.ids import new_id
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import TEAM, a_body, after

SENDERS = ("one", "two")
steps = st.lists(
    st.tuples(
        st.sampled_from(["show", "claim", "post", "report", "release", "fail", "deleted", "mend"]),
        st.sampled_from(SENDERS),
        st.integers(0, 40),
    ),
    max_size=25,
)


@dataclass
class Slack:
    """What Slack shows, and what each sender has in hand. A careful sender looks for its post before it repeats it."""

    shown: dict[str, str] = field(default_factory=dict)
    in_hand: dict[str, OutboundMessage] = field(default_factory=dict)
    posts: int = 0

    def post(self, tx: Tx, by: str, at: int) -> None:
        """Carry out what a sender has claimed, as the sender would: update, or look up and post."""
        message = self.in_hand[by]
        tx.messages.begin_first_post(message.id, by, after(seconds=at))
        ts = message.slack_ts or next(iter(self.shown), None)
        if ts is None:
            self.posts += 1
            ts = f"{self.posts}.000"
        self.shown[ts] = message.body["text"]

    def report(self, tx: Tx, by: str) -> None:
        message = self.in_hand.pop(by)
        for ts in self.shown:
            tx.messages.delivered(message.id, by, message.version, "C1", ts)


def carry_out(tx: Tx, slack: Slack, key: str, step: tuple[str, str, int], now: int) -> None:
    what, by, amount = step
    message = tx.messages.by_key(TEAM, key)
    assert message is not None
    if what == "show":
        tx.messages.show(TEAM, key, "C1", a_body(f"text {amount % 4}"))
    elif what == "claim" and by not in slack.in_hand:
        claimed = tx.messages.claim(message.id, by, after(seconds=now + 10), after(seconds=now))
        if claimed:
            assert claimed.due
            slack.in_hand[by] = claimed
    elif (
        what == "post"
        and by in slack.in_hand
        and tx.messages.keep_claim(message.id, by, after(seconds=now + 10))
    ):
        slack.post(tx, by, now)
    elif (
        what == "report"
        and by in slack.in_hand
        and tx.messages.keep_claim(message.id, by, after(seconds=now + 10))
    ):
        slack.report(tx, by)
    elif what == "release":
        slack.in_hand.pop(by, None)
        tx.messages.release(message.id, by)
    elif what == "fail" and by in slack.in_hand:
        slack.in_hand.pop(by)
        tx.messages.fail(message.id, by, "is_archived")
    elif what == "deleted" and message.slack_ts in slack.shown:
        slack.shown.clear()
        slack.in_hand.clear()
        tx.messages.release_all("one")
        tx.messages.release_all("two")
        tx.messages.forget_delivery(message.id)
    elif what == "mend":
        tx.messages.unfail(TEAM)


def settle(tx: Tx, slack: Slack, key: str, now: int) -> None:
    """One sender alone, after all leases ended, brings Slack up to date in a single turn."""
    tx.messages.unfail(TEAM)
    for message in tx.messages.unsent(after(seconds=now), 100):
        if message.key != key:
            continue
        claimed = tx.messages.claim(message.id, "last", after(seconds=now + 10), after(seconds=now))
        assert claimed is not None
        slack.in_hand["last"] = claimed
        slack.post(tx, "last", now)
        slack.report(tx, "last")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_slack_ends_up_showing_what_it_should_once(store: Store, steps: list[tuple[str, str, int]]) -> None:
    key, slack = new_id(), Slack()

    def live(tx: Tx) -> OutboundMessage | None:
        now = 0
        tx.messages.show(TEAM, key, "C1", a_body("text 0"))
        for step in steps:
            now += step[2] // 4
            carry_out(tx, slack, key, step, now)
            message = tx.messages.by_key(TEAM, key)
            assert message is not None
            assert 0 <= message.delivered_version <= message.version
        settle(tx, slack, key, now + 1000)
        return tx.messages.by_key(TEAM, key)

    message = store.write_sync(live)
    assert message is not None
    assert not message.due
    assert slack.shown == {message.slack_ts: message.body["text"]}
