"""What a pilot without its champion or owner looks like: the word in its channel, and the question to whom it is passed on.

Structure only; the words are in `prompts/orphans/`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.messages import Block, Body, OutboundMessage
from bot.domain.pilots import Pilot
from bot.domain.watched import Role, Why
from bot.pilots.messages import stage_title
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

NOTE_SHOWN = 1200


class ActionId(StrEnum):
    """The controls of this feature."""

    CLAIM = "orphan.claim"
    PASS = "orphan.pass"  # noqa: S105 - passing it on, no secret
    OTHERS = "orphan.others"


class State(StrEnum):
    """Where the search for somebody stands; each value is the block with its words."""

    OPEN = "open"
    OFFERED = "offered"
    """Somebody is asked to own it and has not answered yet."""
    BACK = "back"
    """Whoever was missed is here again."""
    TAKEN = "taken"
    ASKED_AGAIN = "asked_again"
    """Whoever is out of the channel was asked to own it nevertheless."""
    DECLINED = "declined"
    """They declined to own it, so that its champion looks for somebody else."""
    ENDED = "ended"

    @property
    def is_settled(self) -> bool:
        """Whether nobody is looked for any more."""
        return self not in {State.OPEN, State.OFFERED}


class Answer(StrEnum):
    """What became of a question to whom a pilot is passed on; each value is the block with its words."""

    CLAIMED = "claimed"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"
    """Somebody else champions it."""
    ELSEWHERE = "elsewhere"
    """Whoever asked has asked again, somebody else perhaps."""


@dataclass(frozen=True)
class Orphan:
    """A pilot, and one person who is missed there, or was."""

    pilot: Pilot
    person_id: str
    state: State
    roles: tuple[Role, ...] = ()
    """What they were, and nobody is yet: what can be claimed."""
    why: Why = Why.LEFT
    offered_to: str | None = None
    """Who is asked to own it, by Slack id."""
    next_stage: str | None = None
    """The title of the stage that its next gate leads to."""
    in_place: int = 0
    required: int = 0


@dataclass(frozen=True)
class Passing:
    """A pilot that its champion passes on."""

    pilot: Pilot
    from_id: str
    to_id: str
    note: str = ""


LINE: Final = "line"
SETTLED: Final = "settled"
"""What the id of a pilot's block in the channel begins with, while somebody is looked for and after."""


def orphan_message(library: Library, orphan: Orphan) -> Body:
    """Return the word in the channel about one pilot: who is missed, what is at stake, and the way to take it on."""
    words = _words(library, orphan)
    if orphan.state.is_settled:
        return blocks.message(
            words.mrkdwn("text"),
            [blocks.section(words.mrkdwn(orphan.state.value), f"{SETTLED}:{orphan.pilot.id}")],
        )
    said = blocks.section(words.mrkdwn(orphan.state.value), f"{LINE}:{orphan.pilot.id}")
    buttons = claims_of(library, orphan)
    return blocks.message(
        words.mrkdwn("text"),
        [
            said,
            blocks.section(words.mrkdwn("stake"), "stake"),
            blocks.actions(buttons, "claims") if buttons else None,
            blocks.context(words.mrkdwn("meaning"), "meaning") if buttons else None,
        ],
    )


def claims_of(library: Library, orphan: Orphan, *, is_first: bool = True) -> list[Block]:
    """Return a button for each role that can be taken on; the first of the first pilot is the one that is stressed."""
    words, both = _words(library, orphan), len(orphan.roles) > 1
    return [
        blocks.button(
            words.plain(f"claim_{role.value}" if both else "claim"),
            blocks.one_of(ActionId.CLAIM, f"{role.value}:{orphan.pilot.id}"),
            f"{orphan.pilot.id} {role.value} {orphan.person_id}",
            style="primary" if is_first and not at else None,
        )
        for at, role in enumerate(orphan.roles)
    ]


def _words(library: Library, orphan: Orphan) -> Words:
    return library.words(
        "orphans/orphan", orphan=orphan, pilot=orphan.pilot, stage=stage_title(library, orphan.pilot.stage)
    )


_ANSWERS = "pass_answers"


def passing_message(library: Library, passing: Passing, value: str) -> Body:
    """Return the question to whom a pilot is passed on."""
    words = _passing(library, passing)
    row = [
        blocks.button(words.plain("claim"), ActionId.CLAIM, value, style="primary"),
        blocks.button(words.plain("not_me_either"), ActionId.PASS, value),
    ]
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("asked"), "asked"),
            blocks.section(words.mrkdwn("note", at_most=NOTE_SHOWN), "note")
            if passing.note.strip()
            else None,
            blocks.section(words.mrkdwn("meaning"), "meaning"),
            blocks.actions(row, _ANSWERS),
            blocks.context(words.mrkdwn("hint"), "hint"),
        ],
    )


def is_waiting(message: OutboundMessage) -> bool:
    """Whether a question to whom a pilot is passed on still waits for its answer."""
    return any(block.get("block_id") == _ANSWERS for block in message.body["blocks"])


def answered_message(library: Library, passing: Passing, answer: Answer) -> Body:
    """Return what that question becomes."""
    words = _passing(library, passing)
    return blocks.message(words.mrkdwn("text"), [blocks.context(words.mrkdwn(answer.value), "answered")])


def declined_message(library: Library, passing: Passing) -> Body:
    """Return the direct message to a champion whose pilot somebody cannot take on."""
    words = _passing(library, passing)
    said = words.mrkdwn("told_declined")
    return blocks.message(said, [blocks.section(said, "told")])


def claimed_message(library: Library, passing: Passing) -> Body:
    """Return the word in the pilot's thread about its new champion."""
    words = _passing(library, passing)
    said = words.mrkdwn("told_claimed")
    return blocks.message(said, [blocks.section(said, "told")])


def _passing(library: Library, passing: Passing) -> Words:
    return library.words(
        "orphans/passed",
        passing=passing,
        pilot=passing.pilot,
        stage=stage_title(library, passing.pilot.stage),
    )
