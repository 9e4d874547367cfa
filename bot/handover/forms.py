"""The windows of a handover: whom to propose, what accepting asks for, and why somebody declines.

Structure only; the words are in `prompts/handover/`.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from bot.domain.handovers import Handover, Ownership
from bot.domain.messages import Block
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.handover.messages import CallbackId
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

NOTE_LENGTH = 1000
CONTACT_LENGTH = 200
PROPOSED_DAYS = 30
"""The first look that the form proposes: soon enough to see what a month of it was like."""


def hand_over_form(
    library: Library, pilot: Pilot, owner: Ownership, groups: Iterable[blocks.Choice]
) -> dict[str, Any]:
    """Return the form that asks who is to own it: a person, or a team from a menu, and a note to them."""
    words = library.words("handover/hand_over_form", pilot=pilot, owner=owner)
    note = blocks.text_input(
        "note", placeholder=words.plain("note_placeholder"), multiline=True, max_length=NOTE_LENGTH
    )
    return blocks.modal(
        CallbackId.HAND_OVER,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            *_person_or_group(words, "owner", groups),
            blocks.field(
                words.plain("note_label"), note, "note", hint=words.plain("note_hint"), optional=True
            ),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=pilot.id,
    )


def accept_form(
    library: Library, pilot: Pilot, handover: Handover, groups: Iterable[blocks.Choice], today: date
) -> dict[str, Any]:
    """Return the form that an owner accepts with: the runbook, who is called, and the first look at it."""
    words = library.words(
        "handover/accept_form", pilot=pilot, handover=handover, to_group=is_group(handover.to_id)
    )
    runbook = blocks.url_input("runbook", placeholder=words.plain("runbook_placeholder"))
    contact = blocks.text_input(
        "contact_words", placeholder=words.plain("contact_words_placeholder"), max_length=CONTACT_LENGTH
    )
    first_look = blocks.datepicker("first_review", initial=today + timedelta(days=PROPOSED_DAYS))
    return blocks.modal(
        CallbackId.ACCEPT,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.field(words.plain("runbook_label"), runbook, "runbook", hint=words.plain("runbook_hint")),
            *_person_or_group(words, "contact", groups),
            blocks.field(words.plain("contact_words_label"), contact, "contact_words", optional=True),
            blocks.field(
                words.plain("first_review_label"),
                first_look,
                "first_review",
                hint=words.plain("first_review_hint"),
            ),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=handover.id,
    )


def refuse_form(library: Library, pilot: Pilot, handover: Handover) -> dict[str, Any]:
    """Return the form that asks why somebody does not take it on."""
    words = library.words(
        "handover/refuse_form", pilot=pilot, handover=handover, to_group=is_group(handover.to_id)
    )
    return blocks.reason_form(words, CallbackId.REFUSE, handover.id)


def _person_or_group(words: Words, name: str, groups: Iterable[blocks.Choice]) -> list[Block]:
    """Return a field for a person and, as Slack has no select for user groups, a menu of them."""
    choices = list(groups)[:100]
    fields = [
        blocks.field(
            words.plain(f"{name}_label"),
            blocks.users_select(name),
            name,
            hint=words.plain(f"{name}_hint"),
            optional=True,
        )
    ]
    if choices:
        menu = blocks.static_select(f"{name}_group", choices)
        fields.append(blocks.field(words.plain(f"{name}_group_label"), menu, f"{name}_group", optional=True))
    return fields
