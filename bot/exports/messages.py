"""What somebody sees who asks for an export: the form with the formats, and private words. Words are in `prompts/exports/export.j2`."""

from enum import StrEnum
from typing import Any, Final

from bot.domain.messages import Body
from bot.exports.files import Format
from bot.slack import blocks
from bot.slack.blocks import Choice
from prompts.library import Library

ALL: Final = "all"
"""What an export is about that is about no single pilot."""
FORMAT: Final = "format"


class ActionId(StrEnum):
    """The controls of this feature; whoever draws one gives it the id of a pilot, or `ALL`."""

    EXPORT = "portfolio.export"
    TRENDS = "portfolio.trends"
    SHARE_TRENDS = "share.trends"


class CallbackId(StrEnum):
    """The forms of this feature."""

    EXPORT = "portfolio.export_form"


def export_form(library: Library, name: str | None, private: str, *, under_it: bool) -> dict[str, Any]:
    """Return the form that asks for the format; `under_it` says that the files go below the message of the click."""
    words = library.words("exports/export", name=name, under_it=under_it)
    choices = [Choice(words.plain(one), one, words.plain(f"{one}_hint")) for one in Format]
    first = Format.MARKDOWN if name else Format.HTML
    return blocks.modal(
        CallbackId.EXPORT,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.field(words.plain("format"), blocks.radio_buttons(FORMAT, choices, initial=first), FORMAT),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=private,
    )


def under_way(library: Library, name: str | None) -> Body:
    """Return the private word that an export is being written."""
    said = library.words("exports/export", name=name).mrkdwn("under_way")
    return blocks.message(said, [blocks.section(said, "under_way")])


def shared(library: Library, name: str | None, link: str | None, *, under_it: bool) -> str:
    """Return the private word that an export is there."""
    return library.words("exports/export", name=name, link_to=link, under_it=under_it).mrkdwn("shared")
