"""Somebody who answered for many pilots of one channel goes: one word there, with a line for each, settled one by one."""

from datetime import timedelta

import pytest

from bot.domain.messages import Body, OutboundMessage
from bot.domain.pilots import Pilot
from bot.domain.values import PREFLIGHT
from bot.domain.watched import Role
from bot.handover import workflow as handover
from bot.orphans import shown, workflow as orphans
from bot.orphans.several_messages import SHOWN, lines_in, listed_in, others_message
from bot.orphans.shown import Going
from bot.pilots import workflow as pilots
from bot.stages import workflow as stages
from bot.watching import workflow as watching
from sandbox.validator import problems_of_message

from .conftest import JONAS, MAYA, PILOTS, PRIYA, SAM, House, registration, words_of
from .test_orphans import ENTERED, claims, leaves, missed, person, present, waiting, written

FORTY = 40


def registered(house: House, count: int, **facts: str) -> list[Pilot]:
    return [
        house.do(pilots.register, MAYA, registration(name=f"Pilot {number:02}", **facts))
        for number in range(count)
    ]


def words_in_channel(house: House) -> list[OutboundMessage]:
    """Return every word about somebody who is missed, oldest first."""
    said = house.store.read_sync(lambda tx: tx.messages.unsent(house.now, 1000))
    return [one for one in said if one.key.startswith("orphans:")]


def only_word(house: House) -> OutboundMessage:
    (word,) = words_in_channel(house)
    return word


def line(word: OutboundMessage, pilot: Pilot) -> str:
    return words_of(lines_in(word)[pilot.id])


def going(house: House) -> Going:
    found = Going.parse(only_word(house).key.removeprefix("orphans:").replace(":", " ", 2))
    assert found
    return found


def others(house: House) -> Body:
    return others_message(house.library, house.do(shown.others, PRIYA, going(house)))


def test_the_champion_of_forty_pilots_who_leaves_is_one_word_in_their_channel(house: House) -> None:
    made = registered(house, FORTY)
    leaves(house, MAYA)
    word = only_word(house)
    said = words_of(word.body)
    assert "and *40 pilots here need somebody*" in said
    assert [one.id for one in made[:SHOWN]] == list(lines_in(word))
    assert all("orphan.claim" in line(word, one) for one in made[:SHOWN])
    assert "and 20 more" in said
    assert problems_of_message({"channel": PILOTS, **word.body}) == []
    assert word.channel_id == PILOTS


def test_looks_at_each_of_them_write_nothing_anew(house: House) -> None:
    registered(house, FORTY)
    leaves(house, MAYA)
    before = only_word(house).version
    house.later(minutes=1)
    while house.do(watching.sweep, PREFLIGHT):
        pass
    assert only_word(house).version == before


def test_each_line_is_settled_in_its_place_as_somebody_takes_it_on(house: House) -> None:
    first, second, third = registered(house, 3)
    leaves(house, MAYA)
    claims(house, PRIYA, second)
    word = only_word(house)
    assert list(lines_in(word)) == [first.id, second.id, third.id]
    assert f"<@{PRIYA}> champions it" in line(word, second)
    assert "orphan.claim" not in line(word, second)
    assert "orphan.claim" in line(word, third)
    assert "2 pilots here need somebody" in words_of(word.body)
    claims(house, SAM, first)
    assert "1 pilot here needs somebody" in words_of(only_word(house).body)
    claims(house, SAM, third)
    done = words_of(only_word(house).body)
    assert f"The pilots of <@{MAYA}> in this channel are looked after again" in done
    assert "orphan.claim" not in done


def test_a_second_claim_of_one_line_is_told_who_was_quicker_and_changes_nothing(house: House) -> None:
    first, _ = registered(house, 2)
    leaves(house, MAYA)
    claims(house, PRIYA, first)
    before = only_word(house)
    with pytest.raises(Exception, match=f"<@{PRIYA}> was quicker"):
        claims(house, SAM, first)
    assert only_word(house) == before


def test_when_all_that_are_named_are_taken_on_the_next_ones_are_named(house: House) -> None:
    made = registered(house, FORTY)
    leaves(house, MAYA)
    for one in made[: SHOWN - 1]:
        claims(house, PRIYA, one)
    assert list(lines_in(only_word(house)))[-1] == made[SHOWN - 1].id
    claims(house, SAM, made[SHOWN - 1])
    word = only_word(house)
    assert list(lines_in(word)) == [one.id for one in made[SHOWN:]]
    assert "20 pilots here need somebody" in words_of(word.body)
    assert "more" not in line(word, made[-1])


def test_those_that_are_not_named_are_shown_to_whoever_asks_and_can_be_claimed_there(house: House) -> None:
    made = registered(house, FORTY + 3)
    leaves(house, MAYA)
    listed = others(house)
    said = words_of(listed)
    assert all(one.name in said for one in made[SHOWN : 2 * SHOWN])
    assert "and 3 more" in said
    assert problems_of_message({"channel": PILOTS, **listed}) == []
    assert {listed_in(block["block_id"]) for block in listed["blocks"][1:-1]} == {going(house).about}
    claims(house, PRIYA, made[-1])
    assert "and 2 more" in words_of(others(house))
    assert "and 22 more" in words_of(only_word(house).body)


def test_the_list_of_others_holds_as_many_as_the_word_counts_without_those_on_hold(house: House) -> None:
    made = registered(house, SHOWN + 3)
    house.do(stages.hold, MAYA, made[-1].id, "", "Budget year ends.", house.now.date() + timedelta(days=9))
    leaves(house, MAYA)
    assert "and 2 more" in words_of(only_word(house).body)
    assert [one.name in words_of(others(house)) for one in made[SHOWN:]] == [True, True, False]


def test_a_list_of_others_says_when_nothing_is_left(house: House) -> None:
    made = registered(house, SHOWN + 1)
    leaves(house, MAYA)
    claims(house, PRIYA, made[-1])
    assert "Nothing is left to take on here" in words_of(others(house))
    assert "more" not in words_of(only_word(house).body["blocks"][-2:])


@pytest.mark.parametrize("forged", ["", "a", "a b", "a b c", "a b 2026-11-23T09:30:00+00:00 d"])
def test_a_forged_list_is_none(forged: str) -> None:
    assert Going.parse(forged) is None


def test_one_who_championed_and_owned_leaves_two_buttons_a_line_and_each_is_taken_on_by_itself(
    house: House,
) -> None:
    made = registered(house, SHOWN + 5, owner_id=MAYA)
    leaves(house, MAYA)
    word = only_word(house)
    assert problems_of_message({"channel": PILOTS, **word.body}) == []
    assert "Claim as champion" in line(word, made[0])
    assert "Claim as production owner" in line(word, made[0])
    claims(house, PRIYA, made[0])
    settling = line(only_word(house), made[0])
    assert "Claim as champion" not in settling
    assert "production owner" in settling
    offered = claims(house, SAM, made[0], Role.OWNER)
    assert offered
    assert f"<@{PRIYA}> champions it, <@{SAM}> is named as its owner" in line(only_word(house), made[0])


def test_who_comes_back_is_said_in_the_same_word_and_going_again_is_another(house: House) -> None:
    first, _ = registered(house, 2)
    leaves(house, MAYA)
    claims(house, PRIYA, first)
    person(house, MAYA)
    present(house, MAYA, away=False)
    said = words_of(only_word(house).body)
    assert f"<@{MAYA}> is here again" in said
    assert f"<@{PRIYA}> champions it" in said
    house.later(days=30)
    present(house, MAYA, away=True)
    before, after = words_in_channel(house)
    assert "is here again" in words_of(before.body)
    assert "Who takes it on?" in words_of(after.body), "one pilot is left to them, and looks as one does"


def test_two_people_who_go_are_two_words_and_two_channels_as_well(house: House) -> None:
    registered(house, 3)
    for number in range(2):
        elsewhere = registration(name=f"Elsewhere {number}", channel_id="C0OTHER")
        house.do(pilots.register, MAYA, elsewhere)
    person(house, MAYA, deactivated=True)
    house.do(orphans.note_presence, PREFLIGHT, MAYA, {PILOTS: True, "C0OTHER": True})
    present(house, JONAS, away=True)
    assert sorted(one.channel_id for one in words_in_channel(house)) == ["C0OTHER", PILOTS, PILOTS]


def test_a_pilot_on_hold_joins_the_word_when_it_goes_on(house: House) -> None:
    first, second, third = registered(house, 3)
    house.do(stages.hold, MAYA, second.id, "", "Budget year ends.", house.now.date() + timedelta(days=9))
    leaves(house, MAYA)
    assert list(lines_in(only_word(house))) == [first.id, third.id]
    house.do(stages.resume, JONAS, second.id)
    assert list(lines_in(only_word(house))) == [first.id, third.id, second.id]


def test_a_single_one_becomes_a_line_when_another_follows(house: House) -> None:
    (first,) = registered(house, 1)
    leaves(house, MAYA)
    assert "What is at stake" in words_of(only_word(house).body)
    house.later(days=1)
    late = house.do(pilots.register, PRIYA, registration(name="Late", champion_id=PRIYA))
    house.store.write_sync(lambda tx: tx.pilots.set_champion(late.id, MAYA), now=house.now)
    house.do(orphans.look, PREFLIGHT, late.id)
    assert list(lines_in(only_word(house))) == [first.id, late.id]


def test_who_accepts_to_own_a_pilot_brings_back_nobody_else(house: House, pilot: Pilot) -> None:
    leaves(house, MAYA)
    asked = waiting(house, pilot)
    assert asked
    house.do(handover.accept, JONAS, asked.id, ENTERED)
    assert [one.person_id for one in missed(house, pilot)] == [MAYA]
    word = written(house, pilot)
    assert word
    assert "Who takes it on?" in words_of(word.body)
    assert len(words_in_channel(house)) == 1
