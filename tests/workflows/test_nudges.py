"""Nudges, without Slack: who hears, when, once, and what the buttons do."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from bot.desk import Desk, Rooms
from bot.domain.answers import Reading, Status
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.values import Occasion
from bot.handover import workflow as handover
from bot.interview import workflow as interviews
from bot.nudges import workflow as nudges
from bot.nudges.messages import LINES_SHOWN
from bot.pilots import workflow as pilots
from bot.pilots.errors import NotYours
from bot.stages import workflow as stages
from prompts.library import Library
from storage.transaction import Tx

from .conftest import JONAS, MAYA, SAM, WORKSPACE, House, registration


def quiet_for(house: House, **time: float) -> None:
    house.later(**time)
    house.do(nudges.sweep, "preflight")


def direct_messages(house: House, person: str) -> list[str]:
    """Return the days on which somebody was told something."""
    sent = house.store.read_sync(lambda tx: tx.messages.unsent(house.now, 1000))
    return [m.key.rsplit(":", 1)[1] for m in sent if m.key.startswith(f"nudge:{person}:")]


def test_nobody_hears_before_a_pilot_is_quiet(house: House, pilot: Pilot) -> None:
    quiet_for(house, days=3)
    assert direct_messages(house, JONAS) == []


def test_the_owner_hears_once_however_often_the_sweep_runs(house: House, pilot: Pilot) -> None:
    quiet_for(house, days=14)
    for _ in range(5):
        quiet_for(house, minutes=1)
    assert len(direct_messages(house, JONAS)) == 1
    assert direct_messages(house, MAYA) == []
    assert "nudge.sent" in house.audited(pilot.id)


def test_a_slot_missed_while_everything_was_down_is_told_once(house: House, pilot: Pilot) -> None:
    quiet_for(house, days=15)
    assert len(direct_messages(house, JONAS)) == 1


@pytest.mark.parametrize(
    "inopportune",
    [
        datetime(2026, 12, 19, 10, tzinfo=UTC),
        datetime(2026, 12, 21, 3, tzinfo=UTC),
        datetime(2026, 12, 21, 22, tzinfo=UTC),
    ],
)
def test_weekends_and_nights_are_left_alone_until_the_next_working_morning(
    house: House, pilot: Pilot, inopportune: datetime
) -> None:
    house.now = inopportune
    house.do(nudges.sweep, "preflight")
    assert direct_messages(house, JONAS) == []
    due = house.pilot(pilot.id).next_nudge_at
    assert due
    house.now = due
    house.do(nudges.sweep, "preflight")
    assert len(direct_messages(house, JONAS)) == 1


def test_two_quiet_pilots_come_in_one_message(house: House, pilot: Pilot) -> None:
    other = house.do(pilots.register, MAYA, registration(name="Invoice matching"))
    quiet_for(house, days=14)
    (day,) = direct_messages(house, JONAS)
    said = house.words(f"nudge:{JONAS}:{day}")
    assert "Refund triage" in said
    assert "Invoice matching" in said
    assert other.id in said


def test_a_group_owner_is_told_through_the_champion(house: House) -> None:
    house.do(pilots.register, MAYA, registration(owner_id="S0PAYMENTS"))
    quiet_for(house, days=14)
    assert len(direct_messages(house, MAYA)) == 1


def test_nothing_is_said_about_what_moved_meanwhile(house: House, pilot: Pilot) -> None:
    house.later(days=13)
    house.do(pilots.changed, MAYA, pilot.id, "test.moved")
    quiet_for(house, days=2)
    assert direct_messages(house, JONAS) == []


def test_nothing_is_said_about_a_retired_pilot(house: House, pilot: Pilot) -> None:
    house.do(stages.retire, MAYA, pilot.id, "It ended", "Ask earlier.")
    quiet_for(house, days=30)
    assert direct_messages(house, JONAS) == []


def test_a_snooze_is_quiet_for_a_week_and_the_message_says_so(house: House, pilot: Pilot) -> None:
    quiet_for(house, days=14)
    (day,) = direct_messages(house, JONAS)
    until = house.do(nudges.snooze, JONAS, pilot.id, day)
    assert until >= house.now + timedelta(days=7)
    said = house.words(f"nudge:{JONAS}:{day}")
    assert "nudge.snooze" not in said
    quiet_for(house, days=6)
    assert direct_messages(house, JONAS) == [day]
    house.now = until
    house.do(nudges.sweep, "preflight")
    assert len(direct_messages(house, JONAS)) == 2


def test_retiring_from_the_message_ends_the_pilot(house: House, pilot: Pilot) -> None:
    quiet_for(house, days=14)
    (day,) = direct_messages(house, JONAS)
    house.do(nudges.retire, JONAS, pilot.id, day, "Nobody needs it", "Ask them first.")
    assert house.pilot(pilot.id).retired
    assert "nudge.retire" not in house.words(f"nudge:{JONAS}:{day}")


def test_somebody_else_cannot_snooze(house: House, pilot: Pilot) -> None:
    quiet_for(house, days=14)
    (day,) = direct_messages(house, JONAS)
    with pytest.raises(NotYours):
        house.do(nudges.snooze, SAM, pilot.id, day)


def test_a_pilot_in_production_is_asked_for_a_fresh_look_not_for_a_promotion(
    house: House, pilot: Pilot
) -> None:
    book = house.library.playbook
    upkeep = Gate(
        id="upkeep", title="Upkeep", from_stage="production", to_stage="production", checklists=("readiness",),
        every_days=90,
    )  # fmt: skip
    stages = tuple(
        stage.model_copy(update={"quiet_after_days": 90}) if stage.id == "production" else stage
        for stage in book.stages
    )
    kept = book.model_copy(update={"gates": (*book.gates, upkeep), "stages": stages})
    house.library = Library(kept, house.library.templates)
    for item in kept.items_of(upkeep):
        said = Reading(status=Status.IN_PLACE, detail="Yes, in Grafana", evidence=("https://a.example",))
        house.do(interviews.change_answer, MAYA, pilot.id, item.id, said)
    house.store.write_sync(lambda tx: tx.pilots.move_if_at(pilot.id, "pilot", "production", house.now))
    house.do(pilots.changed, MAYA, pilot.id, "pilot.moved")
    house.later(days=92)
    assert house.do(nudges.sweep, "preflight") == 1
    (day,) = direct_messages(house, JONAS)
    told = house.words(f"nudge:{JONAS}:{day}")
    assert "need a fresh look" in told
    assert "promotion" not in told


def test_somebody_with_very_many_quiet_pilots_hears_once_at_little_cost(house: House, pilot: Pilot) -> None:
    for number in range(LINES_SHOWN + 25):
        house.do(pilots.register, MAYA, registration(name=f"Pilot {number}"))
    quiet_for(house, days=14)
    (day,) = direct_messages(house, JONAS)
    said = house.words(f"nudge:{JONAS}:{day}")
    assert f"and {25 + 1} more" in said

    def cost(tx: Tx) -> int:
        statements: list[str] = []

        def note(*told: object) -> None:
            statements.append(str(told[2]))

        event.listen(tx.connection, "before_cursor_execute", note)
        at = Occasion(workspace_id=WORKSPACE, actor_id=JONAS, now=house.now)
        nudges.snooze(Desk(tx, at, house.library, Rooms()), pilot.id, day)
        event.remove(tx.connection, "before_cursor_execute", note)
        return len([one for one in statements if one.startswith("SELECT")])

    assert house.store.write_sync(cost, now=house.now) < 5 * LINES_SHOWN
    assert f"{LINES_SHOWN + 25} pilots have gone quiet" in house.words(f"nudge:{JONAS}:{day}")


def test_what_only_upkeep_asks_is_not_due_on_the_first_day_in_production(house: House, pilot: Pilot) -> None:
    book = house.library.playbook
    upkeep = Gate(
        id="upkeep", title="Upkeep", from_stage="production", to_stage="production",
        checklists=("readiness", "expansion-exit"), every_days=90,
    )  # fmt: skip
    house.library = Library(book.model_copy(update={"gates": (*book.gates, upkeep)}), house.library.templates)
    said = Reading(status=Status.IN_PLACE, detail="Yes, in Grafana", evidence=("https://a.example",))
    for item in book.items_of(book.gates[0]):
        house.do(interviews.change_answer, MAYA, pilot.id, item.id, said)
    house.store.write_sync(lambda tx: tx.pilots.move_if_at(pilot.id, "pilot", "production", house.now))
    house.do(pilots.changed, MAYA, pilot.id, "pilot.moved")
    assert "everything is in place and fresh" in house.words(pilots.card_key(pilot.id))
    house.later(days=91)
    house.do(pilots.show_card, MAYA, house.pilot(pilot.id))
    assert "need a fresh look" in house.words(pilots.card_key(pilot.id))


def test_of_an_owner_who_can_do_nothing_any_more_the_champion_hears(house: House, pilot: Pilot) -> None:
    owner = house.store.read_sync(lambda tx: tx.people.get(WORKSPACE, JONAS))
    assert owner
    guest = owner.model_copy(update={"guest": True})
    house.store.write_sync(lambda tx: tx.people.remember(guest))
    quiet_for(house, days=14)
    assert direct_messages(house, JONAS) == []
    assert len(direct_messages(house, MAYA)) == 1


def test_of_an_owner_who_declined_the_champion_hears(house: House, pilot: Pilot) -> None:
    asked = house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
    assert asked
    house.do(handover.refuse, JONAS, asked.id, "Not our systems.")
    quiet_for(house, days=14)
    assert direct_messages(house, JONAS) == []
    assert len(direct_messages(house, MAYA)) == 1
