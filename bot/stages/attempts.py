"""Attempts to move a pilot without the right to: they are told so alone, and it is put on the record, as with a vote.

What somebody may do but cannot now is no attempt.
"""

from contextlib import AbstractAsyncContextManager
from typing import Final

from bot.desk import Desk, Front
from bot.domain.errors import Refusal
from bot.domain.values import Occasion
from bot.pilots.errors import NotYours, OnlyMembers
from bot.stages.errors import NotForBreakGlass, NotForRollback

NO_RIGHT: Final = (NotYours, OnlyMembers, NotForRollback, NotForBreakGlass)


def on_record(front: Front, at: Occasion, pilot_id: str, what: str) -> AbstractAsyncContextManager[None]:
    """Record whoever is refused within for want of the right; `what` is the kind of entry."""
    return front.office.noting(NO_RIGHT, note, at, pilot_id, what)


def note(desk: Desk, refused: Refusal, pilot_id: str, what: str) -> None:
    """Put on the record that somebody tried to; nothing of the pilot changes by it."""
    if desk.tx.pilots.get(desk.at.workspace_id, pilot_id):
        desk.tx.audit.append(desk.at, what, "pilot", pilot_id, None, {"why": type(refused).__name__})
