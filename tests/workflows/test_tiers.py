"""How much can go wrong: said at registration, changed with a reason, shown where it makes a difference."""

from dataclasses import replace

import pytest

from bot.domain.pilots import Pilot
from bot.domain.policies import Tier
from bot.exports import report
from bot.pilots import messages as pilot_messages, workflow as pilots
from bot.pilots.errors import FieldsRefused, NoSuchTier, NotYours, OnlyMembers, PilotRetired
from bot.portfolio import workflow as portfolio
from bot.stages import workflow as stages
from bot.tiers import errors, workflow as tiers
from prompts.library import Library
from storage.audit import AuditEntry

from .conftest import GUEST, JONAS, MAYA, PRIYA, SAM, WORKSPACE, House, registration, words_of

TIERS = (
    Tier(id="standard", title="Standard", hint="a mistake is quickly mended"),
    Tier(id="high", title="High", hint="a mistake harms people"),
)


@pytest.fixture
def house(house: House) -> House:
    """A house whose playbook tells pilots apart by what can go wrong."""
    book = house.library.playbook.model_copy(update={"tiers": TIERS})
    return replace(house, library=Library(book, house.library.templates))


def changes(house: House, pilot: Pilot) -> list[AuditEntry]:
    entries = house.store.read_sync(lambda tx: tx.audit.of(WORKSPACE, "pilot", pilot.id))
    return [one for one in entries if one.what == "pilot.tier_changed"]


def words_in_thread(house: House, pilot: Pilot) -> str:
    said = [one.body for one in house.touched if one.key.startswith(f"pilot:{pilot.id}:tier:")]
    assert len(said) == 1
    return words_of(said[0])


def test_the_form_asks_where_there_is_a_choice(house: House, library: Library) -> None:
    form = pilot_messages.register_form(house.library, champion_id=MAYA, channel_id=None, groups=[])
    fields = {block["block_id"]: block for block in form["blocks"]}
    menu = fields["tier"]["element"]
    assert menu["initial_option"]["value"] == "standard"
    assert [one["description"]["text"] for one in menu["options"]] == [tier.hint for tier in TIERS]
    without = pilot_messages.register_form(library, champion_id=MAYA, channel_id=None, groups=[])
    assert "tier" not in {block["block_id"] for block in without["blocks"]}


def test_a_pilot_keeps_the_tier_that_it_was_registered_with(house: House) -> None:
    made = house.do(pilots.register, MAYA, registration(tier="high"))
    assert house.pilot(made.id).tier == "high"
    assert "high risk" in house.words(pilots.card_key(made.id))
    assert "high risk" in words_of(house.do(portfolio.status_of, MAYA, made.id))
    assert "| Risk | High |" in house.do(report.report, MAYA, made.id, {}).content


def test_a_forged_tier_is_refused(house: House) -> None:
    with pytest.raises(NoSuchTier):
        house.do(pilots.register, MAYA, registration(tier="none"))


def test_where_nothing_was_said_it_is_the_first(house: House, pilot: Pilot) -> None:
    assert house.pilot(pilot.id).tier == ""
    assert "standard risk" in house.words(pilots.card_key(pilot.id))


def test_a_change_is_recorded_with_its_reason_and_said_in_the_thread(house: House, pilot: Pilot) -> None:
    house.do(tiers.change, MAYA, pilot.id, "high", "It pays out by itself now.")
    assert house.pilot(pilot.id).tier == "high"
    (entry,) = changes(house, pilot)
    assert entry.before == {"tier": "standard"}
    assert entry.after == {"tier": "high", "reason": "It pays out by itself now.", "lowered": False}
    said = words_in_thread(house, pilot)
    assert "It pays out by itself now." in said
    assert f"<@{MAYA}>" in said
    assert "lowered" not in said
    assert "high risk" in house.words(pilots.card_key(pilot.id))


def test_lowering_says_what_it_means(house: House, pilot: Pilot) -> None:
    house.do(tiers.change, MAYA, pilot.id, "high", "It pays out by itself.")
    house.do(tiers.change, JONAS, pilot.id, "standard", "A person clicks each one again.")
    assert "It was lowered" in words_in_thread(house, pilot)
    assert (changes(house, pilot)[-1].after or {})["lowered"] is True


def test_what_the_form_lacks_is_said_at_once(house: House, pilot: Pilot) -> None:
    with pytest.raises(FieldsRefused) as refused:
        house.do(tiers.change, MAYA, pilot.id, "standard", "  ")
    assert {one.field for one in refused.value.fields} == {"tier", "reason"}
    with pytest.raises(FieldsRefused) as forged:
        house.do(tiers.change, MAYA, pilot.id, "none", "Because.")
    assert [type(one) for one in forged.value.fields] == [NoSuchTier]
    assert changes(house, pilot) == []


def test_a_reason_that_nobody_can_see_is_no_reason(house: House, pilot: Pilot) -> None:
    with pytest.raises(FieldsRefused):
        house.do(tiers.change, MAYA, pilot.id, "high", "\u200b \u2060")
    assert changes(house, pilot) == []


def test_those_who_answer_for_it_may_change_it(house: House, pilot: Pilot) -> None:
    with pytest.raises(NotYours):
        house.do(tiers.change, PRIYA, pilot.id, "high", "Because.")
    with pytest.raises(OnlyMembers):
        house.do(tiers.may_change, GUEST, pilot.id)
    assert house.do(tiers.may_change, SAM, pilot.id, frozenset({SAM}))[1].id == "standard"


def test_a_retired_pilot_keeps_its_tier(house: House, pilot: Pilot) -> None:
    house.do(stages.retire, MAYA, pilot.id, "Too few cases.", "Count first.")
    with pytest.raises(PilotRetired):
        house.do(tiers.change, MAYA, pilot.id, "high", "Because.")


def test_where_the_playbook_makes_no_difference_there_is_nothing_to_choose(
    house: House, pilot: Pilot, library: Library
) -> None:
    one = replace(house, library=library)
    with pytest.raises(errors.OneTier):
        one.do(tiers.may_change, MAYA, pilot.id)
    one.do(pilots.changed, MAYA, pilot.id, "interview.paused")
    assert "risk" not in one.words(pilots.card_key(pilot.id))
