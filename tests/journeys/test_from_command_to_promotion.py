"""The main journey: from a slash command to an approved promotion, as the people involved see it."""

from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable


async def test_a_pilot_is_registered_coached_and_promoted(place: Workplace) -> None:
    driver = place.driver

    card = await place.registers()
    assert "22 % → bar 60 %" in text_of(card)
    root = await place.coaches()
    assert "0 of 7" in text_of(root)

    # a button, an answer in words, a vague one and what it becomes
    first = await place.question(root, 1)
    assert {"In place", "Partly", "Not yet", "Does not apply", "Skip"} <= set(text_of(first).splitlines())
    await driver.click(seed.MAYA, first, text="Not yet")
    await place.question(root, 2)
    await driver.post(seed.MAYA, seed.AI_PILOTS, "We will monitor it", thread_ts=root["ts"])
    await place.sees(seed.AI_PILOTS, "Leave it as it is", thread_ts=root["ts"])
    await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(2), thread_ts=root["ts"])
    for number in range(3, 7):
        await place.question(root, number)
        await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(number), thread_ts=root["ts"])
    last = await place.question(root, 7)
    await driver.click(seed.MAYA, last, text="Not yet")

    summary = await place.sees(seed.AI_PILOTS, "Five of seven are in place")
    assert "still a pilot, not a production system: integration and rollback are missing" in text_of(summary)
    assert "thread_ts" not in summary

    # not ready: the request is refused in private, with what is missing
    await driver.click(seed.MAYA, summary, text="Request promotion")
    assert "integration and rollback" in await place.is_told(seed.MAYA, "cannot be promoted yet")
    assert driver.messages(seed.GATE_REVIEWS) == []

    # the two gaps are closed in a second, short interview
    await driver.click(seed.MAYA, summary, text="Continue readiness")
    again = await place.sees(seed.AI_PILOTS, "0 of 2")
    await place.answers_everything(again, total=2)
    ready = await place.sees(seed.AI_PILOTS, "All seven are in place")

    await driver.click(seed.MAYA, ready, text="Request promotion")
    review = await place.sees(seed.GATE_REVIEWS, "Refund triage")
    assert "All 7 in place" in text_of(review)
    await place.sees(seed.AI_PILOTS, "with @gate-approvers", thread_ts=again["ts"])

    # neither by the requester nor without the role
    await driver.click(seed.MAYA, review, text="Approve")
    await place.is_told(seed.MAYA, "somebody else has to decide it")
    await driver.click(seed.JONAS, review, text="Approve")
    await place.is_told(seed.JONAS, "Only")

    await driver.click(seed.PRIYA, review, text="Approve")
    decided = await place.sees(seed.GATE_REVIEWS, "Approved")
    assert decided["ts"] == review["ts"]
    assert "Decline" not in text_of(decided)
    await place.sees(seed.AI_PILOTS, f"<@{seed.MAYA}>", thread_ts=again["ts"])
    assert "shadow" in text_of(driver.message(seed.AI_PILOTS, card["ts"]))


async def test_a_decline_needs_a_reason_and_reaches_the_requester(place: Workplace) -> None:
    driver = place.driver
    await place.registers()
    root = await place.coaches()
    await place.answers_everything(root)
    ready = await place.sees(seed.AI_PILOTS, "All seven are in place")
    await driver.click(seed.MAYA, ready, text="Request promotion")
    review = await place.sees(seed.GATE_REVIEWS, "Refund triage")

    await driver.click(seed.TOMAS, review, text="Decline")
    await driver.wait_view(seed.TOMAS)
    assert await driver.submit_view(seed.TOMAS, {"reason": "   "}) is not None
    assert await driver.submit_view(seed.TOMAS, {"reason": "The price of one case is from a demo."}) is None
    await place.sees(seed.GATE_REVIEWS, "The price of one case is from a demo.")
    await place.sees(seed.AI_PILOTS, "The price of one case is from a demo.", thread_ts=root["ts"])


async def test_status_list_and_help_answer_in_private_and_can_be_shared(place: Workplace) -> None:
    driver = place.driver
    await place.registers()
    for text, expected in (
        ("status", "None of the seven"),
        ("list", "Refund triage"),
        ("help", "/pilot coach"),
    ):
        await driver.command(seed.PRIYA, seed.AI_PILOTS, "/pilot", text)
        await place.is_told(seed.PRIYA, expected)
        private = driver.ephemerals(seed.PRIYA, seed.AI_PILOTS)[-1]
        await driver.click(seed.PRIYA, private, text="Share in channel")
        shared = await place.sees(seed.AI_PILOTS, expected)
        assert "Share in channel" not in text_of(shared)
        await driver.wait_until(lambda: driver.ephemerals(seed.PRIYA, seed.AI_PILOTS) == [], timeout=PATIENCE)


async def test_a_pilot_is_retired_by_a_command_or_from_its_card(office: Workplace) -> None:
    driver = office.driver
    card = await office.registers()
    await driver.click(seed.MAYA, card, selected="Retire")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    await driver.close_view(seed.MAYA)
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "retire Refund triage")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    ended = {"reason": "One case cost three times its value.", "learned": "Price one case first."}
    assert await driver.submit_view(seed.MAYA, ended) is None
    await office.sees(seed.AI_PILOTS, "One case cost three times its value.", thread_ts=card["ts"])
    assert "retired" in text_of(driver.message(seed.AI_PILOTS, card["ts"]))
