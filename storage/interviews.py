"""Interviews: at most one per pilot is open or paused, and each is found again by the thread that it is held in."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, select, update

from bot.domain.conversations import Interview
from bot.domain.errors import Refusal
from storage.repository import Repository, portions
from storage.statements import ByDialect, insert_unless_there
from storage.tables import INTERVIEW as I, MESSAGE as M, OPEN_INTERVIEW

_COLUMNS: Final = [I.c[name] for name in Interview.model_fields]
_ROW: Final = I.c.id == bindparam("id_")
_START: Final = insert_unless_there(I, ["pilot_id"], where=OPEN_INTERVIEW)
_GET: Final = select(*_COLUMNS).where(_ROW, I.c.workspace_id == bindparam("workspace_id_"))
_LOCK: Final = ByDialect(_GET, _GET.with_for_update(key_share=True))
_OPEN_OF: Final = select(*_COLUMNS).where(I.c.pilot_id == bindparam("pilot_id_"), OPEN_INTERVIEW)
_OPEN_OF_PILOTS: Final = select(*_COLUMNS).where(
    I.c.pilot_id.in_(bindparam("pilot_ids_", expanding=True)), OPEN_INTERVIEW
)
_LATEST_OF: Final = (
    select(*_COLUMNS)
    .where(I.c.pilot_id == bindparam("pilot_id_"))
    .order_by(I.c.started_at.desc(), I.c.id)
    .limit(1)
)
_OF_PILOT: Final = (
    select(*_COLUMNS).where(I.c.pilot_id == bindparam("pilot_id_")).order_by(I.c.started_at.desc(), I.c.id)
)
_IN_THREAD: Final = (
    select(*_COLUMNS)
    .join(M, M.c.id == I.c.root_message_id)
    .where(
        M.c.workspace_id == bindparam("workspace_id_"),
        M.c.slack_channel_id == bindparam("channel_id_"),
        M.c.slack_ts == bindparam("thread_ts_"),
        M.c.slack_ts.is_not(None),
    )
)
_ROOT_OF: Final = select(I.c.root_message_id).where(_ROW)
_GUARDED: Final = ("state", "asked", "passed", "followed_up", "handed")
"""What a turn depends on: when any of it is not as the turn saw it, another turn came first."""
_CHANGEABLE: Final = (*_GUARDED, "scope", "last_turn_at")
_SAVE: Final = (
    update(I)
    .where(_ROW, *(I.c[name] == bindparam(f"was_{name}_") for name in _GUARDED))
    .values({name: bindparam(f"{name}_") for name in _CHANGEABLE})
)


class InterviewRunning(Refusal):
    """This pilot already has an interview under way. Carry on in its thread."""


class Interviews(Repository):
    """The interviews of all pilots."""

    def start(self, interview: Interview, root_message_id: str | None = None) -> None:
        """Keep a new interview, held under this message; InterviewRunning when one is open or paused."""
        values = interview.model_dump() | {"root_message_id": root_message_id}
        if self._tx.execute(_START, values).rowcount == 0:
            raise InterviewRunning

    def root_of(self, interview_id: str) -> str | None:
        """Return the id of the message whose thread the interview is held in."""
        found: str | None = self._tx.execute(_ROOT_OF, {"id_": interview_id}).scalar()
        return found

    def get(self, workspace_id: str, interview_id: str) -> Interview | None:
        return self._recalled(_GET, {"workspace_id_": workspace_id, "id_": interview_id}, _one)

    def lock(self, workspace_id: str, interview_id: str) -> Interview | None:
        """Return the interview and keep other transactions from changing it until this one ends."""
        return self._recalled(_LOCK, {"workspace_id_": workspace_id, "id_": interview_id}, _one)

    def open_of(self, pilot_id: str) -> Interview | None:
        """Return the pilot's interview that is open or paused."""
        return self._recalled(_OPEN_OF, {"pilot_id_": pilot_id}, _one)

    def open_of_pilots(self, pilot_ids: Iterable[str]) -> dict[str, Interview]:
        """Return those of the pilots' interviews that are open or paused, by pilot."""
        return {
            row["pilot_id"]: Interview.model_validate(dict(row))
            for some in portions(pilot_ids)
            for row in self._tx.execute(_OPEN_OF_PILOTS, {"pilot_ids_": some}).mappings()
        }

    def latest_of(self, pilot_id: str) -> Interview | None:
        """Return the pilot's interview that was started last, whatever its state."""
        return self._recalled(_LATEST_OF, {"pilot_id_": pilot_id}, _one)

    def of_pilot(self, pilot_id: str) -> list[Interview]:
        """Return all of the pilot's interviews, whatever their state, newest first."""
        return list(self._recalled(_OF_PILOT, {"pilot_id_": pilot_id}, _all))

    def in_thread(self, workspace_id: str, channel_id: str, thread_ts: str) -> Interview | None:
        """Return the interview, of any state, whose root message Slack shows at the head of this thread."""
        values = {"workspace_id_": workspace_id, "channel_id_": channel_id, "thread_ts_": thread_ts}
        return _one(self._tx.execute(_IN_THREAD, values))

    def save_if_unchanged(self, old: Interview, new: Interview) -> bool:
        """Save the new turn if the row still is as the old one says; False when another turn came first."""
        values: dict[str, Any] = {f"{name}_": getattr(new, name) for name in _CHANGEABLE}
        values |= {f"was_{name}_": getattr(old, name) for name in _GUARDED}
        return self._tx.execute(_SAVE, values | {"id_": old.id}).rowcount == 1


def _one(result: CursorResult[Any]) -> Interview | None:
    row = result.mappings().first()
    return None if row is None else Interview.model_validate(dict(row))


def _all(result: CursorResult[Any]) -> list[Interview]:
    return [Interview.model_validate(dict(row)) for row in result.mappings()]
