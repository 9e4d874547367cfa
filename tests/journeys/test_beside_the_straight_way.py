"""The interview beside its straight way: pausing, stopping, changing, editing, chatter, and messages that were deleted."""

from typing import Any

import pytest

from bot.domain.answers import Answer
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable
from .record import answers_of, current_answers, everything, interview_of, message_rows, pilot_called

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def begun(place: Workplace, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return root card and first question of an interview that has just begun."""
    await place.registers(name)
    root = await place.coaches(name)
    return root, await place.question(root, 1)


async def says(place: Workplace, root: dict[str, Any], text: str, by: str = seed.MAYA) -> str:
    return await place.driver.post(by, seed.AI_PILOTS, text, thread_ts=root["ts"])


async def in_thread(place: Workplace, root: dict[str, Any], words: str) -> dict[str, Any]:
    return await place.sees(seed.AI_PILOTS, words, thread_ts=root["ts"])


async def given(place: Workplace, name: str) -> list[Answer]:
    return await answers_of(place, await pilot_called(place, name))


async def becomes(place: Workplace, message: dict[str, Any], words: str) -> dict[str, Any]:
    """Wait until a message says something, in its place."""

    def now() -> dict[str, Any] | None:
        shown = place.driver.message(seed.AI_PILOTS, message["ts"])
        return shown if words in text_of(shown) else None

    return await place.driver.wait_until(
        now,
        timeout=PATIENCE,
        what=f"the message saying {words!r}",
        report=lambda: text_of(place.driver.message(seed.AI_PILOTS, message["ts"])),
    )


async def test_paused_resumed_and_stopped_with_the_buttons(shared: Workplace) -> None:
    driver = shared.driver
    root, question = await begun(shared, "Pausing")
    await driver.click(seed.MAYA, root, text="Pause")
    paused = await becomes(shared, root, "paused")
    await driver.click(seed.MAYA, paused, text="Resume")
    resumed = await becomes(shared, root, "minutes left")
    await driver.click(seed.MAYA, question, text="Not yet")
    await shared.question(root, 2)
    await driver.click(seed.MAYA, resumed, text="Stop here")
    stopped = await becomes(shared, root, "stopped")
    assert "Pause" not in text_of(stopped)
    summary = await shared.sees(seed.AI_PILOTS, "*Pausing* is still a pilot")
    assert "thread_ts" not in summary
    await in_thread(shared, root, "Answer")
    assert len(await given(shared, "Pausing")) == 1

    # the rest another time, in a thread of its own
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "coach Pausing")
    await driver.wait_until(
        lambda: any(
            m["ts"] != root["ts"] and "· Pausing\n▱" in text_of(m) for m in driver.messages(seed.AI_PILOTS)
        ),
        timeout=PATIENCE,
    )


async def test_an_answer_in_words_or_by_button_resumes_a_paused_interview(shared: Workplace) -> None:
    driver = shared.driver
    root, _ = await begun(shared, "Sleeping")
    await driver.click(seed.MAYA, root, text="Pause")
    await becomes(shared, root, "paused")
    await says(shared, root, checkable(1))
    second = await shared.question(root, 2)
    await driver.click(seed.MAYA, root, text="Pause")
    await becomes(shared, root, "1 of 7 · paused")
    await driver.click(seed.MAYA, second, text="Not yet")
    await shared.question(root, 3)
    pilot = await pilot_called(shared, "Sleeping")
    assert (await interview_of(shared, pilot)).state == "open"


async def test_the_command_resumes_a_paused_interview_and_points_to_an_open_one(shared: Workplace) -> None:
    driver = shared.driver
    root, _ = await begun(shared, "Resuming")
    await driver.click(seed.MAYA, root, text="Pause")
    await becomes(shared, root, "paused")
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "coach Resuming")
    await becomes(shared, root, "minutes left")
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "coach Resuming")
    said = await shared.is_told(seed.MAYA, "Resuming is already under way")
    assert f"/archives/{seed.AI_PILOTS}/p{root['ts'].replace('.', '')}" in said


async def test_does_not_apply_asks_why_and_shows_the_reason(shared: Workplace) -> None:
    driver = shared.driver
    root, question = await begun(shared, "Drafting")
    await driver.click(seed.MAYA, question, text="Does not apply")
    await driver.wait_view(seed.MAYA, title="Does not apply", timeout=PATIENCE)
    assert await driver.submit_view(seed.MAYA, {"reason": "It only drafts <!here> & waits."}) is None
    line = await becomes(shared, question, "It only drafts")
    assert "&lt;!here&gt; &amp; waits." in text_of(line)
    await shared.question(root, 2)
    (answer,) = await given(shared, "Drafting")
    assert (answer.status, answer.detail) == ("not_applicable", "It only drafts <!here> & waits.")


async def test_a_form_that_was_closed_changes_nothing(shared: Workplace) -> None:
    root, question = await begun(shared, "Second thoughts")
    await shared.driver.click(seed.MAYA, question, text="Does not apply")
    await shared.driver.wait_view(seed.MAYA, timeout=PATIENCE)
    await shared.driver.close_view(seed.MAYA)
    await shared.driver.settled()
    assert await given(shared, "Second thoughts") == []
    await shared.driver.click(seed.MAYA, question, text="Not yet")
    await shared.question(root, 2)


async def test_an_answer_is_changed_while_the_interview_goes_on(shared: Workplace) -> None:
    driver = shared.driver
    root, question = await begun(shared, "Changing")
    await driver.click(seed.MAYA, question, text="Not yet")
    second = await shared.question(root, 2)
    line = await becomes(shared, question, "Change")
    await driver.click(seed.JONAS, line, text="Change")
    form = await driver.wait_view(seed.JONAS, timeout=PATIENCE)
    shown = {name: held for name, held in driver.values(form).items() if name == "status"}
    assert shown["status"]["selected_option"] is None  # whoever changes a "not yet" has something else to say
    words = "Runbook at https://wiki.northwind-goods.example/run, rota is on it"
    assert await driver.submit_view(seed.JONAS, {"status": "in_place", "detail": words}) is None
    line = await becomes(shared, question, "Runbook")
    assert f"<@{seed.JONAS}>" in text_of(line)
    assert "✅" in text_of(line)

    # the open question is still the open one
    await driver.click(seed.MAYA, second, text="Not yet")
    await shared.question(root, 3)
    pilot = await pilot_called(shared, "Changing")
    history = [
        a
        for a in await answers_of(shared, pilot)
        if a.item_id == (await given(shared, "Changing"))[0].item_id
    ]
    assert len(history) >= 2
    assert {a.revision for a in history} >= {1, 2}


async def test_changing_after_the_end_renews_the_summary(shared: Workplace) -> None:
    driver = shared.driver
    root, _ = await begun(shared, "Late change")
    for number in range(1, 8):
        question = await shared.question(root, number)
        await driver.click(seed.MAYA, question, text="Not yet")
    summary = await shared.sees(seed.AI_PILOTS, "*Late change* is still a pilot")
    await driver.click(seed.MAYA, summary, text="Answer")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert await driver.submit_view(seed.MAYA, {"status": "in_place", "detail": checkable(1)}) is None
    await becomes(shared, summary, "One of seven is in place")


async def test_an_edited_message_revises_its_answer(shared: Workplace) -> None:
    driver = shared.driver
    root, question = await begun(shared, "Editing")
    ts = await says(shared, root, checkable(1))
    await shared.question(root, 2)
    await driver.edit(
        seed.MAYA, seed.AI_PILOTS, ts, "Yes, since April, see https://wiki.northwind-goods.example/april"
    )
    await becomes(shared, question, "since April")
    answers = await given(shared, "Editing")
    assert [a.revision for a in answers] == [1, 2]
    assert "March" in answers[0].detail
    assert answers[1].evidence == ("https://wiki.northwind-goods.example/april",)
    assert (await interview_of(shared, await pilot_called(shared, "Editing"))).passed == (answers[0].item_id,)


async def test_an_edit_that_mends_a_vague_answer_settles_the_question(shared: Workplace) -> None:
    """Asked once more, people mend what they wrote as often as they write again."""
    driver = shared.driver
    root, _ = await begun(shared, "Mending")
    ts = await says(shared, root, "We will monitor it")
    await in_thread(shared, root, "Leave it as it is")
    await driver.edit(seed.MAYA, seed.AI_PILOTS, ts, checkable(1))
    await in_thread(shared, root, "live since 3 March")
    await shared.question(root, 2)
    assert not any("Leave it as it is" in text_of(m) for m in driver.thread(seed.AI_PILOTS, root["ts"]))
    (current,) = (await current_answers(shared, await pilot_called(shared, "Mending"))).values()
    assert (current.status, current.concern) == ("in_place", None)


async def test_an_edit_that_stays_vague_leaves_the_question_open(shared: Workplace) -> None:
    driver = shared.driver
    root, _ = await begun(shared, "Still vague")
    ts = await says(shared, root, "We will monitor it")
    await in_thread(shared, root, "Leave it as it is")
    await driver.edit(seed.MAYA, seed.AI_PILOTS, ts, "We will watch it")
    follow_up = await in_thread(shared, root, "We will watch it")
    await says(shared, root, checkable(1))
    await shared.question(root, 2)
    assert follow_up
    answers = await given(shared, "Still vague")
    assert answers[-1].concern is None
    assert "March" in answers[-1].detail


async def test_editing_what_was_no_answer_does_nothing(shared: Workplace) -> None:
    """Talk that stays talk, what others say among themselves, and what stands elsewhere."""
    driver = shared.driver
    root, _ = await begun(shared, "Chatter")
    thanks = await says(shared, root, "Thanks!")
    aside = await says(shared, root, "Who has the figures?", by=seed.TOMAS)
    elsewhere = await driver.post(seed.MAYA, seed.AI_PILOTS, "Lunch?")
    await driver.settled()
    before = await everything(shared)
    await driver.edit(seed.MAYA, seed.AI_PILOTS, thanks, "Thanks a lot!")
    await driver.edit(seed.TOMAS, seed.AI_PILOTS, aside, checkable(1))
    await driver.edit(seed.MAYA, seed.AI_PILOTS, elsewhere, checkable(1))
    await driver.actions.unfurl(seed.AI_PILOTS, elsewhere, "https://wiki.northwind-goods.example", "Wiki")
    await driver.settled()
    after = await everything(shared)
    assert {k: v for k, v in after.items() if k != "seen_delivery"} == {
        k: v for k, v in before.items() if k != "seen_delivery"
    }


async def test_talk_that_becomes_an_answer_by_an_edit_is_one(shared: Workplace) -> None:
    root, _ = await begun(shared, "Talk first")
    ts = await says(shared, root, "Thanks!")
    await shared.driver.edit(seed.MAYA, seed.AI_PILOTS, ts, checkable(1))
    await shared.question(root, 2)
    assert len(await given(shared, "Talk first")) == 1


async def test_talk_among_colleagues_is_no_answer_and_a_mention_makes_it_one(shared: Workplace) -> None:
    driver = shared.driver
    root, _ = await begun(shared, "Talking")
    await says(shared, root, "Is this about the new system?", by=seed.TOMAS)
    await says(shared, root, checkable(1), by=seed.TOMAS)
    await driver.settled()
    assert await given(shared, "Talking") == []
    await says(shared, root, f"<@{seed.BOT}> {checkable(1)}", by=seed.TOMAS)
    await shared.question(root, 2)
    (answer,) = await given(shared, "Talking")
    assert answer.answered_by == seed.TOMAS
    assert seed.BOT not in answer.detail


async def test_an_answer_whose_message_was_deleted_still_stands(shared: Workplace) -> None:
    root, _ = await begun(shared, "Deleting")
    ts = await says(shared, root, checkable(1))
    await shared.question(root, 2)
    await shared.driver.delete(seed.MAYA, seed.AI_PILOTS, ts)
    await shared.driver.settled()
    assert len(await given(shared, "Deleting")) == 1


async def test_a_question_that_was_deleted_comes_back_as_its_line(shared: Workplace) -> None:
    driver = shared.driver
    root, question = await begun(shared, "Deleted question")
    await driver.delete(seed.LENA, seed.AI_PILOTS, question["ts"])
    await says(shared, root, checkable(1))
    await shared.question(root, 2)
    await in_thread(shared, root, "live since 3 March")


async def test_the_interview_goes_on_after_its_root_was_deleted(shared: Workplace) -> None:
    driver = shared.driver
    root, _ = await begun(shared, "Deleted root")
    await says(shared, root, checkable(1))
    second = await shared.question(root, 2)
    await driver.delete(seed.LENA, seed.AI_PILOTS, root["ts"])
    await driver.click(seed.MAYA, second, text="Not yet")
    third = await driver.wait_until(
        lambda: next(
            (
                m
                for top in driver.messages(seed.AI_PILOTS)
                for m in driver.thread(seed.AI_PILOTS, top["ts"])
                if "3 of 7" in text_of(m)
                and top["ts"] >= root["ts"]
                and m.get("thread_ts") in {root["ts"], top["ts"]}
            ),
            None,
        ),
        timeout=PATIENCE,
        what="the third question, wherever it is",
    )
    await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(3), thread_ts=third["thread_ts"])
    await driver.wait_until(
        lambda: any("4 of 7" in text_of(m) for m in driver.thread(seed.AI_PILOTS, third["thread_ts"])),
        timeout=PATIENCE,
        what="the fourth question in the same thread",
    )


async def test_a_reply_in_the_old_thread_counts_after_the_root_card_came_back(shared: Workplace) -> None:
    """The root was deleted: it stands anew with the open question, and whoever still is in the old thread is heard."""
    driver = shared.driver
    root, _ = await begun(shared, "Card came back")
    await says(shared, root, checkable(1))
    await shared.question(root, 2)
    await driver.settled()
    await driver.delete(seed.LENA, seed.AI_PILOTS, root["ts"])
    anew = await driver.wait_until(
        lambda: next(
            (
                m
                for m in driver.messages(seed.AI_PILOTS)
                if m["ts"] != root["ts"] and "*Readiness for shadow* · Card came back" in text_of(m)
            ),
            None,
        ),
        timeout=PATIENCE,
        what="the new card",
    )
    await shared.question(anew, 2)
    await says(shared, root, checkable(2))
    await shared.question(anew, 3)
    assert len(await answers_of(shared, await pilot_called(shared, "Card came back"))) == 2


async def test_a_quick_person_sees_the_root_card_move(shared: Workplace) -> None:
    """The card may lag some seconds behind the answers, but no answer puts it off again."""
    root, _ = await begun(shared, "Quick person")
    waits = set()
    for number in range(1, 4):
        await says(shared, root, checkable(number))
        await shared.question(root, number + 1)
        rows = {row.key: row for row in await message_rows(shared)}
        interview = await interview_of(shared, await pilot_called(shared, "Quick person"))
        waits.add(rows[f"interview:{interview.id}:root"].not_before)
    assert len(waits) == 1
