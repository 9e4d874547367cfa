"""Deleting the message behind an answer: its line asks whether it still holds, and nothing is lost by itself."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.answers import GONE, Answer, Status
from bot.domain.conversations import InterviewState
from sandbox import seed
from sandbox.app_config import app_from_manifest
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable, workplace
from .record import answers_of, current_answers, interview_of, pilot_called, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANIFEST = Path(__file__).parents[2] / "manifest.yaml"
QUESTION = "The message behind this answer was deleted. Keep the answer?"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workplace]:
    folder = tmp_path_factory.mktemp("deleted")
    async with workplace(folder, app=app_from_manifest(MANIFEST)) as made:
        yield made


async def answered(place: Workplace, name: str) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """Return root card, the answering message's ts, and its line."""
    await place.registers(name)
    root = await place.coaches(name)
    await place.question(root, 1)
    ts = await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    line = await place.sees(seed.AI_PILOTS, "✅ *Integration*", thread_ts=root["ts"])
    await place.question(root, 2)
    return root, ts, line


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


async def history(place: Workplace, name: str) -> list[Answer]:
    return await answers_of(place, await pilot_called(place, name))


async def test_kept_the_line_says_what_it_said(shared: Workplace) -> None:
    driver = shared.driver
    _, ts, line = await answered(shared, "Keeping")
    await driver.delete(seed.MAYA, seed.AI_PILOTS, ts)
    asking = await becomes(shared, line, QUESTION)
    assert "live since 3 March" in text_of(asking)
    await driver.click(seed.JONAS, asking, text="Keep it")
    kept = await becomes(shared, line, "History")
    assert QUESTION not in text_of(kept)
    assert "live since 3 March" in text_of(kept)
    assert len(await history(shared, "Keeping")) == 1, "nobody has said anything new"
    await driver.click(seed.JONAS, asking, text="Keep it")  # an old screen
    await driver.settled()
    assert len(await history(shared, "Keeping")) == 1


async def test_taken_back_it_is_missing_and_asked_again_while_the_interview_runs(shared: Workplace) -> None:
    driver = shared.driver
    root, ts, line = await answered(shared, "Taking back")
    await driver.delete(seed.MAYA, seed.AI_PILOTS, ts)
    asking = await becomes(shared, line, QUESTION)
    await driver.click(seed.MAYA, asking, text="Take it back")

    async def taken_back() -> Answer | None:
        current = (await current_answers(shared, await pilot_called(shared, "Taking back"))).get(
            "integration"
        )
        return current if current and current.revision == 2 else None

    answer = await until(taken_back)
    assert answer
    assert (answer.status, answer.detail, answer.answered_by) == (Status.NOT_YET, "taken back", seed.MAYA)
    pilot = await pilot_called(shared, "Taking back")
    assert (await interview_of(shared, pilot)).open_item_id == "integration"
    await driver.wait_until(
        lambda: next(
            (m for m in driver.thread(seed.AI_PILOTS, root["ts"]) if "1 of 7 ·" in text_of(m)), None
        ),
        timeout=PATIENCE,
        what="the question once more",
    )
    await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(2), thread_ts=root["ts"])
    await shared.sees(seed.AI_PILOTS, "proof/2", thread_ts=root["ts"])
    await shared.question(root, 2)
    third = (await history(shared, "Taking back"))[-1]
    assert third.status is Status.IN_PLACE
    assert "taken back" not in third.detail


async def test_after_the_interview_it_is_only_missing(shared: Workplace) -> None:
    driver = shared.driver
    root, ts, line = await answered(shared, "Afterwards")
    await driver.click(seed.MAYA, root, text="Stop here")
    await shared.sees(seed.AI_PILOTS, "*Afterwards* is still a pilot")
    await driver.delete(seed.MAYA, seed.AI_PILOTS, ts)
    asking = await becomes(shared, line, QUESTION)
    await driver.click(seed.MAYA, asking, text="Take it back")
    await becomes(shared, line, "taken back")
    pilot = await pilot_called(shared, "Afterwards")
    assert (await interview_of(shared, pilot)).state is InterviewState.STOPPED


async def test_an_answer_that_was_changed_since_is_left_alone(shared: Workplace) -> None:
    driver = shared.driver
    _, ts, line = await answered(shared, "Changed")
    await driver.click(seed.MAYA, line, text="Change")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    await driver.submit_view(seed.MAYA, {"detail": "Reads 4,000 orders a day since 3 March."})
    changed = await becomes(shared, line, "4,000 orders")
    await driver.delete(seed.MAYA, seed.AI_PILOTS, ts)
    await driver.settled()
    assert text_of(driver.message(seed.AI_PILOTS, line["ts"])) == text_of(changed)


async def test_changed_while_the_line_asks_its_buttons_are_void(shared: Workplace) -> None:
    driver = shared.driver
    _, ts, line = await answered(shared, "Void")
    await driver.delete(seed.MAYA, seed.AI_PILOTS, ts)
    asking = await becomes(shared, line, QUESTION)
    pilot = await pilot_called(shared, "Void")
    await driver.click(
        seed.MAYA, asking, action_id="answers.write", value=f"{pilot.id}:integration", force=True
    )
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    await driver.submit_view(seed.MAYA, {"detail": "Reads 4,000 orders a day since 3 March."})
    await becomes(shared, line, "4,000 orders")
    told = driver.told(seed.JONAS)
    await driver.click(seed.JONAS, asking, text="Take it back")
    assert "was changed since" in await shared.hears_next(seed.JONAS, told)
    assert len(await history(shared, "Void")) == 2


async def test_the_follow_up_stays_while_the_reply_before_it_is_deleted(shared: Workplace) -> None:
    driver = shared.driver
    await shared.registers("Vague")
    root = await shared.coaches("Vague")
    await shared.question(root, 1)
    ts = await driver.post(seed.MAYA, seed.AI_PILOTS, "the team", thread_ts=root["ts"])
    follow_up = await shared.sees(seed.AI_PILOTS, "Leave it as it is", thread_ts=root["ts"])
    await driver.delete(seed.MAYA, seed.AI_PILOTS, ts)
    asking = await shared.sees(seed.AI_PILOTS, QUESTION, thread_ts=root["ts"])
    assert asking["ts"] != follow_up["ts"]
    await driver.click(seed.MAYA, asking, text="Keep it")
    await becomes(shared, asking, "one thing more")
    assert "Leave it as it is" in text_of(driver.message(seed.AI_PILOTS, follow_up["ts"]))


async def test_a_direct_message_that_answered_is_asked_about_in_the_thread(shared: Workplace) -> None:
    driver = shared.driver
    await shared.registers("Directly")
    root = await shared.coaches("Directly")
    first = await shared.question(root, 1)
    await driver.click(seed.MAYA, first, text="Ask somebody")
    await driver.wait_view(seed.MAYA, title="Ask somebody", timeout=PATIENCE)
    assert await driver.submit_view(seed.MAYA, {"whom": seed.TOMAS}) is None
    await driver.wait_dm(seed.TOMAS, "asks you about")
    ts = await driver.dm(seed.TOMAS, checkable(1))
    answered_there = await driver.wait_dm(seed.TOMAS, "Thank you; it is in")
    line = await shared.sees(seed.AI_PILOTS, "live since 3 March", thread_ts=root["ts"])
    await driver.delete(seed.TOMAS, answered_there["channel"], ts)
    asking = await becomes(shared, line, QUESTION)
    await driver.click(seed.TOMAS, asking, text="Take it back")

    async def taken_back() -> bool:
        current = await current_answers(shared, await pilot_called(shared, "Directly"))
        return current["integration"].status is Status.NOT_YET

    assert await until(taken_back)


async def test_a_link_to_a_deleted_message_is_marked_wherever_it_is_evidence(shared: Workplace) -> None:
    driver = shared.driver
    root, _, line = await answered(shared, "Linking")
    ts = await driver.post(
        seed.PRIYA, seed.AI_PILOTS, "Here is the screenshot of 3 March", thread_ts=root["ts"]
    )
    message = driver.message(seed.AI_PILOTS, ts) | {"channel": seed.AI_PILOTS}
    await driver.message_shortcut(seed.MAYA, message, "use_as_evidence")
    window = await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    field = next(block["block_id"] for block in window["blocks"] if block["block_id"].startswith("item:"))
    await driver.submit_view(seed.MAYA, {field: "integration"})
    await driver.close_view(seed.MAYA)

    async def linked(number: int) -> Answer | None:
        current = (await current_answers(shared, await pilot_called(shared, "Linking")))["integration"]
        return current if current.revision == number else None

    before = await until(lambda: linked(2))
    assert before
    await driver.delete(seed.PRIYA, seed.AI_PILOTS, ts)
    after = await until(lambda: linked(3))
    assert after
    assert [link.endswith(GONE) for link in after.evidence] == [False, True]
    assert (after.answered_by, after.answered_at) == (before.answered_by, before.answered_at)
    assert QUESTION not in text_of(driver.message(seed.AI_PILOTS, line["ts"]))
    await becomes(shared, line, "(deleted)")


async def test_deleting_anything_else_costs_no_call(shared: Workplace) -> None:
    driver = shared.driver
    ts = await driver.post(seed.TOMAS, seed.AI_PILOTS, "Lunch?")
    await shared.house.office.engine.tick(
        shared.house.office.clock.now()
    )  # or it would say what waited for a minute
    await driver.settled()
    before = len(driver.calls())
    await driver.delete(seed.TOMAS, seed.AI_PILOTS, ts)
    await driver.settled()
    since = {call.method for call in driver.calls()[before:]}
    assert since <= {
        "users.info",
        "chat.update",
    }  # the roll call of a minute, and cards of earlier tests that lag
