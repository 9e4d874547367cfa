"""Who people are, kept and renewed."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.domain.people import Person
from bot.slack.events import PersonChanged
from bot.slack.failures import Ambiguous
from bot.slack.people import Directory
from storage import database
from storage.store import Store

R = TypeVar("R")
WORKSPACE = "T0001"


class HandClock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Slack:
    """Knows one person, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.maria = Person(
            workspace_id=WORKSPACE, user_id="U0001", name="Maria", home_workspace_id=WORKSPACE
        )
        self.away = False

    async def person(self, workspace_id: str, user_id: str) -> Person | None:
        self.asked += 1
        if self.away:
            raise Ambiguous("TimeoutError", "users.info")
        return self.maria if user_id == "U0001" else None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/preflight.db"
    database.migrate(url)
    with Store.open(url) as opened:
        yield opened


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def directory(store: Store, slack: Slack, clock: HandClock) -> Directory:
    return Directory(store, slack, clock)


def stored(store: Store, user_id: str = "U0001") -> Person | None:
    return store.read_sync(lambda tx: tx.people.get(WORKSPACE, user_id))


async def test_a_person_is_asked_for_once_a_day(
    directory: Directory, store: Store, slack: Slack, clock: HandClock
) -> None:
    for _ in range(3):
        known = await directory.know(WORKSPACE, "U0001")
        assert known is not None
        assert known.name == "Maria"
    assert slack.asked == 1
    assert stored(store) == slack.maria
    slack.maria = slack.maria.model_copy(update={"deactivated": True})
    clock.at += timedelta(days=1, minutes=1)
    await directory.know(WORKSPACE, "U0001")
    assert slack.asked == 2
    person = stored(store)
    assert person is not None
    assert person.deactivated


async def test_an_id_that_slack_does_not_know_is_nobody(directory: Directory, store: Store) -> None:
    assert await directory.know(WORKSPACE, "U0FORGED") is None
    assert stored(store, "U0FORGED") is None


async def test_a_person_stays_what_they_were_while_slack_is_away(
    directory: Directory, slack: Slack, clock: HandClock
) -> None:
    await directory.know(WORKSPACE, "U0001")
    slack.away = True
    clock.at += timedelta(days=2)
    known = await directory.know(WORKSPACE, "U0001")
    assert known is not None
    assert known.name == "Maria"
    assert await directory.know(WORKSPACE, "U0002") is None


def change(user_id: str, **profile: object) -> PersonChanged:
    return PersonChanged(
        workspace_id=WORKSPACE, user_id=user_id, delivery="event:Ev1", profile={"id": user_id, **profile}
    )


async def test_a_change_counts_at_once_and_without_a_question(
    directory: Directory, store: Store, slack: Slack
) -> None:
    await directory.know(WORKSPACE, "U0001")
    await directory.on_person_changed(
        change("U0001", team_id=WORKSPACE, name="maria", deleted=True, tz="Asia/Tokyo")
    )
    person = stored(store)
    assert person is not None
    assert (person.deactivated, person.time_zone) == (True, "Asia/Tokyo")
    known = await directory.know(WORKSPACE, "U0001")
    assert known == person
    assert slack.asked == 1


async def test_strangers_are_not_collected(directory: Directory, store: Store) -> None:
    await directory.on_person_changed(change("U0099", name="stranger"))
    assert stored(store, "U0099") is None


async def test_a_locale_is_kept_up_and_not_lost_where_slack_does_not_tell_it(
    directory: Directory, store: Store, slack: Slack, clock: HandClock
) -> None:
    slack.maria = slack.maria.model_copy(update={"locale": "de-DE"})
    await directory.know(WORKSPACE, "U0001")

    async def locale() -> str:
        known, kept = await directory.know(WORKSPACE, "U0001"), stored(store)
        assert known is not None
        assert known == kept
        return known.locale

    assert await locale() == "de-DE"
    await directory.on_person_changed(change("U0001", team_id=WORKSPACE, name="maria", tz="Asia/Tokyo"))
    assert await locale() == "de-DE"
    slack.maria = slack.maria.model_copy(update={"locale": "", "name": "Marie"})
    clock.at += timedelta(days=2)
    assert await locale() == "de-DE"
    await directory.on_person_changed(change("U0001", team_id=WORKSPACE, name="maria", locale="fr-FR"))
    assert await locale() == "fr-FR"


class CountedReads:
    """A store that counts how often it is read and written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = self.writes = 0

    async def read(self, work: Callable[..., R], /, *args: Any) -> R:
        self.reads += 1
        return await self._store.read(work, *args)

    async def write(self, work: Callable[..., R], /, *args: Any) -> R:
        self.writes += 1
        return await self._store.write(work, *args)


async def test_thousands_of_strangers_who_change_at_once_cost_a_few_reads_and_no_write(
    store: Store, slack: Slack, clock: HandClock
) -> None:
    await Directory(store, slack, clock).know(WORKSPACE, "U0001")
    counted = CountedReads(store)
    directory = Directory(counted, slack, clock)
    changes = [change(f"U{n:04d}", team_id=WORKSPACE, name="x", deleted=True) for n in range(5000)]
    await asyncio.gather(*(directory.on_person_changed(one) for one in changes))
    assert counted.reads <= 3
    assert counted.writes == 1  # of the one who is known
    maria = stored(store)
    assert maria is not None
    assert maria.cannot_act
    assert stored(store, "U0002") is None


class FollowUp:
    """Hears of people who left or came back."""

    def __init__(self, *, fails: bool = False) -> None:
        self.heard: list[Person] = []
        self.fails = fails

    async def __call__(self, person: Person) -> None:
        self.heard.append(person)
        if self.fails:
            raise RuntimeError("the database is busy")


async def test_who_leaves_and_who_comes_back_is_followed_up(directory: Directory, store: Store) -> None:
    follow_up = FollowUp()
    directory.when_left_or_back(follow_up)
    await directory.know(WORKSPACE, "U0001")
    await directory.on_person_changed(change("U0001", team_id=WORKSPACE, name="maria", tz="Asia/Tokyo"))
    assert follow_up.heard == []
    await directory.on_person_changed(change("U0001", team_id=WORKSPACE, name="maria", deleted=True))
    await directory.on_person_changed(change("U0001", team_id=WORKSPACE, name="maria", deleted=False))
    assert [one.cannot_act for one in follow_up.heard] == [True, False]


async def test_strangers_who_leave_concern_nobody(directory: Directory) -> None:
    follow_up = FollowUp()
    directory.when_left_or_back(follow_up)
    await directory.on_person_changed(change("U0002", team_id=WORKSPACE, name="dora", deleted=True))
    assert follow_up.heard == []


async def test_a_follow_up_that_failed_is_made_up_for_when_slack_says_it_again(directory: Directory) -> None:
    follow_up = FollowUp(fails=True)
    directory.when_left_or_back(follow_up)
    await directory.know(WORKSPACE, "U0001")
    left = change("U0001", team_id=WORKSPACE, name="maria", deleted=True, updated=7)
    with pytest.raises(RuntimeError):
        await directory.on_person_changed(left)
    follow_up.fails = False
    await directory.on_person_changed(left)
    assert len(follow_up.heard) == 2


async def test_that_somebody_left_shows_when_they_are_looked_up_and_fails_nothing_else(
    directory: Directory, slack: Slack, clock: HandClock
) -> None:
    follow_up = FollowUp(fails=True)
    directory.when_left_or_back(follow_up)
    await directory.know(WORKSPACE, "U0001")
    slack.maria = slack.maria.model_copy(update={"deactivated": True})
    clock.at += timedelta(days=2)
    known = await directory.know(WORKSPACE, "U0001")
    assert known is not None
    assert known.cannot_act
    assert len(follow_up.heard) == 1
