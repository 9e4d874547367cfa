"""Registering, finding and retiring pilots."""

import pytest

from bot.domain.pilots import Pilot
from bot.pilots import errors, workflow as pilots
from bot.stages import workflow as stages
from storage.transaction import Tx

from .conftest import GONE, GUEST, JONAS, MAYA, PILOTS, PRIYA, House, registration


def test_a_registered_pilot_has_a_card_in_its_channel(house: House, pilot: Pilot) -> None:
    card = house.message(pilots.card_key(pilot.id))
    assert card is not None
    assert card.channel_id == PILOTS
    said = house.words(pilots.card_key(pilot.id))
    assert "Refund triage" in said
    assert "22" in said
    assert "60" in said
    assert house.audited(pilot.id) == ["pilot.registered", "handover.proposed"]
    assert house.pilot(pilot.id).required == 7
    assert house.pilot(pilot.id).in_place == 0


def test_a_name_is_taken_in_any_spelling_until_its_pilot_is_retired(house: House, pilot: Pilot) -> None:
    with pytest.raises(errors.NameTaken):
        house.do(pilots.register, MAYA, registration(name="refund  TRIAGE"))
    house.do(stages.retire, MAYA, pilot.id, "The vendor stopped the model.", "Ask earlier.")
    again = house.do(pilots.register, MAYA, registration())
    assert again.id != pilot.id


@pytest.mark.parametrize(
    ("field", "who", "refusal"),
    [
        ("champion_id", GONE, errors.PersonGone),
        ("owner_id", GONE, errors.PersonGone),
        ("owner_id", GUEST, errors.GuestCannotOwn),
        ("champion_id", "U0UNHEARD", errors.PersonGone),
    ],
)
def test_people_who_cannot_act_are_refused_at_their_field(
    house: House, field: str, who: str, refusal: type[errors.FieldRefusal]
) -> None:
    with pytest.raises(refusal) as refused:
        house.do(pilots.register, MAYA, registration(**{field: who}))
    assert refused.value.field == field.removesuffix("_id")


def test_a_user_group_may_own_a_pilot(house: House) -> None:
    assert house.do(pilots.register, MAYA, registration(owner_id="S0PAYMENTS")).owner_id == "S0PAYMENTS"


def test_a_pilot_is_found_by_name_by_channel_or_with_a_suggestion(house: House, pilot: Pilot) -> None:
    assert house.do(pilots.find, MAYA, "REFUND triage", "C0ELSEWHERE", "coach").id == pilot.id
    assert house.do(pilots.find, MAYA, "", PILOTS, "coach").id == pilot.id
    with pytest.raises(errors.NoSuchPilot) as refused:
        house.do(pilots.find, MAYA, "refnd triage", PILOTS, "coach")
    assert "Did you mean *Refund triage*?" in refused.value.sentence
    house.do(pilots.register, PRIYA, registration(name="Invoice matching", champion_id=PRIYA))
    assert house.do(pilots.find, MAYA, "", PILOTS, "coach").id == pilot.id
    with pytest.raises(errors.WhichPilot) as unclear:
        house.do(pilots.find, JONAS, "", PILOTS, "coach")
    assert "Invoice matching, Refund triage" in unclear.value.sentence


def test_without_any_pilot_the_first_step_is_named(house: House) -> None:
    with pytest.raises(errors.NoPilotsYet, match="/pilot new"):
        house.do(pilots.find, MAYA, "", PILOTS, "status")


def test_a_forged_pilot_id_is_refused(house: House) -> None:
    with pytest.raises(errors.PilotGone):
        house.do(pilots.get, MAYA, "0000000000000000")


def test_what_people_wrote_cannot_ping_anybody(house: House) -> None:
    hostile = house.do(
        pilots.register, MAYA, registration(name="<!channel> & <@U0JONAS>", problem="<https://evil|x>")
    )
    said = house.words(pilots.card_key(hostile.id))
    assert "<!channel>" not in said
    assert "<https://evil" not in said
    assert "&lt;!channel&gt; &amp;" in said


def test_the_counters_agree_with_the_answers(house: House, pilot: Pilot) -> None:
    def counted(tx: Tx) -> tuple[int, int]:
        found = tx.pilots.get(pilot.workspace_id, pilot.id)
        assert found
        return found.required, found.in_place

    assert house.store.read_sync(counted) == (7, 0)


def test_a_pilot_is_found_without_its_emoji_and_dashes(house: House) -> None:
    made = house.do(pilots.register, MAYA, registration(name="Refund-triage 🧾"))
    assert house.do(pilots.find, MAYA, "refund triage", PILOTS, "status").id == made.id
