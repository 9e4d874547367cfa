"""Rolling back, and waiting on purpose, without Slack."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.asking import workflow as asking
from bot.asking.workflow import Chosen
from bot.desk import Desk
from bot.domain.answers import Reading, Status
from bot.domain.conversations import InterviewState
from bot.domain.handovers import Handover, HandoverState
from bot.domain.moves import MoveKind
from bot.domain.pilots import Pilot
from bot.domain.review import OnHold
from bot.domain.reviews import Review, ReviewState
from bot.domain.values import PREFLIGHT
from bot.interview import shown, workflow as interviews
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldsRefused, NotYours, OnlyMembers, PilotGone, PilotRetired, StageMoved
from bot.review import requesting, workflow as reviews
from bot.stages import errors, workflow as stages
from prompts.library import Library
from storage.ids import new_id

from .conftest import (
    BOARD,
    GONE,
    GUEST,
    JONAS,
    MAYA,
    PILOTS,
    PRIYA,
    REVIEWS,
    SAM,
    WORKSPACE,
    House,
    registration,
)
from .looked_at import heard, next_look, pass_days, signals
from .staged import moves_of, promoted, said

IN_PLACE = Reading(status=Status.IN_PLACE, detail="Live since 3 March", evidence=("https://a.example/proof",))
WHY = "One refund in ten goes to the wrong queue."
NOBODY: frozenset[str] = frozenset()
IN_MARCH = date(2027, 3, 1)


@pytest.fixture
def limited(house: House, pilot: Pilot) -> Pilot:
    """A pilot that has come as far as the limited release."""
    house.deliver(pilots.card_key(pilot.id), "900.000000")
    promoted(house, pilot.id, "shadow", "limited")
    return house.pilot(pilot.id)


@pytest.fixture
def review(house: House, pilot: Pilot) -> Review:
    """A request for promotion that is open."""
    house.deliver(pilots.card_key(pilot.id), "900.000000")
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    for item_id in interview.asked:
        house.do(interviews.change_answer, MAYA, pilot.id, item_id, IN_PLACE)
    return house.do(requesting.request, MAYA, pilot.id, BOARD)


def back(house: House, pilot: Pilot, by: str = MAYA, to: str = "shadow", **changed: Any) -> Pilot:
    facts: dict[str, Any] = {"seen_in": pilot.stage, "to_stage": to, "reason": WHY, "in_groups": NOBODY}
    return house.do(stages.roll_back, by, pilot.id, **(facts | changed))


def hold(house: House, pilot: Pilot, by: str = MAYA, **changed: Any) -> Pilot:
    facts: dict[str, Any] = {"seen": "", "reason": "The billing system is replaced.", "until": IN_MARCH}
    return house.do(stages.hold, by, pilot.id, **(facts | changed))


def wrong(refused: pytest.ExceptionInfo[FieldsRefused]) -> dict[str, str]:
    return {one.field: type(one).__name__ for one in refused.value.fields}


# Rolling back


def test_a_rollback_moves_the_pilot_at_once_and_says_so_loudly(house: House, limited: Pilot) -> None:
    moved = back(house, limited)
    assert moved.stage == "shadow"
    for channel in (PILOTS, REVIEWS):
        loud = said(house, channel)
        assert "*Refund triage was rolled back* from limited release to shadow" in loud
        assert WHY in loud
        assert f"<@{JONAS}>" in loud
    in_thread = said(house, PILOTS, in_thread=True)
    assert WHY in in_thread
    assert f"<@{JONAS}>" not in in_thread  # once in a channel is loud enough
    last = moves_of(house, limited.id)[-1]
    assert (last.kind, last.from_stage, last.to_stage) == (MoveKind.ROLLED_BACK, "limited", "shadow")
    assert (last.by, last.reason) == (MAYA, WHY)
    assert house.audited(limited.id)[-1] == "pilot.rolled_back"


def test_the_card_says_that_it_was_rolled_back_until_it_moves_on(house: House, limited: Pilot) -> None:
    back(house, limited)
    card = house.words(pilots.card_key(limited.id))
    assert "*Rolled back* from limited release" in card
    assert WHY in card
    promoted(house, limited.id, "limited")
    assert "Rolled back" not in house.words(pilots.card_key(limited.id))


def test_a_rollback_goes_to_any_stage_it_has_been_in_and_to_no_other(house: House, limited: Pilot) -> None:
    _, offered = house.do(stages.may_roll_back, MAYA, limited.id, NOBODY)
    assert offered == ("shadow", "pilot")
    for stage in ("idea", "expansion", "limited", "retired", "nowhere", ""):
        with pytest.raises(FieldsRefused) as refused:
            back(house, limited, to=stage)
        assert wrong(refused) == {"stage": "NeverThere"}, stage
    assert back(house, limited, to="pilot").stage == "pilot"


def test_where_nothing_lies_behind_the_form_does_not_open_and_the_card_does_not_offer_it(
    house: House, pilot: Pilot
) -> None:
    assert "pilot.roll_back" not in house.words(pilots.card_key(pilot.id))
    with pytest.raises(errors.NothingBehind, match="/pilot hold Refund triage"):
        house.do(stages.may_roll_back, MAYA, pilot.id, NOBODY)
    promoted(house, pilot.id, "shadow")
    assert "pilot.roll_back" in house.words(pilots.card_key(pilot.id))


def test_a_rollback_needs_words_that_can_be_read(house: House, limited: Pilot) -> None:
    for nothing in ("", "  \n ", "\u200b\u200b"):
        with pytest.raises(FieldsRefused) as refused:
            back(house, limited, reason=nothing)
        assert wrong(refused) == {"reason": "WhyEmpty"}


def accept_handover(house: House, pilot: Pilot, contact_id: str | None) -> None:
    def work(desk: Desk) -> None:
        desk.tx.handovers.propose(
            Handover(
                id=new_id(),
                workspace_id=WORKSPACE,
                pilot_id=pilot.id,
                to_id=pilot.owner_id,
                proposed_by=MAYA,
                proposed_at=desk.at.now,
            )
        )
        waiting = desk.tx.handovers.proposed_of(pilot.id)
        assert waiting
        desk.tx.handovers.decide_if_proposed(
            waiting.id, HandoverState.ACCEPTED, by=JONAS, now=desk.at.now, contact_id=contact_id
        )
        desk.tx.pilots.set_owner(pilot.id, pilot.owner_id, desk.at.now)

    house.do(work, JONAS)


def test_champion_owner_and_whoever_is_called_when_it_breaks_may_roll_back(
    house: House, limited: Pilot
) -> None:
    with pytest.raises(errors.NotForRollback, match=f"<@{MAYA}> or <@{JONAS}>"):
        back(house, limited, by=SAM)
    accept_handover(house, limited, SAM)
    assert back(house, limited, by=SAM).stage == "shadow"
    promoted(house, limited.id, "limited")
    assert back(house, limited, by=JONAS).stage == "shadow"


def test_members_of_the_groups_that_own_it_or_are_called_may_roll_back(house: House) -> None:
    owned = house.do(pilots.register, MAYA, registration(owner_id="S0PAYMENTS"))
    promoted(house, owned.id, "shadow")
    owned = house.pilot(owned.id)
    with pytest.raises(errors.NotForRollback):
        back(house, owned, by=PRIYA, to="pilot", in_groups=frozenset({"S0OTHERS"}))
    assert back(house, owned, by=PRIYA, to="pilot", in_groups=frozenset({"S0PAYMENTS"})).stage == "pilot"


def test_who_only_registered_it_does_not_roll_it_back(house: House) -> None:
    of_others = house.do(pilots.register, SAM, registration())
    promoted(house, of_others.id, "shadow")
    with pytest.raises(errors.NotForRollback):
        back(house, house.pilot(of_others.id), by=SAM, to="pilot")


@pytest.mark.parametrize("who", [GUEST, GONE])
def test_guests_and_people_who_left_move_nothing(house: House, limited: Pilot, who: str) -> None:
    steps: list[Any] = [
        lambda: back(house, limited, by=who),
        lambda: hold(house, limited, by=who),
        lambda: house.do(stages.resume, who, limited.id),
        lambda: house.do(stages.retire, who, limited.id, WHY, WHY),
        lambda: house.do(stages.revive, who, limited.id, WHY),
    ]
    for step in steps:
        with pytest.raises(OnlyMembers):
            step()
    assert house.pilot(limited.id) == limited


def test_a_rollback_withdraws_the_request_that_is_open_and_ends_what_is_under_way(
    house: House, review: Review
) -> None:
    promoted(house, review.pilot_id, "shadow")
    pilot = house.pilot(review.pilot_id)
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.do(asking.ask, MAYA, pilot.id, interview.asked[0], interview.id, Chosen(SAM), "")
    back(house, pilot, to="pilot")
    closed = house.do(reviews.get, MAYA, review.id)
    assert closed.state is ReviewState.WITHDRAWN
    assert closed.reason == f"rolled back to pilot: {WHY}"
    assert "review.approve" not in house.words(reviews.card_key(review.id))

    def left(desk: Desk) -> tuple[object, ...]:
        ended = desk.tx.interviews.get(WORKSPACE, interview.id)
        assert ended
        return ended.state, desk.tx.asks.open_of_pilot(pilot.id)

    state, asks = house.do(left, MAYA)
    assert state is InterviewState.STOPPED
    assert not asks


def test_a_rollback_works_while_it_is_on_hold_and_the_hold_stays(house: House, limited: Pilot) -> None:
    hold(house, limited)
    moved = back(house, limited)
    assert moved.stage == "shadow"
    assert moved.hold is not None
    assert next_look(house, moved) is None


def test_a_rollback_begins_the_time_in_the_stage_anew(house: House, limited: Pilot) -> None:
    moved = back(house, limited)
    assert moved.stage_since == house.now
    assert next_look(house, moved) is not None


def test_a_retired_pilot_is_revived_before_it_is_rolled_back(house: House, limited: Pilot) -> None:
    house.do(stages.retire, MAYA, limited.id, "It ends", "Ask earlier.")
    with pytest.raises(PilotRetired, match="/pilot revive Refund triage"):
        back(house, limited)


def test_forged_ids_move_nothing(house: House, limited: Pilot) -> None:
    forged = limited.model_copy(update={"id": "0" * 16})
    steps: list[Any] = [
        lambda: back(house, forged),
        lambda: hold(house, forged),
        lambda: house.do(stages.resume, MAYA, forged.id),
        lambda: house.do(stages.retire, MAYA, forged.id, WHY, WHY),
        lambda: house.do(stages.revive, MAYA, forged.id, WHY),
    ]
    for step in steps:
        with pytest.raises(PilotGone):
            step()


def test_a_stage_that_the_playbook_has_lost_is_left_by_a_rollback(house: House, limited: Pilot) -> None:
    book = house.library.playbook
    kept = tuple(stage for stage in book.stages if stage.id != "limited")
    gates = tuple(gate for gate in book.gates if "limited" not in {gate.from_stage, gate.to_stage})
    book = book.model_copy(update={"stages": kept, "gates": gates})
    house.library = Library(book, house.library.templates, house.library.earlier)
    assert back(house, limited).stage == "shadow"


def test_what_somebody_wrote_cannot_ping_anybody(house: House, limited: Pilot) -> None:
    back(house, limited, reason="<!channel> look at <https://evil.example|this>")
    loud = said(house, PILOTS)
    assert "<!channel>" not in loud
    assert "<https://evil" not in loud


def test_more_words_than_the_form_takes_are_cut_and_stay_readable(house: House, limited: Pilot) -> None:
    back(house, limited, reason="x" * 9000)
    assert len(moves_of(house, limited.id)[-1].reason) == 1000


# Two at once


def test_of_two_who_roll_back_at_once_the_second_hears_where_it_is(house: House, limited: Pilot) -> None:
    back(house, limited, by=JONAS)
    with pytest.raises(StageMoved) as refused:
        back(house, limited, to="pilot")
    assert "Refund triage is in shadow now" in refused.value.sentence
    assert house.pilot(limited.id).stage == "shadow"


def test_a_move_from_a_stage_that_it_has_left_changes_nothing(house: House, limited: Pilot) -> None:
    back(house, limited)

    def late(desk: Desk) -> None:
        pilots.move(desk, limited, "expansion", MoveKind.PROMOTED, "review.approved")

    with pytest.raises(StageMoved):
        house.do(late, PRIYA)
    assert len(moves_of(house, limited.id)) == 4


# Waiting on purpose


def test_a_hold_stops_reminders_and_says_why_and_until_when(house: House, pilot: Pilot) -> None:
    held = hold(house, pilot)
    card = house.words(pilots.card_key(pilot.id))
    assert "*On hold until " in card
    assert "The billing system is replaced." in card
    assert "pilot.resume" in card
    assert "pilot.hold" not in card
    assert "pilot.request" not in card
    assert "The billing system is replaced." in said(house, PILOTS, in_thread=True)
    house.later(days=60)
    pass_days(house, 20)
    assert heard(house, held) == []


def test_a_hold_withdraws_the_request_that_is_open_and_refuses_another(house: House, review: Review) -> None:
    hold(house, house.pilot(review.pilot_id))
    closed = house.do(reviews.get, MAYA, review.id)
    assert closed.state is ReviewState.WITHDRAWN
    assert closed.reason == "on hold until 1 Mar: The billing system is replaced."
    with pytest.raises(OnHold):
        house.do(requesting.request, MAYA, review.pilot_id, BOARD)


def test_on_hold_questions_are_still_answered_and_nobody_is_reminded(house: House, pilot: Pilot) -> None:
    hold(house, pilot)
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.do(interviews.change_answer, MAYA, pilot.id, interview.asked[0], IN_PLACE)
    answered = house.pilot(pilot.id)
    assert answered.in_place == 1
    pass_days(house, 20)
    assert heard(house, answered) == []


@pytest.mark.parametrize(
    ("until", "refusal"),
    [
        (None, "DayNeeded"),
        (date(2026, 11, 23), "DayOutOfReach"),
        (date(2020, 1, 1), "DayOutOfReach"),
        (date(2027, 5, 23), "DayOutOfReach"),
    ],
)
def test_a_hold_ends_on_a_day_within_half_a_year(
    house: House, pilot: Pilot, until: date | None, refusal: str
) -> None:
    with pytest.raises(FieldsRefused) as refused:
        hold(house, pilot, until=until, reason=" ")
    assert wrong(refused) == {"reason": "WhyEmpty", "until": refusal}
    assert house.pilot(pilot.id).hold is None


def test_the_first_and_the_last_day_of_a_hold_are_taken(house: House, pilot: Pilot) -> None:
    held = hold(house, pilot, until=date(2026, 11, 24))
    assert held.hold
    since = held.hold.since.isoformat()
    assert hold(house, pilot, until=date(2027, 5, 22), seen=since).hold


def test_the_record_says_for_which_group_somebody_acted(house: House, pilot: Pilot) -> None:
    house.store.write_sync(lambda tx: tx.pilots.set_owner(pilot.id, "S0PAYMENTS", None))
    assert hold(house, pilot, by=SAM, owner_group=frozenset({SAM, MAYA})).hold
    entry = house.recorded(pilot.id, "pilot.held")
    assert (entry.actor_id, entry.on_behalf_of) == (SAM, "S0PAYMENTS")
    house.do(stages.resume, MAYA, pilot.id)  # in her own right, as the champion
    assert house.recorded(pilot.id, "pilot.resumed").on_behalf_of is None


def test_whoever_answers_for_a_pilot_may_hold_it_and_nobody_else(house: House, pilot: Pilot) -> None:
    with pytest.raises(NotYours, match=f"<@{MAYA}> or <@{JONAS}>"):
        hold(house, pilot, by=SAM)
    assert hold(house, pilot, by=SAM, owner_group=frozenset({SAM})).hold
    with pytest.raises(NotYours):
        house.do(stages.resume, PRIYA, pilot.id)


def test_a_hold_is_changed_by_whoever_saw_it_and_never_overwritten(house: House, pilot: Pilot) -> None:
    first = hold(house, pilot)
    assert first.hold
    house.later(minutes=1)
    with pytest.raises(errors.HeldMeanwhile, match="on hold until 1 Mar"):
        hold(house, pilot, by=JONAS, until=date(2027, 1, 1))
    changed = hold(house, pilot, by=JONAS, until=date(2027, 1, 1), seen=first.hold.since.isoformat())
    assert changed.hold
    assert (changed.hold.until, changed.hold.by) == (date(2027, 1, 1), JONAS)
    assert "changed the hold" in said(house, PILOTS, in_thread=True)
    house.do(stages.resume, MAYA, pilot.id)
    with pytest.raises(errors.NotOnHold):
        hold(house, pilot, seen=changed.hold.since.isoformat())


def test_resuming_counts_the_quiet_days_anew(house: House, pilot: Pilot) -> None:
    hold(house, pilot)
    house.later(days=40)
    resumed = house.do(stages.resume, MAYA, pilot.id)
    assert resumed.hold is None
    assert "go on before" in said(house, PILOTS, in_thread=True)
    assert "On hold" not in house.words(pilots.card_key(pilot.id))
    with pytest.raises(errors.NotOnHold):
        house.do(stages.resume, MAYA, pilot.id)
    assert house.audited(pilot.id)[-2:] == ["pilot.held", "pilot.resumed"]
    following = next_look(house, pilot)
    assert following
    assert following > house.now
    assert "purgatory" not in signals(house, pilot)


def test_a_hold_ends_by_itself_when_its_day_begins_in_utc(house: House, pilot: Pilot) -> None:
    held = hold(house, pilot)
    house.now = datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert not house.do(stages.resume_if_over, PREFLIGHT, held)
    house.now = datetime(2027, 3, 1, tzinfo=UTC)
    assert house.do(stages.resume_if_over, PREFLIGHT, held)
    assert house.pilot(pilot.id).hold is None
    assert f"<@{MAYA}>, what it waited for was" in said(house, PILOTS, in_thread=True)
    assert not house.do(stages.resume_if_over, PREFLIGHT, held)
