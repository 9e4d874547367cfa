"""What was deleted in Slack and is needed: the first message of a running interview, and its open question.

A new thread begins under a new card, with the open question; whoever still writes in the old one is heard there. Lines of
answers that somebody deletes stay deleted; the summary has them.
"""

from bot.desk import Desk
from bot.domain.conversations import Interview
from bot.domain.messages import OutboundMessage
from bot.interview import listening, shown, turns
from bot.pilots import workflow as pilots

GONE = "gone"
"""Who counts as the sender of a message that was deleted."""


def restore(desk: Desk, channel_id: str, ts: str) -> bool:
    """Post again what a running interview cannot do without; False where the message was nothing of the kind."""
    gone = desk.tx.messages.at(desk.at.workspace_id, channel_id, ts)
    if gone is None:
        return False
    found = desk.tx.interviews.in_thread(desk.at.workspace_id, channel_id, ts)
    interview = listening.running_of(desk, found)
    if interview is not None:
        _keep_old_thread(desk, gone, channel_id, ts)
        desk.tx.messages.forget_delivery(gone.id, seen_ts=ts)
        shown.show_root(desk, pilots.get(desk, interview.pilot_id), interview, may_wait=False)
        ask_again_under_a_new_root(desk, interview)
        return True
    interview = listening.running_of(desk, _interview_of(desk, gone.key))
    item = turns.open_item(desk, interview) if interview else None
    here = shown.place_of(desk, interview, item.id) if interview and item else None
    if here is None or here.id != gone.id:
        return False
    desk.tx.messages.forget_delivery(gone.id, seen_ts=ts)
    return True


def of_thread(desk: Desk, channel_id: str, thread_ts: str) -> Interview | None:
    """Return the interview that is held in a thread, or was until its first message was deleted."""
    found = desk.tx.interviews.in_thread(desk.at.workspace_id, channel_id, thread_ts)
    if found:
        return found
    gone = desk.tx.messages.at(desk.at.workspace_id, channel_id, thread_ts)
    return _interview_of(desk, gone.key) if gone else None


def _keep_old_thread(desk: Desk, gone: OutboundMessage, channel_id: str, ts: str) -> None:
    """Leave a row where the deleted card stood: nothing is sent for it, and the old thread can be found by it."""
    row = desk.tx.messages.show(gone.workspace_id, f"{gone.key}:gone:{ts}", gone.channel_id, gone.body)
    desk.tx.messages.delivered(row.id, GONE, row.version, channel_id, ts)


def ask_again_under_a_new_root(desk: Desk, interview: Interview) -> bool:
    """Post the open question again where the thread's first message was deleted and stands somewhere else now."""
    root = shown.root_of(desk, interview)
    here = shown.place_of(desk, interview, interview.open_item_id) if interview.open_item_id else None
    if not (root and here and here.slack_ts):
        return False
    if root.slack_ts and float(here.slack_ts) > float(root.slack_ts):
        return False
    desk.tx.messages.forget_delivery(here.id)
    return True


def _interview_of(desk: Desk, key: str) -> Interview | None:
    kind, _, rest = key.partition(":")
    return (
        desk.tx.interviews.get(desk.at.workspace_id, rest.partition(":")[0]) if kind == "interview" else None
    )
