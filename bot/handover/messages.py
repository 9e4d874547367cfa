"""What a handover looks like: the question to whoever is proposed, what it becomes, and the words in the pilot's thread.

Structure only; the words are in `prompts/handover/`. The forms are in `forms`.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.handovers import Handover
from bot.domain.messages import Block, Body
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.pilots.messages import ActionId as PilotActionId
from bot.slack import blocks
from prompts.library import Library

NOTE_SHOWN = 1200


class ActionId(StrEnum):
    """The controls of this feature."""

    HAND_OVER = PilotActionId.HAND_OVER
    ACCEPT = "handover.accept"
    NOT_ME = "handover.not_me"


class CallbackId(StrEnum):
    """The forms of this feature."""

    HAND_OVER = "handover.form"
    ACCEPT = "handover.accept_form"
    REFUSE = "handover.refuse_form"


class Ended(StrEnum):
    """Why nobody waits for an answer any more."""

    AGAIN = "again"
    SOMEBODY_ELSE = "somebody_else"
    STAYS = "stays"
    PILOT_ENDED = "pilot_ended"
    LEFT = "left"


class Told(StrEnum):
    """What the pilot's thread is told of."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LEFT = "left"


@dataclass(frozen=True)
class Facts:
    """What the messages about a handover speak of."""

    handover: Handover
    pilot: Pilot
    before: str | None = None
    """The owner who had accepted, and who stays, or stayed, until the next one accepts."""
    needed_for: str | None = None
    """The title of the first stage that needs an owner who accepted; None where none does."""
    link: str | None = None
    """The address of the pilot's card."""
    by: str = ""
    """Who ended it, where it is not the one who answers."""
    told: tuple[str, ...] = ()
    """Who is to find somebody else."""

    @property
    def to_group(self) -> bool:
        """Whether a user group was asked."""
        return is_group(self.handover.to_id)


def asked_message(library: Library, facts: Facts) -> Body:
    """Return the question to whoever is proposed: what it is about, what accepting means, and that it can wait."""
    words = library.words("handover/asked", facts=facts, handover=facts.handover, pilot=facts.pilot)
    row = [
        blocks.button(words.plain("accept"), ActionId.ACCEPT, facts.handover.id, style="primary"),
        blocks.button(words.plain("not_me"), ActionId.NOT_ME, facts.handover.id),
    ]
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.section(words.mrkdwn("note", at_most=NOTE_SHOWN), "note") if facts.handover.note else None,
            blocks.section(words.mrkdwn("meaning"), "meaning"),
            blocks.actions(row, "answers"),
            blocks.context(words.mrkdwn("hint"), "hint"),
        ],
    )


def answered_message(library: Library, facts: Facts) -> Body:
    """Return what the question becomes once it is answered; under the card, where the thread says the rest, a line."""
    words = library.words("handover/answered", facts=facts, handover=facts.handover, pilot=facts.pilot)
    state = facts.handover.state.value
    if facts.to_group:
        return blocks.message(
            words.mrkdwn("text"), [blocks.context(words.mrkdwn(f"{state}_by_one"), "answered")]
        )
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn(state), "answered"),
            blocks.context(words.mrkdwn(f"{state}_hint"), "hint"),
        ],
    )


def ended_message(library: Library, facts: Facts, why: Ended) -> Body:
    """Return the line that the question becomes when nobody waits for its answer any more."""
    words = library.words("handover/ended", facts=facts, pilot=facts.pilot)
    return blocks.message(words.mrkdwn("text"), [blocks.context(words.mrkdwn(why.value), "ended")])


def told_message(library: Library, facts: Facts, what: Told) -> Body:
    """Return the word in the pilot's thread; where somebody else has to be found, with the way to name them."""
    words = library.words("handover/told", facts=facts, handover=facts.handover, pilot=facts.pilot)
    said: list[Block | None] = [blocks.section(words.mrkdwn(what.value, at_most=NOTE_SHOWN), "told")]
    if what in {Told.REFUSED, Told.LEFT}:
        again = blocks.button(words.plain("hand_over"), ActionId.HAND_OVER, facts.pilot.id)
        said.append(blocks.actions([again], "ways_on"))
    return blocks.message(words.mrkdwn(f"{what.value}_text"), said)


def relieved_message(library: Library, facts: Facts) -> Body:
    """Return the direct message to an owner that somebody else has taken over."""
    words = library.words("handover/relieved", facts=facts, handover=facts.handover, pilot=facts.pilot)
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "relieved")])
