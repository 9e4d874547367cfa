"""What a sponsor reads: the verdict, who is on what by when, what has changed, and how well it is known."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.desk import Desk
from bot.domain.actions import Action
from bot.domain.answers import Answer, Status, Value
from bot.domain.asks import Ask
from bot.domain.conversations import Interview, InterviewState
from bot.domain.framework import Framework, Step
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Gate, Item, Playbook
from bot.domain.reviews import Review, ReviewState
from bot.domain.snapshots import hash_of, snapshot
from bot.interview import shown
from bot.interview.summary import summary_message
from bot.interview.summary_facts import summary_of
from bot.pilots import workflow as pilots
from bot.portfolio import workflow as portfolio
from prompts.library import Library
from storage.ids import new_id

from .conftest import JONAS, MAYA, PILOTS, PRIYA, WORKSPACE, House, words_of

SEVEN = ("integration", "monitoring", "fallback", "ownership", "cost-model", "guardrails", "rollback")


def answer(
    house: House, pilot: Pilot, item_id: str, status: Status = Status.IN_PLACE, **changed: Any
) -> None:
    given = Answer(
        pilot_id=pilot.id,
        item_id=item_id,
        revision=0,
        status=status,
        detail="words",
        answered_by=MAYA,
        answered_at=house.now,
    ).model_copy(update=changed)
    house.do(lambda desk: desk.tx.answers.record(given), MAYA)


def undertake(house: House, pilot: Pilot, item_id: str, **changed: Any) -> None:
    action = Action(
        id=new_id(),
        workspace_id=WORKSPACE,
        pilot_id=pilot.id,
        item_id=item_id,
        what="agree the off switch",
        created_by=MAYA,
        created_at=house.now,
    ).model_copy(update=changed)
    house.do(lambda desk: desk.tx.actions.put(action), MAYA)


def ask(house: House, pilot: Pilot, item_id: str, of: str) -> None:
    asked = Ask(
        id=new_id(),
        workspace_id=WORKSPACE,
        pilot_id=pilot.id,
        item_id=item_id,
        asked_id=of,
        people=(JONAS,),
        asked_by=MAYA,
        asked_at=house.now,
    )
    house.do(lambda desk: desk.tx.asks.open(asked), MAYA)


def converse(house: House, pilot: Pilot, gate_id: str = "readiness") -> str:
    """Keep a conversation that is over, as `tx.interviews` does, and return its id."""
    held = Interview(
        id=new_id(),
        workspace_id=WORKSPACE,
        pilot_id=pilot.id,
        gate_id=gate_id,
        channel_id=PILOTS,
        state=InterviewState.DONE,
        started_by=MAYA,
        started_at=house.now,
        last_turn_at=house.now,
        playbook_version="1",
        asked=SEVEN,
        passed=SEVEN,
    )
    house.do(lambda desk: desk.tx.interviews.start(held), MAYA)
    return held.id


def approve(house: House, pilot: Pilot) -> None:
    """Keep an approval of what is answered now."""

    def work(desk: Desk) -> None:
        frozen = snapshot(pilot, pilots.standing_of(desk, pilot).verdict, "1")
        review = Review(
            id=new_id(),
            workspace_id=WORKSPACE,
            pilot_id=pilot.id,
            gate_id="readiness",
            from_stage="pilot",
            to_stage="shadow",
            state=ReviewState.OPEN,
            requested_by=MAYA,
            requested_at=desk.at.now,
            expires_at=desk.at.now + timedelta(days=5),
            snapshot=frozen,
            snapshot_hash=hash_of(frozen),
        )
        desk.tx.reviews.open(review)
        assert desk.tx.reviews.decide_if_open(review.id, ReviewState.APPROVED, PRIYA, desk.at.now, None)

    house.do(work, PRIYA)


def summary(house: House, pilot: Pilot) -> Body:
    def work(desk: Desk) -> Body:
        gate = desk.playbook.gate_from(pilot.stage)
        assert gate
        return summary_message(desk.library, summary_of(desk, pilot, gate))

    return house.do(work, MAYA)


def said(body: Body, block_id: str) -> str:
    """Return what one block of a message says; empty where there is no such block."""
    block = next((one for one in body["blocks"] if one["block_id"] == block_id), {})
    texts = [block["text"]] if "text" in block else block.get("elements", [])
    return "\n".join(text["text"] for text in texts)


def buttons(body: Body) -> dict[str, Any]:
    row = next(one for one in body["blocks"] if one["block_id"] == "actions")
    return {one["text"]["text"]: one.get("style") for one in row["elements"] if one["type"] == "button"}


def rebuilt(house: House, **changed: Any) -> None:
    """Let the house follow a playbook that differs in something."""
    house.library = Library(house.library.playbook.model_copy(update=changed), house.library.templates)


def with_items(book: Playbook, **changed: dict[str, Any]) -> tuple[Any, ...]:
    """Return the checklists with some items changed."""

    def made(item: Item) -> Item:
        return item.model_copy(update=changed.get(item.id.replace("-", "_"), {}))

    return tuple(
        one.model_copy(update={"items": tuple(made(item) for item in one.items)}) for one in book.checklists
    )


def test_the_sentence_that_matters_comes_first(house: House, pilot: Pilot) -> None:
    for item_id in SEVEN[:5]:
        answer(house, pilot, item_id)
    answer(house, pilot, "guardrails", Status.PARTLY)
    assert summary(house, pilot)["text"] == (
        "*Refund triage* is still a pilot, not a production system: rollback is missing,"
        " and guardrails are only partly there. Five of seven are in place."
    )


def test_when_nothing_blocks_it_is_ready(house: House, pilot: Pilot) -> None:
    for item_id in SEVEN:
        answer(house, pilot, item_id)
    body = summary(house, pilot)
    assert body["text"] == "*Refund triage* is ready to ask for shadow. All seven are in place."
    assert buttons(body) == {"Request promotion": "primary", "Full report": None}


def test_an_idea_is_not_a_pilot_yet(house: House, pilot: Pilot) -> None:
    book = house.library.playbook
    framing = Gate(
        id="framing",
        title="Framing",
        from_stage="idea",
        to_stage="pilot",
        checklists=("readiness",),
        approvers=book.gates[0].approvers,
    )
    rebuilt(house, gates=(framing, *book.gates))
    body = summary(house, pilot.model_copy(update={"stage": "idea"}))
    assert body["text"].startswith("*Refund triage* is still an idea, not a pilot: ")
    assert said(body, "gaps") == "*To become a pilot*"


def test_upkeep_keeps_a_pilot_where_it_is_and_asks_nobody(house: House, pilot: Pilot) -> None:
    upkeep = Gate(
        id="upkeep",
        title="Upkeep",
        from_stage="production",
        to_stage="production",
        checklists=("readiness",),
        every_days=90,
    )
    rebuilt(house, gates=(*house.library.playbook.gates, upkeep))
    running = pilot.model_copy(update={"stage": "production"})
    for item_id in SEVEN:
        answer(house, running, item_id)
    body = summary(house, running)
    assert body["text"] == "*Refund triage* stays in production. All seven are in place."
    assert buttons(body) == {"Full report": None}
    answer(house, running, "monitoring", Status.NOT_YET)
    body = summary(house, running)
    assert body["text"].startswith(
        "*Refund triage* is in production and needs attention: monitoring is missing."
    )
    assert said(body, "gaps") == "*To stay in production*"
    assert buttons(body) == {"Continue upkeep": "primary", "Full report": None}


def test_a_gap_names_the_next_step_who_takes_it_and_by_when(house: House, pilot: Pilot) -> None:
    undertake(house, pilot, "integration", owner_id=JONAS, due_on=date(2026, 12, 2))
    undertake(house, pilot, "monitoring", owner_said="the platform team")
    undertake(house, pilot, "fallback", owner_id="S0PAYMENTS", due_on=date(2026, 11, 20))
    undertake(house, pilot, "ownership", due_on=date(2026, 12, 2))
    body = summary(house, pilot)
    assert said(body, "gap:integration").startswith(
        "1. ⬜ *Integration* · planned\nAgree the off switch · <@U0JONAS> · by <!date^"
    )
    assert said(body, "gap:monitoring").endswith("Agree the off switch · the platform team · no date")
    assert " · <!subteam^S0PAYMENTS> · overdue since <!date^" in said(body, "gap:fallback")
    assert " · nobody on it yet · by <!date^" in said(body, "gap:ownership")
    assert said(body, "gap:rollback").endswith(
        "Agree on the off switch and who may use it, and try it once · nobody on it yet"
    )


def test_what_is_due_today_where_the_owner_is_is_not_overdue(house: House, pilot: Pilot) -> None:
    """Jonas is in Berlin, where the next day has begun already at 23:30 UTC."""
    undertake(house, pilot, "integration", owner_id=JONAS, due_on=house.now.date())
    assert "overdue" not in said(summary(house, pilot), "gap:integration")
    house.now = house.now.replace(hour=23)
    assert "overdue since" in said(summary(house, pilot), "gap:integration")


def test_an_open_item_says_who_was_asked_and_what_was_skipped(house: House, pilot: Pilot) -> None:
    ask(house, pilot, "cost-model", "S0PAYMENTS")
    answer(house, pilot, "fallback", Status.SKIPPED, detail="")
    body = summary(house, pilot)
    assert "*Cost model* · <!subteam^S0PAYMENTS> was asked <!date^" in said(body, "gap:cost-model")
    assert "nobody on it" not in said(body, "gap:cost-model")
    assert "*Fallback* · skipped" in said(body, "gap:fallback")


def test_what_needs_a_fresh_look_shows_what_was_said(house: House, pilot: Pilot) -> None:
    answer(house, pilot, "monitoring", detail="Grafana, with alerts")
    house.later(days=400)
    body = summary(house, pilot)
    assert "needs a fresh look" in said(body, "gap:monitoring")
    assert "Is it still true? Answered" in said(body, "gap:monitoring")
    assert "“Grafana, with alerts”" in said(body, "gap:monitoring")
    assert "oldest evidence 400 days" in said(body, "figures")


def test_what_blocks_comes_first_and_what_is_announced_says_from_when(house: House, pilot: Pilot) -> None:
    checklists = with_items(
        house.library.playbook,
        integration={"critical": False},
        monitoring={"enforce_from": date(2027, 3, 1)},
    )
    rebuilt(house, checklists=checklists)
    body = summary(house, pilot)
    ids = [block["block_id"] for block in body["blocks"]]
    assert ids.index("gap:rollback") < ids.index("following") < ids.index("gap:integration")
    assert said(body, "following") == "*Can follow*"
    assert said(body, "gap:integration").startswith("⬜ *Integration* · missing")
    assert "*Monitoring* · missing · counts from <!date^" in said(body, "gap:monitoring")
    assert "integration" not in body["text"]
    assert "|1 Mar>" in said(body, "gap:monitoring")


def test_reviewed_and_self_stated_answers_look_different(house: House, pilot: Pilot) -> None:
    for item_id in SEVEN:
        answer(house, pilot, item_id)
    assert said(summary(house, pilot), "met").startswith(
        "✅ *In place, self-stated:* Integration · Monitoring"
    )
    approve(house, pilot)
    assert said(summary(house, pilot), "met").startswith("✅ *In place, reviewed:* Integration · Monitoring")
    answer(house, pilot, "integration", detail="changed since")
    body = summary(house, pilot)
    reviewed, self_stated = said(body, "met").splitlines()
    assert reviewed.startswith("✅ *In place, reviewed:* Monitoring · Fallback")
    assert self_stated == "✅ *In place, self-stated:* Integration"
    assert "self-stated 1, reviewed 6" in said(body, "figures")


def test_values_are_shown_where_they_say_something(house: House, pilot: Pilot) -> None:
    kinds = with_items(house.library.playbook, cost_model={"kind": AnswerKind.MONEY, "unit": "EUR"})
    rebuilt(house, checklists=kinds)
    cost = Value(kind=AnswerKind.MONEY, number=Decimal("0.110"), unit="EUR")
    answer(house, pilot, "cost-model", value=cost)
    answer(house, pilot, "rollback", value=Value(kind=AnswerKind.LINK, ids=("https://a.example",)))
    assert said(summary(house, pilot), "met").endswith("Cost model (0.11 €) · Rollback")


def test_what_does_not_apply_is_out_of_the_count_and_named(house: House, pilot: Pilot) -> None:
    answer(house, pilot, "fallback", Status.NOT_APPLICABLE, detail="It is a batch job.")
    body = summary(house, pilot)
    assert "None of the six is in place yet." in body["text"]
    assert said(body, "met") == "➖ *Does not apply:* Fallback"


def test_the_first_summary_of_a_gate_has_nothing_to_compare_with(house: House, pilot: Pilot) -> None:
    held = converse(house, pilot)
    answer(house, pilot, "integration", interview_id=held)
    assert said(summary(house, pilot), "changes") == ""


def test_a_later_summary_says_what_has_moved(house: House, pilot: Pilot) -> None:
    first = converse(house, pilot)
    house.later(minutes=5)
    answer(house, pilot, "integration", Status.NOT_YET, interview_id=first)
    answer(house, pilot, "monitoring", interview_id=first)
    answer(house, pilot, "fallback", interview_id=first)
    house.later(days=7)
    second = converse(house, pilot)
    house.later(minutes=5)
    answer(house, pilot, "integration", interview_id=second)
    answer(house, pilot, "rollback", interview_id=second)
    answer(house, pilot, "cost-model", Status.PARTLY, interview_id=second)
    answer(house, pilot, "fallback", Status.NOT_YET, interview_id=second)
    assert said(summary(house, pilot), "changes") == (
        "Since last time: integration and rollback now in place · cost model now partly there · fallback missing again"
    )


def test_a_conversation_about_another_gate_is_no_last_time(house: House, pilot: Pilot) -> None:
    first = converse(house, pilot, "some-gate-before")
    house.later(minutes=5)
    answer(house, pilot, "integration", Status.NOT_YET, interview_id=first)
    house.later(days=7)
    second = converse(house, pilot)
    house.later(minutes=5)
    answer(house, pilot, "integration", interview_id=second)
    assert said(summary(house, pilot), "changes") == ""


def test_the_steps_say_where_the_pilot_is_and_what_it_jumped(house: House, pilot: Pilot) -> None:
    steps = {"integration": "plan", "fallback": "build", "guardrails": "build", "monitoring": "watch"}
    rebuilt(
        house,
        checklists=with_items(
            house.library.playbook, **{item: {"step": step} for item, step in steps.items()}
        ),
        framework=Framework(
            steps=(
                Step(id="plan", title="Integration planning"),
                Step(id="build", title="Development"),
                Step(id="watch", title="Monitoring"),
            )
        ),
    )
    answer(house, pilot, "integration")
    answer(house, pilot, "monitoring")
    assert (
        said(summary(house, pilot), "steps")
        == "Steps: integration planning ✅ · development (jumped) · monitoring ✅"
    )
    answer(house, pilot, "fallback", Status.PARTLY)
    assert "development ← here · monitoring ✅" in said(summary(house, pilot), "steps")


def test_the_private_status_shows_what_the_summary_shows(house: House, pilot: Pilot) -> None:
    for item_id in SEVEN[:3]:
        answer(house, pilot, item_id)
    undertake(house, pilot, "rollback", owner_id=JONAS)
    status = house.do(portfolio.status_of, MAYA, pilot.id)
    shared = ["verdict", "gaps", *(f"gap:{item_id}" for item_id in SEVEN[3:])]
    shown = [block for block in summary(house, pilot)["blocks"] if block["block_id"] in shared]
    assert len(shown) == len(shared)
    assert [block for block in status["blocks"] if block in shown] == shown


@pytest.mark.parametrize("status", [Status.IN_PLACE, Status.NOT_YET, Status.NOT_APPLICABLE])
def test_two_hundred_items_fit_and_all_are_accounted_for(house: House, pilot: Pilot, status: Status) -> None:
    book = house.library.playbook
    (asked,) = [one for one in book.checklists if one.id == "readiness"]
    items = tuple(
        asked.items[0].model_copy(
            update={"id": f"item-{number}", "title": f"Something that matters, number {number}"}
        )
        for number in range(200)
    )
    mine = asked.model_copy(update={"items": items})
    rebuilt(house, checklists=(mine, *(one for one in book.checklists if one != asked)))
    for one in items:
        answer(house, pilot, one.id, status)
    body = summary(house, pilot)
    assert len(body["blocks"]) < 20
    assert len(words_of(body["blocks"])) < 9_000
    if status is Status.NOT_YET:
        assert said(body, "gaps_more").startswith("and 193 more: ")
    else:
        named = said(body, "met").count("number")
        assert f"and {200 - named} more" in said(body, "met")


def test_the_channel_reads_the_summary_of_its_conversation(house: House, pilot: Pilot) -> None:
    held = converse(house, pilot)
    answer(house, pilot, "integration", interview_id=held)

    def show(desk: Desk) -> None:
        interview = desk.tx.interviews.get(WORKSPACE, held)
        assert interview
        shown.show_summary(desk, pilot, interview)

    house.do(show, MAYA)
    assert "One of seven is in place." in house.words(shown.summary_key(held))
