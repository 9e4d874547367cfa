"""The line of an answer whose message was deleted: it asks whether the answer still holds.

Structure only; the words are in `prompts/answers/deleted.j2`.
"""

from typing import Final

from bot.answers.names import ActionId
from bot.domain.answers import Answer
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview.lines import said_back
from bot.slack import blocks
from prompts.library import Library

DETAIL_SHOWN: Final = 160


def deleted_message(library: Library, pilot: Pilot, item: Item, answer: Answer) -> Body:
    """Return the question whether an answer still holds, in the place of its line."""
    words = library.words(
        "answers/deleted", item=item, answer=answer, said=said_back(answer, item), most=DETAIL_SHOWN
    )
    ids = f"{pilot.id}:{item.id}:{answer.revision}"
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("question"), "question"),
            blocks.actions(
                [
                    blocks.button(words.plain("keep"), ActionId.KEEP, ids),
                    blocks.button(words.plain("take_back"), ActionId.TAKE_BACK, ids),
                ],
                "deleted",
            ),
        ],
    )
