"""`python -m bot audit erase`: take what people said off the record, by person or by age, so that the chain still holds.

Entries stay: who did what, and when. What is removed cannot be brought back, so it is counted first and asked about. Answers,
reviews and their snapshots are the pilots' and are not touched.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.command_line import CommandRefused
from bot.domain.values import PREFLIGHT, Occasion
from bot.settings import Settings

if TYPE_CHECKING:
    from storage.transaction import Tx

Result = TypeVar("Result")


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


def change(settings: Settings, work: "Callable[[Tx], Result]") -> Result:
    """Carry out work that changes the database; CommandRefused where Preflight runs on a database that takes one process."""
    from bot.delivery.executor import is_sole
    from storage import database
    from storage.failures import DataDirectoryInUse
    from storage.store import Store

    url = database.parse(settings.database_url)
    with ExitStack() as held:
        if is_sole(settings.database_url):
            place = Path(str(url.database))
            if not place.is_file():
                raise CommandRefused(f"There is no database {database.where(url)} yet.")
            try:
                held.callback(database.exclusive_lock(place.parent).release)
            except DataDirectoryInUse:
                raise CommandRefused(
                    "Preflight is running. Stop it, then erase, then start it again."
                ) from None
        with Store.open(settings.database_url) as store:
            return store.write_sync(work)
