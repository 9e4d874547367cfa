"""What the overview looks like: help, and small windows. A pilot's status, lists and the Home tab have files of their own.

Structure only; the words are in `prompts/portfolio/`.
"""

from typing import Any

from bot.domain.conversations import Interview
from bot.domain.messages import Block, Body
from bot.portfolio.names import ActionId
from bot.slack import blocks
from prompts.library import Library


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
