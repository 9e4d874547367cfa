"""Twenty people who take one pilot on at the same instant, through two processes on one database: one has it, all others are told who."""

from bot.domain.handovers import Handover, HandoverState
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.watched import Role
from bot.orphans import championship, errors, workflow as orphans
from bot.orphans.workflow import Claimed
from bot.pilots import workflow as pilots
from storage.transaction import Tx

from .conftest import JONAS, MAYA, PILOTS, PRIYA, WORKSPACE, House, registration
from .test_gate_at_once import FIFTY, Act, Two, postgres_server, postgres_url, refusals, two
from .test_orphans import question_to, word

__all__ = ["postgres_server", "postgres_url", "two"]

TWENTY = FIFTY[:20]


def claims(pilot: Pilot, by: str, role: Role, of: str) -> Act:
    def act(house: House) -> Handover | None:
        return house.do(orphans.claim, by, Claimed(pilot.id, role, of))

    return act


def gone(two: Two, *people: str) -> Pilot:
    """Register a pilot and let people leave the company."""
    pilot = two.house.do(pilots.register, MAYA, registration())
    for user_id in people:
        two.house.store.write_sync(_left, user_id)
        two.house.do(orphans.note_presence, "preflight", user_id, {PILOTS: True})
    return pilot


def _left(tx: Tx, user_id: str) -> None:
    tx.people.remember(Person(workspace_id=WORKSPACE, user_id=user_id, name=user_id, deactivated=True))


def test_one_of_twenty_champions_it_and_nineteen_are_told_who(two: Two) -> None:
    pilot = gone(two, MAYA)
    came = two.at_once(*(claims(pilot, who, Role.CHAMPION, MAYA) for who in TWENTY))
    champion = two.house.pilot(pilot.id).champion_id
    refused = refusals(came)
    assert champion in TWENTY
    assert {type(one) for one in refused} == {errors.ChampionFound}
    assert {one.sentence for one in refused} == {
        f"<@{champion}> was quicker and champions Refund triage now. Nothing was changed by your click."
    }
    assert len(refused) == 19
    assert len(two.entries(pilot.id, "pilot.claimed")) == 1
    assert f"<@{champion}> champions it" in word(two.house, pilot)


def test_one_of_twenty_is_asked_to_own_it(two: Two) -> None:
    pilot = gone(two, JONAS)
    came = two.at_once(*(claims(pilot, who, Role.OWNER, JONAS) for who in TWENTY))
    (offered,) = [one for one in came if isinstance(one, Handover)]
    assert {type(one) for one in refusals(came)} <= {errors.OwnerAsked, errors.OwnerFound}
    assert all(f"<@{offered.to_id}>" in one.sentence for one in refusals(came))
    every = two.house.store.read_sync(lambda tx: tx.handovers.of_pilot(pilot.id))
    assert [one.to_id for one in every if one.state is HandoverState.PROPOSED] == [offered.to_id]


def test_who_was_asked_and_who_found_it_in_the_channel_do_not_both_have_it(two: Two) -> None:
    pilot = two.house.do(pilots.register, MAYA, registration())
    two.house.do(championship.hand_championship, MAYA, pilot.id, PRIYA)
    question = question_to(two.house, pilot)
    two.house.do(orphans.note_presence, "preflight", MAYA, {PILOTS: True})

    def takes_over(house: House) -> None:
        house.do(championship.claim_passed, PRIYA, question)

    came = two.at_once(takes_over, *(claims(pilot, who, Role.CHAMPION, MAYA) for who in TWENTY[:5]))
    champion = two.house.pilot(pilot.id).champion_id
    assert champion == PRIYA or champion in TWENTY
    assert len(refusals(came)) == 5
    assert all(f"<@{champion}>" in one.sentence for one in refusals(came))
    assert len(two.entries(pilot.id, "pilot.claimed")) == 1


def test_twelve_pilots_taken_on_at_once_are_twelve_settled_lines_of_one_word(two: Two) -> None:
    made = [two.house.do(pilots.register, MAYA, registration(name=f"Pilot {n:02}")) for n in range(12)]
    two.house.store.write_sync(_left, MAYA)
    two.house.do(orphans.note_presence, "preflight", MAYA, {PILOTS: True})
    came = two.at_once(
        *(claims(one, who, Role.CHAMPION, MAYA) for one, who in zip(made, TWENTY, strict=False))
    )
    assert refusals(came) == []
    said = word(two.house, made[0])
    assert "are looked after again" in said
    assert all(f"<@{who}> champions it" in said for who in TWENTY[:12])
    assert "orphan.claim" not in said
