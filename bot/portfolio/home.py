"""What somebody's Home tab shows: what awaits them, their pilots, and the portfolio for those who lead it.

Read from current state by a number of questions that does not grow with the pilots. Nothing here changes anything.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from bot.desk import Desk
from bot.domain.playbook import Playbook
from bot.domain.rhythm import Leads
from bot.domain.seeking import Sought
from bot.domain.values import Frozen
from bot.nudges.preferring import Reminders, reminders_of
from bot.portfolio import awaiting, wanted
from bot.portfolio.counts import Figures, figures
from bot.portfolio.lines import lines_of
from bot.portfolio.listing import PER_PAGE, Listed, found
from bot.portfolio.owners import Handles, owners
from bot.portfolio.to_decide import Groups
from bot.portfolio.waiting import Waiting
from bot.portfolio.wanted import EVERYTHING, Wanted

MINE_PER_PAGE: Final = 8


class HomePage(Frozen):
    """What somebody looks at on their Home tab."""

    mine: int = 0
    """The page of their own pilots."""
    everything: Wanted = EVERYTHING
    """The page of the portfolio, and how it is narrowed."""

    def carried(self) -> str:
        """Return it as the short text that the Home tab carries unseen."""
        return urlencode({"mine": self.mine, "all": self.everything.carried()})

    def from_the_start(self) -> "HomePage":
        """Return the first pages, narrowed as before: for whoever comes back later."""
        return HomePage(everything=self.everything.at_page(0))


FIRST: Final = HomePage()


def read(carried: str, playbook: Playbook) -> HomePage:
    """Return what a Home tab carried; what is not understood in it is the first page."""
    parts = dict(parse_qsl(carried[:3000]))
    mine = wanted.read(f"page={parts.get('mine', '')}", playbook).page
    return HomePage(mine=mine, everything=wanted.read(parts.get("all", ""), playbook))


@dataclass(frozen=True)
class HomeFacts:
    """Everything that a Home tab shows."""

    page: HomePage
    """With the numbers of the pages that there are."""
    waiting: Waiting
    mine: Listed
    others: bool
    """Whether there is any pilot that is not theirs."""
    portfolio: Listed | None
    """A page of all pilots; None for who does not lead the portfolio."""
    figures: Figures
    reminders: Reminders | None = None


def gathered(desk: Desk, groups: Groups | None, page: HomePage, handles: Handles) -> HomeFacts:
    """Return what the person whose occasion this is sees; `groups` are theirs, None where Slack did not say.

    `handles` are what all user groups are called.
    """
    own = Sought(answerable=awaiting.answerable(desk, groups))
    mine = found(desk, Wanted(page=page.mine), own, MINE_PER_PAGE)
    leads = is_lead(desk.playbook.nudges.leads, desk.at.actor_id, groups)
    all_of_them = found(desk, page.everything, page.everything.sought(), PER_PAGE) if leads else None
    shown = {one.id: one for one in (*mine.pilots, *(all_of_them.pilots if all_of_them else ()))}
    lines = {line.pilot.id: line for line in lines_of(desk, list(shown.values()))}
    counted = figures(desk.playbook, desk.tx.tallies.of(desk.at.workspace_id))
    # After an upgrade a pilot is counted when it is looked at next; a page of all knows of it before.
    known = max(counted.pilots, all_of_them.count if all_of_them and page.everything.everything else 0)
    return HomeFacts(
        page=HomePage(
            mine=mine.wanted.page, everything=all_of_them.wanted if all_of_them else page.everything
        ),
        waiting=awaiting.of(desk, groups),
        mine=mine.told(lines),
        others=known > mine.count,
        portfolio=all_of_them.told(lines, owners(desk, page.everything, handles)) if all_of_them else None,
        figures=counted,
        reminders=reminders_of(desk),
    )


def is_lead(leads: Leads, user_id: str, groups: Groups | None) -> bool:
    """Whether somebody leads the portfolio; where nobody is named, everybody does."""
    if leads.anybody or user_id in leads.people:
        return True
    return leads.group is not None and leads.group in (groups or {}).values()
