"""Pilots that go back, wait, end, begin again or go ahead in an emergency, as the people involved see it."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from bot.desk import Desk
from bot.domain.moves import MoveKind
from bot.domain.pilots import Pilot
from bot.domain.values import Occasion
from bot.domain.waivers import day_of
from bot.pilots import workflow as pilots
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace
from .record import check_shown_exactly_once, everything, pilot_called, refused_since

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHY = "One refund in ten goes to the wrong queue."
LEARNED = "Price one case before anything is built."


async def has_gone(place: Workplace, name: str, *stages: str) -> Pilot:
    """Let a pilot have been promoted to these stages; how it comes there is told elsewhere."""
    office, pilot = place.house.office, await pilot_called(place, name)

    def go(desk: Desk, stage: str) -> None:
        there = pilots.get_active(desk, pilot.id)
        pilots.move(desk, there, stage, MoveKind.PROMOTED, "review.approved")

    for stage in stages:
        at = Occasion(workspace_id=seed.NORTHWIND, actor_id=seed.PRIYA, now=office.clock.now())
        await office.carry_out(go, at, stage)
    return await pilot_called(place, name)


async def card_says(place: Workplace, card: dict[str, Any], words: str, *, gone: bool = False) -> None:
    def says() -> bool:
        return (words in text_of(place.driver.message(seed.AI_PILOTS, card["ts"]))) is not gone

    await place.driver.wait_until(says, timeout=PATIENCE, what=f"the card saying {words!r}: {not gone}")


async def chooses(place: Workplace, who: str, card: dict[str, Any], entry: str) -> None:
    """Choose an entry of the menu on the card as it is now."""
    now = place.driver.message(seed.AI_PILOTS, card["ts"])
    await place.driver.click(who, now, action_id="more", selected=entry)


async def opens(place: Workplace, who: str, title: str) -> dict[str, Any]:
    return await place.driver.wait_view(who, title=title, timeout=PATIENCE)


async def commands(place: Workplace, who: str, words: str) -> str:
    """Type a command that is answered in private; return the answer."""
    already = place.driver.told(who)
    await place.driver.command(who, seed.AI_PILOTS, "/pilot", words)
    return await place.hears_next(who, already)


def ahead(place: Workplace, days: int) -> date:
    return day_of(place.house.office.clock.now()) + timedelta(days=days)


# Back


async def test_a_rollback_from_the_card_is_loud_in_both_channels(shared: Workplace) -> None:
    driver, name = shared.driver, "Going back"
    card = await shared.registers(name)
    await has_gone(shared, name, "shadow", "limited")
    await card_says(shared, card, "· limited release")
    await chooses(shared, seed.JONAS, card, "Roll back")
    window = await opens(shared, seed.JONAS, "Roll back")
    assert "leaves limited release at once" in text_of(window)
    assert await driver.submit_view(seed.JONAS, {"stage": "pilot", "reason": WHY}) is None
    for channel in (seed.AI_PILOTS, seed.GATE_REVIEWS):
        loud = await shared.sees(channel, f"*{name} was rolled back* from limited release to pilot")
        assert f"by <@{seed.JONAS}>" in text_of(loud)
        assert WHY in text_of(loud)
        assert "thread_ts" not in loud
    await shared.sees(seed.AI_PILOTS, WHY, thread_ts=card["ts"])
    await card_says(shared, card, "*Rolled back* from limited release")
    assert (await pilot_called(shared, name)).stage == "pilot"
    await check_shown_exactly_once(shared)


async def test_a_stage_that_it_has_never_been_in_cannot_be_chosen(shared: Workplace) -> None:
    driver, name = shared.driver, "Never there"
    card = await shared.registers(name)
    assert "Roll back" not in text_of(card)
    said = await commands(shared, seed.MAYA, f"rollback {name}")
    assert "has been in no earlier stage" in said
    assert f"/pilot hold {name}" in said
    await has_gone(shared, name, "shadow")
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"rollback {name}")
    window = await opens(shared, seed.MAYA, "Roll back")
    choices = [
        option["value"]
        for block in window["blocks"]
        for option in block.get("element", {}).get("options", [])
    ]
    assert choices == ["pilot"]
    await driver.close_view(seed.MAYA)


async def test_a_stranger_hears_who_can_and_writes_no_reason_in_vain(shared: Workplace) -> None:
    driver, name = shared.driver, "Not theirs to move"
    card = await shared.registers(name)
    await has_gone(shared, name, "shadow")
    await card_says(shared, card, "· shadow")
    before = await everything(shared)
    for entry, words in (
        ("Roll back", "can roll Not theirs to move back"),
        ("Put on hold", "can do that for Not theirs to move"),
        ("Retire", "can do that for Not theirs to move"),
    ):
        already = driver.told(seed.SAM)
        await chooses(shared, seed.SAM, card, entry)
        said = await shared.hears_next(seed.SAM, already)
        assert words in said, entry
        assert f"<@{seed.MAYA}>" in said
    assert driver.views(seed.SAM) == []
    assert await refused_since(shared, before) == 3


async def test_a_member_of_the_group_that_owns_it_may_roll_it_back(shared: Workplace) -> None:
    name = "Owned by a group"
    await shared.registers(name, owner=None, owner_group=seed.PAYMENTS_OPS)
    await has_gone(shared, name, "shadow")
    members = next(
        g for g in await shared.house.front.slack.groups(seed.NORTHWIND) if g.id == seed.PAYMENTS_OPS
    )
    member = next(one for one in sorted(members.members) if one != seed.MAYA)
    await shared.driver.command(member, seed.AI_PILOTS, "/pilot", f"rollback {name}")
    await opens(shared, member, "Roll back")
    assert await shared.driver.submit_view(member, {"reason": WHY}) is None
    await shared.sees(seed.GATE_REVIEWS, f"*{name} was rolled back* from shadow to pilot")


async def test_two_who_roll_back_at_once_move_it_once(shared: Workplace) -> None:
    driver, name = shared.driver, "Twice at once"
    await shared.registers(name)
    await has_gone(shared, name, "shadow", "limited")
    for who in (seed.MAYA, seed.JONAS):
        await driver.command(who, seed.AI_PILOTS, "/pilot", f"rollback {name}")
        await opens(shared, who, "Roll back")
    answers = await asyncio.gather(
        driver.submit_view(seed.MAYA, {"reason": WHY}), driver.submit_view(seed.JONAS, {"reason": WHY})
    )
    await shared.sees(seed.GATE_REVIEWS, f"*{name} was rolled back*")
    await driver.settled()
    loud = [m for m in driver.messages(seed.GATE_REVIEWS) if f"*{name} was rolled back*" in text_of(m)]
    assert len(loud) == 1
    assert (await pilot_called(shared, name)).stage == "shadow"
    (refused,) = [answer for answer in answers if answer]
    assert f"Somebody was quicker: {name} is in shadow now" in " ".join(refused.values())
    for who in (seed.MAYA, seed.JONAS):
        if driver.views(who):
            await driver.close_view(who)


# Waiting


async def test_a_hold_ends_by_itself_on_its_day(shared: Workplace) -> None:
    driver, name = shared.driver, "Waiting"
    card = await shared.registers(name)
    await chooses(shared, seed.MAYA, card, "Put on hold")
    await opens(shared, seed.MAYA, "Put on hold")
    late = {"reason": "The billing system is replaced.", "until": ahead(shared, 200).isoformat()}
    errors = await driver.submit_view(seed.MAYA, late)
    assert errors
    assert "within half a year" in errors["until"]
    assert await driver.submit_view(seed.MAYA, late | {"until": ahead(shared, 3).isoformat()}) is None
    await card_says(shared, card, "The billing system is replaced.")
    held = driver.message(seed.AI_PILOTS, card["ts"])
    assert "On hold until" in text_of(held)
    assert "Request promotion" not in text_of(held)
    await driver.fast_forward(days=4)
    await card_says(shared, card, "On hold", gone=True)
    await shared.sees(seed.AI_PILOTS, "has come, until which it was on hold", thread_ts=card["ts"])
    assert (await pilot_called(shared, name)).next_nudge_at is not None


async def test_a_hold_ends_when_somebody_says_so(shared: Workplace) -> None:
    driver, name = shared.driver, "Going on"
    card = await shared.registers(name)
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"hold {name}")
    await opens(shared, seed.MAYA, "Put on hold")
    assert await driver.submit_view(seed.MAYA, {"reason": "Holidays."}) is None
    await card_says(shared, card, "On hold until")
    said = await commands(shared, seed.JONAS, f"promote {name}")
    assert f"{name} is on hold" in said
    await driver.click(seed.JONAS, driver.message(seed.AI_PILOTS, card["ts"]), text="Go on now")
    await card_says(shared, card, "On hold", gone=True)
    assert "is not on hold" in await commands(shared, seed.MAYA, f"resume {name}")


# The end, and after


async def test_a_pilot_ends_with_what_was_learned_and_begins_again(shared: Workplace) -> None:
    driver, name = shared.driver, "There and back"
    card = await shared.registers(name)
    await has_gone(shared, name, "shadow")
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"retire {name}")
    await opens(shared, seed.MAYA, "Retire this pilot")
    errors = await driver.submit_view(seed.MAYA, {"reason": "Too few cases.", "learned": " "})
    assert errors
    assert set(errors) == {"learned"}
    assert await driver.submit_view(seed.MAYA, {"reason": "Too few cases.", "learned": LEARNED}) is None
    word = await shared.sees(seed.AI_PILOTS, f"*{name} is retired.*", thread_ts=card["ts"])
    assert LEARNED in text_of(word)
    assert f"/pilot revive {name}" in await commands(shared, seed.MAYA, f"status {name}")

    await card_says(shared, card, "Revive")
    already = driver.told(seed.JONAS)
    await driver.command(seed.JONAS, seed.AI_PILOTS, "/pilot", "list retired")
    await shared.hears_next(seed.JONAS, already)
    await driver.click(seed.JONAS, driver.ephemerals(seed.JONAS)[-1], text="Revive")
    window = await opens(shared, seed.JONAS, "Revive this pilot")
    assert "goes on in shadow" in text_of(window)
    assert await driver.submit_view(seed.JONAS, {"reason": "Two more markets."}) is None
    await shared.sees(seed.AI_PILOTS, "Two more markets.", thread_ts=card["ts"])
    await card_says(shared, card, f"*{name}* · shadow")
    story = await commands(shared, seed.MAYA, f"history {name}")
    assert f"learned: {LEARNED}" in story
    assert "let the pilot go on in shadow after it had ended: Two more markets." in story


async def test_a_name_that_was_taken_meanwhile_is_told_in_a_sentence(shared: Workplace) -> None:
    driver, name = shared.driver, "Same name"
    await shared.registers(name)
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"retire {name}")
    await opens(shared, seed.MAYA, "Retire this pilot")
    assert await driver.submit_view(seed.MAYA, {"reason": "Too few cases.", "learned": LEARNED}) is None
    await shared.sees(seed.AI_PILOTS, f"*{name}* · retired")
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "revive same nam")
    assert "Did you mean *Same name*?" in await shared.is_told(seed.MAYA, "retired pilot called")
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"revive {name}")
    await opens(shared, seed.MAYA, "Revive this pilot")
    await driver.command(seed.PRIYA, seed.AI_PILOTS, "/pilot", "new")
    await driver.close_view(seed.MAYA)
    await opens(shared, seed.PRIYA, "Register a pilot")
    await driver.close_view(seed.PRIYA)
    await shared.registers(name, by=seed.PRIYA)
    retired = await shared.sees(seed.AI_PILOTS, f"*{name}* · retired")
    already = driver.told(seed.MAYA)
    await driver.click(seed.MAYA, retired, text="Revive")
    assert "Another pilot is called Same name by now" in await shared.hears_next(seed.MAYA, already)


# Ahead


async def test_a_big_jump_is_refused_with_the_next_stage(shared: Workplace) -> None:
    await shared.registers("Too eager")
    said = await commands(shared, seed.MAYA, "promote Too eager to production")
    assert "goes one stage at a time" in said
    assert "/pilot promote Too eager to shadow" in said
    said = await commands(shared, seed.MAYA, "promote Too eager to shadwo")
    assert "Did you mean `/pilot promote Too eager to shadow`?" in said


async def test_a_command_asks_for_the_promotion_as_the_button_does(shared: Workplace) -> None:
    name = "By command"
    card = await shared.registers(name)
    already = shared.driver.told(seed.MAYA)
    await shared.driver.click(seed.MAYA, card, text="Request promotion")
    by_button = await shared.hears_next(seed.MAYA, already)
    assert await commands(shared, seed.MAYA, f"promote {name} to shadow") == by_button
    root = await shared.coaches(name)
    await shared.answers_everything(root)
    await shared.sees(seed.AI_PILOTS, f"*{name}* is ready to ask for shadow")
    said = await commands(shared, seed.MAYA, f"promote {name}")
    assert name in said
    await shared.sees(seed.GATE_REVIEWS, name)


async def test_without_an_emergency_role_nobody_breaks_the_glass(shared: Workplace) -> None:
    await shared.registers("No glass")
    said = await commands(shared, seed.LENA, "breakglass No glass")
    assert "lets nobody promote in an emergency" in said
    assert "/pilot promote No glass" in said
