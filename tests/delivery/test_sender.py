"""What the sender does with Slack's answers, one behaviour each, on real rows and a stand-in for Slack."""

import asyncio
from datetime import timedelta

import pytest

from bot.delivery.errand import LOOK_UP_PAUSE
from bot.delivery.pacing import Pacing
from bot.delivery.sender import Sender
from bot.delivery.turns import Outcome
from bot.domain.messages import OutboundMessage
from bot.slack.failures import Ambiguous, RateLimited, Retryable, Terminal, Uneditable
from storage.store import Store
from storage.transaction import Tx
from tests.delivery.slack_stand_in import Fault, SlackStandIn
from tests.delivery.things import START, WORKSPACE, ManualClock, body, row, state

LIMITED = RateLimited(30, "chat.postMessage")


def another_sender(store: Store, slack: SlackStandIn, clock: ManualClock, name: str = "there") -> Sender:
    pacing = Pacing(sleep=clock.sleep, monotonic=clock.monotonic)
    return Sender(store, slack, clock, name, pacing=pacing, sleep=clock.sleep)


async def test_a_new_message_is_posted_once_and_its_place_is_kept(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    message = await state(store, "card", "hello")
    assert await sender.send(message.id) is Outcome.SHOWN
    assert await sender.send(message.id) is Outcome.SHOWN
    assert slack.calls == ["post"]
    shown = await row(store, "card")
    assert (shown.slack_channel_id, shown.slack_ts) == ("C1", slack.messages[0].ts)
    assert shown.delivered_version == 1


async def test_an_ordinary_post_reads_nothing_and_waits_for_nothing(
    sender: Sender, store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    await sender.send((await state(store, "card", "hello")).id)
    assert slack.calls == ["post"]
    assert clock.slept == []


async def test_a_changed_message_is_edited_in_place(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    await sender.send((await state(store, "card", "one")).id)
    await sender.send((await state(store, "card", "two")).id)
    assert slack.calls == ["post", "update"]
    assert slack.texts("C1") == ["two"]


async def test_several_versions_collapse_into_one_call(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    for text in ("one", "two", "three"):
        message = await state(store, "card", text)
    await sender.send(message.id)
    assert slack.calls == ["post"]
    assert slack.texts("C1") == ["three"]


async def test_a_version_that_comes_while_the_first_is_being_posted_follows_as_an_edit(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    message = await state(store, "card", "one")
    overtaking: list[asyncio.Future[OutboundMessage]] = []

    def change(line: str) -> None:
        if line == "after post":
            overtaking.append(asyncio.ensure_future(state(store, "card", "two")))

    slack.at_each_call = change
    assert await sender.send(message.id) is Outcome.SHOWN
    await asyncio.gather(*overtaking)
    await sender.send(message.id)
    assert slack.calls == ["post", "update"]
    assert slack.texts("C1") == ["two"]


async def test_many_who_send_one_message_at_once_post_it_once(
    sender: Sender, store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    message = await state(store, "card", "one")
    other = another_sender(store, slack, clock)
    outcomes = await asyncio.gather(*(who.send(message.id) for who in (sender, other) * 5))
    assert slack.calls == ["post"]
    assert set(outcomes) <= {Outcome.SHOWN, Outcome.BUSY}


async def test_a_message_that_another_process_holds_is_left_alone_until_its_lease_ends(
    sender: Sender, store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    message = await state(store, "card", "one")
    until = clock.now() + timedelta(seconds=45)
    await store.write(lambda tx: tx.messages.claim(message.id, "there", until, clock.now()))
    assert await sender.send(message.id) is Outcome.BUSY
    clock.turn(seconds=46)
    assert await sender.send(message.id) is Outcome.SHOWN


@pytest.mark.parametrize("accepted", [True, False])
async def test_an_ambiguous_post_is_looked_up_before_it_is_repeated(
    sender: Sender, store: Store, slack: SlackStandIn, clock: ManualClock, accepted: bool
) -> None:
    slack.meets("post", Fault(Ambiguous("timeout", "chat.postMessage"), accepted=accepted))
    message = await state(store, "card", "one")
    assert await sender.send(message.id) is Outcome.SHOWN
    assert slack.calls == (["post", "find"] if accepted else ["post", "find", "post"])
    assert slack.texts("C1") == ["one"]
    assert LOOK_UP_PAUSE in clock.slept


async def test_a_found_post_that_shows_an_old_version_is_edited(
    sender: Sender, store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    slack.meets("post", Fault(Ambiguous("timeout"), accepted=True))
    slack.meets("find", *[Ambiguous("timeout")] * 4)
    message = await state(store, "card", "one")
    assert await sender.send(message.id) is Outcome.LATER
    await state(store, "card", "two")
    assert await sender.send(message.id) is Outcome.SHOWN
    assert slack.texts("C1") == ["two"]
    assert slack.calls.count("post") == 1


async def test_nothing_is_posted_again_while_the_look_up_fails(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    slack.meets("post", Fault(Ambiguous("timeout"), accepted=True))
    slack.meets("find", *[Ambiguous("http_503")] * 20)
    assert await sender.send((await state(store, "card", "one")).id) is Outcome.LATER
    assert slack.calls.count("post") == 1


async def test_an_ambiguous_edit_is_simply_repeated(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    await sender.send((await state(store, "card", "one")).id)
    slack.meets("update", Fault(Ambiguous("timeout"), accepted=True))
    assert await sender.send((await state(store, "card", "two")).id) is Outcome.SHOWN
    assert slack.calls == ["post", "update", "update"]


async def test_a_connection_that_never_came_about_needs_no_look_up(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    slack.meets("post", Retryable("no connection"), Retryable("no connection"))
    assert await sender.send((await state(store, "card", "one")).id) is Outcome.SHOWN
    assert slack.calls == ["post", "post", "post"]


async def test_what_keeps_failing_is_left_to_the_sweep_and_not_held(
    sender: Sender, store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    slack.meets("post", *[Retryable("no connection")] * 5)
    message = await state(store, "card", "one")
    assert await sender.send(message.id) is Outcome.LATER
    unsent = await store.read(lambda tx: tx.messages.unsent(clock.now(), 10))
    assert [found.id for found in unsent] == [message.id]
    assert await sender.send(message.id) is Outcome.SHOWN


async def test_a_429_is_sat_out_and_the_post_repeated_without_a_look_up(
    sender: Sender, store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    slack.meets("post", LIMITED)
    assert await sender.send((await state(store, "card", "one")).id) is Outcome.SHOWN
    assert slack.calls == ["post", "post"]
    assert clock.now() - START >= timedelta(seconds=30)


async def test_a_429_holds_for_all_posts_of_the_workspace_and_over_a_restart(
    sender: Sender, store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    slack.meets("post", RateLimited(90, "chat.postMessage"))
    first = await state(store, "card", "one")
    assert await sender.send(first.id) is Outcome.LATER
    second = await state(store, "other", "two", "C2")
    begun_anew = another_sender(store, slack, clock, "here")
    assert await begun_anew.send(second.id) is Outcome.LATER
    assert slack.calls == ["post"]
    clock.turn(seconds=90)
    assert await begun_anew.send(second.id) is Outcome.SHOWN
    assert await begun_anew.send(first.id) is Outcome.SHOWN
    assert slack.calls == ["post"] * 3


async def test_a_429_on_posts_does_not_hold_edits_or_other_workspaces(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    await sender.send((await state(store, "card", "one")).id)
    slack.meets("post", RateLimited(90, "chat.postMessage"))
    assert await sender.send((await state(store, "held", "two")).id) is Outcome.LATER
    assert await sender.send((await state(store, "card", "three")).id) is Outcome.SHOWN
    elsewhere = await store.write(lambda tx: tx.messages.show("T2", "card", "C9", body("there")))
    assert await sender.send(elsewhere.id) is Outcome.SHOWN


async def test_a_429_on_the_look_up_holds_the_look_up_only(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    slack.meets("post", Fault(Ambiguous("timeout"), accepted=True))
    slack.meets("find", RateLimited(20, "conversations.history"))
    assert await sender.send((await state(store, "card", "one")).id) is Outcome.SHOWN
    assert slack.calls == ["post", "find", "find"]


async def test_a_pause_noted_before_the_clock_was_set_back_does_not_hold_for_days(
    sender: Sender, store: Store, clock: ManualClock
) -> None:
    until = clock.now() + timedelta(days=3)
    await store.write(lambda tx: tx.pauses.pause(WORKSPACE, "chat.postMessage", until))
    assert await sender.send((await state(store, "card", "one")).id) is Outcome.SHOWN


async def test_a_reply_posts_its_root_first(sender: Sender, store: Store, slack: SlackStandIn) -> None:
    root = await state(store, "root", "root")
    reply = await state(store, "reply", "reply", under=root.id)
    assert await sender.send(reply.id) is Outcome.SHOWN
    assert slack.texts("C1") == ["root"]
    assert slack.texts("C1", slack.messages[0].ts) == ["reply"]


async def test_a_reply_to_a_direct_message_goes_to_the_channel_that_slack_named(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    root = await state(store, "root", "root", "U1")
    await sender.send((await state(store, "reply", "reply", "U1", under=root.id)).id)
    assert [shown.channel_id for shown in slack.messages] == ["DU1", "DU1"]


async def test_many_replies_at_once_post_their_root_once_and_keep_their_order(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    root = await state(store, "root", "root")
    replies = [await state(store, f"reply{n}", f"{n}", under=root.id) for n in range(6)]
    await asyncio.gather(*(sender.send(reply.id) for reply in replies))
    assert slack.texts("C1") == ["root"]
    assert slack.texts("C1", slack.messages[0].ts) == ["0", "1", "2", "3", "4", "5"]


async def test_a_reply_whose_root_failed_fails_with_it_in_silence(
    store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    told: list[str] = []
    sender = Sender(
        store,
        slack,
        clock,
        "here",
        sleep=clock.sleep,
        on_terminal=lambda _tx, message, _e: told.append(message.key),
    )
    slack.vanished.add("C1")
    root = await state(store, "root", "root")
    reply = await state(store, "reply", "reply", under=root.id)
    assert await sender.send(reply.id) is Outcome.FAILED
    assert told == ["root"]
    assert slack.calls == ["post"]


async def test_a_message_whose_channel_vanished_stops_and_the_administrator_is_told_in_the_same_transaction(
    store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    def tell(tx: Tx, message: OutboundMessage, error: str) -> None:
        tx.messages.show(WORKSPACE, f"failed {error}", "COPS", body(f"{message.key}: {error}"))

    sender = Sender(store, slack, clock, "here", sleep=clock.sleep, on_terminal=tell)
    slack.vanished.add("C1")
    message = await state(store, "card", "one")
    assert await sender.send(message.id) is Outcome.FAILED
    assert (await row(store, "card")).failed == "channel_not_found"
    assert slack.texts("COPS") == ["card: channel_not_found"]
    assert await sender.send(message.id) is Outcome.FAILED
    assert slack.calls == ["post", "post"]


async def test_a_notice_that_cannot_be_sent_itself_does_not_go_round(
    store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    def tell(tx: Tx, message: OutboundMessage, error: str) -> None:
        tx.messages.show(WORKSPACE, f"failed {error}", "COPS", body(f"{message.key}: {error}"))

    sender = Sender(store, slack, clock, "here", sleep=clock.sleep, on_terminal=tell)
    slack.vanished |= {"C1", "COPS"}
    await sender.send((await state(store, "card", "one")).id)
    assert slack.calls == ["post", "post"]
    assert (await row(store, "failed channel_not_found")).failed == "channel_not_found"


async def test_a_failed_message_is_tried_again_once_it_is_mended(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    slack.meets("post", Terminal("not_in_channel"))
    message = await state(store, "card", "one")
    await sender.send(message.id)
    await store.write(lambda tx: tx.messages.unfail(WORKSPACE))
    assert await sender.send(message.id) is Outcome.SHOWN
    assert slack.texts("C1") == ["one"]


async def test_a_card_that_was_deleted_in_slack_is_posted_anew(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    await sender.send((await state(store, "card", "one")).id)
    slack.delete("card")
    assert await sender.send((await state(store, "card", "two")).id) is Outcome.SHOWN
    assert slack.texts("C1") == ["two"]


async def test_a_reply_under_a_deleted_root_brings_the_root_back(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    root = await state(store, "root", "root")
    await sender.send(root.id)
    slack.delete("root")
    replies = [await state(store, f"reply{n}", f"{n}", under=root.id) for n in range(3)]
    outcomes = await asyncio.gather(*(sender.send(reply.id) for reply in replies))
    assert outcomes == [Outcome.SHOWN] * 3
    assert slack.texts("C1") == ["root"]
    assert slack.texts("C1", slack.messages[0].ts) == ["0", "1", "2"]


@pytest.mark.parametrize("error", ["edit_window_closed", "cant_update_message"])
async def test_a_message_that_may_not_be_edited_is_answered_in_its_thread(
    sender: Sender, store: Store, slack: SlackStandIn, error: str
) -> None:
    card = await state(store, "card", "one")
    await sender.send(card.id)
    slack.meets("update", Uneditable(error), Uneditable(error))
    for text in ("two", "three"):
        await state(store, "card", text)
        assert await sender.send(card.id) is Outcome.SHOWN
    assert slack.texts("C1") == ["one"]
    assert slack.texts("C1", slack.messages[0].ts) == ["two", "three"]
    assert not (await row(store, "card")).due


async def test_a_reply_that_may_not_be_edited_is_followed_in_the_same_thread(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    root = await state(store, "root", "root")
    await sender.send((await state(store, "reply", "one", under=root.id)).id)
    slack.meets("update", Uneditable("edit_window_closed"))
    await sender.send((await state(store, "reply", "two")).id)
    assert slack.texts("C1", slack.messages[0].ts) == ["one", "two"]


async def test_a_message_whose_time_has_not_come_waits(
    sender: Sender, store: Store, slack: SlackStandIn, clock: ManualClock
) -> None:
    message = await state(store, "nudge", "soon", not_before=clock.now() + timedelta(days=1))
    assert await sender.send(message.id) is Outcome.EARLY
    clock.turn(days=1)
    assert await sender.send(message.id) is Outcome.SHOWN
    assert slack.calls == ["post"]


async def test_an_unknown_message_is_gone(sender: Sender) -> None:
    assert await sender.send("no such id") is Outcome.GONE


async def test_a_call_that_never_answers_counts_as_ambiguous(store: Store, clock: ManualClock) -> None:
    class Silent(SlackStandIn):
        async def update(self, *_arguments: object) -> None:
            raise TimeoutError

    slack = Silent(now=clock.now)
    sender = another_sender(store, slack, clock)
    await sender.send((await state(store, "card", "one")).id)
    assert await sender.send((await state(store, "card", "two")).id) is Outcome.LATER


async def test_a_closed_sender_takes_nothing_up_and_lets_what_is_in_hand_finish(
    sender: Sender, store: Store, slack: SlackStandIn
) -> None:
    in_hand = asyncio.create_task(sender.send((await state(store, "card", "one")).id))
    await asyncio.sleep(0)
    await sender.close(grace=5)
    assert in_hand.done()
    assert await in_hand is Outcome.SHOWN
    assert await sender.send((await state(store, "late", "two")).id) is Outcome.LATER
    assert slack.texts("C1") == ["one"]
    assert sender.sending == 0
