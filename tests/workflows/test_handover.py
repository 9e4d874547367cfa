"""Handing a pilot over without Slack: who is asked, who may answer, what an answer changes, and what everybody reads."""

from datetime import date
from typing import Any

import pytest

from bot.domain.errors import Refusal
from bot.domain.handovers import Handover, HandoverState, OwnerState, ownership
from bot.domain.messages import OutboundMessage
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.exports import report
from bot.handover import errors, shown, workflow as handover
from bot.handover.messages import Told
from bot.handover.workflow import Entered
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldRefusal, FieldsRefused, GuestCannotOwn, NotYours, OnlyMembers, PersonGone
from bot.portfolio import workflow as portfolio
from bot.stages import workflow as stages
from storage.transaction import Tx

from .conftest import GONE, GUEST, JONAS, MAYA, PILOTS, PRIYA, SAM, WORKSPACE, House, registration, words_of

PAYMENTS = "S0PAYMENTS"
RUNBOOK = "https://wiki.example/runbooks/refund-triage"
ENTERED = Entered(RUNBOOK, (), "On-call rota Payments", date(2027, 1, 10))


def waiting(house: House, pilot: Pilot) -> Handover:
    found = house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
    assert found
    return found


def state_of(house: House, one: Handover) -> HandoverState:
    found = house.store.read_sync(lambda tx: tx.handovers.get(WORKSPACE, one.id))
    assert found
    return found.state


def question(house: House, one: Handover) -> OutboundMessage:
    found = house.message(shown.asked_key(one.id))
    assert found
    return found


def said(house: House, one: Handover) -> str:
    return house.words(shown.asked_key(one.id))


def told(house: House, one: Handover, what: Told) -> str:
    return house.words(shown.told_key(one.id, what))


def card(house: House, pilot: Pilot) -> str:
    return house.words(pilots.card_key(pilot.id))


def remember(house: House, **person: Any) -> None:
    house.store.write_sync(lambda tx: tx.people.remember(Person(workspace_id=WORKSPACE, **person)))


@pytest.fixture
def asked(house: House, pilot: Pilot) -> Handover:
    """The question that a registration puts to Jonas."""
    return waiting(house, pilot)


@pytest.fixture
def accepted(house: House, asked: Handover) -> Handover:
    """The same, accepted by Jonas."""
    return house.do(handover.accept, JONAS, asked.id, ENTERED)


@pytest.fixture
def team(house: House) -> Handover:
    """The question to a group that is named when a pilot is registered."""
    return waiting(house, house.do(pilots.register, MAYA, registration(name="Invoices", owner_id=PAYMENTS)))


def test_who_is_named_at_registration_reads_one_direct_message(house: House, asked: Handover) -> None:
    message = question(house, asked)
    assert (message.channel_id, message.under) == (JONAS, None)
    read = said(house, asked)
    for words in (
        f"<@{MAYA}> proposes you",
        "Refund triage",
        "Sorts refund requests",
        "Accepting means",
        "can wait until there is a runbook",
        "handover.accept",
        "handover.not_me",
    ):
        assert words in read
    assert house.audited(asked.pilot_id) == ["pilot.registered", "handover.proposed"]


def test_a_question_is_put_once_whatever_changes_afterwards(
    house: House, pilot: Pilot, asked: Handover
) -> None:
    version = question(house, asked).version
    house.do(pilots.changed, MAYA, pilot.id, "interview.paused")
    assert waiting(house, pilot).id == asked.id
    assert question(house, asked).version == version


def test_a_group_is_asked_under_the_card_of_its_pilot(house: House, team: Handover) -> None:
    message = question(house, team)
    assert message.channel_id == PILOTS
    assert message.under is not None
    assert f"<!subteam^{PAYMENTS}>" in said(house, team)
    assert "Any of you may answer for all" in said(house, team)


def test_until_they_accept_every_place_says_proposed(house: House, pilot: Pilot, asked: Handover) -> None:
    assert f"Production owner <@{JONAS}> (proposed)" in card(house, pilot)
    assert f"<@{JONAS}> (proposed)" in words_of(house.do(portfolio.status_of, MAYA, pilot.id))
    assert f"<@{JONAS}> (proposed)" in words_of(house.do(portfolio.list_all, MAYA))
    assert f"<@{JONAS}> (proposed)" in words_of(house.do(portfolio.home, MAYA))
    assert "Jonas (proposed)" in house.do(report.report, MAYA, pilot.id, {}).content
    assert asked.state is HandoverState.PROPOSED


def test_accepting_makes_the_owner_and_everybody_reads_it(
    house: House, pilot: Pilot, accepted: Handover
) -> None:
    now = house.pilot(pilot.id)
    assert (now.owner_id, now.owner_accepted_at) == (JONAS, house.now)
    assert (accepted.runbook, accepted.contact, accepted.first_review_on) == (
        RUNBOOK,
        "On-call rota Payments",
        date(2027, 1, 10),
    )
    assert f"<@{JONAS}> (accepted <!date" in card(house, pilot)
    assert "(accepted <!date" in words_of(house.do(portfolio.status_of, MAYA, pilot.id))
    assert "(accepted <!date" in words_of(house.do(portfolio.list_all, MAYA))
    file = house.do(report.report, MAYA, pilot.id, {}).content
    assert "| Production owner | Jonas (accepted" in file
    assert "| On call | On-call rota Payments |" in file
    for read in (said(house, accepted), told(house, accepted, Told.ACCEPTED)):
        assert RUNBOOK in read
        assert "On-call rota Payments" in read
        assert "10 Jan" in read
    assert "handover.accept" not in said(house, accepted)
    assert house.audited(pilot.id)[-1] == "handover.accepted"


def test_what_the_form_lacks_is_said_at_once_and_at_its_fields(house: House, asked: Handover) -> None:
    wrong = Entered("wiki", (GUEST, PAYMENTS), "", date(2026, 11, 23))
    with pytest.raises(FieldsRefused) as refused:
        house.do(handover.accept, JONAS, asked.id, wrong)
    assert [(one.field, type(one)) for one in refused.value.fields] == [
        ("runbook", errors.RunbookNeeded),
        ("contact", errors.ContactCannotAct),
        ("contact_group", errors.OneContact),
        ("first_review", errors.ReviewOutOfReach),
    ]
    assert state_of(house, asked) is HandoverState.PROPOSED


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"runbook": ""}, "runbook"),
        ({"runbook": "javascript:alert(1)"}, "runbook"),
        ({"runbook": "https://"}, "runbook"),
        ({"runbook": "https://a.example/" + "x" * 500}, "runbook"),
        ({"runbook": "https://a.example/two words"}, "runbook"),
        ({"contact": "  "}, "contact"),
        ({"contact_ids": (GONE,)}, "contact"),
        ({"contact_ids": ("U0NOBODY",)}, "contact"),
        ({"first_review_on": None}, "first_review"),
        ({"first_review_on": date(2026, 11, 23)}, "first_review"),
        ({"first_review_on": date(2027, 11, 25)}, "first_review"),
    ],
)
def test_nothing_is_accepted_without_runbook_contact_and_day(
    house: House, asked: Handover, changed: dict[str, Any], field: str
) -> None:
    facts: dict[str, Any] = {
        "runbook": RUNBOOK,
        "contact_ids": (),
        "contact": "rota",
        "first_review_on": date(2026, 11, 24),
    } | changed
    with pytest.raises(FieldsRefused) as refused:
        house.do(handover.accept, JONAS, asked.id, Entered(**facts))
    assert [one.field for one in refused.value.fields] == [field]
    assert house.pilot(asked.pilot_id).owner_accepted_at is None


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2027, 11, 24)])
def test_the_first_look_lies_between_tomorrow_and_a_year(house: House, asked: Handover, day: date) -> None:
    house.do(handover.accept, JONAS, asked.id, Entered(RUNBOOK, (SAM,), "", day))
    assert state_of(house, asked) is HandoverState.ACCEPTED


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (MAYA, errors.NotAsked),
        (PRIYA, errors.NotAsked),
        (GUEST, errors.CannotOwn),
        (GONE, errors.CannotOwn),
        ("U0ELSEWHERE", errors.CannotOwn),
        ("U0ROBOT", errors.CannotOwn),
    ],
)
def test_only_whoever_was_asked_may_answer(
    house: House, asked: Handover, who: str, refusal: type[Refusal]
) -> None:
    remember(house, user_id="U0ELSEWHERE", name="Eve", home_workspace_id="T0000000002")
    remember(house, user_id="U0ROBOT", name="Robo", bot=True)
    with pytest.raises(refusal):
        house.do(handover.may_answer, who, asked.id)
    with pytest.raises(refusal):
        house.do(handover.accept, who, asked.id, ENTERED)
    with pytest.raises(refusal):
        house.do(handover.refuse, who, asked.id, "No")
    assert state_of(house, asked) is HandoverState.PROPOSED


def test_whoever_was_asked_and_has_become_a_guest_since_may_not_accept(house: House, asked: Handover) -> None:
    remember(house, user_id=JONAS, name="Jonas", guest=True)
    with pytest.raises(errors.CannotOwn):
        house.do(handover.accept, JONAS, asked.id, ENTERED)


def test_a_forged_id_is_refused(house: House, asked: Handover) -> None:
    for forged in ("", "x" * 16, asked.pilot_id):
        with pytest.raises(errors.HandoverGone):
            house.do(handover.accept, JONAS, forged, ENTERED)


def test_any_member_of_the_group_may_accept_for_it_and_nobody_else(house: House, team: Handover) -> None:
    members = frozenset({SAM, PRIYA})
    with pytest.raises(errors.NotOfTheGroup):
        house.do(handover.accept, JONAS, team.id, ENTERED, members)
    accepted = house.do(handover.accept, SAM, team.id, ENTERED, members)
    assert accepted.decided_by == SAM
    assert house.pilot(team.pilot_id).owner_id == PAYMENTS
    assert f"<@{SAM}> accepted for <!subteam^{PAYMENTS}>" in said(house, team)
    assert house.recorded(team.pilot_id, "handover.accepted").on_behalf_of == PAYMENTS
    with pytest.raises(errors.AcceptedBefore) as late:
        house.do(handover.refuse, PRIYA, team.id, "No", members)
    assert f"<@{SAM}>" in late.value.sentence


def test_the_second_answer_hears_of_the_first(house: House, team: Handover, accepted: Handover) -> None:
    members = frozenset({SAM, PRIYA})
    house.do(handover.refuse, SAM, team.id, "Not our systems.", members)
    with pytest.raises(errors.DeclinedBefore):
        house.do(handover.accept, PRIYA, team.id, ENTERED, members)
    with pytest.raises(errors.AnsweredBefore):
        house.do(handover.accept, JONAS, accepted.id, ENTERED)


def test_declining_needs_a_reason_which_the_team_reads_with_the_way_on(
    house: House, pilot: Pilot, asked: Handover
) -> None:
    with pytest.raises(errors.WhyNot):
        house.do(handover.refuse, JONAS, asked.id, "  ")
    house.do(handover.refuse, JONAS, asked.id, "We only run the <!channel> terminals.")
    assert f"<@{JONAS}> (declined)" in card(house, pilot)
    assert f"<@{JONAS}> (declined)" in words_of(house.do(portfolio.list_all, MAYA))
    word = told(house, asked, Told.REFUSED)
    for words in (
        f"<@{JONAS}> does not take",
        "&lt;!channel&gt; terminals",
        f"<@{MAYA}>",
        "handover.hand_over",
    ):
        assert words in word
    assert "You declined" in said(house, asked)
    assert "handover.accept" not in said(house, asked)
    assert house.audited(pilot.id)[-1] == "handover.refused"


def test_whoever_declined_can_be_asked_again(house: House, pilot: Pilot, asked: Handover) -> None:
    house.do(handover.refuse, JONAS, asked.id, "Not now.")
    again = house.do(handover.propose, MAYA, pilot.id, JONAS, "There is a runbook now.")
    assert again
    assert "There is a runbook now." in said(house, again)
    assert f"<@{JONAS}> (proposed)" in card(house, pilot)
    house.do(handover.accept, JONAS, again.id, ENTERED)
    assert house.pilot(pilot.id).owner_accepted_at


def test_an_owner_who_never_accepted_gives_way_at_once(house: House, pilot: Pilot, asked: Handover) -> None:
    new = house.do(handover.propose, MAYA, pilot.id, SAM, "You run the queue.")
    assert new
    assert house.pilot(pilot.id).owner_id == SAM
    assert f"<@{SAM}> (proposed)" in card(house, pilot)
    assert "proposed somebody else" in said(house, asked)
    assert "handover.accept" not in said(house, asked)
    assert f"<@{MAYA}> asked <@{SAM}> to own" in told(house, new, Told.PROPOSED)
    with pytest.raises(errors.NotAskedAnyMore):
        house.do(handover.accept, JONAS, asked.id, ENTERED)


def test_an_owner_who_accepted_stays_until_the_next_one_accepts(
    house: House, pilot: Pilot, accepted: Handover
) -> None:
    new = house.do(handover.propose, JONAS, pilot.id, SAM)
    assert new
    assert house.pilot(pilot.id).owner_id == JONAS
    assert f"<@{SAM}> is asked to take over" in card(house, pilot)
    assert f"in place of <@{JONAS}>" in said(house, new)
    house.do(handover.accept, SAM, new.id, ENTERED)
    assert house.pilot(pilot.id).owner_id == SAM
    assert f"<@{JONAS}> is relieved" in told(house, new, Told.ACCEPTED)
    relieved = house.message(shown.relieved_key(new.id))
    assert relieved
    assert relieved.channel_id == JONAS
    assert house.message(shown.relieved_key(accepted.id)) is None


def test_an_owner_who_accepted_stays_when_the_next_one_declines(
    house: House, pilot: Pilot, accepted: Handover
) -> None:
    new = house.do(handover.propose, MAYA, pilot.id, SAM)
    assert new
    house.do(handover.refuse, SAM, new.id, "No time.")
    assert f"<@{JONAS}> stays its production owner" in told(house, new, Told.REFUSED)
    assert f"<@{JONAS}> (accepted" in card(house, pilot)
    assert "take over" not in card(house, pilot)
    assert state_of(house, accepted) is HandoverState.ACCEPTED


def test_naming_the_owner_takes_back_what_was_asked_of_somebody_else(
    house: House, pilot: Pilot, accepted: Handover
) -> None:
    with pytest.raises(errors.OwnsIt):
        house.do(handover.propose, MAYA, pilot.id, JONAS)
    new = house.do(handover.propose, MAYA, pilot.id, SAM)
    assert new
    assert house.do(handover.propose, MAYA, pilot.id, JONAS) is None
    assert state_of(house, new) is HandoverState.SUPERSEDED
    assert "its owner stays" in said(house, new)
    assert "take over" not in card(house, pilot)
    assert state_of(house, accepted) is HandoverState.ACCEPTED


def test_asking_the_same_person_again_is_a_new_message(house: House, pilot: Pilot, asked: Handover) -> None:
    again = house.do(handover.propose, MAYA, pilot.id, JONAS, "Any questions?")
    assert again
    assert again.id != asked.id
    assert "asks you again" in said(house, asked)
    assert "Any questions?" in said(house, again)
    assert house.pilot(pilot.id).owner_id == JONAS


@pytest.mark.parametrize("who", [MAYA, JONAS])
def test_those_who_answer_for_a_pilot_may_hand_it_over(house: House, pilot: Pilot, who: str) -> None:
    assert house.do(handover.propose, who, pilot.id, SAM)


def test_the_owners_group_may_hand_over_and_others_may_not(house: House, team: Handover) -> None:
    with pytest.raises(NotYours):
        house.do(handover.propose, SAM, team.pilot_id, PRIYA)
    assert house.do(handover.propose, SAM, team.pilot_id, PRIYA, "", frozenset({SAM}))
    with pytest.raises(OnlyMembers):
        house.do(handover.propose, GUEST, team.pilot_id, PRIYA, "", frozenset({GUEST}))


@pytest.mark.parametrize(
    ("to", "refusal"), [(GUEST, GuestCannotOwn), (GONE, PersonGone), ("U0X", PersonGone)]
)
def test_who_cannot_own_is_not_asked(
    house: House, pilot: Pilot, to: str, refusal: type[FieldRefusal]
) -> None:
    with pytest.raises(refusal) as refused:
        house.do(handover.propose, MAYA, pilot.id, to)
    assert refused.value.field == "owner"
    assert waiting(house, pilot).to_id == JONAS


def test_who_leaves_before_accepting_is_asked_no_more_and_the_team_finds_somebody_else(
    house: House, pilot: Pilot, asked: Handover
) -> None:
    assert house.do(handover.gone, "preflight", JONAS) == 1
    assert house.do(handover.gone, "preflight", JONAS) == 0
    assert state_of(house, asked) is HandoverState.SUPERSEDED
    word = told(house, asked, Told.LEFT)
    assert f"<@{JONAS}> is no longer here" in word
    assert f"<@{MAYA}>, who else could own it?" in word
    assert "handover.hand_over" in word
    assert f"<@{JONAS}> (not accepted)" in card(house, pilot)


def test_a_pilot_that_ends_asks_nobody_any_more(house: House, pilot: Pilot, asked: Handover) -> None:
    house.do(stages.retire, MAYA, pilot.id, "Too few cases.", "Count first.")
    assert state_of(house, asked) is HandoverState.SUPERSEDED
    assert "was ended" in said(house, asked)
    with pytest.raises(Refusal):
        house.do(handover.accept, JONAS, asked.id, ENTERED)


def test_an_owner_whom_nobody_ever_asked_is_asked_at_the_next_change(house: House, pilot: Pilot) -> None:
    def forget(tx: Tx) -> None:
        tx.connection.exec_driver_sql("DELETE FROM handover")

    house.store.write_sync(forget)
    assert ownership(house.pilot(pilot.id), ()).state is OwnerState.PROPOSED
    house.do(pilots.changed, PRIYA, pilot.id, "interview.paused")
    new = waiting(house, pilot)
    assert (new.to_id, new.proposed_by) == (JONAS, MAYA)
    assert question(house, new).channel_id == JONAS


def test_whoever_owns_it_by_their_own_word_is_asked_in_those_words(house: House) -> None:
    made = house.do(pilots.register, JONAS, registration(name="Own", champion_id=MAYA, owner_id=JONAS))
    assert "You proposed yourself" in said(house, waiting(house, made))


def test_who_proposed_themselves_is_not_told_that_somebody_did(house: House) -> None:
    one = waiting(house, house.do(pilots.register, JONAS, registration(name="Own idea", owner_id=JONAS)))
    read = said(house, one)
    assert f"<@{JONAS}> proposes" not in read
    assert "You proposed yourself" in question(house, one).body["text"]


def test_a_reason_that_nobody_can_see_is_no_reason(house: House, asked: Handover) -> None:
    with pytest.raises(errors.WhyNot):
        house.do(handover.refuse, JONAS, asked.id, "\u200b \u2060 ")
    assert state_of(house, asked) is HandoverState.PROPOSED


def test_contact_words_that_nobody_can_see_name_nobody(house: House, asked: Handover) -> None:
    with pytest.raises(FieldsRefused) as refused:
        house.do(handover.accept, JONAS, asked.id, Entered(RUNBOOK, (), "\u200b \u200b", date(2027, 1, 10)))
    assert [one.field for one in refused.value.fields] == ["contact"]
