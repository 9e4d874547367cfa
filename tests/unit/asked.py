"""Everything that people read about a question that was put to somebody else, for the tests of messages."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.asking import messages
from bot.domain.answers import Answer, Status
from bot.domain.asks import Ask
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Item, Role
from bot.interview import once_more, told
from bot.slack.blocks import Choice
from prompts.library import Library

LINKS = ("https://s.example/p1", None)
OWNERS = Choice("@payments-ops", "S0PAYMENTS")
ANSWERED = (Status.IN_PLACE, Status.PARTLY, Status.NOT_YET, Status.NOT_APPLICABLE)

Answering = Callable[[str, Item, Status], Answer]


def ask_of(asked_id: str, item: Item, text: str) -> Ask:
    return Ask(
        id="cccccccccccccccc",
        workspace_id="T0",
        pilot_id="0123456789abcdef",
        item_id=item.id,
        interview_id="aaaaaaaaaaaaaaaa",
        asked_id=asked_id,
        people=("U0JONAS", "U0PRIYA") if asked_id.startswith("S") else ("U0JONAS",),
        note=_at_most(text * 4, messages.NOTE_LENGTH),
        asked_by="U0MAYA",
        asked_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    )


def every_message(
    library: Library, pilot: Pilot, items: Sequence[Item], answer_with: Answering, text: str
) -> Iterator[tuple[str, Body]]:
    for asked_id in ("U0JONAS", "S0PAYMENTS"):
        for item in items:
            ask = ask_of(asked_id, item, text)
            yield from _asked(library, pilot, item, ask, text)
            for status in ANSWERED:
                yield from _answered(library, pilot, item, ask, answer_with(text, item, status), text)
    for why in messages.Reply:
        for count in (0, 1, 2, 30):
            ones = [
                messages.Asked(items[0].title, pilot.name, LINKS[n % 2], f"{pilot.id}:{items[0].id}-{n}")
                for n in range(count)
            ]
            yield "reply", messages.awaiting_message(library, ones, why)


def _asked(library: Library, pilot: Pilot, item: Item, ask: Ask, text: str) -> Iterator[tuple[str, Body]]:
    silent, amount = ask.model_copy(update={"note": ""}), item.model_copy(update={"kind": AnswerKind.MONEY})
    for link in LINKS:
        yield "asked", messages.asked_message(library, ask, pilot, item, link)
        yield "asked", messages.asked_message(library, silent, pilot, amount, link)
        for why in told.Why:
            yield "closed", told.closed_message(library, pilot, item.title, why, "U0MAYA", link)
    yield "asked somebody", messages.line_message(library, ask, pilot, item)
    for others in (False, True):
        for word in (_at_most(text * 4, messages.NOTE_LENGTH), ""):
            body = messages.handed_back_message(library, ask, pilot, item, "U0JONAS", word, others=others)
            yield "handed back", body
    yield "followed up", told.followed_up_message(library, item)


def _answered(
    library: Library, pilot: Pilot, item: Item, ask: Ask, given: Answer, text: str
) -> Iterator[tuple[str, Body]]:
    for flag in (False, True):
        yield (
            "asked once more",
            once_more.follow_up_message(library, ask, item, given, text[:300], asks_for_plan=flag),
        )
        for link in LINKS:
            yield "changed", told.changed_message(library, pilot, item, given, link)
            yield "answered", told.answered_message(library, pilot, item, given, link, more=flag)
    yield "asked of what is known", messages.asked_message(library, ask, pilot, item, None, given)


def every_view(
    library: Library, pilot: Pilot, items: Sequence[Item], groups: Sequence[Choice], text: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The forms, for everybody who usually knows and whoever owns the pilot."""
    for role in Role:
        usual = items[0].model_copy(update={"asks": role})
        for owner in ("U0JONAS", "U0MAYA", OWNERS.value):
            owned = pilot.model_copy(update={"owner_id": owner})
            for some in ([OWNERS, *groups], []):
                form = messages.ask_form(library, owned, usual, some, "U0MAYA", f"{pilot.id}:{usual.id}:")
                yield "ask somebody", form
    for item in items:
        for asked_id in ("U0JONAS", "S0PAYMENTS"):
            yield "not me", messages.not_me_form(library, ask_of(asked_id, item, text), pilot, item)


def _at_most(text: str, most: int) -> str:
    return text[:most].strip() or "x"
