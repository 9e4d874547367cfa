"""Waivers as the people involved see them: asked for, decided on the card, ended on their day or before."""

import asyncio
from datetime import timedelta
from typing import Any

from bot.domain.waivers import Waiver, WaiverState, day_of
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable
from .record import (
    ask,
    check_shown_exactly_once,
    everything,
    interview_of,
    pilot_called,
    refused_since,
    until,
)

WHY = "Twenty cases a day for now; two people look at each."


async def held_back(
    place: Workplace, name: str = "Refund triage", gaps: int = 1, **registered: Any
) -> dict[str, Any]:
    """Return the summary of a pilot with everything in place but its last items."""
    await place.registers(name, **registered)
    root = await place.coaches(name)
    for number in range(1, 8):
        question = await place.question(root, number)
        if number <= 7 - gaps:
            await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(number), thread_ts=root["ts"])
        else:
            await place.driver.click(seed.MAYA, question, text="Not yet")
    return await place.sees(seed.AI_PILOTS, f"*{name}* is still a pilot")


async def asks(
    place: Workplace, summary: dict[str, Any], by: str = seed.MAYA, days: int = 30, **changed: Any
) -> dict[str, Any]:
    """Ask for a waiver from the summary's menu and return the card."""
    before = {message["ts"] for message in place.driver.messages(seed.GATE_REVIEWS)}
    await place.driver.click(by, summary, action_id="more", selected="Ask for a waiver")
    await place.driver.wait_view(by, timeout=PATIENCE)
    today = day_of(place.house.office.clock.now())
    values = {"reason": WHY, "until": (today + timedelta(days=days)).isoformat()} | changed
    assert await place.driver.submit_view(by, values) is None
    assert place.driver.views(by) == []

    def new() -> dict[str, Any] | None:
        cards = place.driver.messages(seed.GATE_REVIEWS)
        return next((one for one in cards if one["ts"] not in before), None)

    return await place.driver.wait_until(new, timeout=PATIENCE, what="the card of the request")


async def waivers_of(place: Workplace, name: str = "Refund triage") -> list[Waiver]:
    pilot = await pilot_called(place, name)
    return await ask(place, lambda tx: tx.waivers.all_of_pilot(pilot.id))


async def thread_of(place: Workplace) -> str:
    """Return the thread of the pilot's conversation, where its people hear of it."""
    interview = await interview_of(place, await pilot_called(place, "Refund triage"))
    key = f"interview:{interview.id}:root"
    root = await ask(place, lambda tx: tx.messages.by_key(seed.NORTHWIND, key))
    assert root
    assert root.slack_ts
    return root.slack_ts


async def test_a_pilot_is_promoted_with_an_accepted_risk(place: Workplace) -> None:
    driver = place.driver
    summary = await held_back(place)
    await driver.click(seed.MAYA, summary, text="Request promotion")
    await place.is_told(seed.MAYA, "cannot be promoted yet")

    card = await asks(place, summary)
    assert "asks to go on to shadow without" in text_of(card)
    assert WHY in text_of(card)
    asked_for = await place.sees(seed.AI_PILOTS, "waiver asked for")
    assert asked_for["ts"] == summary["ts"]

    # neither by who asked nor without the role
    await driver.click(seed.MAYA, card, text="Grant")
    await place.is_told(seed.MAYA, "You asked for this waiver")
    await driver.click(seed.JONAS, card, text="Grant")
    await place.is_told(seed.JONAS, "can decide this waiver")

    await driver.click(seed.PRIYA, card, text="Grant")
    settled = await place.sees(seed.GATE_REVIEWS, "*Granted*")
    assert settled["ts"] == card["ts"]
    assert "Refuse" not in text_of(settled)
    ready = await place.sees(seed.AI_PILOTS, "with one accepted risk")
    assert ready["ts"] == summary["ts"]
    assert f"granted by <@{seed.PRIYA}>" in text_of(ready)

    await driver.click(seed.MAYA, ready, text="Request promotion")
    review = await place.sees(seed.GATE_REVIEWS, "Without the accepted risk")
    assert WHY in text_of(review)
    await driver.click(seed.TOMAS, review, text="Approve")
    await place.sees(seed.GATE_REVIEWS, "*Approved*")
    assert (await pilot_called(place, "Refund triage")).stage == "shadow"


async def test_refusing_needs_a_reason_that_the_thread_reads(office: Workplace) -> None:
    driver = office.driver
    summary = await held_back(office)
    card = await asks(office, summary)
    await driver.click(seed.TOMAS, card, text="Refuse")
    await driver.wait_view(seed.TOMAS, timeout=PATIENCE)
    assert set(await driver.submit_view(seed.TOMAS, {"reason": "  "}) or {}) == {"reason"}
    assert await driver.submit_view(seed.TOMAS, {"reason": "Try the switch once; it takes an hour."}) is None
    await office.sees(seed.GATE_REVIEWS, "*Refused*")
    await office.sees(seed.AI_PILOTS, "Try the switch once", thread_ts=await thread_of(office))
    await driver.click(seed.LENA, card, text="Grant")
    assert f"refused by <@{seed.TOMAS}>" in await office.is_told(seed.LENA, "already decided")


async def test_a_waiver_ends_on_its_day_and_the_question_is_open_again(office: Workplace) -> None:
    driver = office.driver
    summary = await held_back(office)
    card = await asks(office, summary, days=3)
    await driver.click(seed.PRIYA, card, text="Grant")
    await office.sees(seed.AI_PILOTS, "with one accepted risk")
    await driver.fast_forward(days=3)
    ended = await office.sees(seed.GATE_REVIEWS, "*Ended*")
    assert ended["ts"] == card["ts"]
    assert "Revoke" not in text_of(ended)
    await office.sees(seed.AI_PILOTS, "has reached its day", thread_ts=await thread_of(office))
    again = await office.sees(seed.AI_PILOTS, "is still a pilot")
    assert again["ts"] == summary["ts"]
    assert "Ask for a waiver" in text_of(again)
    second = await asks(office, again)
    assert "second waiver for this" in text_of(second)
    await check_shown_exactly_once(office)


async def test_a_waiver_is_revoked_on_its_card_and_from_the_list(office: Workplace) -> None:
    driver = office.driver
    summary = await held_back(office, gaps=2)
    card = await asks(office, summary, items=["guardrails", "rollback"])
    await driver.click(seed.PRIYA, card, text="Grant")
    settled = await office.sees(seed.GATE_REVIEWS, "*Granted*")

    # one of two on the card, by an approver
    await driver.click(seed.LENA, settled, text="Revoke")
    await driver.wait_view(seed.LENA, timeout=PATIENCE)
    one = {"items": ["guardrails"], "reason": "They are written now."}
    assert await driver.submit_view(seed.LENA, one) is None
    await office.sees(seed.GATE_REVIEWS, "*Revoked*")
    await office.sees(seed.AI_PILOTS, "is still a pilot")

    # the other from the list, by the owner
    await driver.command(seed.JONAS, seed.AI_PILOTS, "/pilot", "waivers Refund triage")
    listed = await driver.wait_view(seed.JONAS, timeout=PATIENCE)
    assert "waived until" in text_of(listed)
    await driver.click(seed.JONAS, listed, text="Revoke")
    form = await driver.wait_until(
        lambda: next(iter(driver.views(seed.JONAS)[1:]), None), timeout=PATIENCE, what="the form on top"
    )
    assert await driver.submit_view(seed.JONAS, {"reason": "The volume has doubled."}, form) is None
    assert driver.views(seed.JONAS) == []
    last = await office.sees(seed.GATE_REVIEWS, "The volume has doubled.")
    assert "Revoke\n" not in text_of(last)
    assert {one.state for one in await waivers_of(office)} == {WaiverState.REVOKED}

    # late clicks and people without the right change nothing
    before = await everything(office)
    await driver.click(seed.PRIYA, settled, text="Revoke")
    await office.is_told(seed.PRIYA, "nothing left to revoke")
    await driver.click(seed.SAM, card, text="Refuse")
    await office.is_told(seed.SAM, "already decided")
    assert await everything(office) == before


async def test_a_waiver_revoked_meanwhile_stops_the_approval(office: Workplace) -> None:
    driver = office.driver
    summary = await held_back(office)
    card = await asks(office, summary)
    await driver.click(seed.PRIYA, card, text="Grant")
    ready = await office.sees(seed.AI_PILOTS, "with one accepted risk")
    await driver.click(seed.MAYA, ready, text="Request promotion")
    review = await office.sees(seed.GATE_REVIEWS, "Without the accepted risk")
    settled = await office.sees(seed.GATE_REVIEWS, "*Granted*")
    await driver.click(seed.MAYA, settled, text="Revoke")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert await driver.submit_view(seed.MAYA, {"reason": "We can close it after all."}) is None
    await office.sees(seed.GATE_REVIEWS, "*Revoked*")
    await driver.click(seed.TOMAS, review, text="Approve")
    await office.is_told(seed.TOMAS, "What you were looking at has changed since")
    assert (await pilot_called(office, "Refund triage")).stage == "pilot"


async def test_what_the_form_lacks_is_said_at_its_fields(office: Workplace) -> None:
    driver = office.driver
    summary = await held_back(office, gaps=2)
    await driver.click(seed.MAYA, summary, action_id="more", selected="Ask for a waiver")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    wrong = await driver.submit_view(seed.MAYA, {"items": ["rollback"], "reason": " ", "until": "2020-01-01"})
    assert set(wrong or {}) == {"reason", "until"}
    assert await waivers_of(office) == []


async def test_clicks_and_forms_at_once_have_one_outcome(office: Workplace) -> None:
    driver = office.driver
    summary = await held_back(office)
    people = (seed.MAYA, seed.JONAS, seed.SAM)
    for person in people:
        await driver.click(person, summary, action_id="more", selected="Ask for a waiver")
        await driver.wait_view(person, timeout=PATIENCE)
    results = await asyncio.gather(*(driver.submit_view(person, {"reason": WHY}) for person in people))
    assert sorted(result is None for result in results) == [False, False, True]
    assert all("Somebody has asked" in result["items"] for result in results if result)
    (asked,) = await waivers_of(office)
    card = await office.sees(seed.GATE_REVIEWS, "asks to go on to shadow without")

    approvers = (seed.PRIYA, seed.TOMAS, seed.LENA)
    await asyncio.gather(*(driver.click(person, card, text="Grant") for person in approvers))
    await office.sees(seed.GATE_REVIEWS, "*Granted*")

    async def told() -> bool:
        said = [text_of(e) for person in approvers for e in driver.ephemerals(person)]
        return sum("already decided" in one for one in said) == 2

    await until(told)
    (granted,) = await waivers_of(office)
    assert granted.id == asked.id
    assert granted.state is WaiverState.GRANTED
    entries = await ask(office, lambda tx: tx.audit.of(seed.NORTHWIND, "pilot", granted.pilot_id))
    assert [one.what for one in entries if one.what.startswith("waiver.")] == [
        "waiver.asked",
        "waiver.granted",
    ]
    await check_shown_exactly_once(office)


async def test_people_without_the_right_are_told_so(office: Workplace) -> None:
    driver = office.driver
    card = await asks(office, await held_back(office))
    before = await everything(office)
    for button in ("Grant", "Refuse"):
        already = driver.told(seed.SAM)
        await driver.click(seed.SAM, card, text=button)
        assert "can decide this waiver" in await office.hears_next(seed.SAM, already)
    assert driver.views(seed.SAM) == []
    assert await refused_since(office, before) == 2
