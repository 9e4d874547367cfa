"""`/pilot list`: what was asked for, a page at a time, at the same price for any number of pilots."""

from typing import Any

from sqlalchemy import event

from bot.desk import Desk, Rooms
from bot.domain.moves import MoveKind, StageMove
from bot.domain.pilots import Pilot
from bot.domain.seeking import Shown
from bot.domain.values import Occasion
from bot.pilots import workflow as pilots
from bot.portfolio import workflow
from bot.portfolio.wanted import EVERYTHING, Wanted
from bot.stages import workflow as stages
from sandbox.validator import problems_of_message, problems_of_view
from storage.transaction import Tx

from .conftest import JONAS, MAYA, PRIYA, SAM, WORKSPACE, House, registration, words_of
from .overviewed import settled_in


def ids_in(body: Any) -> list[str]:
    return [
        block["block_id"].removeprefix("pilot:")
        for block in body["blocks"]
        if block["block_id"].startswith("pilot:")
    ]


def values_in(body: Any) -> dict[str, str]:
    elements = [one for block in body["blocks"] for one in block.get("elements", [])]
    return {one["action_id"]: one["value"] for one in elements if "value" in one}


def beside_lines(body: Any) -> dict[str, str]:
    found = [block["accessory"] for block in body["blocks"] if "accessory" in block]
    return {one["action_id"]: one["value"] for one in found}


def test_every_filter_finds_its_pilots_and_says_what_it_shows(house: House) -> None:
    made = settled_in(house, 48)
    for wanted, is_meant, said in (
        (Wanted(shown=Shown.STALLED), lambda one: one.severity == 3, "that are stalled"),
        (Wanted(shown=Shown.AT_RISK), lambda one: one.severity >= 2, "that are at risk or stalled"),
        (Wanted(shown=Shown.READY), lambda one: one.ready, "that are ready for the next stage"),
        (Wanted(shown=Shown.TO_DECIDE), lambda one: one.decide_on, "to be decided about"),
        (Wanted(stage="shadow"), lambda one: one.stage == "shadow", "in shadow"),
        (
            Wanted(shown=Shown.STALLED, stage="shadow"),
            lambda one: one.severity == 3 and one.stage == "shadow",
            "that are stalled in shadow",
        ),
        (Wanted(owners=(PRIYA,)), lambda _: False, f"*No pilot* is owned by <@{PRIYA}> right now"),
    ):
        found: list[str] = []
        for page in range(5):
            body = house.do(workflow.list_all, SAM, wanted.at_page(page))
            assert said in words_of(body), (wanted, words_of(body))
            found += [one for one in ids_in(body) if one not in found]
        assert sorted(found) == sorted(one.id for one in made if is_meant(one)), wanted


def test_pages_lead_to_one_another_and_share_posts_the_page_without_what_one_person_uses(
    house: House,
) -> None:
    settled_in(house, 25)
    wanted = Wanted(shown=Shown.AT_RISK, page=1)
    body = house.do(workflow.list_all, SAM, wanted)
    values = values_in(body)
    assert values["portfolio.page:previous"] == "shown=at_risk"
    assert values["share.list"] == "shown=at_risk&page=1"
    assert "11–12 of 12" in words_of(body)
    shared = house.do(workflow.list_all, SAM, wanted, share=False)
    assert ids_in(shared) == ids_in(body)
    assert values_in(shared) == {}
    assert problems_of_message({"channel": "C0PILOTS", **shared}) == []


def test_whoever_answered_for_a_retired_pilot_can_revive_it_from_the_list(house: House, pilot: Pilot) -> None:
    house.do(stages.retire, MAYA, pilot.id, "It never paid off.", "Ask earlier.")
    for person in (MAYA, JONAS):
        body = house.do(workflow.list_all, person, Wanted(shown=Shown.RETIRED))
        assert beside_lines(body)[f"pilot.revive:{pilot.id}"] == pilot.id
        assert problems_of_message({"channel": "C0PILOTS", **body}) == []
        shared = house.do(workflow.list_all, person, Wanted(shown=Shown.RETIRED), share=False)
        assert f"pilot.revive:{pilot.id}" not in beside_lines(shared), "everybody reads it"


def test_of_very_many_the_first_and_the_last_page_are_one_click_away(house: House) -> None:
    settled_in(house, 95)
    values = values_in(house.do(workflow.list_all, SAM, EVERYTHING.at_page(4)))
    pages = {
        name.partition(":")[2]: value for name, value in values.items() if name.startswith("portfolio.page")
    }
    assert pages == {"first": "all", "previous": "page=3", "next": "page=5", "last": "page=9"}
    values = values_in(house.do(workflow.list_all, SAM, EVERYTHING.at_page(8)))
    assert "portfolio.page:last" not in values, "it is the next one"


def test_a_page_beyond_the_last_is_the_last(house: House) -> None:
    settled_in(house, 12)
    body = house.do(workflow.list_all, SAM, EVERYTHING.at_page(700))
    assert "11–12 of 12" in words_of(body)


def test_retired_pilots_are_read_with_when_who_and_why(house: House, pilot: Pilot) -> None:
    other = house.do(pilots.register, MAYA, registration(name="Goes on"))
    house.do(stages.retire, MAYA, pilot.id, "It never <!here> paid off.", "Ask earlier.")
    body = house.do(workflow.list_all, SAM, Wanted(shown=Shown.RETIRED))
    said = words_of(body)
    assert "*One pilot* that is retired" in said
    assert "*Refund triage* · retired <!date" in said
    assert f"by <@{MAYA}>, out of pilot" in said
    assert "“It never &lt;!here&gt; paid off.”" in said
    assert f"pilot.revive:{pilot.id}" not in beside_lines(body), "it is not Sam's"
    assert other.name not in said
    assert pilot.name not in words_of(house.do(workflow.list_all, SAM))


def test_the_worst_sign_both_clocks_and_the_day_of_decision_stand_in_the_line(house: House) -> None:
    (one,) = settled_in(house, 1, severity=3, stage="pilot")
    said = words_of(house.do(workflow.list_all, SAM))
    assert "🔴 Stalled: " in said
    assert "In pilot since today · changed today" in said
    house.later(days=12)
    said = words_of(house.do(workflow.list_all, SAM))
    assert "12 days in pilot · last change 12 days ago" in said
    assert "to be decided by <!date" in said
    assert one.id in said


def test_a_list_costs_the_same_for_ten_thousand_pilots(house: House) -> None:
    settled_in(house, 20)
    few = statements(house, EVERYTHING)
    settled_in(house, 10_000, first=100)
    many = statements(house, EVERYTHING)
    assert many == few
    assert many <= 9  # one of them: whether the owners shown are still here
    body = house.do(workflow.list_all, SAM, EVERYTHING)
    assert "*10,020 active pilots*" in words_of(body)
    assert "1–10 of 10,020" in words_of(body)
    assert problems_of_message({"channel": "C0PILOTS", **body}) == []
    assert problems_of_view(house.do(workflow.list_window, SAM, EVERYTHING)) == []


def test_retired_pilots_cost_no_more_for_each_that_is_shown(house: House) -> None:
    made = settled_in(house, 30, stage="retired", ready=False, severity=0)

    def ended(tx: Tx) -> None:
        for one in made:
            move = StageMove(
                id=f"m{one.id}", workspace_id=WORKSPACE, pilot_id=one.id, kind=MoveKind.RETIRED, from_stage="shadow",
                to_stage="retired", by=MAYA, at=house.now, reason="Learned enough.",
            )  # fmt: skip
            tx.moves.add(move)

    house.store.write_sync(ended)
    assert statements(house, Wanted(shown=Shown.RETIRED)) <= 4


def statements(house: House, wanted: Wanted) -> int:
    at = Occasion(workspace_id=WORKSPACE, actor_id=SAM, now=house.now)

    def count(tx: Tx) -> int:
        said: list[str] = []

        def note(*told: object) -> None:
            said.append(str(told[2]))

        event.listen(tx.connection, "before_cursor_execute", note)
        try:
            workflow.list_all(Desk(tx, at, house.library, Rooms()), wanted)
        finally:
            event.remove(tx.connection, "before_cursor_execute", note)
        return len(said)

    return house.store.read_sync(count)
