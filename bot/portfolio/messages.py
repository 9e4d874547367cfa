"""What the overview looks like: one pilot's status, the list, help, and the Home tab.

Structure only; the words are in `prompts/portfolio/`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bot.answers.names import ActionId as AnswersActionId
from bot.domain import staleness
from bot.domain.conversations import Interview
from bot.domain.handovers import Ownership, ownership
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.interview.controls import Offered
from bot.interview.summary import open_again_line, summary_blocks, summary_buttons, verdict_sentence
from bot.interview.summary_facts import SummaryFacts
from bot.pilots.messages import ActionId as PilotActionId, stage_title, tier_of
from bot.portfolio.awaited_messages import COACH, LINE_SHOWN, OPEN_REVIEW, OPEN_THREAD, waiting_lines
from bot.portfolio.awaiting import Waiting
from bot.slack import blocks
from prompts.library import Library

PILOTS_LISTED = 40
"""How many pilots one private list shows; a message takes 50 blocks."""
PILOTS_AT_HOME = 20
NOTHING_WAIVED: Mapping[str, int] = MappingProxyType({})
NOTHING_OPEN: Mapping[str, Sequence[str]] = MappingProxyType({})
NO_OWNERS: Mapping[str, Ownership] = MappingProxyType({})
LINES_AT_HOME = 24
"""How many lines about what awaits somebody their Home tab has room for; it takes 100 blocks."""


class ActionId(StrEnum):
    """The controls of this feature."""

    SHARE_STATUS = "share.status"
    SHARE_LIST = "share.list"
    SHARE_HELP = "share.help"
    OPEN_STATUS = "portfolio.status"
    OPEN_REVIEW = OPEN_REVIEW
    OPEN_THREAD = OPEN_THREAD
    FULL_REPORT = Offered.FULL_REPORT
    COACH = COACH


def status_message(
    library: Library,
    pilot: Pilot,
    facts: SummaryFacts | None,
    now: datetime,
    *,
    share: bool,
    open_again: Sequence[str] = (),
    owner: Ownership | None = None,
) -> Body:
    """Return where one pilot stands; without facts no gate leads on, and `open_again` says what no longer holds.

    `owner` is who owns it, as the pilot itself has it where it is left out. `share` adds what can be done next, and the button that posts it for everybody.
    """
    words = library.words(
        "portfolio/status",
        pilot=pilot,
        owner=owner or ownership(pilot, ()),
        tier=tier_of(library, pilot),
        stage=stage_title(library, pilot.stage),
        days=staleness.days_since(pilot.stage_since, now),
        quiet_days=staleness.quiet_days(pilot, now),
    )
    parts: list[Block | None] = [blocks.section(words.mrkdwn("head"), "head")]
    if facts and not pilot.retired:
        parts += summary_blocks(library, facts)
        text = verdict_sentence(library, pilot, facts.gate, facts.verdict)
        parts.append(summary_buttons(library, facts) if share else None)
    else:
        text = words.mrkdwn("no_gate")
        parts.append(blocks.section(text, "no_gate"))
        parts.append(open_again_line(library, open_again))
    if share:
        parts.append(_share(library, ActionId.SHARE_STATUS, pilot.id))
    return blocks.message(text, parts)


def status_view(library: Library, body: Body) -> dict[str, Any]:
    """Return a pilot's status as a window, for the Home tab, where nothing can be whispered."""
    words = library.words("portfolio/status_view")
    return blocks.modal(
        "portfolio.status", words.plain("title"), body["blocks"], submit=None, close=words.plain("close")
    )


def list_message(
    library: Library,
    pilots: Sequence[Pilot],
    now: datetime,
    *,
    share: bool,
    waived: Mapping[str, int] = NOTHING_WAIVED,
    open_again: Mapping[str, Sequence[str]] = NOTHING_OPEN,
    owners: Mapping[str, Ownership] = NO_OWNERS,
) -> Body:
    """Return all pilots, a line each, in the order of the way they go.

    `waived` counts the accepted risks of each, `open_again` says what no longer holds since its last approval, `owners` who
    owns it.
    """
    words = library.words("portfolio/list", count=len(pilots), more=max(0, len(pilots) - PILOTS_LISTED))
    parts: list[Block | None] = [blocks.section(words.mrkdwn("title"), "title")]
    parts += [
        _line(
            library, pilot, now, waived.get(pilot.id, 0), open_again.get(pilot.id, ()), owners.get(pilot.id)
        )
        for pilot in pilots[:PILOTS_LISTED]
    ]
    if len(pilots) > PILOTS_LISTED:
        parts.append(blocks.context(words.mrkdwn("more_line"), "more"))
    if share:
        parts.append(_share(library, ActionId.SHARE_LIST, "list"))
    return blocks.message(words.mrkdwn("text"), parts)


def _line(
    library: Library,
    pilot: Pilot,
    now: datetime,
    waived: int,
    open_again: Sequence[str],
    owner: Ownership | None,
) -> Block:
    words = library.words(
        "portfolio/line",
        pilot=pilot,
        owner=owner or ownership(pilot, ()),
        stage=stage_title(library, pilot.stage),
        quiet_days=staleness.quiet_days(pilot, now),
        waived=waived,
        open_again=open_again,
    )
    return blocks.section(
        words.mrkdwn("line", at_most=LINE_SHOWN),
        f"pilot:{pilot.id}",
        blocks.button(words.plain("open"), blocks.one_of(ActionId.OPEN_STATUS, pilot.id), pilot.id),
    )


def _go_on(library: Library, pilot: Pilot) -> Block:
    """Return what somebody does with a pilot of theirs: go on with its questions, look at all answers."""
    words = library.words("portfolio/home_pilot")
    coach = blocks.button(words.plain("coach"), blocks.one_of(ActionId.COACH, pilot.id), pilot.id)
    answers = blocks.button(words.plain("answers"), blocks.one_of(AnswersActionId.LIST, pilot.id), pilot.id)
    return blocks.actions([coach, answers], f"go_on:{pilot.id}")


def started_view(library: Library, interview: Interview) -> dict[str, Any]:
    """Return the window that says where the questions are."""
    words = library.words("portfolio/started", channel_id=interview.channel_id)
    said = blocks.section(words.mrkdwn("said"), "said")
    return blocks.modal(
        "portfolio.started", words.plain("title"), [said], submit=None, close=words.plain("close")
    )


def report_shared(library: Library, name: str, link: str | None) -> str:
    """Return the private word that a report is in its thread."""
    return library.words("portfolio/report_shared", name=name, link_to=link).mrkdwn("said")


def help_message(library: Library, *, share: bool) -> Body:
    """Return what the commands do, with an example each."""
    words = library.words("portfolio/help")
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.section(words.mrkdwn("commands"), "commands"),
            blocks.context(words.mrkdwn("more"), "more"),
            _share(library, ActionId.SHARE_HELP, "help") if share else None,
        ],
    )


def home_view(
    library: Library,
    mine: Sequence[Pilot],
    others: Sequence[Pilot],
    waiting: Waiting,
    now: datetime,
    *,
    waived: Mapping[str, int] = NOTHING_WAIVED,
    open_again: Mapping[str, Sequence[str]] = NOTHING_OPEN,
    owners: Mapping[str, Ownership] = NO_OWNERS,
) -> dict[str, Any]:
    """Return a person's Home tab: what awaits them, their pilots, then the others."""
    waiting = replace(waiting, unfinished=[])  # each stands below with its own button
    words = library.words("portfolio/home", mine=len(mine), others=len(others), waiting=waiting.count)
    parts: list[Block] = [
        blocks.header(words.plain("title"), "title"),
        blocks.section(
            words.mrkdwn("intro"),
            "intro",
            blocks.button(words.plain("new"), PilotActionId.NEW, "new", style="primary"),
        ),
    ]
    if waiting.count:
        parts.append(blocks.section(words.mrkdwn("awaited_title"), "awaited"))
        parts += waiting_lines(library, waiting, LINES_AT_HOME)
    for title, key, some in (("mine_title", "mine", mine), ("others_title", "others", others)):
        if some:
            parts.append(blocks.divider(f"{key}_line"))
            parts.append(blocks.section(words.mrkdwn(title), key))
            for pilot in some[:PILOTS_AT_HOME]:
                again = open_again.get(pilot.id, ())
                owner = owners.get(pilot.id)
                parts.append(_line(library, pilot, now, waived.get(pilot.id, 0), again, owner))
                parts += [_go_on(library, pilot)] if key == "mine" and pilot.in_place < pilot.required else []
        if len(some) > PILOTS_AT_HOME:
            parts.append(
                blocks.context(words.mrkdwn("more", count=len(some) - PILOTS_AT_HOME), f"{key}_more")
            )
    return {"type": "home", "callback_id": "home", "blocks": parts}


def _share(library: Library, action_id: ActionId, value: str) -> Block:
    words = library.words("portfolio/share")
    return blocks.actions([blocks.button(words.plain("share"), action_id, value)], "share")
