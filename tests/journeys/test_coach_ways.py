"""The conversation's ways: one item, everything, back, skip, why, known things confirmed, plans; as people use them."""

from typing import Any

import pytest

from bot.domain.answers import Status
from bot.domain.conversations import InterviewState, Scope
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable
from .record import current_answers, interview_of, pilot_called

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def begun(place: Workplace, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Register a pilot, start its interview, and return root card and first question."""
    await place.registers(name)
    root = await place.coaches(name)
    return root, await place.question(root, 1)


async def becomes(place: Workplace, message: dict[str, Any], words: str) -> dict[str, Any]:
    """Wait until a message says something."""

    def now() -> dict[str, Any] | None:
        shown = place.driver.message(seed.AI_PILOTS, message["ts"])
        return shown if words in text_of(shown) else None

    return await place.driver.wait_until(
        now,
        timeout=PATIENCE,
        what=f"the message saying {words!r}",
        report=lambda: text_of(place.driver.message(seed.AI_PILOTS, message["ts"])),
    )


async def says(place: Workplace, root: dict[str, Any], words: str) -> str:
    return await place.driver.post(seed.MAYA, seed.AI_PILOTS, words, thread_ts=root["ts"])


async def runs(place: Workplace, words: str) -> None:
    await place.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", words)


async def test_one_item_by_the_command_in_a_thread_of_its_own(shared: Workplace) -> None:
    await shared.registers("One thing")
    await runs(shared, "coach One thing rollback")
    root = await shared.sees(seed.AI_PILOTS, "*Rollback* · One thing\n▱")
    question = await shared.question(root, 1)
    assert "1 of 1" in text_of(question)
    await says(shared, root, checkable(1))
    await becomes(shared, root, "1 of 1 asked")
    pilot = await pilot_called(shared, "One thing")
    assert set(await current_answers(shared, pilot)) == {"rollback"}
    assert (await interview_of(shared, pilot)).state is InterviewState.DONE


async def test_an_item_in_the_middle_of_an_interview_is_asked_at_once(shared: Workplace) -> None:
    root, question = await begun(shared, "By the way")
    await runs(shared, "coach By the way rollback")
    said = await shared.is_told(seed.MAYA, "are in")
    assert "the thread" in said
    rollback = await shared.sees(seed.AI_PILOTS, "How is it switched off", thread_ts=root["ts"])
    await becomes(shared, question, "comes again further down")
    await says(shared, root, checkable(1))
    await becomes(shared, rollback, "✅")
    await shared.sees(seed.AI_PILOTS, "2 of 7", thread_ts=root["ts"])


async def test_everything_and_only_what_is_missing_from_the_menu(shared: Workplace) -> None:
    driver = shared.driver
    root, question = await begun(shared, "Everything")
    await driver.click(seed.MAYA, question, text="Not yet")
    second = await shared.question(root, 2)
    await driver.click(seed.MAYA, root, text="All questions")
    card = await becomes(shared, root, "Only what is missing")
    pilot = await pilot_called(shared, "Everything")
    assert (await interview_of(shared, pilot)).scope is Scope.FULL
    await driver.click(seed.MAYA, card, text="Only what is missing")
    await becomes(shared, root, "All questions")
    await driver.click(seed.MAYA, second, text="Not yet")
    await shared.question(root, 3)


async def test_back_skip_and_why_from_the_menu_of_a_question(shared: Workplace) -> None:
    driver = shared.driver
    root, first = await begun(shared, "Back and forth")
    await says(shared, root, checkable(1))
    second = await shared.question(root, 2)
    await driver.click(seed.MAYA, second, text="Why this?")
    view = await driver.wait_view(seed.MAYA, title="Why this?", timeout=PATIENCE)
    assert "It gets worse quietly" in text_of(view)
    await driver.close_view(seed.MAYA)
    await driver.click(seed.MAYA, second, text="Back")
    again = await becomes(shared, first, "1 of 7")
    assert "live since 3 March" in text_of(again)
    waiting = await becomes(shared, second, "comes again further down")
    assert "Not yet" not in text_of(waiting)
    await says(shared, root, "Not yet, the orders are typed in by hand")
    await becomes(shared, first, "typed in by hand")
    second = await becomes(shared, second, "2 of 7")
    await driver.click(seed.MAYA, second, text="Skip")
    await becomes(shared, second, "skipped")
    await shared.question(root, 3)
    pilot = await pilot_called(shared, "Back and forth")
    answers = await current_answers(shared, pilot)
    assert answers["integration"].status is Status.NOT_YET
    assert answers["monitoring"].status is Status.SKIPPED
    already = driver.told(seed.MAYA)
    await driver.click(seed.MAYA, second, text="Answer")
    form = await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert form
    assert driver.told(seed.MAYA) == already
    await driver.close_view(seed.MAYA)


async def test_there_is_nothing_before_the_first_question(shared: Workplace) -> None:
    _, question = await begun(shared, "At the beginning")
    already = shared.driver.told(seed.MAYA)
    await shared.driver.click(seed.MAYA, question, text="Back")
    assert "no question before this one" in await shared.hears_next(seed.MAYA, already)


async def test_what_was_skipped_is_named_at_the_end(shared: Workplace) -> None:
    root, question = await begun(shared, "Left out")
    await shared.driver.click(seed.MAYA, question, text="Skip")
    await shared.answers_everything(root, first=2)
    card = await becomes(shared, root, "Skipped")
    assert "Skipped: integration" in text_of(card)


async def test_two_people_answer_in_one_thread(shared: Workplace) -> None:
    root, first = await begun(shared, "Together")
    await shared.driver.post(seed.JONAS, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    line = await becomes(shared, first, "✅")
    assert f"<@{seed.JONAS}>" in text_of(line)
    await shared.question(root, 2)
    await says(shared, root, checkable(2))
    await shared.question(root, 3)
    await shared.driver.post(seed.SAM, seed.AI_PILOTS, checkable(3), thread_ts=root["ts"])
    await shared.driver.settled()
    pilot = await pilot_called(shared, "Together")
    assert len((await interview_of(shared, pilot)).passed) == 2


async def test_an_item_nobody_knows_is_refused_with_what_there_is(shared: Workplace) -> None:
    await shared.registers("Strange wish")
    already = shared.driver.told(seed.MAYA)
    outcome = await shared.driver.command(
        seed.MAYA, seed.AI_PILOTS, "/pilot", "coach Strange wish the weather"
    )
    assert outcome.error is None
    said = await shared.hears_next(seed.MAYA, already)
    assert "Integration, Monitoring" in said
