"""Playbooks as they were when they came into force, so that an interview can go on with the one that it began with."""

from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import ColumnElement, bindparam, select

from bot.domain.playbook import Playbook
from storage.repository import Repository
from storage.statements import NewValues, insert_or_update
from storage.tables import INTERVIEW as I, OPEN_INTERVIEW, PLAYBOOK as P


def _in_force_again(new: NewValues) -> dict[str, ColumnElement[Any]]:
    return {"in_force_at": new.in_force_at}


_REMEMBER: Final = insert_or_update(P, ["version"], _in_force_again)
_GET: Final = select(P.c.content).where(P.c.version == bindparam("version_"))
_LATEST: Final = (
    select(P.c.content).where(P.c.in_force_at.is_not(None)).order_by(P.c.in_force_at.desc()).limit(1)
)
_RUNNING: Final = (
    select(P.c.content)
    .where(P.c.version.in_(select(I.c.playbook_version).where(OPEN_INTERVIEW)))
    .order_by(P.c.version)
)


class Playbooks(Repository):
    """The playbooks of this installation, by version."""

    def remember(self, playbook: Playbook) -> None:
        """Keep a playbook, once, and that it is in force from now on; what a version holds never changes."""
        content = playbook.model_dump(mode="json")
        values = {"version": playbook.version, "content": content, "in_force_at": self._tx.now}
        self._tx.execute(_REMEMBER, values)

    def get(self, version: str) -> Playbook | None:
        """Return the playbook of a version, or None when it is not known or this program cannot read it any more."""
        found = self._tx.execute(_GET, {"version_": version}).scalars().first()
        return None if found is None else _readable(found)

    def latest(self) -> Playbook | None:
        """Return the playbook that came into force last, or None when none is known that this program can read."""
        found = self._tx.execute(_LATEST).scalars().first()
        return None if found is None else _readable(found)

    def of_running_interviews(self) -> list[Playbook]:
        """Return the playbooks that open and paused interviews follow, as far as they are known."""
        found = map(_readable, self._tx.execute(_RUNNING).scalars())
        return [playbook for playbook in found if playbook is not None]


def _readable(content: dict[str, Any]) -> Playbook | None:
    """Return the playbook, or None when it was kept by a version whose playbooks looked different."""
    try:
        return Playbook.model_validate(content)
    except ValidationError:
        return None
