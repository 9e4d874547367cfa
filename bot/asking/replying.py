"""The reply to words in a direct message that are no answer: what awaits the person, and what the commands are.

One reply, and at most one for a person in ten minutes; what awaits them meanwhile is said in that one.
"""

from datetime import datetime, timedelta

from bot.asking import handed, messages
from bot.desk import Desk
from bot.domain.asks import Ask
from bot.domain.messages import OutboundMessage
from bot.interview import told
from bot.pilots import workflow as pilots

ONE_IN = timedelta(minutes=10)


def reply(desk: Desk, why: messages.Reply, about: list[Ask] | None = None) -> None:
    """State the one reply to a person's words: about the questions they can be meant for, else about the open ones."""
    me, workspace_id = desk.at.actor_id, desk.at.workspace_id
    asks = about or desk.tx.asks.open_of_person(workspace_id, me)
    open_ones = [one for one in (_listed(desk, found) for found in asks) if one]
    body = messages.awaiting_message(desk.library, open_ones, why)
    desk.tx.messages.show(workspace_id, _key(desk), me, body)


def waiting(desk: Desk, since: datetime) -> list[Ask]:
    """Return the questions that a person's words can be meant for: the open ones, and fresh follow-ups."""
    me, workspace_id = desk.at.actor_id, desk.at.workspace_id
    once_more = desk.tx.asks.once_more_of_person(workspace_id, me)
    fresh = [found for found in once_more if found.closed_at and found.closed_at >= since]
    return [*desk.tx.asks.open_of_person(workspace_id, me), *fresh]


def _listed(desk: Desk, found: Ask) -> messages.Asked | None:
    item, pilot = handed.item_of(desk, found), pilots.get(desk, found.pilot_id)
    if item is None:
        return None
    question = desk.tx.messages.by_key(found.workspace_id, told.key(found.id, desk.at.actor_id))
    value = f"{pilot.id}:{item.id}"
    return messages.Asked(item.title, pilot.name, desk.link_to(question), value)


def _key(desk: Desk) -> str:
    """Return the key of the reply: the one before while it is fresh, so that replies do not stack up."""
    slot = int(desk.at.now.timestamp() // ONE_IN.total_seconds())
    before = _key_of(desk.at.actor_id, slot - 1)
    latest = desk.tx.messages.by_key(desk.at.workspace_id, before)
    return before if latest and _is_fresh(latest, desk.at.now) else _key_of(desk.at.actor_id, slot)


def _key_of(user_id: str, slot: int) -> str:
    return f"reply:{user_id}:{slot}"


def _is_fresh(latest: OutboundMessage, now: datetime) -> bool:
    """Whether less than the time has passed since it was posted; one that is not posted yet is fresh."""
    return latest.slack_ts is None or now.timestamp() - float(latest.slack_ts) < ONE_IN.total_seconds()
