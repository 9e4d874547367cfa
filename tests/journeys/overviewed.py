"""A workspace with some pilots in it, put there as the form would, only quicker."""

from decimal import Decimal
from typing import Any

from bot.domain.pilots import Metric, Pilot, Registration
from bot.domain.values import Occasion
from bot.pilots import workflow as pilots
from sandbox import seed

from .conftest import Workplace


async def registered(place: Workplace, *names: str, by: str = seed.MAYA, **changed: Any) -> list[Pilot]:
    """Register pilots, and return them."""
    office = place.house.office
    for person in (seed.MAYA, seed.JONAS, seed.PRIYA, by):
        await place.house.front.people.know(place.house.identity.workspace_id, person)
    made = []
    for name in names:
        facts: dict[str, Any] = {
            "name": name,
            "problem": "It sorts things.",
            "champion_id": by,
            "owner_id": seed.JONAS,
            "channel_id": seed.AI_PILOTS,
            "metric": Metric(name="Sorted", unit="%", baseline=Decimal(22), bar=Decimal(60)),
        }
        form = Registration.model_validate(facts | changed)
        at = Occasion(
            workspace_id=place.house.identity.workspace_id, actor_id=by, now=office.clock.now(), delivery=None
        )
        made.append(await office.carry_out(pilots.register, at, form))
    return made
