"""What a gate review looks like: the one card, the form to decline, and what the requester is told.

Structure only; the words are in `prompts/review/`.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.readiness import Standing, Verdict
from bot.domain.review import Panel
from bot.domain.reviews import Review, ReviewState
from bot.pilots.messages import stage_title
from bot.review.deciders import Short
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

ITEMS_SHOWN = 25


class ActionId(StrEnum):
    """The controls of this feature."""

    APPROVE = "review.approve"
    APPROVE_WITH = "review.approve_with"
    REQUEST_CHANGES = "review.request_changes"
    DECLINE = "review.decline"
    DETAILS = "review.details"
    DETAILS_PAGE = "review.details_page"
    WHAT_CHANGED = "review.what_changed"
    TAKE_BACK = "review.take_back"
    WITHDRAW = "review.withdraw"
    HISTORY = "review.history"
    ANSWER_CHANGE = "review.answer_change"
    CLEAR_CHANGE = "review.clear_change"
    ADD_CONDITION = "review.add_condition"
    CONDITION_DONE = "review.condition_done"
    OPEN_INTERVIEW = "review.open_interview"


class CallbackId(StrEnum):
    """The forms of this feature."""

    APPROVE = "review.approve_form"
    APPROVE_WITH = "review.approve_with_form"
    REQUEST_CHANGES = "review.request_changes_form"
    DECLINE = "review.decline_form"
    WITHDRAW = "review.withdraw_form"
    ANSWER_CHANGE = "review.answer_change_form"
    CONDITION_DONE = "review.condition_done_form"


MARK = 12
"""How many digits of a snapshot's hash stand for it in a control's value."""


def as_seen(review: Review) -> str:
    """Return what a control of a review carries: which review, and which snapshot of it the person is looking at."""
    return f"{review.id}:{review.snapshot_hash[:MARK]}"


def card_message(
    library: Library,
    review: Review,
    pilot: Pilot,
    panel: Panel | None,
    interview_link: str | None,
) -> Body:
    """Return the card: the question, the facts as they were frozen, and the buttons while it is open."""
    items = _asked_here(library, review)
    words = library.words(
        "review/card",
        review=review,
        pilot=pilot,
        from_stage=stage_title(library, review.from_stage),
        to_stage=stage_title(library, review.to_stage),
        items=items[:ITEMS_SHOWN],
        more=max(0, len(items) - ITEMS_SHOWN),
        earlier=len(review.snapshot["items"]) - len(items),
        total=len(review.snapshot["items"]),
        panel=panel,
        in_place=sum(1 for item in review.snapshot["items"] if item["standing"] == Standing.IN_PLACE),
        not_applicable=sum(
            1 for item in review.snapshot["items"] if item["standing"] == Standing.NOT_APPLICABLE
        ),
        waived=sum(1 for item in review.snapshot["items"] if item["standing"] == Standing.WAIVED),
        snapshot_mark=review.snapshot_hash[:8],
    )
    is_open = review.state is ReviewState.OPEN
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("title"), "title"),
            blocks.section(words.mrkdwn("facts"), "facts"),
            blocks.section(words.mrkdwn("items"), "items"),
            blocks.context(words.mrkdwn("awaited"), "awaited") if is_open else None,
            None if is_open else blocks.section(words.mrkdwn("outcome"), "outcome"),
            _buttons(words, review, interview_link, is_open=is_open),
        ],
    )


def _buttons(words: Words, review: Review, link: str | None, *, is_open: bool) -> Block | None:
    row: list[Block] = []
    if is_open:
        sure = blocks.confirm(
            words.plain("approve_title"),
            words.plain("approve_sure"),
            words.plain("approve_yes"),
            words.plain("approve_no"),
        )
        row.append(
            blocks.button(words.plain("approve"), ActionId.APPROVE, review.id, style="primary", confirm=sure)
        )
        row.append(blocks.button(words.plain("decline"), ActionId.DECLINE, review.id))
    if link:
        row.append(blocks.button(words.plain("open_interview"), ActionId.OPEN_INTERVIEW, review.id, url=link))
    return blocks.actions(row, "actions") if row else None


def _asked_here(library: Library, review: Review) -> list[dict[str, Any]]:
    """Return what this gate asks for the first time, and whatever of earlier gates does not hold any more.

    Accepted risks come first. What earlier gates asked for and still holds is counted on the card, not spelt out again.
    """
    items: list[dict[str, Any]] = review.snapshot["items"]
    gate = library.playbook.gate(review.gate_id)
    before = library.playbook.items_asked_before(gate) if gate else frozenset()
    holds = {Standing.IN_PLACE, Standing.NOT_APPLICABLE}
    shown = [item for item in items if item["item_id"] not in before or item["standing"] not in holds]
    dated = [item | {"until": _waived_until(item)} for item in shown]
    return sorted(dated, key=lambda item: item["until"] is None)


def _waived_until(item: dict[str, Any]) -> date | None:
    """Return the last day of an accepted risk; there is none in snapshots from before there were waivers."""
    waiver = item.get("waiver")
    return date.fromisoformat(waiver["until"]) if waiver else None


def decline_form(library: Library, pilot: Pilot, review: Review) -> dict[str, Any]:
    """Return the form that asks why a promotion is declined."""
    words = library.words("review/decline_form", pilot=pilot, to_stage=stage_title(library, review.to_stage))
    return blocks.reason_form(words, CallbackId.DECLINE, review.id)


def requested_message(library: Library, review: Review, pilot: Pilot, panel: Panel) -> Body:
    """Return the word in the thread that a promotion is before its approvers."""
    words = library.words(
        "review/requested",
        review=review,
        pilot=pilot,
        panel=panel,
        to_stage=stage_title(library, review.to_stage),
    )
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "requested")])


def asked_privately(library: Library, review: Review, pilot: Pilot, panel: Panel) -> str:
    """Return what the requester is told where they asked: who decides, and where they will read of it."""
    words = library.words(
        "review/asked",
        review=review,
        pilot=pilot,
        panel=panel,
        to_stage=stage_title(library, review.to_stage),
    )
    return words.mrkdwn("said")


def outcome_message(library: Library, review: Review, pilot: Pilot) -> Body:
    """Return what the requester hears in the thread, whatever the outcome."""
    words = library.words(
        "review/outcome",
        review=review,
        pilot=pilot,
        from_stage=stage_title(library, review.from_stage),
        to_stage=stage_title(library, review.to_stage),
    )
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "outcome")])


def outcome_in_words(library: Library, review: Review) -> str:
    """Return a decided review's end as a phrase: who decided what."""
    return library.words("review/outcome_phrase", review=review).mrkdwn("phrase")


def missing_in_words(library: Library, verdict: Verdict) -> str:
    """Return what blocks a gate as a phrase."""
    return titles_in_words(library, [gap.item.title for gap in verdict.blocking])


def titles_in_words(library: Library, titles: list[str]) -> str:
    """Return titles as a phrase in the middle of a sentence."""
    return library.words("review/missing_phrase", titles=titles).plain("phrase")


def outdated_in_words(library: Library, changed: list[str]) -> str:
    """Return why an open review makes way for a new one."""
    return library.words("review/outdated_phrase", changed=changed).plain("phrase")


def why_nobody(library: Library, roles: Iterable[Short]) -> str:
    """Return why nobody could decide, as a phrase that says whom to add."""
    return library.words("review/nobody_phrase", roles=list(roles)).plain("phrase")
