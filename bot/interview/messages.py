"""What frames the conversation: its root card, and what is known from before.

Structure only; the words are in `prompts/interview/`. Questions are in `question`, what they become in `lines`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.conversations import Interview, InterviewState, Scope
from bot.domain.interview import Progress
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.readiness import ItemStanding
from bot.interview.controls import ActionId
from bot.pilots.messages import stage_title
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

IDEA = "idea"
"""The stage in which there is no pilot yet that could be ready for something."""
CARRIED_SPELT_OUT = 8
"""How many known answers are listed with their words; of more than that only the titles are named."""
CARRIED_SHOWN = 40
CARRIED_DETAIL_SHOWN = 60
STOP = "stop"
"""The entry of the root card's menu that ends the interview; the others are scopes."""


class Handed(NamedTuple):
    """An item that somebody else was asked about, and who."""

    title: str
    asked_id: str


@dataclass(frozen=True)
class RootFacts:
    """What the root card says beside the interview's own state."""

    gate: Gate | None
    """None where the playbook lost it."""
    progress: Progress
    only: str | None = None
    """The title of the one item that is asked about, where it is only one."""
    skipped: tuple[str, ...] = ()
    handed: tuple[Handed, ...] = ()


def root_message(library: Library, pilot: Pilot, interview: Interview, facts: RootFacts) -> Body:
    """Return the card that the thread hangs from, with progress and the way to pause."""
    gate = facts.gate
    words = library.words(
        "interview/root",
        pilot=pilot,
        to_stage=stage_title(library, gate.to_stage) if gate and gate.leads_on else None,
        gate_title=gate.title if gate and (not gate.leads_on or gate.from_stage == IDEA) else None,
        only=facts.only,
        progress=facts.progress,
        skipped=facts.skipped,
        handed=facts.handed,
        state=interview.state.value,
    )
    left_out = words.mrkdwn("left_out")
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("title"), "title"),
            blocks.section(words.mrkdwn("progress"), "progress"),
            blocks.context(left_out, "left_out") if left_out else None,
            blocks.context(words.mrkdwn("hint"), "hint"),
            _root_controls(words, interview),
        ],
    )


def _root_controls(words: Words, interview: Interview) -> Block | None:
    if interview.state is InterviewState.OPEN:
        button = blocks.button(words.plain("pause"), ActionId.PAUSE, interview.id)
    elif interview.state is InterviewState.PAUSED:
        button = blocks.button(words.plain("resume"), ActionId.RESUME, interview.id, style="primary")
    else:
        return None
    other = Scope.FULL if interview.scope is Scope.MISSING else Scope.MISSING
    scopes = [other] if interview.scope is not Scope.ONE else [Scope.MISSING, Scope.FULL]
    entries = [*(scope.value for scope in scopes), STOP]
    menu = blocks.overflow(
        ActionId.MENU, [blocks.Choice(words.plain(entry), f"{entry}:{interview.id}") for entry in entries]
    )
    return blocks.actions([button, menu], "actions")


def end_message(library: Library, interview: Interview) -> Body:
    """Return the last word in the thread: that was all, and where the summary is."""
    words = library.words("interview/end", channel_id=interview.channel_id)
    return blocks.message(words.mrkdwn("text"), [blocks.context(words.mrkdwn("said"), "end")])


def carried_message(
    library: Library, interview: Interview, known: Sequence[ItemStanding], confirmed_by: str | None
) -> Body:
    """Return the list of what is known from before and is not asked again, with the one button that confirms it all."""
    words = library.words(
        "interview/carried",
        known=known,
        more=max(0, len(known) - CARRIED_SHOWN),
        most=CARRIED_DETAIL_SHOWN,
        confirmed_by=confirmed_by,
        now=interview.last_turn_at,
    )
    if confirmed_by:
        return blocks.message(words.mrkdwn("text"), [blocks.context(words.mrkdwn("confirmed"), "carried")])
    if len(known) <= CARRIED_SPELT_OUT:
        lines = [words.mrkdwn("line", one=one) for one in known]
    else:
        lines = [words.mrkdwn("titles", shown=known[:CARRIED_SHOWN])]
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("title"), "carried"),
            blocks.section("\n".join(lines), "known"),
            blocks.actions(
                [blocks.button(words.plain("all_true"), ActionId.ALL_TRUE, interview.id)], "actions"
            ),
        ],
    )


def started(library: Library, pilot: Pilot, link: str | None) -> Body:
    """Return the private word that an interview asks, or goes on, somewhere else than where the command was typed."""
    words = library.words("interview/started", pilot=pilot, link=link)
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "started")])
