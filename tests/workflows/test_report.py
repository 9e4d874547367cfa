"""The full report: everything that was said, as it was said, and nothing of it formats the file."""

from datetime import date

from bot.domain.actions import Action
from bot.domain.answers import Reading, Status, Value
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Item
from bot.domain.waivers import Waiver, WaiverState
from bot.exports import report
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots

from .conftest import JONAS, MAYA, WORKSPACE, House, registration
from .test_playbook_changes import changed, without


def report_of(house: House, pilot: Pilot) -> str:
    return house.do(report.report, MAYA, pilot.id, {"S0PAYMENTS": "payments-ops"}).content


def in_place(detail: str, *evidence: str) -> Reading:
    return Reading(status=Status.IN_PLACE, detail=detail, evidence=evidence)


def test_it_holds_every_answer_with_its_evidence_and_who_said_it(house: House, pilot: Pilot) -> None:
    said = in_place("Dashboard is live", "https://grafana.example/d/1")
    house.do(interviews.change_answer, MAYA, pilot.id, "monitoring", said)
    text = report_of(house, pilot)
    assert "### ✅ Monitoring: in place" in text
    assert "> Dashboard is live" in text
    assert "- Evidence: <https://grafana.example/d/1>" in text
    assert "- Answered by Maya, 2026-11-23 09:30 UTC; self-stated" in text
    assert "1 of 7 in place for shadow" in text
    assert "### ⬜ Rollback: missing" in text


def test_earlier_answers_stay_with_who_and_when(house: House, pilot: Pilot) -> None:
    house.do(interviews.change_answer, MAYA, pilot.id, "monitoring", in_place("First words, in Grafana"))
    house.later(days=2)
    second = Reading(status=Status.PARTLY, detail="Second words")
    house.do(interviews.change_answer, JONAS, pilot.id, "monitoring", second)
    text = report_of(house, pilot)
    assert text.index("> Second words") < text.index("Earlier answers")
    assert "2026-11-23 09:30 UTC, Maya: in place: First words, in Grafana" in text


def test_next_steps_name_their_owner_and_day(house: House, pilot: Pilot) -> None:
    action = Action(
        id="a1", workspace_id=WORKSPACE, pilot_id=pilot.id, item_id="rollback", what="Try the switch once",
        owner_id=JONAS, due_on=date(2026, 12, 2), created_by=MAYA, created_at=house.now,
    )  # fmt: skip
    house.store.write_sync(lambda tx: tx.actions.put(action))
    assert "- Next step: Try the switch once, Jonas, by 2026-12-02" in report_of(house, pilot)


def test_values_are_told_in_words(house: House, pilot: Pilot) -> None:
    owner = Value(kind=AnswerKind.GROUP, ids=("S0PAYMENTS",))
    said = in_place("They do").model_copy(update={"value": owner})
    house.do(interviews.change_answer, MAYA, pilot.id, "ownership", said)
    assert "- Understood as: @payments-ops" in report_of(house, pilot)


def test_all_parts_of_a_value_are_told_and_links_lead_where_they_say(house: House, pilot: Pilot) -> None:
    links = tuple(f"https://wiki.example/run_book_{number}" for number in range(5))
    said = in_place("They do").model_copy(update={"value": Value(kind=AnswerKind.LINK, ids=links)})
    house.do(interviews.change_answer, MAYA, pilot.id, "ownership", said)
    assert f"- Understood as: {', '.join(f'<{link}>' for link in links)}" in report_of(house, pilot)


def test_a_question_that_a_yes_is_bad_for_says_no_where_all_is_well(house: House, pilot: Pilot) -> None:
    def flagged(item: Item) -> Item:
        return item.model_copy(update={"red_flag": item.id == "rollback"})

    changed(
        house,
        checklists=tuple(
            one.model_copy(update={"items": tuple(map(flagged, one.items))})
            for one in house.library.playbook.checklists
        ),
    )
    house.do(interviews.change_answer, MAYA, pilot.id, "rollback", in_place("Nobody does"))
    house.do(interviews.change_answer, MAYA, pilot.id, "rollback", in_place("Nobody does, see the log"))
    text = report_of(house, pilot)
    assert "### ✅ Rollback: no\n" in text
    assert "Maya: no: Nobody does\n" in text


def test_a_waived_item_says_until_when_and_why(house: House, pilot: Pilot) -> None:
    waiver = Waiver(
        id="w1", request_id="r1", workspace_id=WORKSPACE, pilot_id=pilot.id, item_id="rollback", gate_id="shadow",
        reason="Switched off by hand until then", until=date(2026, 12, 24), asked_by=MAYA, asked_at=house.now,
    )  # fmt: skip
    house.store.write_sync(lambda tx: tx.waivers.ask(waiver))
    house.store.write_sync(lambda tx: tx.waivers.decide_if_asked("w1", WaiverState.GRANTED, JONAS, house.now))
    text = report_of(house, pilot)
    assert "### 🛡 Rollback: waived" in text
    assert "- Waived until 2026-12-24: Switched off by hand until then" in text


def test_words_that_look_like_markdown_stay_words(house: House) -> None:
    pilot = house.do(pilots.register, MAYA, registration(name="*Refund* [triage](https://evil.example)"))
    house.do(
        interviews.change_answer,
        MAYA,
        pilot.id,
        "monitoring",
        in_place("# Not a title\n| no | table |\n- no list\n<b>no tag</b> `no code`"),
    )
    text = report_of(house, pilot)
    assert r"# \*Refund\* \[triage\](<https://evil.example>): where it stands" in text
    assert "\n# Not" not in text
    assert r"> \# Not a title" in text
    assert r"> \| no \| table \|" in text
    assert r"\<b\>no tag\</b\> \`no code\`" in text


def test_what_is_asked_no_more_stays_on_the_record(house: House, pilot: Pilot) -> None:
    house.do(
        interviews.change_answer, MAYA, pilot.id, "rollback", in_place("The old switch in the admin page")
    )
    changed(house, checklists=without(house.library.playbook, lambda item: item.id == "rollback"))
    text = report_of(house, pilot)
    assert "### ✅ Rollback" not in text
    assert "- rollback (in place, Maya, 2026-11-23): The old switch in the admin page" in text


def test_the_file_is_named_after_the_pilot_in_any_script(house: House, pilot: Pilot) -> None:
    assert house.do(report.report, MAYA, pilot.id, {}).name == "refund-triage-readiness.md"
    other = house.do(pilots.register, MAYA, registration(name="退款 / Übersicht ../x"))
    assert house.do(report.report, MAYA, other.id, {}).name == "退款-übersicht-x-readiness.md"
