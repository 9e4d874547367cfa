"""Messages as rows: what Slack should show, kept in the transaction of the change that calls for it.

Workflows say what should be shown; the sender claims a row, makes Slack look like it, and records what Slack said. Nothing
here talks to Slack.
"""

import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, String, and_, bindparam, case, func, or_, select, update

from bot.domain.messages import Body, OutboundMessage
from storage.ids import new_id
from storage.memory import UNKNOWN
from storage.repository import Carrier, Repository, portions
from storage.statements import ByDialect, insert_unless_there
from storage.tables import MESSAGE as M

_COLUMNS: Final = [M.c[name] for name in OutboundMessage.model_fields]
_ROW: Final = M.c.id == bindparam("id_")
_MINE: Final = and_(_ROW, M.c.lease_by == bindparam("by_"))
_BEHIND: Final = and_(M.c.delivered_version < M.c.version, M.c.failed.is_(None))
_READY: Final = or_(M.c.not_before.is_(None), M.c.not_before <= bindparam("now_"))
_FREE: Final = or_(M.c.lease_by.is_(None), M.c.lease_until <= bindparam("now_"))

_GET: Final = select(*_COLUMNS).where(_ROW)
_BY_KEY: Final = select(*_COLUMNS).where(
    M.c.workspace_id == bindparam("workspace_id_"), M.c.key == bindparam("key_")
)
_BY_KEYS: Final = select(*_COLUMNS).where(
    M.c.workspace_id == bindparam("workspace_id_"), M.c.key.in_(bindparam("keys_", expanding=True))
)
_LOCK_BY_KEY: Final = ByDialect(_BY_KEY, _BY_KEY.with_for_update(key_share=True))
_INSERT: Final = insert_unless_there(M, ["workspace_id", "key"])
_STATE_ANEW: Final = (
    update(M)
    .where(_ROW)
    .values(
        {
            name: bindparam(f"{name}_")
            for name in ("channel_id", "under", "body", "version", "not_before", "paced", "failed")
        }
    )
)
_UNSENT: Final = select(*_COLUMNS).where(_BEHIND, _READY, _FREE).order_by(M.c.seq).limit(bindparam("limit_"))
_CLAIM: Final = (
    update(M)
    .where(_ROW, _BEHIND, _READY, _FREE)
    .values(lease_by=bindparam("by_"), lease_until=bindparam("until_"))
    .returning(*_COLUMNS)
)
_KEEP: Final = update(M).where(_MINE).values(lease_until=bindparam("until_"))
_BEGIN: Final = (
    update(M)
    .where(_MINE, M.c.first_attempt_at.is_(None), M.c.slack_ts.is_(None))
    .values(first_attempt_at=bindparam("now_"))
)
_ARRIVED: Final = case(
    (M.c.delivered_version < bindparam("version_"), bindparam("version_")), else_=M.c.delivered_version
)
_DELIVERED: Final = (
    update(M)
    .where(_ROW, or_(M.c.lease_by == bindparam("by_"), M.c.slack_ts.is_(None)))
    .values(
        delivered_version=_ARRIVED,
        slack_channel_id=bindparam("slack_channel_id_"),
        slack_ts=bindparam("slack_ts_"),
    )
    .returning(*_COLUMNS)
)
_RELEASE: Final = update(M).where(_MINE).values(lease_by=None, lease_until=None)
_RELEASE_ALL: Final = (
    update(M)
    .where(M.c.lease_by == bindparam("by_"), M.c.lease_by.is_not(None))
    .values(lease_by=None, lease_until=None)
)
_FAIL: Final = update(M).where(_MINE).values(failed=bindparam("error_"), lease_by=None, lease_until=None)
_AT: Final = select(*_COLUMNS).where(
    M.c.workspace_id == bindparam("workspace_id_"),
    M.c.slack_channel_id == bindparam("slack_channel_id_"),
    M.c.slack_ts == bindparam("slack_ts_"),
    M.c.slack_ts.is_not(None),
)
_FORGET: Final = (
    update(M)
    .where(
        _ROW,
        or_(bindparam("by_", type_=String).is_(None), M.c.lease_by == bindparam("by_", type_=String)),
        or_(bindparam("seen_", type_=String).is_(None), M.c.slack_ts == bindparam("seen_", type_=String)),
    )
    .values(
        slack_ts=None,
        slack_channel_id=None,
        first_attempt_at=None,
        delivered_version=0,
        version=M.c.version + 1,
    )
    .returning(*_COLUMNS)
)
_FAILED: Final = (
    select(*_COLUMNS)
    .where(M.c.workspace_id == bindparam("workspace_id_"), M.c.failed.is_not(None))
    .order_by(M.c.seq)
)
_UNFAIL: Final = (
    update(M)
    .where(
        M.c.workspace_id == bindparam("workspace_id_"),
        M.c.failed.is_not(None),
        M.c.paced.is_(False),
        or_(
            bindparam("channel_id_", type_=String).is_(None),
            M.c.channel_id == bindparam("channel_id_", type_=String),
        ),
    )
    .values(failed=None, version=M.c.version + 1)
    .returning(*_COLUMNS)
)
_UNFAIL_BELOW: Final = (
    update(M)
    .where(M.c.under == bindparam("id_"), M.c.failed.is_not(None))
    .values(failed=None, version=M.c.version + 1)
    .returning(*_COLUMNS)
)
_COUNT_UNSENT: Final = select(func.count()).select_from(M).where(_BEHIND)


class Messages(Repository):
    """The durable messages of all workspaces."""

    def __init__(self, tx: Carrier) -> None:
        super().__init__(tx)
        self._touched: dict[str, OutboundMessage] = {}

    @property
    def touched(self) -> list[OutboundMessage]:
        """What this transaction changed and Slack does not show yet, in the order of the first change."""
        return [message for message in self._touched.values() if message.due]

    def show(
        self,
        workspace_id: str,
        key: str,
        channel_id: str,
        body: Body,
        *,
        under: str | None = None,
        not_before: datetime | None = None,
        paced: bool = False,
    ) -> OutboundMessage:
        """State what the message of this key should say from now on.

        The version rises when the body differs, or when a message is wanted again that had failed for good. Where a message
        is shown cannot change once it was posted. While Slack waits for an earlier statement, the earlier time holds, so
        that statements which follow each other closely wait together, and never longer than the first.
        """
        while True:
            found = self._recalled(_LOCK_BY_KEY, _question(workspace_id, key), _one)
            if found is not None:
                return self._state_anew(found, channel_id, body, under, not_before, paced=paced)
            message = OutboundMessage(
                id=new_id(),
                workspace_id=workspace_id,
                key=key,
                channel_id=channel_id,
                under=under,
                body=_plain(body),
                version=1,
                not_before=not_before,
                paced=paced,
            )
            with self._tx.memory.answering_for(M):
                stated = self._tx.execute(_INSERT, message.model_dump()).rowcount
            if stated:
                return self._touch_only(message)
            self._tx.memory.forget(M)  # another process stated the same message first: read what it wrote

    def _state_anew(
        self,
        was: OutboundMessage,
        channel_id: str,
        body: Body,
        under: str | None,
        not_before: datetime | None,
        *,
        paced: bool,
    ) -> OutboundMessage:
        plain = was.body if body == was.body else _plain(body)
        anew = plain != was.body
        revived = was.failed is not None
        if not (anew or revived or was.due):
            return was
        posted = was.slack_ts is not None
        now = was.model_copy(
            update={
                "channel_id": was.channel_id if posted else channel_id,
                "under": was.under if posted else under,
                "body": plain,
                "version": was.version + 1 if anew or revived else was.version,
                "not_before": _earlier(was.not_before, not_before) if was.due else not_before,
                "paced": paced,
                "failed": None,
            }
        )
        if now == was:
            return was
        with self._tx.memory.answering_for(M):
            self._tx.execute(
                _STATE_ANEW,
                {
                    "id_": now.id,
                    "channel_id_": now.channel_id,
                    "under_": now.under,
                    "body_": now.body,
                    "version_": now.version,
                    "not_before_": now.not_before,
                    "paced_": now.paced,
                    "failed_": None,
                },
            )
        if not revived:
            return self._touch_only(now)
        for reply in _all(self._tx.execute(_UNFAIL_BELOW, {"id_": now.id})):
            self._touch(reply)  # what hung from it failed with it
        return self._touch(now)

    def get(self, message_id: str) -> OutboundMessage | None:
        return _one(self._tx.execute(_GET, {"id_": message_id}))

    def by_key(self, workspace_id: str, key: str) -> OutboundMessage | None:
        return self._recalled(_BY_KEY, _question(workspace_id, key), _one)

    def by_keys(self, workspace_id: str, *keys: str) -> dict[str, OutboundMessage]:
        """Return those of the messages that there are, by key."""
        memory = self._tx.memory
        known = {key: memory.recall(_BY_KEY, _question(workspace_id, key)) for key in keys}
        for some in portions(key for key, found in known.items() if found is UNKNOWN):
            there = _all(self._tx.execute(_BY_KEYS, {"workspace_id_": workspace_id, "keys_": some}))
            known |= dict.fromkeys(some) | {found.key: found for found in there}
            for key in some:
                memory.keep(_BY_KEY, _question(workspace_id, key), known[key])
        return {key: found for key, found in known.items() if found is not None}

    def at(self, workspace_id: str, slack_channel_id: str, slack_ts: str) -> OutboundMessage | None:
        """Return our message that Slack shows at this place, or None when it is not ours."""
        values = {"workspace_id_": workspace_id, "slack_channel_id_": slack_channel_id, "slack_ts_": slack_ts}
        return _one(self._tx.execute(_AT, values))

    def lock(self, workspace_id: str, key: str) -> None:
        """Keep other transactions from stating this message until this one ends; nothing where it is not there yet."""
        self._recalled(_LOCK_BY_KEY, _question(workspace_id, key), _one)

    def unsent(self, now: datetime, limit: int) -> list[OutboundMessage]:
        """Return, oldest first, what Slack does not show, whose time has come, and which nobody is sending."""
        return _all(self._tx.execute(_UNSENT, {"now_": now, "limit_": limit}))

    def count_unsent(self) -> int:
        """Return how many messages Slack does not show yet, those whose time has not come included."""
        return int(self._tx.execute(_COUNT_UNSENT).scalar_one())

    def claim(self, message_id: str, by: str, until: datetime, now: datetime) -> OutboundMessage | None:
        """Take the message for sending until the lease ends.

        None when there is nothing to send, its time has not come, or somebody has it: also when that is the same `by`.
        """
        values = {"id_": message_id, "by_": by, "until_": until, "now_": now}
        return _one(self._tx.execute(_CLAIM, values))

    def keep_claim(self, message_id: str, by: str, until: datetime) -> bool:
        """Lengthen the lease; False when it was lost to somebody else."""
        return self._tx.execute(_KEEP, {"id_": message_id, "by_": by, "until_": until}).rowcount == 1

    def begin_first_post(self, message_id: str, by: str, now: datetime) -> bool:
        """Note that the first post is about to be made. False when it was begun before: look for it, then post."""
        return self._tx.execute(_BEGIN, {"id_": message_id, "by_": by, "now_": now}).rowcount == 1

    def delivered(
        self, message_id: str, by: str, version: int, slack_channel_id: str, slack_ts: str
    ) -> OutboundMessage | None:
        """Record that Slack shows this version, and let go of the message unless there is more to send.

        Returns the message as it is now; while it is due, the claim is kept. None when the claim was lost and somebody else
        recorded a post of their own.
        """
        values = {
            "id_": message_id,
            "by_": by,
            "version_": version,
            "slack_channel_id_": slack_channel_id,
            "slack_ts_": slack_ts,
        }
        message = _one(self._tx.execute(_DELIVERED, values))
        if message is not None and not message.due:
            self.release(message_id, by)
        return message

    def release(self, message_id: str, by: str) -> None:
        """Let go of the message, whatever its state."""
        self._tx.execute(_RELEASE, {"id_": message_id, "by_": by})

    def release_all(self, by: str) -> int:
        """Let go of all that a process held that is known to be dead; return how many."""
        return self._tx.execute(_RELEASE_ALL, {"by_": by}).rowcount

    def fail(self, message_id: str, by: str, error: str) -> None:
        """Record Slack's terminal error: nothing is tried until the message is shown anew or `unfail` is called."""
        self._tx.execute(_FAIL, {"id_": message_id, "by_": by, "error_": error})

    def forget_delivery(
        self, message_id: str, *, by: str | None = None, seen_ts: str | None = None
    ) -> OutboundMessage | None:
        """Forget where it was posted, because Slack shows it no more: it becomes due as a new post, with a new version.

        Only while `by` still holds the lease, and while it is where it was seen, when these are given: whoever lost the
        lease must not undo what somebody else has posted meanwhile.
        """
        message = _one(self._tx.execute(_FORGET, {"id_": message_id, "by_": by, "seen_": seen_ts}))
        return None if message is None else self._touch(message)

    def failed_list(self, workspace_id: str) -> list[OutboundMessage]:
        return _all(self._tx.execute(_FAILED, {"workspace_id_": workspace_id}))

    def unfail(self, workspace_id: str, channel_id: str | None = None) -> list[OutboundMessage]:
        """Make due again, with a new version, what had failed for good (in one channel): the cause was mended.

        What is paced (nudges, digests) stays as it is: it was of its day, and the next one says what is true then.
        """
        order = [message.id for message in self.failed_list(workspace_id)]
        mended = _all(self._tx.execute(_UNFAIL, {"workspace_id_": workspace_id, "channel_id_": channel_id}))
        return [
            self._touch(message) for message in sorted(mended, key=lambda message: order.index(message.id))
        ]

    def _touch_only(self, message: OutboundMessage) -> OutboundMessage:
        """Note that this message was changed, and no other."""
        question = _question(message.workspace_id, message.key)
        for statement in {_BY_KEY, _LOCK_BY_KEY.of(self._tx.dialect)}:
            self._tx.memory.keep(statement, question, message)
        return self._touch(message)

    def _touch(self, message: OutboundMessage) -> OutboundMessage:
        self._touched[message.id] = message
        return message


def _question(workspace_id: str, key: str) -> dict[str, str]:
    return {"workspace_id_": workspace_id, "key_": key}


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier time; None is now."""
    return None if one is None or other is None else min(one, other)


def _plain(body: Body) -> Body:
    """Return the body as it comes back from JSON, so that a tuple or a marked string is no difference."""
    plain: Body = json.loads(json.dumps(body))
    return plain


def _one(result: CursorResult[Any]) -> OutboundMessage | None:
    row = result.mappings().first()
    return None if row is None else OutboundMessage.model_validate(dict(row))


def _all(result: CursorResult[Any]) -> list[OutboundMessage]:
    return [OutboundMessage.model_validate(dict(row)) for row in result.mappings()]
