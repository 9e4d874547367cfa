"""The whole portfolio for a channel: its figures, and its pilots with the worst off first. Gathers facts; changes no pilot."""

from collections.abc import Mapping
from typing import Final

from bot.desk import Desk
from bot.domain.errors import Refusal
from bot.domain.messages import Body
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.seeking import Shown, Sought
from bot.pilots import workflow as pilots
from bot.portfolio.counts import figures
from bot.portfolio.lines import lines_of
from bot.portfolio.listing import furthest_first
from bot.portfolio.overview_messages import Overview, overview_message
from storage.ids import new_id

PILOTS_SHOWN: Final = 100
"""How many pilots the table has room for."""
WORST_FIRST: Final = (Shown.STALLED, Shown.AT_RISK, Shown.ALL)


class NotInThisChannel(Refusal):
    """I can post the portfolio only where I am. Invite me with `/invite @Preflight`, then ask again; `/pilot list` shows the pilots to you alone."""


def may_post(desk: Desk) -> None:
    """Refuse guests and people of other workspaces, because the table shows everything."""
    pilots.check_member(desk)


def of_today(desk: Desk, handles: Mapping[str, str]) -> Body:
    """Return the portfolio as it is now; `handles` are what user groups are called, which only Slack knows."""
    may_post(desk)
    return overview_message(desk.library, _gathered(desk, handles), desk.at.actor_id, desk.at.now)


def post(desk: Desk, channel_id: str, body: Body) -> None:
    """Post it to a channel. It was read before, so that nobody's change waits while all of it is."""
    may_post(desk)
    desk.tx.messages.show(desk.at.workspace_id, f"portfolio:{new_id()}", channel_id, body)


def _gathered(desk: Desk, handles: Mapping[str, str]) -> Overview:
    workspace_id = desk.at.workspace_id
    some = _worst_first(desk)
    lines = tuple(lines_of(desk, some))
    counted = figures(desk.playbook, desk.tx.tallies.of(workspace_id))
    people = desk.tx.people.some(workspace_id, {one.owner_id for one in some if not is_group(one.owner_id)})
    named = {group_id: f"@{handle}" for group_id, handle in handles.items()}
    named |= {person.user_id: person.name for person in people.values()}
    return Overview(counted, lines, max(counted.pilots, len(lines)), named)


def _worst_first(desk: Desk) -> list[Pilot]:
    """Return as many pilots as there is room for: those that are stalled, then those at risk, then the furthest."""
    found: dict[str, Pilot] = {}
    for shown in WORST_FIRST:
        if len(found) < PILOTS_SHOWN:  # each of these finds those before it, too
            page = desk.tx.pilots.page(
                desk.at.workspace_id,
                Sought(shown=shown),
                furthest_first(desk.playbook),
                0,
                PILOTS_SHOWN + len(found),
            )
            found |= {pilot.id: found.get(pilot.id, pilot) for pilot in page}
    return list(found.values())[:PILOTS_SHOWN]
