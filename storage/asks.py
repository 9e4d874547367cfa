"""Questions that were handed to somebody else. At most one per pilot and item is open, whoever asks at the same moment."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, delete, insert, select, update

from bot.domain.asks import Ask, AskState
from bot.domain.errors import Refusal
from bot.domain.people import mention
from storage.repository import Repository
from storage.statements import insert_unless_there
from storage.tables import ASK as A, ASKED_PERSON as P, OPEN_ASK

_COLUMNS: Final = [A.c[name] for name in Ask.model_fields]
_PILOT: Final = A.c.pilot_id == bindparam("pilot_id_")
_OPEN: Final = insert_unless_there(A, ["pilot_id", "item_id"], where=OPEN_ASK)
_TELL: Final = insert(P)
_GET: Final = select(*_COLUMNS).where(
    A.c.id == bindparam("id_"), A.c.workspace_id == bindparam("workspace_id_")
)
_OPEN_OF_PILOT: Final = select(*_COLUMNS).where(_PILOT, OPEN_ASK)
_OPEN_OF_PERSON: Final = (
    select(*_COLUMNS)
    .join(P, P.c.ask_id == A.c.id)
    .where(P.c.workspace_id == bindparam("workspace_id_"), P.c.user_id == bindparam("user_id_"), OPEN_ASK)
    .order_by(A.c.asked_at, A.c.id)
)
_ONCE_MORE_OF: Final = (
    select(*_COLUMNS)
    .join(P, P.c.ask_id == A.c.id)
    .where(
        P.c.workspace_id == bindparam("workspace_id_"),
        P.c.user_id == bindparam("user_id_"),
        A.c.state == AskState.ONCE_MORE,
        A.c.closed_by == bindparam("user_id_"),
    )
    .order_by(A.c.asked_at, A.c.id)
)
_LATEST_OF_ITEM: Final = (
    select(*_COLUMNS)
    .where(_PILOT, A.c.item_id == bindparam("item_id_"))
    .order_by(A.c.asked_at.desc(), A.c.id)
    .limit(1)
)
_ASKED: Final = P.c.ask_id == bindparam("ask_id_")
_EXCUSE: Final = delete(P).where(
    _ASKED, P.c.workspace_id == bindparam("workspace_id_"), P.c.user_id == bindparam("user_id_")
)
_STILL_ASKED: Final = select(P.c.user_id).where(_ASKED).order_by(P.c.user_id)
_TURN: Final = (
    update(A)
    .where(A.c.id == bindparam("id_"), A.c.state == bindparam("was_"))
    .values(state=bindparam("state_"))
)
_CLOSE: Final = (
    update(A)
    .where(OPEN_ASK)
    .values({name: bindparam(f"{name}_") for name in ("state", "closed_by", "closed_at")})
)
_CLOSE_ONE: Final = _CLOSE.where(A.c.id == bindparam("id_"))


class AlreadyAsked(Refusal):
    """{who} was already asked about this and has not answered yet. Take that question back first, or answer it here."""


class Asks(Repository):
    """The handed questions of all pilots."""

    def open(self, ask: Ask) -> None:
        """Keep a new question; AlreadyAsked when somebody was asked about the item and has not answered."""
        if self._tx.execute(_OPEN, ask.model_dump()).rowcount == 0:
            was = self.open_of_pilot(ask.pilot_id).get(ask.item_id)
            raise AlreadyAsked(who=mention(was.asked_id) if was else "Somebody")
        told = dict.fromkeys(ask.people)
        if told:
            row = {"workspace_id": ask.workspace_id, "ask_id": ask.id}
            self._tx.execute(_TELL, [row | {"user_id": user_id} for user_id in told])

    def get(self, workspace_id: str, ask_id: str) -> Ask | None:
        found = _all(self._tx.execute(_GET, {"workspace_id_": workspace_id, "id_": ask_id}))
        return found[0] if found else None

    def open_of_pilot(self, pilot_id: str) -> dict[str, Ask]:
        """Return a pilot's open questions by item."""
        return {ask.item_id: ask for ask in self._recalled(_OPEN_OF_PILOT, {"pilot_id_": pilot_id}, _all)}

    def open_of_person(self, workspace_id: str, user_id: str) -> list[Ask]:
        """Return the open questions that a person was told of, alone or as one of a group, oldest first."""
        values = {"workspace_id_": workspace_id, "user_id_": user_id}
        return _all(self._tx.execute(_OPEN_OF_PERSON, values))

    def once_more_of_person(self, workspace_id: str, user_id: str) -> list[Ask]:
        """Return what a person answered and was asked about once more, oldest first."""
        values = {"workspace_id_": workspace_id, "user_id_": user_id}
        return _all(self._tx.execute(_ONCE_MORE_OF, values))

    def latest_of_item(self, pilot_id: str, item_id: str) -> Ask | None:
        """Return what was last asked about an item, in whatever state."""
        found = _all(self._tx.execute(_LATEST_OF_ITEM, {"pilot_id_": pilot_id, "item_id_": item_id}))
        return found[0] if found else None

    def still_asked(self, ask_id: str) -> tuple[str, ...]:
        """Return who was told of the question and has not said that they are the wrong one."""
        return tuple(self._tx.execute(_STILL_ASKED, {"ask_id_": ask_id}).scalars())

    def excuse(self, workspace_id: str, ask_id: str, user_id: str) -> bool:
        """Wait for a person's answer no longer, while the others are still asked; False when nobody waited for theirs."""
        values = {"ask_id_": ask_id, "workspace_id_": workspace_id, "user_id_": user_id}
        return self._tx.execute(_EXCUSE, values).rowcount == 1

    def turn(self, ask_id: str, was: AskState, state: AskState) -> bool:
        """Let a question that was closed be asked once more, or be done with that; False when it is not as it was."""
        return self._tx.execute(_TURN, {"id_": ask_id, "was_": was, "state_": state}).rowcount == 1

    def close_if_open(self, ask_id: str, state: AskState, by: str | None, at: datetime) -> bool:
        """Close the question; False when somebody did before."""
        return self._tx.execute(_CLOSE_ONE, {"id_": ask_id, **_closed(state, by, at)}).rowcount == 1


def _closed(state: AskState, by: str | None, at: datetime) -> dict[str, Any]:
    return {"state_": state, "closed_by_": by, "closed_at_": at}


def _all(result: CursorResult[Any]) -> list[Ask]:
    return [Ask.model_validate(dict(row)) for row in result.mappings()]
