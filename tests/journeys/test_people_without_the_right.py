"""Guests, people who left, and people of another workspace: what they may not do is refused to them alone."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, workplace
from .record import decisions_on, everything, pilot_called, refused_since, review_of

DECIDES = {"Approve", "Decline"}
"""The buttons whose refusal is put on the record."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workplace]:
    """A workplace over HTTP whose two channels are shared with Contoso, and in which Gus the guest sees reviews."""
    async with workplace(tmp_path_factory.mktemp("shared"), "http") as made:
        do = made.driver.actions
        for channel in (seed.AI_PILOTS, seed.GATE_REVIEWS):
            await do.share_channel(channel, seed.CONTOSO)
            await do.invite(seed.LENA, channel, seed.CARLA)
        await do.invite(seed.LENA, seed.GATE_REVIEWS, seed.GUS)
        await do.change_usergroup(
            seed.GATE_APPROVERS, [seed.PRIYA, seed.TOMAS, seed.LENA, seed.GUS, seed.CARLA]
        )
        yield made


async def before_approvers(place: Workplace, name: str) -> dict[str, Any]:
    """Return the review card of a pilot that is ready and asks for its promotion."""
    await place.registers(name)
    root = await place.coaches(name)
    await place.answers_everything(root)
    ready = await place.sees(seed.AI_PILOTS, f"*{name}* is ready")
    await place.driver.click(seed.MAYA, ready, text="Request promotion")
    return await place.sees(seed.GATE_REVIEWS, name)


async def refused(place: Workplace, person: str, message: dict[str, Any], button: str) -> str:
    """Click and return what the person alone is told; nothing but that they tried to decide may be in the database."""
    before, already = await everything(place), place.driver.told(person)
    await place.driver.click(person, message, text=button)
    said = await place.driver.wait_until(
        lambda: next((text_of(e) for e in place.driver.ephemerals(person, after=already)), None),
        timeout=PATIENCE,
        what=f"{person} being refused {button}",
    )
    await place.driver.settled()
    assert await refused_since(place, before) == (1 if button in DECIDES else 0)
    return said


async def test_who_is_of_another_workspace_cannot_decide_even_from_the_group(house: Workplace) -> None:
    card = await before_approvers(house, "Shared channel")
    for button in ("Approve", "Decline"):
        assert "people of this workspace" in await refused(house, seed.CARLA, card, button)
    assert house.driver.views(seed.CARLA) == []
    assert await decisions_on(house, await pilot_called(house, "Shared channel")) == []


async def test_a_guest_cannot_decide_even_from_the_group(house: Workplace) -> None:
    card = await before_approvers(house, "Guest in the group")
    for button in ("Approve", "Decline"):
        said = await refused(house, seed.GUS, card, button)
        assert "Guests, bots and deactivated accounts cannot decide" in said
        assert f"<!subteam^{seed.GATE_APPROVERS}>" in said
    assert house.driver.views(seed.GUS) == []


@pytest.mark.parametrize("person", [seed.GUS, seed.CARLA])
async def test_guests_and_others_neither_start_nor_answer_nor_ask(house: Workplace, person: str) -> None:
    name = f"Not for {person}"
    card = await house.registers(name)
    await refused(house, person, card, "Continue readiness")
    root = await house.coaches(name)
    question = await house.question(root, 1)
    for button in ("In place", "Does not apply", "Skip"):
        assert "cannot answer here" in await refused(house, person, question, button)
    for button in ("Pause", "Stop here"):
        assert "cannot answer here" in await refused(house, person, root, button)
    await house.answers_everything(root)
    ready = await house.sees(seed.AI_PILOTS, f"*{name}* is ready")
    await refused(house, person, ready, "Request promotion")
    settled = next(
        m
        for m in house.driver.thread(seed.AI_PILOTS, root["ts"])
        if "live since 3 March" in text_of(m) and "Change" in text_of(m)
    )
    assert "cannot answer here" in await refused(house, person, settled, "Change")
    assert house.driver.views(person) == []


async def test_who_has_left_since_cannot_decide(house: Workplace) -> None:
    """Slack lets nobody click who is deactivated; a click that was under way, or forged, is refused all the same."""
    card = await before_approvers(house, "Left since")
    await house.driver.actions.deactivate(seed.TOMAS)
    await house.driver.settled()
    try:
        before = await everything(house)
        outcome = await house.driver.click(seed.PRIYA, card, text="Decline")
        under_way = json.loads(json.dumps(outcome.payload))
        pilot = await pilot_called(house, "Left since")
        review = await review_of(house, pilot)
        under_way["user"] = {
            "id": seed.TOMAS,
            "username": "tomas",
            "name": "tomas",
            "team_id": seed.NORTHWIND,
        }
        under_way["actions"][0] |= {"action_id": "review.approve", "value": review.id}
        under_way["trigger_id"] = "1.2.forged"
        assert (await sent(house, under_way)).status_code == 200
        assert await decisions_on(house, pilot) == []
        assert await refused_since(house, before) == 1
    finally:
        await house.driver.actions.reactivate(seed.TOMAS)
        await house.driver.settled()


async def test_who_came_back_may_decide_again(house: Workplace) -> None:
    card = await before_approvers(house, "Back again")
    await house.driver.actions.deactivate(seed.TOMAS)
    await house.driver.settled()
    await house.driver.actions.reactivate(seed.TOMAS)
    await house.driver.actions.invite(seed.LENA, seed.GATE_REVIEWS, seed.TOMAS)
    await house.driver.settled()
    await house.driver.click(seed.TOMAS, card, text="Approve")
    await house.sees(seed.GATE_REVIEWS, f"*Approved* by <@{seed.TOMAS}>")


async def test_a_stranger_cannot_retire_a_pilot_and_writes_no_reason_in_vain(house: Workplace) -> None:
    card = await house.registers("Not theirs")
    before, already = await everything(house), house.driver.told(seed.SAM)
    await house.driver.click(seed.SAM, card, selected="Retire")
    said = await house.driver.wait_until(
        lambda: next((text_of(e) for e in house.driver.ephemerals(seed.SAM, after=already)), None),
        timeout=PATIENCE,
    )
    assert "can do that for Not theirs" in said
    assert house.driver.views(seed.SAM) == []
    assert await refused_since(house, before) == 1


async def test_a_click_on_a_card_with_replies_is_answered_beside_it_where_they_clicked(
    house: Workplace,
) -> None:
    card = await house.registers("Answered above")
    await house.driver.post(seed.MAYA, seed.AI_PILOTS, "A word about it", thread_ts=card["ts"])
    already = house.driver.told(seed.SAM)
    await house.driver.click(seed.SAM, card, selected="Retire")
    said = await house.driver.wait_until(
        lambda: next(iter(house.driver.ephemerals(seed.SAM, after=already)), None), timeout=PATIENCE
    )
    assert "can do that for Answered above" in text_of(said)
    assert said.get("thread_ts") is None


async def sent(place: Workplace, payload: dict[str, Any]) -> httpx.Response:
    """Send an interaction rightly signed, as Slack would."""
    http = place.sandbox.http
    body = urlencode({"payload": json.dumps(payload)}).encode()
    timestamp = str(int(time.time()))
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": http.signature(timestamp, body),
    }
    async with httpx.AsyncClient() as client:
        return await client.post(str(http.url), content=body, headers=headers)
