"""Pages of a pilot's history for the tests that read all messages: every kind of entry, first and last pages, none."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.values import PREFLIGHT
from bot.portfolio.history import PAGE, Page, Told
from bot.portfolio.history_messages import history_message
from prompts.library import Library

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def every_message(library: Library, pilot: Pilot, text: str) -> Iterator[tuple[str, Body]]:
    blocks = sorted(library.words("record/events").blocks)
    kinds = [block.replace("_", ".", 1) for block in blocks] + [text[:80]]
    for first in range(0, len(kinds), PAGE):
        told = tuple(_told(kind, number, text) for number, kind in enumerate(kinds[first : first + PAGE]))
        for older in (None, 2**31 - 1):
            yield "history", history_message(library, Page(pilot, told, older, newest=first == 0))
    yield "no history", history_message(library, Page(pilot, (), None, newest=False))


def _told(kind: str, number: int, text: str) -> Told:
    who = ("U0MAYA", PREFLIGHT)[number % 2]
    if number % 5 == 4:
        return Told(what=kind, at=NOW, who=who, on_behalf_of=None, erased=True)
    said = text.strip() or "x"
    return Told(
        what=kind,
        at=NOW,
        who=who,
        on_behalf_of="U0JONAS" if number % 3 == 0 else None,
        erased=False,
        titles=tuple(said[:120] for _ in range(number % 8)),
        status="partly" if number % 2 else "",
        red_flag=number % 4 == 1,
        said=said,
        reason=said,
        person="S0PAYMENTS",
        on=date(2026, 12, 2),
        from_stage=said[:60],
        to_stage=said[:60],
        days=12,
    )
