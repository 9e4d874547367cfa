"""The one follow-up about an answer to a handed question: asked in the direct message, wherever the answer was given.

The answer counts already; the follow-up asks for what would make it checkable, and nobody has to reply to it.
"""

from bot.desk import Desk
from bot.domain import coaching
from bot.domain.answers import Answer
from bot.domain.asks import Ask, AskState
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item, Playbook
from bot.interview import lines, question, recording, told, turns
from bot.slack import blocks
from prompts.library import Library

LEAVE = "ask.leave"
"""The control that leaves an answer as it is, although one thing more was asked; its value is the question's id."""


def ask(
    desk: Desk, pilot: Pilot, item: Item, asked: Ask, answer: Answer, book: Playbook, *, in_thread: bool
) -> None:
    """Ask whoever answered for what would make the answer checkable, where anything would; it counts all the same.

    The follow-up stands in the thread of the direct message (`in_thread`), or below it in the conversation.
    """
    sentence = coaching.follow_up_for(recording.as_reading(answer), item, book.coaching)
    above = desk.tx.messages.by_key(asked.workspace_id, told.key(asked.id, answer.answered_by))
    if sentence is None or above is None:
        return
    if not desk.tx.asks.turn(asked.id, AskState.ANSWERED, AskState.ONCE_MORE):
        return
    told.show_answered(desk, pilot, item, asked, answer, more=True)
    planless = turns.is_about_a_plan(book, answer)
    body = follow_up_message(desk.library, asked, item, answer, sentence, asks_for_plan=planless)
    desk.tx.messages.show(
        asked.workspace_id,
        told.once_more_key(asked.id, answer.answered_by),
        answer.answered_by,
        body,
        under=above.id if in_thread else None,
    )


def follow_up_message(
    library: Library, ask: Ask, item: Item, answer: Answer, sentence: str, *, asks_for_plan: bool
) -> Body:
    """Return the one follow-up, in the words of the thread's: what cannot be checked yet, and what would help."""
    words = library.words(
        "interview/follow_up", item=item, answer=answer, question=sentence, most=lines.QUOTE_SHOWN
    )
    row = [
        question.what_helps(words, f"{ask.pilot_id}:{item.id}", asks_for_plan=asks_for_plan),
        blocks.button(words.plain("leave"), LEAVE, ask.id),
    ]
    return blocks.message(
        words.mrkdwn("text"),
        [blocks.section(words.mrkdwn("question"), "question"), blocks.actions(row, "answers")],
    )
