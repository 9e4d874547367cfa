"""The full report: everything that was said, as it was said, and nothing of it formats the file."""

from datetime import date

from bot.domain.actions import Action
from bot.domain.answers import Reading, Status, Value
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.portfolio import report

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
    assert "- Self-stated, Maya, 2026-11-23 09:30 UTC" in text
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
    assert r"# \*Refund\* \[triage\](https://evil.example): where it stands" in text
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
