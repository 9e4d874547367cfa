"""A pilot's moves while Slack delivers everything twice: each happens once, and is said once."""

from pathlib import Path

import pytest

from sandbox import seed
from sandbox.clock import Timings
from sandbox.faults import Faults
from sandbox.reading import text_of

from .conftest import TRANSPORTS, workplace
from .record import ask, check_shown_exactly_once, pilot_called
from .test_stage_moves import LEARNED, WHY, card_says, has_gone, opens

NAME = "Refund triage"


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_every_move_happens_once(tmp_path: Path, transport: str) -> None:
    faults = Faults()
    faults.on_delivery("*", "duplicate")
    async with workplace(
        tmp_path, transport, faults=faults, timings=Timings(retries=(0.0, 0.05, 0.05))
    ) as place:
        driver = place.driver
        card = await place.registers(NAME)
        await has_gone(place, NAME, "shadow")
        for word, title, entered in (
            ("rollback", "Roll back", {"reason": WHY}),
            ("hold", "Put on hold", {"reason": "It waits."}),
            ("retire", "Retire this pilot", {"reason": WHY, "learned": LEARNED}),
            ("revive", "Revive this pilot", {"reason": "It is different now."}),
        ):
            if word == "retire":
                await card_says(place, card, "On hold until")
                await driver.click(seed.MAYA, driver.message(seed.AI_PILOTS, card["ts"]), text="Go on now")
                await card_says(place, card, "On hold", gone=True)
            await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"{word} {NAME}")
            await opens(place, seed.MAYA, title)
            assert await driver.submit_view(seed.MAYA, entered) is None
            await driver.settled()
        await card_says(place, card, f"*{NAME}* · pilot")
        pilot = await pilot_called(place, NAME)
        kinds = [move.kind.value for move in await ask(place, lambda tx: tx.moves.of_pilot(pilot.id))]
        assert kinds == ["registered", "promoted", "rolled_back", "retired", "revived"]
        events = [
            one.what for one in await ask(place, lambda tx: tx.audit.of(seed.NORTHWIND, "pilot", pilot.id))
        ]
        moved = [what for what in events if what in {"pilot.held", "pilot.resumed", "pilot.rolled_back"}]
        assert moved == ["pilot.rolled_back", "pilot.held", "pilot.resumed"]
        await place.sees(seed.GATE_REVIEWS, "was rolled back")
        loud = [m for m in driver.messages(seed.GATE_REVIEWS) if "was rolled back" in text_of(m)]
        assert len(loud) == 1
        await check_shown_exactly_once(place)
