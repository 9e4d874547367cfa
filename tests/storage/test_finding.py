"""Lists of pilots a page at a time: whatever is sought and however many there are, each is found once and in one order."""

import random
from collections.abc import Callable
from datetime import date

import pytest

from bot.domain.pilots import RETIRED, Hold, Pilot
from bot.domain.seeking import Shown, Sought
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import NOW, TEAM, a_pilot, after

ORDER = ("production", "shadow", "pilot")
HOLD = Hold(since=NOW, until=date(2026, 4, 1), reason="Holidays.", by="U1")


def keep(tx: Tx, pilots: list[Pilot]) -> None:
    for pilot in pilots:
        tx.pilots.register(pilot)


def some_pilots(number: int) -> list[Pilot]:
    """Return pilots of every kind, the same ones each time."""
    chance = random.Random(7)
    people = [f"U{one}" for one in range(5)]
    found = []
    for one in range(number):
        required = chance.choice([0, 4, 6])
        stage = chance.choice([*ORDER, "elsewhere", RETIRED])
        found.append(
            a_pilot(
                f"Pilot {chance.randrange(10**6):06} {one}",
                stage=stage,
                owner_id=chance.choice(people),
                champion_id=chance.choice(people),
                registered_by=chance.choice(people),
                required=required,
                stage_since=after(days=chance.randint(-9, 0)),
                in_place=chance.randint(0, required),
                severity=chance.randint(0, 3),
                ready=chance.random() < 0.3,
                flags=chance.choice([0, 0, 2]),
                hold=HOLD if chance.random() < 0.2 else None,
                decide_on=chance.choice([None, date(2026, 4, 2)]),
            )
        )
    return found


SHOWN: dict[Shown, Callable[[Pilot], bool]] = {
    Shown.ALL: lambda _: True,
    Shown.STALLED: lambda one: one.severity == 3,
    Shown.AT_RISK: lambda one: one.severity >= 2,
    Shown.READY: lambda one: one.ready,
    Shown.HELD: lambda one: one.hold is not None,
    Shown.OPEN_AGAIN: lambda one: one.flags > 0,
    Shown.TO_DECIDE: lambda one: one.decide_on is not None,
    Shown.RETIRED: lambda _: True,
}


def answers(one: Pilot) -> set[str]:
    return {one.owner_id, one.champion_id, one.registered_by}


def matching(pilots: list[Pilot], sought: Sought) -> list[Pilot]:
    """Return what a list should show, by reading all of them."""

    def place(one: Pilot) -> tuple[float, float, str]:
        if one.retired:
            return -one.stage_since.timestamp(), 0, one.name
        stage = ORDER.index(one.stage) if one.stage in ORDER else len(ORDER)
        return stage, -(one.in_place / one.required if one.required else 1.0), one.name

    found = [
        one
        for one in pilots
        if one.retired == (sought.shown is Shown.RETIRED)
        and SHOWN[sought.shown](one)
        and (sought.stage is None or one.stage == sought.stage)
        and (sought.owners is None or one.owner_id in sought.owners)
        and (sought.answerable is None or answers(one) & sought.answerable)
        and (sought.not_answerable is None or not answers(one) & sought.not_answerable)
    ]
    return sorted(found, key=place)


@pytest.fixture
def pilots(store: Store) -> list[Pilot]:
    every = some_pilots(120)
    store.write_sync(keep, every)
    store.write_sync(keep, [a_pilot("Somewhere else", workspace_id="T2")])
    return every


def page(store: Store, sought: Sought, offset: int, limit: int) -> list[Pilot]:
    return store.read_sync(lambda tx: tx.pilots.page(TEAM, sought, ORDER, offset, limit))


def count(store: Store, sought: Sought) -> int:
    return store.read_sync(lambda tx: tx.pilots.count(TEAM, sought))


def listed(store: Store, sought: Sought, by: int) -> list[Pilot]:
    """Return all that a list shows, page by page."""
    found: list[Pilot] = []
    while some := page(store, sought, len(found), by):
        assert len(some) <= by
        found += some
    return found


@pytest.mark.parametrize(
    "differently",
    [
        {},
        {"stage": "shadow"},
        {"stage": "nowhere"},
        {"owners": frozenset({"U1", "U2"})},
        {"owners": frozenset()},
        {"answerable": frozenset({"U3"})},
        {"answerable": frozenset()},
        {"not_answerable": frozenset({"U3"})},
        {"not_answerable": frozenset()},
        {"stage": "pilot", "owners": frozenset({"U0"}), "not_answerable": frozenset({"U4"})},
    ],
)
def test_every_filter_finds_what_it_should_in_order_on_pages_of_any_size(
    store: Store, pilots: list[Pilot], differently: dict[str, object]
) -> None:
    for shown in Shown:
        sought = Sought.model_validate({"shown": shown, **differently})
        expected = matching(pilots, sought)
        assert listed(store, sought, 7) == expected
        assert count(store, sought) == len(expected)


def test_stages_that_nobody_named_come_last_and_no_order_at_all_is_one_too(
    store: Store, pilots: list[Pilot]
) -> None:
    stages = [one.stage for one in listed(store, Sought(), 50)]
    assert list(dict.fromkeys(stages)) == [*ORDER, "elsewhere"]
    every = store.read_sync(lambda tx: tx.pilots.page(TEAM, Sought(), (), 0, len(pilots)))
    assert len(every) == sum(not one.retired for one in pilots)


def test_days_of_decision_are_found_first_to_last(store: Store) -> None:
    days = [None, date(2026, 3, 5), date(2026, 3, 9), date(2026, 3, 2)]
    store.write_sync(keep, [a_pilot(f"P{day}", decide_on=day) for day in days])
    found = store.read_sync(lambda tx: tx.pilots.decided_between(TEAM, date(2026, 3, 2), date(2026, 3, 5)))
    assert [one.decide_on for one in found] == [date(2026, 3, 2), date(2026, 3, 5)]


def test_what_a_look_found_is_kept_and_goes_with_the_stage(store: Store) -> None:
    pilot = a_pilot()
    store.write_sync(keep, [pilot])

    def look(tx: Tx) -> None:
        tx.pilots.note_watch(
            pilot.id,
            severity=3,
            stalled_since=NOW,
            decide_on=date(2026, 4, 2),
            extended=2,
            next_nudge_at=NOW,
        )

    def now() -> tuple[object, ...]:
        found = store.read_sync(lambda tx: tx.pilots.get(TEAM, pilot.id))
        assert found
        return found.severity, found.stalled_since, found.decide_on, found.extended, found.next_nudge_at

    store.write_sync(look)
    assert now() == (3, NOW, date(2026, 4, 2), 2, NOW)
    store.write_sync(lambda tx: tx.pilots.move_if_at(pilot.id, "pilot", "shadow", NOW))
    assert now() == (3, NOW, None, 0, NOW)
    store.write_sync(look)
    store.write_sync(lambda tx: tx.pilots.move_if_at(pilot.id, "shadow", RETIRED, NOW))
    assert now() == (0, None, None, 0, None)


def test_a_champion_passes_a_pilot_on(store: Store) -> None:
    pilot = a_pilot()
    store.write_sync(keep, [pilot])
    store.write_sync(lambda tx: tx.pilots.set_champion(pilot.id, "U-NEW"))
    assert [one.id for one in store.read_sync(lambda tx: tx.pilots.championed_by(TEAM, "U-NEW"))] == [
        pilot.id
    ]
