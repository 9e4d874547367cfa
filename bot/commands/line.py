"""What the commands share: a refusal in a sentence, looking something up beside a running Preflight, changing it while none runs, and
writing files.

Makes no database and knows no command.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.at_work import now_of
from bot.settings import Settings

if TYPE_CHECKING:
    from storage.transaction import Tx

Result = TypeVar("Result")


class CommandRefused(Exception):  # noqa: N818 - a sentence for whoever typed the command
    """A command that cannot be carried out; the message says why and what to do."""


def look_up(settings: Settings, work: "Callable[[Tx], Result]") -> Result:
    """Look something up in one consistent moment; CommandRefused where there is no database yet."""
    from storage import database
    from storage.store import Store

    url = database.parse(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        raise CommandRefused(f"There is no database {database.where(url)} yet.")
    with Store.open(settings.database_url) as store:
        return store.read_sync(work)


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
                    "Preflight is running. Stop it, do this once more, then start it again."
                ) from None
        with Store.open(settings.database_url) as store:
            return store.write_sync(work, now=now_of(settings))


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Say in a sentence what keeps a file from being written."""
    try:
        yield
    except OSError as fault:
        raise CommandRefused(f"{place} cannot be written: {fault.strerror}.") from None
