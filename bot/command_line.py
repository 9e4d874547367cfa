"""What the commands share: a refusal in a sentence, looking something up beside a running Preflight, and writing files.

Makes no database and knows no command.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

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


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Say in a sentence what keeps a file from being written."""
    try:
        yield
    except OSError as fault:
        raise CommandRefused(f"{place} cannot be written: {fault.strerror}.") from None
