"""Each kind of answer in its own form, on the page and in words: what people enter is understood, kept and said back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.answers import Answer, Status
from bot.domain.playbook import AnswerKind
from prompts.library import Library
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, workplace
from .record import current_answers, pilot_called, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

KINDS = Path(__file__).parents[1] / "playbook_kinds"
WIKI = "https://wiki.northwind-goods.example/proof"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workplace]:
    folder = tmp_path_factory.mktemp("kinds")
    async with workplace(folder, settings={"PREFLIGHT_PLAYBOOK": KINDS}) as made:
        yield made


@dataclass(frozen=True)
class Entry:
    """What somebody enters into the form of a kind, and what comes of it."""

    item_id: str
    entered: dict[str, Any]
    value: dict[str, Any]
    said: str
    """What the thread's line says of it."""


ENTRIES = [
    Entry("number", {"value": "4000.5"}, {"number": Decimal("4000.5"), "unit": "cases a week"}, "4,000.5 cases a week"),
    Entry("money", {"value": "0.11", "unit": "CHF"}, {"number": Decimal("0.11"), "unit": "CHF"}, "0.11"),
    Entry("percentage", {"value": "62"}, {"number": Decimal(62), "unit": "%"}, "62 %"),
    Entry("date", {"value": "2026-03-03"}, {"on": date(2026, 3, 3)}, "3 Mar"),
    Entry("link", {"value": WIKI}, {"ids": (WIKI,)}, "wiki.northwind-goods.example"),
    Entry("person", {"value": seed.PRIYA}, {"ids": (seed.PRIYA,)}, "@priya"),
    Entry("group", {"value": seed.PAYMENTS_OPS}, {"ids": (seed.PAYMENTS_OPS,)}, seed.PAYMENTS_OPS),
    Entry("choice", {"value": "Nightly export"}, {"ids": ("export",)}, "Nightly export"),
    Entry("region", {"value": "Region 12"}, {"ids": ("r12",)}, "Region 12"),
    Entry("choices", {"value": ["What came in", "The version"]}, {"ids": ("input", "version")}, "The version"),
    Entry("languages", {"value": ["l2", "l11"]}, {"ids": ("l2", "l11")}, "Language 11"),
    Entry("status", {"status": "In place", "detail": "Yes, the on-call team used it in a drill, see the log."}, {}, "the on-call team used it"),
    Entry("text", {"detail": "Which refund a customer gets, for Support."}, {}, "Which refund a customer gets"),
    Entry("copying", {"status": "No", "detail": "No, nobody has since 3 March, the log shows it."}, {}, "nobody has since"),
]  # fmt: skip


async def opens(place: Workplace, name: str, item_id: str, by: str = seed.MAYA) -> dict[str, Any]:
    """Open the form of an item, as its button does wherever it stands."""
    pilot = await pilot_called(place, name)
    card = await place.sees(seed.AI_PILOTS, name)
    await place.driver.click(by, card, action_id="answers.write", value=f"{pilot.id}:{item_id}", force=True)
    return await place.driver.wait_view(by, timeout=PATIENCE)


async def given(place: Workplace, name: str, item_id: str) -> Answer:
    pilot = await pilot_called(place, name)

    async def found() -> Answer | None:
        return (await current_answers(place, pilot)).get(item_id)

    answer = await until(found)
    assert answer
    return answer


async def listed(place: Workplace, name: str, by: str = seed.MAYA) -> str:
    """Return all that the list of a pilot's answers says, and close it."""
    pilot = await pilot_called(place, name)
    card = await place.sees(seed.AI_PILOTS, name)
    await place.driver.click(by, card, action_id="answers.list", value=pilot.id, force=True)
    view = await place.driver.wait_view(by, title="All answers", timeout=PATIENCE)
    await place.driver.close_view(by)
    return text_of(view)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.item_id)
async def test_a_kind_of_answer_in_its_form(shared: Workplace, entry: Entry) -> None:
    name = f"Form {entry.item_id}"
    await shared.registers(name)
    await opens(shared, name, entry.item_id)
    assert await shared.driver.submit_view(seed.MAYA, entry.entered) is None
    answer = await given(shared, name, entry.item_id)
    assert answer.status is Status.IN_PLACE
    said = answer.value.model_dump(exclude={"kind"}, exclude_defaults=True) if answer.value else {}
    assert said == entry.value
    assert entry.said in await listed(shared, name)
    # and the form shows it again, so that saving it once more changes nothing but the day
    await opens(shared, name, entry.item_id)
    assert await shared.driver.submit_view(seed.MAYA) is None
    pilot = await pilot_called(shared, name)

    async def twice() -> Answer | None:
        current = (await current_answers(shared, pilot))[entry.item_id]
        return current if current.revision == 2 else None

    again = await until(twice)
    assert again
    assert (again.value, again.detail, again.evidence) == (answer.value, answer.detail, answer.evidence)


async def test_what_is_wrong_with_a_form_is_said_at_its_fields_and_nothing_is_kept(shared: Workplace) -> None:
    await shared.registers("Wrong forms")
    await opens(shared, "Wrong forms", "money")
    wrong = await shared.driver.submit_view(seed.MAYA, {"evidence": "in the wiki"})
    assert wrong is not None
    assert set(wrong) == {"value", "evidence"}
    assert "https://" in wrong["evidence"]
    wrong = await shared.driver.submit_view(seed.MAYA, {"status": "Does not apply", "evidence": ""})
    assert wrong is not None
    assert set(wrong) == {"detail"}
    assert await current_answers(shared, await pilot_called(shared, "Wrong forms")) == {}
    await shared.driver.close_view(seed.MAYA)


async def test_partly_takes_who_and_by_when_and_the_line_says_so(shared: Workplace) -> None:
    await shared.registers("Plans")
    root = await shared.coaches("Plans")
    await opens(shared, "Plans", "status")
    plan = {"status": "Partly", "detail": "Half of it is written.", "who": seed.JONAS, "by": "2099-12-12"}
    assert await shared.driver.submit_view(seed.MAYA, plan) is None
    answer = await given(shared, "Plans", "status")
    assert answer.plan
    assert (answer.plan.who, answer.plan.by) == (seed.JONAS, date(2099, 12, 12))
    line = await shared.sees(seed.AI_PILOTS, "Half of it is written", thread_ts=root["ts"])
    assert f"<@{seed.JONAS}>" in text_of(line)


async def test_every_kind_is_answered_from_its_question_and_becomes_a_line(shared: Workplace) -> None:
    """Each question has the control that fits; a form opens where a control cannot take the answer."""
    driver = shared.driver
    await shared.registers("All kinds")
    root = await shared.coaches("All kinds")
    controls = {"choice": "Nightly export", "date": "2026-03-03", "person": seed.PRIYA, "region": "r12"}
    for number, item in enumerate(shared.house.office.library.playbook.checklists[0].items, start=1):
        entry = next(one for one in ENTRIES if one.item_id == item.id)
        question = await shared.question(root, number)
        if item.kind in {AnswerKind.STATUS, AnswerKind.TEXT}:
            await driver.post(seed.MAYA, seed.AI_PILOTS, str(entry.entered["detail"]), thread_ts=root["ts"])
        elif item.id in {"date", "person", "region"}:
            block = next(block["block_id"] for block in question["blocks"] if block["type"] == "actions")
            await driver.click(seed.MAYA, question, block_id=block, selected=controls[item.id])
        elif item.id == "choice":
            await driver.click(seed.MAYA, question, text=controls[item.id])
        else:
            await driver.click(seed.MAYA, question, text="Write the answer")
            await driver.wait_view(seed.MAYA, timeout=PATIENCE)
            assert await driver.submit_view(seed.MAYA, entry.entered) is None
        line = await shared.sees(seed.AI_PILOTS, f"✅ *{item.title}*", thread_ts=root["ts"])
        assert entry.said in text_of(line)
    pilot = await pilot_called(shared, "All kinds")
    answers = await current_answers(shared, pilot)
    for entry in ENTRIES:
        value = answers[entry.item_id].value
        said = value.model_dump(exclude={"kind"}, exclude_defaults=True) if value else {}
        assert said == entry.value, entry.item_id
    await shared.sees(seed.AI_PILOTS, "*All kinds*")


async def test_an_item_of_every_kind_is_asked_for_in_the_playbook() -> None:
    items = Library.load(KINDS).playbook.checklists[0].items
    assert {item.kind for item in items} == set(AnswerKind)
    assert {item.id for item in items} == {entry.item_id for entry in ENTRIES}
