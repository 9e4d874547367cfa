"""An answer whose words were picked from a message elsewhere: it names who said them, and links to where they stand.

The message may be edited later: its new words are read like any others, and who said them, and where, stays.
"""

from bot.desk import Desk
from bot.domain.answers import Answer, Reading

SAID_BY = "said by "


def path_of(channel_id: str, ts: str) -> str:
    """Return the part of a message's address that no other message has."""
    return f"/archives/{channel_id}/p{ts.replace('.', '')}"


def leads_to(link: str, path: str) -> bool:
    """Whether an address is the message's with this path."""
    return link.partition("?")[0].partition("#")[0].endswith(path)


def said_by(detail: str, name: str) -> str:
    """Return words together with whose they are, where somebody else answers with them."""
    return f"{detail} · {SAID_BY}{name}" if detail else f"{SAID_BY}{name}"


def keep_origin(desk: Desk, given: Answer, reading: Reading) -> Reading:
    """Let what an edited message says now name its author and its address, as the answer does that was picked from it."""
    author = desk.tx.people.get(desk.at.workspace_id, desk.at.actor_id)
    named = author is not None and given.detail.endswith(f"{SAID_BY}{author.name}")
    path = path_of(given.message_channel_id or "", given.message_ts or "")
    own = tuple(link for link in given.evidence if leads_to(link, path))
    if not own:
        return reading
    return reading.model_copy(
        update={
            "detail": said_by(reading.detail, author.name) if author and named else reading.detail,
            "evidence": tuple(dict.fromkeys((*reading.evidence, *own))),
        }
    )
