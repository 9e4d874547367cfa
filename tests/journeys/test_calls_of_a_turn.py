"""How often Slack is called for one turn of an interview: little, and nothing is read again that is known."""

from collections import Counter
from typing import Any

from sandbox import seed
from sandbox.traffic import Traffic

from .conftest import Workplace, checkable
from .record import message_rows

WRITES = ("chat.postMessage", "chat.update")


async def registered(place: Workplace) -> None:
    """Register a pilot, and wait for its last message as well: the owner is asked a moment after the card is there."""
    await place.registers()
    await place.driver.wait_dm(seed.JONAS, "proposes you", timeout=place.patience)


async def calls_of(place: Workplace, turn: Any) -> Counter[str]:
    """Carry out a turn and return the Slack calls that it took, by method.

    Once after a start, when a minute begins, Preflight asks whether those who answer for pilots are still here; that is no
    part of a turn that happens to be under way, and Jonas, who owns the pilot, takes no turn.
    """
    before = len(place.driver.calls())
    await turn
    await place.driver.settled()
    made = [call for call in place.driver.calls()[before:] if not _is_roll_call(call)]
    return Counter(call.method for call in made)


def _is_roll_call(call: Traffic) -> bool:
    return call.method == "users.info" and call.arguments.get("user") == seed.JONAS


async def not_yet_due(place: Workplace) -> set[str]:
    """Return the keys of the cards that may lag."""
    return {row.key.rpartition(":")[2] for row in await message_rows(place) if row.due and row.not_before}


async def by_button(place: Workplace, root: dict[str, Any], number: int) -> None:
    question = await place.question(root, number)
    await place.driver.click(seed.MAYA, question, text="Not yet")
    await _shown(place, root, number)


async def in_words(place: Workplace, root: dict[str, Any], number: int) -> None:
    await place.question(root, number)
    await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(number), thread_ts=root["ts"])
    await _shown(place, root, number)


async def _shown(place: Workplace, root: dict[str, Any], number: int) -> None:
    """Wait for both things that a turn shows: the line and the next question."""
    await place.question(root, number + 1)
    await place.driver.wait_until(
        lambda: (
            not any(
                f"{number} of 7" in message["text"]
                for message in place.driver.thread(seed.AI_PILOTS, root["ts"])
            )
        ),
        what="the settled line",
    )


async def test_a_turn_writes_twice_and_reads_nothing(place: Workplace) -> None:
    await registered(place)
    root = await place.coaches()
    await calls_of(place, by_button(place, root, 1))
    for number, turn in enumerate((in_words, by_button, in_words, by_button), start=2):
        made = await calls_of(place, turn(place, root, number))
        assert made == Counter({"chat.postMessage": 1, "chat.update": 1}), (number, made)
    assert "root" in await not_yet_due(place)


async def test_asking_once_more_writes_twice_and_reads_nothing(office: Workplace) -> None:
    await registered(office)
    root = await office.coaches()
    await calls_of(office, in_words(office, root, 1))
    await office.question(root, 2)

    async def vague() -> None:
        await office.driver.post(seed.MAYA, seed.AI_PILOTS, "We will monitor it", thread_ts=root["ts"])
        await office.sees(seed.AI_PILOTS, "Leave it as it is", thread_ts=root["ts"])
        await office.sees(seed.AI_PILOTS, "one thing more", thread_ts=root["ts"])

    made = await calls_of(office, vague())
    assert made == Counter({"chat.postMessage": 1, "chat.update": 1})


async def test_going_back_and_skipping_write_twice_and_read_nothing(office: Workplace) -> None:
    await registered(office)
    root = await office.coaches()
    await calls_of(office, in_words(office, root, 1))
    second = await office.question(root, 2)

    async def back() -> None:
        await office.driver.click(seed.MAYA, second, text="Back")
        await office.sees(seed.AI_PILOTS, "comes again further down", thread_ts=root["ts"])
        await office.question(root, 1)

    async def still_true() -> None:
        await office.driver.click(seed.MAYA, await office.question(root, 1), text="Still true")
        await office.question(root, 2)

    async def skip() -> None:
        await office.driver.click(seed.MAYA, await office.question(root, 2), text="Skip")
        await office.question(root, 3)
        await office.sees(seed.AI_PILOTS, "skipped", thread_ts=root["ts"])

    assert await calls_of(office, back()) == Counter({"chat.update": 2})
    assert await calls_of(office, still_true()) == Counter({"chat.update": 2})
    assert await calls_of(office, skip()) == Counter({"chat.postMessage": 1, "chat.update": 1})


async def test_handing_a_question_over_writes_the_turn_and_the_direct_message(office: Workplace) -> None:
    await registered(office)
    root = await office.coaches()
    await calls_of(office, in_words(office, root, 1))
    question = await office.question(root, 2)
    await office.driver.click(seed.MAYA, question, text="Ask somebody")
    await office.driver.wait_view(seed.MAYA)

    async def hand_over() -> None:
        assert await office.driver.submit_view(seed.MAYA, {"whom": seed.SAM}) is None
        await office.question(root, 3)
        await office.driver.wait_dm(seed.SAM, "Refund triage", timeout=office.patience)
        await office.sees(seed.AI_PILOTS, "⏳", thread_ts=root["ts"])

    made = await calls_of(office, hand_over())
    assert set(made) <= {*WRITES, "conversations.open", "users.info"}, made
    assert (made["chat.postMessage"], made["chat.update"]) == (2, 1), made


async def test_mentioning_a_group_or_a_stranger_costs_no_read_every_time(office: Workplace) -> None:
    await registered(office)
    root = await office.coaches()
    words = f"Yes: <!subteam^{seed.PAYMENTS_OPS}> and <@{seed.JONAS}> run it, see https://wiki.northwind-goods.example/r"

    async def named(number: int) -> None:
        await office.question(root, number)
        await office.driver.post(seed.MAYA, seed.AI_PILOTS, words, thread_ts=root["ts"])
        await office.question(root, number + 1)

    await calls_of(office, named(1))
    made = await calls_of(office, named(2))
    assert set(made) <= set(WRITES), made


async def test_chatter_in_the_channel_and_in_other_threads_calls_nothing(office: Workplace) -> None:
    await registered(office)
    root = await office.coaches()
    await office.question(root, 1)

    async def chatter() -> None:
        ts = await office.driver.post(seed.SAM, seed.AI_PILOTS, "Who has seen the new figures?")
        for number in range(5):
            await office.driver.post(seed.TOMAS, seed.AI_PILOTS, f"I have {number}", thread_ts=ts)
        await office.driver.react(seed.SAM, seed.AI_PILOTS, ts, "eyes")

    assert await calls_of(office, chatter()) == Counter()


async def test_a_command_and_its_answer_take_no_call_once_the_person_is_known(office: Workplace) -> None:
    await registered(office)
    await office.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "list")
    for text in ("list", "status", "help", "nonsense"):
        made = await calls_of(office, office.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", text))
        assert made == Counter(), (text, made)
