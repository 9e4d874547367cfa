"""What the overview looks like: one pilot's status, help, and small windows. Lists and the Home tab have files of their own.

Structure only; the words are in `prompts/portfolio/`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain import staleness
from bot.domain.conversations import Interview
from bot.domain.handovers import Ownership, ownership
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.interview.summary import open_again_line, summary_blocks, summary_buttons, verdict_sentence
from bot.interview.summary_facts import SummaryFacts
from bot.pilots.messages import stage_title, tier_of
from bot.portfolio.names import ActionId
from bot.slack import blocks
from bot.watching.messages import NO_TROUBLES, Troubles, trouble_blocks
from prompts.library import Library


def status_message(
    library: Library,
    pilot: Pilot,
    facts: SummaryFacts | None,
    now: datetime,
    *,
    share: bool,
    open_again: Sequence[str] = (),
    owner: Ownership | None = None,
    troubles: Troubles = NO_TROUBLES,
) -> Body:
    """Return where one pilot stands; without facts no gate leads on, and `open_again` says what no longer holds.

    `owner` is who owns it, as the pilot itself has it where it is left out. `troubles` is what keeps it back.
    `share` adds what can be done next, and the button that posts it for everybody.
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
        parts += trouble_blocks(library, pilot, troubles, buttons=share)
        text = verdict_sentence(library, pilot, facts.gate, facts.verdict)
        parts.append(summary_buttons(library, facts) if share else None)
    else:
        text = words.mrkdwn("no_gate")
        parts.append(blocks.section(text, "no_gate"))
        parts.append(open_again_line(library, open_again))
        parts += trouble_blocks(library, pilot, troubles, buttons=share)
    if share:
        parts.append(_share(library, ActionId.SHARE_STATUS, pilot.id))
    return blocks.message(text, parts)


def status_view(library: Library, body: Body) -> dict[str, Any]:
    """Return a pilot's status as a window, for the Home tab, where nothing can be whispered."""
    words = library.words("portfolio/status_view")
    return blocks.modal(
        "portfolio.status", words.plain("title"), body["blocks"], submit=None, close=words.plain("close")
    )


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


def _share(library: Library, action_id: ActionId, value: str) -> Block:
    words = library.words("portfolio/share")
    return blocks.actions([blocks.button(words.plain("share"), action_id, value)], "share")
