"""Whether those who answer for pilots are still here: Slack says when somebody leaves, and once a day we ask.

Events that came while Preflight was down are gone for good, and who has left does nothing by which that would show. So the
owners and champions of running pilots are looked up after each start and about once a day, a few a minute.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.desk import Desk, Front
from bot.domain.people import Person, is_group
from bot.domain.values import Occasion
from bot.reopening import workflow

AGAIN_AFTER: Final = timedelta(hours=6)
"""When the next round begins. The directory asks Slack about nobody whom it asked about within a day."""
AT_A_TIME: Final = 20
"""How many people a minute are looked up at most: Slack allows a hundred, and others need some of them."""


async def on_left_or_back(front: Front, person: Person) -> None:
    """Look at the pilots of somebody who has left, or who is a member again, in transactions of its own."""
    office = front.office
    at = office.own_occasion(person.workspace_id)
    while await office.carry_out(workflow.ask_no_more, at, person.user_id):
        pass
    await office.carry_out(workflow.person_gone, at, person.user_id)


class RollCall:
    """Asks Slack about everybody who answers for a pilot; what it says is kept, and followed up, by the directory."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._called_at: datetime | None = None
        self._left: list[tuple[str, str]] = []

    async def go_on(self, now: datetime) -> None:
        """Look up the next few of a round."""
        if not self._left and (self._called_at is None or abs(now - self._called_at) >= AGAIN_AFTER):
            self._left, self._called_at = await self._everybody(), now
        some, self._left = self._left[:AT_A_TIME], self._left[AT_A_TIME:]
        for workspace_id, user_id in some:
            await self._front.people.know(workspace_id, user_id)

    async def _everybody(self) -> list[tuple[str, str]]:
        office = self._front.office
        found: list[tuple[str, str]] = []
        for workspace in await office.store.read(lambda tx: tx.workspaces.all()):
            at: Occasion = office.own_occasion(workspace.workspace_id)
            found += [(workspace.workspace_id, one) for one in await office.look_up(_who_answers, at)]
        return found


def _who_answers(desk: Desk) -> list[str]:
    """Return the owners and champions of all running pilots, groups aside."""
    pilots = desk.tx.pilots.all_active(desk.at.workspace_id)
    people = dict.fromkeys(one for pilot in pilots for one in (pilot.owner_id, pilot.champion_id))
    return [one for one in people if not is_group(one)]
