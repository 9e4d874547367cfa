"""A promotion that cannot wait for its review, through the playbook that ships: its emergency role is the risk office."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox import seed
from sandbox.reading import text_of

from .conftest import Workplace, workplace
from .record import check_shown_exactly_once, pilot_called
from .test_stage_moves import WHY, card_says, commands, opens


@pytest.fixture
async def ours(tmp_path: Path) -> AsyncIterator[Workplace]:
    async with workplace(tmp_path, settings={"PREFLIGHT_PLAYBOOK": None}) as made:
        yield made


async def test_the_risk_office_promotes_in_an_emergency_and_it_is_reviewed_afterwards(
    ours: Workplace,
) -> None:
    driver, name = ours.driver, "Refund triage"
    card = await ours.registers(name, stage="pilot")
    said = await commands(ours, seed.MAYA, f"breakglass {name}")
    assert f"can promote {name} in an emergency" in said
    await driver.command(seed.LENA, seed.AI_PILOTS, "/pilot", f"breakglass {name}")
    window = await opens(ours, seed.LENA, "Promote at once")
    assert "*Not in place*" in text_of(window)
    errors = await driver.submit_view(seed.LENA, {"reason": WHY, "name": "Refunds"})
    assert errors
    assert set(errors) == {"name"}
    assert await driver.submit_view(seed.LENA, {"reason": WHY, "name": name}) is None
    loud = text_of(
        await ours.sees(seed.AI_PILOTS, f"*{name} was promoted in an emergency* from pilot to shadow")
    )
    assert WHY in loud
    assert "*Not in place*" in loud
    assert WHY in text_of(await ours.sees(seed.GATE_REVIEWS, "Was that right?"))
    await card_says(ours, card, "*Promoted in an emergency* from pilot")
    pilot = await pilot_called(ours, name)
    assert pilot.stage == "shadow"
    store = ours.house.office.store
    (review,) = await store.read(lambda tx: tx.reviews.all_open_of(pilot.id))
    assert review.requested_by == seed.LENA
    await check_shown_exactly_once(ours)
