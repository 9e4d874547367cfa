"""The forms of a review: decline, approve with conditions, hand back a question, answer it, confirm, withdraw, a condition met.

Structure only; the words are in `prompts/review/`. A form about a decision carries the review and the snapshot that was looked
at (`messages.as_seen`), one about a question or a condition carries its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain.actions import Action
from bot.domain.messages import Block
from bot.domain.pilots import Pilot
from bot.domain.reviews import ChangeRequest
from bot.pilots.messages import stage_title
from bot.review.facts import CardFacts
from bot.review.messages import ActionId, CallbackId, as_seen
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

MOST_CONDITIONS = 5
QUESTION_LENGTH = 1000
REPLY_LENGTH = 3000
CONDITION_LENGTH = 500


@dataclass(frozen=True)
class Entered:
    """What one row of the form with conditions holds already."""

    what: str = ""
    owner_id: str | None = None
    due_on: date | None = None


def decline_form(library: Library, facts: CardFacts) -> dict[str, Any]:
    """Return the form that asks what has to change first; or, after an emergency, what was not right."""
    return blocks.reason_form(_words(library, "review/decline_form", facts), CallbackId.DECLINE, _seen(facts))


def conditions_form(
    library: Library, facts: CardFacts, rows: int, entered: Mapping[int, Entered] | None = None
) -> dict[str, Any]:
    """Return the form that approves on conditions, with one to five rows for them; rows count from 1.

    The first row is needed. A field is `what_1`, `owner_1` or `due_1` by its block id; the note is `note`, and `name` is the
    pilot's name where the policy wants it typed. Slack keeps what was typed into fields that stay; `entered` is for a form
    that is opened anew.
    """
    words = _words(library, "review/conditions_form", facts)
    count = max(1, min(rows, MOST_CONDITIONS))
    known = entered or {}
    fields = [
        field
        for n in range(1, count + 1)
        for field in _row(words, n, known.get(n, Entered()), alone=count == 1)
    ]
    more = blocks.button(words.plain("another"), ActionId.ADD_CONDITION, f"{_seen(facts)}:{count + 1}")
    return blocks.modal(
        CallbackId.APPROVE_WITH,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            *fields,
            *([blocks.actions([more], "more")] if count < MOST_CONDITIONS else []),
            *_confirming(library, facts, again=_confirms_again(facts)),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=_seen(facts),
    )


def _confirms_again(facts: CardFacts) -> bool:
    return facts.procedure is not None and facts.procedure.policy.confirm_again


def _confirming(library: Library, facts: CardFacts, *, again: bool) -> list[Block]:
    """Return the fields that end a form which approves: the pilot's name where it has to be typed, and a note."""
    words = _words(library, "review/confirm_form", facts)
    name = blocks.text_input("name", max_length=200)
    note = blocks.text_input("note", multiline=True, max_length=blocks.REASON_LENGTH)
    typed = blocks.field(words.plain("name_label"), name, "name", hint=words.plain("name_hint"))
    said = blocks.field(words.plain("note_label"), note, "note", optional=True)
    proves = blocks.context(words.mrkdwn("proves"), "proves")
    return [typed, said, proves] if again else [said]


def _row(words: Words, number: int, entered: Entered, *, alone: bool) -> list[Block]:
    """Return the fields of one condition; one that was added and left empty is none."""
    optional = number > 1
    what = blocks.text_input(
        f"what_{number}",
        placeholder=words.plain("what_placeholder"),
        initial=entered.what,
        max_length=CONDITION_LENGTH,
    )
    owner = blocks.users_select(
        f"owner_{number}", initial=entered.owner_id, placeholder=words.plain("owner_placeholder")
    )
    due = blocks.datepicker(
        f"due_{number}", initial=entered.due_on, placeholder=words.plain("due_placeholder")
    )
    told = {"number": number, "alone": alone}
    return [
        blocks.field(words.plain("what_label", **told), what, f"what_{number}", optional=optional),
        blocks.field(words.plain("owner_label"), owner, f"owner_{number}", optional=optional),
        blocks.field(words.plain("due_label"), due, f"due_{number}", optional=optional),
    ]


def changes_form(library: Library, facts: CardFacts, standing: ChangeRequest | None = None) -> dict[str, Any]:
    """Return the form that hands back a question; `standing` is the one that the same person has asked already.

    The question is `question` by its block id. A standing one can be taken back here, or asked in other words.
    """
    words = _words(library, "review/changes_form", facts, standing=standing)
    question = blocks.text_input(
        "question",
        placeholder=words.plain("question_placeholder"),
        initial=standing.question if standing else "",
        multiline=True,
        max_length=QUESTION_LENGTH,
    )
    clear = blocks.button(words.plain("clear"), ActionId.CLEAR_CHANGE, standing.id) if standing else None
    return blocks.modal(
        CallbackId.REQUEST_CHANGES,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro", clear),
            blocks.field(
                words.plain("question_label"), question, "question", hint=words.plain("question_hint")
            ),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=_seen(facts),
    )


def answer_form(library: Library, facts: CardFacts, question: ChangeRequest) -> dict[str, Any]:
    """Return the form that answers a question that was handed back; the answer is `reply` by its block id."""
    words = _words(library, "review/answer_form", facts, question=question)
    reply = blocks.text_input(
        "reply", placeholder=words.plain("reply_placeholder"), multiline=True, max_length=REPLY_LENGTH
    )
    return blocks.modal(
        CallbackId.ANSWER_CHANGE,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.field(words.plain("reply_label"), reply, "reply", hint=words.plain("reply_hint")),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=question.id,
    )


def confirm_form(library: Library, facts: CardFacts) -> dict[str, Any]:
    """Return the form that asks to type the pilot's name before an approval counts; the name is `name` by its block id."""
    words = _words(library, "review/confirm_form", facts)
    return blocks.modal(
        CallbackId.APPROVE,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            *_confirming(library, facts, again=True),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=_seen(facts),
    )


def withdraw_form(library: Library, facts: CardFacts) -> dict[str, Any]:
    """Return the question whether a request is really to be withdrawn."""
    words = _words(library, "review/withdraw_form", facts)
    return blocks.modal(
        CallbackId.WITHDRAW,
        words.plain("title"),
        [blocks.section(words.mrkdwn("intro"), "intro")],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=facts.review.id,
    )


def condition_done_form(library: Library, action: Action, pilot: Pilot) -> dict[str, Any]:
    """Return the form that asks what shows that a condition is met; the words are `reason` by their block id."""
    words = library.words("review/condition_done_form", pilot=pilot, action=action)
    return blocks.reason_form(words, CallbackId.CONDITION_DONE, action.id)


def condition_drop_form(library: Library, action: Action, pilot: Pilot) -> dict[str, Any]:
    """Return the form that asks why a condition is not needed any more; the words are `reason` by their block id."""
    words = library.words("review/condition_drop_form", pilot=pilot, action=action)
    return blocks.reason_form(words, CallbackId.CONDITION_DROP, action.id)


def _words(library: Library, template: str, facts: CardFacts, **more: Any) -> Words:
    review = facts.review
    return library.words(
        template,
        facts=facts,
        pilot=facts.pilot,
        review=review,
        from_stage=stage_title(library, review.from_stage),
        to_stage=stage_title(library, review.to_stage),
        **more,
    )


def _seen(facts: CardFacts) -> str:
    return as_seen(facts.review)
