"""What the posture looks like: a sentence, a table of the two ends of each area, and what decides where the pilot stands.

A window cannot hold a table, so there each area is a paragraph. Structure only; the words are in `prompts/posture/`.
"""

from enum import StrEnum
from typing import Any

from bot.domain.messages import Block, Body
from bot.domain.posture import AreaStanding, Pole
from bot.interview.controls import Offered
from bot.interview.summary import steps_line
from bot.posture.workflow import PostureFacts
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

AREAS_SHOWN = 20
"""How many areas one message compares; ours has eight, and a table's cells may hold 10,000 characters."""
LINE_SHOWN = 140
"""The longest line of what decides an area, in characters."""


class ActionId(StrEnum):
    """The controls of this feature."""

    SHOW = Offered.POSTURE
    SHARE = "share.posture"


def posture_message(library: Library, facts: PostureFacts, *, share: bool) -> Body:
    """Return a pilot's posture; `share` adds the button that posts it for everybody."""
    words = _words(library, facts)
    shown = facts.areas[:AREAS_SHOWN]
    decides = [_area(library, one).mrkdwn("decides", at_most=LINE_SHOWN) for one in shown]
    button = blocks.button(words.plain("share"), ActionId.SHARE, facts.pilot.id)
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("head"), "head"),
            steps_line(library, facts.steps),
            _table(library, words, shown),
            blocks.section("\n".join(decides), "decides"),
            _left_out(words, facts),
            blocks.actions([button], "share") if share else None,
        ],
    )


def posture_view(library: Library, facts: PostureFacts) -> dict[str, Any]:
    """Return the same as a window, for where nothing can be whispered."""
    words = _words(library, facts)
    parts = [
        blocks.section(words.mrkdwn("head"), "head"),
        steps_line(library, facts.steps),
        *(
            blocks.section(_area(library, one).mrkdwn("paragraph"), f"area:{one.area.id}")
            for one in facts.areas[:AREAS_SHOWN]
        ),
        _left_out(words, facts),
    ]
    shown = [block for block in parts if block]
    return blocks.modal("posture", words.plain("title"), shown, submit=None, close=words.plain("close"))


def _words(library: Library, facts: PostureFacts) -> Words:
    return library.words(
        "posture/posture",
        pilot=facts.pilot,
        total=len(facts.areas),
        at={pole.value: [one.area.title for one in facts.areas if one.pole is pole] for pole in Pole},
        more=max(0, len(facts.areas) - AREAS_SHOWN),
    )


def _area(library: Library, one: AreaStanding) -> Words:
    return library.words(
        "posture/area",
        area=one.area,
        pole=one.pole.value,
        in_place=[item.title for item in one.in_place],
        open=[item.title for item in one.open],
    )


def _left_out(words: Words, facts: PostureFacts) -> Block | None:
    return blocks.context(words.mrkdwn("left_out"), "more") if len(facts.areas) > AREAS_SHOWN else None


def _table(library: Library, words: Words, areas: tuple[AreaStanding, ...]) -> Block:
    head = [blocks.cell(words.plain(name)) for name in ("area_title", "pilot_title", "production_title")]
    return blocks.table([head, *(_row(library, one) for one in areas)], "areas", wrapped=3)


def _row(library: Library, one: AreaStanding) -> list[Block]:
    """Return an area's two ends; the mark and the bold type stand at the end where the pilot is, or is going to."""
    words = _area(library, one)
    is_pilot = one.pole is Pole.PILOT
    is_going = one.pole in {Pole.ON_THE_WAY, Pole.PRODUCTION}
    return [
        blocks.cell(words.plain("title")),
        blocks.cell(words.plain("pilot"), bold=is_pilot),
        blocks.cell(words.plain("production"), bold=is_going),
    ]
