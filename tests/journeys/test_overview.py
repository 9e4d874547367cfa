"""What people ask for beside the conversation: the full report, what awaits them, and starting from the Home tab."""

from pathlib import Path

from sandbox import seed
from sandbox.faults import Faults
from sandbox.reading import text_of

from .conftest import PATIENCE, TRANSPORTS, Workplace, checkable, workplace


async def test_the_full_report_comes_as_a_file_in_the_thread(office: Workplace) -> None:
    driver = office.driver
    await office.registers()
    root = await office.coaches()
    await office.answers_everything(root)
    summary = await office.sees(seed.AI_PILOTS, "All seven are in place")
    await driver.click(seed.MAYA, summary, text="Full report")
    await office.is_told(seed.MAYA, "The full report of Refund triage is in")

    (shared,) = [one for one in driver.thread(seed.AI_PILOTS, root["ts"]) if one.get("files")]
    (file,) = shared["files"]
    assert (file["name"], file["title"]) == ("refund-triage-readiness.md", "Refund triage")
    content = office.sandbox.state.files[file["id"]]["content"]
    assert "7 of 7" in content or "Everything that shadow needs is in place." in content
    assert "https://wiki.northwind-goods.example/proof/3" in content
    assert content.count("### ✅") == 7


async def test_a_click_that_is_delivered_twice_brings_one_report(tmp_path: Path) -> None:
    faults = Faults()
    faults.on_delivery("*", "duplicate")
    async with workplace(tmp_path, TRANSPORTS[0], faults=faults) as place:
        await place.registers()
        root = await place.coaches()
        await place.answers_everything(root)
        summary = await place.sees(seed.AI_PILOTS, "All seven are in place")
        for person in (
            seed.MAYA,
            seed.JONAS,
        ):  # when the second has theirs, all of the first's would be there
            await place.driver.click(person, summary, text="Full report")
            await place.is_told(person, "The full report of Refund triage is in")
        thread = place.driver.thread(seed.AI_PILOTS, root["ts"])
        assert len([one for one in thread if one.get("files")]) == 2


async def test_a_guest_does_not_get_the_report(office: Workplace) -> None:
    await office.registers()
    root = await office.coaches()
    await office.answers_everything(root)
    summary = await office.sees(seed.AI_PILOTS, "All seven are in place")
    await office.driver.click(seed.GUS, summary, text="Full report")
    await office.is_told(seed.GUS, "uests")
    assert not [one for one in office.driver.thread(seed.AI_PILOTS, root["ts"]) if one.get("files")]


async def test_questions_are_started_and_resumed_from_the_home_tab(office: Workplace) -> None:
    driver = office.driver
    await office.registers()
    home = await driver.open_home(seed.MAYA)
    await driver.click(seed.MAYA, home, text="Continue readiness")
    view = await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert f"<#{seed.AI_PILOTS}>" in text_of(view)
    await driver.close_view(seed.MAYA)
    root = await office.sees(seed.AI_PILOTS, "· Refund triage\n▱")
    await office.question(root, 1)
    await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await office.question(root, 2)

    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "mine")
    assert "6 questions left" in await office.is_told(seed.MAYA, "One thing awaits you")
    assert "6 questions left" in text_of(await driver.open_home(seed.MAYA))


async def test_nothing_awaits_a_stranger(office: Workplace) -> None:
    await office.registers()
    await office.driver.command(seed.SAM, seed.AI_PILOTS, "/pilot", "mine")
    await office.is_told(seed.SAM, "Nothing awaits you")
