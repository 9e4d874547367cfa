"""*Use as answer* and *Use as evidence*: any message becomes one, with its author's words, its address and its files."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.answers import Answer, Status
from sandbox import seed
from sandbox.app_config import app_from_manifest
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, workplace
from .record import answers_of, current_answers, pilot_called, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANIFEST = Path(__file__).parents[2] / "manifest.yaml"
ANSWER, EVIDENCE = "use_as_answer", "use_as_evidence"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workplace]:
    """The app as its manifest describes it: without its entries in the menu of messages nothing here would work."""
    folder = tmp_path_factory.mktemp("shortcuts")
    async with workplace(folder, app=app_from_manifest(MANIFEST)) as made:
        yield made


async def says(
    place: Workplace, text: str, by: str = seed.JONAS, channel: str = seed.AI_PILOTS, **more: Any
) -> dict[str, Any]:
    ts = await place.driver.post(by, channel, text, **more)
    return place.driver.message(channel, ts) | {"channel": channel}


async def picks(
    place: Workplace, message: dict[str, Any], callback_id: str = ANSWER, by: str = seed.MAYA
) -> dict[str, Any]:
    """Use a message's menu and return the window that opens."""
    await place.driver.message_shortcut(by, message, callback_id)
    return await place.driver.wait_view(by, timeout=PATIENCE)


async def current(place: Workplace, name: str, item_id: str, number: int = 1) -> Answer:
    pilot = await pilot_called(place, name)

    async def there() -> Answer | None:
        found = (await current_answers(place, pilot)).get(item_id)
        return found if found and found.revision >= number else None

    answer = await until(there)
    assert answer
    return answer


def link_to(message: dict[str, Any]) -> str:
    return f"/archives/{message['channel']}/p{message['ts'].replace('.', '')}"


async def begun(place: Workplace, name: str) -> dict[str, Any]:
    await place.registers(name)
    root = await place.coaches(name)
    await place.question(root, 1)
    return root


def item_field(view: dict[str, Any]) -> str:
    return next(str(b["block_id"]) for b in view["blocks"] if b["block_id"].startswith("item:"))


async def test_a_colleagues_reply_becomes_the_answer_to_the_open_question(shared: Workplace) -> None:
    root = await begun(shared, "Threads")
    chatter = await says(
        shared,
        "It reads new refunds every minute, see https://wiki.northwind-goods.example/feed",
        by=seed.PRIYA,
        thread_ts=root["ts"],
    )
    window = await picks(shared, chatter)
    assert "It reads new refunds every minute" in text_of(window)
    values = shared.driver.values(window)
    pilot = await pilot_called(shared, "Threads")
    assert pilot.id in str(values)
    assert "integration" in str(values), "the open question is chosen already"
    assert await shared.driver.submit_view(seed.MAYA) is None
    answer = await current(shared, "Threads", "integration")
    assert answer.status is Status.IN_PLACE
    assert (answer.answered_by, answer.message_ts) == (seed.MAYA, chatter["ts"])
    assert answer.detail.endswith("said by priya")
    assert answer.evidence[0] == "https://wiki.northwind-goods.example/feed"
    assert link_to(chatter) in answer.evidence[1]
    assert f"thread_ts={root['ts']}" in answer.evidence[1]
    await shared.sees(seed.AI_PILOTS, "✅ *Integration*", thread_ts=root["ts"])
    await shared.question(root, 2)
    done = shared.driver.views(seed.MAYA)[-1]
    assert "said by priya" in text_of(done), "what was understood is said back"
    await shared.driver.close_view(seed.MAYA)

    window = await picks(shared, chatter)
    assert "Already the answer to integration" in text_of(window)
    told = await shared.driver.submit_view(seed.MAYA, {item_field(window): "integration"})
    assert told is not None
    assert "already the answer to “Integration”" in next(iter(told.values()))
    await shared.driver.submit_view(seed.MAYA, {item_field(window): "monitoring"})
    assert (await current(shared, "Threads", "monitoring")).message_ts == chatter["ts"]
    await shared.driver.close_view(seed.MAYA)


async def test_a_message_elsewhere_asks_for_the_pilot_first(shared: Workplace) -> None:
    for name in ("Elsewhere one", "Elsewhere two"):
        await shared.registers(name)
    message = await says(shared, "Rolled back twice on 3 March, it took 4 minutes.", channel=seed.GENERAL)
    window = await picks(shared, message, by=seed.TOMAS)
    assert "Choose the pilot first" in text_of(window)
    told = await shared.driver.submit_view(seed.TOMAS, {})
    assert told is not None
    pilot = await pilot_called(shared, "Elsewhere two")
    await shared.driver.click(seed.TOMAS, window, action_id="answers.pilot_chosen", selected=pilot.id)

    def offered() -> dict[str, Any] | None:
        top = shared.driver.views(seed.TOMAS)[-1]
        return top if any(b["block_id"].startswith("item:") for b in top["blocks"]) else None

    ready = await shared.driver.wait_until(offered, timeout=PATIENCE, what="the questions of the pilot")
    await shared.driver.submit_view(seed.TOMAS, {item_field(ready): "rollback"})
    answer = await current(shared, "Elsewhere two", "rollback")
    assert answer.detail == "Rolled back twice on 3 March, it took 4 minutes. · said by jonas"
    assert link_to(message) in answer.evidence[0]
    assert await current_answers(shared, await pilot_called(shared, "Elsewhere one")) == {}
    await shared.driver.close_view(seed.TOMAS)


async def test_a_file_is_added_to_the_evidence_of_an_answer(shared: Workplace) -> None:
    root = await begun(shared, "Files")
    await shared.driver.post(
        seed.MAYA,
        seed.AI_PILOTS,
        "Partly, by hand so far; Jonas connects it by 12 December.",
        thread_ts=root["ts"],
    )
    before = await current(shared, "Files", "integration")
    await shared.question(root, 2)  # what comes before it is seen is added to the first answer
    message = await says(shared, "", files=["diagram.txt"], thread_ts=root["ts"])
    window = await picks(shared, message, EVIDENCE)
    assert "1 file" in text_of(window)
    await shared.driver.submit_view(seed.MAYA, {item_field(window): "integration"})
    answer = await current(shared, "Files", "integration", before.revision + 1)
    assert (answer.status, answer.detail) == (before.status, before.detail)
    assert link_to(message) in answer.evidence[0]
    assert len(answer.evidence) == 2
    await shared.driver.close_view(seed.MAYA)
    window = await picks(shared, message, EVIDENCE)
    told = await shared.driver.submit_view(seed.MAYA, {item_field(window): "integration"})
    assert told is not None
    assert "already among the evidence" in next(iter(told.values()))
    await shared.driver.close_view(seed.MAYA)


async def test_a_link_alone_answers_what_nobody_has_answered(shared: Workplace) -> None:
    root = await begun(shared, "Alone")
    message = await says(shared, "The dashboard", files=["shot.txt"], thread_ts=root["ts"])
    window = await picks(shared, message, EVIDENCE)
    await shared.driver.submit_view(seed.MAYA, {item_field(window): "monitoring"})
    answer = await current(shared, "Alone", "monitoring")
    assert answer.status is Status.IN_PLACE
    assert len(answer.evidence) == 2
    await shared.driver.close_view(seed.MAYA)


async def test_what_cannot_be_used_is_said_kindly(shared: Workplace) -> None:
    root = await begun(shared, "Refused")
    told = shared.driver.told(seed.MAYA)
    await shared.driver.message_shortcut(seed.MAYA, root | {"channel": seed.AI_PILOTS}, ANSWER)
    assert "a message of mine" in await shared.hears_next(seed.MAYA, told)
    message = await says(shared, "Yes, it is live since March.", by=seed.PRIYA, thread_ts=root["ts"])
    told = shared.driver.told(seed.GUS)
    await shared.driver.message_shortcut(seed.GUS, message, ANSWER)
    assert "cannot answer here" in await shared.hears_next(seed.GUS, told)
    assert shared.driver.views(seed.MAYA) == shared.driver.views(seed.GUS) == []
    assert await answers_of(shared, await pilot_called(shared, "Refused")) == []


async def test_a_very_long_message_is_taken_as_far_as_it_fits_and_its_link_leads_to_the_rest(
    shared: Workplace,
) -> None:
    root = await begun(shared, "Long")
    message = await says(
        shared,
        'Every refund is read <@U0PRIYANAI> & written "back" at once.\n' * 60,
        by=seed.PRIYA,
        thread_ts=root["ts"],
    )
    window = await picks(shared, message)
    assert "its beginning is taken" in text_of(window)
    await shared.driver.submit_view(seed.MAYA)
    answer = await current(shared, "Long", "integration")
    assert len(answer.detail) > 1500
    assert "…" in answer.detail
    assert "@priya & written" in answer.detail
    assert link_to(message) in answer.evidence[0]
    await shared.driver.close_view(seed.MAYA)
