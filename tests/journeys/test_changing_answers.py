"""Answers outside the turn: changed from their line and from the list, planned, shown by links, looked back on."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.answers import Answer, Status
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable, workplace
from .record import answers_of, ask, current_answers, pilot_called, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIKI = "https://wiki.northwind-goods.example/proof"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workplace]:
    async with workplace(tmp_path_factory.mktemp("changing")) as made:
        yield made


async def answered(place: Workplace, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return root card and first line of an interview whose first question was answered in words."""
    await place.registers(name)
    root = await place.coaches(name)
    await place.question(root, 1)
    await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    return root, await place.sees(seed.AI_PILOTS, "✅ *Integration*", thread_ts=root["ts"])


async def becomes(place: Workplace, message: dict[str, Any], words: str) -> dict[str, Any]:
    def now() -> dict[str, Any] | None:
        shown = place.driver.message(seed.AI_PILOTS, message["ts"])
        return shown if words in text_of(shown) else None

    return await place.driver.wait_until(
        now,
        timeout=PATIENCE,
        what=f"the message saying {words!r}",
        report=lambda: text_of(place.driver.message(seed.AI_PILOTS, message["ts"])),
    )


async def revision(place: Workplace, name: str, number: int, item_id: str = "integration") -> Answer:
    pilot = await pilot_called(place, name)

    async def there() -> Answer | None:
        current = (await current_answers(place, pilot)).get(item_id)
        return current if current and current.revision >= number else None

    found = await until(there)
    assert found
    return found


async def picks(place: Workplace, message: dict[str, Any], entry: str, by: str = seed.MAYA) -> dict[str, Any]:
    """Choose an entry of a line's menu and return the window that opens."""
    await place.driver.click(by, message, text=entry)
    return await place.driver.wait_view(by, timeout=PATIENCE)


async def test_changed_from_its_line_with_both_revisions_in_the_history(shared: Workplace) -> None:
    driver = shared.driver
    _, line = await answered(shared, "Changing")
    form = await picks(shared, line, "Change", by=seed.JONAS)
    assert "live since 3 March" in text_of(form) or "live since 3 March" in str(driver.values(form))
    assert (
        await driver.submit_view(seed.JONAS, {"status": "Partly", "detail": "Only <!here> & for refunds."})
        is None
    )
    shown = await becomes(shared, line, "partly")
    assert "&lt;!here&gt; &amp; for refunds" in text_of(shown)
    window = await picks(shared, shown, "History")
    said = text_of(window)
    assert said.index("Only") < said.index("live since 3 March"), "the newest comes first"
    assert f"<@{seed.JONAS}>" in said
    assert f"<@{seed.MAYA}>" in said
    await driver.close_view(seed.MAYA)


async def test_links_are_added_and_taken_away_from_the_line(shared: Workplace) -> None:
    driver = shared.driver
    _, line = await answered(shared, "Evidence")
    await picks(shared, line, "Evidence")
    wrong = await driver.submit_view(seed.MAYA, {"add": "the wiki, page 3"})
    assert wrong is not None
    assert "https://" in wrong["add"]
    assert await driver.submit_view(seed.MAYA, {"add": f"{WIKI}/a\n{WIKI}/b", "keep": []}) is None
    answer = await revision(shared, "Evidence", 2)
    assert answer.evidence == (f"{WIKI}/a", f"{WIKI}/b")
    assert answer.status is Status.IN_PLACE
    await becomes(shared, line, "proof/a")


async def test_the_list_is_up_to_date_after_a_change_made_from_it(shared: Workplace) -> None:
    driver = shared.driver
    await answered(shared, "Listing")
    pilot = await pilot_called(shared, "Listing")
    card = await shared.sees(seed.AI_PILOTS, "Listing")
    await driver.click(seed.MAYA, card, action_id="answers.list", value=pilot.id, force=True)
    window = await driver.wait_view(seed.MAYA, title="All answers", timeout=PATIENCE)
    assert "7 questions, 6 of them still open" in text_of(window)
    await driver.click(seed.MAYA, window, value=f"{pilot.id}:rollback")
    await driver.wait_view(seed.MAYA, title="Rollback", timeout=PATIENCE)
    entered = {"status": "In place", "detail": "Switched off and on in 4 minutes on 3 March."}
    assert await driver.submit_view(seed.MAYA, entered) is None

    def renewed() -> dict[str, Any] | None:
        top = driver.views(seed.MAYA)[-1]
        return top if "5 of them still open" in text_of(top) else None

    below = await driver.wait_until(renewed, timeout=PATIENCE, what="the list with the change")
    assert below["id"] == window["id"], "it is the same window"
    assert "Switched off and on in 4 minutes" in text_of(below)
    await driver.close_view(seed.MAYA)


async def test_a_plan_is_set_beside_a_gap_and_becomes_an_action(shared: Workplace) -> None:
    driver = shared.driver
    await shared.registers("Planning")
    pilot = await pilot_called(shared, "Planning")
    card = await shared.sees(seed.AI_PILOTS, "Planning")
    await driver.click(
        seed.MAYA, card, action_id="answers.plan:rollback", value=f"{pilot.id}:rollback", force=True
    )
    await driver.wait_view(seed.MAYA, title="Next step", timeout=PATIENCE)
    wrong = await driver.submit_view(seed.MAYA, {"by": "2020-01-01"})
    assert wrong is not None
    assert "is over" in wrong["by"]
    assert (
        await driver.submit_view(seed.MAYA, {"what": "Try it", "who": seed.JONAS, "by": "2099-12-02"}) is None
    )
    answer = await revision(shared, "Planning", 1, "rollback")
    assert answer.status is Status.NOT_YET
    action = (await ask(shared, lambda tx: tx.actions.open_of_pilot(pilot.id)))["rollback"]
    assert (action.what, action.owner_id, str(action.due_on)) == ("Try it", seed.JONAS, "2099-12-02")


async def test_the_menu_beside_a_question(shared: Workplace) -> None:
    driver = shared.driver
    await shared.registers("Menus")
    root = await shared.coaches("Menus")
    first = await shared.question(root, 1)
    why = await picks(shared, first, "Why this?")
    assert "A good answer" in text_of(why) or "good answer" in text_of(why)
    await driver.close_view(seed.MAYA)
    await driver.click(seed.MAYA, first, text="Skip")
    second = await shared.question(root, 2)
    await driver.click(seed.MAYA, second, text="Back")
    await becomes(shared, first, "1 of 7")
    again = driver.message(seed.AI_PILOTS, first["ts"]) | {"channel": seed.AI_PILOTS}
    await picks(shared, again, "Does not apply")
    wrong = await driver.submit_view(seed.MAYA, {"reason": "no"})
    assert wrong is not None
    assert await driver.submit_view(seed.MAYA, {"reason": "It only drafts texts for agents."}) is None
    assert (await revision(shared, "Menus", 1)).status is Status.NOT_APPLICABLE


async def test_a_guest_is_told_kindly_and_nothing_opens(shared: Workplace) -> None:
    _, line = await answered(shared, "Guests")
    before = shared.driver.told(seed.GUS)
    for entry in ("Change", "Evidence", "History"):
        await shared.driver.click(seed.GUS, line, text=entry)
    said = await shared.hears_next(seed.GUS, before)
    assert "cannot answer here" in said
    assert shared.driver.views(seed.GUS) == []
    assert len(await answers_of(shared, await pilot_called(shared, "Guests"))) == 1


async def test_what_cannot_be_changed_any_more_says_so_in_a_sentence(shared: Workplace) -> None:
    driver = shared.driver
    root, line = await answered(shared, "Retiring")
    pilot = await pilot_called(shared, "Retiring")
    card = await shared.sees(seed.AI_PILOTS, "Retiring")
    told = driver.told(seed.MAYA)
    await driver.click(
        seed.MAYA, card, action_id="answers.write", value=f"{pilot.id}:removed-item", force=True
    )
    assert "no longer asks this" in await shared.hears_next(seed.MAYA, told)
    await picks(shared, line, "Change")
    await driver.command(seed.JONAS, seed.AI_PILOTS, "/pilot", "retire Retiring")
    await driver.wait_view(seed.JONAS, timeout=PATIENCE)
    ended = {"reason": "It answered nobody's question.", "learned": "Ask first."}
    assert await driver.submit_view(seed.JONAS, ended) is None
    await becomes(shared, root, "stopped")
    wrong = await driver.submit_view(seed.MAYA, {"detail": "Reads 4,000 orders a day."})
    assert wrong is not None
    assert "is retired" in next(iter(wrong.values()))
    await driver.close_view(seed.MAYA)
    for control in ("Change", "Evidence", "History"):
        told = driver.told(seed.MAYA)
        await driver.click(seed.MAYA, line, text=control)
        assert "is retired" in await shared.hears_next(seed.MAYA, told)
    assert driver.views(seed.MAYA) == []


async def test_two_people_change_the_same_answer_at_once_and_both_are_kept(shared: Workplace) -> None:
    driver = shared.driver
    _, line = await answered(shared, "Two at once")
    await picks(shared, line, "Change", by=seed.MAYA)
    await picks(shared, line, "Change", by=seed.JONAS)
    assert (
        await driver.submit_view(seed.JONAS, {"detail": "Jonas: Reads 4,000 orders a day since March."})
        is None
    )
    assert (
        await driver.submit_view(seed.MAYA, {"detail": "Maya: Reads 5,000 orders a day since March."}) is None
    )
    await revision(shared, "Two at once", 3)
    history = await answers_of(shared, await pilot_called(shared, "Two at once"))
    assert [one.answered_by for one in history] == [seed.MAYA, seed.JONAS, seed.MAYA]
    await becomes(shared, line, "Maya: Reads")


async def test_the_buttons_of_older_messages_do_what_they_say(shared: Workplace) -> None:
    driver = shared.driver
    root, line = await answered(shared, "Older messages")
    pilot = await pilot_called(shared, "Older messages")
    interview = await ask(shared, lambda tx: tx.interviews.open_of(pilot.id))
    assert interview
    second = f"{interview.id}:{interview.asked[1]}"
    about = f"{pilot.id}:integration"
    await driver.click(seed.MAYA, line, action_id="answer.change", value=about, force=True)
    form = await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert "live since 3 March" in text_of(form) or "live since 3 March" in str(driver.values(form))
    await driver.click(seed.MAYA, line, action_id="answer.not_applicable", value=second, force=True)
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    await driver.click(seed.MAYA, line, action_id="answer.skip", value=second, force=True)
    await shared.question(root, 3)
    await driver.click(seed.MAYA, root, action_id="interview.stop", value=interview.id, force=True)
    await becomes(shared, root, "stopped")
