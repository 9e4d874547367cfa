"""Whether the record is as it was written: reads every byte of it past our own column types, recomputes the chain, and says
where it does not hold. Changes nothing and mends nothing.

It proves that nothing between the beginning and the last entry was altered, removed, moved or put in, unless whoever did it
computed all later hashes anew, and the counter too. Against that, and against an end that was cut off together with its
counter, only a hash helps that was kept elsewhere: `kept` says whether it is still in the chain.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import TextClause, text

from storage import chain
from storage.audit import ERASED, RECORD
from storage.repository import Carrier
from storage.statements import DialectName

MOST_TO_PLACE: Final = 200
"""How many altered entries are compared with each other to tell where one was moved from."""
_AT_A_TIME: Final = 500
_TEXTS: Final = (
    "workspace_id",
    "at",
    "actor_id",
    "on_behalf_of",
    "what",
    "subject_kind",
    "subject_id",
    "delivery",
    "facts_digest",
    "hash_before",
    "hash",
)
_FACTS: Final = ("salt", "before", "after")


class Fault(StrEnum):
    """What is wrong with an entry; each is the end of a sentence that begins with its number."""

    ALTERED = "is not as it was recorded: altered, or put in from elsewhere"
    MOVED = "stands in another entry's place: it was recorded as number {other}"
    MISSING = "was removed"
    REPLACED = "does not follow from the one before it: one of the two was replaced"
    NO_BEGINNING = "does not begin the chain: another entry stood first"
    BEYOND = "is beyond the last number that was given: put in, or its counter was set back"
    NO_NUMBER = "has a number that is never given: it was put in"
    WORDS_ALTERED = "has other words beside it than were recorded"
    WORDS_ADDED = "has words beside it that were not recorded"
    WORDS_MISSING = "has lost its words, and no entry says that they were erased"
    WORDS_ALONE = "has no entry, only words"
    LAST_REPLACED = "is not the one that the counter ended with: it was replaced, or the counter was"
    NO_COUNTER = "has no counter behind it: the counter was removed or altered"


class Problem(NamedTuple):
    """Something that is wrong, with where it is. `through` is the last number where several are gone."""

    workspace_id: str
    seq: int | str
    through: int | str
    at: str
    fault: str


class Head(NamedTuple):
    """An entry by its hash: kept elsewhere, it shows later that what stood up to it still stands."""

    workspace_id: str
    seq: int
    at: str
    hash: str


@dataclass
class Examined:
    """What was found in one workspace."""

    workspace_id: str
    entries: int = 0
    erased: int = 0
    head: Head | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Examination:
    """What was found in all of them; `kept` are those of the given hashes that are still in a chain."""

    workspaces: list[Examined]
    kept: dict[str, Head]

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong."""
        return [problem for one in self.workspaces for problem in one.problems]


class _Unreadable:
    """Stands for bytes that are no text, where only text is ever written. Equal to nothing."""


_Text = str | _Unreadable | None


@dataclass(slots=True)
class _Row:
    """An entry and the words beside it, as they stand in the database."""

    seq: Any
    texts: dict[str, _Text]
    has_facts: bool
    facts: tuple[_Text, ...]

    @property
    def when(self) -> str:
        at = self.texts["at"]
        return at if isinstance(at, str) else ""

    @property
    def digest(self) -> _Text:
        return self.texts["facts_digest"]

    def hash(self, seq: int | None = None) -> str | None:
        """Return what its hash must be, here or under another number; None where it cannot be told."""
        if any(isinstance(one, _Unreadable) for one in self.texts.values()):
            return None
        parts = {name: value for name, value in self.texts.items() if name != "hash"}
        return chain.hash_of(chain.Link(seq=self.seq if seq is None else seq, **parts))  # type: ignore[arg-type]  # nothing unreadable is left, and what is NULL against our rules hashes to something else


def examine(tx: Carrier, kept: Iterable[str] = ()) -> Examination:
    """Check the whole record of all workspaces, and look for hashes that were kept elsewhere."""
    ends = dict(_ends(tx))
    found: dict[str, Head] = {}
    wanted = frozenset(kept)
    checks: dict[str, _Check] = {}
    for row in _rows(tx):
        name = _name(row.texts["workspace_id"])
        if name not in checks:
            checks[name] = _Check(name, ends.get(name))
        head = checks[name].take(row)
        if head and head.hash in wanted:
            found[head.hash] = head
    for name in ends.keys() - checks.keys():
        checks[name] = _Check(name, ends[name])
    for workspace, seq in _words_alone(tx):
        name = _name(workspace)
        checks.setdefault(name, _Check(name, ends.get(name))).say(Fault.WORDS_ALONE, seq)
    return Examination([checks[name].finish() for name in sorted(checks)], found)


class _Check:
    """The pass over one workspace's entries, in the order of their numbers."""

    def __init__(self, workspace_id: str, end: tuple[Any, _Text] | None) -> None:
        self.found = Examined(workspace_id)
        self._last_seq = end[0] if end and isinstance(end[0], int) else None
        self._last_hash = end[1] if end else None
        self._before: _Row | None = None
        self._before_holds = True
        self._altered: list[_Row] = []
        self._wordless: dict[int, str] = {}
        self._erased: set[int] = set()

    def say(self, fault: str, seq: Any, at: str = "", through: Any = None) -> None:
        """Note something that is wrong."""
        shown = seq if isinstance(seq, int) else ascii(seq)
        self.found.problems.append(
            Problem(self.found.workspace_id, shown, shown if through is None else through, at, fault)
        )

    def take(self, row: _Row) -> Head | None:
        """Check an entry; return it as a head where it holds."""
        self.found.entries += 1
        if not isinstance(row.seq, int) or row.seq < 1:
            self.say(Fault.NO_NUMBER, row.seq, row.when)
            return None
        beyond = self._last_seq is not None and row.seq > self._last_seq
        if beyond:
            self.say(Fault.BEYOND, row.seq, row.when)
        else:
            self._miss(row.seq)
        own = row.hash()
        holds = own is not None and own == row.texts["hash"]
        if not holds:
            self._altered.append(row)
        elif not beyond and not self._follows(row):
            self.say(Fault.REPLACED if row.seq > 1 else Fault.NO_BEGINNING, row.seq, row.when)
        self._check_words(row, holds=holds)
        self._note_erasure(row)
        if not beyond:
            self._before, self._before_holds = row, holds
        if own is None or not holds or beyond:
            return None
        self.found.head = Head(self.found.workspace_id, row.seq, row.when, own)
        return self.found.head

    def _miss(self, seq: int) -> None:
        """Note the numbers between the entry before and this one."""
        last = self._before.seq if self._before else 0
        if seq > last + 1:
            self.say(Fault.MISSING, last + 1, self._before.when if self._before else "", through=seq - 1)

    def _follows(self, row: _Row) -> bool:
        """Whether an entry that holds goes on from the one before, as far as that can be told."""
        before = self._before
        if before is None or before.seq != row.seq - 1:
            return row.seq > 1 or row.texts["hash_before"] == chain.BEGINNING
        return not self._before_holds or row.texts["hash_before"] == before.texts["hash"]

    def _check_words(self, row: _Row, *, holds: bool) -> None:
        if not row.digest:
            if row.has_facts and holds:
                self.say(Fault.WORDS_ADDED, row.seq, row.when)
        elif not row.has_facts:
            self._wordless[row.seq] = row.when
        elif holds and not _agrees(row):
            self.say(Fault.WORDS_ALTERED, row.seq, row.when)

    def _note_erasure(self, row: _Row) -> None:
        if row.texts["what"] == ERASED and row.texts["subject_kind"] == RECORD:
            self._erased |= {seq for seq in _numbers(str(row.texts["subject_id"])) if seq < row.seq}

    def finish(self) -> Examined:
        """Say what can be said only once everything was seen."""
        found = self.found
        last = self._before.seq if self._before else 0
        at = self._before.when if self._before else ""
        if self._last_seq is None:
            self.say(Fault.NO_COUNTER, last, at)
        elif last < self._last_seq:
            self.say(Fault.MISSING, last + 1, at, through=self._last_seq)
        elif self._before and self._before_holds and self._last_hash != self._before.texts["hash"]:
            self.say(Fault.LAST_REPLACED, last, at)
        for seq, when in self._wordless.items():
            if seq not in self._erased:
                self.say(Fault.WORDS_MISSING, seq, when)
        found.erased = len(self._wordless.keys() & self._erased)
        self._place_altered()
        found.problems.sort(
            key=lambda one: (not isinstance(one.seq, int), one.seq if isinstance(one.seq, int) else 0)
        )
        return found

    def _place_altered(self) -> None:
        """Tell entries that were moved from those that were altered: a moved one holds under its own number."""
        few = len(self._altered) <= MOST_TO_PLACE
        numbers = {row.seq for row in self._altered} if few else set()
        for problem in self.found.problems:
            gone = (
                problem.fault == Fault.MISSING
                and isinstance(problem.seq, int)
                and problem.seq == problem.through
            )
            numbers |= {problem.seq} if few and gone else set()
        for row in self._altered:
            stood = next((seq for seq in numbers if row.hash(seq) == row.texts["hash"]), None)
            self.say(Fault.MOVED.format(other=stood) if stood else Fault.ALTERED, row.seq, row.when)


def _agrees(row: _Row) -> bool:
    salt, before, after = row.facts
    if not isinstance(salt, str) or isinstance(before, _Unreadable) or isinstance(after, _Unreadable):
        return False
    return chain.facts_digest(salt, before, after) == row.digest


def _numbers(listed: str) -> Iterator[int]:
    """Return the numbers of "3, 7-9", as an erasure names them."""
    for part in listed.split(", "):
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            yield from range(int(first), int(last or first) + 1)


def _name(workspace_id: _Text) -> str:
    return workspace_id if isinstance(workspace_id, str) else "(a workspace that cannot be read)"


# Reading as the bytes are. SQLite keeps anything in any column and our types would mend or refuse it, so text comes as bytes and
# whatever is not text comes as a number. PostgreSQL keeps to its types; a time is written out, with its era.


def _raw(dialect: DialectName, column: str) -> str:
    if dialect == "sqlite":
        return (
            f"CASE typeof({column}) WHEN 'text' THEN CAST({column} AS BLOB) WHEN 'null' THEN NULL ELSE 0 END"
        )
    if column == "a.at":
        return """to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US AD')"""
    return column


def _raw_number(dialect: DialectName, column: str) -> str:
    return (
        f"CASE typeof({column}) WHEN 'integer' THEN {column} ELSE CAST({column} AS BLOB) END"
        if dialect == "sqlite"
        else column
    )


def _statement(dialect: DialectName) -> TextClause:
    numbers = [_raw_number(dialect, "a.seq"), "f.seq IS NOT NULL"]
    words = [_raw(dialect, f"a.{name}") for name in _TEXTS] + [_raw(dialect, f"f.{name}") for name in _FACTS]
    return text(
        f"SELECT {', '.join(numbers + words)} FROM audit AS a "  # noqa: S608 - our own names
        "LEFT JOIN audit_facts AS f ON f.workspace_id = a.workspace_id AND f.seq = a.seq "
        "ORDER BY a.workspace_id, a.seq"
    ).execution_options(yield_per=_AT_A_TIME)


def _rows(tx: Carrier) -> Iterator[_Row]:
    on_sqlite = tx.dialect == "sqlite"
    found: Iterable[Any] = tx.execute(_statement(tx.dialect))
    for seq, has_facts, *words in found:
        read = [_read(one) for one in words]
        texts = dict(zip(_TEXTS, read, strict=False))
        texts["at"] = _instant(texts["at"], ending="" if on_sqlite else " AD")
        yield _Row(seq, texts, bool(has_facts), tuple(read[len(_TEXTS) :]))


def _read(value: Any) -> _Text:
    if value is None or isinstance(value, str):
        return value
    try:
        return value.decode() if isinstance(value, bytes) else _Unreadable()
    except UnicodeDecodeError:
        return _Unreadable()


def _instant(written: _Text, *, ending: str) -> _Text:
    """Return a time as it is hashed; anything that is not written as a time is stays unreadable."""
    if not isinstance(written, str) or not written.endswith(ending) or written[10:11] != " ":
        return _Unreadable()
    return f"{written[:10]}T{written[11 : len(written) - len(ending)]}+00:00"


def _ends(tx: Carrier) -> Iterator[tuple[str, tuple[Any, _Text]]]:
    columns = [
        _raw(tx.dialect, "workspace_id"),
        _raw_number(tx.dialect, "last_seq"),
        _raw(tx.dialect, "last_hash"),
    ]
    found: Iterable[Any] = tx.execute(text(f"SELECT {', '.join(columns)} FROM audit_count"))  # noqa: S608 - as above
    for workspace_id, last_seq, last_hash in found:
        yield _name(_read(workspace_id)), (last_seq, _read(last_hash))


def _words_alone(tx: Carrier) -> Iterator[tuple[_Text, Any]]:
    columns = [_raw(tx.dialect, "f.workspace_id"), _raw_number(tx.dialect, "f.seq")]
    statement = text(
        f"SELECT {', '.join(columns)} FROM audit_facts AS f "  # noqa: S608 - as above
        "LEFT JOIN audit AS a ON a.workspace_id = f.workspace_id AND a.seq = f.seq "
        "WHERE a.seq IS NULL ORDER BY f.workspace_id, f.seq"
    )
    found: Iterable[Any] = tx.execute(statement)
    for workspace_id, seq in found:
        yield _read(workspace_id), seq
