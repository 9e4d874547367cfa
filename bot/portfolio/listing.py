"""A page of a list of pilots, found by the database: only what the page shows is read. Nothing here changes anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.desk import Desk
from bot.domain.pilots import Pilot
from bot.domain.playbook import Playbook
from bot.domain.seeking import Sought
from bot.portfolio.lines import Line, lines_of
from bot.portfolio.owners import NOBODY, Handles, Owners, owners
from bot.portfolio.wanted import Wanted

PER_PAGE: Final = 10


@dataclass(frozen=True)
class Listed:
    """One page."""

    wanted: Wanted
    """With the number of the page that there is: somebody may ask for one beyond the last."""
    lines: tuple[Line, ...]
    count: int
    """How many pilots are meant over all pages."""
    per_page: int = PER_PAGE
    owners: Owners = NOBODY
    """To whose pilots it can be narrowed."""

    @property
    def first(self) -> int:
        """The number of the first pilot on the page, from 1."""
        return self.wanted.page * self.per_page + 1

    @property
    def last(self) -> int:
        """The number of the last one."""
        return self.first + len(self.lines) - 1

    @property
    def last_page(self) -> int:
        """The number of the last page, from 0."""
        return max(0, self.count - 1) // self.per_page

    @property
    def is_last_page(self) -> bool:
        return self.wanted.page >= self.last_page

    @property
    def ways(self) -> list[tuple[str, int]]:
        """The pages that buttons lead to, by what they say; to the first and the last where those are not next to this one."""
        page, last = self.wanted.page, self.last_page
        there = (
            ("first", 0, page > 1),
            ("previous", page - 1, page > 0),
            ("next", page + 1, page < last),
            ("last", last, page + 1 < last),
        )
        return [(name, number) for name, number, leads_on in there if leads_on]


@dataclass(frozen=True)
class Found:
    """The pilots of a page, before anything else is read about them."""

    wanted: Wanted
    pilots: tuple[Pilot, ...]
    count: int
    per_page: int

    def told(self, lines: Mapping[str, Line], owners: Owners = NOBODY) -> Listed:
        """Return the page with what is told of its pilots, by id, and to whose it can be narrowed."""
        shown = tuple(lines[one.id] for one in self.pilots)
        return Listed(self.wanted, shown, self.count, self.per_page, owners)


def listed(desk: Desk, wanted: Wanted, handles: Handles) -> Listed:
    """Return a page, or the last one that there is; `handles` are what user groups are called."""
    page = found(desk, wanted, wanted.sought(), PER_PAGE)
    lines = {line.pilot.id: line for line in lines_of(desk, page.pilots)}
    return page.told(lines, owners(desk, wanted, handles))


def found(desk: Desk, wanted: Wanted, sought: Sought, per_page: int) -> Found:
    """Return the pilots of a page, or of the last one that there is."""
    count = desk.tx.pilots.count(desk.at.workspace_id, sought)
    page = min(wanted.page, max(0, count - 1) // per_page)
    order, offset = furthest_first(desk.playbook), page * per_page
    pilots = desk.tx.pilots.page(desk.at.workspace_id, sought, order, offset, per_page) if count else []
    return Found(wanted.at_page(page), tuple(pilots), count, per_page)


def furthest_first(playbook: Playbook) -> tuple[str, ...]:
    """Return the stages in the order in which pilots are listed."""
    return tuple(stage.id for stage in reversed(playbook.stages))
