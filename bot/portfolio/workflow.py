"""The overview, read from current state: status, list, Home. Nothing here changes a pilot."""

from typing import Any, Final

from bot.desk import Desk
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.interview.summary_facts import summary_of
from bot.pilots import answerable, flagged, workflow as pilots
from bot.portfolio import awaited_messages, awaiting, home as homes, listing
from bot.portfolio.home import FIRST, HomePage
from bot.portfolio.home_messages import home_view
from bot.portfolio.listing_messages import list_message, list_view
from bot.portfolio.owners import Handles
from bot.portfolio.status_messages import signs_view, status_message
from bot.portfolio.to_decide import Groups
from bot.portfolio.wanted import EVERYTHING, Wanted
from bot.watching import workflow as watching

NO_HANDLES: Final[Handles] = {}
"""Where Slack did not say what user groups are called."""


def status(desk: Desk, words: str, channel_id: str, *, share: bool = True) -> Body:
    """Return the status of the pilot that somebody named or is in the channel of."""
    return _status(desk, pilots.find(desk, words, channel_id, "status"), share=share)


def status_of(desk: Desk, pilot_id: str, *, share: bool = True) -> Body:
    """Return the status of a pilot by its id."""
    return _status(desk, pilots.get(desk, pilot_id), share=share)


def signs_of(desk: Desk, pilot_id: str) -> dict[str, Any]:
    """Return all that keeps a pilot back, as a window."""
    pilot = pilots.get(desk, pilot_id)
    return signs_view(desk.library, pilot, watching.troubles_of(desk, pilot))


def list_all(
    desk: Desk, wanted: Wanted = EVERYTHING, *, share: bool = True, handles: Handles = NO_HANDLES
) -> Body:
    """Return a page of the pilots that somebody wants to see; all that are active where they say nothing."""
    return list_message(desk.library, listing.listed(desk, wanted, handles), desk.at.now, share=share)


def list_window(desk: Desk, wanted: Wanted, *, handles: Handles = NO_HANDLES) -> dict[str, Any]:
    """Return the same as a window."""
    return list_view(desk.library, listing.listed(desk, wanted, handles), desk.at.now)


def home(
    desk: Desk, groups: Groups | None = None, page: HomePage = FIRST, handles: Handles = NO_HANDLES
) -> dict[str, Any]:
    """Return the Home tab of the person whose occasion this is; `groups` are theirs, None where Slack did not say."""
    return home_view(desk.library, homes.gathered(desk, groups, page, handles), desk.at.now)


def mine(desk: Desk, groups: Groups | None = None) -> Body:
    """Return what awaits the person whose occasion this is; `groups` are theirs, None where Slack did not say."""
    return awaited_messages.mine_message(desk.library, awaiting.of(desk, groups))


def _status(desk: Desk, pilot: Pilot, *, share: bool) -> Body:
    gate = desk.playbook.gate_from(pilot.stage)
    facts = summary_of(desk, pilot, gate) if gate else None
    again = () if facts else flagged.titles_of(desk, pilot)
    owner = answerable.ownership_of(desk, pilot)
    return status_message(
        desk.library,
        pilot,
        facts,
        desk.at.now,
        share=share,
        open_again=again,
        owner=owner,
        champion_gone=answerable.champion_gone(desk, pilot),
        troubles=watching.troubles_of(desk, pilot),
    )
