"""What somebody is told of on a day: one direct message, with a paragraph for each quiet pilot and each review that waits for them.

Structure only; the words are in `prompts/nudges/`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bot.domain import staleness
from bot.domain.messages import Block, Body
from bot.domain.nudges import Nudge
from bot.domain.pilots import Pilot
from bot.domain.readiness import Verdict
from bot.domain.reminders import Why
from bot.domain.reviews import ChangeRequest, Review
from bot.pilots.messages import stage_title
from bot.review.messages import outcome_in_words
from bot.slack import blocks
from prompts.library import Library

LINES_SHOWN = 15
"""How many things one message spells out; the rest are counted."""
LINE_SHOWN = 700


class ActionId(StrEnum):
    """The controls of this feature."""

    UPDATE = "nudge.update"
    SNOOZE = "nudge.snooze"
    RETIRE = "nudge.retire"
    OPEN_REVIEW = "nudge.open_review"


class CallbackId(StrEnum):
    """The forms of this feature."""

    RETIRE = "nudge.retire_form"


class Settled(StrEnum):
    """Why a review waits for the person no more."""

    OVER = "over"
    VOTED = "voted"
    NOT_NEEDED = "not_needed"


class QuietLine(NamedTuple):
    """One nudge with the quiet pilot that it is about."""

    nudge: Nudge
    pilot: Pilot
    verdict: Verdict
    leads_on: bool = True
    """Whether there is a next stage; without one it is upkeep that waits."""

    @property
    def waits(self) -> bool:
        """Whether something is still to be done about it."""
        return self.nudge.reply is None and not self.pilot.retired


class AwaitedLine(NamedTuple):
    """One reminder with the review that waits for the person, or waited."""

    nudge: Nudge
    pilot: Pilot
    review: Review
    why: Why
    link: str | None = None
    """The address of the card, or of the question."""
    question: ChangeRequest | None = None
    settled: Settled | None = None

    @property
    def waits(self) -> bool:
        """Whether something is still to be done about it."""
        return self.settled is None


Line = QuietLine | AwaitedLine


def in_order(nudges: Sequence[Nudge], about: Mapping[str | None, Review]) -> list[Nudge]:
    """Return what a person is told of: reviews that expire first, then what is quiet longest; a pilot's things stand together."""

    def urgency(nudge: Nudge) -> tuple[bool, datetime, str]:
        review = about.get(nudge.review_id)
        return (review is None, review.expires_at if review else nudge.quiet_since, nudge.kind)

    first: dict[str, tuple[bool, datetime, str]] = {}
    for nudge in nudges:
        first[nudge.pilot_id] = min(first.get(nudge.pilot_id, urgency(nudge)), urgency(nudge))
    return sorted(nudges, key=lambda one: (first[one.pilot_id], one.pilot_id, urgency(one)))


def day_message(library: Library, lines: Sequence[Line], now: datetime) -> Body:
    """Return the direct message about what waits for a person, with what was settled meanwhile."""
    waiting = [line for line in lines if line.waits]
    words = library.words(
        "nudges/day",
        waiting=[line.pilot.name for line in waiting],
        about=waiting[0].pilot if waiting else None,
        quiet_only=all(isinstance(line, QuietLine) for line in waiting or lines),
        why=waiting[0].why if len(waiting) == 1 and isinstance(waiting[0], AwaitedLine) else None,
        more=max(0, len(lines) - LINES_SHOWN),
    )
    parts: list[Block | None] = [blocks.section(words.mrkdwn("intro"), "intro")]
    for line in lines[:LINES_SHOWN]:
        if isinstance(line, QuietLine):
            parts += _quiet(library, line, now)
        else:
            parts.append(_awaited(library, line))
    if len(lines) > LINES_SHOWN:
        parts.append(blocks.context(words.mrkdwn("more_line"), "more"))
    parts.append(blocks.context(words.mrkdwn("why"), "why"))
    return blocks.message(words.mrkdwn("text"), parts)


def _awaited(library: Library, line: AwaitedLine) -> Block:
    review = line.review
    words = library.words(
        "nudges/review",
        pilot=line.pilot,
        review=review,
        nudge=line.nudge,
        question=line.question,
        to_stage=stage_title(library, review.to_stage),
        outcome=None if review.is_open else outcome_in_words(library, review),
    )
    block_id = f"review:{review.id}"
    if line.settled:
        return blocks.section(words.mrkdwn(line.settled.value, at_most=LINE_SHOWN), block_id)
    action_id = blocks.one_of(ActionId.OPEN_REVIEW, review.id)
    open_it = blocks.button(words.plain(f"open_{line.why.value}"), action_id, review.id, url=line.link)
    said = words.mrkdwn(line.why.value, at_most=LINE_SHOWN)
    return blocks.section(said, block_id, open_it if line.link else None)


def _quiet(library: Library, line: QuietLine, now: datetime) -> list[Block | None]:
    nudge, pilot = line.nudge, line.pilot
    words = library.words(
        "nudges/pilot",
        nudge=nudge,
        pilot=pilot,
        verdict=line.verdict,
        leads_on=line.leads_on,
        stage=stage_title(library, pilot.stage),
        days=staleness.days_since(nudge.quiet_since, nudge.sent_at),
        snooze_days=library.playbook.nudges.snooze_days,
        now=now,
    )
    block_id = f"pilot:{pilot.id}"
    if not line.waits:
        return [blocks.section(words.mrkdwn("answered"), block_id)]
    value = f"{pilot.id}:{nudge.slot}"
    buttons = [
        blocks.button(
            words.plain("update"), blocks.one_of(ActionId.UPDATE, pilot.id), value, style="primary"
        ),
        blocks.button(words.plain("snooze"), blocks.one_of(ActionId.SNOOZE, pilot.id), value),
        blocks.button(words.plain("retire"), blocks.one_of(ActionId.RETIRE, pilot.id), value),
    ]
    return [
        blocks.section(words.mrkdwn("line"), block_id),
        blocks.actions(buttons, f"actions:{pilot.id}"),
    ]
