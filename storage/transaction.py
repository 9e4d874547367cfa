"""One transaction as workflows see it: repositories that speak in sentences, and nothing of the database under them.

It lives only while the work runs that it was handed to. It never commits; the store does.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Executable

from bot.domain.tallies import Cell
from storage.absences import Absences
from storage.actions import Actions
from storage.answers import Answers
from storage.asks import Asks
from storage.audit import Audit, PendingEntry
from storage.blockers import Blockers
from storage.changes import Changes
from storage.deliveries import Deliveries
from storage.digests import Digests
from storage.flags import Flags
from storage.handovers import Handovers
from storage.heartbeats import Heartbeats
from storage.homes import Homes
from storage.interviews import Interviews
from storage.memory import Memory
from storage.messages import Messages
from storage.moves import Moves
from storage.mutes import Mutes
from storage.notices import Notices
from storage.pace import Pace
from storage.pauses import Pauses
from storage.people import People
from storage.pilots import Pilots
from storage.playbooks import Playbooks
from storage.preferences import Preferences
from storage.presences import Presences
from storage.reviews import Reviews
from storage.signals import Signals
from storage.snoozes import Snoozes
from storage.statements import ByDialect, DialectName
from storage.tallies import Tallies
from storage.votes import Votes
from storage.waivers import Waivers
from storage.workspaces import Workspaces


class TransactionOver(RuntimeError):  # noqa: N818 - it says what is the case
    """A transaction was used after its work had ended; read and write only inside the work."""

    def __init__(self) -> None:
        super().__init__("this transaction is over; read and write only inside the work that was handed it")


class Tx:
    """A transaction in progress."""

    def __init__(
        self,
        connection: Connection,
        now: datetime,
        counted_before: Mapping[tuple[str, Cell], int] | None = None,
        recorded_before: Sequence[PendingEntry] = (),
    ) -> None:
        """Begin; the last two are what others have counted and recorded in the same transaction and nobody has written yet."""
        self.now = now
        self.counted_before = {} if counted_before is None else counted_before
        self._recorded_before = recorded_before
        self._connection: Connection | None = connection
        self.dialect = cast("DialectName", connection.dialect.name)
        self.memory = Memory(self.dialect)

    def end(self) -> None:
        """Refuse whatever comes later."""
        self._connection = None

    @property
    def connection(self) -> Connection:
        """The connection, for repositories only."""
        if self._connection is None:
            raise TransactionOver
        return self._connection

    def execute(
        self,
        statement: Executable | ByDialect,
        values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[Any]:
        """Carry out a statement; for repositories only."""
        if isinstance(statement, ByDialect):
            statement = statement.of(self.dialect)
        self.memory.before(statement)
        return cast("CursorResult[Any]", self.connection.execute(statement, values))

    @cached_property
    def workspaces(self) -> Workspaces:
        return Workspaces(self)

    @cached_property
    def people(self) -> People:
        return People(self)

    @cached_property
    def pilots(self) -> Pilots:
        return Pilots(self)

    @cached_property
    def interviews(self) -> Interviews:
        return Interviews(self)

    @cached_property
    def answers(self) -> Answers:
        return Answers(self)

    @cached_property
    def reviews(self) -> Reviews:
        return Reviews(self)

    @cached_property
    def votes(self) -> Votes:
        return Votes(self)

    @cached_property
    def changes(self) -> Changes:
        return Changes(self)

    @cached_property
    def handovers(self) -> Handovers:
        return Handovers(self)

    @cached_property
    def moves(self) -> Moves:
        return Moves(self)

    @cached_property
    def flags(self) -> Flags:
        return Flags(self)

    @cached_property
    def waivers(self) -> Waivers:
        return Waivers(self)

    @cached_property
    def actions(self) -> Actions:
        return Actions(self)

    @cached_property
    def asks(self) -> Asks:
        return Asks(self)

    @cached_property
    def pace(self) -> Pace:
        return Pace(self)

    @cached_property
    def playbooks(self) -> Playbooks:
        return Playbooks(self)

    @cached_property
    def messages(self) -> Messages:
        return Messages(self)

    @cached_property
    def pauses(self) -> Pauses:
        return Pauses(self)

    @cached_property
    def heartbeats(self) -> Heartbeats:
        return Heartbeats(self)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self, self._recorded_before)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self)

    @cached_property
    def absences(self) -> Absences:
        return Absences(self)

    @cached_property
    def presences(self) -> Presences:
        return Presences(self)

    @cached_property
    def blockers(self) -> Blockers:
        return Blockers(self)

    @cached_property
    def digests(self) -> Digests:
        return Digests(self)

    @cached_property
    def homes(self) -> Homes:
        return Homes(self)

    @cached_property
    def mutes(self) -> Mutes:
        return Mutes(self)

    @cached_property
    def notices(self) -> Notices:
        return Notices(self)

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(self)

    @cached_property
    def signals(self) -> Signals:
        return Signals(self)

    @cached_property
    def snoozes(self) -> Snoozes:
        return Snoozes(self)

    @cached_property
    def tallies(self) -> Tallies:
        return Tallies(self)
