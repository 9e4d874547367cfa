"""Each way in which a gate opens again, beside evidence that expires: waivers, owners, conditions, emergencies; and what a
pilot that waits, goes back or ends makes of it.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.actions import ActionState
from bot.domain.pilots import Pilot
from bot.domain.policies import SIMPLE, ApproverRole, Policy, PolicyStep, Seat
from bot.domain.reviews import Choice, Condition, Review
from bot.domain.values import PREFLIGHT
from bot.handover import workflow as handovers
from bot.pilots import workflow as pilots
from bot.reopening import workflow as reopening
from bot.review import conditions, deciding, requesting, workflow as reviews
from bot.review.messages import as_seen
from bot.stages import emergency, workflow as stages
from bot.stages.seen import seen_hold
from bot.waivers import workflow as waivers
from bot.waivers.workflow import Entered

from .conftest import JONAS, MAYA, PANEL, PRIYA, SAM, WORKSPACE, House, registration
from .reopened import (
    BOARD,
    NOT_YET,
    answer,
    approve,
    becomes,
    flags,
    own_words,
    post,
    put_in_place,
    readiness,
    said,
    subjects,
    sweep,
    with_playbook,
    with_readiness,
)

ROLLBACK = {("evidence", "rollback")}
ACCEPTED = {("waiver", "rollback")}
UNTIL = date(2026, 12, 24)


@pytest.fixture
def review(house: House, pilot: Pilot) -> Review:
    """A pilot that was let into shadow with everything in place."""
    put_in_place(house, pilot)
    return approve(house, pilot)


# waivers


@pytest.fixture
def waived(house: House, pilot: Pilot) -> Pilot:
    """A pilot that was let into shadow without a rollback, until Christmas."""
    put_in_place(house, pilot, but=frozenset({"rollback"}))
    waive(house, pilot)
    approve(house, pilot)
    return pilot


def waive(house: House, pilot: Pilot, until: date = UNTIL) -> str:
    entered = Entered(("rollback",), until, "Twenty cases a day; two people look at each.")
    asked = house.do(waivers.ask, MAYA, pilot.id, entered, PANEL)
    house.do(waivers.grant, PRIYA, asked.id, PANEL)
    return asked.id


def test_an_accepted_risk_holds_until_its_day_begins_in_utc(house: House, waived: Pilot) -> None:
    over = datetime(2026, 12, 24, tzinfo=UTC)
    assert house.pilot(waived.id).next_look_at == over
    house.now = over - timedelta(seconds=1)
    assert sweep(house) == 0
    assert flags(house, waived) == []
    house.now = over
    house.do(waivers.lapse, PREFLIGHT)
    assert subjects(house, waived) == ACCEPTED
    (word,) = said(house, waived)
    assert "accepted as a risk until" in word
    assert "that day has come" in word
    assert "Ask for a waiver" in word


def test_the_look_may_come_before_the_waiver_is_ended(house: House, waived: Pilot) -> None:
    house.now = datetime(2026, 12, 24, tzinfo=UTC)
    sweep(house)
    assert subjects(house, waived) == ACCEPTED
    before = said(house, waived)
    house.do(waivers.lapse, PREFLIGHT)
    assert subjects(house, waived) == ACCEPTED
    assert len(said(house, waived)) == len(before) == 1


def test_a_revoked_waiver_opens_the_gate_and_says_who_took_it_back(house: House, waived: Pilot) -> None:
    request = house.store.read_sync(lambda tx: tx.waivers.all_of_pilot(waived.id))[0].request_id
    house.do(waivers.revoke, SAM, request, None, "The volume has doubled.", PANEL, frozenset())
    assert subjects(house, waived) == ACCEPTED
    (word,) = said(house, waived)
    assert f"<@{SAM}> has taken that back" in word
    assert "The volume has doubled." in word


def test_another_waiver_mends_it_for_a_while(house: House, waived: Pilot) -> None:
    house.now = datetime(2026, 12, 24, 8, tzinfo=UTC)
    house.do(waivers.lapse, PREFLIGHT)
    house.later(hours=1)
    waive(house, waived, date(2027, 1, 10))
    assert flags(house, waived) == []
    assert "everything holds again" in said(house, waived)[0]
    house.now = datetime(2027, 1, 10, 0, 1, tzinfo=UTC)
    house.do(waivers.lapse, PREFLIGHT)
    assert subjects(house, waived) == ACCEPTED
    assert len(said(house, waived)) == 2


def test_a_waiver_that_ends_when_nothing_needs_it_any_more_opens_nothing(house: House, waived: Pilot) -> None:
    answer(house, waived, "rollback")
    house.now = datetime(2026, 12, 24, tzinfo=UTC)
    house.do(waivers.lapse, PREFLIGHT)
    sweep(house)
    assert flags(house, waived) == []


# owners


def test_the_champion_is_told_when_the_owner_leaves(house: House, pilot: Pilot, review: Review) -> None:
    becomes(house, JONAS, deactivated=True)
    assert subjects(house, pilot) == {("owner", JONAS)}
    (word,) = said(house, pilot)
    assert word.index(f"<@{MAYA}>:") < word.index(f"<@{JONAS}>")
    assert "has left" in word
    assert "Hand over" in word
    assert "Continue readiness" not in word
    assert house.pilot(pilot.id).stage == "shadow"


def test_an_owner_who_becomes_a_guest_can_own_nothing_either(
    house: House, pilot: Pilot, review: Review
) -> None:
    becomes(house, JONAS, guest=True)
    assert "no full member here any more" in said(house, pilot)[0]


def test_an_owner_who_comes_back_mends_it(house: House, pilot: Pilot, review: Review) -> None:
    becomes(house, JONAS, deactivated=True)
    house.later(hours=1)
    becomes(house, JONAS, deactivated=False)
    assert flags(house, pilot) == []
    assert "everything holds again" in said(house, pilot)[0]


def test_another_owner_mends_it(house: House, pilot: Pilot, review: Review) -> None:
    becomes(house, JONAS, deactivated=True)
    house.later(hours=1)
    house.do(handovers.propose, MAYA, pilot.id, PRIYA)
    assert house.pilot(pilot.id).owner_id == PRIYA
    assert flags(house, pilot) == []


def test_an_owner_who_leaves_while_it_is_open_already_is_a_word_of_its_own(
    house: House, pilot: Pilot, review: Review
) -> None:
    """An edit calls nobody, and the champion has to hear of it."""
    answer(house, pilot, "rollback", NOT_YET)
    post(house)
    house.later(hours=1)
    becomes(house, JONAS, deactivated=True)
    (own,) = own_words(house, pilot)
    assert own.startswith(f"⚠️ <@{MAYA}>:")
    assert "Hand over" in own
    (word,) = said(house, pilot)
    assert "has left" in word
    house.later(hours=1)
    house.do(handovers.propose, MAYA, pilot.id, PRIYA)
    assert f"has a production owner: <@{PRIYA}>" in own_words(house, pilot)[0]
    assert subjects(house, pilot) == ROLLBACK


def test_an_owner_who_leaves_twice_is_spoken_of_twice(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    post(house)
    for gone in (True, False, True):
        house.later(hours=1)
        becomes(house, JONAS, deactivated=gone)
    first, second = own_words(house, pilot)
    assert "owns *Refund triage* again" in first
    assert "Please hand it over" in second
    house.later(hours=1)
    house.do(stages.roll_back, MAYA, pilot.id, "shadow", "pilot", "Nobody owns it.", frozenset())
    assert "nobody is looked for here any more" in own_words(house, pilot)[1]


def test_what_opened_on_hold_is_one_word_when_the_pilot_goes_on(
    house: House, pilot: Pilot, review: Review
) -> None:
    """Whoever is called by the first word need not be called by another."""
    held(house, pilot, date(2026, 12, 1))
    answer(house, pilot, "rollback", NOT_YET)
    house.later(hours=1)
    becomes(house, JONAS, deactivated=True)
    house.now = datetime(2026, 12, 1, tzinfo=UTC)
    sweep(house)
    post(house)
    house.later(hours=1)
    house.do(reopening.look, PREFLIGHT, pilot.id)
    assert own_words(house, pilot) == []
    (word,) = said(house, pilot)
    assert word.index(f"<@{MAYA}>:") < word.index(f"<@{JONAS}>")


def test_with_owner_and_champion_gone_nobody_is_called_and_the_board_reads_so(
    house: House, pilot: Pilot, review: Review
) -> None:
    becomes(house, MAYA, deactivated=True)
    assert flags(house, pilot) == []
    becomes(house, JONAS, deactivated=True)
    assert "Neither its owner nor its champion is here any more" in said(house, pilot)[0]
    assert "somebody else has to take it on" in said(house, pilot, ":board")[0]


def test_a_group_that_owns_a_pilot_does_not_leave(house: House) -> None:
    pilot = house.do(pilots.register, MAYA, registration(owner_id="S0PAYMENTS"))
    put_in_place(house, pilot)
    approve(house, pilot)
    answer(house, pilot, "rollback", NOT_YET)
    assert subjects(house, pilot) == ROLLBACK
    assert "<!subteam^S0PAYMENTS>:" in said(house, pilot)[0]


def test_a_look_finds_an_owner_who_left_while_nobody_heard_of_it(
    house: House, pilot: Pilot, review: Review
) -> None:
    person = house.store.read_sync(lambda tx: tx.people.get(WORKSPACE, JONAS))
    assert person
    gone = person.model_copy(update={"deactivated": True})
    house.store.write_sync(lambda tx: tx.people.remember(gone))
    answer(house, pilot, "guardrails")
    assert subjects(house, pilot) == {("owner", JONAS)}


# conditions


@pytest.fixture
def on_condition(house: House, pilot: Pilot) -> Pilot:
    put_in_place(house, pilot)
    what = Condition(what="Try the switch with the night shift.", owner_id=SAM, due_on=date(2026, 11, 25))
    approve(house, pilot, what)
    return pilot


def condition_of(house: House, pilot: Pilot) -> str:
    (found,) = house.store.read_sync(lambda tx: tx.actions.conditions_of_pilot(pilot.id))
    return found.id


def test_a_condition_that_is_overdue_opens_the_gate_the_day_after(house: House, on_condition: Pilot) -> None:
    over = datetime(2026, 11, 26, tzinfo=UTC)
    assert house.pilot(on_condition.id).next_look_at == over
    house.now = over
    sweep(house)
    assert subjects(house, on_condition) == {("condition", condition_of(house, on_condition))}
    (word,) = said(house, on_condition)
    assert "Try the switch with the night shift." in word
    assert f"<@{SAM}>" in word
    assert "review.condition_done" in word


def test_meeting_it_closes_the_gate(house: House, on_condition: Pilot) -> None:
    house.now = datetime(2026, 11, 26, tzinfo=UTC)
    sweep(house)
    house.later(hours=1)
    done = condition_of(house, on_condition)
    house.do(conditions.close, SAM, done, ActionState.DONE, "Tried on Wednesday.")
    assert flags(house, on_condition) == []
    assert "everything holds again" in said(house, on_condition)[0]


def test_a_condition_of_a_stage_that_was_left_backwards_opens_nothing_there(
    house: House, on_condition: Pilot
) -> None:
    house.later(hours=1)
    put_in_place(house, house.pilot(on_condition.id))
    late = Condition(what="Write it down.", owner_id=JONAS, due_on=date(2026, 11, 24))
    approve(house, on_condition, late)
    house.do(stages.roll_back, MAYA, on_condition.id, "limited", "shadow", "Too many errors.", frozenset())
    house.now = datetime(2026, 11, 25, tzinfo=UTC)
    sweep(house)
    assert flags(house, on_condition) == []
    house.now = datetime(2026, 11, 26, tzinfo=UTC)
    sweep(house)
    (flag,) = flags(house, on_condition)
    assert flag.kind == "condition"


# emergencies


@pytest.fixture
def hurried(house: House, pilot: Pilot) -> Review:
    """A pilot that was promoted in an emergency, with a review open about it."""
    role = ApproverRole(id=SIMPLE, title="the gate approvers", people=(PRIYA, SAM))
    policy = Policy(
        id="quick", title="one", steps=(PolicyStep(seats=(Seat(role=SIMPLE),)),), break_glass=SIMPLE
    )
    gates = [
        one.model_copy(update={"approvers": None, "policy": "quick", "expires_after_working_days": None})
        for one in house.library.playbook.gates
    ]
    with_playbook(house, roles=(role,), policies=(policy,), gates=tuple(gates))
    put_in_place(house, pilot, but=frozenset({"rollback"}))
    house.do(emergency.break_glass, SAM, pilot.id, "pilot", pilot.name, "Refunds pile up.", BOARD)
    return house.store.read_sync(lambda tx: tx.reviews.all_open_of(pilot.id))[0]


def vote(house: House, review: Review, choice: Choice, reason: str = "") -> None:
    mark = as_seen(review).partition(":")[2]
    house.do(deciding.vote, PRIYA, review.id, mark, choice, BOARD, reason=reason)


def test_an_emergency_stands_while_it_is_reviewed(house: House, pilot: Pilot, hurried: Review) -> None:
    assert house.pilot(pilot.id).stage == "shadow"
    assert flags(house, pilot) == []
    answer(house, pilot, "guardrails", NOT_YET)
    assert flags(house, pilot) == []


def test_an_emergency_that_was_declined_opens_the_gate_and_moves_nothing(
    house: House, pilot: Pilot, hurried: Review
) -> None:
    vote(house, hurried, Choice.DECLINE, "There was time to ask.")
    assert subjects(house, pilot) == {("break_glass", hurried.id)}
    assert house.pilot(pilot.id).stage == "shadow"
    (word,) = said(house, pilot)
    assert "was not confirmed" in word
    assert "There was time to ask." in word
    assert "Roll back" in word
    (told,) = said(house, pilot, ":board")
    assert "that was not confirmed" in told


def test_an_emergency_that_nobody_reviewed_in_time_opens_it_too(
    house: House, pilot: Pilot, hurried: Review
) -> None:
    house.later(days=30)
    house.do(requesting.expire, PREFLIGHT)
    assert subjects(house, pilot) == {("break_glass", hurried.id)}
    assert "nobody decided about it in time" in said(house, pilot)[0]


def test_an_emergency_that_was_confirmed_is_an_approval_like_any_other(
    house: House, pilot: Pilot, hurried: Review
) -> None:
    vote(house, hurried, Choice.APPROVE)
    assert flags(house, pilot) == []
    answer(house, pilot, "guardrails", NOT_YET)
    assert subjects(house, pilot) == {("evidence", "guardrails")}
    answer(house, pilot, "rollback", NOT_YET)
    assert subjects(house, pilot) == {("evidence", "guardrails")}, "it was missing when it was confirmed"


def test_going_back_after_an_emergency_closes_it(house: House, pilot: Pilot, hurried: Review) -> None:
    vote(house, hurried, Choice.DECLINE, "There was time to ask.")
    house.later(hours=1)
    house.do(stages.roll_back, MAYA, pilot.id, "shadow", "pilot", "It was declined.", frozenset())
    assert flags(house, pilot) == []
    assert "is in pilot now" in said(house, pilot)[0]
    assert "is in pilot now" in said(house, pilot, ":board")[0]


# back, on hold, ended


def test_going_back_takes_the_flags_of_the_gate_down(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    house.later(hours=1)
    house.do(stages.roll_back, MAYA, pilot.id, "shadow", "pilot", "No switch.", frozenset())
    assert flags(house, pilot) == []
    assert house.pilot(pilot.id).next_look_at is None
    (word,) = said(house, pilot)
    assert "is in pilot now" in word
    assert "Continue readiness" not in word
    assert "Open again" not in house.words(reviews.card_key(review.id))


def test_promoted_once_more_it_stands_on_the_new_approval(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    house.later(hours=1)
    house.do(stages.roll_back, MAYA, pilot.id, "shadow", "pilot", "No switch.", frozenset())
    house.later(hours=1)
    answer(house, pilot, "rollback")
    second = approve(house, pilot)
    assert flags(house, pilot) == []
    house.later(hours=1)
    answer(house, pilot, "rollback", NOT_YET)
    (flag,) = flags(house, pilot)
    assert flag.review_id == second.id
    assert len(said(house, pilot)) == 2


def held(house: House, pilot: Pilot, until: date) -> None:
    house.do(stages.hold, MAYA, pilot.id, seen_hold(house.pilot(pilot.id)), "Holidays.", until)


def test_on_hold_nothing_is_said_until_it_goes_on(house: House, pilot: Pilot, review: Review) -> None:
    house.later(days=80)
    held(house, pilot, date(2027, 3, 1))
    sweep(house, days=12)
    assert len(flags(house, pilot)) == 4
    assert said(house, pilot) == []
    house.now = datetime(2027, 3, 1, tzinfo=UTC)
    assert sweep(house) == 1
    assert house.pilot(pilot.id).hold is None
    assert "pilot.resumed" in house.audited(pilot.id)
    (word,) = said(house, pilot)
    assert f"<@{JONAS}>" in word
    (told,) = said(house, pilot, ":board")
    assert "is asked to put it right" in told


def test_what_is_mended_on_hold_is_never_spoken_of(house: House, pilot: Pilot, review: Review) -> None:
    held(house, pilot, date(2026, 12, 1))
    answer(house, pilot, "rollback", NOT_YET)
    house.later(hours=1)
    answer(house, pilot, "rollback")
    house.now = datetime(2026, 12, 1, tzinfo=UTC)
    sweep(house)
    assert said(house, pilot) == []


def test_a_word_that_was_said_before_the_hold_stays_true(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    held(house, pilot, date(2026, 12, 1))
    house.later(hours=1)
    answer(house, pilot, "rollback")
    assert "everything holds again" in said(house, pilot)[0]


def test_a_hold_of_a_pilot_that_nobody_promoted_ends_by_itself(house: House, pilot: Pilot) -> None:
    held(house, pilot, date(2026, 12, 1))
    assert house.pilot(pilot.id).next_look_at == datetime(2026, 12, 1, tzinfo=UTC)
    house.now = datetime(2026, 12, 14, tzinfo=UTC)
    assert sweep(house) == 1
    assert house.pilot(pilot.id).hold is None
    assert house.pilot(pilot.id).next_look_at is None


def test_a_retired_pilot_is_asked_nothing(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    house.later(hours=1)
    house.do(stages.retire, MAYA, pilot.id, "Nobody needs it.", "Ask first.")
    assert flags(house, pilot) == []
    assert house.pilot(pilot.id).next_look_at is None
    assert "has ended" in said(house, pilot)[0]
    becomes(house, JONAS, deactivated=True)
    assert sweep(house, days=400) == 0
    assert len(said(house, pilot)) == 1


def test_a_revived_pilot_stands_on_its_last_approval(house: House, pilot: Pilot, review: Review) -> None:
    house.do(stages.retire, MAYA, pilot.id, "Nobody needs it.", "Ask first.")
    house.later(days=100)
    house.do(stages.revive, MAYA, pilot.id, "Somebody does.")
    assert house.pilot(pilot.id).stage == "shadow"
    assert len(flags(house, pilot)) == 4


# production


def test_where_the_next_gate_does_not_ask_it_all_answers_are_offered(
    house: House, pilot: Pilot, review: Review
) -> None:
    """A conversation would not come to it."""
    gates = [
        one.model_copy(update={"checklists": ("shadow-exit",)}) if one.id == "shadow-exit" else one
        for one in house.library.playbook.gates
    ]
    with_playbook(house, gates=tuple(gates))
    answer(house, pilot, "rollback", NOT_YET)
    (word,) = said(house, pilot)
    assert "All answers" in word
    assert "Continue readiness" not in word


def test_a_question_that_is_asked_no_more_comes_down(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    house.later(hours=1)
    with_readiness(house, *(one for one in readiness(house) if one.id != "rollback"))
    answer(house, pilot, "guardrails")
    assert flags(house, pilot) == []
