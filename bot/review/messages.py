"""The ids of a review's controls and forms, what its controls carry, and phrases about it that stand inside sentences.

The card is in `card`, the windows in `details` and `forms`, what is said beside the card in `told`; the words are in
`prompts/review/`.
"""

from collections.abc import Iterable
from enum import StrEnum

from bot.domain.readiness import Verdict
from bot.domain.reviews import Review
from bot.review.deciders import Short
from prompts.library import Library


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
    CONDITION_DROP = "review.condition_drop"
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
    CONDITION_DROP = "review.condition_drop_form"


MARK = 12
"""How many digits of a snapshot's hash stand for it in a control's value."""


def as_seen(review: Review) -> str:
    """Return what a control of a review carries: which review, and which snapshot of it the person is looking at."""
    return f"{review.id}:{review.snapshot_hash[:MARK]}"


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
