"""Pilots whose champion or owner has gone, without Slack: who is missed, what everybody reads, and how somebody takes it on."""

from datetime import date, timedelta

import pytest

from bot.domain.errors import Refusal
from bot.domain.handovers import Handover, HandoverState
from bot.domain.messages import OutboundMessage
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.watched import Gone, Role, Why
from bot.handover import workflow as handover
from bot.handover.workflow import Entered
from bot.orphans import championship, errors, workflow as orphans
from bot.orphans.championship import Question
from bot.orphans.workflow import Claimed
from bot.pilots import workflow as pilots
from bot.portfolio import workflow as portfolio
from bot.stages import workflow as stages
from prompts.library import Library

from .conftest import (
    GONE,
    GUEST,
    JONAS,
    MAYA,
    PILOTS,
    PRIYA,
    SAM,
    WORKSPACE,
    House,
    registration,
    words_of,
)

PAYMENTS = "S0PAYMENTS"
ENTERED = Entered("https://wiki.example/runbook", (), "On-call rota Payments", date(2027, 1, 10))


def person(house: House, user_id: str, **state: bool) -> None:
    """Let Slack say that somebody is as they are now."""
    name = user_id.removeprefix("U0").title()
    house.store.write_sync(
        lambda tx: tx.people.remember(
            Person(workspace_id=WORKSPACE, user_id=user_id, name=name, time_zone="Europe/Berlin", **state)
        )
    )


def leaves(house: House, user_id: str) -> None:
    """Let somebody leave the company, as the listener hears of it."""
    person(house, user_id, deactivated=True)
    present(house, user_id, away=True)


def present(house: House, user_id: str, *, away: bool) -> None:
    """Note whether somebody is in the pilots' channel."""
    house.do(orphans.note_presence, "preflight", user_id, {PILOTS: away})


def written(house: House, pilot: Pilot, user_id: str = MAYA) -> OutboundMessage | None:
    """Return the newest word in the pilot's channel about somebody who is missed there."""
    said = house.store.read_sync(lambda tx: tx.messages.unsent(house.now, 1000))
    beginning = f"orphans:{pilot.channel_id}:{user_id}:"
    return next((one for one in reversed(said) if one.key.startswith(beginning)), None)


def word(house: House, pilot: Pilot, user_id: str = MAYA) -> str:
    found = written(house, pilot, user_id)
    return words_of(found.body) if found else ""


def version(house: House, pilot: Pilot, user_id: str = MAYA) -> int:
    found = written(house, pilot, user_id)
    return found.version if found else 0


def missed(house: House, pilot: Pilot) -> tuple[Gone, ...]:
    return house.do(lambda desk: orphans.missing(desk, pilots.get(desk, pilot.id)), MAYA)


def claims(
    house: House, by: str, pilot: Pilot, role: Role = Role.CHAMPION, of: str = MAYA
) -> Handover | None:
    return house.do(orphans.claim, by, Claimed(pilot.id, role, of))


def waiting(house: House, pilot: Pilot) -> Handover | None:
    return house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))


def accepted(house: House, pilot: Pilot) -> None:
    asked = waiting(house, pilot)
    assert asked
    house.do(handover.accept, JONAS, asked.id, ENTERED)


# Who is missed


def test_nobody_is_missed_while_everybody_is_here(house: House, pilot: Pilot) -> None:
    assert missed(house, pilot) == ()
    assert house.do(orphans.look, "preflight", pilot.id) == ()
    assert version(house, pilot) == 0


@pytest.mark.parametrize(
    ("state", "why", "words"),
    [
        ({"deactivated": True}, Why.LEFT, "has left, so"),
        ({"guest": True}, Why.GUEST, "is no full member here any more"),
        ({}, Why.LEFT_CHANNEL, "has left this channel"),
    ],
    ids=["left", "guest", "channel"],
)
def test_a_champion_who_is_gone_is_missed_in_one_word_in_the_channel(
    house: House, pilot: Pilot, state: dict[str, bool], why: Why, words: str
) -> None:
    person(house, MAYA, **state)
    present(house, MAYA, away=True)
    (gone,) = missed(house, pilot)
    assert (gone.person_id, gone.role, gone.why, gone.since) == (MAYA, Role.CHAMPION, why, house.now)
    message = written(house, pilot)
    assert message
    assert (message.channel_id, message.under) == (PILOTS, None)
    said = word(house, pilot)
    for part in (f"<@{MAYA}>", words, "without its champion", "Who takes it on?", "22 %\n→ 60 %", "Claim"):
        assert part in said.replace("% → ", "%\n→ ")


def test_it_is_known_since_when_somebody_is_missed_and_said_once(house: House, pilot: Pilot) -> None:
    leaves(house, MAYA)
    began, first = house.now, version(house, pilot)
    for _ in range(3):
        house.later(days=2)
        house.do(orphans.look, "preflight", pilot.id)
        present(house, MAYA, away=True)
    assert [one.since for one in missed(house, pilot)] == [began]
    assert version(house, pilot) == first


def test_that_somebody_has_gone_is_nobodys_progress(house: House, pilot: Pilot) -> None:
    before = house.pilot(pilot.id).last_change_at
    house.later(days=1)
    leaves(house, MAYA)
    assert house.pilot(pilot.id).last_change_at == before


def test_one_who_was_both_is_missed_as_both(house: House) -> None:
    pilot = house.do(pilots.register, MAYA, registration(owner_id=MAYA))
    leaves(house, MAYA)
    assert {one.role for one in missed(house, pilot)} == {Role.CHAMPION, Role.OWNER}
    said = word(house, pilot)
    assert "without its champion and production owner" in said
    assert "Claim as champion" in said
    assert "Claim as production owner" in said


def test_a_group_is_never_missed_and_neither_is_an_owner_who_declined(house: House, pilot: Pilot) -> None:
    group = house.do(pilots.register, MAYA, registration(name="Invoices", owner_id=PAYMENTS))
    assert missed(house, group) == ()
    asked = waiting(house, pilot)
    assert asked
    house.do(handover.refuse, JONAS, asked.id, "I own three others.")
    present(house, JONAS, away=True)
    assert missed(house, pilot) == ()


def test_a_pilot_on_hold_says_so_when_it_goes_on(house: House, pilot: Pilot) -> None:
    on = house.now.date() + timedelta(days=9)
    house.do(stages.hold, MAYA, pilot.id, "", "Budget year ends.", on)
    leaves(house, MAYA)
    assert version(house, pilot) == 0
    house.do(stages.resume, JONAS, pilot.id)
    assert "Who takes it on?" in word(house, pilot)


def test_who_left_a_channel_is_missed_only_at_the_pilots_of_that_channel(house: House, pilot: Pilot) -> None:
    elsewhere = house.do(pilots.register, MAYA, registration(name="Invoices", channel_id="C0OTHER"))
    present(house, MAYA, away=True)
    assert missed(house, pilot)
    assert not missed(house, elsewhere)


# It is over


def test_who_comes_back_is_missed_no_more(house: House, pilot: Pilot) -> None:
    leaves(house, MAYA)
    person(house, MAYA)
    present(house, MAYA, away=False)
    assert missed(house, pilot) == ()
    said = word(house, pilot)
    assert "is here again and looks after it as before" in said
    assert "orphan.claim" not in said


def test_who_leaves_once_more_is_missed_once_more(house: House, pilot: Pilot) -> None:
    for away in (True, False, True):
        present(house, MAYA, away=away)
    assert "Who takes it on?" in word(house, pilot)


def test_a_pilot_that_ends_needs_nobody(house: House, pilot: Pilot) -> None:
    leaves(house, MAYA)
    house.do(stages.retire, JONAS, pilot.id, "The vendor stopped it.", "Ask for the way out first.")
    assert "has ended, so nobody has to take it on" in word(house, pilot)
    assert missed(house, pilot) == ()
    with pytest.raises(Refusal, match="retired"):
        claims(house, PRIYA, pilot)


def test_what_is_over_stays_as_it_was_said(house: House, pilot: Pilot) -> None:
    leaves(house, MAYA)
    claims(house, PRIYA, pilot)
    said = word(house, pilot)
    house.do(championship.hand_championship, PRIYA, pilot.id, SAM)
    house.do(championship.claim_passed, SAM, question_to(house, pilot, PRIYA))
    house.do(orphans.look, "preflight", pilot.id)
    assert word(house, pilot) == said


# Taking it on as champion


def test_anybody_who_is_a_full_member_becomes_champion_at_once(house: House, pilot: Pilot) -> None:
    leaves(house, MAYA)
    house.later(hours=1)
    assert claims(house, PRIYA, pilot) is None
    now = house.pilot(pilot.id)
    assert (now.champion_id, now.last_change_at) == (PRIYA, house.now)
    assert f"<@{PRIYA}> champions it, <@{JONAS}> is named as its owner" in word(house, pilot)
    entry = house.recorded(pilot.id, "pilot.claimed")
    assert entry.actor_id == PRIYA
    assert entry.before == {"champion_id": MAYA}
    assert f"Champion <@{PRIYA}>" in house.words(pilots.card_key(pilot.id))
    assert f"<@{PRIYA}>" in words_of(house.do(portfolio.status_of, PRIYA, pilot.id))
    house.do(pilots.changed, PRIYA, pilot.id, "interview.paused")


def test_of_two_at_once_one_has_it_and_the_other_is_told_who(house: House, pilot: Pilot) -> None:
    leaves(house, MAYA)
    claims(house, PRIYA, pilot)
    with pytest.raises(errors.ChampionFound, match=f"<@{PRIYA}> was quicker"):
        claims(house, SAM, pilot)
    with pytest.raises(errors.ChampionAlready):
        claims(house, PRIYA, pilot)
    assert house.pilot(pilot.id).champion_id == PRIYA


@pytest.mark.parametrize("who", [GUEST, GONE])
def test_guests_and_those_who_left_claim_nothing(house: House, pilot: Pilot, who: str) -> None:
    leaves(house, MAYA)
    with pytest.raises(errors.CannotClaim):
        claims(house, who, pilot)


def test_nobody_takes_on_what_somebody_looks_after(house: House, pilot: Pilot) -> None:
    for role, of in ((Role.CHAMPION, MAYA), (Role.OWNER, JONAS)):
        with pytest.raises(errors.NobodyIsMissed):
            claims(house, SAM, pilot, role, of)


def test_who_takes_it_on_is_not_missed_although_they_left_the_channel(house: House, pilot: Pilot) -> None:
    other = house.do(pilots.register, PRIYA, registration(name="Invoices", champion_id=PRIYA))
    present(house, PRIYA, away=True)
    assert missed(house, other)
    leaves(house, MAYA)
    claims(house, PRIYA, pilot)
    assert missed(house, pilot) == ()


def test_what_is_known_of_the_champion_is_known_of_the_new_one(house: House) -> None:
    asking = Item.model_validate(
        {
            "id": "who-champions", "title": "Champion", "question": "Who?", "why": "It matters.", "good": "A name.",
            "if_missing": "say who", "evidence": "a name", "freshness_days": 90, "known_from": "champion",
            "kind": "person",
        }
    )  # fmt: skip
    book = house.library.playbook
    lists = tuple(one.model_copy(update={"items": (asking, *one.items)}) for one in book.checklists)
    house.library = Library(book.model_copy(update={"checklists": lists}), house.library.templates)
    pilot = house.do(pilots.register, MAYA, registration())
    leaves(house, MAYA)
    claims(house, PRIYA, pilot)
    answer = house.store.read_sync(lambda tx: tx.answers.current(pilot.id))[asking.id]
    assert answer.value
    assert answer.value.ids == (PRIYA,)


# Taking it on as owner


def test_who_takes_an_owners_place_is_asked_for_the_runbook_and_owns_it_then(
    house: House, pilot: Pilot
) -> None:
    accepted(house, pilot)
    leaves(house, JONAS)
    assert "without its production owner" in word(house, pilot, JONAS)
    offered = claims(house, PRIYA, pilot, Role.OWNER, JONAS)
    assert offered
    assert (offered.to_id, offered.state) == (PRIYA, HandoverState.PROPOSED)
    assert house.pilot(pilot.id).owner_id == JONAS, "until Priya accepts"
    assert f"<@{PRIYA}> is asked to take it on" in word(house, pilot, JONAS)
    assert "orphan.claim" not in word(house, pilot, JONAS)
    house.do(handover.accept, PRIYA, offered.id, ENTERED)
    assert house.pilot(pilot.id).owner_id == PRIYA
    assert f"<@{PRIYA}> owns it" in word(house, pilot, JONAS)


def test_who_offered_may_click_again_and_others_are_told_who_was_asked(house: House, pilot: Pilot) -> None:
    accepted(house, pilot)
    leaves(house, JONAS)
    offered = claims(house, PRIYA, pilot, Role.OWNER, JONAS)
    assert claims(house, PRIYA, pilot, Role.OWNER, JONAS) == offered
    with pytest.raises(errors.OwnerAsked, match=f"<@{PRIYA}>"):
        claims(house, SAM, pilot, Role.OWNER, JONAS)
    assert offered
    house.do(handover.accept, PRIYA, offered.id, ENTERED)
    with pytest.raises(errors.OwnerFound, match=f"<@{PRIYA}>"):
        claims(house, SAM, pilot, Role.OWNER, JONAS)
    with pytest.raises(errors.OwnerAlready):
        claims(house, PRIYA, pilot, Role.OWNER, JONAS)


def test_who_offered_and_declines_leaves_it_to_others(house: House, pilot: Pilot) -> None:
    accepted(house, pilot)
    leaves(house, JONAS)
    offered = claims(house, PRIYA, pilot, Role.OWNER, JONAS)
    assert offered
    house.do(handover.refuse, PRIYA, offered.id, "No time after all.")
    assert "Who takes it on?" in word(house, pilot, JONAS)
    assert claims(house, SAM, pilot, Role.OWNER, JONAS)


def test_an_owner_who_never_accepted_gives_way_at_once(house: House, pilot: Pilot) -> None:
    present(house, JONAS, away=True)
    offered = claims(house, PRIYA, pilot, Role.OWNER, JONAS)
    assert offered
    assert house.pilot(pilot.id).owner_id == PRIYA
    assert missed(house, pilot) == ()


# Passing it on


def question_to(house: House, pilot: Pilot, by: str = MAYA) -> Question:
    """Return the question that somebody put last."""
    found = house.store.read_sync(lambda tx: tx.audit.newest_of(WORKSPACE, "pilot", pilot.id, 50))
    number = next(
        (one.after or {})["question"] for one in found if one.what == "pilot.passed_on" and one.actor_id == by
    )
    return Question(pilot.id, by, number)


def passes(house: House, pilot: Pilot, to: str, by: str = MAYA, note: str = "I change teams.") -> Question:
    house.do(championship.hand_championship, by, pilot.id, to, note)
    return question_to(house, pilot, by)


def test_a_champion_passes_it_on_and_stays_until_somebody_says_yes(house: House, pilot: Pilot) -> None:
    before = house.pilot(pilot.id).last_change_at
    house.later(hours=1)
    question = passes(house, pilot, PRIYA)
    message = house.message(question.key)
    assert message
    assert message.channel_id == PRIYA
    said = house.words(question.key)
    for part in (f"<@{MAYA}> would like you to champion", "I change teams.", "Claim it", "Not me either"):
        assert part in said
    assert house.pilot(pilot.id).champion_id == MAYA
    assert house.pilot(pilot.id).last_change_at == before, "asking is no progress"
    house.do(championship.claim_passed, PRIYA, question)
    assert house.pilot(pilot.id).champion_id == PRIYA
    assert "you champion it from now on" in house.words(question.key)
    assert f"in place of <@{MAYA}>" in house.words(f"{question.key}:told")


def test_who_cannot_either_says_so_and_the_champion_hears_of_it(house: House, pilot: Pilot) -> None:
    question = passes(house, pilot, PRIYA)
    house.do(championship.decline, PRIYA, question)
    assert house.pilot(pilot.id).champion_id == MAYA
    assert "you cannot take it on" in house.words(question.key)
    told = house.message(f"{question.key}:told")
    assert told
    assert told.channel_id == MAYA
    for again in (championship.claim_passed, championship.decline):
        with pytest.raises(errors.AnsweredBefore):
            house.do(again, PRIYA, question)


def test_asking_somebody_else_ends_the_question_before(house: House, pilot: Pilot) -> None:
    first, second = passes(house, pilot, PRIYA), passes(house, pilot, SAM)
    assert "has asked in a newer message" in house.words(first.key)
    with pytest.raises(errors.AnsweredBefore):
        house.do(championship.claim_passed, PRIYA, first)
    house.do(championship.claim_passed, SAM, second)
    assert house.pilot(pilot.id).champion_id == SAM


def test_a_question_ends_when_somebody_else_champions_it(house: House, pilot: Pilot) -> None:
    question = passes(house, pilot, PRIYA)
    leaves(house, MAYA)
    claims(house, SAM, pilot)
    assert f"<@{SAM}> champions it now" in house.words(question.key)
    with pytest.raises(errors.PassedBefore, match=f"<@{SAM}>"):
        house.do(championship.claim_passed, PRIYA, question)


def test_only_who_was_asked_answers_and_a_forged_question_is_none(house: House, pilot: Pilot) -> None:
    question = passes(house, pilot, PRIYA)
    with pytest.raises(errors.NotPassedToYou):
        house.do(championship.claim_passed, SAM, question)
    with pytest.raises(errors.ClaimUnknown):
        house.do(championship.claim_passed, SAM, Question(pilot.id, MAYA, "forged"))
    for forged in ("", "a b", "a owner", "a b c d"):
        with pytest.raises(errors.ClaimUnknown):
            orphans.meant(forged)


def test_a_button_means_what_it_was_drawn_for_wherever_it_stands(house: House, pilot: Pilot) -> None:
    for one in (Claimed(pilot.id, Role.OWNER, JONAS), passes(house, pilot, PRIYA)):
        assert orphans.meant(one.value) == one


@pytest.mark.parametrize(
    ("by", "to", "refusal"),
    [
        (JONAS, PRIYA, errors.OnlyTheChampion),
        (MAYA, MAYA, errors.SameChampion),
        (MAYA, GUEST, errors.ChampionCannotAct),
        (MAYA, GONE, errors.ChampionCannotAct),
        (MAYA, PAYMENTS, errors.ChampionCannotAct),
        (MAYA, "U0NOBODY", errors.ChampionCannotAct),
    ],
)
def test_it_is_passed_on_by_the_champion_to_somebody_who_can(
    house: House, pilot: Pilot, by: str, to: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        house.do(championship.hand_championship, by, pilot.id, to)


def test_who_is_asked_to_own_a_pilot_from_outside_its_channel_is_not_missed_there(
    house: House, pilot: Pilot
) -> None:
    present(house, JONAS, away=True)
    assert missed(house, pilot)
    house.do(handover.propose, MAYA, pilot.id, PRIYA)
    house.later(hours=1)
    house.do(handover.propose, MAYA, pilot.id, JONAS)
    assert missed(house, pilot) == ()
    assert "Who takes it on?" not in word(house, pilot, JONAS)


def test_asking_somebody_who_has_gone_to_own_another_pilot_settles_nothing_else(
    house: House, pilot: Pilot
) -> None:
    present(house, MAYA, away=True)
    house.later(hours=1)
    other = house.do(pilots.register, PRIYA, registration(name="Invoices", champion_id=PRIYA))
    house.later(hours=1)
    house.do(handover.propose, PRIYA, other.id, MAYA)
    assert missed(house, other) == ()
    assert [one.person_id for one in missed(house, pilot)] == [MAYA]
    said = word(house, pilot)
    assert "Who takes it on?" in said
    assert "Invoices" not in said


def test_an_owner_who_accepted_and_has_gone_is_missed_until_the_next_one_accepts(
    house: House, pilot: Pilot
) -> None:
    asked = waiting(house, pilot)
    assert asked
    house.do(handover.accept, JONAS, asked.id, ENTERED)
    present(house, JONAS, away=True)
    house.do(handover.propose, MAYA, pilot.id, PRIYA)
    assert [one.person_id for one in missed(house, pilot)] == [JONAS]


def test_an_owner_outside_the_channel_who_declines_or_is_asked_again_is_not_said_to_be_here_again(
    house: House, pilot: Pilot
) -> None:
    asked = waiting(house, pilot)
    assert asked
    present(house, JONAS, away=True)
    house.later(hours=1)
    house.do(handover.propose, MAYA, pilot.id, JONAS)
    assert "is asked to own it, and has not accepted yet" in word(house, pilot, JONAS)
    present(house, JONAS, away=False)
    house.later(hours=1)
    present(house, JONAS, away=True)
    assert "Who takes it on?" in word(house, pilot, JONAS)
    again = waiting(house, pilot)
    assert again
    house.do(handover.refuse, JONAS, again.id, "We have no rota for this one.")
    assert "declined to own it; its champion names somebody else" in word(house, pilot, JONAS)
    assert "here again" not in word(house, pilot, JONAS)
