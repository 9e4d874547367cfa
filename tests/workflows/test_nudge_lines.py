"""Each kind of thing that can wait: what its line offers first, that the offer is one that works, and that doing it settles the line."""

from datetime import date, timedelta

import pytest

from bot.answers import workflow as answers
from bot.answers.filled import FilledPlan
from bot.answers.names import About, ActionId as AnswersActionId
from bot.asking import workflow as asking
from bot.asking.messages import ActionId as AskingActionId
from bot.asking.workflow import Chosen
from bot.domain.answers import Reading, Status
from bot.domain.matters import MatterKind
from bot.domain.notices import Notice, Reply
from bot.domain.pilots import Pilot
from bot.handover.messages import ActionId as HandoverActionId
from bot.interview import shown as interviews_shown, workflow as interviews
from bot.nudges import workflow as nudges
from bot.nudges.controls import EXTEND
from bot.nudges.names import ActionId
from bot.orphans import workflow as orphans
from bot.orphans.messages import ActionId as OrphansActionId
from bot.orphans.workflow import Claimed
from bot.pilots import workflow as pilots
from bot.pilots.messages import ActionId as PilotActionId
from bot.stages import extending, workflow as stages
from bot.stages.seen import seen_decision
from bot.waivers import workflow as waivers
from bot.waivers.workflow import Entered
from prompts.library import Library

from .conftest import JONAS, MAYA, PANEL, PRIYA, SAM, WORKSPACE, House, registration
from .gates import ready
from .nudged import comes_back, controls, days_pass, lines, notices, only, said, told

IN_PLACE = Reading(status=Status.IN_PLACE, detail="Yes, in Grafana", evidence=("https://a.example/d",))
NOT_YET = Reading(status=Status.NOT_YET, detail="Not yet")


def registered(house: House, *kinds: MatterKind) -> Pilot:
    """Return a pilot of which only these kinds of matter are spoken of."""
    only(house, *kinds)
    return house.do(pilots.register, MAYA, registration())


def test_a_question_is_answered_or_handed_back_from_its_line(house: House) -> None:
    pilot = registered(house, MatterKind.ASK)
    interview = house.do(interviews.start, MAYA, pilot.id)
    item_id = interview.open_item_id or ""
    asked = house.do(asking.ask, MAYA, pilot.id, item_id, interview.id, Chosen(PRIYA), "")
    days_pass(house, "2026-11-25T09:00+00:00")
    offered = controls(house, PRIYA)
    assert offered[AnswersActionId.WRITE] == f"{pilot.id}:{item_id}"
    assert offered[AskingActionId.NOT_ME] == asked.id
    assert ActionId.BLOCKED not in offered
    house.do(asking.hand_back, PRIYA, asked.id, "Ask Sam.")
    assert "done, nothing is needed from you any more" in said(house, PRIYA)


def test_of_two_who_were_asked_both_hear_and_one_answer_settles_both(house: House) -> None:
    pilot = registered(house, MatterKind.ASK)
    interview = house.do(interviews.start, MAYA, pilot.id)
    item_id = interview.open_item_id or ""
    group = Chosen("S0PAYMENTS", (PRIYA, SAM))
    house.do(asking.ask, MAYA, pilot.id, item_id, interview.id, group, "")
    days_pass(house, "2026-11-25T09:00+00:00")
    assert told(house, PRIYA) == told(house, SAM) == ["2026-11-25"]
    house.do(interviews.change_answer, PRIYA, pilot.id, item_id, IN_PLACE)
    for person in (PRIYA, SAM):
        assert "done, nothing is needed from you any more" in said(house, person)


def test_a_step_is_updated_from_its_line_and_a_new_day_begins_anew(house: House) -> None:
    pilot = registered(house, MatterKind.ACTION)
    _plans(house, pilot, "2026-11-30")
    days_pass(house, "2026-11-30T09:00+00:00")
    assert told(house, JONAS) == ["2026-11-26", "2026-11-30"]
    offered = controls(house, JONAS)
    assert offered[AnswersActionId.WRITE] == offered[AnswersActionId.PLAN] == f"{pilot.id}:rollback"
    _plans(house, pilot, "2026-12-08")
    assert "done, nothing is needed" in said(house, JONAS, "2026-11-30")
    days_pass(house, "2026-12-04T20:00+00:00")
    assert told(house, JONAS)[-1] == "2026-12-04"
    house.do(interviews.change_answer, MAYA, pilot.id, "rollback", IN_PLACE)
    days_pass(house, "2026-12-11T20:00+00:00")
    assert told(house, JONAS)[-1] == "2026-12-04"


def test_a_waiver_that_ends_leads_to_its_answer(house: House) -> None:
    pilot = registered(house, MatterKind.WAIVER)
    house.do(interviews.change_answer, MAYA, pilot.id, "rollback", NOT_YET)
    until = (house.now + timedelta(days=28)).date()
    asked = house.do(waivers.ask, MAYA, pilot.id, Entered(("rollback",), until, "Twenty cases a day."), PANEL)
    house.do(waivers.grant, PRIYA, asked.id, PANEL)
    days_pass(house, "2026-12-07T20:00+00:00")
    assert controls(house, MAYA)[AnswersActionId.WRITE] == f"{pilot.id}:rollback"


def test_an_owner_accepts_or_declines_from_the_line(house: House) -> None:
    pilot = registered(house, MatterKind.OWNER)
    days_pass(house, "2026-11-25T09:00+00:00")
    asked = house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
    assert asked
    offered = controls(house, JONAS)
    assert offered[HandoverActionId.ACCEPT] == offered[HandoverActionId.NOT_ME] == asked.id
    days_pass(house, "2026-12-04T09:00+00:00")
    assert controls(house, MAYA)[HandoverActionId.HAND_OVER] == pilot.id


def test_what_is_ready_is_asked_for_from_the_line(house: House) -> None:
    pilot = ready(house, registered(house, MatterKind.READY))
    days_pass(house, "2026-11-25T09:00+00:00")
    assert controls(house, MAYA)[PilotActionId.REQUEST] == pilot.id
    assert "everything is in place for shadow" in said(house, MAYA)
    house.do(interviews.change_answer, MAYA, pilot.id, "rollback", NOT_YET)
    assert "done, nothing is needed" in said(house, MAYA)


def test_an_interview_that_was_left_is_gone_on_with_in_its_thread(house: House) -> None:
    pilot = registered(house, MatterKind.INTERVIEW)
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(interviews_shown.root_key(interview.id), "1700000000.000100")
    days_pass(house, "2026-11-26T20:00+00:00")
    message = house.message(f"nudge:{MAYA}:2026-11-26")
    assert message
    assert "/p1700000000000100" in str(message.body["blocks"])


def test_a_day_of_decision_offers_its_ways_to_both(house: House) -> None:
    book = house.library.playbook
    short = tuple(
        one.model_copy(update={"decide_after_days": 20}) if one.id == "pilot" else one for one in book.stages
    )
    house.library = Library(book.model_copy(update={"stages": short}), house.library.templates)
    pilot = registered(house, MatterKind.DECISION)
    days_pass(house, "2026-12-15T20:00+00:00")
    for person in (MAYA, JONAS):
        offered = controls(house, person)
        assert {PilotActionId.REQUEST, EXTEND, PilotActionId.RETIRE} <= set(offered)
        assert set(offered.values()) >= {pilot.id}
    seen = seen_decision(house.pilot(pilot.id))
    house.do(extending.extend, MAYA, pilot.id, seen, "The pilot ends in January.", date(2027, 1, 29))
    for person in (MAYA, JONAS):
        assert "the decision was put off to" in said(house, person)


def test_who_is_left_takes_on_what_somebody_left(house: House) -> None:
    pilot = registered(house, MatterKind.ORPHANED)
    person = house.store.read_sync(lambda tx: tx.people.get(WORKSPACE, MAYA))
    assert person
    house.store.write_sync(lambda tx: tx.people.remember(person.model_copy(update={"deactivated": True})))
    house.do(orphans.look, JONAS, pilot.id)
    comes_back(house, "2026-11-24T09:00+00:00")
    house.store.write_sync(lambda tx: tx.pilots.set_next_nudge(pilot.id, house.now))
    days_pass(house, "2026-11-25T12:00+00:00")
    value = controls(house, JONAS)[OrphansActionId.CLAIM]
    meant = orphans.meant(value)
    assert isinstance(meant, Claimed)
    house.do(orphans.claim, JONAS, meant)
    assert house.pilot(pilot.id).champion_id == JONAS
    assert "done, nothing is needed" in said(house, JONAS)


def test_a_pilot_that_is_put_on_hold_says_so(house: House) -> None:
    pilot = registered(house, MatterKind.QUIET)
    days_pass(house, "2026-12-07T09:00+00:00")
    house.do(stages.hold, MAYA, pilot.id, "", "Budget", date(2027, 2, 1))
    assert "on hold until" in said(house, JONAS)


@pytest.mark.parametrize("way", ["settled", "snoozed"])
def test_a_message_of_an_earlier_release_is_settled_as_it_was_drawn(house: House, way: str) -> None:
    pilot = registered(house, MatterKind.QUIET)
    house.later(days=14)
    slot = "2026-12-07"
    house.store.write_sync(lambda tx: tx.notices.queue(_of_before(house, pilot, slot)))
    body = {
        "text": "Refund triage has gone quiet.",
        "blocks": [
            {"type": "section", "block_id": "intro", "text": {"type": "mrkdwn", "text": "One pilot"}},
            {"type": "section", "block_id": f"pilot:{pilot.id}", "text": {"type": "mrkdwn", "text": "Quiet"}},
            {"type": "actions", "block_id": f"actions:{pilot.id}", "elements": []},
        ],
    }
    house.store.write_sync(
        lambda tx: tx.messages.show(WORKSPACE, f"nudge:{JONAS}:{slot}", JONAS, body, paced=True)  # type: ignore[arg-type] # as it was kept
    )
    if way == "settled":
        house.do(pilots.changed, MAYA, pilot.id, "test.moved")
    else:
        house.do(nudges.snooze_for_a_while, JONAS, f"{pilot.id}:{slot}")
    message = house.message(f"nudge:{JONAS}:{slot}")
    assert message
    assert [block["block_id"] for block in message.body["blocks"]] == ["intro", f"pilot:{pilot.id}"]
    assert message.body["text"] == "Nothing waits for you any more."


def test_a_second_line_about_one_pilot_is_settled_alone(house: House) -> None:
    pilot = registered(house, MatterKind.ACTION, MatterKind.OWNER)
    _plans(house, pilot, "2026-11-27")
    days_pass(house, "2026-11-25T09:00+00:00")
    first, second = lines(house, JONAS)
    assert second.startswith("Also there: ")
    house.do(interviews.change_answer, MAYA, pilot.id, "rollback", IN_PLACE)
    after = lines(house, JONAS)
    assert sum("done, nothing is needed" in one for one in after) == 1
    assert len({first, second} & set(after)) == 1
    assert {one.reply for one in notices(house, pilot.id)} == {None, Reply.SETTLED}


def _plans(house: House, pilot: Pilot, day: str) -> None:
    plan = FilledPlan(what="Try the off switch once", who=JONAS, who_said="", by=day)
    house.do(answers.plan, MAYA, About(pilot.id, "rollback"), plan)


def _of_before(house: House, pilot: Pilot, slot: str) -> Notice:
    return Notice(
        workspace_id=WORKSPACE, pilot_id=pilot.id, kind=MatterKind.QUIET, subject=pilot.id, thing=f"quiet:{slot}",
        rung=0, person_id=JONAS, day=date(2026, 12, 7), queued_at=house.now, slot=slot, told_at=house.now,
    )  # fmt: skip
