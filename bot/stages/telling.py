"""Where it is said that a pilot has moved: a move back or ahead loudly, everything else under its card.

A message of its own in the channel is seen by people who follow no thread, which is what loud means here.
"""

from bot.desk import Desk
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.interview import shown
from bot.pilots import workflow as pilots
from bot.slack import blocks
from storage.ids import new_id


def tell_everybody(desk: Desk, pilot: Pilot, what: str, body: Body, *, reviewed: bool = False) -> None:
    """Say it in the pilot's channel, in the channel of the reviews, and in the thread that people worked in last.

    Where it is `reviewed`, a card in the channel of the reviews says it already. In the thread it is a line that calls nobody:
    the word in the channel around it has done so.
    """
    key = f"pilot:{pilot.id}:{what}:{new_id()}"
    desk.tx.messages.show(pilot.workspace_id, key, pilot.channel_id, body)
    if desk.rooms.review and desk.rooms.review != pilot.channel_id and not reviewed:
        desk.tx.messages.show(pilot.workspace_id, f"{key}:review", desk.rooms.review, body)
    line = str(body["text"])
    shown.tell(desk, pilot, f"{key}:thread", blocks.message(line, [blocks.section(line, "moved")]))


def tell_under_card(desk: Desk, pilot: Pilot, what: str, body: Body) -> None:
    """Say it in the thread of the pilot's card."""
    card = desk.tx.messages.by_key(pilot.workspace_id, pilots.card_key(pilot.id))
    key = f"pilot:{pilot.id}:{what}:{new_id()}"
    desk.tx.messages.show(pilot.workspace_id, key, pilot.channel_id, body, under=card.id if card else None)
