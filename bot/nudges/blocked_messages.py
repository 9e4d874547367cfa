"""What is said of something in the way: the question to whoever can clear it, what that becomes, and the lines in the card's thread.

Structure only; the words are in `prompts/nudges/`.
"""

from bot.domain.messages import Body
from bot.domain.notices import Blocker, BlockerState
from bot.domain.pilots import Pilot
from bot.nudges.names import ActionId
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words


def asked_message(library: Library, pilot: Pilot, blocker: Blocker) -> Body:
    """Return the direct message to whoever can clear it."""
    words = _words(library, pilot, blocker)
    buttons = [
        blocks.button(words.plain("solved"), ActionId.SOLVED, blocker.id, style="primary"),
        blocks.button(words.plain("not_mine"), ActionId.NOT_MINE, blocker.id),
    ]
    parts = [
        blocks.section(words.mrkdwn("asked"), "blocked"),
        blocks.context(words.mrkdwn("asked_hint"), "hint"),
        blocks.actions(buttons, "actions"),
    ]
    return blocks.message(words.mrkdwn("asked_text"), parts)


def closed_message(library: Library, pilot: Pilot, blocker: Blocker) -> Body:
    """Return what that message becomes once nothing is left to do."""
    words = _words(library, pilot, blocker)
    said = words.mrkdwn("closed")
    return blocks.message(said, [blocks.section(said, "blocked")])


def reported_message(library: Library, pilot: Pilot, blocker: Blocker) -> Body:
    """Return the line in the thread of the pilot's card that says what it waits for."""
    said = _words(library, pilot, blocker).mrkdwn("reported")
    return blocks.message(said, [blocks.section(said, "blocked")])


def outcome_message(library: Library, pilot: Pilot, blocker: Blocker) -> Body:
    """Return the line that says that it is out of the way, or that somebody else has to be asked."""
    solved = blocker.state is BlockerState.SOLVED
    said = _words(library, pilot, blocker).mrkdwn("was_solved" if solved else "was_not_theirs")
    return blocks.message(said, [blocks.section(said, "unblocked")])


def _words(library: Library, pilot: Pilot, blocker: Blocker) -> Words:
    return library.words("nudges/blocked", pilot=pilot, blocker=blocker)
