"""What a question looks like: what is asked, why, what a good answer is, and the controls that fit the kind of answer.

Structure only; the words are in `prompts/interview/`. A question about which something is known shows it, so that it is
only confirmed. The same message later becomes the answer's line, see `lines`.
"""

from typing import Any

from bot.domain import interview as rules
from bot.domain.answers import Answer, Status
from bot.domain.conversations import Interview
from bot.domain.messages import Block, Body
from bot.domain.playbook import AnswerKind, Item, Playbook
from bot.domain.readiness import ItemStanding, Standing
from bot.interview.controls import ActionId, Offered
from bot.interview.lines import QUOTE_SHOWN, said_back
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

BUTTONS_AT_MOST = 5
"""So many options are buttons; more are a menu."""
KNOWN_SHOWN = 300


def question_message(library: Library, interview: Interview, known: ItemStanding) -> Body:
    """Return one question with its controls; with what is known about it, where something is."""
    item = known.item
    answer = known.answer if known.answer and known.answer.status is not Status.SKIPPED else None
    confirms = answer is not None and rules.is_confirmed(item, known.standing)
    anew = item.asked_anew and known.standing is Standing.STALE
    words = library.words(
        "interview/question",
        item=item,
        number=interview.asked.index(item.id) + 1,
        total=len(interview.asked),
        known=answer,
        said=said_back(answer, item) if answer else None,
        standing=known.standing.value,
        confirms=confirms,
        anew=anew,
        most=KNOWN_SHOWN,
    )
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("confirm" if confirms else "question"), "question"),
            blocks.section(words.mrkdwn("known"), "known") if answer else None,
            None if confirms else blocks.context(words.mrkdwn("good"), "good"),
            _controls(words, interview, item, answer, confirms=confirms, anew=anew),
        ],
    )


def _controls(
    words: Words, interview: Interview, item: Item, answer: Answer | None, *, confirms: bool, anew: bool
) -> Block:
    ids, for_form = f"{interview.id}:{item.id}", f"{interview.pilot_id}:{item.id}"
    still = blocks.button(
        words.plain("still_true" if confirms else "still_so"),
        ActionId.STILL_TRUE,
        ids,
        style="primary" if confirms else None,
    )
    row: list[Block] = [still] if answer and not anew else []
    if confirms:
        row.append(blocks.button(words.plain("change"), Offered.WRITE, for_form))
    else:
        row += _answers(words, ids, for_form, item)
    row.append(blocks.button(words.plain("ask"), Offered.ASK, f"{for_form}:{interview.id}"))
    entries = [blocks.Choice(words.plain(name), f"{name}:{ids}") for name in ("na", "skip", "back", "why")]
    row.append(blocks.overflow(Offered.QUESTION_MENU, entries))
    return blocks.actions(row, f"pick:{ids}")


def _answers(words: Words, ids: str, for_form: str, item: Item) -> list[Block]:
    """Return the controls that answer: what fits the kind, and "not yet"; a few options already say all there is to say."""
    not_yet = blocks.button(words.plain("not_yet"), ActionId.NOT_YET, ids)
    if item.kind is AnswerKind.STATUS:
        in_place = blocks.button(words.plain("in_place"), ActionId.IN_PLACE, ids, style="primary")
        return [in_place, blocks.button(words.plain("partly"), ActionId.PARTLY, ids), not_yet]
    if item.kind is AnswerKind.CHOICE and len(item.options) <= BUTTONS_AT_MOST:
        return [
            blocks.button(option.title, blocks.one_of(ActionId.CHOOSE, option.id), f"{ids}:{option.id}")
            for option in item.options
        ]
    if item.kind is AnswerKind.CHOICE:
        choices = [blocks.Choice(option.title, option.id) for option in item.options]
        return [blocks.static_select(ActionId.PICK_OPTION, choices), not_yet]
    if item.kind is AnswerKind.DATE:
        picker = blocks.datepicker(
            blocks.one_of(ActionId.PICK_DATE, item.id), placeholder=words.plain("pick_day")
        )
        return [picker, not_yet]
    if item.kind is AnswerKind.PERSON:
        picker = blocks.users_select(
            blocks.one_of(ActionId.PICK_PERSON, item.id), placeholder=words.plain("pick_person")
        )
        return [picker, not_yet]
    return [blocks.button(words.plain("write"), Offered.WRITE, for_form, style="primary"), not_yet]


def follow_up_message(
    library: Library, interview: Interview, item: Item, answer: Answer, sentence: str, *, asks_for_plan: bool
) -> Body:
    """Return the one follow-up: what cannot be checked yet, and what would make it checkable."""
    words = library.words(
        "interview/follow_up", item=item, answer=answer, question=sentence, most=QUOTE_SHOWN
    )
    row = [
        what_helps(words, f"{interview.pilot_id}:{item.id}", asks_for_plan=asks_for_plan),
        blocks.button(words.plain("leave"), ActionId.LEAVE, f"{interview.id}:{item.id}"),
    ]
    return blocks.message(
        words.mrkdwn("text"),
        [blocks.section(words.mrkdwn("question"), "question"), blocks.actions(row, "answers")],
    )


def what_helps(words: Words, pilot_and_item: str, *, asks_for_plan: bool) -> Block:
    """Return the button that opens the form for what is asked once more: who does it by when, or the answer itself."""
    name, form = ("plan", Offered.PLAN) if asks_for_plan else ("write", Offered.WRITE)
    return blocks.button(words.plain(name), form, pilot_and_item, style="primary")


def why_view(library: Library, book: Playbook, item: Item) -> dict[str, Any]:
    """Return the window that says why something is asked, what a good and a weak answer are, and what it prevents."""
    causes = {cause.id: cause.title for cause in book.framework.stalls}
    words = library.words(
        "interview/why",
        item=item,
        prevents=[causes[cause] for cause in item.guards_against if cause in causes],
    )
    parts: list[Block | None] = [
        blocks.section(words.mrkdwn("why"), "why"),
        blocks.section(words.mrkdwn("good"), "good"),
        blocks.section(words.mrkdwn("weak"), "weak") if item.weak else None,
        blocks.section(words.mrkdwn("evidence"), "evidence"),
        blocks.section(words.mrkdwn("prevents"), "prevents") if words.mrkdwn("prevents") else None,
        blocks.context(words.mrkdwn("counts"), "counts"),
    ]
    return blocks.modal(
        "interview.why",
        words.plain("title"),
        [part for part in parts if part],
        submit=None,
        close=words.plain("close"),
    )
