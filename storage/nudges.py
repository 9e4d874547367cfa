"""Nudges that were sent, as the first reminders read and wrote them; they are kept as notices. It goes when nobody asks any more.

Since when a pilot is quiet is kept where a notice says when it was queued.
"""

from datetime import datetime

from bot.domain.matters import MatterKind
from bot.domain.notices import Notice, Reply as NoticeReply
from bot.domain.nudges import Nudge, Reply, review_kind
from storage.notices import Notices
from storage.repository import Repository


class Nudges(Repository):
    """The nudges of all pilots."""

    def claim_slot(
        self,
        workspace_id: str,
        pilot_id: str,
        kind: str,
        slot: str,
        person_id: str,
        now: datetime,
        quiet_since: datetime,
    ) -> bool:
        """Take the slot for telling a person of a pilot; False when that person's was taken before."""
        review = kind.removeprefix("review:") if kind.startswith("review:") else None
        notice = Notice(
            workspace_id=workspace_id,
            pilot_id=pilot_id,
            kind=MatterKind.REVIEW if review else MatterKind.QUIET,
            subject=review or pilot_id,
            thing=f"{kind}:{slot}",
            rung=0,
            person_id=person_id,
            day=quiet_since.date(),
            queued_at=quiet_since,
            slot=slot,
            told_at=now,
        )
        return Notices(self._tx).queue(notice)

    def of_pilot(self, pilot_id: str) -> list[Nudge]:
        """Return a pilot's nudges, oldest first."""
        found = _nudges(Notices(self._tx).of_pilot(pilot_id))
        return sorted(found, key=lambda one: (one.sent_at, one.kind, one.slot, one.person_id))

    def unanswered_of_pilot(self, pilot_id: str) -> list[Nudge]:
        """Return those of a pilot's nudges with which nothing was done yet, oldest first."""
        return [one for one in self.of_pilot(pilot_id) if one.reply is None]

    def of_person(self, workspace_id: str, person_id: str, slot: str) -> list[Nudge]:
        """Return what one person was told in one slot, the longest quiet first."""
        found = _nudges(Notices(self._tx).of_person(workspace_id, person_id, slot))
        return sorted(found, key=lambda one: (one.quiet_since, one.pilot_id, one.kind))

    def reply(
        self,
        pilot_id: str,
        kind: str,
        slot: str,
        reply: Reply,
        now: datetime,
        person_id: str | None = None,
    ) -> Nudge | None:
        """Note what was done with a nudge, the first word counting; None when there is no such nudge.

        Without a person it is said for everybody who was told in that slot, and the first of them is returned.
        """
        notices, thing = Notices(self._tx), f"{kind}:{slot}"
        notices.reply(pilot_id, thing, NoticeReply(reply.value), now, person_id)
        told = [
            one
            for one in notices.of_thing(pilot_id, thing)
            if person_id is None or one.person_id == person_id
        ]
        return next(iter(_nudges(told)), None)


def _nudges(notices: list[Notice]) -> list[Nudge]:
    return [_nudge(one) for one in notices if one.slot and one.told_at and _is_known(one)]


def _is_known(notice: Notice) -> bool:
    return notice.kind in {MatterKind.REVIEW, MatterKind.QUIET}


def _nudge(notice: Notice) -> Nudge:
    known = {one.value for one in Reply}
    return Nudge(
        workspace_id=notice.workspace_id,
        pilot_id=notice.pilot_id,
        kind=review_kind(notice.subject) if notice.kind is MatterKind.REVIEW else notice.kind.value,
        slot=notice.slot or "",
        person_id=notice.person_id,
        sent_at=notice.told_at or notice.queued_at,
        quiet_since=notice.queued_at,
        reply=notice.reply and Reply(notice.reply.value if notice.reply.value in known else "settled"),
        replied_at=notice.replied_at,
    )
