"""An order for an export: what somebody wants, in which format, and where the files go. Guests and people of other
workspaces are refused, because an export shows everything.

All pilots go to whoever asks, in a direct message, for a channel may have guests in it; below a message of ours that shows
them to everybody there already, they go into its thread.
"""

from typing import Final, NamedTuple

from bot.desk import Desk
from bot.domain.errors import Refusal
from bot.exports import report
from bot.exports.exporting import Names
from bot.exports.files import Format, pilot_files, portfolio_files
from bot.exports.messages import ALL
from bot.exports.report import File
from bot.pilots import workflow as pilots

EVERYTHING: Final = frozenset({"", ALL, "portfolio", "all pilots", "everything"})
"""How people say in a command that they want all pilots."""
_MEANT: Final = {
    "markdown": Format.MARKDOWN,
    "htm": Format.HTML,
    "page": Format.HTML,
    **{one.value: one for one in Format},
}


_SHOWN_BY: Final = ("portfolio:", "weekly:")
"""How the keys of messages begin that show all pilots to a channel."""


class NoSuchFormat(Refusal):
    """Choose one of the formats of the list: a page (HTML), Markdown, CSV or JSON."""


class Order(NamedTuple):
    """What is wanted, and where it goes."""

    pilot_id: str | None
    """None for all pilots."""
    name: str | None
    format: Format
    channel_id: str | None
    """None for a direct message to whoever asked."""
    thread_ts: str | None
    link: str | None


def spoken_order(desk: Desk, words: str) -> Order:
    """Read an order as people type it: a pilot's name or nothing, and a format or nothing, in this order."""
    *before, last = words.split() or [""]
    wanted = _MEANT.get(last.casefold().removeprefix("."))
    name = " ".join(before) if wanted else " ".join(words.split())
    if wanted and before and desk.tx.pilots.named(desk.at.workspace_id, " ".join(words.split())):
        wanted, name = None, " ".join(words.split())  # a pilot may be called “Notes to HTML”
    if name.casefold() in EVERYTHING and not desk.tx.pilots.named(desk.at.workspace_id, name):
        return order(desk, ALL, wanted or Format.HTML)
    return order(desk, _meant(desk, name), wanted or Format.MARKDOWN)


def _meant(desk: Desk, name: str) -> str:
    """Return the pilot of a name, the retired ones among them: what was learned there is worth keeping."""
    ended = (
        None
        if desk.tx.pilots.named(desk.at.workspace_id, name)
        else desk.tx.pilots.retired_named(desk.at.workspace_id, name)
    )
    return (ended or pilots.find(desk, name, "", "export")).id


def order(desk: Desk, about: str, wanted: Format, channel_id: str = "", message_ts: str = "") -> Order:
    """Take an order from a control or a form. Where it was clicked may be forged, so only a message that shows all counts."""
    if about != ALL:
        place = report.order(desk, about)
        return Order(about, place.name, wanted, place.channel_id, place.thread_ts, place.link)
    pilots.check_member(desk)
    above = desk.tx.messages.at(desk.at.workspace_id, channel_id, message_ts) if message_ts else None
    if above is None or not above.key.startswith(_SHOWN_BY):
        return Order(None, None, wanted, None, None, None)
    return Order(None, None, wanted, channel_id, message_ts, desk.link_to(above))


def chosen_format(value: str | None) -> Format:
    """Return the format that was chosen in a form; a forged one is refused."""
    if value not in set(Format):
        raise NoSuchFormat
    return Format(value)


def files(desk: Desk, wanted: Order, groups: Names) -> list[File]:
    """Write what was ordered."""
    if wanted.pilot_id is None:
        return portfolio_files(desk, wanted.format, groups)
    return pilot_files(desk, wanted.pilot_id, wanted.format, groups)
