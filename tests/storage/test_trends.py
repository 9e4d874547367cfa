"""What is counted over all pilots, in both databases alike."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.domain.answers import Status, Value
from bot.domain.moves import MoveKind
from bot.domain.pilots import RETIRED, Hold, Pilot
from bot.domain.playbook import AnswerKind
from bot.domain.waivers import Waiver, WaiverState
from storage.ids import new_id
from storage.longest_open import Asked, LongestOpen, OpenIn
from storage.store import Store
from storage.transaction import Tx
from storage.trends import Stays, Trends, WaivedAgain, WaivedItem
from tests.storage.test_waivers import a_waiver
from tests.storage.things import NOW, TEAM, a_move, a_pilot, after, an_answer


def register(store: Store, *pilots: Pilot) -> None:
    for pilot in pilots:
        store.write_sync(lambda tx, one=pilot: tx.pilots.register(one))  # type: ignore[misc]  # bound at once


def went(store: Store, pilot: Pilot, *way: tuple[str, datetime]) -> None:
    """Let a pilot have gone this way."""

    def keep(tx: Tx) -> None:
        before = None
        for stage, at in way:
            kind = MoveKind.PROMOTED if before else MoveKind.REGISTERED
            tx.moves.add(a_move(pilot, kind=kind, from_stage=before, to_stage=stage, at=at))
            before = stage

    store.write_sync(keep)


def finished(store: Store) -> dict[str, Stays]:
    return {one.stage: one for one in store.read_sync(lambda tx: Trends(tx).finished_stays(TEAM))}


def test_the_median_is_the_mean_of_the_two_in_the_middle(store: Store) -> None:
    for days in (1, 2, 5, 40):
        pilot = a_pilot(f"Pilot {days}")
        register(store, pilot)
        went(store, pilot, ("pilot", NOW), ("shadow", after(days=days)))
    one = finished(store)["pilot"]
    assert (one.many, round(one.median, 6), round(one.longest, 6)) == (4, 3.5, 40)
    assert set(finished(store)) == {"pilot"}


def test_a_stay_ends_with_the_next_move_and_the_end_is_no_stage(store: Store) -> None:
    pilot = a_pilot()
    register(store, pilot)
    went(
        store, pilot, ("pilot", NOW), ("shadow", after(hours=12)), ("pilot", after(days=2)), (RETIRED, after(days=5)),
        ("pilot", after(days=500)),
    )  # fmt: skip
    found = finished(store)
    assert (found["pilot"].many, round(found["pilot"].median, 6)) == (2, 1.75)
    assert RETIRED not in found


def test_stays_of_now_are_those_of_pilots_that_run_in_this_workspace(store: Store) -> None:
    register(
        store,
        a_pilot("A", stage_since=after(days=-3)),
        a_pilot("B", stage_since=after(days=-5)),
        a_pilot("C", stage=RETIRED, stage_since=after(days=-900)),
        a_pilot("D", workspace_id="T2", stage_since=after(days=-90)),
    )
    (one,) = store.read_sync(lambda tx: Trends(tx).present_stays(TEAM, NOW))
    assert (one.stage, one.many, round(one.median, 6), round(one.longest, 6)) == ("pilot", 2, 4, 5)


ASKED = [
    Asked("pilot", "rollback", 90, None),
    Asked("pilot", "fallback", 30, None),
    Asked("production", "rollback", 90, 60),
]


def open_longest(store: Store, pilots: int = 3) -> list[OpenIn]:
    return store.read_sync(lambda tx: LongestOpen(tx).items(TEAM, ASKED, NOW, pilots=pilots, since=NOW))


def said(store: Store, pilot: Pilot, item_id: str, *answers: tuple[Status, int]) -> None:
    """Keep answers, each so many days ago."""
    for status, ago in answers:
        answer = an_answer(pilot, item_id, status=status, answered_at=after(days=-ago), message_ts=None)
        store.write_sync(lambda tx, one=answer: tx.answers.record(one))  # type: ignore[misc]  # bound at once


def granted(store: Store, waiver: Waiver) -> None:
    store.write_sync(lambda tx: tx.waivers.ask(waiver))
    store.write_sync(lambda tx: tx.waivers.decide_if_asked(waiver.id, WaiverState.GRANTED, "U9", NOW))


def test_what_is_open_longest_is_found_among_all_pilots(store: Store) -> None:
    """Three hundred have been in their stage longer, and nothing is open in them."""
    done = [a_pilot(f"Done {number}", stage_since=after(days=-300)) for number in range(300)]
    late = a_pilot("Late", stage_since=after(days=-20))
    later = a_pilot("Later", stage_since=after(days=-10))
    register(store, *done, late, later)
    for pilot in done:
        said(store, pilot, "rollback", (Status.IN_PLACE, 3))
        said(store, pilot, "fallback", (Status.NOT_APPLICABLE, 300))
    said(store, later, "fallback", (Status.PARTLY, 1))
    assert open_longest(store) == [
        OpenIn("fallback", late.id), OpenIn("fallback", later.id), OpenIn("rollback", late.id), OpenIn("rollback", later.id),
    ]  # fmt: skip


def test_those_who_are_in_their_stage_longest_can_be_looked_at_alone(store: Store) -> None:
    made = [a_pilot(f"Pilot {days}", stage_since=after(days=-days)) for days in (2, 9, 4)]
    hold = Hold(since=NOW, until=date(2026, 12, 1), reason="Budget", by="U1")
    register(
        store,
        *made,
        a_pilot("Ended", stage=RETIRED, stage_since=after(days=-99)),
        a_pilot("Held", hold=hold, stage_since=after(days=-80)),
    )

    def since(tx: Tx) -> list[datetime | None]:
        return [LongestOpen(tx).in_stage_since(TEAM, ["pilot"], number) for number in (1, 2, 3, 4)]

    assert store.read_sync(since) == [after(days=-9), after(days=-4), after(days=-2), None]
    found = store.read_sync(
        lambda tx: LongestOpen(tx).items(TEAM, ASKED, NOW, pilots=3, since=after(days=-4))
    )
    assert [one.pilot_id for one in found] == [made[1].id, made[2].id] * 2


def test_open_is_counted_since_it_was_no_longer_in_place(store: Store) -> None:
    stale, fell, never = (a_pilot(name, stage_since=after(days=-200)) for name in ("Stale", "Fell", "Never"))
    fresh = a_pilot("Fresh", stage_since=after(days=-8))
    register(store, stale, fell, never, fresh)
    for pilot in (stale, fell, never, fresh):
        said(store, pilot, "fallback", (Status.IN_PLACE, 1))
    said(store, stale, "rollback", (Status.IN_PLACE, 95))  # its ninety days ended five days ago
    said(store, fell, "rollback", (Status.IN_PLACE, 50), (Status.PARTLY, 12), (Status.NOT_YET, 2))
    said(store, never, "rollback", (Status.SKIPPED, 100), (Status.NOT_YET, 1))
    assert [one.pilot_id for one in open_longest(store, 4)] == [never.id, fell.id, fresh.id, stale.id]
    assert [one.pilot_id for one in open_longest(store, 2)] == [never.id, fell.id]


def test_who_waits_on_purpose_has_ended_or_was_let_pass_is_left_out(store: Store) -> None:
    hold = Hold(since=NOW, until=date(2026, 12, 1), reason="Budget", by="U1")
    waived, asking = a_pilot("Waived"), a_pilot("Asking")
    register(
        store, a_pilot("Ended", stage=RETIRED), a_pilot("Held", hold=hold), a_pilot("Elsewhere", workspace_id="T2"),
        waived, asking,
    )  # fmt: skip
    for pilot, until in ((waived, date(2026, 3, 3)), (asking, date(2026, 3, 2))):
        granted(store, a_waiver(pilot, "rollback", until=until))
    assert [one.pilot_id for one in open_longest(store) if one.item_id == "rollback"] == [asking.id], (
        "it ended today"
    )


def test_what_only_upkeep_asks_for_is_open_when_its_round_is_due(store: Store) -> None:
    young, due = (
        a_pilot(f"In for {days}", stage="production", stage_since=after(days=-days)) for days in (59, 60)
    )
    answered = a_pilot("Answered", stage="production", stage_since=after(days=-4))
    register(store, young, due, answered)
    said(store, answered, "rollback", (Status.PARTLY, 3))
    assert [one.pilot_id for one in open_longest(store)] == [due.id, answered.id]


def test_what_fell_fell_with_the_answer_after_the_last_good_one(store: Store) -> None:
    pilot = a_pilot()
    register(store, pilot)
    for days, status in enumerate((Status.NOT_YET, Status.IN_PLACE, Status.PARTLY, Status.NOT_YET)):
        answer = an_answer(pilot, "rollback", status=status, answered_at=after(days=days), message_ts=None)
        store.write_sync(lambda tx, one=answer: tx.answers.record(one))  # type: ignore[misc]  # bound at once
    never = an_answer(pilot, "fallback", status=Status.PARTLY, answered_at=NOW, message_ts=None)
    store.write_sync(lambda tx: tx.answers.record(never))
    assert store.read_sync(lambda tx: Trends(tx).fell([pilot.id])) == {(pilot.id, "rollback"): after(days=2)}
    assert store.read_sync(lambda tx: Trends(tx).fell([])) == {}


def test_waivers_are_counted_once_they_were_granted(store: Store) -> None:
    pilot, other = a_pilot("A"), a_pilot("B")
    register(store, pilot, other)

    def waived(of: Pilot, item_id: str, state: WaiverState) -> None:
        waiver = a_waiver(of, item_id, id=new_id(), request_id=new_id())

        def through(tx: Tx) -> None:
            tx.waivers.ask(waiver)
            tx.waivers.decide_if_asked(waiver.id, state, "U-OWNER", NOW)
            tx.waivers.lapse_if_running(waiver.id, NOW)

        store.write_sync(through)

    for of, item_id, state in (
        (pilot, "rollback", WaiverState.GRANTED),
        (pilot, "rollback", WaiverState.GRANTED),
        (other, "rollback", WaiverState.GRANTED),
        (pilot, "fallback", WaiverState.REFUSED),
        (pilot, "fallback", WaiverState.REFUSED),
    ):
        waived(of, item_id, state)
    assert store.read_sync(lambda tx: Trends(tx).waived_again(TEAM, 5)) == [
        WaivedAgain(pilot.id, "rollback", 2)
    ]
    assert store.read_sync(lambda tx: Trends(tx).waived_most(TEAM, 5)) == [WaivedItem("rollback", 3, 2)]


def test_answers_are_told_once_one_came_after_the_first_promotion(store: Store) -> None:
    changed, kept = a_pilot("A"), a_pilot("B")
    register(store, changed, kept)
    for pilot in (changed, kept):
        went(store, pilot, ("idea", NOW), ("pilot", after(days=1)))
        first = an_answer(pilot, "bar", answered_at=NOW, message_ts=None)
        store.write_sync(lambda tx, one=first: tx.answers.record(one))  # type: ignore[misc]  # bound at once
    second = an_answer(changed, "bar", answered_at=after(days=2), message_ts=None)
    store.write_sync(lambda tx: tx.answers.record(second))
    found = store.read_sync(lambda tx: Trends(tx).answered_after_approval(TEAM, "bar"))
    assert [(one.pilot_id, one.revision, at) for one, at in found] == [
        (changed.id, 1, after(days=1)),
        (changed.id, 2, after(days=1)),
    ]


def test_who_stands_still_is_in_the_stage_and_not_on_hold(store: Store) -> None:
    hold = Hold(since=NOW, until=date(2026, 6, 1), reason="Budget", by="U1")
    old: dict[str, Any] = {"last_change_at": after(days=-50)}
    still = a_pilot("A", **old)
    register(store, still, a_pilot("B", hold=hold, **old), a_pilot("C", stage="shadow", **old), a_pilot("D"))
    ids = store.read_sync(lambda tx: Trends(tx).standing_still(TEAM, "pilot", after(days=-40)))
    assert [one for one, _ in ids] == [still.id]


def test_the_latest_answers_to_one_item_are_found_by_pilot(store: Store) -> None:
    pilot = a_pilot()
    register(store, pilot)
    money = Value(kind=AnswerKind.MONEY, number=Decimal("1200.50"), unit="EUR")
    answer = an_answer(pilot, "team-cost", value=money, message_ts=None)
    store.write_sync(lambda tx: tx.answers.record(answer))
    found = store.read_sync(lambda tx: Trends(tx).answers_to("team-cost", [pilot.id, "nobody"]))
    assert found[pilot.id].value == money
    assert set(found) == {pilot.id}


def test_without_anything_nothing_is_found(store: Store) -> None:
    assert finished(store) == {}
    assert store.read_sync(lambda tx: Trends(tx).present_stays(TEAM, NOW)) == []
    assert store.read_sync(lambda tx: Trends(tx).waived_again(TEAM, 5)) == []
    assert store.read_sync(lambda tx: Trends(tx).answered_after_approval(TEAM, "bar")) == []
