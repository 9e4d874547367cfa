"""The work of a minute: portions of what is due, each in one transaction, until nothing more is due.

Where a portion fails, its things are done one by one, so that the one with which something is amiss keeps no other waiting.
It is tried again in the next minute, and never twice in the same one.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.delivery.engine import MinuteWork
from bot.delivery.minutes import attempted
from bot.desk import Desk, Office
from bot.domain.values import Occasion
from storage.failures import StorageFailure

log = logging.getLogger(__name__)

ONE_BY_ONE = 500
"""How many things are done one by one in a minute, where a portion failed."""


@dataclass(frozen=True)
class Chore:
    """What is done about everything that is due: in portions, or, where one fails, for each thing by its id."""

    portion: Callable[[Desk], int]
    """Does what is due longest, and returns how much that was; nothing is left when that is nothing."""
    due: Callable[[Desk, int], list[str]]
    """Returns what is due, by id, as many as are asked for."""
    one: Callable[[Desk, str], object]
    """Does the same for one thing, and nothing where it is not due any more."""


async def do(office: Office, chore: Chore, now: datetime) -> None:
    """Do a chore for every workspace. What is wrong with the database itself is raised: one by one is no better then."""
    for workspace in await office.store.read(lambda tx: tx.workspaces.all()):
        at = office.own_occasion(workspace.workspace_id).later(now)
        try:
            while await office.carry_out(chore.portion, at):
                pass
        except StorageFailure:
            raise
        except Exception:
            log.exception("a portion of the minute's work went wrong; what is due is done one by one")
            await _one_by_one(office, chore, at)


async def in_turn(pieces: Mapping[str, MinuteWork], now: datetime) -> None:
    """Do pieces of a minute's work one after the other: what is found out first is told in the same minute.

    Each is done whatever became of those before it.
    """
    for name, piece in pieces.items():
        await attempted(name, piece, now)


async def _one_by_one(office: Office, chore: Chore, at: Occasion) -> None:
    for one in await office.carry_out(chore.due, at, ONE_BY_ONE):
        try:
            await office.carry_out(chore.one, at, one)
        except StorageFailure:
            raise
        except Exception:
            log.exception("what is due about %s went wrong; it is tried again in a minute", one)
