"""Trends: what shows only over all pilots, or over a long time."""

from datetime import date
from typing import Any

from bot.domain.answers import Reading, Status
from bot.domain.moves import MoveKind
from bot.domain.pilots import RETIRED, Hold, Pilot
from bot.domain.waivers import Waiver, WaiverState
from bot.exports.exported import StageStays, Trends
from bot.exports.trends import figures, none_at_all, trends
from bot.exports.trends_messages import trends_message
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from storage.ids import new_id

from .conftest import JONAS, MAYA, WORKSPACE, House, registration, words_of
from .many import many


def found(house: House) -> Trends:
    return house.do(trends, MAYA)


def stays(house: House, stage: str) -> StageStays:
    (one,) = [one for one in found(house).stays if one.stage.id == stage]
    return one


def named(house: House, name: str) -> Pilot:
    return house.do(pilots.register, MAYA, registration(name=name))


def moved(house: House, pilot: Pilot, to_stage: str, kind: MoveKind = MoveKind.PROMOTED) -> None:
    house.do(pilots.move, MAYA, house.pilot(pilot.id), to_stage, kind, "review.approved")


def answered(
    house: House, pilot: Pilot, item_id: str, status: Status = Status.IN_PLACE, said: str = "Yes, on Monday"
) -> None:
    house.do(interviews.change_answer, MAYA, pilot.id, item_id, Reading(status=status, detail=said))


def waive(house: House, pilot: Pilot, item_id: str, state: WaiverState = WaiverState.GRANTED) -> None:
    """Ask for a waiver, decide it, and let it end."""
    waiver = Waiver(
        id=new_id(), request_id=new_id(), workspace_id=WORKSPACE, pilot_id=pilot.id, item_id=item_id, gate_id="shadow",
        reason="Until the team is back", until=date(2027, 1, 1), asked_by=MAYA, asked_at=house.now,
    )  # fmt: skip

    def through(tx: Any) -> None:
        tx.waivers.ask(waiver)
        tx.waivers.decide_if_asked(waiver.id, state, JONAS, house.now)
        tx.waivers.lapse_if_running(waiver.id, house.now)

    house.store.write_sync(through, now=house.now)


def test_without_pilots_there_is_nothing_to_show(house: House) -> None:
    assert none_at_all(found(house))
    assert "nothing to compare yet" in words_of(trends_message(house.library, found(house))["blocks"])


def test_a_stage_takes_the_median_of_those_who_left_it(house: House) -> None:
    made = [named(house, f"Pilot {number}") for number in range(4)]
    for pilot, days in zip(made[:3], (2, 4, 94), strict=True):
        house.later(days=days)
        moved(house, pilot, "shadow")
    # they left after 2, 6 and 100 days
    one = stays(house, "pilot")
    assert (one.finished, one.median_days) == (3, 6)
    assert (one.present, one.present_median_days, one.present_longest_days) == (1, 100, 100)


def test_of_an_even_number_the_median_lies_between_the_two_in_the_middle(house: House) -> None:
    for number, days in enumerate((1, 2, 4, 40)):
        pilot = named(house, f"Pilot {number}")
        house.later(days=days)
        moved(house, pilot, "shadow")
    assert stays(house, "pilot").median_days == 3


def test_who_comes_back_to_a_stage_has_stayed_there_twice(house: House, pilot: Pilot) -> None:
    house.later(days=10)
    moved(house, pilot, "shadow")
    house.later(days=1)
    moved(house, pilot, "pilot", MoveKind.ROLLED_BACK)
    house.later(days=4)
    assert stays(house, "shadow").median_days == 1
    again = stays(house, "pilot")
    assert (again.finished, again.median_days, again.present_median_days) == (1, 10, 4)


def test_the_time_after_the_end_is_nobodys(house: House, pilot: Pilot) -> None:
    house.later(days=3)
    moved(house, pilot, RETIRED, MoveKind.RETIRED)
    house.later(days=300)
    assert stays(house, "pilot").median_days == 3
    assert RETIRED not in {one.stage.id for one in found(house).stays}
    moved(house, pilot, "pilot", MoveKind.REVIVED)
    assert stays(house, "pilot").finished == 1


def test_another_workspace_counts_for_itself(house: House, pilot: Pilot) -> None:
    stranger = house.pilot(pilot.id).model_copy(update={"id": "p2", "workspace_id": "T0000000009"})
    house.store.write_sync(
        lambda tx: tx.workspaces.remember("T0000000009", "Other", "https://o.example/", "U1")
    )
    house.store.write_sync(lambda tx: tx.pilots.register(stranger))
    assert stays(house, "pilot").present == 1


def test_what_is_open_longest_stands_first_with_its_pilots(house: House, pilot: Pilot) -> None:
    house.later(days=30)
    other = named(house, "Invoice matching")
    house.later(days=5)
    answered(house, pilot, "monitoring")
    longest = found(house).longest_open
    assert longest[0].pilots[0].pilot.title == "Refund triage"
    assert longest[0].pilots[0].days == 35
    by_item = {one.item.id: one for one in longest}
    assert [one.pilot.id for one in by_item["monitoring"].pilots] == [other.id]
    assert by_item["monitoring"].pilots[0].days == 5
    assert longest[-1].item.id == "monitoring"


def test_what_was_in_place_is_open_only_since_it_is_not_any_more(house: House, pilot: Pilot) -> None:
    house.later(days=10)
    answered(house, pilot, "monitoring")
    house.later(days=10)
    answered(house, pilot, "monitoring", Status.PARTLY, "The dashboard is down")
    house.later(days=3)
    answered(house, pilot, "monitoring", Status.PARTLY, "Still down")
    house.later(days=1)
    assert {one.item.id: one.pilots[0].days for one in found(house).longest_open}["monitoring"] == 4


def test_what_has_grown_old_is_open_since_that_day(house: House, pilot: Pilot) -> None:
    answered(house, pilot, "monitoring")
    item = house.library.playbook.item("monitoring")
    assert item
    house.later(days=item.freshness_days + 6)
    assert {one.item.id: one.pilots[0].days for one in found(house).longest_open}["monitoring"] == 6


def test_a_pilot_that_waits_on_purpose_is_not_asked_for_anything(house: House, pilot: Pilot) -> None:
    hold = Hold(since=house.now, until=date(2027, 6, 1), reason="Waiting for the budget", by=MAYA)
    house.store.write_sync(lambda tx: tx.pilots.set_hold(pilot.id, hold))
    assert found(house).longest_open == ()


def test_what_most_pilots_lack_stands_first(house: House, pilot: Pilot) -> None:
    other = named(house, "Invoice matching")
    for one in (pilot, other):
        answered(house, one, "monitoring")
    answered(house, pilot, "rollback")
    failing = {one.item.id: one for one in found(house).failing}
    assert "monitoring" not in failing
    assert (failing["rollback"].open, failing["rollback"].asked) == (1, 2)
    assert (failing["fallback"].open, failing["fallback"].asked) == (2, 2)
    assert found(house).failing[-1].item.id == "rollback"


def test_what_does_not_apply_is_not_asked_for(house: House, pilot: Pilot) -> None:
    answered(house, pilot, "guardrails", Status.NOT_APPLICABLE, "It only reads")
    assert "guardrails" not in {one.item.id for one in found(house).failing}


def test_a_waiver_that_was_granted_twice_recurs(house: House, pilot: Pilot) -> None:
    for _ in range(3):
        waive(house, pilot, "rollback")
    waive(house, pilot, "fallback")
    waive(house, pilot, "monitoring", WaiverState.REFUSED)
    waive(house, pilot, "monitoring", WaiverState.REFUSED)
    told = found(house)
    assert [(one.pilot.id, one.item.id, one.times) for one in told.waived_again] == [
        (pilot.id, "rollback", 3)
    ]
    assert [(one.item.id, one.times, one.pilots) for one in told.waived_most] == [
        ("rollback", 3, 1),
        ("fallback", 1, 1),
    ]


def knowing_the_bar(house: House) -> None:
    knows = house.library.playbook.nudges.knows.model_copy(update={"bar": "integration"})
    rhythm = house.library.playbook.nudges.model_copy(update={"knows": knows})
    playbook = house.library.playbook.model_copy(update={"nudges": rhythm})
    house.library = type(house.library)(playbook, house.library.templates)


def test_a_bar_that_moves_after_the_first_approval_is_told(house: House, pilot: Pilot) -> None:
    knowing_the_bar(house)
    answered(house, pilot, "integration", said="38 % today, good enough at 60 %")
    answered(house, pilot, "integration", said="38 % today, good enough at 65 %")
    house.later(days=1)
    moved(house, pilot, "shadow")
    house.later(days=1)
    answered(house, pilot, "integration", said="38 % today, good enough at 65 %, as Maya wrote down")
    assert found(house).bar_moves == ()
    answered(house, pilot, "integration", said="38 % today, good enough at 50 %")
    house.later(days=1)
    answered(house, pilot, "integration", said="38 % today, good enough at 45 %")
    (one,) = found(house).bar_moves
    assert (one.pilot.id, one.times, one.was, one.now) == (pilot.id, 2, "38 → 65", "38 → 45")
    assert one.last_at == house.now


def test_without_an_item_that_knows_the_bar_nothing_moves(house: House, pilot: Pilot) -> None:
    answered(house, pilot, "integration", said="60 %")
    moved(house, pilot, "shadow")
    answered(house, pilot, "integration", said="50 %")
    assert found(house).bar_moves == ()


def test_a_figure_is_read_with_its_unit_and_words_without_one_say_nothing(house: House, pilot: Pilot) -> None:
    answered(house, pilot, "integration", said="Reads 1,200 cases, 0.5 % fail")
    answer = house.store.read_sync(lambda tx: tx.answers.current(pilot.id))["integration"]
    assert figures(answer, None) == ("1,200", "0.5")
    assert figures(answer.model_copy(update={"detail": "It works"}), None) == ()


def test_where_slack_takes_no_charts_the_same_stands_in_lines(house: House, pilot: Pilot) -> None:
    house.later(days=12)
    moved(house, pilot, "shadow")
    body = trends_message(house.library, found(house))
    assert "data_visualization" in {block["type"] for block in body["blocks"]}
    assert "data_visualization" not in {block["type"] for block in body["instead"]}
    assert "12 (1 time)" in words_of(body["instead"])


def test_the_chart_says_of_which_stays_it_tells(house: House, pilot: Pilot) -> None:
    def chart() -> tuple[str, list[str]]:
        (block,) = [
            one
            for one in trends_message(house.library, found(house))["blocks"]
            if one["type"] == "data_visualization"
        ]
        return block["title"], [one["name"] for one in block["chart"]["series"]]

    house.later(days=12)
    assert chart() == ("Median days in a stage, so far", ["In it now"])
    moved(house, pilot, "shadow")
    house.later(days=3)
    assert chart() == ("Median days in a stage", ["Left the stage", "In it now"])
    moved(house, pilot, RETIRED, MoveKind.RETIRED)
    assert chart() == ("Median days until they left a stage", ["Left the stage"])


def test_over_a_thousand_pilots_it_is_still_one_message(house: House) -> None:
    many(house, 1000)
    told = found(house)
    assert sum(one.present for one in told.stays) == 1000
    assert len(told.longest_open) <= 10
    assert len(trends_message(house.library, told)["blocks"]) <= 50


def test_what_is_open_is_what_a_verdict_calls_open(house: House, pilot: Pilot) -> None:
    for item_id, status in (
        ("monitoring", Status.IN_PLACE),
        ("rollback", Status.PARTLY),
        ("guardrails", Status.NOT_APPLICABLE),
        ("ownership", Status.SKIPPED),
    ):
        answered(house, pilot, item_id, status)
    waiver = Waiver(
        id="w1", request_id="r1", workspace_id=WORKSPACE, pilot_id=pilot.id, item_id="fallback", gate_id="shadow",
        reason="Until the team is back", until=date(2027, 6, 1), asked_by=MAYA, asked_at=house.now,
    )  # fmt: skip
    house.store.write_sync(lambda tx: tx.waivers.ask(waiver))
    house.store.write_sync(lambda tx: tx.waivers.decide_if_asked("w1", WaiverState.GRANTED, JONAS, house.now))
    house.later(days=91)
    judged = house.do(lambda desk: pilots.standing_of(desk, house.pilot(pilot.id)).verdict, MAYA)
    expected = {one.item.id for one in judged.items if not one.settled and not one.waived}
    assert {one.item.id for one in found(house).longest_open} == expected
    assert "fallback" not in expected
