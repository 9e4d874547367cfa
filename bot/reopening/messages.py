"""What is said about a gate that is open again: to whoever puts it right, to the board, and about an owner who has left.

Structure only; the words are in `prompts/reopening/`. Nothing is counted from today, so that a word changes only with
what it says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.actions import Action
from bot.domain.flags import Flag, FlagKind
from bot.domain.messages import Block, Body
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.readiness import ItemStanding, Standing
from bot.domain.reviews import Review
from bot.domain.waivers import Waiver
from bot.interview.controls import Offered
from bot.pilots.messages import ActionId as PilotActionId, stage_title
from bot.review.messages import ActionId as ReviewActionId
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

LINES_SHOWN = 12
"""How many things that no longer hold are spelt out; the others are named."""
LINE_SHOWN = 600
SENTENCE_SHOWN = 1500


class State(StrEnum):
    """Where it stands with a gate that was open again."""

    OPEN = "open"
    MENDED = "mended"
    """Everything holds again."""
    LEFT = "left"
    """The pilot has gone elsewhere, or has ended, so nothing of it is asked any more."""


@dataclass(frozen=True)
class Line:
    """One thing that does not hold, or did not, with what its sentence needs while it does not."""

    flag: Flag
    title: str
    standing: ItemStanding | None = None
    waiver: Waiver | None = None
    condition: Action | None = None
    person: Person | None = None
    review: Review | None = None

    @property
    def is_open(self) -> bool:
        return self.flag.cleared_at is None

    @property
    def is_item(self) -> bool:
        """Whether it is about something that the playbook asks."""
        return self.flag.kind in {FlagKind.EVIDENCE, FlagKind.WAIVER}

    def having(self, **facts: Any) -> "Line":
        """Return the same with what its sentence needs."""
        return replace(self, **facts)


@dataclass(frozen=True)
class Opening:
    """One time that a gate was open again, from the first thing that did not hold until everything does."""

    pilot: Pilot
    state: State
    began_at: datetime
    lines: tuple[Line, ...]
    """What is open first; never empty."""
    review: Review | None
    asked: str | None
    """Who is asked to put it right, by Slack id; None where nobody is left."""
    ahead: Gate | None
    """The gate that the pilot stands before."""
    asked_ahead: frozenset[str]
    """What that gate asks, by item: only that comes up in a conversation."""
    approved_by: tuple[str, ...]
    """Whose approvals let it into its stage, by Slack id; empty where that is not known."""

    @property
    def open(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_open)

    @property
    def titles(self) -> list[str]:
        """What it is about, once each: what is open, or, when nothing is, what was."""
        return list(dict.fromkeys(line.title for line in self.open or self.lines))

    def has_open(self, *kinds: FlagKind) -> bool:
        return any(line.flag.kind in kinds for line in self.open)


def open_again_message(library: Library, opening: Opening) -> Body:
    """Return the word in the pilot's channel: what no longer holds and what to do; at the end, that everything does."""
    words = _words(library, "reopening/open_again", opening)
    said = words.mrkdwn(opening.state.value, at_most=SENTENCE_SHOWN)
    if opening.state is not State.OPEN:
        return blocks.message(words.mrkdwn("text"), [blocks.section(said, "said")])
    left_out = list(dict.fromkeys(line.title for line in opening.open[LINES_SHOWN:]))
    again = [line.title for line in opening.lines if not line.is_open and line.title not in opening.titles]
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(said, "said"),
            *(_line(library, line) for line in opening.open[:LINES_SHOWN]),
            blocks.context(words.mrkdwn("more", left_out=left_out, at_most=LINE_SHOWN), "more")
            if left_out
            else None,
            blocks.context(words.mrkdwn("again", again=again, at_most=LINE_SHOWN), "again")
            if again
            else None,
            blocks.context(words.mrkdwn("since", stale=_is_stale(opening)), "since"),
            _buttons(words, opening),
        ],
    )


def _is_stale(opening: Opening) -> bool:
    """Whether something is open only because nobody has confirmed it for too long."""
    return any(line.standing and line.standing.standing is Standing.STALE for line in opening.open)


def _line(library: Library, line: Line) -> Block:
    words = library.words("reopening/cause", line=line)
    said = words.mrkdwn(line.flag.kind.value, at_most=LINE_SHOWN)
    done = (
        blocks.button(
            words.plain("condition_done"),
            blocks.one_of(ReviewActionId.CONDITION_DONE, line.flag.subject),
            line.flag.subject,
        )
        if line.flag.kind is FlagKind.CONDITION
        else None
    )
    return blocks.section(said, f"{line.flag.kind.value}:{line.flag.subject}", done)


def _buttons(words: Words, opening: Opening) -> Block | None:
    """Return the way on; the first of the row stands out."""
    row = list(_ways_on(words, opening))
    if not row:
        return None
    return blocks.actions([{**row[0], "style": "primary"}, *row[1:]], "actions")


def _ways_on(words: Words, opening: Opening) -> Iterator[Block]:
    pilot, items = opening.pilot, [line for line in opening.open if line.is_item]
    if any(line.flag.subject in opening.asked_ahead for line in items):
        yield blocks.button(words.plain("coach"), PilotActionId.COACH, pilot.id)
    if any(line.flag.subject not in opening.asked_ahead for line in items):
        yield blocks.button(words.plain("answers"), Offered.ALL_ANSWERS, pilot.id)
    if opening.has_open(FlagKind.OWNER):
        yield blocks.button(words.plain("hand_over"), PilotActionId.HAND_OVER, pilot.id)
    if opening.has_open(FlagKind.WAIVER) and opening.ahead and opening.ahead.leads_on:
        yield blocks.button(words.plain("ask_waiver"), Offered.ASK_WAIVER, pilot.id)
    if opening.has_open(FlagKind.BREAK_GLASS):
        yield blocks.button(words.plain("roll_back"), PilotActionId.ROLL_BACK, pilot.id)


def board_message(library: Library, opening: Opening, decided: tuple[str, ...]) -> Body:
    """Return the word under the review for those who approved it."""
    words = _words(library, "reopening/board", opening, decided=decided)
    said = words.mrkdwn(opening.state.value, at_most=SENTENCE_SHOWN)
    return blocks.message(said, [blocks.section(said, "board")])


def owner_message(library: Library, opening: Opening, line: Line) -> Body:
    """Return the word about an owner who has left, to whoever can hand the pilot over; later, who owns it."""
    words = _words(library, "reopening/owner_left", opening, line=line)
    found = State.LEFT if opening.state is State.LEFT else State.MENDED
    said = words.mrkdwn((State.OPEN if line.is_open else found).value, at_most=SENTENCE_SHOWN)
    hand_over = blocks.button(words.plain("hand_over"), PilotActionId.HAND_OVER, opening.pilot.id)
    return blocks.message(
        said,
        [
            blocks.section(said, "said"),
            blocks.actions([hand_over], "actions") if line.is_open else None,
        ],
    )


def _words(library: Library, template: str, opening: Opening, **facts: Any) -> Words:
    return library.words(
        template,
        opening=opening,
        pilot=opening.pilot,
        titles=opening.titles,
        stage=stage_title(library, opening.pilot.stage),
        upkeep=opening.ahead is not None and not opening.ahead.leads_on,
        **facts,
    )
