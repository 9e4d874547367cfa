"""`python -m bot audit erase`: take what people said off the record, by person or by age, so that the chain still holds.

Entries stay: who did what, and when. What is removed cannot be brought back, so it is counted first and asked about. Answers,
reviews and their snapshots are the pilots' and are not touched.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.domain.values import PREFLIGHT, Occasion

if TYPE_CHECKING:
    from storage.transaction import Tx


@dataclass(frozen=True)
class Wanted:
    """What shall be erased: a person's words and name, words from before a day (in UTC), or what is both."""

    person: str | None
    before: date | None

    @property
    def until(self) -> datetime | None:
        """The instant that the day begins at."""
        return (
            datetime(self.before.year, self.before.month, self.before.day, tzinfo=UTC)
            if self.before
            else None
        )


def count(tx: "Tx", wanted: Wanted) -> dict[str, list[int]]:
    """Return the numbers of the entries whose words would go, by workspace; nothing for those without any."""
    found = {
        workspace: tx.audit.spoken(workspace, by=wanted.person, before=wanted.until)
        for workspace in tx.audit.workspaces()
    }
    return {workspace: seqs for workspace, seqs in found.items() if seqs}


def erase(tx: "Tx", wanted: Wanted, now: datetime) -> int:
    """Erase the words and, where a whole person is meant, their name; return how many entries lost their words."""
    erased = 0
    for workspace, seqs in count(tx, wanted).items():
        here = Occasion(workspace_id=workspace, actor_id=PREFLIGHT, now=now)
        erased += len(tx.audit.erase(workspace, seqs, here))
    if wanted.person and wanted.before is None:
        for workspace in tx.audit.workspaces():
            tx.people.forget_name(workspace, wanted.person)
    return erased
