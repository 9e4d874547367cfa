"""Lists and the Home tab narrowed by owner with menus: people and groups, chosen, kept, let go of; forged ones change nothing."""

from typing import Any

import pytest
from sqlalchemy import insert

from bot.desk import Desk
from bot.portfolio import home as homes, owners, workflow
from bot.portfolio.home import HomePage
from bot.portfolio.listing_messages import list_of_block
from bot.portfolio.wanted import EVERYTHING, Wanted, read
from sandbox.validator import problems_of_message, problems_of_view
from storage.tables import PERSON
from storage.transaction import Tx

from .conftest import JONAS, PRIYA, SAM, WORKSPACE, House, words_of
from .overviewed import home_of, settled_in

GROUP = "S0PAYMENTS"
HANDLES = {GROUP: "payments-ops"}


def elements(shown: Any) -> dict[str, dict[str, Any]]:
    return {
        one["action_id"]: one
        for block in shown["blocks"]
        for one in block.get("elements", [])
        if "action_id" in one
    }


def menu(shown: Any, begins: str = "portfolio.filter") -> dict[str, str]:
    """Return what the menu of owners offers: values by what stands there."""
    control = elements(shown)[f"{begins}:owner"]
    return {one["text"]["text"]: one["value"] for one in control["options"]}


def chosen(shown: Any, begins: str = "portfolio.filter") -> str:
    return str(elements(shown)[f"{begins}:owner"]["initial_option"]["text"]["text"])


def listed(house: House, wanted: Wanted = EVERYTHING) -> Any:
    return house.do(workflow.list_all, SAM, wanted, handles=HANDLES)


def home(house: House, wanted: Wanted = EVERYTHING) -> Any:
    return house.do(workflow.home, SAM, None, HomePage(everything=wanted), HANDLES)


def test_the_menu_has_everybody_who_owns_a_pilot_by_name_groups_among_them(house: House) -> None:
    settled_in(house, 3)
    settled_in(house, 2, first=10, owner_id=GROUP)
    settled_in(house, 1, first=20, owner_id=PRIYA)
    settled_in(house, 1, first=30, owner_id=SAM, stage="retired")
    for shown, begins in ((listed(house), "portfolio.filter"), (home(house), "home.filter")):
        assert menu(shown, begins) == {
            "All owners": "any", "@payments-ops": GROUP, "Jonas": JONAS, "Priya": PRIYA,
        }  # fmt: skip
        assert chosen(shown, begins) == "All owners"


def test_what_was_chosen_shows_and_a_stage_a_state_and_an_owner_go_together(house: House) -> None:
    settled_in(house, 24)
    mine = settled_in(house, 24, first=50, owner_id=GROUP)
    book = house.library.playbook
    wanted = (
        EVERYTHING.narrowed("owner", GROUP, book)
        .narrowed("stage", "shadow", book)
        .narrowed("shown", "stalled", book)
    )
    for shown, begins, block in (
        (listed(house, wanted), "portfolio.filter", "pilot:"),
        (home(house, wanted), "home.filter", "all:pilot:"),
    ):
        assert chosen(shown, begins) == "@payments-ops"
        found = {
            one["block_id"].removeprefix(block)
            for one in shown["blocks"]
            if one["block_id"].startswith(block)
        }
        assert found == {one.id for one in mine if one.stage == "shadow" and one.severity == 3}
        assert f"that are stalled in shadow and owned by <!subteam^{GROUP}>" in words_of(shown)


def test_the_owner_is_kept_over_pages_and_drawings_and_let_go_of_again(house: House) -> None:
    settled_in(house, 25)
    settled_in(house, 5, first=50, owner_id=PRIYA)
    book = house.library.playbook
    wanted = EVERYTHING.narrowed("owner", JONAS, book)
    view = home(house, wanted.at_page(2))
    carried = homes.read(view["private_metadata"], book)
    assert carried.everything == wanted.at_page(2)
    assert "21–25 of 25" in words_of(view)
    body = listed(house, wanted)
    assert read(elements(body)["portfolio.page:next"]["value"], book) == wanted.at_page(1)
    (menus,) = (block["block_id"] for block in body["blocks"] if block["block_id"].startswith("filter"))
    assert list_of_block(menus, book) == wanted
    assert wanted.narrowed("owner", "any", book) == EVERYTHING
    assert wanted.narrowed("clear", "clear", book) == EVERYTHING


@pytest.mark.parametrize(
    ("by", "value"),
    [
        ("owner", "u0jonas"), ("owner", ""), ("owner", "<!channel>"), ("owner", "U0JONAS,U0MAYA"), ("owner", "U" * 30),
        ("person", "any thing"), ("person", ""), ("stage", "nowhere"), ("stage", ""), ("shown", "everything"), ("nothing", "any"),
    ],
)  # fmt: skip
def test_a_forged_choice_changes_nothing(house: House, by: str, value: str) -> None:
    wanted = Wanted(stage="shadow", owners=(JONAS,), page=3)
    assert wanted.narrowed(by, value, house.library.playbook) == wanted


def test_several_owners_show_as_one_entry_that_changes_nothing(house: House) -> None:
    settled_in(house, 3)
    wanted = Wanted(owners=(JONAS, GROUP))
    shown = listed(house, wanted)
    assert chosen(shown) == "Two owners"
    assert wanted.narrowed("owner", menu(shown)["Two owners"], house.library.playbook) == wanted
    assert wanted.narrowed("owner", JONAS, house.library.playbook) == Wanted(owners=(JONAS,))


def test_an_owner_who_owns_nothing_any_more_still_shows_as_chosen(house: House) -> None:
    settled_in(house, 3)
    shown = listed(house, Wanted(owners=(PRIYA,)))
    assert chosen(shown) == "Priya"
    assert "*No pilot* is owned by" in words_of(shown)
    assert "portfolio.filter:clear" in elements(shown)
    assert "portfolio.filter:clear" not in elements(listed(house))


def owned_by_many(house: House, count: int) -> list[str]:
    ids = [f"U1{number:05}" for number in range(count)]
    for number, one in enumerate(ids):
        settled_in(house, 1, first=1000 + number, owner_id=one)
    names = [f"Person {number:03}" for number in range(count)]

    def put(tx: Tx) -> None:
        tx.execute(
            insert(PERSON),
            [
                {"workspace_id": WORKSPACE, "user_id": one, "name": name, "time_zone": "UTC", "locale": "", "deactivated": False,
                 "guest": False, "bot": False, "home_workspace_id": WORKSPACE}
                for one, name in zip(ids, names, strict=True)
            ],
        )  # fmt: skip

    house.store.write_sync(put)
    return ids


def test_where_more_people_own_pilots_than_a_menu_holds_slacks_own_menu_of_people_is_there(
    house: House,
) -> None:
    ids = owned_by_many(house, 97)
    assert "portfolio.filter:person" not in elements(listed(house))
    assert len(menu(listed(house))) == 98
    settled_in(house, 2, owner_id=GROUP)
    settled_in(house, 1, first=9)
    for shown, begins in ((listed(house), "portfolio.filter"), (home(house), "home.filter")):
        assert menu(shown, begins) == {"All owners": "any", "@payments-ops": GROUP}
        assert elements(shown)[f"{begins}:person"]["type"] == "users_select"
    wanted = EVERYTHING.narrowed("person", ids[40], house.library.playbook)
    assert wanted.owners == (ids[40],)
    assert chosen(listed(house, wanted)) == "Person 040"
    assert menu(listed(house, wanted))["All owners"] == "any", "so that it can be let go of"
    assert problems_of_message({"channel": "C0PILOTS", **listed(house, wanted)}) == []
    assert problems_of_view(house.do(workflow.list_window, SAM, wanted, handles=HANDLES)) == []


def test_owners_are_found_without_reading_all_pilots(house: House) -> None:
    settled_in(house, 300)
    settled_in(house, 5, first=400, owner_id=GROUP)

    def steps(tx: Tx) -> int:
        raw: Any = tx.connection.connection.driver_connection
        counted = 0

        def tick() -> int:
            nonlocal counted
            counted += 1
            return 0

        raw.set_progress_handler(tick, 1)
        try:
            assert tx.pilots.owners(WORKSPACE, 100) == [GROUP, JONAS]
        finally:
            raw.set_progress_handler(None, 1)
        return counted

    few = house.store.read_sync(steps)
    settled_in(house, 5_000, first=1_000)
    assert house.store.read_sync(steps) <= few + 20


def test_what_a_tab_costs_does_not_grow_with_owners(house: House) -> None:
    settled_in(house, 120)
    before = home_of(house, SAM)[1]
    owned_by_many(house, 40)
    assert home_of(house, SAM)[1] <= before + 2, "another page shows other troubles"


def test_names_that_look_alike_can_be_told_apart(house: House) -> None:
    ids = owned_by_many(house, 2)

    def renamed(tx: Tx) -> None:
        for one in ids:
            person = tx.people.get(WORKSPACE, one)
            assert person
            tx.people.remember(person.model_copy(update={"name": "Alex"}))

    house.store.write_sync(renamed)

    def offered(desk: Desk) -> list[str]:
        return [one.name for one in owners.owners(desk, EVERYTHING, {}).offered]

    assert house.do(offered, SAM) == [f"Alex ({ids[0]})", f"Alex ({ids[1]})"]
