"""The order of a conversation: what to ask, what comes next, how far it is. Whoever was asked is never asked twice.

Each function takes an interview as a value and returns the next one. What Slack shows of it, and who may turn it, is
decided elsewhere.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.domain.answers import Answer, Status
from bot.domain.conversations import Interview, InterviewState, Scope
from bot.domain.errors import Refusal
from bot.domain.playbook import AnswerKind, Item
from bot.domain.readiness import ItemStanding, Standing, verdict
from bot.domain.values import Frozen

SECONDS: Mapping[AnswerKind, int] = MappingProxyType(
    {
        AnswerKind.STATUS: 45,
        AnswerKind.NUMBER: 45,
        AnswerKind.MONEY: 60,
        AnswerKind.PERCENTAGE: 45,
        AnswerKind.DATE: 20,
        AnswerKind.LINK: 30,
        AnswerKind.PERSON: 20,
        AnswerKind.GROUP: 20,
        AnswerKind.CHOICE: 15,
        AnswerKind.CHOICES: 25,
        AnswerKind.TEXT: 60,
    }
)
"""What a question takes while nobody's time is known, by the kind of its answer."""
SECONDS_TO_CONFIRM = 10
"""What it takes to say that a known answer is still true."""
LONGEST_SECONDS = 600
"""Who takes longer over one question was away."""

AnswersById = Mapping[str, Answer]
Steps = Callable[[Item], int]
"""Where an item's step stands on the way (`Playbook.step_number`)."""


class NothingToAsk(Refusal):
    """Everything that the next gate asks for is settled. Ask for the promotion, or change an answer from the status."""


class InterviewClosed(Refusal):
    """This interview is over. Start another with `/pilot coach {name}`."""


class Progress(Frozen):
    """How far an interview is."""

    passed: int
    total: int
    seconds_left: float = 0
    """About how long the questions that are still to come take."""

    @property
    def left(self) -> int:
        """How many questions are still to come."""
        return self.total - self.passed

    @property
    def minutes_left(self) -> int:
        """About how many minutes the rest takes, rounded up; 0 when it is less than one."""
        return 0 if self.seconds_left < 60 else math.ceil(self.seconds_left / 60)

    @property
    def bar(self) -> str:
        """The progress as filled and empty marks, one for each question, at most twenty."""
        marks = min(self.total, 20)
        filled = self.passed * marks // self.total if self.total else 0
        return "▰" * filled + "▱" * (marks - filled)


def _no_steps(item: Item) -> int:
    del item  # a playbook without a framework: the checklist's own order counts
    return 0


def in_order(standings: Sequence[ItemStanding], step_of: Steps = _no_steps) -> tuple[ItemStanding, ...]:
    """Put first what keeps the pilot from its next stage; then the framework's steps; then the checklist's order.

    Of what keeps it, first what has grown old: a click confirms it, and an approval may stand on it.
    """

    def place(one: ItemStanding) -> tuple[bool, bool, int]:
        return not one.blocks, not (one.blocks and one.standing is Standing.STALE), step_of(one.item)

    return tuple(sorted(standings, key=place))


def to_ask(
    items: Sequence[Item],
    answers: AnswersById,
    now: datetime,
    *,
    scope: Scope = Scope.MISSING,
    step_of: Steps = _no_steps,
) -> tuple[str, ...]:
    """Choose the items worth asking, in order: all of them, or those not settled or settled too long ago to be trusted."""
    found = verdict(items, answers, now).items
    wanted = [one for one in found if scope is Scope.FULL or not one.settled]
    if not wanted:
        raise NothingToAsk
    return tuple(one.item.id for one in in_order(wanted, step_of))


def carried_over(
    items: Sequence[Item], answers: AnswersById, asked: Collection[str], since: datetime, now: datetime
) -> tuple[ItemStanding, ...]:
    """Return what is settled and fresh, not asked now, and answered no later than `since`: when this stage began."""
    found = verdict(items, answers, now).items
    return tuple(
        one
        for one in found
        if one.settled and one.item.id not in asked and one.answer and one.answer.answered_at <= since
    )


def is_confirmed(item: Item, standing: Standing) -> bool:
    """Whether a known answer is only confirmed when its item is asked: what once was settled.

    Last quarter's figure is no answer to a question about this quarter, so an item that is asked anew is not, once it is too old.
    """
    if item.asked_anew and standing is Standing.STALE:
        return False
    return standing in {Standing.IN_PLACE, Standing.STALE, Standing.NOT_APPLICABLE}


def progress(
    interview: Interview,
    items: Mapping[str, Item] = MappingProxyType({}),
    pace: Mapping[str, float] = MappingProxyType({}),
    known: Collection[str] = (),
) -> Progress:
    """Count what was passed; estimate the rest from measured times (`pace`), else by the kind of answer."""
    left = [item_id for item_id in interview.asked if item_id not in interview.passed]
    total = len(interview.asked)
    return Progress(
        passed=total - len(left),
        total=total,
        seconds_left=sum(
            _seconds(items.get(item_id), pace.get(item_id), item_id in known) for item_id in left
        ),
    )


def _seconds(item: Item | None, measured: float | None, is_known: bool) -> float:
    if is_known:
        return SECONDS_TO_CONFIRM
    if measured is not None:
        return measured
    return SECONDS[item.kind] if item else SECONDS[AnswerKind.STATUS]


def seconds_taken(interview: Interview, now: datetime) -> float | None:
    """Return how long the open question took; None where that says nothing, because the interview was paused."""
    taken = (now - interview.last_turn_at).total_seconds()
    return min(taken, LONGEST_SECONDS) if taken > 0 else None


def follow_up(interview: Interview) -> Interview:
    """Keep the same question open, and remember that it was asked once more; its time goes on."""
    return interview.model_copy(update={"followed_up": True})


def pass_item(interview: Interview, item_id: str, now: datetime) -> Interview:
    """Leave a question behind, answered or skipped; the last one ends the interview."""
    if item_id not in interview.asked or item_id in interview.passed:
        return interview
    was_open = interview.open_item_id == item_id
    passed = (*interview.passed, item_id)
    return interview.model_copy(
        update={
            "passed": passed,
            "followed_up": interview.followed_up and not was_open,
            "state": _state(interview, interview.asked, passed),
            "last_turn_at": now,
        }
    )


def pass_unasked(interview: Interview, item_id: str, now: datetime) -> Interview:
    """Leave a question behind that needs not be asked; the one left before stays the last, for words that come late."""
    after = pass_item(interview, item_id, now)
    if after is interview:
        return interview
    return after.model_copy(update={"passed": (*interview.passed[:-1], item_id, *interview.passed[-1:])})


def hand_over(interview: Interview, item_id: str, now: datetime) -> Interview:
    """Leave a question to somebody else, and go on with the next one."""
    if item_id not in interview.asked or item_id in interview.handed:
        return interview
    return pass_item(interview, item_id, now).model_copy(update={"handed": (*interview.handed, item_id)})


def no_longer_handed(interview: Interview, item_id: str) -> Interview:
    """Wait for nobody else's answer about this item any more."""
    return interview.model_copy(update={"handed": _without(interview.handed, item_id)})


def take_back(interview: Interview, item_id: str) -> Interview:
    """Ask after the open question what somebody else was asked about; once the interview is over, only stop waiting."""
    back = no_longer_handed(interview, item_id)
    open_id = interview.open_item_id
    if item_id not in interview.handed or open_id is None or _is_over(interview):
        return back
    others = _without(interview.asked, item_id)
    place = others.index(open_id) + 1
    return back.model_copy(
        update={
            "asked": (*others[:place], item_id, *others[place:]),
            "passed": _without(interview.passed, item_id),
        }
    )


def item_before(interview: Interview, known: Collection[str]) -> str | None:
    """Return the question before the open one that can be asked again: not one that somebody else was handed."""
    open_id = interview.open_item_id
    earlier = interview.asked[: interview.asked.index(open_id)] if open_id else ()
    return next(
        (item_id for item_id in reversed(earlier) if item_id in known and item_id not in interview.handed),
        None,
    )


def reopen(interview: Interview, item_id: str, now: datetime) -> Interview:
    """Ask a question again that was passed; the open one waits until it is answered."""
    return interview.model_copy(
        update={
            "passed": _without(interview.passed, item_id),
            "followed_up": False,
            "last_turn_at": now,
        }
    )


def bring_forward(interview: Interview, item_id: str, now: datetime) -> Interview:
    """Ask one item at once, whether or not it was asked before; the open question waits until it is answered."""
    if _is_over(interview):
        return interview
    others = _without(interview.asked, item_id)
    passed = _without(interview.passed, item_id)
    place = next((n for n, other in enumerate(others) if other not in passed), len(others))
    return interview.model_copy(
        update={
            "asked": (*others[:place], item_id, *others[place:]),
            "passed": passed,
            "handed": _without(interview.handed, item_id),
            "followed_up": False,
            "last_turn_at": now,
        }
    )


def rescope(interview: Interview, scope: Scope, wanted: Sequence[str]) -> Interview:
    """Ask other items from now on (`wanted`, in order). What was passed stays passed, and an open question stays open."""
    if _is_over(interview):
        return interview
    open_id = interview.open_item_id
    kept = tuple(item_id for item_id in interview.asked if item_id in interview.passed)
    first = (open_id,) if open_id in wanted or (open_id and interview.followed_up) else ()
    rest = tuple(item_id for item_id in wanted if item_id not in interview.passed and item_id != open_id)
    asked = (*kept, *(one for one in first if one), *rest)
    return interview.model_copy(
        update={
            "asked": asked,
            "scope": scope,
            "followed_up": interview.followed_up and bool(first),
            "state": _state(interview, asked, interview.passed),
        }
    )


def turn_to(interview: Interview, state: InterviewState, now: datetime) -> Interview:
    """Pause, resume or stop. What is over stays over."""
    if _is_over(interview):
        raise InterviewClosed(name="")
    return interview.model_copy(update={"state": state, "last_turn_at": now})


def skipped(interview: Interview, answers: AnswersById) -> tuple[str, ...]:
    """Return the ids of the items that were passed without an answer and that nobody else was handed."""
    return tuple(
        item_id
        for item_id in interview.asked
        if item_id in interview.passed
        and item_id not in interview.handed
        and ((given := answers.get(item_id)) is None or given.status is Status.SKIPPED)
    )


def _state(interview: Interview, asked: Sequence[str], passed: Sequence[str]) -> InterviewState:
    if _is_over(interview) or not set(passed) >= set(asked):
        return interview.state
    return InterviewState.DONE


def _is_over(interview: Interview) -> bool:
    return interview.state in {InterviewState.DONE, InterviewState.STOPPED}


def _without(ids: tuple[str, ...], unwanted: str) -> tuple[str, ...]:
    return tuple(item_id for item_id in ids if item_id != unwanted)
