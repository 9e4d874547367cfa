"""Somebody who answers for a pilot goes, as the people involved see it: the word in the channel, and who takes it on."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.desk import Desk
from bot.domain.pilots import Metric, Registration
from bot.domain.waivers import day_of
from bot.orphans import championship
from bot.orphans.several_messages import SHOWN
from bot.pilots import workflow as pilots
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace
from .record import ask, check_shown_exactly_once, pilot_called, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKED = ("Who takes it on?", "Who takes one on?")
"""How the word in the channel asks, about one pilot and about several of one person."""


async def registers(place: Workplace, name: str, **people: Any) -> None:
    await place.registers(name, by=seed.PRIYA, **people)


async def missed(place: Workplace, name: str) -> dict[str, Any]:
    """Wait for the word that somebody is missed at a pilot."""

    def shown() -> dict[str, Any] | None:
        found = (
            one
            for one in place.driver.messages(seed.AI_PILOTS)
            if any(asked in text_of(one) for asked in ASKED)
        )
        return next((one for one in found if f"*{name}*" in text_of(one)), None)

    return await place.driver.wait_until(shown, timeout=PATIENCE, what=f"the word that {name} is orphaned")


async def absent(place: Workplace) -> set[str]:
    workspace_id = place.house.identity.workspace_id
    return set(await ask(place, lambda tx: tx.absences.of_channel(workspace_id, seed.AI_PILOTS)))


async def test_a_champion_leaves_the_company_and_one_of_two_takes_it_on(shared: Workplace) -> None:
    driver, name = shared.driver, "Refund triage"
    rung: list[frozenset[str]] = []
    shared.house.office.bell.subscribe(lambda _, pilot_ids: rung.append(pilot_ids))
    await registers(shared, name, champion=seed.TOMAS)
    await driver.actions.deactivate(seed.TOMAS)
    word = await missed(shared, name)
    assert "has left, so *Refund triage* is without its champion" in text_of(word)
    rung.clear()
    already = {who: driver.told(who) for who in (seed.LENA, seed.SAM)}
    await asyncio.gather(*(driver.click(who, word, text="Claim") for who in already))
    taken = await shared.sees(seed.AI_PILOTS, "is looked after again")
    assert taken["ts"] == word["ts"]
    pilot = await pilot_called(shared, name)
    assert pilot.champion_id in already
    (late,) = [who for who in already if who != pilot.champion_id]
    told = await shared.hears_next(late, already[late])
    assert f"<@{pilot.champion_id}> was quicker" in told
    assert frozenset({pilot.id}) in rung, "whoever shows this pilot hears of it"
    await check_shown_exactly_once(shared)


async def test_guests_claim_nothing(shared: Workplace) -> None:
    driver, name = shared.driver, "Invoice matching"
    await registers(shared, name, champion=seed.JONAS, owner=seed.LENA)
    await driver.actions.change_person(seed.JONAS, {"is_restricted": True})
    word = await missed(shared, name)
    assert "is no full member here any more" in text_of(word)
    await driver.click(seed.GUS, word, text="Claim")
    await shared.is_told(seed.GUS, "Guests, bots and people of other workspaces cannot take a pilot on")
    await driver.actions.change_person(seed.JONAS, {"is_restricted": False})
    back = await shared.sees(seed.AI_PILOTS, f"<@{seed.JONAS}> is here again")
    assert back["ts"] == word["ts"]


async def test_an_owner_leaves_the_channel_and_somebody_else_accepts(shared: Workplace) -> None:
    driver, name = shared.driver, "Shelf photos"
    await registers(shared, name, owner=seed.MAYA)
    await driver.actions.leave_channel(seed.MAYA, seed.AI_PILOTS)
    word = await missed(shared, name)
    assert f"<@{seed.MAYA}> has left this channel" in text_of(word)
    await driver.click(seed.SAM, word, text="Claim")
    await driver.wait_view(seed.SAM, title="Accept", timeout=PATIENCE)
    settled = await shared.sees(seed.AI_PILOTS, f"<@{seed.SAM}> is named as its owner")
    assert settled["ts"] == word["ts"]
    first_look = day_of(shared.house.office.clock.now()) + timedelta(days=30)
    filled_in = {
        "runbook": "https://wiki.northwind-goods.example/runbooks/shelf-photos",
        "contact_words": "rota Stores",
        "first_review": first_look.isoformat(),
    }
    assert await driver.submit_view(seed.SAM, filled_in) is None
    await shared.sees(seed.AI_PILOTS, f"<@{seed.SAM}> (accepted")
    pilot = await pilot_called(shared, name)
    assert pilot.owner_id == seed.SAM
    assert pilot.owner_accepted_at is not None


async def test_leaving_and_joining_are_kept_of_those_who_answer_for_a_pilot(shared: Workplace) -> None:
    driver, name = shared.driver, "Delivery slots"
    await registers(shared, name, champion=seed.PRIYA)
    await driver.actions.leave_channel(seed.GUS, seed.AI_PILOTS)
    shared.sandbox.faults.on_delivery("events_api", "reorder", count=1)
    await driver.actions.leave_channel(seed.PRIYA, seed.AI_PILOTS)
    await missed(shared, name)
    shared.sandbox.faults.on_delivery("events_api", "duplicate", count=2)
    await driver.actions.invite(seed.SAM, seed.AI_PILOTS, seed.PRIYA)

    async def back() -> bool:
        return seed.PRIYA not in await absent(shared)

    await until(back)
    shared.sandbox.faults.clear()
    await driver.settled()
    assert seed.GUS not in await absent(shared), "of others nothing is kept"
    await check_shown_exactly_once(shared)


async def test_a_champion_passes_it_on_and_one_cannot_and_one_can(shared: Workplace) -> None:
    driver, name, office = shared.driver, "Store chat", shared.house.office
    await registers(shared, name, champion=seed.PRIYA, owner=seed.JONAS)
    pilot = await pilot_called(shared, name)

    async def asks(who: str) -> dict[str, Any]:
        at = office.own_occasion(pilot.workspace_id).model_copy(update={"actor_id": seed.PRIYA})
        await shared.house.front.people.know(pilot.workspace_id, who)
        await office.carry_out(championship.hand_championship, at, pilot.id, who, "I change teams.")
        return await driver.wait_dm(who, f"champion *{name}* in their place", timeout=PATIENCE)

    await driver.click(seed.SAM, await asks(seed.SAM), text="Not me either")
    await driver.wait_dm(seed.SAM, "you cannot take it on", timeout=PATIENCE)
    await driver.wait_dm(seed.PRIYA, f"<@{seed.SAM}> cannot take *{name}* on", timeout=PATIENCE)
    question = await asks(seed.LENA)
    await driver.click(seed.LENA, question, text="Claim it")
    settled = await driver.wait_dm(seed.LENA, "you champion it from now on", timeout=PATIENCE)
    assert settled["ts"] == question["ts"]
    assert (await pilot_called(shared, name)).champion_id == seed.LENA
    await driver.click(seed.LENA, question, text="Claim it")  # as it stood on another screen
    await shared.is_told(seed.LENA, "You champion Store chat already")
    await check_shown_exactly_once(shared)


async def leaves_many(place: Workplace, who: str, count: int) -> list[str]:
    """Register pilots that somebody champions, in one go, and let them leave the company; return the pilots' names."""
    office, names = place.house.office, [f"Branch {number:02}" for number in range(count)]
    at = office.own_occasion(place.house.identity.workspace_id).model_copy(update={"actor_id": seed.PRIYA})
    for person in (seed.PRIYA, seed.LENA, who):
        await place.house.front.people.know(at.workspace_id, person)

    def register(desk: Desk) -> None:
        for name in names:
            pilots.register(desk, registration(name=name, champion_id=who, owner_id=seed.LENA))

    await office.carry_out(register, at)
    await place.driver.actions.deactivate(who)
    return names


def registration(**facts: str) -> Registration:
    metric = Metric(name="Deflection", unit="%", baseline=Decimal(22), bar=Decimal(60))
    return Registration.model_validate(
        {"problem": "Sorts letters.", "channel_id": seed.AI_PILOTS, "metric": metric} | facts
    )


async def test_the_champion_of_many_leaves_and_their_channel_reads_one_word_with_a_line_for_each(
    shared: Workplace,
) -> None:
    driver = shared.driver
    if seed.MAYA not in shared.sandbox.state.members[seed.AI_PILOTS]:  # she left it further up
        await driver.actions.invite(seed.SAM, seed.AI_PILOTS, seed.MAYA)
    names = await leaves_many(shared, seed.MAYA, SHOWN + 3)
    word = await shared.sees(seed.AI_PILOTS, "and *23 pilots here need somebody*")
    asking = [
        one for one in driver.messages(seed.AI_PILOTS) if f"<@{seed.MAYA}> has left, and" in text_of(one)
    ]
    assert len(asking) == 1
    first = await pilot_called(shared, names[0])
    await driver.click(seed.SAM, word, text="Claim", block_id=f"line:{first.id}")
    settled = await shared.sees(seed.AI_PILOTS, f"*{names[0]}* · <@{seed.SAM}> champions it")
    assert settled["ts"] == word["ts"]
    await driver.click(seed.LENA, word, text="Show the others")
    listed = await shared.is_told(seed.LENA, names[-1])
    assert names[0] not in listed
    last = await pilot_called(shared, names[-1])
    shown = next(one for one in driver.ephemerals(seed.LENA) if names[-1] in text_of(one))
    await driver.click(seed.LENA, shown, value=f"{last.id} champion {seed.MAYA}")

    def is_gone_from_the_list() -> bool:
        return not any(names[-1] in text_of(one) for one in driver.ephemerals(seed.LENA))

    await driver.wait_until(is_gone_from_the_list, timeout=PATIENCE, what="the list without what was claimed")
    assert (await pilot_called(shared, names[-1])).champion_id == seed.LENA
    await shared.sees(seed.AI_PILOTS, "and *21 pilots here need somebody*")
    await driver.actions.reactivate(seed.MAYA)
    await shared.sees(seed.AI_PILOTS, "has left this channel, and *21 pilots here need somebody*")
    await driver.actions.invite(seed.SAM, seed.AI_PILOTS, seed.MAYA)
    back = await shared.sees(seed.AI_PILOTS, f"<@{seed.MAYA}> is here again and looks after these")
    assert back["ts"] == word["ts"]
    await check_shown_exactly_once(shared)
