"""Slack's own ways, one test a line of what the sandbox reproduces: the bot bears each of them."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox import seed
from sandbox.clock import Timings
from sandbox.faults import Faults
from sandbox.reading import text_of

from .conftest import PATIENCE, TRANSPORTS, Workplace, checkable, workplace
from .record import answers_of, ask, check_shown_exactly_once, everything, pilot_called, pilots_called, until


async def started(place: Workplace, name: str = "Refund triage") -> dict[str, Any]:
    """Return the root of an interview whose first question is asked."""
    await place.registers(name)
    root = await place.coaches(name)
    await place.question(root, 1)
    return root


async def test_1_an_event_without_an_ack_comes_again_and_counts_once(tmp_path: Path) -> None:
    faults = Faults()
    async with workplace(
        tmp_path, "http", faults=faults, timings=Timings(ack=0.2, retries=(0.0, 0.05, 0.05))
    ) as place:
        root = await started(place)
        faults.on_delivery("events_api", "lose_ack", count=3)
        await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
        await place.question(root, 2)
        await place.driver.settled()
        assert [d.attempt for d in place.driver.deliveries("events_api")][-4:].count(0) >= 1
        assert len(await answers_of(place, await pilot_called(place, "Refund triage"))) == 1


async def test_2_a_response_url_that_is_over_gives_way_to_a_whisper(tmp_path: Path) -> None:
    """Every click has an address of its own for half an hour; what is private comes another way after that."""
    async with workplace(tmp_path, timings=Timings(response_url=-1)) as place:
        card = await place.registers()
        await place.driver.click(seed.PRIYA, card, selected="Status")
        await place.is_told(seed.PRIYA, "None of the seven is in place yet")
        await place.driver.click(seed.PRIYA, card, text="Request promotion")
        await place.is_told(seed.PRIYA, "cannot be promoted yet")


async def test_2_sharing_after_the_response_url_has_expired_says_so(tmp_path: Path) -> None:
    async with workplace(tmp_path) as place:
        await place.registers()
        await place.driver.command(seed.PRIYA, seed.AI_PILOTS, "/pilot", "list")
        await place.is_told(seed.PRIYA, "Refund triage")
        private = place.driver.ephemerals(seed.PRIYA, seed.AI_PILOTS)[-1]
        place.sandbox.interactivity._timings = Timings(response_url=-1)
        before = len(place.driver.messages(seed.AI_PILOTS))
        await place.driver.click(seed.PRIYA, private, text="Share in channel")
        await place.is_told(seed.PRIYA, "Ask for it again, then share it")
        assert len(place.driver.messages(seed.AI_PILOTS)) == before


async def test_3_a_form_that_opens_too_late_says_so(tmp_path: Path) -> None:
    async with workplace(tmp_path, timings=Timings(trigger=0.0)) as place:
        await place.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "new")
        await place.is_told(seed.MAYA, "took too long to open the form")
        assert place.driver.views(seed.MAYA) == []


async def test_3_a_form_whose_opening_slack_answers_late_is_no_trouble_for_the_click(
    office: Workplace,
) -> None:
    root = await started(office)
    question = await office.question(root, 1)
    office.sandbox.faults.on_call("views.open", "slow", count=1, seconds=2.8)
    outcome = await office.driver.click(seed.MAYA, question, text="Does not apply")
    assert outcome.error is None
    await office.is_told(seed.MAYA, "took too long to open the form")


async def test_4_a_form_submitted_from_an_old_state_is_taken_once(office: Workplace) -> None:
    root = await started(office)
    question = await office.question(root, 1)
    await office.driver.click(seed.MAYA, question, text="Does not apply")
    form = await office.driver.wait_view(seed.MAYA, timeout=PATIENCE)
    results = await asyncio.gather(
        *(office.driver.submit_view(seed.MAYA, {"reason": "It only drafts."}, form) for _ in range(2)),
        return_exceptions=True,
    )
    assert None in results
    await office.question(root, 2)
    assert len(await answers_of(office, await pilot_called(office, "Refund triage"))) == 1


async def test_5_a_reply_that_is_also_sent_to_the_channel_is_an_answer(office: Workplace) -> None:
    root = await started(office)
    await office.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"], broadcast=True)
    await office.question(root, 2)


async def test_5_a_reply_with_a_file_is_an_answer(office: Workplace) -> None:
    root = await started(office)
    await office.driver.post(
        seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"], files=("runbook.txt",)
    )
    await office.question(root, 2)


async def test_6_own_messages_edits_and_previews_are_none_of_its_business(office: Workplace) -> None:
    root = await started(office)
    ts = await office.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await office.question(root, 2)
    await office.driver.settled()
    before = await everything(office)
    await office.driver.actions.unfurl(
        seed.AI_PILOTS, ts, "https://wiki.northwind-goods.example/proof/1", "Proof"
    )
    await office.driver.settled()
    assert await everything(office) == before


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_7_a_mention_comes_as_two_events_and_is_one_answer(tmp_path: Path, transport: str) -> None:
    async with workplace(tmp_path, transport) as place:
        root = await started(place)
        await place.driver.post(
            seed.TOMAS, seed.AI_PILOTS, f"<@{seed.BOT}> {checkable(1)}", thread_ts=root["ts"]
        )
        await place.question(root, 2)
        await place.driver.settled()
        (answer,) = await answers_of(place, await pilot_called(place, "Refund triage"))
        assert answer.answered_by == seed.TOMAS


async def test_8_a_pause_that_slack_asks_for_is_kept(office: Workplace) -> None:
    root = await started(office)
    office.sandbox.faults.on_call("chat.postMessage", "rate_limited", count=1, seconds=2)
    await office.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await office.question(root, 2)
    tries = [c for c in office.driver.calls("chat.postMessage") if c.status in {"ok", "ratelimited"}]
    refused = next(n for n, call in enumerate(tries) if call.status == "ratelimited")
    assert tries[refused + 1].at - tries[refused].at >= timedelta(seconds=1.9)
    assert len([c for c in tries if c.status == "ratelimited"]) == 1


async def test_9_the_bot_comes_back_after_its_sockets_were_closed(office: Workplace) -> None:
    root = await started(office)
    await office.sandbox.socket_mode.cut()
    await office.driver.wait_until(lambda: office.sandbox.socket_mode.is_open, timeout=PATIENCE)
    await office.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await office.question(root, 2)


async def test_10_over_http_slacks_question_about_the_address_is_answered(tmp_path: Path) -> None:
    async with workplace(tmp_path, "http") as place:
        assert await place.sandbox.http.verify_url()


async def test_11_escaped_text_is_kept_as_it_was_meant_and_shown_escaped(office: Workplace) -> None:
    root = await started(office)
    words = f"Yes: a < b & c > d, <@{seed.JONAS}> watches <#{seed.GATE_REVIEWS}>, see https://wiki.northwind-goods.example/?a=1&b=2"
    await office.driver.post(seed.MAYA, seed.AI_PILOTS, words, thread_ts=root["ts"])
    await office.question(root, 2)
    (answer,) = await answers_of(office, await pilot_called(office, "Refund triage"))
    assert "a < b & c > d" in answer.detail
    assert "@jonas" in answer.detail
    assert answer.evidence == ("https://wiki.northwind-goods.example/?a=1&b=2",)
    line = await office.sees(seed.AI_PILOTS, "a &lt; b &amp; c &gt; d", thread_ts=root["ts"])
    assert f"<@{seed.JONAS}> watches" not in text_of(line)


async def test_12_what_was_whispered_is_in_no_history(office: Workplace) -> None:
    await office.registers()
    await office.driver.command(seed.PRIYA, seed.AI_PILOTS, "/pilot", "status Refund triage")
    await office.is_told(seed.PRIYA, "None of the seven")
    assert not any("None of the seven" in text_of(m) for m in office.driver.messages(seed.AI_PILOTS))


async def test_13_a_pilot_lives_in_a_private_channel(office: Workplace) -> None:
    await office.driver.command(seed.JONAS, seed.PREFLIGHT_OPS, "/pilot", "new")
    form = await office.driver.wait_view(seed.JONAS, timeout=PATIENCE)
    held = office.driver.values(form)["channel"]
    assert held["selected_conversation"] == seed.PREFLIGHT_OPS
    values = {
        "name": "Private matters",
        "problem": "Sorts refund requests.",
        "owner": seed.LENA,
        "metric": "Refunds sorted",
        "baseline": "22",
        "bar": "60",
    }
    assert await office.driver.submit_view(seed.JONAS, values) is None
    await office.sees(seed.PREFLIGHT_OPS, "*Private matters*")
    await office.driver.command(seed.JONAS, seed.PREFLIGHT_OPS, "/pilot", "coach")
    root = await office.sees(seed.PREFLIGHT_OPS, "· Private matters\n▱")
    await office.sees(seed.PREFLIGHT_OPS, "1 of 7", thread_ts=root["ts"])
    await office.driver.post(seed.JONAS, seed.PREFLIGHT_OPS, checkable(1), thread_ts=root["ts"])
    await office.sees(seed.PREFLIGHT_OPS, "2 of 7", thread_ts=root["ts"])


async def test_13_a_command_where_the_bot_is_not_is_answered_in_private(office: Workplace) -> None:
    await office.registers()
    for text, words in (("status Refund triage", "None of the seven"), ("list", "One active pilot")):
        await office.driver.command(seed.PRIYA, seed.GENERAL, "/pilot", text)
        await office.is_told(seed.PRIYA, words, seed.GENERAL)
    await office.driver.command(seed.MAYA, seed.GENERAL, "/pilot", "coach Refund triage")
    assert f"<#{seed.AI_PILOTS}>" in await office.is_told(seed.MAYA, "in their own thread", seed.GENERAL)


async def test_14_home_opens_windows_and_the_form(office: Workplace) -> None:
    driver = office.driver
    home = await driver.open_home(seed.MAYA)
    assert "No pilot is registered yet" in text_of(home)
    await driver.click(seed.MAYA, home, text="New pilot")
    await driver.wait_view(seed.MAYA, title="Register a pilot", timeout=PATIENCE)
    await driver.close_view(seed.MAYA)
    await office.registers()
    await driver.open_home(seed.MAYA)
    home = await driver.wait_home(seed.MAYA, "Refund triage", timeout=PATIENCE)
    await driver.click(seed.MAYA, home, text="Status")
    window = await driver.wait_view(seed.MAYA, title="Status", timeout=PATIENCE)
    assert "None of the seven" in text_of(window)
    assert "Share in channel" not in text_of(window)

    # the Home tab still shows what has ended since, until it is opened again
    await driver.close_view(seed.MAYA)
    card = await office.sees(seed.AI_PILOTS, "Refund triage")
    await driver.click(seed.MAYA, card, selected="Retire")
    await driver.wait_view(seed.MAYA, title="Retire this pilot", timeout=PATIENCE)
    assert await driver.submit_view(seed.MAYA, {"reason": "Too few cases."}) is None
    await driver.click(seed.MAYA, home, text="Status")
    window = await driver.wait_view(seed.MAYA, title="Status", timeout=PATIENCE)
    assert "*Refund triage* is retired" in text_of(window)


async def test_14_a_command_in_the_direct_messages_is_answered_there(office: Workplace) -> None:
    await office.registers()
    channel = await office.driver.actions.open_direct_message(seed.MAYA)
    await office.driver.command(seed.MAYA, channel, "/pilot", "status")
    await office.is_told(seed.MAYA, "None of the seven", channel)
    await office.driver.command(seed.MAYA, channel, "/pilot", "new")
    form = await office.driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert office.driver.values(form)["channel"]["selected_conversation"] is None


async def test_15_people_who_leave_and_come_back_are_known_at_once(office: Workplace) -> None:
    await office.registers()
    await office.driver.actions.deactivate(seed.JONAS)
    await office.driver.settled()
    person = await ask(office, lambda tx: tx.people.get(seed.NORTHWIND, seed.JONAS))
    assert person
    assert person.deactivated
    await office.driver.actions.reactivate(seed.JONAS)
    await office.driver.actions.move_to_time_zone(seed.JONAS, "Asia/Tokyo")
    await office.driver.settled()
    person = await ask(office, lambda tx: tx.people.get(seed.NORTHWIND, seed.JONAS))
    assert person
    assert (person.deactivated, person.time_zone) == (False, "Asia/Tokyo")


async def test_15_another_workspace_sees_and_changes_nothing_of_ours(office: Workplace) -> None:
    """Contoso installed the app as well; this process holds the token of Northwind only."""
    card = await office.registers()
    before = await everything(office)
    await office.driver.command(seed.CARLA, seed.CONTOSO_PILOTS, "/pilot", "list")
    assert not any("Refund triage" in text_of(e) for e in office.driver.ephemerals(seed.CARLA))
    await office.driver.command(seed.CARLA, seed.CONTOSO_PILOTS, "/pilot", "status Refund triage")
    assert not any("None of the seven" in text_of(e) for e in office.driver.ephemerals(seed.CARLA))
    own = card | {"channel": seed.CONTOSO_PILOTS, "team": seed.CONTOSO, "blocks": []}
    pilot = await pilot_called(office, "Refund triage")
    await office.driver.click(seed.CARLA, own, action_id="pilot.coach", value=pilot.id, force=True)
    await office.driver.settled()
    after = await everything(office)
    assert {k: v for k, v in after.items() if k != "workspace"} == {
        k: v for k, v in before.items() if k != "workspace"
    }


async def test_16_one_pilot_of_a_form_that_slack_delivers_twice(tmp_path: Path) -> None:
    faults = Faults()
    faults.on_delivery("interactive", "duplicate")
    async with workplace(tmp_path, faults=faults) as place:
        await place.registers()
        assert await pilots_called(place, "Refund triage") == 1
        await check_shown_exactly_once(place)


async def test_17_every_message_view_and_home_of_the_journey_was_accepted(office: Workplace) -> None:
    """The sandbox refuses what Slack would; no call of a whole journey was refused for its blocks."""
    root = await started(office)
    await office.answers_everything(root)
    ready = await office.sees(seed.AI_PILOTS, "*Refund triage* is ready")
    await office.driver.click(seed.MAYA, ready, text="Request promotion")
    card = await office.sees(seed.GATE_REVIEWS, "Refund triage")
    await office.driver.open_home(seed.PRIYA)
    await office.driver.wait_home(seed.PRIYA, "Open review", timeout=PATIENCE)
    await office.driver.click(seed.PRIYA, card, text="Decline")
    await office.driver.wait_view(seed.PRIYA, timeout=PATIENCE)
    assert await office.driver.submit_view(seed.PRIYA, {"reason": "x" * 1000}) is None
    await office.sees(seed.GATE_REVIEWS, "*Declined*")

    async def quiet() -> bool:
        return all(call.status != "open" for call in office.driver.calls())

    await until(quiet)
    assert {call.status for call in office.driver.calls()} <= {"ok"}
