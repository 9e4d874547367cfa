"""Answers: every revision in the history, the latest beside it, both written in the same transaction.

The history is the truth. `rebuild_current` derives the rest from it, and `differences` says whether that would change
anything.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    CursorResult,
    Insert,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    type_coerce,
)

from bot.domain.answers import SETTLED, Answer, Status
from storage.memory import UNKNOWN
from storage.pilots import WORKSPACE_OF
from storage.repository import Repository, portions
from storage.statements import ByDialect, insert_or_replace, insert_unless_there
from storage.tables import ANSWER as A, CURRENT_ANSWER as C, INTERVIEW as I, WRITTEN_ONCE

_FIELDS: Final = list(Answer.model_fields)
_PILOT: Final[BindParameter[str]] = bindparam("pilot_id_")
_LOCK_PILOT: Final = ByDialect(WORKSPACE_OF, WORKSPACE_OF.with_for_update(key_share=True))
_LAST: Final = select(C.c.revision).where(C.c.pilot_id == _PILOT, C.c.item_id == bindparam("item_id_"))
_NEXT: Final = {"revision": func.coalesce(_LAST.scalar_subquery(), 0) + 1}
_APPEND_ONCE: Final = insert_unless_there(
    A, ["interview_id", "message_ts"], where=WRITTEN_ONCE, values=_NEXT, returning=A.c.revision
)
_APPEND: Final = insert(A).values(_NEXT).returning(A.c.revision)
_SET_CURRENT: Final = insert_or_replace(C, ["pilot_id", "item_id"], returning=[C.c[name] for name in _FIELDS])
_CURRENT: Final = select(*(C.c[name] for name in _FIELDS)).where(C.c.pilot_id == _PILOT)
_CURRENT_OF_PILOTS: Final = select(*(C.c[name] for name in _FIELDS)).where(
    C.c.pilot_id.in_(bindparam("pilot_ids_", expanding=True))
)
_HISTORY: Final = (
    select(*(A.c[name] for name in _FIELDS)).where(A.c.pilot_id == _PILOT).order_by(A.c.item_id, A.c.revision)
)
_HISTORY_OF: Final = _HISTORY.where(A.c.item_id == bindparam("item_id_"))
_N, _L = A.alias("newest"), A.alias("later")
_NEWEST: Final = (
    _N.c.status != Status.SKIPPED.value,
    ~exists().where(
        _L.c.pilot_id == _N.c.pilot_id,
        _L.c.item_id == _N.c.item_id,
        _L.c.revision > _N.c.revision,
        _L.c.status != Status.SKIPPED.value,
    ),
)
_ALONE_BY: Final = (
    select(A.c.pilot_id, A.c.item_id)
    .select_from(A)
    .join(_N, and_(_N.c.pilot_id == A.c.pilot_id, _N.c.item_id == A.c.item_id, *_NEWEST))
    .where(
        A.c.pilot_id.in_(bindparam("pilot_ids_", expanding=True)),
        A.c.status != Status.SKIPPED.value,
        or_(_N.c.status.not_in([one.value for one in SETTLED]), _N.c.status == A.c.status),
    )
    .group_by(A.c.pilot_id, A.c.item_id)
    .having(
        func.min(A.c.answered_by) == bindparam("user_id_"), func.max(A.c.answered_by) == bindparam("user_id_")
    )
)
_BY_MESSAGE: Final = (
    select(*(A.c[name] for name in _FIELDS))
    .where(A.c.interview_id == bindparam("interview_id_"), A.c.message_ts == bindparam("message_ts_"))
    .order_by(A.c.answered_at.desc(), A.c.revision.desc())
    .limit(1)
)
_BY_SLACK_MESSAGE: Final = (
    select(*(A.c[name] for name in _FIELDS))
    .outerjoin(I, I.c.id == A.c.interview_id)
    .where(
        A.c.workspace_id == bindparam("workspace_id_"),
        A.c.message_ts == bindparam("message_ts_"),
        # Answers of the first version name no channel; theirs is the interview's.
        func.coalesce(A.c.message_channel_id, I.c.channel_id) == bindparam("channel_id_"),
    )
    .order_by(A.c.answered_at.desc(), A.c.revision.desc(), A.c.item_id)
    .limit(1)
)

_STANDING_ON: Final = (
    select(*(C.c[name] for name in _FIELDS))
    .join(
        A,
        and_(A.c.pilot_id == C.c.pilot_id, A.c.item_id == C.c.item_id, A.c.revision == C.c.revision),
    )
    .outerjoin(I, I.c.id == A.c.interview_id)
    .where(
        A.c.workspace_id == bindparam("workspace_id_"),
        A.c.message_ts == bindparam("message_ts_"),
        func.coalesce(A.c.message_channel_id, I.c.channel_id) == bindparam("channel_id_"),
    )
    .order_by(C.c.pilot_id, C.c.item_id)
)
_LINKING_TO: Final = (
    select(*(C.c[name] for name in _FIELDS))
    .where(
        C.c.workspace_id == bindparam("workspace_id_"),
        type_coerce(C.c.evidence, Text).contains(bindparam("part_"), autoescape=False),
    )
    .order_by(C.c.pilot_id, C.c.item_id)
)


def _latest() -> Select[Any]:
    """Select the current answers out of the history alone."""
    newest = (
        select(A.c.pilot_id, A.c.item_id, func.max(A.c.revision).label("revision"))
        .group_by(A.c.pilot_id, A.c.item_id)
        .subquery()
    )
    same = and_(
        A.c.pilot_id == newest.c.pilot_id, A.c.item_id == newest.c.item_id, A.c.revision == newest.c.revision
    )
    return select(*(A.c[column.name] for column in C.columns)).join(newest, same)


_ALL_CURRENT: Final = select(*C.columns)
_MISSING: Final = _latest().except_(_ALL_CURRENT)
_SURPLUS: Final = _ALL_CURRENT.except_(_latest())
_FORGET_CURRENT: Final = delete(C)
_DERIVE_CURRENT: Final[Insert] = insert(C).from_select([column.name for column in C.columns], _latest())


class UnknownPilot(LookupError):  # noqa: N818 - named after what was given
    """An answer was recorded for a pilot that is not there."""


class Answers(Repository):
    """The answers of all pilots."""

    def record(self, answer: Answer) -> Answer | None:
        """Keep an answer as its item's next revision, whatever revision it carries, and return it so.

        None, and nothing is kept, when this interview already has an answer from the same message: a redelivery.
        """
        return self._append(answer, edited=False)

    def record_picked(self, answer: Answer) -> Answer:
        """Keep an answer whose message a person picked for it; that message may be the answer to other items as well."""
        kept = self._append(answer, edited=True)
        assert kept is not None  # only a message that answers once can be a redelivery
        return kept

    def revise(self, answer: Answer) -> Answer | None:
        """Keep what an edited message says now as the next revision. None when that says what is current already."""
        was = self.by_message(answer.interview_id or "", answer.message_ts or "")
        if (
            was is not None
            and was.model_copy(update={"answered_at": answer.answered_at, "revision": answer.revision})
            == answer
        ):
            return None
        return self._append(answer, edited=True)

    def _append(self, answer: Answer, *, edited: bool) -> Answer | None:
        pilot = {"pilot_id_": answer.pilot_id}
        workspace_id = self._recalled(_LOCK_PILOT, pilot, CursorResult.scalar)
        if workspace_id is None:
            raise UnknownPilot(answer.pilot_id)
        values = answer.model_dump(exclude={"revision"}) | {"workspace_id": workspace_id}
        appended = values | {"edited": edited, "pilot_id_": answer.pilot_id, "item_id_": answer.item_id}
        revision = self._tx.execute(_APPEND if edited else _APPEND_ONCE, appended).scalar()
        if revision is None:
            return None
        known = self._tx.memory.recall(_CURRENT, pilot)
        kept = _all(self._tx.execute(_SET_CURRENT, values | {"revision": revision}))
        if known is not UNKNOWN:
            self._tx.memory.keep(_CURRENT, pilot, known | {one.item_id: one for one in kept})
        return answer.model_copy(update={"revision": revision})

    def current(self, pilot_id: str) -> dict[str, Answer]:
        """Return the latest answer to each item that has one."""
        return dict(self._recalled(_CURRENT, {"pilot_id_": pilot_id}, _by_item))

    def current_of_pilots(self, pilot_ids: Iterable[str]) -> dict[str, dict[str, Answer]]:
        """Return the latest answers by pilot and item; nothing for a pilot without any."""
        found: dict[str, dict[str, Answer]] = {}
        for some in portions(pilot_ids):
            for answer in _all(self._tx.execute(_CURRENT_OF_PILOTS, {"pilot_ids_": some})):
                found.setdefault(answer.pilot_id, {})[answer.item_id] = answer
        return found

    def history(self, pilot_id: str, item_id: str | None = None) -> list[Answer]:
        """Return all revisions, oldest first within each item."""
        if item_id is None:
            return _all(self._tx.execute(_HISTORY, {"pilot_id_": pilot_id}))
        return _all(self._tx.execute(_HISTORY_OF, {"pilot_id_": pilot_id, "item_id_": item_id}))

    def alone_by(self, user_id: str, pilot_ids: Iterable[str]) -> dict[str, set[str]]:
        """Return the items of some pilots that this person alone has answered, by pilot, as `voting.lone_answerers` says."""
        found: dict[str, set[str]] = {}
        for some in portions(pilot_ids):
            values = {"pilot_ids_": some, "user_id_": user_id}
            for row in self._tx.execute(_ALONE_BY, values).mappings():
                found.setdefault(row["pilot_id"], set()).add(row["item_id"])
        return found

    def by_message(self, interview_id: str, message_ts: str) -> Answer | None:
        """Return the newest answer that a Slack message of this interview gave, or None when it gave none."""
        row = (
            self._tx.execute(_BY_MESSAGE, {"interview_id_": interview_id, "message_ts_": message_ts})
            .mappings()
            .first()
        )
        return None if row is None else Answer.model_validate(dict(row))

    def by_slack_message(self, workspace_id: str, channel_id: str, message_ts: str) -> Answer | None:
        """Return the newest answer that a message gave, wherever it was written, or None when it gave none."""
        values = {"workspace_id_": workspace_id, "channel_id_": channel_id, "message_ts_": message_ts}
        row = self._tx.execute(_BY_SLACK_MESSAGE, values).mappings().first()
        return None if row is None else Answer.model_validate(dict(row))

    def standing_on(self, workspace_id: str, channel_id: str, message_ts: str) -> list[Answer]:
        """Return the current answers that a message gave, wherever it was written."""
        values = {"workspace_id_": workspace_id, "channel_id_": channel_id, "message_ts_": message_ts}
        return _all(self._tx.execute(_STANDING_ON, values))

    def linking_to(self, workspace_id: str, part: str) -> list[Answer]:
        """Return the current answers whose evidence has an address with this part in it.

        Reads every current answer, so it is for what happens seldom. `part` is made by us: in it, % and _ match anything.
        """
        return _all(self._tx.execute(_LINKING_TO, {"workspace_id_": workspace_id, "part_": part}))

    def rebuild_current(self) -> None:
        """Derive all current answers from the history."""
        self._tx.execute(_FORGET_CURRENT)
        self._tx.execute(_DERIVE_CURRENT)

    def differences(self) -> set[tuple[str, str]]:
        """Return the (pilot, item) pairs whose current answer is not what the history says; empty when all is well."""
        return {
            (row["pilot_id"], row["item_id"])
            for statement in (_MISSING, _SURPLUS)
            for row in self._tx.execute(statement).mappings()
        }


def _by_item(result: CursorResult[Any]) -> dict[str, Answer]:
    return {answer.item_id: answer for answer in _all(result)}


def _all(result: CursorResult[Any]) -> list[Answer]:
    return [Answer.model_validate(dict(row)) for row in result.mappings()]
