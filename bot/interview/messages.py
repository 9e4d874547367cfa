"""What the conversation looks like: root card, question, follow-up, the settled line, and the small forms.

Structure only; the words are in `prompts/interview/`. A question and its answer's line are the same message.
"""

from enum import StrEnum
from typing import Any

from bot.domain.answers import Answer, Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.interview import Progress
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.pilots.messages import stage_title
from bot.slack import blocks
from prompts.library import Library

DETAIL_SHOWN = 160
"""How much of an answer its line shows, in characters; the whole is kept and one click away."""
QUOTE_SHOWN = 120
FORM_TAKES = 3000
"""The longest text that a form's field takes; a longer answer stays as it is unless somebody writes a new one."""


class ActionId(StrEnum):
    """The controls of this feature."""

    IN_PLACE = "answer.in_place"
    PARTLY = "answer.partly"
    NOT_YET = "answer.not_yet"
    NOT_APPLICABLE = "answer.not_applicable"
    SKIP = "answer.skip"
    LEAVE = "answer.leave"
    CHANGE = "answer.change"
    PAUSE = "interview.pause"
    RESUME = "interview.resume"
    STOP = "interview.stop"


class CallbackId(StrEnum):
    """The forms of this feature."""

    NOT_APPLICABLE = "answer.not_applicable_reason"
    CHANGE = "answer.change_form"


def root_message(
    library: Library, pilot: Pilot, to_stage: str | None, interview: Interview, progress: Progress
) -> Body:
    """Return the card that the thread hangs from, with progress and the way to pause."""
    words = library.words(
        "interview/root",
        pilot=pilot,
        to_stage=stage_title(library, to_stage) if to_stage else None,
        progress=progress,
        state=interview.state.value,
    )
    buttons: list[Block] = []
    if interview.state is InterviewState.OPEN:
        buttons.append(blocks.button(words.plain("pause"), ActionId.PAUSE, interview.id))
    if interview.state is InterviewState.PAUSED:
        buttons.append(blocks.button(words.plain("resume"), ActionId.RESUME, interview.id, style="primary"))
    if buttons:
        sure = blocks.confirm(
            words.plain("stop_title"),
            words.plain("stop_sure"),
            words.plain("stop_yes"),
            words.plain("stop_no"),
        )
        buttons.append(blocks.button(words.plain("stop"), ActionId.STOP, interview.id, confirm=sure))
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("title"), "title"),
            blocks.section(words.mrkdwn("progress"), "progress"),
            blocks.context(words.mrkdwn("hint"), "hint"),
            blocks.actions(buttons, "actions") if buttons else None,
        ],
    )


def started_elsewhere(library: Library, pilot: Pilot) -> Body:
    """Return the private word that an interview has begun in another channel."""
    words = library.words("interview/started_elsewhere", pilot=pilot)
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "started")])


def question_message(library: Library, interview: Interview, item: Item) -> Body:
    """Return one question: what, why, an example of a good answer, and the quick buttons."""
    words = library.words(
        "interview/question",
        item=item,
        number=interview.asked.index(item.id) + 1,
        total=len(interview.asked),
    )
    value = f"{interview.id}:{item.id}"
    quick = [
        blocks.button(words.plain("in_place"), ActionId.IN_PLACE, value, style="primary"),
        blocks.button(words.plain("partly"), ActionId.PARTLY, value),
        blocks.button(words.plain("not_yet"), ActionId.NOT_YET, value),
        blocks.button(words.plain("not_applicable"), ActionId.NOT_APPLICABLE, value),
        blocks.button(words.plain("skip"), ActionId.SKIP, value),
    ]
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("question"), "question"),
            blocks.context(words.mrkdwn("good"), "good"),
            blocks.actions(quick, "answers"),
        ],
    )


def follow_up_message(
    library: Library, interview: Interview, item: Item, answer: Answer, question: str
) -> Body:
    """Return the one follow-up: what cannot be checked yet, and what would make it checkable."""
    words = library.words(
        "interview/follow_up", item=item, answer=answer, question=question, most=QUOTE_SHOWN
    )
    leave = blocks.button(words.plain("leave"), ActionId.LEAVE, f"{interview.id}:{item.id}")
    return blocks.message(
        words.mrkdwn("text"),
        [blocks.section(words.mrkdwn("question"), "question"), blocks.actions([leave], "answers")],
    )


def asked_below(library: Library, item: Item, answer: Answer) -> Body:
    """Return the line of a question whose answer is being asked about once more below."""
    words = library.words("interview/asked_below", item=item, answer=answer, most=QUOTE_SHOWN)
    return blocks.message(words.mrkdwn("text"), [blocks.context(words.mrkdwn("line"), "line")])


def settled_message(library: Library, pilot: Pilot, item: Item, answer: Answer) -> Body:
    """Return the one line that an answered question becomes."""
    words = library.words("interview/settled", item=item, answer=answer, most=DETAIL_SHOWN)
    change = blocks.button(words.plain("change"), ActionId.CHANGE, f"{pilot.id}:{item.id}")
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("line"), "line", change)])


def unanswered_message(library: Library, pilot: Pilot, item: Item) -> Body:
    """Return the line of a question that was still open when the interview was stopped."""
    words = library.words("interview/unanswered", item=item)
    change = blocks.button(words.plain("change"), ActionId.CHANGE, f"{pilot.id}:{item.id}")
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("line"), "line", change)])


def not_applicable_form(library: Library, item: Item, interview_id: str) -> dict[str, Any]:
    """Return the form that asks why an item does not apply."""
    words = library.words("interview/not_applicable_form", item=item)
    return blocks.reason_form(words, CallbackId.NOT_APPLICABLE, f"{interview_id}:{item.id}")


def change_form(library: Library, pilot: Pilot, item: Item, answer: Answer | None) -> dict[str, Any]:
    """Return the form that changes an answer: its status, its words, its evidence."""
    words = library.words("interview/change_form", pilot=pilot, item=item, answer=answer)
    choices = [
        blocks.Choice(words.plain(status.value), status.value)
        for status in Status
        if status is not Status.SKIPPED
    ]
    known = answer is not None and answer.status not in {Status.SKIPPED, Status.NOT_YET}
    return blocks.modal(
        CallbackId.CHANGE,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.field(
                words.plain("status_label"),
                blocks.static_select(
                    "status", choices, initial=answer.status.value if known and answer else None
                ),
                "status",
            ),
            blocks.field(
                words.plain("detail_label"),
                blocks.text_input(
                    "detail",
                    placeholder=words.plain("detail_placeholder"),
                    initial=words.plain("detail_now") if answer and len(answer.detail) <= FORM_TAKES else "",
                    multiline=True,
                ),
                "detail",
                hint=words.plain("detail_hint"),
                optional=True,
            ),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=f"{pilot.id}:{item.id}",
    )
