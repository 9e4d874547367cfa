"""The Home tab of any portfolio: within Slack's limits, at the same price, with pages and filters for what does not fit."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.notices import Blocker
from bot.domain.pilots import Pilot
from bot.domain.rhythm import Leads
from bot.domain.seeking import Shown
from bot.interview import workflow as interviews
from bot.portfolio import home as homes, workflow
from bot.portfolio.home import FIRST, HomePage
from bot.portfolio.wanted import EVERYTHING, Wanted
from bot.review import requesting
from bot.stages import workflow as stages
from sandbox.validator import problems_of_view

from .conftest import BOARD, JONAS, MAYA, SAM, WORKSPACE, House, words_of
from .gates import IN_PLACE
from .overviewed import home_of, settled_in

SIZES = (0, 1, 100, 10_000)
MOST_STATEMENTS = 30


def led_by(house: House, **leads: Any) -> None:
    """Say who leads the portfolio."""
    book = house.library.playbook
    nudges = book.nudges.model_copy(update={"leads": Leads(**leads)})
    house.library = type(house.library)(
        book.model_copy(update={"nudges": nudges}), house.library.templates, house.library.earlier
    )


@pytest.mark.parametrize("count", SIZES)
def test_a_home_tab_fits_slack_and_costs_the_same_however_many_pilots_there_are(
    house: House, count: int
) -> None:
    settled_in(house, count)
    for person in (MAYA, JONAS, SAM):
        view, statements = home_of(house, person)
        assert problems_of_view(_taken(view)) == []
        assert problems_of_view(_taken(view) | {"blocks": view.get("instead", view["blocks"])}) == []
        assert len(view["blocks"]) <= 100
        assert len(json.dumps(_taken(view)).encode()) < 250_000
        assert statements <= MOST_STATEMENTS, (count, person, statements)


def test_what_a_home_tab_costs_does_not_grow_once_pages_are_full(house: House) -> None:
    """A person of a hundred pilots and more is asked about in three statements more: what is urgent among them."""
    settled_in(house, 120)
    before = [home_of(house, person)[1] for person in (MAYA, SAM)]
    settled_in(house, 3_000, first=200)
    assert [home_of(house, person)[1] for person in (MAYA, SAM)] == before


def _taken(view: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in view.items() if name != "instead"}


class TestPages:
    def test_both_lists_have_pages_and_a_page_says_where_it_stands(self, house: House) -> None:
        settled_in(house, 25)
        first, _ = home_of(house, MAYA)
        said = words_of(first["blocks"])
        assert "1–8 of 25" in said
        assert "1–10 of 25" in said
        assert _buttons(first, "home.page") == {
            "home.page:mine:next": "mine:1",
            "home.page:mine:last": "mine:3",
            "home.page:all:next": "all:1",
            "home.page:all:last": "all:2",
        }
        second, _ = home_of(house, MAYA, page=HomePage(mine=1, everything=EVERYTHING.at_page(2)))
        said = words_of(second["blocks"])
        assert "9–16 of 25" in said
        assert "21–25 of 25" in said
        assert _buttons(second, "home.page") == {
            "home.page:mine:previous": "mine:0",
            "home.page:mine:next": "mine:2",
            "home.page:mine:last": "mine:3",
            "home.page:all:first": "all:0",
            "home.page:all:previous": "all:1",
        }

    def test_every_pilot_stands_on_one_page_of_each_list(self, house: House) -> None:
        made = settled_in(house, 25)
        mine: list[str] = []
        everything: list[str] = []
        for number in range(4):
            page = HomePage(mine=number, everything=EVERYTHING.at_page(number))
            view, _ = home_of(house, MAYA, page=page)
            ids = [block["block_id"] for block in view["blocks"]]
            mine += [one.removeprefix("pilot:") for one in ids if one.startswith("pilot:")]
            everything += [one.removeprefix("all:pilot:") for one in ids if one.startswith("all:pilot:")]
        assert sorted(mine) == sorted(one.id for one in made)
        assert sorted(set(everything)) == sorted(one.id for one in made)

    def test_a_page_beyond_the_last_is_the_last(self, house: House) -> None:
        settled_in(house, 12)
        view, _ = home_of(house, MAYA, page=HomePage(mine=99, everything=EVERYTHING.at_page(99)))
        said = words_of(view["blocks"])
        assert "9–12 of 12" in said
        assert "11–12 of 12" in said
        assert homes.read(view["private_metadata"], house.library.playbook) == HomePage(
            mine=1, everything=EVERYTHING.at_page(1)
        )

    def test_what_a_tab_carries_is_read_again_and_nonsense_is_the_first_page(self, house: House) -> None:
        page = HomePage(mine=3, everything=Wanted(shown=Shown.AT_RISK, stage="shadow", page=7))
        assert homes.read(page.carried(), house.library.playbook) == page
        for nonsense in ("", "mine=x&all=y", "mine=-1", "%%%", "mine=" + "9" * 400, "all=stage%3Dnowhere"):
            assert homes.read(nonsense, house.library.playbook) == FIRST


class TestFilters:
    def test_the_portfolio_is_narrowed_and_says_how(self, house: House) -> None:
        made = settled_in(house, 40)
        wanted = Wanted(shown=Shown.STALLED, stage="shadow")
        view, _ = home_of(house, MAYA, page=HomePage(everything=wanted))
        expected = {one.id for one in made if one.severity == 3 and one.stage == "shadow"}
        ids = {block["block_id"] for block in view["blocks"]}
        assert {one.removeprefix("all:pilot:") for one in ids if one.startswith("all:pilot:")} == expected
        assert "that are stalled in shadow" in words_of(view["blocks"])
        chosen = [one["initial_option"]["value"] for one in _elements(view) if one["type"] == "static_select"]
        assert chosen == ["shadow", "stalled", "any"]

    def test_a_menu_lets_go_of_what_was_chosen_before(self, house: House) -> None:
        settled_in(house, 3)
        in_shadow = Wanted(stage="shadow")
        retired = in_shadow.narrowed("shown", Shown.RETIRED, house.library.playbook)

        def menus(wanted: Wanted) -> str:
            view, _ = home_of(house, MAYA, page=HomePage(everything=wanted))
            (block_id,) = (
                str(block["block_id"])
                for block in view["blocks"]
                if any(one["type"] == "static_select" for one in block.get("elements", ()))
            )
            return block_id

        assert retired.stage is None
        assert menus(retired) != menus(in_shadow), "Slack keeps what is chosen in a block of the same id"

    def test_where_nothing_matches_the_menus_stay(self, house: House) -> None:
        settled_in(house, 3)
        view, _ = home_of(house, MAYA, page=HomePage(everything=Wanted(shown=Shown.RETIRED)))
        assert "*No pilot* is retired right now" in words_of(view["blocks"])
        assert [one["type"] for one in _elements(view)].count("static_select") == 3


class TestWhoLeads:
    def test_everybody_leads_where_nobody_is_named(self, house: House, pilot: Pilot) -> None:
        del pilot
        assert "Portfolio" in words_of(home_of(house, SAM)[0])

    def test_others_get_one_button_that_shows_all_pilots(self, house: House, pilot: Pilot) -> None:
        del pilot
        led_by(house, people=(JONAS,), group="leads")
        assert "Portfolio" in words_of(home_of(house, JONAS)[0])
        view, _ = home_of(house, SAM, {"S0OTHER": "others"})
        assert "Portfolio" not in words_of(view)
        assert _buttons(view, "portfolio.list") == {"portfolio.list": "all"}
        assert "data_visualization" not in {block["type"] for block in view["blocks"]}

    def test_a_group_that_leads_is_known_by_its_handle(self, house: House, pilot: Pilot) -> None:
        del pilot
        led_by(house, group="leads")
        assert "Portfolio" in words_of(home_of(house, SAM, {"S0LEADS": "leads"})[0])
        assert "Portfolio" not in words_of(home_of(house, SAM, None)[0])


class TestPicture:
    def test_the_funnel_stands_on_the_tab_of_who_leads_with_words_where_slack_refuses_it(
        self, house: House
    ) -> None:
        settled_in(house, 30)
        view, _ = home_of(house, MAYA)
        (chart,) = [one for one in view["blocks"] if one["type"] == "data_visualization"]
        assert chart["chart"]["axis_config"]["categories"][:3] == ["Idea", "Pilot", "Shadow"]
        assert "data_visualization" not in {block["type"] for block in view["instead"]}
        assert "*By stage:* Pilot 10" in words_of(view["instead"])

    def test_pilots_are_shown_before_they_are_counted(self, house: House) -> None:
        """After an upgrade each is counted when it is looked at next."""
        settled_in(house, 3)
        house.store.write_sync(
            lambda tx: tx.tallies.add(WORKSPACE, {k: -n for k, n in tx.tallies.of(WORKSPACE).items()})
        )
        view, _ = home_of(house, SAM)
        assert "No pilot is registered yet" not in words_of(view["blocks"])
        assert [one for one in view["blocks"] if one["block_id"].startswith("all:pilot:")]

    def test_without_pilots_there_is_no_picture(self, house: House) -> None:
        view, _ = home_of(house, MAYA)
        assert "instead" not in view
        assert "The first one takes two minutes" in words_of(view)


class TestAwaited:
    def test_a_pilot_that_is_ready_waits_for_somebody_to_ask_for_its_promotion(
        self, house: House, pilot: Pilot
    ) -> None:
        for item_id in house.do(interviews.start, MAYA, pilot.id).asked:
            house.do(interviews.change_answer, MAYA, pilot.id, item_id, IN_PLACE)
        view, _ = home_of(house, JONAS)
        said = words_of(view["blocks"])
        assert "is ready for shadow, and nobody has asked for its promotion yet" in said
        assert f"pilot.request:ready:{pilot.id}" in said
        house.do(requesting.request, MAYA, pilot.id, BOARD)
        assert "nobody has asked" not in words_of(home_of(house, JONAS)[0])

    def test_a_day_of_decision_offers_every_way_there_is(self, house: House) -> None:
        (one,) = settled_in(house, 1, ready=True, extended=2, stage="pilot")
        view, _ = home_of(house, MAYA)
        said = words_of(view["blocks"])
        assert "has had its time in pilot: decide whether it goes on" in said
        assert "put off twice" in said
        ways = {name.partition(":")[0] for name in _buttons(view, "", f":decide:{one.id}")}
        assert ways == {"pilot.request", "pilot.extend", "pilot.retire"}
        house.later(days=9)
        assert "*Overdue* since" in words_of(home_of(house, MAYA)[0])
        assert "has had its time" not in words_of(home_of(house, SAM)[0])

    def test_a_pilot_on_hold_is_not_to_be_decided_about(self, house: House) -> None:
        (one,) = settled_in(house, 1)
        house.do(
            stages.hold,
            MAYA,
            one.id,
            "",
            "Waits for the budget.",
            house.now.date() + timedelta(days=20),
        )
        assert "has had its time" not in words_of(home_of(house, MAYA)[0])

    def test_what_is_in_the_way_awaits_whoever_can_do_something_about_it(
        self, house: House, pilot: Pilot
    ) -> None:
        blocker = Blocker(
            id="b1", workspace_id=WORKSPACE, pilot_id=pilot.id, what="Access to the archive", by_id=SAM,
            reported_by=MAYA, reported_at=house.now, due_on=house.now.date() + timedelta(days=2),
        )  # fmt: skip
        house.store.write_sync(lambda tx: tx.blockers.add(blocker))
        view, _ = home_of(house, SAM)
        said = words_of(view["blocks"])
        assert "cannot go on without you: Access to the archive" in said
        assert _buttons(view, "nudge.blocker_solved") == {"nudge.blocker_solved:b1": "b1"}
        assert "Access to the archive" not in words_of(home_of(house, MAYA)[0])
        house.do(stages.retire, MAYA, pilot.id, "Learned enough", "Ask earlier.")
        assert "Access to the archive" not in words_of(home_of(house, SAM)[0])

    def test_of_very_many_pilots_those_that_something_waits_for_are_found(self, house: House) -> None:
        settled_in(house, 2_000)
        said = words_of(house.do(workflow.mine, MAYA))
        assert said.count("decide whether it goes on") == 6
        assert "and nobody has asked for its promotion yet" in said


def _elements(view: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for block in view["blocks"]:
        found += block.get("elements", []) + ([block["accessory"]] if "accessory" in block else [])
    return [one for one in found if "action_id" in one]


def _buttons(view: dict[str, Any], begins: str, ends: str = "") -> dict[str, str]:
    return {
        one["action_id"]: one["value"]
        for one in _elements(view)
        if one["action_id"].startswith(begins) and one["action_id"].endswith(ends) and "value" in one
    }
