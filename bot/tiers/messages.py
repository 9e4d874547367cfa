"""The form that changes a pilot's tier, and the word in its thread. Structure only; the words are in `prompts/tiers/`."""

from enum import StrEnum
from typing import Any

from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.policies import Tier
from bot.pilots.messages import tier_field
from bot.slack import blocks
from prompts.library import Library


class CallbackId(StrEnum):
    """The forms of this feature."""

    CHANGE = "tier.form"


def change_form(library: Library, pilot: Pilot, now: Tier) -> dict[str, Any]:
    """Return the form that asks how much can go wrong, and why that is not what was said before."""
    words = library.words("tiers/form", pilot=pilot, tier=now)
    reason = blocks.text_input(
        "reason",
        placeholder=words.plain("reason_placeholder"),
        multiline=True,
        max_length=blocks.REASON_LENGTH,
    )
    return blocks.modal(
        CallbackId.CHANGE,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.field(
                words.plain("tier_label"), tier_field(library, now), "tier", hint=words.plain("tier_hint")
            ),
            blocks.field(words.plain("reason_label"), reason, "reason", hint=words.plain("reason_hint")),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=pilot.id,
    )


def changed_message(
    library: Library, pilot: Pilot, by: str, before: Tier, now: Tier, reason: str, *, lowered: bool
) -> Body:
    """Return the word in the thread that the tier was changed, and why."""
    words = library.words(
        "tiers/changed", pilot=pilot, by=by, before=before, now=now, reason=reason, lowered=lowered
    )
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "tier")])
