"""Asking somebody else, over the sandbox: who gets the question, where it is answered, and what every place says then."""

import asyncio
from pathlib import Path
from typing import Any

from bot.domain.asks import Ask, AskState
from bot.domain.pilots import Pilot
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable, workplace
from .record import answers_of, ask as read, current_answers, interview_of, pilot_called

OURS = Path(__file__).parents[2] / "prompts" / "playbook"
WORDS = "Yes, Payments Operations has been on call since 3 March, https://wiki.northwind-goods.example/rota"


async def hands_over(
    place: Workplace, question: dict[str, Any], note: str = "", by: str = seed.MAYA, **whom: str
) -> dict[str, str] | None:
    """Fill in the form of a question; return the errors that stand at its fields."""
    await place.driver.click(by, question, text="Ask somebody")
    await place.driver.wait_view(by, title="Ask somebody")
    return await place.driver.submit_view(by, whom | ({"note": note} if note else {}))


async def begins(place: Workplace) -> tuple[dict[str, Any], dict[str, Any]]:
    """Register a pilot and start its interview; return the root card and the first question."""
    await place.registers()
    root = await place.coaches()
    return root, await place.question(root, 1)


async def asked_twice(place: Workplace, root: dict[str, Any], first: dict[str, Any]) -> None:
    """Put the first two questions to the same person, and wait until both have arrived."""
    await hands_over(place, first, whom=seed.JONAS)
    await hands_over(place, await place.question(root, 2), whom=seed.JONAS)
    await place.question(root, 3)
    await place.driver.wait_until(
        lambda: len(questions_to(place, seed.JONAS)) == 2, timeout=PATIENCE, what="two questions"
    )


def questions_to(place: Workplace, person: str) -> list[dict[str, Any]]:
    """Return what Preflight wrote to somebody, the question whether they own the pilot aside."""
    written = [one for one in place.driver.dms(person) if one.get("bot_id")]
    return [one for one in written if "production owner" not in text_of(one)]


async def asks_of(place: Workplace, pilot: Pilot) -> list[Ask]:
    return await read(place, lambda tx: list(tx.asks.open_of_pilot(pilot.id).values()))


async def latest_ask(place: Workplace, pilot: Pilot, item_id: str) -> Ask:
    found = await read(place, lambda tx: tx.asks.latest_of_item(pilot.id, item_id))
    assert found
    return found


def question_of(body: str) -> str:
    """Return what a question asks, from its words in the thread."""
    return body.split(" · ", 1)[1].split("\n", 1)[0].strip("*")


async def test_somebody_is_asked_and_answers_in_the_direct_message(place: Workplace) -> None:
    driver = place.driver
    root, first = await begins(place)
    asked = question_of(text_of(first))
    assert await hands_over(place, first, "You set this up.", whom=seed.JONAS) is None
    question = await driver.wait_dm(seed.JONAS, asked)
    for part in (
        f"<@{seed.MAYA}>",
        "Refund triage",
        "Sorts refund requests",
        "You set this up.",
        "A good answer",
    ):
        assert part in text_of(question)
    await place.question(root, 2)
    line = await place.sees(seed.AI_PILOTS, f"waits for <@{seed.JONAS}>", thread_ts=root["ts"])
    assert line["ts"] == first["ts"]

    await driver.dm(seed.JONAS, WORDS, thread_ts=question["ts"])
    settled = await driver.wait_dm(seed.JONAS, "Thank you; it is in")
    assert settled["ts"] == question["ts"]
    assert "since 3 March" in text_of(settled)
    line = await place.sees(seed.AI_PILOTS, "since 3 March", thread_ts=root["ts"])
    assert line["ts"] == first["ts"]
    assert f"<@{seed.JONAS}>" in text_of(line)
    pilot = await pilot_called(place, "Refund triage")
    (answer,) = await answers_of(place, pilot)
    assert answer.answered_by == seed.JONAS
    assert await asks_of(place, pilot) == []
    assert (await interview_of(place, pilot)).handed == ()


async def test_a_plain_direct_message_answers_and_its_edit_edits_the_answer(office: Workplace) -> None:
    driver = office.driver
    root, first = await begins(office)
    await hands_over(office, first, whom=seed.JONAS)
    await driver.wait_dm(seed.JONAS, "asks you about")
    ts = await driver.dm(seed.JONAS, WORDS)
    settled = await driver.wait_dm(seed.JONAS, "Thank you; it is in")
    await driver.edit(seed.JONAS, settled["channel"], ts, WORDS.replace("3 March", "4 April"))
    await driver.wait_dm(seed.JONAS, lambda m: "since 4 April" in text_of(m) and m["ts"] == settled["ts"])
    await office.sees(seed.AI_PILOTS, "since 4 April", thread_ts=root["ts"])


async def test_buttons_answer_and_one_thing_more_is_asked_there(office: Workplace) -> None:
    driver = office.driver
    root, first = await begins(office)
    await hands_over(office, first, whom=seed.JONAS)
    question = await driver.wait_dm(seed.JONAS, "asks you about")
    await driver.click(seed.JONAS, question, text="In place")
    follow_up = await driver.wait_dm(seed.JONAS, "You said: in place")
    await office.sees(seed.AI_PILOTS, "✅", thread_ts=root["ts"])
    await driver.dm(seed.JONAS, WORDS, thread_ts=follow_up["ts"])
    await driver.wait_dm(seed.JONAS, "thank you, that is all")
    await office.sees(seed.AI_PILOTS, "since 3 March", thread_ts=root["ts"])
    await driver.wait_dm(seed.JONAS, lambda m: m["ts"] == question["ts"] and "since 3 March" in text_of(m))


async def test_a_follow_up_can_be_left_as_it_is(office: Workplace) -> None:
    driver = office.driver
    _, first = await begins(office)
    await hands_over(office, first, whom=seed.JONAS)
    question = await driver.wait_dm(seed.JONAS, "asks you about")
    await driver.click(seed.JONAS, question, text="In place")
    follow_up = await driver.wait_dm(seed.JONAS, "You said: in place")
    await driver.click(seed.JONAS, follow_up, text="Leave it as it is")
    await driver.wait_dm(seed.JONAS, "thank you, that is all")
    await driver.wait_dm(
        seed.JONAS, lambda m: m["ts"] == question["ts"] and "Thank you; it is in" in text_of(m)
    )


async def test_a_group_is_asked_and_the_first_answer_of_two_at_once_counts(office: Workplace) -> None:
    driver = office.driver
    root, first = await begins(office)
    await hands_over(office, first, group=seed.GATE_APPROVERS)
    people = (seed.PRIYA, seed.TOMAS, seed.LENA)
    questions = [await driver.wait_dm(who, f"<!subteam^{seed.GATE_APPROVERS}>") for who in people]
    await asyncio.gather(
        driver.click(seed.PRIYA, questions[0], text="Not yet"),
        driver.click(seed.TOMAS, questions[1], text="Partly"),
    )
    pilot = await pilot_called(office, "Refund triage")
    (answer,) = await answers_of(office, pilot)
    winner = answer.answered_by
    loser = seed.TOMAS if winner == seed.PRIYA else seed.PRIYA
    assert f"<@{winner}> answered this before you" in await office.is_told(loser, "before you")
    for other in (loser, seed.LENA):
        await driver.wait_dm(other, f"<@{winner}> answered, so nothing is left to do")
    await office.sees(seed.AI_PILOTS, f"<@{winner}>", thread_ts=root["ts"])


async def test_not_me_brings_the_question_back_to_the_thread(office: Workplace) -> None:
    driver = office.driver
    root, first = await begins(office)
    await hands_over(office, first, whom=seed.JONAS)
    question = await driver.wait_dm(seed.JONAS, "asks you about")
    await office.question(root, 2)
    await driver.click(seed.JONAS, question, text="Not me")
    await driver.wait_view(seed.JONAS, title="Not me")
    assert await driver.submit_view(seed.JONAS, {"word": "Tomás keeps these figures."}) is None
    await driver.wait_dm(seed.JONAS, "Thank you for saying so")
    back = await office.sees(seed.AI_PILOTS, "Tomás keeps these figures.", thread_ts=root["ts"])
    assert f"<@{seed.MAYA}>" in text_of(back)
    assert await hands_over_again(office, back, seed.TOMAS) is None
    await driver.wait_dm(seed.TOMAS, "asks you about")
    await driver.click(seed.JONAS, question, text="In place")
    await office.is_told(seed.JONAS, "nothing is left to do")


async def hands_over_again(place: Workplace, back: dict[str, Any], whom: str) -> dict[str, str] | None:
    await place.driver.click(seed.MAYA, back, text="Ask somebody else")
    await place.driver.wait_view(seed.MAYA, title="Ask somebody")
    return await place.driver.submit_view(seed.MAYA, {"whom": whom})


async def test_a_question_is_taken_back_from_its_line(office: Workplace) -> None:
    driver = office.driver
    root, first = await begins(office)
    await hands_over(office, first, whom=seed.SAM)
    question = await driver.wait_dm(seed.SAM, "asks you about")
    line = await office.sees(seed.AI_PILOTS, f"waits for <@{seed.SAM}>", thread_ts=root["ts"])
    await driver.click(seed.PRIYA, line, text="Take back")
    await office.is_told(seed.PRIYA, "can take this question back")
    await driver.click(seed.MAYA, line, text="Take back")
    await driver.wait_dm(seed.SAM, f"<@{seed.MAYA}> took the question")
    await driver.dm(seed.SAM, WORDS, thread_ts=question["ts"])
    await office.is_told(seed.SAM, "took this question back")
    pilot = await pilot_called(office, "Refund triage")
    assert await answers_of(office, pilot) == []


async def test_who_cannot_be_asked_is_said_at_the_field(office: Workplace) -> None:
    _, first = await begins(office)
    await office.driver.actions.change_usergroup(seed.MERCHANDISING_OPS, [seed.MAYA, seed.GUS])
    for fields, where, words in (
        ({"whom": seed.MAYA}, "whom", "That is you"),
        ({"whom": seed.GUS}, "whom", "Guests"),
        ({"whom": seed.DORA}, "whom", "deactivated"),
        ({"whom": seed.BOT}, "whom", "bot"),
        ({"group": seed.MERCHANDISING_OPS}, "group", "nobody in this group"),
        ({}, "whom", "Choose a person"),
        ({"whom": seed.JONAS, "group": seed.PAYMENTS_OPS}, "group", "not both"),
    ):
        errors = await hands_over(office, first, **fields)
        assert errors
        assert words in errors[where]
        await office.driver.close_view(seed.MAYA)
    pilot = await pilot_called(office, "Refund triage")
    assert await asks_of(office, pilot) == []


async def test_the_owner_is_chosen_where_the_owner_usually_knows_and_a_group_takes_its_place(
    tmp_path: Path,
) -> None:
    """Through our own playbook, whose questions say who usually knows; asked from a list, before any interview."""
    async with workplace(tmp_path, settings={"PREFLIGHT_PLAYBOOK": OURS}) as place:
        driver = place.driver
        card = await place.registers()
        pilot = await pilot_called(place, "Refund triage")
        value = f"{pilot.id}:ownership:"
        await driver.click(seed.MAYA, card, action_id="ask.somebody", value=value, force=True)
        form = await driver.wait_view(seed.MAYA, "The production owner usually knows")
        assert driver.values(form)["whom"]["selected_user"] == seed.JONAS
        assert await driver.submit_view(seed.MAYA, {"group": seed.PAYMENTS_OPS}) is None
        for who in (seed.JONAS, seed.SAM):
            question = await driver.wait_dm(who, f"asks <!subteam^{seed.PAYMENTS_OPS}>")
        line = await place.sees(seed.AI_PILOTS, "waits for", thread_ts=card["ts"])
        await driver.dm(seed.SAM, WORDS, thread_ts=question["ts"])
        await place.sees(seed.AI_PILOTS, "since 3 March", thread_ts=card["ts"])
        assert "since 3 March" in text_of(driver.as_it_stands(line))


async def test_a_question_that_waits_for_somebody_cannot_be_put_to_another(office: Workplace) -> None:
    driver = office.driver
    _, first = await begins(office)
    await driver.click(seed.MAYA, first, text="Ask somebody")
    await driver.wait_view(seed.MAYA, title="Ask somebody")
    await driver.click(seed.PRIYA, first, text="Ask somebody")
    await driver.wait_view(seed.PRIYA, title="Ask somebody")
    assert await driver.submit_view(seed.MAYA, {"whom": seed.JONAS}) is None
    errors = await driver.submit_view(seed.PRIYA, {"whom": seed.SAM})
    assert errors
    assert "jonas was asked about this" in errors["whom"]


async def test_slack_repeating_itself_asks_and_answers_once(office: Workplace) -> None:
    driver = office.driver
    _, first = await begins(office)
    office.sandbox.faults.on_delivery("*", "duplicate")
    await hands_over(office, first, whom=seed.JONAS)
    question = await driver.wait_dm(seed.JONAS, "asks you about")
    await driver.dm(seed.JONAS, WORDS, thread_ts=question["ts"])
    await driver.wait_dm(seed.JONAS, "Thank you; it is in")
    await driver.settled()
    pilot = await pilot_called(office, "Refund triage")
    assert len(await answers_of(office, pilot)) == 1
    assert len(questions_to(office, seed.JONAS)) == 1


async def test_a_question_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "slack.json"
    async with workplace(tmp_path, state_path=state) as before:
        root, first = await begins(before)
        await hands_over(before, first, whom=seed.JONAS)
        question = await before.driver.wait_dm(seed.JONAS, "asks you about")
        await before.question(root, 2)
    async with workplace(tmp_path, state_path=state) as after:
        await after.driver.dm(seed.JONAS, WORDS, thread_ts=question["ts"])
        await after.driver.wait_dm(seed.JONAS, "Thank you; it is in")
        await after.sees(seed.AI_PILOTS, "since 3 March", thread_ts=root["ts"])


async def test_the_asked_person_may_answer_in_the_thread_instead(office: Workplace) -> None:
    driver = office.driver
    root, first = await begins(office)
    await hands_over(office, first, whom=seed.TOMAS)
    await driver.wait_dm(seed.TOMAS, "asks you about")
    await office.question(root, 2)
    await driver.post(seed.TOMAS, seed.AI_PILOTS, WORDS, thread_ts=root["ts"])
    await driver.wait_dm(seed.TOMAS, "Thank you; it is in")
    pilot = await pilot_called(office, "Refund triage")
    (answer,) = (await current_answers(office, pilot)).values()
    assert answer.answered_by == seed.TOMAS
    assert (await latest_ask(office, pilot, answer.item_id)).state is AskState.ANSWERED


async def test_one_thing_more_about_an_answer_in_the_thread_is_asked_in_the_direct_message(
    office: Workplace,
) -> None:
    driver = office.driver
    root, first = await begins(office)
    await hands_over(office, first, whom=seed.TOMAS)
    await driver.wait_dm(seed.TOMAS, "asks you about")
    await office.question(root, 2)
    await driver.post(seed.TOMAS, seed.AI_PILOTS, "We will monitor it", thread_ts=root["ts"])
    follow_up = await driver.wait_dm(seed.TOMAS, "Leave it as it is")
    await driver.dm(seed.TOMAS, WORDS, thread_ts=follow_up["ts"])
    await driver.wait_dm(seed.TOMAS, "thank you, that is all")
    await office.sees(seed.AI_PILOTS, "since 3 March", thread_ts=root["ts"])


async def test_with_several_open_questions_the_person_is_asked_which_one_is_meant(office: Workplace) -> None:
    driver = office.driver
    root, first = await begins(office)
    await asked_twice(office, root, first)
    await driver.dm(seed.JONAS, WORDS)
    reply = await driver.wait_dm(seed.JONAS, "Which question is this the answer to?")
    pilot = await pilot_called(office, "Refund triage")
    assert await answers_of(office, pilot) == []
    assert len(await asks_of(office, pilot)) == 2
    assert text_of(reply).count("Refund triage") == 2


async def test_a_question_of_several_is_answered_from_the_list_by_a_form(office: Workplace) -> None:
    driver = office.driver
    root, first = await begins(office)
    await asked_twice(office, root, first)
    await driver.dm(seed.JONAS, WORDS)
    reply = await driver.wait_dm(seed.JONAS, "Which question is this the answer to?")
    await driver.click(seed.JONAS, reply, text="Answer")
    await driver.wait_view(seed.JONAS)
    assert await driver.submit_view(seed.JONAS, {"status": "in_place", "detail": WORDS}) is None
    settled = await driver.wait_dm(seed.JONAS, "Thank you; it is in")
    assert "since 3 March" in text_of(settled)
    line = await office.sees(seed.AI_PILOTS, "since 3 March", thread_ts=root["ts"])
    assert line["ts"] == first["ts"]
    pilot = await pilot_called(office, "Refund triage")
    assert len(await asks_of(office, pilot)) == 1


async def test_anybody_of_the_team_answers_on_the_line_and_the_one_who_was_asked_is_told(
    office: Workplace,
) -> None:
    driver = office.driver
    root, first = await begins(office)
    await hands_over(office, first, whom=seed.TOMAS)
    line = await office.sees(seed.AI_PILOTS, f"waits for <@{seed.TOMAS}>", thread_ts=root["ts"])
    await driver.click(seed.PRIYA, line, text="Answer it here")
    await driver.wait_view(seed.PRIYA)
    assert await driver.submit_view(seed.PRIYA, {"status": "in_place", "detail": WORDS}) is None
    await driver.wait_dm(seed.TOMAS, f"<@{seed.PRIYA}> answered, so nothing is left to do")


async def test_a_file_in_the_direct_message_is_an_answer_with_evidence(office: Workplace) -> None:
    driver = office.driver
    _, first = await begins(office)
    await hands_over(office, first, whom=seed.JONAS)
    question = await driver.wait_dm(seed.JONAS, "asks you about")
    await driver.post(
        seed.JONAS, question["channel"], "The rota is attached", thread_ts=question["ts"], files=["rota.txt"]
    )
    await driver.wait_dm(seed.JONAS, lambda m: m["ts"] == question["ts"] and "rota" in text_of(m))
    pilot = await pilot_called(office, "Refund triage")
    (answer,) = await answers_of(office, pilot)
    assert len(answer.evidence) == 1


async def test_retiring_the_pilot_ends_the_question_in_the_direct_message(office: Workplace) -> None:
    driver = office.driver
    _, first = await begins(office)
    await hands_over(office, first, whom=seed.SAM)
    question = await driver.wait_dm(seed.SAM, "asks you about")
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "retire Refund triage")
    await driver.wait_view(seed.MAYA)
    assert (
        await driver.submit_view(seed.MAYA, {"reason": "It was not worth it.", "learned": "Ask first."})
        is None
    )
    await driver.wait_dm(seed.SAM, "is no longer asked")
    await driver.click(seed.SAM, question, text="In place")
    await office.is_told(seed.SAM, "is retired")


async def test_words_that_nobody_waits_for_get_one_kind_reply(office: Workplace) -> None:
    driver = office.driver
    await driver.dm(seed.SAM, "Hello Preflight, what can you do?")
    reply = await driver.wait_dm(seed.SAM, "Nothing waits for your answer here")
    assert "/pilot help" in text_of(reply)
    await driver.dm(seed.SAM, "Anybody there?")
    await driver.dm(seed.GUS, "Hello")
    await driver.wait_dm(seed.GUS, "Nothing waits for your answer here")
    await driver.settled()
    assert len([m for m in driver.dms(seed.SAM) if m.get("bot_id")]) == 1


async def test_everybody_answers_what_they_were_asked_at_the_same_instant(office: Workplace) -> None:
    driver = office.driver
    root, _ = await begins(office)
    people = (seed.JONAS, seed.TOMAS, seed.SAM)
    for number, who in enumerate(people, start=1):
        await hands_over(office, await office.question(root, number), whom=who)
    questions = [await driver.wait_dm(who, "asks you about") for who in people]
    await asyncio.gather(
        *(
            driver.dm(who, checkable(number), thread_ts=question["ts"])
            for number, (who, question) in enumerate(zip(people, questions, strict=True))
        )
    )
    for who in people:
        await driver.wait_dm(who, "Thank you; it is in")
    pilot = await pilot_called(office, "Refund triage")
    assert {a.answered_by for a in await answers_of(office, pilot)} == set(people)
    assert (await interview_of(office, pilot)).handed == ()
