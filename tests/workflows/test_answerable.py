"""Who answers for a pilot, without Slack: an owner counts from the proposal on, and not any more once they declined."""

from collections.abc import Callable
from datetime import date

import pytest

from bot.desk import Desk
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.values import PREFLIGHT
from bot.exports import report
from bot.handover import workflow as handover
from bot.interview import listening, workflow as interviews
from bot.pilots import answerable, workflow as pilots
from bot.pilots.errors import NotYours
from bot.portfolio import lines, workflow as portfolio
from bot.reopening import workflow as reopening
from bot.slack.payloads import ThreadMessage
from bot.stages import errors, rights, workflow as stages

from .conftest import JONAS, MAYA, PILOTS, PRIYA, SAM, WORKSPACE, House, registration, words_of
from .staged import promoted

PAYMENTS = "S0PAYMENTS"
TEAM = frozenset({SAM})
NOBODY: frozenset[str] = frozenset()
IN_MARCH = date(2027, 3, 1)
ENTERED = handover.Entered("https://wiki.example/runbook", (), "On-call rota", date(2027, 1, 10))


def decline(house: House, pilot: Pilot, by: str, group: frozenset[str] = NOBODY) -> None:
    waiting = house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
    assert waiting
    house.do(handover.refuse, by, waiting.id, "We have nobody for it this year.", group)


def counted(house: House, pilot: Pilot) -> str | None:
    return house.do(lambda desk: answerable.owner_of(desk, house.pilot(pilot.id)), MAYA)


STEPS: dict[str, Callable[[House, Pilot], object]] = {
    "retire": lambda house, pilot: house.do(stages.retire, JONAS, pilot.id, "It is over.", "A lot."),
    "hold": lambda house, pilot: house.do(stages.hold, JONAS, pilot.id, "", "Billing moves.", IN_MARCH),
    "hand over": lambda house, pilot: house.do(handover.propose, JONAS, pilot.id, SAM),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_proposed_owner_answers_for_the_pilot(house: House, pilot: Pilot, step: str) -> None:
    STEPS[step](house, pilot)


@pytest.mark.parametrize("step", STEPS)
def test_whoever_declined_is_no_owner(house: House, pilot: Pilot, step: str) -> None:
    decline(house, pilot, JONAS)

    with pytest.raises(NotYours) as refused:
        STEPS[step](house, pilot)

    assert JONAS not in str(refused.value)
    assert MAYA in str(refused.value)


def test_whoever_declined_cannot_roll_the_pilot_back(house: House, pilot: Pilot) -> None:
    promoted(house, pilot.id, "shadow", "limited")
    decline(house, pilot, JONAS)

    with pytest.raises(errors.NotForRollback) as refused:
        house.do(stages.roll_back, JONAS, pilot.id, "limited", "shadow", "It sorts wrongly.", NOBODY)

    assert JONAS not in str(refused.value)


def test_a_group_that_declined_does_not_count_either(house: House) -> None:
    pilot = house.do(pilots.register, MAYA, registration(owner_id=PAYMENTS))
    promoted(house, pilot.id, "shadow")
    decline(house, pilot, SAM, TEAM)

    with pytest.raises(NotYours):
        house.do(stages.retire, SAM, pilot.id, "It is over.", "A lot.", owner_group=TEAM)
    found = house.do(lambda desk: rights.accountable(desk, house.pilot(pilot.id)), MAYA)
    assert found.groups == ()


def test_a_champion_who_declined_to_own_it_still_runs_it(house: House) -> None:
    pilot = house.do(pilots.register, PRIYA, registration(champion_id=JONAS, owner_id=JONAS))
    decline(house, pilot, JONAS)

    assert house.do(stages.retire, JONAS, pilot.id, "It is over.", "A lot.").retired


def test_an_owner_who_accepted_stays_when_somebody_else_declines(house: House, pilot: Pilot) -> None:
    accept(house, pilot)
    house.do(handover.propose, MAYA, pilot.id, SAM)
    decline(house, pilot, SAM)

    assert counted(house, pilot) == JONAS
    assert house.do(stages.retire, JONAS, pilot.id, "It is over.", "A lot.").retired


def test_whoever_is_proposed_again_counts_again(house: House, pilot: Pilot) -> None:
    decline(house, pilot, JONAS)
    assert counted(house, pilot) is None

    house.do(handover.propose, MAYA, pilot.id, JONAS)

    assert counted(house, pilot) == JONAS


def test_whoever_declined_is_not_listened_to_unasked(house: House, pilot: Pilot) -> None:
    house.deliver(pilots.card_key(pilot.id), "900.000000")
    interview = house.do(interviews.start, MAYA, pilot.id)
    said = ThreadMessage(
        workspace_id=WORKSPACE,
        user_id=JONAS,
        delivery="ev1",
        channel_id=PILOTS,
        channel_type="channel",
        ts="1001.000000",
        thread_ts="1000.000000",
        text="Yes, it has been in place since March, with a runbook.",
    )
    assert house.do(listening.reads_as_answer, JONAS, pilot, interview, said)

    decline(house, pilot, JONAS)

    assert not house.do(listening.reads_as_answer, JONAS, pilot, interview, said)


def shown_everywhere(house: House, pilot: Pilot) -> dict[str, str]:
    """Return what the card, the status, a list and a report say of a pilot."""
    return {
        "card": house.words(pilots.card_key(pilot.id)),
        "status": words_of(house.do(portfolio.status, MAYA, pilot.name, PILOTS)),
        "list": words_of(house.do(lambda desk: _line(desk, house.pilot(pilot.id)), MAYA)),
        "report": house.do(report.report, MAYA, pilot.id, {}).content,
    }


def _line(desk: Desk, pilot: Pilot) -> object:
    (line,) = lines.lines_of(desk, [pilot])
    return lines.line_block(desk.library, line, desk.at.now)


def accept(house: House, pilot: Pilot) -> None:
    waiting = house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
    assert waiting
    house.do(handover.accept, JONAS, waiting.id, ENTERED)


def test_everything_says_when_the_owner_accepted(house: House, pilot: Pilot) -> None:
    accept(house, pilot)

    assert not {where for where, said in shown_everywhere(house, pilot).items() if "(accepted " not in said}


def test_an_owner_who_has_left_is_shown_as_such_and_as_accepted_no_more(house: House, pilot: Pilot) -> None:
    accept(house, pilot)

    left(house, JONAS)

    for where, said in shown_everywhere(house, pilot).items():
        assert "(has left)" in said, where
        assert "(accepted" not in said, where


def test_an_owner_who_became_a_guest_is_shown_as_such(house: House, pilot: Pilot) -> None:
    accept(house, pilot)

    become(house, JONAS, guest=True)

    for where, said in shown_everywhere(house, pilot).items():
        assert "(cannot act any more)" in said, where


def test_an_owner_who_came_back_is_shown_as_before(house: House, pilot: Pilot) -> None:
    accept(house, pilot)
    left(house, JONAS)

    become(house, JONAS)

    assert not {where for where, said in shown_everywhere(house, pilot).items() if "(accepted " not in said}


def test_a_champion_who_has_left_is_shown_as_such(house: House, pilot: Pilot) -> None:
    left(house, MAYA)
    for kept in ("card", "status", "report"):
        assert "has left" not in shown_everywhere(house, pilot)["list"], "a list names the owner"
        assert "(has left)" in shown_everywhere(house, pilot)[kept], kept

    become(house, MAYA)

    assert not {where for where, said in shown_everywhere(house, pilot).items() if "has left" in said}


def left(house: House, user_id: str) -> None:
    become(house, user_id, deactivated=True)


def become(house: House, user_id: str, **changed: bool) -> None:
    person = Person(workspace_id=WORKSPACE, user_id=user_id, name="Jonas", **changed)
    house.store.write_sync(lambda tx: tx.people.remember(person))
    house.do(reopening.person_gone, PREFLIGHT, user_id)
