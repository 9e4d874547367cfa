"""The order of a conversation: what to ask, what comes next, how far it is. Whoever was asked is never asked twice."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.answers import Answer
from bot.domain.conversations import Interview, InterviewState
from bot.domain.errors import Refusal
from bot.domain.playbook import Item
from bot.domain.readiness import Standing, stands
from bot.domain.values import Frozen

MINUTES_PER_QUESTION = 1
"""A first guess at what one question takes, in minutes."""


class NothingToAsk(Refusal):
    """Everything that the next gate asks for is settled. Ask for the promotion, or change an answer from the status."""


class InterviewClosed(Refusal):
    """This interview is over. Start another with `/pilot coach {name}`."""


class Progress(Frozen):
    """How far an interview is."""

    passed: int
    total: int

    @property
    def left(self) -> int:
        """How many questions are still to come."""
        return self.total - self.passed

    @property
    def minutes_left(self) -> int:
        """About how many minutes the rest takes."""
        return self.left * MINUTES_PER_QUESTION

    @property
    def bar(self) -> str:
        """The progress as filled and empty marks, one for each question, at most twenty."""
        marks = min(self.total, 20)
        filled = self.passed * marks // self.total if self.total else 0
        return "▰" * filled + "▱" * (marks - filled)


def to_ask(items: Sequence[Item], answers: Mapping[str, Answer], now: datetime) -> tuple[str, ...]:
    """Choose the items worth asking: those not settled, or settled so long ago that they need a fresh look."""
    settled = {Standing.IN_PLACE, Standing.NOT_APPLICABLE}
    chosen = tuple(item.id for item in items if stands(item, answers.get(item.id), now) not in settled)
    if not chosen:
        raise NothingToAsk
    return chosen


def progress(interview: Interview) -> Progress:
    """Count what was passed; never more than there is."""
    return Progress(passed=len(set(interview.passed) & set(interview.asked)), total=len(interview.asked))


def follow_up(interview: Interview, now: datetime) -> Interview:
    """Keep the same question open, and remember that it was asked once more."""
    return interview.model_copy(update={"followed_up": True, "last_turn_at": now})


def pass_item(interview: Interview, item_id: str, now: datetime) -> Interview:
    """Leave a question behind, answered or skipped; the last one ends the interview."""
    if item_id not in interview.asked or item_id in interview.passed:
        return interview
    was_open = interview.open_item_id == item_id
    passed = (*interview.passed, item_id)
    over = set(passed) >= set(interview.asked)
    return interview.model_copy(
        update={
            "passed": passed,
            "followed_up": interview.followed_up and not was_open,
            "state": InterviewState.DONE if over else interview.state,
            "last_turn_at": now,
        }
    )


def turn_to(interview: Interview, state: InterviewState, now: datetime) -> Interview:
    """Pause, resume or stop. What is over stays over."""
    if interview.state in {InterviewState.DONE, InterviewState.STOPPED}:
        raise InterviewClosed(name="")
    return interview.model_copy(update={"state": state, "last_turn_at": now})
