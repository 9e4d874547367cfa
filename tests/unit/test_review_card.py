"""What the card of a review says in the cases that matter, in its own words, and what its buttons carry."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.domain.actions import ActionState
from bot.domain.answers import Answer, Status
from bot.domain.messages import Body
from bot.domain.pilots import Metric, Pilot
from bot.domain.policies import Policy, PolicyStep, Seat, Tier
from bot.domain.readiness import Verdict, verdict
from bot.domain.reviews import ChangeState, Choice, Resolved, Review, ReviewKind, ReviewState, Vote
from bot.domain.snapshots import snapshot
from bot.review import card, details, forms, told
from prompts.library import Library

from .gate_shown import (
    NOW,
    ONE_STEP,
    action_for,
    board,
    condition,
    facts_of,
    question_in,
    review_of,
    vote_of,
)
from .waived import waiver_for

LIBRARY = Library.load(Path(__file__).parents[1] / "playbook")
ITEMS = LIBRARY.playbook.items_of(LIBRARY.playbook.gates[0])
EARLIER = "0" * 64
PILOT = Pilot(
    id="0123456789abcdef",
    workspace_id="T0",
    name="Refund triage",
    problem="Sorts refund requests before an agent sees them.",
    stage="pilot",
    champion_id="U0MAYA",
    owner_id="S0PAYMENTS",
    channel_id="C0PILOTS",
    metric=Metric(name="Deflection", unit="%", baseline=Decimal(22), bar=Decimal(60)),
    registered_by="U0MAYA",
    registered_at=NOW - timedelta(days=60),
    stage_since=NOW - timedelta(days=40),
    last_change_at=NOW,
)


def standing(
    *, waived: Sequence[str] = (), missing: Sequence[str] = (), vague: Sequence[str] = ()
) -> Verdict:
    """Return where the pilot stands: everything in place but what is named; every second item was reviewed before."""
    answers = {
        item.id: Answer(
            pilot_id=PILOT.id,
            item_id=item.id,
            revision=2,
            status=Status.IN_PLACE,
            detail="Live since 3 March.",
            concern="vague" if item.id in vague else None,
            answered_by="U0MAYA",
            answered_at=NOW - timedelta(days=41 - number),
        )
        for number, item in enumerate(ITEMS)
        if item.id not in {*waived, *missing}
    }
    accepted = {name: waiver_for(name, "The new test environment comes in January.") for name in waived}
    return verdict(ITEMS, answers, NOW, waived=accepted, reviewed={item.id: 2 for item in ITEMS[::2]})


def a_review(found: Verdict | None = None, state: ReviewState = ReviewState.OPEN, **more: Any) -> Review:
    return review_of(PILOT, found or standing(), state, **more)


def card_of(review: Review, votes: Sequence[Vote] = (), **facts: Any) -> Body:
    return card.card_message(LIBRARY, facts_of(review, facts.pop("pilot", PILOT), votes, **facts))


def says(body: Body | dict[str, Any]) -> str:
    """Return every text of a message or a window, top to bottom."""
    return "\n".join(_texts(body["blocks"]))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "plain_text"}:
            yield value["text"]
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def controls(body: Body | dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the buttons by their words, and the entries of the menu by theirs."""
    found: dict[str, dict[str, Any]] = {}
    for block in body["blocks"]:
        for element in [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else ())]:
            for one in element.get("options", (element,)):
                if isinstance(one.get("text"), dict):
                    found[one["text"]["text"]] = one
    return found


def buttons(body: Body) -> list[str]:
    """Return the words of the last row of buttons."""
    row = body["blocks"][-1]
    return [one["text"]["text"] for one in row["elements"]] if row["type"] == "actions" else []


# The question and the facts


def test_the_card_leads_with_the_question() -> None:
    body = card_of(a_review())
    assert body["text"] == "Refund triage asks to go from pilot to shadow."
    assert body["blocks"][0]["text"]["text"].startswith("*Refund triage* asks to go from pilot to *shadow*")


def test_everything_in_place_is_said_in_one_line_and_so_is_the_bar() -> None:
    said = says(card_of(a_review()))
    assert "✅ *All 7 in place*" in said
    assert "Self-stated 3, reviewed 4 · oldest evidence 41 days" in said
    assert "*Bar:* deflection 22 % → 60 %" in said


def test_accepted_risks_have_both_readings_of_the_verdict_and_stand_together_when_they_were_granted_so() -> (
    None
):
    said = says(card_of(a_review(standing(waived=("cost-model", "rollback")))))
    assert "🛡 *5 of 7 in place.* Without the 2 accepted risks it would not be ready" in said
    assert "🛡 *Cost model, Rollback:* waived until" in said
    assert "granted by <@U0PRIYA> · “The new test environment comes in January.”" in said


def test_an_answer_that_nobody_could_verify_is_told_apart_from_the_others() -> None:
    said = says(card_of(a_review(standing(vague=("monitoring",)))))
    assert "*In place, hard to check:* Monitoring" in said
    assert "*In place:* Integration · Fallback" in said


def test_an_owner_is_proposed_until_they_accept_even_after_the_request() -> None:
    review = a_review()
    assert "*Owner:* <!subteam^S0PAYMENTS> (proposed)" in says(card_of(review))
    accepted = PILOT.model_copy(update={"owner_accepted_at": NOW})
    assert "*Owner:* <!subteam^S0PAYMENTS>, accepted <!date^" in says(card_of(review, pilot=accepted))


def test_a_decided_card_tells_of_the_owner_as_it_was() -> None:
    later = PILOT.model_copy(update={"owner_accepted_at": NOW})
    said = says(card_of(a_review(state=ReviewState.APPROVED), pilot=later))
    assert "owner <!subteam^S0PAYMENTS> (proposed)" in said


def test_the_risk_tier_is_told_where_there_are_tiers() -> None:
    assert "Risk tier" not in says(card_of(a_review()))
    assert "*Risk tier:* high risk" in says(card_of(a_review(), tier=Tier(id="high", title="High risk")))


def test_open_conditions_of_earlier_approvals_are_told_and_overdue_ones_marked() -> None:
    late = action_for("Run the fallback drill", number=0)
    said = says(card_of(a_review(), conditions=(late, action_for("Publish the runbook", number=7))))
    assert "*Open conditions of earlier approvals*" in said
    assert "• Run the fallback drill · <@U0JONAS> · ⚠️ overdue since <!date^" in said
    assert "• Publish the runbook · <@U0JONAS> · by <!date^" in said


def test_what_has_changed_since_the_last_review_is_counted_and_named() -> None:
    last = a_review(state=ReviewState.DECLINED)
    said = says(
        card_of(a_review(), last=last, since_last=("Monitoring", "Rollback", "Cost model", "Ownership"))
    )
    assert "*Changed since the last review* (declined <!date^" in said
    assert "): monitoring, rollback, cost model and 1 more" in said


def test_asking_again_after_a_decline_tells_why_it_was_declined_and_that_nothing_has_changed() -> None:
    last = a_review(state=ReviewState.DECLINED, reason="Agree the bar with Finance.")
    said = says(card_of(a_review(), last=last))
    assert "*Nothing has changed since the last review* (declined <!date^" in said
    assert "It was declined then: “Agree the bar with Finance.”" in said


# Who decides


def test_each_role_says_who_has_agreed_who_is_awaited_and_who_comes_later() -> None:
    review = a_review()
    said = says(card_of(review, [vote_of("U0PRIYA", review.snapshot_hash)]))
    assert "*Needs 3:* security ✅ <@U0PRIYA> · risk ⏳ <!subteam^S0PAYMENTS> · then sponsor ⬜" in said


def test_steps_that_have_a_name_stand_on_a_line_each() -> None:
    seats = {"technical": "security", "risk": "risk"}
    steps = tuple(PolicyStep(title=title, seats=(Seat(role=role),)) for title, role in seats.items())
    said = says(card_of(a_review(), policy=Policy(id="two", title="two", steps=steps)))
    assert "*Needs 2:*\nfirst technical: security ⏳" in said
    assert "\nthen risk: risk ⬜" in said


def test_a_role_of_several_people_counts_them() -> None:
    both = Policy(id="both", title="both", steps=(PolicyStep(seats=(Seat(role="security", needs=2),)),))
    review = a_review()
    said = says(card_of(review, [vote_of("U0PRIYA", review.snapshot_hash)], policy=both))
    assert "*Needs 2:* security 1 of 2 ✅ <@U0PRIYA> ⏳ <!subteam^S0GATE>" in said


def test_a_role_that_is_not_notified_is_named_without_a_mention() -> None:
    quiet = ONE_STEP.model_copy(update={"notify": ("security",)})
    said = says(card_of(a_review(), policy=quiet))
    assert "security ⏳ <!subteam^S0GATE> · risk ⏳ @risk-office" in said


def test_a_name_that_looks_like_a_mention_mentions_nobody() -> None:
    quiet = ONE_STEP.model_copy(update={"notify": ("security",)})
    people = board()
    dressed = people.roles[1].model_copy(update={"unpinged": "<@U0EVERYONE>"})
    seated = people.model_copy(update={"roles": (people.roles[0], dressed, people.roles[2])})
    assert "risk ⏳ &lt;@U0EVERYONE&gt;" in says(card_of(a_review(), policy=quiet, people=seated))


def test_conditions_that_voters_set_are_told_while_others_still_decide() -> None:
    review = a_review()
    vote = vote_of("U0PRIYA", review.snapshot_hash, conditions=[condition("Send the alerts to the rota")])
    said = says(card_of(review, [vote]))
    assert "*On condition*" in said
    assert "• Send the alerts to the rota · <@U0JONAS> by <!date^" in said
    assert "set by <@U0PRIYA>" in said


def test_a_decline_that_does_not_end_it_is_told_with_its_reason() -> None:
    review = a_review()
    vote = vote_of("U0JONAS", review.snapshot_hash, Choice.DECLINE, reason="Too early for me")
    assert "<@U0JONAS> declined: “Too early for me”" in says(card_of(review, [vote]))


def test_an_agreement_beyond_what_is_needed_fills_no_seat_and_is_told_as_such() -> None:
    review = a_review()
    votes = [vote_of(one, review.snapshot_hash) for one in ("U0PRIYA", "U0SAM")]
    assert "<@U0SAM> agreed as well; that fills no seat now" in says(card_of(review, votes))


def test_who_may_step_in_is_told_once_it_was_escalated() -> None:
    policy = ONE_STEP.model_copy(update={"fallback": "sponsor", "escalate_after_working_days": 3})
    said = says(card_of(a_review(escalated_at=NOW), policy=policy))
    assert "⏳ <@U0DANA> may step in since <!date^" in said
    assert "may step in" not in says(card_of(a_review(), policy=policy))


# What is in the way


def test_an_open_question_names_who_asked_and_who_answers_first() -> None:
    body = card_of(a_review(), questions=(question_in("Who gets the alert at night?"),))
    assert "<@U0SAM> asked: “Who gets the alert at night?” · <@U0MAYA> answers first" in says(body)
    assert controls(body)["Answer"]["value"] == "c" * 32
    assert "style" not in controls(body)["Approve"]


def test_an_answered_question_is_in_nobodys_way() -> None:
    body = card_of(a_review(), questions=(question_in("Who?", ChangeState.ANSWERED),))
    assert "asked:" not in says(body)
    assert controls(body)["Approve"]["style"] == "primary"


def test_a_material_change_says_whose_vote_counts_no_more() -> None:
    review = a_review(changed=("Monitoring",), changed_at=NOW)
    said = says(card_of(review, [vote_of("U0PRIYA", EARLIER)]))
    assert (
        "⚠️ Changed since <@U0PRIYA> voted: monitoring. Votes on the earlier version do not count any more."
        in said
    )
    assert "security ⏳" in said


def test_whoever_has_voted_again_is_not_asked_again() -> None:
    review = a_review(changed=("Monitoring",), changed_at=NOW)
    again = [vote_of("U0PRIYA", EARLIER), vote_of("U0PRIYA", review.snapshot_hash)]
    said = says(card_of(review, again))
    assert "Votes on the earlier version" not in said
    assert "since it was asked for: monitoring. The card shows it as it is now." in said


def test_a_pilot_that_is_not_ready_any_more_says_so_and_proposes_nothing() -> None:
    body = card_of(a_review(), missing=("Rollback",))
    assert (
        "⚠️ *Not ready any more:* rollback. Nobody can approve it until that is in place or waived."
        in says(body)
    )
    assert "style" not in controls(body)["Approve"]


@pytest.mark.parametrize(
    ("people", "begins"), [(frozenset(), "Nobody can decide"), (frozenset({"U0MAYA"}), "Nobody can decide")]
)
def test_a_role_that_is_short_of_people_says_whom_to_add(people: frozenset[str], begins: str) -> None:
    nobody = Resolved(role="security", title="security", people=people, shown="security", unpinged="security")
    seated = board().model_copy(update={"roles": (nobody, *board().roles[1:])})
    said = says(card_of(a_review(), people=seated, short=("security",)))
    assert f"⚠️ {begins} for security now; add somebody to @security-reviewers." in said


# The controls


def test_every_way_to_decide_carries_the_review_and_what_was_seen() -> None:
    review = a_review()
    body = card_of(review)
    assert buttons(body) == ["Approve", "Approve with conditions", "Request changes", "Decline"]
    seen = f"{review.id}:{review.snapshot_hash[:12]}"
    assert {controls(body)[name]["value"] for name in buttons(body)} == {seen}


def test_the_menu_offers_what_there_is_to_do() -> None:
    review = a_review()
    first = card_of(review)
    assert [name for name in controls(first) if name not in buttons(first)] == [
        "Details",
        "Withdraw the request",
        "History",
    ]
    last = a_review(state=ReviewState.DECLINED)
    voted = card_of(review, [vote_of("U0PRIYA", review.snapshot_hash)], last=last)
    assert [name for name in controls(voted) if name not in buttons(voted)] == [
        "Details",
        "What changed",
        "Take back my vote",
        "Withdraw the request",
        "History",
    ]
    assert controls(voted)["Details"]["value"] == (f"review.details {review.id}:{review.snapshot_hash[:12]}")


def test_approving_asks_once_whether_it_is_meant_and_says_what_follows() -> None:
    review = a_review()
    sure = controls(card_of(review))["Approve"]["confirm"]["text"]["text"]
    assert sure == (
        "0 of 3 have agreed so far. Once all have, Refund triage goes on to shadow. You can take it back until then."
    )
    one = Policy(id="one", title="one", steps=(PolicyStep(seats=(Seat(role="security"),)),))
    alone = controls(card_of(review, policy=one))["Approve"]["confirm"]["text"]["text"]
    assert alone == "Refund triage goes on to shadow at once, with what this card shows."


def test_where_the_name_has_to_be_typed_no_other_question_is_asked() -> None:
    strict = ONE_STEP.model_copy(update={"confirm_again": True})
    assert "confirm" not in controls(card_of(a_review(), policy=strict))["Approve"]
    facts = facts_of(a_review(), PILOT, policy=strict)
    typed = [block["block_id"] for block in forms.confirm_form(LIBRARY, facts)["blocks"]]
    assert "name" in typed
    assert "name" in [block["block_id"] for block in forms.conditions_form(LIBRARY, facts, 1)["blocks"]]
    assert "What it does not prove: that it was you at the keyboard." in says(
        forms.confirm_form(LIBRARY, facts)
    )


# How it ended


def test_an_approval_names_everybody_who_agreed_and_keeps_what_was_seen_within_reach() -> None:
    review = a_review(state=ReviewState.APPROVED)
    votes = [
        vote_of("U0PRIYA", review.snapshot_hash, reason="Good drill"),
        vote_of("U0JONAS", review.snapshot_hash),
    ]
    done = action_for("Publish the runbook", ActionState.DONE, number=7)
    body = card_of(review, votes, conditions=(done, action_for("Move the alerts", number=0)))
    said = says(body)
    assert body["blocks"][0]["text"]["text"] == "*Refund triage* went from pilot to *shadow*"
    assert "✅ *Approved* by <@U0PRIYA> and <@U0JONAS> <!date^" in said
    assert "✅ <@U0PRIYA> (security) agreed" in said
    assert "“Good drill”" in said
    assert "✅ Publish the runbook · <@U0JONAS> · met" in said
    assert "⬜ Move the alerts · <@U0JONAS> · ⚠️ overdue" in said
    assert buttons(body) == ["What was seen"]


def test_a_decline_tells_its_reason_once() -> None:
    reason = "The rollback was tried in the test system only."
    review = a_review(state=ReviewState.DECLINED, reason=reason)
    body = card_of(review, [vote_of("U0PRIYA", review.snapshot_hash, Choice.DECLINE, reason=reason)])
    assert says(body).count(reason) == 1
    assert "*Declined* by <@U0PRIYA> <!date^" in says(body)
    assert "It stays in pilot" in says(body)
    assert "Approve" not in controls(body)


def test_an_expired_request_says_how_to_ask_again() -> None:
    said = says(card_of(a_review(state=ReviewState.EXPIRED)))
    assert "nobody decided in time. It stays in pilot; to ask again, press _Request promotion_" in said


def test_an_approval_that_no_longer_holds_says_since_when_and_why() -> None:
    review = a_review(state=ReviewState.APPROVED)
    said = says(card_of(review, flags=("Monitoring (evidence expired)",), open_again_since=NOW))
    assert "⚠️ *Open again since <!date^" in said
    assert "monitoring (evidence expired)" in said


def test_an_emergency_asks_whether_it_was_right() -> None:
    body = card_of(a_review(kind=ReviewKind.BREAK_GLASS), emergency="The old system stops on Friday")
    said = says(body)
    assert (
        "*Refund triage* was promoted from pilot to *shadow* in an emergency by <@U0MAYA>, "
        "because: “The old system stops on Friday”" in said
    )
    assert "*Was that right?*" in said
    assert buttons(body) == ["It was right", "It was not right"]
    assert "Withdraw the request" not in controls(body)


def test_an_emergency_that_was_not_right_says_that_nothing_has_moved() -> None:
    review = a_review(state=ReviewState.DECLINED, kind=ReviewKind.BREAK_GLASS, reason="No drill")
    no = vote_of("U0PRIYA", review.snapshot_hash, Choice.DECLINE, reason="No drill")
    said = says(card_of(review, [no], pilot=PILOT.model_copy(update={"stage": "shadow"})))
    assert "*It was not right,* said <@U0PRIYA>" in said
    assert "Nothing has moved by itself; it can be rolled back" in said
    rolled_back = says(card_of(review, [no], pilot=PILOT.model_copy(update={"stage": "pilot"})))
    assert "It has left shadow since" in rolled_back
    assert "can be rolled back" not in rolled_back


# The windows


def test_what_was_seen_says_whose_version_it_is_and_that_it_is_whole() -> None:
    review = a_review(state=ReviewState.APPROVED)
    facts = facts_of(review, PILOT, [vote_of("U0PRIYA", review.snapshot_hash)])
    view = details.details_view(LIBRARY, facts, review.snapshot, review.snapshot_hash[:12])
    assert view["title"]["text"] == "What was seen"
    assert "as <@U0PRIYA> saw it <!date^" in says(view)
    assert f"Snapshot {review.snapshot_hash[:12]}, unchanged since it was frozen" in says(view)


def test_an_address_in_the_words_is_not_listed_again_as_evidence() -> None:
    found = standing()
    first, *others = found.items
    assert first.answer
    said = first.answer.model_copy(
        update={
            "detail": "Live, see https://wiki.example/a",
            "evidence": ("https://wiki.example/a", "https://wiki.example/b"),
        }
    )
    review = a_review(Verdict(items=(first.model_copy(update={"answer": said}), *others)))
    shown = says(
        details.details_view(LIBRARY, facts_of(review, PILOT), review.snapshot, review.snapshot_hash)
    )
    assert shown.count("<https://wiki.example/a|") == 1
    assert "as those who decide see it since <!date^" in shown
    assert "· <https://wiki.example/b|wiki.example/b>" in shown


def test_a_snapshot_that_was_tampered_with_is_not_passed_off_as_what_was_seen() -> None:
    review = a_review(state=ReviewState.APPROVED)
    facts = facts_of(review, PILOT, [vote_of("U0PRIYA", review.snapshot_hash)])
    forged = review.snapshot | {"playbook_version": "another"}
    said = says(details.details_view(LIBRARY, facts, forged, review.snapshot_hash))
    assert "is not the one that was asked for" in said
    assert "as <@U0PRIYA> saw it" not in said


def test_two_hundred_answers_come_in_pages_of_one_length() -> None:
    many = tuple(ITEMS[n % 7].model_copy(update={"id": f"item-{n}"}) for n in range(200))
    review = a_review(verdict(many, {}, NOW))
    facts = facts_of(review, PILOT)
    first = details.details_view(LIBRARY, facts, review.snapshot, review.snapshot_hash, 1)
    assert "1 to 25 of 200" in says(first)
    assert list(controls(first)) == ["Later"]
    assert controls(first)["Later"]["value"] == f"{review.id}:{review.snapshot_hash[:12]}:2"
    last = details.details_view(LIBRARY, facts, review.snapshot, review.snapshot_hash, 99)
    assert "176 to 200 of 200" in says(last)
    assert list(controls(last)) == ["Earlier"]


def test_what_changed_shows_before_and_now() -> None:
    review = a_review()
    last = a_review(standing(missing=("rollback",)), ReviewState.DECLINED)
    moved = PILOT.model_copy(update={"owner_id": "U0JONAS"})
    before = snapshot(moved, standing(missing=("rollback",)), "v")
    said = says(details.changes_view(LIBRARY, facts_of(review, PILOT, last=last), before))
    assert "*Refund triage*: 1 item changed, 6 as before, compared with the review that was declined" in said
    assert "*Rollback:* ⬜ missing → ✅ in place\nNow: Live since 3 March." in said
    assert "*Owner:* <@U0JONAS>, now <!subteam^S0PAYMENTS>" in said


def test_what_changed_since_a_vote_says_whose_vote_it_was() -> None:
    before = a_review(standing(missing=("rollback",)))
    review = a_review(changed=("Rollback",), changed_at=NOW)
    facts = facts_of(review, PILOT, [vote_of("U0PRIYA", before.snapshot_hash)])
    said = says(details.changes_view(LIBRARY, facts, before.snapshot))
    assert "1 item changed, 6 as before, compared with what <@U0PRIYA> voted on <!date^" in said


def test_a_first_review_has_nothing_to_compare() -> None:
    review = a_review(changed=("Rollback",), changed_at=NOW)
    said = says(details.changes_view(LIBRARY, facts_of(review, PILOT), None))
    assert "This is the first review of *Refund triage*" in said
    assert "since it was asked for: rollback." in said


def test_nothing_changed_is_said_as_well() -> None:
    review = a_review()
    last = a_review(state=ReviewState.DECLINED)
    said = says(details.changes_view(LIBRARY, facts_of(review, PILOT, last=last), review.snapshot))
    assert (
        "*Refund triage*: no answer has changed, compared with the review that was declined <!date^" in said
    )


# The forms


def test_conditions_come_in_rows_up_to_five() -> None:
    facts = facts_of(a_review(), PILOT)
    one = forms.conditions_form(LIBRARY, facts, 1)
    assert [block["block_id"] for block in one["blocks"] if block["type"] == "input"] == [
        "what_1",
        "owner_1",
        "due_1",
        "note",
    ]
    assert controls(one)["Another condition"]["value"] == f"{one['private_metadata']}:2"
    five = forms.conditions_form(LIBRARY, facts, 5)
    assert "Another condition" not in controls(five)
    optional = {block["block_id"]: block["optional"] for block in five["blocks"] if block["type"] == "input"}
    assert not optional["what_1"]
    assert optional["what_5"]


def test_a_question_that_stands_can_be_taken_back_where_it_was_asked() -> None:
    facts = facts_of(a_review(), PILOT)
    form = forms.changes_form(LIBRARY, facts, question_in("Who gets the alert?"))
    assert controls(form)["Take it back"]["value"] == "c" * 32
    assert form["blocks"][1]["element"]["initial_value"] == "Who gets the alert?"
    assert controls(forms.changes_form(LIBRARY, facts)) == {}


# Beside the card


def test_progress_says_who_agreed_and_who_is_awaited_without_alerting_them() -> None:
    review = a_review()
    vote = vote_of("U0PRIYA", review.snapshot_hash)
    said = says(told.vote_message(LIBRARY, facts_of(review, PILOT, [vote]), vote))
    assert said == "<@U0PRIYA> (security) agreed; 1 of 3. Awaited now: @risk-office."


def test_a_question_is_put_to_the_requester_with_the_way_to_answer() -> None:
    facts = facts_of(a_review(), PILOT)
    body = told.question_message(LIBRARY, facts, question_in("Who gets the alert?"))
    assert says(body).startswith("<@U0MAYA>: before *Refund triage* can go to shadow, <@U0SAM> asks")
    assert buttons(body) == ["Answer", "Take the question back"]
    settled = told.question_message(LIBRARY, facts, question_in("Who?", ChangeState.ANSWERED))
    assert buttons(settled) == []


def test_a_question_of_a_review_that_is_over_asks_for_nothing() -> None:
    facts = facts_of(a_review(state=ReviewState.EXPIRED), PILOT)
    body = told.question_message(LIBRARY, facts, question_in("Who gets the alert?"))
    assert "The request is over, so nothing is to be answered any more." in says(body)
    assert buttons(body) == []


def test_who_asks_too_early_hears_what_is_missing_and_both_ways_on() -> None:
    body = told.not_ready_message(LIBRARY, PILOT, standing(missing=("cost-model", "rollback")))
    assert (
        "*Refund triage* cannot be promoted yet: cost model and rollback are not in place for shadow."
        in says(body)
    )
    assert buttons(body) == ["Continue readiness", "Ask for waivers"]
    assert {one["value"] for one in body["blocks"][-1]["elements"]} == {PILOT.id}
    seven = told.not_ready_message(LIBRARY, PILOT, verdict(ITEMS, {}, NOW))
    assert "cost model and 2 more are not in place for shadow" in says(seven)


def test_a_condition_can_be_marked_as_done_until_it_is() -> None:
    asked = told.condition_message(LIBRARY, PILOT, action_for("Publish the runbook", number=7))
    assert buttons(asked) == ["It is done", "Not needed any more"]
    met = told.condition_message(LIBRARY, PILOT, action_for("Publish the runbook", ActionState.DONE))
    assert says(met).startswith("✅ *Condition met:* Publish the runbook")
    assert buttons(met) == []
