"""Whoever may not decide, and whatever was forged: one sentence in private, nothing changes, and it is on the record who tried.

Over signed HTTP, so that a request can be sent again, or altered, as somebody could who knows the signing secret.
"""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.reviews import Review
from bot.domain.waivers import day_of
from bot.review.messages import MARK, ActionId, as_seen
from sandbox import seed
from sandbox.reading import text_of
from storage.audit import AuditEntry

from .conftest import PATIENCE, Workplace, workplace
from .record import ask, everything, pilot_called, refused_since, review_of, until
from .test_people_without_the_right import sent
from .test_review_card import opens, playbook, under_review

pytestmark = pytest.mark.asyncio(loop_scope="module")

DECIDING = ("Approve", "Approve with conditions", "Request changes", "Decline")
STRANGER = "U0NOBODY01"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workplace]:
    """A workplace whose review channel Contoso shares; the first gate takes one of security and one of finance."""
    folder = tmp_path_factory.mktemp("rights")
    async with workplace(folder, "http", settings={"PREFLIGHT_PLAYBOOK": playbook(folder)}) as made:
        do = made.driver.actions
        await do.share_channel(seed.GATE_REVIEWS, seed.CONTOSO)
        for person in (seed.CARLA, seed.GUS):
            await do.invite(seed.LENA, seed.GATE_REVIEWS, person)
        everybody = [seed.PRIYA, seed.SAM, seed.GUS, seed.CARLA, seed.DORA, seed.BOT]
        await do.change_usergroup(seed.SECURITY_REVIEWERS, everybody)
        yield made


async def of(place: Workplace, name: str) -> Review:
    return await review_of(place, await pilot_called(place, name))


async def tries_on_record(place: Workplace) -> list[AuditEntry]:
    every = await ask(place, lambda tx: tx.audit.all(seed.NORTHWIND))
    return [one for one in every if one.what == "review.refused"]


async def is_refused(place: Workplace, person: str, why: str, *, after: int) -> AuditEntry:
    """Wait until it is on the record that somebody was refused, and why; nothing else may be there since `after` tries."""
    await until(lambda: _more_than(place, after))
    await place.driver.settled()
    (entry,) = (await tries_on_record(place))[after:]
    assert (entry.actor_id, entry.before) == (person, None)
    assert (entry.after or {})["why"] == why
    return entry


async def _more_than(place: Workplace, count: int) -> bool:
    return len(await tries_on_record(place)) > count


async def told(place: Workplace, person: str, card: dict[str, Any], **control: Any) -> str:
    """Use a control and return the one thing that the person is told in private."""
    already = place.driver.told(person)
    outcome = await place.driver.click(person, card, **control)
    assert outcome.error is None
    said = await place.hears_next(person, already)
    await place.driver.settled()
    assert place.driver.told(person) == already + 1
    assert place.driver.views(person) == []
    return said


def clicked_by(place: Workplace, person: str, value: str) -> dict[str, Any]:
    """Return the last request as if somebody else had sent it just now, whom Slack would not let click."""
    outcome = place.driver.last_outcome
    assert outcome
    forged: dict[str, Any] = json.loads(json.dumps(outcome.payload))
    forged["user"] = {"id": person, "username": "x", "name": "x", "team_id": seed.NORTHWIND}
    forged["trigger_id"] = f"1.2.{person}"
    forged["actions"][0] |= {"action_id": ActionId.APPROVE.value, "value": value}
    return forged


@pytest.mark.parametrize(
    ("person", "why", "words"),
    [
        (seed.CARLA, "FromAnotherWorkspace", "Only people of this workspace can decide a gate"),
        (seed.GUS, "NotAMember", "Guests, bots and deactivated accounts cannot decide a gate"),
        (seed.JONAS, "NotAnApprover", "can decide this gate. Ask one of them"),
        (seed.MAYA, "SelfApproval", "You asked for this promotion, so somebody else has to decide it"),
    ],
)
async def test_who_may_not_decide_is_told_alone_and_is_on_the_record(
    place: Workplace, person: str, why: str, words: str
) -> None:
    name = f"Not by {person}"
    card = await under_review(place, name)
    before, review = await everything(place), await of(place, name)
    for count, button in enumerate(DECIDING, len(await tries_on_record(place))):
        assert words in await told(place, person, card, text=button)
        entry = await is_refused(place, person, why, after=count)
        assert (entry.after or {})["review"] == review.id
        assert (entry.subject_kind, entry.subject_id) == ("pilot", review.pilot_id)
    assert await refused_since(place, before) == len(DECIDING)
    assert (await of(place, name)) == review


@pytest.mark.parametrize("person", [seed.DORA, seed.BOT])
async def test_who_left_and_bots_and_nobody_are_refused_though_slack_would_not_let_them_click(
    place: Workplace, person: str
) -> None:
    name = f"Sent by {person}"
    card = await under_review(place, name)
    review = await of(place, name)
    await told(place, seed.JONAS, card, text="Approve")
    before, count = await everything(place), len(await tries_on_record(place))
    assert (await sent(place, clicked_by(place, person, as_seen(review)))).status_code == 200
    await is_refused(place, person, "NotAMember", after=count)
    assert await refused_since(place, before) == 1


async def test_who_is_taken_out_of_the_group_between_the_card_and_the_click(place: Workplace) -> None:
    name = "Out of the group"
    card, driver = await under_review(place, name), place.driver
    form = await opens(place, seed.TOMAS, card, text="Decline")
    await driver.actions.change_usergroup(seed.FINANCE_PARTNERS, [seed.LENA])
    try:
        await driver.settled()
        before, count = await everything(place), len(await tries_on_record(place))
        errors = await driver.submit_view(seed.TOMAS, {"reason": "Too early."}, form)
        shown = " ".join(errors.values()) if errors else text_of(driver.views(seed.TOMAS)[-1])
        assert "can decide this gate. Ask one of them" in shown
        await driver.close_view(seed.TOMAS, whole_stack=True)
        await is_refused(place, seed.TOMAS, "NotAnApprover", after=count)
        assert "can decide this gate" in await told(place, seed.TOMAS, card, text="Approve")
        await is_refused(place, seed.TOMAS, "NotAnApprover", after=count + 1)
        assert await refused_since(place, before) == 2
    finally:
        await driver.actions.change_usergroup(seed.FINANCE_PARTNERS, [seed.TOMAS, seed.LENA])
    await driver.click(seed.TOMAS, card, text="Approve")
    await driver.wait_until(
        lambda: f"<@{seed.TOMAS}>" in text_of(driver.as_it_stands(card)), timeout=PATIENCE
    )


async def test_forged_values_are_answered_and_change_nothing(place: Workplace) -> None:
    """A control of one card with the value of another, of another workspace's, or with nothing that we ever made."""
    card = await under_review(place, "Forged one")
    await under_review(place, "Forged two")
    theirs = await of_contoso(place, await of(place, "Forged one"))
    before = await everything(place)
    one, two = await of(place, "Forged one"), await of(place, "Forged two")
    mark = two.snapshot_hash[:MARK]
    for value, words, on_record in (
        (f"{one.id}:{mark}", "What you were looking at has changed since", None),
        (f"{one.id}:{'0' * 64}", "What you were looking at has changed since", None),
        (f"{one.id}:{'x' * 10_000}", "What you were looking at has changed since", None),
        (as_seen(theirs), "does not exist any more", "ReviewGone"),
        (f"{one.id.upper()}:", "does not exist any more", "ReviewGone"),
        ("", "does not exist any more", "ReviewGone"),
        ("':--\u202e<!channel>", "does not exist any more", "ReviewGone"),
        ("y" * 10_000, "does not exist any more", "ReviewGone"),
    ):
        for action_id in (
            ActionId.APPROVE,
            ActionId.DECLINE,
            ActionId.APPROVE_WITH,
            ActionId.REQUEST_CHANGES,
        ):
            count = len(await tries_on_record(place))
            said = await told(place, seed.TOMAS, card, action_id=action_id.value, value=value, force=True)
            assert words in said, (value, said)
            assert "<!channel>" not in said
            if on_record:
                entry = await is_refused(place, seed.TOMAS, on_record, after=count)
                assert (entry.after or {})["value"] == value[:100]
    assert await refused_since(place, before) == 5 * 4
    assert (await of(place, "Forged one"), await of(place, "Forged two")) == (one, two)


async def of_contoso(place: Workplace, like: Review) -> Review:
    """Return an open review of the other workspace, as that one has it in the same database."""
    pilot = await ask(place, lambda tx: tx.pilots.get(seed.NORTHWIND, like.pilot_id))
    assert pilot
    there = {"id": "contoso-pilot", "workspace_id": seed.CONTOSO}
    review = like.model_copy(
        update={"id": "contoso-review", "workspace_id": seed.CONTOSO, "pilot_id": "contoso-pilot"}
    )
    store = place.house.office.store
    await store.write(lambda tx: tx.pilots.register(pilot.model_copy(update=there)))
    await store.write(lambda tx: tx.reviews.open(review))
    return review


async def test_a_form_that_was_altered_on_its_way_decides_nothing_else(place: Workplace) -> None:
    card = await under_review(place, "Altered one")
    await under_review(place, "Altered two")
    one, two = await of(place, "Altered one"), await of(place, "Altered two")
    form = await opens(place, seed.TOMAS, card, text="Decline")
    driver, before = place.driver, await everything(place)
    await driver.submit_view(seed.TOMAS, {"reason": " "}, form)
    outcome = driver.last_outcome
    assert outcome
    for private in (
        f"{two.id}:{one.snapshot_hash[:MARK]}",
        "forged",
        "z" * 3000,
        f"{one.id}:{two.snapshot_hash}",
    ):
        forged = json.loads(json.dumps(outcome.payload))
        forged["view"] |= {"private_metadata": private, "hash": f"1.{len(private)}"}
        forged["view"]["state"]["values"]["reason"] = {"reason": {"type": "plain_text_input", "value": "No"}}
        answer = await sent(place, forged)
        assert answer.status_code == 200
        assert "went wrong" not in answer.text
    await driver.settled()
    assert await refused_since(place, before) == 2
    await driver.close_view(seed.TOMAS, whole_stack=True)


async def again(place: Workplace) -> None:
    """Deliver the last request once more, and make sure that nothing comes of it."""
    await place.driver.settled()
    before, outcome = await everything(place), place.driver.last_outcome
    assert outcome
    assert (await sent(place, outcome.payload)).status_code == 200
    await place.driver.settled()
    assert await everything(place) == before


async def in_thread(place: Workplace, name: str, words: str) -> dict[str, Any]:
    """Wait for a word in the thread of a pilot's conversation."""
    root = await place.sees(seed.AI_PILOTS, f"· {name}\n")
    return await place.sees(seed.AI_PILOTS, words, thread_ts=root["ts"])


async def test_every_control_that_is_delivered_twice_is_carried_out_once(place: Workplace) -> None:
    card, driver = await under_review(place, "Delivered twice"), place.driver
    due = (day_of(place.house.office.clock.now()) + timedelta(days=14)).isoformat()

    await opens(place, seed.TOMAS, card, text="Request changes")
    await again(place)
    assert await driver.submit_view(seed.TOMAS, {"question": "Who is on call?"}) is None
    await again(place)
    question = await in_thread(place, "Delivered twice", "Who is on call?")
    await opens(place, seed.MAYA, question, text="Answer")
    assert await driver.submit_view(seed.MAYA, {"reply": "Payments."}) is None
    await again(place)

    await driver.click(seed.SAM, card, text="Approve")
    await again(place)
    await driver.click(seed.SAM, card, action_id="more", selected="Take back my vote")
    await again(place)
    await driver.click(seed.MAYA, card, action_id="more", selected="Withdraw the request")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert await driver.submit_view(seed.MAYA, {}) is None
    await again(place)
    assert (await of(place, "Delivered twice")).state == "withdrawn"

    card = await under_review(place, "Delivered twice more")
    await driver.click(seed.SAM, card, text="Approve")
    await again(place)
    await opens(place, seed.TOMAS, card, text="Approve with conditions")
    rows = {"what_1": "Tell the works council", "owner_1": seed.JONAS, "due_1": due}
    assert await driver.submit_view(seed.TOMAS, rows) is None
    await again(place)
    pilot = await pilot_called(place, "Delivered twice more")
    assert pilot.stage == "shadow"
    assert len(await ask(place, lambda tx: tx.actions.conditions_of_pilot(pilot.id))) == 1
    condition = await in_thread(place, "Delivered twice more", "*Condition:* Tell the works council")
    await opens(place, seed.JONAS, condition, text="It is done")
    assert await driver.submit_view(seed.JONAS, {"reason": "Told on Monday."}) is None
    await again(place)
