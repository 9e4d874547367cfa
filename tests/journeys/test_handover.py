"""Who owns a pilot, as the people involved see it: asked in a direct message or under the card, accepted, declined, handed on."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.handovers import Handover, HandoverState
from bot.domain.waivers import day_of
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace
from .record import ask, check_shown_exactly_once, pilot_called

pytestmark = pytest.mark.asyncio(loop_scope="module")

RUNBOOK = "https://wiki.northwind-goods.example/runbooks/refund-triage"


async def handovers_of(place: Workplace, name: str) -> list[Handover]:
    pilot = await pilot_called(place, name)
    return await ask(place, lambda tx: tx.handovers.of_pilot(pilot.id))


def filled_in(place: Workplace, **changed: Any) -> dict[str, Any]:
    """Return what somebody enters who accepts, with the first look in a month."""
    day = day_of(place.house.office.clock.now()) + timedelta(days=30)
    return {
        "runbook": RUNBOOK,
        "contact_words": "rota Payments",
        "first_review": day.isoformat(),
    } | changed


async def opens(place: Workplace, who: str, message: dict[str, Any], button: str, title: str) -> None:
    """Press a button and wait for the form that it opens."""
    await place.driver.click(who, message, text=button)
    await place.driver.wait_view(who, title=title, timeout=PATIENCE)


async def is_refused(place: Workplace, who: str, message: dict[str, Any], button: str, words: str) -> None:
    """Press a button and wait for the private word that it is not theirs to press."""
    already = place.driver.told(who)
    await place.driver.click(who, message, text=button)
    assert words in await place.hears_next(who, already)
    assert place.driver.views(who) == []


async def test_who_is_named_at_registration_is_asked_and_accepts(shared: Workplace) -> None:
    driver, name = shared.driver, "Refund triage"
    card = await shared.registers(name)
    assert f"<@{seed.JONAS}> (proposed)" in text_of(card)
    question = await driver.wait_dm(seed.JONAS, f"*{name}*", timeout=PATIENCE)
    assert "can wait until there is a runbook" in text_of(question)

    await opens(shared, seed.JONAS, question, "Accept", "Accept")
    yesterday = day_of(shared.house.office.clock.now()) - timedelta(days=1)
    errors = await driver.submit_view(
        seed.JONAS,
        {"runbook": RUNBOOK, "contact": seed.GUS, "first_review": yesterday.isoformat()},
    )
    assert errors
    assert set(errors) == {"contact", "first_review"}
    both = filled_in(shared, contact=seed.SAM, contact_group=seed.PAYMENTS_OPS)
    assert set(await driver.submit_view(seed.JONAS, both) or {}) == {"contact_group"}
    assert (await handovers_of(shared, name))[0].state is HandoverState.PROPOSED
    await driver.close_view(seed.JONAS)

    await opens(shared, seed.JONAS, question, "Accept", "Accept")
    assert await driver.submit_view(seed.JONAS, filled_in(shared, contact=seed.SAM)) is None
    accepted = await shared.sees(seed.AI_PILOTS, f"<@{seed.JONAS}> (accepted")
    assert accepted["ts"] == card["ts"]
    settled = await driver.wait_dm(seed.JONAS, f"owner of *{name}* since", timeout=PATIENCE)
    assert settled["ts"] == question["ts"]
    told = await shared.sees(seed.AI_PILOTS, "has its production owner", thread_ts=card["ts"])
    assert f"on call: <@{seed.SAM}>, rota Payments" in text_of(told)

    await driver.click(seed.JONAS, question, text="Accept")  # as it stood on another screen
    await shared.is_told(seed.JONAS, "You have answered this already")


async def test_who_declines_says_why_and_the_champion_names_somebody_else(shared: Workplace) -> None:
    driver, name = shared.driver, "Invoice matching"
    card = await shared.registers(name, owner=seed.TOMAS)
    question = await driver.wait_dm(seed.TOMAS, f"*{name}*", timeout=PATIENCE)
    await opens(shared, seed.TOMAS, question, "Not me", "Not me")
    assert set(await driver.submit_view(seed.TOMAS, {"reason": " "}) or {}) == {"reason"}
    assert await driver.submit_view(seed.TOMAS, {"reason": "Finance only pays for it."}) is None
    word = await shared.sees(seed.AI_PILOTS, "Finance only pays for it.", thread_ts=card["ts"])
    assert f"<@{seed.MAYA}>" in text_of(word)
    await shared.sees(seed.AI_PILOTS, f"<@{seed.TOMAS}> (declined)")

    await is_refused(shared, seed.LENA, word, "Name somebody else", "can do that for Invoice matching")
    await opens(shared, seed.MAYA, word, "Name somebody else", "Hand over")
    assert set(await driver.submit_view(seed.MAYA, {"owner": seed.GUS}) or {}) == {"owner"}
    await driver.close_view(seed.MAYA)
    await opens(shared, seed.MAYA, word, "Name somebody else", "Hand over")
    named = {"owner": seed.SAM, "note": "You run the queue."}
    assert await driver.submit_view(seed.MAYA, named) is None
    asked = await driver.wait_dm(seed.SAM, f"*{name}*", timeout=PATIENCE)
    assert "You run the queue." in text_of(asked)
    await shared.sees(seed.AI_PILOTS, f"<@{seed.SAM}> (proposed)")


async def test_any_member_of_a_group_accepts_for_it_and_nobody_else(shared: Workplace) -> None:
    driver, name = shared.driver, "Shelf photos"
    card = await shared.registers(name, owner=None, owner_group=seed.PAYMENTS_OPS)
    question = await shared.sees(seed.AI_PILOTS, "Any of you may answer for all", thread_ts=card["ts"])
    assert f"<!subteam^{seed.PAYMENTS_OPS}" in text_of(question)

    await is_refused(shared, seed.LENA, question, "Accept", "does not count you among them")
    await is_refused(shared, seed.GUS, question, "Not us", "cannot take a pilot on")
    await driver.actions.change_usergroup(seed.PAYMENTS_OPS, [seed.SAM])  # Jonas has just left the team
    await is_refused(shared, seed.JONAS, question, "Accept", "does not count you among them")
    await opens(shared, seed.SAM, question, "Accept", "Accept")
    await driver.actions.change_usergroup(seed.PAYMENTS_OPS, [seed.JONAS])  # and Sam with the form open
    assert await driver.submit_view(seed.SAM, filled_in(shared)) is not None
    await driver.close_view(seed.SAM)
    await driver.actions.change_usergroup(seed.PAYMENTS_OPS, [seed.JONAS, seed.SAM])
    await opens(shared, seed.SAM, question, "Accept", "Accept")
    assert await driver.submit_view(seed.SAM, filled_in(shared)) is None
    await shared.sees(seed.AI_PILOTS, f"<@{seed.SAM}> accepted for", thread_ts=card["ts"])
    (kept,) = await handovers_of(shared, name)
    assert (kept.state, kept.decided_by) == (HandoverState.ACCEPTED, seed.SAM)


async def test_two_members_at_the_same_instant_are_one_answer(shared: Workplace) -> None:
    driver, name = shared.driver, "Tax codes"
    card = await shared.registers(name, owner=None, owner_group=seed.PAYMENTS_OPS)
    question = await shared.sees(seed.AI_PILOTS, f"as *production owner* of *{name}*", thread_ts=card["ts"])
    await opens(shared, seed.JONAS, question, "Accept", "Accept")
    await opens(shared, seed.SAM, question, "Not us", "Not us")
    answers = await asyncio.gather(
        driver.submit_view(seed.JONAS, filled_in(shared)),
        driver.submit_view(seed.SAM, {"reason": "Not our systems."}),
    )
    (kept,) = await handovers_of(shared, name)
    assert kept.state in {HandoverState.ACCEPTED, HandoverState.REFUSED}
    late = [said for said in answers if said]
    assert len(late) == 1
    assert "before you" in " ".join(late[0].values())
    await check_shown_exactly_once(shared)


async def test_an_owner_who_accepted_hands_it_on_from_the_command(shared: Workplace) -> None:
    driver, name = shared.driver, "Claim letters"
    card = await shared.registers(name, owner=seed.PRIYA)
    question = await driver.wait_dm(seed.PRIYA, f"*{name}*", timeout=PATIENCE)
    await opens(shared, seed.PRIYA, question, "Accept", "Accept")
    assert await driver.submit_view(seed.PRIYA, filled_in(shared)) is None
    await shared.sees(seed.AI_PILOTS, f"<@{seed.PRIYA}> (accepted")

    await driver.command(seed.PRIYA, seed.AI_PILOTS, "/pilot", f"handover {name}")
    await driver.wait_view(seed.PRIYA, title="Hand over", timeout=PATIENCE)
    assert await driver.submit_view(seed.PRIYA, {"owner": seed.LENA}) is None
    await shared.sees(seed.AI_PILOTS, f"<@{seed.LENA}> is asked to take over")
    asked = await driver.wait_dm(seed.LENA, f"*{name}*", timeout=PATIENCE)
    await is_refused(shared, seed.GUS, card, "Hand over", "Guests")
    await opens(shared, seed.LENA, asked, "Accept", "Accept")
    assert await driver.submit_view(seed.LENA, filled_in(shared)) is None
    await shared.sees(seed.AI_PILOTS, f"<@{seed.PRIYA}> is relieved", thread_ts=card["ts"])
    await driver.wait_dm(seed.PRIYA, "You are relieved", timeout=PATIENCE)
    assert (await pilot_called(shared, name)).owner_id == seed.LENA


async def test_who_leaves_before_accepting_is_asked_no_more(shared: Workplace) -> None:
    driver, name = shared.driver, "Meter readings"
    leaver = await driver.actions.hire(seed.NORTHWIND, "nora", "Nora Lang")
    card = await shared.registers(name, owner=leaver)
    await driver.wait_dm(leaver, f"*{name}*", timeout=PATIENCE)
    await driver.actions.deactivate(leaver)
    word = await shared.sees(seed.AI_PILOTS, "is no longer here", thread_ts=card["ts"])
    assert "Name somebody else" in text_of(word)
    await shared.sees(seed.AI_PILOTS, f"<@{leaver}> (has left)")
