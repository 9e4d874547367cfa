"""The ids of the overview's controls: a message keeps its buttons for ever, so an id that was once drawn is still heard."""

from enum import StrEnum

from bot.interview.controls import Offered


class ActionId(StrEnum):
    """The controls of this feature."""

    SHARE_STATUS = "share.status"
    SHARE_LIST = "share.list"
    SHARE_HELP = "share.help"
    OPEN_STATUS = "portfolio.status"
    SIGNS = "portfolio.signs"
    """All that keeps a pilot back, in a window."""
    OPEN_REVIEW = "portfolio.open_review"
    OPEN_THREAD = "portfolio.open_thread"
    FULL_REPORT = Offered.FULL_REPORT
    COACH = "portfolio.coach"
    PAGE = "portfolio.page"
    """Another page of a list, in its place; its value says which list."""
    FILTER = "portfolio.filter"
    """A menu above a list; its block says which list."""
    SHOW_LIST = "portfolio.list"
    """All pilots in a window, for who does not lead the portfolio."""
    HOME_PAGE = "home.page"
    HOME_FILTER = "home.filter"
