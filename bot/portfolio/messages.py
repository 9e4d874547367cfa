"""What the overview looks like: one pilot's status, the list, help, and the Home tab.

Structure only; the words are in `prompts/portfolio/`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from bot.domain import staleness
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.readiness import Verdict
from bot.domain.reviews import Review
from bot.interview.summary import summary_blocks, verdict_sentence
from bot.pilots.messages import ActionId as PilotActionId, stage_title
from bot.slack import blocks
from prompts.library import Library

PILOTS_LISTED = 40
"""How many pilots one private list shows; a message takes 50 blocks."""
LINE_SHOWN = 250
"""The longest line, in characters: forty of them stay under what Slack takes over all blocks of a message."""
PILOTS_AT_HOME = 20


class ActionId(StrEnum):
    """The controls of this feature."""

    SHARE_STATUS = "share.status"
    SHARE_LIST = "share.list"
    SHARE_HELP = "share.help"
    OPEN_STATUS = "portfolio.status"
    OPEN_REVIEW = "portfolio.open_review"


class Awaited(NamedTuple):
    """A review that waits, with the address of its card."""

    review: Review
    pilot: Pilot
    link: str | None


def status_message(
    library: Library, pilot: Pilot, gate: Gate | None, verdict: Verdict, now: datetime, *, share: bool
) -> Body:
    """Return where one pilot stands; `share` adds the button that posts it for everybody."""
    words = library.words(
        "portfolio/status",
        pilot=pilot,
        stage=stage_title(library, pilot.stage),
        days=staleness.days_since(pilot.stage_since, now),
        quiet_days=staleness.quiet_days(pilot, now),
    )
    parts: list[Block | None] = [blocks.section(words.mrkdwn("head"), "head")]
    if gate and not pilot.retired:
        parts += summary_blocks(library, pilot, gate, verdict, now)
        text = verdict_sentence(library, pilot, gate, verdict)
    else:
        text = words.mrkdwn("no_gate")
        parts.append(blocks.section(text, "no_gate"))
    if share:
        parts.append(_share(library, ActionId.SHARE_STATUS, pilot.id))
    return blocks.message(text, parts)


def status_view(library: Library, body: Body) -> dict[str, Any]:
    """Return a pilot's status as a window, for the Home tab, where nothing can be whispered."""
    words = library.words("portfolio/status_view")
    return blocks.modal(
        "portfolio.status", words.plain("title"), body["blocks"], submit=None, close=words.plain("close")
    )


def list_message(library: Library, pilots: Sequence[Pilot], now: datetime, *, share: bool) -> Body:
    """Return all pilots, a line each, in the order of the way they go."""
    words = library.words("portfolio/list", count=len(pilots), more=max(0, len(pilots) - PILOTS_LISTED))
    parts: list[Block | None] = [blocks.section(words.mrkdwn("title"), "title")]
    parts += [_line(library, pilot, now) for pilot in pilots[:PILOTS_LISTED]]
    if len(pilots) > PILOTS_LISTED:
        parts.append(blocks.context(words.mrkdwn("more_line"), "more"))
    if share:
        parts.append(_share(library, ActionId.SHARE_LIST, "list"))
    return blocks.message(words.mrkdwn("text"), parts)


def _line(library: Library, pilot: Pilot, now: datetime) -> Block:
    words = library.words(
        "portfolio/line",
        pilot=pilot,
        stage=stage_title(library, pilot.stage),
        quiet_days=staleness.quiet_days(pilot, now),
    )
    return blocks.section(
        words.mrkdwn("line", at_most=LINE_SHOWN),
        f"pilot:{pilot.id}",
        blocks.button(words.plain("open"), blocks.one_of(ActionId.OPEN_STATUS, pilot.id), pilot.id),
    )


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
    awaited: Sequence[Awaited],
    now: datetime,
) -> dict[str, Any]:
    """Return a person's Home tab: what awaits a decision, their pilots, then the others."""
    words = library.words("portfolio/home", mine=len(mine), others=len(others), awaited=len(awaited))
    parts: list[Block] = [
        blocks.header(words.plain("title"), "title"),
        blocks.section(
            words.mrkdwn("intro"),
            "intro",
            blocks.button(words.plain("new"), PilotActionId.NEW, "new", style="primary"),
        ),
    ]
    if awaited:
        parts.append(blocks.section(words.mrkdwn("awaited_title"), "awaited"))
        parts += [_awaited(library, one) for one in awaited[:PILOTS_AT_HOME]]
    for title, key, some in (("mine_title", "mine", mine), ("others_title", "others", others)):
        if some:
            parts.append(blocks.divider(f"{key}_line"))
            parts.append(blocks.section(words.mrkdwn(title), key))
            parts += [_line(library, pilot, now) for pilot in some[:PILOTS_AT_HOME]]
        if len(some) > PILOTS_AT_HOME:
            parts.append(
                blocks.context(words.mrkdwn("more", count=len(some) - PILOTS_AT_HOME), f"{key}_more")
            )
    return {"type": "home", "callback_id": "home", "blocks": parts}


def _awaited(library: Library, one: Awaited) -> Block:
    words = library.words(
        "portfolio/awaited",
        review=one.review,
        pilot=one.pilot,
        to_stage=stage_title(library, one.review.to_stage),
    )
    open_it = (
        blocks.button(
            words.plain("open"),
            blocks.one_of(ActionId.OPEN_REVIEW, one.review.id),
            one.review.id,
            url=one.link,
        )
        if one.link
        else None
    )
    return blocks.section(words.mrkdwn("line"), f"review:{one.review.id}", open_it)


def _share(library: Library, action_id: ActionId, value: str) -> Block:
    words = library.words("portfolio/share")
    return blocks.actions([blocks.button(words.plain("share"), action_id, value)], "share")
