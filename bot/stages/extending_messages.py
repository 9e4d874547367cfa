"""What is said about the day by which it has to be decided whether a pilot goes on, with the four ways that there are.

Structure only; the words are in `prompts/stages/`.
"""

from dataclasses import dataclass, replace

from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot, PutOff
from bot.pilots.messages import ActionId, stage_title
from bot.slack import blocks
from prompts.library import Library


@dataclass(frozen=True)
class Ways:
    """What can be done about a pilot beside putting it off and ending it."""

    may_ask: bool = True
    """Whether its promotion can be asked for, and nobody has."""
    may_go_back: bool = False
    """Whether it has been in an earlier stage."""


def decision_message(library: Library, pilot: Pilot, ways: Ways, put_off: PutOff | None = None) -> Body:
    """Return the word under the card: by when it has to be decided, and how."""
    words = library.words(
        "stages/extend",
        pilot=pilot,
        stage=stage_title(library, pilot.stage),
        put_off=put_off,
        ways=ways,
    )
    parts = [
        blocks.section(words.mrkdwn("body"), "decision"),
        decision_buttons(library, pilot, ways),
        blocks.context(words.mrkdwn("next"), "next"),
    ]
    return blocks.message(words.mrkdwn("text"), parts)


def decision_buttons(library: Library, pilot: Pilot, ways: Ways) -> Block:
    """Return the ways that there are, promotion first; it stands out where nothing is missing for it."""
    words = library.words("stages/extend_buttons", pilot=pilot, put_off=None)
    offered = [ActionId.REQUEST] if ways.may_ask else []
    offered += [ActionId.EXTEND]
    offered += [ActionId.ROLL_BACK] if ways.may_go_back else []
    offered += [ActionId.RETIRE]
    return blocks.actions(
        [
            blocks.button(
                words.plain(one.name.lower()),
                blocks.one_of(one, "decision"),
                pilot.id,
                style="primary" if one is ActionId.REQUEST and pilot.ready else None,
            )
            for one in offered
        ],
        "decision_ways",
    )


def decision_line(
    library: Library, pilot: Pilot, put_off: PutOff | None, ways: Ways | None = None, *, overdue: bool = False
) -> Block:
    """Return by when it has to be decided, for a status, and what was said when that was put off."""
    words = library.words("stages/extend_buttons", pilot=pilot, put_off=put_off, ways=ways, overdue=overdue)
    return blocks.section(words.mrkdwn("decide"), "decision")


def decision_ways(library: Library, pilot: Pilot, ways: Ways) -> Block:
    """Return the ways that there are for a status, which offers the promotion itself."""
    return decision_buttons(library, pilot, replace(ways, may_ask=False))


def decided_message(library: Library, pilot: Pilot) -> Body:
    """Return what the word says once there is nothing to decide any more; `pilot` is as it is now."""
    words = library.words("stages/extend_settled", pilot=pilot, stage=stage_title(library, pilot.stage))
    said = words.mrkdwn("text")
    return blocks.message(said, [blocks.section(said, "decision")])
