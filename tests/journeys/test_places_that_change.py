"""Channels, groups and settings that go away while something is under way: it fails closed, is told once, and goes on later."""

from pathlib import Path
from typing import Any

import pytest

from bot.domain.messages import OutboundMessage
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable, workplace
from .record import (
    answers_of,
    check_shown_exactly_once,
    decisions_on,
    everything,
    message_rows,
    pilot_called,
    review_of,
    until,
)


async def before_approvers(place: Workplace, channel: str = seed.GATE_REVIEWS) -> dict[str, Any]:
    """Return the review card of a pilot that is ready and asks for its promotion."""
    await place.registers()
    root = await place.coaches()
    await place.answers_everything(root)
    ready = await place.sees(seed.AI_PILOTS, "*Refund triage* is ready")
    await place.driver.click(seed.MAYA, ready, text="Request promotion")
    return await place.sees(channel, "asks to go from")


def told_operations(place: Workplace) -> list[str]:
    return [text_of(m) for m in place.driver.messages(seed.PREFLIGHT_OPS) if m.get("bot_id")]


async def failed(place: Workplace) -> list[OutboundMessage]:
    return [row for row in await message_rows(place) if row.failed]


async def test_a_group_that_is_deleted_under_an_open_review_closes_the_gate(office: Workplace) -> None:
    """Nobody is an approver from memory: without the group nobody decides, and everybody is told what is missing."""
    card = await before_approvers(office)
    group = office.sandbox.state.usergroups.pop(seed.GATE_APPROVERS)
    before = await everything(office)
    for button in ("Approve", "Decline"):
        already = office.driver.told(seed.PRIYA)
        await office.driver.click(seed.PRIYA, card, text=button)
        said = await office.hears_next(seed.PRIYA, already)
        assert "There is no user group" in said
        assert "administrator" in said
        assert "S0GATEAPPR" not in said
    assert office.driver.views(seed.PRIYA) == []
    assert await everything(office) == before

    office.sandbox.state.usergroups[seed.GATE_APPROVERS] = group
    await office.driver.click(seed.PRIYA, card, text="Approve")
    await office.sees(seed.GATE_REVIEWS, f"*Approved* by <@{seed.PRIYA}>")


async def test_who_left_the_group_since_the_request_cannot_decide(office: Workplace) -> None:
    card = await before_approvers(office)
    await office.driver.actions.change_usergroup(seed.GATE_APPROVERS, [seed.TOMAS])
    await office.driver.click(seed.PRIYA, card, text="Approve")
    assert "can decide this gate" in await office.is_told(seed.PRIYA, "Only")
    assert await decisions_on(office, await pilot_called(office, "Refund triage")) == []


async def test_a_group_of_nobody_but_the_requester_is_told_before_anybody_waits(office: Workplace) -> None:
    await office.registers()
    root = await office.coaches()
    await office.answers_everything(root)
    ready = await office.sees(seed.AI_PILOTS, "*Refund triage* is ready")
    await office.driver.actions.change_usergroup(seed.GATE_APPROVERS, [seed.MAYA])
    await office.driver.click(seed.MAYA, ready, text="Request promotion")
    said = await office.is_told(seed.MAYA, "Nobody could decide this gate yet")
    assert "@gate-approvers" in said
    assert office.driver.messages(seed.GATE_REVIEWS) == []


async def test_slack_not_answering_who_may_decide_changes_nothing(office: Workplace) -> None:
    card = await before_approvers(office)
    before = await everything(office)
    office.sandbox.faults.on_call("usergroups.users.list", "status", count=1)
    await office.driver.click(seed.PRIYA, card, text="Approve")
    await office.is_told(seed.PRIYA, "Slack did not say who may decide")
    assert await everything(office) == before
    await office.driver.click(seed.PRIYA, card, text="Approve")
    await office.sees(seed.GATE_REVIEWS, "*Approved*")


@pytest.mark.parametrize("setting", [None, "no-such-channel"], ids=["not set", "not found"])
async def test_without_a_review_channel_the_card_goes_to_the_pilots_channel(
    tmp_path: Path, setting: str | None
) -> None:
    settings = {"PREFLIGHT_REVIEW_CHANNEL": setting}
    async with workplace(tmp_path, settings=settings) as place:
        card = await before_approvers(place, seed.AI_PILOTS)
        await place.driver.click(seed.PRIYA, card, text="Approve")
        await place.sees(seed.AI_PILOTS, f"*Approved* by <@{seed.PRIYA}>")
        assert place.driver.messages(seed.GATE_REVIEWS) == []


async def test_removed_in_the_middle_and_invited_again(office: Workplace) -> None:
    """What could not be sent is kept, operations hear of it once, and it all comes once the bot is back."""
    driver = office.driver
    await office.registers()
    root = await office.coaches()
    question = await office.question(root, 1)
    await driver.actions.remove_bot(seed.LENA, seed.AI_PILOTS)
    await driver.click(seed.MAYA, question, text="Not yet")
    await until(lambda: failed(office))
    await office.sees(seed.PREFLIGHT_OPS, "could not be delivered")
    notice = told_operations(office)[0]
    assert f"<#{seed.AI_PILOTS}>" in notice
    assert "not_in_channel" in notice
    pilot = await pilot_called(office, "Refund triage")
    assert len(await answers_of(office, pilot)) == 1

    await driver.actions.invite_bot(seed.LENA, seed.AI_PILOTS)
    await office.question(root, 2)
    await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(2), thread_ts=root["ts"])
    await office.question(root, 3)
    await until(lambda: none_failed(office))
    await check_shown_exactly_once(office)
    assert len(told_operations(office)) == 1


async def test_many_messages_that_one_channel_refuses_are_one_notice(office: Workplace) -> None:
    driver = office.driver
    questions = []
    for name in ("First", "Second", "Third"):
        await office.registers(name)
        questions.append(await office.question(await office.coaches(name), 1))
    await driver.actions.remove_bot(seed.LENA, seed.AI_PILOTS)
    for question in questions:
        await driver.click(seed.MAYA, question, text="Not yet")

    async def three_refused() -> bool:
        return len(await failed(office)) >= 3

    await until(three_refused)
    await office.sees(seed.PREFLIGHT_OPS, "could not be delivered")
    await driver.actions.invite_bot(seed.LENA, seed.AI_PILOTS)
    await until(lambda: none_failed(office))
    await check_shown_exactly_once(office)
    assert len(told_operations(office)) == 1


async def none_failed(place: Workplace) -> bool:
    return not await failed(place)


async def test_archived_in_the_middle_and_opened_again(office: Workplace) -> None:
    driver = office.driver
    await office.registers()
    root = await office.coaches()
    question = await office.question(root, 1)
    await driver.actions.archive_channel(seed.LENA, seed.AI_PILOTS)
    await driver.click(seed.MAYA, question, text="Not yet")
    await office.sees(seed.PREFLIGHT_OPS, "is_archived")
    await driver.actions.archive_channel(seed.LENA, seed.AI_PILOTS, archived=False)
    await office.question(root, 2)
    await check_shown_exactly_once(office)


async def test_registering_into_an_archived_channel_is_refused_at_its_field(office: Workplace) -> None:
    driver = office.driver
    await driver.command(seed.MAYA, seed.GATE_REVIEWS, "/pilot", "new")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    await driver.actions.archive_channel(seed.LENA, seed.AI_PILOTS)
    values = {
        "name": "Archived",
        "problem": "Sorts refund requests.",
        "owner": seed.JONAS,
        "channel": seed.AI_PILOTS,
        "metric": "Refunds sorted",
        "baseline": "22",
        "bar": "60",
    }
    refused = await driver.submit_view(seed.MAYA, values)
    assert refused is not None
    assert "archived" in refused["channel"]
    assert await driver.submit_view(seed.MAYA, {"channel": seed.GATE_REVIEWS}) is None
    await office.sees(seed.GATE_REVIEWS, "*Archived*")


async def test_an_owner_who_cannot_be_written_to_is_told_to_operations(office: Workplace) -> None:
    """The owner has left: the champion hears instead of nobody."""
    await office.registers()
    await office.driver.actions.deactivate(seed.JONAS)
    await office.driver.settled()
    for _ in range(5):
        await office.driver.fast_forward(days=1)
    nudge = await office.driver.wait_dm(seed.MAYA, "*Refund triage*: ", timeout=PATIENCE)
    assert f"<@{seed.JONAS}> has gone." in text_of(nudge)
    assert not any("*Refund triage*: " in text_of(one) for one in office.driver.dms(seed.JONAS))


async def test_a_review_that_expired_says_so_and_the_next_one_can_be_asked_for(office: Workplace) -> None:
    card = await before_approvers(office)
    review = await review_of(office, await pilot_called(office, "Refund triage"))
    wait = review.expires_at - office.house.office.clock.now()
    await office.driver.fast_forward(hours=wait.total_seconds() / 3600 + 0.1)
    await office.sees(seed.GATE_REVIEWS, "*Expired*")
    await office.driver.click(seed.PRIYA, card, text="Approve")
    assert "already decided: expired" in await office.is_told(seed.PRIYA, "already decided")
    ready = await office.sees(seed.AI_PILOTS, "*Refund triage* is ready")
    await office.driver.click(seed.MAYA, ready, text="Request promotion")
    again = await office.sees(seed.GATE_REVIEWS, "*Needs one:*")
    assert again["ts"] != card["ts"]
