"""The counters of the portfolio after any history: what is kept is what adds up, and what a count from scratch finds."""

import random
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.answers import Status
from prompts.library import Library
from storage.store import Store
from tests.fresh import fresh_database
from tests.postgres import postgres_server, postgres_url

from .conftest import PLAYBOOK, House, _settle_in
from .counted import Company

__all__ = ["postgres_server", "postgres_url"]

LIBRARY = Library.load(PLAYBOOK)
STATUSES = [Status.IN_PLACE, Status.PARTLY, Status.NOT_YET, Status.NOT_APPLICABLE]
which = st.integers(0, 4)


class AnyHistory(RuleBasedStateMachine):
    """Whatever people do, and whenever somebody looks."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(fresh_database(Path(self.folder.name) / "preflight.db"))
        self.store.write_sync(_settle_in)
        self.company = Company(House(self.store, LIBRARY))
        self.company.register()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    @rule()
    def register(self) -> None:
        self.company.register()

    @rule(which=which, item=st.integers(0, 9), status=st.sampled_from(STATUSES))
    def answer(self, which: int, item: int, status: Status) -> None:
        self.company.answer(which, item, status)

    @rule(which=which)
    def everything_is_in_place(self, which: int) -> None:
        for item in range(10):
            self.company.answer(which, item, Status.IN_PLACE)

    @rule(which=which, days=st.integers(1, 40))
    def hold(self, which: int, days: int) -> None:
        self.company.hold(which, days)

    @rule(which=which)
    def resume(self, which: int) -> None:
        self.company.resume(which)

    @rule(which=which, to=st.integers(0, 5))
    def move(self, which: int, to: int) -> None:
        self.company.move(which, to)

    @rule(which=which)
    def retire(self, which: int) -> None:
        self.company.retire(which)

    @rule(which=which)
    def revive(self, which: int) -> None:
        self.company.revive(which)

    @rule(which=which, item=st.integers(0, 9), days=st.integers(1, 40))
    def waive(self, which: int, item: int, days: int) -> None:
        self.company.waive(which, item, days)

    @rule(gone=st.booleans())
    def owner_leaves(self, *, gone: bool) -> None:
        self.company.owner_leaves(gone=gone)

    @rule(days=st.sampled_from([1, 3, 14, 60, 200]))
    def time_passes(self, days: int) -> None:
        self.company.house.later(days=days)

    @invariant()
    def what_is_kept_adds_up(self) -> None:
        if hasattr(self, "company"):
            assert self.company.kept() == self.company.rebuilt()

    @invariant()
    def once_the_minutes_work_is_done_it_is_what_people_said(self) -> None:
        if hasattr(self, "company"):
            self.company.the_minutes_work()
            assert self.company.kept() == self.company.rebuilt() == self.company.the_long_way()


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(deadline=None, derandomize=True, max_examples=6, stateful_step_count=15)


class TestTwoProcesses:
    """Two processes on one PostgreSQL that answer, hold, move and look at once."""

    @pytest.fixture
    def companies(self, postgres_url: str) -> Iterator[tuple[Company, Company]]:
        with Store.open(postgres_url) as one, Store.open(postgres_url) as two:
            one.write_sync(_settle_in)
            first, second = Company(House(one, LIBRARY)), Company(House(two, LIBRARY))
            for _ in range(4):
                first.register()
            second.ids = first.ids
            yield first, second

    def test_no_count_is_lost(self, companies: tuple[Company, Company]) -> None:
        failed: list[BaseException] = []

        def work(number: int) -> None:
            chance = random.Random(number)
            try:
                for _ in range(12):
                    _anything(companies[number % 2], chance)
            except BaseException as error:  # noqa: BLE001 - told by the test
                failed.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert companies[0].kept() == companies[1].rebuilt()
        companies[1].the_minutes_work()
        assert companies[0].kept() == companies[0].rebuilt() == companies[0].the_long_way()


def _anything(company: Company, chance: random.Random) -> None:
    which, number = chance.randrange(4), chance.randrange(10)
    match chance.randrange(8):
        case 0:
            company.hold(which, 5)
        case 1:
            company.resume(which)
        case 2:
            company.move(which, number)
        case 3:
            company.waive(which, number, 9)
        case 4:
            company.the_minutes_work()
        case _:
            company.answer(which, number, chance.choice(STATUSES))


def test_what_expires_while_a_pilot_waits_on_purpose_is_counted_too(house: House) -> None:
    company = Company(house)
    company.register()
    for item in range(10):
        company.answer(0, item, Status.IN_PLACE)
    gate = house.library.playbook.gate_from(company.pilot(0).stage)
    assert gate
    first = min(item.freshness_days for item in house.library.playbook.items_of(gate))
    house.later(days=first - 2)
    company.hold(0, 30)
    company.the_minutes_work()
    house.later(days=5)
    company.the_minutes_work()
    assert company.kept() == company.the_long_way()
    assert not company.pilot(0).ready
