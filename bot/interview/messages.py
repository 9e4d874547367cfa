"""What the conversation looks like: root card, question, follow-up, the settled line, the summary, and the small forms.

Structure only; the words are in `prompts/interview/`. A question and its answer's line are the same message.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain import staleness
from bot.domain.answers import Answer, Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.interview import Progress
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate, Item
from bot.domain.readiness import ItemStanding, Standing, Verdict
from bot.pilots.messages import ActionId as PilotActionId, stage_title
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

DETAIL_SHOWN = 160
"""How much of an answer its line shows, in characters; the whole is kept and one click away."""
SUMMARY_DETAIL_SHOWN = 160
QUOTE_SHOWN = 120
FORM_TAKES = 3000
"""The longest text that a form's field takes; a longer answer stays as it is unless somebody writes a new one."""
ITEMS_SHOWN = 12
"""How many items a summary spells out on either side."""


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


class Request(StrEnum):
    """How far the promotion is that a summary leads to."""

    NOT_MADE = "not_made"
    OPEN = "open"
    PASSED = "passed"
    """The pilot has left the stage that the summary is about."""


def summary_message(
    library: Library, pilot: Pilot, gate: Gate, verdict: Verdict, now: datetime, request: Request
) -> Body:
    """Return the readiness summary: the verdict in a sentence, what is missing with its next step, what is in place.

    Its buttons are there as long as there is something to do with them; then a line says how it went on.
    """
    words = _summary_words(library, pilot, gate, verdict)
    sentence = words.mrkdwn("verdict")
    first, *parts = summary_blocks(library, pilot, gate, verdict, now)
    if request is Request.NOT_MADE and not pilot.retired:
        parts.append(_summary_buttons(words, pilot, verdict))
    elif request is Request.OPEN:
        parts.append(blocks.context(words.mrkdwn("asked"), "request"))
    elif not pilot.retired:
        sentence = words.mrkdwn("passed", now_in=stage_title(library, pilot.stage))
        first = blocks.section(sentence, "verdict")
    return blocks.message(sentence, [first, *parts])


def verdict_sentence(library: Library, pilot: Pilot, gate: Gate, verdict: Verdict) -> str:
    """Return the verdict as one or two sentences of mrkdwn."""
    return _summary_words(library, pilot, gate, verdict).mrkdwn("verdict")


def summary_blocks(
    library: Library, pilot: Pilot, gate: Gate, verdict: Verdict, now: datetime
) -> list[Block | None]:
    """Return the blocks that the summary and the private status share."""
    words = _summary_words(library, pilot, gate, verdict)
    gaps = verdict.of(Standing.MISSING, Standing.PARTLY, Standing.STALE)
    met = verdict.of(Standing.IN_PLACE, Standing.NOT_APPLICABLE)
    parts: list[Block | None] = [blocks.section(words.mrkdwn("verdict"), "verdict")]
    if gaps:
        parts.append(blocks.section(words.mrkdwn("gaps_title"), "gaps"))
    parts += [_gap(library, pilot, gap, number) for number, gap in enumerate(gaps[:ITEMS_SHOWN], start=1)]
    if len(gaps) > ITEMS_SHOWN:
        parts.append(blocks.context(words.mrkdwn("more", count=len(gaps) - ITEMS_SHOWN), "more_gaps"))
    if met:
        shown = [
            library.words("interview/met", standing=m, most=SUMMARY_DETAIL_SHOWN).mrkdwn("line")
            for m in met[:ITEMS_SHOWN]
        ]
        parts.append(blocks.section(words.mrkdwn("met_title") + "\n" + "\n".join(shown), "met"))
    if len(met) > ITEMS_SHOWN:
        parts.append(blocks.context(words.mrkdwn("more", count=len(met) - ITEMS_SHOWN), "more_met"))
    parts.append(blocks.context(words.mrkdwn("footnote", oldest=_oldest_days(verdict, now)), "footnote"))
    return parts


def _summary_words(library: Library, pilot: Pilot, gate: Gate, verdict: Verdict) -> Words:
    return library.words(
        "interview/summary",
        pilot=pilot,
        stage=stage_title(library, gate.from_stage),
        to_stage=stage_title(library, gate.to_stage),
        verdict=verdict,
        missing=[gap.item.title for gap in verdict.of(Standing.MISSING)],
        partly=[gap.item.title for gap in verdict.of(Standing.PARTLY)],
        stale=[gap.item.title for gap in verdict.of(Standing.STALE)],
        self_stated=sum(
            1 for item in verdict.of(Standing.IN_PLACE) if item.answer and not item.answer.evidence
        ),
    )


def _gap(library: Library, pilot: Pilot, gap: ItemStanding, number: int) -> Block:
    words = library.words("interview/gap", gap=gap, number=number, most=SUMMARY_DETAIL_SHOWN)
    action_id = blocks.one_of(ActionId.CHANGE, gap.item.id)
    answer = blocks.button(words.plain("answer"), action_id, f"{pilot.id}:{gap.item.id}")
    return blocks.section(words.mrkdwn("line"), f"gap:{gap.item.id}", answer)


def _summary_buttons(words: Words, pilot: Pilot, verdict: Verdict) -> Block:
    go_on = blocks.button(words.plain("coach"), PilotActionId.COACH, pilot.id, style="primary")
    ask = blocks.button(
        words.plain("request"), PilotActionId.REQUEST, pilot.id, style="primary" if verdict.ready else None
    )
    return blocks.actions([ask] if verdict.ready else [go_on, ask], "actions")


def _oldest_days(verdict: Verdict, now: datetime) -> int | None:
    given = [item.answer.answered_at for item in verdict.of(Standing.IN_PLACE, Standing.STALE) if item.answer]
    return staleness.days_since(min(given), now) if given else None


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
