"""What waivers look like: the one card of a request, and the word in the pilot's thread about each step.

Structure only; the words are in `prompts/waivers/`. The forms and the list are in `forms`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from bot.domain.messages import Block, Body
from bot.domain.review import Panel
from bot.domain.waivers import Waiver, WaiverState, day_of
from bot.interview.controls import Offered
from bot.pilots.messages import stage_title
from bot.slack import blocks
from bot.waivers.facts import Request, Wanted
from prompts.library import Library
from prompts.words import Words

ITEMS_SHOWN = 12
"""How many items a card spells out; the others are named."""
ROW_SHOWN = 300
REASON_SHOWN = 1100
OUTCOME_SHOWN = 1400
OUTCOMES_SHOWN = 4


class ActionId(StrEnum):
    """The controls of this feature."""

    ASK = Offered.ASK_WAIVER
    LIST = Offered.WAIVERS
    GRANT = "waivers.grant"
    REFUSE = "waivers.refuse"
    REVOKE = "waivers.revoke"


class CallbackId(StrEnum):
    """The forms of this feature."""

    ASK = "waivers.ask_form"
    REFUSE = "waivers.refuse_form"
    REVOKE = "waivers.revoke_form"


@dataclass(frozen=True)
class Ending:
    """What became of some items of a request together."""

    state: WaiverState
    titles: tuple[str, ...]
    waiver: Waiver
    """One of them, for who did it, when, and why."""

    @property
    def at(self) -> datetime | None:
        """When it was decided, or when it ended."""
        return self.waiver.ended_at or self.waiver.decided_at

    @property
    def early(self) -> bool:
        """Whether it ended by itself before its day: there was nothing left that it could be for."""
        ended = self.waiver.ended_at
        return self.state is WaiverState.LAPSED and ended is not None and day_of(ended) < self.waiver.until


def card_message(library: Library, request: Request, panel: Panel | None, link_to: str | None = None) -> Body:
    """Return the card: what a waiver is asked for and why, then what was decided; its buttons lead on.

    `link_to` is the address of the pilot's thread, where the answers are.
    """
    first, asked = request.first, request.in_state(WaiverState.ASKED)
    gate = library.playbook.gate(first.gate_id)
    words = library.words(
        "waivers/card",
        pilot=request.pilot,
        waiver=first,
        panel=panel,
        titles=[one.title for one in request.wanted],
        open=bool(asked),
        runs=bool(asked or request.in_state(WaiverState.GRANTED)),
        to_stage=stage_title(library, gate.to_stage) if gate else None,
        link_to=link_to,
    )
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("title"), "title"),
            *_items(library, request, is_open=bool(asked)),
            blocks.section(words.mrkdwn("why", at_most=REASON_SHOWN), "why"),
            *_outcomes(library, request),
            blocks.context(words.mrkdwn("asked"), "asked"),
            _buttons(words, request),
        ],
    )


def _items(library: Library, request: Request, *, is_open: bool) -> Iterator[Block]:
    """Yield what it is asked for; how each stands is said while that matters."""
    rows = [
        library.words("waivers/item", wanted=one, open=is_open).mrkdwn("line", at_most=ROW_SHOWN)
        for one in request.wanted[:ITEMS_SHOWN]
    ]
    if left_out := [one.title for one in request.wanted[ITEMS_SHOWN:]]:
        rows.append(library.words("waivers/item").mrkdwn("more", titles=left_out, at_most=ROW_SHOWN))
    for number in range(0, len(rows), 6):  # a paragraph takes 3,000 characters
        yield blocks.section("\n".join(rows[number : number + 6]), f"items:{number}")


def _outcomes(library: Library, request: Request) -> list[Block]:
    """Return what was decided, apart for items that went different ways."""
    found = [one for one in endings(request) if one.state is not WaiverState.ASKED]
    told = [
        library.words("waivers/outcome", ending=one, apart=len(found) > 1).mrkdwn(
            "line", at_most=OUTCOME_SHOWN
        )
        for one in found[:OUTCOMES_SHOWN]
    ]
    return [blocks.section(said, f"outcome:{n}") for n, said in enumerate(told)]


def _buttons(words: Words, request: Request) -> Block | None:
    if request.in_state(WaiverState.ASKED):
        return blocks.actions(
            [
                blocks.button(
                    words.plain("grant"), ActionId.GRANT, request.id, style="primary", confirm=_sure(words)
                ),
                blocks.button(words.plain("refuse"), ActionId.REFUSE, request.id),
            ],
            "actions",
        )
    if request.in_state(WaiverState.GRANTED):
        return blocks.actions([blocks.button(words.plain("revoke"), ActionId.REVOKE, request.id)], "actions")
    return None


def _sure(words: Words) -> Block:
    """Return the question before a risk is accepted: as an approval, it is no slip of the finger."""
    return blocks.confirm(
        words.plain("grant_title"),
        words.plain("grant_sure"),
        words.plain("grant_yes"),
        words.plain("grant_no"),
    )


def endings(request: Request) -> list[Ending]:
    """Return what became of a request, items of the same fate together, the latest last."""

    def fate(one: Wanted) -> tuple[str, str, str]:
        waiver = one.waiver
        ended, decided = waiver.ended_at, waiver.decided_at
        return (
            ended.isoformat() if ended else decided.isoformat() if decided else "",
            waiver.state.value,
            decided.isoformat() if decided else "",
        )

    grouped = groupby(sorted(request.wanted, key=fate), key=fate)
    return [_together(list(some)) for _, some in grouped]


def _together(some: list[Wanted]) -> Ending:
    return Ending(some[0].waiver.state, tuple(one.title for one in some), some[0].waiver)


def told_message(
    library: Library, request: Request, step: str, concerned: Iterable[Wanted], panel: Panel | None
) -> Body:
    """Return the word in the thread about a step: asked, granted, refused, revoked or lapsed."""
    some = list(concerned)
    words = library.words(
        "waivers/told",
        pilot=request.pilot,
        waiver=some[0].waiver,
        titles=[one.title for one in some],
        panel=panel,
    )
    return blocks.message(
        words.mrkdwn("text"), [blocks.section(words.mrkdwn(step, at_most=OUTCOME_SHOWN), "told")]
    )


def outcome_in_words(library: Library, request: Request) -> str:
    """Return what became of a request as a phrase: who did what."""
    said = [
        library.words("waivers/outcome", ending=one, apart=False).mrkdwn("phrase")
        for one in endings(request)[:OUTCOMES_SHOWN]
    ]
    return "; ".join(said)


def titles_in_words(library: Library, titles: Iterable[str]) -> str:
    """Return titles as a phrase in the middle of a sentence."""
    return library.words("waivers/titles", titles=list(titles)).plain("phrase")


def why_nobody(library: Library, panel: Panel, groups: Sequence[str]) -> str:
    """Return why nobody could grant a waiver, as a phrase that says whom to add: to one of these user groups, by handle."""
    return library.words("waivers/nobody", panel=panel, groups=list(groups)).plain("phrase")
