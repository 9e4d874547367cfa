"""Slack's own ways, one test a line of what the sandbox reproduces: the bot bears each of them.

The lines that need a workplace of their own, because something breaks in it, are in `test_sandbox_troubles_the_bot_bears`.
"""

import asyncio
from typing import Any

import pytest

from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable
from .record import answers_of, ask, everything, message_rows, pilot_called, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def started(place: Workplace, name: str) -> dict[str, Any]:
    """Return the root of an interview whose first question is asked."""
    await place.registers(name)
    root = await place.coaches(name)
    await place.question(root, 1)
    return root


async def test_4_a_form_submitted_from_an_old_state_is_taken_once(shared: Workplace) -> None:
    root = await started(shared, "From an old state")
    question = await shared.question(root, 1)
    await shared.driver.click(seed.MAYA, question, text="Does not apply")
    form = await shared.driver.wait_view(seed.MAYA, timeout=PATIENCE)
    results = await asyncio.gather(
        *(shared.driver.submit_view(seed.MAYA, {"reason": "It only drafts."}, form) for _ in range(2)),
        return_exceptions=True,
    )
    assert None in results
    await shared.question(root, 2)
    assert len(await answers_of(shared, await pilot_called(shared, "From an old state"))) == 1


async def test_5_a_reply_that_is_also_sent_to_the_channel_is_an_answer(shared: Workplace) -> None:
    root = await started(shared, "Also to the channel")
    await shared.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"], broadcast=True)
    await shared.question(root, 2)


async def test_5_a_reply_with_a_file_is_an_answer(shared: Workplace) -> None:
    root = await started(shared, "With a file")
    await shared.driver.post(
        seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"], files=("runbook.txt",)
    )
    await shared.question(root, 2)


async def test_6_own_messages_edits_and_previews_are_none_of_its_business(shared: Workplace) -> None:
    root = await started(shared, "Previews")
    ts = await shared.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await shared.question(root, 2)
    await shared.driver.settled()
    before = await everything(shared)
    await shared.driver.actions.unfurl(
        seed.AI_PILOTS, ts, "https://wiki.northwind-goods.example/proof/1", "Proof"
    )
    await shared.driver.settled()
    assert await everything(shared) == before


async def test_11_escaped_text_is_kept_as_it_was_meant_and_shown_escaped(shared: Workplace) -> None:
    root = await started(shared, "Escaped")
    words = f"Yes: a < b & c > d, <@{seed.JONAS}> watches <#{seed.GATE_REVIEWS}>, see https://wiki.northwind-goods.example/?a=1&b=2"
    await shared.driver.post(seed.MAYA, seed.AI_PILOTS, words, thread_ts=root["ts"])
    await shared.question(root, 2)
    (answer,) = await answers_of(shared, await pilot_called(shared, "Escaped"))
    assert "a < b & c > d" in answer.detail
    assert "@jonas" in answer.detail
    assert answer.evidence == ("https://wiki.northwind-goods.example/?a=1&b=2",)
    line = await shared.sees(seed.AI_PILOTS, "a &lt; b &amp; c &gt; d", thread_ts=root["ts"])
    assert f"<@{seed.JONAS}> watches" not in text_of(line)


async def test_12_what_was_whispered_is_in_no_history(shared: Workplace) -> None:
    await shared.registers("Whispered")
    await shared.driver.command(seed.PRIYA, seed.AI_PILOTS, "/pilot", "status Whispered")
    await shared.is_told(seed.PRIYA, "None of the seven")
    assert not any("None of the seven" in text_of(m) for m in shared.driver.messages(seed.AI_PILOTS))


async def test_13_a_pilot_lives_in_a_private_channel(shared: Workplace) -> None:
    await shared.driver.command(seed.JONAS, seed.PREFLIGHT_OPS, "/pilot", "new")
    form = await shared.driver.wait_view(seed.JONAS, timeout=PATIENCE)
    held = shared.driver.values(form)["channel"]
    assert held["selected_conversation"] == seed.PREFLIGHT_OPS
    values = {
        "name": "Private matters",
        "problem": "Sorts refund requests.",
        "owner": seed.LENA,
        "metric": "Refunds sorted",
        "baseline": "22",
        "bar": "60",
    }
    assert await shared.driver.submit_view(seed.JONAS, values) is None
    await shared.sees(seed.PREFLIGHT_OPS, "*Private matters*")
    await shared.driver.command(seed.JONAS, seed.PREFLIGHT_OPS, "/pilot", "coach")
    root = await shared.sees(seed.PREFLIGHT_OPS, "· Private matters\n▱")
    await shared.sees(seed.PREFLIGHT_OPS, "1 of 7", thread_ts=root["ts"])
    await shared.driver.post(seed.JONAS, seed.PREFLIGHT_OPS, checkable(1), thread_ts=root["ts"])
    await shared.sees(seed.PREFLIGHT_OPS, "2 of 7", thread_ts=root["ts"])


async def test_13_a_command_where_the_bot_is_not_is_answered_in_private(shared: Workplace) -> None:
    await shared.registers("Elsewhere")
    for text, words in (("status Elsewhere", "None of the seven"), ("list", "*Elsewhere*")):
        await shared.driver.command(seed.PRIYA, seed.GENERAL, "/pilot", text)
        await shared.is_told(seed.PRIYA, words, seed.GENERAL)
    await shared.driver.command(seed.MAYA, seed.GENERAL, "/pilot", "coach Elsewhere")
    assert f"<#{seed.AI_PILOTS}>" in await shared.is_told(seed.MAYA, "in their own thread", seed.GENERAL)


async def test_14_a_command_in_the_direct_messages_is_answered_there(shared: Workplace) -> None:
    await shared.registers("In direct messages")
    channel = await shared.driver.actions.open_direct_message(seed.MAYA)
    await shared.driver.command(seed.MAYA, channel, "/pilot", "status In direct messages")
    await shared.is_told(seed.MAYA, "None of the seven", channel)
    await shared.driver.command(seed.MAYA, channel, "/pilot", "new")
    form = await shared.driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert shared.driver.values(form)["channel"]["selected_conversation"] is None


async def test_15_people_who_leave_and_come_back_are_known_at_once(shared: Workplace) -> None:
    await shared.registers("Leaving")
    await shared.driver.actions.deactivate(seed.JONAS)
    await shared.driver.settled()
    person = await ask(shared, lambda tx: tx.people.get(seed.NORTHWIND, seed.JONAS))
    assert person
    assert person.deactivated
    await shared.driver.actions.reactivate(seed.JONAS)
    await shared.driver.settled()
    await shared.driver.actions.move_to_time_zone(seed.JONAS, "Asia/Tokyo")
    await shared.driver.settled()
    person = await ask(shared, lambda tx: tx.people.get(seed.NORTHWIND, seed.JONAS))
    assert person
    assert (person.deactivated, person.time_zone) == (False, "Asia/Tokyo")


async def test_17_every_message_view_and_home_of_the_journey_was_accepted(shared: Workplace) -> None:
    """The sandbox refuses what Slack would; no call of a whole journey was refused for its blocks."""
    before = len(shared.driver.calls())
    root = await started(shared, "Accepted")
    await shared.answers_everything(root)
    ready = await shared.sees(seed.AI_PILOTS, "*Accepted* is ready")
    await shared.driver.click(seed.MAYA, ready, text="Request promotion")
    card = await shared.sees(seed.GATE_REVIEWS, "Accepted")

    async def linked() -> bool:
        return all(row.slack_ts for row in await message_rows(shared) if row.key.startswith("review:"))

    await until(linked)
    await shared.driver.open_home(seed.PRIYA)
    await shared.driver.wait_home(seed.PRIYA, "Open review", timeout=PATIENCE)
    await shared.driver.click(seed.PRIYA, card, text="Decline")
    await shared.driver.wait_view(seed.PRIYA, timeout=PATIENCE)
    assert await shared.driver.submit_view(seed.PRIYA, {"reason": "x" * 1000}) is None
    await shared.sees(seed.GATE_REVIEWS, "*Declined*")

    async def quiet() -> bool:
        return all(call.status != "open" for call in shared.driver.calls()[before:])

    await until(quiet)
    assert {call.status for call in shared.driver.calls()[before:]} <= {"ok"}
