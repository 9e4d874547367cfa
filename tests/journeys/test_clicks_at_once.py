"""Several people, or one person several times, at the same instant: one outcome, and everybody else is told."""

import asyncio
from typing import Any

import pytest

from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable
from .record import (
    answers_of,
    ask,
    decisions_on,
    everything,
    interview_of,
    pilot_called,
    pilots_called,
    review_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

APPROVERS = (seed.PRIYA, seed.TOMAS, seed.LENA)


async def before_approvers(place: Workplace, name: str) -> dict[str, Any]:
    """Return the review card of a pilot that is ready and asks for its promotion."""
    await place.registers(name)
    root = await place.coaches(name)
    await place.answers_everything(root)
    ready = await place.sees(seed.AI_PILOTS, f"*{name}* is ready")
    await place.driver.click(seed.MAYA, ready, text="Request promotion")
    return await place.sees(seed.GATE_REVIEWS, name)


def heard(place: Workplace, words: str, people: tuple[str, ...] = APPROVERS) -> list[str]:
    """Return who was told something, once for each time."""
    return [p for p in people for e in place.driver.ephemerals(p) if words in text_of(e)]


async def test_two_approvers_at_the_same_instant(shared: Workplace) -> None:
    driver = shared.driver
    card = await before_approvers(shared, "Two at once")
    before = len(heard(shared, "already decided: approved by"))
    await asyncio.gather(
        driver.click(seed.PRIYA, card, text="Approve"), driver.click(seed.TOMAS, card, text="Approve")
    )
    pilot = await pilot_called(shared, "Two at once")
    (decision,) = await decisions_on(shared, pilot)
    assert pilot.stage == "shadow"
    told = await driver.wait_until(
        lambda: heard(shared, f"already decided: approved by <@{decision.user_id}>")[before:],
        timeout=PATIENCE,
    )
    assert len(told) == 1
    assert decision.user_id not in told
    await shared.sees(seed.GATE_REVIEWS, f"*Approved* by <@{decision.user_id}>")


async def test_one_approves_while_another_declines(shared: Workplace) -> None:
    driver = shared.driver
    card = await before_approvers(shared, "Yes and no")
    await driver.click(seed.TOMAS, card, text="Decline")
    form = await driver.wait_view(seed.TOMAS, timeout=PATIENCE)
    _, errors = await asyncio.gather(
        driver.click(seed.PRIYA, card, text="Approve"),
        driver.submit_view(seed.TOMAS, {"reason": "The price is from a demo."}, form),
    )
    pilot = await pilot_called(shared, "Yes and no")
    (decision,) = await decisions_on(shared, pilot)
    review = await review_of(shared, pilot)
    if decision.user_id == seed.PRIYA:
        assert (review.state, pilot.stage) == ("approved", "shadow")
        assert errors is not None or "already decided" in text_of(driver.views(seed.TOMAS)[-1])
        shown = " ".join(errors.values()) if errors else text_of(driver.views(seed.TOMAS)[-1])
        assert "already decided" in shown
        await driver.close_view(seed.TOMAS, whole_stack=True)
    else:
        assert (review.state, pilot.stage, errors) == ("declined", "pilot", None)
        await shared.is_told(seed.PRIYA, f"already decided: declined by <@{seed.TOMAS}>")
    await shared.sees(seed.GATE_REVIEWS, f"{review.state.capitalize()}* by <@{decision.user_id}>")


async def test_fifty_clicks_at_once_are_one_decision(shared: Workplace) -> None:
    driver = shared.driver
    card = await before_approvers(shared, "Fifty clicks")
    before = len(heard(shared, "already decided: approved by"))
    outcomes = await asyncio.gather(
        *(driver.click(APPROVERS[number % 3], card, text="Approve") for number in range(50))
    )
    assert [outcome.error for outcome in outcomes] == [None] * 50
    pilot = await pilot_called(shared, "Fifty clicks")
    assert len(await decisions_on(shared, pilot)) == 1
    assert pilot.stage == "shadow"
    await driver.wait_until(
        lambda: len(heard(shared, "already decided: approved by")) - before == 49, timeout=PATIENCE
    )
    decided = [entry for entry in await _audit(shared, pilot.id) if entry.startswith("review.approved")]
    assert len(decided) == 1
    cards = [m for m in driver.messages(seed.GATE_REVIEWS) if "*Fifty clicks*" in text_of(m)]
    assert [m["ts"] for m in cards] == [card["ts"]]


async def test_one_person_clicking_twice_decides_once(shared: Workplace) -> None:
    driver = shared.driver
    card = await before_approvers(shared, "Double click")
    await driver.click(seed.LENA, card, text="Approve")
    await driver.click(seed.LENA, card, text="Approve")
    await shared.is_told(seed.LENA, f"already decided: approved by <@{seed.LENA}>")
    assert len(await decisions_on(shared, await pilot_called(shared, "Double click"))) == 1


async def test_a_click_on_a_decided_card_from_an_old_screen(shared: Workplace) -> None:
    driver = shared.driver
    card = await before_approvers(shared, "Decided card")
    await driver.click(seed.PRIYA, card, text="Decline")
    await driver.wait_view(seed.PRIYA, timeout=PATIENCE)
    assert await driver.submit_view(seed.PRIYA, {"reason": "Not before the audit."}) is None
    await shared.sees(seed.GATE_REVIEWS, "Not before the audit.")
    before = await everything(shared)
    for button in ("Approve", "Decline"):
        already = driver.told(seed.TOMAS)
        await driver.click(seed.TOMAS, card, text=button)
        said = await shared.hears_next(seed.TOMAS, already)
        assert f"declined by <@{seed.PRIYA}>" in said
    assert driver.views(seed.TOMAS) == []
    assert await everything(shared) == before


async def test_asking_for_a_promotion_twice_at_once_opens_one_review(shared: Workplace) -> None:
    driver = shared.driver
    await shared.registers("Asked twice")
    root = await shared.coaches("Asked twice")
    await shared.answers_everything(root)
    ready = await shared.sees(seed.AI_PILOTS, "*Asked twice* is ready")
    await asyncio.gather(
        *(driver.click(who, ready, text="Request promotion") for who in (seed.MAYA, seed.JONAS) * 5)
    )
    card = await shared.sees(seed.GATE_REVIEWS, "*Asked twice*")
    await driver.wait_until(
        lambda: (
            len(heard(shared, "A promotion of Asked twice is already before", (seed.MAYA, seed.JONAS))) == 9
        ),
        timeout=PATIENCE,
    )
    assert [m["ts"] for m in driver.messages(seed.GATE_REVIEWS) if "*Asked twice*" in text_of(m)] == [
        card["ts"]
    ]


async def test_starting_an_interview_twice_at_once_opens_one_thread(shared: Workplace) -> None:
    driver = shared.driver
    card = await shared.registers("Started twice")
    await asyncio.gather(*(driver.click(seed.MAYA, card, text="Continue readiness") for _ in range(6)))
    root = await shared.sees(seed.AI_PILOTS, "· Started twice\n▱")
    await shared.question(root, 1)
    await driver.wait_until(
        lambda: len(heard(shared, "Started twice is already under way", (seed.MAYA,))) == 5, timeout=PATIENCE
    )
    roots = [m for m in driver.messages(seed.AI_PILOTS) if "· Started twice\n" in text_of(m)]
    assert len(roots) == 1


async def test_two_people_on_one_question_give_one_answer(shared: Workplace) -> None:
    driver = shared.driver
    await shared.registers("One question")
    root = await shared.coaches("One question")
    question = await shared.question(root, 1)
    await asyncio.gather(
        *(driver.click(who, question, text="Not yet") for who in (seed.MAYA, seed.JONAS, seed.PRIYA) * 3)
    )
    await shared.question(root, 2)
    pilot = await pilot_called(shared, "One question")
    assert len(await answers_of(shared, pilot)) == 1
    assert len((await interview_of(shared, pilot)).passed) == 1
    await driver.wait_until(
        lambda: (
            len(heard(shared, "This question was already answered", (seed.MAYA, seed.JONAS, seed.PRIYA))) == 8
        ),
        timeout=PATIENCE,
    )


async def test_a_double_click_on_in_place_is_still_asked_what_shows_it(shared: Workplace) -> None:
    driver = shared.driver
    await shared.registers("Quick fingers")
    root = await shared.coaches("Quick fingers")
    question = await shared.question(root, 1)
    await asyncio.gather(
        driver.click(seed.MAYA, question, text="In place"), driver.click(seed.MAYA, question, text="In place")
    )
    follow_up = await shared.sees(seed.AI_PILOTS, "Leave it as it is", thread_ts=root["ts"])
    assert follow_up["ts"] == question["ts"]
    await shared.is_told(seed.MAYA, "One thing is asked about it once more")
    pilot = await pilot_called(shared, "Quick fingers")
    assert len(await answers_of(shared, pilot)) == 1
    assert (await interview_of(shared, pilot)).passed == ()

    await asyncio.gather(*(driver.click(seed.MAYA, follow_up, text="Leave it as it is") for _ in range(2)))
    await shared.question(root, 2)
    assert len((await interview_of(shared, pilot)).passed) == 1


async def test_a_button_and_words_at_the_same_instant_lose_neither(shared: Workplace) -> None:
    """Whichever comes first settles the question; what the other said is on record as well, with the question it was for."""
    driver = shared.driver
    await shared.registers("Button and words")
    root = await shared.coaches("Button and words")
    question = await shared.question(root, 1)
    await asyncio.gather(
        driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"]),
        driver.click(seed.JONAS, question, text="Not yet"),
    )
    await driver.settled()
    await shared.question(root, 2)
    pilot = await pilot_called(shared, "Button and words")
    answers = await answers_of(shared, pilot)
    first = question["blocks"]
    assert first
    assert {a.item_id for a in answers} == {(await interview_of(shared, pilot)).asked[0]}
    assert any("March" in a.detail for a in answers)


async def test_one_form_submitted_twice_registers_one_pilot(shared: Workplace) -> None:
    driver = shared.driver
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "new")
    form = await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    values = {
        "name": "Submitted twice",
        "problem": "Sorts refund requests.",
        "owner": seed.JONAS,
        "metric": "Refunds sorted",
        "baseline": "22",
        "bar": "60",
    }
    results = await asyncio.gather(
        *(driver.submit_view(seed.MAYA, values, form) for _ in range(2)), return_exceptions=True
    )
    assert None in results
    await shared.sees(seed.AI_PILOTS, "Submitted twice")
    assert await pilots_called(shared, "Submitted twice") == 1


async def test_one_name_from_two_forms_goes_to_one(shared: Workplace) -> None:
    driver = shared.driver
    people = (seed.MAYA, seed.JONAS, seed.LENA)
    for person in people:
        await driver.command(person, seed.AI_PILOTS, "/pilot", "new")
        await driver.wait_view(person, timeout=PATIENCE)
    values = {
        "name": "Wanted name",
        "problem": "Sorts refund requests.",
        "owner": seed.JONAS,
        "metric": "Refunds sorted",
        "baseline": "22",
        "bar": "60",
    }
    results = await asyncio.gather(*(driver.submit_view(person, values) for person in people))
    assert sorted(result is None for result in results) == [False, False, True]
    assert all("already a pilot called" in result["name"] for result in results if result)
    assert await pilots_called(shared, "Wanted name") == 1


async def _audit(place: Workplace, pilot_id: str) -> list[str]:
    entries = await ask(place, lambda tx: tx.audit.of(seed.NORTHWIND, "pilot", pilot_id))
    return [entry.what for entry in entries]
