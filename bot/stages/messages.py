"""What is said when a pilot moves other than by a review: loudly in the channel, or in a word under its card.

Structure only; the words are in `prompts/stages/`. The forms are in `forms`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from bot.domain.messages import Body
from bot.domain.pilots import Hold, Pilot
from bot.pilots.messages import ActionId as PilotActionId, stage_title
from bot.slack import blocks
from prompts.english import short_day
from prompts.library import Library


class ActionId(StrEnum):
    """The controls of this feature; pilots' cards draw them."""

    ROLL_BACK = PilotActionId.ROLL_BACK
    HOLD = PilotActionId.HOLD
    RESUME = PilotActionId.RESUME
    RETIRE = PilotActionId.RETIRE
    REVIVE = PilotActionId.REVIVE
    EXTEND = PilotActionId.EXTEND


class CallbackId(StrEnum):
    """The forms of this feature."""

    ROLL_BACK = "stages.roll_back_form"
    HOLD = "stages.hold_form"
    RETIRE = "stages.retire_form"
    REVIVE = "stages.revive_form"
    BREAK_GLASS = "stages.break_glass_form"
    EXTEND = "stages.extend_form"


def rolled_back_message(library: Library, pilot: Pilot, from_stage: str, by: str, reason: str) -> Body:
    """Return the loud word that a pilot went back; `pilot` is as it is now."""
    words = library.words(
        "stages/rolled_back",
        pilot=pilot,
        from_stage=stage_title(library, from_stage),
        to_stage=stage_title(library, pilot.stage),
        by=by,
        reason=reason,
    )
    parts = [
        blocks.section(words.mrkdwn("body"), "body"),
        blocks.context(words.mrkdwn("next"), "next"),
    ]
    return blocks.message(words.mrkdwn("text"), parts)


def break_glass_message(
    library: Library,
    pilot: Pilot,
    from_stage: str,
    by: str,
    reason: str,
    missing: Sequence[str],
    waived: Sequence[str],
    review_by: datetime,
) -> Body:
    """Return the loud word that a pilot was promoted before anybody reviewed it, and what was not in place."""
    words = library.words(
        "stages/break_glass",
        pilot=pilot,
        from_stage=stage_title(library, from_stage),
        to_stage=stage_title(library, pilot.stage),
        by=by,
        reason=reason,
        missing=list(missing),
        waived=list(waived),
        review_by=review_by,
    )
    parts = [
        blocks.section(words.mrkdwn("body"), "body"),
        blocks.section(words.mrkdwn("missing"), "missing"),
        blocks.context(words.mrkdwn("next"), "next"),
    ]
    return blocks.message(words.mrkdwn("text"), parts)


def held_message(library: Library, pilot: Pilot, hold: Hold, *, again: bool) -> Body:
    """Return the word under the card that a pilot waits on purpose; `again` where it did so before."""
    words = library.words("stages/held", pilot=pilot, hold=hold, again=again)
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "held")])


def resumed_message(library: Library, pilot: Pilot, hold: Hold, by: str | None) -> Body:
    """Return the word that a pilot goes on: somebody said so, or its day has come."""
    words = library.words("stages/resumed", pilot=pilot, hold=hold, by=by)
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "resumed")])


def resumed_privately(library: Library, pilot: Pilot) -> Body:
    """Return what somebody reads who let a pilot go on by a command."""
    stage = stage_title(library, pilot.stage)
    said = library.words("stages/resumed_privately", pilot=pilot, stage=stage).mrkdwn("text")
    return blocks.message(said, [blocks.section(said, "resumed")])


def retired_message(library: Library, pilot: Pilot, by: str, reason: str, learned: str) -> Body:
    """Return the word under the card that a pilot ended, why, and what was learned."""
    words = library.words("stages/retired", pilot=pilot, by=by, reason=reason, learned=learned)
    parts = [
        blocks.section(words.mrkdwn("body"), "retired"),
        blocks.section(words.mrkdwn("learned"), "learned"),
    ]
    return blocks.message(words.mrkdwn("text"), parts)


def revived_message(library: Library, pilot: Pilot, by: str, reason: str) -> Body:
    """Return the word under the card that a pilot goes on after it had ended."""
    stage = stage_title(library, pilot.stage)
    words = library.words("stages/revived", pilot=pilot, stage=stage, by=by, reason=reason)
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "revived")])


def why_withdrawn(
    library: Library, step: str, reason: str, *, to_stage: str = "", hold: Hold | None = None
) -> str:
    """Return why a request for promotion ended with a step, as its card says it."""
    until = short_day(hold.until) if hold else ""
    title = stage_title(library, to_stage) if to_stage else ""
    return library.words("stages/withdrawn", reason=reason, to_stage=title, until=until).plain(step)
