"""A pilot from idea to production through the playbook that ships, and its upkeep: every question asked and answered."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.answers import Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Item
from bot.interview import shown
from sandbox import seed
from sandbox.reading import text_of

from .conftest import Workplace, workplace

NAME = "Refund triage"
STAGES = ["idea", "pilot", "shadow", "limited", "expansion", "production"]
Deciders = dict[str, tuple[str, ...]]
STANDARD: Deciders = {**dict.fromkeys(STAGES, (seed.PRIYA,)), "expansion": (seed.PRIYA, seed.TOMAS)}
"""Who approves in which stage: a gate approver, and two of them for production."""
HIGH: Deciders = {
    **dict.fromkeys(STAGES, (seed.PRIYA, seed.SAM, seed.LENA)),
    "idea": (seed.PRIYA,),
    "expansion": (seed.PRIYA, seed.SAM, seed.LENA, seed.TOMAS),
}
"""Security and operations, then risk; for production security, then risk and finance, then the sponsor."""


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Workplace]:
    async with workplace(tmp_path, settings={"PREFLIGHT_PLAYBOOK": None}) as made:
        yield made


def said_about(item: Item) -> str:
    """Return what somebody would write: the item's own good example, or what its kind asks for."""
    match item.kind:
        case AnswerKind.PERSON:
            return f"<@{seed.TOMAS}>"
        case AnswerKind.GROUP:
            return f"<!subteam^{seed.PAYMENTS_OPS}>"
        case AnswerKind.CHOICE | AnswerKind.CHOICES:
            return item.options[0].title
        case AnswerKind.LINK:
            return "https://wiki.northwind-goods.example/refund-triage/runbook"
        case _:
            return item.good


class Walk:
    """One person's way through the gates."""

    def __init__(self, place: Workplace, deciders: Deciders) -> None:
        self.place, self.deciders = place, deciders
        self.asked: dict[str, list[str]] = {}

    async def pilot(self) -> Pilot:
        workspace_id = self.place.house.identity.workspace_id
        found = await self.place.house.office.store.read(lambda tx: tx.pilots.named(workspace_id, NAME))
        assert found is not None
        return found

    async def interview(self) -> Interview:
        pilot = await self.pilot()
        found = await self.place.house.office.store.read(lambda tx: tx.interviews.latest_of(pilot.id))
        assert found is not None
        return found

    async def answers_the_gate(self) -> None:
        """Start the conversation and answer in words until it is over."""
        stage = (await self.pilot()).stage
        await self.place.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"coach {NAME}")
        while (interview := await self.interview()).state is InterviewState.OPEN:
            await self._answer(interview, stage)
        assert interview.state is InterviewState.DONE

    async def _answer(self, interview: Interview, stage: str) -> None:
        item = self.place.house.office.library.playbook.item(interview.open_item_id or "")
        assert item is not None
        self.asked.setdefault(stage, []).append(item.id)
        root = await self.root_of(interview)
        await self.place.sees(seed.AI_PILOTS, item.question[:60], thread_ts=root["ts"])
        await self.place.driver.post(seed.MAYA, seed.AI_PILOTS, said_about(item), thread_ts=root["ts"])
        for _ in range(400):
            now = await self.interview()
            assert not now.followed_up, f"{item.id}: {said_about(item)!r} was asked about once more"
            if item.id in now.passed or now.state is not InterviewState.OPEN:
                return
            await asyncio.sleep(0.025)
        raise AssertionError(f"{item.id}: {said_about(item)!r} was not taken for an answer")

    async def root_of(self, interview: Interview) -> dict[str, Any]:
        key = shown.root_key(interview.id)
        store, workspace_id = self.place.house.office.store, interview.workspace_id
        for _ in range(400):
            row = await store.read(lambda tx: tx.messages.by_key(workspace_id, key))
            if row is not None and row.slack_ts is not None:
                return {"ts": row.slack_ts}
            await asyncio.sleep(0.025)
        raise AssertionError("the conversation has no thread")

    async def is_promoted(self) -> None:
        """Ask for the promotion and let all whom the policy asks for decide; the stage moves by one, with the last of them."""
        driver, before = self.place.driver, await self.pilot()
        reviews = len(driver.messages(seed.GATE_REVIEWS))
        summary = await self.place.sees(seed.AI_PILOTS, "Request promotion")
        await driver.click(seed.MAYA, summary, text="Request promotion")
        await driver.wait_until(
            lambda: len(driver.messages(seed.GATE_REVIEWS)) > reviews,
            timeout=self.place.patience,
            what="the review card",
        )
        for person in self.deciders[before.stage]:
            assert (await self.pilot()).stage == before.stage
            await driver.click(person, driver.messages(seed.GATE_REVIEWS)[-1], text="Approve")
            if self.confirms(before.stage):
                await driver.wait_view(person)
                assert await driver.submit_view(person, {"name": NAME}) is None
        assert (await self.pilot()).stage != before.stage

    def confirms(self, stage: str) -> bool:
        """Whether whoever approves types the pilot's name: from readiness on, where much can go wrong."""
        return self.deciders is HIGH and stage != "idea"

    async def is_accepted_by_the_owner(self) -> None:
        """Let Jonas accept, as he was asked when the pilot was registered."""
        driver = self.place.driver
        question = await driver.wait_dm(seed.JONAS, "production owner")
        await driver.click(seed.JONAS, question, text="Accept")
        await driver.wait_view(seed.JONAS)
        runbook = {"runbook": "https://wiki.northwind-goods.example/refund-triage/runbook"}
        assert await driver.submit_view(seed.JONAS, runbook | {"contact": seed.SAM}) is None

    async def to_production(self, days: int) -> list[str]:
        """Take the pilot through all gates, the last one when it has been in its stage for so many days."""
        way = []
        for _ in range(5):
            way.append((await self.pilot()).stage)
            if way[-1] == "expansion":
                await self.is_accepted_by_the_owner()
                await self.place.driver.fast_forward(days=days)
            await self.answers_the_gate()
            await self.is_promoted()
        return [*way, (await self.pilot()).stage]


async def test_a_pilot_goes_from_idea_to_production_and_is_kept_there(place: Workplace) -> None:
    walk = Walk(place, STANDARD)
    await place.registers(NAME, stage="idea")
    assert await walk.to_production(days=14) == STAGES

    asked = [item_id for some in walk.asked.values() for item_id in some]
    assert len(asked) == len(set(asked)), "somebody was asked twice"
    known = await _answers(place, await walk.pilot())
    assert {answer.status for answer in known.values()} <= {Status.IN_PLACE, Status.NOT_APPLICABLE}

    # three months later the evidence is old: it is looked at again, and nothing is promoted
    await place.driver.fast_forward(days=100)
    await place.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"coach {NAME}")
    interview = await walk.interview()
    assert interview.state is InterviewState.OPEN
    assert interview.gate_id == "upkeep"
    question = await place.sees(seed.AI_PILOTS, "Still true", thread_ts=(await walk.root_of(interview))["ts"])
    await place.driver.click(seed.MAYA, question, text="Still true")
    assert len((await walk.interview()).passed) == 1
    assert "Request promotion" not in text_of(place.driver.messages(seed.AI_PILOTS)[-1])


async def test_a_pilot_that_can_do_harm_is_decided_by_several_roles_in_order(place: Workplace) -> None:
    walk = Walk(place, HIGH)
    await place.registers(NAME, stage="idea", tier="high")
    assert await walk.to_production(days=28) == STAGES


async def _answers(place: Workplace, pilot: Pilot) -> dict[str, Any]:
    return dict(await place.house.office.store.read(lambda tx: tx.answers.current(pilot.id)))
