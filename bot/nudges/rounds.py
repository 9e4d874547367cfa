"""The minute's round of open reviews: Slack is asked who decides now, then each review is seen to in its own transaction.

Where Slack does not answer, the review is looked at again in the next minute; nothing is sent on the strength of memory.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from bot.desk import Desk, Front
from bot.domain.errors import Refusal
from bot.domain.reviews import Board
from bot.domain.values import Occasion
from bot.nudges import awaited
from bot.review import reminding, workflow as reviews
from bot.review.errors import CouldNotCheck
from bot.review.panels import board_for

log = logging.getLogger(__name__)

AT_A_TIME: Final = 15
"""How many reviews a minute are looked at: Slack answers some twenty questions a minute about who is in a group."""
SLACK_AGAIN: Final = timedelta(minutes=1)
AMISS_AGAIN: Final = timedelta(hours=1)
"""When a review is looked at again that nobody can be reminded of: its group is gone, say."""


async def go_on(front: Front, now: datetime) -> None:
    """Remind those whose word is awaited, in every workspace."""
    office = front.office
    for workspace in await office.store.read(lambda tx: tx.workspaces.all()):
        at = office.own_occasion(workspace.workspace_id).later(now)
        for review_id in await office.look_up(awaited.due, at, AT_A_TIME):
            await _see_to(front, at, review_id)


async def _see_to(front: Front, at: Occasion, review_id: str) -> None:
    """See to one review; whatever goes wrong with it keeps none of the others waiting."""
    try:
        board = await _board(front, at, review_id)
        await front.office.carry_out(awaited.remind, at, review_id, board)
    except CouldNotCheck:
        log.warning("Slack did not say who decides a review; it is asked again in a minute")
        await _put_off(front, at, review_id, at.now + SLACK_AGAIN)
    except Refusal as refused:
        log.warning("nobody can be reminded of a review: %s", refused.sentence)
        await _put_off(front, at, review_id, at.now + AMISS_AGAIN)
    except Exception:
        log.exception("reminding of a review went wrong; it is tried again in an hour")
        await _put_off(front, at, review_id, at.now + AMISS_AGAIN)


async def _board(front: Front, at: Occasion, review_id: str) -> Board:
    """Return who decides, as Slack says now, with everybody known whose hours matter."""
    pilot, procedure = await front.office.look_up(reviews.deciders_of, at, review_id)
    board = await board_for(front, at.workspace_id, pilot, procedure)
    people = frozenset[str]().union(*(role.people for role in board.roles))
    for stranger in await front.office.look_up(_strangers, at, people):
        await front.people.know(at.workspace_id, stranger)
    return board


def _strangers(desk: Desk, people: frozenset[str]) -> list[str]:
    known = desk.tx.people.some(desk.at.workspace_id, people)
    return sorted(people - set(known))


async def _put_off(front: Front, at: Occasion, review_id: str, until: datetime) -> None:
    await front.office.carry_out(reminding.put_off, at, review_id, until)
