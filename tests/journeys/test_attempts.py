"""Whoever tries to move a pilot, or to decide about a waiver, without the right to is told so alone, and it is on the record."""

from pathlib import Path

import pytest

from sandbox import seed
from storage.audit import AuditEntry

from .conftest import Workplace, workplace
from .record import ask, pilot_called
from .test_stage_moves import commands
from .test_waivers import asks, held_back

NAME = "Refund triage"


async def attempts(place: Workplace) -> list[AuditEntry]:
    """Return what is on the record of a pilot about those who were refused, oldest first."""
    pilot = await pilot_called(place, NAME)
    every = await ask(place, lambda tx: tx.audit.of(seed.NORTHWIND, "pilot", pilot.id))
    return [one for one in every if one.what.endswith("_refused")]


async def told(place: Workplace) -> list[tuple[str, str, str]]:
    return [(one.what, one.actor_id, (one.after or {})["why"]) for one in await attempts(place)]


async def test_moves_that_somebody_has_no_right_to_are_on_the_record(tmp_path: Path) -> None:
    async with workplace(tmp_path, settings={"PREFLIGHT_PLAYBOOK": None}) as place:
        await place.registers(NAME, stage="pilot")
        for word in ("hold", "resume", "retire", "rollback", "breakglass"):
            await commands(place, seed.TOMAS, f"{word} {NAME}")
        assert place.driver.views(seed.TOMAS) == []

        assert await told(place) == [
            ("pilot.hold_refused", seed.TOMAS, "NotYours"),
            ("pilot.resumption_refused", seed.TOMAS, "NotYours"),
            ("pilot.retirement_refused", seed.TOMAS, "NotYours"),
            ("pilot.rollback_refused", seed.TOMAS, "NotForRollback"),
            ("pilot.break_glass_refused", seed.TOMAS, "NotForBreakGlass"),
        ]


async def test_what_somebody_may_do_but_cannot_now_is_no_attempt(place: Workplace) -> None:
    await place.registers(NAME)
    assert "not on hold" in await commands(place, seed.MAYA, f"resume {NAME}")
    assert "no earlier stage" in await commands(place, seed.MAYA, f"rollback {NAME}")
    assert await told(place) == []


@pytest.mark.parametrize("button", ["Grant", "Refuse"])
async def test_a_waiver_that_somebody_may_not_decide(place: Workplace, button: str) -> None:
    card = await asks(place, await held_back(place))
    await place.driver.click(seed.MAYA, card, text=button)
    await place.driver.click(seed.JONAS, card, text=button)
    await place.driver.settled()

    assert place.driver.views(seed.JONAS) == []
    assert await told(place) == [
        ("waiver.decision_refused", seed.MAYA, "AskedItYourself"),
        ("waiver.decision_refused", seed.JONAS, "MayNotWaive"),
    ]


async def test_where_slack_does_not_say_who_is_in_the_owning_group_nobody_is_said_to_lack_the_right(
    office: Workplace,
) -> None:
    driver = office.driver
    card = await asks(office, await held_back(office, owner=None, owner_group=seed.PAYMENTS_OPS))
    await driver.click(seed.PRIYA, card, text="Grant")
    settled = await office.sees(seed.GATE_REVIEWS, "*Granted*")

    office.sandbox.faults.on_call("usergroups.users.list", "status", count=1)
    await driver.click(seed.SAM, settled, text="Revoke")
    await office.is_told(seed.SAM, "Slack did not say who may decide")
    assert await told(office) == []

    await driver.click(seed.SAM, settled, text="Revoke")
    await driver.wait_view(seed.SAM, title="Revoke")
    await driver.actions.change_usergroup(seed.PAYMENTS_OPS, [seed.JONAS])
    await driver.click(seed.SAM, settled, text="Revoke")
    await office.is_told(seed.SAM, "can revoke this waiver")
    assert await told(office) == [("waiver.revocation_refused", seed.SAM, "MayNotRevoke")]


async def test_whoever_registered_a_pilot_revokes_as_one_of_the_group_that_owns_it(office: Workplace) -> None:
    driver = office.driver
    summary = await held_back(
        office, by=seed.SAM, champion=seed.MAYA, owner=None, owner_group=seed.PAYMENTS_OPS
    )
    card = await asks(office, summary)
    await driver.click(seed.PRIYA, card, text="Grant")
    settled = await office.sees(seed.GATE_REVIEWS, "*Granted*")
    await driver.click(seed.SAM, settled, text="Revoke")
    await driver.wait_view(seed.SAM, title="Revoke")
