"""Waivers without Slack: asking, deciding, revoking, and what the pilot may do meanwhile."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain import review as review_rules, waiving as rules
from bot.domain.answers import Reading, Status
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.review import Panel
from bot.domain.reviews import Choice, ReviewState
from bot.domain.waivers import WaiverState
from bot.exports import report
from bot.interview import shown, workflow as interviews
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldsRefused, OnlyMembers, PilotRetired
from bot.portfolio import workflow as portfolio
from bot.review import deciding, errors as review_errors, requesting, workflow as reviews
from bot.stages import workflow as stages
from bot.waivers import errors, workflow as waivers
from bot.waivers.facts import Request
from bot.waivers.shown import card_key
from bot.waivers.workflow import Entered

from .conftest import BOARD, GONE, GUEST, JONAS, MAYA, PANEL, PRIYA, REVIEWS, SAM, WORKSPACE, House, words_of
from .gates import decided_by

IN_PLACE = Reading(status=Status.IN_PLACE, detail="Live since 3 March", evidence=("https://a.example/proof",))
NOT_YET = Reading(status=Status.NOT_YET, detail="There is no switch")
FIRST_OF_FEBRUARY = date(2027, 2, 1)
WHY = "Twenty cases a day until February; two people look at each."


@pytest.fixture
def held_back(house: House, pilot: Pilot) -> Pilot:
    """A pilot with everything in place but the rollback."""
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    for item_id in interview.asked:
        house.do(
            interviews.change_answer, MAYA, pilot.id, item_id, NOT_YET if item_id == "rollback" else IN_PLACE
        )
    house.do(shown.show_summary, MAYA, house.pilot(pilot.id), interview)
    return house.pilot(pilot.id)


def ask(house: House, pilot: Pilot, by: str = MAYA, **changed: Any) -> Request:
    facts: dict[str, Any] = {"item_ids": ("rollback",), "until": FIRST_OF_FEBRUARY, "reason": WHY}
    return house.do(waivers.ask, by, pilot.id, Entered(**(facts | changed)), PANEL)


@pytest.fixture
def asked(house: House, held_back: Pilot) -> Request:
    return ask(house, held_back)


@pytest.fixture
def granted(house: House, asked: Request) -> Request:
    return house.do(waivers.grant, PRIYA, asked.id, PANEL)


def states(house: House, request: Request) -> list[WaiverState]:
    return [one.waiver.state for one in house.do(waivers.get, MAYA, request.id).wanted]


def summary(house: House, request: Request) -> str:
    latest = house.store.read_sync(lambda tx: tx.interviews.latest_of(request.pilot.id))
    assert latest
    return house.words(shown.summary_key(latest.id))


def promote(house: House, pilot: Pilot) -> str:
    review = house.do(requesting.request, MAYA, pilot.id, BOARD)
    return review.id


def test_a_request_is_one_card_for_the_approvers_and_a_word_in_the_thread(
    house: House, asked: Request
) -> None:
    card = house.message(card_key(asked.id))
    assert card
    assert card.channel_id == REVIEWS
    said = house.words(card.key)
    for words in (
        "Refund triage",
        "rollback",
        WHY,
        "1 Feb",
        f"<@{MAYA}>",
        "@gate-approvers",
        "There is no switch",
        "to shadow",
        "/archives/C0PILOTS/p1000000000",
    ):
        assert words in said
    assert "waivers.grant" in said
    told = house.message(f"waiver:{asked.first.id}:asked")
    assert told
    assert told.under is not None
    assert "waiver asked for" in summary(house, asked)
    assert "waiver.asked" in house.audited(asked.pilot.id)


def test_what_is_asked_for_still_keeps_the_pilot_back(house: House, asked: Request) -> None:
    with pytest.raises(review_rules.NotReady):
        promote(house, asked.pilot)


def test_a_granted_waiver_lets_the_pilot_ask_for_its_promotion_with_the_risk_on_the_card(
    house: House, granted: Request
) -> None:
    said = summary(house, granted)
    assert "with one accepted risk" in said
    assert "Waived:* Rollback until" in said
    assert f"granted by <@{PRIYA}>" in said
    assert "1 waived" in house.words(pilots.card_key(granted.pilot.id))
    review_id = promote(house, granted.pilot)
    card = house.words(reviews.card_key(review_id))
    assert "Without the accepted risk it would not be ready" in card
    assert WHY in card
    house.do(deciding.vote, SAM, review_id, "", Choice.APPROVE, BOARD)
    assert house.pilot(granted.pilot.id).stage == "shadow"


def test_both_readings_are_told_apart(house: House, granted: Request) -> None:
    found = house.do(pilots.standing_of, MAYA, house.pilot(granted.pilot.id)).verdict
    assert found.ready
    assert not found.ready_without_waivers
    assert (found.in_place, found.required) == (6, 7)
    assert house.pilot(granted.pilot.id).in_place == 6


def test_granting_settles_the_card_and_tells_whoever_asked(house: House, granted: Request) -> None:
    card = house.words(card_key(granted.id))
    assert "waivers.grant" not in card
    assert "waivers.revoke" in card
    assert f"*Granted* by <@{PRIYA}>" in card
    assert f"<@{MAYA}>: granted by <@{PRIYA}>" in house.words(f"waiver:{granted.first.id}:granted")
    assert "waiver.granted" in house.audited(granted.pilot.id)


def test_refusing_needs_a_reason_which_the_team_reads(house: House, asked: Request) -> None:
    with pytest.raises(errors.WhyRefused):
        house.do(waivers.refuse, PRIYA, asked.id, "  ", PANEL)
    house.do(waivers.refuse, PRIYA, asked.id, "Try it once; it takes an hour.", PANEL)
    assert states(house, asked) == [WaiverState.REFUSED]
    assert "Try it once" in house.words(f"waiver:{asked.first.id}:refused")
    assert "Try it once" in house.words(card_key(asked.id))
    assert "waiver asked for" not in summary(house, asked)
    assert ask(house, asked.pilot).id != asked.id


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (MAYA, rules.AskedItYourself),
        (JONAS, rules.MayNotWaive),
        (GUEST, rules.NotAMember),
        (GONE, rules.NotAMember),
        ("U0NOBODY", rules.NotAMember),
        ("U0ELSEWHERE", rules.FromAnotherWorkspace),
    ],
)
def test_who_may_not_decide_is_refused_and_nothing_changes(
    house: House, asked: Request, who: str, refusal: type[Exception]
) -> None:
    elsewhere = Person(
        workspace_id=WORKSPACE, user_id="U0ELSEWHERE", name="Eve", home_workspace_id="T0000000002"
    )
    house.store.write_sync(lambda tx: tx.people.remember(elsewhere))
    listed = Panel(title="L", people=frozenset({PRIYA, MAYA, GUEST, GONE, "U0ELSEWHERE"}), shown="@some")
    with pytest.raises(refusal):
        house.do(waivers.grant, who, asked.id, listed)
    with pytest.raises(refusal):
        house.do(waivers.refuse, who, asked.id, "No", listed)
    assert states(house, asked) == [WaiverState.ASKED]


def test_the_champion_cannot_grant_what_somebody_else_asked_for(house: House, held_back: Pilot) -> None:
    request = ask(house, held_back, by=JONAS)
    everybody = Panel(title="All", people=frozenset({MAYA, PRIYA}), shown="everybody")
    with pytest.raises(rules.ChampionWaiver):
        house.do(waivers.grant, MAYA, request.id, everybody)


def test_one_of_two_who_answered_may_accept_the_risk(house: House, held_back: Pilot) -> None:
    house.do(interviews.change_answer, MAYA, held_back.id, "monitoring", IN_PLACE)
    house.do(interviews.change_answer, PRIYA, held_back.id, "rollback", NOT_YET)
    request = ask(house, held_back)
    house.do(waivers.grant, PRIYA, request.id, PANEL)  # Maya had answered it before her
    house.do(waivers.revoke, MAYA, request.id, None, "Not so", PANEL, frozenset())


def test_an_approver_who_is_the_only_one_to_have_answered_is_refused(house: House, pilot: Pilot) -> None:
    house.do(interviews.start, MAYA, pilot.id)
    house.do(interviews.change_answer, PRIYA, pilot.id, "rollback", NOT_YET)
    request = ask(house, pilot)
    with pytest.raises(rules.AnsweredItAlone):
        house.do(waivers.grant, PRIYA, request.id, PANEL)
    house.do(waivers.grant, SAM, request.id, PANEL)


def test_where_nobody_could_grant_it_the_request_says_so(house: House, held_back: Pilot) -> None:
    alone = Panel(title="Gate approvers", people=frozenset({MAYA}), shown="@gate-approvers")
    entered = Entered(("rollback",), FIRST_OF_FEBRUARY, WHY)
    with pytest.raises(rules.NobodyMayGrant, match=r"Gate approvers .*@gate-approvers"):
        house.do(waivers.ask, JONAS, held_back.id, entered, alone)


def test_at_a_gate_with_a_policy_the_groups_of_its_roles_are_named(house: House, held_back: Pilot) -> None:
    decided_by(house, {"risk": 1, "security": 1})
    nobody = Panel(title="the risk team, the security team", people=frozenset(), shown="@risk or @security")
    entered = Entered(("rollback",), FIRST_OF_FEBRUARY, WHY)
    with pytest.raises(rules.NobodyMayGrant, match="@risk or @security"):
        house.do(waivers.ask, JONAS, held_back.id, entered, nobody)
    decided_by(house, {"risk": 1, "security": 1}, waivers_by=("security",))
    with pytest.raises(rules.NobodyMayGrant) as refused:
        house.do(waivers.ask, JONAS, held_back.id, entered, nobody)
    assert "@risk" not in refused.value.sentence


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"item_ids": ()}, ["items"]),
        ({"item_ids": ("monitoring",)}, ["items"]),
        ({"item_ids": ("forged",)}, ["items"]),
        ({"until": None}, ["until"]),
        ({"until": date(2026, 11, 23)}, ["until"]),
        ({"until": date(2027, 11, 24)}, ["until"]),
        ({"reason": " \n "}, ["reason"]),
        ({"item_ids": (), "until": None, "reason": ""}, ["items", "until", "reason"]),
    ],
)
def test_what_the_form_lacks_is_said_at_its_field(
    house: House, held_back: Pilot, changed: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(FieldsRefused) as refused:
        ask(house, held_back, **changed)
    assert [one.field for one in refused.value.fields] == fields
    assert all("{" not in one.sentence and "forged" not in one.sentence for one in refused.value.fields)


@pytest.mark.parametrize("until", [date(2026, 11, 24), date(2027, 11, 23)])
def test_tomorrow_and_a_year_from_now_are_days_to_end(house: House, held_back: Pilot, until: date) -> None:
    assert ask(house, held_back, until=until).first.until == until


def test_a_second_request_for_the_same_is_refused_while_one_runs(house: House, asked: Request) -> None:
    with pytest.raises(FieldsRefused) as refused:
        ask(house, asked.pilot, by=JONAS)
    assert isinstance(refused.value.fields[0], errors.AskedMeanwhile)
    with pytest.raises(errors.AllAskedFor):
        house.do(waivers.offer, JONAS, asked.pilot.id)


def test_with_nothing_in_the_way_there_is_nothing_to_waive(house: House, granted: Request) -> None:
    with pytest.raises(errors.NothingToWaive):
        house.do(waivers.offer, MAYA, granted.pilot.id)


def test_guests_cannot_ask(house: House, held_back: Pilot) -> None:
    with pytest.raises(OnlyMembers):
        ask(house, held_back, by=GUEST)


def test_the_second_decision_is_told_who_made_the_first(house: House, granted: Request) -> None:
    with pytest.raises(errors.AlreadyDecided, match=f"granted by <@{PRIYA}>"):
        house.do(waivers.refuse, SAM, granted.id, "No", PANEL)
    with pytest.raises(errors.AlreadyDecided):
        house.do(waivers.grant, SAM, granted.id, PANEL)


def test_forged_ids_are_refused(house: House) -> None:
    for work in (
        lambda: house.do(waivers.grant, PRIYA, "forged", PANEL),
        lambda: house.do(waivers.refuse, PRIYA, "forged", "No", PANEL),
        lambda: house.do(waivers.revoke, PRIYA, "forged", None, "No", PANEL, frozenset()),
        lambda: house.do(waivers.gate_of, PRIYA, "forged"),
    ):
        with pytest.raises(errors.WaiverGone):
            work()


def test_what_is_in_place_meanwhile_needs_no_waiver(house: House, asked: Request) -> None:
    house.do(interviews.change_answer, MAYA, asked.pilot.id, "rollback", IN_PLACE)
    with pytest.raises(errors.NotNeededAnyMore):
        house.do(waivers.grant, PRIYA, asked.id, PANEL)
    assert states(house, asked) == [WaiverState.ASKED]


def test_of_several_only_what_is_still_missing_is_granted(house: House, held_back: Pilot) -> None:
    house.do(interviews.change_answer, MAYA, held_back.id, "monitoring", NOT_YET)
    request = ask(house, held_back, item_ids=("rollback", "monitoring"))
    assert [one.title for one in request.wanted] == ["Monitoring", "Rollback"]
    house.do(interviews.change_answer, MAYA, held_back.id, "monitoring", IN_PLACE)
    house.do(waivers.grant, PRIYA, request.id, PANEL)
    assert states(house, request) == [WaiverState.LAPSED, WaiverState.GRANTED]
    card = house.words(card_key(request.id))
    assert "Monitoring: *Not needed any more*" in card
    assert "Rollback: *Granted*" in card


@pytest.mark.parametrize("who", [PRIYA, SAM, MAYA, JONAS])
def test_any_approver_the_champion_and_the_owner_may_revoke(house: House, granted: Request, who: str) -> None:
    with pytest.raises(errors.WhyRevoked):
        house.do(waivers.revoke, who, granted.id, None, " ", PANEL, frozenset({JONAS}))
    house.do(waivers.revoke, who, granted.id, None, "Volume doubled.", PANEL, frozenset({JONAS}))
    assert states(house, granted) == [WaiverState.REVOKED]
    card = house.words(card_key(granted.id))
    assert "Volume doubled." in card
    assert "waivers.revoke" not in card
    assert "Volume doubled." in house.words(f"waiver:{granted.first.id}:revoked")
    assert "accepted risk" not in summary(house, granted)
    with pytest.raises(review_rules.NotReady):
        promote(house, granted.pilot)
    with pytest.raises(errors.HoldsNoMore, match=f"revoked by <@{who}>"):
        house.do(waivers.revoke, who, granted.id, None, "Again", PANEL, frozenset({JONAS}))


@pytest.mark.parametrize(
    ("who", "refusal"), [("U0OTHER", rules.MayNotRevoke), (GUEST, rules.NotAMember), (GONE, rules.NotAMember)]
)
def test_others_cannot_revoke(house: House, granted: Request, who: str, refusal: type[Exception]) -> None:
    other = Person(workspace_id=WORKSPACE, user_id="U0OTHER", name="Otto")
    house.store.write_sync(lambda tx: tx.people.remember(other))
    with pytest.raises(refusal):
        house.do(waivers.revoke, who, granted.id, None, "No", PANEL, frozenset({JONAS}))


def test_one_of_several_is_revoked_alone(house: House, held_back: Pilot) -> None:
    house.do(interviews.change_answer, MAYA, held_back.id, "monitoring", NOT_YET)
    request = ask(house, held_back, item_ids=("monitoring", "rollback"))
    house.do(waivers.grant, PRIYA, request.id, PANEL)
    with pytest.raises(errors.ChooseItems):
        house.do(waivers.revoke, PRIYA, request.id, (), "Why", PANEL, frozenset())
    house.do(waivers.revoke, PRIYA, request.id, ("monitoring",), "There is an alert now.", PANEL, frozenset())
    assert states(house, request) == [WaiverState.REVOKED, WaiverState.GRANTED]
    card = house.words(card_key(request.id))
    assert "Monitoring: *Revoked*" in card
    assert "waivers.revoke" in card
    with pytest.raises(errors.HoldsNoMore):
        house.do(waivers.revoke, PRIYA, request.id, ("monitoring",), "Twice", PANEL, frozenset())


def test_a_revoked_waiver_stops_the_approval_of_what_was_requested_with_it(
    house: House, granted: Request
) -> None:
    review_id = promote(house, granted.pilot)
    house.do(waivers.revoke, PRIYA, granted.id, None, "Volume doubled.", PANEL, frozenset())
    with pytest.raises(review_errors.ChangedSince, match="rollback"):
        house.do(deciding.vote, PRIYA, review_id, "", Choice.APPROVE, BOARD)
    assert house.do(reviews.get, MAYA, review_id).state is ReviewState.OPEN


def test_a_waiver_that_is_another_one_is_a_material_change(house: House, granted: Request) -> None:
    review_id = promote(house, granted.pilot)
    house.do(waivers.revoke, PRIYA, granted.id, None, "A shorter one will do.", PANEL, frozenset())
    again = ask(house, granted.pilot, until=date(2026, 12, 24))
    house.do(waivers.grant, SAM, again.id, PANEL)
    with pytest.raises(review_errors.ChangedSince, match="rollback"):
        house.do(deciding.vote, PRIYA, review_id, "", Choice.APPROVE, BOARD)


def test_a_waiver_ends_by_itself_when_its_day_begins_in_utc(house: House, granted: Request) -> None:
    house.now = datetime(2027, 1, 31, 23, 59, tzinfo=UTC)
    assert house.do(waivers.lapse, "preflight") == 0
    assert house.do(pilots.standing_of, MAYA, granted.pilot).verdict.waived
    house.later(minutes=1)
    assert not house.do(pilots.standing_of, MAYA, granted.pilot).verdict.waived
    assert house.do(waivers.lapse, "preflight") == 1
    assert house.do(waivers.lapse, "preflight") == 0
    assert states(house, granted) == [WaiverState.LAPSED]
    assert "*Ended*" in house.words(card_key(granted.id))
    assert "needs it again" in house.words(f"waiver:{granted.first.id}:lapsed")
    assert "waived" not in house.words(pilots.card_key(granted.pilot.id))
    assert "waiver.lapsed" in house.audited(granted.pilot.id)


def test_a_lapse_before_the_sweep_stops_the_approval_as_well(house: House, held_back: Pilot) -> None:
    request = ask(house, held_back, until=date(2026, 11, 24))
    house.do(waivers.grant, PRIYA, request.id, PANEL)
    review_id = promote(house, held_back)
    house.later(days=1)
    with pytest.raises(review_errors.NotReadyNow, match="rollback"):
        house.do(deciding.vote, PRIYA, review_id, "", Choice.APPROVE, BOARD)


def test_what_ended_while_it_is_in_place_bothers_nobody(house: House, granted: Request) -> None:
    house.do(interviews.change_answer, MAYA, granted.pilot.id, "rollback", IN_PLACE)
    assert "Waived" not in summary(house, granted)
    house.now = datetime(2027, 2, 1, tzinfo=UTC)
    house.do(waivers.lapse, "preflight")
    assert house.message(f"waiver:{granted.first.id}:lapsed") is None
    assert "*Ended*" in house.words(card_key(granted.id))


def test_what_nobody_decided_in_time_ends_and_can_be_asked_for_again(house: House, asked: Request) -> None:
    house.now = datetime(2027, 2, 1, 9, tzinfo=UTC)
    with pytest.raises(errors.TimeIsOver):
        house.do(waivers.grant, PRIYA, asked.id, PANEL)
    later = ask(house, asked.pilot, until=date(2027, 3, 1))
    assert states(house, asked) == [WaiverState.LAPSED]
    assert "nobody decided in time" in house.words(card_key(asked.id))
    assert states(house, later) == [WaiverState.ASKED]
    assert "second waiver" not in house.words(card_key(later.id))


def test_what_recurs_is_marked(house: House, granted: Request) -> None:
    house.now = datetime(2027, 2, 1, 9, tzinfo=UTC)
    house.do(waivers.lapse, "preflight")
    again = ask(house, granted.pilot, until=date(2027, 3, 1))
    assert "second waiver for this" in house.words(card_key(again.id))
    house.do(waivers.grant, PRIYA, again.id, PANEL)
    house.do(waivers.revoke, PRIYA, again.id, None, "No", PANEL, frozenset())
    third = ask(house, granted.pilot, until=date(2027, 4, 1))
    assert third.first.state is WaiverState.ASKED
    assert "third waiver for this" in house.words(card_key(third.id))


def test_retiring_ends_what_was_asked_and_what_holds(house: House, granted: Request) -> None:
    house.do(stages.retire, MAYA, granted.pilot.id, "The vendor stopped", "Ask earlier.")
    with pytest.raises(PilotRetired):
        house.do(waivers.revoke, PRIYA, granted.id, None, "No", PANEL, frozenset())
    assert house.do(waivers.lapse, "preflight") == 1
    assert house.do(waivers.lapse, "preflight") == 0
    assert "waivers.revoke" not in house.words(card_key(granted.id))
    assert house.message(f"waiver:{granted.first.id}:lapsed") is None


def test_a_waiver_counts_at_the_next_gate_too_until_it_ends(house: House, granted: Request) -> None:
    house.do(deciding.vote, PRIYA, promote(house, granted.pilot), "", Choice.APPROVE, BOARD)
    pilot = house.pilot(granted.pilot.id)
    assert [one.item.id for one in house.do(pilots.standing_of, MAYA, pilot).verdict.waived] == ["rollback"]
    house.now = datetime(2027, 2, 1, 9, tzinfo=UTC)
    house.do(waivers.lapse, "preflight")
    blocking = house.do(pilots.standing_of, MAYA, pilot).verdict.blocking
    assert "rollback" in [one.item.id for one in blocking]
    _, gate = house.do(waivers.gate_of, MAYA, granted.id)
    assert gate
    assert gate.id == "shadow-exit"


def test_the_list_shows_what_runs_and_what_was(house: House, granted: Request) -> None:
    house.do(waivers.revoke, PRIYA, granted.id, None, "Volume doubled.", PANEL, frozenset())
    again = ask(house, granted.pilot)
    listed = house.do(waivers.list_of, JONAS, granted.pilot.id)
    assert [one.waiver.state for one in listed.wanted] == [WaiverState.ASKED, WaiverState.REVOKED]
    assert [one.before for one in listed.wanted] == [1, 0]
    assert not listed.may_ask
    assert house.do(waivers.find, JONAS, "refund triage", "C0OTHER").wanted[0].waiver.id == again.first.id


def test_a_waiver_outlives_an_answer_that_makes_it_needless_for_a_while(
    house: House, granted: Request
) -> None:
    house.do(interviews.change_answer, MAYA, granted.pilot.id, "rollback", IN_PLACE)
    found = house.do(pilots.standing_of, MAYA, granted.pilot).verdict
    assert found.ready_without_waivers
    assert not found.waived
    house.do(interviews.change_answer, MAYA, granted.pilot.id, "rollback", NOT_YET)
    assert house.do(pilots.standing_of, MAYA, granted.pilot).verdict.waived


def test_what_was_waived_before_the_latest_conversation_has_not_moved(house: House, granted: Request) -> None:
    house.later(days=1)
    house.do(interviews.start, MAYA, granted.pilot.id)
    house.later(hours=1)
    house.do(interviews.change_answer, JONAS, granted.pilot.id, "monitoring", NOT_YET)
    latest = house.store.read_sync(lambda tx: tx.interviews.latest_of(granted.pilot.id))
    assert latest
    house.do(shown.show_summary, MAYA, house.pilot(granted.pilot.id), latest)
    assert "now waived" not in summary(house, granted)


def test_what_people_write_stays_words(house: House, held_back: Pilot) -> None:
    request = ask(house, held_back, reason="<!channel> " + "&" * 900)
    assert "<!channel>" not in house.words(card_key(request.id))


def test_the_report_lists_every_waiver_with_names(house: House, granted: Request) -> None:
    house.do(waivers.revoke, PRIYA, granted.id, None, "Volume *doubled*.", PANEL, frozenset())
    again = ask(house, granted.pilot)
    house.do(waivers.grant, SAM, again.id, PANEL)
    told = house.do(report.report, MAYA, granted.pilot.id, {}).content
    assert "### 🛡 Rollback: waived" in told
    assert "- Rollback: granted by Priya on 2026-11-23, revoked by Priya on 2026-11-23" in told
    assert "  - Revoked because: Volume \\*doubled\\*." in told
    assert "- Rollback: waived until 2027-02-01, granted by Sam on 2026-11-23" in told
    assert f"  - Asked for by Maya on 2026-11-23: {WHY}" in told


def test_the_list_and_home_count_the_accepted_risks(house: House, granted: Request) -> None:
    assert "6 of 7 in place, 1 waived" in words_of(house.do(portfolio.list_all, SAM))
    assert "6 of 7 in place, 1 waived" in words_of(house.do(portfolio.home, MAYA))
    house.now = datetime(2027, 2, 1, tzinfo=UTC)
    assert "waived" not in words_of(house.do(portfolio.list_all, SAM))


def test_the_record_tells_each_step_with_what_was_before(house: House, granted: Request) -> None:
    house.do(waivers.revoke, JONAS, granted.id, None, "Volume doubled.", PANEL, frozenset({JONAS}))
    entries = house.store.read_sync(lambda tx: tx.audit.of(WORKSPACE, "pilot", granted.pilot.id))
    steps = [one for one in entries if one.what.startswith("waiver.")]
    assert [(one.what, one.actor_id, (one.before or {}).get("state")) for one in steps] == [
        ("waiver.asked", MAYA, None),
        ("waiver.granted", PRIYA, "asked"),
        ("waiver.revoked", JONAS, "granted"),
    ]
    assert steps[0].after
    assert (steps[0].after["items"], steps[0].after["until"]) == (["rollback"], "2027-02-01")
    assert steps[2].after
    assert steps[2].after["reason"] == "Volume doubled."
